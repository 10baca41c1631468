//! `get_record`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, json};

use crate::records::{Record, RecordId, RecordPlace, ToGet};

/// Get a record of the kind that `object` names. It returns what the action of that kind returns, such as `get_user`,
/// and needs the same permissions.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "object": "user", "recordId": "alexw@contoso.example", "select": ["displayName", "jobTitle"] })]))]
pub struct GetRecord {
    /// What it is.
    object: ToGet,
    /// Where it is.
    #[serde(flatten)]
    place: RecordPlace,
    /// Its id.
    record_id: RecordId,
    /// Only these properties, as Graph names them. The `id` is always included.
    #[schemars(length(max = 200), inner(length(min = 1, max = 200)))]
    select: Option<Vec<String>>,
}

impl Action for GetRecord {
    type Output = Raw<Record>;
    const SPEC: Spec = Spec::new("get_record", "Get record", Effect::Read).by_input().cases(ToGet::CASES).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<Record>>> {
        let options: Map<_, _> = self.select.into_iter().map(|names| ("select".to_owned(), names.into())).collect();
        Ok(self.object.behind().plan(&self.place, Some(&self.record_id.0), None, options, cx)?.map(Raw::new))
    }
}
