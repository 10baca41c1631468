//! `find_online_meeting`

use connector_sdk::schema::rules;
use connector_sdk::{Action, Code, Context, Effect, Error, Plan, Raw, Request, Result, Spec, Subject, odata};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::MEETINGS_READ;
use crate::vocabulary::{OnlineMeeting, Organizer};

/// Find an online meeting by the address to join at, as in the event of a calendar; by the number to join with; or, for
/// apps, by the id for video conference devices. A user can find meetings that they organize or are invited to. An app
/// needs an application access policy of Teams that lets it act for the organizer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "joinUrl": "https://teams.microsoft.example/l/meetup-join/19%3ameeting_ff3d21d16c3042b788bd7a0cf9e93da7%40thread.v2/0?context=%7b%22Tid%22%3a%229b06a9b6-6879-4286-87c1-d29f7c059132%22%7d" })]))]
#[schemars(transform = rules::one_of(&["joinUrl", "joinMeetingId", "videoTeleconferenceId"]))]
pub struct FindOnlineMeeting {
    /// Whose meeting.
    #[serde(flatten)]
    organizer: Organizer,
    /// The address to join at.
    #[schemars(length(min = 1, max = 2000))]
    join_url: Option<String>,
    /// The number to join with; spaces in it do not matter.
    #[schemars(regex(pattern = "^[0-9 ]{6,30}$"))]
    join_meeting_id: Option<String>,
    /// Id by which video conference devices join. Only an app can search by it, and needs no organizer then.
    #[schemars(length(min = 1, max = 64))]
    video_teleconference_id: Option<String>,
}

impl Action for FindOnlineMeeting {
    type Output = Raw<OnlineMeeting>;
    const SPEC: Spec = Spec::new("find_online_meeting", "Find online meeting", Effect::Read).scopes(MEETINGS_READ);

    fn plan(self, cx: &Context) -> Result<Plan<Raw<OnlineMeeting>>> {
        let one = "say which: one of `joinUrl`, `joinMeetingId` and `videoTeleconferenceId`";
        let (request, filter) = match (&self.join_url, &self.join_meeting_id, &self.video_teleconference_id) {
            (Some(url), None, None) => (self.meetings(cx)?, format!("joinWebUrl eq {}", odata::string(url))),
            (None, Some(id), None) => {
                let id = id.replace(' ', "");
                if id.is_empty() {
                    return Err(Error::invalid("/joinMeetingId", "there is no number in it"));
                }
                (self.meetings(cx)?, format!("joinMeetingIdSettings/joinMeetingId eq {}", odata::string(&id)))
            }
            (None, None, Some(id)) => {
                if matches!(*cx.who, Subject::User { .. }) {
                    return Err(Error::invalid(
                        "/videoTeleconferenceId",
                        "a user is signed in, and only an app can search by this id: give `joinUrl` or `joinMeetingId`",
                    ));
                }
                (
                    Request::get("/communications/onlineMeetings"),
                    format!("videoTeleconferenceId eq {}", odata::string(id)),
                )
            }
            (None, None, None) => return Err(Error::invalid("/joinUrl", one)),
            _ => return Err(Error::invalid("", one)),
        };
        Ok(request.query("$filter", filter).first_item().try_map(|found| {
            found.map(Raw::new).ok_or_else(|| {
                Error::new(Code::NotFound, "there is no such online meeting").with_hint(
                    "Search as its organizer or as somebody who is invited. A meeting that ended long ago is deleted.",
                )
            })
        }))
    }
}

impl FindOnlineMeeting {
    fn meetings(&self, cx: &Context) -> Result<Request> {
        Ok(self.organizer.root(cx)?.get("/onlineMeetings"))
    }
}
