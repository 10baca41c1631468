//! `worksheet_columns`

use connector_sdk::{Choice, ChoiceQuery, Choices, Context, Effect, Picklist, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::permissions::EXCEL;
use crate::vocabulary::{HeaderRow, Workbook, WorksheetId};
use crate::workbooks::session::Session;
use crate::workbooks::sheet::Sheet;

/// The columns of a worksheet, by the names in its header row.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WorksheetColumns {
    /// Which workbook.
    #[serde(flatten)]
    workbook: Workbook,
    /// The worksheet.
    worksheet: WorksheetId,
    /// The row with the names of the columns, counted from 1; the default is the first.
    #[serde(default)]
    header_row: HeaderRow,
}

impl Picklist for WorksheetColumns {
    const SPEC: Spec = Spec::new("worksheet_columns", "Columns of worksheet", Effect::Read).scopes(EXCEL);

    fn choices(self, ask: ChoiceQuery, cx: &Context) -> Result<Plan<Choices>> {
        // Two requests, for which a session would be two more.
        let sheet = Sheet::new(Session::none(self.workbook.open(cx)?), self.worksheet);
        let row = self.header_row;
        Ok(sheet.extent(None).and_then(move |extent| {
            sheet.header(extent.header(row)).map(move |header| {
                let named = header.columns().iter().filter(|column| column.named);
                let choices = named.map(|column| Choice::new(column.name.as_str(), column.name.as_str()));
                Choices::new(choices.filter(|choice| choice.matches(ask.search.as_deref())).collect())
            })
        }))
    }
}
