//! `permanently_delete_contact`

use connector_sdk::{Action, Confirm, Context, Deleted, Effect, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::CONTACTS_WRITE;
use crate::vocabulary::{ContactId, Mailbox};

/// Delete a contact for good. It does not go to the deleted items, and its owner cannot recover it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "contactId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAAFILAA==", "confirm": true })]))]
pub struct PermanentlyDeleteContact {
    /// Whose contacts.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The contact.
    contact_id: ContactId,
    /// Confirms the deletion, which cannot be undone. It must be true.
    confirm: Confirm,
}

impl Action for PermanentlyDeleteContact {
    type Output = Deleted;
    const SPEC: Spec = Spec::new("permanently_delete_contact", "Permanently delete contact", Effect::Delete)
        .scopes(CONTACTS_WRITE)
        .bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Deleted>> {
        let Confirm { .. } = self.confirm;
        Ok(self
            .mailbox
            .root(cx)?
            .post("/contacts/{contact}/permanentDelete")
            .idempotent()
            .exchange_id("contact", self.contact_id.0)
            .deleted())
    }
}
