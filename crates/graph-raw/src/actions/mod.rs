//! What the connector can do, one action to a file.

pub mod batch_request;
pub mod create_subscription;
pub mod delete;
pub mod delete_all_subscriptions;
pub mod delete_subscription;
pub mod delta_request;
pub mod find_permissions;
pub mod get;
pub mod get_subscription;
pub mod list_subscriptions;
pub mod paginate_request;
pub mod patch;
pub mod poll_operation;
pub mod post;
pub mod put;
pub mod raw_request;
pub mod reauthorize_subscription;
pub mod update_subscription;
pub mod upload_session;
