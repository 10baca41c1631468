//! `upload_file`

use connector_sdk::{
    Action, Body, Code, Context, Continuation, Effect, Error, FileRef, FileSource, Plan, Properties, Raw, Request,
    Response, Result, ScopeCase, Spec, Upload,
};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::{FILES_READ, FILES_WRITE, UPLOADS_START};
use crate::vocabulary::{Conflict, DriveItem, FolderPlace};

/// A larger file goes through an upload session, in pieces that can be repeated.
const ONE_REQUEST: u64 = 4 << 20;

/// Upload a file of any size. Up to 4 MB are sent in one request. A larger file is sent in pieces through an upload
/// session: after an interruption the upload continues, also in a later run, and the file appears only when it is
/// complete.
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
    /// What happens when a file of that name exists already.
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
        Ok(if self.conflict_behavior == Conflict::Replace { put.idempotent() } else { put }.raw())
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
        // What was renamed is not at the path that was asked for.
        let look = self.folder.child(cx, Method::GET, &self.file_name, "")?.with_scopes(FILES_READ);
        let look = Some(look).filter(|_| self.conflict_behavior != Conflict::Rename);
        let (file, place) = (self.content, create.path_and_query()?);
        let place = format!("{place} {}", self.conflict_behavior.name());
        // A second session takes nothing from the first one, which expires unused.
        Ok(create.with_scopes(UPLOADS_START).read_only().decode::<Session>().and_then(|session| {
            let upload = Upload::new(session.upload_url, file).with_place(place);
            let go = move |answer: Result<Response>| match answer {
                Ok(answer) => uploaded(&answer, look),
                Err(error) => Plan::fail(error),
            };
            Plan::upload_then(upload, Continuation::new(go))
        }))
    }
}

// The file, from the last answer of its session. One that is no item tells only that the file is there, so it is read
// by its path.
fn uploaded(answer: &Response, look: Option<Request>) -> Plan<Raw<DriveItem>> {
    match answer.json() {
        Ok(item) if Properties::of(&item).has("id") => Plan::done(Raw::new(item)),
        answer => match (look, answer) {
            (Some(look), _) => look.raw(),
            (None, Ok(item)) if item.as_str().starts_with('{') => Plan::done(Raw::new(item)),
            (None, _) => Plan::fail(
                Error::new(Code::OutcomeUnknown, "the file was uploaded, and the answer does not contain its name")
                    .with_hint("Check the folder for the newest file of that name."),
            ),
        },
    }
}

#[cfg(test)]
mod tests {
    use connector_sdk::ScriptedRun;

    use super::*;

    fn upload(conflict: Conflict, last: Response, more: Option<Response>) -> (Result<String>, Vec<String>) {
        let action = UploadFile {
            folder: serde_json::from_value(json!({ "folderPath": "Documents" })).unwrap(),
            file_name: "a.txt".into(),
            content: FileRef::Text { text: "hello".into() },
            content_type: None,
            conflict_behavior: conflict,
        };
        let session = Response::new(200, r#"{"uploadUrl":"https://upload.example/1"}"#);
        let mut stage = ScriptedRun::new([session, last].into_iter().chain(more));
        let end = stage.run(action.in_pieces(&Context::user()).unwrap());
        assert_eq!(stage.left_over(), 0);
        (end.map(|item| item.json().as_str().to_owned()), stage.sent.into_iter().map(|sent| sent.url).collect())
    }

    #[test]
    fn what_an_empty_answer_does_not_tell_is_read() {
        let item = || Response::new(200, r#"{"id":"1"}"#);
        let (end, urls) = upload(Conflict::Fail, Response::new(201, ""), Some(item()));
        assert_eq!(end.unwrap(), r#"{"id":"1"}"#);
        assert_eq!(urls[2], "/me/drive/root:/Documents/a.txt");
        let (end, urls) = upload(Conflict::Rename, Response::new(201, ""), None);
        assert_eq!((end.unwrap_err().code(), urls.len()), (Code::OutcomeUnknown, 2));
        assert_eq!(upload(Conflict::Fail, item(), None).0.unwrap(), r#"{"id":"1"}"#);
    }
}
