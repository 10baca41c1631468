//! Logs of the tenant: each entry fires once, however late it appears.

use graph_sandbox::{Fault, Rule};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::changes::heard;
use crate::stage::{ADELE, Stage};

const TRIGGERS: [&str; 2] = ["entra.new_sign_in", "entra.new_directory_audit"];

fn ids(events: &[Value]) -> Vec<&str> {
    let mut ids: Vec<&str> = events.iter().map(|event| event["id"].as_str().unwrap()).collect();
    ids.sort_unstable();
    ids
}

fn sorted(mut ids: Vec<String>) -> Vec<String> {
    ids.sort_unstable();
    ids
}

/// Logs something that happened so many minutes from now.
fn log(stage: &Stage, trigger: &str, minutes: i64) -> String {
    let at = stage.sandbox.clock().now().saturating_add(SignedDuration::from_mins(minutes)).unwrap();
    log_at(stage, trigger, at, json!({}))
}

fn log_at(stage: &Stage, trigger: &str, at: Timestamp, entry: Value) -> String {
    let graph = stage.sandbox.graph();
    if trigger == TRIGGERS[0] {
        graph.log_sign_in(ADELE, at, entry)
    } else {
        graph.log_directory_audit("Update user", at, entry)
    }
}

#[tokio::test]
async fn each_entry_fires_once_though_rounds_overlap() {
    let stage = Stage::new();
    for trigger in TRIGGERS {
        let mut listener = stage.listen(trigger, json!({})).await.unwrap();
        assert_eq!(heard(&mut listener).await.len(), 0, "what was there before does not fire");
        let first = log(&stage, trigger, 60);
        assert_eq!(ids(&heard(&mut listener).await), [&first]);
        assert_eq!(heard(&mut listener).await.len(), 0, "it is read again and does not fire again");
        // Those that appear late fire; that one is dated ahead of the clock silences nothing.
        let (late, later) = (log(&stage, trigger, 45), log(&stage, trigger, 20));
        let newer = log(&stage, trigger, 61);
        assert_eq!(ids(&heard(&mut listener).await), sorted(vec![late, later, newer]));
        assert_eq!(heard(&mut listener).await.len(), 0);
    }
}

#[tokio::test]
async fn a_restart_loses_nothing() {
    let stage = Stage::new();
    for trigger in TRIGGERS {
        let mut before = stage.listen(trigger, json!({})).await.unwrap();
        assert_eq!(heard(&mut before).await.len(), 0);
        let (seen, unseen) = (log(&stage, trigger, 10), log(&stage, trigger, 11));
        // One is handed over and confirmed, the other is not.
        let event = before.try_next().await.unwrap().unwrap();
        before.ack(&event).await.unwrap();
        let first = event.data.read::<Value>().unwrap()["id"].as_str().unwrap().to_owned();
        before.stop().await.unwrap();
        let missed = log(&stage, trigger, 5);
        let mut after = stage.listen(trigger, json!({})).await.unwrap();
        let rest = heard(&mut after).await;
        let expected = [seen, unseen, missed].into_iter().filter(|id| *id != first).collect();
        assert_eq!(ids(&rest), sorted(expected), "{trigger}");
    }
}

#[tokio::test]
async fn a_round_of_many_pages_is_read_again_when_its_link_is_old() {
    let stage = Stage::new();
    for trigger in TRIGGERS {
        let mut listener = stage.listen(trigger, json!({})).await.unwrap();
        heard(&mut listener).await;
        // The pages hold 500; the newest come first.
        let logged: Vec<String> = (0..1_100).map(|at| log(&stage, trigger, at)).collect();
        let expired = Fault::Status {
            status: 400,
            code: "Directory_ExpiredPageToken".into(),
            message: "The page token has expired.".into(),
        };
        stage.sandbox.faults().add(Rule::new(expired).path("/auditLogs").from_nth(2).once());
        // Where a place was lost, the rest of the round is read by the next look, so that nothing is asked without
        // pause.
        let mut told = heard(&mut listener).await;
        told.extend(heard(&mut listener).await);
        assert_eq!(stage.sandbox.faults().counts().fired, 1);
        assert_eq!(ids(&told), sorted(logged), "{trigger}");
        stage.sandbox.faults().clear();
    }
}

#[tokio::test]
async fn conditions_choose_what_fires() {
    let stage = Stage::new();
    let mut risky = stage.listen("entra.new_sign_in", json!({ "riskState": "atRisk" })).await.unwrap();
    let mut groups = stage.listen("entra.new_directory_audit", json!({ "category": "GroupManagement" })).await.unwrap();
    heard(&mut risky).await;
    heard(&mut groups).await;
    let soon = stage.sandbox.clock().now().saturating_add(SignedDuration::from_mins(1)).unwrap();
    log_at(&stage, TRIGGERS[0], soon, json!({}));
    log_at(&stage, TRIGGERS[1], soon, json!({}));
    let at_risk = log_at(&stage, TRIGGERS[0], soon, json!({ "riskState": "atRisk" }));
    let of_group = log_at(&stage, TRIGGERS[1], soon, json!({ "category": "GroupManagement" }));
    assert_eq!(ids(&heard(&mut risky).await), [&at_risk]);
    assert_eq!(ids(&heard(&mut groups).await), [&of_group]);
}
