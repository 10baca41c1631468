//! Mail is sent.

use connector_runtime::Run;
use connector_sdk::Code;
use serde_json::json;

use crate::coverage::covers;
use crate::stage::{ADELE, Stage, letter};

covers! {
    action "outlook.send_email": a_letter_goes_out_and_a_copy_stays, a_letter_that_cannot_be_sent_is_not;
}

#[tokio::test]
async fn a_letter_goes_out_and_a_copy_stays() {
    let stage = Stage::new();
    let mut input = letter("Lunch");
    input["cc"] = json!(["alexw@contoso.example"]);
    input["attachments"] = json!([{ "name": "menu.txt", "content": { "text": "Soup" }, "contentType": "text/plain" }]);
    input["importance"] = json!("high");
    let sent = stage.works("outlook.send_email", input).await;
    assert_eq!(sent, json!({ "sent": true }));
    assert_eq!(stage.seen(), ["POST /me/sendMail"]);
    let found = stage.look("/me/mailFolders/sentitems/messages?$filter=subject eq 'Lunch'&$expand=attachments");
    let copy = &found["value"][0];
    assert_eq!((&copy["importance"], &copy["hasAttachments"]), (&json!("high"), &json!(true)));
    assert_eq!(copy["attachments"][0]["contentBytes"], "U291cA==");
    assert_eq!(copy["ccRecipients"][0]["emailAddress"]["address"], "alexw@contoso.example");
    let run = Run::new("outlook.list_emails", "app", json!({ "mailbox": "meganb@contoso.example", "limit": 1 }));
    assert_eq!(stage.execute(run).await.unwrap()["items"][0]["subject"], "Lunch", "it has arrived");
}

#[tokio::test]
async fn the_ids_of_a_letter_are_those_of_its_copy() {
    let stage = Stage::new();
    let mut input = letter("With ids");
    input["returnMessage"] = json!(true);
    let sent = stage.works("outlook.send_email", input).await;
    assert_eq!(stage.count("sentitems", "With ids"), 1);
    assert_eq!(stage.count("drafts", "With ids"), 0);
    // An immutable id stays the same when the draft moves to Sent Items.
    let copy = stage
        .works("graph_raw.get", json!({ "url": format!("/me/messages/{}", sent["messageId"].as_str().unwrap()) }))
        .await;
    assert_eq!(copy["body"]["internetMessageId"], sent["internetMessageId"]);
    assert_eq!(copy["body"]["isDraft"], false);
}

#[tokio::test]
async fn large_files_are_uploaded_to_a_draft() {
    let stage = Stage::new();
    let mut input = letter("Large");
    let (large, small) = ("x".repeat(4 << 20), "y");
    input["attachments"] = json!([
        { "name": "large.txt", "content": { "text": large }, "contentType": "text/plain" },
        { "name": "small.txt", "content": { "text": small } },
    ]);
    let sent = stage.works("outlook.send_email", input).await;
    let path = format!(
        "/me/messages/{}?$select=isDraft,hasAttachments&$expand=attachments",
        sent["messageId"].as_str().unwrap()
    );
    let copy = stage
        .works(
            "graph_raw.get",
            json!({ "url": path, "headers": [{ "key": "Prefer", "value": "IdType=\"ImmutableId\"" }] }),
        )
        .await;
    assert_eq!(copy["body"]["isDraft"], false);
    let names: Vec<_> = copy["body"]["attachments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (&it["name"], it["size"].as_u64().unwrap()))
        .collect();
    assert_eq!(names.len(), 2, "{names:?}");
    assert!(names.iter().any(|(name, size)| **name == json!("large.txt") && *size >= 4 << 20), "{names:?}");
    assert_eq!(stage.count("drafts", "Large"), 0);
}

#[tokio::test]
async fn an_app_sends_for_whom_it_names() {
    let stage = Stage::new();
    let error = stage.execute(Run::new("outlook.send_email", "app", letter("From an app"))).await.unwrap_err();
    assert_eq!((error.code(), error.violations()[0].pointer.as_str()), (Code::InvalidInput, "/mailbox"));
    let mut input = letter("From an app");
    input["mailbox"] = json!(ADELE);
    stage.execute(Run::new("outlook.send_email", "app", input)).await.unwrap();
    assert_eq!(stage.count("sentitems", "From an app"), 1);
}

#[tokio::test]
async fn a_letter_that_cannot_be_sent_is_not() {
    let stage = Stage::new();
    let mut lost = letter("Lost");
    lost["attachments"] = json!([{ "name": "a.txt", "content": { "file": "missing" } }]);
    let mut nobody = letter("Nobody");
    nobody["to"] = json!([]);
    let mut header = letter("Header");
    header["headers"] = json!([{ "name": "Reply-To", "value": "x" }]);
    for (input, place) in [(lost, "/attachments/0/content"), (nobody, "/to"), (header, "/headers/0/name")] {
        let error = stage.fails("outlook.send_email", input).await;
        assert_eq!((error.code(), error.violations()[0].pointer.as_str()), (Code::InvalidInput, place), "{error}");
    }
    let mut strange = letter("Strange");
    strange["mailbox"] = json!("alexw@contoso.example");
    let error = stage.fails("outlook.send_email", strange).await;
    assert_eq!(error.code(), Code::MissingScope);
    assert!(error.to_string().contains("Mail.Send.Shared"), "{error}");
    assert_eq!(stage.sandbox.request_count(), 0);
    // What only Graph can know, Graph says.
    let run = Run::new("outlook.send_email", "app", {
        let mut input = letter("No mailbox");
        input["mailbox"] = json!("breakglass@contoso.example");
        input
    });
    let error = stage.execute(run).await.unwrap_err();
    assert_eq!(error.code(), Code::NotFound, "{error}");
    assert_eq!(stage.count("sentitems", "No mailbox"), 0);
}
