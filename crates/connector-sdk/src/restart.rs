//! Lists that are read a page now and a page later, by triggers and others who may be away meanwhile.

use crate::{Code, Error, Link, Page, Plan, Request};

impl Request {
    /// Reads one page of the list that this request begins: the one at `next`, or the first. The way to a later page
    /// is a token that lives for a while; where it has expired, the list is read from its first page again. So
    /// whoever keeps a `next` must not take the pages before it for the whole list.
    pub fn page_at(self, next: Option<Link>) -> Plan<Page> {
        let Some(link) = next else { return Plan::finish(self, |answer| Page::read(&answer)) };
        let later = self.clone().at(link);
        Plan::finish(later, |answer| Page::read(&answer)).or_else(move |error| match has_expired(&error) {
            true => Plan::finish(self, |answer| Page::read(&answer)),
            false => Plan::Fail(error),
        })
    }
}

fn has_expired(error: &Error) -> bool {
    error.is_resync()
        || error.said_code("Directory_ExpiredPageToken")
        || (error.code() == Code::Rejected && error.message().to_ascii_lowercase().contains("skiptoken"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Rehearsal, Response};

    fn page(id: u32) -> Response {
        Response::new(200, format!(r#"{{"value":[{{"id":{id}}}]}}"#))
    }

    fn refused(status: u16, code: &str, message: &str) -> Response {
        Response::new(status, format!(r#"{{"error":{{"code":"{code}","message":"{message}"}}}}"#))
    }

    #[test]
    fn an_expired_way_leads_to_the_beginning() {
        let read = |script: Vec<Response>, next: Option<&str>| {
            let mut stage = Rehearsal::new(script);
            let list = Request::get("/chats/getAllMessages").query("$top", 5);
            let end = stage.run(list.page_at(next.map(Link::new)));
            (end.map(|page| page.items[0].as_str().to_owned()), stage.sent.iter().map(|sent| sent.url.clone()).collect::<Vec<_>>())
        };
        let (first, later) = ("/chats/getAllMessages?$top=5", "https://graph.microsoft.com/v1.0/chats/getAllMessages?$skiptoken=x");
        assert_eq!(read(vec![page(1)], None).1, [first]);
        assert_eq!(read(vec![page(2)], Some(later)).0.unwrap(), r#"{"id":2}"#);
        for expired in [
            refused(410, "resyncRequired", "m"),
            refused(400, "Directory_ExpiredPageToken", "m"),
            refused(400, "BadRequest", "Badly formed skipToken."),
        ] {
            let (end, urls) = read(vec![expired, page(1)], Some(later));
            assert_eq!((end.unwrap().as_str(), urls.len(), urls[1].as_str()), (r#"{"id":1}"#, 2, first));
        }
        assert!(read(vec![refused(403, "Forbidden", "m")], Some(later)).0.is_err());
    }
}
