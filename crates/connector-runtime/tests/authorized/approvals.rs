//! A person's consent to one exact run.

use connector_runtime::{ApprovalBy, ApprovalState, AuthorizedHost, Code, Confirmation, Grant, Interface, Rule, Rules};

use crate::world::{World, grant, principal, printed, send};

fn after_approval(approvals: ApprovalBy) -> Rules {
    Rules { approvals, ..Rules { send: Rule::AfterApproval, ..Rules::default() } }
}

fn approver(world: &World, connections: &[&str], via: Interface) -> AuthorizedHost {
    let granted = Grant { approve: true, ..grant(connections, &["outlook.*"], Rules::default()) };
    world.host.authorize(principal("person", granted), via)
}

/// Asks for the approval of a run, and returns its confirmation and the approval's id.
async fn ask(seen: &AuthorizedHost, subject: &str) -> (Confirmation, String) {
    let confirm = seen.preview(send("work", subject)).await.unwrap().confirm.unwrap();
    assert_eq!(seen.approvals().of(&confirm).await.unwrap(), None);
    let error = seen.execute(send("work", subject), Some(&confirm)).await.unwrap_err();
    assert_eq!((error.code(), error.reason()), (Code::NotConfirmed, Some("approval_waiting")));
    let approval = seen.approvals().of(&confirm).await.unwrap().unwrap();
    assert_eq!(approval.state, ApprovalState::Waiting);
    (confirm, approval.id)
}

#[tokio::test]
async fn once_approved_the_run_is_made_once() {
    let world = World::with(&["work"]);
    let agent = world.seen_by("agent", grant(&["work"], &["outlook.*"], after_approval(ApprovalBy::Console)));
    let (confirm, id) = ask(&agent, "Lunch").await;
    let waiting = agent.execute(send("work", "Lunch"), Some(&confirm)).await.unwrap_err();
    assert_eq!(waiting.reason(), Some("approval_waiting"));
    let person = approver(&world, &["work"], Interface::Console);
    let asked = person.approvals().list().await.unwrap();
    assert_eq!(asked.len(), 1);
    assert!(asked[0].question.text.contains("It reaches \"meganb@contoso.example\"."), "{:?}", asked[0].question);
    person.approvals().answer(&id, true).await.unwrap();
    let again = person.approvals().answer(&id, false).await.unwrap_err();
    assert_eq!((again.code(), again.reason()), (Code::Conflict, Some("answered")));
    assert!(!agent.execute(send("work", "Lunch"), Some(&confirm)).await.unwrap().repeated);
    assert!(agent.execute(send("work", "Lunch"), Some(&confirm)).await.unwrap().repeated);
    let other = agent.execute(send("work", "Dinner"), Some(&confirm)).await.unwrap_err();
    assert_eq!(other.reason(), Some("other_run"));
    assert_eq!(world.sent("work", "Lunch").await, 1);
}

#[tokio::test]
async fn refused_and_unanswered_runs_are_never_made() {
    let world = World::with(&["work"]);
    let agent = world.seen_by("agent", grant(&["work"], &["outlook.*"], after_approval(ApprovalBy::Console)));
    let (refused, id) = ask(&agent, "Lunch").await;
    world.owner().approvals().answer(&id, false).await.unwrap();
    let error = agent.execute(send("work", "Lunch"), Some(&refused)).await.unwrap_err();
    assert_eq!((error.code(), error.reason()), (Code::Denied, Some("refused")));
    let (late, id) = ask(&agent, "Dinner").await;
    world.pass(601);
    let error = agent.execute(send("work", "Dinner"), Some(&late)).await.unwrap_err();
    assert_eq!((error.code(), error.reason()), (Code::NotConfirmed, Some("expired")));
    let error = world.owner().approvals().answer(&id, true).await.unwrap_err();
    assert_eq!((error.code(), error.reason()), (Code::Conflict, Some("expired")));
    assert_eq!(world.owner().approvals().show(&id).await.unwrap().state, ApprovalState::Expired);
    assert_eq!(world.sandbox.request_count(), 0);
}

