//! Processes that share a mailbox's limit: at most four requests at once, whoever sends them.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{Client, Service, key, slow};
use crate::program::{Home, Served};

const SECOND: Duration = Duration::from_secs(1);

/// How much is done.
pub(super) struct Size {
    pub(super) processes: usize,
    /// Calls a second, of each process.
    pub(super) a_second: u32,
    pub(super) time: Duration,
}

/// What became of the calls to a process.
#[derive(Debug, Default)]
struct Calls {
    /// When each was answered.
    answered: Vec<Instant>,
    /// Those that the process did not take on, because it had as many as it takes already.
    overload: usize,
    failed: Vec<String>,
}

/// Calls at a steady pace, until the time is over.
async fn call(client: Client, url: String, a_second: u32, time: Duration) -> Calls {
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
    let mut all = Calls::default();
    for (at, answered) in calls.join_all().await {
        match answered {
            Ok((200, _)) => all.answered.push(at),
            Ok((503, body)) if body.contains("\"overloaded\"") => all.overload += 1,
            other => all.failed.push(format!("{other:?}")),
        }
    }
    all
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
    let all = calls.join_all().await;
    let mut answered: Vec<Instant> = all.iter().flat_map(|calls| calls.answered.clone()).collect();
    answered.sort_unstable();
    let pause = answered.windows(2).map(|two| two[1] - two[0]).max().unwrap_or_default();
    // What was free after the kill, in places: those that live do more then.
    let rate = |from: Instant, to: Instant| {
        answered.iter().filter(|at| (from..to).contains(*at)).count() as f64 / (to - from).as_secs_f64()
    };
    let (before, after) =
        (rate(killed - size.time / 4, killed), rate(killed + 2 * SECOND, killed + 2 * SECOND + size.time / 4));
    let counts = sandbox.control("GET", "faults", &Value::Null)["counts"].clone();
    let share = counts["refused"].as_f64().unwrap() / (answered.len().max(1) as f64);
    // Those of the killed one alone.
    let failing = all.iter().filter(|calls| !calls.failed.is_empty()).count();
    let report = json!({
        "processes": size.processes, "callsPerSecond": size.a_second, "answered": answered.len(),
        "mostInFlight": counts["mostInFlight"], "refused": counts["refused"],
        "overload": all.iter().map(|calls| calls.overload).sum::<usize>(), "longestPauseMilliseconds": pause.as_millis(),
        "answersPerSecond": { "beforeKill": before.round(), "afterKill": after.round() },
    });
    assert!(failing <= 1, "{report:#} {all:?}");
    assert!(counts["mostInFlight"].as_u64().unwrap() <= 4 && share < 0.001, "{report:#}");
    report
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mailbox_is_never_asked_more_than_it_takes() {
    let report = share(Size { processes: 3, a_second: 20, time: Duration::from_secs(8) }).await;
    assert!(report["answered"].as_u64().unwrap() > 200, "{report:#}");
}
