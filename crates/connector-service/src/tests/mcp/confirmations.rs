//! Confirmations: bound to the exact run, used once, and the idempotency key.

use connector_runtime::{ApprovalBy, Grant, Rule, Rules};
use serde_json::{Value, json};

use super::client::{Client, REVISIONS};
use super::{changes, guarded};
use crate::options::{Limits, Options};
use crate::tests::world::{World, mail, reaching};

fn draft(subject: &str) -> Value {
    json!({ "to": ["meganb@contoso.example"], "subject": subject, "body": "At noon?" })
}

fn run(input: &Value, confirm: &str) -> Value {
    json!({ "action": "outlook.create_draft", "connection": "work", "input": input, "confirm": confirm })
}

#[tokio::test]
async fn a_change_runs_after_its_preview_and_once() {
    let world = World::new().await;
    let key = guarded(&world, ApprovalBy::Console).await;
    for revision in REVISIONS {
        world.sandbox.forget_requests();
        let client = Client::of(&world, Some(&key), revision);
        let asked = json!({ "action": "outlook.create_draft", "input": draft(revision) });
        let refused = client.call("run_change_action", asked.clone()).await;
        assert!(refused.is_error);
        assert_eq!(refused.json["error"]["code"], "not_confirmed");
        assert_eq!(refused.json["error"]["reason"], "missing");
        assert_eq!(refused.json["preview"]["requests"][0]["method"], "POST", "{}", refused.json);
        assert!(refused.json["next"].as_str().unwrap().contains("run_change_action"));
        let previewed = client.done("preview_action", asked.clone()).await;
        assert_eq!((previewed["effect"].as_str(), previewed["rule"].as_str()), (Some("create"), Some("after_preview")));
        assert_eq!(changes(&world), Vec::<String>::new(), "a preview sends nothing");
        let mut with = asked;
        with["confirm"] = previewed["confirm"].clone();
        let first = client.done("run_change_action", with.clone()).await;
        assert!(first.get("repeated").is_none());
        let again = client.done("run_change_action", with).await;
        assert!(again["repeated"].is_string(), "{again}");
        assert_eq!(again["untrusted"]["output"], first["untrusted"]["output"]);
        assert_eq!(changes(&world).len(), 1, "{:?}", changes(&world));
    }
    world.end().await;
}

#[tokio::test]
async fn a_thousand_confirmations_that_are_not_quite_right_run_nothing() {
    let limits = Limits { per_minute: None, ..Limits::default() };
    let world = World::with(Options::new().limits(limits)).await;
    let key = guarded(&world, ApprovalBy::Console).await;
    let other = guarded(&world, ApprovalBy::Console).await;
    let client = Client::new(&world, Some(&key));
    let input = draft("Lunch");
    let asked = json!({ "action": "outlook.create_draft", "connection": "work", "input": input });
    let confirm = client.done("preview_action", asked).await["confirm"].as_str().unwrap().to_owned();
    world.sandbox.forget_requests();
    let letters: Vec<char> = confirm.chars().collect();
    let mut tried = 0;
    let mut refused = async |arguments: Value, client: &Client<'_>| {
        tried += 1;
        let called = client.call("run_change_action", arguments).await;
        assert!(called.is_error && called.json["error"]["code"] == "not_confirmed", "{}", called.json);
    };
    // Every letter, each of a few ways.
    for at in 0..letters.len() {
        for other in ['A', 'z', '-'] {
            if letters[at] == other {
                continue;
            }
            let mut changed = letters.clone();
            changed[at] = other;
            let changed: String = changed.into_iter().collect();
            // The last letter of Base64 has bits that count for nothing.
            if at + 1 == letters.len() {
                continue;
            }
            refused(run(&input, &changed), &client).await;
        }
    }
    for length in 0..letters.len() {
        refused(run(&input, &confirm[..length]), &client).await;
    }
    for text in ["", "null", "{}", "confirm", " ", "\u{0}", "../../x", &confirm.repeat(2), &"A".repeat(20_000)] {
        refused(run(&input, text), &client).await;
    }
    // The right one for another run, and by another caller.
    for changed in [
        json!({ "to": ["meganb@contoso.example"], "subject": "Lunch", "body": "At one?" }),
        json!({ "to": ["evil@fabrikam.example"], "subject": "Lunch", "body": "At noon?" }),
        json!({ "to": ["meganb@contoso.example"], "subject": "Lunch" }),
        json!({ "to": ["meganb@contoso.example"], "subject": "Lunch", "body": "At noon?", "importance": "high" }),
    ] {
        refused(run(&changed, &confirm), &client).await;
    }
    refused(run(&input, &confirm), &Client::new(&world, Some(&other))).await;
    assert!(tried > 1_000, "{tried}");
    assert_eq!(changes(&world), Vec::<String>::new());
    client.done("run_change_action", run(&input, &confirm)).await;
    assert_eq!(changes(&world).len(), 1, "the right one still runs");
    world.end().await;
}

