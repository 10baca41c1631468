//! Settings of a mailbox, and what its server knows.

use connector_sdk::{Error, Result, Zone};
use jiff::civil::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{DateTimeTimeZone, EmailAddress, Recipient};

/// The settings of a mailbox, as Graph returns them; see [mailboxSettings][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/mailboxsettings
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "mailboxSettings"))]
pub struct MailboxSettings {
    /// The time zone, by its Windows name unless it was set by its IANA name.
    pub time_zone: Option<String>,
    /// The language.
    pub language: Option<LocaleInfo>,
    /// Format of dates.
    pub date_format: Option<String>,
    /// Format of times.
    pub time_format: Option<String>,
    /// The days and hours of work.
    pub working_hours: Option<Map<String, Value>>,
    /// The automatic replies.
    pub automatic_replies_setting: Option<AutomaticReplies>,
    /// The id of the Archive folder.
    pub archive_folder: Option<String>,
    /// Recipients of meeting messages for a mailbox with a delegate.
    pub delegate_meeting_message_delivery_options: Option<String>,
    /// Whose mailbox it is: `user`, `shared`, `room` and the like.
    pub user_purpose: Option<String>,
}

/// Automatic replies, as Graph returns them.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline, extend("x-graph-type" = "automaticRepliesSetting"))]
pub struct AutomaticReplies {
    /// Whether they are sent: `disabled`, `alwaysEnabled` or `scheduled`.
    pub status: Option<String>,
    /// Which people outside the organisation get one: `none`, `contactsOnly` or `all`.
    pub external_audience: Option<String>,
    /// Reply to people of the organisation.
    pub internal_reply_message: Option<String>,
    /// Reply to people outside the organisation.
    pub external_reply_message: Option<String>,
    /// When they begin, if they are scheduled.
    pub scheduled_start_date_time: Option<DateTimeTimeZone>,
    /// When they end, if they are scheduled.
    pub scheduled_end_date_time: Option<DateTimeTimeZone>,
}

/// A language.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline, extend("x-graph-type" = "localeInfo"))]
pub struct LocaleInfo {
    /// Its code, such as `en-US`.
    pub locale: Option<String>,
    /// Its name.
    pub display_name: Option<String>,
}

/// A time zone that a server knows.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline, extend("x-graph-type" = "timeZoneInformation"))]
pub struct TimeZoneInformation {
    /// The name that other actions take.
    pub alias: Option<String>,
    /// The name for people.
    pub display_name: Option<String>,
}

/// A language by its code, such as `en-US`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(inline, extend("x-picklist" = "languages", "minLength" = 2, "maxLength" = 35))]
pub struct Language(pub String);

/// Days and hours of work.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(inline)]
pub struct WorkingHours {
    /// The days.
    #[schemars(length(min = 1, max = 7), extend("uniqueItems" = true))]
    days_of_week: Vec<DayOfWeek>,
    /// When work begins, such as `08:00`.
    #[schemars(regex(pattern = "^[0-9]{2}:[0-9]{2}$"))]
    start_time: String,
    /// When work ends, such as `17:00`.
    #[schemars(regex(pattern = "^[0-9]{2}:[0-9]{2}$"))]
    end_time: String,
    /// The time zone of both.
    time_zone: Zone,
}

impl WorkingHours {
    /// As Graph takes it.
    ///
    /// # Errors
    /// `invalid_input` for times that are none.
    pub fn written(self) -> Result<Value> {
        let time = |text: &str, property: &str| -> Result<String> {
            let time: Time = text
                .parse()
                .map_err(|_| Error::invalid(format!("/workingHours/{property}"), "is not a time of day"))?;
            Ok(time.strftime("%H:%M:%S").to_string())
        };
        Ok(json!({
            "daysOfWeek": self.days_of_week, "startTime": time(&self.start_time, "startTime")?, "endTime": time(&self.end_time, "endTime")?,
            "timeZone": { "name": self.time_zone.service_name() },
        }))
    }
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum DayOfWeek {
    /// Sunday.
    Sunday,
    /// Monday.
    Monday,
    /// Tuesday.
    Tuesday,
    /// Wednesday.
    Wednesday,
    /// Thursday.
    Thursday,
    /// Friday.
    Friday,
    /// Saturday.
    Saturday,
}

/// Recipients of meeting messages for a mailbox with a delegate.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum DelegateDelivery {
    /// The delegate, and a copy for information to the owner.
    SendToDelegateAndInformationToPrincipal,
    /// Both.
    SendToDelegateAndPrincipal,
    /// The delegate only.
    SendToDelegateOnly,
}

/// Whether automatic replies are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum ReplyStatus {
    /// No.
    Disabled,
    /// Yes, until they are switched off.
    AlwaysEnabled,
    /// Yes, from a start to an end.
    Scheduled,
}

/// Which people outside the organisation get automatic replies.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum ExternalAudience {
    /// Nobody.
    None,
    /// The contacts of the owner.
    ContactsOnly,
    /// Everybody.
    All,
}

/// A category with its colour, as Graph returns it; see [outlookCategory][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/outlookcategory
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "outlookCategory"))]
pub struct OutlookCategory {
    /// The id.
    pub id: String,
    /// The name.
    pub display_name: Option<String>,
    /// The colour: `none`, or `preset0` to `preset24`.
    pub color: Option<String>,
}

