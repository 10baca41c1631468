//! `reboot_managed_device`

use connector_sdk::{Accepted, Action, Context, Effect, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::MANAGED_DEVICES_OPERATE;
use crate::vocabulary::ManagedDeviceId;

/// Restart a device. The request is recorded at once and carried out when the device next checks in:
/// `deviceActionResults` of the device shows the progress. Not every platform supports it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "deviceId": "909e5b6f-9df1-4e27-8ee4-0051773abad5" })]))]
pub struct RebootManagedDevice {
    /// The device.
    device_id: ManagedDeviceId,
}

impl Action for RebootManagedDevice {
    type Output = Accepted;
    const SPEC: Spec = Spec::new("reboot_managed_device", "Reboot managed device", Effect::Update)
        .scopes(MANAGED_DEVICES_OPERATE)
        .bulk();

    fn plan(self, _: &Context) -> Result<Plan<Accepted>> {
        Ok(self.device_id.act("/rebootNow").accepted())
    }
}
