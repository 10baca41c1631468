//! Declared permissions are true: the least set of an input is enough, and with one permission less Graph refuses it.
//!
//! Every example of every action is run against the sandbox, as a user and as an app. The tokens of the second kind of
//! run do not tell what they carry, so that it is Graph that refuses, and not the host.

use std::collections::BTreeSet;
use std::sync::Arc;

use connector_runtime::{Listen, LocalFiles, Needed, Run};
use connector_sdk::{Code, Result, Spec};
use serde_json::Value;

use crate::stage::{ADELE, Stage};

/// What the least set of a user does not suffice for in the sandbox, and why: what is not known before Graph tells it.
const NOT_ENOUGH_FOR_USERS: &[(&str, &str)] = &[
    ("graph_raw.reauthorize_subscription", "what a subscription watches stands in it, and not in the input"),
    ("graph_raw.update_subscription", "what a subscription watches stands in it, and not in the input"),
];

/// Whose examples fail for an app that may do it all the same, and why.
const FAILS_FOR_APPS: &[(&str, &str)] = &[
    ("graph_raw.create_subscription", "the example watches what is below `/me`, which an app does not have"),
    ("graph_raw.delete_subscription", "the subscription of the example is of a user's sign-in"),
    ("graph_raw.get_subscription", "as above"),
    ("graph_raw.reauthorize_subscription", "as above"),
    ("graph_raw.update_subscription", "as above"),
];

/// An app whose default user is Adele.
const APP: &str = "app_of_adele";

struct Case {
    id: String,
    connection: &'static str,
    example: Value,
    least: Vec<String>,
}

fn examples(schema: &Value) -> Vec<Value> {
    schema["examples"].as_array().cloned().unwrap_or_default()
}

// `None`: who is signed in cannot do it.
async fn least(stage: &Stage, id: &str, example: &Value, connection: &'static str) -> Option<Vec<String>> {
    let needed: Needed = stage
        .host
        .needed_for(id, example, Some(connection))
        .await
        .unwrap_or_else(|error| panic!("{id} {example}: {error}"));
    match connection {
        APP if needed.not_for_apps.is_empty() => Some(needed.application),
        "adele" if needed.not_for_users.is_empty() => Some(needed.delegated),
        _ => None,
    }
}

// Examples of what several connectors list, and those that need the same, are tried once.
async fn cases(connection: &'static str) -> Vec<Case> {
    let stage = Stage::new();
    let (mut all, mut known) = (Vec::new(), BTreeSet::new());
    // The raw connector lists first what the others list too.
    let mut connectors: Vec<_> = stage.host.connectors().collect();
    connectors.sort_by_key(|connector| connector.name != "graph_raw");
    for connector in connectors {
        // What a raw request takes, Microsoft's table alone says, which is not here.
        for action in connector.actions.iter().filter(|action| !is_raw(action.spec())) {
            let (id, schema) = (format!("{}.{}", connector.name, action.spec().name), action.input_schema());
            for example in examples(&schema) {
                let Some(least) = least(&stage, &id, &example, connection).await else { continue };
                if known.insert((action.source(), least.clone())) {
                    all.push(Case { id: id.clone(), connection, example, least });
                }
            }
        }
    }
    all
}

fn is_raw(spec: &Spec) -> bool {
    spec.scopes_by_input && spec.scope_cases.is_empty()
}

async fn run(stage: &Stage, id: &str, connection: &str, example: &Value) -> Result<Value> {
    let run = Run::new(id, connection, example.clone()).files(Arc::new(LocalFiles::new()));
    stage.execute(run).await
}

// Also where a part was done before, and where it is one of many inputs that was refused.
fn is_refused(end: &Result<Value>) -> bool {
    match end {
        Err(error) => {
            matches!(error.code(), Code::Forbidden | Code::MissingScope) || error.to_string().contains("answered 403")
        }
        Ok(output) => output["failed"].as_u64().is_some_and(|failed| failed > 0),
    }
}

