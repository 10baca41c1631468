//! Mailboxes as Exchange has them.

use serde_json::{Value, json};

use crate::graph::testing::Bench;

const SCOPES: &str = "User.Read.All Mail.ReadWrite MailboxFolder.ReadWrite MailboxItem.Read MailboxItem.ImportExport";

fn mailbox(bench: &Bench, user: &str) -> String {
    let settings = bench.get(&format!("/users/{user}@contoso.example/settings/exchange")).ok(200);
    format!("/admin/exchange/mailboxes/{}", settings["primaryMailboxId"].as_str().unwrap())
}

#[test]
fn folders_of_every_kind_come_and_go() {
    let bench = Bench::with(SCOPES);
    let folders = format!("{}/folders", mailbox(&bench, "adelev"));
    assert_eq!(bench.get(&format!("{folders}/inbox")).ok(200)["type"], "IPF.Note");
    let before = bench.get("/me/mailFolders/$count").body;
    let made = bench.post(&folders, json!({ "displayName": "Shifts", "type": "IPF.Appointment" })).ok(201);
    bench.post(&folders, json!({ "displayName": "Shifts", "type": "IPF.Note" })).refused(409, "ErrorFolderExists");
    bench.post(&folders, json!({ "displayName": "No kind" })).refused(400, "ErrorInvalidRequest");
    assert_eq!(bench.get("/me/mailFolders/$count").body, before, "it is none of mail");
    assert_eq!(bench.get(&format!("{folders}?$filter=type eq 'IPF.Appointment'")).items()[0]["id"], made["id"]);
    let path = format!("{folders}/{}", made["id"].as_str().unwrap());
    bench.patch(&path, json!({ "type": "IPF.Note" })).refused(400, "ErrorInvalidPropertySet");
    assert_eq!(bench.patch(&path, json!({ "displayName": "Rota" })).ok(200)["displayName"], "Rota");
    bench.post(&format!("{path}/childFolders"), json!({ "displayName": "2027", "type": "IPF.Appointment" })).ok(201);
    assert_eq!(bench.get(&format!("{path}/childFolders")).items().len(), 1);
    bench.delete(&path).ok(204);
    assert!(bench.all(&folders).0.iter().all(|folder| folder["displayName"] != "Rota"));
    bench.delete(&format!("{folders}/inbox")).refused(400, "ErrorDeleteDistinguishedFolder");
}

#[test]
fn items_are_listed_and_exported() {
    let bench = Bench::with(SCOPES);
    let mailbox = mailbox(&bench, "adelev");
    let (items, last) = bench.all(&format!("{mailbox}/folders/inbox/items?$top=20"));
    assert!(items.len() > 20 && last.status == 200);
    let (id, size) = (&items[0]["id"], &items[0]["size"]);
    assert_eq!((&items[0]["type"], items[0]["subject"].is_null()), (&json!("IPM.Note"), true));
    let one = bench.get(&format!("{mailbox}/folders/inbox/items/{}", id.as_str().unwrap())).ok(200);
    assert_eq!((&one["id"], &one["size"]), (id, size));
    bench.get(&format!("{mailbox}/folders/drafts/items/{}", id.as_str().unwrap())).refused(404, "ErrorItemNotFound");
    let exported = bench.post(&format!("{mailbox}/exportItems"), json!({ "itemIds": [id, "nothing"] })).ok(200);
    assert!(exported["value"][0]["data"].as_str().is_some_and(|data| !data.is_empty()));
    assert_eq!(exported["value"][1]["error"]["code"], "ErrorInvalidIdMalformed");
    let many: Vec<&Value> = std::iter::repeat_n(id, 21).collect();
    bench.post(&format!("{mailbox}/exportItems"), json!({ "ItemIds": many })).refused(400, "ErrorInvalidRequest");
    assert!(bench.post(&format!("{mailbox}/createImportSession"), json!({})).ok(200)["importUrl"].is_string());
}

#[test]
fn a_user_reaches_no_other_mailbox() {
    let bench = Bench::with(SCOPES);
    let other = mailbox(&bench, "meganb");
    bench.get(&format!("{other}/folders")).refused(403, "ErrorAccessDenied");
    bench.get("/admin/exchange/mailboxes/MBX:a@b/folders").refused(404, "ErrorInvalidMailboxId");
    assert!(Bench::app("MailboxFolder.Read.All").get(&format!("{other}/folders")).status == 200);
    Bench::with("MailboxFolder.Read").post(&format!("{other}/folders"), json!({})).refused(403, "ErrorAccessDenied");
}
