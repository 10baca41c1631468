//! Causes of errors.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

/// Cause of an error. It is shown by its `Display` only: the `Debug` of others reveals addresses and bodies.
#[derive(Clone)]
pub(crate) struct Cause(Arc<dyn StdError + Send + Sync>);

impl Cause {
    pub(crate) fn new(cause: Box<dyn StdError + Send + Sync>) -> Cause {
        match cause.downcast::<serde_json::Error>() {
            Ok(error) => Cause(Arc::new(JsonMismatch(*error))),
            Err(cause) => Cause(cause.into()),
        }
    }

    pub(crate) fn get(&self) -> &(dyn StdError + 'static) {
        &*self.0
    }
}

impl fmt::Debug for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// A parse error of JSON, without the parser's message: it quotes what it found, which may be a secret that a server
/// sent back.
struct JsonMismatch(serde_json::Error);

impl fmt::Display for JsonMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let JsonMismatch(error) = self;
        let text = error.to_string();
        // The name of a missing property is ours.
        match !error.is_data() || text.starts_with("missing field `") {
            true => f.write_str(&text),
            false => write!(f, "an unexpected value at line {} column {}", error.line(), error.column()),
        }
    }
}

impl fmt::Debug for JsonMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl StdError for JsonMismatch {}

/// Returns the texts of a cause and of its own causes, each after a colon. The innermost one says what happened; texts
/// that only repeat the next one, or `said`, are left out.
pub(crate) fn told(mut cause: Option<&(dyn StdError + 'static)>, said: &str) -> String {
    let mut text = String::new();
    while let Some(error) = cause {
        let why = error.to_string();
        if !said.contains(&why) && !text.contains(&why) {
            text.push_str(": ");
            text.push_str(&why);
        }
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Code, Error};

    #[test]
    fn what_a_parser_quotes_is_not_told() {
        #[derive(Debug, serde::Deserialize)]
        #[allow(dead_code, reason = "only read")]
        struct Shape {
            id: u64,
        }
        let read = |text: &str| {
            let cause = serde_json::from_str::<Shape>(text).unwrap_err();
            let error = Error::protocol("an answer has an unexpected shape").caused_by(cause);
            assert!(!format!("{error:?}").contains("canary"));
            format!("{error:#}")
        };
        assert_eq!(
            read(r#"{"id":"canary"}"#),
            "an answer has an unexpected shape: an unexpected value at line 1 column 14"
        );
        assert_eq!(read("{}"), "an answer has an unexpected shape: missing field `id` at line 1 column 2");
        assert_eq!(read("{"), "an answer has an unexpected shape: EOF while parsing an object at line 1 column 1");
    }

    #[test]
    fn a_cause_is_kept_and_told() {
        /// An error whose `Debug` reveals what nobody may see.
        #[derive(Debug)]
        struct Outer(#[allow(dead_code, reason = "seen by Debug")] &'static str, std::io::Error);
        impl fmt::Display for Outer {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("connect failed")
            }
        }
        impl StdError for Outer {
            fn source(&self) -> Option<&(dyn StdError + 'static)> {
                Some(&self.1)
            }
        }
        let error = Error::new(Code::Unavailable, "no connection could be made")
            .context("while listing")
            .caused_by(Outer("canary", std::io::ErrorKind::ConnectionRefused.into()));
        let copy = error.clone();
        drop(error);
        let deepest = copy.source().and_then(StdError::source).and_then(<dyn StdError>::downcast_ref::<std::io::Error>);
        assert_eq!(deepest.unwrap().kind(), std::io::ErrorKind::ConnectionRefused);
        assert_eq!(copy.to_string(), "no connection could be made while listing");
        assert_eq!(
            format!("{copy:#}"),
            "no connection could be made while listing: connect failed: connection refused"
        );
        assert_eq!(serde_json::to_value(&copy).unwrap()["message"], format!("{copy:#}"));
        assert!(!format!("{copy:?} {copy:#?}").contains("canary"), "{copy:?}");
        assert_eq!(size_of::<Error>(), size_of::<usize>());
    }
}
