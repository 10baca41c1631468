//! Declared permissions are true: the least set of an input is enough, and with one permission less Graph refuses it.
//!
//! Every example of every action is run against the sandbox, as a user and as an app. The tokens of the second kind of run
//! do not tell what they carry, so that it is Graph that refuses, and not the host.

use std::collections::BTreeMap;
use std::sync::Arc;

use connector_runtime::{Listen, LocalFiles, Needed, Run};
use connector_sdk::{Code, Error, Result, Spec};
use serde_json::Value;

use crate::stage::{ADELE, ALL, Stage};

/// What is refused by nobody though a permission is missing, and why that is right.
const NOT_REFUSED: &[(&str, &str, &str)] = &[];

/// What the least set does not suffice for in the sandbox, and why.
const NOT_ENOUGH: &[(&str, &str)] = &[];

struct Case {
    id: String,
    connection: &'static str,
    example: Value,
    least: Vec<String>,
}

fn examples(schema: &Value) -> Vec<Value> {
    schema["examples"].as_array().cloned().unwrap_or_default()
}

// An app has no mailbox of its own, so it names one where the action takes one.
fn as_app(schema: &Value, example: &Value) -> Value {
    let mut example = example.clone();
    for name in ["mailbox", "organizer"] {
        if schema["properties"].get(name).is_some() && example.get(name).is_none() {
            example[name] = ADELE.into();
        }
    }
    example
}

async fn least(stage: &Stage, id: &str, example: &Value, connection: &'static str) -> Option<Vec<String>> {
    let needed: Needed =
        stage.host.needed_for(id, example, Some(connection)).await.unwrap_or_else(|error| panic!("{id} {example}: {error}"));
    match connection {
        "app" if needed.not_for_apps.is_empty() => Some(needed.application),
        "adele" if needed.not_for_users.is_empty() => Some(needed.delegated),
        _ => None,
    }
}

async fn cases() -> Vec<Case> {
    let stage = Stage::new();
    let mut all = Vec::new();
    for connector in stage.host.connectors() {
        // What a raw request takes, Microsoft's table alone says, which is not here.
        for action in connector.actions.iter().filter(|action| !is_raw(action.spec())) {
            let (id, schema) = (format!("{}.{}", connector.name, action.spec().name), action.input_schema());
            for example in examples(&schema) {
                for (connection, example) in [("adele", example.clone()), ("app", as_app(&schema, &example))] {
                    // Which of an app's examples work at all is not asked here, but by what they need.
                    let works = stage_works(&id, connection, &example).await;
                    if !works {
                        continue;
                    }
                    if let Some(least) = least(&stage, &id, &example, connection).await {
                        all.push(Case { id: id.clone(), connection, example, least });
                    }
                }
            }
        }
    }
    all
}

fn is_raw(spec: &Spec) -> bool {
    spec.scopes_by_input && spec.scope_cases.is_empty()
}

// With every permission there is.
async fn stage_works(id: &str, connection: &str, example: &Value) -> bool {
    run(&Stage::with(&everything()), id, connection, example).await.is_ok()
}

fn everything() -> Vec<&'static str> {
    let more = [
        "Chat.Read.All",
        "ChannelMessage.Read.All",
        "Channel.ReadBasic.All",
        "Team.ReadBasic.All",
        "People.Read.All",
        "MailboxFolder.ReadWrite.All",
        "MailboxItem.Read.All",
        "MailboxItem.ImportExport.All",
        "Presence.ReadWrite.All",
        "User-PasswordProfile.ReadWrite.All",
    ];
    ALL.iter().copied().chain(more).collect()
}

async fn run(stage: &Stage, id: &str, connection: &str, example: &Value) -> Result<Value> {
    let run = Run::new(id, connection, example.clone()).files(Arc::new(LocalFiles::new()));
    stage.execute(run).await
}

fn is_refused(error: &Error) -> bool {
    matches!(error.code(), Code::Forbidden | Code::MissingScope)
}

