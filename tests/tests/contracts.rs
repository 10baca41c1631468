//! What holds for everything that any connector lists, found by looking at the lists.

#[path = "contracts/outputs.rs"]
mod outputs;

use std::cell::Cell;
use std::collections::BTreeSet;
use std::fmt::Debug;

use connector_sdk::scopes::{AnyOf, Granted, Scopes};
use connector_sdk::{
    Ask, Code, Connector, Context, Effect, Error, FileMeta, Plan, Request, Result, Sent, SignInMethod, Spec, Who, dynamic_schema, schema,
};
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use serde_json::Value;
use tenon_tests::transcript::cases;
use tenon_tests::{arbitrary, connectors};

/// How many inputs are made up for each action, trigger and picklist.
const CASES: u32 = 64;

/// Permissions that no sign-in of the connector declares, each with the reason why that is right.
const BEYOND_THE_CONNECTION: &[(&str, &str)] = &[(
    "outlook.email_mentioning_me shared",
    "it reads whose mailbox it is, which nothing else in Outlook does: `tenon connect --scope` names the permission",
)];

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
            start: Box::new(move |input, cx| picklist.choices(input, Ask::default(), cx).map(first)),
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
        let mut add = |name: &str, side: &str, issues: Vec<connector_sdk::Issue>| {
            found.extend(issues.into_iter().map(|issue| format!("{}.{name} {side}{}: {}", connector.name, issue.pointer, issue.message)));
        };
        for action in &connector.actions {
            add(action.spec().name, "input", schema::check_input(&action.input_schema()));
            add(action.spec().name, "output", schema::check_output(&action.output_schema()));
        }
        for trigger in &connector.triggers {
            add(trigger.spec().name, "input", schema::check_input(&trigger.input_schema()));
            add(trigger.spec().name, "event", schema::check_output(&trigger.event_schema()));
        }
        for picklist in &connector.picklists {
            add(picklist.spec().name, "input", schema::check_parameters(&picklist.input_schema()));
        }
        for dynamic in &connector.dynamic_schemas {
            add(dynamic.spec().name, "input", schema::check_parameters(&dynamic.input_schema()));
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
        let is_required = required.into_iter().flatten().filter_map(Value::as_array).flatten().any(|name| name == "confirm");
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
        found.extend(named.into_iter().filter(|name| thing.connector.find_picklist(name).is_none()).map(|name| (thing.name(), name)));
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
                let missing: Vec<_> = properties(&depends).difference(&properties(&input)).map(|name| (*name).to_owned()).collect();
                if !missing.is_empty() {
                    found.push(format!("{}.{name} lacks {missing:?}, on which `{}` depends", connector.name, dynamic.spec().name));
                }
            }
        }
    }
    none(&found);
    assert!(seen > 0, "no action has a dynamic schema");
}

#[test]
fn what_is_always_requested_is_declared() {
    let mut found = Vec::new();
    for connector in &connectors() {
        for sign_in in &connector.connection.sign_ins {
            let permissions = sign_in.permissions;
            let declared = Granted::new([permissions.default, permissions.optional].concat());
            let more = permissions.minimum.iter().filter(|scope| !declared.has(scope));
            found.extend(more.map(|scope| format!("{} {}: {scope} is in no other list", connector.name, sign_in.method.name())));
            let chosen = Granted::new(permissions.default);
            let twice = permissions.optional.iter().filter(|scope| chosen.has(scope));
            found.extend(twice.map(|scope| format!("{} {}: {scope} is both default and optional", connector.name, sign_in.method.name())));
        }
        let methods: BTreeSet<SignInMethod> = connector.connection.sign_ins.iter().map(|sign_in| sign_in.method).collect();
        if methods.len() != connector.connection.sign_ins.len() || methods.is_empty() {
            found.push(format!("{} has a method twice, or none", connector.name));
        }
    }
    none(&found);
}

#[test]
fn every_action_can_be_allowed_by_its_connection() {
    let connectors = connectors();
    let mut found = BTreeSet::new();
    for thing in listed(&connectors) {
        let declared = |application: bool| {
            let sign_ins = thing.connector.connection.sign_ins.iter().filter(move |sign_in| sign_in.method.is_application() == application);
            Granted::new(
                sign_ins
                    .flat_map(|sign_in| [sign_in.permissions.minimum, sign_in.permissions.default, sign_in.permissions.optional].concat()),
            )
        };
        if thing.spec.scopes_by_input {
            // Some input must be possible.
            let is_met = |application: bool| {
                let (granted, sets) = (declared(application), thing.spec.possible(application, false));
                granted.has(".default") || sets.is_empty() || sets.iter().any(|set| set.iter().all(|any| any.is_met(&granted)))
            };
            let words = [("delegated", false), ("application", true)].into_iter().filter(|(_, application)| !is_met(*application));
            found.extend(words.map(|(word, _)| format!("{}.{} {word}", thing.connector.name, thing.spec.name)));
            continue;
        }
        let cases = thing.spec.scope_cases.iter().map(|case| case.scopes);
        let needs = std::iter::once(thing.spec.scopes).chain(cases).flat_map(|Scopes { delegated, shared, application }| {
            [("delegated", delegated, false), ("shared", shared, false), ("application", application.unwrap_or(AnyOf::NONE), true)]
        });
        for (word, any, is_application) in needs {
            let granted = declared(is_application);
            // `.default` stands for everything that an administrator consented to.
            if !any.is_never() && !any.is_met(&granted) && !granted.has(".default") {
                found.insert(format!("{}.{} {word}", thing.connector.name, thing.spec.name));
            }
        }
    }
    let excused: BTreeSet<String> = BEYOND_THE_CONNECTION.iter().map(|(name, _)| (*name).to_owned()).collect();
    none(&found.difference(&excused).collect::<Vec<_>>());
    // An excuse that is no longer needed hides the next mistake.
    none(&excused.difference(&found).collect::<Vec<_>>());
}

