//! The audit log has every change before it leaves, and no content.

use std::sync::{Arc, Mutex};

use connector_runtime::store::{AuditFilter, AuditKind, AuditLog, AuditRecord, Sqlite};
use connector_runtime::{
    ApprovalBy, AuditEvent, AuditObserver, AuthorizedHost, Call, Code, Effect, Grant, HttpResponse, Interface, KeyRing,
    Next, Policy, Principal, Reach, Result, Rule, Rules, Run,
};
use futures_util::future::BoxFuture;
use graph_sandbox::{Fault, Rule as FaultRule};
use serde_json::json;

use crate::world::{World, grant, mail, send};

async fn entries(seen: &AuthorizedHost) -> Vec<AuditRecord> {
    seen.audit().page(AuditFilter::default(), None, 1000).await.unwrap()
}

fn kinds(records: &[AuditRecord]) -> Vec<AuditKind> {
    records.iter().rev().map(|record| record.entry.kind).collect()
}

/// Looks into the audit log whenever a request is about to leave.
struct Looking(Sqlite, Arc<Mutex<Vec<(String, usize)>>>);

impl Policy for Looking {
    fn send<'c>(&'c self, call: &'c mut Call<'_>, next: Next<'c>) -> BoxFuture<'c, Result<HttpResponse>> {
        Box::pin(async move {
            let open = AuditFilter { is_open: true, ..AuditFilter::default() };
            let found = self.0.entries(&open, None, 10).await?;
            self.1.lock().unwrap().push((call.method().to_string(), found.len()));
            next.send(call).await
        })
    }
}

#[tokio::test]
async fn a_change_is_written_before_its_first_request_and_completed_after_it() {
    let store = Sqlite::in_memory().unwrap();
    let seen_at = Arc::new(Mutex::new(Vec::new()));
    let looking = Looking(store.clone(), seen_at.clone());
    let world = World::built(&["work"], |builder| {
        builder.store(Arc::new(store), KeyRing::random().unwrap()).policy_per_call(Arc::new(looking))
    });
    let owner = world.owner();
    owner.execute(send("work", "Lunch"), None).await.unwrap();
    owner.execute(Run::new("outlook.list_emails", "work", json!({ "limit": 1 })), None).await.unwrap();
    assert_eq!(*seen_at.lock().unwrap(), [("POST".to_owned(), 1), ("GET".to_owned(), 0)]);
    let log = entries(&owner).await;
    assert_eq!(kinds(&log), [AuditKind::Run, AuditKind::Run]);
    let sent = &log[1].entry;
    assert_eq!((sent.action.as_deref(), sent.effect), (Some("outlook.send_email"), Some(Effect::Send)));
    assert_eq!((sent.connection.as_deref(), sent.interface), (Some("work"), Interface::CommandLine));
    let end = sent.end.as_ref().unwrap();
    assert_eq!((end.code, end.requests, end.request_ids.len()), (None, 1, 1), "{end:?}");
}

#[tokio::test]
async fn failures_and_refusals_have_their_code() {
    let world = World::with(&["work"]);
    let granted = Grant { audit: Reach::Own, ..grant(&["work"], &["outlook.send_*"], Rules::everything()) };
    let agent = world.seen_by("agent", granted);
    let refused = Fault::Status { status: 403, code: "Forbidden".into(), message: String::new() };
    world.sandbox.faults().add(FaultRule::new(refused).times(1));
    agent.execute(send("work", "Lunch"), None).await.unwrap_err();
    agent.execute(Run::new("outlook.CANARY", "work", json!({})), None).await.unwrap_err();
    let log = entries(&agent).await;
    assert_eq!(kinds(&log), [AuditKind::Run, AuditKind::Refusal]);
    assert_eq!(log[1].entry.end.as_ref().unwrap().code, Some(Code::Forbidden));
    assert_eq!(log[0].entry.end.as_ref().unwrap().code, Some(Code::UnknownAction));
    assert_eq!(log[0].entry.action, None, "what a caller sent as a name is not kept");
}

