//! `delete_managed_device`

use connector_sdk::{Action, Confirm, Context, Deleted, Effect, Plan, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::MANAGED_DEVICES_WRITE;
use crate::vocabulary::ManagedDeviceId;

/// Delete a device from Intune. When it next checks in it is retired: the company's data is removed from it. To be
/// managed again, it has to be enrolled again.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "deviceId": "8ba03194-6d32-458f-87cd-1c768fb96897", "confirm": true })]))]
pub struct DeleteManagedDevice {
    /// The device.
    device_id: ManagedDeviceId,
    /// Confirms the deletion, which cannot be undone. It must be true.
    confirm: Confirm,
}

impl Action for DeleteManagedDevice {
    type Output = Deleted;
    const SPEC: Spec = Spec::new("delete_managed_device", "Delete managed device", Effect::Delete)
        .scopes(MANAGED_DEVICES_WRITE)
        .bulk();

    fn plan(self, _: &Context) -> Result<Plan<Deleted>> {
        let Confirm { .. } = self.confirm;
        Ok(self.device_id.request(Method::DELETE, "").deleted())
    }
}
