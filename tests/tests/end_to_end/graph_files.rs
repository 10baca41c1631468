//! Files and folders of a drive.

use std::sync::Arc;

use connector_runtime::{LocalFiles, Run};
use connector_sdk::Code;
use graph_sandbox::{Fault, Rule};
use serde_json::{Value, json};

use crate::changes::heard;
use crate::coverage::covers;
use crate::stage::Stage;

covers! {
    action "graph.list_drives": drives_are_listed_and_looked_into, what_is_said_wrong_is_refused;
    action "graph.get_drive": drives_are_listed_and_looked_into, what_is_gone_is_told;
    action "graph.get_drive_item": drives_are_listed_and_looked_into, what_is_gone_is_told;
    action "graph.list_drive_items": drives_are_listed_and_looked_into, what_is_said_wrong_is_refused;
    action "graph.search_files": drives_are_listed_and_looked_into, what_is_gone_is_told;
    action "graph.create_folder": a_file_is_made_moved_and_deleted, what_is_there_is_not_overwritten;
    action "graph.upload_file": a_file_is_made_moved_and_deleted, what_is_there_is_not_overwritten;
    action "graph.download_file": a_file_is_made_moved_and_deleted, what_is_gone_is_told;
    action "graph.update_drive_item": a_file_is_made_moved_and_deleted, what_is_gone_is_told;
    action "graph.delete_drive_item": a_file_is_made_moved_and_deleted, what_is_gone_is_told;
    action "graph.copy_drive_item": a_copy_is_followed_to_its_end, what_is_gone_is_told;
    action "graph.list_drive_changes": changes_are_listed_and_told, what_is_said_wrong_is_refused;
    trigger "graph.new_or_updated_file": changes_are_listed_and_told, what_cannot_be_watched_is_told;
    trigger "graph.deleted_file": changes_are_listed_and_told, what_cannot_be_watched_is_told;
    picklist "graph.drives": drives_and_folders_are_offered, nobody_is_offered_another_ones_folders;
    picklist "graph.folders": drives_and_folders_are_offered, nobody_is_offered_another_ones_folders;
}

