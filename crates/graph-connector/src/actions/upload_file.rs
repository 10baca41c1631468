//! `upload_file`

use connector_sdk::{
    Action, Body, Context, Effect, Error, FileRef, FileSource, Json, Plan, Raw, Result, ScopeCase, Spec, Then, Upload,
};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::{FILES_WRITE, UPLOADS_START};
use crate::vocabulary::{Conflict, DriveItem, FolderPlace};

/// A larger file goes through an upload session, in pieces that can be repeated.
const ONE_REQUEST: u64 = 4 << 20;

/// Upload a file of any size. Up to 4 MB go in one request; a larger file goes in pieces through an upload session,
/// goes on where it broke off, also in a later run after this one was ended, and is not there before it is whole.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "folderPath": "Documents", "fileName": "notes.txt", "content": { "text": "At noon." } })]))]
pub struct UploadFile {
    /// Into which folder.
    #[serde(flatten)]
    folder: FolderPlace,
    /// The name that it gets.
    #[schemars(length(min = 1, max = 255), regex(pattern = r#"^[^"*:<>?/\\|]+$"#))]
    file_name: String,
    /// The file.
    content: FileRef,
    /// Its media type; the default is what is known of the file, else `application/octet-stream`.
    #[schemars(length(min = 3, max = 255), regex(pattern = "^[^/\\s]+/[^/\\s]+$"))]
    content_type: Option<String>,
    /// What happens when there is a file of that name already.
    #[serde(default)]
    conflict_behavior: Conflict,
}

impl Action for UploadFile {
    type Output = Raw<DriveItem>;
    const SPEC: Spec = Spec::new("upload_file", "Upload file", Effect::Create)
        .scopes(FILES_WRITE)
        .cases(&[ScopeCase::instead("the file is larger than 4 MB", UPLOADS_START)])
        .bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<DriveItem>>> {
        if matches!(self.file_name.trim(), "" | "." | "..") {
            return Err(Error::invalid("/fileName", "is not a name"));
        }
        let meta = cx.file(&self.content).map_err(|error| error.at("/content"))?;
        if meta.size > ONE_REQUEST {
            return self.in_pieces(cx);
        }
        let content_type =
            self.content_type.or(meta.content_type).unwrap_or_else(|| "application/octet-stream".to_owned());
        let put = self.folder.child(cx, Method::PUT, &self.file_name, "/content")?;
        let put = put.query("@microsoft.graph.conflictBehavior", self.conflict_behavior.name());
        let put = put.body(Body::File { file: FileSource(self.content), range: None, content_type });
        // The same bytes under the same name: twice is once. Not where the second gets another name, and
        // not where the first is in its way.
        Ok(if self.conflict_behavior == Conflict::Replace { put.repeatable() } else { put }.raw())
    }
}

impl UploadFile {
    fn in_pieces(self, cx: &Context) -> Result<Plan<Raw<DriveItem>>> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Session {
            upload_url: String,
        }
        let create = self.folder.child(cx, Method::POST, &self.file_name, "/createUploadSession")?;
        let create =
            create.json(json!({ "item": { "@microsoft.graph.conflictBehavior": self.conflict_behavior.name() } }));
        let (file, place) = (self.content, create.path_and_query()?);
        let place = format!("{place} {}", self.conflict_behavior.name());
        // A second session takes nothing from the first one, which expires unused.
        Ok(create.under(UPLOADS_START).read_only().decode::<Session>().and_then(|session| {
            let upload = Upload { url: session.upload_url, file, chunk: None, place: Some(place) };
            Plan::Upload(
                Box::new(upload),
                Then::last(|answer: Result<connector_sdk::Response>| {
                    answer.and_then(|answer| answer.json()).map(item).into()
                }),
            )
        }))
    }
}

fn item(json: Json) -> Raw<DriveItem> {
    Raw::new(json)
}
