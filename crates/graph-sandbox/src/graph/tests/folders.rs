//! Mail folders: copied, moved, deleted, hidden, searching.

use serde_json::{Value, json};

use crate::graph::testing::Bench;

fn make(bench: &Bench, below: &str, name: &str) -> String {
    let made = bench.post(&format!("/me/mailFolders/{below}/childFolders"), json!({ "displayName": name })).ok(201);
    made["id"].as_str().unwrap().to_owned()
}

fn projects(bench: &Bench) -> String {
    let found = bench.get("/me/mailFolders?$filter=displayName eq 'Projects'");
    found.items()[0]["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_copy_has_all_that_lies_below() {
    let bench = Bench::adele();
    let (original, target) = (projects(&bench), make(&bench, "inbox", "Copies"));
    let copy = bench.post(&format!("/me/mailFolders/{original}/copy"), json!({ "destinationId": target })).ok(200);
    assert_eq!(
        (&copy["displayName"], &copy["childFolderCount"], &copy["totalItemCount"]),
        (&json!("Projects"), &json!(1), &json!(1))
    );
    assert_ne!(copy["id"], original.as_str());
    assert_eq!(copy["parentFolderId"], target.as_str());
    let child = bench.get(&format!("/me/mailFolders/{}/childFolders", copy["id"].as_str().unwrap())).items()[0].clone();
    let messages = bench.get(&format!("/me/mailFolders/{}/messages", child["id"].as_str().unwrap()));
    assert_eq!(messages.items()[0]["subject"], "Mark 8 specification");
    let again = bench.post(&format!("/me/mailFolders/{original}/copy"), json!({ "destinationId": target }));
    again.refused(409, "ErrorFolderExists");
    bench
        .post(&format!("/me/mailFolders/{original}/copy"), json!({ "destinationId": original }))
        .refused(400, "ErrorMoveCopyFailed");
}

#[test]
fn a_moved_folder_keeps_its_id() {
    let bench = Bench::adele();
    let folder = projects(&bench);
    let moved = bench.post(&format!("/me/mailFolders/{folder}/move"), json!({ "destinationId": "archive" })).ok(200);
    assert_eq!(
        (&moved["id"], &moved["parentFolderId"]),
        (&json!(folder), &bench.get("/me/mailFolders/archive").ok(200)["id"])
    );
    bench
        .post("/me/mailFolders/inbox/move", json!({ "destinationId": "archive" }))
        .refused(400, "ErrorDeleteDistinguishedFolder");
    bench.post(&format!("/me/mailFolders/{folder}/move"), json!({ "destination": "inbox" })).refused(400, "BadRequest");
}

#[test]
fn a_deleted_folder_goes_to_deleted_items_first() {
    let bench = Bench::adele();
    let folder = projects(&bench);
    bench.delete(&format!("/me/mailFolders/{folder}")).ok(204);
    let deleted = bench.get("/me/mailFolders/deleteditems/childFolders").items()[0].clone();
    assert_eq!(deleted["id"], folder.as_str());
    bench.delete(&format!("/me/mailFolders/{folder}")).ok(204);
    bench.get(&format!("/me/mailFolders/{folder}")).refused(404, "ErrorItemNotFound");
    let other = make(&bench, "inbox", "Other");
    bench.send("POST", &format!("/me/mailFolders/{other}/permanentDelete"), None).ok(204);
    bench.get(&format!("/me/mailFolders/{other}")).refused(404, "ErrorItemNotFound");
    bench.send("POST", "/me/mailFolders/drafts/permanentDelete", None).refused(400, "ErrorDeleteDistinguishedFolder");
}

#[test]
fn hidden_folders_are_listed_when_asked_for() {
    let bench = Bench::adele();
    bench.post("/me/mailFolders", json!({ "displayName": "Secret", "isHidden": true })).ok(201);
    let names = |path: &str| -> Vec<Value> {
        bench.get(path).items().iter().map(|folder| folder["displayName"].clone()).collect()
    };
    assert!(!names("/me/mailFolders?$top=100").contains(&json!("Secret")));
    assert!(names("/me/mailFolders?$top=100&includeHiddenFolders=true").contains(&json!("Secret")));
}

#[test]
fn well_known_names_name_folders() {
    let bench = Bench::adele();
    for name in ["archive", "msgfolderroot", "searchfolders", "recoverableitemsdeletions", "ConversationHistory"] {
        bench.get(&format!("/me/mailFolders/{name}")).ok(200);
    }
    bench.get("/me/mailFolders/clutter").refused(404, "ErrorItemNotFound");
    bench.get("/me/mailFolders/nonsense").refused(400, "ErrorInvalidIdMalformed");
    let listed = bench.get("/me/mailFolders?$top=100");
    assert!(listed.items().iter().all(|folder| folder["displayName"] != "Search Folders"));
}

#[test]
fn what_is_deleted_twice_can_be_recovered() {
    let bench = Bench::adele();
    let first =
        |folder: &str| bench.get(&format!("/me/mailFolders/{folder}/messages?$top=1")).ok(200)["value"][0].clone();
    let message = first("inbox");
    let path = |message: &Value| format!("/me/messages/{}", message["id"].as_str().unwrap());
    bench.delete(&path(&message)).ok(204);
    bench.delete(&path(&first("deleteditems"))).ok(204);
    let recoverable = first("recoverableitemsdeletions");
    assert_eq!(recoverable["subject"], message["subject"]);
    let count = bench.get("/me/mailFolders/recoverableitemsdeletions/messages/$count");
    assert_eq!(&count.response.body()[..], b"1");
    assert!(
        bench
            .all("/me/messages?$top=100")
            .0
            .iter()
            .all(|listed| listed["internetMessageId"] != message["internetMessageId"])
    );
    bench.post(&format!("{}/move", path(&recoverable)), json!({ "destinationId": "inbox" })).ok(201);
    assert_eq!(first("inbox")["internetMessageId"], message["internetMessageId"]);
    bench.send("POST", &format!("{}/permanentDelete", path(&first("inbox"))), None).ok(204);
    bench.get(&path(&recoverable)).refused(404, "ErrorItemNotFound");
}

#[test]
fn a_search_folder_shows_what_lies_elsewhere() {
    let bench = Bench::adele();
    let make = |body: Value| bench.post("/me/mailFolders/searchfolders/childFolders", body);
    let asked = |nested: bool, filter: &str| {
        json!({
            "@odata.type": "microsoft.graph.mailSearchFolder", "displayName": "Found", "includeNestedFolders": nested,
            "sourceFolderIds": ["msgfolderroot"], "filterQuery": filter,
        })
    };
    let found = make(asked(true, "contains(subject, 'Mark 8')")).ok(201);
    assert_eq!(
        (&found["@odata.type"], &found["isSupported"]),
        (&json!("#microsoft.graph.mailSearchFolder"), &json!(true))
    );
    let path = format!("/me/mailFolders/{}", found["id"].as_str().unwrap());
    let shown = bench.get(&format!("{path}/messages?$top=50")).items().to_vec();
    assert!(shown.len() > 1 && shown.iter().all(|message| message["subject"].as_str().unwrap().contains("Mark 8")));
    assert_eq!(bench.get(&path).ok(200)["totalItemCount"], shown.len());
    bench.get(&format!("{path}/messages/{}", shown[0]["id"].as_str().unwrap())).ok(200);
    let body = json!({ "@odata.type": "microsoft.graph.mailSearchFolder", "filterQuery": "subject eq 'Mark 8 specification'" });
    bench.patch(&path, body).ok(200);
    assert_eq!(bench.get(&format!("{path}/messages")).items().len(), 1);
    let message = format!("/me/messages/{}", shown[0]["id"].as_str().unwrap());
    bench.post(&format!("{message}/move"), json!({ "destinationId": found["id"] })).refused(400, "ErrorMoveCopyFailed");
    make(asked(true, "nonsense eq 1")).refused(400, "RequestBroker--ParseUri");
    make(json!({ "@odata.type": "microsoft.graph.mailSearchFolder", "displayName": "x" }))
        .refused(400, "ErrorInvalidRequest");
    bench.patch("/me/mailFolders/inbox", json!({ "filterQuery": "isRead" })).refused(400, "RequestBodyRead");
    bench.delete(&path).ok(204);
    bench.get(&path).refused(404, "ErrorItemNotFound");
    assert_eq!(bench.get("/me/mailFolders/inbox/messages?$top=1").status, 200);
}
