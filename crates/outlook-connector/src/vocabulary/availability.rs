//! Who is free when, reminders, and rooms.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{DateTimeTimeZone, PhysicalAddress};

/// When somebody is free or busy, as Graph returns it; see [scheduleInformation][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/scheduleinformation
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "scheduleInformation"))]
pub struct ScheduleInformation {
    /// The address.
    pub schedule_id: Option<String>,
    /// A digit for each slot: 0 free, 1 tentative, 2 busy, 3 out of the office, 4 working elsewhere.
    pub availability_view: Option<String>,
    /// The events in that time.
    pub schedule_items: Option<Vec<Map<String, Value>>>,
    /// The days and hours of work.
    pub working_hours: Option<Map<String, Value>>,
    /// Why nothing is known.
    pub error: Option<Map<String, Value>>,
}

/// Proposed times for a meeting, as Graph returns them; see [meetingTimeSuggestionsResult][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/meetingtimesuggestionsresult
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "meetingTimeSuggestionsResult"))]
pub struct MeetingTimes {
    /// The proposals, the best first.
    pub meeting_time_suggestions: Option<Vec<Map<String, Value>>>,
    /// Why there is none.
    pub empty_suggestions_reason: Option<String>,
}

/// A reminder, as Graph returns it; see [the reminder resource][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/reminder
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "reminder"))]
pub struct Reminder {
    /// The id of the event.
    pub event_id: Option<String>,
    /// The subject of the event.
    pub event_subject: Option<String>,
    /// When the event begins.
    pub event_start_time: Option<DateTimeTimeZone>,
    /// When the event ends.
    pub event_end_time: Option<DateTimeTimeZone>,
    /// Where the event is.
    pub event_location: Option<Map<String, Value>>,
    /// Where to open the event in Outlook on the web.
    pub event_web_link: Option<String>,
    /// When the reminder is shown.
    pub reminder_fire_time: Option<DateTimeTimeZone>,
    /// The version of the event.
    pub change_key: Option<String>,
}

/// A list of rooms, as Graph returns it; see [the roomList resource][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/roomlist
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "roomList"))]
pub struct RoomList {
    /// The id.
    pub id: String,
    /// The name.
    pub display_name: Option<String>,
    /// The address, by which its rooms are listed.
    pub email_address: Option<String>,
    /// The phone number.
    pub phone: Option<String>,
    /// Where it is.
    pub address: Option<PhysicalAddress>,
}

/// A room, as Graph returns it; see [the room resource][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/room
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "room"))]
pub struct Room {
    /// The id.
    pub id: String,
    /// The name.
    pub display_name: Option<String>,
    /// The address, by which it is invited.
    pub email_address: Option<String>,
    /// Number of people that it holds.
    pub capacity: Option<i32>,
    /// The building.
    pub building: Option<String>,
    /// The floor.
    pub floor_number: Option<i32>,
    /// What its floor is called.
    pub floor_label: Option<String>,
    /// How it is booked.
    pub booking_type: Option<String>,
    /// Whether a wheelchair can reach it.
    pub is_wheel_chair_accessible: Option<bool>,
    /// The phone number.
    pub phone: Option<String>,
    /// Where it is.
    pub address: Option<PhysicalAddress>,
}
