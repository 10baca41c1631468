//! `create_contact`

use connector_sdk::schema::rules;
use connector_sdk::{Action, Context, Effect, Fields, Plan, Raw, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::permissions::CONTACTS_WRITE;
use crate::vocabulary::{Contact, ContactContent, ContactFolderId, Mailbox};

/// Create a contact.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "givenName": "Nina", "surname": "Ray", "emailAddresses": [{ "address": "nina@fabrikam.example", "name": "Nina Ray" }], "companyName": "Fabrikam" })]))]
#[schemars(transform = rules::something_beside(&["mailbox", "immutableIds", "folderId"]))]
pub struct CreateContact {
    /// Whose contacts.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The contact folder; the default is the mailbox's Contacts folder.
    folder_id: Option<ContactFolderId>,
    /// What the contact holds.
    #[serde(flatten)]
    content: ContactContent,
    /// Other properties of the contact, as Graph names them. They take precedence over the other inputs.
    #[serde(default)]
    additional_properties: Map<String, Value>,
}

impl Action for CreateContact {
    type Output = Raw<Contact>;
    const SPEC: Spec = Spec::new("create_contact", "Create contact", Effect::Create).scopes(CONTACTS_WRITE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<Contact>>> {
        let root = self.mailbox.root(cx)?;
        let create = match self.folder_id {
            Some(folder) => root.post("/contactFolders/{folder}/contacts").exchange_id("folder", folder.0),
            None => root.post("/contacts"),
        };
        let fields = Fields::of(&self.content.check()?)?.and(self.additional_properties).not_empty()?;
        Ok(create.json(fields).raw())
    }
}
