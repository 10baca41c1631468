//! Lists of any length.

use std::collections::HashSet;

use connector_runtime::Run;
use connector_sdk::{ChoiceQuery, Code, Json};
use futures_util::StreamExt;
use graph_sandbox::{Fault, HostileLink, Rule};
use serde_json::{Value, json};

use crate::coverage::covers;
use crate::stage::{ADELE, Stage};

covers! {
    action "graph_raw.paginate_request": twenty_thousand_messages_pass_one_by_one, a_list_that_goes_in_circles_is_noticed;
    action "outlook.list_emails": mail_is_listed_and_continued, a_folder_that_is_not_there_is_not_found;
    picklist "outlook.mail_folders": folders_are_a_tree, folders_of_a_stranger_are_refused;
}

const MANY: usize = 20_000;

#[tokio::test(start_paused = true)]
async fn twenty_thousand_messages_pass_one_by_one() {
    let stage = Stage::new();
    for i in 0..MANY {
        stage.sandbox.graph().deliver(ADELE, "archive", json!({ "subject": i.to_string() }));
    }
    let input = json!({ "url": "/me/mailFolders/archive/messages?$select=subject&$top=1000", "mode": "stream" });
    // What is thrown in the way of the pages is not seen in the list.
    stage.sandbox.faults().add(Rule::new(Fault::throttle(7)).path("/messages").from_nth(4).once());
    stage.sandbox.faults().add(Rule::new(Fault::ResetAfter).path("/messages").from_nth(9).once());
    stage.sandbox.faults().add(Rule::new(Fault::Truncate { bytes: 4000 }).path("/messages").from_nth(13).once());
    let mut items = std::pin::pin!(stage.host.stream(Run::new("graph_raw.paginate_request", "adele", input)));
    let mut ids = HashSet::new();
    while let Some(item) = items.next().await {
        let item: Value = item.unwrap().read().unwrap();
        assert!(ids.insert(item["id"].as_str().unwrap().to_owned()), "twice: {item}");
    }
    assert_eq!(ids.len(), MANY + 1, "and one that was there before");
    let counts = stage.sandbox.faults().counts();
    assert_eq!((counts.fired, counts.early, stage.sandbox.request_count()), (3, 0, 24));
}

#[tokio::test(start_paused = true)]
async fn a_list_that_goes_in_circles_is_noticed() {
    let stage = Stage::new();
    stage.sandbox.faults().add(Rule::new(Fault::HostileNextLink { link: HostileLink::Loop }));
    let error = stage.fails("graph_raw.paginate_request", json!({ "url": "/users?$top=3" })).await;
    assert_eq!(error.code(), Code::Protocol, "{error}");
    assert!(stage.sandbox.request_count() <= 3);
}

#[tokio::test]
async fn pages_continue_where_they_ended() {
    let stage = Stage::new();
    let page = |token: Option<&Value>| {
        let mut input = json!({ "url": "/users?$select=id&$top=5", "maxItems": 4 });
        input.as_object_mut().unwrap().extend(token.map(|token| ("pageToken".to_owned(), token.clone())));
        stage.works("graph_raw.paginate_request", input)
    };
    let mut ids = Vec::new();
    let mut answer = page(None).await;
    loop {
        ids.extend(answer["items"].as_array().unwrap().iter().map(|user| user["id"].to_string()));
        let Some(token) = answer.get("nextPageToken").cloned() else { break };
        answer = page(Some(&token)).await;
    }
    assert_eq!((ids.len(), ids.iter().collect::<HashSet<_>>().len()), (12, 12));
}

