//! The server: a Graph and a sign-in service that cost little, keep limits and count what they see.
//!
//! It runs in a process of its own, on the loopback address only, and ends when its standard input
//! does, that is with whoever started it.

mod answers;
mod counts;
mod limits;
mod pages;

use std::io::Read;
use std::net::Ipv4Addr;
use std::sync::Arc;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use xtask::Result;

use self::answers::State;
pub(super) use self::answers::{ALLOWED_A_SECOND, AT_ONCE, FREE, LIMITED, MAILBOXES, SHORT_TENANT, TENANT, WORK};
pub(super) use self::counts::Counts;

/// Where a server is, as it tells on its first line.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Address {
    /// `http://127.0.0.1:…`
    pub(super) http: String,
    /// `https://localhost:…`
    pub(super) https: String,
    /// The certificate of the second one, PEM.
    pub(super) certificate: String,
}

/// Serves until standard input ends.
pub(super) fn serve() -> Result<()> {
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let plain = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let sealed = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let (tls, certificate) = tls()?;
        let address = Address {
            http: format!("http://{}", plain.local_addr()?),
            https: format!("https://localhost:{}", sealed.local_addr()?.port()),
            certificate,
        };
        println!("{}", serde_json::to_string(&address)?);
        let state = Arc::new(State::default());
        tokio::spawn(accept_tls(sealed, tls, state.clone()));
        loop {
            let (stream, _) = plain.accept().await?;
            stream.set_nodelay(true)?;
            tokio::spawn(talk(stream, state.clone()));
        }
    })
}

async fn accept_tls(listener: TcpListener, tls: TlsAcceptor, state: Arc<State>) {
    while let Ok((stream, _)) = listener.accept().await {
        let (tls, state) = (tls.clone(), state.clone());
        tokio::spawn(async move {
            let _ = stream.set_nodelay(true);
            // Whoever does not trust the certificate says so on its side.
            if let Ok(stream) = tls.accept(stream).await {
                talk(stream, state).await;
            }
        });
    }
}

async fn talk(stream: impl AsyncRead + AsyncWrite + Unpin, state: Arc<State>) {
    let service = service_fn(|request| answers::answer(state.clone(), request));
    // A client that is gone has nothing more to ask.
    let _ = http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service).await;
}

fn tls() -> Result<(TlsAcceptor, String)> {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
    let key = rustls::pki_types::PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key.into())?;
    Ok((TlsAcceptor::from(Arc::new(config)), made.cert.pem()))
}
