//! `add_email_categories`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::MAIL_WRITE;
use crate::settings::categories;
use crate::vocabulary::{CategoryName, Mailbox, Message, MessageId};

/// Add categories to those that a message has. A category that the mailbox does not define is added without a colour.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "messageId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAACcTAA==", "categories": ["Red category"] })]))]
pub struct AddEmailCategories {
    /// Whose mail.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The message.
    message_id: MessageId,
    /// The names of the categories.
    #[schemars(length(min = 1, max = 25), inner(length(min = 1, max = 255)))]
    categories: Vec<CategoryName>,
}

impl Action for AddEmailCategories {
    type Output = Raw<Message>;
    const SPEC: Spec =
        Spec::new("add_email_categories", "Add email categories", Effect::Update).scopes(MAIL_WRITE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<Message>>> {
        let names = self.categories.into_iter().map(|category| category.0).collect::<Vec<_>>();
        Ok(categories::change(self.mailbox.root(cx)?, self.message_id.0, move |known| {
            known.extend(names.iter().filter(|name| !known.contains(name)).cloned().collect::<Vec<_>>());
        }))
    }
}
