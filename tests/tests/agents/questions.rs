//! Everyday questions find their actions.
//!
//! The questions were written without a look at the actions, except for the last four. The table of synonyms was
//! made with the first half in view; the second half shows what it is worth for questions that nobody has tuned for.

use std::time::Instant;

use connector_runtime::{AuthorizedHost, FoundAction, Host, Interface, Principal};
use serde::Deserialize;

/// Number of actions that are looked at.
const FIRST: usize = 8;
/// Number of actions of which the best should be one.
const BEST: usize = 3;
/// Maximum number of bytes of the first actions.
const MAX_BYTES: usize = 2048;

#[derive(Deserialize)]
struct Question {
    question: String,
    /// Ids of all actions that answer it.
    actions: Vec<String>,
}

fn owner() -> AuthorizedHost {
    let mut host = Host::builder();
    for connector in tenon_tests::connectors() {
        host = host.connector(connector);
    }
    host.build().expect("a host").authorize(Principal::owner(), Interface::Library)
}

fn questions() -> Vec<Question> {
    serde_json::from_str(include_str!("questions.json")).expect("the questions")
}

fn answers(action: &FoundAction, question: &Question) -> bool {
    std::iter::once(&action.id).chain(&action.also).any(|id| question.actions.contains(id))
}

#[test]
fn questions_find_their_actions() {
    let (host, questions) = (owner(), questions());
    assert_eq!(questions.len(), 200);
    let mut found = Vec::new();
    for question in &questions {
        for id in &question.actions {
            host.action(id).unwrap_or_else(|error| panic!("{}: {error}", question.question));
        }
        let actions = host.find_actions(&question.question, None, FIRST).expect("a search");
        let place = actions.iter().position(|action| answers(action, question));
        if place.is_none_or(|place| place >= BEST) {
            let best: Vec<&str> = actions.iter().take(BEST).map(|action| action.id.as_str()).collect();
            println!("{place:?} {}: {} expected, {best:?} found", question.question, question.actions[0]);
        }
        found.push(place);
    }
    for (half, places) in ["tuned", "unseen"].iter().zip(found.chunks(100)) {
        let within = |most: usize| places.iter().filter(|place| place.is_some_and(|place| place < most)).count();
        let (first, best) = (within(FIRST), within(BEST));
        println!("{half}: {first} of 100 in the first {FIRST}, {best} in the first {BEST}");
        assert!(first >= 95, "{half}: {first} of 100 in the first {FIRST}");
        assert!(best >= 85, "{half}: {best} of 100 in the first {BEST}");
    }
}

#[test]
fn what_is_found_is_small() {
    let host = owner();
    let mut largest = 0;
    for question in questions() {
        let actions = host.find_actions(&question.question, None, FIRST).expect("a search");
        let bytes = serde_json::to_vec(&actions).expect("JSON").len();
        largest = largest.max(bytes);
        assert!(bytes <= MAX_BYTES, "{}: {bytes} bytes", question.question);
    }
    println!("the largest answer has {largest} bytes");
}

#[test]
#[ignore = "it measures: cargo test --workspace --test agents -- --ignored --nocapture"]
fn time_of_a_search() {
    let (host, questions) = (owner(), questions());
    let begin = Instant::now();
    host.find_actions("warm up", None, FIRST).expect("a search");
    println!("index: {:?}", begin.elapsed());
    let begin = Instant::now();
    for question in &questions {
        host.find_actions(&question.question, None, FIRST).expect("a search");
    }
    println!("search: {:?}", begin.elapsed() / questions.len() as u32);
}
