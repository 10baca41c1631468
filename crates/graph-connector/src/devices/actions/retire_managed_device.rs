//! `retire_managed_device`

use connector_sdk::{Accepted, Action, Confirm, Context, Effect, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::MANAGED_DEVICES_OPERATE;
use crate::vocabulary::ManagedDeviceId;

/// Retire a device from Intune: the company's data, apps and settings are removed from it, and personal data stays. To
/// be managed again, it has to be enrolled again. The request is recorded at once and carried out when the device next
/// checks in: `deviceActionResults` of the device shows the progress.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "deviceId": "8ba03194-6d32-458f-87cd-1c768fb96897", "confirm": true })]))]
pub struct RetireManagedDevice {
    /// The device.
    device_id: ManagedDeviceId,
    /// Confirms the removal, which cannot be undone. It must be true.
    confirm: Confirm,
}

impl Action for RetireManagedDevice {
    type Output = Accepted;
    const SPEC: Spec = Spec::new("retire_managed_device", "Retire managed device", Effect::Delete)
        .scopes(MANAGED_DEVICES_OPERATE)
        .bulk();

    fn plan(self, _: &Context) -> Result<Plan<Accepted>> {
        let Confirm { .. } = self.confirm;
        Ok(self.device_id.act("/retire").accepted())
    }
}
