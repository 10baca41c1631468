//! The tools: their list, and who answers which.

use std::sync::LazyLock;

use connector_runtime::{AuthorizedHost, Effect};
use rmcp::RoleServer;
use rmcp::model::{CallToolRequestParams, CallToolResponse, ErrorData, Tool};
use rmcp::service::RequestContext;
use serde_json::{Value, json};

use super::agent::Agent;
use super::approval::Round;
use super::reply::response;
use super::{connections, cut, describe, find, list_choices, pinned, run};

/// The tools as they are listed. Their texts are what an agent reads before all else, so their size counts.
static TOOLS: LazyLock<Vec<Tool>> =
    LazyLock::new(|| serde_json::from_str(include_str!("tools.json")).unwrap_or_default());

/// A tool that runs actions, from the weakest to the strongest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Runs {
    /// Those that read.
    Read,
    /// Those that create or update.
    Change,
    /// Those that send or delete.
    Irreversible,
}

impl Runs {
    /// Returns the tool that runs what has this effect.
    pub(super) fn of(effect: Effect) -> Runs {
        match effect {
            Effect::Read => Runs::Read,
            Effect::Create | Effect::Update => Runs::Change,
            // Also what this version does not know.
            _ => Runs::Irreversible,
        }
    }

    /// Returns the name of the tool.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Runs::Read => "run_read_action",
            Runs::Change => "run_change_action",
            Runs::Irreversible => "run_irreversible_action",
        }
    }

    // The effects for which it is listed.
    const fn effects(self) -> &'static [Effect] {
        match self {
            Runs::Read => &[],
            Runs::Change => &[Effect::Create, Effect::Update],
            Runs::Irreversible => &[Effect::Send, Effect::Delete],
        }
    }
}

/// Lists the tools that a principal has use for, in a fixed order.
pub(super) fn list(host: &AuthorizedHost) -> Vec<Tool> {
    let hidden: Vec<&str> = [Runs::Change, Runs::Irreversible]
        .into_iter()
        .filter(|runs| !host.may_change(runs.effects()))
        .map(Runs::name)
        .collect();
    let mut tools: Vec<Tool> = TOOLS.iter().filter(|tool| !hidden.contains(&&*tool.name)).cloned().collect();
    let connectors: Vec<&str> = host.connectors().map(|connector| connector.name).collect();
    for tool in tools.iter_mut().filter(|tool| tool.name == "find_actions") {
        let mut schema = (*tool.input_schema).clone();
        if let Some(connector) = schema.get_mut("properties").and_then(|all| all.get_mut("connector")) {
            match connectors.is_empty() {
                // An empty list of values is no schema that all clients read.
                true => drop(connector.as_object_mut().map(|connector| connector.remove("enum"))),
                false => connector["enum"] = json!(connectors),
            }
        }
        tool.input_schema = schema.into();
    }
    tools.extend(pinned::tools(host));
    tools
}

/// Answers a call of a tool.
///
/// # Errors
/// For a tool that does not exist. Everything else is a result.
pub(super) async fn call(
    agent: &Agent,
    request: CallToolRequestParams,
    context: &RequestContext<RoleServer>,
) -> Result<CallToolResponse, ErrorData> {
    let arguments = Value::Object(request.arguments.unwrap_or_default());
    let round = Round { responses: request.input_responses.unwrap_or_default(), state: request.request_state };
    let told = match &*request.name {
        "find_actions" => find::find(agent, arguments),
        "describe_action" => describe::describe(agent, arguments).await,
        "list_connections" => connections::list(agent, arguments).await,
        "list_choices" => list_choices::list(agent, arguments).await,
        "preview_action" => run::preview(agent, arguments).await,
        "run_read_action" => run::run(agent, Runs::Read, arguments, context, round).await,
        "run_change_action" => run::run(agent, Runs::Change, arguments, context, round).await,
        "run_irreversible_action" => run::run(agent, Runs::Irreversible, arguments, context, round).await,
        "read_more" => cut::read_more(agent, arguments).await,
        other => {
            if let Some((runs, arguments)) = pinned::call(&agent.host, other, &arguments) {
                return Ok(response(run::run(agent, runs, arguments, context, round).await));
            }
            let message = format!("there is no tool called `{}`; tools/list lists them", other.escape_debug());
            return Err(ErrorData::invalid_params(message, None));
        }
    };
    Ok(response(told))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_tools_can_be_read() {
        let names: Vec<&str> = TOOLS.iter().map(|tool| &*tool.name).collect();
        assert_eq!(names.len(), 9, "{names:?}");
        for runs in [Runs::Read, Runs::Change, Runs::Irreversible] {
            assert!(names.contains(&runs.name()));
        }
    }

    #[test]
    fn an_effect_has_the_tool_whose_hints_are_true_for_it() {
        for effect in [Effect::Read, Effect::Create, Effect::Update, Effect::Send, Effect::Delete] {
            let name = Runs::of(effect).name();
            let hints = TOOLS.iter().find(|tool| tool.name == name).and_then(|tool| tool.annotations.clone()).unwrap();
            assert_eq!(hints.read_only_hint, Some(effect == Effect::Read), "{name}");
            let irreversible = matches!(effect, Effect::Send | Effect::Delete);
            assert_eq!(hints.destructive_hint.unwrap_or(false), irreversible, "{name}");
        }
    }
}
