//! From the start of the service to its first answer, and the start of other commands

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use http::header::CONTENT_TYPE;
use serde_json::Value;
use xtask::Result;

use super::super::cpu::Spread;
use super::super::report::Row;
use super::start::build;
use super::{Bench, Name, time};

const TARGET: f64 = 0.030;
/// Target of commands that serve nothing.
const OTHERS: f64 = 0.008;
const WORK: &str = "tenon serve: process start to the first answered request, all actions";
const RUN: &str = "/v1/actions/outlook.list_emails/run?connection=sandbox";

/// Commands that serve nothing.
const COMMANDS: [&[&str]; 3] = [
    &["exit-codes"],
    &["describe", "outlook.send_email", "--json"],
    &["run", "outlook.list_emails", "--connection", "sandbox", "--set", "limit=3"],
];

pub(super) async fn measure(bench: &Bench) -> Result<Row> {
    let program = build(&bench.checkout)?;
    let count = bench.many(25, 3);
    let client = super::super::bare::client()?;
    let (mut listening, mut described, mut run, mut fresh) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..count {
        let home = tempfile::tempdir()?;
        fresh.push(started(&program, home.path(), &client, RUN).await?.1);
        // The store is there from now on, as on every later start.
        let (one, other) = started(&program, home.path(), &client, RUN).await?;
        listening.push(one);
        run.push(other);
        described.push(started(&program, home.path(), &client, "/v1/actions/outlook.send_email").await?.1);
    }
    let home = tempfile::tempdir()?;
    let mut others = Vec::new();
    for words in COMMANDS {
        let mut times = Vec::new();
        for _ in 0..count {
            times.push(once(&program, home.path(), words)?);
        }
        others.push((words.join(" "), Spread::of(times)));
    }
    let run = Spread::of(run);
    let show = |spread: Spread| format!("{} ({}–{})", time(spread.median), time(spread.least), time(spread.most));
    let mut notes = vec![
        format!("Until it has printed its address: {}.", show(Spread::of(listening))),
        format!("Until an action is described: {}.", show(Spread::of(described))),
        format!("With an empty home, where the store and its key are made: {}.", show(Spread::of(fresh))),
    ];
    notes.extend(others.iter().map(|(words, spread)| format!("tenon {words}: {}.", show(*spread))));
    let is_met = run.median <= TARGET && others.iter().all(|(_, spread)| spread.median <= OTHERS);
    Ok(Row {
        row: Name::Serve,
        work: WORK.to_owned(),
        bare: "–".to_owned(),
        ours: show(run),
        ratio: None,
        target: format!("≤ {}; other commands ≤ {}", time(TARGET), time(OTHERS)),
        met: Some(is_met),
        notes,
    })
}

/// A process that ends with this value.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

// The seconds until it listens, and until it has answered.
async fn started(program: &Path, home: &Path, client: &reqwest::Client, path: &str) -> Result<(f64, f64)> {
    let mut command = Command::new(program);
    command.args(["serve", "--listen", "127.0.0.1:0"]).env_clear().env("TENON_HOME", home);
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let began = Instant::now();
    let mut serving = Serving(command.spawn()?);
    let mut line = String::new();
    BufReader::new(serving.0.stdout.take().ok_or("it has no output")?).read_line(&mut line)?;
    let listening = began.elapsed().as_secs_f64();
    let announced: Value = serde_json::from_str(&line)?;
    let url = format!("{}{path}", announced["url"].as_str().ok_or("it does not say where it is")?);
    let request = match path {
        RUN => client.post(url).header(CONTENT_TYPE, "application/json").body("{\"limit\":3}"),
        _ => client.get(url),
    };
    let body = request.send().await?.error_for_status()?.bytes().await?;
    let answered = began.elapsed().as_secs_f64();
    if body.is_empty() { Err("it answered nothing".into()) } else { Ok((listening, answered)) }
}

fn once(program: &Path, home: &Path, words: &[&str]) -> Result<f64> {
    let mut command = Command::new(program);
    command.args(words).env_clear().env("TENON_HOME", home).stdin(Stdio::null());
    let began = Instant::now();
    let output = command.output()?;
    let took = began.elapsed().as_secs_f64();
    if output.status.success() { Ok(took) } else { Err(format!("tenon {} failed", words.join(" ")).into()) }
}
