//! `list_managed_devices`

use connector_sdk::{Action, Context, Effect, List, Pages, Plan, Query, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::MANAGED_DEVICES_READ;
use crate::vocabulary::ManagedDevice;

/// List the devices that Intune manages. Some properties, such as `notes`, come only from `get_managed_device`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({}), json!({ "query": { "filter": "complianceState eq 'noncompliant'", "select": ["id", "deviceName", "userPrincipalName"] } })]))]
pub struct ListManagedDevices {
    /// OData query options.
    query: Option<Query>,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListManagedDevices {
    type Output = List<ManagedDevice>;
    const SPEC: Spec =
        Spec::new("list_managed_devices", "List managed devices", Effect::Read).scopes(MANAGED_DEVICES_READ).list();

    fn plan(self, _: &Context) -> Result<Plan<List<ManagedDevice>>> {
        let mut query = self.query.unwrap_or_default();
        query.top.get_or_insert(self.pages.page_size(200));
        Ok(query.apply(Request::get("/deviceManagement/managedDevices")).pages(self.pages.paging()?))
    }
}
