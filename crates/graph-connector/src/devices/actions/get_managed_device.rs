//! `get_managed_device`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Result, Select, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::MANAGED_DEVICES_READ;
use crate::vocabulary::{MANAGED_DEVICE_FIELDS, ManagedDevice, ManagedDeviceId};

/// Get a device that Intune manages. `notes`, `udid`, `iccid`, `ethernetMacAddress`, `physicalMemoryInBytes` and
/// `activationLockBypassCode` are returned only when they are selected.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "deviceId": "909e5b6f-9df1-4e27-8ee4-0051773abad5", "additionalFields": ["notes"] })]))]
pub struct GetManagedDevice {
    /// The device.
    device_id: ManagedDeviceId,
    /// Which properties.
    #[serde(flatten)]
    select: Select,
}

impl Action for GetManagedDevice {
    type Output = Raw<ManagedDevice>;
    const SPEC: Spec =
        Spec::new("get_managed_device", "Get managed device", Effect::Read).scopes(MANAGED_DEVICES_READ).bulk();

    fn plan(self, _: &Context) -> Result<Plan<Raw<ManagedDevice>>> {
        let names = self.select.names(MANAGED_DEVICE_FIELDS);
        // Only one of them: it takes the lock off the device.
        let is_secret =
            names.as_deref().is_some_and(|names| names.split(',').any(|name| name == "activationLockBypassCode"));
        let request = self.device_id.request(Method::GET, "").query_opt("$select", names);
        Ok(if is_secret { request.sensitive() } else { request }.raw())
    }
}
