//! Teams, channels, chats and what is said in them.

use connector_sdk::{Error, List, Pages, Properties, Query, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use outlook_connector::vocabulary::{BodyType, ItemBody};

/// A team: its id, which is that of its group.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(inline, extend("x-picklist" = "teams", "format" = "uuid"))]
pub struct TeamId(pub String);

/// A channel of the team, by its id, such as `19:…@thread.tacv2`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(inline, extend("x-picklist" = "channels", "minLength" = 1, "maxLength" = 200))]
pub struct ChannelId(pub String);

/// A chat, by its id, such as `19:…@thread.v2`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(inline, extend("x-picklist" = "chats", "minLength" = 1, "maxLength" = 200))]
pub struct ChatId(pub String);

/// Which channel. Used with `#[serde(flatten)]`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Channel {
    /// The team.
    pub team: TeamId,
    /// The channel.
    pub channel: ChannelId,
}

impl Channel {
    /// A request to what is below the channel.
    pub fn request(&self, method: http::Method, below: &str) -> connector_sdk::Request {
        let request = connector_sdk::Request::new(method, format!("/teams/{{team}}/channels/{{channel}}{below}"));
        request.path_param("team", self.team.0.as_str()).path_param("channel", self.channel.0.as_str())
    }
}

/// How many items Teams puts on a page at most.
pub const TEAMS_PAGE: u32 = 50;

/// OData [query options](https://learn.microsoft.com/en-us/graph/query-parameters) of a list of chats: Teams knows no
/// others there.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChatQuery {
    /// Only chats for which this OData expression is true, such as `chatType eq 'group'`.
    pub filter: Option<String>,
    /// The order.
    #[schemars(extend("examples" = ["lastMessagePreview/createdDateTime desc"]))]
    pub orderby: Option<String>,
    /// Related items to include with each chat: `members`, `lastMessagePreview`.
    pub expand: Option<Vec<String>>,
    /// Number of chats per request to Graph. It does not change how many are returned: see `limit`.
    #[schemars(range(min = 1, max = 1000))]
    pub top: Option<u32>,
}

/// OData [query options](https://learn.microsoft.com/en-us/graph/query-parameters) of a list of the messages of a chat:
/// Teams knows no others there.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChatMessageQuery {
    /// Only messages for which this OData expression is true, such as `lastModifiedDateTime gt 2026-01-31T08:00:00Z`.
    pub filter: Option<String>,
    /// The order, such as `createdDateTime desc`.
    pub orderby: Option<String>,
    /// Number of messages per request to Graph. It does not change how many are returned: see `limit`.
    #[schemars(range(min = 1, max = 1000))]
    pub top: Option<u32>,
}

impl ChatQuery {
    /// For a list that goes on so far.
    pub fn of(query: Option<ChatQuery>, pages: &Pages) -> Query {
        let ChatQuery { filter, orderby, expand, top } = query.unwrap_or_default();
        Query::default().with_filter(filter).with_orderby(orderby).with_expand(expand).with_top(page(top, pages))
    }
}

impl ChatMessageQuery {
    /// For a list that goes on so far.
    pub fn of(query: Option<ChatMessageQuery>, pages: &Pages) -> Query {
        let ChatMessageQuery { filter, orderby, top } = query.unwrap_or_default();
        Query::default().with_filter(filter).with_orderby(orderby).with_top(page(top, pages))
    }
}

// No page may be larger than Teams takes.
fn page(top: Option<u32>, pages: &Pages) -> u32 {
    top.map_or_else(|| pages.page_size(TEAMS_PAGE), |top| top.min(TEAMS_PAGE))
}

/// The list without a number of all items: what Teams sends as `@odata.count` is how many stand on the page.
pub fn uncounted<T>(mut list: List<T>) -> List<T> {
    list.total = None;
    list
}

/// How important a message in Teams is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum MessageImportance {
    /// Like any other.
    Normal,
    /// Marked as important.
    High,
    /// The recipient is notified every two minutes for twenty minutes, or until it is read.
    Urgent,
}

