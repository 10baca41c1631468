//! `delete_device`

use connector_sdk::{Action, Confirm, Context, Deleted, Effect, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::DEVICES_WRITE;
use crate::vocabulary::DeviceId;

/// Delete a device from the directory. The device and data kept with it, such as recovery keys, cannot be restored; the
/// device has to be registered again.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "device": "d7b765d6-9805-4952-8a7f-a62e153800c8", "confirm": true })]))]
pub struct DeleteDevice {
    /// The device.
    device: DeviceId,
    /// Confirms the deletion, which cannot be undone. It must be true.
    confirm: Confirm,
}

impl Action for DeleteDevice {
    type Output = Deleted;
    const SPEC: Spec = Spec::new("delete_device", "Delete device", Effect::Delete).scopes(DEVICES_WRITE).bulk();

    fn plan(self, _: &Context) -> Result<Plan<Deleted>> {
        let Confirm { .. } = self.confirm;
        Ok(Request::delete("/devices/{device}").path_param("device", self.device.0).deleted())
    }
}
