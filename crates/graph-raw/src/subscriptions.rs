//! Subscriptions to change notifications, for every connector that offers them.

use std::collections::BTreeSet;

use connector_sdk::schema::rules;
use connector_sdk::subscription::{ChangeType, expiry};
use connector_sdk::{Context, Error, Json, Plan, Properties, Raw, Request, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use url::Url;

use crate::permissions::watching;

/// A subscription, as Graph returns it; see [the subscription resource][1].
///
/// [1]: https://learn.microsoft.com/en-us/graph/api/resources/subscription
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-graph-type" = "subscription"))]
pub struct Subscription {
    /// The id.
    pub id: String,
    /// Resource that is watched, such as `me/messages`.
    pub resource: Option<String>,
    /// The kinds of changes that are reported, separated by commas.
    pub change_type: Option<String>,
    /// Address to which notifications are sent.
    pub notification_url: Option<String>,
    /// Address for notifications about the subscription itself.
    pub lifecycle_notification_url: Option<String>,
    /// When it ends, in UTC.
    pub expiration_date_time: Option<String>,
    /// The text that every notification carries, by which the receiver recognises a forged one.
    pub client_state: Option<String>,
    /// Whether notifications carry the data itself, encrypted.
    pub include_resource_data: Option<bool>,
    /// The app that made it.
    pub application_id: Option<String>,
    /// Who made it.
    pub creator_id: Option<String>,
}

/// The id of a subscription.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(inline, extend("x-picklist" = "subscriptions", "format" = "uuid"))]
pub struct SubscriptionId(pub String);

/// What a new subscription says, beside the resource. Used with `#[serde(flatten)]`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = rules::needed_with(&["encryptionCertificate", "includeResourceData=true"]))]
#[schemars(transform = rules::needed_with(&["encryptionCertificateId", "includeResourceData=true"]))]
pub struct Wanted {
    /// The kinds of changes to report. Some resources do not report all of them: files and lists report only `updated`.
    #[schemars(length(min = 1, max = 3), extend("uniqueItems" = true))]
    change_types: Vec<ChangeType>,
    /// Address to which notifications are sent: an https URL that answers Graph's validation request within ten
    /// seconds.
    #[schemars(extend("format" = "uri", "maxLength" = 2048))]
    notification_url: String,
    /// Lifetime in minutes. The default is the maximum that Graph allows for the resource; a longer lifetime is reduced
    /// to it.
    #[schemars(range(min = 45))]
    expiration_minutes: Option<i64>,
    /// Address for notifications about the subscription itself, such as that it needs to be authorised again.
    #[schemars(extend("format" = "uri", "maxLength" = 2048))]
    lifecycle_notification_url: Option<String>,
    /// A text that every notification carries, by which the receiver recognises a forged one. Without it, one is
    /// generated and returned.
    #[schemars(length(min = 1, max = 128))]
    client_state: Option<String>,
    /// Have notifications carry the data itself, encrypted for `encryptionCertificate`. The resource needs a `$select`
    /// then.
    #[serde(default)]
    include_resource_data: bool,
    /// The certificate for which the data is encrypted, as base64.
    encryption_certificate: Option<String>,
    /// Your own name for the certificate.
    #[schemars(length(min = 1, max = 128))]
    encryption_certificate_id: Option<String>,
    /// Create another subscription even if there is one for the same resource, changes and address. By default the
    /// existing one is returned.
    #[serde(default)]
    allow_duplicates: bool,
}

/// Which subscriptions, by where their notifications go. Used with `#[serde(flatten)]`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Whose {
    /// Only subscriptions whose notifications go to this address or below it, such as those of another instance of a
    /// program. `instanceOnly` is then ignored.
    #[schemars(extend("format" = "uri"), length(min = 1, max = 2048))]
    pub notification_url: Option<String>,
    /// Only subscriptions whose notifications go to the address of this host or below it; the default. With `false`,
    /// those of every program that uses the same app are meant too.
    #[serde(default = "yes")]
    pub instance_only: bool,
}

fn yes() -> bool {
    true
}

/// The address, below which a subscription is meant.
#[derive(Debug, Clone)]
pub enum Below {
    /// This one.
    Address(Url),
    /// Any: all are meant.
    Any,
    /// That of this host, which has none.
    Unknown,
}

impl Whose {
    /// Below which address.
    ///
    /// # Errors
    /// `invalid_input` at `/notificationUrl` for what is no address.
    pub fn below(&self, cx: &Context) -> Result<Below> {
        Ok(match (&self.notification_url, self.instance_only, &cx.notifications) {
            (Some(url), ..) => match Url::parse(url) {
                Ok(url) if url.has_host() => Below::Address(url),
                _ => {
                    return Err(Error::invalid(
                        "/notificationUrl",
                        "is not an address such as https://hooks.contoso.example/graph",
                    ));
                }
            },
            (None, false, _) => Below::Any,
            (None, true, Some(own)) => Below::Address(Url::clone(own)),
            (None, true, None) => Below::Unknown,
        })
    }
}

impl Below {
    /// Whether it is one address.
    pub fn is_one(&self) -> bool {
        matches!(self, Below::Address(_))
    }

