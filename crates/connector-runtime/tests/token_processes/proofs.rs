//! Tokens under processes that share one file: who asks for a token how often, what a kill loses, and
//! who waits while the sign-in service hangs.
//!
//! The sandbox is served over loopback. The processes are this very program, started again; see [`child`].

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use connector_runtime::bytes::Bytes;
use connector_runtime::jiff::{SignedDuration, Timestamp};
use connector_runtime::prelude::*;
use connector_runtime::{ByteStream, HttpTransport, Secrets, http, read_to_end, whole};
use graph_sandbox::{Fault, Rule, Sandbox, Server, seeds};
use tokio::task::JoinSet;

const USER: &str = "AdeleV@contoso.example";
/// Environment variable that makes a process a child, and says what to do.
const TASK: &str = "TOKEN_PROOF_TASK";
const FOLDER: &str = "TOKEN_PROOF_FOLDER";

/// Number of processes, of tasks in each, and of connections.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    pub(crate) processes: usize,
    pub(crate) tasks: usize,
    pub(crate) connections: usize,
}

/// Result of [`shared`].
#[derive(Debug)]
#[allow(dead_code, reason = "the example prints all figures, the test compares some")]
pub(crate) struct Shared {
    pub(crate) calls: usize,
    pub(crate) failed: usize,
    pub(crate) token_requests: u64,
    pub(crate) took: Duration,
}

/// Result of [`killed`]: what the kills hit, and what is left.
#[derive(Debug, Default)]
pub(crate) struct Killed {
    /// Kills before the sign-in service had responded.
    pub(crate) waiting: usize,
    /// Kills after it had responded, and before the new tokens were stored.
    pub(crate) answered: usize,
    /// Kills after the new tokens were stored.
    pub(crate) stored: usize,
    /// Connections that do not work any more.
    pub(crate) lost: usize,
}

/// Result of [`hung`]: what callers saw while the sign-in service hung.
#[derive(Debug)]
#[allow(dead_code, reason = "the example prints all figures, the test compares some")]
pub(crate) struct Hung {
    pub(crate) calls: usize,
    pub(crate) failed: usize,
    pub(crate) token_requests: u64,
    /// Slowest of the same calls while nothing hung.
    pub(crate) slowest_before: Duration,
    pub(crate) slowest: Duration,
}

/// A sandbox that is served, and a file with connections to it.
struct World {
    sandbox: Sandbox,
    server: Server,
    folder: tempfile::TempDir,
}

impl World {
    async fn new() -> World {
        let sandbox = Sandbox::builder().count_only().build();
        let server = sandbox.serve((Ipv4Addr::LOCALHOST, 0).into()).await.expect("a free port");
        World { sandbox, server, folder: tempfile::tempdir().expect("a folder") }
    }

    /// Signs `count` users in. Their first token ends after `seconds`.
    async fn connect(&self, count: usize, seconds: u64) -> Result<()> {
        let transport = Arc::new(Short { inner: HttpTransport::new()?, seconds });
        let host = host(self.folder.path(), Some(transport.clone()))?;
        for number in 0..count {
            let sign_in = host.connections().connect_new(self.user(number)).await?;
            let SignInStep::Browser(browser) = sign_in else { panic!("a user signs in with the browser") };
            let mut url = browser.url.clone();
            url.query_pairs_mut().append_pair("sandbox_auto", "1").append_pair("login_hint", USER);
            let request = http::Request::get(url.as_str()).body(Bytes::new()).expect("a URL");
            let answer = transport.inner.send(request).await?;
            let location = answer.headers()["location"].to_str().expect("a URL").to_owned();
            browser.finish(location.split_once('?').expect("an answer").1).await?;
        }
        Ok(())
    }

    /// Makes the stored tokens as old as those of an hour that end after `seconds`.
    async fn age(&self, seconds: i64) -> Result<()> {
        let host = host(self.folder.path(), None)?;
        let exported = host.connections().export(&[], Secrets::PlainText).await?;
        let mut export: Value = serde_json::from_str(exported.expose()).expect("JSON");
        let ends = Timestamp::now() + SignedDuration::from_secs(seconds);
        for item in export["connections"].as_array_mut().expect("connections") {
            let tokens = &mut item["connection"]["tokens"];
            tokens["expiresAt"] = ends.to_string().into();
            tokens["issuedAt"] = (ends - SignedDuration::from_hours(1)).to_string().into();
        }
        host.connections().import(&Secret::new(export.to_string()), None, true).await.map(drop)
    }

