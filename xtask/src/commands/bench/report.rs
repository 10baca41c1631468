//! What was measured, as a table.

use std::fmt::Write as _;

use serde::Serialize;

use super::cpu::Spread;
use super::rows::Name;

/// One row of the table.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Row {
    pub(super) row: Name,
    /// What is done.
    pub(super) work: String,
    /// What the bare client took, or what would be best.
    pub(super) bare: String,
    /// What we took.
    pub(super) ours: String,
    /// Ours by bare.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) ratio: Option<Spread>,
    /// What is to be reached.
    pub(super) target: String,
    /// Whether it is; absent when it was not measured.
    pub(super) met: Option<bool>,
    /// How it was measured, where that matters.
    pub(super) notes: Vec<String>,
}

impl Row {
    /// A row that could not be measured, and why.
    pub(super) fn not_measured(row: Name, work: &str, target: &str, why: impl Into<String>) -> Row {
        let nothing = || "–".to_owned();
        let (work, target) = (work.to_owned(), target.to_owned());
        Row {
            row,
            work,
            bare: nothing(),
            ours: "not measured".to_owned(),
            ratio: None,
            target,
            met: None,
            notes: vec![why.into()],
        }
    }
}

const HEAD: [&str; 7] = ["row", "work", "bare", "ours", "ratio (least–most)", "target", "met"];

/// The rows as a table, and below it what is to be known about them.
pub(super) fn table(rows: &[Row]) -> String {
    let mut lines = vec![HEAD.map(str::to_owned)];
    lines.extend(rows.iter().map(cells));
    let widths: Vec<usize> = (0..HEAD.len())
        .map(|column| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or_default())
        .collect();
    let mut out = String::new();
    for (number, line) in lines.iter().enumerate() {
        let padded: Vec<String> = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        let _ = writeln!(out, "{}", padded.join("  ").trim_end());
        if number == 0 {
            let _ = writeln!(out, "{}", widths.iter().map(|width| "─".repeat(*width)).collect::<Vec<_>>().join("  "));
        }
    }
    for row in rows.iter().filter(|row| !row.notes.is_empty()) {
        let _ = writeln!(out, "\n{}", row.row);
        for note in &row.notes {
            let _ = writeln!(out, "  {note}");
        }
    }
    out
}

fn cells(row: &Row) -> [String; 7] {
    let ratio = row
        .ratio
        .map_or_else(|| "–".to_owned(), |ratio| format!("{:.2} ({:.2}–{:.2})", ratio.median, ratio.least, ratio.most));
    let met = match row.met {
        Some(true) => "yes",
        Some(false) => "NO",
        None => "?",
    };
    [
        row.row.to_string(),
        row.work.clone(),
        row.bare.clone(),
        row.ours.clone(),
        ratio,
        row.target.clone(),
        met.to_owned(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_under_each_other() {
        let rows = [
            Row::not_measured(Name::Send, "a long piece of work", "1", "because"),
            Row { met: Some(false), ..Row::not_measured(Name::Members, "work", "2", "") },
        ];
        let text = table(&rows);
        let at = |line: usize, word: &str| {
            let line = text.lines().nth(line).unwrap();
            line[..line.find(word).unwrap()].chars().count()
        };
        assert_eq!(at(0, "ours"), at(2, "not measured"));
        assert_eq!(at(0, "ours"), at(3, "not measured"));
        assert!(text.contains("NO") && text.contains("\nsend\n  because\n"));
    }
}
