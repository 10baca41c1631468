//! Drives, upload sessions and attachments.

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

use crate::graph::testing::{Answer, Bench, ORIGIN, answer};

/// A request to a URL that needs no token.
fn direct(bench: &Bench, method: &str, url: &str, headers: &[(&str, &str)], body: Bytes) -> Answer {
    let path = url.strip_prefix(ORIGIN).unwrap_or_else(|| panic!("{url} is elsewhere"));
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    answer(bench.graph.handle_unauthenticated(ORIGIN, &request.body(body).unwrap()).unwrap())
}

fn put(bench: &Bench, url: &str, range: &str, length: usize) -> Answer {
    direct(bench, "PUT", url, &[("content-range", range)], vec![7_u8; length].into())
}

#[test]
fn items_are_found_by_path_and_by_id() {
    let bench = Bench::adele();
    let file = bench.get("/me/drive/root:/Projects/Mark 8/Specification.md").ok(200);
    let id = file["id"].as_str().unwrap();
    assert_eq!(bench.get(&format!("/me/drive/items/{id}")).ok(200)["name"], "Specification.md");
    let drive = file["parentReference"]["driveId"].as_str().unwrap();
    assert_eq!(bench.get(&format!("/drives/{drive}/items/{id}")).ok(200)["id"], id);
    assert_eq!(bench.get("/me/drive").ok(200)["id"], drive);
    let names = |path: &str| {
        bench.get(path).items().iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names("/me/drive/root/children"), ["Documents", "Pictures", "Projects", "Getting started.txt"]);
    assert_eq!(names("/me/drive/root:/projects/mark 8:/children"), ["Specification.md", "Schedule.csv"]);
    assert_eq!(names("/me/drive/root/search(q='mark')"), ["Mark 8"]);
    bench.get("/me/drive/root:/nothing").refused(404, "itemNotFound");
    bench.get("/drives/b!other/root").refused(404, "itemNotFound");
    Bench::with("Files.Read").get("/me/drive/root/children").ok(200);
    Bench::with("Files.Read").get("/users/alexw@contoso.example/drive/root").refused(403, "accessDenied");
}

#[test]
fn content_is_behind_a_redirect_that_needs_no_token() {
    let bench = Bench::adele();
    let redirect = bench.get("/me/drive/root:/Getting started.txt:/content");
    assert_eq!(redirect.status, 302);
    let url = redirect.header("location").to_owned();
    let whole = direct(&bench, "GET", &url, &[], Bytes::new());
    assert_eq!((whole.status, whole.header("content-type")), (200, "text/plain"));
    let part = direct(&bench, "GET", &url, &[("range", "bytes=3-6")], Bytes::new());
    assert_eq!((part.status, part.response.body()), (206, &whole.response.body().slice(3..7)));
    assert!(part.header("content-range").starts_with("bytes 3-6/"));
    assert_eq!(direct(&bench, "GET", &format!("{url}x"), &[], Bytes::new()).status, 401);
    assert_eq!(direct(&bench, "GET", &url, &[("range", "bytes=999999-")], Bytes::new()).status, 416);
}

#[test]
fn small_files_are_put_at_once() {
    let bench = Bench::adele();
    let write =
        |text: &'static str| bench.send("PUT", "/me/drive/root:/New/a.txt:/content", Some(("text/plain", text.into())));
    let made = write("one").ok(201);
    assert_eq!((&made["size"], &made["file"]["mimeType"]), (&json!(3), &json!("text/plain")));
    let again = write("three").ok(200);
    assert_eq!((&again["id"], &again["size"]), (&made["id"], &json!(5)));
    assert_ne!(again["eTag"], made["eTag"]);
    let id = made["id"].as_str().unwrap();
    bench.send("PUT", &format!("/me/drive/items/{id}/content"), Some(("text/plain", "x".into()))).ok(200);
    bench.patch(&format!("/me/drive/items/{id}"), json!({ "name": "b.txt" })).ok(200);
    bench.get("/me/drive/root:/New/b.txt").ok(200);
    bench.patch(&format!("/me/drive/items/{id}"), json!({ "name": "a|b" })).refused(400, "invalidRequest");
    bench.delete(&format!("/me/drive/items/{id}")).ok(204);
    bench.get(&format!("/me/drive/items/{id}")).refused(404, "itemNotFound");
    bench.post("/me/drive/root/children", json!({ "name": "New", "folder": {} })).refused(409, "nameAlreadyExists");
    let renamed = bench.post(
        "/me/drive/root/children",
        json!({ "name": "New", "folder": {}, "@microsoft.graph.conflictBehavior": "rename" }),
    );
    assert_eq!(renamed.ok(201)["name"], "New 1");
}

