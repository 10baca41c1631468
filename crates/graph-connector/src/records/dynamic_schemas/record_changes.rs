//! `record_changes`

use connector_sdk::{Context, DynamicSchema, Effect, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::records::{RecordPlace, ToUpdate};

/// The fields of a record that can be changed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecordChanges {
    /// What it is.
    object: ToUpdate,
    /// Where it is.
    #[serde(flatten)]
    place: RecordPlace,
}

impl DynamicSchema for RecordChanges {
    const SPEC: Spec =
        Spec::new("record_changes", "Fields of a record that can be changed", Effect::Read).application(&[]);

    fn schema(self, cx: &Context) -> Result<Plan<Value>> {
        self.object.behind().fields(&self.place, cx)
    }
}
