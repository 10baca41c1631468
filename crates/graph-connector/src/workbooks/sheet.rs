//! A worksheet that is read: how far it goes, its header, and its rows in blocks.

use connector_sdk::{Code, Continuation, Error, Json, Plan, Request, Response, Result, without_bom};
use http::Method;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::vocabulary::{HeaderRow, WorksheetId};
use crate::workbooks::header::{Header, letters};
use crate::workbooks::session::Session;

/// Maximum number of cells that are requested at once: an answer of Excel on the web is at most five megabytes. Where
/// texts are long, it is halved as often as Excel says that this is too much.
const CELLS: u32 = 20_000;

/// How many rows and columns a worksheet has in Excel.
const GRID: (u32, u32) = (1_048_576, 16_384);

const EXTENT: &str = "address,rowIndex,columnIndex,rowCount,columnCount";

/// A worksheet of a workbook, in a session or without one.
#[derive(Debug, Clone)]
pub struct Sheet {
    session: Session,
    id: WorksheetId,
}

/// Where cells are, as Graph tells it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Extent {
    /// The address with the name of the worksheet, if Graph told it.
    pub address: Option<String>,
    row_index: u32,
    column_index: u32,
    row_count: u32,
    column_count: u32,
}

/// Cells side by side and one below the other, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Area {
    /// The first row.
    pub row: u32,
    /// The first column.
    pub column: u32,
    /// How many rows.
    pub rows: u32,
    /// How many columns.
    pub columns: u32,
}

impl Area {
    /// As Excel writes it: `B2:D7`.
    pub fn address(&self) -> String {
        let (last_column, last_row) = (self.column + self.columns.max(1) - 1, self.row + self.rows.max(1));
        format!("{}{}:{}{last_row}", letters(self.column), self.row + 1, letters(last_column))
    }

    // The first rows that are asked for at once, and the rest.
    fn split(self, cells: u32) -> Option<(Area, Area)> {
        let rows = (cells / self.columns.max(1)).max(1).min(self.rows);
        (rows > 0).then(|| (Area { rows, ..self }, Area { row: self.row + rows, rows: self.rows - rows, ..self }))
    }
}

impl Extent {
    /// The header row over these columns.
    pub fn header(&self, row: HeaderRow) -> Area {
        Area { row: row.0 - 1, column: self.column_index, rows: 1, columns: self.column_count }
    }

    /// What is below the header row.
    pub fn below(&self, row: HeaderRow) -> Area {
        let first = self.row_index.max(row.0);
        Area {
            row: first,
            column: self.column_index,
            rows: self.end().saturating_sub(first),
            columns: self.column_count,
        }
    }

    /// The row after the last one, and not before the one after the header.
    pub fn next(&self, row: HeaderRow) -> Area {
        Area { row: self.end().max(row.0), ..self.header(row) }
    }

    fn end(&self) -> u32 {
        self.row_index.saturating_add(self.row_count)
    }

    // What lies beyond the grid is no place of a cell.
    fn checked(self) -> Result<Extent> {
        let (rows, columns) = GRID;
        if self.end() <= rows && self.column_index.saturating_add(self.column_count) <= columns {
            return Ok(self);
        }
        Err(incomplete(Error::protocol("the range lies beyond the rows and columns that a worksheet has")))
    }
}

/// Some rows, as Graph answers them.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Block<'a> {
    /// The values.
    #[serde(borrow)]
    values: Option<Vec<Vec<&'a RawValue>>>,
    /// Displayed texts of the cells.
    #[serde(borrow)]
    text: Option<Vec<Vec<&'a RawValue>>>,
    /// Formulas that say the same wherever they stand, and the values of cells without.
    #[serde(borrow, rename = "formulasR1C1")]
    formulas: Option<Vec<Vec<&'a RawValue>>>,
}

