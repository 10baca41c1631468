//! What the tests of this module share.

use std::collections::BTreeSet;

use bytes::Bytes;
use http::{Request, Response};
use serde_json::Value;

use super::{Collection, Graph};
use crate::caller::Caller;
use crate::clock::Clock;

pub(crate) const ORIGIN: &str = "http://127.0.0.1:1234";

/// A tenant, somebody who calls, and what they send with each request.
pub(crate) struct Bench {
    pub(crate) graph: Graph,
    pub(crate) caller: Caller,
    pub(crate) headers: Vec<(&'static str, String)>,
}

/// An answer, with its body read.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) response: Response<Bytes>,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn code(&self) -> &str {
        self.body["error"]["code"].as_str().unwrap_or_default()
    }

    pub(crate) fn message(&self) -> &str {
        self.body["error"]["message"].as_str().unwrap_or_default()
    }

    pub(crate) fn items(&self) -> &[Value] {
        self.body["value"].as_array().unwrap_or_else(|| panic!("no list: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Asserts the status and gives the body.
    #[track_caller]
    pub(crate) fn ok(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        self.body
    }

    /// Asserts an error.
    #[track_caller]
    pub(crate) fn refused(self, status: u16, code: &str) -> Value {
        assert_eq!((self.status, self.code()), (status, code), "{}", self.body);
        self.body
    }
}

pub(crate) const ALL: &str = "Mail.ReadWrite Mail.Send Mail.ReadWrite.Shared Mail.Send.Shared Calendars.ReadWrite Contacts.ReadWrite \
    Files.ReadWrite.All User.ReadWrite.All User.DeleteRestore.All Group.ReadWrite.All Directory.ReadWrite.All Organization.Read.All Domain.Read.All \
    Sites.ReadWrite.All Sites.Manage.All";

impl Bench {
    /// Adele, with every permission that the sandbox knows.
    pub(crate) fn adele() -> Bench {
        Bench::with(ALL)
    }

    /// Adele with these permissions only.
    pub(crate) fn with(scopes: &str) -> Bench {
        Bench::taught(scopes, Vec::new())
    }

    /// Adele with these permissions only, in a sandbox with more collections.
    pub(crate) fn taught(scopes: &str, collections: Vec<Collection>) -> Bench {
        let graph = Graph::with_collections(Clock::fixed("2026-03-02T09:00:00Z".parse().unwrap()), collections);
        let user = graph.user_by_name("adelev@contoso.example").unwrap();
        Bench { graph, caller: caller(Some(user.id), scopes), headers: Vec::new() }
    }

    pub(crate) fn app(scopes: &str) -> Bench {
        Bench { caller: caller(None, scopes), ..Bench::adele() }
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Bench {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(crate) fn request(&self, method: &str, path: &str, body: Option<(&str, Bytes)>) -> Request<Bytes> {
        let path = path.strip_prefix(ORIGIN).map_or_else(|| format!("/v1.0{path}"), str::to_owned);
        let path = path.replace(' ', "%20").replace('"', "%22");
        let mut builder = Request::builder().method(method).uri(path);
        for (name, value) in &self.headers {
            builder = builder.header(*name, value);
        }
        let (media, bytes) = body.unwrap_or_default();
        if !media.is_empty() {
            builder = builder.header("content-type", media);
        }
        builder.body(bytes).unwrap()
    }

    pub(crate) fn send(&self, method: &str, path: &str, body: Option<(&str, Bytes)>) -> Answer {
        let request = self.request(method, path, body);
        answer(self.graph.handle(&self.caller, ORIGIN, &request))
    }

    /// `path` is below `/v1.0`, or a link that an earlier answer gave.
    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None)
    }

    pub(crate) fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, None)
    }

    pub(crate) fn post(&self, path: &str, body: Value) -> Answer {
        self.send("POST", path, Some(("application/json", body.to_string().into())))
    }

    pub(crate) fn patch(&self, path: &str, body: Value) -> Answer {
        self.send("PATCH", path, Some(("application/json", body.to_string().into())))
    }

    /// Follows next links and gives all items, and the last answer.
    pub(crate) fn all(&self, path: &str) -> (Vec<Value>, Answer) {
        let mut answer = self.get(path);
        let mut items = Vec::new();
        loop {
            assert_eq!(answer.status, 200, "{}", answer.body);
            items.extend(answer.items().to_vec());
            match answer.body["@odata.nextLink"].as_str().map(str::to_owned) {
                Some(next) => answer = self.get(&next),
                None => return (items, answer),
            }
        }
    }
}

pub(crate) fn answer(response: Response<Bytes>) -> Answer {
    let body = serde_json::from_slice(response.body()).unwrap_or(Value::Null);
    Answer { status: response.status().as_u16(), response, body }
}

fn caller(user: Option<String>, scopes: &str) -> Caller {
    Caller {
        user,
        app_id: "00000000-0000-4000-8000-000000000001".into(),
        scopes: scopes.split_whitespace().map(str::to_owned).collect::<BTreeSet<_>>(),
    }
}
