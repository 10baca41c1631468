//! `remove_email_categories`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::MAIL_WRITE;
use crate::settings::categories;
use crate::vocabulary::{Mailbox, Message, MessageId};

/// Remove categories from a message; the others stay.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "messageId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAACcTAA==", "categories": ["Blue category"] })]))]
pub struct RemoveEmailCategories {
    /// Whose mail.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The message.
    message_id: MessageId,
    /// The names of the categories.
    #[schemars(length(min = 1, max = 25), inner(length(min = 1, max = 255)))]
    categories: Vec<String>,
}

impl Action for RemoveEmailCategories {
    type Output = Raw<Message>;
    const SPEC: Spec =
        Spec::new("remove_email_categories", "Remove email categories", Effect::Update).scopes(MAIL_WRITE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<Message>>> {
        let names = self.categories;
        Ok(categories::change(self.mailbox.root(cx)?, self.message_id.0, move |known| {
            known.retain(|name| !names.iter().any(|gone| gone.eq_ignore_ascii_case(name)));
        }))
    }
}
