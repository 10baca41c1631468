//! `drives`

use connector_sdk::{Ask, Choice, Choices, Context, Effect, Picklist, Plan, Request, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::permissions::FILES_READ;
use crate::vocabulary::Drive;

/// The drives of the signed-in user.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Drives {}

impl Picklist for Drives {
    const SPEC: Spec = Spec::new("drives", "Drives", Effect::Read).scopes(FILES_READ);

    fn choices(self, ask: Ask, _: &Context) -> Result<Plan<Choices>> {
        let search = ask.search;
        let drives = Request::get("/me/drives").query("$select", "id,name");
        Ok(drives.choices_that(ask.from, move |drive: Drive| {
            let name = drive.name.unwrap_or_else(|| drive.id.clone());
            Some(Choice::new(drive.id, name)).filter(|choice| choice.matches(search.as_deref()))
        }))
    }
}
