//! Reading, writing and sending mail.

use serde_json::{Value, json};

use crate::graph::testing::Bench;

fn to(address: &str) -> Value {
    json!([{ "emailAddress": { "address": address } }])
}

#[test]
fn the_newest_messages_come_first_and_pages_follow() {
    let bench = Bench::adele();
    let first = bench.get("/me/messages");
    assert_eq!(first.items().len(), 10);
    assert!(first.body["@odata.context"].as_str().unwrap().ends_with("/messages"));
    let (all, _) = bench.all("/me/messages?$select=receivedDateTime,subject");
    let dates: Vec<&str> = all.iter().map(|message| message["receivedDateTime"].as_str().unwrap()).collect();
    assert!(dates.len() > 30 && dates.is_sorted_by(|a, b| a >= b));
    let message = all[0].as_object().unwrap();
    let names: Vec<&str> = message.keys().map(String::as_str).collect();
    assert_eq!(names, ["@odata.etag", "id", "receivedDateTime", "subject"]);
}

#[test]
fn a_message_has_what_graph_prints() {
    let bench = Bench::adele();
    let message = bench.get("/me/mailFolders/inbox/messages?$top=1").ok(200)["value"][0].clone();
    for name in [
        "id",
        "changeKey",
        "conversationId",
        "internetMessageId",
        "parentFolderId",
        "bodyPreview",
        "webLink",
        "flag",
        "sender",
        "from",
    ] {
        assert!(!message[name].is_null(), "{name}");
    }
    let id = message["id"].as_str().unwrap();
    assert_eq!(bench.get(&format!("/me/messages/{id}")).ok(200)["subject"], message["subject"]);
    assert_eq!(bench.get(&format!("/me/messages/{id}/$value")).header("content-type"), "text/plain");
    let text =
        Bench { graph: bench.graph.clone(), ..Bench::adele() }.header("prefer", "outlook.body-content-type=\"text\"");
    let (all, last) = text.all("/me/messages?$select=body&$top=50");
    assert!(all.iter().all(|message| message["body"]["contentType"] == "text"));
    assert!(all.iter().all(|message| !message["body"]["content"].as_str().unwrap().contains('<')));
    assert!(last.header("preference-applied").contains("outlook.body-content-type"));
}

#[test]
fn sent_mail_lies_in_sent_items_and_in_the_inbox_of_its_recipient() {
    let bench = Bench::adele();
    let message = json!({
        "subject": "Lunch", "body": { "contentType": "Text", "content": "At noon?" }, "toRecipients": to("alexw@contoso.example"),
        "bccRecipients": to("MeganB@contoso.example"),
        "attachments": [{ "@odata.type": "#microsoft.graph.fileAttachment", "name": "menu.txt", "contentBytes": "c291cA==" }],
    });
    let answer = bench.post("/me/sendMail", json!({ "message": message }));
    assert!(answer.response.body().is_empty());
    answer.ok(202);
    let sent = bench.get("/me/mailFolders/sentitems/messages?$top=1").ok(200)["value"][0].clone();
    assert_eq!(sent["subject"], "Lunch");
    assert_eq!(sent["isRead"], true);
    assert_eq!(sent["bccRecipients"].as_array().unwrap().len(), 1);
    let got = bench.get("/users/AlexW@contoso.example/mailFolders/Inbox/messages?$top=1&$expand=attachments").ok(200)["value"][0].clone();
    assert_eq!(
        (&got["subject"], &got["isRead"], &got["hasAttachments"]),
        (&json!("Lunch"), &json!(false), &json!(true))
    );
    assert_eq!(got["from"]["emailAddress"]["address"], "AdeleV@contoso.example");
    assert_eq!(got["attachments"][0]["contentBytes"], "c291cA==");
    assert_eq!(got["bccRecipients"], json!([]));
    assert_eq!(got["internetMessageId"], sent["internetMessageId"]);
    assert_eq!(bench.get("/users/meganb@contoso.example/messages?$top=1").ok(200)["value"][0]["subject"], "Lunch");

    let message = json!({ "subject": "Unsaved", "toRecipients": to("alexw@contoso.example") });
    bench.post("/me/sendMail", json!({ "message": message, "saveToSentItems": false })).ok(202);
    assert_eq!(bench.get("/me/mailFolders/sentitems/messages?$top=1").ok(200)["value"][0]["subject"], "Lunch");
}

