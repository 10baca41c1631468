//! What holds for everything that any connector lists, found by looking at the lists.

mod generated_inputs;
mod outputs;
mod permissions;

use std::collections::BTreeSet;
use std::fmt::Debug;

use connector_schemas::style;
use connector_sdk::{
    ChoiceQuery, Code, Connector, Context, Effect, Error, FileMeta, Plan, Request, Result, Spec, dynamic_schema,
};
use serde_json::Value;
use tenon_tests::transcript::cases;
use tenon_tests::{arbitrary, connectors};

type Start<'a> = Box<dyn Fn(Value, &Context) -> Result<First> + 'a>;

/// A thing that a connector lists, whatever its kind.
struct Listed<'a> {
    connector: &'a Connector,
    kind: &'static str,
    spec: &'static Spec,
    input: Value,
    start: Start<'a>,
}

/// What a plan does first, without its type.
#[derive(Debug)]
enum First {
    Fails(Error),
    Sends(Vec<Request>),
    Else,
}

fn first<T>(plan: Plan<T>) -> First {
    match plan {
        Plan::Fail(error) => First::Fails(error),
        Plan::Call(request, _) | Plan::Download(request, ..) => First::Sends(vec![*request]),
        Plan::All(requests, ..) => First::Sends(requests),
        _ => First::Else,
    }
}

impl Listed<'_> {
    fn name(&self) -> String {
        format!("{}.{} ({})", self.connector.name, self.spec.name, self.kind)
    }
}

fn listed(connectors: &[Connector]) -> Vec<Listed<'_>> {
    let mut all = Vec::new();
    for connector in connectors {
        all.extend(connector.actions.iter().map(|action| Listed {
            connector,
            kind: "action",
            spec: action.spec(),
            input: action.input_schema(),
            start: Box::new(move |input, cx| action.plan(input, cx).map(first)),
        }));
        all.extend(connector.triggers.iter().map(|trigger| Listed {
            connector,
            kind: "trigger",
            spec: trigger.spec(),
            input: trigger.input_schema(),
            start: Box::new(move |input, cx| trigger.poll(input, None, cx).map(first)),
        }));
        all.extend(connector.picklists.iter().map(|picklist| Listed {
            connector,
            kind: "picklist",
            spec: picklist.spec(),
            input: picklist.input_schema(),
            start: Box::new(move |input, cx| picklist.choices(input, ChoiceQuery::default(), cx).map(first)),
        }));
        all.extend(connector.dynamic_schemas.iter().map(|dynamic| Listed {
            connector,
            kind: "dynamic schema",
            spec: dynamic.spec(),
            input: dynamic.input_schema(),
            start: Box::new(move |input, cx| dynamic.schema(input, cx).map(first)),
        }));
    }
    all
}

fn contexts() -> [Context; 3] {
    [Context::user(), Context::app(Some("adele@contoso.example")), Context::app(None)].map(|mut cx| {
        let meta = FileMeta { size: 1234, name: Some(arbitrary::ATTACHED.to_owned()), content_type: None };
        cx.files.insert(arbitrary::ATTACHED.to_owned(), meta);
        cx
    })
}