#[tokio::test]
async fn nothing_is_changed_where_the_log_cannot_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tenon.db");
    let store = Sqlite::open(&path).unwrap();
    let world = World::built(&["work"], |builder| builder.store(Arc::new(store), KeyRing::random().unwrap()));
    let owner = world.owner();
    let key = owner.api_keys().add("Agent", Grant::everything()).await.unwrap();
    rusqlite::Connection::open(&path).unwrap().execute_batch("DROP TABLE audit").unwrap();
    let error = owner.execute(send("work", "Lunch"), None).await.unwrap_err();
    assert!(error.to_string().ends_with("while the audit log was written, so nothing was done"), "{error}");
    assert_eq!(world.sandbox.request_count(), 0);
    owner.api_keys().revoke(key.principal.id.as_str()).await.unwrap_err();
    assert!(world.host.authenticate(&key.key).await.is_ok(), "the key is still there");
    let list = Run::new("outlook.list_emails", "work", json!({ "limit": 1 }));
    assert!(owner.execute(list, None).await.is_ok(), "reads go on");
}

/// Never lets a request leave.
struct Stuck;

impl Policy for Stuck {
    fn send<'c>(&'c self, _: &'c mut Call<'_>, _: Next<'c>) -> BoxFuture<'c, Result<HttpResponse>> {
        Box::pin(std::future::pending())
    }
}

#[tokio::test]
async fn a_run_that_was_cut_off_stays_without_an_end() {
    let store = Sqlite::in_memory().unwrap();
    let kept = store.clone();
    let world = World::built(&["work"], |builder| {
        builder.store(Arc::new(store), KeyRing::random().unwrap()).policy_per_call(Arc::new(Stuck))
    });
    let owner = world.owner();
    let run = tokio::spawn(async move { owner.execute(send("work", "Lunch"), None).await });
    let open = AuditFilter { is_open: true, ..AuditFilter::default() };
    while kept.entries(&open, None, 10).await.unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    run.abort();
    assert!(run.await.unwrap_err().is_cancelled());
    let log = world.owner().audit().page(open, None, 10).await.unwrap();
    assert_eq!(kinds(&log), [AuditKind::Run], "nobody knows how it ended");
}

#[tokio::test]
async fn no_content_is_in_the_log_and_every_step_is() {
    const CANARY: &str = "canary-7f3a";
    let world = World::with(&["work"]);
    let rules = Rules { approvals: ApprovalBy::ClientOrConsole, send: Rule::AfterApproval, ..Rules::default() };
    let owner = world.owner();
    let key = owner.api_keys().add(CANARY, grant(&["work"], &["outlook.*"], rules)).await.unwrap();
    let holder = world.host.authenticate(&key.key).await.unwrap();
    let agent = world.host.authorize(holder, Interface::Mcp);
    let mut input = mail(CANARY);
    input["to"] = json!([format!("{CANARY}@contoso.example")]);
    input["body"] = json!(CANARY);
    let run = || Run::new("outlook.send_email", "work", input.clone());
    let confirm = agent.preview(run()).await.unwrap().confirm.unwrap();
    agent.execute(run(), Some(&confirm)).await.unwrap_err();
    let approval = agent.approvals().of(&confirm).await.unwrap().unwrap();
    agent.approvals().answer_through_client(&approval.id, true).await.unwrap();
    agent.execute(run(), Some(&confirm)).await.unwrap();
    let id = key.principal.id.to_string();
    owner.api_keys().change(&id, Grant::default()).await.unwrap();
    owner.api_keys().revoke(&id).await.unwrap();

    let log = entries(&owner).await;
    let mut found = kinds(&log);
    found.sort_by_key(|kind| kind.name());
    let expected = [
        AuditKind::ApiKeyAdded,
        AuditKind::ApiKeyChanged,
        AuditKind::ApiKeyRevoked,
        AuditKind::ApprovalAsked,
        AuditKind::ApprovalGiven,
        AuditKind::Preview,
        AuditKind::Refusal,
        AuditKind::Run,
    ];
    assert_eq!(found, expected);
    let text = serde_json::to_string(&log).unwrap();
    for secret in [CANARY, "meganb", confirm.as_str(), key.key.expose()] {
        assert!(!text.contains(secret), "{secret} is in {text}");
    }
    let added = log.iter().find(|record| record.entry.kind == AuditKind::ApiKeyAdded).unwrap();
    assert_eq!(added.entry.end.as_ref().unwrap().target.as_deref(), Some(&*id));
}

