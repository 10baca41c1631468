//! `tenon serve` on hard days: killed, out of space, beset by slow clients, stopped in the middle of an answer.

mod client;
mod ended;
mod exhausted;
mod full;
mod killed;
mod limits;
mod soak;
mod started;
mod watched;

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

pub(crate) use self::client::Client;
use crate::program::{Home, Running, Served};

/// The service, with what it said at its start.
pub(crate) struct Service {
    pub(crate) url: String,
    pub(crate) address: SocketAddr,
    pub(crate) announced: Value,
    pub(crate) process: Running,
}

impl Service {
    /// Starts it on a free port.
    pub(crate) fn start(home: &Home) -> Service {
        Service::with(home, &[])
    }

    /// Starts it with further options.
    pub(crate) fn with(home: &Home, options: &[&str]) -> Service {
        Service::of(&mut home.command(&[&["serve", "--listen", "127.0.0.1:0"], options].concat()))
    }

    /// Starts this command.
    pub(crate) fn of(command: &mut Command) -> Service {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let process = Running(child);
        let announced: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
        let url = announced["url"].as_str().unwrap().to_owned();
        let address = url.strip_prefix("http://").unwrap().parse().unwrap();
        Service { url, address, announced, process }
    }

    /// Kills it, as `kill -9` does.
    pub(crate) fn kill(&mut self) {
        self.process.0.kill().unwrap();
        self.process.wait();
    }

    pub(crate) fn run(&self, action: &str) -> String {
        format!("{}/v1/actions/{action}/run?connection=sandbox", self.url)
    }

    /// The most memory that it has had, in bytes.
    #[cfg(target_os = "linux")]
    pub(crate) fn peak(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.0.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().strip_suffix(" kB").unwrap().trim().parse::<u64>().unwrap() * 1024
    }
}

/// Makes a key that may do everything on the connection `sandbox`.
pub(crate) fn key(home: &Home) -> (String, String) {
    let made = home.run(&[
        "keys",
        "add",
        "test",
        "--connection",
        "sandbox",
        "--action",
        "*",
        "--allow",
        "read,create,update,send,delete",
    ]);
    let made = made.json();
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    (text("id"), text("key"))
}

/// The input that makes so many contacts of a surname.
pub(crate) fn contacts(surname: &str, count: usize) -> Value {
    json!({ "items": (0..count).map(|i| json!({ "givenName": format!("N{i}"), "surname": surname })).collect::<Vec<_>>() })
}

/// Makes requests whose path has this text slow.
pub(crate) fn slow(sandbox: &Served, path: &str, millis: u64) {
    sandbox.control("POST", "faults", &json!({ "fault": { "kind": "slow", "millis": millis }, "path": path }));
}

pub(crate) fn no_faults(sandbox: &Served) {
    sandbox.control("DELETE", "faults", &Value::Null);
}

/// Waits until something holds; it is what the test is about, however long it takes.
pub(crate) async fn until(mut holds: impl FnMut() -> bool) {
    for _ in 0..6_000 {
        if holds() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("it did not come to that");
}
