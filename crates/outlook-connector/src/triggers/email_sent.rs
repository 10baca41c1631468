//! `email_sent`

use connector_sdk::{Context, Effect, Event, Plan, Poll, Raw, Result, Spec, Trigger};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::follow::{self, Beginning};
use crate::permissions::MAIL_SEE;
use crate::vocabulary::{Address, Mailbox, Message};

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
    to: Option<Address>,
    /// Only messages whose subject contains this text, in letters of either case.
    #[schemars(length(min = 1, max = 255))]
    subject_contains: Option<String>,
}

impl Trigger for EmailSent {
    type Event = Message;
    type Cursor = follow::Cursor;
    const SPEC: Spec = Spec::new("email_sent", "Email sent", Effect::Read).scopes(MAIL_SEE);

    fn poll(self, cursor: Option<follow::Cursor>, cx: &Context) -> Result<Plan<Poll<Message, follow::Cursor>>> {
        let since = self.beginning.moment(cx.now)?;
        let start = self.mailbox.root(cx)?.get("/mailFolders/sentitems/messages/delta").prefer("odata.maxpagesize=100");
        let (to, subject) = (self.to, self.subject_contains.map(|text| text.to_lowercase()));
        Ok(follow::follow(start, cursor, since, move |page, since| {
            let fired = page.items.into_iter().filter_map(|item| {
                let sent = item.read::<Message>().ok()?;
                let recent = sent.sent_date_time.as_deref()?.parse::<Timestamp>().ok()? >= since;
                let goes_to = |address: &Address| {
                    let all = sent.to_recipients.iter().flatten().filter_map(|person| person.email_address.address.as_deref());
                    all.into_iter().any(|known| known.eq_ignore_ascii_case(&address.0))
                };
                let says = |text: &String| sent.subject.as_deref().is_some_and(|subject| subject.to_lowercase().contains(text));
                let wanted = recent && to.as_ref().is_none_or(goes_to) && subject.as_ref().is_none_or(says);
                wanted.then(|| Event { id: sent.id.clone(), data: Raw::new(item) })
            });
            fired.collect()
        }))
    }
}
