//! `reset_passcode_managed_device`

use connector_sdk::{Accepted, Action, Confirm, Context, Effect, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::MANAGED_DEVICES_OPERATE;
use crate::vocabulary::ManagedDeviceId;

/// Remove the passcode of a device or set a new one, depending on its platform. The old passcode is lost for good.
/// Until a new one is set, anybody who holds the device can unlock it. The request is recorded at once and carried out
/// when the device next checks in: `deviceActionResults` of the device shows the progress. Not every platform supports
/// it.
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
