//! `batch_request`

use std::time::Duration;

use crate::stage::{answer, plan, play, pointers};
use connector_sdk::{Code, Json, Plan, Request, Response, Result, Sent, Step};
use serde_json::{Value, json};

fn get(id: &str) -> Value {
    json!({ "id": id, "method": "GET", "url": format!("/users/{id}") })
}

fn after(id: &str, on: &[&str]) -> Value {
    json!({ "id": id, "method": "GET", "url": format!("/users/{id}"), "dependsOn": on })
}

fn part(id: &str, status: u16) -> Value {
    json!({ "id": id, "status": status, "headers": { "x": "y" }, "body": { "is": id } })
}

fn slow(id: &str, seconds: &str) -> Value {
    json!({ "id": id, "status": 429, "headers": { "Retry-After": seconds } })
}

// Runs a batch whose calls `server` answers. The ids of each call, with what each depends on, and the waits.
fn run(
    input: Value,
    mut server: impl FnMut(usize, &[Value]) -> Result<Response>,
) -> (Result<Value>, Vec<Vec<String>>, Vec<Duration>) {
    let (mut calls, mut waits) = (Vec::<Vec<String>>::new(), Vec::new());
    let mut now: Plan<Json> = plan("batch_request", input).unwrap();
    loop {
        now = match now.into_step() {
            Step::Call { request, then, .. } => {
                let parts = parts(&request);
                calls.push(
                    parts
                        .iter()
                        .map(|part| match part["dependsOn"][0].as_str() {
                            Some(on) => format!("{}<{on}", part["id"].as_str().unwrap()),
                            None => part["id"].as_str().unwrap().to_owned(),
                        })
                        .collect(),
                );
                then.go(server(calls.len(), &parts))
            }
            Step::Wait { time, then, .. } => {
                waits.push(time);
                then.go(Ok(()))
            }
            Step::Done(output) => return (output.read(), calls, waits),
            Step::Fail(error) => return (Err(error), calls, waits),
            other => panic!("{other:?}"),
        };
    }
}

fn parts(request: &Request) -> Vec<Value> {
    let sent = Sent::of(request).unwrap();
    assert_eq!((sent.method.as_str(), sent.url.as_str()), ("POST", "/$batch"));
    let parts = sent.body.unwrap()["requests"].as_array().unwrap().clone();
    assert!((1..=20).contains(&parts.len()));
    parts
}

// Answers all parts with `status`, in reverse order.
fn all(parts: &[Value], status: impl Fn(&str) -> u16) -> Result<Response> {
    let responses: Vec<Value> =
        parts.iter().rev().map(|p| part(p["id"].as_str().unwrap(), status(p["id"].as_str().unwrap()))).collect();
    Ok(answer(200, json!({ "responses": responses })))
}

fn statuses(output: &Value) -> Vec<(String, u64)> {
    let one = |part: &Value| (part["id"].as_str().unwrap().to_owned(), part["status"].as_u64().unwrap());
    output["responses"].as_array().unwrap().iter().map(one).collect()
}

#[test]
fn what_the_parts_hold_in_secret_is_named() {
    let input = json!({ "requests": [
        { "method": "POST", "url": "/users", "headers": [{ "key": "X-Api-Key", "value": "k1" }, { "key": "Prefer", "value": "x" }],
          "body": { "displayName": "Adele", "passwordProfile": { "password": "p1", "note": "n" } } },
        { "method": "GET", "url": "/me", "headers": [{ "key": "X-Token", "value": "t1" }] },
    ] });
    let Step::Call { request, .. } = plan("batch_request", input).unwrap().into_step() else {
        panic!("it sends nothing")
    };
    let secrets: Vec<&str> = request.options().secrets().iter().map(|secret| secret.expose()).collect();
    assert_eq!((secrets.as_slice(), request.options().is_sensitive()), (["k1", "p1", "t1"].as_slice(), true));
}

