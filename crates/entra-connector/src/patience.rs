//! New objects take a while to reach every server of the directory: what refers to one may be told that it
//! does not exist. What is safe to repeat is asked again, within a bound.

use std::time::Duration;

use connector_sdk::{Code, Error, Plan, Request, Response};

/// How long to wait before each further try, in seconds: half a minute in all.
const WAITS: [u64; 4] = [2, 4, 8, 16];

/// Sends a request about an object that was just created. That it is not there yet is waited for.
pub fn send(request: Request) -> Plan<Response> {
    attempt(request, 0)
}

fn attempt(request: Request, tries: usize) -> Plan<Response> {
    let again = request.clone();
    Plan::finish(request, Ok).or_else(move |error| match WAITS.get(tries) {
        Some(seconds) if is_not_there_yet(&error) => {
            Plan::Wait(Duration::from_secs(*seconds), connector_sdk::Then::new(move |()| attempt(again, tries + 1)))
        }
        _ if is_not_there_yet(&error) => Plan::Fail(error.hint(
            "The object was created a moment ago, and not every server of the directory knows it yet. Try this again in a few minutes.",
        )),
        _ => Plan::Fail(error),
    })
}

// Graph has no code of its own for it: 404, or 400 with one of these sentences.
fn is_not_there_yet(error: &Error) -> bool {
    match error.code() {
        Code::NotFound => true,
        Code::Rejected => {
            let message = error.message();
            message.contains("does not reference a valid application object") || message.contains("does not exist or one of its queried")
        }
        _ => false,
    }
}
