//! Each fault, over loopback and in process.

mod common;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use common::{World, answer, world};
use connector_sdk::{Code, Transport as _};
use graph_sandbox::{Fault, Holder, HostileLink, Limit, RetryAfter, Rule, Sandbox, seeds};
use serde_json::{Value, json};

fn token(sandbox: &Sandbox) -> String {
    sandbox.issue_token(Holder::App(seeds::DAEMON), seeds::ROLES)
}

async fn users(world: &World) -> reqwest::Response {
    world.graph("/v1.0/users", &token(&world.sandbox)).await
}

fn get(sandbox: &Sandbox, path: &str) -> http::Request<Bytes> {
    http::Request::get(format!("https://graph.microsoft.com{path}"))
        .header("authorization", format!("Bearer {}", token(sandbox)))
        .body(Bytes::new())
        .unwrap()
}

#[tokio::test]
async fn each_form_of_retry_after() {
    let world = world().await;
    let header = async |retry_after| {
        world.sandbox.faults().clear();
        world.sandbox.faults().add(Rule::new(Fault::Throttle { retry_after }).once());
        let response = users(&world).await;
        assert_eq!(response.status(), 429);
        let header = response.headers().get("retry-after").map(|value| value.to_str().unwrap().to_owned());
        let (_, body) = answer(response).await;
        assert_eq!(body["error"]["code"], "TooManyRequests");
        header
    };
    assert_eq!(header(None).await, None);
    assert_eq!(header(Some(RetryAfter::Seconds(0))).await.as_deref(), Some("0"));
    assert_eq!(header(Some(RetryAfter::Seconds(7))).await.as_deref(), Some("7"));
    assert_eq!(header(Some(RetryAfter::Decimal(1.5))).await.as_deref(), Some("1.5"));
    assert_eq!(header(Some(RetryAfter::Text("soon".to_owned()))).await.as_deref(), Some("soon"));
    let date = header(Some(RetryAfter::Date { date: 30 })).await.unwrap();
    let wait = httpdate::parse_http_date(&date).unwrap().duration_since(world.sandbox.clock().now().into()).unwrap();
    assert!(wait <= Duration::from_secs(30) && wait > Duration::from_secs(1), "{wait:?}");
}

#[tokio::test]
async fn answers_that_refuse() {
    let world = world().await;
    let unavailable = Fault::Unavailable { retry_after: Some(RetryAfter::Seconds(3)) };
    let other = Fault::Status { status: 423, code: "locked".to_owned(), message: "Locked.".to_owned() };
    for (fault, status) in [
        (Fault::unavailable(), 503),
        (unavailable, 503),
        (Fault::GatewayTimeout, 504),
        (Fault::Unauthorized, 401),
        (Fault::Gone, 410),
        (other, 423),
    ] {
        world.sandbox.faults().clear();
        world.sandbox.faults().add(Rule::new(fault.clone()).path("/users").once());
        assert_ne!(world.graph("/v1.0/groups", &token(&world.sandbox)).await.status(), status, "another path");
        let (got, body) = answer(users(&world).await).await;
        assert_eq!(got, status, "{fault:?}");
        assert!(body["error"]["code"].is_string() && body["error"]["innerError"]["request-id"].is_string(), "{body}");
        assert_eq!(world.sandbox.faults().counts().fired, 1);
    }
}

#[tokio::test]
async fn a_changed_folder_says_where_to_begin_again() {
    let world = world().await;
    world.sandbox.faults().add(Rule::new(Fault::Gone));
    let response = world.graph("/v1.0/users/delta?$deltatoken=x", &token(&world.sandbox)).await;
    assert_eq!(response.headers()["location"], world.url("/v1.0/users/delta"));
}

#[tokio::test]
async fn nth_and_times() {
    let world = world().await;
    world.sandbox.faults().add(Rule::new(Fault::unavailable()).from_nth(2).times(2));
    let mut refused = Vec::new();
    for _ in 0..5 {
        refused.push(users(&world).await.status() == 503);
    }
    assert_eq!(refused, [false, true, true, false, false]);
}

#[tokio::test]
async fn a_probability_repeats_with_its_seed() {
    let strikes = async |seed| {
        let sandbox = Sandbox::new();
        sandbox.faults().add(Rule::new(Fault::GatewayTimeout).probability(0.2, seed));
        let mut struck = Vec::new();
        for _ in 0..200 {
            struck.push(sandbox.send(get(&sandbox, "/v1.0/nothing")).await.unwrap().status() == 504);
        }
        struck
    };
    let first = strikes(1).await;
    assert_eq!(first, strikes(1).await);
    assert_ne!(first, strikes(2).await);
    let share = first.iter().filter(|struck| **struck).count();
    assert!((20..=60).contains(&share), "{share}");
}