#[test]
fn parts_travel_as_they_were_written() {
    let input = json!({ "apiVersion": "beta", "requests": [
        { "method": "POST", "url": "/me/messages?$select=a b", "headers": [{ "key": "Prefer", "value": "x" }], "body": { "subject": "ü" } },
        { "method": "PUT", "url": "/me/photo/$value", "headers": [{ "key": "Content-Type", "value": "image/png" }], "body": "aGk=" },
        { "method": "GET", "url": "/me" }
    ] });
    let script = [answer(
        200,
        json!({ "responses": [
        { "id": "3", "status": 200, "headers": { "A": "b" }, "body": { "n": 1 } },
        { "id": "1", "status": 403, "body": { "error": { "code": "Forbidden" } } },
        { "id": "2", "status": 204 }
    ] }),
    )];
    let (output, stage) = play("batch_request", input, script);
    assert_eq!(
        stage.sent[0].body.as_ref().unwrap()["requests"],
        json!([
            { "id": "1", "method": "POST", "url": "/me/messages?$select=a%20b", "headers": { "prefer": "x", "content-type": "application/json" }, "body": { "subject": "ü" } },
            { "id": "2", "method": "PUT", "url": "/me/photo/$value", "headers": { "content-type": "image/png" }, "body": "aGk=" },
            { "id": "3", "method": "GET", "url": "/me" }
        ])
    );
    assert_eq!(
        output.unwrap()["responses"],
        json!([
            { "id": "1", "status": 403, "headers": {}, "body": { "error": { "code": "Forbidden" } } },
            { "id": "2", "status": 204, "headers": {}, "body": null },
            { "id": "3", "status": 200, "headers": { "A": "b" }, "body": { "n": 1 } }
        ])
    );
}

#[test]
fn any_number_is_split_at_twenty() {
    let requests: Vec<Value> = (0..45).map(|i| get(&i.to_string())).collect();
    let (output, calls, _) =
        run(json!({ "requests": requests }), |_, parts| all(parts, |id| if id == "7" { 404 } else { 200 }));
    assert_eq!(calls.iter().map(Vec::len).collect::<Vec<_>>(), [20, 20, 5]);
    let output = statuses(&output.unwrap());
    assert_eq!(
        output.iter().map(|(id, _)| id.parse::<usize>().unwrap()).collect::<Vec<_>>(),
        (0..45).collect::<Vec<_>>()
    );
    assert_eq!(
        output.iter().filter(|(_, status)| *status != 200).cloned().collect::<Vec<_>>(),
        [("7".to_owned(), 404)]
    );
}

#[test]
fn a_chain_travels_in_one_call_and_longer_ones_in_turn() {
    let chain: Vec<Value> =
        (0..25).map(|i| if i == 0 { get("0") } else { after(&i.to_string(), &[&(i - 1).to_string()]) }).collect();
    let (output, calls, _) = run(json!({ "requests": chain }), |_, parts| all(parts, |_| 200));
    assert_eq!(calls.iter().map(Vec::len).collect::<Vec<_>>(), [20, 5]);
    assert_eq!(
        (calls[0][0].as_str(), calls[0][1].as_str(), calls[1][0].as_str(), calls[1][1].as_str()),
        ("0", "1<0", "20", "21<20")
    );
    assert!(statuses(&output.unwrap()).iter().all(|(_, status)| *status == 200));
}

#[test]
fn other_shapes_are_cut_at_their_joints() {
    // a → b, c → d, written in another order and in other letters.
    let requests = json!([after("d", &["B", "c"]), after("b", &["a"]), after("c", &["A"]), get("a")]);
    let (output, calls, _) = run(json!({ "requests": requests }), |_, parts| all(parts, |_| 200));
    assert_eq!(calls, [vec!["a"], vec!["b", "c"], vec!["d"]]);
    assert_eq!(statuses(&output.unwrap()).iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(), ["d", "b", "c", "a"]);
    // One that depends on both links of a chain is its third link.
    let requests = json!([get("a"), after("b", &["a"]), after("c", &["a", "b"])]);
    let (_, calls, _) = run(json!({ "requests": requests }), |_, parts| all(parts, |_| 200));
    assert_eq!(calls, [vec!["a", "b<a", "c<b"]]);
}

#[test]
fn what_depends_on_a_failure_is_not_sent() {
    let requests = json!([get("a"), get("z"), after("b", &["a"]), after("c", &["b"]), after("y", &["z"])]);
    let (output, calls, _) =
        run(json!({ "requests": requests }), |_, parts| all(parts, |id| if id == "a" { 500 } else { 200 }));
    assert_eq!(calls, [vec!["a", "z"], vec!["y"]]);
    let output = output.unwrap();
    let expected =
        [("a", 500), ("z", 200), ("b", 424), ("c", 424), ("y", 200)].map(|(id, status)| (id.to_owned(), status));
    assert_eq!(statuses(&output), expected);
    assert_eq!(output["responses"][2]["body"]["error"]["code"], "FailedDependency");
}

