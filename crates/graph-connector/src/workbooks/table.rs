//! A table of a workbook that is read.

use connector_sdk::{Continuation, Error, Json, Link, List, Page, Plan, Properties, Request, Response, Result};
use http::Method;
use serde_json::value::RawValue;

use crate::vocabulary::{TableId, TableRow};
use crate::workbooks::header::Header;
use crate::workbooks::session::Session;
use crate::workbooks::sheet::{TOO_LARGE, values};

/// Maximum number of cells that are requested at once.
const CELLS: u64 = 20_000;
/// Maximum number of rows that are requested at once, however few columns there are.
const ROWS: u64 = 1000;

/// How many empty pages in a row are no list.
const EMPTY_PAGES: u32 = 1000;

/// A table.
#[derive(Debug, Clone)]
pub struct Table {
    session: Session,
    id: TableId,
}

impl Table {
    /// A table of a workbook, in a session.
    pub fn new(session: Session, id: TableId) -> Table {
        Table { session, id }
    }

    /// A request to something below the table.
    pub fn request(&self, method: Method, below: &str) -> Request {
        self.session.request(method, &format!("/tables/{{table}}{below}")).path_param("table", self.id.0.as_str())
    }

    /// The names of its columns, also where its header row is hidden.
    pub fn header(&self) -> Plan<Header> {
        // One without a name is called after its place.
        let name = |column: &Json| Properties::of(column).text("name").unwrap_or_default();
        self.request(Method::GET, "/columns")
            .query("$select", "name")
            .all_items()
            .map(move |columns| Header::of_table(&columns.iter().map(name).collect::<Vec<_>>()))
    }
}

/// The place that a page token names: so many rows come before it.
///
/// # Errors
/// `invalid_input` at `/pageToken` for any other text.
pub fn place(token: Option<&str>) -> Result<u64> {
    let Some(token) = token else { return Ok(0) };
    token.strip_prefix("row-").and_then(|place| place.parse().ok()).ok_or_else(|| {
        Error::invalid("/pageToken", "this is not a page token; give the `nextPageToken` of an earlier page as it is")
    })
}

/// The rows of a table on their way, by `$top` and `$skip`: Graph pages them by these, and a link that it writes all
/// the same is followed.
pub struct Rows {
    table: Table,
    header: Header,
    next: u64,
    left: Option<u64>,
    link: Option<Link>,
    /// Most cells of a page.
    cells: u64,
    /// How many pages in a row held nothing and led on.
    empty: u32,
}

impl Rows {
    /// The rows from a place on, at most so many.
    pub fn new(table: Table, header: Header, from: u64, limit: Option<u64>) -> Rows {
        Rows { table, header, next: from, left: limit, link: None, cells: CELLS, empty: 0 }
    }

    /// Hands them out page by page.
    pub fn read(mut self) -> Plan<List<TableRow>> {
        let columns = (self.header.columns().len() as u64).max(1);
        let most = (self.cells / columns).clamp(1, ROWS);
        // One more than is wanted tells whether there are more.
        let size = self.left.map_or(most, |left| left.saturating_add(1).min(most));
        let request = self.table.request(Method::GET, "/rows").query("$top", size).query("$skip", self.next);
        let request = self.link.take().map_or_else(|| request.clone(), |link| request.at(link));
        let go = move |answer: Result<Response>| {
            let page = match answer.and_then(|response| Page::read(&response)) {
                Ok(page) => page,
                Err(error) if size > 1 && error.has_upstream_code(TOO_LARGE) => {
                    self.cells = size * columns / 2;
                    return self.read();
                }
                Err(error) => return Plan::fail(error),
            };
            let came = page.items.len() as u64;
            match (self.next..)
                .zip(&page.items)
                .map(|(place, item)| self.row(place, item))
                .collect::<Result<Vec<Json>>>()
            {
                Err(error) => Plan::fail(error),
                Ok(items) => {
                    let more = came >= size || page.next.is_some();
                    self.link = page.next;
                    self.empty = if came == 0 { self.empty + 1 } else { 0 };
                    self.hand_out(items, more)
                }
            }
        };
        Plan::call_then(request, Continuation::new(go))
    }

