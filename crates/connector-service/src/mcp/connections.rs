//! The tool `list_connections`.

use connector_runtime::{ConnectionInfo, ListedConnection, Result, read_input};
use serde::Deserialize;
use serde_json::{Value, json};

use super::agent::Agent;
use super::reply::{Reply, Told};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {}

/// Lists the connections that the principal reaches.
pub(super) async fn list(agent: &Agent, arguments: Value) -> Told {
    let Asked {} = read_input(arguments)?;
    Ok(Reply::json(&all(agent).await?)?)
}

/// Returns the connections with their states.
///
/// # Errors
/// Those of the host.
pub(super) async fn all(agent: &Agent) -> Result<Value> {
    let connections = agent.host.connections();
    let stored = connections.list().await?;
    let is_stored = |name: &str| stored.iter().any(|one| one.name == name);
    let given = connections.names().await?.into_iter().filter(|one| !is_stored(&one.name));
    let mut all: Vec<Value> = given.map(|one| json!({ "name": one.name, "state": "ready" })).collect();
    for one in &stored {
        all.push(listed(one)?);
    }
    Ok(json!({ "connections": all }))
}

fn listed(one: &ListedConnection) -> Result<Value> {
    match &one.card {
        Ok(card) => shown(card),
        Err(error) => Ok(json!({ "name": one.name, "state": "unreadable", "error": error })),
    }
}

// What an agent needs to choose one, and to say who must act. Names that people choose for themselves are left out:
// they could be anything.
fn shown(card: &ConnectionInfo) -> Result<Value> {
    let state = serde_json::to_value(&card.state).unwrap_or_default();
    let mut shown = json!({ "name": card.name, "state": state["state"], "connector": card.connector });
    if let Some(identity) = &card.identity {
        shown["signedInAs"] = identity.username.as_deref().unwrap_or(&identity.oid).into();
    }
    for member in ["reason", "message", "hint"] {
        if let Some(text) = state.get(member).filter(|text| !text.is_null()) {
            shown[member] = text.clone();
        }
    }
    if let Some(warning) = &card.warning {
        shown["warning"] = warning.as_str().into();
    }
    Ok(shown)
}
