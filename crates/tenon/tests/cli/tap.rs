//! A tap on the wire between the program and the sandbox: it learns every secret that passes.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A proxy on this machine that writes down what passes.
#[derive(Clone)]
pub(crate) struct Tap {
    pub(crate) url: String,
    seen: Arc<Mutex<Vec<u8>>>,
}

impl Tap {
    pub(crate) fn before(target: SocketAddr) -> Tap {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let tap = Tap { url: format!("http://{}", listener.local_addr().unwrap()), seen: Arc::default() };
        let seen = tap.seen.clone();
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let Ok(server) = TcpStream::connect(target) else { return };
                let (client2, server2) = (client.try_clone().unwrap(), server.try_clone().unwrap());
                let (there, back) = (seen.clone(), seen.clone());
                std::thread::spawn(move || copy(client, server, &there));
                std::thread::spawn(move || copy(server2, client2, &back));
            }
        });
        tap
    }

    /// The secrets that passed: tokens, codes, verifiers, assertions, and what stood in `Authorization`.
    pub(crate) fn secrets(&self) -> BTreeSet<String> {
        let seen = String::from_utf8_lossy(&self.seen.lock().unwrap()).into_owned();
        let mut all = BTreeSet::new();
        let mut add = |kind: &str, found: Vec<String>| {
            assert!(!found.is_empty(), "no {kind} has passed");
            all.extend(found);
        };
        for name in ["access_token", "refresh_token", "id_token", "device_code"] {
            // One that was cut off on its way runs on into what passed next.
            let whole = |text: &String| !text.contains(['\r', '\n', ' ']);
            add(name, after(&seen, &format!("\"{name}\":\""), &['"']).into_iter().filter(whole).collect());
        }
        for name in ["code", "code_verifier", "refresh_token", "device_code", "client_assertion", "client_secret"] {
            // First in a body, or later in it.
            let coded =
                ["&", "\n"].map(|start| after(&seen, &format!("{start}{name}="), &['&', ' ', '\r', '\n'])).concat();
            let plain = |text: &String| {
                url::form_urlencoded::parse(text.as_bytes()).map(|(text, _)| text.into_owned()).collect::<String>()
            };
            add(name, coded.iter().map(plain).collect());
        }
        add("bearer token", after(&seen, "authorization: Bearer ", &['\r']));
        // A secret is longer; a text that was cut off is not one.
        all.retain(|secret| secret.len() >= 16);
        all
    }
}

fn copy(mut from: TcpStream, mut to: TcpStream, seen: &Mutex<Vec<u8>>) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        seen.lock().unwrap().extend_from_slice(&buffer[..count]);
        if to.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}

fn after(text: &str, start: &str, ends: &[char]) -> Vec<String> {
    text.match_indices(start).map(|(at, _)| text[at + start.len()..].split(ends).next().unwrap().to_owned()).collect()
}
