//! Details of many things, each read by itself, so that one that cannot be read holds up no other.

use crate::{Code, Error, Json, Order, Plan, Properties, Request, Response, Result};

/// Reads an answer as the item that was asked for. What has no id is something else, such as the apology of a gateway.
///
/// # Errors
/// `protocol` for another answer.
pub fn item(answer: &Response) -> Result<Json> {
    let item = answer.json()?;
    let is_one = Properties::of(&item).has("id");
    if is_one { Ok(item) } else { Err(Error::protocol("the answer is not the item that was asked for")) }
}

/// Asks for details at the same time and reads each answer. One that cannot be read is asked for once more, as it may
/// have been cut short on its way.
///
/// # Errors
/// Those that [stop it all](Error::stops_all), such as `throttled`; each other one stands in the place of its detail.
pub fn details<T: Send + 'static>(requests: Vec<Request>, read: fn(&Response) -> Result<T>) -> Plan<Vec<Result<T>>> {
    if requests.is_empty() {
        return Plan::done(Vec::new());
    }
    let asked = requests.clone();
    let go = move |answers: Vec<Result<Response>>| {
        let mut details = match each(answers, read) {
            Ok(details) => details,
            Err(error) => return Plan::fail(error),
        };
        let is_unread = |detail: &Result<T>| detail.as_ref().is_err_and(|error| error.code() == Code::Protocol);
        let unread: Vec<usize> = (0..details.len()).filter(|&at| is_unread(&details[at])).collect();
        if unread.is_empty() {
            return Plan::done(details);
        }
        let again = unread.iter().map(|&at| asked[at].clone()).collect();
        let go = move |answers: Vec<Result<Response>>| match each(answers, read) {
            Ok(read) => {
                unread.into_iter().zip(read).for_each(|(at, detail)| details[at] = detail);
                Ok(details)
            }
            Err(error) => Err(error),
        };
        Plan::finish_all(again, Order::Any, go)
    };
    Plan::all(requests, Order::Any, go)
}

fn each<T>(answers: Vec<Result<Response>>, read: fn(&Response) -> Result<T>) -> Result<Vec<Result<T>>> {
    let read = answers.into_iter().map(|answer| answer.and_then(|answer| read(&answer)));
    read.map(|detail| match detail {
        Err(error) if error.stops_all() => Err(error),
        detail => Ok(detail),
    })
    .collect()
}

impl Error {
    /// Whether an error of reading one thing of many stops all of it: it may work later, or the fault is with the
    /// connection or with us. All others are about the one thing, and the rest goes on. A server that cannot read one
    /// thing, and could read the page that named it, says so with 500 for ever.
    pub fn stops_all(&self) -> bool {
        match self.status() {
            Some(500 | 501 | 502 | 505 | 507 | 508) => false,
            _ => matches!(
                self.code(),
                Code::Unavailable
                    | Code::Throttled
                    | Code::UnknownConnection
                    | Code::NotConnected
                    | Code::OutcomeUnknown
                    | Code::MissingScope
                    | Code::InvalidInput
                    | Code::Bug
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ScriptedRun;

    #[test]
    fn what_is_about_one_thing_stops_nothing_else() {
        let error = |status| Error::from_response(&Response::new(status, ""));
        for status in [400, 403, 404, 409, 410, 500, 501, 502] {
            assert!(!error(status).stops_all(), "{status}");
        }
        for status in [401, 423, 429, 503, 504] {
            assert!(error(status).stops_all(), "{status}");
        }
        assert!(Error::new(Code::MissingScope, "m").stops_all() && !Error::protocol("m").stops_all());
    }

    #[test]
    fn what_cannot_be_read_is_asked_for_once_more() {
        let read = |script: Vec<Response>| {
            let requests = ["a", "b"].map(|id| Request::get("/x/{id}").path_param("id", id)).into();
            let mut stage = ScriptedRun::new(script);
            let end = stage.run(details(requests, item));
            assert_eq!(stage.left_over(), 0);
            end.map(|all| {
                all.into_iter().map(|one| one.map_err(|error| error.code())).map(|one| one.is_ok()).collect::<Vec<_>>()
            })
        };
        let good = || Response::new(200, r#"{"id":"a"}"#);
        assert_eq!(read(vec![good(), Response::new(500, "")]).unwrap(), [true, false]);
        assert_eq!(read(vec![good(), Response::new(200, r#"{"id"#), good()]).unwrap(), [true, true]);
        assert_eq!(read(vec![Response::new(200, "{}"), good(), Response::new(200, "")]).unwrap(), [false, true]);
        assert_eq!(read(vec![good(), Response::new(429, "")]).unwrap_err().code(), Code::Throttled);
    }
}
