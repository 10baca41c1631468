//! Requests to bytes and back.
//!
//! [`Client::run`] executes a plan: it sends what the plan asks for through one pipeline of policies,
//! batches what may be batched, uploads and downloads in pieces, and hands out items as they arrive.

mod endpoint;
mod files;
mod progress;
mod session;
mod token;

pub use endpoint::Endpoint;
pub use files::{FileWriter, Files, NoFiles};
pub use progress::{Progress, Silent, Step};
pub use session::{Emit, Session};
pub use token::{Ask, Token, Tokens};
