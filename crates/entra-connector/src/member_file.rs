//! Members from a file, and who of them is missing.

use std::collections::HashSet;

use connector_sdk::{Error, Issue, Link, Page, Plan, Request, Result};
use serde::Deserialize;

use crate::vocabulary::ObjectId;

/// So many wrong lines are named.
const NAMED: usize = 20;

/// Reads a list of object ids: one to a line, or the first column of a table whose columns are divided by
/// commas, semicolons or tabs. The first line may be a heading.
///
/// # Errors
/// `invalid_input` at `/{property}` with the lines that are none.
pub fn read(bytes: &[u8], property: &str) -> Result<Vec<ObjectId>> {
    let text = std::str::from_utf8(bytes).map_err(|_| Error::invalid(format!("/{property}"), "the file is not text in UTF-8"))?;
    let mut ids = Vec::new();
    let mut issues = Vec::new();
    for (place, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let first = line.split([',', ';', '\t']).next().unwrap_or_default().trim().trim_matches('"');
        match first {
            "" => {}
            id if is_id(id) => ids.push(ObjectId(id.to_owned())),
            _ if place == 0 => {}
            _ if issues.len() < NAMED => {
                issues.push(Issue::new(format!("/{property}"), format!("line {} of the file does not begin with an object id", place + 1)));
            }
            _ => {}
        }
    }
    match (issues.is_empty(), ids.is_empty()) {
        (false, _) => Err(Error::issues(issues)),
        (true, true) => Err(Error::invalid(format!("/{property}"), "there is no object id in the file")),
        (true, false) => Ok(ids),
    }
}

// Such as `c0e38b25-9595-4155-8c2c-195de4a7b58d`.
fn is_id(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| if matches!(at, 8 | 13 | 18 | 23) { byte == b'-' } else { byte.is_ascii_hexdigit() })
}

/// The ids of all members of a group, in lower case.
pub fn present(group: &str) -> Plan<HashSet<String>> {
    let list = Request::get("/groups/{group}/members").with("group", group).query("$select", "id").query("$top", 999);
    more(list.clone(), list, HashSet::new(), HashSet::new())
}

fn more(list: Request, page: Request, mut ids: HashSet<String>, mut seen: HashSet<Link>) -> Plan<HashSet<String>> {
    #[derive(Deserialize)]
    struct Member {
        id: String,
    }
    Plan::call(page, move |answer| {
        let page = match Page::read(&answer) {
            Ok(page) => page,
            Err(error) => return Plan::Fail(error),
        };
        for item in page.items {
            match item.read::<Member>() {
                Ok(member) => _ = ids.insert(member.id.to_ascii_lowercase()),
                Err(error) => return Plan::Fail(error),
            }
        }
        match page.next {
            None => Plan::Done(ids),
            Some(link) if !seen.insert(link.clone()) => {
                Plan::Fail(Error::protocol("the list does not end: a page led back to one that was read before"))
            }
            Some(link) => more(list.clone(), list.at(link), ids, seen),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "c0e38b25-9595-4155-8c2c-195de4a7b58d";

    #[test]
    fn lines_and_tables_are_read() {
        for text in [format!("{ONE}\n"), format!("\u{feff}id;name\r\n{ONE};Adele\r\n\r\n"), format!("\"{ONE}\",x\n")] {
            assert_eq!(read(text.as_bytes(), "membersFile").unwrap(), [ObjectId(ONE.to_owned())], "{text}");
        }
    }

    #[test]
    fn wrong_lines_are_named() {
        let error = read(format!("{ONE}\nadele\n{ONE}\n\nmegan,x\n").as_bytes(), "membersFile").unwrap_err();
        let lines: Vec<_> = error.violations().iter().map(|issue| issue.message.split(' ').nth(1).unwrap().to_owned()).collect();
        assert_eq!(lines, ["2", "5"]);
        for nothing in [&b"id\n"[..], b"", b"\xff\xfe"] {
            assert_eq!(read(nothing, "membersFile").unwrap_err().violations()[0].pointer, "/membersFile");
        }
    }
}