    fn hand_out(mut self, mut items: Vec<Json>, more: bool) -> Plan<List<TableRow>> {
        let came = items.len() as u64;
        let wanted = self.left.unwrap_or(u64::MAX).min(came);
        items.truncate(usize::try_from(wanted).unwrap_or(usize::MAX));
        self.next += wanted;
        self.left = self.left.map(|left| left - wanted);
        let mut end = List::end();
        if self.left == Some(0) && (more || came > wanted) {
            end.next_page_token = Some(format!("row-{}", self.next));
        }
        if self.left == Some(0) || !more || (came == 0 && self.link.is_none()) {
            return Plan::emit_last(items, end);
        }
        if self.empty >= EMPTY_PAGES {
            return Plan::fail(Error::protocol(format!(
                "the rows of the table do not end: {EMPTY_PAGES} pages in a row were empty"
            )));
        }
        Plan::emit(items, move || self.read())
    }

    // A row that does not say which one it is is the one that was asked for.
    fn row(&self, place: u64, item: &Json) -> Result<Json> {
        let row = Properties::of(item);
        let index = row.get::<u64>("index").unwrap_or(place);
        // Otherwise a table that ignores `$skip` would never end.
        if index < self.next {
            return Err(Error::protocol("the rows of the table repeat, so the list would never end"));
        }
        let cells = row.get::<Vec<Vec<Box<RawValue>>>>("values").unwrap_or_default();
        let cells: Vec<&RawValue> = cells.first().into_iter().flatten().map(AsRef::as_ref).collect();
        let values = values(&self.header, &cells)?;
        Ok(Json::trusted(format!("{{\"index\":{index},\"values\":{values}}}")))
    }
}

#[cfg(test)]
mod tests {
    use connector_sdk::{Context, ScriptedRun};
    use serde_json::{Value, json};

    use super::*;
    use crate::vocabulary::{Book, Workbook};

    fn rows(first: u64, count: u64) -> Response {
        let value: Vec<Value> =
            (first..first + count).map(|index| json!({ "index": index, "values": [[index]] })).collect();
        Response::new(200, json!({ "value": value }).to_string())
    }

    fn book() -> Book {
        Workbook { path: Some("a.xlsx".into()), ..Workbook::default() }.open(&Context::user()).unwrap()
    }

