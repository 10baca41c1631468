//! `list_table_rows`

use connector_sdk::{Action, Context, Effect, List, Pages, Plan, Result, Spec, odata};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::permissions::EXCEL;
use crate::vocabulary::{TableId, TableRow, Workbook};
use crate::workbooks::session::{Changes, within};
use crate::workbooks::table::{Rows, Table, place};

/// List the rows of a table of a workbook, by the names of its columns, in their order. They are read page by page in
/// one session of the workbook, so that they are consistent while somebody edits it. Only a signed-in user can do it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [json!({ "path": "Documents/Sales.xlsx", "table": "Deals" })]))]
pub struct ListTableRows {
    /// Which workbook.
    #[serde(flatten)]
    workbook: Workbook,
    /// The table.
    table: TableId,
    /// How much of the list.
    #[serde(flatten)]
    pages: Pages,
}

impl Action for ListTableRows {
    type Output = List<TableRow>;
    const SPEC: Spec = Spec::new("list_table_rows", "List rows of table", Effect::Read).scopes(EXCEL).list();

    fn plan(self, cx: &Context) -> Result<Plan<List<TableRow>>> {
        let from = place(self.pages.page_token.as_deref())?;
        let limit = odata::paging(self.pages.limit, None, self.pages.fetch_all)?.limit;
        let id = self.table;
        Ok(within(self.workbook.open(cx)?, Changes::None, move |session| {
            let table = Table::new(session, id);
            table.header().and_then(move |header| Rows::new(table, header, from, limit).read())
        }))
    }
}
