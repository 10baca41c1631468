//! The stage behind a real transport: hosts of any name on a loopback address, over TLS.
//!
//! The transport is told of a proxy and of an authority for certificates. The proxy leads nowhere: it answers in the
//! place of each host, with a certificate of its name, what the stage says. So nothing is changed in the requests, and
//! nothing leaves the machine.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use connector_sdk::Transport;
use graph_client::{Client, HttpTransport, HttpTransportBuilder, RetryPolicy};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls as tls;

use crate::stage::{End, Stage};

/// Creates a client whose every host is this stage. `build` makes the transport. It ends with the runtime of the test.
pub(crate) async fn client(stage: &Arc<Stage>, build: fn(HttpTransportBuilder) -> Arc<dyn Transport>) -> Client {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    let issuer = Arc::new(Issuer::new(params, key));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address: SocketAddr = listener.local_addr().unwrap();
    let stage = stage.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(lead(stream, issuer.clone(), stage.clone()));
        }
    });
    let builder = HttpTransport::builder().root_der(certificate.der()).proxy(&format!("http://{address}")).unwrap();
    // The pauses between tries are short, what the other side asks for is not.
    Client::builder(build(builder))
        .retries(RetryPolicy { base: Duration::from_millis(1), ..RetryPolicy::default() })
        .build()
}

// One connection: where it is to lead, and what is answered there.
async fn lead(mut stream: TcpStream, issuer: Arc<Issuer<'static, KeyPair>>, stage: Arc<Stage>) -> Option<()> {
    let head = head(&mut stream).await?;
    let authority = head.strip_prefix("CONNECT ")?.split(' ').next()?;
    let (host, name) = (authority.trim_end_matches(":443").to_owned(), authority.rsplit_once(':')?.0.to_owned());
    stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.ok()?;
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new([name]).ok()?.signed_by(&key, &issuer).ok()?;
    let config = tls::ServerConfig::builder_with_provider(Arc::new(tls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![leaf.der().clone()],
            tls::pki_types::PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        )
        .unwrap();
    let mut stream = TlsAcceptor::from(Arc::new(config)).accept(stream).await.ok()?;
    let (method, path, headers, body) = request(&mut stream).await?;
    let url = format!("https://{host}{path}");
    let reply = stage.play(method, url, headers, body);
    sleep(reply.after).await;
    let mut head = format!("HTTP/1.1 {} X\r\nconnection: close\r\n", reply.status);
    reply.headers.iter().for_each(|(name, value)| head.push_str(&format!("{name}: {value}\r\n")));
    let has_length = reply.headers.iter().any(|(name, _)| *name == "content-length");
    let bare = matches!(reply.status, 204 | 304);
    let (broken, chunked) = match reply.end {
        End::Lost => return None,
        End::NoProgress => std::future::pending().await,
        End::Unreachable | End::Trickle(_) => panic!("that is played without a connection"),
        // Without a length, what is missing shows only in the last chunk.
        End::Broken => (true, !has_length),
        End::Whole => (false, false),
    };
    match chunked {
        true => head.push_str(&format!("transfer-encoding: chunked\r\n\r\n{:x}\r\n", reply.body.len() + 1)),
        false if has_length || bare => head.push_str("\r\n"),
        false => head.push_str(&format!("content-length: {}\r\n\r\n", reply.body.len())),
    }
    stream.write_all(head.as_bytes()).await.ok()?;
    stream.write_all(&reply.body).await.ok()?;
    stream.flush().await.ok()?;
    // Of one that breaks off the connection ends without a word.
    if broken { None } else { stream.shutdown().await.ok() }
}

async fn head(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    String::from_utf8(head).ok()
}

async fn request(stream: &mut (impl AsyncRead + Unpin)) -> Option<(Method, String, HeaderMap, Bytes)> {
    let head = head(stream).await?;
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let (method, path) = (first.next()?.parse().ok()?, first.next()?.to_owned());
    let mut headers = HeaderMap::new();
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        headers.append(name.parse::<HeaderName>().ok()?, HeaderValue::from_str(value.trim()).ok()?);
    }
    let length = headers.get("content-length").map_or(0, |length| length.to_str().unwrap().parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some((method, path, headers, body.into()))
}