    /// Whether the notifications of a subscription go there. Where it is not known, all do.
    pub fn has(&self, subscription: &Subscription) -> bool {
        let Below::Address(base) = self else { return true };
        let goes_to = subscription.notification_url.as_ref().and_then(|url| Url::parse(url).ok());
        goes_to.is_some_and(|url| is_below(&url, base))
    }
}

// As parsed URLs: a prefix of the text would take https://hooks.example/graph2 for something below /graph, and
// https://HOOKS.example:443/graph for something else.
fn is_below(url: &Url, base: &Url) -> bool {
    let path = base.path().trim_end_matches('/');
    url.origin() == base.origin()
        && url.path().strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Subscribes to a resource. `preference` is one that Graph keeps for the notifications, such as the kind of ids in
/// them.
///
/// # Errors
/// `invalid_input` where data is wanted without a certificate.
pub fn subscribe(
    resource: String,
    wanted: Wanted,
    preference: Option<&str>,
    cx: &Context,
) -> Result<Plan<Raw<Subscription>>> {
    for (missing, name) in [
        (wanted.encryption_certificate.is_none(), "encryptionCertificate"),
        (wanted.encryption_certificate_id.is_none(), "encryptionCertificateId"),
    ] {
        if wanted.include_resource_data && missing {
            return Err(Error::invalid(format!("/{name}"), "is missing: notifications with data are encrypted"));
        }
    }
    let changes = wanted.change_types.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(",");
    let state = wanted.client_state.unwrap_or_else(|| hex::encode(cx.entropy));
    let mut body = json!({
        "changeType": changes, "notificationUrl": wanted.notification_url, "resource": resource, "clientState": state,
        "expirationDateTime": expiry(cx.now, &resource, wanted.include_resource_data, wanted.expiration_minutes),
    });
    if let Some(url) = wanted.lifecycle_notification_url {
        body["lifecycleNotificationUrl"] = json!(url);
    }
    if wanted.include_resource_data {
        body["includeResourceData"] = json!(true);
        body["encryptionCertificate"] = json!(wanted.encryption_certificate);
        body["encryptionCertificateId"] = json!(wanted.encryption_certificate_id);
    }
    // What it takes is known from what is watched, for some resources.
    let scopes = watching(&resource);
    let create = Request::post("/subscriptions").json(&body);
    let create = preference.map_or_else(|| create.clone(), |preference| create.clone().prefer(preference));
    let create = scopes.into_iter().fold(create, Request::with_scopes);
    if wanted.allow_duplicates {
        return Ok(create.raw());
    }
    let url = wanted.notification_url;
    let plan = Request::get("/subscriptions").all_items().and_then(move |known| {
        let same = |item: &Json| {
            let known = Properties::of(item);
            let is = |name: &str, same: fn(&str, &str) -> bool, wanted: &str| {
                known.text(name).is_some_and(|known| same(&known, wanted))
            };
            is("resource", is_same_resource, &resource)
                && is("notificationUrl", is_same_address, &url)
                && is("changeType", are_same_changes, &changes)
        };
        match known.into_iter().find(same) {
            Some(known) => Plan::done(Raw::new(known)),
            None => create.raw(),
        }
    });
    Ok(scopes.into_iter().fold(plan, Plan::require))
}

// Graph keeps what it got, with or without a slash before it, and means the same by letters of either case.
fn is_same_resource(one: &str, other: &str) -> bool {
    one.trim_matches('/').eq_ignore_ascii_case(other.trim_matches('/'))
}

fn is_same_address(one: &str, other: &str) -> bool {
    match (Url::parse(one), Url::parse(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    }
}

// In whatever order they are named.
fn are_same_changes(one: &str, other: &str) -> bool {
    let set = |text: &str| -> BTreeSet<String> { text.split(',').map(|kind| kind.trim().to_lowercase()).collect() };
    set(one) == set(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_below_another_by_whole_segments() {
        let url = |text: &str| Url::parse(text).unwrap();
        let base = url("https://hooks.contoso.example/graph");
        for below in [
            "https://hooks.contoso.example/graph",
            "https://HOOKS.contoso.example:443/graph/a?x=1",
            "https://hooks.contoso.example/graph/",
        ] {
            assert!(is_below(&url(below), &base), "{below}");
        }
        for other in [
            "https://hooks.contoso.example/graph2",
            "https://hooks.contoso.example/",
            "https://hooks.contoso.example:8443/graph",
            "http://hooks.contoso.example/graph",
            "https://hooks.contoso.example.evil.example/graph",
            "https://hooks.contoso.example/graph/../other",
            "EventHub:https://hooks.contoso.example/graph",
        ] {
            assert!(!is_below(&url(other), &base), "{other}");
        }
        assert!(is_below(&url("https://hooks.contoso.example/graph"), &url("https://hooks.contoso.example")));
    }

    #[test]
    fn the_same_subscription_is_found_however_it_is_written() {
        assert!(is_same_resource("/me/MailFolders('Inbox')/messages", "me/mailFolders('inbox')/messages"));
        assert!(!is_same_resource("me/messages", "me/events"));
        assert!(is_same_address("https://HOOKS.contoso.example:443/a?x=1", "https://hooks.contoso.example/a?x=1"));
        assert!(!is_same_address("https://hooks.contoso.example/A", "https://hooks.contoso.example/a"));
        assert!(
            are_same_changes("Updated, created", "created,updated") && !are_same_changes("created", "created,updated")
        );
    }
}
