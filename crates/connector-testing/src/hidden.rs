//! Rules of a plan that the schema of its input hides.
//!
//! A form, an agent and `Host::validate` know only the schema. So which properties go together must stand there
//! (`connector_sdk::schema::rules`). The inputs tried here are made of the examples of an action, a trigger, a picklist
//! or a dynamic schema, by leaving out and adding properties, at the top and in the objects below: what the schema
//! takes, the plan may refuse for what a value is, but not for what is there.

use std::fmt;

use connector_schemas::instance;
use connector_sdk::schema::escape;
use connector_sdk::{ChoiceQuery, Code, Connector, Context, Error, Plan, Step};
use serde_json::{Map, Value};

/// A rule that only the plan knows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hidden {
    /// The id of the action, trigger, picklist or dynamic schema.
    pub action: String,
    /// The properties that the plan looks at together.
    pub properties: Vec<String>,
    /// What the plan says.
    pub message: String,
}

impl fmt::Display for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Hidden { action, properties, message } = self;
        write!(f, "{action}: the plan refuses what the schema takes, by {}: {message}", properties.join(" and "))
    }
}

/// A rule that no schema can state, because it is about a value, about who is signed in, or about the host.
#[derive(Debug, Clone, Copy)]
pub struct Exception {
    /// The id of the action, trigger, picklist or dynamic schema, or `*` for all.
    pub action: &'static str,
    /// A part of what the plan says.
    pub message: &'static str,
    /// Why no schema can state it.
    pub reason: &'static str,
}

impl Exception {
    /// Creates an exception for what `action` says with `message` in it.
    pub const fn new(action: &'static str, message: &'static str, reason: &'static str) -> Exception {
        Exception { action, message, reason }
    }

    fn is_for(&self, hidden: &Hidden) -> bool {
        (self.action == "*" || self.action == hidden.action) && hidden.message.contains(self.message)
    }
}

/// What every connector may refuse.
const OF_ALL: [Exception; 4] = [
    Exception::new("*", "an app is signed in", "who is signed in is no part of the input"),
    Exception::new("*", "a user is signed in", "who is signed in is no part of the input"),
    Exception::new("*", "no file is attached under the name", "which files are attached is no part of the input"),
    Exception::new(
        "*",
        "this host has no address for notifications",
        "what the host is set up with is no part of the input",
    ),
];

/// Returns the rules of these connectors' plans that their schemas hide, without the exceptions.
pub fn hidden(connectors: &[Connector], exceptions: &[Exception]) -> Vec<Hidden> {
    let mut found: Vec<Hidden> = connectors.iter().flat_map(tried).flat_map(|tried| tried.hides()).collect();
    found.retain(|hidden| !OF_ALL.iter().chain(exceptions).any(|exception| exception.is_for(hidden)));
    found.sort();
    found.dedup_by(|one, other| (&one.action, &one.message) == (&other.action, &other.message));
    found
}

/// What takes an input: its schema, and what its plan has against one.
struct Tried<'a> {
    id: String,
    schema: Value,
    refuses: Box<dyn Fn(Value) -> Option<Error> + 'a>,
}

fn tried(connector: &Connector) -> Vec<Tried<'_>> {
    let id = |name: &str| format!("{}.{name}", connector.name);
    let mut all: Vec<Tried<'_>> = Vec::new();
    all.extend(connector.actions.iter().map(|action| Tried {
        id: id(action.spec().name),
        schema: action.input_schema(),
        refuses: Box::new(|input| refusal(action.plan(input, &Context::user()))),
    }));
    all.extend(connector.triggers.iter().map(|trigger| Tried {
        id: id(trigger.spec().name),
        schema: trigger.input_schema(),
        refuses: Box::new(|input| refusal(trigger.poll(input, None, &Context::user()))),
    }));
    all.extend(connector.picklists.iter().map(|picklist| Tried {
        id: id(picklist.spec().name),
        schema: picklist.input_schema(),
        refuses: Box::new(|input| refusal(picklist.choices(input, ChoiceQuery::default(), &Context::user()))),
    }));
    all.extend(connector.dynamic_schemas.iter().map(|dynamic| Tried {
        id: id(dynamic.spec().name),
        schema: dynamic.input_schema(),
        refuses: Box::new(|input| refusal(dynamic.schema(input, &Context::user()))),
    }));
    all
}