#[tokio::test]
async fn a_key_reads_what_its_reach_says() {
    let world = World::with(&["work"]);
    let list = || Run::new("outlook.list_emails", "work", json!({ "limit": 1 }));
    let owner = world.owner();
    owner.execute(list(), None).await.unwrap();
    let granted = |audit| Grant { audit, keys: true, ..grant(&["work"], &["outlook.*"], Rules::default()) };
    let mut counts = Vec::new();
    for reach in [Reach::All, Reach::Own] {
        let key = owner.api_keys().add("Reader", granted(reach)).await.unwrap();
        let seen = world.host.authorize(world.host.authenticate(&key.key).await.unwrap(), Interface::Http);
        seen.execute(list(), None).await.unwrap();
        let child = seen.api_keys().add("Child", granted(Reach::All)).await.unwrap();
        let child = world.host.authorize(world.host.authenticate(&child.key).await.unwrap(), Interface::Http);
        child.execute(list(), None).await.unwrap();
        counts.push((entries(&seen).await.len(), entries(&child).await.len()));
        let foreign = AuditFilter { principals: Some(vec![Principal::owner().id.clone()]), ..AuditFilter::default() };
        let foreign = seen.audit().page(foreign, None, 10).await.unwrap().len();
        assert_eq!(foreign > 0, reach == Reach::All);
    }
    // The owner's run and key, the reader's run and key, the child's run; then those of the second reader alone.
    assert_eq!(counts, [(5, 5), (3, 1)]);
    let none = world.seen_by("agent", granted(Reach::None));
    let error = none.audit().page(AuditFilter::default(), None, 10).await.unwrap_err();
    assert_eq!((error.code(), error.reason()), (Code::Denied, Some("right")));
}

#[tokio::test]
async fn observers_hear_of_everything_at_once() {
    #[derive(Default)]
    struct Heard(Mutex<Vec<String>>);
    impl AuditObserver for Heard {
        fn on_event(&self, event: &AuditEvent<'_>) {
            let heard = match event {
                AuditEvent::Run { action, preview, code, requests, .. } => {
                    format!("{action} {preview} {code:?} {requests}")
                }
                AuditEvent::Refusal { code, reason, .. } => format!("{code:?} {reason:?}"),
                other => format!("{other:?}"),
            };
            self.0.lock().unwrap().push(heard);
        }
    }
    let heard = Arc::new(Heard::default());
    let observer = heard.clone();
    let world = World::built(&["work"], |builder| builder.audit_observer(observer));
    let seen = world
        .seen_by("agent", grant(&["work"], &["outlook.*"], Rules { send: Rule::AfterPreview, ..Rules::default() }));
    seen.execute(send("work", "Lunch"), None).await.unwrap_err();
    let confirm = seen.preview(send("work", "Lunch")).await.unwrap().confirm.unwrap();
    seen.execute(send("work", "Lunch"), Some(&confirm)).await.unwrap();
    assert_eq!(
        *heard.0.lock().unwrap(),
        ["NotConfirmed Some(\"missing\")", "outlook.send_email true None 0", "outlook.send_email false None 1"]
    );
}