impl<'a> Block<'a> {
    /// Reads an answer.
    ///
    /// # Errors
    /// `protocol` when it is no range.
    pub fn read(response: &'a Response) -> Result<Block<'a>> {
        serde_json::from_slice(without_bom(&response.body))
            .map_err(|error| Error::protocol("the answer is not a range").caused_by(error))
    }

    /// The rows of what was asked for: the values, or else what the cells show.
    pub fn rows(&self) -> &[Vec<&'a RawValue>] {
        self.values.as_deref().or(self.text.as_deref()).unwrap_or_default()
    }

    /// The formulas of a row, counted from 0.
    ///
    /// # Errors
    /// `protocol` where Graph did not tell them.
    pub fn formulas(&self, row: usize) -> Result<&[&'a RawValue]> {
        let row = self.formulas.as_ref().and_then(|rows| rows.get(row));
        row.map(Vec::as_slice).ok_or_else(|| incomplete(Error::protocol("the answer has no formulas")))
    }

    // Rows that did not come are not rows that are empty.
    fn whole(self, rows: u32) -> Result<Block<'a>> {
        if self.rows().len() >= rows as usize {
            return Ok(self);
        }
        Err(Error::protocol(format!("the answer has {} rows of {rows} that were asked for", self.rows().len())))
    }
}

/// Whether a cell is empty. Graph writes an empty text.
pub fn is_empty(cell: &RawValue) -> bool {
    matches!(cell.get(), "\"\"" | "null")
}

/// A row as JSON, by the names of its columns: `{"row": 5, "values": {"Order": "A-1"}}`. `None` for a row
/// without any value. Cells are copied as Graph wrote them.
///
/// # Errors
/// Never, unless a name cannot be printed.
pub fn row(header: &Header, number: u32, cells: &[&RawValue]) -> Result<Option<Json>> {
    if cells.iter().all(|cell| is_empty(cell)) {
        return Ok(None);
    }
    Ok(Some(Json::trusted(format!("{{\"row\":{number},\"values\":{}}}", values(header, cells)?))))
}

/// The cells of a row as one JSON object, by the names of their columns.
///
/// # Errors
/// As [`row`].
pub fn values(header: &Header, cells: &[&RawValue]) -> Result<String> {
    let mut out = String::from("{");
    for (column, cell) in header.columns().iter().zip(cells) {
        if !column.named && is_empty(cell) {
            continue;
        }
        if out.len() > 1 {
            out.push(',');
        }
        out.push_str(Json::of(&column.name)?.as_str());
        out.push(':');
        out.push_str(cell.get());
    }
    out.push('}');
    Ok(out)
}

impl Sheet {
    /// A worksheet.
    pub fn new(session: Session, id: WorksheetId) -> Sheet {
        Sheet { session, id }
    }

    /// A request to something below the worksheet, such as `/usedRange`.
    pub fn request(&self, method: Method, below: &str) -> Request {
        self.session
            .request(method, &format!("/worksheets/{{worksheet}}{below}"))
            .path_param("worksheet", self.id.0.as_str())
    }

    /// A request to a range of the worksheet.
    pub fn range(&self, method: Method, address: impl Into<String>) -> Request {
        self.request(method, "/range(address='{address}')").path_param("address", address)
    }

    /// How far the cells with a value go: in the worksheet, or in a part of it. Of an empty worksheet it is
    /// its first cell.
    pub fn extent(&self, address: Option<&str>) -> Plan<Extent> {
        let used = match address {
            None => self.request(Method::GET, "/usedRange(valuesOnly=true)"),
            Some(address) => self
                .request(Method::GET, "/range(address='{address}')/usedRange(valuesOnly=true)")
                .path_param("address", address),
        };
        used.query("$select", EXTENT)
            .decode::<Extent>()
            .or_else(|error| Plan::fail(incomplete(error)))
            .try_map(Extent::checked)
    }