#[test]
fn stopping_on_an_error_keeps_the_order() {
    let requests: Vec<Value> = (0..30).map(|i| get(&i.to_string())).collect();
    let server = |_: usize, parts: &[Value]| {
        all(parts, |id| match id.parse::<u32>().unwrap() {
            3 => 400,
            i if i > 3 => 424,
            _ => 200,
        })
    };
    let (output, calls, _) = run(json!({ "requests": requests, "stopOnError": true }), server);
    assert_eq!((calls.len(), calls[0].len(), calls[0][1].as_str()), (1, 20, "1<0"));
    let output = statuses(&output.unwrap());
    assert_eq!(
        output.iter().map(|(_, status)| *status).collect::<Vec<_>>(),
        [vec![200; 3], vec![400], vec![424; 26]].concat()
    );
}

#[test]
fn only_what_was_throttled_is_sent_again_after_the_longest_wait() {
    let requests = json!([get("a"), get("b"), get("c"), get("d")]);
    let (output, calls, waits) = run(json!({ "requests": requests }), |call, parts| match call {
        1 => Ok(answer(
            200,
            json!({ "responses": [
            part("a", 200), slow("B", "3"), slow("c", "7.5"),
            { "id": "d", "status": 503, "headers": { "retry-after": 1 } }
        ] }),
        )),
        _ => all(parts, |_| 201),
    });
    assert_eq!(calls, [vec!["a", "b", "c", "d"], vec!["b", "c", "d"]]);
    assert_eq!(waits, [Duration::from_millis(7500)]);
    assert_eq!(statuses(&output.unwrap()).iter().map(|(_, status)| *status).collect::<Vec<_>>(), [200, 201, 201, 201]);
}

#[test]
fn what_follows_a_throttled_link_is_sent_again_too() {
    let requests = json!([get("a"), after("b", &["a"]), after("c", &["b"])]);
    let (output, calls, waits) = run(json!({ "requests": requests }), |call, parts| match call {
        1 => Ok(answer(200, json!({ "responses": [part("a", 200), slow("b", "2"), part("c", 424)] }))),
        _ => all(parts, |_| 200),
    });
    assert_eq!(
        (calls, waits),
        (
            vec![vec!["a".to_owned(), "b<a".into(), "c<b".into()], vec!["b".into(), "c<b".into()]],
            vec![Duration::from_secs(2)]
        )
    );
    assert!(statuses(&output.unwrap()).iter().all(|(_, status)| *status == 200));
}

#[test]
fn patience_ends() {
    let (output, calls, waits) = run(json!({ "requests": [get("a")] }), |_, _| {
        Ok(answer(200, json!({ "responses": [{ "id": "a", "status": 429 }] })))
    });
    assert_eq!(statuses(&output.unwrap())[0].1, 429);
    assert_eq!((calls.len(), waits), (5, [2, 4, 8, 16].map(Duration::from_secs).to_vec()));
    let (output, calls, _) =
        run(json!({ "requests": [get("a")] }), |_, _| Ok(answer(200, json!({ "responses": [slow("a", "3600")] }))));
    assert_eq!((statuses(&output.unwrap())[0].1, calls.len()), (429, 1), "an hour is too long, and less is too early");
    for (status, body) in [(500, json!({})), (504, json!({})), (503, json!({}))] {
        let reply = json!({ "responses": [{ "id": "a", "status": status, "body": body }] });
        let (output, calls, _) = run(json!({ "requests": [get("a")] }), |_, _| Ok(answer(200, reply.clone())));
        assert_eq!((statuses(&output.unwrap())[0].1, calls.len()), (status, 1), "it may have been carried out");
    }
}

#[test]
fn a_call_that_fails_does_not_hide_what_was_done() {
    let requests: Vec<Value> = (0..41).map(|i| get(&i.to_string())).collect();
    let lost = || connector_sdk::Error::new(Code::OutcomeUnknown, "the answer was lost");
    let (output, calls, _) =
        run(json!({ "requests": requests }), |call, parts| if call == 2 { Err(lost()) } else { all(parts, |_| 200) });
    let output = output.unwrap();
    assert_eq!(calls.len(), 3);
    assert_eq!(output["responses"][20]["body"]["error"]["code"], "outcome_unknown");
    assert_eq!(statuses(&output).iter().filter(|(_, status)| *status == 200).count(), 21);
    let (output, calls, _) = run(json!({ "requests": requests }), |_, _| Err(lost()));
    assert_eq!((output.unwrap_err().code(), calls.len()), (Code::OutcomeUnknown, 1));
    let (output, ..) = run(json!({ "requests": [get("a"), get("b")] }), |_, _| {
        Ok(answer(200, json!({ "responses": [part("a", 200)] })))
    });
    assert_eq!(statuses(&output.unwrap())[1], ("b".to_owned(), 502), "Graph forgot one");
    let (output, calls, _) = run(json!({ "requests": [get("a")] }), |_, _| Ok(Response::new(200, "<html>")));
    assert_eq!((output.unwrap_err().code(), calls.len()), (Code::Protocol, 2), "a read is asked again");
}

