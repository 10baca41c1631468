//! How a route is declared.

use connector_runtime::Interface;
use http::Method;

use crate::route::{Gives, Need, Param, Route, SchemaOf, Takes};

pub(super) const JSON: &[Gives] = &[Gives::Json];
pub(super) const HTML: &[Gives] = &[Gives::Html];
pub(super) const MESSAGES: &[Gives] = &[Gives::Json, Gives::Events];
pub(super) const STREAMED: &[Gives] = &[Gives::Json, Gives::JsonLines, Gives::Events];

pub(super) const fn route(
    method: Method,
    path: &'static str,
    id: &'static str,
    summary: &'static str,
    needs: Need,
    handler: crate::route::Handler,
) -> Route {
    Route {
        method,
        path,
        id,
        summary,
        needs,
        takes: Takes::Json,
        query: &[],
        headers: &[],
        input: None,
        output: None,
        marks: &[],
        asks_graph: false,
        statuses: &[],
        gives: JSON,
        is_tagged: false,
        creates: false,
        waits: false,
        interface: Interface::Http,
        handler,
    }
}

pub(super) const fn get(
    path: &'static str,
    id: &'static str,
    summary: &'static str,
    needs: Need,
    handler: crate::route::Handler,
) -> Route {
    route(Method::GET, path, id, summary, needs, handler).takes(Takes::Nothing)
}

/// A route for browsers, and not for programs.
pub(super) const fn page(
    path: &'static str,
    id: &'static str,
    summary: &'static str,
    handler: crate::route::Handler,
) -> Route {
    get(path, id, summary, Need::Link, handler).gives(HTML)
}

pub(super) const fn put(
    path: &'static str,
    id: &'static str,
    summary: &'static str,
    handler: crate::route::Handler,
) -> Route {
    route(Method::PUT, path, id, summary, Need::Key, handler)
}

pub(super) const fn delete(
    path: &'static str,
    id: &'static str,
    summary: &'static str,
    handler: crate::route::Handler,
) -> Route {
    route(Method::DELETE, path, id, summary, Need::Key, handler).takes(Takes::Nothing)
}

pub(super) const fn post(
    path: &'static str,
    id: &'static str,
    summary: &'static str,
    needs: Need,
    handler: crate::route::Handler,
) -> Route {
    route(Method::POST, path, id, summary, needs, handler)
}

impl Route {
    pub(super) const fn query(mut self, query: &'static [Param]) -> Route {
        self.query = query;
        self
    }

    pub(super) const fn headers(mut self, headers: &'static [Param]) -> Route {
        self.headers = headers;
        self
    }

    pub(super) const fn marks(mut self, marks: &'static [&'static str]) -> Route {
        self.marks = marks;
        self
    }

    pub(super) const fn asks_graph(mut self) -> Route {
        self.asks_graph = true;
        self
    }

    pub(super) const fn statuses(mut self, statuses: &'static [u16]) -> Route {
        self.statuses = statuses;
        self
    }

    pub(super) const fn takes_a(mut self, schema: SchemaOf) -> Route {
        self.input = Some(schema);
        self
    }

    pub(super) const fn gives_a(mut self, schema: SchemaOf) -> Route {
        self.output = Some(schema);
        self
    }

    pub(super) const fn gives(mut self, gives: &'static [Gives]) -> Route {
        self.gives = gives;
        self
    }

    pub(super) const fn tagged(mut self) -> Route {
        self.is_tagged = true;
        self
    }

    pub(super) const fn creates(mut self) -> Route {
        self.creates = true;
        self
    }

    pub(super) const fn waits(mut self) -> Route {
        self.waits = true;
        self
    }

    pub(super) const fn of(mut self, interface: Interface) -> Route {
        self.interface = interface;
        self
    }

    pub(super) const fn takes(mut self, takes: Takes) -> Route {
        self.takes = takes;
        self
    }
}
