//! What can be run: connectors, actions, triggers.

use std::collections::HashSet;

use connector_runtime::{Effect, Error, Rule, Spec};
use connector_sdk::ConnectionSpec;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::answer;
use crate::call::Call;
use crate::route::Answer;

/// The connectors.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Connectors {
    /// The connectors.
    connectors: Vec<ListedConnector>,
}

#[derive(Serialize, JsonSchema)]
struct ListedConnector {
    /// Name.
    name: &'static str,
    /// Name for people.
    title: &'static str,
    /// What it offers.
    description: &'static str,
}

/// A connector.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Connector")]
pub(crate) struct DescribedConnector<'a> {
    /// Name.
    name: &'a str,
    /// Name for people.
    title: &'a str,
    /// What it offers.
    description: &'a str,
    /// Ways to sign in.
    connection: &'a ConnectionSpec,
    /// Schema of the settings of a connection.
    connection_schema: Value,
    /// Ids of the actions that the caller reaches.
    actions: Vec<String>,
    /// Ids of the triggers that the caller reaches.
    triggers: Vec<String>,
}

/// Lists the connectors.
pub(crate) async fn connectors(call: Call) -> Answer {
    let all = call.host.connectors().map(|connector| ListedConnector {
        name: connector.name,
        title: connector.title,
        description: connector.about,
    });
    answer::tagged(&call, &Connectors { connectors: all.collect() })
}

/// Describes a connector, with the schema of its connections.
pub(crate) async fn connector(call: Call) -> Answer {
    let connector = call.host.connector(call.param("name"))?;
    let prefix = format!("{}.", connector.name);
    let of = |ids: Vec<String>| ids.into_iter().filter(|id| id.starts_with(&prefix)).collect::<Vec<_>>();
    let described = DescribedConnector {
        name: connector.name,
        title: connector.title,
        description: connector.about,
        connection: &connector.connection,
        connection_schema: call.host.connection_schema(connector.name)?,
        actions: of(call.host.actions().map(|(id, _)| id).collect()),
        triggers: of(call.host.triggers().map(|(id, _)| id).collect()),
    };
    answer::tagged(&call, &described)
}

/// The actions that a caller reaches.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Actions<'a> {
    /// The actions.
    actions: Vec<Listed<'a>>,
}

/// The triggers that a caller reaches.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Triggers<'a> {
    /// The triggers.
    triggers: Vec<Listed<'a>>,
}

/// An action or a trigger of a list.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Listed<'a> {
    /// Id.
    id: &'a str,
    /// Name for people.
    title: &'static str,
    /// Effect on the world.
    effect: Effect,
    /// Rule that an action is under.
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<Rule>,
    /// Whether the output is a list whose items are emitted one by one.
    list: bool,
    /// Whether many inputs are accepted at once, as `items`.
    bulk: bool,
}

impl<'a> Listed<'a> {
    fn new(id: &'a str, spec: &Spec, rule: Option<Rule>) -> Listed<'a> {
        Listed { id, title: spec.title, effect: spec.effect, rule, list: spec.list, bulk: spec.bulk }
    }
}

/// Lists the actions that the caller reaches.
pub(crate) async fn actions(call: Call) -> Answer {
    let effect = call.query.one_of("effect", EFFECTS.iter().map(|effect| (effect.name(), *effect)))?;
    let all: Vec<(String, &Spec)> = call.host.actions().map(|(id, action)| (id, action.spec())).collect();
    let is_wanted = |id: &str, spec: &Spec| -> Result<bool, Error> {
        Ok(is_wanted(&call, id, spec)? && effect.is_none_or(|effect| effect == spec.effect))
    };
    let mut listed = Vec::new();
    for (id, spec) in &all {
        if is_wanted(id, spec)? {
            listed.push(Listed::new(id, spec, Some(call.host.rule(id)?)));
        }
    }
    if listed.is_empty() {
        let meant = meant(&call)?;
        for (id, spec) in all.iter().filter(|(id, _)| meant.contains(id)) {
            if effect.is_none_or(|effect| effect == spec.effect) {
                listed.push(Listed::new(id, spec, Some(call.host.rule(id)?)));
            }
        }
    }
    answer::tagged(&call, &Actions { actions: listed })
}

/// Returns the names of the effects.
pub(crate) fn effects() -> Vec<&'static str> {
    EFFECTS.iter().map(|effect| effect.name()).collect()
}

const EFFECTS: &[Effect] = &[Effect::Read, Effect::Create, Effect::Update, Effect::Delete, Effect::Send];

/// Lists the triggers that the caller reaches.
pub(crate) async fn triggers(call: Call) -> Answer {
    let all: Vec<(String, &Spec)> = call.host.triggers().map(|(id, trigger)| (id, trigger.spec())).collect();
    let mut listed = Vec::new();
    for (id, spec) in &all {
        if is_wanted(&call, id, spec)? {
            listed.push(Listed::new(id, spec, None));
        }
    }
    answer::tagged(&call, &Triggers { triggers: listed })
}

/// Number of actions that are listed where the query means them and none has its words.
const MEANT: usize = 8;

// The actions that the query means, whatever words they have themselves.
fn meant(call: &Call) -> Result<HashSet<String>, Error> {
    let Some(query) = call.query.get("query") else { return Ok(HashSet::new()) };
    let found = call.host.find_actions(query, call.query.get("connector"), MEANT)?;
    Ok(found.into_iter().flat_map(|found| std::iter::once(found.id).chain(found.also)).collect())
}

fn is_wanted(call: &Call, id: &str, spec: &Spec) -> Result<bool, Error> {
    if let Some(connector) = call.query.get("connector") {
        let connector = call.host.connector(connector)?;
        if id.split('.').next() != Some(connector.name) {
            return Ok(false);
        }
    }
    let query = call.query.get("query").unwrap_or_default().to_lowercase();
    let text = format!("{id} {}", spec.title).to_lowercase();
    Ok(query.split_whitespace().all(|word| text.contains(word)))
}

/// Describes an action: its schemas, its permissions and the rule that it is under.
pub(crate) async fn action(call: Call) -> Answer {
    let id = call.param("id");
    let action = call.host.action(id)?;
    let described = Described {
        id,
        spec: action.spec(),
        rule: Some(call.host.rule(id)?),
        input: action.input_schema(),
        output: Some(action.output_schema()),
        event: None,
    };
    answer::tagged(&call, &described)
}

/// Describes a trigger.
pub(crate) async fn trigger(call: Call) -> Answer {
    let id = call.param("id");
    let trigger = call.host.trigger(id)?;
    let described = Described {
        id,
        spec: trigger.spec(),
        rule: None,
        input: trigger.input_schema(),
        output: None,
        event: Some(trigger.event_schema()),
    };
    answer::tagged(&call, &described)
}

/// An action or a trigger.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ActionOrTrigger")]
pub(crate) struct Described<'a> {
    /// Id.
    id: &'a str,
    #[serde(flatten)]
    spec: &'static Spec,
    /// Rule that an action is under.
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<Rule>,
    /// Schema of the input.
    input: Value,
    /// Schema of the output of an action.
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<Value>,
    /// Schema of the events of a trigger.
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<Value>,
}
