//! `locate_managed_device`

use connector_sdk::{Accepted, Action, Context, Effect, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::MANAGED_DEVICES_OPERATE;
use crate::vocabulary::ManagedDeviceId;

/// Locate a device. The request is recorded at once and carried out when the device next checks in:
/// `deviceActionResults` of the device shows the progress. The location is returned there too, as `deviceLocation`.
/// Only company devices can be located, an iPhone or iPad only in lost mode, and not every platform supports it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "deviceId": "a609be92-7edc-40e4-86e5-d214c97d8236" })]))]
pub struct LocateManagedDevice {
    /// The device.
    device_id: ManagedDeviceId,
}

impl Action for LocateManagedDevice {
    type Output = Accepted;
    const SPEC: Spec = Spec::new("locate_managed_device", "Locate managed device", Effect::Update)
        .scopes(MANAGED_DEVICES_OPERATE)
        .bulk();

    fn plan(self, _: &Context) -> Result<Plan<Accepted>> {
        Ok(self.device_id.act("/locateDevice").idempotent().accepted())
    }
}