    /// The names in a row.
    pub fn header(&self, area: Area) -> Plan<Header> {
        // Cells are read as what they are: one that does not fit must not move the others.
        #[derive(Deserialize)]
        struct Row {
            values: Option<Vec<Vec<Value>>>,
            text: Option<Vec<Vec<Value>>>,
        }
        let row = self.range(Method::GET, area.address()).query("$select", "values,text").decode::<Row>();
        let row = row.or_else(|error| Plan::fail(incomplete(error)));
        row.try_map(move |row| {
            let first =
                |rows: Option<Vec<Vec<Value>>>| rows.and_then(|rows| rows.into_iter().next()).unwrap_or_default();
            let (values, texts) = (first(row.values), first(row.text));
            if values.is_empty() && texts.is_empty() {
                return Err(incomplete(Error::protocol("the answer has no header row")));
            }
            let shown = |at: usize| texts.get(at).and_then(Value::as_str).unwrap_or_default().to_owned();
            let name = |at: usize| values.get(at).map_or_else(|| shown(at), |value| name(value, shown(at)));
            // As many as there are columns, whatever came: each is the column of the cells below it.
            let names: Vec<String> = (0..area.columns as usize).map(name).collect();
            Ok(Header::of_sheet(&names, area.column))
        })
    }

    /// Reads an area block by block. `take` gets each block with the number of its first row, from 1, and what
    /// was made of those before; the items that it returns are handed out.
    pub fn blocks<S: Send + 'static>(
        self,
        area: Area,
        select: &'static str,
        state: S,
        take: impl Fn(&mut S, u32, &Block<'_>) -> Result<Vec<Json>> + Send + 'static,
    ) -> Plan<S> {
        self.blocks_of(CELLS, area, select, state, take)
    }

    // Blocks of at most so many cells.
    fn blocks_of<S: Send + 'static>(
        self,
        cells: u32,
        area: Area,
        select: &'static str,
        mut state: S,
        take: impl Fn(&mut S, u32, &Block<'_>) -> Result<Vec<Json>> + Send + 'static,
    ) -> Plan<S> {
        let Some((block, rest)) = area.split(cells) else { return Plan::done(state) };
        let request = self.range(Method::GET, block.address()).query("$select", select);
        let go = move |answer: Result<Response>| {
            let response = match answer {
                Ok(response) => response,
                Err(error) if block.rows > 1 && error.has_upstream_code(TOO_LARGE) => {
                    return self.blocks_of(block.rows * block.columns.max(1) / 2, area, select, state, take);
                }
                Err(error) => return Plan::fail(error),
            };
            let read = Block::read(&response).and_then(|read| read.whole(block.rows)).map_err(incomplete);
            match read.and_then(|read| take(&mut state, block.row + 1, &read)) {
                Err(error) => Plan::fail(error),
                Ok(items) if items.is_empty() => self.blocks_of(cells, rest, select, state, take),
                Ok(items) => Plan::emit(items, move || self.blocks_of(cells, rest, select, state, take)),
            }
        };
        Plan::call_then(request, Continuation::new(go))
    }
}

/// How Excel says that an answer would be too large.
pub(super) const TOO_LARGE: &str = "ResponsePayloadSizeLimitExceeded";

/// Says what to do where Excel's answer lacks what nothing can be done without.
fn incomplete(error: Error) -> Error {
    match error.code() {
        Code::Protocol => error.with_hint(
            "Excel answered without cells, or without saying where they are. Try again in a while; if it stays so, open the workbook in Excel \
             and see whether it is damaged.",
        ),
        _ => error,
    }
}

// A date in a header is called what it shows, unless its column is too narrow to show it.
fn name(value: &Value, shown: String) -> String {
    match value {
        Value::String(text) => text.clone(),
        // Of a cell that could not be read only what it shows is known.
        Value::Null => shown,
        value if shown.is_empty() || shown.chars().all(|letter| letter == '#') => value.to_string(),
        _ => shown,
    }
}

#[cfg(test)]
mod tests {
    use connector_sdk::ScriptedRun;
    use serde_json::json;

    use super::*;
    use crate::vocabulary::Workbook;

