//! Calendars, their groups, and who may see them.

use connector_sdk::{Request, Root};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CalendarId, EmailAddress};

/// A calendar, as Graph returns it; see [the calendar resource][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/calendar
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "calendar"))]
pub struct Calendar {
    /// The id.
    pub id: String,
    /// The name.
    pub name: Option<String>,
    /// Colour, one of Outlook's, such as `lightBlue`; `auto` when it has none.
    pub color: Option<String>,
    /// Its colour as `#RRGGBB`; empty when it was never set.
    pub hex_color: Option<String>,
    /// Whether it is the calendar of new events that name none.
    pub is_default_calendar: Option<bool>,
    /// Whether it can be deleted.
    pub is_removable: Option<bool>,
    /// Whether the user may change it. Not so for some calendars of others.
    pub can_edit: Option<bool>,
    /// Whether the user may share it.
    pub can_share: Option<bool>,
    /// Whether the user sees events that are marked as private.
    pub can_view_private_items: Option<bool>,
    /// Whose it is.
    pub owner: Option<EmailAddress>,
    /// The online meeting services that its events can have.
    pub allowed_online_meeting_providers: Option<Vec<String>>,
    /// Service of an event that names none.
    pub default_online_meeting_provider: Option<String>,
    /// Whether it keeps the answers to invitations.
    pub is_tallying_responses: Option<bool>,
    /// The version; it changes with every change of the calendar.
    pub change_key: Option<String>,
}

/// A group of calendars, as Graph returns it; see [the calendarGroup resource][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/calendargroup
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "calendarGroup"))]
pub struct CalendarGroup {
    /// The id.
    pub id: String,
    /// The name.
    pub name: Option<String>,
    /// The id of its class.
    pub class_id: Option<String>,
    /// The version; it changes with every change of the group.
    pub change_key: Option<String>,
}

/// What somebody may do with a calendar, as Graph returns it; see [the calendarPermission resource][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/calendarpermission
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "calendarPermission"))]
pub struct CalendarPermission {
    /// The id.
    pub id: String,
    /// The person who has the permission, or `My Organization` for everybody in it.
    pub email_address: Option<EmailAddress>,
    /// What they may do.
    pub role: Option<String>,
    /// Roles that can be given.
    pub allowed_roles: Option<Vec<String>>,
    /// Whether they belong to the organisation.
    pub is_inside_organization: Option<bool>,
    /// Whether the permission can be taken away.
    pub is_removable: Option<bool>,
}

/// What somebody may do with a calendar.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum CalendarRole {
    /// See when the owner is free or busy.
    FreeBusyRead,
    /// See when, and titles and places.
    LimitedRead,
    /// See all but private events.
    Read,
    /// See and change all but private events.
    Write,
    /// Act for the owner, without private events.
    DelegateWithoutPrivateEventAccess,
    /// Act for the owner, with private events.
    DelegateWithPrivateEventAccess,
}

/// A colour of a calendar.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum CalendarColor {
    /// Let Outlook choose.
    Auto,
    /// Light blue.
    LightBlue,
    /// Light green.
    LightGreen,
    /// Light orange.
    LightOrange,
    /// Light gray.
    LightGray,
    /// Light yellow.
    LightYellow,
    /// Light teal.
    LightTeal,
    /// Light pink.
    LightPink,
    /// Light brown.
    LightBrown,
    /// Light red.
    LightRed,
}

impl CalendarId {
    /// A request below a calendar, or below the default one.
    pub fn below(
        calendar: Option<CalendarId>,
        root: &Root,
        method: connector_sdk::http::Method,
        template: &str,
    ) -> Request {
        match calendar {
            Some(calendar) => {
                root.request(method, &format!("/calendars/{{calendar}}{template}")).exchange_id("calendar", calendar.0)
            }
            None => root.request(method, &format!("/calendar{template}")),
        }
    }
}
