//! Connections.

use serde_json::{Value, json};

use crate::answer;
use crate::call::Call;
use crate::route::Answer;

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
