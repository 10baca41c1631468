//! Mail folders.

use connector_sdk::Code;
use serde_json::{Value, json};

use crate::coverage::covers;
use crate::stage::Stage;

covers! {
    action "outlook.list_mail_folders": folders_stand_in_folders, what_is_not_there_is_not_found;
    action "outlook.get_mail_folder": folders_stand_in_folders, what_is_not_there_is_not_found;
    action "outlook.create_mail_folder": folders_stand_in_folders, what_outlook_refuses_is_an_error;
    action "outlook.update_mail_folder": folders_stand_in_folders, what_is_not_there_is_not_found;
    action "outlook.delete_mail_folder": folders_are_deleted_and_deleted_for_good, what_outlook_refuses_is_an_error;
    action "outlook.permanently_delete_mail_folder": folders_are_deleted_and_deleted_for_good, what_is_not_there_is_not_found;
    action "outlook.move_mail_folder": folders_move_and_are_copied, what_is_not_there_is_not_found;
    action "outlook.copy_mail_folder": folders_move_and_are_copied, what_is_not_there_is_not_found;
    action "outlook.list_mail_folder_changes": changes_are_told_once, what_outlook_refuses_is_an_error;
    action "outlook.create_search_folder": a_search_folder_shows_what_it_finds, what_outlook_refuses_is_an_error;
}

const GONE: &str = "AAMkAAAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU6H6wP7lCytyy1Oh-sD-5QsrcstTofrA_sAAAAAAAAAAAAAAAAAD0JAAA==";

fn names(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|it| it["displayName"].as_str().unwrap()).collect()
}

async fn projects(stage: &Stage) -> Value {
    let list =
        stage.works("outlook.list_mail_folders", json!({ "query": { "filter": "displayName eq 'Projects'" } })).await;
    list["items"][0]["id"].clone()
}

#[tokio::test]
async fn folders_stand_in_folders() {
    let stage = Stage::new();
    let made = stage
        .works("outlook.create_mail_folder", json!({ "displayName": "Invoices", "parentFolderId": "inbox" }))
        .await;
    let inner = stage
        .works(
            "outlook.create_mail_folder",
            json!({ "displayName": "Paid", "parentFolderId": made["id"], "isHidden": true }),
        )
        .await;
    stage.works("outlook.update_mail_folder", json!({ "folderId": made["id"], "displayName": "Bills" })).await;
    let read = stage.works("outlook.get_mail_folder", json!({ "folderId": made["id"] })).await;
    assert_eq!((&read["displayName"], &read["childFolderCount"]), (&json!("Bills"), &json!(1)));
    let shown = stage.works("outlook.list_mail_folders", json!({ "parentFolderId": made["id"] })).await;
    assert_eq!(names(&shown), Vec::<&str>::new());
    let hidden =
        stage.works("outlook.list_mail_folders", json!({ "parentFolderId": made["id"], "includeHidden": true })).await;
    assert_eq!(hidden["items"][0]["id"], inner["id"]);
    let all = stage
        .works("outlook.list_mail_folders", json!({ "recursive": true, "includeHidden": true, "fetchAll": true }))
        .await;
    for name in ["Inbox", "Bills", "Paid", "Projects", "Mark 8"] {
        assert_eq!(names(&all).iter().filter(|known| **known == name).count(), 1, "{name}");
    }
    let few = stage.works("outlook.list_mail_folders", json!({ "recursive": true, "limit": 10 })).await;
    assert_eq!(few["items"].as_array().unwrap().len(), 10);
}

#[tokio::test]
async fn folders_move_and_are_copied() {
    let stage = Stage::new();
    let id = projects(&stage).await;
    let copy =
        stage.works("outlook.copy_mail_folder", json!({ "folderId": id, "destinationFolderId": "archive" })).await;
    assert_ne!(copy["id"], id);
    let below = stage.works("outlook.list_mail_folders", json!({ "parentFolderId": copy["id"] })).await;
    assert_eq!(names(&below), ["Mark 8"], "what is in it is copied too");
    stage.works("outlook.move_mail_folder", json!({ "folderId": id, "destinationFolderId": "inbox" })).await;
    let inbox = stage.works("outlook.list_mail_folders", json!({ "parentFolderId": "inbox" })).await;
    assert_eq!(names(&inbox), ["Projects"]);
}

#[tokio::test]
async fn folders_are_deleted_and_deleted_for_good() {
    let stage = Stage::new();
    let id = projects(&stage).await;
    assert_eq!(stage.works("outlook.delete_mail_folder", json!({ "folderId": id })).await, json!({ "deleted": true }));
    let top = stage.works("outlook.list_mail_folders", json!({ "fetchAll": true })).await;
    assert!(!names(&top).contains(&"Projects"), "{top}");
    let made = stage.works("outlook.create_mail_folder", json!({ "displayName": "Gone" })).await;
    stage.works("outlook.permanently_delete_mail_folder", json!({ "folderId": made["id"], "confirm": true })).await;
    assert_eq!(stage.fails("outlook.get_mail_folder", json!({ "folderId": made["id"] })).await.code(), Code::NotFound);
}

