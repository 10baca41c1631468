//! API keys.

use connector_runtime::Grant;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::answer;
use crate::call::Call;
use crate::route::Answer;

/// A key that is asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewKey {
    name: String,
    #[serde(default)]
    grant: Grant,
}

/// Makes a key. Its text is in this answer alone.
pub(crate) async fn add(mut call: Call) -> Answer {
    let NewKey { name, grant } = call.read().await?;
    let new = call.host.api_keys().add(&name, grant).await?;
    let mut made = serde_json::to_value(&new.principal).unwrap_or_default();
    made["key"] = new.key.expose().into();
    Ok(answer::created(&made)?)
}

/// Lists the keys that the caller manages.
pub(crate) async fn list(call: Call) -> Answer {
    let all = call.host.api_keys().list().await?;
    let keys: Vec<Value> = all
        .into_iter()
        .map(|(id, info)| match info {
            Ok(info) => serde_json::to_value(&info).unwrap_or_default(),
            Err(error) => json!({ "id": id, "state": "unreadable", "error": error }),
        })
        .collect();
    Ok(answer::json(&json!({ "keys": keys }))?)
}

/// Shows a key.
pub(crate) async fn show(call: Call) -> Answer {
    Ok(answer::json(&call.host.api_keys().show(call.param("id")).await?)?)
}

/// Shows the caller's own key: what it may do, in words too.
pub(crate) async fn own(call: Call) -> Answer {
    let principal = call.host.principal();
    Ok(answer::json(&json!({
        "id": principal.id,
        "name": principal.name,
        "grant": principal.grant,
        "expires": principal.expires(),
        "may": principal.grant.describe(),
    }))?)
}

/// Replaces the grant of a key.
pub(crate) async fn change(mut call: Call) -> Answer {
    let grant: Grant = call.read().await?;
    Ok(answer::json(&call.host.api_keys().change(call.param("id"), grant).await?)?)
}

/// Revokes a key, and those that were made with it.
pub(crate) async fn revoke(call: Call) -> Answer {
    let revoked = call.host.api_keys().revoke(call.param("id")).await?;
    Ok(answer::json(&json!({ "revoked": revoked }))?)
}
