//! The Model Context Protocol: what agents see of the host.
//!
//! Nine tools stand for every action, so that their list stays small. Running is divided by effect, so that clients ask
//! a person before what changes something, and not before every read. rmcp speaks the protocol in all its revisions and
//! is named in this folder alone. Nothing is decided here: what a caller may do, and what must come before it, the
//! [`AuthorizedHost`](connector_runtime::AuthorizedHost) says.

mod agent;
mod approval;
mod connections;
mod cut;
mod describe;
mod files;
mod find;
mod http;
mod list_choices;
mod pinned;
mod progress;
mod prompts;
mod reply;
mod resources;
mod run;
mod sign_in;
mod stdio;
mod tool;
mod untrusted;

pub(crate) use self::agent::Agent;
pub(crate) use self::http::handle;
pub(crate) use self::sign_in::SignInLinks;
