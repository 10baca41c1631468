//! Tests, generated files and first drafts of a connector, in this workspace or outside it.
//!
//! A connector needs three things besides its sources: tests of what it sends, descriptors for readers that do not know
//! Rust, and a reference page. All of them are made from its list and from the transcripts beside it. Nothing here opens
//! a connection.
//!
//! | to do this | use |
//! |---|---|
//! | test everything that a connector lists | [`check`] |
//! | offer `new action`, `schemas`, `docs` and `validate` as commands | [`command`] |
//! | read and play transcripts | [`transcript`], [`play`] |
//! | look at everything that is listed, whatever its kind | [`listed`] |
//! | describe a connector as JSON | [`descriptor`], [`schemas`] |
//! | make the reference pages | [`mod@reference`] |
//! | find rules of plans that no schema states | [`mod@hidden`] |
//! | start a connector or an action | [`scaffold`], [`metadata`] |
//!
//! A crate of its own has one test:
//!
//! ```no_run
//! #[test]
//! fn the_connector_is_right() -> Result<(), connector_testing::Failures> {
//!     connector_testing::check(&graph_raw::connector(), env!("CARGO_MANIFEST_DIR"))
//! }
//! ```

mod check;
pub mod checkout;
pub mod command;
pub mod contracts;
pub mod descriptor;
pub mod difference;
mod failures;
pub mod generated;
pub mod hidden;
pub mod listed;
pub mod metadata;
pub mod play;
mod pretty;
pub mod reference;
pub mod scaffold;
pub mod schemas;
pub mod transcript;

pub use check::{check, transcript_of, untested};
pub use failures::Failures;

/// A result whose error is a sentence for whoever called the tool.
pub type Result<T, E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;
