//! The tool `find_actions`.

use connector_runtime::read_input;
use serde::Deserialize;
use serde_json::{Value, json};

use super::agent::Agent;
use super::reply::{Reply, Told};

/// Number of actions that are found where the caller does not say.
const USUAL: usize = 8;
/// Maximum number of actions that are found.
const MOST: usize = 25;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    query: String,
    connector: Option<String>,
    limit: Option<usize>,
}

/// Finds actions.
pub(super) fn find(agent: &Agent, arguments: Value) -> Told {
    let asked: Asked = read_input(arguments)?;
    let limit = asked.limit.unwrap_or(USUAL).clamp(1, MOST);
    let found = agent.host.find_actions(&asked.query, asked.connector.as_deref(), limit)?;
    let mut whole = json!({ "actions": found });
    if found.is_empty() {
        whole["hint"] =
            "Nothing was found among the actions that you may run. Try other words, such as `list events`.".into();
    }
    Ok(Reply::json(&whole)?)
}
