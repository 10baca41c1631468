//! Failures of commands.

use std::io;

use connector_sdk::{Code, Error};

use crate::signals::Stop;

/// Reason why a command did not do what it should.
#[derive(Debug)]
pub(crate) enum Failure {
    /// An error that every interface has.
    Error(Error),
    /// The reader of our output went away, which is no concern of ours.
    Closed,
    /// The output could not be written.
    Output(io::Error),
    /// Every input of a bulk run failed; the output, which was written, says why.
    NoneDone(Code),
    /// The program was stopped by a signal.
    Stopped(Stop),
}

/// Result of a command.
pub(crate) type CliResult<T = ()> = Result<T, Failure>;

impl Failure {
    /// Returns the failure of a command that has changed something: then it matters that nobody read the output.
    pub(crate) fn unheard(self) -> Failure {
        match self {
            Failure::Closed => Failure::Output(io::ErrorKind::BrokenPipe.into()),
            other => other,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::Error(error)
    }
}

/// Converts errors of standard output; those of other files are the library's business.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        if error.kind() == io::ErrorKind::BrokenPipe { Failure::Closed } else { Failure::Output(error) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_that_went_away_is_no_error() {
        assert!(matches!(Failure::from(io::Error::from(io::ErrorKind::BrokenPipe)), Failure::Closed));
        assert!(matches!(Failure::from(io::Error::from(io::ErrorKind::StorageFull)), Failure::Output(_)));
    }
}
