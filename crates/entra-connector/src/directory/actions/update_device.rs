//! `update_device`

use connector_sdk::schema::rules;
use connector_sdk::{Action, Context, Effect, Error, Fields, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::permissions::DEVICES_WRITE;
use crate::vocabulary::{DeviceId, Updated, is_numbered};

/// Enable or disable a device, or set its extension attributes. A signed-in user needs a directory role, and only an
/// app can change further properties of Windows devices.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "device": "d7b765d6-9805-4952-8a7f-a62e153800c8", "accountEnabled": false, "extensionAttributes": { "extensionAttribute1": "lost" } })]))]
#[schemars(transform = rules::something_beside(&["device", "clearEmptyFields"]))]
pub struct UpdateDevice {
    /// The device.
    device: DeviceId,
    /// Whether it may sign in.
    account_enabled: Option<bool>,
    /// Values of `extensionAttribute1` to `extensionAttribute15`. Null clears.
    extension_attributes: Option<Map<String, Value>>,
    /// Treat empty texts as null, so that they clear the property.
    #[serde(default)]
    clear_empty_fields: bool,
    /// Other properties of the device, as Graph names them. They take precedence over the other inputs.
    #[serde(default)]
    additional_properties: Map<String, Value>,
}

impl Action for UpdateDevice {
    type Output = Updated;
    const SPEC: Spec = Spec::new("update_device", "Update device", Effect::Update).scopes(DEVICES_WRITE).bulk();

    fn plan(self, _: &Context) -> Result<Plan<Updated>> {
        if let Some(wrong) = self.extension_attributes.iter().flatten().find(|(name, _)| !is_numbered(name)) {
            let place = connector_sdk::schema::escape(wrong.0);
            return Err(Error::invalid(
                format!("/extensionAttributes/{place}"),
                "a device has `extensionAttribute1` to `extensionAttribute15`",
            ));
        }
        let clear = self.clear_empty_fields;
        let fields = Fields::default()
            .with("accountEnabled", self.account_enabled)
            .with(
                "extensionAttributes",
                self.extension_attributes.map(|values| Fields::default().and(values).clear_empty(clear).into_map()),
            )
            .and(self.additional_properties)
            .clear_empty(clear)
            .not_empty()?;
        Ok(Request::patch("/devices/{device}")
            .path_param("device", self.device.0)
            .json(fields)
            .idempotent()
            .accepted()
            .map(|_| Updated { updated: true }))
    }
}
