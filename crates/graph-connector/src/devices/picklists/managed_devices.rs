//! `managed_devices`

use connector_sdk::{Choice, ChoiceQuery, Choices, Context, Effect, Picklist, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::permissions::MANAGED_DEVICES_READ;

/// The devices that Intune manages, each with its user and system.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ManagedDevices {}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    id: String,
    device_name: Option<String>,
    user_principal_name: Option<String>,
    operating_system: Option<String>,
}

impl Picklist for ManagedDevices {
    const SPEC: Spec = Spec::new("managed_devices", "Managed devices", Effect::Read).scopes(MANAGED_DEVICES_READ);

    fn choices(self, ask: ChoiceQuery, _: &Context) -> Result<Plan<Choices>> {
        let list = Request::get("/deviceManagement/managedDevices")
            .query("$select", "id,deviceName,userPrincipalName,operatingSystem")
            .query("$top", 200);
        Ok(list.choices_that(ask.from, move |item: Item| {
            let known =
                [item.user_principal_name, item.operating_system].into_iter().flatten().filter(|text| !text.is_empty());
            let about = known.collect::<Vec<_>>().join(", ");
            let name = item.device_name.filter(|name| !name.is_empty()).unwrap_or_else(|| item.id.clone());
            let choice = Choice::new(item.id, if about.is_empty() { name } else { format!("{name} ({about})") });
            choice.matches(ask.search.as_deref()).then_some(choice)
        }))
    }
}
