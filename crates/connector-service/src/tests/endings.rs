//! Clients that hang up, too many calls, and the end of the service.

use std::time::Duration;

use graph_sandbox::{Fault, Rule};
use serde_json::json;

use super::world::{World, mail};
use crate::options::{Limits, Options, keyless};

const SEND: &str = "/v1/actions/outlook.send_email/run?connection=work";
const LIST: &str = "/v1/actions/outlook.list_emails/run?connection=work";

pub(super) async fn until(mut holds: impl FnMut() -> bool) {
    for _ in 0..2_000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("it did not come to that");
}

#[tokio::test]
async fn a_change_is_finished_when_its_caller_has_gone() {
    let world = World::new().await;
    let key = world.worker().await;
    world.sandbox.faults().add(Rule::new(Fault::slow(Duration::from_secs(1))).path("/send"));
    let sent = |world: &World| world.sandbox.requests().iter().filter(|seen| seen.path.ends_with("/send")).count();
    let header = [("idempotency-key", "lunch")];
    let input = mail("Lunch");
    tokio::select! {
        answer = world.post_with(SEND, Some(&key), &header, &input) => panic!("the caller did not hang up: {answer:?}"),
        () = until(|| sent(&world) == 1) => {}
    }
    let mut again = world.post_with(SEND, Some(&key), &header, &input).await;
    for _ in 0..50 {
        if again.status.as_u16() != 409 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        again = world.post_with(SEND, Some(&key), &header, &input).await;
    }
    assert_eq!((again.status.as_u16(), again.header("idempotency-replayed")), (200, "true"), "{}", again.body);
    assert_eq!(sent(&world), 1);
    world.end().await;
}

#[tokio::test]
async fn a_read_ends_with_its_caller() {
    let world = World::new().await;
    let key = world.worker().await;
    world.sandbox.faults().add(Rule::new(Fault::slow(Duration::from_secs(30))).path("/messages"));
    for form in ["application/json", "application/x-ndjson"] {
        let input = json!({});
        let headers = [("accept", form)];
        let read = world.post_with(LIST, Some(&key), &headers, &input);
        assert!(tokio::time::timeout(Duration::from_millis(300), read).await.is_err());
    }
    // Nothing is running that the end would wait for.
    tokio::time::timeout(Duration::from_secs(10), world.end()).await.unwrap();
}

#[tokio::test]
async fn a_key_has_so_many_calls_at_once() {
    let options = Options::new().anonymous(keyless("sandbox").unwrap()).limits(World::small());
    let world = World::with(options).await;
    let (key, other) = (world.worker().await, world.worker().await);
    world.sandbox.faults().add(Rule::new(Fault::slow(Duration::from_millis(800))).path("/messages").times(2));
    let input = json!({ "limit": 1 });
    let (first, second, third, foreign) = tokio::join!(
        world.post(LIST, Some(&key), &input),
        world.post(LIST, Some(&key), &input),
        async {
            until(|| world.sandbox.request_count() >= 2).await;
            world.post(LIST, Some(&key), &input).await
        },
        async {
            until(|| world.sandbox.request_count() >= 2).await;
            world.post(LIST, Some(&other), &input).await
        },
    );
    assert_eq!([first.status.as_u16(), second.status.as_u16(), foreign.status.as_u16()], [200; 3]);
    third.problem(503, "overloaded");
    assert_eq!(third.header("retry-after"), "1");
    assert_eq!(world.post(LIST, Some(&key), &input).await.status.as_u16(), 200);
    world.end().await;
}

#[tokio::test]
async fn a_key_has_so_many_requests_in_a_minute() {
    let limits = Limits { per_minute: Some(20), ..Limits::default() };
    let world = World::with(Options::new().anonymous(keyless("sandbox").unwrap()).limits(limits)).await;
    let (key, other) = (world.worker().await, world.worker().await);
    for _ in 0..20 {
        assert_eq!(world.get("/v1/keys/self", Some(&key)).await.status.as_u16(), 200);
    }
    let refused = world.get("/v1/keys/self", Some(&key)).await;
    assert_eq!(refused.problem(429, "throttled")["reason"], "rate");
    assert!((1..=62).contains(&refused.header("retry-after").parse().unwrap()));
    assert_eq!(world.get("/v1/keys/self", Some(&other)).await.status.as_u16(), 200);
    assert_eq!(world.get("/v1/keys/self", None).await.status.as_u16(), 200);
    world.end().await;
}

#[tokio::test]
async fn the_end_waits_for_what_is_answering() {
    let world = World::new().await;
    let key = world.worker().await;
    world.sandbox.faults().add(Rule::new(Fault::slow(Duration::from_millis(700))).path("/sendMail"));
    let (sandbox, address) = (world.sandbox.clone(), world.address);
    let request = world
        .request(http::Method::POST, SEND, Some(&key))
        .header("content-type", "application/json")
        .body(http_body_util::Full::from(mail("Last").to_string()))
        .unwrap();
    let client = hyper_util::client::legacy::Client::builder(hyper_util::rt::TokioExecutor::new())
        .build_http::<http_body_util::Full<bytes::Bytes>>();
    let call = tokio::spawn(async move { client.request(request).await });
    until(|| sandbox.request_count() == 1).await;
    world.end().await;
    assert_eq!(call.await.unwrap().unwrap().status().as_u16(), 200);
    assert!(tokio::net::TcpStream::connect(address).await.is_err(), "no new connection is taken");
}