    #[test]
    fn a_page_that_is_too_large_is_read_in_halves() {
        let too_large = || Response::new(413, r#"{"error":{"code":"ResponsePayloadSizeLimitExceeded","message":"m"}}"#);
        let script = vec![too_large(), too_large(), rows(0, 1), rows(1, 1), rows(2, 0)];
        let (end, asked, items) = read(0, Some(3), script);
        assert_eq!(
            (end.unwrap(), asked, items),
            (None, vec!["4/0", "2/0", "1/0", "1/1", "1/2"].into_iter().map(str::to_owned).collect(), 2)
        );
        let (end, ..) = read(0, Some(0), vec![too_large()]);
        assert!(end.unwrap_err().has_upstream_code(TOO_LARGE));
    }

    fn read(from: u64, limit: Option<u64>, script: Vec<Response>) -> (Result<Option<String>>, Vec<String>, usize) {
        let table = Table::new(Session::none(book()), TableId("T".into()));
        let mut stage = ScriptedRun::new(script);
        let end =
            stage.run(Rows::new(table, Header::of_table(&["N"]), from, limit).read()).map(|list| list.next_page_token);
        let asked = stage
            .sent
            .iter()
            .map(|sent| sent.url.split_once('?').unwrap().1.replace("$top=", "").replace("&$skip=", "/"))
            .collect();
        (end, asked, stage.emitted.len())
    }

    #[test]
    fn rows_are_paged_by_their_place() {
        let (end, asked, emitted) = read(0, None, vec![rows(0, 1000), rows(1000, 7)]);
        assert_eq!((end.unwrap(), asked, emitted), (None, vec!["1000/0".to_owned(), "1000/1000".into()], 1007));
        let (end, asked, emitted) = read(5, Some(2), vec![rows(5, 3)]);
        assert_eq!((end.unwrap(), asked, emitted), (Some("row-7".into()), vec!["3/5".to_owned()], 2));
        let (end, _, emitted) = read(5, Some(2), vec![rows(5, 2)]);
        assert_eq!((end.unwrap(), emitted), (None, 2));
        let (end, asked, emitted) = read(0, Some(1000), vec![rows(0, 1000)]);
        assert_eq!(
            (end.unwrap(), asked, emitted),
            (Some("row-1000".into()), vec!["1000/0".to_owned()], 1000),
            "at worst there is an empty page"
        );
    }

    #[test]
    fn an_odd_row_or_column_stops_no_list() {
        let row = r#"{"value":[{"index":null,"values":[[1]]},{"index":"1","values":null},{"values":[[3,4]]}]}"#;
        let table = Table::new(Session::none(book()), TableId("T".into()));
        let mut stage = ScriptedRun::new([
            Response::new(200, r#"{"value":[{"name":7},{"name":null},{}]}"#),
            Response::new(200, row),
        ]);
        let header = stage.run(table.header()).unwrap();
        assert_eq!(header, Header::of_table(&["7", "", ""]));
        stage.run(Rows::new(table, header, 0, None).read()).unwrap();
        let rows: Vec<&str> = stage.emitted.iter().map(Json::as_str).collect();
        assert_eq!(rows[0], r#"{"index":0,"values":{"7":1}}"#);
        assert_eq!((rows[1], rows.len()), (r#"{"index":1,"values":{}}"#, 3));
        assert!(rows[2].starts_with(r#"{"index":2,"values":{"7":3,"#), "{}", rows[2]);
    }

    #[test]
    fn a_link_is_followed_also_from_an_empty_page() {
        let linked = |rows: &str| {
            let link = "https://graph.microsoft.com/v1.0/me/drive/root:/a.xlsx:/workbook/tables/T/rows?$skiptoken=x";
            Response::new(200, format!(r#"{{"value":[{rows}],"@odata.nextLink":"{link}"}}"#))
        };
        let (end, asked, emitted) =
            read(0, None, vec![linked(""), linked(r#"{"index":0,"values":[[1]]}"#), rows(1, 2)]);
        assert_eq!((end.unwrap(), emitted), (None, 3));
        assert_eq!(asked[1..], ["$skiptoken=x", "$skiptoken=x"]);
    }

    #[test]
    fn the_header_is_read_to_its_end() {
        let page = |name: &str, next: &str| Response::new(200, format!(r#"{{"value":[{{"name":"{name}"}}]{next}}}"#));
        let table = Table::new(Session::none(book()), TableId("T".into()));
        let next = r#","@odata.nextLink":"https://graph.microsoft.com/v1.0/me/drive/items/1/workbook/tables/T/columns?$skiptoken=x""#;
        let header = ScriptedRun::new(vec![page("One", next), page("Two", "")]).run(table.header()).unwrap();
        assert_eq!(header.names().collect::<Vec<_>>(), ["One", "Two"]);
    }

    #[test]
    fn rows_that_come_again_are_an_error() {
        let (end, ..) = read(0, None, vec![rows(0, 1000), rows(0, 1000)]);
        assert!(end.unwrap_err().message().contains("never end"));
    }

    #[test]
    fn a_page_token_is_read_back() {
        assert_eq!((place(None).unwrap(), place(Some("row-7")).unwrap()), (0, 7));
        assert!(place(Some("7")).is_err() && place(Some("row--1")).is_err());
    }
}
