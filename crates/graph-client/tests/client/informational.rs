//! Informational answers before the answer.

use bytes::Bytes;
use connector_sdk::Request;
use graph_client::{Client, Endpoint, HttpTransport, Session};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::transport;
use crate::stage::session;

#[tokio::test]
async fn they_are_read_past_and_the_connection_goes_on() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = Endpoint::new(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    let task = tokio::spawn(async move {
        // One connection: what comes before an answer leaves nothing behind.
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut buffer = [0; 4096];
        for number in 0..3 {
            assert_ne!(stream.read(&mut buffer).await.unwrap(), 0);
            let early = "HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\nRetry-After: 3600\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n";
            // In pieces, as they come over a network.
            for piece in early.as_bytes().chunks(17) {
                stream.write_all(piece).await.unwrap();
                stream.flush().await.unwrap();
                tokio::task::yield_now().await;
            }
            stream.write_all(format!("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n{number}").as_bytes()).await.unwrap();
        }
        stream
    });
    let (client, session) = (Client::new(transport(HttpTransport::builder())), Session { endpoint, ..session() });
    for (number, request) in
        [Request::get("/me"), Request::post("/me/sendMail").json("x"), Request::get("/me")].into_iter().enumerate()
    {
        let answer = client.send(&request, &session).await.unwrap();
        assert_eq!(
            (answer.status.as_u16(), answer.body, answer.retry_after),
            (200, Bytes::from(number.to_string()), None)
        );
    }
    task.await.unwrap();
}
