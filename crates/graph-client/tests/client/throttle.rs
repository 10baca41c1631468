use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use connector_sdk::{Code, Order, Plan, Request};
use futures_util::{StreamExt, stream};
use graph_client::Client;
use tokio::time::Instant;

use crate::stage::{Reply, Seen, Stage, session};

const SECOND: Duration = Duration::from_secs(1);

/// Sends `count` requests with `at_once` under way, and returns how long that took and how many failed.
async fn send_many(
    client: &Client,
    count: usize,
    at_once: usize,
    request: impl Fn(usize) -> Request,
) -> (Duration, usize) {
    let (began, session) = (Instant::now(), session());
    let sends = stream::iter((0..count).map(|i| {
        let (session, request) = (&session, request(i));
        async move { client.send(&request, session).await }
    }));
    let failed = sends.buffer_unordered(at_once).filter(|outcome| std::future::ready(outcome.is_err())).count().await;
    (began.elapsed(), failed)
}

/// Algorithm by which a server counts.
#[derive(Clone, Copy, Debug)]
enum Limit {
    /// A fixed number in each second from the first request on.
    Fixed,
    /// A maximum number in any second.
    Sliding,
    /// A bucket of tokens, refilled evenly.
    Bucket,
}

/// Returns a server that allows 200 requests a second and refuses others with `Retry-After: 1`. Responses take
/// `latency`.
fn limited(limit: Limit, latency: Duration) -> (Arc<Stage>, Arc<AtomicUsize>) {
    let refused = Arc::new(AtomicUsize::new(0));
    let counter = refused.clone();
    let state = Mutex::new((VecDeque::<Instant>::new(), 200.0_f64, None::<Instant>));
    let stage = Stage::new(move |seen: &Seen| {
        let (accepted, level, last) = &mut *state.lock().unwrap();
        let allowed = match limit {
            Limit::Fixed => {
                if last.is_none_or(|began| seen.at >= began + SECOND) {
                    *last = Some(seen.at);
                    *level = 200.0;
                }
                *level -= 1.0;
                *level >= 0.0
            }
            Limit::Sliding => {
                while accepted.front().is_some_and(|then| *then + SECOND <= seen.at) {
                    accepted.pop_front();
                }
                let room = accepted.len() < 200;
                if room {
                    accepted.push_back(seen.at);
                }
                room
            }
            Limit::Bucket => {
                *level = (*level + last.map_or(0.0, |last| (seen.at - last).as_secs_f64() * 200.0)).min(200.0);
                *last = Some(seen.at);
                let room = *level >= 1.0;
                *level -= f64::from(u8::from(room));
                room
            }
        };
        if allowed {
            return Reply::ok().after(latency);
        }
        counter.fetch_add(1, Ordering::Relaxed);
        Reply::new(429, "").header("retry-after", 1).after(latency)
    });
    (stage, refused)
}

