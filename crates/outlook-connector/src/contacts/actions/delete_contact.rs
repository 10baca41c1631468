//! `delete_contact`

use connector_sdk::{Action, Context, Deleted, Effect, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::CONTACTS_WRITE;
use crate::vocabulary::{ContactId, Mailbox};

/// Delete a contact. It goes to the deleted items and can be recovered from there.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "contactId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAAFILAA==" })]))]
pub struct DeleteContact {
    /// Whose contacts.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The contact.
    contact_id: ContactId,
}

impl Action for DeleteContact {
    type Output = Deleted;
    const SPEC: Spec = Spec::new("delete_contact", "Delete contact", Effect::Delete)
        .undo("The mailbox keeps it among its deleted or recoverable items for as long as the organisation says.")
        .scopes(CONTACTS_WRITE)
        .bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Deleted>> {
        Ok(self.mailbox.root(cx)?.delete("/contacts/{contact}").exchange_id("contact", self.contact_id.0).deleted())
    }
}
