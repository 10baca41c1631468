//! A long run of the real program: watches, streams of events and pages over one store, while processes are killed.
//!
//! `cargo xtask soak` runs it; a short form is a test like any other.

mod calls;
mod receiver;
mod sample;
mod stream;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::sync::{Mutex, watch};
use tokio::task::JoinSet;

use self::receiver::{Receiver, TIMEOUT};
use self::sample::{grown, sample, size_of};
use self::stream::follow;
use super::{Client, Service, limits};
use crate::program::{Home, Served};

/// How much is done.
#[derive(Debug, Clone, Copy)]
struct Size {
    time: Duration,
    watches: usize,
    streams: usize,
    processes: usize,
    /// Pause between two kills.
    kill: Duration,
    /// Pause between two mails.
    mail: Duration,
    /// Calls over MCP in a second.
    calls: u32,
}

impl Size {
    /// Reads it from the environment, where it is not the usual one.
    fn read(usual: Size) -> Size {
        let number = |name: &str, usual: u64| {
            std::env::var(name).map_or(usual, |text| text.parse().unwrap_or_else(|_| panic!("{name} is no number")))
        };
        Size {
            time: Duration::from_secs(number("TENON_SOAK_SECONDS", usual.time.as_secs())),
            watches: number("TENON_SOAK_WATCHES", usual.watches as u64) as usize,
            streams: number("TENON_SOAK_STREAMS", usual.streams as u64) as usize,
            processes: number("TENON_SOAK_PROCESSES", usual.processes as u64) as usize,
            kill: Duration::from_secs(number("TENON_SOAK_KILL_SECONDS", usual.kill.as_secs())),
            mail: usual.mail,
            calls: usual.calls,
        }
    }
}

// All events of a watch: how often each subject is there, and the positions.
async fn feed(client: &Client, url: &str, name: &str) -> (BTreeMap<String, usize>, Vec<u64>) {
    let (mut subjects, mut positions, mut after) = (BTreeMap::new(), Vec::new(), 0);
    loop {
        let page = client.get(&format!("{url}/v1/watches/{name}/events?limit=1000&after={after}")).await.json();
        let events = page["events"].as_array().unwrap();
        if events.is_empty() {
            return (subjects, positions);
        }
        for event in events {
            *subjects.entry(event["data"]["subject"].as_str().unwrap_or_default().to_owned()).or_default() += 1;
            positions.push(event["sequence"].as_u64().unwrap());
        }
        after = page["after"].as_u64().unwrap();
    }
}

#[cfg(target_os = "linux")]
fn serve(home: &Home, options: &[&str]) -> Service {
    super::full::serve(home, options)
}

#[cfg(target_os = "linux")]
fn fill_disk(service: &Service) {
    super::full::set_space(service, false);
}

// Only Linux fills a disk for one process alone.
#[cfg(not(target_os = "linux"))]
fn serve(home: &Home, options: &[&str]) -> Service {
    Service::with(home, options)
}

#[cfg(not(target_os = "linux"))]
fn fill_disk(_: &Service) {}

