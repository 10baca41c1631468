//! What the connector can do, one action to a file.

pub mod batch_request;
pub mod delete;
pub mod delta_request;
pub mod get;
pub mod paginate_request;
pub mod patch;
pub mod poll_operation;
pub mod post;
pub mod put;
pub mod raw_request;
pub mod upload_session;
