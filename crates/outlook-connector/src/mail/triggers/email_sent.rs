//! `email_sent`

use connector_sdk::subscription::{ChangeType, NotificationResource};
use connector_sdk::{Context, Effect, Event, Plan, Poll, Properties, Result, Spec, Trigger};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::permissions::MAIL_SEE;
use crate::vocabulary::{KnownAddress, Mailbox, Message};
use connector_sdk::watch::{self, Beginning};

/// Watch for messages that were sent: they appear in Sent Items.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "subjectContains": "offer" })]))]
pub struct EmailSent {
    /// Whose mailbox.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// From when on.
    #[serde(flatten)]
    beginning: Beginning,
    /// Only messages to this address.
    to: Option<KnownAddress>,
    /// Only messages whose subject contains this text, ignoring case.
    #[schemars(length(min = 1, max = 255))]
    subject_contains: Option<String>,
}

impl Trigger for EmailSent {
    type Event = Message;
    type Cursor = watch::Cursor;
    const SPEC: Spec = Spec::new("email_sent", "Email sent", Effect::Read).scopes(MAIL_SEE).real_time();

    fn poll(self, cursor: Option<watch::Cursor>, cx: &Context) -> Result<Plan<Poll<Message, watch::Cursor>>> {
        let (since, now) = (self.beginning.moment(cx.now)?, cx.now);
        let root = self.mailbox.root(cx)?;
        let start = root.get("/mailFolders/sentitems/messages/delta").prefer("odata.maxpagesize=100");
        let (to, subject) = (self.to, self.subject_contains.map(|text| text.to_lowercase()));
        let needed = [("sentDateTime", true), ("toRecipients", to.is_some()), ("subject", subject.is_some())];
        let fragment =
            move |item: &Properties<'_>, _| needed.iter().any(|(name, needed)| *needed && !item.is_sent(name));
        let ask = move |id: &str| root.get("/messages/{message}").exchange_id("message", id);
        Ok(watch::follow(start, cursor, (since, now), fragment, ask, move |item, since| {
            let sent = Properties::of(&item);
            let recipients: Vec<Value> = sent.get("toRecipients").unwrap_or_default();
            let goes_to = |address: &KnownAddress| {
                recipients
                    .iter()
                    .filter_map(|person| person["emailAddress"]["address"].as_str())
                    .any(|known| address.is(known))
            };
            let says =
                |text: &String| sent.text("subject").is_some_and(|subject| subject.to_lowercase().contains(text));
            let wanted = since.created(&sent, "sentDateTime")
                && (!sent.is_sent("toRecipients") || to.as_ref().is_none_or(goes_to))
                && (!sent.is_sent("subject") || subject.as_ref().is_none_or(says));
            wanted.then(|| sent.identity()).map(|id| Event::new(id, item))
        }))
    }

    fn notification_resource(&self, cx: &Context) -> Result<Option<NotificationResource>> {
        self.mailbox
            .notifications(cx, "mailFolders('sentitems')/messages", &[ChangeType::Created, ChangeType::Updated])
            .map(Some)
    }
}
