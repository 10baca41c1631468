use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use connector_sdk::{Code, Continuation, Json, Order, Plan, Request, Response, Result, Target};
use graph_client::{Progress, ProgressEvent, Session, preview};
use http::Method;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::stage::{Reply, Seen, Stage, session};

/// A part as the other side sees it, and how often it was seen before.
struct Part {
    method: String,
    url: String,
    body: Value,
    before: usize,
}

type HttpResponse = dyn Fn(&Part) -> Option<Value> + Send + Sync;

/// A Graph that takes batches as documented: answers shuffled, ids in capitals, 424 behind a failure.
struct Batches {
    part: Box<HttpResponse>,
    seen: Mutex<HashMap<String, usize>>,
}

impl Batches {
    fn stage(part: impl Fn(&Part) -> Option<Value> + Send + Sync + 'static) -> Arc<Stage> {
        let batches = Batches { part: Box::new(part), seen: Mutex::default() };
        Stage::new(move |seen| batches.answer(seen))
    }

    fn answer(&self, seen: &Seen) -> Reply {
        if seen.path() != "/$batch" {
            let body = serde_json::from_slice(&seen.body).unwrap_or_default();
            let answer = self.one(seen.method.as_str(), seen.path(), body).unwrap();
            let reply = Reply::new(answer["status"].as_u64().unwrap() as u16, answer["body"].to_string());
            return match answer["headers"]["Retry-After"].as_str() {
                Some(after) => reply.header("retry-after", after),
                None => reply,
            };
        }
        let json = seen.json();
        let parts = json["requests"].as_array().unwrap();
        assert!(parts.len() <= 20, "Graph takes 20");
        let mut failed: Vec<&str> = Vec::new();
        let mut answers = Vec::new();
        for part in parts {
            let id = part["id"].as_str().unwrap();
            let behind = part.get("dependsOn").is_some_and(|on| failed.contains(&on[0].as_str().unwrap()));
            let answer = if behind {
                Some(json!({ "status": 424, "body": { "error": { "code": "FailedDependency" } } }))
            } else {
                self.one(part["method"].as_str().unwrap(), part["url"].as_str().unwrap(), part["body"].clone())
            };
            if answer.as_ref().is_none_or(|answer| answer["status"].as_u64().unwrap() >= 400) {
                failed.push(id);
            }
            answers.extend(answer.map(|mut answer| {
                answer["id"] = id.to_uppercase().into();
                answer
            }));
        }
        answers.reverse();
        Reply::new(200, json!({ "responses": answers }).to_string())
    }

    fn one(&self, method: &str, url: &str, body: Value) -> Option<Value> {
        let before = {
            let mut seen = self.seen.lock().unwrap();
            let count = seen.entry(format!("{method} {url} {body}")).or_default();
            *count += 1;
            *count - 1
        };
        (self.part)(&Part { method: method.into(), url: url.into(), body, before })
    }
}

async fn all(stage: &Arc<Stage>, requests: Vec<Request>, order: Order) -> Vec<Result<Response>> {
    let plan = Plan::finish_all(requests, order, Ok);
    stage.client().run(plan, &session(), &mut Vec::new()).await.unwrap()
}

fn codes(answers: &[Result<Response>]) -> Vec<std::result::Result<u16, Code>> {
    answers.iter().map(|answer| answer.as_ref().map(|ok| ok.status.as_u16()).map_err(|error| error.code())).collect()
}

fn created(part: &Part) -> Option<Value> {
    Some(
        json!({ "status": 201, "headers": { "Content-Type": "application/json" }, "body": { "echo": part.body, "url": part.url } }),
    )
}

fn posts(count: usize) -> Vec<Request> {
    (0..count).map(|i| Request::post("/users").json(json!({ "n": i }))).collect()
}