fn refusal<T>(plan: connector_sdk::Result<Plan<T>>) -> Option<Error> {
    match plan.map_or_else(Step::Fail, Plan::into_step) {
        Step::Fail(error) if error.code() == Code::InvalidInput => Some(error),
        _ => None,
    }
}

impl Tried<'_> {
    fn hides(&self) -> Vec<Hidden> {
        let options = jsonschema::draft202012::options().should_validate_formats(true);
        let Ok(compiled) = options.build(&self.schema) else { return Vec::new() };
        let mut examples: Vec<Value> = self.schema["examples"].as_array().cloned().unwrap_or_default();
        if examples.is_empty() {
            examples.extend(object(&self.schema, 0));
        }
        let mut found = Vec::new();
        let mut attempt = |properties: &[&str], input: Value| -> bool {
            if !compiled.is_valid(&input) {
                return false;
            }
            let Some(error) = (self.refuses)(input) else { return true };
            let issues: Vec<String> =
                error.violations().iter().map(|issue| format!("{} {}", issue.pointer, issue.message)).collect();
            found.push(Hidden {
                action: self.id.clone(),
                properties: properties.iter().map(|name| (*name).to_owned()).collect(),
                message: issues.join("; "),
            });
            false
        };
        for example in &examples {
            for place in places(&self.schema, example) {
                vary(&place, &examples, &mut attempt);
            }
        }
        found
    }
}

/// An object in an input that is varied: the whole input, or one below.
struct Place<'a> {
    at: String,
    schema: &'a Value,
    whole: Value,
}

// Also objects that the example does not have.
fn places<'a>(schema: &'a Value, example: &Value) -> Vec<Place<'a>> {
    let mut all = vec![Place { at: String::new(), schema, whole: example.clone() }];
    let mut done = 0;
    while let Some(Place { at, schema, whole }) = all.get(done) {
        let (at, schema, whole) = (at.clone(), *schema, whole.clone());
        done += 1;
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            if property.get("x-bulk").is_some() {
                continue;
            }
            let below = format!("{at}/{}", escape(name));
            let (at, schema) = match property.get("items") {
                Some(items) => (format!("{below}/0"), items),
                None => (below.clone(), property),
            };
            if schema.get("properties").is_none() || at.matches('/').count() > DEPTH {
                continue;
            }
            let mut whole = whole.clone();
            if !whole.pointer(&at).is_some_and(Value::is_object) {
                let Some(new) = object(schema, 0) else { continue };
                let new = if property.get("items").is_some() { Value::Array(vec![new]) } else { new };
                let Some(Value::Object(around)) = whole.pointer_mut(below.rsplit_once('/').map_or("", |(at, _)| at))
                else {
                    continue;
                };
                around.insert(name.clone(), new);
            }
            all.push(Place { at, schema, whole });
        }
    }
    all
}

/// How far down an input is varied.
const DEPTH: usize = 4;

fn vary(place: &Place<'_>, examples: &[Value], attempt: &mut impl FnMut(&[&str], Value) -> bool) {
    let Some(Value::Object(own)) = place.whole.pointer(&place.at) else { return };
    let with = |changed: Map<String, Value>| {
        let mut whole = place.whole.clone();
        if let Some(at) = whole.pointer_mut(&place.at) {
            *at = changed.into();
        }
        whole
    };
    let values = values(place, examples);
    let required = required(place.schema);
    let mut least = own.clone();
    least.retain(|name, _| required.contains(&name.as_str()));
    attempt(&["nothing but what is required"], with(least));
    for name in own.keys() {
        let mut less = own.clone();
        less.shift_remove(name);
        attempt(&[name], with(less));
    }
    let mut fits = Vec::new();
    for (name, value) in values.iter().filter(|(name, _)| !own.contains_key(*name)) {
        let mut more = own.clone();
        more.insert(name.clone(), value.clone());
        if attempt(&[name], with(more)) {
            fits.push((name, value));
        }
    }
    for (number, (name, value)) in fits.iter().enumerate() {
        for (other, other_value) in &fits[number + 1..] {
            let mut more = own.clone();
            more.insert((*name).clone(), (*value).clone());
            more.insert((*other).clone(), (*other_value).clone());
            attempt(&[name, other], with(more));
        }
    }
}