#[tokio::test]
async fn too_early_is_counted_and_refused() {
    let sandbox = Sandbox::new();
    let send = async |path: &str| sandbox.send(get(&sandbox, path)).await.unwrap().status().as_u16();
    sandbox.faults().add(Rule::new(Fault::throttle(3600)).path("/users/a").once());
    assert_eq!(send("/v1.0/users/a").await, 429);
    assert_ne!(send("/v1.0/users/b").await, 429);
    assert_eq!([send("/v1.0/users/a").await, send("/v1.0/users/a").await], [429, 429]);
    assert_eq!((sandbox.faults().counts().fired, sandbox.faults().counts().early), (1, 2));
}

#[tokio::test]
async fn a_pause_that_was_kept_is_not_early() {
    let sandbox = Sandbox::new();
    sandbox.faults().add(Rule::new(Fault::throttle(0)).once());
    assert_eq!(sandbox.send(get(&sandbox, "/v1.0/users")).await.unwrap().status(), 429);
    assert_ne!(sandbox.send(get(&sandbox, "/v1.0/users")).await.unwrap().status(), 429);
    assert_eq!(sandbox.faults().counts().early, 0);
}

#[tokio::test]
async fn connections_are_dropped() {
    let world = world().await;
    for fault in [Fault::ResetBefore, Fault::ResetAfter] {
        world.sandbox.faults().add(Rule::new(fault).once());
        let token = token(&world.sandbox);
        let lost = world.http.get(world.url("/v1.0/users")).bearer_auth(token).send().await.unwrap_err();
        assert!(lost.is_request(), "{lost:?}");
    }
    assert_ne!(users(&world).await.status(), 503);
}

#[tokio::test]
async fn in_process_a_drop_says_whether_the_work_was_done() {
    let sandbox = Sandbox::new();
    for (fault, code) in [(Fault::ResetBefore, Code::Unavailable), (Fault::ResetAfter, Code::OutcomeUnknown)] {
        sandbox.faults().add(Rule::new(fault).once());
        let Err(error) = sandbox.send(get(&sandbox, "/v1.0/users")).await else { panic!("an answer") };
        assert_eq!(error.code(), code);
    }
}

#[tokio::test]
async fn a_body_breaks_off() {
    let world = world().await;
    world.sandbox.faults().add(Rule::new(Fault::Truncate { bytes: 5 }));
    // a refusal has a body, too
    let response = world.graph("/v1.0/users", "forged").await;
    assert!(response.content_length().unwrap() > 5);
    assert!(response.bytes().await.is_err());
    let request = http::Request::get("https://graph.microsoft.com/v1.0/users").body(Bytes::new()).unwrap();
    let response = world.sandbox.send(request).await.unwrap();
    let error = connector_sdk::read_to_end(response.into_body(), 1 << 20).await.unwrap_err();
    assert_eq!(error.code(), Code::OutcomeUnknown);
}

#[tokio::test(start_paused = true)]
async fn a_slow_answer() {
    let sandbox = Sandbox::new();
    sandbox.faults().add(Rule::new(Fault::slow(Duration::from_secs(30))).once());
    let began = tokio::time::Instant::now();
    _ = sandbox.send(get(&sandbox, "/v1.0/users")).await.unwrap();
    assert_eq!(began.elapsed().as_secs(), 30);
}

#[tokio::test]
async fn a_redirect_leads_away() {
    let world = world().await;
    world.sandbox.faults().add(Rule::new(Fault::Redirect { origin: "https://evil.example/".to_owned() }));
    let response = world.graph("/v1.0/users?$top=1", &token(&world.sandbox)).await;
    assert_eq!(
        (response.status().as_u16(), &response.headers()["location"]),
        (302, &"https://evil.example/v1.0/users?$top=1".parse().unwrap())
    );
}

#[tokio::test]
async fn next_links_lead_astray() {
    let world = world().await;
    for (link, expected) in [
        (HostileLink::OtherHost, "https://graph.microsoft.com.evil.example/v1.0/users".to_owned()),
        (HostileLink::PlainHttp, "http://graph.microsoft.com/v1.0/users".to_owned()),
        (HostileLink::OtherPort, "http://127.0.0.1:1/v1.0/users".to_owned()),
        (HostileLink::OtherPath, world.url("/v1.0.evil/users")),
        (HostileLink::Loop, world.url("/v1.0/users")),
    ] {
        world.sandbox.faults().add(Rule::new(Fault::HostileNextLink { link }).once());
        // any JSON answer will do
        let (_, body) = answer(world.graph("/v1.0/users", "forged").await).await;
        assert_eq!(body["@odata.nextLink"], expected);
    }
}

