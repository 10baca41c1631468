//! Subscriptions to Graph's change notifications: the requests that make, renew and end them.
//!
//! A host sends them for a trigger that says [what notifies of its events](crate::Trigger::notification_resource). See
//! [change notifications][1].
//!
//! [1]: https://learn.microsoft.com/en-us/graph/change-notifications-delivery-webhooks

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{Request, Secret};

/// A kind of change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum ChangeType {
    /// An item was created.
    Created,
    /// An item was changed.
    Updated,
    /// An item was deleted.
    Deleted,
}

impl ChangeType {
    /// Returns its name as Graph writes it.
    pub const fn name(self) -> &'static str {
        match self {
            ChangeType::Created => "created",
            ChangeType::Updated => "updated",
            ChangeType::Deleted => "deleted",
        }
    }
}

/// What Graph notifies of: a resource, and the changes of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct NotificationResource {
    /// Path of the resource, such as `me/mailFolders('inbox')/messages`.
    pub resource: String,
    /// The changes.
    pub changes: Vec<ChangeType>,
}

impl NotificationResource {
    /// Creates it.
    pub fn new(resource: impl Into<String>, changes: &[ChangeType]) -> NotificationResource {
        NotificationResource { resource: resource.into(), changes: changes.to_vec() }
    }
}

/// Where the notifications of a subscription go.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct NotificationEndpoint {
    /// Address for notifications of changes.
    pub url: String,
    /// Address for notifications about the subscription itself.
    pub lifecycle_url: String,
    /// A text that every notification carries, by which a forged one is recognised.
    pub client_state: Secret,
}

impl NotificationEndpoint {
    /// Creates it.
    pub fn new(url: impl Into<String>, lifecycle_url: impl Into<String>, client_state: Secret) -> NotificationEndpoint {
        NotificationEndpoint { url: url.into(), lifecycle_url: lifecycle_url.into(), client_state }
    }
}

/// Returns the request that makes a subscription, for as long as Graph allows. Graph asks the endpoint for a handshake
/// before it answers.
pub fn subscribe(to: &NotificationResource, endpoint: &NotificationEndpoint, now: Timestamp) -> Request {
    let changes: Vec<&str> = to.changes.iter().map(|change| change.name()).collect();
    Request::post("/subscriptions")
        .json(json!({
            "changeType": changes.join(","),
            "notificationUrl": endpoint.url,
            "lifecycleNotificationUrl": endpoint.lifecycle_url,
            "resource": to.resource,
            "clientState": endpoint.client_state.expose(),
            "expirationDateTime": expiry(now, &to.resource, false, None),
        }))
        // Ids in notifications stay when a message is moved.
        .prefer("IdType=\"ImmutableId\"")
}

/// Returns the request that renews a subscription, for as long as Graph allows.
pub fn renew(id: &str, resource: &str, now: Timestamp) -> Request {
    Request::patch("/subscriptions/{subscription}")
        .path_param("subscription", id)
        .json(json!({ "expirationDateTime": expiry(now, resource, false, None) }))
        .idempotent()
}

/// Returns the request that confirms a subscription whose authorisation Graph asks about.
pub fn reauthorize(id: &str) -> Request {
    Request::post("/subscriptions/{subscription}/reauthorize").path_param("subscription", id).idempotent()
}

/// Returns the request that ends a subscription.
pub fn remove(id: &str) -> Request {
    Request::delete("/subscriptions/{subscription}").path_param("subscription", id)
}

/// Returns the request that lists the subscriptions of the app, a page at a time.
pub fn list() -> Request {
    Request::get("/subscriptions")
}

/// Returns when a subscription ends that is made or renewed now. `minutes` are those that are wished for; more than Graph
/// allows are reduced to that.
pub fn expiry(now: Timestamp, resource: &str, with_data: bool, minutes: Option<i64>) -> String {
    let most = most_minutes(resource, with_data);
    let minutes = minutes.unwrap_or(most).min(most);
    // A minute less, so that a clock that is slow does not ask for more than is allowed.
    let moment = now.saturating_add(SignedDuration::from_mins(minutes - 1)).unwrap_or(now);
    format!("{moment:.0}")
}

// Most minutes by what the resource is; see https://learn.microsoft.com/en-us/graph/change-notifications-overview
// (August 2026). What is not known here gets the shortest of the long ones, which all allow.
fn most_minutes(resource: &str, with_data: bool) -> i64 {
    let path = resource.split('?').next().unwrap_or_default().trim_matches('/').to_lowercase();
    let parts: Vec<&str> = path.split('/').collect();
    let has = |name: &str| parts.iter().any(|part| part.split('(').next() == Some(name));
    match () {
        () if has("messages") && (has("teams") || has("chats")) => 4_320,
        () if has("messages") || has("events") || has("contacts") => {
            if with_data {
                1_440
            } else {
                10_080
            }
        }
        () if has("drive") || has("drives") || has("lists") => 42_300,
        () if parts.first().is_some_and(|first| *first == "users" || *first == "groups") => 41_760,
        () => 4_230,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_life_is_never_longer_than_allowed() {
        let now = Timestamp::UNIX_EPOCH;
        let minutes = |resource: &str, data, asked| {
            expiry(now, resource, data, asked).parse::<Timestamp>().unwrap().as_second() / 60 + 1
        };
        assert_eq!(minutes("me/messages", false, None), 10_080);
        assert_eq!(minutes("/users/x/mailFolders('inbox')/messages?$select=subject", true, Some(99_999)), 1_440);
        assert_eq!(minutes("teams/1/channels/2/messages", false, None), 4_320);
        assert_eq!(minutes("groups/1/members", false, Some(60)), 60);
        assert_eq!(minutes("me/drive/root", false, None), 42_300);
        assert_eq!(minutes("communications/callRecords", false, None), 4_230);
    }
}
