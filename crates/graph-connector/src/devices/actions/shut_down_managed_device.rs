//! `shut_down_managed_device`

use connector_sdk::{Accepted, Action, Context, Effect, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::MANAGED_DEVICES_OPERATE;
use crate::vocabulary::ManagedDeviceId;

/// Shut down a device. Somebody has to switch it on again by hand. The request is recorded at once and carried out when
/// the device next checks in: `deviceActionResults` of the device shows the progress. Not every platform supports it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "deviceId": "f6fb88f1-ea88-4f20-8a47-79e6c64b8db3" })]))]
pub struct ShutDownManagedDevice {
    /// The device.
    device_id: ManagedDeviceId,
}

impl Action for ShutDownManagedDevice {
    type Output = Accepted;
    const SPEC: Spec = Spec::new("shut_down_managed_device", "Shut down managed device", Effect::Update)
        .scopes(MANAGED_DEVICES_OPERATE)
        .bulk();

    fn plan(self, _: &Context) -> Result<Plan<Accepted>> {
        Ok(self.device_id.act("/shutDown").accepted())
    }
}
