//! `new_worksheet_row`

use connector_sdk::{Code, Context, Effect, Error, Event, Plan, Poll, Result, Spec, Trigger, canonical};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use crate::permissions::EXCEL;
use crate::vocabulary::{HeaderRow, SheetRow, Workbook, WorksheetId};
use crate::workbooks::header::Header;
use crate::workbooks::row_snapshot::{Known, Look, MOST, hash};
use crate::workbooks::session::{Changes, within};
use crate::workbooks::sheet::{Block, Extent, Sheet, is_empty, row};

/// Watch a worksheet for new rows below its header row, wherever they are put and whatever is deleted or sorted
/// meanwhile. With `keyColumn` a row is new when its key is, and changes to the rest of it do not fire. Without it a
/// row is new when the worksheet has more rows of the same content than before: a row that is changed, or filled in
/// slowly, fires again. After a change of the header row, the existing rows count as known. A worksheet without any row
/// is taken for one that is being rewritten. Worksheets of up to 20,000 rows can be watched. Only a signed-in user can
/// do it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("examples" = [
    json!({ "path": "Documents/Sales.xlsx", "worksheet": "Orders", "keyColumn": "Order" }),
    json!({ "path": "Documents/Sales.xlsx", "worksheet": "Orders", "includeExisting": true }),
]))]
pub struct NewWorksheetRow {
    /// Which workbook.
    #[serde(flatten)]
    workbook: Workbook,
    /// The worksheet.
    worksheet: WorksheetId,
    /// The row with the names of the columns, counted from 1; the default is the first.
    #[serde(default)]
    header_row: HeaderRow,
    /// Name of a column whose value identifies a row, such as an order number. A row fires when it has a value in this
    /// column.
    #[schemars(length(min = 1, max = 255), extend("x-picklist" = "worksheet_columns"))]
    key_column: Option<String>,
    /// Also fire for the rows that exist when the trigger starts.
    #[serde(default)]
    include_existing: bool,
}

impl Trigger for NewWorksheetRow {
    type Event = SheetRow;
    type Cursor = Known;
    const SPEC: Spec = Spec::new("new_worksheet_row", "New row in worksheet", Effect::Read).scopes(EXCEL);

    fn poll(self, cursor: Option<Known>, cx: &Context) -> Result<Plan<Poll<SheetRow, Known>>> {
        let NewWorksheetRow { workbook, worksheet, header_row, key_column, include_existing } = self;
        Ok(within(workbook.open(cx)?, Changes::None, move |session| {
            let sheet = Sheet::new(session, worksheet);
            sheet.extent(None).and_then(move |extent| {
                sheet.header(extent.header(header_row)).and_then(move |header| {
                    let (look, key) =
                        match start(&header, &extent, header_row, key_column.as_deref(), cursor, include_existing) {
                            Ok(started) => started,
                            Err(error) => return Plan::fail(error),
                        };
                    let select = if key.is_some() { "values" } else { "values,formulasR1C1" };
                    let rows = sheet.blocks(extent.below(header_row), select, look, move |look, first, block| {
                        found(look, &header, key, first, block).map(|()| Vec::new())
                    });
                    rows.map(|look| {
                        let (rows, cursor, more) = look.end();
                        let events = rows.into_iter().map(|row| Event::new(row.id, row.json)).collect();
                        Poll::new(events, cursor).with_more(more)
                    })
                })
            })
        }))
    }
}

fn start(
    header: &Header,
    extent: &Extent,
    header_row: HeaderRow,
    key_column: Option<&str>,
    cursor: Option<Known>,
    include_existing: bool,
) -> Result<(Look, Option<usize>)> {
    let rejected = |what: String, hint: &str| Err(Error::new(Code::Rejected, what).with_hint(hint));
    let rows = extent.below(header_row).rows;
    if rows as usize > MOST {
        return rejected(
            format!("the worksheet has {rows} rows, and {MOST} can be watched"),
            "Move the old rows to another worksheet, or watch a smaller one.",
        );
    }
    let key = key_column.map(|name| header.find(name).ok_or(name)).transpose();
    let key = match key {
        Ok(key) => key,
        // An empty worksheet gets its header row later.
        Err(_) if !header.is_named() && rows == 0 => None,
        Err(name) => {
            return rejected(
                format!("the worksheet has no column `{name}`"),
                "Name a column as the header row has it.",
            );
        }
    };
    // What rows are compared by. When it changes, nothing can be compared.
    let shape = match (key_column, header.is_named()) {
        (Some(name), _) => hash(["key", &name.to_lowercase()]),
        (None, true) => hash(header.names()),
        (None, false) => hash([]),
    };
    Ok((Look::new(cursor, shape, key_column.is_some(), include_existing), key))
}

fn found(look: &mut Look, header: &Header, key: Option<usize>, first: u32, block: &Block<'_>) -> Result<()> {
    for (at, (number, cells)) in (first..).zip(block.rows()).enumerate() {
        let Some(json) = row(header, number, cells)? else { continue };
        let identity = match key {
            Some(column) => match cells.get(column).and_then(|cell| text(cell)) {
                Some(key) => hash([key.as_str()]),
                None => continue,
            },
            // What a row comes to in place of its formulas would be another content, and an event of its own.
            None => content(header, block.formulas(at)?),
        };
        look.see(identity, json);
    }
    Ok(())
}

// Formulas rather than what they come to: a row does not become another one because it says what time it is.
// By name, so that a new column, or one that moves, changes no row in which it is empty.
fn content(header: &Header, cells: &[&RawValue]) -> u64 {
    let cells = header.names().zip(cells).filter(|(_, cell)| !is_empty(cell));
    let mut pairs: Vec<[String; 2]> = cells.map(|(name, cell)| [name.to_owned(), canonical(cell.get())]).collect();
    pairs.sort_unstable();
    hash(pairs.as_flattened().iter().map(String::as_str))
}

// A key as text: `17` is the same as the text "17".
fn text(cell: &RawValue) -> Option<String> {
    let text = serde_json::from_str::<String>(cell.get()).unwrap_or_else(|_| cell.get().to_owned());
    let text = text.trim();
    (!text.is_empty() && text != "null").then(|| text.to_owned())
}