/// A message in a channel or a chat, as Graph returns it; see [the chatMessage resource][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/chatmessage
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "chatMessage"))]
pub struct ChatMessage {
    /// Its id within the channel or chat.
    pub id: String,
    /// In a channel, the id of the message that it answers.
    pub reply_to_id: Option<String>,
    /// `message`, or the kind of event that it reports, such as `systemEventMessage`.
    pub message_type: Option<String>,
    /// When it was written, in UTC.
    pub created_date_time: Option<String>,
    /// When it, or what is attached to it such as a reaction, was last changed, in UTC.
    pub last_modified_date_time: Option<String>,
    /// When its text was last changed, in UTC.
    pub last_edited_date_time: Option<String>,
    /// When it was deleted, in UTC; it stays in the list without its text.
    pub deleted_date_time: Option<String>,
    /// The subject, in a channel.
    pub subject: Option<String>,
    /// A summary, for notifications.
    pub summary: Option<String>,
    /// The chat that it is in.
    pub chat_id: Option<String>,
    /// The channel that it is in, and the channel's team.
    pub channel_identity: Option<Map<String, Value>>,
    /// Importance: `normal`, `high` or `urgent`.
    pub importance: Option<String>,
    /// The author: a user or an application. Absent for system messages.
    pub from: Option<Map<String, Value>>,
    /// The text.
    pub body: Option<ItemBody>,
    /// The attachments: files and cards.
    pub attachments: Option<Vec<Map<String, Value>>>,
    /// Who is mentioned.
    pub mentions: Option<Vec<Map<String, Value>>>,
    /// How people reacted.
    pub reactions: Option<Vec<Map<String, Value>>>,
    /// Details of the event, for a system message.
    pub event_detail: Option<Map<String, Value>>,
    /// Where to open it in Teams.
    pub web_url: Option<String>,
    /// The version; it changes with every change of the message.
    pub etag: Option<String>,
    /// The answers, if they were requested.
    #[schemars(extend("x-graph-type" = "chatMessage"))]
    pub replies: Option<Vec<Map<String, Value>>>,
}

/// Whether somebody said a message, and it is still there. Only what Teams itself says has another type.
pub fn is_said(message: &Properties<'_>) -> bool {
    message.text("messageType").is_none_or(|kind| kind.eq_ignore_ascii_case("message"))
        && !message.has("deletedDateTime")
}

/// A team, as Graph returns it; see [the team resource][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/team
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "team"))]
pub struct Team {
    /// Its id, which is that of its group.
    pub id: String,
    /// Its name.
    pub display_name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Whether everybody may join: `private`, `public` or `hiddenMembership`.
    pub visibility: Option<String>,
    /// Whether it can only be read any more.
    pub is_archived: Option<bool>,
    /// Where to open it in Teams.
    pub web_url: Option<String>,
}

/// A channel, as Graph returns it; see [the channel resource][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/channel
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "channel"))]
pub struct ChannelInfo {
    /// Its id.
    pub id: String,
    /// Its name.
    pub display_name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Whom it is for: `standard`, `private` or `shared`.
    pub membership_type: Option<String>,
    /// The address to which mail to the channel is sent.
    pub email: Option<String>,
    /// When it was made, in UTC.
    pub created_date_time: Option<String>,
    /// Whether it can only be read any more.
    pub is_archived: Option<bool>,
    /// Where to open it in Teams.
    pub web_url: Option<String>,
}

/// A chat, as Graph returns it; see [the chat resource][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/chat
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "chat"))]
pub struct Chat {
    /// Its id.
    pub id: String,
    /// Its name, if it has one.
    pub topic: Option<String>,
    /// `oneOnOne`, `group` or `meeting`.
    pub chat_type: Option<String>,
    /// When it began, in UTC.
    pub created_date_time: Option<String>,
    /// When its name or who takes part last changed, in UTC.
    pub last_updated_date_time: Option<String>,
    /// Where to open it in Teams.
    pub web_url: Option<String>,
    /// Who takes part, if it was requested.
    #[schemars(extend("x-graph-type" = "aadUserConversationMember"))]
    pub members: Option<Vec<Map<String, Value>>>,
    /// The last message, if it was requested.
    #[schemars(extend("x-graph-type" = "chatMessageInfo"))]
    pub last_message_preview: Option<Map<String, Value>>,
    /// The meeting that the chat belongs to, for a chat of a meeting.
    pub online_meeting_info: Option<Map<String, Value>>,
}

/// Whether somebody can be reached, as Graph returns it; see [the presence resource][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/presence
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "presence"))]
pub struct Presence {
    /// The user's object id.
    pub id: String,
    /// Whether the user can be reached, such as `Available`, `Busy`, `DoNotDisturb`, `Away`, `Offline` or
    /// `PresenceUnknown`.
    pub availability: Option<String>,
    /// Activity of the user, such as `InACall`, `InAMeeting` or `Presenting`.
    pub activity: Option<String>,
    /// The message that the user has set.
    pub status_message: Option<Map<String, Value>>,
    /// Whether the user is out of office, and what is said then.
    pub out_of_office_settings: Option<Map<String, Value>>,
}

/// A body for Teams: plain text, unless something is mentioned or attached, which only HTML can.
///
/// # Errors
/// `invalid_input` at `/bodyType` where plain text is asked for and cannot be.
pub fn message_body(content: String, chosen: Option<BodyType>, needs_html: bool) -> Result<ItemBody> {
    match (chosen, needs_html) {
        (Some(BodyType::Text), true) => {
            Err(Error::invalid("/bodyType", "mentions and attachments stand in HTML: use `html`, or leave this out"))
        }
        (Some(content_type), _) => Ok(ItemBody { content_type, content }),
        (None, true) => Ok(ItemBody { content_type: BodyType::Html, content }),
        (None, false) => Ok(ItemBody { content_type: BodyType::Text, content }),
    }
}
