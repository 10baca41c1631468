//! A header row: what its columns are called, and the JSON of the rows below it.
//!
//! Nothing here sends anything. A worksheet is a grid, and its users think in columns with names; this
//! is the one place that goes from one to the other, for actions, triggers and schemas alike.

use std::collections::HashSet;

use connector_sdk::{Error, Issue, Result, schema};
use serde_json::{Map, Value, json};

/// The columns of a worksheet or table, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    columns: Vec<Column>,
}

/// One column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name, unique within the header.
    pub name: String,
    /// Whether the name stands in the header row. One without is called after its place.
    pub named: bool,
    /// Where it is, for people: `Column B of the worksheet.`
    pub place: String,
}

impl Header {
    /// The header of a worksheet: the texts of the row, and the place of the first one's column, from 0.
    ///
    /// White space is one space, and none at the ends. A name that comes again gets a number: `Size`,
    /// `Size (2)`. A cell without text is called after its column: `Column D`.
    pub fn of_sheet<S: AsRef<str>>(texts: &[S], first: u32) -> Header {
        let letters = |at: usize| letters(first.saturating_add(u32::try_from(at).unwrap_or(u32::MAX)));
        Header::read(
            texts,
            |at| format!("Column {}", letters(at)),
            |at| format!("Column {} of the worksheet.", letters(at)),
        )
    }

    /// The header of a table, whose names Excel keeps distinct.
    pub fn of_table<S: AsRef<str>>(names: &[S]) -> Header {
        Header::read(names, |at| format!("Column {}", at + 1), |at| format!("Column {} of the table.", at + 1))
    }

    fn read<S: AsRef<str>>(texts: &[S], unnamed: impl Fn(usize) -> String, place: impl Fn(usize) -> String) -> Header {
        let texts: Vec<String> = texts.iter().map(|text| plain(text.as_ref())).collect();
        // What stands in the row comes before what is made up.
        let mut taken: HashSet<String> = texts.iter().filter(|text| !text.is_empty()).cloned().collect();
        let mut met = HashSet::new();
        let mut columns = Vec::with_capacity(texts.len());
        for (at, text) in texts.into_iter().enumerate() {
            let named = !text.is_empty();
            let wanted = if named { text } else { unnamed(at) };
            let first = if named { met.insert(wanted.clone()) } else { !taken.contains(&wanted) };
            let name = if first {
                wanted
            } else {
                (2..).map(|number| format!("{wanted} ({number})")).find(|name| !taken.contains(name)).unwrap_or(wanted)
            };
            taken.insert(name.clone());
            columns.push(Column { name, named, place: place(at) });
        }
        Header { columns }
    }

    /// The columns, from the left.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The names, from the left.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| column.name.as_str())
    }

    /// Whether any column has a name of its own.
    pub fn is_named(&self) -> bool {
        self.columns.iter().any(|column| column.named)
    }

    /// The column of a name, as its place from the left: the name as it is, or else the only one that is
    /// the same but for the case of its letters.
    pub fn find(&self, name: &str) -> Option<usize> {
        let name = plain(name);
        let exact = self.columns.iter().position(|column| column.name == name);
        exact.or_else(|| {
            let lower = name.to_lowercase();
            let mut alike = self.columns.iter().enumerate().filter(|(_, column)| column.name.to_lowercase() == lower);
            match (alike.next(), alike.next()) {
                (Some((at, _)), None) => Some(at),
                _ => None,
            }
        })
    }

    /// The JSON Schema of a row that is to be written: each column a text, a number, a boolean or null. Other
    /// names are not ruled out, because letters of either case will do; see [`Header::find`].
    pub fn schema(&self) -> Value {
        let column = |column: &Column| {
            let cell = json!({ "type": ["string", "number", "boolean", "null"], "description": column.place });
            (column.name.clone(), cell)
        };
        let properties: Map<String, Value> = self.columns.iter().map(column).collect();
        json!({ "type": "object", "properties": properties, "additionalProperties": { "type": ["string", "number", "boolean", "null"] } })
    }

    /// The cells of a row that is to be written, from the left. A column that is not mentioned is `null`,
    /// which leaves a cell as it is. `pointer` is where the row stands in the input.
    ///
    /// # Errors
    /// `invalid_input` with each name that is no column, or is one for the second time.
    pub fn cells(&self, row: &Map<String, Value>, formulas: bool, pointer: &str) -> Result<Vec<Value>> {
        let mut cells = vec![Value::Null; self.columns.len()];
        let mut written = HashSet::new();
        let mut issues = Vec::new();
        for (name, value) in row {
            let at = format!("{pointer}/{}", schema::escape(name));
            match self.find(name) {
                None => issues.push(Issue::new(at, format!("there is no such column; there are {}", self.listed()))),
                Some(column) if !written.insert(column) => {
                    issues.push(Issue::new(at, "another property is the same column"))
                }
                Some(column) => cells[column] = typed(value, formulas),
            }
        }
        if issues.is_empty() {
            Ok(cells)
        } else {
            Err(Error::issues(issues).with_hint("Correct the names of the columns; nothing was written."))
        }
    }

    fn listed(&self) -> String {
        const MOST: usize = 30;
        let mut names: Vec<String> = self.names().take(MOST).map(|name| format!("`{name}`")).collect();
        if self.columns.len() > MOST {
            names.push("more".to_owned());
        }
        names.join(", ")
    }
}

