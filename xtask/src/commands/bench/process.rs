//! Processes of their own: the server, and what must be measured from its start.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdin, Command, Stdio};

use serde::{Deserialize, Serialize};
use xtask::Result;

use super::server::{Address, Counts};
use super::{bare, cpu, ours};

/// A server that runs as long as this lives.
pub(super) struct Server {
    child: Child,
    // The server ends when this is closed, also if this process is killed.
    _input: Option<ChildStdin>,
    pub(super) address: Address,
    client: reqwest::Client,
}

impl Server {
    pub(super) fn start() -> Result<Server> {
        let mut child = this("serve")?.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let input = child.stdin.take();
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("the server has no output")?).read_line(&mut line)?;
        let address = serde_json::from_str(&line).map_err(|error| format!("the server did not start: {error}"))?;
        Ok(Server { child, _input: input, address, client: bare::client()? })
    }

    /// The Graph of this kind.
    pub(super) fn graph(&self, kind: &str) -> String {
        format!("{}/{kind}", self.address.http)
    }

    /// What it saw since the last time that this was asked.
    pub(super) async fn counts(&self) -> Result<Counts> {
        let answer = self.client.get(format!("{}/counts", self.address.http)).send().await?;
        Ok(serde_json::from_slice(&answer.bytes().await?)?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// This program as another process.
pub(super) fn this(part: &str) -> Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["bench", part]);
    Ok(command)
}

/// What a process of its own is told to list.
#[derive(Debug, clap::Args)]
pub(super) struct ListArgs {
    /// The Graph
    graph: String,
}

/// What reading a list took.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Listed {
    pub(super) items: usize,
    /// The most memory that the process had, in KiB; absent where the system does not tell.
    pub(super) peak: Option<u64>,
    /// The CPU time of the process, in microseconds.
    pub(super) cpu: u64,
}

pub(super) async fn list(args: ListArgs) -> Result<()> {
    let items = ours::list(&ours::host(&args.graph)?).await?;
    let listed = Listed { items, peak: peak(), cpu: cpu::own()?.as_micros() as u64 };
    println!("{}", serde_json::to_string(&listed)?);
    Ok(())
}

// Linux tells it; `ru_maxrss` would begin with what the parent had.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok())
}

/// What the least program is told to get.
#[derive(Debug, clap::Args)]
pub(super) struct StartArgs {
    /// The URL
    url: String,
}

pub(super) async fn start(args: StartArgs) -> Result<()> {
    let body = bare::get(&bare::client()?, &args.url).await?;
    println!("{}", String::from_utf8_lossy(&body));
    Ok(())
}
