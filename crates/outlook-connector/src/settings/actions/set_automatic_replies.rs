//! `set_automatic_replies`

use connector_sdk::schema::rules;
use connector_sdk::{Action, Context, Effect, Error, Fields, Plan, Raw, Result, Spec, Zone};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::SETTINGS_WRITE;
use crate::vocabulary::{ExternalAudience, Mailbox, MailboxSettings, Moment, ReplyStatus};

/// Switch automatic replies on or off, from now on or for a time.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({
    "status": "scheduled", "internalMessage": "I am on vacation.", "externalAudience": "none",
    "start": "2027-05-03", "end": "2027-05-15", "timeZone": "Europe/Berlin"
})]))]
#[schemars(transform = rules::together(&["start", "end"]))]
#[schemars(transform = rules::only_with(&["start", "status=scheduled"]))]
#[schemars(transform = rules::needed_with(&["start", "status=scheduled"]))]
pub struct SetAutomaticReplies {
    /// Whose mailbox.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// Whether they are sent.
    status: ReplyStatus,
    /// Reply to people of the organisation, as HTML or plain text.
    internal_message: Option<String>,
    /// Reply to people outside the organisation, as HTML or plain text.
    external_message: Option<String>,
    /// Which others get an answer.
    external_audience: Option<ExternalAudience>,
    /// When they begin, for the status `scheduled`.
    start: Option<Moment>,
    /// When they end, for the status `scheduled`.
    end: Option<Moment>,
    /// The time zone of local times and days, by Windows or IANA name.
    time_zone: Option<Zone>,
}

impl Action for SetAutomaticReplies {
    type Output = Raw<MailboxSettings>;
    const SPEC: Spec =
        Spec::new("set_automatic_replies", "Set automatic replies", Effect::Update).scopes(SETTINGS_WRITE).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<MailboxSettings>>> {
        let scheduled = self.status == ReplyStatus::Scheduled;
        if scheduled != (self.start.is_some() && self.end.is_some())
            || (!scheduled && (self.start.is_some() || self.end.is_some()))
        {
            return Err(Error::invalid(
                "/start",
                "`start` and `end` belong together, to the status `scheduled` and to no other",
            ));
        }
        let zone = self.time_zone.as_ref();
        let mut replies = Fields::default()
            .with("status", Some(json!(self.status)))
            .with("internalReplyMessage", self.internal_message)
            .with("externalReplyMessage", self.external_message)
            .with("externalAudience", self.external_audience.map(|audience| json!(audience)));
        if let (Some(start), Some(end)) = (self.start, self.end) {
            if end.instant(zone, "end")? <= start.instant(zone, "start")? {
                return Err(Error::invalid("/end", "is not after `start`"));
            }
            replies = replies
                .with("scheduledStartDateTime", Some(json!(start.with_zone(zone, "start")?)))
                .with("scheduledEndDateTime", Some(json!(end.with_zone(zone, "end")?)));
        }
        let body = json!({ "automaticRepliesSetting": replies });
        Ok(self.mailbox.root(cx)?.patch("/mailboxSettings").json(body).idempotent().raw())
    }
}
