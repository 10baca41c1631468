//! `get_contact`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Select, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::CONTACTS_READ;
use crate::vocabulary::{CONTACT_FIELDS, Contact, ContactFolderId, ContactId, Mailbox};

/// Get one contact.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "contactId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAAFILAA==", "select": ["displayName", "emailAddresses"] })]))]
pub struct GetContact {
    /// Whose contacts.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The contact.
    contact_id: ContactId,
    /// The folder, to find the contact only if it is there.
    folder_id: Option<ContactFolderId>,
    /// Which properties.
    #[serde(flatten)]
    select: Select,
}

impl Action for GetContact {
    type Output = Raw<Contact>;
    const SPEC: Spec = Spec::new("get_contact", "Get contact", Effect::Read).scopes(CONTACTS_READ).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<Contact>>> {
        let root = self.mailbox.root(cx)?;
        let request = match self.folder_id {
            Some(folder) => root.get("/contactFolders/{folder}/contacts/{contact}").exchange_id("folder", folder.0),
            None => root.get("/contacts/{contact}"),
        };
        let request = request.exchange_id("contact", self.contact_id.0);
        Ok(request.query_opt("$select", self.select.names(CONTACT_FIELDS)).raw())
    }
}
