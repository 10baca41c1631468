//! `drives`

use connector_sdk::{Choice, ChoiceQuery, Choices, Context, Effect, Picklist, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::permissions::FILES_READ;
use crate::vocabulary::{Drive, DrivesOf};

/// The drives of the signed-in user; or those of a user, a group or a site, such as its document libraries.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Drives {
    /// Whose.
    #[serde(flatten)]
    of: DrivesOf,
}

impl Picklist for Drives {
    const SPEC: Spec = Spec::new("drives", "Drives", Effect::Read).scopes(FILES_READ);

    fn choices(self, ask: ChoiceQuery, cx: &Context) -> Result<Plan<Choices>> {
        let search = ask.search;
        let drives = self.of.request(cx)?.query("$select", "id,name");
        Ok(drives.choices_that(ask.from, move |drive: Drive| {
            let name = drive.name.unwrap_or_else(|| drive.id.clone());
            Some(Choice::new(drive.id, name)).filter(|choice| choice.matches(search.as_deref()))
        }))
    }
}
