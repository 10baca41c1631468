//! The tool `describe_action`.

use connector_runtime::{Error, portable, read_input};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::agent::Agent;
use super::reply::{Reply, Told};
use super::tool::Runs;
use super::untrusted::Nonce;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    action: String,
    connection: Option<String>,
    input: Option<Map<String, Value>>,
}

/// Describes an action, and with a connection also what depends on the tenant.
pub(super) async fn describe(agent: &Agent, arguments: Value) -> Told {
    let asked: Asked = read_input(arguments)?;
    let mut described = of(agent, &asked.action)?;
    if asked.connection.is_some() || asked.input.is_some() {
        let input = Value::Object(asked.input.unwrap_or_default());
        let connection = asked.connection.unwrap_or_default();
        let resolved = agent.host.resolve(&asked.action, &connection, &input).await?;
        let known = agent.host.action(&asked.action)?.input_schema();
        if resolved.input != known {
            // Its names are the tenant's.
            described["untrusted"] = Nonce::random().around("input", portable(&resolved.input).schema);
            described["input"] = "See `untrusted`: it has the names that the tenant gave.".into();
        }
    }
    Ok(Reply::json(&described)?)
}

/// Returns the description of an action that depends on nothing else.
///
/// # Errors
/// `unknown_action`.
pub(super) fn of(agent: &Agent, id: &str) -> Result<Value, Error> {
    let action = agent.host.action(id)?;
    let (spec, schema) = (action.spec(), action.input_schema());
    let portable = portable(&schema);
    let mut described = json!({
        "action": id,
        "title": spec.title,
        "effect": spec.effect,
        "rule": agent.host.rule(id)?,
        "tool": Runs::of(spec.effect).name(),
        "input": portable.schema,
    });
    let mut add = |name: &str, value: Value| described[name] = value;
    if !portable.notes.is_empty() {
        add("notes", json!(portable.notes));
    }
    if let Some(example) = schema.get("examples").and_then(|all| all.get(0)) {
        add("example", example.clone());
    }
    let printed = serde_json::to_value(spec).unwrap_or_default();
    for (member, name) in [("scopes", "permissions"), ("scopeCases", "permissionsOfSomeInputs"), ("undo", "undo")] {
        if let Some(value) = printed.get(member).filter(|value| !value.is_null()) {
            add(name, value.clone());
        }
    }
    Ok(described)
}
