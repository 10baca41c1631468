//! Through a SOCKS5 proxy (RFC 1928, RFC 1929) on a loopback address.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use connector_sdk::{Code, Request, Transport};
use graph_client::{Client, Endpoint, HttpTransport, ReqwestClient, ReqwestTransport, Session, no_redirects};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::over_reqwest::network::{Server, once, reply};
use crate::over_reqwest::tls::Secure;
use crate::stage::session;

/// A proxy that asks for the name `tenon` and the password `open`, and notes where it was asked to lead.
struct Socks {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Drop for Socks {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Socks {
    async fn start() -> Socks {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, asked) = (listener.local_addr().unwrap(), Arc::new(Mutex::new(Vec::new())));
        let log = asked.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, log.clone()));
            }
        });
        Socks { address, asked, task }
    }
}

async fn serve(mut stream: TcpStream, asked: Arc<Mutex<Vec<String>>>) -> std::io::Result<()> {
    let version = stream.read_u8().await?;
    let methods = text(&mut stream).await?;
    // Only with a name and a password.
    let accepted = if version == 5 && methods.contains(&2) { 2 } else { 0xff };
    stream.write_all(&[5, accepted]).await?;
    stream.read_u8().await?;
    let who = (text(&mut stream).await?, text(&mut stream).await?);
    let welcome = who == (b"tenon".to_vec(), b"open".to_vec());
    stream.write_all(&[1, u8::from(!welcome)]).await?;
    if !welcome {
        return Ok(());
    }
    let mut head = [0; 4];
    stream.read_exact(&mut head).await?;
    let (host, by) = match head[3] {
        1 => (std::net::Ipv4Addr::from(stream.read_u32().await?).to_string(), "address"),
        3 => (String::from_utf8(text(&mut stream).await?).unwrap(), "name"),
        _ => (std::net::Ipv6Addr::from(stream.read_u128().await?).to_string(), "address"),
    };
    let port = stream.read_u16().await?;
    asked.lock().unwrap().push(format!("{by} {host}:{port}"));
    let mut other = TcpStream::connect((host.as_str(), port)).await?;
    stream.write_all(&[5, 0, 0, 1, 127, 0, 0, 1, 0, 0]).await?;
    tokio::io::copy_bidirectional(&mut stream, &mut other).await.map(|_| ())
}

async fn text(stream: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut text = vec![0; stream.read_u8().await?.into()];
    stream.read_exact(&mut text).await?;
    Ok(text)
}

#[tokio::test]
async fn https_goes_through_it_and_a_sandbox_does_not() {
    let (server, socks) = (Secure::start(&["h2"]).await, Socks::start().await);
    for (scheme, by) in [("socks5h", "name localhost"), ("socks5", "address 127.0.0.1")] {
        let proxy = format!("{scheme}://tenon:open@{}", socks.address);
        let client = Client::new(Arc::new(server.trusted().proxy(&proxy).unwrap().build_reqwest().unwrap()));
        client.send(&Request::post("/me/sendMail"), &server.session()).await.unwrap();
        let asked = std::mem::take(&mut *socks.asked.lock().unwrap());
        let local = format!("address ::1:{}", server.port);
        assert!(
            asked == [format!("{by}:{}", server.port)] || (scheme == "socks5" && asked.contains(&local)),
            "{scheme}: {asked:?}"
        );
        let sandbox = Server::start(|_| reply(200, "{}")).await;
        client.send(&Request::get("/me"), &sandbox.session()).await.unwrap();
        assert_eq!(socks.asked.lock().unwrap().len(), 0, "plain http reaches loopback addresses only");
    }
}

#[tokio::test]
async fn a_proxy_that_refuses_lets_nothing_through() {
    let (server, socks) = (Secure::start(&[]).await, Socks::start().await);
    let through =
        |address: String| Client::new(Arc::new(server.trusted().proxy(&address).unwrap().build_reqwest().unwrap()));
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    for proxy in [
        format!("socks5h://tenon:canary@{}", socks.address),
        format!("socks5h://{}", socks.address),
        format!("socks5h://{nobody}"),
    ] {
        let error = through(proxy).send(&once(Request::post("/me/sendMail")), &server.session()).await.unwrap_err();
        assert_eq!(error.code(), Code::Unavailable, "{error:#}");
        let told = format!("{error:#} {error:?}");
        assert!(!told.contains("canary") && !told.contains("sendMail"), "{told}");
    }
    assert!(server.seen.lock().unwrap().0.is_empty());
}

#[tokio::test]
async fn the_usual_transport_says_that_it_cannot() {
    let error = HttpTransport::builder().proxy("socks5://127.0.0.1:1").unwrap().build().err().unwrap();
    assert!(error.code() == Code::InvalidInput && error.advice().contains("reqwest"), "{error}");
}

#[tokio::test]
async fn a_client_of_ones_own() {
    // TLS needs a provider in a client that is made without ours.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let own = || ReqwestClient::builder().user_agent("contoso/1").no_proxy();
    assert_eq!(
        ReqwestTransport::new(own().build().unwrap()).err().unwrap().code(),
        Code::InvalidInput,
        "it follows redirects"
    );
    let transport = ReqwestTransport::new(own().redirect(no_redirects()).build().unwrap()).unwrap();
    let server = Server::start(|_| reply(200, "{}")).await;
    Client::new(Arc::new(transport.clone())).send(&Request::get("/me"), &server.session()).await.unwrap();
    assert_eq!(server.seen.lock().unwrap()[0].headers()["user-agent"], "contoso/1");
    let endpoint = Endpoint::new("http://127.0.0.1:1").unwrap();
    let error = Client::new(Arc::new(transport) as Arc<dyn Transport>)
        .send(&once(Request::post("/me/sendMail")), &Session { endpoint, ..session() })
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::Unavailable, "{error:#}");
}