    fn user(&self, number: usize) -> NewConnection {
        let url = Some(self.server.url());
        let settings = Settings {
            graph_url: url.clone(),
            authority_url: url,
            ..Settings::authorization_code(seeds::WEB).secret(Secret::new(seeds::WEB_SECRET))
        };
        let redirect_uri = Some("http://localhost:49152/".parse().expect("a URL"));
        NewConnection { redirect_uri, ..NewConnection::new(name(number), "outlook", settings) }
    }

    fn child(&self, task: &str, arguments: &[&str]) -> Running {
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        command.args(arguments).env(TASK, task).env(FOLDER, self.folder.path());
        Running(command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().expect("a child"))
    }
}

/// A process that ends with this value.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A transport that reports shorter token lifetimes, as a client sees them whose hour is nearly over.
struct Short {
    inner: HttpTransport,
    seconds: u64,
}

#[async_trait]
impl Transport for Short {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<ByteStream>> {
        let is_token = request.uri().path().ends_with("/token");
        let answer = self.inner.send(request).await?;
        if !is_token {
            return Ok(answer);
        }
        let (mut head, body) = answer.into_parts();
        let text = String::from_utf8(read_to_end(body, 1 << 20).await?.to_vec()).expect("JSON");
        assert!(text.contains("\"expires_in\":3600"), "a token of an hour");
        let body = text.replace("\"expires_in\":3600", &format!("\"expires_in\":{}", self.seconds));
        head.headers.remove(http::header::CONTENT_LENGTH);
        Ok(http::Response::from_parts(head, whole(body)))
    }
}

fn host(folder: &Path, transport: Option<Arc<dyn Transport>>) -> Result<Host> {
    let keys = KeySource::File(folder.join("key")).open()?;
    let store = Arc::new(Sqlite::open(folder.join("tenon.db"))?);
    let builder = Host::builder().connector(outlook_connector::connector()).store(store, keys);
    match transport {
        Some(transport) => builder.transport(transport).build(),
        None => builder.build(),
    }
}

fn name(number: usize) -> String {
    format!("connection-{number}")
}

/// Runs the task of a child; returns `false` in a process that is none. A child that fails ends with a code that is not
/// 0.
pub(crate) async fn child() -> bool {
    let (Ok(task), Some(folder)) = (std::env::var(TASK), std::env::var_os(FOLDER)) else { return false };
    let folder = PathBuf::from(folder);
    let parts: Vec<usize> = task.split(' ').skip(1).map(|part| part.parse().expect("a number")).collect();
    let failed = match (task.split(' ').next(), parts.as_slice()) {
        (Some("load"), &[tasks, connections]) => load(&folder, tasks, connections).await,
        (Some("one"), &[number]) => test(&host(&folder, None).expect("a host"), number).await.into(),
        _ => panic!("unknown: {task}"),
    };
    std::process::exit(i32::from(failed > 0));
}

// Each task uses each connection; how many calls failed.
async fn load(folder: &Path, tasks: usize, connections: usize) -> usize {
    let host = host(folder, None).expect("a host");
    // All processes begin together.
    while !folder.join("go").exists() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let mut running = JoinSet::new();
    for task in 0..tasks {
        let host = host.clone();
        running.spawn(async move {
            let mut failed = 0;
            for step in 0..connections {
                failed += usize::from(test(&host, (task + step) % connections).await);
            }
            failed
        });
    }
    running.join_all().await.into_iter().sum()
}

// Whether the connection fails.
async fn test(host: &Host, number: usize) -> bool {
    !host.connections().test(&name(number)).await.is_ok_and(|report| report.works)
}

/// Every task of every process uses every connection at a time when every token has ended.
pub(crate) async fn shared(load: Load, arguments: &[&str]) -> Shared {
    let world = World::new().await;
    world.connect(load.connections, 1).await.expect("sign-ins");
    // Every token has ended.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    world.sandbox.faults().add(Rule::new(Fault::slow(Duration::from_millis(100))).path("/token"));
    let before = world.sandbox.token_requests();
    let task = format!("load {} {}", load.tasks, load.connections);
    let mut children: Vec<Running> = (0..load.processes).map(|_| world.child(&task, arguments)).collect();
    let begun = Instant::now();
    std::fs::write(world.folder.path().join("go"), "").expect("a file");
    let mut failed = 0;
    for child in &mut children {
        failed += usize::from(!ended(&mut child.0).await);
    }
    Shared {
        calls: load.processes * load.tasks * load.connections,
        failed,
        token_requests: world.sandbox.token_requests() - before,
        took: begun.elapsed(),
    }
}

