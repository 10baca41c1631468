//! Connections: those that there are, and what is done with one of them. [`super::sign_ins`] makes them.

use connector_runtime::AppCredential;
use serde_json::{Value, json};

use crate::answer;
use crate::call::Call;
use crate::route::Answer;
use crate::site;

/// Lists the connections that the caller reaches. Those that the program itself has are there with their names alone.
pub(crate) async fn list(call: Call) -> Answer {
    let connections = call.host.connections();
    let stored = connections.list().await?;
    let is_stored = |name: &str| stored.iter().any(|one| one.name == name);
    let given = connections.names().await?.into_iter().filter(|one| !is_stored(&one.name));
    let mut all: Vec<Value> = given.map(|one| json!({ "name": one.name, "state": "given" })).collect();
    for one in &stored {
        all.push(serde_json::to_value(one).unwrap_or_default());
    }
    Ok(answer::json(&json!({ "connections": all }))?)
}

/// Shows a connection.
pub(crate) async fn show(call: Call) -> Answer {
    Ok(answer::json(&call.host.connections().show(call.param("name")).await?)?)
}

/// Removes a connection, and returns what used it.
pub(crate) async fn remove(call: Call) -> Answer {
    let name = call.param("name");
    let users = call.host.connections().remove(name).await?;
    Ok(answer::json(&json!({ "removed": name, "users": users }))?)
}

/// Tests a connection.
pub(crate) async fn test(call: Call) -> Answer {
    Ok(answer::json(&call.host.connections().test(call.param("name")).await?)?)
}

/// Shows the permissions of a connection.
pub(crate) async fn permissions(call: Call) -> Answer {
    Ok(answer::json(&call.host.connections().permissions(call.param("name")).await?)?)
}

/// Returns the address at which an administrator consents.
pub(crate) async fn admin_consent(call: Call) -> Answer {
    let redirect_uri = site::callback(&call)?;
    let url = call.host.connections().admin_consent_url(call.param("name"), &redirect_uri).await?;
    Ok(answer::json(&json!({ "url": url, "redirectUri": redirect_uri }))?)
}

/// Replaces the client secret or certificate of a connection.
pub(crate) async fn set_secret(mut call: Call) -> Answer {
    let credential: AppCredential = call.read().await?;
    Ok(answer::json(&call.host.connections().set_secret(call.param("name"), &credential).await?)?)
}

/// Lists what uses a connection.
pub(crate) async fn users(call: Call) -> Answer {
    Ok(answer::json(&call.host.connections().users(call.param("name")).await?)?)
}
