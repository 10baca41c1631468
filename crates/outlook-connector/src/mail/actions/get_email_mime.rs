//! `get_email_mime`

use connector_sdk::{Action, Context, DownloadName, Effect, File, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::MAIL_READ;
use crate::vocabulary::{Mailbox, MessageId};

/// Get a message in MIME format as an `.eml` file, as it can be kept or opened in another program.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "messageId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAACcTAA==" })]))]
pub struct GetEmailMime {
    /// Whose mail.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The message.
    message_id: MessageId,
}

impl Action for GetEmailMime {
    type Output = File;
    const SPEC: Spec = Spec::new("get_email_mime", "Get email as MIME", Effect::Read).scopes(MAIL_READ).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<File>> {
        let name =
            DownloadName::default().with_name("message.eml".to_owned()).with_content_type("message/rfc822".to_owned());
        Ok(self
            .mailbox
            .root(cx)?
            .get("/messages/{message}/$value")
            .exchange_id("message", self.message_id.0)
            .download(name))
    }
}
