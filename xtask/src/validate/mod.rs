//! Validates descriptors, and finds the rules of plans that no schema states.
//!
//! The first is `connector_schemas`, which needs no connector; the second needs connectors that are written in Rust.

pub mod hidden;

pub use connector_schemas::instance::{self, issues};
pub use connector_schemas::{Finding, Format, Options, Report, Severity};
