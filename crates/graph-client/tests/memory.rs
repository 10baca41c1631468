//! Memory use of reading a response up to its limit, as the operating system counts it.
//!
//! Each case runs in a process of its own, because the most that a process has had is never less again.

#![cfg(target_os = "linux")]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::Arc;

use connector_sdk::{Code, Request, Transport};
use flate2::Compression;
use flate2::write::GzEncoder;
use graph_client::{Client, Endpoint, HttpTransport, Limits, Session};

#[path = "client/stage.rs"]
#[allow(dead_code, reason = "a part of the stage is enough here")]
mod stage;

/// Maximum size of a response, in bytes.
const LIMIT: usize = 64 << 20;
/// Number of bytes that the other side sends at once.
const PIECE: usize = 64 << 10;
const TRANSPORT: &str = "TENON_TEST_TRANSPORT";
const ADDRESS: &str = "TENON_TEST_ADDRESS";

/// Form in which a response comes.
#[derive(Debug, Clone, Copy)]
enum Shape {
    /// With its length.
    Length,
    /// Until the connection is closed.
    Close,
    /// In chunks, without a length.
    Chunks,
    /// Compressed with gzip.
    Gzip,
    /// Longer than the limit, and without an end.
    Endless,
}

impl Shape {
    /// Reads a request and responds to it.
    fn answer(self, stream: &mut TcpStream) -> std::io::Result<()> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte)?;
            head.push(byte[0]);
        }
        // A number and much room: what is no JSON would be asked for again.
        let mut piece = vec![b' '; PIECE];
        write!(stream, "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n")?;
        match self {
            Shape::Length => write!(stream, "content-length: {LIMIT}\r\n\r\n")?,
            Shape::Close | Shape::Endless => write!(stream, "\r\n")?,
            Shape::Chunks => write!(stream, "transfer-encoding: chunked\r\n\r\n")?,
            Shape::Gzip => {
                let mut coded = GzEncoder::new(Vec::new(), Compression::fast());
                piece[0] = b'1';
                coded.write_all(&piece)?;
                piece[0] = b' ';
                (1..LIMIT / PIECE).try_for_each(|_| coded.write_all(&piece))?;
                let coded = coded.finish()?;
                write!(stream, "content-encoding: gzip\r\ncontent-length: {}\r\n\r\n", coded.len())?;
                return stream.write_all(&coded);
            }
        }
        let pieces = if matches!(self, Shape::Endless) { usize::MAX } else { LIMIT / PIECE };
        for number in 0..pieces {
            piece[0] = if number == 0 { b'1' } else { b' ' };
            if matches!(self, Shape::Chunks) {
                write!(stream, "{PIECE:x}\r\n")?;
            }
            stream.write_all(&piece)?;
            if matches!(self, Shape::Chunks) {
                write!(stream, "\r\n")?;
            }
        }
        if matches!(self, Shape::Chunks) { write!(stream, "0\r\n\r\n") } else { Ok(()) }
    }
}

#[test]
fn reading_an_answer_takes_no_more_than_its_limit_and_a_half() {
    let transports = if cfg!(feature = "reqwest") { &["hyper", "reqwest"][..] } else { &["hyper"] };
    for shape in [Shape::Length, Shape::Close, Shape::Chunks, Shape::Gzip, Shape::Endless] {
        for transport in transports {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let address = listener.local_addr().unwrap().to_string();
            let server = std::thread::spawn(move || {
                // Whoever has read enough leaves, which is an error here.
                let _ = shape.answer(&mut listener.accept().unwrap().0);
            });
            let child = Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "one_answer", "--ignored", "--nocapture"])
                .envs([(TRANSPORT, *transport), (ADDRESS, &address)])
                .output()
                .unwrap();
            let text = String::from_utf8_lossy(&child.stdout);
            assert!(child.status.success(), "{transport} {shape:?}: {text} {}", String::from_utf8_lossy(&child.stderr));
            server.join().unwrap();
            let figure = |name: &str| text.split(name).nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
            let (read, most): (usize, usize) = (figure("read=").parse().unwrap(), figure("most=").parse().unwrap());
            assert_eq!(read, if matches!(shape, Shape::Endless) { 0 } else { LIMIT }, "{transport} {shape:?}");
            #[expect(clippy::print_stdout, reason = "figures for whoever wants to see them")]
            {
                println!("{transport} {shape:?}: {:.2} of the limit", most as f64 / LIMIT as f64);
            }
            assert!(most <= LIMIT + LIMIT / 2, "{transport} {shape:?} took {most} bytes for {LIMIT}");
        }
    }
}

/// Returns the peak memory use of this process so far, in bytes.
fn most() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() << 10
}

fn transport() -> Arc<dyn Transport> {
    let builder = HttpTransport::builder();
    match std::env::var(TRANSPORT).unwrap().as_str() {
        #[cfg(feature = "reqwest")]
        "reqwest" => Arc::new(builder.build_reqwest().unwrap()),
        _ => Arc::new(builder.build().unwrap()),
    }
}

#[test]
#[ignore = "a part of the other test, in a process of its own"]
fn one_answer() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let endpoint = Endpoint::new(&format!("http://{}", std::env::var(ADDRESS).unwrap())).unwrap();
    let session = Session { endpoint, ..stage::session() };
    let client = Client::builder(transport()).limits(Limits { answer: LIMIT, ..Limits::default() }).build();
    let before = most();
    let read = match runtime.block_on(client.send(&Request::get("/me"), &session)) {
        Ok(answer) => answer.body.len(),
        Err(error) if error.code() == Code::Protocol => 0,
        Err(error) => panic!("{error}"),
    };
    #[expect(clippy::print_stdout, reason = "this is how it tells the other process")]
    {
        println!("read={read} most={} ", most() - before);
    }
}
