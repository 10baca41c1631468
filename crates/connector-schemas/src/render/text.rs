//! A report as lines for people.

use std::fmt::Write;

use crate::finding::{Finding, Place, Report};

pub(super) fn render(report: &Report) -> String {
    let mut out = String::new();
    for finding in &report.findings {
        // Writing to a string does not fail.
        let _ = write(&mut out, finding);
    }
    out.push_str(&report.summary());
    out.push('\n');
    out
}

fn write(out: &mut String, finding: &Finding) -> std::fmt::Result {
    let word = finding.level.map_or(finding.severity.name(), |level| level.name());
    let message = harmless(&finding.message);
    writeln!(out, "{}: {word}: {message} [{}]", place(&finding.place), finding.rule.id())?;
    if !finding.place.pointer.is_empty() {
        writeln!(out, "    at {}", harmless(&finding.place.pointer))?;
    }
    if let Some(old) = &finding.old {
        writeln!(out, "    was {}{}", place(old), pointer(old))?;
    }
    if let Some(help) = &finding.help {
        writeln!(out, "    help: {}", harmless(help))?;
    }
    Ok(())
}

// As compilers write it, so that terminals and editors open it.
fn place(place: &Place) -> String {
    let file = harmless(&place.file.display().to_string());
    match place.position {
        Some(position) => format!("{file}:{}:{}", position.line, position.column),
        None => file,
    }
}

fn pointer(place: &Place) -> String {
    if place.pointer.is_empty() { String::new() } else { format!(" {}", harmless(&place.pointer)) }
}

// What a file says must not steer a terminal.
fn harmless(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Level, Position, Rule, Severity};

    #[test]
    fn a_finding_names_its_places_and_says_what_to_do() {
        let place = |file: &str, pointer: &str| Place {
            file: file.into(),
            position: Some(Position { line: 3, column: 5 }),
            pointer: pointer.to_owned(),
        };
        let report = Report {
            files: 2,
            findings: vec![
                Finding {
                    place: place("a.json", "/input"),
                    severity: Severity::Error,
                    rule: Rule::MissingTitle,
                    message: "`a\u{1b}[2J` has no title".to_owned(),
                    help: Some("add `title`".to_owned()),
                    level: None,
                    old: None,
                },
                Finding {
                    place: place("b.json", ""),
                    severity: Severity::Warning,
                    rule: Rule::InputChanged,
                    message: "the default was 1 and is 2".to_owned(),
                    help: None,
                    level: Some(Level::Risky),
                    old: Some(place("old/b.json", "/input")),
                },
            ],
        };
        let expected = "\
a.json:3:5: error: `a\u{fffd}[2J` has no title [missing-title]
    at /input
    help: add `title`
b.json:3:5: risky: the default was 1 and is 2 [input-changed]
    was old/b.json:3:5 /input
1 error and 1 warning in 2 files
";
        assert_eq!(render(&report), expected);
    }
}
