//! `list_columns`

use connector_sdk::{Choice, ChoiceQuery, Choices, Context, Effect, Picklist, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::permissions::SITES_READ;
use crate::vocabulary::ListPlace;

/// The columns of a list, by title; those that are not shown are left out.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListColumns {
    /// Which list.
    #[serde(flatten)]
    place: ListPlace,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    name: String,
    display_name: Option<String>,
    hidden: Option<bool>,
}

impl Picklist for ListColumns {
    const SPEC: Spec = Spec::new("list_columns", "Columns of a list", Effect::Read).scopes(SITES_READ);

    fn choices(self, ask: ChoiceQuery, _: &Context) -> Result<Plan<Choices>> {
        let search = ask.search;
        let columns = self.place.columns().query("$select", "name,displayName,hidden");
        Ok(columns.choices_that(ask.from, move |column: Item| {
            let label = column.display_name.unwrap_or_else(|| column.name.clone());
            let choice = Some(column.name).filter(|_| column.hidden != Some(true)).map(|name| Choice::new(name, label));
            choice.filter(|choice| choice.matches(search.as_deref()))
        }))
    }
}
