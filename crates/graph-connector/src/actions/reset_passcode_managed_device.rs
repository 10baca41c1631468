//! `reset_passcode_managed_device`

use connector_sdk::{Accepted, Action, Confirm, Context, Effect, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::MANAGED_DEVICES_OPERATE;
use crate::vocabulary::ManagedDeviceId;

/// Take the passcode off a device, or give it a new one, as its platform has it. The old one is gone for good, and
/// until a new one is set, whoever holds the device gets in. It is asked for here and happens when the device next
/// checks in: `deviceActionResults` of the device tells how far it is. Not every platform can do it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "deviceId": "a609be92-7edc-40e4-86e5-d214c97d8236", "confirm": true })]))]
pub struct ResetPasscodeManagedDevice {
    /// The device.
    device_id: ManagedDeviceId,
    /// Confirms that the present passcode is lost for good. It must be true.
    confirm: Confirm,
}

impl Action for ResetPasscodeManagedDevice {
    type Output = Accepted;
    const SPEC: Spec = Spec::new("reset_passcode_managed_device", "Reset passcode of managed device", Effect::Delete)
        .scopes(MANAGED_DEVICES_OPERATE)
        .bulk();

    fn plan(self, _: &Context) -> Result<Plan<Accepted>> {
        let Confirm { .. } = self.confirm;
        Ok(self.device_id.act("/resetPasscode").accepted())
    }
}
