//! `lock_managed_device`

use connector_sdk::{Accepted, Action, Context, Effect, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::MANAGED_DEVICES_OPERATE;
use crate::vocabulary::ManagedDeviceId;

/// Lock a device, so that its passcode has to be entered again. A device without a passcode is not protected by it. The
/// request is recorded at once and carried out when the device next checks in: `deviceActionResults` of the device
/// shows the progress. A Mac gets a PIN that Intune's admin center shows: do not lock it again before that PIN was
/// used. Not every platform supports it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "deviceId": "a609be92-7edc-40e4-86e5-d214c97d8236" })]))]
pub struct LockManagedDevice {
    /// The device.
    device_id: ManagedDeviceId,
}

impl Action for LockManagedDevice {
    type Output = Accepted;
    const SPEC: Spec =
        Spec::new("lock_managed_device", "Lock managed device", Effect::Update).scopes(MANAGED_DEVICES_OPERATE).bulk();

    fn plan(self, _: &Context) -> Result<Plan<Accepted>> {
        Ok(self.device_id.act("/remoteLock").accepted())
    }
}