#[test]
fn what_a_plan_needs_later_is_known_before_its_first_request() {
    let connectors = connectors();
    let mut found = BTreeSet::new();
    for case in cases() {
        let (Ok(transcript), Some(connector)) = (&case.transcript, connectors.iter().find(|it| it.name == case.connector)) else {
            continue;
        };
        let mut stage = transcript.stage();
        let spec = if let Some(action) = connector.find_action(&case.action) {
            let _ = action.plan(transcript.input.clone(), &transcript.context()).and_then(|plan| stage.run(plan));
            action.spec()
        } else if let Some(trigger) = connector.find_trigger(&case.action) {
            let _ = transcript.poll(trigger, &mut stage);
            trigger.spec()
        } else {
            continue;
        };
        let application = matches!(*transcript.context().who, Who::App { .. });
        let needs = |sent: &Sent| -> Vec<AnyOf> {
            let own = sent.under.unwrap_or(spec.scopes);
            let all = std::iter::once(own).chain(sent.needs.iter().copied()).chain(sent.ahead.iter().copied());
            all.filter_map(|scopes| scopes.of_caller(application, sent.shared)).filter(|any| !any.0.is_empty()).collect()
        };
        let Some(first) = stage.sent.first() else { continue };
        // The least token that the first request leaves with.
        let granted = Granted::new(needs(first).iter().flat_map(|any| any.least().unwrap_or_default().split(' ')));
        for later in &stage.sent[1..] {
            for any in needs(later).iter().filter(|any| !any.is_met(&granted)) {
                found.insert(format!(
                    "{}: {} {} needs {:?}, and the first request does not say so",
                    case.name(),
                    later.method,
                    later.template,
                    any.0
                ));
            }
        }
    }
    none(&found.into_iter().collect::<Vec<_>>());
}

#[test]
fn every_trigger_is_shown_with_a_second_look_and_with_a_lost_place() {
    let connectors = connectors();
    let (mut looked, mut lost) = (BTreeSet::new(), BTreeSet::new());
    for case in cases() {
        let Ok(transcript) = &case.transcript else { continue };
        let Some(trigger) = connectors.iter().find(|it| it.name == case.connector).and_then(|it| it.find_trigger(&case.action)) else {
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

#[test]
fn any_input_that_the_schema_allows_plans_or_is_refused() {
    let connectors = connectors();
    for thing in listed(&connectors) {
        let (valid, made) = (Cell::new(0), Cell::new(0));
        let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
        let outcome = TestRunner::new(config).run(&arbitrary::valid(&thing.input), |input| {
            made.set(made.get() + 1);
            valid.set(valid.get() + u32::from(xtask::validate::issues(&thing.input, &input).is_empty()));
            contexts().iter().try_for_each(|cx| plans_or_is_refused(&thing, input.clone(), cx)).map_err(TestCaseError::fail)
        });
        if let Err(failure) = outcome {
            panic!("{}: {failure}", thing.name());
        }
        // Otherwise the inputs were refused for their form, and nothing was tried.
        let (valid, made) = (valid.get(), made.get());
        assert!(valid * 2 > made, "{}: only {valid} of {made} inputs were valid", thing.name());
    }
}

#[test]
fn any_json_at_all_plans_or_is_refused() {
    let connectors = connectors();
    let things = listed(&connectors);
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let outcome = TestRunner::new(config).run(&arbitrary::anything(), |input| {
        let mut all = things.iter().flat_map(|thing| contexts().map(|cx| (thing, cx)));
        all.try_for_each(|(thing, cx)| plans_or_is_refused(thing, input.clone(), &cx)).map_err(TestCaseError::fail)
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}

fn plans_or_is_refused(thing: &Listed<'_>, input: Value, cx: &Context) -> Result<(), String> {
    let refused = |error: Error| match error.code() {
        Code::InvalidInput => Ok(()),
        _ => Err(format!("{}: {}: {error}", thing.name(), error.code().name())),
    };
    match (thing.start)(input, cx) {
        Err(error) | Ok(First::Fails(error)) => refused(error),
        Ok(First::Else) => Ok(()),
        Ok(First::Sends(requests)) => requests.iter().try_for_each(|request| match Sent::of(request) {
            Err(error) => refused(error),
            Ok(sent) if leaves(&sent.url) => Err(format!("{}: would send to {:?}", thing.name(), sent.url)),
            Ok(sent) if sent.headers.contains_key("authorization") => Err(format!("{}: sets the authorization itself", thing.name())),
            Ok(_) => Ok(()),
        }),
    }
}

// A path stays below the API version. A whole link is the pipeline's to judge.
fn leaves(url: &str) -> bool {
    let path = url.split('?').next().unwrap_or_default();
    let is_link = url.starts_with("https://") || url.starts_with("http://");
    url.chars().any(char::is_control)
        || (!is_link && (!path.starts_with('/') || path.starts_with("//") || path.split('/').any(|part| matches!(part, "." | ".."))))
}
