//! A provider whose refresh tokens are good once: however a run ends while its token is renewed, the connection stays.

use std::fs;
use std::io::Read;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use connector_runtime::store::Sqlite;
use connector_runtime::{Host, KeySource, Run};
use graph_client::usual_transport;
use graph_sandbox::seeds;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::browser::{ADELE, sign_in};
use crate::program::{Home, Ran, Running, Served};

/// How long the provider takes to answer.
const ANSWER: Duration = Duration::from_millis(300);

/// A user of the provider `/oidc`, who is signed in as the connection `other`.
struct World {
    sandbox: Served,
    home: Home,
}

impl World {
    fn new() -> World {
        World::at(Served::start())
    }

    /// At the npm package `oidc-provider`, whose access tokens live so long. It is installed in the folder that the
    /// variable names.
    fn certified(life: Duration) -> World {
        let folder = std::env::var("TENON_OIDC_PROVIDER")
            .expect("TENON_OIDC_PROVIDER names a folder in which `npm install oidc-provider@8` was run");
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/provider/provider.mjs");
        let mut command = Command::new("node");
        command.args([script, &folder, seeds::WEB, seeds::WEB_SECRET, &life.as_secs().to_string()]);
        // It ends with this process, whose pipe it reads.
        World::at(Served::announced(command.stdin(Stdio::piped()).stderr(Stdio::null())))
    }

    fn at(sandbox: Served) -> World {
        let home = Home::new();
        let url = |path: &str| format!("{}/oidc{path}", sandbox.url);
        let flags = [
            "connect",
            "outlook",
            "--name",
            "other",
            "--client-id",
            seeds::WEB,
            "--client-auth-style",
            "basic",
            "--no-browser",
        ];
        let urls = [
            "--authorize-url",
            &url("/authorize"),
            "--token-url",
            &url("/token"),
            "--issuer",
            &url(""),
            "--graph-url",
            &sandbox.url,
            "--client-secret-env",
            "SECRET_OF_THE_TEST",
        ];
        let mut command = home.command(&[&flags[..], &urls].concat());
        command.env("SECRET_OF_THE_TEST", seeds::WEB_SECRET);
        sign_in(command, ADELE).json();
        World { sandbox, home }
    }

    /// Makes the stored connection older, or anything else.
    fn edit(&self, change: impl FnOnce(&mut Value)) {
        let file = self.home.folder().join("plain.json");
        let _ = fs::remove_file(&file);
        let export = ["connections", "export", "other", "--with-secrets", "--plain-text", "-o", "plain.json"];
        assert_eq!(self.home.run(&export).code, 0);
        let mut export: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        change(&mut export["connections"][0]["connection"]);
        fs::write(&file, export.to_string()).unwrap();
        assert_eq!(self.home.run(&["connections", "import", "plain.json", "--replace"]).code, 0);
    }

    /// Its token, which lives an hour, ends after this time.
    fn ends_in(&self, seconds: i64) {
        let ends = Timestamp::now() + SignedDuration::from_secs(seconds);
        self.edit(|connection| {
            connection["tokens"]["expiresAt"] = json!(ends);
            connection["tokens"]["issuedAt"] = json!(ends - SignedDuration::from_hours(1));
        });
    }

    fn token_requests(&self) -> u64 {
        self.sandbox.control("GET", "requests", &Value::Null)["tokenRequests"].as_u64().unwrap()
    }

    fn fault(&self, kind: &Value, path: &str) {
        self.sandbox.control("POST", "faults", &json!({ "fault": kind, "path": path }));
    }

    fn slow(&self, path: &str, by: Duration) {
        self.fault(&json!({ "kind": "slow", "millis": by.as_millis() as u64 }), path);
    }

    /// The page that a run asks for while its token is renewed does not come.
    fn second_page_hangs(&self) {
        self.sandbox.control("DELETE", "faults", &Value::Null);
        self.slow("/token", ANSWER);
        let slow = json!({ "kind": "slow", "millis": 600_000 });
        self.sandbox.control("POST", "faults", &json!({ "fault": slow, "path": "/messages", "nth": 2 }));
    }

    /// A list of two pages.
    fn list(&self, more: &[&str]) -> Command {
        let list = ["run", "outlook.list_emails", "-c", "other", "--set", "limit=2", "--set", "query.top=1"];
        self.home.command(&[&list[..], more].concat())
    }

    /// Starts a list, and waits until the renewal that it begins is on its way to the provider.
    fn renewing(&self, more: &[&str]) -> Running {
        let before = self.token_requests();
        let child = Running(self.list(more).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap());
        let begun = Instant::now();
        while self.token_requests() == before {
            assert!(begun.elapsed() < Duration::from_secs(60), "no renewal begins");
            std::thread::sleep(Duration::from_millis(2));
        }
        child
    }

