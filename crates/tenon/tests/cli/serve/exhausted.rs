//! Clients that hold on to what they can: slow ones, and bodies that are too large.
#![cfg(target_os = "linux")]

use std::time::Duration;

use bytes::Bytes;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::OwnedReadHalf;

use super::{Client, Service, key};
use crate::program::Home;

const MOST: u64 = 200 << 20;
const BODY: usize = 40 << 20;

// What is answered until the connection ends, in whatever way.
async fn answered(mut from: OwnedReadHalf) -> String {
    let (mut all, mut buffer) = (Vec::new(), [0; 4096]);
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        all.extend_from_slice(&buffer[..read]);
    }
    String::from_utf8(all).unwrap()
}

#[expect(clippy::print_stdout, reason = "the figure")]
fn check_peak(service: &Service) {
    let peak = service.peak();
    println!("{} MiB at most", peak >> 20);
    assert!(peak < MOST, "{peak} bytes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_slow_clients_hinder_nobody() {
    let home = Home::new();
    let (_, key) = key(&home);
    let service = Service::start(&home);
    let head = format!(
        "POST /v1/actions/outlook.list_emails/run?connection=sandbox HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\n",
        service.address
    );
    let mut slow = Vec::new();
    for number in 0..200 {
        let (answer, mut to) = TcpStream::connect(service.address).await.unwrap().into_split();
        // One half drips its head, the other one its body.
        let first = if number % 2 == 0 { head.clone() } else { format!("{head}content-length: 100000\r\n\r\n{{") };
        let drop: &[u8] = if number % 2 == 0 { b"x-a: b\r\n" } else { b" " };
        to.write_all(first.as_bytes()).await.unwrap();
        tokio::spawn(async move {
            while to.write_all(drop).await.is_ok() {
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        });
        slow.push(tokio::spawn(answered(answer)));
    }
    let client = Client::new(Some(&key));
    for _ in 0..100 {
        let answer = client.post(&service.run("outlook.list_emails"), &[], &json!({ "limit": 1 })).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    // All of them come to an end by themselves.
    let (mut late, mut refused) = (0, 0);
    for answer in slow {
        let answer = answer.await.unwrap();
        late += usize::from(answer.starts_with("HTTP/1.1 408"));
        refused += usize::from(answer.starts_with("HTTP/1.1 503"));
    }
    assert_eq!(late + refused, 100, "{late} late, {refused} refused: those whose head had come");
    assert!(late >= 60, "{late}");
    check_peak(&service);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_of_forty_mebibytes_is_refused_as_json_and_taken_as_a_file() {
    let home = Home::new();
    let (_, key) = key(&home);
    let service = Service::start(&home);
    let run = format!(
        "POST /v1/actions/outlook.send_email/run?connection=sandbox HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {key}\r\ncontent-type: application/json\r\nconnection: close\r\n",
        service.address
    );
    let forms: [(&str, Vec<u8>); 2] = [
        (&format!("content-length: {BODY}\r\n\r\n"), vec![b' '; BODY]),
        ("transfer-encoding: chunked\r\n\r\n", format!("{BODY:x}\r\n{}", " ".repeat(BODY)).into_bytes()),
    ];
    for (rest, body) in forms {
        let (from, mut to) = TcpStream::connect(service.address).await.unwrap().into_split();
        let head = format!("{run}{rest}");
        tokio::spawn(async move {
            to.write_all(head.as_bytes()).await.unwrap();
            // Nobody reads the most of it.
            let _ = to.write_all(&body).await;
        });
        let answer = answered(from).await;
        assert!(answer.starts_with("HTTP/1.1 413") && answer.contains("too_large"), "{answer}");
    }
    let client = Client::new(Some(&key));
    let stored = client.begin("POST", &format!("{}/v1/files", service.url), &[], Bytes::from(vec![7; BODY])).await;
    assert_eq!(stored.unwrap().status().as_u16(), 201);
    check_peak(&service);
}
