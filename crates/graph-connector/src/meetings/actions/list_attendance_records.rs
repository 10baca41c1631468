//! `list_attendance_records`

use connector_sdk::{Action, Context, Effect, List, Pages, Plan, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::ATTENDANCE_READ;
use crate::vocabulary::{AttendanceRecord, Meeting, ReportId};

/// List who came to an online meeting, when, and for how long. An app needs an application access policy of Teams that
/// lets it act for the organizer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "meetingId": "MSplNjMzYzkzZC1mMDc3LTQwZDItOGM2OC0yYWU0NTVjZWI3MmUqMCoqMTk6bWVldGluZ19ZbUZpTURFMVlXTXRNV0k1TmkwMFpEZ3pMVGd5WW1NdE56WmpNbUppWkdJNE5XUTVAdGhyZWFkLnYy", "reportId": "d216f23d-4db9-45b1-8db8-b79526ade620" })]))]
pub struct ListAttendanceRecords {
    /// Which meeting.
    #[serde(flatten)]
    meeting: Meeting,
    /// The report.
    report_id: ReportId,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListAttendanceRecords {
    type Output = List<AttendanceRecord>;
    const SPEC: Spec =
        Spec::new("list_attendance_records", "List attendance records", Effect::Read).scopes(ATTENDANCE_READ).list();

    fn plan(self, cx: &Context) -> Result<Plan<List<AttendanceRecord>>> {
        let list = self.meeting.request(cx, Method::GET, "/attendanceReports/{report}/attendanceRecords")?;
        Ok(list.path_param("report", self.report_id.0).pages(self.pages.paging()?))
    }
}
