//! `set_contact_photo`

use connector_sdk::{Action, Body, Context, Effect, Error, FileRef, FileSource, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::CONTACTS_WRITE;
use crate::vocabulary::{ContactId, Mailbox, Updated};

/// Set the photo of a contact, in place of the present one.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "contactId": "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAAFILAA==", "photo": { "base64": "/9j/4AAQSkZJRgABAQEASABIAAD/2Q==" } })]))]
pub struct SetContactPhoto {
    /// Whose contacts.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The contact.
    contact_id: ContactId,
    /// The photo, a JPEG of up to 4 MB.
    photo: FileRef,
}

/// What Graph takes in one request.
const LARGEST: u64 = 4 * 1024 * 1024;

impl Action for SetContactPhoto {
    type Output = Updated;
    const SPEC: Spec =
        Spec::new("set_contact_photo", "Set contact photo", Effect::Update).scopes(CONTACTS_WRITE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Updated>> {
        let size = cx.file(&self.photo).map_err(|error| error.at("/photo"))?.size;
        if size > LARGEST {
            return Err(Error::invalid("/photo", format!("the photo has {size} bytes; Graph takes at most {LARGEST}")));
        }
        let request =
            self.mailbox.root(cx)?.put("/contacts/{contact}/photo/$value").exchange_id("contact", self.contact_id.0);
        let body = Body::File { file: FileSource(self.photo), range: None, content_type: "image/jpeg".to_owned() };
        Ok(request.body(body).accepted().map(|_| Updated { updated: true }))
    }
}
