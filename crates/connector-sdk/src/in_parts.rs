//! Requests for many inputs, of which each request takes only some.

use schemars::JsonSchema;
use serde::Serialize;

use crate::{Code, Error, Json, Order, Page, Plan, Request};

/// Part of the input whose request failed; the results of the other requests are returned.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct FailedPart {
    /// The part of the input, as it was given.
    pub inputs: Vec<String>,
    /// Why its result is missing: code, message, hint and Graph's own error.
    pub error: Error,
}

impl<T: Send + 'static> Plan<T> {
    /// Requests `inputs` in groups of `size`. The plan ends in what `end` makes of all items, in the order of the
    /// inputs, and of the requests that failed.
    ///
    /// # Errors
    /// Where no request was answered, the first one's error; and what would be the same for each, such as
    /// `not_connected`.
    pub fn in_parts(
        inputs: Vec<String>,
        size: usize,
        request: impl Fn(&[String]) -> Request,
        end: impl FnOnce(Vec<Json>, Vec<FailedPart>) -> T + Send + 'static,
    ) -> Plan<T> {
        Plan::chunked(inputs, size, Order::Any, request, |answers| {
            let (mut items, mut failed, mut answered) = (Vec::new(), Vec::new(), false);
            for (inputs, answer) in answers {
                match answer.and_then(|answer| Page::read(&answer)) {
                    Ok(page) => {
                        answered = true;
                        items.extend(page.items);
                    }
                    Err(error) if concerns_all(error.code()) => return Plan::fail(error),
                    Err(error) => failed.push(FailedPart { inputs, error }),
                }
            }
            match failed.first() {
                Some(first) if !answered => Plan::fail(first.error.clone()),
                _ => Plan::done(end(items, failed)),
            }
        })
    }
}

fn concerns_all(code: Code) -> bool {
    matches!(code, Code::UnknownConnection | Code::NotConnected | Code::MissingScope | Code::Bug)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Response, ScriptedRun};

    #[test]
    fn a_part_that_fails_hides_no_other() {
        let ask = |script: Vec<(u16, &'static str)>| {
            let mut stage = ScriptedRun::new(script.into_iter().map(|(status, body)| Response::new(status, body)));
            let inputs = ["a", "b", "c", "d", "e"].map(str::to_owned).into();
            let request = |inputs: &[String]| Request::post("/me/getMailTips").json(inputs.join(" "));
            stage.run(Plan::in_parts(inputs, 2, request, |items, failed| (items, failed)))
        };
        let (items, failed) = ask(vec![(200, r#"{"value":[1,2]}"#), (400, ""), (200, r#"{"value":[5]}"#)]).unwrap();
        assert_eq!(items.iter().map(Json::as_str).collect::<Vec<_>>(), ["1", "2", "5"]);
        assert_eq!(
            (failed.len(), failed[0].inputs.join(" "), failed[0].error.status()),
            (1, "c d".to_owned(), Some(400))
        );
        let (items, failed) = ask(vec![(200, r#"{"value":[1,2]}"#), (200, r#"{"value":[3,4]}"#), (200, "{}")]).unwrap();
        assert_eq!((items.len(), failed[0].error.code()), (4, Code::Protocol), "an answer that is none");
        assert_eq!(
            ask(vec![(404, ""), (400, ""), (400, "")]).unwrap_err().code(),
            Code::NotFound,
            "nothing is no success"
        );
        let missing = ask(vec![(200, r#"{"value":[1,2]}"#), (401, ""), (200, r#"{"value":[5]}"#)]);
        assert_eq!(
            missing.unwrap_err().code(),
            Code::NotConnected,
            "what is the same for each is the error of the whole"
        );
    }
}
