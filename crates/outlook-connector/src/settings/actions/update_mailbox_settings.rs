//! `update_mailbox_settings`

use connector_sdk::schema::rules;
use connector_sdk::{Action, Context, Edit, Effect, Fields, Plan, Raw, Result, Spec, Zone};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::SETTINGS_WRITE;
use crate::vocabulary::{DelegateDelivery, Language, Mailbox, MailboxSettings, WorkingHours};

/// Change the settings of a mailbox. Absent properties stay as they are. Automatic replies have an action of their own,
/// `set_automatic_replies`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({
    "timeZone": "Europe/Berlin", "language": "de-DE",
    "workingHours": { "daysOfWeek": ["monday", "tuesday"], "startTime": "08:00", "endTime": "16:30", "timeZone": "Europe/Berlin" }
})]))]
#[schemars(transform = rules::something_beside(&["mailbox", "immutableIds", "clearEmptyFields"]))]
pub struct UpdateMailboxSettings {
    /// Whose mailbox.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// The time zone, by Windows or IANA name.
    time_zone: Option<Zone>,
    /// Format of dates, such as `dd.MM.yyyy`. Null restores the format of the language.
    #[serde(default)]
    #[schemars(length(max = 50))]
    date_format: Edit<String>,
    /// Format of times, such as `HH:mm`. Null restores the format of the language.
    #[serde(default)]
    #[schemars(length(max = 50))]
    time_format: Edit<String>,
    /// The language.
    language: Option<Language>,
    /// The days and hours of work.
    working_hours: Option<WorkingHours>,
    /// Recipients of meeting messages for a mailbox with a delegate.
    delegate_meeting_message_delivery: Option<DelegateDelivery>,
    /// Treat empty texts as null, so that they clear the property.
    #[serde(default)]
    clear_empty_fields: bool,
}

impl Action for UpdateMailboxSettings {
    type Output = Raw<MailboxSettings>;
    const SPEC: Spec =
        Spec::new("update_mailbox_settings", "Update mailbox settings", Effect::Update).scopes(SETTINGS_WRITE);

    fn plan(self, cx: &Context) -> Result<Plan<Raw<MailboxSettings>>> {
        let fields = Fields::default()
            .with("timeZone", self.time_zone.map(|zone| zone.service_name().to_owned()))
            .edit("dateFormat", self.date_format)?
            .edit("timeFormat", self.time_format)?
            .with("language", self.language.map(|language| json!({ "locale": language.0 })))
            .with("workingHours", self.working_hours.map(WorkingHours::written).transpose()?)
            .with("delegateMeetingMessageDeliveryOptions", self.delegate_meeting_message_delivery.map(|who| json!(who)))
            .clear_empty(self.clear_empty_fields)
            .not_empty()?;
        Ok(self.mailbox.root(cx)?.patch("/mailboxSettings").json(fields).idempotent().raw())
    }
}
