//! `deleted_contact`

use connector_sdk::subscription::{ChangeType, NotificationResource};
use connector_sdk::{Context, Effect, Plan, Poll, Result, Spec, Trigger};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::CONTACTS_READ;
use crate::vocabulary::{ContactFolderId, Gone, Mailbox};
use connector_sdk::watch::{self, Departed};

/// Watch a folder for contacts that leave it. An item that returns and leaves again fires again.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({})]))]
pub struct DeletedContact {
    /// Whose contacts.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The contact folder; the default is the mailbox's Contacts folder.
    folder_id: Option<ContactFolderId>,
}

impl Trigger for DeletedContact {
    type Event = Gone;
    type Cursor = Departed;
    const SPEC: Spec = Spec::new("deleted_contact", "Deleted contact", Effect::Read)
        .scopes(CONTACTS_READ)
        .misses("contacts that left the folder")
        .real_time();

    fn poll(self, cursor: Option<Departed>, cx: &Context) -> Result<Plan<Poll<Gone, Departed>>> {
        let folder = self.folder_id.map_or_else(|| "contacts".to_owned(), |folder| folder.0);
        let start = self.mailbox.root(cx)?.get("/contactFolders/{folder}/contacts/delta").exchange_id("folder", folder);
        let start = start.prefer("odata.maxpagesize=100");
        Ok(watch::departures(start, cursor, cx.now, Gone::read))
    }

    fn notification_resource(&self, cx: &Context) -> Result<Option<NotificationResource>> {
        self.mailbox.notifications(cx, "contacts", &[ChangeType::Updated, ChangeType::Deleted]).map(Some)
    }
}