#[test]
fn a_large_file_goes_up_in_parts() {
    let bench = Bench::adele();
    let grain = 320 * 1024;
    let total = 2 * grain + 5;
    let session = bench.send("POST", "/me/drive/root:/big.bin:/createUploadSession", None).ok(200);
    let url = session["uploadUrl"].as_str().unwrap();
    assert_eq!(direct(&bench, "GET", url, &[], Bytes::new()).ok(200)["nextExpectedRanges"], json!(["0-"]));
    put(&bench, url, &format!("bytes 0-99/{total}"), 100).refused(400, "invalidRequest");
    put(&bench, url, &format!("bytes 0-{}/{total}", grain - 1), 100).refused(400, "invalidRequest");
    direct(&bench, "PUT", url, &[], vec![0; 10].into()).refused(400, "invalidRequest");
    let first = put(&bench, url, &format!("bytes 0-{}/{total}", grain - 1), grain).ok(202);
    assert_eq!(first["nextExpectedRanges"], json!([format!("{grain}-")]));
    put(&bench, url, &format!("bytes 0-{}/{total}", grain - 1), grain).refused(416, "invalidRange");
    put(&bench, url, &format!("bytes {}-{}/{total}", 2 * grain, total - 1), 5).refused(416, "invalidRange");
    put(&bench, url, &format!("bytes {grain}-{}/{}", 2 * grain - 1, total + 1), grain).refused(400, "invalidRequest");
    direct(&bench, "GET", url, &[("authorization", "Bearer x")], Bytes::new()).refused(401, "unauthenticated");
    put(&bench, url, &format!("bytes {grain}-{}/{total}", 2 * grain - 1), grain).ok(202);
    let done = put(&bench, url, &format!("bytes {}-{}/{total}", 2 * grain, total - 1), 5).ok(201);
    assert_eq!((&done["name"], &done["size"]), (&json!("big.bin"), &json!(total)));
    direct(&bench, "GET", url, &[], Bytes::new()).refused(404, "itemNotFound");
}