    /// A program that embeds the runtime gives a list up while its token is renewed, and ends in order.
    fn given_up(&self) {
        let data = self.home.data();
        let keys = KeySource::usual(data.join("key")).unwrap().open().unwrap();
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let host = Host::builder()
                .transport(usual_transport().unwrap())
                .store(Arc::new(Sqlite::open(data.join("tenon.db")).unwrap()), keys)
                .connector(outlook_connector::connector())
                .build()
                .unwrap();
            let before = self.token_requests();
            let renewal = async {
                while self.token_requests() == before {
                    tokio::time::sleep(Duration::from_millis(2)).await;
                }
            };
            let list = Run::new("outlook.list_emails", "other", json!({ "limit": 2, "query": { "top": 1 } }));
            tokio::select! {
                ended = host.execute(list) => panic!("the second page does not come: {:?}", ended.is_ok()),
                () = renewal => {}
            }
            host.shutdown().await;
        });
    }

    /// Whether the connection can still be renewed.
    fn works(&self) -> Ran {
        self.ends_in(-1);
        self.home.run(&["connections", "test", "other"])
    }
}

/// So many times each; the test takes few, whoever measures more.
fn times(usual: usize) -> usize {
    std::env::var("TENON_PROOF_TIMES").ok().and_then(|times| times.parse().ok()).unwrap_or(usual)
}

#[test]
fn a_run_that_ends_while_its_token_is_renewed_keeps_the_connection() {
    outlives(&World::new(), times(2));
}

#[test]
#[ignore = "needs node, and the npm package oidc-provider in the folder TENON_OIDC_PROVIDER"]
fn a_certified_provider_sees_the_same() {
    outlives(&World::certified(Duration::from_secs(3600)), times(5));
}

/// So many times, each way in which a run can end.
fn outlives(world: &World, times: usize) {
    world.slow("/token", ANSWER);
    for round in 0..times {
        // It ends long before the provider answers, and well.
        world.ends_in(200);
        let before = world.token_requests();
        let ran: Ran = world.list(&[]).output().unwrap().into();
        assert_eq!(ran.json()["items"].as_array().unwrap().len(), 2);
        assert_eq!(world.token_requests(), before + 1, "it was renewed early");

        // Nobody reads what it prints.
        world.ends_in(200);
        let mut child = world.renewing(&["--lines"]);
        drop(child.0.stdout.take());
        assert_eq!(child.wait(), 0);

        // A deadline, while Graph does not answer.
        world.ends_in(200);
        world.second_page_hangs();
        let mut child = world.renewing(&["--deadline", "1s"]);
        assert_eq!(child.wait(), 41);

        world.ends_in(200);
        world.second_page_hangs();
        world.given_up();

        #[cfg(unix)]
        for (signal, code) in [
            (rustix::process::Signal::INT, 130),
            (rustix::process::Signal::TERM, 143),
            (rustix::process::Signal::HUP, 129),
        ] {
            world.ends_in(200);
            world.second_page_hangs();
            let mut child = world.renewing(&[]);
            // While the provider thinks, and while its answer is stored.
            std::thread::sleep(ANSWER.mul_f64(round as f64 * 0.37 % 1.1));
            child.signal(signal);
            // Who cannot wait tells it twice.
            child.signal(signal);
            let mut err = String::new();
            child.0.stderr.take().unwrap().read_to_string(&mut err).unwrap();
            assert_eq!(child.wait(), code, "round {round}: {err}");
        }
        world.sandbox.control("DELETE", "faults", &Value::Null);
        world.slow("/token", ANSWER);
    }
    assert_eq!(world.works().json()["works"], true);
}

/// Eight at once, each with one run after the other, for a minute.
#[test]
#[ignore = "needs node, and the npm package oidc-provider in the folder TENON_OIDC_PROVIDER; takes a minute"]
#[allow(clippy::print_stdout)]
fn a_certified_provider_is_asked_once_for_each_life() {
    let life = Duration::from_secs(12);
    let world = World::certified(life);
    world.slow("/token", ANSWER);
    let before = world.token_requests();
    let begun = Instant::now();
    let loops = |_| {
        let (mut calls, mut slowest) = (0, Duration::ZERO);
        while begun.elapsed() < Duration::from_secs(60) {
            let call = Instant::now();
            let ran: Ran = world.list(&[]).output().unwrap().into();
            assert_eq!(ran.code, 0, "{ran:?}");
            (calls, slowest) = (calls + 1, slowest.max(call.elapsed()));
        }
        (calls, slowest)
    };
    let all: Vec<(usize, Duration)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|number| scope.spawn(move || loops(number))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let (calls, slowest) =
        all.iter().fold((0, Duration::ZERO), |(calls, slowest), one| (calls + one.0, slowest.max(one.1)));
    let (renewals, lives) = (world.token_requests() - before, begun.elapsed().as_secs_f64() / life.as_secs_f64());
    println!("{calls} runs, the slowest took {slowest:.1?}; {renewals} token requests in {lives:.1} lives");
    assert!((renewals as f64) < lives / 0.8 + 1.0);
    assert_eq!(world.works().json()["works"], true);
}

