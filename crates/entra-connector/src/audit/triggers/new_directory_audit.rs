//! `new_directory_audit`

use connector_sdk::{Context, Effect, Plan, Poll, Request, Result, Spec, Trigger, recent};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::audit::log::{self, Overlap};
use crate::permissions::LOGS_READ;
use crate::vocabulary::DirectoryAudit;

/// Watch for what is done in the directory. It appears some minutes after it happens, and at times hours:
/// `overlapMinutes` sets how late an entry may appear.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({})]))]
pub struct NewDirectoryAudit {
    /// Only this category, such as `UserManagement`.
    #[schemars(length(min = 1, max = 320))]
    category: Option<String>,
    /// Only this activity, such as `Add user`.
    #[schemars(length(min = 1, max = 320))]
    activity: Option<String>,
    /// How late an entry may be.
    #[serde(flatten)]
    overlap: Overlap,
}

impl Trigger for NewDirectoryAudit {
    type Event = DirectoryAudit;
    type Cursor = recent::Cursor;
    const SPEC: Spec = Spec::new("new_directory_audit", "New directory audit", Effect::Read).scopes(LOGS_READ);

    fn poll(self, cursor: Option<recent::Cursor>, cx: &Context) -> Result<Plan<Poll<DirectoryAudit, recent::Cursor>>> {
        let conditions = [("category", self.category.as_ref()), ("activityDisplayName", self.activity.as_ref())];
        Ok(log::look(
            Request::get("/auditLogs/directoryAudits"),
            "activityDateTime",
            &conditions,
            self.overlap,
            cursor,
            cx.now,
        ))
    }
}
