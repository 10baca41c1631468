//! Mailboxes as Exchange has them.

use connector_runtime::Run;
use connector_sdk::Code;
use serde_json::{Value, json};

use crate::coverage::covers;
use crate::stage::Stage;

covers! {
    action "graph.get_exchange_settings": folders_come_and_go, each_permission_allows_its_part;
    action "graph.list_exchange_folders": folders_come_and_go, what_is_not_there_is_told;
    action "graph.get_exchange_folder": folders_come_and_go, what_is_not_there_is_told;
    action "graph.create_exchange_folder": folders_come_and_go, folders_that_are_always_there_stay;
    action "graph.update_exchange_folder": folders_come_and_go, folders_that_are_always_there_stay;
    action "graph.delete_exchange_folder": folders_come_and_go, folders_that_are_always_there_stay;
    action "graph.list_exchange_items": items_are_listed_and_exported, what_is_not_there_is_told;
    action "graph.get_exchange_item": items_are_listed_and_exported, what_is_not_there_is_told;
    action "graph.export_exchange_items": items_are_listed_and_exported, each_permission_allows_its_part;
    action "graph.create_exchange_import_session": items_are_listed_and_exported, each_permission_allows_its_part;
}

async fn mailbox(stage: &Stage, input: Value) -> Value {
    stage.works("graph.get_exchange_settings", input).await["primaryMailboxId"].clone()
}

fn ids(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().filter_map(|item| item["id"].as_str()).collect()
}

#[tokio::test]
async fn folders_come_and_go() {
    let stage = Stage::new();
    let mailbox = mailbox(&stage, json!({})).await;
    assert!(mailbox.as_str().is_some_and(|id| id.starts_with("MBX:")), "{mailbox}");
    let top = stage.works("graph.list_exchange_folders", json!({ "mailboxId": mailbox, "query": { "top": 3 } })).await;
    assert!(top["items"].as_array().unwrap().iter().any(|folder| folder["displayName"] == "Inbox"), "{top}");
    let shifts = json!({ "mailboxId": mailbox, "displayName": "Shifts", "type": "IPF.Appointment" });
    let shifts = stage.works("graph.create_exchange_folder", shifts).await;
    let year = json!({ "mailboxId": mailbox, "parentFolderId": shifts["id"], "displayName": "2027", "type": "IPF.Appointment" });
    let year = stage.works("graph.create_exchange_folder", year).await;
    let below = stage
        .works("graph.list_exchange_folders", json!({ "mailboxId": mailbox, "parentFolderId": shifts["id"] }))
        .await;
    assert_eq!(ids(&below), [year["id"].as_str().unwrap()]);
    let renamed = json!({ "mailboxId": mailbox, "folderId": shifts["id"], "displayName": "Rota" });
    stage.works("graph.update_exchange_folder", renamed).await;
    let seen =
        stage.works("graph.get_exchange_folder", json!({ "mailboxId": mailbox, "folderId": shifts["id"] })).await;
    assert_eq!(
        (&seen["displayName"], &seen["type"], &seen["childFolderCount"]),
        (&json!("Rota"), &json!("IPF.Appointment"), &json!(1))
    );
    let notes =
        stage.works("graph.create_exchange_folder", json!({ "mailboxId": mailbox, "displayName": "Notes" })).await;
    let found = stage.look("/me/mailFolders?$top=100&$filter=displayName eq 'Notes'");
    assert_eq!(found["value"][0]["id"], notes["id"], "a folder of mail is one of the mail folders");
    let both = json!({ "items": [{ "mailboxId": mailbox, "folderId": shifts["id"], "confirm": true }, { "mailboxId": mailbox, "folderId": notes["id"], "confirm": true }] });
    assert_eq!(stage.works("graph.delete_exchange_folder", both).await["succeeded"], 2);
    let names = ["Rota", "Notes"];
    let top = stage.works("graph.list_exchange_folders", json!({ "mailboxId": mailbox, "fetchAll": true })).await;
    assert!(
        top["items"].as_array().unwrap().iter().all(|folder| names.iter().all(|name| folder["displayName"] != *name)),
        "{top}"
    );
}

