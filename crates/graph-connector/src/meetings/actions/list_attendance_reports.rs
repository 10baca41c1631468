//! `list_attendance_reports`

use connector_sdk::{Action, Context, Effect, List, Pages, Plan, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::ATTENDANCE_READ;
use crate::vocabulary::{AttendanceReport, Meeting};

/// List the attendance reports of an online meeting, one for each time that it was held, the latest first. Graph keeps
/// up to 50. An app needs an application access policy of Teams that lets it act for the organizer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "meetingId": "MSplNjMzYzkzZC1mMDc3LTQwZDItOGM2OC0yYWU0NTVjZWI3MmUqMCoqMTk6bWVldGluZ19ZbUZpTURFMVlXTXRNV0k1TmkwMFpEZ3pMVGd5WW1NdE56WmpNbUppWkdJNE5XUTVAdGhyZWFkLnYy" })]))]
pub struct ListAttendanceReports {
    /// Which meeting.
    #[serde(flatten)]
    meeting: Meeting,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListAttendanceReports {
    type Output = List<AttendanceReport>;
    const SPEC: Spec =
        Spec::new("list_attendance_reports", "List attendance reports", Effect::Read).scopes(ATTENDANCE_READ).list();

    fn plan(self, cx: &Context) -> Result<Plan<List<AttendanceReport>>> {
        Ok(self.meeting.request(cx, Method::GET, "/attendanceReports")?.pages(self.pages.paging()?))
    }
}
