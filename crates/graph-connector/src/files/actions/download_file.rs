//! `download_file`

use connector_sdk::schema::rules;
use connector_sdk::{
    Action, ByteRange, Code, Context, DownloadName, Effect, Error, ExpectedContent, File, Plan, Result, Spec,
};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::FILES_READ;
use crate::vocabulary::Place;

/// Download a file of any size. It is written as it arrives, continues after an interruption, and is verified by the
/// hash that Graph returns, or by the size where there is no hash. Graph can convert the file, or send a part of it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "path": "Documents/Budget.csv" }), json!({ "path": "Documents/Budget.csv", "range": "0-99" })]))]
#[schemars(transform = rules::at_most_one(&["range", "format"]))]
pub struct DownloadFile {
    /// Which file.
    #[serde(flatten)]
    place: Place,
    /// Format to convert the file to. Graph documents [the formats that a file can be converted
    /// to](https://learn.microsoft.com/en-us/graph/api/driveitem-get-content-format).
    format: Option<Format>,
    /// Only these bytes: `0-1023` are the first 1024, `1024-` are all after them, `-512` are the last 512.
    #[schemars(regex(pattern = r"^(bytes=)?([0-9]{1,18}-[0-9]{0,18}|-[0-9]{1,18})$"))]
    range: Option<String>,
    /// Verify the file by the size and the hash that Graph returns, and store nothing where they differ; the default is
    /// true. It takes one more request. A part or a converted file has no hash.
    #[serde(default = "yes")]
    verify: bool,
}

fn yes() -> bool {
    true
}

/// What a file is, before it comes.
#[derive(Default, Deserialize)]
struct Described {
    name: Option<String>,
    size: Option<u64>,
    file: Option<FileFacet>,
    malware: Option<Malware>,
}

#[derive(Deserialize)]
struct Malware {
    description: Option<String>,
}

#[derive(Deserialize)]
struct FileFacet {
    hashes: Option<Hashes>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Hashes {
    quick_xor_hash: Option<String>,
}

// What comes instead of its content is a page that says so.
fn infected(name: Option<&str>) -> Error {
    let named = name.filter(|name| !name.is_empty()).map(|name| format!(" ({name})")).unwrap_or_default();
    Error::new(Code::Rejected, format!("the file is marked as malware{named}, and its content is not given out"))
        .with_hint("Nothing was stored. Ask an administrator; the portal of Microsoft Defender shows the file.")
}

/// A format that a file can become.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
enum Format {
    /// PDF, of documents.
    Pdf,
    /// HTML, of some documents.
    Html,
    /// JPEG, of pictures and documents.
    Jpg,
    /// GLB, of models in three dimensions.
    Glb,
}

impl Action for DownloadFile {
    type Output = File;
    const SPEC: Spec = Spec::new("download_file", "Download file", Effect::Read).scopes(FILES_READ).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<File>> {
        let format = self.format.map(|format| match format {
            Format::Pdf => "pdf",
            Format::Html => "html",
            Format::Jpg => "jpg",
            Format::Glb => "glb",
        });
        let content = self.place.request(cx, Method::GET, "/content")?.query_opt("format", format);
        // A path ends in the file's own name; of an id nothing is known but what the answer says.
        let name = match (&self.place.path, format) {
            (Some(path), None) => path.trim_matches('/').rsplit('/').next().map(str::to_owned),
            _ => None,
        };
        let range =
            self.range.as_deref().map(str::parse::<ByteRange>).transpose().map_err(|error| error.at("/range"))?;
        match (range, format) {
            (Some(_), Some(_)) => {
                Err(Error::invalid("/range", "a converted file is downloaded whole: leave out `range` or `format`"))
            }
            (Some(range), None) => Ok(content.byte_range(range).download(DownloadName::default().with_name(name))),
            (None, None) if self.verify => {
                let describe = self.place.request(cx, Method::GET, "")?.query("$select", "name,size,file,malware");
                Ok(Plan::call(describe, move |answer| {
                    let known = match answer.json().map(|known| known.read_what_fits::<Described>().unwrap_or_default())
                    {
                        Ok(known) => known,
                        Err(error) => return Plan::fail(error),
                    };
                    if let Some(malware) = known.malware {
                        return Plan::fail(infected(malware.description.as_deref()));
                    }
                    let hash = known
                        .file
                        .as_ref()
                        .and_then(|file| file.hashes.as_ref())
                        .and_then(|hashes| hashes.quick_xor_hash.clone());
                    // A folder has a size and no content, as Graph will say.
                    let expected = ExpectedContent::new(known.size.filter(|_| known.file.is_some()), hash);
                    content.expect(expected).download(DownloadName::default().with_name(name.or(known.name)))
                }))
            }
            _ => Ok(content.download(DownloadName::default().with_name(name))),
        }
    }
}
