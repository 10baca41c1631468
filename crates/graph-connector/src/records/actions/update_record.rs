//! `update_record`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::records::{RecordId, RecordPlace, ToUpdate};

/// Change a record of the kind that `object` names. Absent fields stay as they are, and null clears a field. The fields
/// are validated against those of the kind before anything is sent. It returns what the action of that kind returns,
/// such as `update_user`, and needs the same permissions.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "object": "user", "recordId": "alexw@contoso.example", "fields": { "jobTitle": "Marketing Lead" } })]))]
pub struct UpdateRecord {
    /// What it is.
    object: ToUpdate,
    /// Where it is.
    #[serde(flatten)]
    place: RecordPlace,
    /// Its id.
    record_id: RecordId,
    /// What is to change.
    #[schemars(extend("x-dynamic-schema" = "record_changes"))]
    fields: Map<String, Value>,
    /// Treat empty texts as null, so that they clear the property.
    #[serde(default)]
    clear_empty_fields: bool,
}

impl Action for UpdateRecord {
    type Output = Raw<Map<String, Value>>;
    const SPEC: Spec =
        Spec::new("update_record", "Update record", Effect::Update).by_input().cases(ToUpdate::CASES).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<Map<String, Value>>>> {
        let clear = self.clear_empty_fields.then(|| ("clearEmptyFields".to_owned(), Value::from(true)));
        let options = clear.into_iter().collect();
        Ok(self
            .object
            .behind()
            .plan(&self.place, Some(&self.record_id.0), Some(self.fields), options, cx)?
            .map(Raw::new))
    }
}
