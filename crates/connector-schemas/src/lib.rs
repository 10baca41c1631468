//! Descriptors of connectors: their form, their validation, and the compatibility of two versions.
//!
//! A connector may be written in any language. What it offers is described by JSON files, its descriptors; `docs/schemas.md`
//! describes them for their authors. This crate reads the files that it is given and does no other IO.
//!
//! | to do this | use |
//! |---|---|
//! | run a check as the commands do | [`Options`] |
//! | read files | [`Sources`] |
//! | validate them | [`validate`] |
//! | compare them with an older version | [`compare`] |
//! | print the result | [`Format`] |
//! | read and write descriptors | [`descriptor`] |
//! | check a single schema or value | [`style`], [`instance`] |
//!
//! ```
//! use std::path::PathBuf;
//!
//! use connector_schemas::{Format, Sources, validate};
//!
//! # fn main() -> Result<(), connector_schemas::Error> {
//! # let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas/graph_raw"));
//! let report = validate(&Sources::read(&[folder])?);
//! assert!(!report.fails(true), "{}", Format::Text.render(&report));
//! # Ok(())
//! # }
//! ```

mod check;
mod compare;
pub mod descriptor;
mod finding;
pub mod instance;
pub mod keywords;
mod kind;
mod meta;
mod options;
mod position;
mod render;
mod rule;
mod source;
pub mod style;
mod subschemas;

pub use check::validate;
pub use compare::compare;
pub use finding::{Finding, Level, Place, Position, Problem, Report, Severity};
pub use options::Options;
pub use render::Format;
pub use rule::Rule;
pub use source::{Error, Sources};