#[tokio::test(start_paused = true)]
async fn a_rate_limit_is_learned_and_kept() {
    for limit in [Limit::Fixed, Limit::Sliding, Limit::Bucket] {
        for latency in [1, 5, 20] {
            let (stage, refused) = limited(limit, Duration::from_millis(latency));
            let (took, failed) = send_many(&stage.client(), 2000, 64, |i| Request::post("/groups").json(i)).await;
            let refused = refused.load(Ordering::Relaxed);
            // Ten bursts of 200, nine waits of a second. A bucket gets back a little while it is being
            // emptied, so what the first burst took is more than it gives later.
            let optimum = 9.0;
            let most = if matches!(limit, Limit::Bucket) { 1.1 } else { 1.05 };
            assert_eq!(failed, 0);
            assert!(took.as_secs_f64() <= optimum * most, "{limit:?} at {latency} ms took {took:?}");
            assert!(refused <= 64, "{limit:?} at {latency} ms refused {refused}");
            assert_eq!(stage.count(), 2000 + refused);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn many_mailboxes_under_one_limit() {
    for limit in [Limit::Fixed, Limit::Sliding] {
        for latency in [1, 5, 20] {
            let (stage, refused) = limited(limit, Duration::from_millis(latency));
            let (took, failed) =
                send_many(&stage.client(), 2000, 64, |i| Request::post(format!("/users/u{}/sendMail", i % 16)).json(i))
                    .await;
            let refused = refused.load(Ordering::Relaxed);
            assert_eq!(failed, 0);
            assert!(took.as_secs_f64() <= 9.0 * 1.05, "{limit:?} at {latency} ms took {took:?}");
            assert!(refused <= 64, "{limit:?} at {latency} ms refused {refused}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_busy_mailbox_holds_no_other_back() {
    // One mailbox is refused for a minute; the others are not, and need not wait for it.
    let stage = Stage::new(|seen| match seen.path().contains("/busy/") {
        true => Reply::new(429, "").header("retry-after", 60),
        false => Reply::ok().after(Duration::from_millis(5)),
    });
    let client = stage.client();
    let busy = send_many(&client, 8, 8, |i| Request::post("/users/busy/sendMail").json(i));
    let others = send_many(&client, 400, 16, |i| Request::post(format!("/users/u{}/sendMail", i % 8)).json(i));
    let (_, (took, failed)) = tokio::join!(busy, others);
    assert_eq!(failed, 0);
    assert!(took < SECOND, "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_mailbox_has_four_places() {
    let most = Arc::new(AtomicUsize::new(0));
    let (in_flight, max) = (Arc::new(Mutex::new(Vec::<Instant>::new())), most.clone());
    let latency = Duration::from_millis(50);
    let stage = Stage::new(move |seen| {
        let mut ends = in_flight.lock().unwrap();
        ends.retain(|end| *end > seen.at);
        ends.push(seen.at + latency);
        max.fetch_max(ends.len(), Ordering::Relaxed);
        if ends.len() > 4 { Reply::new(429, "").header("retry-after", 1) } else { Reply::ok().after(latency) }
    });
    let (took, failed) = send_many(&stage.client(), 400, 64, |_| Request::post("/me/sendMail")).await;
    assert_eq!((failed, stage.count(), most.load(Ordering::Relaxed)), (0, 400, 4));
    assert!(took <= 100 * latency * 11 / 10, "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_batch_to_a_mailbox_takes_all_its_places() {
    let stage = Stage::new(|seen| {
        let body = (1..=20).map(|n| serde_json::json!({ "id": format!("r{n}"), "status": 200 })).collect::<Vec<_>>();
        match seen.path() {
            "/$batch" => Reply::new(200, serde_json::json!({ "responses": body }).to_string()).after(SECOND),
            _ => Reply::ok().after(SECOND),
        }
    });
    let (client, session) = (stage.client(), session());
    let requests = (0..40).map(|_| Request::get("/me/messages")).collect();
    let plan = Plan::finish_all(requests, Order::Any, |answers| Ok(answers.len()));
    let mut items = Vec::new();
    client.run(plan, &session, &mut items).await.unwrap();
    let seen = stage.seen();
    assert!(seen[1].at - seen[0].at >= SECOND, "two batches to one mailbox do not overlap");
}

#[tokio::test(start_paused = true)]
async fn a_pause_holds_the_scope_and_nothing_else() {
    let stage = Stage::new(|seen| match (seen.path(), seen.number) {
        ("/me/messages", 0) => Reply::new(429, "").header("retry-after", 10),
        _ => Reply::ok(),
    });
    let (client, session) = (stage.client(), session());
    let (first, second, other) = (Request::get("/me/messages"), Request::get("/me/events"), Request::get("/users"));
    let began = Instant::now();
    let sends = async {
        tokio::time::sleep(SECOND).await;
        client.send(&other, &session).await.unwrap();
        let free = began.elapsed();
        client.send(&second, &session).await.unwrap();
        (free, began.elapsed())
    };
    let (outcome, (free, held)) = tokio::join!(client.send(&first, &session), sends);
    outcome.unwrap();
    assert!(free < 2 * SECOND && held >= 10 * SECOND, "{free:?} {held:?}");
}

#[tokio::test(start_paused = true)]
async fn first_come_first_served() {
    let stage = Stage::new(|_| Reply::ok().after(Duration::from_millis(10)));
    send_many(&stage.client(), 100, 100, |i| Request::post("/me/sendMail").json(i)).await;
    let order: Vec<usize> = stage.seen().iter().map(|seen| serde_json::from_slice(&seen.body).unwrap()).collect();
    assert_eq!(order, (0..100).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_gives_its_place_back() {
    let stage = Stage::new(|seen| if seen.number < 4 { Reply::silent() } else { Reply::ok() });
    let (client, session) = (stage.client(), session());
    for _ in 0..4 {
        let hurried = graph_client::Session { deadline: Some(Instant::now() + SECOND), ..session.clone() };
        let error = client.send(&Request::get("/me/messages"), &hurried).await.unwrap_err();
        assert_eq!(error.code(), Code::Unavailable);
    }
    client.send(&Request::get("/me/messages"), &session).await.unwrap();
}
