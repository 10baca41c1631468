//! `get_device`

use connector_sdk::{Action, Context, Effect, Plan, Raw, Request, Result, Select, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::DEVICES_READ;
use crate::vocabulary::{Device, DeviceId};

/// Get a device by its object id.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "device": "d7b765d6-9805-4952-8a7f-a62e153800c8" })]))]
pub struct GetDevice {
    /// The device.
    device: DeviceId,
    /// Which properties to return.
    #[serde(flatten)]
    select: Select,
}

impl Action for GetDevice {
    type Output = Raw<Device>;
    const SPEC: Spec = Spec::new("get_device", "Get device", Effect::Read).scopes(DEVICES_READ).bulk();

    fn plan(self, _: &Context) -> Result<Plan<Raw<Device>>> {
        let request = Request::get("/devices/{device}").path_param("device", self.device.0);
        Ok(request.query_opt("$select", self.select.names(&[])).raw())
    }
}