// Of an action that takes many, one input needs this.
fn required(schema: &Value) -> Vec<&str> {
    let all = [schema.get("required"), schema.pointer("/else/required")];
    all.into_iter().flatten().filter_map(Value::as_array).flatten().filter_map(Value::as_str).collect()
}

// A value for each property: from an example of the action, else of the property's own schema.
fn values(place: &Place<'_>, examples: &[Value]) -> Map<String, Value> {
    let mut values = Map::new();
    for (name, property) in place.schema["properties"].as_object().into_iter().flatten() {
        let shown = examples.iter().find_map(|example| example.pointer(&place.at)?.get(name)).cloned();
        if let Some(value) =
            shown.or_else(|| made(property)).filter(|value| instance::issues(property, value).is_empty())
        {
            values.insert(name.clone(), value);
        }
    }
    values
}

// An object with what it needs. `None` where an example of something is missing.
fn object(schema: &Value, depth: usize) -> Option<Value> {
    let mut made_of = Map::new();
    for name in required(schema) {
        let property = &schema["properties"][name];
        let value = made(property).or_else(|| if depth < DEPTH { object(property, depth + 1) } else { None })?;
        made_of.insert(name.to_owned(), value);
    }
    schema.get("properties").map(|_| made_of.into())
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
    use connector_sdk::{Action, Choices, ConnectionSpec, Effect, Error, Picklist, Plan, Raw, Request, Result, Spec};
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
        let found = |exceptions: &[Exception]| -> Vec<String> {
            hidden(std::slice::from_ref(&connector), exceptions).into_iter().map(|hidden| hidden.message).collect()
        };
        assert_eq!(found(&[]), ["/id one of them", "/path not both"]);
        assert_eq!(found(&[Exception::new("t.find", "not both", "")]), ["/id one of them"]);
        assert_eq!(found(&[Exception::new("t.other", "not both", "")]).len(), 2);
    }

    /// Change many.
    #[derive(Debug, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    #[schemars(extend("examples" = [{ "id": "1", "name": "n" }]))]
    struct Change {
        /// The id.
        #[allow(dead_code)]
        id: String,
        /// The name.
        name: Option<String>,
        /// How.
        how: Option<How>,
    }

    /// How.
    #[derive(Debug, Deserialize, JsonSchema)]
    #[schemars(inline)]
    struct How {
        /// In one way.
        one: Option<bool>,
        /// In another.
        other: Option<bool>,
    }

    impl Action for Change {
        type Output = Raw<Map<String, Value>>;
        const SPEC: Spec = Spec::new("change", "Change", Effect::Update).bulk();

        fn plan(self, _: &Context) -> Result<Plan<Self::Output>> {
            if self.how.is_some_and(|how| how.one.is_some() && how.other.is_some()) {
                return Err(Error::invalid("/how/one", "not both ways"));
            }
            match self.name {
                None => Err(Error::invalid("", "nothing to change")),
                Some(_) => Ok(Request::get("/me").raw()),
            }
        }
    }

    #[derive(Debug, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Things {
        /// Whether it is said.
        of: Option<bool>,
    }

    impl Picklist for Things {
        const SPEC: Spec = Spec::new("things", "Things", Effect::Read);

        fn choices(self, _: ChoiceQuery, _: &Context) -> Result<Plan<Choices>> {
            Err(Error::invalid("/of", if self.of.is_some() { "not this" } else { "say it" }))
        }
    }

    #[test]
    fn so_are_those_of_one_of_many_of_objects_below_and_of_picklists() {
        let connector = Connector::new("t", "T", "T.", ConnectionSpec::new(Vec::new(), Vec::new()))
            .action::<Change>()
            .picklist::<Things>();
        let messages: Vec<String> = hidden(&[connector], &[]).into_iter().map(|hidden| hidden.message).collect();
        assert_eq!(messages, [" nothing to change", "/how/one not both ways", "/of say it", "/of not this"]);
    }
}
