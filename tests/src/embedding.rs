//! What the blocks of `docs/embedding.md`, `docs/embedding-web.md` and `docs/service.md` run on: the sandbox, and a user who signs in.
//!
//! The pages name an app and a tenant as a reader would have them. The sandbox knows them, so a block runs as it
//! stands. `build.rs` makes the tests.

use std::future::Future;
use std::sync::Arc;

use connector_runtime::prelude::*;
use connector_runtime::url::{Position, Url};
use graph_sandbox::{App, Holder, seeds};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub use graph_sandbox::Sandbox;

/// User of the pages.
pub const ADELE: &str = "adelev@contoso.example";
/// App of the pages that signs in itself, and its secret.
pub const APP: (&str, &str) = ("11111111-2222-3333-4444-555555555555", "the value of the secret");
/// App of the pages that signs users in.
pub const USERS_APP: &str = "66666666-7777-8888-9999-aaaaaaaaaaaa";

/// Result of a block.
pub type Ended = Result<(), Box<dyn std::error::Error>>;

/// Runs a block.
///
/// # Errors
/// Those of the block.
pub fn run(block: impl Future<Output = Ended>) -> Ended {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?.block_on(block)
}

/// Creates a sandbox that knows the apps of the pages.
pub fn sandbox() -> Sandbox {
    let sandbox = Sandbox::builder().device_interval(std::time::Duration::from_secs(1)).build();
    sandbox.register(App::daemon(APP.0, "Payroll", APP.1, seeds::ROLES));
    sandbox.register(App::public(USERS_APP, "Payroll for users"));
    sandbox
}

/// Creates a host whose requests go to the sandbox, without connections.
///
/// # Errors
/// The host's.
pub fn empty_host(sandbox: &Sandbox) -> Result<Host> {
    Host::builder().connector(outlook_connector::connector()).transport(Arc::new(sandbox.clone())).build()
}

/// Creates a host with the connection `adele` to the sandbox.
///
/// # Errors
/// The host's.
pub fn host(sandbox: &Sandbox) -> Result<Host> {
    let token = sandbox.issue_token(Holder::User(ADELE), &["User.Read", "Mail.ReadWrite", "Mail.Send"]);
    let adele =
        ExternalConnection::with_token(Endpoint::new("https://graph.microsoft.com")?, &Secret::new(token), None)?
            .transport(Arc::new(sandbox.clone()));
    Host::builder().connector(outlook_connector::connector()).connection("adele", adele).build()
}

/// Opens the address of a sign-in as the browser of a user who agrees. Returns where the sign-in service sends it next.
///
/// # Errors
/// When the sandbox refuses.
pub async fn browse(sandbox: &Sandbox, url: &Url) -> Result<Url> {
    let mut url = url.clone();
    url.query_pairs_mut().append_pair("sandbox_auto", "1").append_pair("login_hint", ADELE);
    let request = http::Request::get(url.as_str()).body(bytes::Bytes::new());
    let response = sandbox.send(request.map_err(|error| Error::bug("no request").caused_by(error))?).await?;
    let next = response.headers().get("location").and_then(|next| next.to_str().ok()?.parse().ok());
    next.ok_or_else(|| Error::protocol(format!("the sign-in ended with status {}", response.status())))
}

/// Opens an address of a program on this machine, and returns the whole response as text.
///
/// # Errors
/// When nobody listens there, or the connection breaks.
pub async fn visit(url: &Url) -> std::io::Result<String> {
    request(url, "GET", "", "").await
}

/// Opens an address of a program on this machine with an API key, and returns the whole response as text.
///
/// # Errors
/// When nobody listens there, or the connection breaks.
pub async fn visit_as(key: &Secret, url: &Url) -> std::io::Result<String> {
    request(url, "GET", &format!("authorization: Bearer {}\r\n", key.expose()), "").await
}

/// Sends JSON to a program on this machine, with an idempotency key if there is one, and returns the whole response as
/// text.
///
/// # Errors
/// When nobody listens there, or the connection breaks.
pub async fn post(url: &Url, key: Option<&str>, body: &str) -> std::io::Result<String> {
    let key = key.map(|key| format!("idempotency-key: {key}\r\n")).unwrap_or_default();
    request(url, "POST", &format!("{key}content-type: application/json\r\n"), body).await
}

async fn request(url: &Url, method: &str, headers: &str, body: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(&*url.socket_addrs(|| None)?).await?;
    let (target, length) = (&url[Position::BeforePath..Position::AfterQuery], body.len());
    let head = format!(
        "{method} {target} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n"
    );
    stream.write_all(format!("{head}{body}").as_bytes()).await?;
    let mut response = String::new();
    stream.read_to_string(&mut response).await?;
    Ok(response)
}
