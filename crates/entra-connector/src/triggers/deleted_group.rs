//! `deleted_group`

use connector_sdk::{Context, Effect, Plan, Poll, Request, Result, Spec, Trigger};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::Reason;
use crate::follow::{self, Lost};
use crate::permissions::GROUPS_SEE;
use crate::vocabulary::Gone;

/// Watch the tenant for groups that are deleted: softly (`changed`), so that they can be restored, or for good (`deleted`). What is deleted while the place in the changes is lost is not told: Graph does not keep it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({})]))]
pub struct DeletedGroup {
    /// Only those that were deleted in this way.
    #[serde(default)]
    reason: Reason,
}

impl Trigger for DeletedGroup {
    type Event = Gone;
    type Cursor = follow::Cursor;
    const SPEC: Spec = Spec::new("deleted_group", "Deleted group", Effect::Read).scopes(GROUPS_SEE);

    fn poll(self, cursor: Option<follow::Cursor>, cx: &Context) -> Result<Plan<Poll<Gone, follow::Cursor>>> {
        let start = Request::get("/groups/delta").query("$select", "id");
        let wanted = self.reason;
        Ok(follow::follow(start, cursor, None, cx.now, Lost::GoOn, move |page, _| {
            Ok(page.removed.into_iter().filter(|gone| wanted.includes(gone.reason.as_deref())).map(Gone::event).collect())
        }))
    }
}
