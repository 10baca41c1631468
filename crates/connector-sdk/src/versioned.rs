//! Writes that name the version which they change.

use http::StatusCode;

use crate::{Error, Plan, Properties, Request};

/// Times that a version is read anew after somebody else was faster.
const RETRIES: u8 = 2;

/// Writes an object with its version: `given`, or the current one, which `read` returns.
///
/// Planner, for one, refuses a change without `If-Match` ([its page][1]). If the caller gave no version, the write
/// changes whatever is there; so when somebody else has changed the object in between (412), the version is read
/// again, at most twice. A given version is never replaced: then the error `conflict` tells the caller to read anew.
///
/// ```
/// use connector_sdk::{Accepted, Plan, Request, Response, ScriptedRun, at_version};
/// use serde_json::json;
///
/// let read = Request::get("/planner/tasks/{task}").path_param("task", "t1");
/// let write = Request::patch("/planner/tasks/{task}").path_param("task", "t1").json(json!({ "title": "Plan" }));
/// let plan: Plan<Accepted> = at_version(None, read, move |etag| write.clone().if_match(Some(etag)).accepted());
///
/// let mut scripted = ScriptedRun::new([Response::new(200, r#"{"@odata.etag":"W/\"1\""}"#), Response::new(204, "")]);
/// assert!(scripted.run(plan).is_ok());
/// assert_eq!(scripted.sent[1].headers["if-match"], "W/\"1\"");
/// ```
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/planner-overview#update-planner-resources-with-etag
pub fn at_version<T: Send + 'static>(
    given: Option<String>,
    read: Request,
    write: impl Fn(&str) -> Plan<T> + Send + 'static,
) -> Plan<T> {
    match given {
        Some(version) => write(&version),
        None => attempt(RETRIES, read, write),
    }
}

fn attempt<T: Send + 'static>(left: u8, read: Request, write: impl Fn(&str) -> Plan<T> + Send + 'static) -> Plan<T> {
    version(read.clone()).and_then(move |version| {
        write(&version).or_else(move |error| match left.checked_sub(1) {
            Some(left) if is_outdated(&error) => attempt(left, read, write),
            _ => Plan::fail(error),
        })
    })
}

fn is_outdated(error: &Error) -> bool {
    error.status() == Some(StatusCode::PRECONDITION_FAILED.as_u16())
}

// A response without a version in its body may have it in its head.
fn version(read: Request) -> Plan<String> {
    Plan::finish(read, |response| {
        let own = response.json().ok().and_then(|body| Properties::of(&body).text("@odata.etag"));
        let header = || response.headers.get(http::header::ETAG)?.to_str().ok().map(str::to_owned);
        own.or_else(header).ok_or_else(|| Error::protocol("the object came without a version (`@odata.etag`)"))
    })
}

#[cfg(test)]
mod tests {
    use crate::{Accepted, Code, Response, Result, ScriptedRun};

    use super::*;

    // How a change ends, and what was sent, each with its `If-Match`.
    fn update(given: Option<&str>, answers: Vec<Response>) -> (Result<Accepted>, Vec<String>) {
        let write = Request::patch("/planner/tasks/t1");
        let plan = at_version(given.map(str::to_owned), Request::get("/planner/tasks/t1"), move |version| {
            write.clone().if_match(Some(version)).accepted()
        });
        let mut scripted = ScriptedRun::new(answers);
        let end = scripted.run(plan);
        let sent = |sent: &crate::Sent| format!("{} {}", sent.method, sent.headers.get("if-match").map_or("", |it| it));
        (end, scripted.sent.iter().map(sent).collect())
    }

    fn task(version: &str) -> Response {
        Response::new(200, format!(r#"{{"@odata.etag":"{version}"}}"#))
    }

    #[test]
    fn the_current_version_is_read_and_written_with() {
        let (end, sent) = update(None, vec![task("1"), Response::new(204, "")]);
        assert!(end.is_ok());
        assert_eq!(sent, ["GET ", "PATCH 1"]);
    }

    #[test]
    fn a_version_that_is_outdated_is_read_anew_twice_at_most() {
        let (end, sent) = update(None, vec![task("1"), Response::new(412, "{}"), task("2"), Response::new(204, "")]);
        assert!(end.is_ok());
        assert_eq!(sent, ["GET ", "PATCH 1", "GET ", "PATCH 2"]);
        let never = (1..=4).flat_map(|n| [task(&n.to_string()), Response::new(412, "{}")]).collect();
        let (end, sent) = update(None, never);
        assert_eq!(end.map(|_| ()).unwrap_err().code(), Code::Conflict);
        assert_eq!(sent.len(), 6);
    }

    #[test]
    fn a_given_version_is_the_only_one() {
        let (end, sent) = update(Some("7"), vec![Response::new(412, "{}")]);
        assert_eq!(end.map(|_| ()).unwrap_err().code(), Code::Conflict);
        assert_eq!(sent, ["PATCH 7"]);
    }

    #[test]
    fn a_version_may_stand_in_the_head_and_must_stand_somewhere() {
        let mut head = Response::new(200, "{}");
        head.headers.insert(http::header::ETAG, http::HeaderValue::from_static("3"));
        assert_eq!(update(None, vec![head, Response::new(204, "")]).1, ["GET ", "PATCH 3"]);
        let (end, sent) = update(None, vec![Response::new(200, "{}")]);
        assert!(end.is_err());
        assert_eq!(sent, ["GET "]);
    }
}
