//! Several processes on one file, killed at any moment.
//!
//! The test starts this very program again as its children. A child writes down in a journal of its own
//! what it was promised, and is killed with SIGKILL. In the end the journals are held against the store.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use bytes::Bytes;
use connector_runtime::store::{DocumentStore, EventLog, NewEvent, Revision, Sqlite, TaskQueue};
use connector_sdk::{Code, Error, Result};
use jiff::Timestamp;

const FOLDER: &str = "STORE_TEST_FOLDER";
const CHILDREN: usize = 3;
const KILLS: usize = 25;
/// Time to live of locks and leases: short, so that what a dead child has held is soon free again.
const TTL: Duration = Duration::from_millis(150);
/// Number of events of one poll. Each poll finds the last one of the poll before again.
const EVENTS: u64 = 4;

#[test]
fn processes_that_are_killed_lose_nothing_and_repeat_nothing() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap();
    if let Some(folder) = std::env::var_os(FOLDER) {
        runtime.block_on(child(Path::new(&folder)));
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    runtime.block_on(async {
        let store = Sqlite::open(folder.path().join("store.db")).unwrap();
        // Holds every event back, to be counted in the end.
        assert!(store.read("s", "audit", 1).await.unwrap().is_empty());
        store.schedule("poll", Duration::ZERO, Bytes::new()).await.unwrap();
        store.put("k", "n", None, "0".into()).await.unwrap();
    });
    kill_children(folder.path());
    runtime.block_on(audit(folder.path()));
}

/// A child process that is killed whatever happens to the test.
struct Running(Child);

