//! `found_record`

use connector_sdk::{Context, DynamicSchema, Effect, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::records::ToFind;

/// The form of a record that was found.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FoundRecordShape {
    /// What it is.
    object: ToFind,
}

impl DynamicSchema for FoundRecordShape {
    const SPEC: Spec = Spec::new("found_record", "Record that was found", Effect::Read).application(&[]);

    fn schema(self, _: &Context) -> Result<Plan<Value>> {
        Ok(Plan::done(self.object.behind().record().clone()))
    }
}
