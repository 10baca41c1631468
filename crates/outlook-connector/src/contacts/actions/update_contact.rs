//! `update_contact`

use connector_sdk::schema::rules;
use connector_sdk::{Action, Context, Effect, Fields, Plan, Raw, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::permissions::CONTACTS_WRITE;
use crate::vocabulary::{Contact, ContactContent, ContactId, Mailbox};

/// Change a contact. Absent properties stay as they are, null clears a property, and lists are replaced as a whole.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "contactId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAAFILAA==", "jobTitle": "Head of buying", "nickName": null })]))]
#[schemars(transform = rules::something_beside(&["mailbox", "immutableIds", "contactId", "clearEmptyFields"]))]
pub struct UpdateContact {
    /// Whose contacts.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The contact.
    contact_id: ContactId,
    /// What is to change.
    #[serde(flatten)]
    content: ContactContent,
    /// Treat empty texts as null, so that they clear the property.
    #[serde(default)]
    clear_empty_fields: bool,
    /// Other properties of the contact, as Graph names them. They take precedence over the other inputs.
    #[serde(default)]
    additional_properties: Map<String, Value>,
}

impl Action for UpdateContact {
    type Output = Raw<Contact>;
    const SPEC: Spec = Spec::new("update_contact", "Update contact", Effect::Update).scopes(CONTACTS_WRITE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<Contact>>> {
        let fields = Fields::of(&self.content.check()?)?
            .and(self.additional_properties)
            .clear_empty(self.clear_empty_fields)
            .not_empty()?;
        let request = self.mailbox.root(cx)?.patch("/contacts/{contact}").exchange_id("contact", self.contact_id.0);
        // Setting the same values twice is the same as once.
        Ok(request.json(fields).idempotent().raw())
    }
}