impl Running {
    fn start(folder: &Path) -> Running {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "processes_that_are_killed_lose_nothing_and_repeat_nothing"]).env(FOLDER, folder);
        Running(command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap())
    }

    /// Returns whether the child has begun to work; so that it is killed in the middle of something.
    fn has_begun(&self, folder: &Path) -> bool {
        fs::metadata(folder.join(format!("{}.journal", self.0.id()))).is_ok_and(|journal| journal.len() > 0)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn kill_children(folder: &Path) {
    let mut kills = Journal(File::create(folder.join("kills.journal")).unwrap());
    let mut children: Vec<Running> = (0..CHILDREN).map(|_| Running::start(folder)).collect();
    for kill in 0..KILLS {
        let victim = kill * 7 % CHILDREN;
        let until = Instant::now() + Duration::from_secs(60);
        while !children[victim].has_begun(folder) {
            assert!(children[victim].0.try_wait().unwrap().is_none(), "a child has failed by itself");
            assert!(Instant::now() < until, "a child does not begin");
            std::thread::sleep(Duration::from_millis(2));
        }
        std::thread::sleep(Duration::from_micros(500 + kill as u64 * 7919 % 40_000));
        let (pid, at) = (children[victim].0.id(), Timestamp::now().as_millisecond());
        kills.note(format_args!("killed {pid} {at}"));
        children[victim] = Running::start(folder);
    }
}

/// Journal of what a child was promised, a line each. A line that was written survives the kill.
struct Journal(File);

impl Journal {
    fn note(&mut self, line: std::fmt::Arguments<'_>) {
        self.0.write_all(format!("{line}\n").as_bytes()).unwrap();
    }
}

async fn child(folder: &Path) {
    let pid = std::process::id();
    let store = Sqlite::open(folder.join("store.db")).unwrap();
    let journal = OpenOptions::new().create(true).append(true).open(folder.join(format!("{pid}.journal"))).unwrap();
    let mut journal = Journal(journal);
    // If the test itself is killed, its children end soon after.
    let until = Instant::now() + Duration::from_secs(120);
    for turn in 0.. {
        if Instant::now() > until {
            return;
        }
        hold(&store, &mut journal, &format!("{pid}/{turn}")).await.unwrap();
        poll(&store, &mut journal, &format!("{pid}")).await.unwrap();
        add(&store, &mut journal).await.unwrap();
    }
}

/// Runs a critical section, as a token refresh is one.
async fn hold(store: &Sqlite, journal: &mut Journal, owner: &str) -> Result<()> {
    let Some(lock) = store.lock("section", owner, TTL).await? else { return Ok(()) };
    let until = lock.until.as_millisecond();
    let pid = std::process::id();
    journal.note(format_args!("held {} {} {until} {pid}", lock.fence, until - TTL.as_millis() as i64));
    tokio::time::sleep(Duration::from_millis(2)).await;
    journal.note(format_args!("left {} {}", lock.fence, Timestamp::now().as_millisecond()));
    store.unlock("section", owner).await.map(|_| ())
}

/// Runs a worker's round: claim, find events, commit them with the cursor, deliver, complete.
async fn poll(store: &Sqlite, journal: &mut Journal, owner: &str) -> Result<()> {
    let Some(lease) = store.claim("", owner, TTL, 1).await?.pop() else { return Ok(()) };
    journal.note(format_args!("epoch {}", lease.epoch));
    match work(store, journal).await {
        Err(error) if error.code() == Code::Conflict => {}
        done => done?,
    }
    match store.complete(&lease, Some(Duration::ZERO)).await {
        Err(error) if error.code() == Code::Conflict => Ok(()), // it was slow, and another has taken over
        done => done,
    }
}

async fn work(store: &Sqlite, journal: &mut Journal) -> Result<()> {
    let cursor = store.cursor("s").await?;
    let at = cursor.as_ref().map_or(0, |(_, bytes)| number(bytes));
    let events: Vec<NewEvent> =
        (at.saturating_sub(1)..at + EVENTS).map(|n| NewEvent::new(format!("id {n}"), n.to_string())).collect();
    store
        .commit("s", cursor.map(|(revision, _): (Revision, Bytes)| revision), &events, (at + EVENTS).to_string().into())
        .await?;
    let deliveries = store.read("s", "sink", 3).await?;
    for delivery in &deliveries {
        journal.note(format_args!("got {}", delivery.id));
    }
    match deliveries.last() {
        Some(last) => store.ack("s", "sink", last.sequence).await,
        None => Ok(()),
    }
}

async fn add(store: &Sqlite, journal: &mut Journal) -> Result<()> {
    let doc = store.get("k", "n").await?.ok_or_else(|| Error::bug("the document is gone"))?;
    match store.put("k", "n", Some(doc.revision), (number(&doc.bytes) + 1).to_string().into()).await {
        Ok(revision) => journal.note(format_args!("added {}", revision.number())),
        Err(error) if error.code() == Code::Conflict => {}
        Err(error) => return Err(error),
    }
    Ok(())
}

fn number(bytes: &Bytes) -> u64 {
    std::str::from_utf8(bytes).unwrap().parse().unwrap()
}

async fn audit(folder: &Path) {
    let store = Sqlite::open(folder.join("store.db")).unwrap();
    let journals = Journals::read(folder);

    // Whole.
    let raw = rusqlite::Connection::open(folder.join("store.db")).unwrap();
    let whole: String = raw.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(whole, "ok");

    // Every event was committed, and once.
    let (_, cursor) = store.cursor("s").await.unwrap().expect("there were polls");
    let all = store.read("s", "audit", usize::MAX).await.unwrap();
    let ids: Vec<String> = all.into_iter().map(|delivery| delivery.id).collect();
    let expected: Vec<String> = (0..number(&cursor)).map(|n| format!("id {n}")).collect();
    assert_eq!(ids, expected);

    // Every event reaches the sink, or is still waiting for it.
    let waiting = store.read("s", "sink", usize::MAX).await.unwrap();
    let reached: BTreeSet<String> =
        journals.all("got").map(|rest| rest.join(" ")).chain(waiting.into_iter().map(|delivery| delivery.id)).collect();
    assert_eq!(reached, expected.into_iter().collect());

    // What was answered is in the document; what was not may be, once for each killed child.
    let added = journals.all("added").count() as u64;
    let counted = number(&store.get("k", "n").await.unwrap().unwrap().bytes);
    assert!(
        (added..=added + (KILLS + CHILDREN) as u64).contains(&counted),
        "{added} were answered and {counted} counted"
    );

    // No epoch was given twice, and no lock was held twice at a time.
    let epochs: Vec<&str> = journals.all("epoch").map(|rest| rest[0]).collect();
    assert_eq!(epochs.iter().collect::<BTreeSet<_>>().len(), epochs.len());
    let held = no_overlap(&journals);
    // How much they did is the machine's business; that they did something makes the rest mean something.
    assert!(held > 0 && added > 0, "the children have worked: {held} locks, {added} documents");
}

struct Journals(Vec<Vec<String>>);

impl Journals {
    fn read(folder: &Path) -> Journals {
        let files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
        let journals = files.iter().filter(|path| path.extension().is_some_and(|extension| extension == "journal"));
        let lines =
            journals.flat_map(|path| fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect::<Vec<_>>());
        Journals(lines.map(|line| line.split(' ').map(str::to_owned).collect()).collect())
    }

    fn all<'a>(&'a self, what: &'a str) -> impl Iterator<Item = Vec<&'a str>> {
        self.0.iter().filter(move |line| line[0] == what).map(|line| line[1..].iter().map(String::as_str).collect())
    }
}

/// Returns how many locks were held. A killed holder has held its lock until it was killed, or that ended by itself.
fn no_overlap(journals: &Journals) -> usize {
    let parse = |text: &str| text.parse::<i64>().unwrap();
    let left: BTreeMap<i64, i64> = journals.all("left").map(|rest| (parse(rest[0]), parse(rest[1]))).collect();
    let killed: BTreeMap<i64, i64> = journals.all("killed").map(|rest| (parse(rest[0]), parse(rest[1]))).collect();
    let mut held: Vec<[i64; 4]> = journals.all("held").map(|rest| [0, 1, 2, 3].map(|at| parse(rest[at]))).collect();
    held.sort_unstable();
    for pair in held.windows(2) {
        let ([fence, _, until, pid], [next, from, ..]) = (pair[0], pair[1]);
        let end = left.get(&fence).or(killed.get(&pid)).copied().unwrap_or(until).min(until);
        assert!(fence < next && end <= from, "the lock {next} was given at {from}, while {fence} was held until {end}");
    }
    held.len()
}

#[test]
fn what_a_killed_process_held_is_free_at_once() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let long = Duration::from_secs(3600);
    if let Some(folder) = std::env::var_os(FOLDER) {
        runtime.block_on(async {
            let folder = PathBuf::from(folder);
            let store = Sqlite::open(folder.join("store.db")).unwrap();
            store.lock("l", "child", long).await.unwrap().unwrap();
            File::create(folder.join("held")).unwrap();
            tokio::time::sleep(Duration::from_secs(120)).await;
        });
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::open(folder.path().join("store.db")).unwrap();
    for _ in 0..3 {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "what_a_killed_process_held_is_free_at_once"]).env(FOLDER, folder.path());
        let child = Running(command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap());
        let begun = Instant::now();
        while !folder.path().join("held").exists() {
            assert!(begun.elapsed() < Duration::from_secs(60), "the child does not begin");
            std::thread::sleep(Duration::from_millis(2));
        }
        fs::remove_file(folder.path().join("held")).unwrap();
        runtime.block_on(async {
            assert_eq!(store.lock("l", "me", long).await.unwrap(), None, "it is alive");
            drop(child);
            assert!(store.lock("l", "me", long).await.unwrap().is_some(), "it is dead");
            assert!(store.unlock("l", "me").await.unwrap());
        });
    }
    // Besides the store's own files, at most the last dead and this process have left one.
    let files = fs::read_dir(folder.path())
        .unwrap()
        .filter(|file| file.as_ref().unwrap().file_name().to_string_lossy().contains("-alive-"));
    assert!(files.count() <= 4);
}