async fn ended(child: &mut Child) -> bool {
    loop {
        if let Some(status) = child.try_wait().expect("a child") {
            return status.success();
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Kills `kills` processes (`SIGKILL`), each while it renews the token of a connection of its own, at moments spread
/// over the whole renewal.
pub(crate) async fn killed(kills: usize, arguments: &[&str]) -> Killed {
    const SLOW: Duration = Duration::from_millis(60);
    let world = World::new().await;
    world.connect(kills, 1).await.expect("sign-ins");
    // Every token has ended.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    world.sandbox.faults().add(Rule::new(Fault::slow(SLOW)).path("/token"));
    let host = host(world.folder.path(), None).expect("a host");
    let mut killed = Killed::default();
    for number in 0..kills {
        let before = world.sandbox.token_requests();
        let signed_in = host.connections().show(&name(number)).await.expect("a connection").refreshed;
        let child = world.child(&format!("one {number}"), arguments);
        let begun = Instant::now();
        while world.sandbox.token_requests() == before {
            assert!(begun.elapsed() < Duration::from_secs(60), "a child does not begin");
            tokio::time::sleep(Duration::from_micros(200)).await;
        }
        // The request has arrived. The answer leaves after 60 ms and is stored some milliseconds later.
        let moment = match number % 3 {
            0 => Duration::from_micros(number as u64 * 7919 % 60_000),
            _ => SLOW + Duration::from_micros(number as u64 * 7919 % 16_000),
        };
        let arrived = Instant::now();
        tokio::time::sleep(moment).await;
        let answered = arrived.elapsed() > SLOW;
        drop(child);
        let now = host.connections().show(&name(number)).await.expect("the connection is there");
        match (now.refreshed > signed_in, answered) {
            (true, _) => killed.stored += 1,
            (false, true) => killed.answered += 1,
            (false, false) => killed.waiting += 1,
        }
    }
    world.sandbox.faults().clear();
    let mut running = JoinSet::new();
    for number in 0..kills {
        let host = host.clone();
        running.spawn(async move { test(&host, number).await });
    }
    killed.lost = running.join_all().await.into_iter().filter(|failed| *failed).count();
    killed
}

/// Calls with tokens that are valid and should be renewed, while the sign-in service does not answer for `hang`.
pub(crate) async fn hung(connections: usize, rounds: usize, hang: Duration) -> Hung {
    let world = World::new().await;
    world.connect(connections, 3_000).await.expect("sign-ins");
    let (slowest_before, _) = calls(&world, connections, rounds).await;
    let world = World::new().await;
    world.connect(connections, 3_000).await.expect("sign-ins");
    world.age(240).await.expect("tokens");
    let before = world.sandbox.token_requests();
    world.sandbox.faults().add(Rule::new(Fault::slow(hang)).path("/token"));
    let begun = Instant::now();
    let (slowest, failed) = calls(&world, connections, rounds).await;
    assert!(begun.elapsed() < hang, "the calls took longer than the service hung; use fewer");
    // The renewals go on beside the calls, and the last may still be on its way.
    while world.sandbox.token_requests() - before < connections as u64 && begun.elapsed() < hang {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let token_requests = world.sandbox.token_requests() - before;
    Hung { calls: connections * rounds, failed, token_requests, slowest_before, slowest }
}

// As another process makes them: it reads the store first. The slowest call, and how many failed.
async fn calls(world: &World, connections: usize, rounds: usize) -> (Duration, usize) {
    let host = host(world.folder.path(), None).expect("a host");
    let (mut slowest, mut failed) = (Duration::ZERO, 0);
    for _ in 0..rounds {
        for number in 0..connections {
            let begun = Instant::now();
            failed += usize::from(test(&host, number).await);
            slowest = slowest.max(begun.elapsed());
        }
    }
    (slowest, failed)
}
