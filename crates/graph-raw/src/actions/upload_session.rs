//! `upload_session`

use connector_sdk::{Action, Context, Continuation, Effect, Error, FileRef, Issue, Plan, Result, Spec, Upload};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::body::{self, Content};
use crate::compose::{self, Wanted};
use crate::raw_response;
use crate::vocabulary::{Answer, ResponseType, Url, Version};

/// What the length of every range but the last must be a multiple of: 320 KiB.
const RANGE_UNIT: u64 = 320 * 1024;
/// The longest range: a request must stay below 60 MiB.
const RANGE_MOST: u64 = 191 * RANGE_UNIT;

/// Upload a file of any size in pieces, through an upload session. The session's own URL gets the pieces, without this
/// connection's token, and an interrupted upload continues. The answer is that of the last piece: the new item, where
/// Graph returns it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [
    json!({ "createUrl": "/me/drive/root:/report.txt:/createUploadSession", "content": { "text": "Hello" }, "item": { "item": { "@microsoft.graph.conflictBehavior": "replace" } } })
]))]
pub struct UploadSession {
    /// The path that creates the session, such as `/me/drive/root:/report.pdf:/createUploadSession`.
    create_url: Url,
    /// The version of the API; the default is that of the connection, which is `v1.0` unless it says otherwise.
    #[serde(default)]
    api_version: Option<Version>,
    /// The file.
    content: FileRef,
    /// The body of the request that creates the session, as its page in Graph's documentation has it: such as `{"item":
    /// {…}}` for a drive, `{"AttachmentItem": {…}}` for an attachment. The default is empty.
    item: Option<Map<String, Value>>,
    /// Bytes to a piece: a multiple of 320 KiB (327,680). The default suits most networks. Attachments of messages and
    /// events take at most 4 MB (3,932,160).
    #[schemars(range(min = 327_680, max = 62_586_880), extend("multipleOf" = 327_680))]
    chunk_size: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Session {
    upload_url: String,
}

impl Action for UploadSession {
    type Output = Answer;
    const SPEC: Spec = Spec::new("upload_session", "Upload session", Effect::Create).by_input();

    fn plan(self, cx: &Context) -> Result<Plan<Answer>> {
        let mut issues = Vec::new();
        if self.chunk_size.is_some_and(|size| size == 0 || size % RANGE_UNIT != 0 || size > RANGE_MOST) {
            issues.push(Issue::new(
                "/chunkSize",
                format!("is not a multiple of {RANGE_UNIT} (320 KiB) of at most {RANGE_MOST}"),
            ));
        }
        match cx.file(&self.content) {
            Ok(meta) if meta.size == 0 => {
                issues.push(Issue::new("/content", "is empty; an upload session needs at least one byte"))
            }
            Ok(_) => {}
            Err(error) => body::move_to(&error, "/content", &mut issues),
        }
        let content = Content {
            data: Some(Value::Object(self.item.unwrap_or_default())),
            data_at: "/item",
            ..Content::default()
        };
        let wanted = Wanted { url: self.create_url, version: self.api_version, content, ..Wanted::default() };
        let request = match wanted.request(Method::POST, cx) {
            // A second session takes nothing from the first one, which expires unused.
            Ok(request) => Some(request.read_only()),
            Err(error) => {
                issues.extend(error.violations().iter().map(|issue| match issue.pointer.as_str() {
                    "/url" => Issue::new("/createUrl", issue.message.clone()),
                    _ => issue.clone(),
                }));
                None
            }
        };
        let request = compose::finish(request, issues)?;
        let (file, chunk) = (self.content, self.chunk_size);
        Ok(Plan::call(request, move |response| match response.read::<Session>() {
            Ok(Session { upload_url: url }) => Plan::upload_then(
                Upload::new(url, file).with_chunk(chunk),
                Continuation::last(|answer: Result<_>| {
                    answer.and_then(|response| raw_response::read(response, ResponseType::Json)).into()
                }),
            ),
            Err(_) => Plan::fail(
                Error::protocol("the answer has no `uploadUrl`, so no session was created")
                    .with_hint("Give as `createUrl` a path that ends in /createUploadSession."),
            ),
        }))
    }
}
