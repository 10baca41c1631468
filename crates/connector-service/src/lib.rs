//! The host as a service: an HTTP API over [`connector_runtime`], and the Model Context Protocol for agents.
//!
//! [`Service::router`] is an axum router for a program of one's own; [`Service::run`] serves it on sockets, as `tenon
//! serve` does; [`Service::stdio`] serves one agent, as `tenon mcp` does. Every route stands in one table, from which the router, the description in OpenAPI and the tests of what
//! a caller may do are made. A handler gets the host as its caller sees it
//! ([`AuthorizedHost`](connector_runtime::AuthorizedHost)), and decides nothing.
//!
//! ```
//! use connector_runtime::Host;
//! use connector_service::{Options, Service};
//!
//! # fn main() -> connector_runtime::Result<()> {
//! let host = Host::builder().connector(outlook_connector::connector()).build()?;
//! let service = Service::new(host, Options::new())?;
//! let application: axum::Router = axum::Router::new().merge(service.router());
//! # let _ = application;
//! # Ok(())
//! # }
//! ```

mod answer;
mod api;
mod auth;
mod body;
mod call;
mod connection_server;
mod ingress;
mod json_input;
mod mcp;
mod openapi;
mod options;
mod page;
mod problem;
mod query;
mod request_id;
mod route;
mod routes;
mod running;
mod service;
mod site;
#[cfg(test)]
mod tests;

pub use ipnet::IpNet;
pub use options::{Limits, Options, keyless};
pub use service::{Service, Sockets};
