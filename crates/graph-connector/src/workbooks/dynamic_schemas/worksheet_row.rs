//! `worksheet_row`

use connector_sdk::{Context, DynamicSchema, Effect, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::permissions::EXCEL;
use crate::vocabulary::{HeaderRow, Workbook, WorksheetId};
use crate::workbooks::session::Session;
use crate::workbooks::sheet::Sheet;

/// Values of a worksheet row, by the names in its header row. Names are compared ignoring case.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WorksheetRow {
    /// Which workbook.
    #[serde(flatten)]
    workbook: Workbook,
    /// The worksheet.
    worksheet: WorksheetId,
    /// The row with the names of the columns, counted from 1; the default is the first.
    #[serde(default)]
    header_row: HeaderRow,
}

impl DynamicSchema for WorksheetRow {
    const SPEC: Spec = Spec::new("worksheet_row", "Row of a worksheet", Effect::Read).scopes(EXCEL);
    // Whoever writes a row reads the header first, in the same session.
    const HELD: bool = false;

    fn schema(self, cx: &Context) -> Result<Plan<Value>> {
        let sheet = Sheet::new(Session::none(self.workbook.open(cx)?), self.worksheet);
        let row = self.header_row;
        Ok(sheet.extent(None).and_then(move |extent| sheet.header(extent.header(row)).map(|header| header.schema())))
    }
}