fn none(found: &[impl Debug]) {
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn schemas_keep_the_house_style() {
    let mut found = Vec::new();
    for connector in &connectors() {
        let mut add =
            |name: &str, side: &str, problems: Vec<connector_schemas::Problem>| {
                found.extend(problems.into_iter().map(|problem| {
                    format!("{}.{name} {side}{}: {}", connector.name, problem.pointer, problem.message)
                }));
            };
        for action in &connector.actions {
            add(action.spec().name, "input", style::input(&action.input_schema()));
            add(action.spec().name, "output", style::output(&action.output_schema()));
        }
        for trigger in &connector.triggers {
            add(trigger.spec().name, "input", style::input(&trigger.input_schema()));
            add(trigger.spec().name, "event", style::output(&trigger.event_schema()));
        }
        for picklist in &connector.picklists {
            add(picklist.spec().name, "input", style::parameters(&picklist.input_schema()));
        }
        for dynamic in &connector.dynamic_schemas {
            add(dynamic.spec().name, "input", style::parameters(&dynamic.input_schema()));
        }
    }
    none(&found);
}

#[test]
fn names_are_snake_case_and_unique() {
    let connectors = connectors();
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for connector in &connectors {
        if xtask::scaffold::names::check(connector.name).is_err() || !seen.insert((connector.name, "connector", "")) {
            found.push(connector.name.to_owned());
        }
    }
    for thing in listed(&connectors) {
        // A module may not be called like a keyword, but an action may.
        let snake = xtask::scaffold::names::check(&format!("{}_x", thing.spec.name)).is_ok();
        if !snake || thing.spec.title.is_empty() || !seen.insert((thing.connector.name, thing.kind, thing.spec.name)) {
            found.push(thing.name());
        }
        if thing.kind != "action" && thing.spec.effect != Effect::Read {
            found.push(format!("{} changes something", thing.name()));
        }
    }
    none(&found);
}

#[test]
fn examples_validate_and_plan() {
    let mut found = Vec::new();
    let connectors = connectors();
    for thing in listed(&connectors) {
        for example in thing.input.get("examples").and_then(Value::as_array).into_iter().flatten() {
            for issue in xtask::validate::issues(&thing.input, example) {
                found.push(format!("{}: {example} at {}: {}", thing.name(), issue.pointer, issue.message));
            }
            let [user, ..] = contexts();
            match (thing.start)(example.clone(), &user) {
                Ok(First::Fails(error)) | Err(error) if error.code() != Code::InvalidInput => {
                    found.push(format!("{}: {example}: {error}", thing.name()));
                }
                _ => {}
            }
        }
    }
    none(&found);
}

#[test]
fn what_has_to_be_confirmed_is_destructive_and_takes_only_a_yes() {
    let mut found = Vec::new();
    let mut asked = 0;
    let connectors = connectors();
    for thing in listed(&connectors) {
        let Some(confirm) = thing.input.pointer("/properties/confirm") else { continue };
        asked += 1;
        let required = [thing.input.get("required"), thing.input.pointer("/else/required")];
        let is_required =
            required.into_iter().flatten().filter_map(Value::as_array).flatten().any(|name| name == "confirm");
        // Where something is deleted for good only if it is said, the yes belongs to that.
        let is_asked = is_required || thing.input.pointer("/properties/permanent").is_some();
        if confirm.get("const") != Some(&Value::Bool(true)) || !is_asked || !thing.spec.effect.is_destructive() {
            found.push(thing.name());
        }
    }
    none(&found);
    assert!(asked >= 12, "only {asked} ask");
}

#[test]
fn what_is_deleted_for_good_is_confirmed_and_says_that_it_cannot_be_undone() {
    let mut found = Vec::new();
    let connectors = connectors();
    for thing in listed(&connectors) {
        let for_good = thing.spec.name.starts_with("permanently_") || thing.spec.name.starts_with("wipe_");
        if for_good && (!thing.spec.is_irreversible() || thing.input.pointer("/properties/confirm").is_none()) {
            found.push(format!("{}: is not confirmed, or says that it can be undone", thing.name()));
        }
        if thing.spec.undo.is_some_and(|undo| !thing.spec.effect.is_destructive() || !undo.ends_with('.')) {
            found.push(format!("{}: says in no sentence what brings back what it takes away", thing.name()));
        }
    }
    none(&found);
}

/// What destroys without a question, though nothing brings it back for certain: the action, and why it asks nothing.
const NOT_CONFIRMED: &[(&str, &str)] = &[
    ("delete_administrative_unit", "its members stay what they are, and the unit can be made anew with them"),
    ("delete_all_subscriptions", "they are of this host alone unless the input says otherwise, and can be made anew"),
    ("delete_app_role_assignment", "who had the role can be given it again"),
    (
        "delete_attachment",
        "one file, named by two ids that have to be looked up first; common in flows that strip mails",
    ),
    ("delete_authentication_method", "the user registers it again"),
    ("delete_calendar_group", "only an empty one can be deleted"),
    ("delete_calendar_permission", "the calendar can be shared again"),
    ("delete_category", "what has it keeps the name, and a category of that name can be made again"),
    ("delete_event_attachment", "as `delete_attachment`"),
    ("delete_focused_inbox_override", "it can be made again, and Outlook decides meanwhile"),
    (
        "delete_group",
        "a Microsoft 365 group can be restored, and every product that this one replaces takes the id alone",
    ),
    ("delete_item_permission", "the file can be shared again"),
    ("delete_message_rule", "it holds no data, and can be made again"),
    ("delete_role_assignment", "who had the role can be given it again"),
    ("delete_subscription", "it can be made again"),
    ("remove_application_password", "a secret that leaked has to go at once, and another can be added"),
    ("revoke_sign_in_sessions", "the user signs in again; in an emergency nothing should be asked"),
];

#[test]
fn what_nothing_brings_back_is_confirmed_or_has_a_reason_not_to_be() {
    let connectors = connectors();
    let (mut found, mut needed) = (Vec::new(), BTreeSet::new());
    for thing in listed(&connectors) {
        // What may come back and may not is not certain to.
        let may_be_gone = thing.spec.undo.is_some_and(|undo| undo.contains("may be gone"));
        let asks = thing.input.pointer("/properties/confirm").is_some();
        if !thing.spec.effect.is_destructive() || !(thing.spec.is_irreversible() || may_be_gone) || asks {
            continue;
        }
        match NOT_CONFIRMED.iter().find(|(name, _)| *name == thing.spec.name) {
            Some((name, _)) => drop(needed.insert(*name)),
            None => found.push(format!("{}: has neither `confirm` nor a reason to ask nothing", thing.name())),
        }
    }
    found.extend(
        NOT_CONFIRMED
            .iter()
            .filter(|(name, _)| !needed.contains(name))
            .map(|(name, _)| format!("{name}: needs no excuse")),
    );
    none(&found);
}

#[test]
fn picklists_that_inputs_name_exist() {
    fn names(schema: &Value, found: &mut Vec<String>) {
        match schema {
            Value::Object(object) => {
                found.extend(object.get("x-picklist").and_then(Value::as_str).map(str::to_owned));
                object.values().for_each(|value| names(value, found));
            }
            Value::Array(items) => items.iter().for_each(|value| names(value, found)),
            _ => {}
        }
    }
    let connectors = connectors();
    let mut found = Vec::new();
    for thing in listed(&connectors) {
        let mut named = Vec::new();
        names(&thing.input, &mut named);
        found.extend(
            named
                .into_iter()
                .filter(|name| thing.connector.find_picklist(name).is_none())
                .map(|name| (thing.name(), name)),
        );
    }
    none(&found);
}

#[test]
fn dynamic_schemas_exist_and_depend_on_what_stands_beside_them() {
    fn properties(schema: &Value) -> BTreeSet<&str> {
        schema["properties"].as_object().into_iter().flat_map(|all| all.keys().map(String::as_str)).collect()
    }
    let connectors = connectors();
    let (mut found, mut seen) = (Vec::new(), 0);
    for connector in &connectors {
        let actions = connector.actions.iter().map(|it| (it.spec().name, it.input_schema(), it.output_schema()));
        let triggers = connector.triggers.iter().map(|it| (it.spec().name, it.input_schema(), it.event_schema()));
        for (name, input, output) in actions.chain(triggers) {
            for dynamic in [&input, &output].into_iter().flat_map(dynamic_schema::names) {
                seen += 1;
                let Some(dynamic) = connector.find_dynamic_schema(dynamic) else {
                    found.push(format!("{}.{name} names `{dynamic}`, which there is not", connector.name));
                    continue;
                };
                let depends = dynamic.input_schema();
                let missing: Vec<_> =
                    properties(&depends).difference(&properties(&input)).map(|name| (*name).to_owned()).collect();
                if !missing.is_empty() {
                    found.push(format!(
                        "{}.{name} lacks {missing:?}, on which `{}` depends",
                        connector.name,
                        dynamic.spec().name
                    ));
                }
            }
        }
    }
    none(&found);
    assert!(seen > 0, "no action has a dynamic schema");
}

#[test]
fn every_trigger_is_shown_with_a_second_look_and_with_a_lost_place() {
    let connectors = connectors();
    let (mut looked, mut lost) = (BTreeSet::new(), BTreeSet::new());
    for case in cases() {
        let Ok(transcript) = &case.transcript else { continue };
        let Some(trigger) =
            connectors.iter().find(|it| it.name == case.connector).and_then(|it| it.find_trigger(&case.action))
        else {
            continue;
        };
        let looks = transcript.output.as_ref().and_then(Value::as_array).cloned().unwrap_or_default();
        if looks.len() > 1 {
            looked.insert(trigger.source());
        }
        if looks.iter().any(|look| look.get("lost").is_some()) {
            lost.insert(trigger.source());
        }
    }
    let mut found = BTreeSet::new();
    for trigger in connectors.iter().flat_map(|connector| &connector.triggers) {
        if !looked.contains(trigger.source()) {
            found.insert(format!("{} has no transcript with a second look", trigger.spec().name));
        }
        if trigger.spec().misses.is_some() && !lost.contains(trigger.source()) {
            found.insert(format!("{} has no transcript in which it loses its place", trigger.spec().name));
        }
    }
    none(&found.into_iter().collect::<Vec<_>>());
}
