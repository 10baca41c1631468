//! `table_row`

use connector_sdk::{Context, DynamicSchema, Effect, Plan, Result, Spec};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::permissions::EXCEL;
use crate::vocabulary::{TableId, Workbook};
use crate::workbooks::session::Session;
use crate::workbooks::table::Table;

/// Values of a table row, by the names of its columns. Names are compared ignoring case.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TableRowShape {
    /// Which workbook.
    #[serde(flatten)]
    workbook: Workbook,
    /// The table.
    table: TableId,
}

impl DynamicSchema for TableRowShape {
    const SPEC: Spec = Spec::new("table_row", "Row of a table", Effect::Read).scopes(EXCEL);
    // Whoever writes rows reads the names of the columns first, in the same session.
    const HELD: bool = false;

    fn schema(self, cx: &Context) -> Result<Plan<Value>> {
        Ok(Table::new(Session::none(self.workbook.open(cx)?), self.table).header().map(|header| header.schema()))
    }
}
