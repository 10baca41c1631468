//! `$batch`.

use bytes::Bytes;
use http::Response;
use serde_json::{Value, json};

use crate::graph::testing::{Bench, ORIGIN, answer};

fn part<'a>(body: &'a Value, id: &str) -> &'a Value {
    body["responses"]
        .as_array()
        .unwrap()
        .iter()
        .find(|part| part["id"] == id)
        .unwrap_or_else(|| panic!("no part {id} in {body}"))
}

fn get(id: &str, url: &str) -> Value {
    json!({ "id": id, "method": "GET", "url": url })
}

#[test]
fn every_part_has_its_own_answer() {
    let bench = Bench::adele();
    let body = bench.post("/$batch", json!({ "requests": [
        get("1", "/me?$select=displayName"), get("2", "/me/messages/nonsense"), get("3", "/me/mesages"),
        { "id": "4", "method": "PATCH", "url": "/me", "headers": { "Content-Type": "application/json" }, "body": { "city": "Oslo" } },
    ]})).ok(200);
    assert_eq!(part(&body, "1")["body"]["displayName"], "Adele Vance");
    assert_eq!(
        (&part(&body, "2")["status"], &part(&body, "2")["body"]["error"]["code"]),
        (&json!(400), &json!("ErrorInvalidIdMalformed"))
    );
    assert_eq!(part(&body, "3")["status"], 400);
    assert_eq!(part(&body, "4")["status"], 204);
    let order: Vec<&str> =
        body["responses"].as_array().unwrap().iter().map(|part| part["id"].as_str().unwrap()).collect();
    assert_ne!(order, ["1", "2", "3", "4"]);
    assert_eq!(bench.get("/me?$select=city").ok(200)["city"], "Oslo");
}

#[test]
fn what_depends_on_a_failure_is_not_done() {
    let bench = Bench::adele();
    let folder = |id: &str, name: &str, on: &[&str]| json!({ "id": id, "method": "POST", "url": "/me/mailFolders", "headers": { "content-type": "application/json" }, "body": { "displayName": name }, "dependsOn": on });
    let body = bench.post("/$batch", json!({ "requests": [
        folder("A", "Inbox", &[]), folder("b", "Second", &["a"]), folder("c", "Third", &["B"]), folder("d", "Fourth", &[]), folder("e", "Fifth", &["D"]),
    ]})).ok(200);
    let statuses: Vec<u64> =
        ["A", "b", "c", "d", "e"].iter().map(|id| part(&body, id)["status"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [409, 424, 424, 201, 201]);
}

#[test]
fn a_batch_that_is_wrong_as_a_whole_is_refused() {
    let bench = Bench::adele();
    let refuse = |requests: Value| bench.post("/$batch", json!({ "requests": requests })).refused(400, "BadRequest");
    refuse((0..21).map(|i| get(&i.to_string(), "/me")).collect());
    refuse(json!([get("a", "/me"), get("A", "/me")]));
    refuse(json!([{ "method": "GET", "url": "/me" }]));
    refuse(json!([{ "id": "1", "method": "POST", "url": "/me/sendMail", "body": {} }]));
    refuse(json!([{ "id": "1", "method": "GET", "url": "/me", "dependsOn": ["2"] }, get("2", "/me")]));
    refuse(json!([]));
    bench.post("/$batch", json!({})).refused(400, "BadRequest");
    bench.get("/$batch").refused(405, "Request_BadRequest");
    let body = bench
        .post("/$batch", json!({ "requests": [get("1", "https://graph.microsoft.com/v1.0/me"), get("2", "/$batch")] }))
        .ok(200);
    assert_eq!((&part(&body, "1")["status"], &part(&body, "2")["status"]), (&json!(400), &json!(400)));
}

#[test]
fn parts_meet_faults_of_their_own() {
    let bench = Bench::adele();
    let body = json!({ "requests": [get("1", "/me"), get("2", "/users")] });
    let request = bench.request("POST", "/$batch", Some(("application/json", body.to_string().into())));
    let busy = |part: &http::Request<Bytes>| {
        part.uri()
            .path()
            .ends_with("/users")
            .then(|| Response::builder().status(429).header("retry-after", "7").body(Bytes::new()).unwrap())
    };
    let body = answer(bench.graph.handle_with(&bench.caller, ORIGIN, &request, &busy)).ok(200);
    assert_eq!(part(&body, "1")["status"], 200);
    assert_eq!((&part(&body, "2")["status"], &part(&body, "2")["headers"]["Retry-After"]), (&json!(429), &json!("7")));
}

#[test]
fn attachments_of_one_item_collide_unless_they_wait_for_each_other() {
    let bench = Bench::adele();
    let draft = bench.post("/me/messages", json!({ "subject": "Files" })).ok(201);
    let attach = |id: &str, after: &[&str]| {
        json!({ "id": id, "method": "POST", "url": format!("/me/messages/{}/attachments", draft["id"].as_str().unwrap()),
            "headers": { "Content-Type": "application/json" }, "dependsOn": after,
            "body": { "@odata.type": "#microsoft.graph.fileAttachment", "name": id, "contentBytes": "c291cA==" } })
    };
    let body = bench.post("/$batch", json!({ "requests": [attach("1", &[]), attach("2", &[])] })).ok(200);
    assert_eq!((&part(&body, "1")["status"], &part(&body, "2")["status"]), (&json!(201), &json!(412)));
    assert_eq!(part(&body, "2")["body"]["error"]["code"], "ErrorIrresolvableConflict");
    let body = bench.post("/$batch", json!({ "requests": [attach("3", &[]), attach("4", &["3"])] })).ok(200);
    assert_eq!((&part(&body, "3")["status"], &part(&body, "4")["status"]), (&json!(201), &json!(201)));
}
