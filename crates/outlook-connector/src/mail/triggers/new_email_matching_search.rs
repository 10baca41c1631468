//! `new_email_matching_search`

use connector_sdk::subscription::{ChangeType, NotificationResource};
use connector_sdk::{Context, Effect, Event, Plan, Poll, Result, Spec, Trigger, recent};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::mail::mail_filter::Seen;
use crate::permissions::MAIL_SEE;
use crate::vocabulary::{Mailbox, Message};
use connector_sdk::watch::Beginning;

/// Watch a mailbox for messages that meet a filter, in all its folders.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "filter": "importance eq 'high'" })]))]
pub struct NewEmailMatchingSearch {
    /// Whose mailbox.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// From when on.
    #[serde(flatten)]
    beginning: Beginning,
    /// The OData filter that messages meet, such as `importance eq 'high' and hasAttachments eq true`.
    #[schemars(length(min = 1, max = 2000))]
    filter: String,
}

impl Trigger for NewEmailMatchingSearch {
    type Event = Message;
    type Cursor = recent::Cursor;
    const SPEC: Spec =
        Spec::new("new_email_matching_search", "New email matching search", Effect::Read).scopes(MAIL_SEE).real_time();

    fn poll(self, cursor: Option<recent::Cursor>, cx: &Context) -> Result<Plan<Poll<Message, recent::Cursor>>> {
        let since = self.beginning.moment(cx.now)?;
        let root = self.mailbox.root(cx)?;
        let filter = self.filter;
        let list = move |from: Timestamp| {
            let filter = format!("receivedDateTime ge {from:.0} and ({filter})");
            root.get("/messages").query("$filter", filter).query("$orderby", "receivedDateTime").query("$top", 100)
        };
        Ok(recent::look(recent::USUAL, list, cursor, since, cx.now, |item| {
            let seen = Seen::read(&item);
            (seen.received_date_time, Some(Event::new(seen.id, item)))
        }))
    }

    fn notification_resource(&self, cx: &Context) -> Result<Option<NotificationResource>> {
        self.mailbox.notifications(cx, "messages", &[ChangeType::Created, ChangeType::Updated]).map(Some)
    }
}
