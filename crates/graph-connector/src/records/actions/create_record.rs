//! `create_record`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::records::{RecordPlace, ToCreate};

/// Create a record of the kind that `object` names. Which fields it has depends on the kind and, for rows and items of
/// lists, on the place; they are validated before anything is sent. It returns what the action of that kind returns,
/// such as `create_user`, and needs the same permissions.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "object": "folder", "fields": { "name": "Invoices" } }), json!({
    "object": "user",
    "fields": { "displayName": "Grace Hopper", "userPrincipalName": "grace@contoso.example", "mailNickname": "grace", "generatePassword": true }
})]))]
pub struct CreateRecord {
    /// What it is.
    object: ToCreate,
    /// Where it comes to be.
    #[serde(flatten)]
    place: RecordPlace,
    /// Its fields.
    #[schemars(extend("x-dynamic-schema" = "new_record_fields"))]
    fields: Map<String, Value>,
}

impl Action for CreateRecord {
    type Output = Raw<Map<String, Value>>;
    const SPEC: Spec =
        Spec::new("create_record", "Create record", Effect::Create).by_input().cases(ToCreate::CASES).bulk();

    fn plan(self, cx: &Context) -> Result<Plan<Raw<Map<String, Value>>>> {
        Ok(self.object.behind().plan(&self.place, None, Some(self.fields), Map::new(), cx)?.map(Raw::new))
    }
}