async fn check(connection: &'static str) {
    let (mut less, mut wrong, mut excused) = (0, Vec::new(), BTreeSet::new());
    let cases = cases(connection).await;
    for Case { id, connection, example, least } in &cases {
        let names: Vec<&str> = least.iter().map(String::as_str).collect();
        let end = run(&Stage::with(&names), id, connection, example).await;
        if is_refused(&end) {
            match NOT_ENOUGH_FOR_USERS.iter().find(|(known, _)| *connection != APP && known == id) {
                Some((known, _)) => drop(excused.insert(*known)),
                None => wrong.push(format!("{id} ({connection}) {example}: {names:?} is not enough: {end:?}")),
            }
            continue;
        }
        if let Err(error) = &end {
            match FAILS_FOR_APPS.iter().find(|(known, _)| *connection == APP && known == id) {
                Some((known, _)) => drop(excused.insert(*known)),
                None => wrong.push(format!("{id} ({connection}) {example}: {error}")),
            }
            continue;
        }
        for left_out in &names {
            less += 1;
            let rest: Vec<&str> = names.iter().copied().filter(|name| name != left_out).collect();
            let end = run(&Stage::untold(&rest), id, connection, example).await;
            if !is_refused(&end) {
                wrong.push(format!("{id} ({connection}) {example}: without {left_out}: {end:?}"));
            }
        }
    }
    let excuses = if connection == APP { FAILS_FOR_APPS } else { NOT_ENOUGH_FOR_USERS };
    wrong.extend(
        excuses.iter().filter(|(id, _)| !excused.contains(id)).map(|(id, _)| format!("{id}: it needs no excuse")),
    );
    assert!(wrong.is_empty(), "{} of {} and {less}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    assert!(cases.len() > 200 && less > 150, "{} were enough, {less} less", cases.len());
}

#[tokio::test(start_paused = true)]
async fn the_least_set_of_a_user_is_enough_and_less_is_not() {
    check("adele").await;
}

#[tokio::test(start_paused = true)]
async fn the_least_set_of_an_app_is_enough_and_less_is_not() {
    check(APP).await;
}

#[tokio::test(start_paused = true)]
async fn a_trigger_looks_with_the_least_set_of_a_user() {
    look_as("adele").await;
}

#[tokio::test(start_paused = true)]
async fn a_trigger_looks_with_the_least_set_of_an_app() {
    look_as(APP).await;
}

async fn look_as(connection: &'static str) {
    let list = Stage::new();
    let (mut wrong, mut looks) = (Vec::new(), 0);
    for connector in list.host.connectors() {
        for trigger in connector.triggers.iter().filter(|trigger| !is_raw(trigger.spec())) {
            let id = format!("{}.{}", connector.name, trigger.spec().name);
            for example in examples(&trigger.input_schema()) {
                let Some(least) = least(&list, &id, &example, connection).await else { continue };
                looks += 1;
                let names: Vec<&str> = least.iter().map(String::as_str).collect();
                let looked = async |stage: Stage| match stage
                    .host
                    .listen(Listen::new(id.as_str(), connection, example.clone()))
                    .await
                {
                    Ok(mut listener) => listener.try_next().await.map(|_| ()),
                    Err(error) => Err(error),
                };
                if let Err(error) = looked(Stage::with(&names)).await {
                    wrong.push(format!("{id} {example}: {names:?} is not enough: {error}"));
                }
                for left_out in &names {
                    let rest: Vec<&str> = names.iter().copied().filter(|name| name != left_out).collect();
                    match looked(Stage::untold(&rest)).await {
                        Err(error) if error.code() == Code::Forbidden => {}
                        other => wrong.push(format!("{id} {example}: {left_out} is not needed: {other:?}")),
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(looks > 20, "{looks}");
}

#[tokio::test]
async fn nothing_is_half_done_for_want_of_a_permission() {
    let input = serde_json::json!({ "user": "gradya@contoso.example", "revokeSessions": true });
    let stage = Stage::with(&["User.EnableDisableAccount.All", "User.Read.All"]);
    let error = stage.fails("entra.disable_user", input.clone()).await;
    assert!(error.code() == Code::MissingScope && error.message().contains("User.RevokeSessions.All"), "{error}");
    assert_eq!(stage.sandbox.request_count(), 0);
    let lacking = stage.host.needed_for("entra.disable_user", &input, Some("adele")).await.unwrap().lacking;
    assert_eq!(lacking.unwrap(), ["User.RevokeSessions.All"]);
    let stage = Stage::with(&["User.EnableDisableAccount.All", "User.Read.All", "User.RevokeSessions.All"]);
    stage.works("entra.disable_user", input).await;
}

#[tokio::test]
async fn what_is_needed_follows_the_input() {
    use serde_json::json;
    let stage = Stage::new();
    for (id, input, delegated) in [
        ("entra.get_user", json!({ "user": "alexw@contoso.example" }), &["User.ReadBasic.All"][..]),
        ("entra.get_user", json!({ "user": "alexw@contoso.example", "select": ["department"] }), &["User.Read.All"]),
        ("entra.get_user", json!({ "user": ADELE, "select": ["department"] }), &["User.Read"]),
        ("graph.get_record", json!({ "object": "user", "recordId": "alexw@contoso.example" }), &["User.ReadBasic.All"]),
        ("graph.get_record", json!({ "object": "list", "recordId": "Parts", "site": "root" }), &["Sites.Read.All"]),
        ("entra.list_changes", json!({ "resource": "devices" }), &["Device.Read.All"]),
        (
            "graph.search_query",
            json!({ "query": "x", "entityTypes": ["message", "chatMessage"] }),
            &["Chat.Read", "Mail.Read"],
        ),
        (
            "outlook.create_subscription",
            json!({ "resource": "events", "changeTypes": ["created"], "notificationUrl": "https://x.example/" }),
            &["Calendars.Read"],
        ),
        (
            "outlook.send_email",
            json!({ "to": ["a@x.example"], "subject": "s", "body": "b", "returnMessage": true }),
            &["Mail.ReadWrite", "Mail.Send"],
        ),
        (
            "outlook.send_email",
            json!({ "mailbox": "alexw@contoso.example", "to": ["a@x.example"], "subject": "s", "body": "b" }),
            &["Mail.Send.Shared"],
        ),
        ("graph_raw.get", json!({ "url": "/nobody/knows" }), &[]),
        ("outlook.new_email", json!({}), &["Mail.ReadBasic"]),
        ("entra.directory_extensions", json!({}), &["Directory.Read.All"]),
    ] {
        let needed = stage
            .host
            .needed_for(id, &input, Some("adele"))
            .await
            .unwrap_or_else(|error| panic!("{id} {input}: {error}"));
        assert_eq!(needed.delegated, delegated, "{id} {input}");
    }
    let error = stage.host.needed_for("entra.get_user", &json!({}), None).await.unwrap_err();
    assert_eq!(error.code(), Code::InvalidInput);
}