#[tokio::test(start_paused = true)]
async fn answers_find_their_requests() {
    let stage = Batches::stage(created);
    let answers = all(&stage, posts(45), Order::Any).await;
    for (i, answer) in answers.iter().enumerate() {
        let body: Value = answer.as_ref().unwrap().read().unwrap();
        assert_eq!(body["echo"]["n"], i);
    }
    let sizes: Vec<_> = stage.seen().iter().map(|seen| seen.json()["requests"].as_array().unwrap().len()).collect();
    assert_eq!(sizes, [20, 20, 5]);
    let one = &stage.seen()[0].json()["requests"][0];
    assert_eq!(one["method"], "POST");
    assert_eq!(one["url"], "/users");
    assert_eq!(one["headers"], json!({ "content-type": "application/json" }));
}

#[tokio::test(start_paused = true)]
async fn two_thousand_members_are_five_messages() {
    let stage = Batches::stage(|_| Some(json!({ "status": 204 })));
    let ids: Vec<u32> = (0..2000).collect();
    let plan = Plan::chunked(
        ids,
        20,
        Order::Sequential,
        |ids| Request::patch("/groups/{group}").path_param("group", "g").json(ids),
        |fates| Plan::done(fates.len()),
    );
    assert_eq!(stage.client().run(plan, &session(), &mut Vec::new()).await.unwrap(), 100);
    assert_eq!(stage.count(), 5);
    let requests = stage.seen()[4].json();
    assert_eq!(requests["requests"][0].get("dependsOn"), None);
    assert_eq!(requests["requests"][19]["dependsOn"], json!(["r19"]));
}

