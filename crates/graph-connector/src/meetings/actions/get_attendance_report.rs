//! `get_attendance_report`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::ATTENDANCE_READ;
use crate::vocabulary::{AttendanceReport, Meeting, ReportId};

/// Get the attendance report of an online meeting: the number of participants and, on request, the participants. An app
/// needs an application access policy of Teams that lets it act for the organizer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "meetingId": "MSplNjMzYzkzZC1mMDc3LTQwZDItOGM2OC0yYWU0NTVjZWI3MmUqMCoqMTk6bWVldGluZ19ZbUZpTURFMVlXTXRNV0k1TmkwMFpEZ3pMVGd5WW1NdE56WmpNbUppWkdJNE5XUTVAdGhyZWFkLnYy", "reportId": "d216f23d-4db9-45b1-8db8-b79526ade620", "expandRecords": true })]))]
pub struct GetAttendanceReport {
    /// Which meeting.
    #[serde(flatten)]
    meeting: Meeting,
    /// The report.
    report_id: ReportId,
    /// Return the participants too, as `attendanceRecords`.
    #[serde(default)]
    expand_records: bool,
}

impl Action for GetAttendanceReport {
    type Output = Raw<AttendanceReport>;
    const SPEC: Spec =
        Spec::new("get_attendance_report", "Get attendance report", Effect::Read).scopes(ATTENDANCE_READ).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<AttendanceReport>>> {
        let get = self
            .meeting
            .request(cx, Method::GET, "/attendanceReports/{report}")?
            .path_param("report", self.report_id.0);
        Ok(get.query_opt("$expand", self.expand_records.then_some("attendanceRecords")).raw())
    }
}
