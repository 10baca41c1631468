//! `download_file`

use connector_sdk::{Action, Context, Effect, File, Name, Plan, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::FILES_READ;
use crate::vocabulary::Place;

/// Download a file, of any size: it is written as it arrives, goes on where it broke off, and is verified by its size. Graph can convert it on the way.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "path": "Documents/Budget.csv" })]))]
pub struct DownloadFile {
    /// Which file.
    #[serde(flatten)]
    place: Place,
    /// Convert it to this format. Which formats a file can become is told [by Graph](https://learn.microsoft.com/en-us/graph/api/driveitem-get-content-format).
    format: Option<Format>,
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

    fn plan(self, _: &Context) -> Result<Plan<File>> {
        let format = self.format.map(|format| match format {
            Format::Pdf => "pdf",
            Format::Html => "html",
            Format::Jpg => "jpg",
            Format::Glb => "glb",
        });
        let content = self.place.request(Method::GET, "/content")?.query_opt("format", format);
        // A path ends in the file's own name; of an id nothing is known but what the answer says.
        let name = match (&self.place.path, format) {
            (Some(path), None) => path.trim_matches('/').rsplit('/').next().map(str::to_owned),
            _ => None,
        };
        Ok(content.download(Name { name, content_type: None }))
    }
}