/// A colour of a category, as Outlook shows it.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum CategoryColor {
    /// No colour.
    None,
    /// Red.
    Preset0,
    /// Orange.
    Preset1,
    /// Brown.
    Preset2,
    /// Yellow.
    Preset3,
    /// Green.
    Preset4,
    /// Teal.
    Preset5,
    /// Olive.
    Preset6,
    /// Blue.
    Preset7,
    /// Purple.
    Preset8,
    /// Cranberry.
    Preset9,
    /// Steel.
    Preset10,
    /// Dark steel.
    Preset11,
    /// Gray.
    Preset12,
    /// Dark gray.
    Preset13,
    /// Black.
    Preset14,
    /// Dark red.
    Preset15,
    /// Dark orange.
    Preset16,
    /// Dark brown.
    Preset17,
    /// Dark yellow.
    Preset18,
    /// Dark green.
    Preset19,
    /// Dark teal.
    Preset20,
    /// Dark olive.
    Preset21,
    /// Dark blue.
    Preset22,
    /// Dark purple.
    Preset23,
    /// Dark cranberry.
    Preset24,
}

/// Where the messages of a sender are always shown, as Graph returns it; see [inferenceClassificationOverride][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/inferenceclassificationoverride
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "inferenceClassificationOverride"))]
pub struct FocusedInboxOverride {
    /// The id.
    pub id: String,
    /// In which part of the inbox: `focused` or `other`.
    pub classify_as: Option<String>,
    /// The sender.
    pub sender_email_address: Option<EmailAddress>,
}

/// What a sender should know about a recipient, as Graph returns it; see [mailTips][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/mailtips
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "mailTips"))]
pub struct MailTips {
    /// The recipient.
    pub email_address: Option<EmailAddress>,
    /// The automatic reply that would come.
    pub automatic_replies: Option<Map<String, Value>>,
    /// Whether the mailbox is full.
    pub mailbox_full: Option<bool>,
    /// A tip that an administrator wrote.
    pub custom_mail_tip: Option<String>,
    /// Number of recipients outside the organisation.
    pub external_member_count: Option<i32>,
    /// Number of recipients.
    pub total_member_count: Option<i32>,
    /// The largest message that it takes, in bytes.
    pub max_message_size: Option<i32>,
    /// Whether only some senders may write to it.
    pub delivery_restricted: Option<bool>,
    /// Whether a moderator must approve messages.
    pub is_moderated: Option<bool>,
    /// How the recipient relates to the sender's organisation.
    pub recipient_scope: Option<String>,
    /// Suggested further recipients, from earlier messages.
    pub recipient_suggestions: Option<Vec<Recipient>>,
    /// Why nothing is known.
    pub error: Option<Map<String, Value>>,
}

/// What to ask about a recipient.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum MailTip {
    /// The automatic reply.
    AutomaticReplies,
    /// Whether the mailbox is full.
    MailboxFullStatus,
    /// A tip that an administrator wrote.
    CustomMailTip,
    /// Number of recipients outside the organisation.
    ExternalMemberCount,
    /// Number of recipients.
    TotalMemberCount,
    /// The largest message that it takes.
    MaxMessageSize,
    /// Whether only some senders may write to it.
    DeliveryRestriction,
    /// Whether a moderator must approve messages.
    ModerationStatus,
    /// How it relates to the sender's organisation.
    RecipientScope,
    /// Suggested further recipients, from earlier messages.
    RecipientSuggestions,
}

impl MailTip {
    /// All of them.
    pub const ALL: [MailTip; 10] = [
        MailTip::AutomaticReplies,
        MailTip::MailboxFullStatus,
        MailTip::CustomMailTip,
        MailTip::ExternalMemberCount,
        MailTip::TotalMemberCount,
        MailTip::MaxMessageSize,
        MailTip::DeliveryRestriction,
        MailTip::ModerationStatus,
        MailTip::RecipientScope,
        MailTip::RecipientSuggestions,
    ];

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            MailTip::AutomaticReplies => "automaticReplies",
            MailTip::MailboxFullStatus => "mailboxFullStatus",
            MailTip::CustomMailTip => "customMailTip",
            MailTip::ExternalMemberCount => "externalMemberCount",
            MailTip::TotalMemberCount => "totalMemberCount",
            MailTip::MaxMessageSize => "maxMessageSize",
            MailTip::DeliveryRestriction => "deliveryRestriction",
            MailTip::ModerationStatus => "moderationStatus",
            MailTip::RecipientScope => "recipientScope",
            MailTip::RecipientSuggestions => "recipientSuggestions",
        }
    }
}

/// A form of ids of Outlook items; see [translating ids][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/user-translateexchangeids
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum IdType {
    /// The binary entry id of MAPI.
    EntryId,
    /// The id of Exchange Web Services.
    EwsId,
    /// The binary immutable id.
    ImmutableEntryId,
    /// The id of Graph that changes when an item moves.
    RestId,
    /// The id of Graph that stays the same.
    RestImmutableEntryId,
}

/// An id in another form, as Graph returns it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "convertIdResult"))]
pub struct TranslatedId {
    /// The id as it was given.
    pub source_id: Option<String>,
    /// The id in its new form.
    pub target_id: Option<String>,
    /// Why it could not be translated.
    pub error_details: Option<Map<String, Value>>,
}
