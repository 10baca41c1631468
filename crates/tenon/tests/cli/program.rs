//! Runs `tenon`.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A home of its own for `tenon`, and what else its runs have in common.
pub(crate) struct Home {
    folder: TempDir,
    sandbox: Option<String>,
}

/// What came of a run.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Home {
    pub(crate) fn new() -> Home {
        Home { folder: tempfile::tempdir().unwrap(), sandbox: None }
    }

    /// As [`Home::new`], where the connection `sandbox` is one that is served.
    pub(crate) fn at(sandbox: &Served) -> Home {
        Home { sandbox: Some(sandbox.url.clone()), ..Home::new() }
    }

    /// The folder in which commands run. Data are kept in a folder below that does not exist yet.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn data(&self) -> std::path::PathBuf {
        self.folder().join("home")
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.folder().join(name), content).unwrap();
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tenon"));
        command.args(arguments).current_dir(self.folder()).env("TENON_HOME", self.data()).stdin(Stdio::null());
        for variable in [
            "TENON_CONNECTION",
            "TENON_SANDBOX_URL",
            "TENON_LOG",
            "TENON_KEY",
            "TENON_KEY_SOURCE",
            "NO_COLOR",
            "CLICOLOR_FORCE",
        ] {
            command.env_remove(variable);
        }
        if let Some(url) = &self.sandbox {
            command.env("TENON_SANDBOX_URL", url);
        }
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.command(arguments).output().unwrap().into()
    }

    /// As [`Home::run`], on the connection `sandbox`.
    pub(crate) fn on_sandbox(&self, arguments: &[&str]) -> Ran {
        self.command(arguments).args(["--connection", "sandbox"]).output().unwrap().into()
    }

    /// As [`Home::run`], with this on standard input.
    pub(crate) fn fed(&self, arguments: &[&str], input: &[u8]) -> Ran {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        child.wait_with_output().unwrap().into()
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Ran {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ran { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
    }
}

impl Ran {
    /// The output of a run that went well.
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.code, 0, "{self:?}");
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The error of a run with `--json` that did not.
    pub(crate) fn error(&self) -> Value {
        assert_eq!(self.out, "", "an error leaves standard output empty");
        let value: Value = serde_json::from_str(&self.err).unwrap_or_else(|error| panic!("{error}: {self:?}"));
        value["error"].clone()
    }

    /// The pointers of an error's violations.
    pub(crate) fn pointers(&self) -> Vec<String> {
        assert_eq!(self.code, 10, "{self:?}");
        self.error()["issues"]
            .as_array()
            .unwrap()
            .iter()
            .map(|issue| issue["pointer"].as_str().unwrap().to_owned())
            .collect()
    }
}

/// A process that ends with this value.
pub(crate) struct Running(pub(crate) Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Running {
    #[cfg(unix)]
    pub(crate) fn interrupt(&self) {
        self.signal(rustix::process::Signal::INT);
    }

    #[cfg(unix)]
    pub(crate) fn terminate(&self) {
        self.signal(rustix::process::Signal::TERM);
    }

    #[cfg(unix)]
    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        rustix::process::kill_process(rustix::process::Pid::from_child(&self.0), signal).unwrap();
    }

    pub(crate) fn wait(&mut self) -> i32 {
        self.0.wait().unwrap().code().unwrap_or(-1)
    }

    pub(crate) fn lines(&mut self) -> impl Iterator<Item = String> + use<> {
        BufReader::new(self.0.stdout.take().unwrap()).lines().map(Result::unwrap)
    }
}

/// `tenon sandbox`, served over loopback.
pub(crate) struct Served {
    pub(crate) url: String,
    /// What it printed at its start.
    pub(crate) announced: Value,
    pub(crate) process: Running,
}

impl Served {
    pub(crate) fn start() -> Served {
        Served::announced(&mut Home::new().command(&["sandbox"]))
    }

    /// A program that announces its address as `tenon sandbox` does.
    pub(crate) fn announced(command: &mut Command) -> Served {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let process = Running(child);
        let announced: Value = serde_json::from_str(&line).unwrap();
        let url = announced["url"].as_str().unwrap().to_owned();
        assert_eq!(announced["env"]["TENON_SANDBOX_URL"], url);
        Served { url, announced, process }
    }

    /// A request to its control, over HTTP/1.1 by hand.
    pub(crate) fn control(&self, method: &str, path: &str, body: &Value) -> Value {
        let host = self.url.strip_prefix("http://").unwrap();
        let mut stream = std::net::TcpStream::connect(host).unwrap();
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let head = format!(
            "{method} /sandbox/{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
    }

    /// How many requests to Graph came in.
    pub(crate) fn requests(&self) -> usize {
        let seen = self.control("GET", "requests", &Value::Null);
        seen["requests"].as_array().unwrap().iter().filter(|request| !request.to_string().contains("/sandbox/")).count()
    }
}