#[tokio::test(start_paused = true)]
async fn the_least_set_is_enough_and_less_is_not() {
    let cases = cases().await;
    let (mut enough, mut less) = (0, 0);
    let (mut wrong, mut excused) = (Vec::new(), BTreeMap::new());
    for case in &cases {
        let Case { id, connection, example, least } = case;
        let names: Vec<&str> = least.iter().map(String::as_str).collect();
        enough += 1;
        if let Err(error) = run(&Stage::with(&names), id, connection, example).await {
            match NOT_ENOUGH.iter().find(|(known, _)| known == id) {
                Some((known, _)) => drop(excused.insert((*known, ""), ())),
                None => wrong.push(format!("{id} ({connection}) {example}: {names:?} is not enough: {error}")),
            }
            continue;
        }
        for left_out in &names {
            less += 1;
            let rest: Vec<&str> = names.iter().copied().filter(|name| name != left_out).collect();
            match run(&Stage::untold(&rest), id, connection, example).await {
                Err(error) if is_refused(&error) => {}
                Err(error) => wrong.push(format!("{id} ({connection}) {example}: without {left_out} it fails otherwise: {error}")),
                Ok(_) => match NOT_REFUSED.iter().find(|(known, scope, _)| known == id && scope == left_out) {
                    Some((known, scope, _)) => drop(excused.insert((*known, *scope), ())),
                    None => wrong.push(format!("{id} ({connection}) {example}: {left_out} is not needed")),
                },
            }
        }
    }
    let unused =
        NOT_REFUSED.iter().filter(|(id, scope, _)| !excused.contains_key(&(*id, *scope))).map(|(id, scope, _)| format!("{id} {scope}"));
    wrong.extend(
        unused
            .chain(NOT_ENOUGH.iter().filter(|(id, _)| !excused.contains_key(&(*id, ""))).map(|(id, _)| (*id).to_owned()))
            .map(|it| format!("{it}: this excuse is not needed")),
    );
    assert!(wrong.is_empty(), "{} of {enough} and {less}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(enough > 400 && less > 300, "{enough} were enough, {less} less");
}

#[tokio::test(start_paused = true)]
async fn a_trigger_looks_with_its_least_set() {
    let list = Stage::new();
    let mut wrong = Vec::new();
    for connector in list.host.connectors() {
        for trigger in connector.triggers.iter().filter(|trigger| !is_raw(trigger.spec())) {
            let id = format!("{}.{}", connector.name, trigger.spec().name);
            for example in examples(&trigger.input_schema()) {
                let Some(least) = least(&list, &id, &example, "adele").await else { continue };
                let names: Vec<&str> = least.iter().map(String::as_str).collect();
                let looked = async |stage: Stage| match stage.host.listen(Listen::new(id.as_str(), "adele", example.clone())).await {
                    Ok(mut listener) => listener.try_next().await.map(|_| ()),
                    Err(error) => Err(error),
                };
                if let Err(error) = looked(Stage::with(&names)).await {
                    wrong.push(format!("{id} {example}: {names:?} is not enough: {error}"));
                }
                for left_out in &names {
                    let rest: Vec<&str> = names.iter().copied().filter(|name| name != left_out).collect();
                    match looked(Stage::untold(&rest)).await {
                        Err(error) if is_refused(&error) => {}
                        other => wrong.push(format!("{id} {example}: {left_out} is not needed: {other:?}")),
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
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
        ("graph.search_query", json!({ "query": "x", "entityTypes": ["message", "chatMessage"] }), &["Chat.Read", "Mail.Read"]),
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
        let needed = stage.host.needed_for(id, &input, Some("adele")).await.unwrap_or_else(|error| panic!("{id} {input}: {error}"));
        assert_eq!(needed.delegated, delegated, "{id} {input}");
    }
    let error = stage.host.needed_for("entra.get_user", &json!({}), None).await.unwrap_err();
    assert_eq!(error.code(), Code::InvalidInput);
}
