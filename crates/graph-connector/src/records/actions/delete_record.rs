//! `delete_record`

use connector_sdk::{Action, Context, Deleted, Effect, Plan, Raw, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, json};

use crate::records::{RecordId, RecordPlace, ToDelete};

/// Delete a record of the kind that `object` names, as the action of that kind does, such as `delete_drive_item`, with
/// the same permissions.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "object": "driveItem", "recordId": "01GAZRCOBKM7XNQBIIKY7IHWKUAAAADBVY" })]))]
pub struct DeleteRecord {
    /// What it is.
    object: ToDelete,
    /// Where it is.
    #[serde(flatten)]
    place: RecordPlace,
    /// Its id.
    record_id: RecordId,
}

impl Action for DeleteRecord {
    type Output = Raw<Deleted>;
    const SPEC: Spec = Spec::new("delete_record", "Delete record", Effect::Delete)
        .undo("The recycle bin of the drive or site keeps it for as long as the organisation says, usually 93 days.")
        .by_input()
        .cases(ToDelete::CASES)
        .bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<Deleted>>> {
        Ok(self.object.behind().plan(&self.place, Some(&self.record_id.0), None, Map::new(), cx)?.map(Raw::new))
    }
}
