//! `list_devices`

use connector_sdk::{Action, Context, Effect, List, Pages, Plan, Query, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::advanced;
use crate::permissions::DEVICES_READ;
use crate::vocabulary::Device;

/// List the devices that are known to the directory.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "query": { "filter": "operatingSystem eq 'Windows'" } })]))]
pub struct ListDevices {
    /// OData query options. Advanced queries are recognised and sent with `ConsistencyLevel: eventual`.
    query: Option<Query>,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListDevices {
    type Output = List<Device>;
    const SPEC: Spec = Spec::new("list_devices", "List devices", Effect::Read).scopes(DEVICES_READ).list();

    fn plan(self, _: &Context) -> Result<Plan<List<Device>>> {
        advanced::list(Request::get("/devices"), self.query, &self.pages)
    }
}