#[tokio::test(start_paused = true)]
async fn one_request_goes_by_itself() {
    let stage = Batches::stage(created);
    all(&stage, posts(1), Order::Any).await;
    assert_eq!(stage.seen()[0].path(), "/users");
    assert!(all(&stage, Vec::new(), Order::Any).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn only_refused_parts_are_sent_again_after_the_longest_wait() {
    let stage = Batches::stage(|part| match (part.body["n"].as_u64().unwrap(), part.before) {
        (3, 0) => Some(json!({ "status": 429, "headers": { "retry-after": "2" } })),
        (4, 0) => Some(json!({ "status": 503, "headers": { "Retry-After": "7.5" } })),
        (5, 0 | 1) => Some(json!({ "status": 429, "headers": { "RETRY-AFTER": 1 } })),
        (6, _) => Some(json!({ "status": 409, "body": { "error": { "code": "Exists", "message": "m" } } })),
        _ => created(part),
    });
    let answers = all(&stage, posts(10), Order::Any).await;
    let mut expected = vec![Ok(201); 10];
    expected[6] = Err(Code::Conflict);
    assert_eq!(codes(&answers), expected);
    assert!(answers[6].as_ref().unwrap_err().has_upstream_code("exists"));
    let seen = stage.seen();
    assert_eq!(seen[1].json()["requests"].as_array().unwrap().len(), 3);
    assert!(seen[1].at - seen[0].at >= Duration::from_millis(7500));
    assert_eq!((seen.len(), seen[2].path()), (3, "/users"), "the last one goes by itself");
}

#[tokio::test(start_paused = true)]
async fn a_part_that_is_always_refused_ends() {
    let stage = Batches::stage(|part| {
        if part.body["n"] == 1 || part.body["n"] == 2 { Some(json!({ "status": 429 })) } else { created(part) }
    });
    let answers = all(&stage, posts(4), Order::Any).await;
    assert_eq!(codes(&answers), [Ok(201), Err(Code::Throttled), Err(Code::Throttled), Ok(201)]);
    assert_eq!(stage.count(), 4);

    let stage = Batches::stage(|_| Some(json!({ "status": 429, "headers": { "retry-after": "3600" } })));
    let answers = all(&stage, posts(2), Order::Any).await;
    assert_eq!((codes(&answers), stage.count()), (vec![Err(Code::Throttled); 2], 1), "an hour is not waited for");
}

#[tokio::test(start_paused = true)]
async fn a_write_whose_fate_is_unknown_is_not_repeated() {
    // 504 to a part, no answer to another one; reads and writes alike.
    let fault = |part: &Part| match (part.url.as_str(), part.before) {
        ("/slow", 0) => Some(json!({ "status": 504 })),
        ("/gone", 0) => None,
        _ => Some(json!({ "status": 200, "body": {} })),
    };
    let requests = || {
        vec![
            Request::post("/slow"),
            Request::get("/slow"),
            Request::post("/gone"),
            Request::delete("/gone"),
            Request::post("/fine"),
        ]
    };
    let stage = Batches::stage(fault);
    let answers = all(&stage, requests(), Order::Any).await;
    assert_eq!(codes(&answers), [Err(Code::OutcomeUnknown), Ok(200), Err(Code::OutcomeUnknown), Ok(200), Ok(200)]);
    let again: Vec<String> = stage.seen()[1].json()["requests"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| part["method"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(again, ["GET", "DELETE"]);
}

#[tokio::test(start_paused = true)]
async fn a_write_conflict_of_a_part_passes_and_a_version_of_ones_own_is_none() {
    let conflict =
        || json!({ "status": 412, "body": { "error": { "code": "ErrorIrresolvableConflict", "message": "m" } } });
    let stage = Batches::stage(move |part| match (part.url.as_str(), part.before) {
        ("/conflict", 0) => Some(conflict()),
        ("/version", 0) => Some(json!({ "status": 504 })),
        ("/version", 1) => Some(json!({ "status": 412 })),
        _ => Some(json!({ "status": 200, "body": {} })),
    });
    let version = Request::patch("/version").if_match(Some("W/\"1\"")).idempotent();
    let answers = all(&stage, vec![Request::post("/conflict"), version, Request::post("/fine")], Order::Any).await;
    assert_eq!(codes(&answers), [Ok(200), Err(Code::OutcomeUnknown), Ok(200)]);
}

#[tokio::test(start_paused = true)]
async fn a_lost_batch() {
    let lost: [fn() -> Reply; 4] =
        [Reply::lost, || Reply::new(504, ""), || Reply::new(200, "{").broken(), || Reply::new(200, "not JSON")];
    for lost in lost {
        let mixed = vec![Request::post("/a"), Request::get("/b"), Request::get("/c")];
        let stage = Stage::new(move |seen| match seen.number {
            0 => lost(),
            _ => Reply::new(200, r#"{"responses":[{"id":"r2","status":200},{"id":"r1","status":200}]}"#),
        });
        let answers = all(&stage, mixed, Order::Any).await;
        assert_eq!((codes(&answers), stage.count()), (vec![Err(Code::OutcomeUnknown), Ok(200), Ok(200)], 2));
        let error = answers[0].as_ref().unwrap_err();
        assert!(error.message().starts_with("the request may have been carried out"), "{error}");
        assert_eq!(error.message().matches("may have been").count(), 1, "{error}");
    }
    // A refused batch did nothing, so all of it may be sent again.
    let stage = Stage::new(|seen| match seen.number {
        0 => Reply::new(429, "").header("retry-after", 3),
        _ => Reply::new(200, r#"{"responses":[{"id":"r2","status":201},{"id":"R1","status":201}]}"#),
    });
    assert_eq!(codes(&all(&stage, posts(2), Order::Any).await), [Ok(201), Ok(201)]);
    // A batch that Graph does not take as such is sent part by part.
    let stage = Stage::new(|seen| if seen.path() == "/$batch" { Reply::new(400, "") } else { Reply::new(201, "") });
    assert_eq!(codes(&all(&stage, posts(3), Order::Any).await), [Ok(201); 3]);
    assert_eq!(stage.count(), 4);
}

#[tokio::test(start_paused = true)]
async fn in_turn_each_is_tried() {
    let order = Arc::new(Mutex::new(Vec::new()));
    let log = order.clone();
    let stage = Batches::stage(move |part| {
        let n = part.body["n"].as_u64().unwrap();
        log.lock().unwrap().push(n);
        match (n, part.before) {
            (2 | 5, _) => Some(json!({ "status": 400, "body": { "error": { "code": "Bad", "message": "m" } } })),
            (8, 0) => Some(json!({ "status": 429, "headers": { "Retry-After": "4" } })),
            _ => Some(json!({ "status": 204 })),
        }
    });
    let answers = all(&stage, posts(25), Order::Sequential).await;
    let expected: Vec<_> = (0..25).map(|n| if n == 2 || n == 5 { Err(Code::Rejected) } else { Ok(204) }).collect();
    assert_eq!(codes(&answers), expected);
    let mut order = order.lock().unwrap().clone();
    order.dedup();
    assert_eq!(order, (0..25).collect::<Vec<_>>(), "each in its turn, the successful ones once");
}

#[tokio::test(start_paused = true)]
async fn hostile_parts_are_refused_and_the_others_go() {
    let stage = Batches::stage(created);
    let mut evil = Request::get("/");
    evil.target = Target::Literal("/../../evil".into());
    let mut header = Request::get("/x");
    header.headers.insert("authorization", "Bearer mine".parse().unwrap());
    let link = Request::follow(connector_sdk::Link::new("https://evil.example/v1.0/x"));
    let good = Request::follow(connector_sdk::Link::new("https://graph.microsoft.com/v1.0/users?$skiptoken=a%20b"));
    let answers = all(&stage, vec![evil, header, link, good, Request::get("/me")], Order::Any).await;
    assert_eq!(
        codes(&answers),
        [Err(Code::InvalidInput), Err(Code::InvalidInput), Err(Code::Protocol), Ok(201), Ok(201)]
    );
    let sent = stage.seen()[0].json();
    let urls: Vec<_> = sent["requests"].as_array().unwrap().iter().map(|part| part["url"].as_str().unwrap()).collect();
    assert_eq!(urls, ["/users?$skiptoken=a%20b", "/me"]);
}

#[tokio::test(start_paused = true)]
async fn bodies_pass_unchanged() {
    let text = r#"{ "a" : 1.50, "b":12345678901234567890123 }"#;
    let stage = Stage::new(move |seen| {
        assert!(std::str::from_utf8(&seen.body).unwrap().contains(text));
        let body = format!(
            r#"{{"responses":[{{"id":"r1","status":200,"body":{text}}},{{"id":"r2","status":200,"headers":{{"Content-Type":"image/png"}},"body":"AQID"}},{{"id":"r3","status":200,"headers":{{"Content-Type":"text/plain"}},"body":"plain!"}}]}}"#
        );
        Reply::new(200, body)
    });
    let request = Request::post("/x").body(connector_sdk::Body::Json(text.into()));
    let answers = all(&stage, vec![request, Request::get("/photo"), Request::get("/text")], Order::Any).await;
    let bodies: Vec<_> = answers.iter().map(|answer| answer.as_ref().unwrap().body.clone()).collect();
    assert_eq!(bodies, [text.as_bytes(), &[1, 2, 3], b"plain!"]);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_a_part_goes_beside() {
    let stage = Batches::stage(|part| Some(json!({ "status": if part.method == "PUT" { 200 } else { 201 } })));
    let mut requests = posts(2);
    requests.push(Request::put("/photo").body(connector_sdk::Body::Bytes("image/png".into(), "x".into())));
    requests.push(Request::post("/beta").beta());
    let answers = all(&stage, requests, Order::Any).await;
    assert_eq!(codes(&answers), [Ok(201), Ok(201), Ok(200), Ok(201)]);
    let mut urls: Vec<_> =
        stage.seen().iter().map(|seen| seen.url.replace("https://graph.microsoft.com", "")).collect();
    urls.sort();
    assert_eq!(urls, ["/beta/beta", "/v1.0/$batch", "/v1.0/photo"]);
}

#[tokio::test(start_paused = true)]
async fn a_redirected_part_is_followed() {
    for (to, expected) in
        [("https://graph.microsoft.com/v1.0/moved", Ok(200)), ("https://contoso.sharepoint.com/x", Err(Code::Protocol))]
    {
        let stage = Stage::new(move |seen| match seen.path() {
            "/$batch" => Reply::new(
                200,
                r#"{"responses":[{"id":"r1","status":302,"headers":{"Location":"https://x"}},{"id":"r2","status":200}]}"#,
            ),
            "/moved" => Reply::new(200, "content"),
            _ => Reply::new(302, "").header("location", to),
        });
        let answers = all(&stage, vec![Request::get("/content"), Request::get("/me")], Order::Any).await;
        assert_eq!(codes(&answers), [expected, Ok(200)], "{to}");
        assert!(stage.seen().iter().all(|seen| !seen.url.contains("sharepoint")));
    }
}

#[tokio::test(start_paused = true)]
async fn progress_counts_every_request() {
    #[derive(Default)]
    struct Count(Mutex<Vec<(u64, u64)>>);
    impl Progress for Count {
        fn step(&self, step: ProgressEvent<'_>) {
            if let ProgressEvent::Requests(done, total) = step {
                self.0.lock().unwrap().push((done, total));
            }
        }
    }
    let count = Arc::new(Count::default());
    let session = Session { progress: count.clone(), ..session() };
    let plan = Plan::finish_all(posts(30), Order::Any, |answers| Ok(answers.len()));
    Batches::stage(created).client().run(plan, &session, &mut Vec::new()).await.unwrap();
    assert_eq!(*count.0.lock().unwrap(), (1..=30).map(|done| (done, 30)).collect::<Vec<_>>());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    // Whatever happens to the parts: each has one result, no write is carried out twice.
    #[test]
    fn every_part_has_one_fate(faults in proptest::collection::vec((0..9_u8, 0..3_usize, any::<bool>()), 2..60), in_turn: bool) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let done = Arc::new(Mutex::new(HashMap::<String, usize>::new()));
        let (log, script) = (done.clone(), faults.clone());
        let stage = Batches::stage(move |part| {
            let n = part.url.trim_start_matches("/x/").parse::<usize>().unwrap();
            let (kind, times, _) = script[n];
            let carried_out = || *log.lock().unwrap().entry(format!("{} {n}", part.method)).or_default() += 1;
            if part.before < times {
                match kind {
                    0 => return Some(json!({ "status": 429, "headers": { "Retry-After": "1" } })),
                    1 => return Some(json!({ "status": 503, "headers": { "Retry-After": "0.5" } })),
                    2 => return Some(json!({ "status": 400 })),
                    // The work is done and the answer lost.
                    3 => { carried_out(); return Some(json!({ "status": 504 })); }
                    4 => { carried_out(); return Some(json!({ "status": 500 })); }
                    5 => return Some(json!({ "status": 404 })),
                    _ => {}
                }
            }
            carried_out();
            Some(json!({ "status": 200, "body": n }))
        });
        let requests: Vec<_> = faults.iter().enumerate().map(|(n, (.., read))| Request::new(if *read { Method::GET } else { Method::POST }, format!("/x/{n}"))).collect();
        let order = if in_turn { Order::Sequential } else { Order::Any };
        let answers = runtime.block_on(all(&stage, requests, order));
        prop_assert_eq!(answers.len(), faults.len());
        for (n, (answer, (kind, times, read))) in answers.iter().zip(&faults).enumerate() {
            match (kind, *times > 0, *read) {
                (2 | 5, true, _) => prop_assert!(answer.is_err()),
                (3 | 4, true, false) => prop_assert_eq!(answer.as_ref().unwrap_err().code(), Code::OutcomeUnknown),
                _ => prop_assert_eq!(&answer.as_ref().unwrap().body, &n.to_string()),
            }
        }
        for (what, times) in done.lock().unwrap().iter() {
            prop_assert!(what.starts_with("GET") || *times == 1, "{} was carried out {} times", what, times);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_in_portions_is_told_as_one() {
    struct Heard(Mutex<Vec<ProgressEvent<'static>>>);
    impl Progress for Heard {
        fn step(&self, step: ProgressEvent<'_>) {
            self.0.lock().unwrap().push(match step {
                ProgressEvent::Requests(done, total) => ProgressEvent::Requests(done, total),
                ProgressEvent::Items(count) => ProgressEvent::Items(count),
                other => panic!("{other:?}"),
            });
        }
    }
    fn portion(left: usize) -> Plan<()> {
        let requests = posts(2);
        Plan::all_then(
            requests,
            Order::Sequential,
            Continuation::before(2 * (left - 1), move |_| {
                let fates = vec![Json::of("done").unwrap()];
                Plan::emit_then(
                    fates,
                    Continuation::new(move |_: Result<()>| if left > 1 { portion(left - 1) } else { Plan::done(()) }),
                )
            }),
        )
    }
    let stage = Batches::stage(created);
    let heard = Arc::new(Heard(Mutex::default()));
    let session = Session { progress: heard.clone(), ..session() };
    stage.client().run(portion(3), &session, &mut Vec::new()).await.unwrap();
    // One bar, from the first request to the last; the fates between the portions are not told as well.
    assert_eq!(*heard.0.lock().unwrap(), (1..=6).map(|done| ProgressEvent::Requests(done, 6)).collect::<Vec<_>>());
    let shown = preview(portion(3), &session).await.unwrap();
    assert_eq!((shown.requests.len(), shown.complete, shown.following), (2, false, Some(4)));
}

// The second of three parts is answered with a gateway's page, which is no JSON.
fn with_a_page(seen: &Seen) -> Reply {
    if seen.path() != "/$batch" {
        return Reply::new(200, json!({ "id": "alone" }).to_string());
    }
    let page = r#"{"id":"r2","status":500,"headers":{"Content-Type":"text/html"},"body":<!DOCTYPE html><html></html>}"#;
    let good = |id: &str| format!(r#"{{"id":"{id}","status":201,"body":{{"id":"{id}"}}}}"#);
    Reply::new(200, format!(r#"{{"responses":[{},{page},{}]}}"#, good("r1"), good("r3")))
}

#[tokio::test(start_paused = true)]
async fn a_page_in_the_place_of_one_answer_hides_no_other() {
    for (method, second) in [(Method::POST, Err(Code::OutcomeUnknown)), (Method::GET, Ok(200))] {
        let stage = Stage::new(with_a_page);
        let requests =
            (0..3).map(|i| Request::new(method.clone(), "/me/events/{i}").path_param("i", i.to_string())).collect();
        assert_eq!(codes(&all(&stage, requests, Order::Any).await), [Ok(201), second, Ok(201)]);
        // A read is asked again by itself; a write never.
        assert_eq!(stage.count(), if method == Method::GET { 2 } else { 1 });
    }
}

#[tokio::test(start_paused = true)]
async fn two_answers_to_one_part_that_differ_are_none() {
    let stage = Stage::new(|seen| {
        if seen.path() != "/$batch" {
            return Reply::new(200, r#"{"id":"alone"}"#);
        }
        let same = r#"{"id":"r1","status":200,"body":{"id":"a"}}"#;
        Reply::new(
            200,
            format!(
                r#"{{"responses":[{same},{same},{{"id":"r2","status":200,"body":{{"id":"b"}}}},{{"id":"r2","status":200,"body":{{"id":"c"}}}}]}}"#
            ),
        )
    });
    let ids = |answers: &[Result<Response>]| -> Vec<Option<String>> {
        answers.iter().map(|answer| answer.as_ref().ok()?.id()).collect()
    };
    let reads = ["a", "b", "c"].map(|id| Request::get("/users/{user}").path_param("user", id)).to_vec();
    let read = all(&stage, reads, Order::Any).await;
    assert_eq!(ids(&read), ["a", "alone", "alone"].map(|id| Some(id.to_owned())), "reads are asked by themselves");
    let written = all(&stage, posts(3), Order::Any).await;
    assert_eq!(codes(&written), [Ok(200), Err(Code::OutcomeUnknown), Err(Code::OutcomeUnknown)]);
}

#[tokio::test(start_paused = true)]
async fn a_part_whose_success_is_an_error_has_failed() {
    let failed = json!({ "status": 200, "body": { "error": { "code": "generalException", "message": "m" } } });
    let stage = Batches::stage(move |part| if part.url == "/users" { Some(failed.clone()) } else { created(part) });
    let requests = vec![Request::post("/users"), Request::post("/groups")];
    assert_eq!(codes(&all(&stage, requests, Order::Any).await), [Err(Code::OutcomeUnknown), Ok(201)]);
    let stage = Stage::new(|_| Reply::new(207, r#"{"responses":[{"id":"r1","status":201},{"id":"r2","status":201}]}"#));
    assert_eq!(codes(&all(&stage, posts(2), Order::Any).await), [Ok(201), Ok(201)], "the batch was carried out");
}
