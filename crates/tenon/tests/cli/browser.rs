//! The person with the browser: goes through a sign-in of the sandbox by hand.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use url::Url;

use crate::program::{Ran, Running};

pub(crate) const ADELE: &str = "AdeleV@contoso.example";
pub(crate) const ALEX: &str = "AlexW@contoso.example";

/// An answer to a request.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) location: Option<Url>,
    pub(crate) body: String,
}

/// A request over HTTP/1.1 to an address of this machine.
pub(crate) fn request(method: &str, url: &Url, form: &str) -> Answer {
    let (host, port) = (url.host_str().unwrap(), url.port().unwrap());
    assert!(["localhost", "127.0.0.1"].contains(&host), "{url} is not on this machine");
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let head = format!(
        "{method} {target} HTTP/1.1\r\nhost: {host}:{port}\r\nconnection: close\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n",
        form.len()
    );
    stream.write_all(format!("{head}{form}").as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let header = |line: &str| {
        line.split_once(": ")
            .filter(|(name, _)| name.eq_ignore_ascii_case("location"))
            .map(|(_, value)| Url::parse(value).unwrap())
    };
    Answer { status, location: head.lines().find_map(header), body: body.to_owned() }
}

/// Runs a command that prints where to sign in, signs in there as `who`, and waits for its end.
pub(crate) fn sign_in(command: Command, who: &str) -> Ran {
    sign_in_with(command, |url| {
        let mut url = url.clone();
        url.query_pairs_mut().append_pair("sandbox_auto", "1").append_pair("login_hint", who);
        let answer = request("GET", &url, "");
        assert_eq!(answer.status, 302, "{}", answer.body);
        let back = answer.location.unwrap();
        assert_eq!(request("GET", &back, "").status, 200);
    })
}

/// As [`sign_in`], where `person` does what there is to do at the address.
pub(crate) fn sign_in_with(mut command: Command, person: impl FnOnce(&Url)) -> Ran {
    let mut child = Running(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap());
    let mut lines = BufReader::new(child.0.stderr.take().unwrap()).lines().map(Result::unwrap);
    let mut err = String::new();
    for line in lines.by_ref() {
        err.push_str(&line);
        err.push('\n');
        if let Some(url) = address(&line) {
            person(&url);
            break;
        }
    }
    for line in lines {
        err.push_str(&line);
        err.push('\n');
    }
    let mut out = String::new();
    child.0.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    Ran { code: child.wait(), out, err }
}

/// The address that a note names.
fn address(line: &str) -> Option<Url> {
    let (_, url) = line.split_once("Sign in with your browser: ")?;
    Url::parse(url.trim_end_matches("\"}")).ok()
}

/// Runs a command that prints the code of a device, types it at the page of the sandbox, and waits for its end.
pub(crate) fn sign_in_elsewhere(mut command: Command, who: &str, decision: &str) -> Ran {
    let mut child = Running(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap());
    let mut lines = BufReader::new(child.0.stderr.take().unwrap());
    let mut err = String::new();
    let note = loop {
        let before = err.len();
        assert_ne!(lines.read_line(&mut err).unwrap(), 0, "no code was printed: {err}");
        if err[before..].contains("type the code ") {
            break err[before..].to_owned();
        }
    };
    let (page, code) = note.split_once("Open ").unwrap().1.split_once(" and type the code ").unwrap();
    let code = code.trim_end().trim_end_matches("\"}");
    let form = format!("user_code={code}&user={who}&decision={decision}");
    assert_eq!(request("POST", &Url::parse(page).unwrap(), &form).status, 200);
    lines.read_to_string(&mut err).unwrap();
    let mut out = String::new();
    child.0.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    Ran { code: child.wait(), out, err }
}