// A gateway's page where the JSON of one part belongs.
fn with_a_page(status: u16) -> Response {
    let page = "<!DOCTYPE html><html><body>{\"id\":\"1\"}</body></html>";
    let second = format!(r#"{{"id":"2","status":{status},"headers":{{"Content-Type":"text/html"}},"body":{page}}}"#);
    Response::new(
        200,
        format!(
            r#"{{"responses":[{{"id":"1","status":201,"body":{{"id":"E1"}}}},{second},{{"id":"3","status":201,"body":{{"id":"E3"}}}}]}}"#
        ),
    )
}

#[test]
fn a_page_in_the_place_of_one_answer_hides_no_other() {
    let post = |id: &str| json!({ "id": id, "method": "POST", "url": "/me/events", "body": { "subject": id } });
    let (output, calls, _) = run(json!({ "requests": [post("1"), post("2"), post("3")] }), |_, _| Ok(with_a_page(500)));
    let output = output.unwrap();
    assert_eq!(calls.len(), 1, "a write is never sent again");
    assert_eq!(
        (&output["responses"][0]["body"]["id"], &output["responses"][2]["body"]["id"]),
        (&json!("E1"), &json!("E3"))
    );
    let error = &output["responses"][1]["body"]["error"];
    assert_eq!(error["code"], "outcome_unknown");
    assert!(error["message"].as_str().unwrap().contains("Check before you repeat"), "{error}");

    let requests = json!([get("1"), get("2"), get("3")]);
    let (output, calls, _) = run(json!({ "requests": requests }), |call, parts| match call {
        1 => Ok(with_a_page(200)),
        _ => all(parts, |_| 200),
    });
    assert_eq!(calls, [vec!["1", "2", "3"], vec!["2"]], "a read is asked again by itself");
    assert_eq!(statuses(&output.unwrap())[1], ("2".to_owned(), 200));
    let (output, calls, _) = run(json!({ "requests": requests }), |call, parts| match call {
        1 => Ok(Response::new(200, r#"{"responses":[<html>]}"#)),
        _ => all(parts, |_| 200),
    });
    assert_eq!(calls, [vec!["1", "2", "3"], vec!["1"], vec!["2"], vec!["3"]]);
    assert!(statuses(&output.unwrap()).iter().all(|(_, status)| *status == 200));
}

#[test]
fn a_batch_that_only_reads_may_be_repeated() {
    let repeatable = |requests: Value| match plan("batch_request", json!({ "requests": requests })).unwrap().into_step()
    {
        Step::Call { request, .. } => (request.options().is_idempotent(), request.options().is_sensitive()),
        other => panic!("{other:?}"),
    };
    assert_eq!(repeatable(json!([get("a")])), (true, false));
    assert_eq!(
        repeatable(json!([get("a"), { "method": "POST", "url": "/users", "body": { "password": "p" } }])),
        (false, true)
    );
}

#[test]
fn what_is_wrong_is_found_in_every_part() {
    let requests = json!([
        { "method": "GET", "url": "//evil.example", "headers": [{ "key": "authorization", "value": "Bearer x" }, { "key": "a", "value": "b\r\nc" }] },
        { "method": "GET", "url": "https://graph.microsoft.com/v1.0/me", "body": 1 },
        { "id": "X", "method": "GET", "url": "/me", "dependsOn": ["x", "nobody"] },
        { "id": "x", "method": "GET", "url": "/$batch" },
        { "id": "", "method": "GET", "url": "/a/%2e%2e/b" }
    ]);
    assert_eq!(
        pointers("batch_request", json!({ "requests": requests })),
        [
            "/requests/3/id",
            "/requests/4/id",
            "/requests/0/url",
            "/requests/0/headers/0/key",
            "/requests/0/headers/1/value",
            "/requests/1/url",
            "/requests/1/body",
            "/requests/2/dependsOn/1",
            "/requests/3/url",
            "/requests/4/url",
        ]
    );
    assert_eq!(pointers("batch_request", json!({ "requests": [] })), ["/requests"]);
    assert_eq!(pointers("batch_request", json!({ "requests": [after("a", &["a"])] })), ["/requests/0/dependsOn/0"]);
    assert_eq!(
        pointers("batch_request", json!({ "requests": [get("z"), after("a", &["b"]), after("b", &["a"])] })),
        ["/requests/1/dependsOn"]
    );
    let backwards = json!([after("a", &["b"]), get("b")]);
    assert_eq!(
        pointers("batch_request", json!({ "requests": backwards, "stopOnError": true })),
        ["/requests/0/dependsOn"]
    );
}
