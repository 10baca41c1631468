//! Resuming at a stored link in lists and changes, or restarting where Graph no longer knows it.
//!
//! A place is a link that Graph has written. Where Graph refuses it, the caller cannot be at fault: the place is lost,
//! whatever code says so, and who kept it begins again. Only what passes by itself, or what the signed-in user may not
//! do at the beginning either, stays an error; and so does any refusal of the beginning.

use crate::{Error, Link, Plan, Request, Response, Result};

/// A page that was read at a stored position.
#[derive(Debug)]
#[non_exhaustive]
pub struct Resumed<P> {
    /// Page at the position, or the first page.
    pub page: P,
    /// Why the position was lost, if it was: the page is the first one then. A caller that continues from here at once
    /// may find the next position refused too, again and again: let the next poll do it.
    pub lost: Option<Lost>,
}

/// A position that was lost.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lost {
    /// Reason that Graph gave.
    pub reason: String,
}

impl Lost {
    /// Creates the record of a position that Graph refused for this reason.
    pub fn new(reason: impl Into<String>) -> Lost {
        Lost { reason: reason.into() }
    }
}

impl<P> Resumed<P> {
    /// Wraps a page that was read where no position could be lost.
    pub fn found(page: P) -> Resumed<P> {
        Resumed { page, lost: None }
    }
}

impl Request {
    /// Reads the page at `link`, with this request's headers; where Graph refuses the link, sends `again` instead.
    pub fn resume<P: Send + 'static>(
        &self,
        link: Link,
        again: Request,
        read: fn(&Response) -> Result<P>,
    ) -> Plan<Resumed<P>> {
        let later = self.at(link);
        let refused = later.clone();
        Plan::finish(later, move |answer| read(&answer).map(Resumed::found))
            .or_else(move |error| refused.restart(error, Plan::finish(again, move |answer| read(&answer)), read))
    }

    /// Continues after the `error` of this request for a stored position: with the plan `beginning`, if the position is
    /// lost.
    pub fn restart<P: Send + 'static>(
        self,
        error: Error,
        beginning: Plan<P>,
        read: impl FnOnce(&Response) -> Result<P> + Send + 'static,
    ) -> Plan<Resumed<P>> {
        let lost = Lost { reason: error.message().to_owned() };
        let beginning = beginning.map(|page| Resumed { page, lost: Some(lost) });
        match refusal(&error) {
            None => Plan::fail(error),
            Some(CursorRefusal::Certain) => beginning,
            // Graph itself may be in trouble, or the user not be allowed. Where it serves the beginning and still not this, it is the place.
            Some(CursorRefusal::Perhaps) => beginning.or_else(move |_| Plan::fail(error)).and_then(move |beginning| {
                Plan::finish(self, move |answer| read(&answer).map(Resumed::found)).or_else(move |error| match refusal(
                    &error,
                ) {
                    None => Plan::fail(error),
                    Some(_) => Plan::done(beginning),
                })
            }),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CursorRefusal {
    Certain,
    Perhaps,
}

fn refusal(error: &Error) -> Option<CursorRefusal> {
    if error.is_resync() || error.has_upstream_code("Directory_ExpiredPageToken") {
        return Some(CursorRefusal::Certain);
    }
    match error.status()? {
        // Who may not read the beginning either may not read at all.
        403 => Some(CursorRefusal::Perhaps),
        // Sign in, wait: none of it is about the link.
        401..=402 | 407 | 408 | 423 | 425 | 429 | 503 | 509 => None,
        400..=499 => Some(CursorRefusal::Certain),
        500..=599 => Some(CursorRefusal::Perhaps),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Code, Page, ScriptedRun};

    const FIRST: &str = "/chats/getAllMessages?$top=5";
    const LATER: &str = "https://graph.microsoft.com/v1.0/chats/getAllMessages?$skiptoken=x";

    fn page(id: u32) -> Response {
        Response::new(200, format!(r#"{{"value":[{{"id":{id}}}]}}"#))
    }

    fn refused(status: u16, code: &str, message: &str) -> Response {
        Response::new(status, format!(r#"{{"error":{{"code":"{code}","message":"{message}"}}}}"#))
    }

    // What was read and whether the place was lost, and what was asked for.
    fn read(script: Vec<Response>) -> (Result<(String, bool)>, Vec<String>) {
        let mut stage = ScriptedRun::new(script);
        let list = Request::get("/chats/getAllMessages").query("$top", 5);
        let end = stage.run(list.resume(Link::new(LATER), list.clone(), Page::read));
        assert_eq!(stage.left_over(), 0);
        (
            end.map(|end| (end.page.items[0].as_str().to_owned(), end.lost.is_some())),
            stage.sent.into_iter().map(|sent| sent.url).collect(),
        )
    }

    #[test]
    fn a_place_that_is_refused_leads_to_the_beginning() {
        assert_eq!(read(vec![page(2)]).0.unwrap(), (r#"{"id":2}"#.to_owned(), false));
        for refusal in [
            refused(410, "resyncRequired", "m"),
            refused(400, "Directory_ExpiredPageToken", "m"),
            refused(400, "BadRequest", "Badly formed skipToken."),
            refused(400, "ErrorInvalidRequest", "Badly formed token."),
            refused(404, "itemNotFound", "m"),
            Response::new(400, "<html>"),
            Response::new(422, ""),
        ] {
            let (end, urls) = read(vec![refusal, page(1)]);
            assert_eq!(
                (end.unwrap(), urls),
                ((r#"{"id":1}"#.to_owned(), true), vec![LATER.to_owned(), FIRST.to_owned()])
            );
        }
    }

    #[test]
    fn what_is_not_about_the_place_stays_an_error() {
        for (status, code) in [(401, Code::NotConnected), (429, Code::Throttled), (503, Code::Unavailable)] {
            assert_eq!(read(vec![refused(status, "x", "m")]).0.unwrap_err().code(), code);
        }
        let (end, _) = read(vec![refused(400, "x", "the place"), refused(404, "y", "the beginning")]);
        assert_eq!(end.unwrap_err().code(), Code::NotFound);
    }

    #[test]
    fn a_place_that_is_forbidden_begins_again_where_the_beginning_is_not() {
        let forbidden = || refused(403, "accessDenied", "m");
        assert_eq!(read(vec![forbidden(), page(1), forbidden()]).0.unwrap(), (r#"{"id":1}"#.to_owned(), true));
        assert_eq!(read(vec![forbidden(), page(1), page(2)]).0.unwrap(), (r#"{"id":2}"#.to_owned(), false));
        assert_eq!(read(vec![forbidden(), forbidden()]).0.unwrap_err().code(), Code::Forbidden);
    }

    #[test]
    fn a_server_in_trouble_loses_no_place_and_a_place_in_trouble_does() {
        let trouble = || refused(500, "generalException", "m");
        assert_eq!(read(vec![trouble(), trouble()]).0.unwrap_err().code(), Code::Unavailable);
        assert_eq!(read(vec![trouble(), page(1), page(2)]).0.unwrap(), (r#"{"id":2}"#.to_owned(), false));
        assert_eq!(read(vec![trouble(), page(1), trouble()]).0.unwrap(), (r#"{"id":1}"#.to_owned(), true));
    }
}