#[test]
fn mail_that_cannot_be_sent_is_refused() {
    let bench = Bench::adele();
    let send = |message: Value| bench.post("/me/sendMail", json!({ "message": message }));
    send(json!({ "subject": "x" })).refused(400, "ErrorInvalidRecipients");
    send(json!({ "subject": "x", "toRecipients": to("nobody") })).refused(400, "ErrorInvalidRecipients");
    send(json!({ "subjet": "x", "toRecipients": to("a@b.example") })).refused(400, "RequestBodyRead");
    send(json!({ "importance": "urgent", "toRecipients": to("a@b.example") })).refused(400, "RequestBodyRead");
    let from = json!({ "emailAddress": { "address": "meganb@contoso.example" } });
    send(json!({ "from": from, "toRecipients": to("a@b.example") })).refused(403, "ErrorSendAsDenied");
    let part = json!([{ "name": "x", "contentBytes": "" }]);
    send(json!({ "toRecipients": to("a@b.example"), "attachments": part })).refused(400, "RequestBodyRead");
    bench.post("/me/sendMail", json!({ "mesage": {} })).refused(400, "BadRequest");
    bench.post("/me/sendMail", json!({})).refused(400, "ErrorInvalidRequest");
}

#[test]
fn a_draft_is_made_changed_and_sent() {
    let bench = Bench::adele();
    let draft =
        bench.post("/me/messages", json!({ "subject": "Plan", "toRecipients": to("alexw@contoso.example") })).ok(201);
    assert_eq!(
        (&draft["isDraft"], &draft["parentFolderId"]),
        (&json!(true), &bench.get("/me/mailFolders/drafts").ok(200)["id"])
    );
    let id = draft["id"].as_str().unwrap();
    let changed = bench.patch(&format!("/me/messages/{id}"), json!({ "subject": "Better plan" })).ok(200);
    assert_ne!(changed["changeKey"], draft["changeKey"]);
    bench.send("POST", &format!("/me/messages/{id}/send"), None).ok(202);
    bench.get(&format!("/me/messages/{id}")).refused(404, "ErrorItemNotFound");
    let sent = bench.get("/me/mailFolders/sentitems/messages?$top=1").ok(200)["value"][0].clone();
    assert_eq!((&sent["subject"], &sent["isDraft"]), (&json!("Better plan"), &json!(false)));
    let id = sent["id"].as_str().unwrap();
    bench.patch(&format!("/me/messages/{id}"), json!({ "subject": "No" })).refused(403, "ErrorAccessDenied");
    bench.patch(&format!("/me/messages/{id}"), json!({ "isRead": false })).ok(200);
}

#[test]
fn a_move_changes_the_id_but_not_the_immutable_one() {
    let bench = Bench::adele();
    let immutable = Bench { graph: bench.graph.clone(), ..Bench::adele() }.header("prefer", "IdType=\"ImmutableId\"");
    let old = bench.get("/me/mailFolders/inbox/messages?$top=1").ok(200)["value"][0]["id"].as_str().unwrap().to_owned();
    let lasting = immutable.get(&format!("/me/messages/{old}")).ok(200)["id"].as_str().unwrap().to_owned();
    assert_ne!(old, lasting);
    let moved = bench.post(&format!("/me/messages/{old}/move"), json!({ "destinationId": "archive" })).ok(201);
    assert_ne!(moved["id"], old.as_str());
    assert_eq!(moved["parentFolderId"], bench.get("/me/mailFolders/archive").ok(200)["id"]);
    bench.get(&format!("/me/messages/{old}")).refused(404, "ErrorItemNotFound");
    assert_eq!(bench.get(&format!("/me/messages/{lasting}")).ok(200)["id"], moved["id"]);
    let copy = bench.post(&format!("/me/messages/{lasting}/copy"), json!({ "destinationId": "inbox" })).ok(201);
    assert_ne!(copy["id"], moved["id"]);
}

