//! `move_contact`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::permissions::CONTACTS_WRITE;
use crate::vocabulary::{Contact, ContactFolderId, ContactId, Mailbox};

/// Move a contact to another folder. Graph has no move for contacts, so a copy is made in the other folder and the
/// original deleted; the copy has an id of its own, and photo and extensions stay behind. If the original cannot be
/// deleted, both exist and the error says so.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "contactId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAAFILAA==", "destinationFolderId": "AAMkAAAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU6H6wP7lCytyy1Oh-sD-5QsrcstTofrA_sAAAAAAAAAAAAAAAAAAFIJAA==" })]))]
pub struct MoveContact {
    /// Whose contacts.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The contact.
    contact_id: ContactId,
    /// The folder that it goes to.
    destination_folder_id: ContactFolderId,
}

impl Action for MoveContact {
    type Output = Raw<Contact>;
    const SPEC: Spec = Spec::new("move_contact", "Move contact", Effect::Create).scopes(CONTACTS_WRITE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<Contact>>> {
        let root = self.mailbox.root(cx)?;
        let read = root.get("/contacts/{contact}").exchange_id("contact", self.contact_id.0.as_str());
        let copy = root.post("/contactFolders/{folder}/contacts").exchange_id("folder", self.destination_folder_id.0);
        let delete = root.delete("/contacts/{contact}").exchange_id("contact", self.contact_id.0);
        Ok(read.decode::<Map<String, Value>>().and_then(move |contact| {
            copy.json(content(contact)).raw::<Contact>().and_then(move |made| {
                let what = "while deleting the original; the copy is in the other folder, so both exist now";
                delete.deleted().or_else(move |error| Plan::fail(error.context(what))).map(move |_| made)
            })
        }))
    }
}

// What a new contact can be given: not what Outlook keeps by itself.
fn content(mut contact: Map<String, Value>) -> Map<String, Value> {
    const KEPT_BY_OUTLOOK: [&str; 8] = [
        "id",
        "changeKey",
        "createdDateTime",
        "lastModifiedDateTime",
        "parentFolderId",
        "primaryEmailAddress",
        "secondaryEmailAddress",
        "tertiaryEmailAddress",
    ];
    contact
        .retain(|name, value| !name.starts_with('@') && !value.is_null() && !KEPT_BY_OUTLOOK.contains(&name.as_str()));
    contact
}