#[tokio::test]
async fn a_claims_challenge_ends_with_a_token_that_has_the_claims() {
    let world = world().await;
    world.sandbox.faults().add(Rule::new(Fault::claims_challenge()));
    let response = users(&world).await;
    assert_eq!(response.status(), 401);
    let header = response.headers()["www-authenticate"].to_str().unwrap();
    assert!(header.contains("error=\"insufficient_claims\""), "{header}");
    let claims = header.split("claims=\"").nth(1).unwrap().trim_end_matches('"');
    let claims = String::from_utf8(STANDARD.decode(claims).unwrap()).unwrap();
    assert!(serde_json::from_str::<Value>(&claims).unwrap()["access_token"]["nbf"]["essential"].as_bool().unwrap());

    let tenant = world.sandbox.graph().tenant_id().to_owned();
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", seeds::DAEMON),
        ("client_secret", seeds::DAEMON_SECRET),
        ("scope", "https://graph.microsoft.com/.default"),
        ("claims", &claims),
    ];
    let (_, body) = world.token(&tenant, &form).await;
    assert_ne!(world.graph("/v1.0/users", body["access_token"].as_str().unwrap()).await.status(), 401);
    assert_eq!(users(&world).await.status(), 401, "a token without the claims");
}

#[tokio::test]
async fn the_sign_in_service_fails_in_its_own_shape() {
    let world = world().await;
    world.sandbox.faults().add(Rule::new(Fault::throttle(2)).path("/oauth2/v2.0/token").once());
    world.sandbox.faults().add(Rule::new(Fault::unavailable()).path("/oauth2/v2.0/token").from_nth(2));
    for (n, status) in [("1", 429), ("2", 503), ("3", 503)] {
        let answer = world.token("common", &[("n", n)]).await;
        assert_eq!(
            (answer.0, common::refusal(&answer), &answer.1["error"]),
            (status, 90_033, &"temporarily_unavailable".into())
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_mailbox_takes_so_many_at_once() {
    let sandbox = Sandbox::new();
    sandbox.faults().limit(Limit::PerMailbox(4));
    sandbox.faults().add(Rule::new(Fault::slow(Duration::from_secs(1))));
    let all = (0..12).map(|_| sandbox.send(get(&sandbox, "/v1.0/users/someone/messages")));
    let answers = futures_util::future::join_all(all).await;
    let refused: Vec<_> = answers.into_iter().map(Result::unwrap).filter(|answer| answer.status() == 429).collect();
    let counts = sandbox.faults().counts();
    assert_eq!((counts.most_in_flight, counts.refused, refused.len()), (4, 8, 8));
    for response in refused {
        assert_eq!(response.headers()["retry-after"], "1");
        let body = connector_sdk::read_to_end(response.into_body(), 1 << 20).await.unwrap();
        assert_eq!(serde_json::from_slice::<Value>(&body).unwrap()["error"]["code"], "ApplicationThrottled");
    }
}

#[tokio::test(start_paused = true)]
async fn a_second_takes_so_many() {
    let sandbox = Sandbox::new();
    sandbox.faults().limit(Limit::PerSecond(3));
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(sandbox.send(get(&sandbox, "/v1.0/users")).await.unwrap().status() == 429);
    }
    assert_eq!(statuses, [false, false, false, true]);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_ne!(sandbox.send(get(&sandbox, "/v1.0/users")).await.unwrap().status(), 429);
    assert_eq!((sandbox.faults().counts().refused, sandbox.faults().counts().early), (1, 0));
}

#[tokio::test]
async fn faults_over_http() {
    let world = world().await;
    let post = async |path: &str, body: Value| {
        answer(world.http.post(world.url(path)).body(body.to_string()).send().await.unwrap()).await
    };
    let rule = json!({ "fault": { "kind": "status", "status": 418, "code": "teapot" }, "path": "/users" });
    let (status, body) = post("/sandbox/faults", rule).await;
    assert_eq!((status, body["rules"].as_array().unwrap().len()), (200, 1), "{body}");
    assert_eq!(users(&world).await.status(), 418);
    let (status, body) = post("/sandbox/faults", json!({ "fault": { "kind": "teapot" } })).await;
    assert!(status == 400 && body["error"]["message"].as_str().unwrap().contains("unknown variant"), "{body}");
    assert_eq!(post("/sandbox/faults", json!({ "limit": { "perSecond": 0 } })).await.0, 200);
    assert_eq!(users(&world).await.status(), 429);
    _ = world.http.delete(world.url("/sandbox/faults")).send().await.unwrap();
    assert!(![418, 429].contains(&users(&world).await.status().as_u16()));
    let (_, body) = answer(world.get("/sandbox/requests").await).await;
    assert_eq!(
        (&body["count"], &body["requests"][0]["path"], &body["requests"][0]["authorized"]),
        (&json!(3), &json!("/v1.0/users"), &json!(true))
    );
    assert_eq!(post("/sandbox/deliver", json!({ "mailbox": "nobody@nowhere.example" })).await.0, 404);
    let before = world.sandbox.clock().now();
    assert_eq!(post("/sandbox/clock", json!({ "advanceSeconds": 7200 })).await.0, 200);
    assert!(world.sandbox.clock().now().duration_since(before).as_secs() >= 7200);
}
