//! How fast the embedded store is on this machine's disk: `cargo run --release -p connector-runtime --example
//! store_speed`.
//!
//! The store is in a new folder under the one that the first argument names, else the present one: what
//! counts is that folder's disk. A folder in memory flatters the figures.

#![allow(clippy::print_stdout, reason = "an example that prints figures")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use connector_runtime::bytes::Bytes;
use connector_runtime::store::{DocumentStore, EventLog, NewEvent, Sqlite, TaskQueue};
use connector_runtime::{Error, Result};

const EVENTS: usize = 100_000;
const EVENT_BYTES: usize = 500;

#[tokio::main]
async fn main() -> Result<()> {
    let under = std::env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    let folder = tempfile::tempdir_in(under).expect("the folder can be written to");
    let store = Sqlite::open(folder.path().join("store.db"))?;
    for batch in [1, 10, 100, 1000] {
        commits(&store, batch).await?;
    }
    delivery(&store).await?;
    for at_once in [1, 64] {
        puts(&store, at_once).await?;
    }
    leases(&store).await
}

/// Events committed with their cursor, one source, one commit after another.
async fn commits(store: &Sqlite, batch: usize) -> Result<()> {
    let source = format!("batches of {batch}");
    let total = EVENTS.min(batch * 1000);
    let body = Bytes::from(vec![b'x'; EVENT_BYTES]);
    let (mut at, mut revision, started) = (0, None, Instant::now());
    while at < total {
        let events: Vec<NewEvent> =
            (at..at + batch).map(|n| NewEvent::new(format!("AAMkAGI2-{n:0>120}"), body.clone())).collect();
        at += batch;
        revision = Some(store.commit(&source, revision, &events, Bytes::from(at.to_string())).await?.revision);
    }
    print(&format!("events of {EVENT_BYTES} bytes committed with their cursor, {batch} to a commit"), total, started);
    Ok(())
}

async fn delivery(store: &Sqlite) -> Result<()> {
    let (mut total, started) = (0, Instant::now());
    loop {
        let events = store.read("batches of 1000", "reader", 1000).await?;
        let Some(last) = events.last() else { break };
        total += events.len();
        store.ack("batches of 1000", "reader", last.sequence).await?;
    }
    print("events read and acknowledged, 1000 at a time", total, started);
    Ok(())
}

/// Documents replaced, each on the disk before its writer goes on.
async fn puts(store: &Sqlite, at_once: usize) -> Result<()> {
    const EACH: usize = 200;
    let started = Instant::now();
    let store = Arc::new(store.clone());
    let writers: Vec<_> = (0..at_once)
        .map(|writer| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                let (key, mut revision) = (format!("{at_once}-{writer}"), None);
                for _ in 0..EACH {
                    revision = Some(store.put("speed", &key, revision, Bytes::from_static(&[0; 2000])).await?);
                }
                Ok::<_, Error>(())
            })
        })
        .collect();
    for writer in writers {
        writer.await.expect("no panic")?;
    }
    print(&format!("documents of 2000 bytes written, {at_once} writers"), at_once * EACH, started);
    let (reads, started) = (20_000, Instant::now());
    for _ in 0..reads {
        store.get("speed", &format!("{at_once}-0")).await?;
    }
    print("documents read, 1 reader", reads, started);
    Ok(())
}

async fn leases(store: &Sqlite) -> Result<()> {
    store.schedule("task", Duration::ZERO, Bytes::new()).await?;
    let (rounds, started) = (500, Instant::now());
    for _ in 0..rounds {
        for lease in store.claim("task", "speed", Duration::from_secs(10), 1).await? {
            store.complete(&lease, Some(Duration::ZERO)).await?;
        }
    }
    print("tasks claimed and completed", rounds, started);
    Ok(())
}

fn print(what: &str, n: usize, started: Instant) {
    let took = started.elapsed();
    println!("{what}: {n} in {took:.2?}, {:.0} a second", n as f64 / took.as_secs_f64());
}
