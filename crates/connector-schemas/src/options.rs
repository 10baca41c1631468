//! Options of `tenon validate` and `cargo xtask validate`.

use std::path::PathBuf;

use crate::compare::compare;
use crate::finding::Report;
use crate::render::Format;
use crate::source::{Error, Sources};

/// Options of a check, as a command has them.
#[derive(Debug, Clone, Default)]
#[cfg_attr(feature = "clap", derive(clap::Args))]
pub struct Options {
    /// Compare with an older version of the same files, and report what breaks those who use them
    #[cfg_attr(feature = "clap", arg(long, value_name = "OLD"))]
    pub against: Option<PathBuf>,
    /// Form of the report; SARIF is for code review
    #[cfg_attr(feature = "clap", arg(long, value_enum))]
    pub format: Option<Format>,
    /// Fail on warnings too
    #[cfg_attr(feature = "clap", arg(long))]
    pub deny_warnings: bool,
}

impl Options {
    /// Validates files and folders, and compares them with the older version if there is one.
    ///
    /// # Errors
    /// If nothing can be checked: a path cannot be read, or has no JSON file.
    pub fn check(&self, paths: &[PathBuf]) -> Result<Report, Error> {
        let new = Sources::read(paths)?;
        let mut report = crate::validate(&new);
        if let Some(old) = &self.against {
            let old = Sources::read(std::slice::from_ref(old))?;
            report.findings.extend(compare(&old, &new).findings);
            report.sort();
        }
        Ok(report)
    }
}
