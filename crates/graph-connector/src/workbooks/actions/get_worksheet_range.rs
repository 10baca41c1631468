//! `get_worksheet_range`

use connector_sdk::schema::rules;
use connector_sdk::{Action, Context, Effect, Error, Json, Plan, Raw, Result, Spec};
use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::permissions::EXCEL;
use crate::vocabulary::{HeaderRow, Range, SheetRow, Workbook, WorksheetId};
use crate::workbooks::header::Header;
use crate::workbooks::session::{Changes, Session, within};
use crate::workbooks::sheet::{Block, Sheet, row};

/// Read cells of a worksheet: a range as Graph has it, or with `headerRow` the rows below it by the names of their
/// columns. Rows are read in blocks in one session of the workbook, so that a worksheet of any length is complete and
/// consistent. Only a signed-in user can do it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [
    json!({ "path": "Documents/Sales.xlsx", "worksheet": "Orders", "headerRow": 1 }),
    json!({ "path": "Documents/Sales.xlsx", "worksheet": "Orders", "address": "A1:C3" }),
]))]
#[schemars(transform = rules::at_most_one(&["headerRow", "valuesOnly=true"]))]
#[schemars(transform = rules::needed_with(&["headerRow", "cells=text"]))]
pub struct GetWorksheetRange {
    /// Which workbook.
    #[serde(flatten)]
    workbook: Workbook,
    /// The worksheet.
    worksheet: WorksheetId,
    /// The range, such as `A1:D10`, `C:D` or `3:5`; the default is all that is used. Without `headerRow`, whole columns
    /// and rows come without their cells unless `valuesOnly` is set.
    #[schemars(length(min = 1, max = 255))]
    address: Option<String>,
    /// Leave out the cells at the borders that are formatted and hold nothing. With `headerRow` they are left out
    /// anyway.
    #[serde(default)]
    values_only: bool,
    /// The row with the names of the columns, counted from 1. The rows below it are returned by these names, without
    /// empty rows.
    header_row: Option<HeaderRow>,
    /// What to return of each cell with `headerRow`.
    #[serde(default)]
    cells: Cells,
}

/// What of each cell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
enum Cells {
    /// The value: a text, a number or a boolean. A date is the number of days since the end of 1899, with the time as a
    /// fraction.
    #[default]
    Values,
    /// The displayed text, such as `2026-03-01`. A column that is too narrow shows `####`.
    Text,
}

/// The cells that were read.
#[derive(Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RangeRead {
    /// The rows, with `headerRow`; otherwise empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<SheetRow>")]
    items: Option<Vec<SheetRow>>,
    /// Where the rows and their header were, with `headerRow`.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    /// The names of the columns, with `headerRow`. A repeated name gets a number appended, and a column without a name
    /// is named by its letter.
    #[serde(skip_serializing_if = "Option::is_none")]
    columns: Option<Vec<String>>,
    /// The range as Graph returns it, without `headerRow`.
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<Raw<Range>>,
}

impl Action for GetWorksheetRange {
    type Output = RangeRead;
    const SPEC: Spec = Spec::new("get_worksheet_range", "Get range of worksheet", Effect::Read).scopes(EXCEL).list();

    fn plan(self, cx: &Context) -> Result<Plan<RangeRead>> {
        let Some(header_row) = self.header_row else { return self.range(cx) };
        if self.values_only {
            return Err(Error::invalid(
                "/valuesOnly",
                "with `headerRow` only values are returned anyway: leave it out",
            ));
        }
        let (id, address, select) =
            (self.worksheet, self.address, if self.cells == Cells::Text { "text" } else { "values" });
        Ok(within(self.workbook.open(cx)?, Changes::None, move |session| {
            let sheet = Sheet::new(session, id);
            sheet.extent(address.as_deref()).and_then(move |extent| {
                sheet.header(extent.header(header_row)).and_then(move |header| {
                    let area = extent.below(header_row);
                    let empty = area.rows == 0 && !header.is_named();
                    let columns = header.names().filter(|_| !empty).map(str::to_owned).collect();
                    let all = sheet.blocks(area, select, (), move |(), first, block| rows(&header, first, block));
                    all.map(|()| RangeRead { address: extent.address, columns: Some(columns), ..RangeRead::default() })
                })
            })
        }))
    }
}

impl GetWorksheetRange {
    // One request, which needs no session.
    fn range(self, cx: &Context) -> Result<Plan<RangeRead>> {
        if self.cells != Cells::default() {
            return Err(Error::invalid(
                "/cells",
                "without `headerRow` the range has both its values and its texts: leave it out",
            ));
        }
        let sheet = Sheet::new(Session::none(self.workbook.open(cx)?), self.worksheet);
        let request = match (self.address, self.values_only) {
            (None, false) => sheet.request(Method::GET, "/usedRange"),
            (None, true) => sheet.request(Method::GET, "/usedRange(valuesOnly=true)"),
            (Some(address), false) => sheet.range(Method::GET, address),
            (Some(address), true) => sheet
                .request(Method::GET, "/range(address='{address}')/usedRange(valuesOnly=true)")
                .path_param("address", address),
        };
        Ok(request.raw().map(|range| RangeRead { range: Some(range), ..RangeRead::default() }))
    }
}

fn rows(header: &Header, first: u32, block: &Block<'_>) -> Result<Vec<Json>> {
    (first..).zip(block.rows()).filter_map(|(number, cells)| row(header, number, cells).transpose()).collect()
}
