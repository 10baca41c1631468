//! Readable output of JSON.

pub(crate) mod escape;
mod preview;
mod summary;
mod table;
mod wrap;

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use serde_json::{Map, Value};

use summary::{is_short, summary};

pub(crate) use preview::preview;
pub(crate) use table::table;
pub(crate) use wrap::wrap;

/// Style of the names of columns and sections.
pub(crate) const HEADING: Style = Style::new().bold();
/// Style of the names of properties.
pub(crate) const NAME: Style = AnsiColor::Cyan.on_default();
/// Style of what matters less.
pub(crate) const QUIET: Style = Style::new().dimmed();

/// Maximum length of a text, in characters; longer ones are cut.
const LONGEST: usize = 4000;
/// Maximum indentation of aligned values, in columns.
const ALIGNED: usize = 24;
/// Maximum depth; what lies deeper is shown on one line.
const DEEPEST: usize = 8;

/// Formats a value for a terminal of `width` columns, ending with a line break.
pub(crate) fn readable(value: &Value, width: usize) -> String {
    let mut out = String::new();
    match value {
        Value::Object(object) => match object.get("items") {
            Some(Value::Array(items)) => list(&mut out, items, object, width),
            _ => properties(&mut out, object, 0, width),
        },
        Value::Array(items) => elements(&mut out, items, 0, width),
        other => text(&mut out, &summary(other)),
    }
    if out.is_empty() {
        text(&mut out, &format!("{QUIET}nothing{QUIET:#}"));
    }
    out
}

// A list: its table, and what else is said about it.
fn list(out: &mut String, items: &[Value], whole: &Map<String, Value>, width: usize) {
    elements(out, items, 0, width);
    let count = match items.len() {
        0 => "no items".to_owned(),
        1 => "1 item".to_owned(),
        many => format!("{many} items"),
    };
    text(out, &format!("{QUIET}{count}{QUIET:#}"));
    let rest: Map<String, Value> =
        whole.iter().filter(|(name, _)| *name != "items").map(|(name, value)| (name.clone(), value.clone())).collect();
    properties(out, &rest, 0, width);
}

fn elements(out: &mut String, items: &[Value], depth: usize, width: usize) {
    let indent = depth * 2;
    let objects: Vec<&Map<String, Value>> = items.iter().filter_map(Value::as_object).collect();
    if objects.len() == items.len() {
        let (rows, left_out) = table(&objects, width.saturating_sub(indent).max(1));
        if !rows.is_empty() || objects.is_empty() {
            indented(out, &rows, indent);
            indented(out, &table::not_shown(&left_out), indent);
            return;
        }
    }
    for item in items {
        match item {
            Value::Object(object) if depth < DEEPEST => {
                properties(out, object, depth, width);
                text(out, "");
            }
            item => indented(out, &format!("- {}\n", summary(item)), indent),
        }
    }
}

fn properties(out: &mut String, object: &Map<String, Value>, depth: usize, width: usize) {
    let indent = depth * 2;
    let shown = || object.iter().filter(|(name, _)| !name.starts_with("@odata."));
    let aligned = shown().map(|(name, _)| escape::width(&escape::line(name))).max().unwrap_or(0).min(ALIGNED);
    for (name, value) in shown() {
        let name = escape::line(name);
        let mut head = |rest: &str| {
            let space = " ".repeat(aligned.saturating_sub(escape::width(&name)) + 1);
            let line = format!("{NAME}{name}:{NAME:#}{}{rest}", if rest.is_empty() { "" } else { &space });
            indented(out, &format!("{line}\n"), indent);
        };
        match value {
            Value::String(long) if long.contains('\n') => {
                head("");
                indented(out, &format!("{}\n", clipped(&escape::block(long)).trim_end()), indent + 2);
            }
            Value::Object(inner) if depth < DEEPEST && !is_short(value) => {
                head("");
                properties(out, inner, depth + 1, width);
            }
            Value::Array(items) if depth < DEEPEST && !is_short(value) => {
                head("");
                elements(out, items, depth + 1, width);
            }
            value => head(&clipped(&summary(value))),
        }
    }
}

fn clipped(long: &str) -> String {
    match long.char_indices().nth(LONGEST) {
        None => long.to_owned(),
        Some((at, _)) => {
            format!("{}… {QUIET}({} characters; --json shows all){QUIET:#}", &long[..at], long.chars().count())
        }
    }
}

fn indented(out: &mut String, block: &str, indent: usize) {
    for line in block.lines() {
        // Writing to a string does not fail.
        let _ = writeln!(out, "{:indent$}{line}", "");
    }
}

fn text(out: &mut String, line: &str) {
    out.push_str(line);
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn show(value: &Value) -> String {
        anstream::adapter::strip_str(&readable(value, 60)).to_string()
    }

    #[test]
    fn an_object_is_aligned_lines() {
        let value = json!({
            "@odata.context": "x",
            "id": "1",
            "displayName": "Adele",
            "manager": { "displayName": "Megan", "id": "2" },
            "address": { "city": "Berlin", "street": null, "zip": "1", "land": "DE" },
            "tags": ["a", "b"],
            "note": "one\ntwo\u{1b}"
        });
        let expected = "id:          1\ndisplayName: Adele\nmanager:     Megan\naddress:\n  city:   Berlin\n  street: \n  zip:    1\n  land:   DE\ntags:        a, b\nnote:\n  one\n  two\\u{1b}\n";
        assert_eq!(show(&value).replace("street:\n", "street: \n"), expected);
    }

    #[test]
    fn a_list_is_a_table_and_what_is_left() {
        let value = json!({ "items": [{ "id": "1", "displayName": "Adele" }], "nextPageToken": "abc" });
        assert_eq!(show(&value), "displayName  id\nAdele        1\n1 item\nnextPageToken: abc\n");
        assert_eq!(show(&json!({ "items": [] })), "no items\n");
    }

    #[test]
    fn lists_inside_are_tables_too() {
        let value = json!({ "members": [{ "id": "1", "status": "added" }, { "id": "2", "status": "failed" }] });
        assert_eq!(show(&value), "members:\n  status  id\n  added   1\n  failed  2\n");
    }

    #[test]
    fn names_are_made_harmless_too() {
        assert_eq!(show(&json!({ "a\u{1b}[2J": 1 })), "a\\u{1b}[2J: 1\n");
        assert_eq!(show(&json!("\u{7}")), "\\u{7}\n");
    }

    #[test]
    fn a_long_text_is_cut_and_says_so() {
        let shown = show(&json!({ "body": "x".repeat(LONGEST + 1) }));
        assert!(shown.contains("(4001 characters; --json shows all)") && shown.len() < LONGEST + 100);
    }
}
