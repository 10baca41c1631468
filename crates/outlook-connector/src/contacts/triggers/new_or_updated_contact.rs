//! `new_or_updated_contact`

use connector_sdk::subscription::{ChangeType, NotificationResource};
use connector_sdk::{Context, Effect, Event, Plan, Poll, Properties, Result, Spec, Trigger};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::CONTACTS_READ;
use crate::vocabulary::{Contact, ContactFolderId, Mailbox};
use connector_sdk::watch::{self, Beginning};

/// Watch a folder for contacts that are new or have changed. A contact fires once for each of its versions.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({})]))]
pub struct NewOrUpdatedContact {
    /// Whose contacts.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The contact folder; the default is the mailbox's Contacts folder.
    folder_id: Option<ContactFolderId>,
    /// From when on.
    #[serde(flatten)]
    beginning: Beginning,
}

impl Trigger for NewOrUpdatedContact {
    type Event = Contact;
    type Cursor = watch::Cursor;
    const SPEC: Spec =
        Spec::new("new_or_updated_contact", "New or updated contact", Effect::Read).scopes(CONTACTS_READ).real_time();

    fn poll(self, cursor: Option<watch::Cursor>, cx: &Context) -> Result<Plan<Poll<Contact, watch::Cursor>>> {
        let (since, now) = (self.beginning.moment(cx.now)?, cx.now);
        let folder = self.folder_id.map_or_else(|| "contacts".to_owned(), |folder| folder.0);
        let root = self.mailbox.root(cx)?;
        let start = root.get("/contactFolders/{folder}/contacts/delta").exchange_id("folder", folder);
        let start = start.prefer("odata.maxpagesize=100");
        let fragment = |item: &Properties<'_>, _| !item.is_sent("lastModifiedDateTime");
        let ask = move |id: &str| root.get("/contacts/{contact}").exchange_id("contact", id);
        Ok(watch::follow(start, cursor, (since, now), fragment, ask, |item, since| {
            let contact = Properties::of(&item);
            let version = contact.version(&["changeKey", "lastModifiedDateTime"]);
            let recent = since.changed(contact.time("lastModifiedDateTime"));
            let id = recent.then(|| format!("{} {version}", contact.identity()));
            id.map(|id| Event::new(id, item))
        }))
    }

    fn notification_resource(&self, cx: &Context) -> Result<Option<NotificationResource>> {
        self.mailbox.notifications(cx, "contacts", &[ChangeType::Created, ChangeType::Updated]).map(Some)
    }
}
