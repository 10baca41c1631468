//! What holds for everything that a connector lists. Each finding is a sentence that says what to do.

use std::collections::BTreeSet;

use connector_schemas::{Problem, instance, style};
use connector_sdk::scopes::{AnyOf, Granted, Scopes};
use connector_sdk::{Code, Connector, Context, Effect, FileMeta, SignInMethod, dynamic_schema};
use serde_json::Value;

use crate::listed::{First, Kind, Listed, listed};

/// Name of the file that every context of a contract has attached.
pub const ATTACHED: &str = "report.pdf";

/// Contract of a connector.
pub type Contract = fn(&Connector) -> Vec<String>;

/// All contracts that need nothing but the connector.
pub const ALL: &[Contract] =
    &[names, house_style, examples, confirmation, sign_ins, permissions, picklists, dynamic_schemas];

/// Returns contexts that a plan may meet: a user, an app with a default user, and an app without one.
pub fn contexts() -> [Context; 3] {
    let file = || [(ATTACHED.to_owned(), FileMeta::new(1234).with_name(Some(ATTACHED.to_owned())))];
    [Context::user(), Context::app(Some("adele@contoso.example")), Context::app(None)].map(|cx| cx.with_files(file()))
}

/// Checks that names are unique and in `snake_case`, that everything has a title, and that only actions change
/// something.
pub fn names(connector: &Connector) -> Vec<String> {
    let mut found = Vec::new();
    if !is_snake_case(connector.name) {
        found.push(format!("the connector's name `{}` is not in snake_case", connector.name));
    }
    let mut seen = BTreeSet::new();
    for thing in listed(connector) {
        if !is_snake_case(thing.spec.name) {
            found.push(format!("{thing}: its name is not in snake_case"));
        }
        if thing.spec.title.is_empty() {
            found.push(format!("{thing}: has no title"));
        }
        if !seen.insert((thing.kind, thing.spec.name)) {
            found.push(format!("{thing}: is listed twice"));
        }
        if thing.kind != Kind::Action && thing.spec.effect != Effect::Read {
            found
                .push(format!("{thing}: has the effect `{}`; only actions change something", thing.spec.effect.name()));
        }
    }
    found
}

fn is_snake_case(name: &str) -> bool {
    let word = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    name.starts_with(|c: char| c.is_ascii_lowercase()) && name.split('_').all(word)
}

/// Checks schemas against the house style.
pub fn house_style(connector: &Connector) -> Vec<String> {
    let mut found = Vec::new();
    for thing in listed(connector) {
        let mut add = |side: &str, issues: Vec<Problem>| {
            found.extend(issues.iter().map(|issue| format!("{thing}: {side}{}: {}", issue.pointer, issue.message)));
        };
        match thing.kind {
            Kind::Action | Kind::Trigger => add("input", style::input(&thing.input)),
            Kind::Picklist | Kind::DynamicSchema => add("input", style::parameters(&thing.input)),
        }
        if let Some(output) = &thing.output {
            add(if thing.kind == Kind::Trigger { "event" } else { "output" }, style::output(output));
        }
    }
    found
}

/// Checks that examples are valid inputs, and that their plans begin.
pub fn examples(connector: &Connector) -> Vec<String> {
    let mut found = Vec::new();
    for thing in listed(connector) {
        for example in thing.input.get("examples").and_then(Value::as_array).into_iter().flatten() {
            for issue in instance::issues(&thing.input, example) {
                found.push(format!(
                    "{thing}: its example {example} is not valid at {}: {}",
                    issue.pointer, issue.message
                ));
            }
            let [user, ..] = contexts();
            match (thing.start)(example.clone(), &user) {
                Ok(First::Fails(error)) | Err(error) if error.code() != Code::InvalidInput => {
                    found.push(format!("{thing}: its example {example} cannot be planned: {error}"));
                }
                _ => {}
            }
        }
    }
    found
}

/// Checks that what has to be confirmed is destructive and accepts only `true`.
pub fn confirmation(connector: &Connector) -> Vec<String> {
    let mut found = Vec::new();
    for thing in listed(connector) {
        let Some(confirm) = thing.input.pointer("/properties/confirm") else { continue };
        let required = [thing.input.get("required"), thing.input.pointer("/else/required")];
        let is_required =
            required.into_iter().flatten().filter_map(Value::as_array).flatten().any(|name| name == "confirm");
        // Where something is deleted for good only if it is said, the yes belongs to that.
        let is_asked = is_required || thing.input.pointer("/properties/permanent").is_some();
        if confirm.get("const") != Some(&Value::Bool(true)) || !is_asked {
            found.push(format!("{thing}: `confirm` must be required and accept only `true`: make it a `Confirm`"));
        }
        if !thing.spec.effect.is_destructive() {
            found.push(format!("{thing}: asks to be confirmed, and its effect is `{}`", thing.spec.effect.name()));
        }
    }
    found
}

