//! Members from a file.

use connector_sdk::{Error, Issue, Result};
use uuid::Uuid;

use crate::vocabulary::ObjectId;

/// The length of a line that is an id and no more.
const LINE: usize = 37;
/// Maximum number of wrong lines that are named.
const NAMED: usize = 20;

/// Reads a list of object ids: one to a line, or the first column of a table whose columns are divided by
/// commas, semicolons or tabs. The first line may be a heading.
///
/// # Errors
/// `invalid_input` at `/{property}` with the lines that are none.
pub fn read(bytes: &[u8], property: &str) -> Result<Vec<Uuid>> {
    let text = std::str::from_utf8(bytes)
        .map_err(|_| Error::invalid(format!("/{property}"), "the file is not text in UTF-8"))?;
    let mut ids = Vec::with_capacity(bytes.len() / LINE);
    let mut issues = Vec::new();
    for (place, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let first = line.split([',', ';', '\t']).next().unwrap_or_default().trim().trim_matches('"');
        match (first, ObjectId::parse(first)) {
            ("", _) => {}
            (_, Some(id)) => ids.push(id),
            _ if place == 0 => {}
            _ if issues.len() < NAMED => {
                issues.push(Issue::new(
                    format!("/{property}"),
                    format!("line {} of the file does not begin with an object id", place + 1),
                ));
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

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "c0e38b25-9595-4155-8c2c-195de4a7b58d";

    #[test]
    fn lines_and_tables_are_read() {
        for text in [format!("{ONE}\n"), format!("\u{feff}id;name\r\n{ONE};Adele\r\n\r\n"), format!("\"{ONE}\",x\n")] {
            assert_eq!(read(text.as_bytes(), "membersFile").unwrap(), [Uuid::try_parse(ONE).unwrap()], "{text}");
        }
    }

    #[test]
    fn wrong_lines_are_named() {
        let error = read(format!("{ONE}\nadele\n{ONE}\n\nmegan,x\n").as_bytes(), "membersFile").unwrap_err();
        let lines: Vec<_> =
            error.violations().iter().map(|issue| issue.message.split(' ').nth(1).unwrap().to_owned()).collect();
        assert_eq!(lines, ["2", "5"]);
        for nothing in [&b"id\n"[..], b"", b"\xff\xfe"] {
            assert_eq!(read(nothing, "membersFile").unwrap_err().violations()[0].pointer, "/membersFile");
        }
    }
}