#[tokio::test]
async fn items_are_listed_and_exported() {
    let stage = Stage::new();
    let mailbox = mailbox(&stage, json!({ "user": "AdeleV@contoso.example" })).await;
    let list = stage
        .works(
            "graph.list_exchange_items",
            json!({ "mailboxId": mailbox, "folderId": "inbox", "limit": 30, "query": { "top": 20 } }),
        )
        .await;
    let ids = ids(&list);
    assert_eq!(ids.len(), 30);
    let one = stage
        .works("graph.get_exchange_item", json!({ "mailboxId": mailbox, "folderId": "inbox", "itemId": ids[7] }))
        .await;
    assert_eq!((&one["size"], &one["type"]), (&list["items"][7]["size"], &json!("IPM.Note")));
    let exported = stage.works("graph.export_exchange_items", json!({ "mailboxId": mailbox, "itemIds": ids })).await;
    let told: Vec<&str> =
        exported["items"].as_array().unwrap().iter().filter_map(|item| item["itemId"].as_str()).collect();
    assert_eq!(told, ids, "each, in their order");
    assert!(
        exported["items"]
            .as_array()
            .unwrap()
            .iter()
            .all(|item| item["data"].as_str().is_some_and(|data| !data.is_empty()))
    );
    let some = stage
        .works("graph.export_exchange_items", json!({ "mailboxId": mailbox, "itemIds": ["nothing", ids[0]] }))
        .await;
    assert_eq!(
        (&some["items"][0]["error"]["code"], some["items"][1]["error"].is_null()),
        (&json!("ErrorInvalidIdMalformed"), true)
    );
    let session = stage.works("graph.create_exchange_import_session", json!({ "mailboxId": mailbox })).await;
    assert!(session["importUrl"].as_str().is_some_and(|url| url.starts_with("https://")), "{session}");
}

#[tokio::test]
async fn folders_that_are_always_there_stay() {
    let stage = Stage::new();
    let mailbox = mailbox(&stage, json!({})).await;
    for (action, input) in [
        ("update_exchange_folder", json!({ "mailboxId": mailbox, "folderId": "inbox", "displayName": "In" })),
        ("delete_exchange_folder", json!({ "mailboxId": mailbox, "folderId": "sentitems", "confirm": true })),
    ] {
        assert_eq!(stage.fails(&format!("graph.{action}"), input).await.code(), Code::Rejected, "{action}");
    }
    let twice = json!({ "mailboxId": mailbox, "displayName": "Inbox" });
    assert_eq!(stage.fails("graph.create_exchange_folder", twice).await.code(), Code::Conflict);
}

#[tokio::test]
async fn what_is_not_there_is_told() {
    let stage = Stage::new();
    let mine = mailbox(&stage, json!({})).await;
    for (action, input) in [
        ("list_exchange_folders", json!({ "mailboxId": "MBX:a@b" })),
        ("get_exchange_folder", json!({ "mailboxId": mine, "folderId": "clutter" })),
        ("list_exchange_items", json!({ "mailboxId": mine, "folderId": "clutter" })),
        ("get_exchange_item", json!({ "mailboxId": "MBX:a@b", "folderId": "inbox", "itemId": "x" })),
    ] {
        assert_eq!(stage.fails(&format!("graph.{action}"), input).await.code(), Code::NotFound, "{action}");
    }
}

#[tokio::test]
async fn each_permission_allows_its_part() {
    let stage = Stage::new();
    let megans = mailbox(&stage, json!({ "user": "meganb@contoso.example" })).await;
    let error = stage.fails("graph.list_exchange_folders", json!({ "mailboxId": megans })).await;
    assert_eq!(error.code(), Code::Forbidden, "a user reaches only their own");
    let stage = Stage::with(&["MailboxFolder.Read.All"]);
    let app = Run::new("graph.list_exchange_folders", "app", json!({ "mailboxId": megans }));
    assert!(!stage.execute(app).await.unwrap()["items"].as_array().unwrap().is_empty());
    let stage = Stage::with(&["User.Read", "MailboxItem.Read"]);
    for (action, input) in [
        ("get_exchange_settings", json!({})),
        ("export_exchange_items", json!({ "mailboxId": megans, "itemIds": ["x"] })),
        ("create_exchange_import_session", json!({ "mailboxId": megans })),
    ] {
        assert_eq!(stage.fails(&format!("graph.{action}"), input).await.code(), Code::MissingScope, "{action}");
    }
    assert_eq!(stage.sandbox.request_count(), 0);
}