#[test]
#[ignore = "needs fiu-run (Debian's fiu-utils); takes minutes"]
#[allow(clippy::print_stdout)]
fn a_failing_fsync_loses_no_connection() {
    let world = World::new();
    for probability in ["0.05", "0.1", "0.3", "0.6", "1"] {
        let (mut worked, mut told) = (0, 0);
        for round in 0..times(20) {
            world.ends_in(-1);
            let test = world.home.command(&["connections", "test", "other"]);
            let mut command = Command::new("fiu-run");
            command.args(["-x", "-c", &format!("enable_random name=posix/io/sync/*,probability={probability}")]);
            command
                .arg(test.get_program())
                .args(test.get_args())
                .current_dir(world.home.folder())
                .env("TENON_HOME", world.home.data());
            let ran: Ran = command.output().unwrap().into();
            match ran.code {
                0 => worked += 1,
                _ => told += 1,
            }
            assert!(!ran.err.contains("defect"), "{ran:?}");
            let after = world.works();
            assert_eq!(after.json()["works"], true, "{probability}, round {round}: {ran:?}, then {after:?}");
        }
        println!("fsync fails with probability {probability}: {worked} worked, {told} told the failure, none lost");
    }
}

#[test]
#[cfg(unix)]
fn nohup_outlives_the_terminal() {
    let world = World::new();
    world.slow("/messages", Duration::from_secs(1));
    let list = world.list(&[]);
    let mut command = Command::new("sh");
    // As `nohup` does, which is not everywhere.
    command
        .args(["-c", "trap '' HUP; exec \"$@\"", "sh"])
        .arg(list.get_program())
        .args(list.get_args())
        .current_dir(world.home.folder());
    command.env("TENON_HOME", world.home.data()).stdout(Stdio::piped());
    let mut child = Running(command.spawn().unwrap());
    let begun = Instant::now();
    let seen = || world.sandbox.control("GET", "requests", &Value::Null).to_string().contains("/messages");
    while !seen() {
        assert!(begun.elapsed() < Duration::from_secs(60), "it does not begin");
        std::thread::sleep(Duration::from_millis(2));
    }
    child.signal(rustix::process::Signal::HUP);
    assert_eq!(child.wait(), 0);
}

#[test]
fn a_refusal_is_told_alike_by_every_process() {
    let world = World::new();
    let told = || {
        let ran = world.home.run(&["run", "outlook.list_emails", "-c", "other", "--set", "limit=1", "--json"]);
        let error = ran.error();
        (
            ran.code,
            error["code"].clone(),
            error["whoActs"].clone(),
            error["message"].clone(),
            error["hint"].clone(),
            error["upstream"].clone(),
        )
    };
    for (place, member, code, actor) in
        [("settings", "clientSecret", 22, "administrator"), ("tokens", "refresh", 20, "user")]
    {
        let mut right = Value::Null;
        world.edit(|connection| {
            right = std::mem::replace(&mut connection[place][member], json!("wrong"));
            connection["tokens"]["expiresAt"] = json!("2000-01-01T00:00:00Z");
        });
        let first = told();
        assert_eq!((first.0, first.2.as_str()), (code, Some(actor)), "{first:?}");
        let asked = world.token_requests();
        for _ in 0..2 {
            assert_eq!(told(), first);
        }
        assert_eq!(world.token_requests(), asked, "nobody hammers");
        // A while later it is asked again, where no user is needed.
        world.edit(|connection| {
            connection[place][member] = right;
            if connection["until"].is_string() {
                connection["until"] = json!(Timestamp::now());
            }
        });
        let ran = world.home.run(&["run", "outlook.list_emails", "-c", "other", "--set", "limit=1"]);
        assert_eq!(ran.code, if actor == "user" { code } else { 0 }, "{ran:?}");
    }
}

#[test]
fn a_clock_that_was_wrong_costs_nothing() {
    for hours in [-9_600, -2, 2, 9_600] {
        let world = World::new();
        let shifted = |at: Timestamp| json!(at + SignedDuration::from_hours(hours));
        let now = Timestamp::now();
        // What a use under the wrong clock has left: a token, and a refusal to wait for.
        world.edit(|connection| {
            connection["tokens"]["issuedAt"] = shifted(now);
            connection["tokens"]["expiresAt"] = shifted(now + SignedDuration::from_hours(1));
            connection["refreshed"] = shifted(now);
            connection["state"] = json!("waiting");
            connection["code"] = json!("unavailable");
            connection["message"] = json!("the sign-in service has a passing fault");
            connection["hint"] = json!("Wait.");
            connection["since"] = shifted(now);
            connection["until"] = shifted(now + SignedDuration::from_secs(30));
        });
        let before = world.token_requests();
        let ran = world.home.run(&["connections", "test", "other"]);
        assert_eq!(ran.json()["works"], true, "{hours} h");
        assert_eq!(world.token_requests(), before + 1, "{hours} h: its token is renewed");
        assert_eq!(world.works().json()["works"], true, "{hours} h");
    }
}