#[tokio::test]
async fn changes_are_told_once() {
    let stage = Stage::new();
    let all = stage.works("outlook.list_mail_folder_changes", json!({})).await;
    assert!(names(&all).contains(&"Mark 8"), "{all}");
    stage.works("outlook.create_mail_folder", json!({ "displayName": "New" })).await;
    let since = stage.works("outlook.list_mail_folder_changes", json!({ "deltaToken": all["deltaToken"] })).await;
    assert!(names(&since).contains(&"New"), "{since}");
    let nothing = stage.works("outlook.list_mail_folder_changes", json!({ "deltaToken": since["deltaToken"] })).await;
    assert_eq!(nothing["items"], json!([]));
}

#[tokio::test]
async fn a_search_folder_shows_what_it_finds() {
    let stage = Stage::new();
    let input =
        json!({ "displayName": "Launch", "sourceFolderIds": ["inbox"], "filterQuery": "contains(subject, 'launch')" });
    let folder = stage.works("outlook.create_search_folder", input).await;
    let inbox = stage.look("/me/mailFolders/inbox")["id"].clone();
    assert_eq!(folder["sourceFolderIds"], json!([inbox]), "the name was looked up");
    let list = stage
        .works("outlook.list_emails", json!({ "folderId": folder["id"], "query": { "select": ["subject"] } }))
        .await;
    let found = list["items"].as_array().unwrap();
    assert!(!found.is_empty() && found.iter().all(|it| it["subject"].as_str().unwrap().contains("launch")), "{list}");
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let stage = Stage::new();
    for (action, input) in [
        ("list_mail_folders", json!({ "parentFolderId": GONE })),
        ("get_mail_folder", json!({ "folderId": GONE })),
        ("update_mail_folder", json!({ "folderId": GONE, "displayName": "X" })),
        ("permanently_delete_mail_folder", json!({ "folderId": GONE, "confirm": true })),
        ("move_mail_folder", json!({ "folderId": GONE, "destinationFolderId": "inbox" })),
        ("copy_mail_folder", json!({ "folderId": GONE, "destinationFolderId": "inbox" })),
    ] {
        let error = stage.fails(&format!("outlook.{action}"), input).await;
        assert_eq!(error.code(), Code::NotFound, "{action}: {error}");
    }
}

#[tokio::test]
async fn what_outlook_refuses_is_an_error() {
    let stage = Stage::new();
    for (action, input, code) in [
        ("create_mail_folder", json!({ "displayName": "projects" }), Code::Conflict),
        ("delete_mail_folder", json!({ "folderId": "inbox" }), Code::Rejected),
        ("list_mail_folder_changes", json!({ "deltaToken": "x" }), Code::InvalidInput),
        (
            "create_search_folder",
            json!({ "displayName": "X", "sourceFolderIds": ["inbox"], "filterQuery": "not a filter" }),
            Code::Rejected,
        ),
    ] {
        let error = stage.fails(&format!("outlook.{action}"), input).await;
        assert_eq!(error.code(), code, "{action}: {error}");
    }
}

#[tokio::test]
async fn folders_that_every_mailbox_has_stay_and_the_error_says_so() {
    let stage = Stage::new();
    for (action, input) in [
        ("delete_mail_folder", json!({ "folderId": "inbox" })),
        ("permanently_delete_mail_folder", json!({ "folderId": "drafts", "confirm": true })),
        ("move_mail_folder", json!({ "folderId": "inbox", "destinationFolderId": "archive" })),
    ] {
        let error = stage.fails(&format!("outlook.{action}"), input).await;
        assert!(error.advice().contains("Well-known folders"), "{action}: {error}");
    }
    assert_eq!(stage.look("/me/mailFolders/inbox")["displayName"], "Inbox");
}

#[tokio::test]
async fn what_is_true_of_one_level_is_not_asked_of_all() {
    let stage = Stage::new();
    for (name, value) in [
        ("filter", json!("unreadItemCount gt 0")),
        ("search", json!("x")),
        ("orderby", json!("displayName")),
        ("count", json!(true)),
    ] {
        let error =
            stage.fails("outlook.list_mail_folders", json!({ "recursive": true, "query": { name: value } })).await;
        assert_eq!(error.violations()[0].pointer, format!("/query/{name}"));
    }
    let chosen = stage
        .works("outlook.list_mail_folders", json!({ "recursive": true, "query": { "select": ["displayName"] } }))
        .await;
    assert!(names(&chosen).contains(&"Mark 8"), "a choice of properties hides no level: {chosen}");
}
