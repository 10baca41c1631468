//! Rules of a plan that the schema of its input hides.
//!
//! A form, an agent and `Host::validate` know only the schema. So which properties go together must stand there
//! (`connector_sdk::schema::rules`). The inputs tried here are made of an action's examples, by leaving out and adding
//! properties: what the schema takes, the plan may refuse for what a value is, but not for what is there.

use connector_sdk::{AnyAction, Code, Connector, Context};
use serde_json::{Map, Value};

use super::instance;

/// A rule that only the plan knows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hidden {
    /// The action's id.
    pub action: String,
    /// The properties that the plan looks at together.
    pub properties: Vec<String>,
    /// What the plan says.
    pub message: String,
}

/// The rules that no schema can say, because they are about values or about who is signed in: the action or `*`, a part
/// of the plan's message, and why.
const BEYOND_SCHEMAS: [(&str, &str, &str); 12] = [
    ("*", "this host has no address for notifications", "what the host is set up with is no part of the input"),
    (
        "graph.list_table_rows",
        "this is not a page token",
        "rows are counted, so their tokens are of another kind than the example",
    ),
    ("graph.search_query", "is not a token of a search", "as above"),
    ("*", "this is a local time: give `timeZone`", "whether a time names its offset is in its text"),
    ("*", "an event that takes whole days has days here", "whether a moment is a day is in its text"),
    ("*", "does not belong to this object", "what belongs to a record is told by the dynamic schema of its object"),
    ("graph.search_records", "this kind cannot be searched by words", "as above"),
    ("*", "an app is signed in", "who is signed in is no part of the input"),
    ("graph.search_query", "connections are searched for `externalItem` only", "it depends on what is in a list"),
    ("graph.search_query", "only a search for `message` alone has it", "it depends on what is in a list"),
    ("graph.send_channel_message", "the body has no mark for it", "it depends on the text of the body"),
    ("graph_raw.find_permissions", "", "it depends on what the host has of Microsoft's metadata"),
];

/// The rules of these connectors' plans that their schemas hide.
pub fn hidden(connectors: &[Connector]) -> Vec<Hidden> {
    let actions = connectors
        .iter()
        .flat_map(|connector| connector.actions.iter().map(|action| (connector.name, action.as_ref())));
    let mut found: Vec<Hidden> = actions
        .flat_map(|(connector, action)| of_action(&format!("{connector}.{}", action.spec().name), action))
        .collect();
    found.retain(|hidden| !is_beyond(hidden));
    found.sort();
    found.dedup_by(|one, other| (&one.action, &one.message) == (&other.action, &other.message));
    found
}

fn is_beyond(hidden: &Hidden) -> bool {
    BEYOND_SCHEMAS
        .iter()
        .any(|(action, part, _)| (*action == "*" || *action == hidden.action) && hidden.message.contains(part))
}

fn of_action(id: &str, action: &dyn AnyAction) -> Vec<Hidden> {
    let schema = action.input_schema();
    let Ok(compiled) = jsonschema::draft202012::options().should_validate_formats(true).build(&schema) else {
        return Vec::new();
    };
    let examples: Vec<Map<String, Value>> = schema["examples"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|example| example.as_object().cloned())
        .collect();
    let values = values(&schema, &examples);
    let mut found = Vec::new();
    let mut attempt = |properties: &[&str], input: &Map<String, Value>| -> bool {
        let input = Value::Object(input.clone());
        if !compiled.is_valid(&input) {
            return false;
        }
        match action.plan(input, &Context::user()) {
            Err(error) if error.code() == Code::InvalidInput => {
                let message = error
                    .violations()
                    .iter()
                    .map(|issue| format!("{} {}", issue.pointer, issue.message))
                    .collect::<Vec<_>>()
                    .join("; ");
                found.push(Hidden {
                    action: id.to_owned(),
                    properties: properties.iter().map(|name| (*name).to_owned()).collect(),
                    message,
                });
                false
            }
            _ => true,
        }
    };
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for example in &examples {
        let mut least = example.clone();
        least.retain(|name, _| required.contains(&name.as_str()));
        attempt(&["nothing but what is required"], &least);
        for name in example.keys() {
            let mut less = example.clone();
            less.shift_remove(name);
            attempt(&[name], &less);
        }
        let mut fits = Vec::new();
        for (name, value) in values.iter().filter(|(name, _)| !example.contains_key(*name)) {
            let mut more = example.clone();
            more.insert(name.clone(), value.clone());
            if attempt(&[name], &more) {
                fits.push((name, value));
            }
        }
        for (place, (name, value)) in fits.iter().enumerate() {
            for (other, other_value) in &fits[place + 1..] {
                let mut more = example.clone();
                more.insert((*name).clone(), (*value).clone());
                more.insert((*other).clone(), (*other_value).clone());
                attempt(&[name, other], &more);
            }
        }
    }
    found
}

// A value for each property: from an example of the action, else of the property's own schema.
fn values(schema: &Value, examples: &[Map<String, Value>]) -> Map<String, Value> {
    let mut values = Map::new();
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let shown = examples.iter().find_map(|example| example.get(name)).cloned();
        if let Some(value) =
            shown.or_else(|| made(property)).filter(|value| instance::issues(property, value).is_empty())
        {
            values.insert(name.clone(), value);
        }
    }
    values
}

fn made(property: &Value) -> Option<Value> {
    if property.get("x-bulk").is_some() {
        return None;
    }
    if let Some(example) = property.get("examples").and_then(|all| all.get(0)).or_else(|| property.get("const")) {
        return Some(example.clone());
    }
    if let Some(first) = property.get("enum").and_then(|all| all.get(0)) {
        return Some(first.clone());
    }
    let is = |kind: &str| {
        property["type"] == kind || property["type"].as_array().is_some_and(|kinds| kinds.iter().any(|one| one == kind))
    };
    if is("boolean") {
        // The other of what it is anyway.
        return Some((property["default"] != true).into());
    }
    if is("integer") || is("number") {
        return Some(property.get("minimum").cloned().unwrap_or_else(|| 1.into()));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use connector_sdk::{Action, ConnectionSpec, Effect, Error, Plan, Raw, Request, Result, Spec};
    use schemars::JsonSchema;
    use serde::Deserialize;

    /// Find it.
    #[derive(Debug, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    #[schemars(extend("examples" = [{ "id": "1" }]))]
    struct Find {
        /// The id.
        id: Option<String>,
        /// The path.
        #[schemars(example = "/a")]
        path: Option<String>,
    }

    impl Action for Find {
        type Output = Raw<Map<String, Value>>;
        const SPEC: Spec = Spec::new("find", "Find", Effect::Read);

        fn plan(self, _: &Context) -> Result<Plan<Self::Output>> {
            match (self.id, self.path) {
                (Some(_), Some(_)) => Err(Error::invalid("/path", "not both")),
                (None, None) => Err(Error::invalid("/id", "one of them")),
                _ => Ok(Request::get("/me").raw()),
            }
        }
    }

    #[test]
    fn what_only_the_plan_knows_is_found() {
        let connector = Connector::new("t", "T", "T.", ConnectionSpec::new(Vec::new(), Vec::new())).action::<Find>();
        let messages: Vec<String> = hidden(&[connector]).into_iter().map(|hidden| hidden.message).collect();
        assert_eq!(messages, ["/id one of them", "/path not both"]);
    }
}
