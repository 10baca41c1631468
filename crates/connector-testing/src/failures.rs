//! What a test found, as it prints it.

use std::fmt;

/// Failures of a check, each in a sentence. A test that returns them prints them as they are, without a backtrace.
#[derive(PartialEq, Eq)]
pub struct Failures(Vec<String>);

impl Failures {
    /// Ends a check.
    ///
    /// # Errors
    /// When there is a failure.
    pub fn none(all: Vec<String>) -> Result<(), Failures> {
        if all.is_empty() { Ok(()) } else { Err(Failures(all)) }
    }

    /// Returns the failures.
    pub fn as_slice(&self) -> &[String] {
        &self.0
    }
}

impl fmt::Display for Failures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} failures", self.0.len())?;
        self.0.iter().try_for_each(|failure| writeln!(f, "- {failure}"))
    }
}

// A test prints the error that it returns with this.
impl fmt::Debug for Failures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Failures {}
