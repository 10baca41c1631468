//! Subscriptions to Graph's notifications, which the host makes, renews and ends for the watches that ask for them.
//!
//! A notification says that there may be something, and nothing else counts: it makes the watch poll at once. So a
//! notification that is lost, late, forged or repeated loses nothing and invents nothing, and a watch without a
//! subscription is a watch that is polled.

mod address;
mod ingress;
mod job;
mod stored;

use connector_sdk::subscription::NotificationEndpoint;
use connector_sdk::{Error, Result, Secret};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use url::Url;

use crate::watch::WatchId;

pub(crate) use self::address::check_address;
pub use self::ingress::{MAX_NOTIFICATION, Received};
pub(crate) use self::job::{SubscriptionJob, task};
pub(crate) use self::stored::SubscriptionRecord;

/// State of the subscription of a watch.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "subscription", rename_all = "snake_case")]
#[non_exhaustive]
pub enum SubscriptionState {
    /// Graph has not confirmed it yet.
    Creating,
    /// Graph notifies of changes.
    Active {
        /// When it ends. It is renewed at half its life.
        #[serde(rename = "subscriptionEnds")]
        ends: Timestamp,
    },
    /// It could not be made or renewed, and somebody must act. The watch is polled at its interval meanwhile.
    Failed {
        /// The error, as every interface prints errors.
        #[serde(rename = "subscriptionError")]
        error: Value,
    },
}

/// Returns the addresses of a subscription below the address of the host.
///
/// # Errors
/// `bug` for a token that is no path.
fn endpoint(base: &Url, token: &str, client_state: &str) -> Result<NotificationEndpoint> {
    let below = |rest: &str| -> Result<String> {
        let path = format!("{}/{token}{rest}", base.path().trim_end_matches('/'));
        let mut url = base.clone();
        url.set_path(&path);
        Url::parse(url.as_str()).map(String::from).map_err(|error| Error::bug(error.to_string()))
    };
    Ok(NotificationEndpoint::new(below("")?, below("/lifecycle")?, Secret::new(client_state)))
}

fn key(watch: &WatchId) -> String {
    format!("main/{watch}")
}
