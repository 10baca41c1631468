//! `wipe_managed_device`

use connector_sdk::{Accepted, Action, Confirm, Context, Effect, Fields, Plan, Result, ScopeCase, Secret, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::{MANAGED_DEVICES_OPERATE, MANAGED_DEVICES_WIPE};
use crate::vocabulary::ManagedDeviceId;

/// Reset a device to its factory state: everything on it is deleted, and nothing can be restored. The request is
/// recorded at once and carried out when the device next checks in: `deviceActionResults` of the device shows the
/// progress.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "deviceId": "909e5b6f-9df1-4e27-8ee4-0051773abad5", "keepUserData": true, "confirm": true })]))]
pub struct WipeManagedDevice {
    /// The device.
    device_id: ManagedDeviceId,
    /// Keep the device enrolled, so that Intune still manages it. Windows only.
    keep_enrollment_data: Option<bool>,
    /// Keep the accounts and files of the device's users. Windows only.
    keep_user_data: Option<bool>,
    /// Retry a wipe that is interrupted, also when somebody switches the device off. The device may be unable to start
    /// afterwards. Windows only. The request goes to the beta version of Graph, the only one that offers it, and needs
    /// the permission for remote actions.
    #[serde(default)]
    use_protected_wipe: bool,
    /// The PIN of six digits that unlocks a Mac afterwards, where it needs one.
    #[schemars(regex(pattern = r"^[0-9]{6}$"))]
    mac_os_unlock_code: Option<String>,
    /// Keep the data plan of the device's eSIM.
    persist_esim_data_plan: Option<bool>,
    /// Confirms the deletion, which cannot be undone. It must be true.
    confirm: Confirm,
}

impl Action for WipeManagedDevice {
    type Output = Accepted;
    const SPEC: Spec = Spec::new("wipe_managed_device", "Wipe managed device", Effect::Delete)
        .scopes(MANAGED_DEVICES_WIPE)
        .cases(&[ScopeCase::instead("`useProtectedWipe` is true", MANAGED_DEVICES_OPERATE)])
        .bulk();

    fn plan(self, _: &Context) -> Result<Plan<Accepted>> {
        let Confirm { .. } = self.confirm;
        let code = self.mac_os_unlock_code.as_deref().map(Secret::new);
        let how = Fields::default()
            .with("keepEnrollmentData", self.keep_enrollment_data)
            .with("keepUserData", self.keep_user_data)
            .with("useProtectedWipe", self.use_protected_wipe.then_some(true))
            .with("macOsUnlockCode", self.mac_os_unlock_code)
            .with("persistEsimDataPlan", self.persist_esim_data_plan);
        let mut request = self.device_id.act("/wipe").json(how);
        if self.use_protected_wipe {
            request = request.beta().with_scopes(MANAGED_DEVICES_OPERATE);
        }
        Ok(if code.is_some() { request.sensitive().hide(code) } else { request }.accepted())
    }
}