#[tokio::test]
async fn nobody_approves_its_own_run() {
    let world = World::with(&["work"]);
    let rules = after_approval(ApprovalBy::Console);
    let all = Grant { approve: true, keys: true, ..grant(&["work"], &["outlook.*"], rules) };
    let key = world.owner().api_keys().add("Agent", all.clone()).await.unwrap().key;
    let holder = world.host.authenticate(&key).await.unwrap();
    let agent = world.host.authorize(holder, Interface::Console);
    let (confirm, id) = ask(&agent, "Lunch").await;
    assert_eq!(agent.approvals().answer(&id, true).await.unwrap_err().code(), Code::Denied);
    // Nor by a key that it makes for the purpose.
    let child = agent.api_keys().add("Friend", all.clone()).await.unwrap().key;
    let friend = world.host.authorize(world.host.authenticate(&child).await.unwrap(), Interface::Console);
    assert_eq!(friend.approvals().answer(&id, true).await.unwrap_err().code(), Code::NotFound);
    assert!(friend.approvals().list().await.unwrap().is_empty());
    // Whoever made a key may approve what it asks for.
    let (theirs, id) = ask(&friend, "Dinner").await;
    agent.approvals().answer(&id, true).await.unwrap();
    assert!(friend.execute(send("work", "Dinner"), Some(&theirs)).await.is_ok());
    assert_eq!(
        agent.execute(send("work", "Lunch"), Some(&confirm)).await.unwrap_err().reason(),
        Some("approval_waiting")
    );
}

#[tokio::test]
async fn an_answer_through_the_client_counts_only_where_the_rules_accept_it() {
    let world = World::with(&["work"]);
    let strict = world.seen_by("agent", grant(&["work"], &["outlook.*"], after_approval(ApprovalBy::Console)));
    let (_, id) = ask(&strict, "Lunch").await;
    let error = strict.approvals().answer_through_client(&id, true).await.unwrap_err();
    assert_eq!((error.code(), error.reason()), (Code::Denied, Some("console_only")));
    for via in [Interface::Mcp, Interface::Http] {
        let error = approver(&world, &["work"], via).approvals().answer(&id, true).await.unwrap_err();
        assert_eq!(error.reason(), Some("console_only"), "{via:?}");
    }
    assert_eq!(world.owner().approvals().show(&id).await.unwrap().state, ApprovalState::Waiting);

    let lax = world.seen_by("other", grant(&["work"], &["outlook.*"], after_approval(ApprovalBy::ClientOrConsole)));
    let (confirm, id) = ask(&lax, "Dinner").await;
    assert_eq!(strict.approvals().answer_through_client(&id, true).await.unwrap_err().code(), Code::NotFound);
    lax.approvals().answer_through_client(&id, true).await.unwrap();
    assert!(lax.execute(send("work", "Dinner"), Some(&confirm)).await.is_ok());
}

#[tokio::test]
async fn hidden_approvals_are_as_absent() {
    let world = World::with(&["work", "home"]);
    let agent = world.seen_by("agent", grant(&["work"], &["outlook.*"], after_approval(ApprovalBy::Console)));
    let (_, id) = ask(&agent, "Lunch").await;
    let absent = "0".repeat(32);
    let elsewhere = approver(&world, &["home"], Interface::Console);
    let without_right =
        world.host.authorize(principal("p", grant(&["work"], &["outlook.*"], Rules::default())), Interface::Console);
    for seen in [elsewhere, without_right] {
        let hidden = seen.approvals().answer(&id, true).await.unwrap_err();
        assert_eq!(hidden.code(), Code::NotFound);
        assert_eq!(printed(&hidden, &id), printed(&seen.approvals().answer(&absent, true).await.unwrap_err(), &absent));
        assert_eq!(printed(&hidden, &id), printed(&seen.approvals().show(&id).await.unwrap_err(), &id));
        assert!(seen.approvals().list().await.unwrap().is_empty());
    }
    for odd in ["", "../x", "x\ny", &"a".repeat(2000)] {
        assert_eq!(agent.approvals().show(odd).await.unwrap_err().code(), Code::NotFound);
    }
}

#[tokio::test]
async fn fifty_calls_ask_one_question() {
    let world = World::with(&["work"]);
    let agent = world.seen_by("agent", grant(&["work"], &["outlook.*"], after_approval(ApprovalBy::Console)));
    let confirm = agent.preview(send("work", "Lunch")).await.unwrap().confirm.unwrap();
    let calls: Vec<_> = (0..50)
        .map(|_| {
            let (agent, confirm) = (agent.clone(), confirm.clone());
            tokio::spawn(async move { agent.execute(send("work", "Lunch"), Some(&confirm)).await })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap().unwrap_err().reason(), Some("approval_waiting"));
    }
    assert_eq!(agent.approvals().list().await.unwrap().len(), 1);
}
