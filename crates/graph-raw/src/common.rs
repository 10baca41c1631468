//! The actions that every connector offers.

use connector_sdk::Connector;

use crate::actions;

/// Adds the actions that every connector offers: raw requests and subscriptions, which each connector begins in its own
/// way.
pub fn common_actions(connector: Connector) -> Connector {
    connector
        .action::<actions::delete_all_subscriptions::DeleteAllSubscriptions>()
        .action::<actions::delete_subscription::DeleteSubscription>()
        .action::<actions::get_subscription::GetSubscription>()
        .action::<actions::list_subscriptions::ListSubscriptions>()
        .action::<actions::raw_request::RawRequest>()
        .action::<actions::reauthorize_subscription::ReauthorizeSubscription>()
        .action::<actions::update_subscription::UpdateSubscription>()
}
