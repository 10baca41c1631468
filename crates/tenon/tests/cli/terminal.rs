//! The program on a terminal: a pseudo terminal is at the other end of its output.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::process::Stdio;

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use serde_json::json;

use crate::program::{Home, Running, Served};

/// Runs it on a terminal of so many columns; what the terminal gets, and the exit code.
pub(crate) fn on_terminal(home: &Home, arguments: &[&str], columns: u16) -> (String, i32) {
    let (screen, end) = terminal(columns);
    let mut command = home.command(arguments);
    command.env("TERM", "xterm-256color").stdout(Stdio::from(end.try_clone().unwrap())).stderr(Stdio::from(end));
    let mut child = command.spawn().unwrap();
    // The program's is the only other end now: reading ends when it does.
    drop(command);
    let mut seen = Vec::new();
    // Linux says EIO at the end.
    let _ = File::from(screen).read_to_end(&mut seen);
    (String::from_utf8(seen).unwrap().replace("\r\n", "\n"), child.wait().unwrap().code().unwrap_or(-1))
}

fn terminal(columns: u16) -> (OwnedFd, OwnedFd) {
    let screen = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&screen).unwrap();
    unlockpt(&screen).unwrap();
    tcsetwinsize(&screen, Winsize { ws_row: 50, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
    let name = ptsname(&screen, Vec::new()).unwrap();
    let end = rustix::fs::open(&name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
    (screen, end)
}

/// A program that a person talks to on a terminal.
pub(crate) struct Talk {
    screen: File,
    seen: String,
    process: Running,
}

impl Talk {
    pub(crate) fn begin(home: &Home, arguments: &[&str]) -> Talk {
        let (screen, end) = terminal(100);
        let mut command = home.command(arguments);
        command.env("NO_COLOR", "1").env("TERM", "xterm-256color");
        command.stdin(end.try_clone().unwrap()).stdout(end.try_clone().unwrap()).stderr(end);
        let process = Running(command.spawn().unwrap());
        Talk { screen: File::from(screen), seen: String::new(), process }
    }

    /// What was shown since the last time, up to this text.
    pub(crate) fn until(&mut self, text: &str) -> String {
        loop {
            if let Some(at) = self.seen.find(text) {
                let rest = self.seen.split_off(at + text.len());
                return std::mem::replace(&mut self.seen, rest);
            }
            let mut some = [0; 4096];
            let count = self.screen.read(&mut some).unwrap_or(0);
            assert_ne!(count, 0, "`{text}` was not shown, but {}", self.seen);
            self.seen.push_str(&String::from_utf8_lossy(&some[..count]).replace("\r\n", "\n"));
        }
    }

    pub(crate) fn types(&mut self, line: &str) {
        writeln!(self.screen, "{line}").unwrap();
    }

    /// What was shown until its end, and its exit code.
    pub(crate) fn end(mut self) -> (String, i32) {
        let mut rest = Vec::new();
        let _ = self.screen.read_to_end(&mut rest);
        (self.seen + &String::from_utf8_lossy(&rest).replace("\r\n", "\n"), self.process.wait())
    }
}

// Without colours.
fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut parts = text.split('\u{1b}');
    out.push_str(parts.next().unwrap());
    for part in parts {
        let end = part.find(|letter: char| letter.is_ascii_alphabetic()).expect("an escape sequence has an end");
        assert!(part.starts_with('[') && part[end..].starts_with('m'), "only colours are sent, not {part:?}");
        out.push_str(&part[end + 1..]);
    }
    out
}

#[test]
fn a_list_is_a_table_that_fits() {
    let home = Home::new();
    for columns in [40, 80, 200] {
        let (shown, code) =
            on_terminal(&home, &["run", "outlook.list_emails", "-q", "-c", "sandbox", "--set", "limit=3"], columns);
        let shown = plain(&shown);
        assert_eq!(code, 0, "{shown}");
        let lines: Vec<&str> = shown.lines().collect();
        assert!(lines[0].starts_with("subject"), "{shown}");
        assert!(lines[..4].iter().all(|line| line.chars().count() <= columns.into()), "{shown}");
        assert!(lines.contains(&"3 items"), "{shown}");
    }
}

#[test]
fn errors_do_not_act_on_the_terminal() {
    let home = Home::new();
    let hostile = "a\u{1b}[2J\u{9b}31m\u{202e}\nerror: forged";
    for arguments in [
        &["run", hostile, "-c", "sandbox"][..],
        &["run", hostile, "-c", "sandbox", "--json"],
        &["run", "outlook.list_emails", "--set", hostile, "-c", "sandbox"],
        &["run", "outlook.list_emails", "-c", hostile],
        &["connections", hostile],
        &["connections", hostile, "--json"],
        &[hostile],
        &["run", "outlook.list_emails", "--deadline", hostile],
    ] {
        let (shown, code) = on_terminal(&home, arguments, 100);
        let shown = plain(&shown);
        assert_ne!(code, 0, "{arguments:?}");
        assert!(
            !shown.contains(|letter: char| letter != '\n' && letter.is_control() || letter == '\u{202e}'),
            "{arguments:?}: {shown:?}"
        );
        assert!(!shown.lines().any(|line| line.starts_with("error: forged")), "{arguments:?}: {shown}");
    }
}

#[test]
fn an_object_is_lines_and_json_is_json() {
    let home = Home::new();
    let (shown, _) = on_terminal(&home, &["raw", "GET", "/me", "-c", "sandbox"], 80);
    assert!(
        plain(&shown).lines().any(|line| line.trim_start().starts_with("userPrincipalName:") && line.ends_with("AdeleV@contoso.example")),
        "{shown}"
    );
    let (shown, _) = on_terminal(&home, &["raw", "GET", "/me", "-c", "sandbox", "--json"], 80);
    let value: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(value["body"]["userPrincipalName"], "AdeleV@contoso.example");
}

#[test]
fn errors_are_readable() {
    let (shown, code) =
        on_terminal(&Home::new(), &["run", "outlook.send_email", "-c", "sandbox", "--set", "to=nonsense"], 80);
    let shown = plain(&shown);
    assert_eq!(code, 10);
    assert!(shown.starts_with("error: the input is not valid in 3 places [invalid_input]\n"), "{shown}");
    assert!(shown.contains("  /to/0 ") && shown.contains("what to do: "), "{shown}");
}

#[test]
fn a_hostile_subject_does_nothing_to_the_terminal() {
    let sandbox = Served::start();
    let home = Home::at(&sandbox);
    let subject = "\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}gpj.exe\r\nnext";
    sandbox.control(
        "POST",
        "deliver",
        &json!({ "mailbox": "AdeleV@contoso.example", "message": { "subject": subject } }),
    );
    for arguments in [&["--set", "limit=1"][..], &["--set", "limit=1", "--json"], &["--set", "limit=1", "--lines"]] {
        let (shown, code) =
            on_terminal(&home, &[&["run", "outlook.list_emails", "-c", "sandbox"], arguments].concat(), 120);
        assert_eq!(code, 0, "{shown:?}");
        // `plain` refuses every sequence that is not a colour.
        let shown = plain(&shown);
        assert!(shown.contains("owned"), "{shown:?}");
        assert!(
            !shown.contains(|letter: char| letter.is_control() && letter != '\n') && !shown.contains('\u{202e}'),
            "{shown:?}"
        );
    }
}

#[test]
fn descriptions_and_lists_are_readable() {
    let home = Home::new();
    let (shown, _) = on_terminal(&home, &["describe", "outlook.send_email"], 80);
    let shown = plain(&shown);
    assert!(shown.contains("\n  subject*  string\n") && shown.contains("a user:            Mail.Send"), "{shown}");
    let (shown, _) = on_terminal(&home, &["actions"], 80);
    assert!(
        plain(&shown).lines().any(|line| line.starts_with("  outlook.send_email") && line.contains("Send email")),
        "{shown}"
    );
    let (shown, _) = on_terminal(
        &home,
        &[
            "preview",
            "outlook.send_email",
            "-c",
            "sandbox",
            "--set",
            "to=a@contoso.example",
            "--set",
            "subject=S",
            "--set",
            "body=B",
        ],
        80,
    );
    let shown = plain(&shown);
    assert!(
        shown.starts_with("POST https://graph.microsoft.com/v1.0/me/sendMail\n")
            && shown.ends_with("Nothing was sent.\n"),
        "{shown}"
    );
}

#[test]
fn a_wait_is_told_and_cleared() {
    let sandbox = Served::start();
    let home = Home::at(&sandbox);
    let throttle = json!({ "fault": { "kind": "throttle", "retryAfter": 1 }, "path": "/messages", "times": 1 });
    sandbox.control("POST", "faults", &throttle);
    let list = ["run", "outlook.list_emails", "-c", "sandbox", "--set", "limit=1"];
    let (shown, code) = on_terminal(&home, &list, 80);
    assert_eq!(code, 0, "{shown:?}");
    // The bar is taken away before the table comes.
    let (bar, table) = shown.split_once("subject").unwrap();
    assert!(bar.contains("waiting 1 s") || bar.contains("waiting 2 s"), "{shown:?}");
    assert!(!table.contains("waiting"), "{shown:?}");

    sandbox.control("POST", "faults", &throttle);
    let (shown, _) = on_terminal(&home, &[&list[..], &["--quiet"]].concat(), 80);
    assert!(!shown.contains("waiting"), "{shown:?}");
}
