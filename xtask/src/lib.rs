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

pub mod checkout;
pub mod conformance;
pub mod connectors;
pub mod descriptor;
pub mod generated;
pub mod graph_types;
pub mod reference;
pub mod scaffold;
pub mod schemas;
pub mod tidy;
pub mod transcript;
pub mod validate;

/// A result whose error is a sentence for whoever called the tool.
pub type Result<T, E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;
