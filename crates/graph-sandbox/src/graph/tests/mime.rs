//! Messages in MIME form, internet headers, and ids in their forms.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::graph::testing::{Answer, Bench};

const LETTER: &str = "From: Adele Vance <AdeleV@contoso.example>\r\nTo: Alex <alexw@contoso.example>\r\nBcc: meganb@contoso.example\r\n\
    Subject: By hand\r\nX-Shop: 12\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"b\"\r\n\r\n\
    --b\r\nContent-Type: text/plain\r\n\r\nWritten by hand.\r\n--b\r\nContent-Type: text/plain; name=\"a.txt\"\r\n\
    Content-Disposition: attachment; filename=\"a.txt\"\r\nContent-Transfer-Encoding: base64\r\n\r\nc291cA==\r\n--b--\r\n";

fn post(bench: &Bench, path: &str, letter: &str) -> Answer {
    bench.send("POST", path, Some(("text/plain", STANDARD.encode(letter).into())))
}

#[test]
fn a_letter_in_mime_is_sent() {
    let bench = Bench::adele();
    post(&bench, "/me/sendMail", LETTER).ok(202);
    let sent = bench.get("/me/mailFolders/sentitems/messages?$top=1&$expand=attachments").ok(200)["value"][0].clone();
    assert_eq!((&sent["subject"], &sent["hasAttachments"]), (&json!("By hand"), &json!(true)));
    assert_eq!(sent["attachments"][0]["contentBytes"], "c291cA==");
    let got = bench.get("/users/alexw@contoso.example/messages?$top=1&$select=subject,internetMessageHeaders").ok(200)
        ["value"][0]
        .clone();
    assert_eq!(got["subject"], "By hand");
    let headers = got["internetMessageHeaders"].as_array().unwrap();
    assert!(
        headers.contains(&json!({ "name": "X-Shop", "value": "12" }))
            && headers.iter().any(|header| header["name"] == "Message-ID")
    );
    assert_eq!(bench.get("/users/meganb@contoso.example/messages?$top=1").ok(200)["value"][0]["subject"], "By hand");
    assert!(bench.get("/me/messages?$top=1").ok(200)["value"][0].get("internetMessageHeaders").is_none());
}

#[test]
fn what_is_no_mime_is_refused() {
    let bench = Bench::adele();
    bench
        .send("POST", "/me/sendMail", Some(("text/plain", "no base64!".into())))
        .refused(400, "ErrorMimeContentInvalidBase64String");
    post(&bench, "/me/sendMail", "Subject: nobody\r\n\r\nx").refused(400, "ErrorInvalidRecipients");
    let foreign = LETTER.replace("AdeleV@", "meganb@");
    post(&bench, "/me/sendMail", &foreign).refused(403, "ErrorSendAsDenied");
}