/// Checks what can be checked of a row before its columns are known. `pointer` is where it stands.
///
/// # Errors
/// `invalid_input` for a row without values, and for values that no cell can hold.
pub fn check_row(row: &Map<String, Value>, pointer: &str) -> Result<()> {
    let bad = |(name, _): (&String, &Value)| {
        Issue::new(format!("{pointer}/{}", schema::escape(name)), "a cell holds a text, a number, a boolean or null")
    };
    let mut issues: Vec<Issue> =
        row.iter().filter(|(_, value)| value.is_array() || value.is_object()).map(bad).collect();
    if row.values().all(Value::is_null) {
        issues.push(Issue::new(pointer, "there is nothing to write: give at least one column a value"));
    }
    if issues.is_empty() { Ok(()) } else { Err(Error::issues(issues)) }
}

// Excel takes a text as if it had been typed. Whoever fills a worksheet with what strangers wrote must not
// run it, so what would be a formula is marked as a text, with the apostrophe that Excel has for it.
fn typed(value: &Value, formulas: bool) -> Value {
    match value.as_str() {
        Some(text) if !formulas && text.starts_with(['=', '+', '-', '@']) && text.parse::<f64>().is_err() => {
            format!("'{text}").into()
        }
        _ => value.clone(),
    }
}

fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The letters of a column, counted from 0: `A`, `Z`, `AA`.
pub fn letters(column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = u64::from(column) + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(b'A' + u8::try_from(rest % 26).unwrap_or_default());
        rest /= 26;
    }
    letters.iter().rev().map(|letter| char::from(*letter)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(texts: &[&str], first: u32) -> Vec<String> {
        Header::of_sheet(texts, first).names().map(str::to_owned).collect()
    }

    fn row(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn columns_have_letters() {
        for (column, expected) in
            [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA"), (16_383, "XFD")]
        {
            assert_eq!(letters(column), expected);
        }
    }

    #[test]
    fn names_are_unique_whatever_stands_in_the_row() {
        assert_eq!(
            names(&["Item", "Size", "", "Size", "Size"], 1),
            ["Item", "Size", "Column D", "Size (2)", "Size (3)"]
        );
        assert_eq!(
            names(&["Size", "Size", "Size (2)"], 0),
            ["Size", "Size (3)", "Size (2)"],
            "a real name is not taken away"
        );
        assert_eq!(names(&["", "Column A", ""], 0), ["Column A (2)", "Column A", "Column C"]);
        assert_eq!(names(&["  Unit \n price ", "unit price"], 0), ["Unit price", "unit price"]);
        assert_eq!(names(&[], 0), Vec::<String>::new());
        assert!(!Header::of_sheet(&["", " "], 0).is_named());
    }

    #[test]
    fn a_name_is_found_in_letters_of_either_case_if_only_one_is_meant() {
        let header = Header::of_sheet(&["Order", "Amount", "amount"], 0);
        assert_eq!((header.find("order "), header.find("Amount"), header.find("amount")), (Some(0), Some(1), Some(2)));
        assert_eq!((header.find("AMOUNT"), header.find("Column A")), (None, None));
    }

    #[test]
    fn a_schema_has_each_column() {
        let schema = Header::of_sheet(&["Order", ""], 1).schema();
        assert_eq!(schema["additionalProperties"]["type"], json!(["string", "number", "boolean", "null"]));
        assert_eq!(schema["properties"]["Order"]["description"], "Column B of the worksheet.");
        assert_eq!(schema["properties"]["Column C"]["type"], json!(["string", "number", "boolean", "null"]));
        assert_eq!(Header::of_table(&["Name"]).schema()["properties"]["Name"]["description"], "Column 1 of the table.");
    }

    #[test]
    fn a_row_becomes_cells_in_the_order_of_the_columns() {
        let header = Header::of_sheet(&["Order", "Note", "Amount"], 0);
        let cells = |value: Value| header.cells(&row(value), false, "/row");
        assert_eq!(cells(json!({ "amount": 12.5, "Order": "A-1" })).unwrap(), [json!("A-1"), Value::Null, json!(12.5)]);
        let error = cells(json!({ "Ordr": 1, "Order": 2, "order": 3, "a/b": 4 })).unwrap_err();
        let pointers: Vec<&str> = error.violations().iter().map(|issue| issue.pointer.as_str()).collect();
        assert_eq!(pointers, ["/row/Ordr", "/row/order", "/row/a~1b"]);
        assert!(error.violations()[0].message.contains("`Amount`"));
    }

    #[test]
    fn what_strangers_wrote_is_no_formula() {
        let header = Header::of_table(&["Note"]);
        let cell = |text: &str, formulas| header.cells(&row(json!({ "Note": text })), formulas, "").unwrap()[0].clone();
        for text in ["=HYPERLINK(\"https://evil.example\")", "+1 425 555 0100", "-", "@SUM(A1)"] {
            assert_eq!(cell(text, false), format!("'{text}"));
            assert_eq!(cell(text, true), text);
        }
        for text in ["-12.5", "+3", "2026-03-01", "'007", ""] {
            assert_eq!(cell(text, false), text);
        }
    }

    #[test]
    fn a_row_that_no_cell_can_hold_is_refused_before_anything_is_sent() {
        assert!(check_row(&row(json!({ "a": 1, "b": null })), "/row").is_ok());
        let pointer = |value: Value| check_row(&row(value), "/row").unwrap_err().violations()[0].pointer.clone();
        assert_eq!((pointer(json!({})), pointer(json!({ "a": null }))), ("/row".to_owned(), "/row".to_owned()));
        assert_eq!(pointer(json!({ "a": [1] })), "/row/a");
    }
}
