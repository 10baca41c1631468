//! Forms of a report.

mod json;
mod sarif;
mod text;

use serde::Serialize;

use crate::finding::Report;

/// Form of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
#[non_exhaustive]
pub enum Format {
    /// Lines for people
    #[default]
    Text,
    /// One JSON object
    Json,
    /// SARIF 2.1.0, which code review shows beside the lines
    Sarif,
}

impl Format {
    /// Returns a report in this form, with a line break at its end.
    pub fn render(self, report: &Report) -> String {
        match self {
            Format::Text => text::render(report),
            Format::Json => json::render(report),
            Format::Sarif => sarif::render(report),
        }
    }
}

// A report has texts and numbers only, so it can always be written.
fn line(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default() + "\n"
}
