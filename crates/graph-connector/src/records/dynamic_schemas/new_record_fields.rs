//! `new_record_fields`

use connector_sdk::{Context, DynamicSchema, Effect, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::records::{RecordPlace, ToCreate};

/// The fields of a new record.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewRecordFields {
    /// What it is.
    object: ToCreate,
    /// Where it comes to be.
    #[serde(flatten)]
    place: RecordPlace,
}

impl DynamicSchema for NewRecordFields {
    const SPEC: Spec = Spec::new("new_record_fields", "Fields of a new record", Effect::Read).application(&[]);

    fn schema(self, cx: &Context) -> Result<Plan<Value>> {
        self.object.behind().fields(&self.place, cx)
    }
}
