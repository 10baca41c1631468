use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use connector_sdk::{Code, Error};
use tokio::sync::oneshot;

use super::*;
use crate::key::KeyRing;
use crate::store::{Sqlite, TaskQueue as _};

type Work = dyn Fn(&Lease) -> Result<Next> + Send + Sync;

struct Told {
    work: Box<Work>,
    hangs: bool,
    runs: AtomicUsize,
    keys: Mutex<Vec<String>>,
}

#[async_trait]
impl Job for Told {
    fn prefix(&self) -> &'static str {
        "test/"
    }
    async fn run(&self, _: &Host, lease: &Lease) -> Result<Next> {
        self.runs.fetch_add(1, Ordering::SeqCst);
        self.keys.lock().unwrap().push(lease.key.clone());
        if self.hangs {
            std::future::pending::<()>().await;
        }
        (self.work)(lease)
    }
}

fn told(hangs: bool, work: impl Fn(&Lease) -> Result<Next> + Send + Sync + 'static) -> Arc<Told> {
    Arc::new(Told { work: Box::new(work), hangs, runs: AtomicUsize::new(0), keys: Mutex::default() })
}

fn host(store: Arc<Sqlite>) -> Host {
    Host::builder().store(store, KeyRing::random().unwrap()).build().unwrap()
}

fn options() -> WorkerOptions {
    WorkerOptions { stop_within: Duration::from_millis(10), ..WorkerOptions::default() }
}

async fn until(mut look: impl AsyncFnMut() -> bool) {
    for _ in 0..2000 {
        if look().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("it never happened");
}

#[tokio::test]
async fn what_is_due_is_worked_on_and_due_again_as_it_says() {
    let store = Arc::new(Sqlite::in_memory().unwrap());
    let host = host(store.clone());
    for key in ["test/done", "test/later", "test/failed", "other/task"] {
        store.schedule(key, Duration::ZERO, Bytes::new()).await.unwrap();
    }
    let job = told(false, |lease| match lease.key.as_str() {
        "test/done" => Ok(Next::Done),
        "test/later" => Ok(Next::After(Duration::from_secs(3600))),
        _ => Err(Error::new(Code::Unavailable, "not now")),
    });
    let (stop, stopped) = oneshot::channel::<()>();
    let working = {
        let (host, job) = (host.clone(), job.clone());
        tokio::spawn(async move { work(&host, vec![job], options(), async { drop(stopped.await) }).await })
    };
    until(async || job.runs.load(Ordering::SeqCst) >= 3).await;
    until(async || store.next_due("test/failed").await.unwrap().is_some_and(|due| due <= Duration::from_secs(5))).await;
    until(async || store.next_due("test/later").await.unwrap().is_some_and(|due| due > Duration::from_secs(3000)))
        .await;
    // A wake of this process is heard at once, and does not hurry what has failed.
    until(async || {
        store.wake("test/later").await.unwrap() && {
            host.0.workers.wake();
            job.runs.load(Ordering::SeqCst) >= 4
        }
    })
    .await;
    stop.send(()).unwrap();
    working.await.unwrap().unwrap();
    assert_eq!(store.next_due("test/done").await.unwrap(), None);
    assert_eq!(store.next_due("other/").await.unwrap(), Some(Duration::ZERO), "that is another worker's");
    let keys = job.keys.lock().unwrap().clone();
    assert_eq!(keys.iter().filter(|key| *key == "test/failed").count(), 1, "{keys:?}");
}

#[tokio::test]
async fn what_hangs_is_given_back_when_the_workers_stop() {
    let store = Arc::new(Sqlite::in_memory().unwrap());
    let host = host(store.clone());
    store.schedule("test/hangs", Duration::ZERO, Bytes::new()).await.unwrap();
    let job = told(true, |_| Ok(Next::Done));
    let started = async || until(async || job.runs.load(Ordering::SeqCst) == 1).await;
    work(&host, vec![job.clone()], options(), started()).await.unwrap();
    assert_eq!(store.next_due("test/").await.unwrap(), Some(Duration::ZERO), "another may have it at once");
}

#[tokio::test]
async fn who_loses_its_lease_stops_and_spoils_nothing() {
    let store = Arc::new(Sqlite::in_memory().unwrap());
    let host = host(store.clone());
    store.schedule("test/lost", Duration::ZERO, Bytes::new()).await.unwrap();
    let job = told(true, |_| Ok(Next::Done));
    let lease = store.claim("test/", "first", Duration::from_millis(40), 1).await.unwrap().remove(0);
    let running = tokio::spawn(
        RunningJob { host: host.clone(), job: job.clone(), lease: lease.clone() }.run(watch::channel(false).1),
    );
    // The task is removed and made again: the first holder's lease is good no more.
    store.cancel("test/lost").await.unwrap();
    store.schedule("test/lost", Duration::ZERO, Bytes::new()).await.unwrap();
    running.await.unwrap();
    assert_eq!(store.claim("test/", "second", Duration::from_secs(9), 1).await.unwrap().len(), 1);
}

#[test]
fn pauses_grow_and_end() {
    assert_eq!([1, 2, 3, 7, 8, 90].map(running::pause).map(|pause| pause.as_secs()), [5, 10, 20, 320, 320, 320]);
}
