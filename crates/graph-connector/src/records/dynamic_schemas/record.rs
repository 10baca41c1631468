//! `record`

use connector_sdk::{Context, DynamicSchema, Effect, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::records::ToGet;

/// The form of the record.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecordShape {
    /// What it is.
    object: ToGet,
}

impl DynamicSchema for RecordShape {
    const SPEC: Spec = Spec::new("record", "Record", Effect::Read).application(&[]);

    fn schema(self, _: &Context) -> Result<Plan<Value>> {
        Ok(Plan::done(self.object.behind().record().clone()))
    }
}
