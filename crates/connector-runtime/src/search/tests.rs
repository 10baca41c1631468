use std::sync::Arc;

use super::*;
use crate::{Grant, Host, Interface, Patterns, Principal, PrincipalId, Rules};

fn host() -> Host {
    Host::builder()
        .connector(outlook_connector::connector())
        .connector(graph_connector::connector())
        .build()
        .expect("a host")
}

fn owner() -> AuthorizedHost {
    host().authorize(Principal::owner(), Interface::Library)
}

fn with(grant: Grant) -> AuthorizedHost {
    let agent = Principal { id: PrincipalId::new("agent").expect("an id"), name: "A".into(), grant, parent: None };
    host().authorize(Arc::new(agent), Interface::Library)
}

fn ids(found: &[FoundAction]) -> Vec<&str> {
    found.iter().map(|action| action.id.as_str()).collect()
}

#[test]
fn an_action_of_two_connectors_is_found_once() {
    let found = owner().find_actions("write and send an email", None, 8).unwrap();
    let send = found.iter().find(|action| action.id == "outlook.send_email" || action.id == "graph.send_mail").unwrap();
    assert_eq!(send.also.len(), 1, "{send:?}");
    assert!(found.len() == 8 && !found.iter().any(|action| send.also.contains(&action.id)));
    let alone = owner().find_actions("write and send an email", Some("graph"), 8).unwrap();
    assert!(alone.iter().all(|action| action.id.starts_with("graph.") && action.also.is_empty()), "{alone:?}");
    assert!(ids(&alone).contains(&"graph.send_mail"));
}

#[test]
fn only_what_the_principal_may_run_is_found() {
    let reads = with(Grant { actions: Patterns::new(["outlook.*"]).unwrap(), ..Grant::default() });
    let found = reads.find_actions("delete an email", None, 50).unwrap();
    assert!(!found.is_empty() && found.iter().all(|action| action.id.starts_with("outlook.")), "{found:?}");
    assert!(found.iter().all(|action| action.effect == Effect::Read && action.rule == Rule::Allow), "{found:?}");
    let guarded = with(Grant { actions: Patterns::new(["*"]).unwrap(), rules: Rules::guarded(), ..Grant::default() });
    let found = guarded.find_actions("delete an email", None, 1).unwrap();
    assert_eq!((found[0].id.as_str(), found[0].rule), ("outlook.delete_email", Rule::AfterApproval));
    assert_eq!(found[0].required, ["messageId"]);
    // One of its methods is a read.
    let raw = reads.find_actions("send a raw request", None, 8).unwrap();
    assert_eq!((raw[0].id.as_str(), raw[0].effect), ("outlook.raw_request", Effect::Read));
    let error = reads.find_actions("send", Some("graph"), 8).unwrap_err();
    assert_eq!(error.message(), "there is no connector called `graph`");
}

#[test]
fn a_misspelt_word_finds_the_nearest_name() {
    let found = owner().find_actions("list the calenders", None, 3).unwrap();
    assert!(ids(&found).contains(&"outlook.list_calendars"), "{found:?}");
    assert_eq!(owner().find_actions("xyzzy", None, 3).unwrap(), []);
    assert_eq!(owner().find_actions(" ?! ", None, 3).unwrap(), []);
}

#[test]
fn a_question_has_one_answer() {
    let (one, other) = (owner(), owner());
    for question in ["show my mails", "who is my manager", "share a file", "meeting", "delete everything", "Ü ’s"] {
        assert_eq!(one.find_actions(question, None, 50).unwrap(), other.find_actions(question, None, 50).unwrap());
    }
}

#[test]
fn a_long_text_is_cut_at_a_word() {
    let long = "word ".repeat(40);
    let short = shortened(&long);
    assert!(short.chars().count() <= DESCRIPTION && short.ends_with("word…"), "{short}");
    assert_eq!(shortened("A short one."), "A short one.");
}
