//! Runs that break off, and what a later run with the same key does. Nothing is done twice, and what was done is told.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use connector_runtime::{LocalFiles, Run};
use connector_sdk::{Code, Error, Json, Result, Retry};
use graph_client::ItemSink;
use graph_sandbox::{Fault, Rule};
use serde_json::{Value, json};

use crate::stage::{Stage, as_adele};

/// Takes so many pages, and then nobody is there any more.
struct Leaves {
    pages: usize,
    items: usize,
}

#[async_trait]
impl ItemSink for Leaves {
    async fn emit(&mut self, items: Vec<Json>) -> Result<()> {
        if self.pages == 0 {
            return Err(Error::new(Code::Unavailable, "nobody takes the items any more"));
        }
        self.pages -= 1;
        self.items += items.len();
        Ok(())
    }
}

fn fail(status: u16) -> Fault {
    Fault::Status { status, code: "ServiceUnavailable".into(), message: "Busy.".into() }
}

fn contacts(count: usize) -> Value {
    json!({ "items": (0..count).map(|i| json!({ "givenName": format!("N{i}"), "surname": "Bulk" })).collect::<Vec<_>>() })
}

fn contacts_there(stage: &Stage) -> usize {
    let mut count = 0;
    let mut path = "/me/contacts?$filter=surname eq 'Bulk'&$select=id&$top=999".to_owned();
    loop {
        let page = stage.look(&path);
        count += page["value"].as_array().unwrap().len();
        match page["@odata.nextLink"].as_str() {
            Some(link) => path = link.split_once("/v1.0").unwrap().1.to_owned(),
            None => return count,
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_mail_that_is_waited_for_goes_once() {
    let stage = Stage::new();
    let ask = json!({ "to": ["meganb@contoso.example"], "subject": "Approve?", "timeoutMinutes": 2 });
    let run = as_adele("outlook.send_email_and_wait", ask).key("ask");
    let error = stage.execute(run.clone().deadline(Duration::from_secs(45))).await.unwrap_err();
    assert_eq!(error.code(), Code::Incomplete, "{error}");
    assert_ne!(error.retryability(), Retry::Never, "with a key it goes on");
    assert!(error.carried_out().iter().any(|change| change.request.ends_with("/send")), "{error}");
    assert_eq!(stage.count("sentitems", "Approve?"), 1);
    assert_eq!(stage.execute(run).await.unwrap(), json!({ "timedOut": true }));
    assert_eq!((stage.count("sentitems", "Approve?"), stage.count("drafts", "Approve?")), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_mail_that_has_gone_is_told_when_looking_fails() {
    let stage = Stage::new();
    stage.sandbox.faults().add(Rule::new(fail(503)).path("/inbox/messages"));
    let ask = json!({ "to": ["meganb@contoso.example"], "subject": "Approve?", "timeoutMinutes": 2 });
    let error = stage.fails("outlook.send_email_and_wait", ask).await;
    assert_eq!(
        (error.code(), error.retryability(), error.status()),
        (Code::Incomplete, Retry::Never, Some(503)),
        "{error}"
    );
    assert!(error.carried_out()[0].id.is_some(), "the message is named: {error}");
    assert_eq!(stage.count("sentitems", "Approve?"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_goes_away_costs_nothing_twice() {
    let stage = Stage::new();
    let run = as_adele("outlook.create_contact", contacts(1000)).key("import");
    let mut leaves = Leaves { pages: 1, items: 0 };
    let error = stage.host.execute_into(run.clone(), &mut leaves).await.unwrap_err();
    assert_eq!(error.code(), Code::Incomplete, "{error}");
    assert!(error.message().contains("of 1000 items"), "{error}");
    let first = contacts_there(&stage);
    assert!((400..1000).contains(&first), "{first}");
    let output = stage.execute(run.clone()).await.unwrap();
    assert_eq!((output["succeeded"].clone(), contacts_there(&stage)), (json!(1000), 1000));
    assert!(
        output["items"].as_array().unwrap().iter().all(|item| item["output"]["id"].is_string()),
        "what was done before is told too"
    );
    let requests = stage.sandbox.request_count();
    assert_eq!(stage.execute(run).await.unwrap(), output);
    assert_eq!(stage.sandbox.request_count(), requests, "the outcome is kept");
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_goes_away_from_a_list_is_no_matter() {
    let stage = Stage::new();
    let run = as_adele("outlook.list_emails", json!({}));
    let error = stage.host.execute_into(run, &mut Leaves { pages: 0, items: 0 }).await.unwrap_err();
    assert_eq!((error.code(), error.carried_out().len()), (Code::Unavailable, 0), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_copy_that_is_waited_for_is_made_once() {
    let stage = Stage::new();
    stage
        .sandbox
        .faults()
        .add(Rule::new(Fault::Status { status: 202, code: "x".into(), message: String::new() }).path("/monitor/"));
    let run =
        as_adele("graph.copy_drive_item", json!({ "path": "Getting started.txt", "name": "Copy.txt" })).key("copy");
    let error = stage.execute(run.clone().deadline(Duration::from_secs(20))).await.unwrap_err();
    assert_eq!(error.code(), Code::Incomplete, "{error}");
    stage.sandbox.faults().clear();
    stage.execute(run).await.unwrap();
    let copies = stage.seen().iter().filter(|seen| seen.contains("/copy?")).count();
    assert_eq!(copies, 1, "{:?}", stage.seen());
}

#[tokio::test(start_paused = true)]
async fn a_copy_that_failed_frees_its_key() {
    let stage = Stage::new();
    let failed = Fault::Status { status: 500, code: "nameAlreadyExists".into(), message: String::new() };
    stage.sandbox.faults().add(Rule::new(failed).path("/monitor/"));
    let run =
        as_adele("graph.copy_drive_item", json!({ "path": "Getting started.txt", "name": "Copy.txt" })).key("copy");
    let error = stage.execute(run.clone()).await.unwrap_err();
    assert_eq!((error.code(), error.carried_out().len()), (Code::Conflict, 0), "{error}");
    stage.sandbox.faults().clear();
    // The key is free for the same again, and for something else.
    let other =
        as_adele("graph.copy_drive_item", json!({ "path": "Getting started.txt", "name": "Other.txt" })).key("copy");
    assert!(stage.execute(other).await.unwrap()["id"].is_string());
    assert_eq!(stage.execute(run).await.unwrap_err().code(), Code::InvalidInput, "it was used for the other one now");
    let copies = stage.seen().iter().filter(|seen| seen.contains("/copy?")).count();
    assert_eq!(copies, 2, "{:?}", stage.seen());
}

#[tokio::test(start_paused = true)]
async fn a_contact_is_moved_once() {
    let stage = Stage::new();
    let contact = stage.works("outlook.create_contact", json!({ "givenName": "Ada", "surname": "Moves" })).await;
    let folder = stage.works("outlook.create_contact_folder", json!({ "displayName": "Others" })).await;
    let input = json!({ "contactId": contact["id"], "destinationFolderId": folder["id"] });
    stage.sandbox.faults().add(Rule::new(fail(503)).method("DELETE"));
    let error = stage.fails("outlook.move_contact", input.clone()).await;
    assert_eq!((error.code(), error.retryability()), (Code::Incomplete, Retry::Never), "{error}");
    assert!(error.carried_out()[0].id.is_some() && error.to_string().contains("both exist"), "{error}");
    // The same again, with a key.
    let run = as_adele("outlook.move_contact", input).key("move");
    assert_eq!(stage.execute(run.clone()).await.unwrap_err().code(), Code::Incomplete);
    stage.sandbox.faults().clear();
    let moved = stage.execute(run).await.unwrap();
    let path = format!("/me/contactFolders/{}/contacts?$select=id,surname", folder["id"].as_str().unwrap());
    let there = stage.look(&path)["value"].as_array().unwrap().clone();
    assert_eq!(
        (&moved["surname"], there.len()),
        (&json!("Moves"), 2),
        "one of the run without a key, one of all runs with it: {there:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn the_answers_of_a_batch_are_told_when_time_is_over() {
    let stage = Stage::new();
    let mut requests: Vec<Value> =
        (0..15).map(|i| json!({ "id": format!("{i}"), "method": "GET", "url": "/me" })).collect();
    requests.push(json!({ "id": "slow", "method": "GET", "url": "/me/mailFolders/inbox" }));
    requests.push(json!({ "id": "behind", "method": "GET", "url": "/me/drive", "dependsOn": ["slow"] }));
    stage.sandbox.faults().add(Rule::new(Fault::throttle(60)).path("/inbox"));
    let run = as_adele("graph_raw.batch_request", json!({ "requests": requests })).deadline(Duration::from_secs(30));
    let answers = stage.execute(run).await.unwrap()["responses"].as_array().unwrap().clone();
    let status = |id: &str| answers.iter().find(|answer| answer["id"] == id).unwrap()["status"].as_u64().unwrap();
    assert!((0..15).all(|i| status(&format!("{i}")) == 200));
    assert_eq!((status("slow"), status("behind"), answers.len()), (429, 424, 17));
}

fn meeting() -> Value {
    json!({
        "subject": "Once", "start": "2027-03-02T10:00", "end": "2027-03-02T11:00", "timeZone": "UTC",
        "attendees": [{ "email": "meganb@contoso.example" }],
        "attachments": [{ "name": "plan.txt", "content": { "text": "Hello" } }]
    })
}

fn events_there(stage: &Stage) -> usize {
    stage.look("/me/events?$filter=subject eq 'Once'&$select=id")["value"].as_array().unwrap().len()
}

#[tokio::test(start_paused = true)]
async fn an_event_with_files_is_made_once() {
    let stage = Stage::new();
    // The invitation after the file was attached.
    let failing = || Rule::new(fail(503)).method("PATCH").path("/events/AAk");
    stage.sandbox.faults().add(failing());
    let error = stage.fails("outlook.create_event", meeting()).await;
    assert_eq!(
        (error.code(), error.retryability(), events_there(&stage)),
        (Code::Incomplete, Retry::Never, 1),
        "{error}"
    );
    let id = error.carried_out()[0].id.clone().unwrap();
    assert!(stage.look(&format!("/me/events/{id}"))["subject"] == "Once" && error.to_string().contains(&id), "{error}");

    let run = as_adele("outlook.create_event", meeting()).key("planning");
    let error = stage.execute(run.clone()).await.unwrap_err();
    assert!(error.retryability() != Retry::Never, "{error}");
    stage.sandbox.faults().clear();
    let made = stage.execute(run).await.unwrap();
    assert_eq!(events_there(&stage), 2, "one without a key, one with it");
    let attached = stage.look(&format!("/me/events/{}/attachments?$select=name", made["id"].as_str().unwrap()));
    assert_eq!(attached["value"].as_array().unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_draft_gets_each_file_once() {
    let stage = Stage::new();
    let draft =
        stage.works("outlook.create_draft", json!({ "subject": "Files", "to": ["meganb@contoso.example"] })).await;
    let files: Vec<Value> =
        (0..3).map(|i| json!({ "name": format!("{i}.txt"), "content": { "text": format!("{i}") } })).collect();
    let input = json!({ "messageId": draft["id"], "subject": "Files", "attachments": files });
    // The second file is refused for a while.
    stage.sandbox.faults().add(Rule::new(fail(503)).method("POST").path("/attachments").from_nth(2));
    let run = as_adele("outlook.update_draft", input).key("files");
    let error = stage.execute(run.clone()).await.unwrap_err();
    assert!(matches!(error.code(), Code::OutcomeUnknown | Code::Incomplete), "{error}");
    assert_eq!(error.carried_out().iter().filter(|change| !change.unknown).count(), 1, "{error}");
    stage.sandbox.faults().clear();
    // Whether the second was attached is not known, so it is not attached again, and the one before it is not either.
    let error = stage.execute(run).await.unwrap_err();
    assert_eq!(error.code(), Code::OutcomeUnknown, "{error}");
    let there = stage.look(&format!("/me/messages/{}/attachments?$select=name", draft["id"].as_str().unwrap()));
    assert_eq!(there["value"].as_array().unwrap().len(), 1, "{there}");
}

#[tokio::test(start_paused = true)]
async fn a_draft_whose_files_were_refused_goes_on() {
    let stage = Stage::new();
    let draft =
        stage.works("outlook.create_draft", json!({ "subject": "Files", "to": ["meganb@contoso.example"] })).await;
    let files: Vec<Value> =
        (0..3).map(|i| json!({ "name": format!("{i}.txt"), "content": { "text": format!("{i}") } })).collect();
    let input = json!({ "messageId": draft["id"], "subject": "Files", "attachments": files });
    stage.sandbox.faults().add(Rule::new(fail(403)).method("POST").path("/attachments").from_nth(2));
    let run = as_adele("outlook.update_draft", input).key("files");
    let error = stage.execute(run.clone()).await.unwrap_err();
    assert_eq!((error.code(), error.carried_out().len()), (Code::Incomplete, 1), "{error}");
    stage.sandbox.faults().clear();
    stage.execute(run).await.unwrap();
    let there = stage.look(&format!("/me/messages/{}/attachments?$select=name", draft["id"].as_str().unwrap()));
    let mut names: Vec<&str> =
        there["value"].as_array().unwrap().iter().map(|file| file["name"].as_str().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, ["0.txt", "1.txt", "2.txt"]);
}

#[tokio::test(start_paused = true)]
async fn a_draft_that_was_not_sent_is_named_and_sent_later() {
    let stage = Stage::new();
    stage.sandbox.faults().add(Rule::new(fail(403)).method("POST").path("/send"));
    let mut letter = crate::stage::letter("Later");
    letter["returnMessage"] = json!(true);
    let error = stage.fails("outlook.send_email", letter.clone()).await;
    assert_eq!((error.code(), error.retryability()), (Code::Incomplete, Retry::Never), "{error}");
    let left = error.carried_out()[0].id.clone().unwrap();
    assert_eq!(stage.look(&format!("/me/messages/{left}"))["isDraft"], true);
    let run = as_adele("outlook.send_email", letter).key("later");
    for _ in 0..3 {
        assert!(stage.execute(run.clone()).await.is_err());
    }
    assert_eq!(stage.count("drafts", "Later"), 2, "one of the run without a key, one of all with it");
    stage.sandbox.faults().clear();
    stage.execute(run).await.unwrap();
    assert_eq!((stage.count("drafts", "Later"), stage.count("sentitems", "Later")), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_generated_password_outlives_a_manager_that_is_refused() {
    let stage = Stage::new();
    let user = json!({
        "displayName": "Grace", "userPrincipalName": "grace@contoso.example", "mailNickname": "grace", "generatePassword": true,
        "managerId": "00000000-0000-0000-0000-00000000dead"
    });
    let made = stage.works("entra.create_user", user).await;
    assert!(made["generatedPassword"].as_str().is_some_and(|password| password.len() > 10), "{made}");
    assert_eq!(
        (&made["user"]["displayName"], &made["managerError"]["code"]),
        (&json!("Grace"), &json!("not_found")),
        "{made}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_key_does_not_mind_the_order_of_properties() {
    let stage = Stage::new();
    let one: Value =
        serde_json::from_str(r#"{"givenName":"Ada","surname":"Once","homeAddress":{"city":"London","street":"1"}}"#)
            .unwrap();
    let other: Value =
        serde_json::from_str(r#"{"homeAddress":{"street":"1","city":"London"},"surname":"Once","givenName":"Ada"}"#)
            .unwrap();
    let first = stage.execute(as_adele("outlook.create_contact", one).key("k")).await.unwrap();
    let second = stage.execute(as_adele("outlook.create_contact", other).key("k")).await.unwrap();
    assert_eq!((first, stage.sandbox.request_count()), (second, 1));
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_frees_the_key() {
    let stage = Stage::new();
    stage.sandbox.faults().add(Rule::new(fail(403)).method("POST"));
    let contact = |name: &str| as_adele("outlook.create_contact", json!({ "givenName": name })).key("k");
    assert_eq!(stage.execute(contact("Ada")).await.unwrap_err().code(), Code::Forbidden);
    stage.sandbox.faults().clear();
    stage.execute(contact("Grace")).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn none_of_many_is_no_success() {
    let stage = Stage::new();
    let gone = |count: usize| json!({ "items": (0..count).map(|i| json!({ "contactId": format!("none{i}") })).collect::<Vec<_>>() });
    let outcome = stage.host.execute(as_adele("outlook.delete_contact", gone(3))).await.unwrap();
    assert_eq!(outcome.failed, Some(Code::Rejected), "{:?}", outcome.output);
    let outcome = stage.host.execute(as_adele("outlook.create_contact", contacts(2))).await.unwrap();
    assert_eq!(outcome.failed, None);
}

#[tokio::test(start_paused = true)]
async fn a_bulk_delete_whose_answer_was_lost_is_done() {
    let stage = Stage::new();
    let made = stage.works("outlook.create_contact", contacts(45)).await;
    let ids: Vec<Value> =
        made["items"].as_array().unwrap().iter().map(|item| json!({ "contactId": item["output"]["id"] })).collect();
    stage.sandbox.faults().add(Rule::new(Fault::ResetAfter).path("$batch").once());
    let gone = stage.works("outlook.delete_contact", json!({ "items": ids })).await;
    assert_eq!((gone["succeeded"].clone(), contacts_there(&stage)), (json!(45), 0), "{gone}");
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_dropped_goes_on_later() {
    let stage = Stage::new();
    let run = as_adele("outlook.create_contact", contacts(1000)).key("dropped").files(Arc::new(LocalFiles::new()));
    stage.sandbox.faults().add(Rule::new(Fault::slow(Duration::from_secs(1))).path("$batch"));
    let dropped = tokio::time::timeout(Duration::from_millis(3500), stage.execute(run.clone())).await;
    assert!(dropped.is_err(), "it was still going on");
    let before = contacts_there(&stage);
    assert!((20..1000).contains(&before), "{before}");
    stage.sandbox.faults().clear();
    // What was on its way is not known, and is not sent again.
    let output = stage.execute(run).await.unwrap();
    let unknown =
        output["items"].as_array().unwrap().iter().filter(|item| item["error"]["code"] == "outcome_unknown").count();
    assert!(unknown <= 80, "no more than what was on its way: {unknown}");
    assert_eq!(output["succeeded"].as_u64().unwrap() as usize + unknown, 1000, "{}", output["failed"]);
    assert!(contacts_there(&stage) <= 1000, "nothing was made twice");
}

#[tokio::test(start_paused = true)]
async fn two_runs_with_a_key_are_one() {
    let stage = Stage::new();
    stage.sandbox.faults().add(Rule::new(Fault::slow(Duration::from_secs(3600))).method("POST").once());
    // Longer than any claim of old lasted.
    let run: Run = as_adele("outlook.create_contact", json!({ "givenName": "Ada", "surname": "Bulk" })).key("k");
    let first = tokio::spawn(stage.execute(run.clone()));
    tokio::time::sleep(Duration::from_secs(10)).await;
    let error = stage.execute(run.clone()).await.unwrap_err();
    assert_eq!(error.code(), Code::Conflict, "{error}");
    drop(first);
}
