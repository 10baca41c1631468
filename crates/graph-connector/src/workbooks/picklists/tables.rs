//! `tables`

use connector_sdk::{Choice, ChoiceQuery, Choices, Context, Effect, Picklist, Plan, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::permissions::EXCEL_TABLES;
use crate::vocabulary::Workbook;

/// The tables of a workbook.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Tables {
    /// Which workbook.
    #[serde(flatten)]
    workbook: Workbook,
}

impl Picklist for Tables {
    const SPEC: Spec = Spec::new("tables", "Tables", Effect::Read).scopes(EXCEL_TABLES);

    fn choices(self, ask: ChoiceQuery, cx: &Context) -> Result<Plan<Choices>> {
        #[derive(Deserialize)]
        struct Table {
            id: String,
            name: Option<String>,
        }
        let tables = self.workbook.open(cx)?.request(Method::GET, "/tables").query("$select", "id,name");
        Ok(tables.choices_that(ask.from, move |table: Table| {
            let name = table.name.unwrap_or_else(|| table.id.clone());
            Some(Choice::new(table.id, name)).filter(|choice| choice.matches(ask.search.as_deref()))
        }))
    }
}