/// Checks the declaration of the connections: each method once, and each permission in one list.
pub fn sign_ins(connector: &Connector) -> Vec<String> {
    let mut found = Vec::new();
    let mut methods: BTreeSet<SignInMethod> = BTreeSet::new();
    for sign_in in &connector.connection.sign_ins {
        let (name, permissions) = (sign_in.method.name(), sign_in.permissions);
        if !methods.insert(sign_in.method) {
            found.push(format!("{}: the sign-in method {name} is declared twice", connector.name));
        }
        let declared = Granted::new([permissions.default, permissions.optional].concat());
        let more = permissions.minimum.iter().filter(|scope| !declared.has(scope));
        found.extend(
            more.map(|scope| {
                format!("{} {name}: `{scope}` is always requested; add it to `default` too", connector.name)
            }),
        );
        let chosen = Granted::new(permissions.default);
        let twice = permissions.optional.iter().filter(|scope| chosen.has(scope));
        found.extend(twice.map(|scope| {
            format!("{} {name}: `{scope}` is in `default` and in `optional`; one of them suffices", connector.name)
        }));
    }
    if methods.is_empty() {
        found.push(format!("{}: declares no sign-in method", connector.name));
    }
    found
}

/// Checks that a connection can request what each action needs.
pub fn permissions(connector: &Connector) -> Vec<String> {
    let mut found = Vec::new();
    for thing in listed(connector) {
        if thing.spec.scopes_by_input {
            found.extend(by_input(&thing));
            continue;
        }
        let cases = thing.spec.scope_cases.iter().map(|case| case.scopes);
        for Scopes { delegated, shared, application, .. } in std::iter::once(thing.spec.scopes).chain(cases) {
            let application = application.unwrap_or(AnyOf::NONE);
            let kinds = [
                (delegated, "a user", false),
                (shared, "a user, for what others have shared,", false),
                (application, "an app", true),
            ];
            for (any, who, is_application) in kinds {
                let granted = declared(connector, is_application);
                // `.default` stands for everything that an administrator consented to.
                if !any.is_never() && !any.is_met(&granted) && !granted.has(".default") {
                    found.push(unrequested(&thing, any, who));
                }
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

fn unrequested(thing: &Listed<'_>, any: AnyOf, who: &str) -> String {
    let names: Vec<String> = any.0.iter().map(|name| format!("`{name}`")).collect();
    format!("{thing}: no sign-in method of {who} requests {}: add the first to connections.rs", names.join(" or "))
}

// Some input must be possible.
fn by_input(thing: &Listed<'_>) -> Vec<String> {
    let is_met = |application: bool| {
        let (granted, sets) = (declared(thing.connector, application), thing.spec.possible(application, false));
        granted.has(".default") || sets.is_empty() || sets.iter().any(|set| set.iter().all(|any| any.is_met(&granted)))
    };
    let missing = [("a user", false), ("an app", true)].into_iter().filter(|(_, application)| !is_met(*application));
    missing.map(|(who, _)| format!("{thing}: no sign-in method of {who} allows any input of it")).collect()
}

fn declared(connector: &Connector, application: bool) -> Granted {
    let sign_ins = connector.connection.sign_ins.iter();
    let sign_ins = sign_ins.filter(|sign_in| sign_in.method.is_application() == application);
    Granted::new(sign_ins.flat_map(|sign_in| {
        [sign_in.permissions.minimum, sign_in.permissions.default, sign_in.permissions.optional].concat()
    }))
}

/// Checks that the picklists which inputs name are listed.
pub fn picklists(connector: &Connector) -> Vec<String> {
    fn names(schema: &Value, found: &mut BTreeSet<String>) {
        match schema {
            Value::Object(object) => {
                found.extend(object.get("x-picklist").and_then(Value::as_str).map(str::to_owned));
                object.values().for_each(|value| names(value, found));
            }
            Value::Array(items) => items.iter().for_each(|value| names(value, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    for thing in listed(connector) {
        let mut named = BTreeSet::new();
        names(&thing.input, &mut named);
        let missing = named.into_iter().filter(|name| connector.find_picklist(name).is_none());
        found.extend(
            missing.map(|name| format!("{thing}: names the picklist `{name}`, which the connector does not list")),
        );
    }
    found
}

/// Checks that the dynamic schemas which inputs and outputs name are listed, and depend on properties of the input.
pub fn dynamic_schemas(connector: &Connector) -> Vec<String> {
    fn properties(schema: &Value) -> BTreeSet<&str> {
        schema["properties"].as_object().into_iter().flat_map(|all| all.keys().map(String::as_str)).collect()
    }
    let mut found = Vec::new();
    for thing in listed(connector) {
        let sides = std::iter::once(&thing.input).chain(&thing.output);
        for name in sides.flat_map(dynamic_schema::names) {
            let Some(dynamic) = connector.find_dynamic_schema(name) else {
                found.push(format!("{thing}: names the dynamic schema `{name}`, which the connector does not list"));
                continue;
            };
            let depends = dynamic.input_schema();
            for missing in properties(&depends).difference(&properties(&thing.input)) {
                found.push(format!("{thing}: lacks the property `{missing}`, on which `{name}` depends"));
            }
        }
    }
    found
}
