//! A report as one JSON object.

use serde::Serialize;

use crate::finding::{Finding, Report, Severity};

#[derive(Serialize)]
struct Shown<'a> {
    files: usize,
    errors: usize,
    warnings: usize,
    notes: usize,
    findings: &'a [Finding],
}

pub(super) fn render(report: &Report) -> String {
    let shown = Shown {
        files: report.files,
        errors: report.count(Severity::Error),
        warnings: report.count(Severity::Warning),
        notes: report.count(Severity::Note),
        findings: &report.findings,
    };
    super::line(&shown)
}