    #[test]
    fn areas_have_addresses_and_are_read_in_blocks() {
        let area = |row, column, rows, columns| Area { row, column, rows, columns };
        assert_eq!(area(0, 0, 1, 1).address(), "A1:A1");
        assert_eq!(area(4, 1, 3, 26).address(), "B5:AA7");
        assert_eq!(area(9, 0, 5000, 10).split(CELLS), Some((area(9, 0, 2000, 10), area(2009, 0, 3000, 10))));
        assert_eq!(area(9, 0, 2, 16_384).split(CELLS), Some((area(9, 0, 1, 16_384), area(10, 0, 1, 16_384))));
        assert_eq!(area(9, 0, 0, 10).split(CELLS), None);
    }

    #[test]
    fn rows_are_those_below_the_header() {
        let extent =
            |row, rows| Extent { address: None, row_index: row, column_index: 1, row_count: rows, column_count: 2 };
        assert_eq!(extent(0, 6).below(HeaderRow(1)).address(), "B2:C6");
        assert_eq!(extent(8, 2).below(HeaderRow(1)).address(), "B9:C10", "the header is above the range");
        assert_eq!(extent(0, 1).below(HeaderRow(1)).rows, 0);
        assert_eq!(extent(0, 3).below(HeaderRow(9)).rows, 0);
        assert_eq!(
            (extent(0, 6).next(HeaderRow(1)).address(), extent(0, 1).next(HeaderRow(3)).address()),
            ("B7:C7".into(), "B4:C4".into())
        );
    }

