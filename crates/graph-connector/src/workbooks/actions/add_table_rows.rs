//! `add_table_rows`

use connector_sdk::{Action, Context, Effect, Error, Issue, Plan, Response, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::permissions::EXCEL;
use crate::vocabulary::{TableId, Workbook};
use crate::workbooks::header::{Header, check_row};
use crate::workbooks::session::{Changes, within};
use crate::workbooks::table::Table;

/// Add rows at the end of a table of a workbook, in one request: either all are added or none. Excel chooses the
/// position, so that others may add rows at the same time. After a lost answer the error is `outcome_unknown`: check
/// the table before you repeat the action. Only a signed-in user can do it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [
    json!({ "path": "Documents/Sales.xlsx", "table": "Deals", "rows": [{ "Customer": "Fabrikam", "Stage": "Offer", "Value": 12000 }, { "Customer": "Tailspin Toys", "Value": 900 }] }),
]))]
pub struct AddTableRows {
    /// Which workbook.
    #[serde(flatten)]
    workbook: Workbook,
    /// The table.
    table: TableId,
    /// The rows, each with its values by the names of the columns; columns that are left out stay empty, or get what
    /// the table calculates. Excel takes a text as if it were typed: `2026-03-01` becomes a date and `007` a number,
    /// unless it begins with an apostrophe.
    #[schemars(length(min = 1, max = 2000), extend("items" = json!({ "type": "object", "additionalProperties": true, "x-dynamic-schema": "table_row" })))]
    rows: Vec<Map<String, Value>>,
    /// Write a text that begins with `=`, `+`, `-` or `@` as a formula. By default it is written as text, so that data
    /// cannot inject formulas.
    #[serde(default)]
    formulas: bool,
}

/// The rows that were added.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AddedRows {
    /// Number of rows.
    added: usize,
    /// Position of the rows in the table as Graph returns it, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<u64>,
    /// The present values of the cells, by the names of the columns, if Graph returns them.
    #[serde(skip_serializing_if = "Option::is_none")]
    rows: Option<Vec<Map<String, Value>>>,
}

impl Action for AddTableRows {
    type Output = AddedRows;
    const SPEC: Spec = Spec::new("add_table_rows", "Add rows to table", Effect::Create).scopes(EXCEL);

    fn plan(self, cx: &Context) -> Result<Plan<AddedRows>> {
        all(self.rows.iter().enumerate().map(|(at, row)| check_row(row, &format!("/rows/{at}"))))?;
        let (id, rows, formulas) = (self.table, self.rows, self.formulas);
        Ok(within(self.workbook.open(cx)?, Changes::Saved, move |session| {
            let table = Table::new(session, id);
            table.header().and_then(move |header| {
                let cells =
                    rows.iter().enumerate().map(|(at, row)| header.cells(row, formulas, &format!("/rows/{at}")));
                match all(cells) {
                    Err(error) => Plan::fail(error),
                    Ok(cells) => {
                        let add = table.request(Method::POST, "/rows/add").json(json!({ "values": cells }));
                        Plan::finish(add, move |answer| added(&header, rows.len(), &answer))
                    }
                }
            })
        }))
    }
}

// What all of them are, or everything that is wrong with any of them.
fn all<T>(results: impl Iterator<Item = Result<T>>) -> Result<Vec<T>> {
    let mut done = Vec::new();
    let mut issues: Vec<Issue> = Vec::new();
    for result in results {
        match result {
            Ok(one) => done.push(one),
            Err(error) => issues.extend_from_slice(error.violations()),
        }
    }
    if issues.is_empty() {
        Ok(done)
    } else {
        Err(Error::issues(issues).with_hint("Correct the listed places; nothing was written."))
    }
}

fn added(header: &Header, sent: usize, answer: &Response) -> Result<AddedRows> {
    #[derive(Deserialize)]
    struct Row {
        index: Option<u64>,
        values: Option<Value>,
    }
    let row: Row = answer.read()?;
    let by_name = |cells: &Value| -> Option<Map<String, Value>> {
        Some(header.names().map(str::to_owned).zip(cells.as_array()?.iter().cloned()).collect())
    };
    let rows: Option<Vec<Map<String, Value>>> =
        row.values.as_ref().and_then(Value::as_array).and_then(|rows| rows.iter().map(by_name).collect());
    Ok(AddedRows { added: sent, index: row.index, rows: rows.filter(|rows| rows.len() == sent) })
}
