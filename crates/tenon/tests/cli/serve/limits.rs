//! Processes that share a mailbox's limit: at most four requests at once, whoever sends them.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{Client, Service, key, slow};
use crate::program::{Home, Served};

/// How much is done.
pub(super) struct Size {
    pub(super) processes: usize,
    /// Calls a second, of each process.
    pub(super) a_second: u32,
    pub(super) time: Duration,
}

/// Calls at a steady pace, until the service is gone or the time is over; returns when each call was answered, and what
/// failed.
async fn call(client: Client, url: String, a_second: u32, time: Duration) -> (Vec<Instant>, Vec<String>) {
    let (began, mut clock) = (Instant::now(), tokio::time::interval(Duration::from_secs(1) / a_second));
    let mut calls = JoinSet::new();
    while began.elapsed() < time {
        clock.tick().await;
        let (client, url) = (client.clone(), url.clone());
        calls.spawn(async move {
            let answered = client.try_post(&url, &[], &json!({ "limit": 1 })).await;
            (Instant::now(), answered.map(|answered| (answered.status, answered.body)))
        });
    }
    let (mut times, mut failed) = (Vec::new(), Vec::new());
    for (at, answered) in calls.join_all().await {
        match answered {
            Ok((200, _)) => times.push(at),
            other => failed.push(format!("{other:?}")),
        }
    }
    (times, failed)
}

pub(super) async fn share(size: Size) -> Value {
    let sandbox = Served::start();
    let home = Home::at(&sandbox);
    let (_, key) = key(&home);
    let client = Client::new(Some(&key));
    let options = ["--requests-per-minute", "0"];
    let mut services: Vec<Service> = (0..size.processes).map(|_| Service::with(&home, &options)).collect();
    sandbox.control("POST", "faults", &json!({ "limit": { "perMailbox": 4 } }));
    slow(&sandbox, "/me/", 5);
    let mut calls = JoinSet::new();
    for service in &services {
        calls.spawn(call(client.clone(), service.run("outlook.list_emails"), size.a_second, size.time));
    }
    tokio::time::sleep(size.time / 2).await;
    let mut last = services.pop().unwrap();
    last.kill();
    let killed = Instant::now();
    let (mut answered, mut failed) = (Vec::new(), Vec::new());
    while let Some(done) = calls.join_next().await {
        let (times, errors) = done.unwrap();
        answered.extend(times);
        failed.push(errors);
    }
    let after = answered.iter().filter_map(|at| at.checked_duration_since(killed)).min();
    let counts = sandbox.control("GET", "faults", &Value::Null)["counts"].clone();
    let share = counts["refused"].as_f64().unwrap() / (answered.len().max(1) as f64);
    // Those of the killed one alone.
    let failing = failed.iter().filter(|errors| !errors.is_empty()).count();
    let report = json!({
        "processes": size.processes, "callsPerSecond": size.a_second, "answered": answered.len(),
        "mostInFlight": counts["mostInFlight"], "refused": counts["refused"],
        "firstAnswerAfterKillMilliseconds": after.map(|time| time.as_millis()),
    });
    assert!(failing <= 1, "{report:#} {failed:?}");
    assert!(counts["mostInFlight"].as_u64().unwrap() <= 4 && share < 0.001, "{report:#}");
    report
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mailbox_is_never_asked_more_than_it_takes() {
    share(Size { processes: 3, a_second: 20, time: Duration::from_secs(4) }).await;
}
