//! App registrations that connections share.

use connector_runtime::OauthProfile;
use serde_json::{Value, json};

use crate::answer;
use crate::call::Call;
use crate::route::Answer;

/// Lists the app registrations, without their secrets.
pub(crate) async fn list(call: Call) -> Answer {
    let all = call.host.connections().profiles().await?;
    let profiles: Vec<Value> = all
        .into_iter()
        .map(|(name, profile)| match profile {
            Ok(profile) => named(&name, profile),
            Err(error) => json!({ "name": name, "state": "unreadable", "error": error }),
        })
        .collect();
    Ok(answer::json(&json!({ "profiles": profiles }))?)
}

/// Shows an app registration, without its secrets.
pub(crate) async fn show(call: Call) -> Answer {
    let name = call.param("name");
    Ok(answer::json(&named(name, call.host.connections().profile(name).await?))?)
}

/// Stores an app registration, or replaces it.
pub(crate) async fn store(mut call: Call) -> Answer {
    let profile: OauthProfile = call.read().await?;
    let followers = call.host.connections().put_profile(call.param("name"), &profile).await?;
    let failed: Vec<Value> =
        followers.failed.iter().map(|(name, error)| json!({ "connection": name, "error": error })).collect();
    Ok(answer::json(&json!({ "changed": followers.changed, "failed": failed }))?)
}

/// Removes an app registration.
pub(crate) async fn remove(call: Call) -> Answer {
    let name = call.param("name");
    call.host.connections().remove_profile(name).await?;
    Ok(answer::json(&json!({ "removed": name }))?)
}

fn named(name: &str, mut profile: Value) -> Value {
    profile["name"] = name.into();
    profile
}
