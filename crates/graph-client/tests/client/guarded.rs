//! The guarded transport: what it refuses, before a connection is made.

use std::io;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use connector_sdk::{Code, Error, Transport};
use graph_client::{AddressRules, GuardedTransport, Resolver};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A server that counts connections, answers each with one text, and closes it.
struct Counting {
    port: u16,
    connections: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Drop for Counting {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Counting {
    async fn start(address: &str, answer: &'static str) -> Counting {
        let listener = TcpListener::bind((address, 0)).await.unwrap();
        let (port, connections) = (listener.local_addr().unwrap().port(), Arc::new(AtomicUsize::new(0)));
        let counted = connections.clone();
        let task = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                let _ = stream.read(&mut [0; 4096]).await;
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        Counting { port, connections, task }
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

const OK: &str = "HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";

/// A resolver that answers what a test tells it, one answer after the other; the last one for ever.
struct Told(Mutex<Vec<Vec<IpAddr>>>);

impl Told {
    fn answers(answers: &[&[&str]]) -> Arc<Told> {
        let parse = |answer: &&[&str]| answer.iter().map(|address| address.parse().unwrap()).collect();
        Arc::new(Told(Mutex::new(answers.iter().map(parse).collect())))
    }
}

#[async_trait]
impl Resolver for Told {
    async fn resolve(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        let mut answers = self.0.lock().unwrap();
        Ok(if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() })
    }
}

async fn post(transport: &GuardedTransport, url: &str) -> Result<u16, Error> {
    let request = http::Request::post(url).body(Bytes::from_static(b"{}")).unwrap();
    Ok(transport.send(request).await?.status().as_u16())
}

fn transport(rules: AddressRules) -> GuardedTransport {
    GuardedTransport::builder(rules).connect_timeout(Duration::from_millis(500)).build().unwrap()
}

/// Ways to write addresses that are not public.
const HOSTS: &[&str] = &[
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "127.255.255.254",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
    "017700000001",
    "127.0.0.1.",
    "127.0.0.01",
    "0x7f.0x0.0x0.0x1",
    "%31%32%37.0.0.1",
    "0",
    "0.0.0.0",
    "0x0",
    "00",
    "10.0.0.1",
    "10.1",
    "167772161",
    "0xa000001",
    "012.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "169.254.169.254",
    "2852039166",
    "0xa9fea9fe",
    "0251.0376.0251.0376",
    "169.254.43518",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "192.168.257",
    "3232235521",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "4294967295",
    "168.63.129.16",
    "[::]",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::127.0.0.1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:a9fe:a9fe]",
    "[::ffff:0:127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b::10.0.0.1]",
    "[64:ff9b:1::a00:1]",
    "[100::1]",
    "[2001::1]",
    "[2001:0:7f00:1::]",
    "[2001:10::1]",
    "[2001:20::1]",
    "[2001:db8::1]",
    "[2002:7f00:1::]",
    "[2002:a9fe:a9fe::]",
    "[3fff::1]",
    "[5f00::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[fdff::1]",
    "[fe80::1]",
    "[febf::1]",
    "[fec0::1]",
    "[ff02::1]",
    "[ff0e::1]",
    "[4000::1]",
    "[8000::1]",
];

#[tokio::test]
async fn what_is_not_public_is_never_connected_to() {
    let server = Counting::start("127.0.0.1", OK).await;
    let port = server.port;
    let mut urls: Vec<String> = Vec::new();
    for host in HOSTS {
        urls.push(format!("https://{host}/hook"));
        urls.push(format!("https://{host}:{port}/"));
        urls.push(format!("https://{host}:{port}/?to=https://hooks.example"));
        urls.push(format!("http://{host}:{port}/"));
    }
    for other in ["https://name:word@8.8.8.8/", "https://8.8.8.8@127.0.0.1/", "https://hooks.example@127.0.0.1/"] {
        urls.push(other.to_owned());
    }
    assert!(urls.len() >= 300, "{}", urls.len());
    let usual = transport(AddressRules::default());
    let with_http = transport(AddressRules::default().allow_http());
    let others_allowed = transport(AddressRules::default().allow("10.77.0.0/16").unwrap());
    for url in &urls {
        // What cannot be written as the address of a request cannot be sent at all.
        if http::Request::post(url.as_str()).body(()).is_err() {
            assert!(AddressRules::default().check(&url.parse().unwrap()).is_err(), "{url}");
            continue;
        }
        for transport in [&usual, &with_http, &others_allowed] {
            let error = post(transport, url).await.unwrap_err();
            assert_eq!((error.code(), error.reason()), (Code::Denied, Some("address")), "{url}");
            assert!(!format!("{error:#}").contains("127.0.0.1"), "{error:#}");
        }
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn names_are_judged_by_the_addresses_that_they_have_at_that_moment() {
    let server = Counting::start("127.0.0.1", OK).await;
    let rules = || AddressRules::default().allow_http();
    let url = format!("http://hooks.example:{}/", server.port);
    for addresses in [
        &["127.0.0.1"][..],
        &["::1"],
        &["::ffff:127.0.0.1"],
        &["10.0.0.1"],
        &["169.254.169.254"],
        &["64:ff9b::7f00:1"],
        &["2002:7f00:1::"],
        &["8.8.8.8", "127.0.0.1"],
        &["127.0.0.1", "8.8.8.8"],
    ] {
        let transport = GuardedTransport::builder(rules()).resolver(Told::answers(&[addresses])).build().unwrap();
        let error = post(&transport, &url).await.unwrap_err();
        assert_eq!((error.code(), error.reason()), (Code::Denied, Some("address")), "{addresses:?}");
    }
    // The system's resolver knows this name.
    let error = post(&transport(rules()), &format!("http://localhost:{}/", server.port)).await.unwrap_err();
    assert_eq!(error.reason(), Some("address"));
    assert_eq!(server.connections(), 0);
    let nothing = GuardedTransport::builder(rules()).resolver(Told::answers(&[&[]])).build().unwrap();
    assert_eq!(post(&nothing, &url).await.unwrap_err().reason(), Some("dns"));
}

#[tokio::test]
async fn a_name_that_is_bound_anew_reaches_nothing_else() {
    let (inside, allowed) = (Counting::start("127.0.0.1", OK).await, Counting::start("127.0.0.2", OK).await);
    let rules = AddressRules::default().allow("127.0.0.2").unwrap();
    let names = Told::answers(&[&["127.0.0.2"], &["127.0.0.1"]]);
    let transport = GuardedTransport::builder(rules).resolver(names).build().unwrap();
    assert_eq!(post(&transport, &format!("http://hooks.example:{}/", allowed.port)).await.unwrap(), 204);
    // The same name again, on the port of the server that must not be reached.
    let error = post(&transport, &format!("http://hooks.example:{}/", inside.port)).await.unwrap_err();
    assert_eq!((error.code(), error.reason()), (Code::Denied, Some("address")));
    assert_eq!((inside.connections(), allowed.connections()), (0, 1));
}

#[tokio::test]
async fn redirects_are_returned_and_not_followed() {
    let inside = Counting::start("127.0.0.1", OK).await;
    let to_inside = format!(
        "HTTP/1.1 307 Temporary Redirect\r\nlocation: http://127.0.0.1:{}/\r\ncontent-length: 0\r\n\r\n",
        inside.port
    );
    let outside = Counting::start("127.0.0.2", to_inside.leak()).await;
    let transport = transport(AddressRules::default().allow("127.0.0.2").unwrap());
    assert_eq!(post(&transport, &format!("http://127.0.0.2:{}/", outside.port)).await.unwrap(), 307);
    assert_eq!((inside.connections(), outside.connections()), (0, 1));
}

#[tokio::test]
async fn failures_say_what_they_are_and_nothing_about_the_network() {
    let rules = || AddressRules::default().allow("127.0.0.0/8").unwrap();
    let transport = transport(rules());
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let plain = Counting::start("127.0.0.1", OK).await;
    let closing = Counting::start("127.0.0.1", "").await;
    for (url, code, reason) in [
        (format!("http://127.0.0.1:{free}/"), Code::Unavailable, "refused"),
        (format!("https://127.0.0.1:{}/", plain.port), Code::Unavailable, "tls"),
        (format!("http://127.0.0.1:{}/", closing.port), Code::OutcomeUnknown, "broken_off"),
    ] {
        let error = post(&transport, &url).await.unwrap_err();
        assert_eq!((error.code(), error.reason()), (code, Some(reason)), "{url}: {error:#}");
        assert!(!format!("{error:#}").contains("127.0.0.1"), "{error:#}");
    }
}
