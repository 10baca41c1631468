//! Groups: threads, calendars, libraries. And what Microsoft Search finds.

use serde_json::{Value, json};

use crate::graph::testing::Bench;

fn group(bench: &Bench, name: &str) -> String {
    let found = bench.get(&format!("/groups?$filter=displayName eq '{name}'")).ok(200);
    found["value"][0]["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_group_has_threads_a_calendar_and_a_library() {
    let bench = Bench::adele();
    let retail = group(&bench, "Retail");
    let threads = bench.get(&format!("/groups/{retail}/threads")).ok(200);
    assert_eq!(threads["value"][0]["topic"], "Opening hours in December");
    assert_eq!((threads["value"].as_array().unwrap().len(), &threads["value"][0]["toRecipients"]), (2, &Value::Null));
    let other = threads["value"][1]["id"].as_str().unwrap();
    let post = json!({ "post": { "body": { "contentType": "text", "content": "Fine." },
        "attachments": [{ "@odata.type": "#microsoft.graph.fileAttachment", "name": "a.txt", "contentBytes": "YQ==" }] } });
    bench.post(&format!("/groups/{retail}/threads/{other}/reply"), post).ok(202);
    let first = bench.get(&format!("/groups/{retail}/threads")).ok(200)["value"][0].clone();
    assert_eq!(
        (&first["id"], &first["preview"], &first["hasAttachments"]),
        (&json!(other), &json!("Fine."), &json!(true))
    );
    let posts = bench.get(&format!("/groups/{retail}/threads/{other}/posts?$expand=attachments")).ok(200);
    assert_eq!(
        (&posts["value"][1]["from"]["emailAddress"]["name"], &posts["value"][1]["attachments"][0]["name"]),
        (&json!("Adele Vance"), &json!("a.txt"))
    );
    bench
        .post(&format!("/groups/{retail}/threads/none/reply"), json!({ "post": { "body": { "content": "x" } } }))
        .refused(404, "ErrorItemNotFound");

    let events = bench.get(&format!("/groups/{retail}/events")).ok(200);
    assert_eq!(events["value"].as_array().unwrap().len(), 2);
    let view = bench
        .get(&format!(
            "/groups/{retail}/calendarView?startDateTime=2026-03-01T00:00:00Z&endDateTime=2026-03-15T00:00:00Z"
        ))
        .ok(200);
    assert_eq!(view["value"].as_array().unwrap().len(), 2, "{view}");
    let engineers = group(&bench, "All Engineers");
    bench.get(&format!("/groups/{engineers}/events")).refused(404, "MailboxNotEnabledForRESTAPI");
    bench.get("/groups/none/events").refused(404, "Request_ResourceNotFound");
    Bench::app("Group.Read.All").get(&format!("/groups/{retail}/events")).refused(403, "ErrorAccessDenied");

    let drive = bench.get(&format!("/groups/{retail}/drives")).ok(200)["value"][0].clone();
    assert_eq!(drive["driveType"], "documentLibrary");
    let file = bench.get(&format!("/drives/{}/root:/General/Welcome.txt", drive["id"].as_str().unwrap())).ok(200);
    assert_eq!(file["parentReference"]["driveType"], "documentLibrary");
}

#[test]
fn search_finds_what_it_may_and_pages() {
    let bench = Bench::adele();
    let ask = |bench: &Bench, request: Value| bench.post("/search/query", json!({ "requests": [request] }));
    let hits = |answer: &Value| answer["value"][0]["hitsContainers"][0].clone();
    let files = json!({ "entityTypes": ["driveItem"], "query": { "queryString": "budget" } });
    let found = hits(&ask(&bench, files.clone()).ok(200));
    assert_eq!(
        (&found["hits"][0]["resource"]["name"], &found["hits"][0]["resource"]["@odata.type"]),
        (&json!("Budget.csv"), &json!("#microsoft.graph.driveItem"))
    );
    let all = |from: u32| json!({ "entityTypes": ["driveItem"], "query": { "queryString": "*" }, "from": from, "size": 5, "sortProperties": [{ "name": "name" }] });
    let (one, two) = (hits(&ask(&bench, all(0)).ok(200)), hits(&ask(&bench, all(5)).ok(200)));
    assert_eq!(
        (&one["moreResultsAvailable"], &one["total"], one["hits"].as_array().unwrap().len()),
        (&json!(true), &two["total"], 5)
    );
    assert_ne!(one["hits"][0]["hitId"], two["hits"][0]["hitId"]);
    let mail = json!({ "entityTypes": ["message"], "query": { "queryString": "subject:budget" } });
    assert!(hits(&ask(&bench, mail.clone()).ok(200))["total"].as_u64().unwrap() > 0);
    for (wrong, status) in [
        (json!({ "entityTypes": ["message", "driveItem"], "query": { "queryString": "x" } }), 400),
        (json!({ "entityTypes": ["message"], "query": { "queryString": "x" }, "size": 26 }), 400),
        (
            json!({ "entityTypes": ["event"], "query": { "queryString": "x" }, "sortProperties": [{ "name": "subject" }] }),
            400,
        ),
        (json!({ "entityTypes": ["externalItem"], "query": { "queryString": "x" } }), 403),
    ] {
        assert_eq!(ask(&bench, wrong.clone()).status, status, "{wrong}");
    }
    let app = Bench::app("Files.Read.All");
    ask(&app, files.clone()).refused(400, "BadRequest");
    let mut in_region = files;
    in_region["region"] = "NAM".into();
    assert!(hits(&ask(&app, in_region).ok(200))["total"].as_u64().unwrap() > 5);
    ask(&app, mail).refused(403, "Forbidden");
}