#[test]
fn a_session_ends_when_it_is_deleted_or_old() {
    let clock = crate::Clock::fixed("2026-03-02T09:00:00Z".parse().unwrap());
    let bench = Bench { graph: crate::graph::Graph::seeded(clock.clone()), ..Bench::adele() };
    let open = || {
        bench.send("POST", "/me/drive/root:/x.bin:/createUploadSession", None).ok(200)["uploadUrl"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let (first, second) = (open(), open());
    assert_eq!(direct(&bench, "DELETE", &first, &[], Bytes::new()).status, 204);
    direct(&bench, "GET", &first, &[], Bytes::new()).refused(404, "itemNotFound");
    clock.advance(std::time::Duration::from_secs(4000));
    direct(&bench, "GET", &second, &[], Bytes::new()).refused(404, "itemNotFound");
    let body = json!({ "item": { "@microsoft.graph.conflictBehavior": "fail" } });
    bench.post("/me/drive/root:/Getting started.txt:/createUploadSession", body).refused(409, "nameAlreadyExists");
}

#[test]
fn a_copy_takes_its_time() {
    let bench = Bench::adele();
    let folder = bench.get("/me/drive/root:/Projects").ok(200)["id"].as_str().unwrap().to_owned();
    let accepted = bench.post(&format!("/me/drive/items/{folder}/copy"), json!({ "name": "Projects copy" }));
    assert_eq!(accepted.status, 202);
    let url = accepted.header("location").to_owned();
    assert_eq!(direct(&bench, "GET", &url, &[], Bytes::new()).ok(202)["status"], "inProgress");
    let done = direct(&bench, "GET", &url, &[], Bytes::new()).ok(200);
    assert_eq!(
        bench.get(&format!("/me/drive/items/{}", done["resourceId"].as_str().unwrap())).ok(200)["name"],
        "Projects copy"
    );
    bench.get("/me/drive/root:/Projects copy/Mark 8/Schedule.csv").ok(200);
}

#[test]
fn a_drive_tells_its_changes() {
    let bench = Bench::adele();
    let (all, last) = bench.all("/me/drive/root/delta");
    assert!(all.iter().any(|item| item["name"] == "Mark 8"));
    bench.send("PUT", "/me/drive/root:/n.txt:/content", Some(("text/plain", "x".into()))).ok(201);
    bench.delete("/me/drive/root:/Getting started.txt").ok(204);
    let round = bench.get(last.body["@odata.deltaLink"].as_str().unwrap());
    let told: Vec<(&Value, bool)> =
        round.items().iter().map(|item| (&item["name"], item.get("deleted").is_some())).collect();
    assert_eq!(told, [(&json!("n.txt"), false), (&Value::Null, true)]);
    assert_eq!(bench.get("/me/drive/root/delta?token=latest").items().len(), 0);
    bench.graph.expire_delta_tokens();
    bench.get(round.body["@odata.deltaLink"].as_str().unwrap()).refused(410, "resyncRequired");
}

#[test]
fn attachments_are_listed_added_and_removed() {
    let bench = Bench::adele();
    let id = bench.post("/me/messages", json!({ "subject": "x" })).ok(201)["id"].as_str().unwrap().to_owned();
    let path = format!("/me/messages/{id}/attachments");
    let kind = "#microsoft.graph.fileAttachment";
    let made = bench.post(&path, json!({ "@odata.type": kind, "name": "a.txt", "contentBytes": "aGVsbG8=" })).ok(201);
    assert_eq!(
        (&made["@odata.type"], &made["size"], &made["contentType"]),
        (&json!(kind), &json!(5), &json!("text/plain"))
    );
    assert_eq!(bench.get(&format!("/me/messages/{id}")).ok(200)["hasAttachments"], true);
    let short = bench.get(&format!("{path}?$select=name,size"));
    assert!(short.items()[0].get("contentBytes").is_none());
    let part = format!("{path}/{}", made["id"].as_str().unwrap());
    assert_eq!(bench.get(&part).ok(200)["contentBytes"], "aGVsbG8=");
    assert_eq!(bench.get(&format!("{part}/$value")).response.body().as_ref(), b"hello");
    bench.delete(&part).ok(204);
    bench.get(&part).refused(404, "ErrorItemNotFound");
    bench.post(&path, json!({ "@odata.type": kind, "name": "a", "contentBytes": "?" })).refused(400, "RequestBodyRead");
    bench.post(&path, json!({ "@odata.type": kind, "contentBytes": "aGk=" })).refused(400, "ErrorInvalidRequest");
    bench
        .post(&path, json!({ "@odata.type": kind, "name": "a", "contentBytes": "A".repeat(5 << 20) }))
        .refused(413, "RequestEntityTooLarge");
}

#[test]
fn a_large_attachment_goes_up_in_parts() {
    let bench = Bench::adele();
    let id = bench.post("/me/messages", json!({ "subject": "x" })).ok(201)["id"].as_str().unwrap().to_owned();
    let path = format!("/me/messages/{id}/attachments/createUploadSession");
    let open = |size: usize| {
        bench.post(&path, json!({ "AttachmentItem": { "attachmentType": "file", "name": "big.bin", "size": size } }))
    };
    open(1000).refused(400, "ErrorAttachmentSizeShouldNotBeLessThanMinimumSize");
    let (total, half) = (4_000_000, 2_000_000);
    let session = open(total).ok(201);
    let url = session["uploadUrl"].as_str().unwrap();
    assert_eq!(
        put(&bench, url, &format!("bytes 0-{}/{total}", half - 1), half).ok(200)["nextExpectedRanges"],
        json!([half.to_string()])
    );
    let done = put(&bench, url, &format!("bytes {half}-{}/{total}", total - 1), half);
    assert_eq!(done.status, 201);
    assert_eq!(bench.get(done.header("location")).ok(200)["size"], total);
    assert_eq!(bench.get(&format!("/me/messages/{id}")).ok(200)["hasAttachments"], true);
}
