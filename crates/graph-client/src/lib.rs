//! The client for Graph: from requests to bytes and back.
//!
//! [`Client::run`] executes a plan: it sends what the plan asks for through one pipeline of policies,
//! batches what may be batched, uploads and downloads in pieces, and emits items as they arrive.
//! [`preview()`] shows what a plan would send, and sends nothing.
//!
//! | to do this | read |
//! |---|---|
//! | run a plan, send a request | [`Client`], [`Session`], [`ItemSink`] |
//! | know what happens to a request, and in which order | [`pipeline`], [`Policy`] |
//! | change how often and how long it is tried, add policies, observe | [`ClientOptions`], [`RetryPolicy`], [`Limits`],
//! [`Observer`] |
//! | bring tokens, files, a progress bar | [`Tokens`], [`Files`], [`Progress`] |
//! | resume where an earlier run broke off | [`Journal`] |
//! | send over the network | [`usual_transport`], [`HttpTransport`], [`ReqwestTransport`] |
//! | send to an address that somebody else has chosen | [`GuardedTransport`] |

#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzz;
pub mod pipeline;

mod batch;
mod body;
mod build_call;
mod call;
mod challenge;
mod client;
mod coding;
mod download;
mod endpoint;
mod executor;
mod file_name;
mod files;
mod ids;
mod journal;
mod limit_scope;
mod limits;
mod observer;
mod options;
mod origin_guard;
mod policies;
mod preview;
mod progress;
mod redact;
mod retry_after;
mod send;
mod session;
mod shared_limits;
mod timer;
mod token;
mod transport;
mod upload;
mod uploads;

pub use call::{Call, HttpResponse, ResponseBody};
pub use client::{Client, ClientBuilder};
pub use endpoint::Endpoint;
pub use file_name::{numbered_file_name, safe_file_name, shorter_file_name};
pub use files::{FileWriter, Files, NoFiles};
pub use journal::{After, Before, Journal, Pending, Write};
pub use limits::{Limits, RetryPolicy};
pub use observer::{CallEvent, Observer};
pub use options::ClientOptions;
pub use pipeline::{Next, Policy};
pub use preview::{Preview, PreviewRequest, preview};
pub use progress::{NoProgress, Progress, ProgressEvent};
pub use retry_after::retry_after;
pub use session::{ItemSink, Session};
pub use shared_limits::{SharedLimits, SlotLease};
pub use token::{Token, TokenRequest, Tokens};
pub use transport::{
    AddressRules, GuardedTransport, GuardedTransportBuilder, HttpTransport, HttpTransportBuilder, Resolver,
    usual_transport,
};
#[cfg(feature = "reqwest")]
pub use transport::{ReqwestClient, ReqwestTransport, no_redirects};
pub use uploads::UploadSessionStore;
