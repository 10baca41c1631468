//! The raw connector: any request to Microsoft Graph, and the patterns that Graph's requests follow.
//!
//! One thing, one file, one list line: what [`connector`] lists is what there is.
//!
//! Here the caller writes the URL, the headers and the body, so here they are judged: a URL that could
//! leave the API, a header that is the connection's own business and a body that contradicts itself are
//! refused before a byte leaves, all violations at once.

pub mod actions;
pub mod connections;
pub mod operation;
pub mod permissions;
pub mod picklists;
pub mod subscriptions;
pub mod triggers;
pub mod vocabulary;

mod batch_run;
mod body;
mod common;
mod compose;
mod headers;
mod hidden;
mod raw_response;
mod write_request;

use connector_sdk::Connector;

pub use common::common_actions;

/// The list.
pub fn connector() -> Connector {
    Connector::new(
        "graph_raw",
        "Microsoft Graph, raw",
        "Any request to Microsoft Graph: single requests, batches, pages, changes, uploads and long operations.",
        connections::spec(),
    )
    // actions
    .action::<actions::raw_request::RawRequest>()
    .action::<actions::get::Get>()
    .action::<actions::post::Post>()
    .action::<actions::put::Put>()
    .action::<actions::patch::Patch>()
    .action::<actions::delete::Delete>()
    .action::<actions::batch_request::BatchRequest>()
    .action::<actions::paginate_request::PaginateRequest>()
    .action::<actions::delta_request::DeltaRequest>()
    .action::<actions::upload_session::UploadSession>()
    .action::<actions::poll_operation::PollOperation>()
    .action::<actions::find_permissions::FindPermissions>()
    .action::<actions::create_subscription::CreateSubscription>()
    .action::<actions::list_subscriptions::ListSubscriptions>()
    .action::<actions::get_subscription::GetSubscription>()
    .action::<actions::update_subscription::UpdateSubscription>()
    .action::<actions::delete_subscription::DeleteSubscription>()
    .action::<actions::delete_all_subscriptions::DeleteAllSubscriptions>()
    .action::<actions::reauthorize_subscription::ReauthorizeSubscription>()
    // triggers
    .trigger::<triggers::delta_changes::DeltaChanges>()
    .trigger::<triggers::poll_collection::PollCollection>()
    // picklists
    .picklist::<picklists::subscriptions::Subscriptions>()
}
