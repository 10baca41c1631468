//! `find_meeting_times`

use connector_sdk::{Action, Context, Effect, Error, Fields, Plan, Raw, Result, Spec, Zone};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::permissions::MEETING_TIMES;
use crate::vocabulary::{Invited, Mailbox, MeetingTimes, Moment, Place, Preferences};

/// Propose times at which people can meet. Graph does it for signed-in users only, not for apps.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({
    "attendees": [{ "email": "meganb@contoso.example" }], "meetingDuration": "PT1H",
    "timeSlots": [{ "start": "2027-03-01T08:00:00Z", "end": "2027-03-01T17:00:00Z" }]
})]))]
pub struct FindMeetingTimes {
    /// Whose calendar.
    #[serde(flatten)]
    mailbox: Mailbox,
    /// People to invite. Without attendees, the user's own free times are proposed.
    #[serde(default)]
    #[schemars(length(max = 100))]
    attendees: Vec<Invited>,
    /// The time ranges to search; the default is the working hours of the next days.
    #[serde(default)]
    #[schemars(length(max = 20))]
    time_slots: Vec<Slot>,
    /// Which hours: of work (the default), personal ones, or any.
    activity_domain: Option<ActivityDomain>,
    /// Duration of the meeting, as an ISO 8601 duration; the default is `PT30M`.
    #[schemars(regex(pattern = "^P([0-9]+D)?(T([0-9]+H)?([0-9]+M)?)?$"))]
    meeting_duration: Option<String>,
    /// Rooms and places for it.
    location_constraint: Option<LocationConstraint>,
    /// Maximum number of proposals.
    #[schemars(range(min = 1, max = 100))]
    max_candidates: Option<i32>,
    /// Whether the organiser need not come.
    is_organizer_optional: Option<bool>,
    /// Minimum likelihood that people can attend, in percent.
    #[schemars(range(min = 0, max = 100))]
    minimum_attendee_percentage: Option<f64>,
    /// Return why each time is proposed.
    return_suggestion_reasons: Option<bool>,
    /// How times and texts are shown.
    #[serde(flatten)]
    preferences: Preferences,
}

/// A time range to search.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
struct Slot {
    /// Where it begins.
    start: Moment,
    /// Where it ends.
    end: Moment,
}

impl Slot {
    fn written(&self, zone: Option<&Zone>, index: usize) -> Result<Value> {
        let (start, end) = (format!("timeSlots/{index}/start"), format!("timeSlots/{index}/end"));
        if self.end.instant(zone, &end)? <= self.start.instant(zone, &start)? {
            return Err(Error::invalid(format!("/{end}"), "is not after `start`"));
        }
        Ok(json!({ "start": self.start.with_zone(zone, &start)?, "end": self.end.with_zone(zone, &end)? }))
    }
}

/// Which hours of the day.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
enum ActivityDomain {
    /// Hours of work.
    Work,
    /// Hours of work and weekends.
    Personal,
    /// All hours.
    Unrestricted,
}

/// Rooms and places for a meeting.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(inline)]
struct LocationConstraint {
    /// Whether a place is needed.
    #[serde(default)]
    is_required: bool,
    /// Whether to propose places.
    #[serde(default)]
    suggest_location: bool,
    /// The places among which to choose.
    #[serde(default)]
    locations: Vec<Place>,
}

impl Action for FindMeetingTimes {
    type Output = Raw<MeetingTimes>;
    const SPEC: Spec = Spec::new("find_meeting_times", "Find meeting times", Effect::Read).scopes(MEETING_TIMES);

    fn plan(self, cx: &Context) -> Result<Plan<Raw<MeetingTimes>>> {
        let zone = self.preferences.time_zone.as_ref();
        let slots = self
            .time_slots
            .iter()
            .enumerate()
            .map(|(i, slot)| slot.written(zone, i))
            .collect::<Result<Vec<Value>>>()?;
        let time = (!slots.is_empty() || self.activity_domain.is_some()).then(|| {
            let domain = self.activity_domain.unwrap_or(ActivityDomain::Work);
            json!({ "activityDomain": domain, "timeSlots": slots })
        });
        let body = Fields::default()
            .with("attendees", Some(self.attendees.iter().map(Invited::written).collect::<Vec<Value>>()))
            .with("timeConstraint", time)
            .with("meetingDuration", self.meeting_duration)
            .with("locationConstraint", self.location_constraint.map(|constraint| json!(constraint)))
            .with("maxCandidates", self.max_candidates)
            .with("isOrganizerOptional", self.is_organizer_optional)
            .with("minimumAttendeePercentage", self.minimum_attendee_percentage)
            .with("returnSuggestionReasons", self.return_suggestion_reasons);
        Ok(self.preferences.apply(self.mailbox.root(cx)?.post("/findMeetingTimes")).json(body).idempotent().raw())
    }
}
