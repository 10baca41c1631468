//! Sessions of workbooks.
//!
//! Excel loads a workbook for each request that comes without a session. Whoever sends more than one or two
//! opens one; see [the page on sessions][1]. What changes a workbook opens one that saves. What only reads
//! more than once opens one that does not: it sees the workbook as it was when the session began, so that
//! the pieces of a long worksheet fit together though somebody is typing. A single request needs none.
//!
//! [1]: https://learn.microsoft.com/en-us/graph/excel-manage-sessions

use std::time::Duration;

use connector_sdk::{Code, Error, Plan, Request, Retry, RetryRule};
use http::{HeaderName, HeaderValue, Method};
use serde::Deserialize;
use serde_json::json;

use crate::vocabulary::Book;

const HEADER: HeaderName = HeaderName::from_static("workbook-session-id");

/// A workbook, and the session in which it is asked, if there is one.
#[derive(Debug, Clone)]
pub struct Session {
    book: Book,
    id: Option<HeaderValue>,
}

/// What becomes of changes in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changes {
    /// They are saved.
    Saved,
    /// There are none.
    None,
}

impl Session {
    /// No session, for a single request.
    pub fn none(book: Book) -> Session {
        Session { book, id: None }
    }

    /// A request to something below the workbook, in the session.
    pub fn request(&self, method: Method, below: &str) -> Request {
        let mut request = self.book.request(method, below);
        request.headers.extend(self.id.clone().map(|id| (HEADER, id)));
        request
    }

    /// `GET` of something below the workbook.
    pub fn get(&self, below: &str) -> Request {
        self.request(Method::GET, below)
    }

    // It ends by itself some minutes after its last request, so nobody waits for it to be closed.
    fn close(&self) -> Plan<()> {
        let once = RetryRule::new(0, Duration::ZERO);
        self.request(Method::POST, "/closeSession").read_only().retry(once).accepted().map(|_| ())
    }
}

/// Does some work in a session of a workbook, and closes the session however the work ends.
pub fn within<T: Send + 'static>(
    book: Book,
    changes: Changes,
    work: impl FnOnce(Session) -> Plan<T> + Send + 'static,
) -> Plan<T> {
    #[derive(Deserialize)]
    struct Opened {
        id: String,
    }
    let open =
        book.request(Method::POST, "/createSession").json(json!({ "persistChanges": changes == Changes::Saved }));
    // A second session takes nothing from a first one whose answer was lost.
    let open = open.read_only().decode::<Opened>().or_else(explained);
    open.and_then(move |opened| match HeaderValue::from_str(&opened.id) {
        Ok(id) => {
            let session = Session { book, id: Some(id) };
            let close = session.close();
            work(session).or_else(explained).finally(close)
        }
        Err(_) => Plan::fail(Error::protocol("the id of a session cannot be sent in a header")),
    })
}

// What the codes of Excel mean for whoever reads the error; see [the page on errors][1].
//
// [1]: https://learn.microsoft.com/en-us/graph/workbook-error-handling
fn explained<T>(error: Error) -> Plan<T> {
    let said = |codes: &[&str]| codes.iter().any(|code| error.has_upstream_code(code));
    if said(&["invalidSessionReCreatable"]) {
        let error = error.with_code(Code::Unavailable).retry(Retry::Later);
        return Plan::fail(
            error.with_hint("Excel has ended the session of the workbook. Try again: a new one is opened."),
        );
    }
    if said(&["accessConflict", "invalidSessionAccessConflict"]) {
        return Plan::fail(
            error.with_hint("Another program has the workbook locked. Close it there, or try again later."),
        );
    }
    if said(&["unsupportedWorkbook", "invalidSessionUnsupportedWorkbook"]) {
        return Plan::fail(
            error.with_hint("Excel on the web cannot open this workbook: it is too large, or has something that only the program knows."),
        );
    }
    Plan::fail(error)
}

#[cfg(test)]
mod tests {
    use connector_sdk::{Context, Response, Result, ScriptedRun};

    use super::*;
    use crate::vocabulary::Workbook;

    fn book() -> Book {
        Workbook { path: Some("a.xlsx".into()), ..Workbook::default() }.open(&Context::user()).unwrap()
    }

    fn run(answers: &[(u16, &str)]) -> (Result<bool>, Vec<String>) {
        let plan =
            within(book(), Changes::Saved, |session| session.get("/worksheets").accepted().map(|done| done.accepted));
        let mut stage =
            ScriptedRun::new(answers.iter().map(|(status, body)| Response::new(*status, (*body).to_owned())));
        let end = stage.run(plan);
        let shown = |id: Option<&String>| id.cloned().unwrap_or_default();
        (
            end,
            stage
                .sent
                .iter()
                .map(|sent| {
                    format!(
                        "{} {}",
                        sent.url.rsplit('/').next().unwrap(),
                        shown(sent.headers.get("workbook-session-id"))
                    )
                })
                .collect(),
        )
    }

    #[test]
    fn a_session_is_opened_used_and_closed() {
        let (end, sent) = run(&[(201, r#"{"id":"s=1&t"}"#), (200, "{}"), (204, "")]);
        assert_eq!(
            (end.unwrap(), sent),
            (true, vec!["createSession ".to_owned(), "worksheets s=1&t".into(), "closeSession s=1&t".into()])
        );
    }

    #[test]
    fn it_is_closed_when_the_work_fails_and_not_when_none_was_opened() {
        let (end, sent) = run(&[(201, r#"{"id":"s"}"#), (404, ""), (500, "")]);
        assert_eq!((end.unwrap_err().code(), sent.len()), (Code::NotFound, 3));
        let (end, sent) = run(&[(409, r#"{"error":{"code":"conflict","innerError":{"code":"accessConflict"}}}"#)]);
        assert_eq!(sent.len(), 1);
        assert!(end.unwrap_err().advice().contains("locked"));
    }

    #[test]
    fn a_session_that_excel_ended_is_said_to_be_that() {
        let (end, sent) = run(&[
            (201, r#"{"id":"s"}"#),
            (404, r#"{"error":{"code":"notFound","innerError":{"code":"invalidSessionReCreatable"}}}"#),
            (404, ""),
        ]);
        let error = end.unwrap_err();
        assert_eq!((error.code(), error.retryability(), sent.len()), (Code::Unavailable, Retry::Later, 3));
        assert!(error.advice().contains("new one"));
    }
}
