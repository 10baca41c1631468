//! `add_worksheet_row`

use connector_sdk::{Action, Code, Context, Effect, Error, Plan, Properties, Response, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::permissions::EXCEL;
use crate::vocabulary::{HeaderRow, Workbook, WorksheetId};
use crate::workbooks::header::{Header, check_row};
use crate::workbooks::session::{Changes, within};
use crate::workbooks::sheet::{Area, Block, Sheet, values};

/// The rows that a worksheet of Excel has.
const ROWS: u32 = 1_048_576;

/// Write a row below the last used row of a worksheet, by the names in its header row. Many rows, as `items`, are
/// written one after the other. Excel offers no atomic append to a worksheet: somebody who appends at the same moment
/// may write to the same row. Where that can happen, or for many rows, turn the rows into a table and use
/// `add_table_rows`. This action does not extend a table. Only a signed-in user can do it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [
    json!({ "path": "Documents/Sales.xlsx", "worksheet": "Orders", "row": { "Order": "A-1006", "Date": "2026-03-02", "Amount": 120.5 } }),
]))]
pub struct AddWorksheetRow {
    /// Which workbook.
    #[serde(flatten)]
    workbook: Workbook,
    /// The worksheet.
    worksheet: WorksheetId,
    /// The row with the names of the columns, counted from 1; the default is the first.
    #[serde(default)]
    header_row: HeaderRow,
    /// The values by the names of their columns; columns that are left out stay empty. Excel takes a text as if it were
    /// typed: `2026-03-01` becomes a date and `007` a number, unless it begins with an apostrophe.
    #[schemars(extend("x-dynamic-schema" = "worksheet_row"))]
    row: Map<String, Value>,
    /// Write a text that begins with `=`, `+`, `-` or `@` as a formula. By default it is written as text, so that data
    /// cannot inject formulas.
    #[serde(default)]
    formulas: bool,
}

/// The row that was written.
#[derive(Debug, Serialize, JsonSchema)]
pub struct WrittenRow {
    /// Where it is: `Orders!A7:E7`.
    address: String,
    /// Its number in the worksheet, from 1.
    row: u32,
    /// The present values of the row's cells, by the names of their columns.
    values: Map<String, Value>,
}

impl Action for AddWorksheetRow {
    type Output = WrittenRow;
    const SPEC: Spec =
        Spec::new("add_worksheet_row", "Add row to worksheet", Effect::Create).scopes(EXCEL).bulk_in_turn();

    fn plan(self, cx: &Context) -> Result<Plan<WrittenRow>> {
        check_row(&self.row, "/row")?;
        let (id, header_row, row, formulas) = (self.worksheet, self.header_row, self.row, self.formulas);
        Ok(within(self.workbook.open(cx)?, Changes::Saved, move |session| {
            let sheet = Sheet::new(session, id);
            sheet.extent(None).and_then(move |extent| {
                let place = extent.next(header_row);
                sheet.header(extent.header(header_row)).and_then(move |header| {
                    match cells(&header, place, &row, formulas) {
                        Err(error) => Plan::fail(error),
                        // The same values at the same address: twice is once.
                        Ok(cells) => {
                            let write = sheet
                                .range(Method::PATCH, place.address())
                                .json(json!({ "values": [cells] }))
                                .idempotent();
                            Plan::finish(write, move |answer| Ok(written(&header, place, cells, &answer)))
                        }
                    }
                })
            })
        }))
    }
}

fn cells(header: &Header, place: Area, row: &Map<String, Value>, formulas: bool) -> Result<Vec<Value>> {
    let refuse = |what: &str, hint: &str| Err(Error::new(Code::Rejected, what).with_hint(hint));
    if !header.is_named() {
        return refuse(
            "the header row is empty",
            "Write the names of the columns into the worksheet, or say with `headerRow` where they are.",
        );
    }
    if place.row >= ROWS {
        return refuse("the worksheet is full", "Write to another worksheet.");
    }
    header.cells(row, formulas, "/row")
}

// The row is written, whatever the answer tells of it: what it leaves out is what was sent.
fn written(header: &Header, place: Area, sent: Vec<Value>, answer: &Response) -> WrittenRow {
    let told = Block::read(answer).ok().and_then(|block| {
        let text = block.rows().first().and_then(|cells| values(header, cells).ok())?;
        serde_json::from_str::<Map<String, Value>>(&text).ok()
    });
    let sent = || header.names().map(str::to_owned).zip(sent).filter(|(_, value)| !value.is_null()).collect();
    let address = answer.json().ok().and_then(|answer| Properties::of(&answer).text("address"));
    WrittenRow {
        address: address.unwrap_or_else(|| place.address()),
        row: place.row + 1,
        values: told.unwrap_or_else(sent),
    }
}
