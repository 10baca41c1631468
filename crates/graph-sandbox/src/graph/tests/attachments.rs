//! Attachments of each kind.

use serde_json::{Value, json};

use crate::graph::testing::Bench;

fn draft(bench: &Bench, attachments: Value) -> String {
    let draft = bench.post("/me/messages", json!({ "subject": "x", "attachments": attachments })).ok(201);
    format!("/me/messages/{}/attachments", draft["id"].as_str().unwrap())
}

fn item(subject: &str) -> Value {
    json!({
        "@odata.type": "#microsoft.graph.itemAttachment", "name": subject,
        "item": { "@odata.type": "microsoft.graph.message", "subject": subject, "body": { "contentType": "text", "content": "inside" } },
    })
}

#[test]
fn an_attached_item_is_answered_when_it_is_expanded() {
    let bench = Bench::adele();
    let file = json!({ "@odata.type": "#microsoft.graph.fileAttachment", "name": "a.txt", "contentBytes": "c291cA==" });
    let path = draft(&bench, json!([item("Inner"), file]));
    let plain = bench.get(&path).items().to_vec();
    assert_eq!((plain.len(), plain[0].get("item")), (2, None));
    let expanded = bench.get(&format!("{path}?$expand=microsoft.graph.itemattachment/item")).items().to_vec();
    assert_eq!(expanded[0]["item"]["@odata.type"], "#microsoft.graph.message");
    assert_eq!((&expanded[0]["item"]["subject"], expanded[1].get("item")), (&json!("Inner"), None));
    let one = format!("{path}/{}", plain[0]["id"].as_str().unwrap());
    assert_eq!(
        bench.get(&format!("{one}?$expand=microsoft.graph.itemAttachment/item")).ok(200)["item"]["subject"],
        "Inner"
    );
    bench.get(&format!("{one}?$expand=microsoft.graph.event/item")).refused(400, "RequestBroker--ParseUri");
    let value = bench.get(&format!("{one}/$value"));
    let text = String::from_utf8(value.response.body().to_vec()).unwrap();
    assert!(text.contains("Subject: Inner") && text.contains("inside"), "{text}");
}

#[test]
fn files_have_their_bytes_and_references_have_none() {
    let bench = Bench::adele();
    let path = draft(&bench, json!([]));
    let file = json!({ "@odata.type": "#microsoft.graph.fileAttachment", "name": "a.txt", "contentBytes": "c291cA==" });
    let made = bench.post(&path, file).ok(201);
    assert_eq!((&made["contentType"], &made["size"]), (&json!("text/plain"), &json!(4)));
    let value = bench.get(&format!("{path}/{}/$value", made["id"].as_str().unwrap()));
    assert_eq!((value.header("content-type"), &value.response.body()[..]), ("text/plain", &b"soup"[..]));
    let reference = json!({ "@odata.type": "#microsoft.graph.referenceAttachment", "name": "plan" });
    let made = bench.post(&path, reference).ok(201);
    bench.get(&format!("{path}/{}/$value", made["id"].as_str().unwrap())).refused(405, "Request_BadRequest");
}

#[test]
fn items_that_do_not_say_what_they_are_are_refused() {
    let bench = Bench::adele();
    let path = draft(&bench, json!([]));
    let mut bare = item("x");
    bare["item"].as_object_mut().unwrap().remove("@odata.type");
    bench.post(&path, bare).refused(400, "RequestBodyRead");
    let none = json!({ "@odata.type": "#microsoft.graph.itemAttachment", "name": "x" });
    bench.post(&path, none).refused(400, "ErrorInvalidRequest");
}

#[test]
fn an_upload_session_is_for_3_to_150_megabytes() {
    let bench = Bench::adele();
    let path = format!("{}/createUploadSession", draft(&bench, json!([])));
    let open = |size: u64| {
        bench.post(&path, json!({ "AttachmentItem": { "attachmentType": "file", "name": "a.bin", "size": size } }))
    };
    open(150 << 20).ok(201);
    open(3 << 20).ok(201);
    open((150 << 20) + 1).refused(400, "ErrorAttachmentSizeLimitExceeded");
    open(1000).refused(400, "ErrorAttachmentSizeShouldNotBeLessThanMinimumSize");
}

