//! A confirmation carries out the run that was previewed, once.

use connector_runtime::{Code, Confirmation, Interface, Rule, Rules, Run};
use serde_json::{Value, json};

use crate::world::{World, grant, mail, principal, send};

fn after_preview() -> Rules {
    Rules { send: Rule::AfterPreview, create: Rule::AfterPreview, ..Rules::default() }
}

#[tokio::test]
async fn a_change_needs_its_preview_and_then_runs_once() {
    let world = World::with(&["work"]);
    let seen = world.seen_by("agent", grant(&["work"], &["outlook.*"], after_preview()));
    let missing = seen.execute(send("work", "Lunch"), None).await.unwrap_err();
    assert_eq!((missing.code(), missing.reason()), (Code::NotConfirmed, Some("missing")));
    let previewed = seen.preview(send("work", "Lunch")).await.unwrap();
    let shown: Value = previewed.preview.read().unwrap();
    assert_eq!((previewed.rule, &shown["complete"]), (Rule::AfterPreview, &json!(true)));
    assert_eq!(world.sandbox.request_count(), 0);
    let confirm = previewed.confirm.unwrap();
    let first = seen.execute(send("work", "Lunch"), Some(&confirm)).await.unwrap();
    let again = seen.execute(send("work", "Lunch"), Some(&confirm)).await.unwrap();
    assert!(!first.repeated && again.repeated);
    assert_eq!(first.output, again.output);
    assert_eq!(world.sent("work", "Lunch").await, 1);
}

#[tokio::test]
async fn one_confirmation_in_fifty_parallel_calls_has_one_effect() {
    let world = World::with(&["work"]);
    let seen = world.seen_by("agent", grant(&["work"], &["outlook.*"], after_preview()));
    let confirm = seen.preview(send("work", "Lunch")).await.unwrap().confirm.unwrap();
    let calls: Vec<_> = (0..50)
        .map(|_| {
            let (seen, confirm) = (seen.clone(), confirm.clone());
            tokio::spawn(async move { seen.execute(send("work", "Lunch"), Some(&confirm)).await })
        })
        .collect();
    let mut fresh = 0;
    for call in calls {
        match call.await.unwrap() {
            Ok(outcome) => fresh += usize::from(!outcome.repeated),
            Err(error) => assert!(
                error.code() == Code::Conflict || error.reason() == Some("used"),
                "the others wait, get the outcome, or are told that it is used: {error:?}"
            ),
        }
    }
    assert_eq!((fresh, world.sent("work", "Lunch").await), (1, 1));
}

#[tokio::test]
async fn it_holds_for_nothing_else() {
    let world = World::with(&["work", "home"]);
    let granted = grant(&["work", "home"], &["outlook.*"], after_preview());
    let seen = world.seen_by("agent", granted.clone());
    let confirm = seen.preview(send("work", "Lunch")).await.unwrap().confirm.unwrap();
    let mut more = mail("Lunch");
    more["bcc"] = json!(["eve@evil.example"]);
    let others = [
        (&seen, send("home", "Lunch")),
        (&seen, send("work", "Lunch!")),
        (&seen, Run::new("outlook.send_email", "work", more)),
        (&seen, Run::new("outlook.create_draft", "work", json!({ "subject": "Lunch" }))),
    ];
    for (seen, run) in others {
        let error = seen.execute(run, Some(&confirm)).await.unwrap_err();
        assert_eq!((error.code(), error.reason()), (Code::NotConfirmed, Some("other_run")));
    }
    let foreign = world.seen_by("other", granted.clone());
    let error = foreign.execute(send("work", "Lunch"), Some(&confirm)).await.unwrap_err();
    assert_eq!(error.reason(), Some("other_run"));
    let forged = Confirmation::new(confirm.as_str().chars().rev().collect::<String>());
    assert_eq!(seen.execute(send("work", "Lunch"), Some(&forged)).await.unwrap_err().reason(), Some("unknown"));
    world.pass(601);
    assert_eq!(seen.execute(send("work", "Lunch"), Some(&confirm)).await.unwrap_err().reason(), Some("expired"));
    assert_eq!(world.sent("work", "Lunch").await, 0);
    // The interface does not count: a preview through MCP is a preview.
    let confirm = seen.preview(send("work", "Lunch")).await.unwrap().confirm.unwrap();
    let console = world.host.authorize(principal("agent", granted), Interface::Console);
    assert!(console.execute(send("work", "Lunch"), Some(&confirm)).await.is_ok());
}

#[tokio::test]
async fn a_used_confirmation_of_a_run_that_changed_nothing_starts_no_other() {
    let world = World::with(&["work"]);
    let seen = world.seen_by("agent", grant(&["work"], &["outlook.*"], after_preview()));
    let refused = graph_sandbox::Fault::Status { status: 403, code: "Forbidden".into(), message: String::new() };
    world.sandbox.faults().add(graph_sandbox::Rule::new(refused).times(1));
    let confirm = seen.preview(send("work", "Lunch")).await.unwrap().confirm.unwrap();
    assert_eq!(seen.execute(send("work", "Lunch"), Some(&confirm)).await.unwrap_err().code(), Code::Forbidden);
    let error = seen.execute(send("work", "Lunch"), Some(&confirm)).await.unwrap_err();
    assert_eq!((error.code(), error.reason()), (Code::NotConfirmed, Some("used")));
    assert_eq!(world.sent("work", "Lunch").await, 0);
}

#[tokio::test]
async fn reads_are_confirmed_where_the_rules_say_so_and_then_once() {
    let world = World::with(&["work"]);
    let rules = Rules { read: Rule::AfterPreview, ..Rules::default() };
    let seen = world.seen_by("agent", grant(&["work"], &["outlook.*"], rules));
    let list = || Run::new("outlook.list_emails", "work", json!({ "limit": 1 }));
    assert_eq!(seen.execute(list(), None).await.unwrap_err().reason(), Some("missing"));
    let confirm = seen.preview(list()).await.unwrap().confirm.unwrap();
    assert!(seen.execute(list(), Some(&confirm)).await.is_ok());
    assert_eq!(seen.execute(list(), Some(&confirm)).await.unwrap_err().reason(), Some("used"));
    let free = world.seen_by("agent", grant(&["work"], &["outlook.*"], Rules::default()));
    assert!(free.preview(list()).await.unwrap().confirm.is_none());
}

#[tokio::test]
async fn outcomes_under_a_key_belong_to_the_principal() {
    let world = World::with(&["work"]);
    let granted = grant(&["work"], &["outlook.*"], Rules::everything());
    let hosts = [world.seen_by("one", granted.clone()), world.seen_by("two", granted), world.owner()];
    for (at, seen) in hosts.iter().enumerate() {
        let run = || send("work", &format!("Lunch {at}")).key("same");
        assert!(!seen.execute(run(), None).await.unwrap().repeated, "{at}: nobody else's outcome is found");
        assert!(seen.execute(run(), None).await.unwrap().repeated);
    }
    assert!(world.host.execute(send("work", "Lunch 2").key("same")).await.unwrap().repeated, "the owner's is as ever");
}
