//! TLS and proxies over real connections.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use connector_sdk::{Code, Request, Retry};
use graph_client::{Client, Endpoint, HttpTransport, HttpTransportBuilder, Session};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::rustls as tls;

use super::network::{Server, client, once, reply};
use super::transport;
use crate::stage::session;

/// A server with a certificate of its own for `localhost`, that speaks HTTP/1.1 and, where that is agreed on, HTTP/2.
pub(crate) struct Secure {
    pub(crate) port: u16,
    certificate: rcgen::Certificate,
    // The versions of the requests, and how many connections there were.
    pub(crate) seen: Arc<Mutex<(Vec<http::Version>, usize)>>,
    task: JoinHandle<()>,
}

impl Drop for Secure {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Secure {
    pub(crate) async fn start(alpn: &[&str]) -> Secure {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = tls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let mut config = tls::ServerConfig::builder_with_provider(Arc::new(tls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
        let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new((Vec::new(), 0)));
        let log = seen.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let Ok(stream) = acceptor.accept(stream).await else { continue };
                log.lock().unwrap().1 += 1;
                let log = log.clone();
                let service = service_fn(move |request: http::Request<Incoming>| {
                    log.lock().unwrap().0.push(request.version());
                    async { Ok::<_, Infallible>(http::Response::new(Full::new(Bytes::from_static(b"{}")))) }
                });
                let server = hyper_util::server::conn::auto::Builder::new(hyper_util::rt::TokioExecutor::new());
                tokio::spawn(async move { server.serve_connection(TokioIo::new(stream), service).await.ok() });
            }
        });
        Secure { port, certificate: made.cert, seen, task }
    }

    pub(crate) fn session(&self) -> Session {
        Session { endpoint: Endpoint::new(&format!("https://localhost:{}", self.port)).unwrap(), ..session() }
    }

    pub(crate) fn trusted(&self) -> HttpTransportBuilder {
        HttpTransport::builder().root_der(self.certificate.der())
    }
}

#[tokio::test]
async fn tls_with_a_root_of_ones_own() {
    let server = Secure::start(&[]).await;
    let request = once(Request::get("/me"));
    let error = client().send(&request, &server.session()).await.unwrap_err();
    assert_eq!(
        (error.code(), error.retryability()),
        (Code::Unavailable, Retry::Never),
        "a certificate that nobody vouches for: {error}"
    );
    assert!(
        error.to_string().contains("certificate is not trusted") && error.advice().contains("SSL_CERT_FILE"),
        "{error}"
    );
    for trusting in [server.trusted(), HttpTransport::builder().root_pem(server.certificate.pem().as_bytes()).unwrap()]
    {
        Client::new(transport(trusting)).send(&request, &server.session()).await.unwrap();
    }
    assert!(HttpTransport::builder().root_pem(b"nothing").is_err());
    assert!(HttpTransport::builder().root_der(b"nothing").build().is_err());
    assert!(HttpTransport::builder().user_agent("a\nb").build().is_err());
}

#[tokio::test]
async fn many_requests_share_a_connection_of_http_2() {
    for (alpn, version) in [(&["h2", "http/1.1"][..], http::Version::HTTP_2), (&["http/1.1"], http::Version::HTTP_11)] {
        let server = Secure::start(alpn).await;
        let client = Client::new(transport(server.trusted()));
        for _ in 0..3 {
            client.send(&Request::post("/me/sendMail").json("x"), &server.session()).await.unwrap();
        }
        assert_eq!(*server.seen.lock().unwrap(), (vec![version; 3], 1));
    }
}

/// A proxy that asks for a name and a password, and notes where it was asked to lead.
async fn proxy() -> (SocketAddr, Arc<Mutex<Vec<String>>>, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, asked) = (listener.local_addr().unwrap(), Arc::new(Mutex::new(Vec::new())));
    let log = asked.clone();
    let task = tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(stream.read_u8().await.unwrap());
            }
            let head = String::from_utf8(head).unwrap();
            let to = head.split(' ').nth(1).unwrap().to_owned();
            log.lock().unwrap().push(head.lines().next().unwrap().to_owned());
            // `tenon:open`
            if !head.to_ascii_lowercase().contains("proxy-authorization: basic dgvub246b3blbg==") {
                stream.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n").await.unwrap();
                continue;
            }
            let mut other = tokio::net::TcpStream::connect(to).await.unwrap();
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
            tokio::spawn(async move { tokio::io::copy_bidirectional(&mut stream, &mut other).await.ok() });
        }
    });
    (address, asked, task)
}

#[tokio::test]
async fn https_goes_through_a_proxy_and_a_sandbox_does_not() {
    let server = Secure::start(&["h2"]).await;
    let (address, asked, task) = proxy().await;
    let through = |url: String| Client::new(transport(server.trusted().proxy(&url).unwrap()));
    let client = through(format!("http://tenon:open@{address}"));
    client.send(&Request::get("/me"), &server.session()).await.unwrap();
    assert_eq!(*asked.lock().unwrap(), [format!("CONNECT localhost:{} HTTP/1.1", server.port)]);
    let sandbox = Server::start(|_| reply(200, "{}")).await;
    client.send(&Request::get("/me"), &sandbox.session()).await.unwrap();
    assert_eq!(asked.lock().unwrap().len(), 1, "plain http reaches loopback addresses only");

    let error = through(format!("http://tenon:wrong@{address}"))
        .send(&once(Request::post("/me/sendMail")), &server.session())
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::Unavailable, "{error}");
    assert!(format!("{error:#}").contains("proxy") && !format!("{error:#} {error:?}").contains("wrong"), "{error:?}");
    for bad in ["socks9://127.0.0.1:1", "", "http://"] {
        assert!(HttpTransport::builder().proxy(bad).is_err(), "{bad}");
    }
    task.abort();
}
