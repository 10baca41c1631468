//! Messages and their attachments.

use connector_runtime::Run;
use connector_sdk::Code;
use serde_json::{Value, json};

use crate::coverage::covers;
use crate::stage::Stage;

covers! {
    action "outlook.get_email": a_message_comes_with_what_was_asked_for, what_is_not_there_is_not_found;
    action "outlook.mark_email_read": many_are_marked_and_each_has_its_fate, what_is_not_there_is_not_found;
    picklist "outlook.messages": messages_are_offered_by_subject_and_sender, nobody_looks_into_a_mailbox_without_the_permission;
}

const GONE: &str = "AAkALgAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU4AAAAAAAAAAAAAAAAAD0JAAA==";

async fn inbox(stage: &Stage, count: u64) -> Vec<String> {
    let input = json!({ "limit": count, "query": { "select": ["id"] } });
    let list = stage.works("outlook.list_emails", input).await;
    list["items"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_message_comes_with_what_was_asked_for() {
    let stage = Stage::new();
    let ids = inbox(&stage, 2).await;
    let input = json!({ "messageId": ids[1], "select": ["subject"], "includeAttachments": true });
    let message = stage.works("outlook.get_email", input).await;
    assert_eq!((&message["id"], &message["subject"]), (&json!(ids[1]), &json!("Quarterly budget review")));
    assert_eq!(message["attachments"][0]["name"], "figures.txt");
    assert_eq!(message.get("body"), None);
    let text = stage.works("outlook.get_email", json!({ "messageId": ids[1], "bodyFormat": "text" })).await;
    assert_eq!(text["body"]["contentType"], "text");
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let stage = Stage::new();
    for action in ["outlook.get_email", "outlook.mark_email_read"] {
        assert_eq!(stage.fails(action, json!({ "messageId": GONE })).await.code(), Code::NotFound, "{action}");
    }
}

#[tokio::test]
async fn many_are_marked_and_each_has_its_fate() {
    let stage = Stage::new();
    let ids = inbox(&stage, 25).await;
    stage.sandbox.forget_requests();
    let mut items: Vec<Value> = ids.iter().map(|id| json!({ "messageId": id, "isRead": false })).collect();
    items.insert(3, json!({ "messageId": GONE }));
    let output = stage.works("outlook.mark_email_read", json!({ "items": items })).await;
    assert_eq!((&output["succeeded"], &output["failed"], &output["skipped"]), (&json!(25), &json!(1), &json!(0)));
    assert_eq!((&output["items"][3]["ok"], &output["items"][3]["error"]["code"]), (&json!(false), &json!("not_found")));
    assert_eq!(output["items"][4]["output"]["isRead"], false);
    assert_eq!(stage.seen(), ["POST /$batch", "POST /$batch"], "26 requests travel in two batches");
    let unread = stage.look("/me/mailFolders/inbox/messages?$filter=isRead eq false&$top=50&$select=id");
    let unread: Vec<&str> = unread["value"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect();
    assert!(unread.len() >= 25, "{unread:?}");
}

#[tokio::test]
async fn messages_are_offered_by_subject_and_sender() {
    let stage = Stage::new();
    let choices = stage.choices("outlook.messages", json!({ "folderId": "inbox" }), None).await.unwrap();
    assert_eq!(choices.choices[0].label, "Welcome to the retail team – Megan Bowen");
    let found = stage.choices("outlook.messages", json!({}), Some("launch \"date")).await.unwrap();
    assert!(!found.choices.is_empty() && found.choices.iter().all(|choice| choice.label.to_lowercase().contains("launch")), "{found:?}");
}

#[tokio::test]
async fn nobody_looks_into_a_mailbox_without_the_permission() {
    let stage = Stage::with(&["User.Read", "Mail.Read"]);
    let error = stage.choices("outlook.messages", json!({ "mailbox": "meganb@contoso.example" }), None).await.unwrap_err();
    assert_eq!(error.code(), Code::MissingScope);
    assert!(error.to_string().contains("Mail.Read.Shared"), "{error}");
    let run = Run::new("outlook.get_email", "adele", json!({ "mailbox": "meganb@contoso.example", "messageId": GONE }));
    assert_eq!(stage.execute(run).await.unwrap_err().code(), Code::MissingScope);
}
