//! `sync_managed_device`

use connector_sdk::{Accepted, Action, Context, Effect, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::MANAGED_DEVICES_OPERATE;
use crate::vocabulary::ManagedDeviceId;

/// Ask a device to check in with Intune at once, to apply its policies and pending actions.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "deviceId": "909e5b6f-9df1-4e27-8ee4-0051773abad5" })]))]
pub struct SyncManagedDevice {
    /// The device.
    device_id: ManagedDeviceId,
}

impl Action for SyncManagedDevice {
    type Output = Accepted;
    const SPEC: Spec =
        Spec::new("sync_managed_device", "Sync managed device", Effect::Update).scopes(MANAGED_DEVICES_OPERATE).bulk();

    fn plan(self, _: &Context) -> Result<Plan<Accepted>> {
        Ok(self.device_id.act("/syncDevice").idempotent().accepted())
    }
}