    #[test]
    fn cells_are_copied_as_they_are_written() {
        let body = json!({ "values": [["A-1", 1.50, "", 46082], ["", "", "", ""]] }).to_string().replace("1.5", "1.50");
        let response = Response::new(200, body);
        let block = Block::read(&response).unwrap();
        let header = Header::of_sheet(&["Order", "Amount", "", "Date"], 0);
        let read = |at: usize| row(&header, 7, &block.rows()[at]).unwrap();
        assert_eq!(read(0).unwrap().as_str(), r#"{"row":7,"values":{"Order":"A-1","Amount":1.50,"Date":46082}}"#);
        assert_eq!(read(1), None);
    }

    fn sheet() -> Sheet {
        let book = Workbook { path: Some("a.xlsx".into()), ..Workbook::default() }
            .open(&connector_sdk::Context::user())
            .unwrap();
        Sheet::new(Session::none(book), WorksheetId("Orders".into()))
    }

    fn names(body: &str) -> Result<Vec<String>> {
        let plan = sheet().header(Area { row: 0, column: 1, rows: 1, columns: 3 });
        let header = ScriptedRun::new([Response::new(200, body.to_owned())]).run(plan)?;
        Ok(header.names().map(str::to_owned).collect())
    }

    #[test]
    fn a_header_has_as_many_columns_as_the_cells_below_it() {
        let told = ["Order", "7", "Column D"];
        for body in [
            r#"{"values":[["Order",7,""]],"text":[["Order","7",""]]}"#,
            r#"{"values":[["Order",7]],"text":null}"#,
            r#"{"text":[["Order","7",""]]}"#,
            r#"{"values":"x","text":[["Order","7",null]]}"#,
            r#"{"values":[["Order",null,null]],"text":[["Order","7"]]}"#,
            r#"{"values":[["Order","7","","beyond"]],"text":[[{},[],1]]}"#,
        ] {
            assert_eq!(names(body).unwrap(), told, "{body}");
        }
        assert_eq!(
            names(r#"{"values":[["\ud83d","7",""]],"text":[["\ud83d","7",""]]}"#).unwrap(),
            ["\u{fffd}", "7", "Column D"]
        );
        for body in ["{}", r#"{"values":null,"text":[]}"#, r#"{"values":[null],"text":[[]]}"#, "[]"] {
            let error = names(body).unwrap_err();
            assert!(error.code() == Code::Protocol && error.advice().contains("without cells"), "{body}: {error}");
        }
    }

    #[test]
    fn a_block_that_is_too_large_is_read_in_halves() {
        let too_large = || Response::new(413, r#"{"error":{"code":"ResponsePayloadSizeLimitExceeded","message":"m"}}"#);
        let rows = |rows: &[u32]| {
            Response::new(200, json!({ "values": rows.iter().map(|row| [row]).collect::<Vec<_>>() }).to_string())
        };
        let read = |script: Vec<Response>, rows: u32| {
            let area = Area { row: 1, column: 0, rows, columns: 1 };
            let plan = sheet().blocks(area, "values", Vec::new(), |cells: &mut Vec<String>, _, block| {
                cells.extend(block.rows().iter().flatten().map(|cell| cell.get().to_owned()));
                Ok(Vec::new())
            });
            let mut run = ScriptedRun::new(script);
            let end = run.run(plan);
            (end, run.sent.len())
        };
        let (all, sent) = read(vec![too_large(), too_large(), rows(&[1]), rows(&[2]), rows(&[3]), rows(&[4])], 4);
        assert_eq!((all.unwrap(), sent), (["1", "2", "3", "4"].map(str::to_owned).to_vec(), 6));
        let (alone, sent) = read(vec![too_large()], 1);
        assert!(alone.unwrap_err().has_upstream_code("ResponsePayloadSizeLimitExceeded") && sent == 1);
    }

    #[test]
    fn rows_that_did_not_come_are_no_empty_rows() {
        let read = |body: &str| {
            let area = Area { row: 1, column: 1, rows: 2, columns: 1 };
            let plan = sheet().blocks(area, "values", Vec::new(), |cells: &mut Vec<String>, _, block| {
                cells.extend(block.rows().iter().flatten().map(|cell| cell.get().to_owned()));
                Ok(Vec::new())
            });
            ScriptedRun::new([Response::new(200, body.to_owned())]).run(plan).map_err(|error| error.code())
        };
        assert_eq!(
            read(r#"{"values":[["\ud83d"],[1e999]]}"#).unwrap(),
            [r#""\ud83d""#, "1e999"],
            "cells are handed on as they are"
        );
        assert_eq!(read(r#"{"values":null,"text":[["a"],["b"]]}"#).unwrap().len(), 2);
        for body in [
            "{}",
            r#"{"values":null}"#,
            r#"{"values":[["a"]]}"#,
            r#"{"values":[["a"],null]}"#,
            r#"{"values":{"0":["a"]}}"#,
        ] {
            assert_eq!(read(body), Err(Code::Protocol), "{body}");
        }
    }

    #[test]
    fn an_extent_lies_within_the_grid() {
        let read = |body: &str| {
            ScriptedRun::new([Response::new(200, body.to_owned())]).run(sheet().extent(None)).map(|extent| extent.end())
        };
        assert_eq!(
            read(r#"{"address":null,"rowIndex":"2","columnIndex":0,"rowCount":3,"columnCount":16384}"#).unwrap(),
            5
        );
        for body in [
            r#"{"rowIndex":4294967295,"columnIndex":0,"rowCount":4294967295,"columnCount":1}"#,
            r#"{"rowIndex":0,"columnIndex":4294967295,"rowCount":1,"columnCount":2}"#,
            r#"{"rowIndex":-1,"columnIndex":0,"rowCount":1,"columnCount":1}"#,
            r#"{"address":"Orders!A1:B2"}"#,
        ] {
            assert_eq!(read(body).unwrap_err().code(), Code::Protocol, "{body}");
        }
    }

    #[test]
    fn a_name_is_what_the_header_shows() {
        assert_eq!(name(&json!("Order"), "Order".into()), "Order");
        assert_eq!(name(&json!(46082), "2026-03-01".into()), "2026-03-01");
        assert_eq!(name(&json!(46082), "####".into()), "46082");
        assert_eq!(name(&json!(""), String::new()), "");
    }
}
