//! `deleted_email`

use connector_sdk::subscription::{ChangeType, NotificationResource};
use connector_sdk::{Context, Effect, Plan, Poll, Result, Spec, Trigger};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::follow_folders::messages_of;
use crate::permissions::MAIL_SEE;
use crate::vocabulary::{FolderId, Gone, Mailbox};
use connector_sdk::watch::{self, Departed};

/// Watch a folder for messages that leave it: deleted, or moved to another folder. An item that returns and leaves
/// again fires again.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "folderId": "inbox" })]))]
pub struct DeletedEmail {
    /// Whose mailbox.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The folder; the default is the inbox.
    folder_id: Option<FolderId>,
}

impl Trigger for DeletedEmail {
    type Event = Gone;
    type Cursor = Departed;
    const SPEC: Spec = Spec::new("deleted_email", "Deleted email", Effect::Read)
        .scopes(MAIL_SEE)
        .misses("messages that left the folder")
        .real_time();

    fn poll(self, cursor: Option<Departed>, cx: &Context) -> Result<Plan<Poll<Gone, Departed>>> {
        let folder = self.folder_id.map_or_else(|| "inbox".to_owned(), |folder| folder.0);
        let start = self.mailbox.root(cx)?.get("/mailFolders/{folder}/messages/delta").exchange_id("folder", folder);
        let start = start.query("$select", "id").prefer("odata.maxpagesize=100");
        Ok(watch::departures(start, cursor, cx.now, Gone::read))
    }

    fn notification_resource(&self, cx: &Context) -> Result<Option<NotificationResource>> {
        self.mailbox
            .notifications(
                cx,
                &messages_of(self.folder_id.as_ref().map_or("inbox", |folder| &folder.0)),
                &[ChangeType::Deleted, ChangeType::Updated],
            )
            .map(Some)
    }
}