#[tokio::test]
async fn one_confirmation_in_fifty_calls_at_once_has_one_effect() {
    let world = World::new().await;
    let key = world
        .key(Grant { rules: Rules { send: Rule::AfterPreview, ..Rules::guarded() }, ..reaching("work", "*") })
        .await;
    let client = Client::new(&world, Some(&key));
    let asked = json!({ "action": "outlook.send_email", "connection": "work", "input": mail("Lunch") });
    let previewed = client.done("preview_action", asked.clone()).await;
    let mut with = asked;
    with["confirm"] = previewed["confirm"].clone();
    let calls = (0..50).map(|_| client.call("run_irreversible_action", with.clone()));
    let mut done = 0;
    for called in futures_util::future::join_all(calls).await {
        if called.is_error {
            // The first one is running.
            assert!(
                ["conflict", "unavailable"].contains(&called.json["error"]["code"].as_str().unwrap()),
                "{}",
                called.json
            );
        } else {
            done += 1;
        }
    }
    assert!(done >= 1);
    let sent = changes(&world).into_iter().filter(|change| change.ends_with("/sendMail") || change.ends_with("/send"));
    assert_eq!(sent.count(), 1);
    world.end().await;
}

#[tokio::test]
async fn what_changes_something_does_not_run_as_a_read() {
    let world = World::new().await;
    let key = world.key(Grant { rules: Rules::everything(), ..reaching("work", "*") }).await;
    let client = Client::new(&world, Some(&key));
    for (tool, action, input, right) in [
        ("run_read_action", "outlook.create_draft", draft("x"), "run_change_action"),
        ("run_read_action", "outlook.send_email", mail("x"), "run_irreversible_action"),
        ("run_change_action", "outlook.send_email", mail("x"), "run_irreversible_action"),
        (
            "run_read_action",
            "outlook.raw_request",
            json!({ "method": "POST", "url": "/me/sendMail" }),
            "run_irreversible_action",
        ),
        (
            "run_change_action",
            "outlook.raw_request",
            json!({ "method": "DELETE", "url": "/me/messages/1" }),
            "run_irreversible_action",
        ),
        ("run_read_action", "outlook.raw_request", json!({ "method": "PATCH", "url": "/me" }), "run_change_action"),
    ] {
        let called = client.call(tool, json!({ "action": action, "input": input })).await;
        assert!(called.is_error, "{tool} {action}");
        assert_eq!(called.json["error"]["reason"], "other_tool", "{}", called.json);
        assert!(called.json["error"]["hint"].as_str().unwrap().contains(right), "{}", called.json);
    }
    assert_eq!(changes(&world), Vec::<String>::new());
    // A key that may only read is told that it may not, whichever tool it tries.
    let reader = world.key(reaching("work", "*")).await;
    let reader = Client::new(&world, Some(&reader));
    for tool in ["run_read_action", "run_change_action", "run_irreversible_action", "preview_action"] {
        let called = reader.call(tool, json!({ "action": "outlook.send_email", "input": mail("x") })).await;
        assert_eq!(called.json["error"]["code"], "denied", "{tool}: {}", called.json);
    }
    let read = json!({ "action": "outlook.raw_request", "input": { "method": "GET", "url": "/me" } });
    assert!(reader.done("run_read_action", read).await["untrusted"]["output"].is_object());
    assert_eq!(changes(&world), Vec::<String>::new());
    world.end().await;
}