#[test]
fn a_sent_draft_keeps_its_immutable_id_and_its_property() {
    let bench = Bench::adele().header("prefer", "IdType=\"ImmutableId\"");
    let id = "String {66f5a359-4659-4830-9070-00047ec6ac6e} Name Key";
    let body = json!({
        "subject": "Once", "toRecipients": [{ "emailAddress": { "address": "alexw@contoso.example" } }],
        "singleValueExtendedProperties": [{ "id": id, "value": "k7" }],
    });
    let draft = bench.post("/me/messages", body).ok(201)["id"].as_str().unwrap().to_owned();
    bench.send("POST", &format!("/me/messages/{draft}/send"), None).ok(202);
    let found = bench.get(&format!(
        "/me/mailFolders/sentitems/messages?$filter=singleValueExtendedProperties/any(ep: ep/id eq '{id}' and ep/value eq 'k7')\
         &$expand=singleValueExtendedProperties($filter=id eq '{id}')"
    ));
    assert_eq!((found.items().len(), &found.items()[0]["id"]), (1, &json!(draft)));
    assert_eq!(found.items()[0]["singleValueExtendedProperties"][0]["value"], "k7");
    bench.send("POST", &format!("/me/messages/{draft}/send"), None).refused(400, "ErrorInvalidOperation");
}

#[test]
fn what_is_forwarded_goes_with_its_attachments() {
    let bench = Bench::adele();
    let folder = bench.get("/me/mailFolders/archive/childFolders").items()[0]["id"].as_str().unwrap().to_owned();
    let letter = bench.get(&format!("/me/mailFolders/{folder}/messages?$filter=isDraft eq false")).items()[0].clone();
    let path = format!("/me/messages/{}", letter["id"].as_str().unwrap());
    let count = |draft: Value| {
        let parts = bench.get(&format!("/me/messages/{}/attachments", draft["id"].as_str().unwrap()));
        (parts.items().len(), draft["hasAttachments"].clone())
    };
    assert_eq!(count(bench.send("POST", &format!("{path}/createForward"), None).ok(201)), (3, json!(true)));
    // The picture in the text is quoted with it.
    assert_eq!(count(bench.send("POST", &format!("{path}/createReply"), None).ok(201)), (1, json!(false)));
    let to = json!([{ "emailAddress": { "address": "diegos@contoso.example" } }]);
    bench.post(&format!("{path}/forward"), json!({ "toRecipients": to })).ok(202);
    let got = bench.get("/users/diegos@contoso.example/messages?$top=1&$expand=attachments").items()[0].clone();
    assert_eq!((got["attachments"].as_array().unwrap().len(), &got["hasAttachments"]), (3, &json!(true)));
    bench.get(&path).ok(200);
}

#[test]
fn attachments_are_not_changed_along_with_their_message() {
    let bench = Bench::adele();
    let draft = bench.post("/me/messages", json!({ "subject": "x" })).ok(201);
    let path = format!("/me/messages/{}", draft["id"].as_str().unwrap());
    bench.patch(&path, json!({ "attachments": [] })).refused(400, "BadRequest");
}

#[test]
fn what_is_delivered_may_have_attachments() {
    let bench = Bench::adele();
    let message = json!({ "subject": "Scan", "attachments": [{ "name": "scan.pdf", "contentBytes": "c291cA==" }] });
    let id = bench.graph.deliver("AdeleV@contoso.example", "inbox", message);
    let got = bench.get(&format!("/me/messages/{id}?$expand=attachments")).ok(200);
    assert_eq!((&got["hasAttachments"], &got["attachments"][0]["size"]), (&json!(true), &json!(4)));
    assert_eq!(got["attachments"][0]["contentType"], "application/pdf");
}
