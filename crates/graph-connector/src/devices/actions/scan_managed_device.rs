//! `scan_managed_device`

use connector_sdk::{Accepted, Action, Context, Effect, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::MANAGED_DEVICES_OPERATE;
use crate::vocabulary::ManagedDeviceId;

/// Scan a Windows device for malware with Microsoft Defender. The request is recorded at once and carried out when the
/// device next checks in: `deviceActionResults` of the device shows the progress.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "deviceId": "909e5b6f-9df1-4e27-8ee4-0051773abad5", "quickScan": true, "updateSignatures": true })]))]
pub struct ScanManagedDevice {
    /// The device.
    device_id: ManagedDeviceId,
    /// Scan only the places where malware usually is, instead of every file.
    #[serde(default = "yes")]
    quick_scan: bool,
    /// Update the malware signatures first.
    #[serde(default)]
    update_signatures: bool,
}

fn yes() -> bool {
    true
}

impl Action for ScanManagedDevice {
    type Output = Accepted;
    const SPEC: Spec =
        Spec::new("scan_managed_device", "Scan managed device", Effect::Update).scopes(MANAGED_DEVICES_OPERATE).bulk();

    fn plan(self, _: &Context) -> Result<Plan<Accepted>> {
        let scan =
            self.device_id.act("/windowsDefenderScan").json(json!({ "quickScan": self.quick_scan })).idempotent();
        if !self.update_signatures {
            return Ok(scan.accepted());
        }
        let update = self.device_id.act("/windowsDefenderUpdateSignatures").idempotent();
        Ok(Plan::call(update, |_| scan.accepted()))
    }
}
