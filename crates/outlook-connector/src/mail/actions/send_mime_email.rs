//! `send_mime_email`

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use connector_sdk::{Action, Body, Context, Effect, Error, FileRef, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::mail::send_once::Sent;
use crate::permissions::MAIL_SEND;
use crate::vocabulary::Mailbox;

/// Send a message that is complete already, in MIME format with all its headers, recipients and attachments (RFC 5322).
/// A copy is kept in Sent Items.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "mime": { "text": "To: meganb@contoso.example\r\nSubject: Lunch\r\n\r\nAt noon?\r\n" } })]))]
pub struct SendMimeEmail {
    /// Whose mail.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The message, up to 3 MB.
    mime: FileRef,
}

/// What fits into one request of 4 MB as base64.
const LARGEST: u64 = 3 * 1024 * 1024;

impl Action for SendMimeEmail {
    type Output = Sent;
    const SPEC: Spec = Spec::new("send_mime_email", "Send MIME email", Effect::Send).scopes(MAIL_SEND).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Sent>> {
        let size = cx.file(&self.mime).map_err(|error| error.at("/mime"))?.size;
        if size > LARGEST {
            return Err(Error::invalid(
                "/mime",
                format!("the message has {size} bytes; Graph takes at most {LARGEST} in MIME format"),
            ));
        }
        let request = self.mailbox.root(cx)?.post("/sendMail");
        Ok(Plan::read(self.mime, |mime| {
            let body = Body::Bytes("text/plain".to_owned(), STANDARD.encode(mime).into());
            request.body(body).accepted().map(|_| Sent::untold())
        }))
    }
}
