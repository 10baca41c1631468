//! Watches over HTTP: made, changed and fetched.

use std::time::Duration;

use connector_runtime::{Access, Grant};
use http::{Method, StatusCode};
use http_body_util::{BodyExt, Full};
use serde_json::{Value, json};

use super::world::{Answered, Key, World, reaching};

const USER: &str = "adelev@contoso.example";

async fn watcher(world: &World) -> Key {
    world.key(Grant { watches: Access::Write, ..reaching("work", "outlook.*") }).await
}

fn inbox() -> Value {
    json!({ "name": "inbox", "trigger": "outlook.new_email", "intervalSeconds": 1 })
}

// Waits until the watch was polled, so that what comes from then on is new to it.
async fn polled(world: &World, key: &Key) {
    for _ in 0..500 {
        if world.get("/v1/watches/inbox", Some(key)).await.json()["polled"].is_string() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it was never polled");
}

async fn patch(world: &World, key: &Key, tag: &str, body: Value) -> Answered {
    let request = world.request(Method::PATCH, "/v1/watches/inbox", Some(key));
    let request = request.header("content-type", "application/json").header("if-match", tag);
    world.send(request.body(Full::from(body.to_string())).unwrap()).await
}

#[tokio::test]
async fn it_is_made_fetched_and_acknowledged() {
    let world = World::new().await;
    let key = watcher(&world).await;
    let made = world.post("/v1/watches", Some(&key), &inbox()).await;
    assert_eq!((made.status, &made.json()["state"]), (StatusCode::CREATED, &json!("active")), "{}", made.body);
    assert_eq!(made.json()["connection"]["name"], "work", "the only one that the key reaches");
    polled(&world, &key).await;
    world.sandbox.graph().deliver(USER, "inbox", json!({ "subject": "Lunch" }));
    let page = world.get("/v1/watches/inbox/events?wait=30s", Some(&key)).await.json();
    assert_eq!(page["events"][0]["data"]["subject"], "Lunch", "{page}");
    let after = page["after"].as_u64().unwrap();
    let rest = world.get(&format!("/v1/watches/inbox/events?after={after}"), Some(&key)).await.json();
    assert_eq!(rest, json!({ "events": [], "after": after }));

    let consumed = "/v1/watches/inbox/events?consumer=erp";
    assert_eq!(world.get(consumed, Some(&key)).await.json()["events"].as_array().unwrap().len(), 1);
    let lag = world.get("/v1/watches/inbox/consumers/erp", Some(&key)).await.json();
    assert_eq!(lag["events"], 1, "{lag}");
    let done = world.post("/v1/watches/inbox/ack", Some(&key), &json!({ "consumer": "erp", "upTo": after })).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.body);
    assert_eq!(world.get(consumed, Some(&key)).await.json()["events"], json!([]));
    let early = world.post("/v1/watches/inbox/ack", Some(&key), &json!({ "consumer": "crm", "upTo": 1 })).await;
    early.problem(409, "conflict");
    world.end().await;
}

#[tokio::test]
async fn a_stream_continues_where_it_broke_off_and_ends_with_the_service() {
    let world = World::new().await;
    let key = watcher(&world).await;
    world.post("/v1/watches", Some(&key), &inbox()).await;
    polled(&world, &key).await;
    let begin = async |last: Option<&str>| {
        let mut request = world.request(Method::GET, "/v1/watches/inbox/events", Some(&key));
        request = request.header("accept", "text/event-stream");
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let response = world.begin(request.body(Full::default()).unwrap()).await;
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        response.into_body()
    };
    // Reads until the data of an event is there, and returns its id.
    let next = async |stream: &mut hyper::body::Incoming, subject: &str| {
        let mut text = String::new();
        while !(text.contains(subject) && text.ends_with("\n\n")) {
            let frame = stream.frame().await.unwrap().unwrap().into_data().unwrap();
            text.push_str(std::str::from_utf8(&frame).unwrap());
        }
        text.lines().filter_map(|line| line.strip_prefix("id: ")).next_back().unwrap().to_owned()
    };
    let mut stream = begin(None).await;
    world.sandbox.graph().deliver(USER, "inbox", json!({ "subject": "First" }));
    let first = next(&mut stream, "\"First\"").await;
    drop(stream);
    world.sandbox.graph().deliver(USER, "inbox", json!({ "subject": "Second" }));
    let mut stream = begin(Some(&first)).await;
    let second = next(&mut stream, "\"Second\"").await;
    assert!(second.parse::<u64>().unwrap() > first.parse::<u64>().unwrap());

    // The end of the service is the end of the stream, with a hint when to come back.
    let ((), rest) = tokio::join!(world.end(), async { stream.collect().await.unwrap().to_bytes() });
    assert!(String::from_utf8_lossy(&rest).contains("retry:"), "{rest:?}");
}

#[tokio::test]
async fn a_change_names_the_version_that_it_was_made_for() {
    let world = World::new().await;
    let key = watcher(&world).await;
    let tag = world.post("/v1/watches", Some(&key), &inbox()).await.header("etag").to_owned();
    let changed = patch(&world, &key, &tag, json!({ "intervalSeconds": 5 })).await;
    assert_eq!((changed.status, &changed.json()["intervalSeconds"]), (StatusCode::OK, &json!(5)), "{}", changed.body);
    let late = patch(&world, &key, &tag, json!({ "intervalSeconds": 7 })).await.problem(409, "conflict");
    assert_eq!(late["reason"], "changed");
    patch(&world, &key, "seven", json!({})).await.problem(400, "invalid_input");
    let paused = world.post("/v1/watches/inbox/pause", Some(&key), &json!({ "reason": "holiday" })).await.json();
    assert_eq!((&paused["state"], &paused["paused"]["reason"]), (&json!("paused"), &json!("holiday")));
    let request = world.request(Method::POST, "/v1/watches/inbox/resume", Some(&key)).body(Full::default()).unwrap();
    assert_eq!(world.send(request).await.json()["state"], "active");
    let request = world.request(Method::DELETE, "/v1/watches/inbox", Some(&key)).body(Full::default()).unwrap();
    assert_eq!(world.send(request).await.json(), json!({ "done": true }));
    world.get("/v1/watches/inbox", Some(&key)).await.problem(404, "not_found");
    world.end().await;
}

#[tokio::test]
async fn callers_without_a_key_or_the_right_make_none() {
    let world = World::new().await;
    assert_eq!(world.post("/v1/watches", None, &inbox()).await.problem(401, "unauthenticated")["status"], 401);
    let reader = world.worker().await;
    assert_eq!(world.post("/v1/watches", Some(&reader), &inbox()).await.problem(403, "denied")["reason"], "right");
    let key = watcher(&world).await;
    let wrong = json!({ "name": "", "trigger": "outlook.new_email", "input": { "folder": 1 }, "intervalSeconds": 0 });
    let problem = world.post("/v1/watches", Some(&key), &wrong).await.problem(400, "invalid_input");
    let pointers: Vec<&str> =
        problem["issues"].as_array().unwrap().iter().map(|issue| issue["pointer"].as_str().unwrap()).collect();
    assert_eq!(pointers, ["/name", "/intervalSeconds", "/input/folder"]);
    world.end().await;
}
