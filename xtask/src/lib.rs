//! The project's tools, as functions that a command or a test can call.
//!
//! What a tool finds or writes is decided here; [the commands](../xtask/index.html) only translate
//! arguments and print. Nothing here prints.
//!
//! | to do this | read |
//! |---|---|
//! | list the connectors | [`connectors`] |
//! | describe a connector as JSON | [`descriptor`], [`schemas`] |
//! | make the reference pages | [`mod@reference`] |
//! | write what outputs say of Graph's types | [`graph_types`] |
//! | hold requests against Microsoft's metadata | [`conformance`] |
//! | read the transcripts | [`transcript`] |
//! | hold schemas against the rules | [`validate`] |
//! | hold the sources against the rules | [`tidy`] |
//! | start a connector or an action | [`scaffold`] |
//! | read the steps of a page | [`walkthrough`] |

pub mod conformance;
pub mod connectors;
pub mod graph_types;
pub mod tidy;
pub mod validate;
pub mod walkthrough;

pub use connector_testing::{
    Result, checkout, descriptor, generated, hidden, metadata, reference, scaffold, schemas, transcript,
};

/// Returns every transcript of the checkout, in order.
///
/// # Errors
/// When the folder cannot be read.
pub fn cases() -> Result<Vec<transcript::Case>> {
    transcript::cases(std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/..")))
}
