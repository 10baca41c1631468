//! `worksheets`

use connector_sdk::{Choice, ChoiceQuery, Choices, Context, Effect, Picklist, Plan, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::permissions::EXCEL;
use crate::vocabulary::{Workbook, Worksheet};

/// The worksheets of a workbook.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Worksheets {
    /// Which workbook.
    #[serde(flatten)]
    workbook: Workbook,
}

impl Picklist for Worksheets {
    const SPEC: Spec = Spec::new("worksheets", "Worksheets", Effect::Read).scopes(EXCEL);

    fn choices(self, ask: ChoiceQuery, cx: &Context) -> Result<Plan<Choices>> {
        let sheets = self.workbook.open(cx)?.request(Method::GET, "/worksheets").query("$select", "id,name");
        Ok(sheets.choices_that(ask.from, move |sheet: Worksheet| {
            let name = sheet.name.unwrap_or_else(|| sheet.id.clone());
            Some(Choice::new(sheet.id, name)).filter(|choice| choice.matches(ask.search.as_deref()))
        }))
    }
}