#[tokio::test]
async fn mail_is_listed_and_continued() {
    let stage = Stage::new();
    let input =
        json!({ "query": { "select": ["subject", "receivedDateTime"], "filter": "isRead eq false" }, "limit": 3 });
    let first = stage.works("outlook.list_emails", input.clone()).await;
    assert_eq!(first["items"].as_array().unwrap().len(), 3);
    let mut next = input;
    next["pageToken"] = first["nextPageToken"].clone();
    let second = stage.works("outlook.list_emails", next).await;
    assert_ne!(first["items"][2]["id"], second["items"][0]["id"]);
    let times = |list: &Value| {
        list["items"].as_array().unwrap().iter().map(|item| item["receivedDateTime"].to_string()).collect::<Vec<_>>()
    };
    let all = [times(&first), times(&second)].concat();
    assert!(all.is_sorted_by(|a, b| a >= b), "the newest first: {all:?}");
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_not_found() {
    let stage = Stage::new();
    let error = stage.fails("outlook.list_emails", json!({ "folderId": "AAMkAnotAfolder" })).await;
    assert!(matches!(error.code(), Code::NotFound | Code::Rejected), "{error}");
    assert!(error.upstream().unwrap().code.is_some());
    let error =
        stage.fails("outlook.list_emails", json!({ "query": { "search": "a", "filter": "isRead eq true" } })).await;
    assert_eq!((error.code(), error.violations()[0].pointer.as_str()), (Code::InvalidInput, "/query/search"));
    // An app is nobody, so somebody must be named.
    let error = stage.execute(Run::new("outlook.list_emails", "app", json!({}))).await.unwrap_err();
    assert_eq!((error.code(), error.violations()[0].pointer.as_str()), (Code::InvalidInput, "/mailbox"));
    let named = Run::new("outlook.list_emails", "app", json!({ "mailbox": ADELE, "limit": 1 }));
    assert_eq!(stage.execute(named).await.unwrap()["items"].as_array().unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_list_that_always_breaks_off_fails_and_invents_nothing() {
    let stage = Stage::new();
    // It breaks off behind so many bytes, and a perturbed page may have fewer.
    stage.sandbox.perturb(graph_sandbox::Perturbations::none());
    stage.sandbox.faults().add(Rule::new(Fault::Truncate { bytes: 900 }).path("/messages").from_nth(2));
    let input = json!({ "fetchAll": true, "query": { "top": 10, "select": ["subject"] } });
    let items: Vec<Result<Json, _>> =
        stage.host.stream(Run::new("outlook.list_emails", "adele", input)).collect().await;
    let (good, bad): (Vec<_>, Vec<_>) = items.into_iter().partition(Result::is_ok);
    assert_eq!((good.len(), bad.len()), (10, 1), "the first page, then the error");
    let error = bad.into_iter().next().unwrap().unwrap_err();
    assert_eq!(error.code(), Code::Unavailable, "{error}");
    assert_eq!(stage.sandbox.request_count(), 5, "four tries of the second page");
}

#[tokio::test]
async fn folders_are_a_tree() {
    let stage = Stage::new();
    let found = stage.host.choices("outlook.mail_folders", "adele", json!({}), ChoiceQuery::default()).await.unwrap();
    let by_label = |label: &str| {
        found.choices.iter().find(|choice| choice.label == label).unwrap_or_else(|| panic!("{label}: {found:?}"))
    };
    assert_eq!(by_label("Mark 8").parent.as_ref(), Some(&by_label("Projects").value));
    // A choice is a value that the property takes.
    let list = stage.works("outlook.list_emails", json!({ "folderId": by_label("Mark 8").value })).await;
    assert_eq!(list["items"][0]["subject"], "Mark 8 specification");
}

#[tokio::test]
async fn folders_of_a_stranger_are_refused() {
    let stage = Stage::new();
    let ask = stage.host.choices(
        "outlook.mail_folders",
        "adele",
        json!({ "mailbox": "alexw@contoso.example" }),
        ChoiceQuery::default(),
    );
    let error = ask.await.unwrap_err();
    assert_eq!(error.code(), Code::MissingScope);
    assert!(error.to_string().contains("Mail.Read.Shared"), "{error}");
    assert_eq!(stage.sandbox.request_count(), 0);
}
