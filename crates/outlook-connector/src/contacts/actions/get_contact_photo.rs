//! `get_contact_photo`

use connector_sdk::{Action, Context, DownloadName, Effect, File, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::CONTACTS_READ;
use crate::vocabulary::{ContactId, Mailbox};

/// Get the photo of a contact as a file.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "contactId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAAFILAA==" })]))]
pub struct GetContactPhoto {
    /// Whose contacts.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The contact.
    contact_id: ContactId,
}

impl Action for GetContactPhoto {
    type Output = File;
    const SPEC: Spec = Spec::new("get_contact_photo", "Get contact photo", Effect::Read).scopes(CONTACTS_READ).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<File>> {
        let name = DownloadName::default().with_name("photo.jpg".to_owned());
        Ok(self
            .mailbox
            .root(cx)?
            .get("/contacts/{contact}/photo/$value")
            .exchange_id("contact", self.contact_id.0)
            .download(name))
    }
}