#[expect(clippy::print_stdout, reason = "the report is what it is run for")]
async fn soak(size: Size) {
    let sandbox = Served::start();
    let home = Home::at(&sandbox);
    let key = home.run(&[
        "keys",
        "add",
        "soak",
        "--connection",
        "sandbox",
        "--action",
        "*",
        "--right",
        "watches",
        "--right",
        "destinations",
    ]);
    let client = Client::new(Some(key.json()["key"].as_str().unwrap()));
    // Each key may have a hundred streams and 600 calls a minute; this one has to count what came.
    let options = ["--requests-per-minute", "0", "--allow-destination", "127.0.0.1"];
    let receiver = Receiver::start(true).await;
    // What it gets waits in the log, until all is there.
    let backlog = Receiver::start(false).await;
    let mut services: Vec<Service> = (0..size.processes).map(|_| serve(&home, &options)).collect();
    let urls = Arc::new(Mutex::new(services.iter().map(|service| service.url.clone()).collect::<Vec<_>>()));
    let names: Vec<String> = (0..size.watches).map(|at| format!("watch{at}")).collect();
    let hook = json!({ "name": "hook", "url": receiver.url, "timeoutSeconds": TIMEOUT.as_secs(), "concurrency": 16 });
    let late = json!({ "name": "backlog", "url": backlog.url, "concurrency": 16 });
    for new in [hook, late] {
        let made = client.post(&format!("{}/v1/destinations", services[0].url), &[], &new).await;
        assert_eq!(made.status, 201, "{made:?}");
    }
    let pause = json!({ "reason": "until all is there" });
    let paused = client.post(&format!("{}/v1/destinations/backlog/pause", services[0].url), &[], &pause).await;
    assert_eq!(paused.status, 200, "{paused:?}");
    for name in &names {
        let new = json!({
            "name": name, "trigger": "outlook.new_email", "connection": "sandbox", "intervalSeconds": 1,
            "destinations": ["hook", "backlog"],
        });
        let made = client.post(&format!("{}/v1/watches", services[0].url), &[], &new).await;
        assert_eq!(made.status, 201, "{made:?}");
    }
    for name in &names {
        while !client.get(&format!("{}/v1/watches/{name}", services[0].url)).await.json()["polled"].is_string() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    let (stop, stopped) = watch::channel(false);
    let mut streams = JoinSet::new();
    for at in 0..size.streams {
        let name = names[at % names.len()].clone();
        let (client, urls, stopped) = (client.clone(), urls.clone(), stopped.clone());
        streams.spawn(async move { (name.clone(), follow(client, urls, at, name, stopped).await) });
    }
    let agents = tokio::spawn(calls::call(client.clone(), services[0].url.clone(), size.calls, size.time));
    let sent = Arc::new(AtomicU64::new(0));
    let (mut kills, mut samples, mut taken_over) = (0, Vec::new(), JoinSet::new());
    let (mut is_down_yet, mut full) = (false, 0);
    let (began, mut killed, mut sampled) = (Instant::now(), Instant::now(), Instant::now());
    // The first process lives through it all: what grows, grows there.
    while began.elapsed() < size.time {
        let number = sent.fetch_add(1, Ordering::Relaxed);
        let subject = format!("mail {number}");
        sandbox.control(
            "POST",
            "deliver",
            &json!({ "mailbox": "adelev@contoso.example", "message": { "subject": subject } }),
        );
        tokio::time::sleep(size.mail).await;
        let at = 1 + kills % (services.len() - 1).max(1);
        // Every second one that is killed had no space on its disk before.
        if killed.elapsed() > size.kill * 3 / 4 && kills % 2 == 1 && full < kills && services.len() > 1 {
            fill_disk(&services[at]);
            full = kills;
        }
        if killed.elapsed() > size.kill && services.len() > 1 {
            services[at].kill();
            let (client, url, watches) = (client.clone(), services[0].url.clone(), names.len());
            taken_over.spawn(async move { calls::polled_again(&client, &url, watches).await });
            services[at] = serve(&home, &options);
            urls.lock().await[at] = services[at].url.clone();
            (killed, kills) = (Instant::now(), kills + 1);
        }
        if !is_down_yet && began.elapsed() > size.time / 3 {
            receiver.goes_down(size.time / 10);
            is_down_yet = true;
        }
        if sampled.elapsed() > Duration::from_secs(5).min(size.time / 10) {
            samples.extend(sample(services[0].process.0.id()));
            sampled = Instant::now();
        }
    }
    // All that was delivered is there once, in every watch.
    let (mails, url) = (sent.load(Ordering::Relaxed) as usize, services[0].url.clone());
    let (lost, twice) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let mut there: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for name in &names {
        let patience = Instant::now();
        let (subjects, positions) = loop {
            let (subjects, positions) = feed(&client, &url, name).await;
            if subjects.len() >= mails || patience.elapsed() > Duration::from_secs(60) {
                break (subjects, positions);
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        };
        lost.fetch_add(mails.saturating_sub(subjects.len()), Ordering::Relaxed);
        twice.fetch_add(subjects.values().filter(|times| **times > 1).count(), Ordering::Relaxed);
        there.insert(name.clone(), positions);
    }
    // The streams read to the end, and saw each event once.
    tokio::time::sleep(Duration::from_secs(3)).await;
    stop.send(true).unwrap();
    let (mut unseen, mut again) = (0, 0);
    while let Some(stream) = streams.join_next().await {
        let (name, stream) = stream.unwrap();
        unseen += there[&name].iter().filter(|position| !stream.seen.contains_key(position)).count();
        again += stream.seen.values().filter(|times| **times > 1).count();
    }
    let (lost, twice) = (lost.into_inner(), twice.into_inner());
    // Each mail of each watch reaches the receiver under one id, however often that is refused or answered too late.
    let patience = Instant::now();
    let (tally, undelivered, under_two) = loop {
        let tally = receiver.tally();
        let undelivered = names.len() * mails - tally.accepted.values().filter(|ids| **ids > 0).count();
        let under_two = tally.accepted.values().filter(|ids| **ids > 1).count();
        if undelivered == 0 || patience.elapsed() > Duration::from_secs(600) {
            break (tally, undelivered, under_two);
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    };
    let (resumed, most) = (Instant::now(), names.len() * mails);
    let resume = client.post(&format!("{url}/v1/destinations/backlog/resume"), &[], &json!({})).await;
    assert_eq!(resume.status, 200, "{resume:?}");
    while backlog.tally().accepted.len() < most && resumed.elapsed() < Duration::from_secs(600) {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let (drained, drain) = (backlog.tally().accepted.len(), resumed.elapsed());
    let calls = agents.await.unwrap();
    let slowest = taken_over.join_all().await.into_iter().max().unwrap_or_default();
    let report = json!({
        "delivered": tally.accepted.len(), "undelivered": undelivered, "underTwoIds": under_two,
        "deliveredAgain": tally.repeated, "refusedDeliveries": tally.refused, "slowDeliveries": tally.slow,
        "deliveryMilliseconds": { "p50": tally.latency(500), "p99": tally.latency(990) },
        "backlog": drained, "backlogPerSecond": (drained as f64 / drain.as_secs_f64()).round(),
        "calls": calls.made, "failedCalls": calls.failed.len(),
        "slowestTakeOverMilliseconds": slowest.as_millis(),
        "seconds": began.elapsed().as_secs(), "watches": size.watches, "streams": size.streams,
        "processes": size.processes, "mails": mails, "events": there.values().map(Vec::len).sum::<usize>(),
        "kills": kills, "fullDisks": full.div_ceil(2), "lost": lost, "twice": twice, "unseenByStreams": unseen, "twiceInStreams": again,
        "graphRequests": sandbox.requests(), "storeBytes": size_of(&home.data()),
        "resident": grown(&samples, |sample| sample.resident), "files": grown(&samples, |sample| sample.files as u64),
    });
    println!("{report:#}");
    assert_eq!((lost, twice, unseen, again), (0, 0, 0, 0), "{report:#}");
    assert_eq!((undelivered, under_two, drained), (0, 0, most), "{report:#}");
    assert!(calls.failed.is_empty(), "{report:#} {:?}", calls.failed.first());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_or_twice_while_processes_are_killed() {
    soak(Size {
        time: Duration::from_secs(8),
        watches: 3,
        streams: 4,
        processes: 2,
        kill: Duration::from_secs(2),
        mail: Duration::from_millis(200),
        calls: 5,
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::print_stdout, reason = "the report is what it is run for")]
#[ignore = "takes as long as it is told; `cargo xtask soak` runs it"]
async fn for_long() {
    soak(Size::read(Size {
        time: Duration::from_secs(3600),
        watches: 40,
        streams: 100,
        processes: 3,
        kill: Duration::from_secs(20),
        mail: Duration::from_millis(500),
        calls: 20,
    }))
    .await;
    let size = limits::Size { processes: 4, a_second: 100, time: Duration::from_secs(20) };
    println!("{:#}", limits::share(size).await);
}
