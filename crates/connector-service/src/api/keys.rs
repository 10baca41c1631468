//! API keys.

use connector_runtime::{Grant, PrincipalId, PrincipalInfo};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::answer;
use crate::call::Call;
use crate::openapi::ErrorMembers;
use crate::route::Answer;

/// A key that is asked for.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewKey {
    /// Name for people.
    #[schemars(length(min = 1, max = 100))]
    name: String,
    /// What it may do; without it, nothing.
    #[serde(default)]
    grant: Grant,
}

/// A key that was made.
#[derive(Serialize, JsonSchema)]
pub(crate) struct MadeKey {
    #[serde(flatten)]
    info: PrincipalInfo,
    /// Text of the key, which is in this answer alone.
    key: String,
}

/// The keys that a caller manages.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Keys")]
pub(crate) struct List {
    /// The keys.
    keys: Vec<Listed>,
}

/// A key of a list.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "ListedKey")]
enum Listed {
    Key(Box<PrincipalInfo>),
    Unreadable(Unreadable),
}

/// A key that cannot be read, and why.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "UnreadableKey")]
struct Unreadable {
    /// Id of the key.
    id: PrincipalId,
    /// That it cannot be read.
    #[schemars(extend("const" = "unreadable"))]
    state: &'static str,
    /// Why.
    #[schemars(with = "ErrorMembers")]
    error: connector_runtime::Error,
}

/// The key of a caller.
#[derive(Serialize, JsonSchema)]
pub(crate) struct OwnKey {
    /// Id of the key; that of callers without a key has a word.
    id: PrincipalId,
    /// Name for people.
    name: String,
    /// What it may do by itself. Its parents may narrow that.
    grant: Grant,
    /// Time at which it or one of its parents ends; null: it does not.
    expires: Option<Timestamp>,
    /// What it may do, in sentences.
    may: Vec<String>,
}

/// The keys that were revoked.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "RevokedKeys")]
pub(crate) struct Revoked {
    /// Ids of the keys: the one that was named, and those that were made with it.
    revoked: Vec<PrincipalId>,
}

/// Makes a key. Its text is in this answer alone.
pub(crate) async fn add(mut call: Call) -> Answer {
    let NewKey { name, grant } = call.read().await?;
    let new = call.host.api_keys().add(&name, grant).await?;
    Ok(answer::created(&MadeKey { info: new.principal, key: new.key.expose().to_owned() })?)
}

/// Lists the keys that the caller manages.
pub(crate) async fn list(call: Call) -> Answer {
    let all = call.host.api_keys().list().await?;
    let listed = all.into_iter().map(|(id, info)| match info {
        Ok(info) => Listed::Key(Box::new(info)),
        Err(error) => Listed::Unreadable(Unreadable { id, state: "unreadable", error }),
    });
    Ok(answer::json(&List { keys: listed.collect() })?)
}

/// Shows a key.
pub(crate) async fn show(call: Call) -> Answer {
    Ok(answer::json(&call.host.api_keys().show(call.param("id")).await?)?)
}

/// Shows the caller's own key: what it may do, in words too.
pub(crate) async fn own(call: Call) -> Answer {
    let principal = call.host.principal();
    Ok(answer::json(&OwnKey {
        id: principal.id.clone(),
        name: principal.name.clone(),
        grant: principal.grant.clone(),
        expires: principal.expires(),
        may: principal.grant.describe(),
    })?)
}

/// Replaces the grant of a key.
pub(crate) async fn change(mut call: Call) -> Answer {
    let grant: Grant = call.read().await?;
    Ok(answer::json(&call.host.api_keys().change(call.param("id"), grant).await?)?)
}

/// Revokes a key, and those that were made with it.
pub(crate) async fn revoke(call: Call) -> Answer {
    let revoked = call.host.api_keys().revoke(call.param("id")).await?;
    Ok(answer::json(&Revoked { revoked })?)
}
