//! The transport over reqwest: for a client that a program has already, and for SOCKS proxies.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use connector_sdk::{ByteStream, Code, Error, Result, Transport};
use futures_util::TryStreamExt;
use http_body_util::BodyDataStream;
use hyper_util::client::proxy::matcher::Matcher;
use reqwest::redirect::Policy;
use reqwest::{Client, Proxy, Url};
use tokio::sync::OnceCell;

use super::tls::{ALPN, Tls};
use super::{HttpTransportBuilder, IDLE, IDLE_CONNECTIONS, KEEP_ALIVE, unconnected, unknown};

/// A transport over a [`reqwest::Client`]: the program's own, or one that is made with the settings of
/// [`HttpTransport::builder`](crate::HttpTransport::builder). It does what [`HttpTransport`](crate::HttpTransport)
/// does, for a little more CPU time, and can go through SOCKS proxies.
#[derive(Clone)]
pub struct ReqwestTransport(Arc<Inner>);

struct Inner {
    client: OnceCell<Client>,
    settings: Option<Settings>,
}

/// Settings for a client that is built with its first request, which waits for the system's certificates.
struct Settings {
    tls: Tls,
    proxy: Option<Proxy>,
    connect: std::time::Duration,
    user_agent: http::HeaderValue,
}

impl ReqwestTransport {
    /// Creates a transport over this client, with its TLS, proxies, headers and connections.
    ///
    /// The client must not follow redirects: where a request may go, and what goes along, is decided by the
    /// pipeline. Leave repeating to the pipeline too: a client with a `retry` policy of its own can send twice.
    ///
    /// ```
    /// # fn main() -> connector_sdk::Result<()> {
    /// # let _ = rustls::crypto::ring::default_provider().install_default();
    /// let client = graph_client::ReqwestClient::builder().redirect(graph_client::no_redirects()).build().unwrap();
    /// let transport = graph_client::ReqwestTransport::new(client)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `invalid_input` when the client would follow redirects.
    pub fn new(client: Client) -> Result<ReqwestTransport> {
        // A client tells its policy nowhere else. Should it ever be told in other words, every client is refused.
        if !format!("{client:?}").contains(r#"redirect_policy: "Policy(None)""#) {
            return Err(Error::new(
                Code::InvalidInput,
                "this HTTP client follows redirects by itself, and would send along what must not leave",
            )
            .with_hint("Build it with `.redirect(reqwest::redirect::Policy::none())`."));
        }
        Ok(ReqwestTransport(Arc::new(Inner { client: OnceCell::new_with(Some(client)), settings: None })))
    }

    pub(super) fn build(builder: HttpTransportBuilder) -> Result<ReqwestTransport> {
        let user_agent = builder.agent()?;
        let proxy = proxy(builder.proxies.unwrap_or_else(Matcher::from_env))?;
        let (tls, connect) = (Tls::load(builder.roots)?, builder.connect_timeout);
        let settings = Some(Settings { tls, proxy, connect, user_agent });
        Ok(ReqwestTransport(Arc::new(Inner { client: OnceCell::new(), settings })))
    }
}

impl Inner {
    async fn client(&self) -> Result<&Client> {
        self.client
            .get_or_try_init(|| async {
                let settings = self.settings.as_ref().ok_or_else(|| Error::bug("there is no HTTP client"))?;
                let mut tls = settings.tls.config().await?;
                tls.alpn_protocols = ALPN.map(<[u8]>::to_vec).to_vec();
                let builder = Client::builder()
                    .tls_backend_preconfigured(tls)
                    .redirect(Policy::none())
                    .connect_timeout(settings.connect)
                    .pool_max_idle_per_host(IDLE_CONNECTIONS)
                    .pool_idle_timeout(IDLE)
                    .tcp_keepalive(KEEP_ALIVE)
                    .user_agent(settings.user_agent.clone());
                let builder = match &settings.proxy {
                    Some(proxy) => builder.proxy(proxy.clone()),
                    None => builder.no_proxy(),
                };
                builder
                    .build()
                    .map_err(|error| Error::bug("an HTTP client could not be made").caused_by(error.without_url()))
            })
            .await
    }
}

/// Returns the proxy settings: `https` goes through the proxy that is named, everything else without one.
fn proxy(proxies: Matcher) -> Result<Option<Proxy>> {
    let Some(named) = super::proxy_of(&proxies) else { return Ok(None) };
    // None of the texts may tell a password.
    let refused = || Error::invalid("", "this is not the address of a proxy");
    let mut url = Url::parse(&named.uri().to_string()).map_err(|_| refused())?;
    if let Some((name, password)) = named.raw_auth() {
        url.set_username(name).and_then(|()| url.set_password(Some(password))).map_err(|()| refused())?;
    }
    let is_for =
        move |to: &Url| to.scheme() == "https" && to.as_str().parse().is_ok_and(|to| proxies.intercept(&to).is_some());
    let proxy = Proxy::custom(move |to| is_for(to).then(|| url.clone()));
    Ok(Some(match named.basic_auth() {
        Some(header) => proxy.custom_http_auth(header.clone()),
        None => proxy,
    }))
}

#[async_trait]
impl Transport for ReqwestTransport {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<ByteStream>> {
        let client = self.0.client().await?;
        let request = reqwest::Request::try_from(request).map_err(|error| {
            Error::new(Code::InvalidInput, "a request cannot be sent").caused_by(error.without_url())
        })?;
        let address = request.url().clone();
        let response = client.execute(request).await.map_err(failed)?;
        if *response.url() != address {
            return Err(Error::bug("the HTTP client followed a redirect by itself; the answer was thrown away"));
        }
        let response = http::Response::<reqwest::Body>::from(response);
        Ok(response.map(|body| -> ByteStream { Box::pin(BodyDataStream::new(body).map_err(broken)) }))
    }
}

// No address: it may hold search terms, and a proxy's holds a password.
fn failed(error: reqwest::Error) -> Error {
    let error = error.without_url();
    if error.is_connect() { unconnected(error) } else { unknown("the connection broke before the answer came", error) }
}

fn broken(error: reqwest::Error) -> Error {
    unknown("an answer broke off", error.without_url())
}
