//! From the start of the program to its first answer

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

use connector_runtime::KeySource;
use connector_runtime::store::Sqlite;
use serde::Deserialize;
use xtask::Result;
use xtask::checkout::Checkout;

use super::super::cpu::{self, Spread};
use super::super::ours;
use super::super::process::this;
use super::super::report::Row;
use super::super::server::{FREE, TENANT};
use super::{Bench, Name, time};

const TARGET: f64 = 0.010;
const WORK: &str = "tenon raw GET /me: process start to its end, stored token, TLS";

pub(super) async fn measure(bench: &Bench) -> Result<Row> {
    let target = format!("< {} beyond the server's own time", time(TARGET));
    let program = build(&bench.checkout)?;
    let home = tempfile::tempdir()?;
    let graph = format!("{}/{FREE}", bench.server.address.https);
    {
        let keys = KeySource::File(home.path().join("key")).open()?;
        let host = ours::builder().store(Arc::new(Sqlite::open(home.path().join("tenon.db"))?), keys).build()?;
        super::token::connect(&host, "graph_raw", &bench.server, &graph, TENANT).await?;
    }
    let roots = home.path().join("roots.pem");
    std::fs::write(&roots, format!("{}{}", system_roots(), bench.server.address.certificate))?;

    let ours = || {
        let mut command = Command::new(&program);
        command.args(["raw", "GET", "/me", "--connection", ours::CONNECTION]);
        alone(command, home.path(), &roots)
    };
    let bare = || -> Result<Command> {
        let mut command = this("start")?;
        command.arg(format!("{graph}/v1.0/me"));
        Ok(alone(command, home.path(), &roots))
    };
    if let Err(error) = once(bench, ours()).await {
        return Ok(Row::not_measured(Name::Start, WORK, &target, format!("`tenon` did not succeed: {error}")));
    }
    once(bench, bare()?).await?;
    let (mut our_times, mut bare_times) = (Vec::new(), Vec::new());
    for _ in 0..bench.many(25, 5) {
        our_times.push(once(bench, ours()).await?);
        bare_times.push(once(bench, bare()?).await?);
    }
    let ratio = Spread::of(our_times.iter().zip(&bare_times).map(|(ours, bare)| ours.wall / bare.wall).collect());
    let wall = |times: &[Took]| Spread::of(times.iter().map(|took| took.wall).collect());
    let own_cpu = |times: &[Took]| time(Spread::of(times.iter().map(|took| took.cpu).collect()).median);
    let (our_wall, bare_wall) = (wall(&our_times), wall(&bare_times));
    let show = |wall: Spread| format!("{} ({}–{})", time(wall.median), time(wall.least), time(wall.most));
    Ok(Row {
        row: Name::Start,
        work: WORK.to_owned(),
        bare: show(bare_wall),
        ours: show(our_wall),
        ratio: Some(ratio),
        target,
        met: Some(our_wall.median < TARGET),
        notes: vec![
            "Wall time until the process has ended, less the CPU time of the server meanwhile.".to_owned(),
            format!("CPU time of the process: bare {}, ours {}.", own_cpu(&bare_times), own_cpu(&our_times)),
            "Bare: reqwest with the same provider and the same roots, one request, the answer printed.".to_owned(),
        ],
    })
}

struct Took {
    wall: f64,
    cpu: f64,
}

async fn once(bench: &Bench, mut command: Command) -> Result<Took> {
    let server = bench.server.counts().await?.cpu;
    let (began, cpu) = (Instant::now(), cpu::of_children()?);
    let output = command.output()?;
    let wall = began.elapsed().as_secs_f64();
    let cpu = (cpu::of_children()? - cpu).as_secs_f64();
    if !output.status.success() || !output.stdout.windows(11).any(|text| text == b"displayName") {
        return Err(format!("it ended with {}: {}", output.status, String::from_utf8_lossy(&output.stderr)).into());
    }
    let counts = bench.server.counts().await?;
    Ok(Took { wall: wall - (counts.cpu - server) as f64 / 1e6, cpu })
}

// Nothing of the environment but what is meant: no key, no proxy, no other home.
fn alone(mut command: Command, home: &Path, roots: &Path) -> Command {
    command.env_clear().env("TENON_HOME", home).env("SSL_CERT_FILE", roots).stdin(Stdio::null());
    command
}

// What a client trusts usually; reading it is a part of the start.
fn system_roots() -> String {
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"]
        .iter()
        .find_map(|path| std::fs::read_to_string(path).ok())
        .unwrap_or_default()
}

/// The program, built for release; where this is a debug build, as that.
pub(super) fn build(checkout: &Checkout) -> Result<PathBuf> {
    #[derive(Deserialize)]
    struct Message {
        executable: Option<PathBuf>,
    }
    let mut cargo = checkout.cargo();
    let what: &[&str] = if cfg!(debug_assertions) { &["--bin", "tenon"] } else { &["--release", "--package", "tenon"] };
    cargo.args(["build", "--quiet", "--message-format", "json"]).args(what);
    let output = cargo.stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err("`tenon` cannot be built".into());
    }
    let messages = String::from_utf8(output.stdout)?;
    let built = messages.lines().filter_map(|line| serde_json::from_str::<Message>(line).ok()?.executable).next_back();
    built.ok_or_else(|| "cargo does not tell where `tenon` is".into())
}