#[test]
fn a_draft_from_mime_reads_back_as_mime() {
    let bench = Bench::adele();
    let draft = post(&bench, "/me/messages", LETTER).ok(201);
    assert_eq!((&draft["isDraft"], &draft["body"]["contentType"]), (&json!(true), &json!("text")));
    let value = bench.get(&format!("/me/messages/{}/$value", draft["id"].as_str().unwrap()));
    let text = String::from_utf8(value.response.body().to_vec()).unwrap();
    for part in ["Subject: By hand", "X-Shop: 12", "Bcc: ", "Written by hand.", "multipart/mixed", "a.txt"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let again = post(&bench, "/me/messages", &text).ok(201);
    assert_eq!((&again["subject"], &again["toRecipients"]), (&draft["subject"], &draft["toRecipients"]));
    Bench::with("Calendars.Read")
        .get(&format!("/me/messages/{}/$value", draft["id"].as_str().unwrap()))
        .refused(403, "ErrorAccessDenied");
}

#[test]
fn an_answer_in_mime_goes_to_the_sender() {
    let bench = Bench::adele();
    let original = bench.get("/me/mailFolders/inbox/messages?$top=1").ok(200)["value"][0].clone();
    let path = format!("/me/messages/{}", original["id"].as_str().unwrap());
    let draft =
        post(&bench, &format!("{path}/createReply"), "Subject: RE: it\r\nContent-Type: text/html\r\n\r\n<p>Fine</p>")
            .ok(201);
    assert_eq!((&draft["toRecipients"][0], &draft["subject"]), (&original["from"], &json!("RE: it")));
    post(&bench, &format!("{path}/reply"), "Subject: RE: it\r\n\r\nFine").ok(202);
}

#[test]
fn answers_say_one_thing_once() {
    let bench = Bench::adele();
    let id = bench.get("/me/mailFolders/inbox/messages?$top=1").ok(200)["value"][0]["id"].as_str().unwrap().to_owned();
    let to = json!([{ "emailAddress": { "address": "diegos@contoso.example" } }]);
    let post = |action: &str, body| bench.post(&format!("/me/messages/{id}/{action}"), body);
    let body = json!({ "contentType": "text", "content": "b" });
    post("reply", json!({ "comment": "a", "message": { "body": body } })).refused(400, "BadRequest");
    post("forward", json!({ "comment": "a", "toRecipients": to, "message": { "toRecipients": to } }))
        .refused(400, "BadRequest");
    post("forward", json!({ "comment": "a" })).refused(400, "ErrorInvalidRecipients");
    post("createForward", json!({ "comment": "a", "message": { "toRecipients": to } })).ok(201);
    let all = post("createReplyAll", json!({ "message": { "body": body } })).ok(201);
    assert_eq!(all["body"]["content"], "b");
}

#[test]
fn headers_of_ones_own_begin_with_x() {
    let bench = Bench::adele();
    let draft = |names: &[&str]| {
        let headers: Vec<_> = names.iter().map(|name| json!({ "name": name, "value": "1" })).collect();
        bench.post("/me/messages", json!({ "subject": "x", "internetMessageHeaders": headers }))
    };
    draft(&["x-a", "X-b"]).ok(201);
    draft(&["Reply-To"]).refused(400, "InvalidInternetMessageHeader");
    draft(&["x-1", "x-2", "x-3", "x-4", "x-5", "x-6"]).refused(400, "InvalidInternetMessageHeaderCollection");
}

#[test]
fn a_permission_of_its_own_changes_what_was_sent() {
    let change = |bench: &Bench, body| {
        let id =
            bench.get("/me/mailFolders/inbox/messages?$top=1").ok(200)["value"][0]["id"].as_str().unwrap().to_owned();
        bench.patch(&format!("/me/messages/{id}"), body)
    };
    let plain = Bench::with("Mail.ReadWrite");
    for body in [json!({ "subject": "x" }), json!({ "body": { "content": "x" } }), json!({ "toRecipients": [] })] {
        change(&plain, body).refused(403, "ErrorAccessDenied");
    }
    let advanced = Bench::with("Mail.ReadWrite Mail-Advanced.ReadWrite");
    assert_eq!(change(&advanced, json!({ "subject": "x" })).ok(200)["subject"], "x");
    change(&advanced, json!({ "from": null })).refused(403, "ErrorAccessDenied");
}

#[test]
fn ids_change_their_form() {
    let bench = Bench::adele();
    let immutable = Bench { graph: bench.graph.clone(), ..Bench::adele() }.header("prefer", "IdType=\"ImmutableId\"");
    let rest = bench.get("/me/messages?$top=1").ok(200)["value"][0]["id"].clone();
    let lasting = immutable.get("/me/messages?$top=1").ok(200)["value"][0]["id"].clone();
    let to = |id: &serde_json::Value, from: &str, to: &str| {
        let body = json!({ "inputIds": [id, "nonsense"], "sourceIdType": from, "targetIdType": to });
        let answer = bench.post("/me/translateExchangeIds", body).ok(200);
        assert_eq!(answer["value"][1]["errorDetails"]["code"], "ErrorInvalidIdMalformed");
        answer["value"][0]["targetId"].clone()
    };
    assert_eq!(to(&rest, "restId", "restImmutableEntryId"), lasting);
    assert_eq!(to(&lasting, "restImmutableEntryId", "restId"), rest);
    let entry = to(&rest, "restId", "entryId");
    assert!(!entry.as_str().unwrap().contains('='));
    assert_eq!(to(&entry, "entryId", "restId"), rest);
    let ews = to(&rest, "restId", "ewsId");
    assert!(ews.as_str().unwrap().contains('/'));
    assert_eq!(to(&ews, "ewsId", "restImmutableEntryId"), lasting);
    let ids = vec!["x"; 1001];
    let body = json!({ "inputIds": ids, "sourceIdType": "restId", "targetIdType": "ewsId" });
    bench.post("/me/translateExchangeIds", body).refused(400, "ErrorInvalidRequest");
    let body = json!({ "inputIds": [], "sourceIdType": "restId", "targetIdType": "short" });
    bench.post("/me/translateExchangeIds", body).refused(400, "RequestBodyRead");
}
