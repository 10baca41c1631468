//! Tables of lists of objects: the most informative columns that fit.

use std::borrow::Cow;
use std::fmt::Write;

use serde_json::{Map, Value};

use super::summary::{brief, is_short};
use super::{HEADING, QUIET, escape};

/// Property names that people know things by, the most informative first. What is not listed comes after, as Graph
/// orders it.
const TELLING: &[&str] = &[
    "displayName",
    "subject",
    "name",
    "title",
    "label",
    "from",
    "sender",
    "to",
    "toRecipients",
    "receivedDateTime",
    "start",
    "end",
    "status",
    "userPrincipalName",
    "mail",
    "value",
    "method",
    "url",
    "isRead",
    "size",
    "id",
];
/// Space between two columns.
const GAP: usize = 2;
/// Maximum width of a column while others still need room.
const USUAL: usize = 32;
/// Minimum width of a cut column.
const NARROWEST: usize = 12;
/// Number of rows that decide about the columns.
const SAMPLE: usize = 500;

/// Maximum number of omitted columns that are named.
const TOLD: usize = 6;

struct Column<'a> {
    name: &'a str,
    cells: Vec<Cow<'a, str>>,
    natural: usize,
    shown: usize,
}

/// Returns the table, one line to a row, and the names of the columns that found no room.
pub(crate) fn table<'a>(rows: &[&'a Map<String, Value>], width: usize) -> (String, Vec<&'a str>) {
    let (columns, left_out) = choose(columns(rows), width);
    let mut out = String::new();
    let mut write = |style: anstyle::Style, cell: &dyn Fn(&Column<'a>) -> Cow<'a, str>| {
        let mut line = String::new();
        for column in &columns {
            let text = cell(column);
            let text = escape::fit(&text, column.shown);
            line.push_str(&text);
            line.extend(std::iter::repeat_n(' ', column.shown.saturating_sub(escape::width(&text)) + GAP));
        }
        // Writing to a string does not fail.
        let _ = writeln!(out, "{style}{}{style:#}", line.trim_end());
    };
    if !columns.is_empty() {
        write(HEADING, &|column| escape::line(column.name));
        for row in 0..rows.len() {
            write(anstyle::Style::new(), &|column| column.cells[row].clone());
        }
    }
    (out, left_out)
}

/// Returns the line under a table about columns that found no room.
pub(crate) fn not_shown(names: &[&str]) -> String {
    if names.is_empty() {
        return String::new();
    }
    let told: Vec<_> = names.iter().take(TOLD).map(|name| escape::line(name)).collect();
    let more = match names.len().saturating_sub(TOLD) {
        0 => String::new(),
        rest => format!(" and {rest} more"),
    };
    format!("{QUIET}not shown: {}{more} (--json shows everything){QUIET:#}\n", told.join(", "))
}

fn columns<'a>(rows: &[&'a Map<String, Value>]) -> Vec<Column<'a>> {
    let mut names: Vec<&'a str> = Vec::new();
    for row in rows.iter().take(SAMPLE) {
        for (name, value) in *row {
            if !name.starts_with('@') && !is_empty(value) && !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
    }
    let rank = |name: &str| {
        // An id inside a longer name says little to a person; it comes last.
        let usual = if name.ends_with("Id") || name.ends_with("Key") || name.ends_with("Link") || name.contains('@') {
            1000
        } else {
            100
        };
        TELLING.iter().position(|telling| *telling == name).unwrap_or(usual)
    };
    names.sort_by_key(|name| rank(name));
    names
        .into_iter()
        .filter(|name| rows.iter().take(SAMPLE).filter_map(|row| row.get(*name)).all(is_short))
        .map(|name| {
            let cells: Vec<Cow<'a, str>> =
                rows.iter().map(|row| row.get(name).map_or(Cow::Borrowed(""), brief)).collect();
            let natural = cells.iter().map(|cell| escape::width(cell)).max().unwrap_or(0).max(escape::width(name));
            Column { name, cells, natural, shown: 0 }
        })
        .collect()
}

fn choose(all: Vec<Column<'_>>, width: usize) -> (Vec<Column<'_>>, Vec<&str>) {
    let mut chosen: Vec<Column<'_>> = Vec::new();
    let mut left_out = Vec::new();
    let mut used = 0;
    for mut column in all {
        // The sender is mostly whom a message is from, and an address is often a name, too.
        if chosen.iter().any(|known| known.cells == column.cells && column.cells.len() > 1) {
            left_out.push(column.name);
            continue;
        }
        let gap = if chosen.is_empty() { 0 } else { GAP };
        let room = width.saturating_sub(used + gap);
        // A cut id is of no use.
        let whole = column.name == "id" || column.name.ends_with("Id");
        let wanted = if whole { column.natural } else { column.natural.min(USUAL) };
        let shown = if wanted <= room || chosen.is_empty() {
            wanted.min(room.max(1))
        } else if !whole && room >= NARROWEST {
            room
        } else {
            0
        };
        if shown == 0 {
            left_out.push(column.name);
            continue;
        }
        column.shown = shown;
        used += shown + gap;
        chosen.push(column);
    }
    // What is left over goes to the columns that were cut, the first ones first.
    let mut spare = width.saturating_sub(used);
    for column in &mut chosen {
        let more = spare.min(column.natural - column.shown);
        column.shown += more;
        spare -= more;
    }
    (chosen, left_out)
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(elements) => elements.is_empty(),
        Value::Object(object) => object.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn show(rows: &Value, width: usize) -> (String, Vec<String>) {
        let rows: Vec<_> = rows.as_array().unwrap().iter().map(|row| row.as_object().unwrap()).collect();
        let (text, left_out) = table(&rows, width);
        (anstream::adapter::strip_str(&text).to_string(), left_out.into_iter().map(str::to_owned).collect())
    }

    #[test]
    fn telling_columns_come_first_and_empty_ones_not_at_all() {
        let rows = json!([
            { "@odata.etag": "W/1", "id": "1", "department": null, "jobTitle": "Analyst", "displayName": "Adele" },
            { "id": "2", "department": "", "jobTitle": "Chef", "displayName": "Megan" }
        ]);
        assert_eq!(show(&rows, 80).0, "displayName  id  jobTitle\nAdele        1   Analyst\nMegan        2   Chef\n");
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        let long = "x".repeat(90);
        let rows = json!([{ "id": long, "subject": long, "importance": "normal", "bodyPreview": long, "nested": { "a": 1, "b": 2 } }]);
        for width in [1, 5, 20, 40, 80, 120, 400] {
            let (text, left_out) = show(&rows, width);
            assert!(text.lines().all(|line| escape::width(line) <= width), "{width}: {text}");
            if width < 90 {
                assert!(left_out.contains(&"id".to_owned()), "a cut id is of no use: {text}");
            }
        }
        assert!(show(&rows, 400).0.contains(&long));
    }

    #[test]
    fn what_says_the_same_is_said_once() {
        let rows = json!([{ "mail": "a@b.example", "userPrincipalName": "a@b.example" }, { "mail": "c@b.example", "userPrincipalName": "c@b.example" }]);
        assert_eq!(
            show(&rows, 80),
            ("userPrincipalName\na@b.example\nc@b.example\n".to_owned(), vec!["mail".to_owned()])
        );
    }

    #[test]
    fn a_cell_is_one_line_and_harmless() {
        let (text, _) = show(&json!([{ "subject": "a\u{1b}[2J\nb" }]), 80);
        assert_eq!(text, "subject\na\\u{1b}[2J b\n");
    }
}