fn names(list: &Value) -> Vec<&str> {
    let mut names: Vec<&str> =
        list["items"].as_array().unwrap().iter().filter_map(|item| item["name"].as_str()).collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn drives_are_listed_and_looked_into() {
    let stage = Stage::new();
    let drives = stage.works("graph.list_drives", json!({})).await;
    let drive = drives["items"][0]["id"].clone();
    assert_eq!(stage.works("graph.get_drive", json!({ "drive": drive })).await["id"], drive);
    assert_eq!(stage.works("graph.get_drive", json!({ "drive": "me" })).await["id"], drive);
    let megans =
        stage.works("graph.list_drives", json!({ "owner": "user", "ownerId": "meganb@contoso.example" })).await;
    assert_ne!(megans["items"][0]["id"], drive);
    let top = stage.works("graph.list_drive_items", json!({})).await;
    assert_eq!(names(&top), ["Documents", "Getting started.txt", "Pictures", "Projects"]);
    let all = stage.works("graph.list_drive_items", json!({ "recursive": true, "fetchAll": true })).await;
    assert!(
        names(&all).contains(&"Specification.md") && all["items"].as_array().unwrap().len() == 12,
        "{:?}",
        names(&all)
    );
    let some = stage.works("graph.list_drive_items", json!({ "recursive": true, "limit": 5 })).await;
    assert_eq!(some["items"].as_array().unwrap().len(), 5);
    let by_path = stage.works("graph.get_drive_item", json!({ "path": "Projects/Mark 8/Schedule.csv" })).await;
    let by_id = stage.works("graph.get_drive_item", json!({ "drive": drive, "itemId": by_path["id"] })).await;
    assert_eq!((&by_id["name"], &by_id["id"]), (&json!("Schedule.csv"), &by_path["id"]));
    let found = stage.works("graph.search_files", json!({ "query": "Schedule", "fileType": "csv" })).await;
    assert_eq!(names(&found), ["Schedule.csv"]);
}

#[tokio::test]
async fn a_file_is_made_moved_and_deleted() {
    let stage = Stage::new();
    let folder = stage.works("graph.create_folder", json!({ "folderPath": "Documents", "name": "Über 2027 #1" })).await;
    let upload = json!({ "folderId": folder["id"], "fileName": "a+b & c.txt", "content": { "text": "At noon." }, "contentType": "text/plain" });
    let file = stage.works("graph.upload_file", upload).await;
    assert_eq!(file["size"], 8);
    let path = "Documents/Über 2027 #1/a+b & c.txt";
    let back = stage.works("graph.download_file", json!({ "path": path })).await;
    assert_eq!((&back["name"], &back["base64"]), (&json!("a+b & c.txt"), &json!("QXQgbm9vbi4=")));
    let changes = json!({ "path": path, "name": "d.txt", "description": "Lunch", "parentId": stage.works("graph.get_drive_item", json!({ "path": "Pictures" })).await["id"] });
    stage.works("graph.update_drive_item", changes).await;
    let moved = stage.look("/me/drive/root:/Pictures/d.txt");
    assert_eq!((&moved["id"], &moved["description"]), (&file["id"], &json!("Lunch")));
    stage.works("graph.update_drive_item", json!({ "itemId": file["id"], "description": null })).await;
    assert_eq!(stage.look("/me/drive/root:/Pictures/d.txt")["description"], Value::Null);
    assert_eq!(
        stage.works("graph.delete_drive_item", json!({ "path": "Pictures/d.txt" })).await,
        json!({ "deleted": true })
    );
    let many = json!({ "items": [{ "path": "Pictures/d.txt" }, { "path": "Getting started.txt" }] });
    let fates = stage.works("graph.delete_drive_item", many).await;
    assert_eq!((&fates["succeeded"], &fates["failed"]), (&json!(1), &json!(1)));
}

#[tokio::test(start_paused = true)]
async fn a_large_file_goes_up_in_pieces_and_down_again() {
    const SIZE: usize = 9 << 20;
    let stage = Stage::new();
    let place = tempfile::tempdir().unwrap();
    let content: Vec<u8> = (0..SIZE / 4).flat_map(|i| (i as u32).wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    std::fs::write(place.path().join("large.bin"), &content).unwrap();
    stage.sandbox.faults().add(Rule::new(Fault::ResetAfter).path("/upload/").method("PUT").from_nth(2).once());
    let files = LocalFiles::new().attach("large", place.path().join("large.bin")).unwrap();
    let input = json!({ "folderPath": "Documents", "fileName": "large.bin", "content": { "file": "large" } });
    let file = stage.execute(Run::new("graph.upload_file", "adele", input).files(Arc::new(files))).await.unwrap();
    assert_eq!(file["size"], json!(SIZE));
    stage.sandbox.faults().add(Rule::new(Fault::Truncate { bytes: 3_000_000 }).path("/download/").once());
    let files = LocalFiles::new().store_at(place.path().join("back.bin")).unwrap();
    let run = Run::new("graph.download_file", "adele", json!({ "itemId": file["id"] })).files(Arc::new(files));
    assert_eq!(stage.execute(run).await.unwrap()["size"], json!(SIZE));
    assert!(std::fs::read(place.path().join("back.bin")).unwrap() == content, "other bytes came back");
    assert_eq!(stage.sandbox.faults().counts().fired, 2);
}

#[tokio::test(start_paused = true)]
async fn what_comes_down_is_verified() {
    let stage = Stage::new();
    let place = tempfile::tempdir().unwrap();
    let down = async |input: Value| {
        // Each is stored anew, because nothing is overwritten.
        let _ = std::fs::remove_file(place.path().join("down"));
        let files = LocalFiles::new().store_at(place.path().join("down")).unwrap();
        stage.execute(Run::new("graph.download_file", "adele", input).files(Arc::new(files))).await
    };
    let item = stage.look("/me/drive/root:/Documents/Budget.csv");
    let by_id = down(json!({ "itemId": item["id"] })).await.unwrap();
    assert_eq!((&by_id["size"], &by_id["name"]), (&item["size"], &json!("Budget.csv")));
    let whole = std::fs::read(place.path().join("down")).unwrap();
    for (range, part) in [("0-99", &whole[..100]), ("bytes=100-", &whole[100..]), ("-7", &whole[whole.len() - 7..])] {
        down(json!({ "path": "Documents/Budget.csv", "range": range })).await.unwrap();
        assert!(std::fs::read(place.path().join("down")).unwrap() == part, "{range}");
    }
    // The file becomes another one between the look at it and its arrival.
    stage.sandbox.faults().add(Rule::new(Fault::Slow { millis: 10 }).path("/content").once());
    // As long, with the quotes around it.
    let other = "x".repeat(whole.len() - 2);
    let meanwhile = async {
        while !stage.seen().iter().any(|seen| seen.ends_with(":/content")) {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
        stage.ask("PUT", "/me/drive/root:/Documents/Budget.csv:/content", &json!(other));
    };
    let (outcome, ()) = tokio::join!(down(json!({ "path": "Documents/Budget.csv" })), meanwhile);
    let error = outcome.unwrap_err();
    assert_eq!(error.code(), Code::Conflict);
    assert!(!place.path().join("down").exists(), "what is not what was asked for is not stored");
    assert_eq!(
        down(json!({ "path": "Documents/Budget.csv", "verify": false })).await.unwrap()["size"],
        json!(whole.len())
    );
    let pdf = down(json!({ "path": "Documents/Budget.csv", "format": "pdf" })).await.unwrap();
    assert_eq!(pdf["contentType"], "application/pdf");
    assert_eq!(
        down(json!({ "path": "Projects/Mark 8/Specification.md", "format": "glb" })).await.unwrap_err().code(),
        Code::Rejected
    );
    let both = down(json!({ "path": "Documents/Budget.csv", "format": "pdf", "range": "0-1" })).await.unwrap_err();
    assert_eq!(both.violations()[0].pointer, "/format");
    assert_eq!(
        down(json!({ "path": "Documents/Budget.csv", "range": "9-1" })).await.unwrap_err().violations()[0].pointer,
        "/range"
    );
}

#[tokio::test(start_paused = true)]
async fn a_later_run_goes_on_with_an_upload() {
    const SIZE: usize = 9 << 20;
    let stage = Stage::new();
    let place = tempfile::tempdir().unwrap();
    let content: Vec<u8> = (0..SIZE / 4).flat_map(|i| (i as u32).wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    std::fs::write(place.path().join("large.bin"), &content).unwrap();
    let up = async || {
        let files = LocalFiles::new().attach("large", place.path().join("large.bin")).unwrap();
        let input = json!({ "folderPath": "Documents", "fileName": "large.bin", "content": { "file": "large" } });
        stage.execute(Run::new("graph.upload_file", "adele", input).files(Arc::new(files))).await
    };
    // The first run ends behind its first piece.
    stage.sandbox.faults().add(
        Rule::new(Fault::Status { status: 403, code: "accessDenied".into(), message: String::new() })
            .path("/upload/")
            .method("PUT")
            .from_nth(2)
            .once(),
    );
    up().await.unwrap_err();
    let before = stage.seen().len();
    let file = up().await.unwrap();
    assert_eq!(file["size"], json!(SIZE));
    let seen = stage.seen().split_off(before);
    let count = |method: &str| seen.iter().filter(|seen| seen.starts_with(&format!("{method} /upload/"))).count();
    assert_eq!((count("GET"), count("DELETE"), count("PUT")), (1, 1, 2), "{seen:?}");
    // A file that was changed in between begins anew.
    let conflict = up().await.unwrap_err();
    assert_eq!(conflict.code(), Code::Conflict);
}

#[tokio::test]
async fn drives_of_a_group_and_of_an_apps_user() {
    let stage = Stage::new();
    let retail = stage.look("/groups?$filter=displayName%20eq%20'Retail'")["value"][0]["id"].clone();
    let drives = stage.works("graph.list_drives", json!({ "owner": "group", "ownerId": retail })).await;
    let drive = &drives["items"][0]["id"];
    let file = stage
        .works(
            "graph.upload_file",
            json!({ "drive": drive, "folderPath": "General", "fileName": "a.txt", "content": { "text": "x" } }),
        )
        .await;
    assert_eq!(file["parentReference"]["driveId"], *drive);
    assert_eq!(
        names(&stage.works("graph.list_drive_items", json!({ "drive": drive, "folderPath": "General" })).await),
        ["Welcome.txt", "a.txt"]
    );
    let group = format!("group:{}", retail.as_str().unwrap());
    let same = stage.works("graph.get_drive_item", json!({ "drive": group, "path": "General/a.txt" })).await;
    assert_eq!(same["id"], file["id"]);
    let shared = json!({ "drive": group, "itemId": file["id"], "type": "view", "scope": "organization" });
    assert_eq!(stage.works("graph.create_sharing_link", shared).await["link"]["type"], "view");
    let megans = json!({ "drive": "user:meganb@contoso.example", "path": "Documents/Budget.csv" });
    let app = stage.execute(Run::new("graph.get_drive_item", "app", megans)).await.unwrap();
    assert_eq!(app["name"], "Budget.csv");
    let error = stage
        .fails(
            "graph.copy_drive_item",
            json!({ "path": "Getting started.txt", "destinationDrive": group, "destinationFolder": "01A" }),
        )
        .await;
    assert_eq!(error.violations()[0].pointer, "/destinationDrive");
    let nobody = stage.execute(Run::new("graph.list_drives", "app", json!({}))).await.unwrap_err();
    assert_eq!((nobody.code(), nobody.violations()[0].pointer.as_str()), (Code::InvalidInput, "/owner"));
}

#[tokio::test(start_paused = true)]
async fn a_copy_is_followed_to_its_end() {
    let stage = Stage::new();
    let documents = stage.works("graph.get_drive_item", json!({ "path": "Documents" })).await;
    let input = json!({ "path": "Projects", "destinationFolder": documents["id"], "name": "Projects (copy)" });
    let copied = stage.works("graph.copy_drive_item", input).await;
    let copy = stage.look("/me/drive/root:/Documents/Projects (copy)/Mark 8/Schedule.csv");
    assert_eq!(copy["name"], "Schedule.csv");
    assert_eq!(copied["id"], stage.look("/me/drive/root:/Documents/Projects (copy)")["id"]);
    let started = stage
        .works("graph.copy_drive_item", json!({ "path": "Getting started.txt", "name": "Begin.txt", "wait": false }))
        .await;
    assert!(started["monitorUrl"].as_str().is_some_and(|url| url.starts_with("http")), "{started}");
}

#[tokio::test]
async fn changes_are_listed_and_told() {
    let stage = Stage::new();
    let now = stage.works("graph.list_drive_changes", json!({ "startFromNow": true })).await;
    assert_eq!(now["items"], json!([]));
    let mut files = stage
        .listen("graph.new_or_updated_file", json!({ "folderPath": "Documents", "nameEndsWith": ".TXT" }))
        .await
        .unwrap();
    let mut gone = stage.listen("graph.deleted_file", json!({})).await.unwrap();
    assert_eq!(
        (heard(&mut files).await.len(), heard(&mut gone).await.len()),
        (0, 0),
        "what was there before does not fire"
    );
    for (folder, name) in [("Documents/2027", "plan.txt"), ("Documents", "plan.csv"), ("Pictures", "plan.txt")] {
        let input = json!({ "folderPath": folder, "fileName": name, "content": { "text": "x" } });
        stage.works("graph.upload_file", input).await;
    }
    let told = heard(&mut files).await;
    assert_eq!(told.iter().map(|it| it["name"].as_str().unwrap()).collect::<Vec<_>>(), ["plan.txt"]);
    let again = json!({ "folderPath": "Documents/2027", "fileName": "plan.txt", "content": { "text": "y" }, "conflictBehavior": "replace" });
    stage.works("graph.upload_file", again).await;
    assert_eq!(heard(&mut files).await.len(), 1, "another version");
    stage.sandbox.faults().add(Rule::new(Fault::Gone).path("/delta").once());
    assert_eq!(heard(&mut files).await.len(), 0, "a lost place invents nothing");
    assert_eq!(heard(&mut gone).await.len(), 0);
    let plan = &told[0]["id"];
    stage.works("graph.delete_drive_item", json!({ "itemId": plan })).await;
    assert!(heard(&mut gone).await.iter().any(|it| it["id"] == *plan));
    let changes = stage.works("graph.list_drive_changes", json!({ "deltaToken": now["deltaToken"] })).await;
    assert!(names(&changes).contains(&"plan.csv"), "{changes}");
}

#[tokio::test]
async fn what_is_there_is_not_overwritten() {
    let stage = Stage::new();
    let input = json!({ "fileName": "Getting started.txt", "content": { "text": "x" } });
    assert_eq!(stage.fails("graph.upload_file", input.clone()).await.code(), Code::Conflict);
    let mut rename = input;
    rename["conflictBehavior"] = json!("rename");
    assert_ne!(stage.works("graph.upload_file", rename).await["name"], "Getting started.txt");
    assert_eq!(stage.fails("graph.create_folder", json!({ "name": "Documents" })).await.code(), Code::Conflict);
    let error = stage.fails("graph.upload_file", json!({ "fileName": "a/b.txt", "content": { "text": "x" } })).await;
    assert_eq!((error.code(), error.violations()[0].pointer.as_str()), (Code::InvalidInput, "/fileName"));
}

#[tokio::test]
async fn what_is_gone_is_told() {
    let stage = Stage::new();
    for (action, input) in [
        ("get_drive", json!({ "drive": "b!nowhere" })),
        ("get_drive_item", json!({ "path": "Nowhere.txt" })),
        ("search_files", json!({ "drive": "b!nowhere", "query": "x" })),
        ("download_file", json!({ "path": "Documents/Nowhere.txt" })),
        ("update_drive_item", json!({ "itemId": "01NOWHERE", "name": "x" })),
        ("delete_drive_item", json!({ "itemId": "01NOWHERE" })),
        ("copy_drive_item", json!({ "itemId": "01NOWHERE", "name": "x" })),
    ] {
        assert_eq!(stage.fails(&format!("graph.{action}"), input).await.code(), Code::NotFound, "{action}");
    }
}

#[tokio::test]
async fn what_is_said_wrong_is_refused() {
    let stage = Stage::new();
    for (action, input, pointer) in [
        ("list_drives", json!({ "owner": "group" }), "/ownerId"),
        ("list_drives", json!({ "ownerId": "x" }), "/ownerId"),
        ("list_drive_items", json!({ "folderId": "01A", "folderPath": "a" }), "/folderPath"),
        ("list_drive_items", json!({ "recursive": true, "query": { "orderby": "name" } }), "/query/orderby"),
        ("list_drive_changes", json!({ "deltaToken": "nothing" }), "/deltaToken"),
        ("get_drive_item", json!({}), "/itemId"),
        ("copy_drive_item", json!({ "path": "a", "destinationDrive": "b!x" }), "/destinationDrive"),
    ] {
        let error = stage.fails(&format!("graph.{action}"), input).await;
        assert_eq!((error.code(), error.violations()[0].pointer.as_str()), (Code::InvalidInput, pointer), "{action}");
    }
    assert_eq!(stage.sandbox.request_count(), 0);
}

#[tokio::test]
async fn what_cannot_be_watched_is_told() {
    let stage = Stage::new();
    for trigger in ["graph.new_or_updated_file", "graph.deleted_file"] {
        let mut listener = stage.listen(trigger, json!({ "drive": "b!nowhere" })).await.unwrap();
        assert_eq!(listener.try_next().await.unwrap_err().code(), Code::NotFound, "{trigger}");
    }
}

#[tokio::test]
async fn drives_and_folders_are_offered() {
    let stage = Stage::new();
    assert_eq!(stage.choices("graph.drives", json!({}), None).await.unwrap().choices.len(), 1);
    let folders = stage.choices("graph.folders", json!({}), None).await.unwrap().choices;
    let mark = folders.iter().find(|choice| choice.label == "Mark 8").unwrap();
    assert_eq!(
        mark.parent,
        folders.iter().find(|choice| choice.label == "Projects").map(|choice| choice.value.clone())
    );
    let some = stage.choices("graph.folders", json!({ "drive": "me" }), Some("pict")).await.unwrap().choices;
    assert_eq!(some.iter().map(|choice| choice.label.as_str()).collect::<Vec<_>>(), ["Pictures"]);
}

#[tokio::test]
async fn nobody_is_offered_another_ones_folders() {
    let stage = Stage::new();
    stage.sandbox.faults().add(Rule::new(Fault::GatewayTimeout).path("/me/drives").times(9));
    assert!(stage.choices("graph.drives", json!({}), None).await.is_err());
    let error = stage.choices("graph.folders", json!({ "drive": "b!nowhere" }), None).await.unwrap_err();
    assert_eq!(error.code(), Code::NotFound);
}
