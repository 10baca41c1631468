//! `update_managed_device`

use connector_sdk::schema::rules;
use connector_sdk::{Action, Context, Edit, Effect, Fields, Plan, Raw, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::permissions::MANAGED_DEVICES_WRITE;
use crate::vocabulary::{ManagedDevice, ManagedDeviceId};

/// Change what Intune records about a device: its name in Intune, its notes or its ownership. The device's own name
/// stays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "deviceId": "d47e55cf-86ec-40c8-847a-f6c41af55232", "managedDeviceName": "Kiosk at the entrance", "notes": "Screen was replaced." })]))]
#[schemars(transform = rules::something_beside(&["deviceId", "clearEmptyFields"]))]
pub struct UpdateManagedDevice {
    /// The device.
    device_id: ManagedDeviceId,
    /// What to change.
    #[serde(flatten)]
    changes: Changes,
    /// Treat empty texts as null, so that they clear the property.
    #[serde(default)]
    clear_empty_fields: bool,
    /// Other properties of the device, as Graph names them. They take precedence over the other inputs.
    #[serde(default)]
    additional_properties: Map<String, Value>,
}

/// What can be changed of a device.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Changes {
    /// Its name in Intune.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 256))]
    managed_device_name: Option<String>,
    /// Notes for administrators; null clears them.
    #[serde(default, skip_serializing_if = "Edit::is_keep")]
    notes: Edit<String>,
    /// Whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    managed_device_owner_type: Option<OwnerType>,
}

/// Whose a device is.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
enum OwnerType {
    /// The company's.
    Company,
    /// Its user's.
    Personal,
}

impl Action for UpdateManagedDevice {
    type Output = Raw<ManagedDevice>;
    const SPEC: Spec = Spec::new("update_managed_device", "Update managed device", Effect::Update)
        .scopes(MANAGED_DEVICES_WRITE)
        .bulk();

    fn plan(self, _: &Context) -> Result<Plan<Raw<ManagedDevice>>> {
        let fields = Fields::of(&self.changes)?
            .and(self.additional_properties)
            .clear_empty(self.clear_empty_fields)
            .not_empty()?;
        Ok(self.device_id.request(Method::PATCH, "").json(fields).idempotent().raw())
    }
}
