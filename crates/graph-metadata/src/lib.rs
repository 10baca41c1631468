//! Microsoft's own description of Graph, and checks of requests against it.
//!
//! Two files of Microsoft say what Graph is: the [CSDL][1], an OData schema with every type, operation and
//! address, and a [table of permissions][2]. This crate reads both into values that answer questions: what
//! does a path lead to, which methods does it take, what may a body hold, which permission is the least.
//!
//! It does no IO: whoever has the files hands in their text. [`Model::to_bytes`] and [`Table::to_bytes`]
//! make them small and quick to load again.
//!
//! [1]: https://github.com/microsoftgraph/msgraph-metadata
//! [2]: https://github.com/microsoftgraph/microsoft-graph-devx-content

mod body;
mod cache;
mod csdl;
mod finding;
mod json_schema;
mod methods;
mod model;
mod permissions;
mod query;
mod request;
mod resolve;
mod suggestion;

pub use cache::Unreadable;
pub use finding::{Finding, Kind};
pub use model::{Model, Operation, Property, Type, TypeRef};
pub use permissions::{Permission, Row, Scheme, Table, implies};
pub use request::{Asked, check, needs_version};
pub use resolve::{Shape, Target};