#[test]
fn ids_of_other_shapes_are_told_apart() {
    let bench = Bench::adele();
    bench.get("/me/messages/nonsense").refused(400, "ErrorInvalidIdMalformed");
    let alex = bench.get("/users/alexw@contoso.example/messages?$top=1").ok(200)["value"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    bench.get(&format!("/me/messages/{alex}")).refused(404, "ErrorInvalidMailboxItemId");
    bench.get("/users/nobody@contoso.example/messages").refused(404, "ErrorInvalidUser");
    bench.get("/users/breakglass@contoso.example/messages").refused(404, "MailboxNotEnabledForRESTAPI");
}

#[test]
fn deleting_twice_deletes_for_good() {
    let bench = Bench::adele();
    let id = bench.get("/me/messages?$top=1").ok(200)["value"][0]["id"].as_str().unwrap().to_owned();
    bench.delete(&format!("/me/messages/{id}")).ok(204);
    let deleted = bench.get("/me/mailFolders/deleteditems/messages?$top=1").ok(200)["value"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_ne!(deleted, id);
    bench.delete(&format!("/me/messages/{deleted}")).ok(204);
    bench.delete(&format!("/me/messages/{deleted}")).refused(404, "ErrorItemNotFound");
}

#[test]
fn folders_nest_and_count() {
    let bench = Bench::adele();
    let folders = bench.get("/me/mailFolders?$top=50");
    let names: Vec<&str> = folders.items().iter().map(|folder| folder["displayName"].as_str().unwrap()).collect();
    assert!(names.contains(&"Inbox") && names.contains(&"Projects") && !names.contains(&"Mark 8"));
    let inbox = bench.get("/me/mailFolders/inbox").ok(200);
    let unread = bench.get("/me/mailFolders/inbox/messages/$count?$filter=isRead eq false");
    assert_eq!(inbox["unreadItemCount"].to_string().as_bytes(), unread.response.body());
    let project =
        folders.items().iter().find(|folder| folder["displayName"] == "Projects").unwrap()["id"].as_str().unwrap();
    assert_eq!(bench.get(&format!("/me/mailFolders/{project}/childFolders")).items()[0]["displayName"], "Mark 8");
    let made = bench.post("/me/mailFolders", json!({ "displayName": "Bills" })).ok(201);
    bench.post("/me/mailFolders", json!({ "displayName": "bills" })).refused(409, "ErrorFolderExists");
    bench.delete("/me/mailFolders/inbox").refused(400, "ErrorDeleteDistinguishedFolder");
    bench.delete(&format!("/me/mailFolders/{}", made["id"].as_str().unwrap())).ok(204);
}

#[test]
fn answers_go_to_the_sender() {
    let bench = Bench::adele();
    let original = bench.get("/me/mailFolders/inbox/messages?$top=1").ok(200)["value"][0].clone();
    let id = original["id"].as_str().unwrap();
    let draft = bench.post(&format!("/me/messages/{id}/createReply"), json!({ "comment": "Thanks" })).ok(201);
    assert_eq!(draft["toRecipients"][0], original["from"]);
    assert_eq!(draft["conversationId"], original["conversationId"]);
    assert!(draft["subject"].as_str().unwrap().starts_with("RE: "));
    bench.post(&format!("/me/messages/{id}/forward"), json!({ "toRecipients": to("diegos@contoso.example") })).ok(202);
    let got = bench.get("/users/diegos@contoso.example/messages?$top=1").ok(200)["value"][0]["subject"].clone();
    assert!(got.as_str().unwrap().starts_with("FW: "));
}

#[test]
fn extended_properties_are_answered_when_asked_for() {
    let bench = Bench::adele();
    let id = "String {66f5a359-4659-4830-9070-00047ec6ac6e} Name Key";
    let draft = bench
        .post("/me/messages", json!({ "subject": "x", "singleValueExtendedProperties": [{ "id": id, "value": "k1" }] }))
        .ok(201);
    assert!(draft.get("singleValueExtendedProperties").is_none());
    let found = bench
        .get(&format!("/me/messages?$filter=singleValueExtendedProperties/any(p:p/id eq '{id}' and p/value eq 'k1')"));
    assert_eq!(found.items().len(), 1);
    let expanded = bench.get(&format!(
        "/me/messages/{}?$expand=singleValueExtendedProperties($filter=id eq '{id}')",
        draft["id"].as_str().unwrap()
    ));
    assert_eq!(expanded.ok(200)["singleValueExtendedProperties"][0]["value"], "k1");
}
