//! The service that the tools look at.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use xtask::Result;
use xtask::checkout::Checkout;

use super::FOLDER;

/// What the key may do: everything, on the connection of the sandbox.
const GRANT: [&str; 6] = ["--connection", "sandbox", "--action", "*", "--allow", "read,create,update,send,delete"];

/// The rights of the key beside runs.
const RIGHTS: &str = "connect,approve,keys,audit=all,metrics,watches,destinations";

/// A service over its own sandbox, in a process that ends with this value.
pub(in crate::commands) struct Server {
    process: Child,
    url: String,
    key: String,
}

impl Server {
    /// Starts the service with an empty store, on a free port of this machine.
    ///
    /// # Errors
    /// When it does not start.
    pub(super) fn start(checkout: &Checkout) -> Result<Server> {
        Server::start_in(checkout, FOLDER, &[&GRANT[..], &["--right", RIGHTS]].concat())
    }

    /// Starts the service as [`Server::start`] does, with its store below this folder and a key with this grant.
    ///
    /// # Errors
    /// When it does not start.
    pub(in crate::commands) fn start_in(checkout: &Checkout, folder: &str, grant: &[&str]) -> Result<Server> {
        let home = checkout.path(&format!("{folder}/home"));
        if home.exists() {
            std::fs::remove_dir_all(&home)?;
        }
        std::fs::create_dir_all(&home)?;
        let made = tenon(checkout, &home).args(["keys", "add", "tools"]).args(grant).output()?;
        if !made.status.success() {
            return Err(format!("no key was made: {}", String::from_utf8_lossy(&made.stderr)).into());
        }
        let made: Value = serde_json::from_slice(&made.stdout)?;
        let mut serve = tenon(checkout, &home);
        serve.args(["serve", "--listen", "127.0.0.1:0", "--requests-per-minute", "0"]).stdout(Stdio::piped());
        let mut process = serve.spawn()?;
        let line = process.stdout.take().and_then(|out| BufReader::new(out).lines().next());
        let mut server = Server { process, url: String::new(), key: text(&made, "key") };
        server.url = text(&serde_json::from_str(&line.ok_or("the service did not start")??)?, "url");
        Ok(server)
    }

    /// Returns the address of the service.
    pub(in crate::commands) fn url(&self) -> &str {
        &self.url
    }

    /// Returns a key that may do everything on the connection of the sandbox.
    pub(in crate::commands) fn key(&self) -> &str {
        &self.key
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has nothing that must be kept.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn tenon(checkout: &Checkout, home: &PathBuf) -> Command {
    let mut command = Command::new(checkout.path(&format!("target/debug/tenon{}", std::env::consts::EXE_SUFFIX)));
    command.env("TENON_HOME", home).stdin(Stdio::null());
    command
}

fn text(value: &Value, name: &str) -> String {
    value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}
