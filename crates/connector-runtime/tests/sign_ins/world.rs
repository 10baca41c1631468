//! Hosts over one store file and one sandbox, with a clock that a test can move.

use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use connector_runtime::store::{AuditFilter, AuditRecord, Sqlite};
use connector_runtime::{
    AuthorizedHost, BrowserSignIn, ByteStream, Code, Error, Grant, Host, Interface, Key, KeyRing, NewConnection,
    Patterns, Principal, PrincipalId, Reach, Result, Secret, Settings, SignInState, SignInStep, Transport, async_trait,
    bytes::Bytes, http, read_to_end, whole,
};
use graph_sandbox::{Sandbox, seeds};
use jiff::{SignedDuration, Timestamp};

pub(crate) const ADELE: &str = "AdeleV@contoso.example";
pub(crate) const ALEX: &str = "AlexW@contoso.example";
/// What the cookie of the browser holds.
pub(crate) const BROWSER: [u8; 32] = *b"canary-of-the-browser's-cookie-1";

/// A transport that writes down what is sent and what comes back.
struct Recording {
    sandbox: Sandbox,
    bodies: Arc<Mutex<String>>,
}

#[async_trait]
impl Transport for Recording {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<ByteStream>> {
        let sent = String::from_utf8_lossy(request.body()).into_owned();
        let (head, body) = self.sandbox.send(request).await?.into_parts();
        let body = read_to_end(body, 1 << 20).await?;
        let mut bodies = self.bodies.lock().unwrap();
        bodies.push_str(&format!("{sent}\n{}\n", String::from_utf8_lossy(&body)));
        Ok(http::Response::from_parts(head, whole(body)))
    }
}

pub(crate) struct World {
    folder: tempfile::TempDir,
    key: Key,
    pub(crate) sandbox: Sandbox,
    bodies: Arc<Mutex<String>>,
    later: Arc<AtomicI64>,
}

impl World {
    pub(crate) fn new() -> World {
        World {
            folder: tempfile::tempdir().unwrap(),
            key: Key::random().unwrap(),
            sandbox: Sandbox::builder().device_interval(Duration::from_secs(1)).build(),
            bodies: Arc::default(),
            later: Arc::default(),
        }
    }

    /// Creates a host that is another process, as far as the store can tell.
    pub(crate) fn host(&self) -> Host {
        let later = self.later.clone();
        let transport = Recording { sandbox: self.sandbox.clone(), bodies: self.bodies.clone() };
        Host::builder()
            .connector(outlook_connector::connector())
            .store(Arc::new(Sqlite::open(self.folder().join("tenon.db")).unwrap()), KeyRing::new(self.key.clone()))
            .transport(Arc::new(transport))
            .now(move || Timestamp::now() + SignedDuration::from_secs(later.load(Ordering::SeqCst)))
            .build()
            .unwrap()
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Returns the bodies of all requests and responses.
    pub(crate) fn bodies(&self) -> String {
        self.bodies.lock().unwrap().clone()
    }

    /// Moves the clock of all hosts.
    pub(crate) fn pass(&self, seconds: i64) {
        self.later.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Opens the address of a sign-in as the browser of this user, and returns the query of the callback.
    pub(crate) async fn browse(&self, url: &url::Url, who: &str) -> String {
        let mut url = url.clone();
        url.query_pairs_mut().append_pair("sandbox_auto", "1").append_pair("login_hint", who);
        let request = http::Request::get(url.as_str()).body(Bytes::new()).unwrap();
        let answer = self.sandbox.send(request).await.unwrap();
        let location = answer.headers()["location"].to_str().unwrap().to_owned();
        location.split_once('?').unwrap().1.to_owned()
    }
}

/// Returns the host as a principal of this id sees it, which may make connections whose names begin with `mine`.
pub(crate) fn agent(host: &Host, id: &str) -> AuthorizedHost {
    let principal = Principal { id: PrincipalId::new(id).unwrap(), name: id.into(), grant: grant(), parent: None };
    host.authorize(Arc::new(principal), Interface::Http)
}

pub(crate) fn grant() -> Grant {
    Grant {
        connections: Patterns::new(["mine*"]).unwrap(),
        actions: Patterns::new(["outlook.*"]).unwrap(),
        connect: true,
        audit: Reach::Own,
        ..Grant::default()
    }
}

pub(crate) fn by_browser(name: &str) -> NewConnection {
    let settings = Settings::authorization_code(seeds::WEB).secret(Secret::new(seeds::WEB_SECRET)).tenant("common");
    let redirect_uri = "http://localhost:49152/".parse().ok();
    NewConnection { redirect_uri, ..NewConnection::new(name, "outlook", settings) }
}

pub(crate) fn by_device(name: &str) -> NewConnection {
    NewConnection::new(name, "outlook", Settings::device_code(seeds::PUBLIC).tenant("organizations"))
}

/// Begins a sign-in with the browser.
pub(crate) async fn begin(seen: &AuthorizedHost, new: NewConnection) -> BrowserSignIn {
    match seen.connections().connect_new(new).await.unwrap() {
        SignInStep::Browser(browser) => *browser,
        _ => panic!("a user signs in with the browser"),
    }
}

/// Returns why a sign-in has failed.
pub(crate) async fn failure(seen: &AuthorizedHost, id: &str) -> Error {
    match seen.connections().sign_in_status(id).await.unwrap().state {
        SignInState::Failed { error, .. } => *error,
        other => panic!("{other:?}"),
    }
}

/// Returns the entries of the audit log that the principal may read, the oldest first.
pub(crate) async fn log(seen: &AuthorizedHost) -> Vec<AuditRecord> {
    let mut all = seen.audit().page(AuditFilter::default(), None, 1000).await.unwrap();
    all.reverse();
    all
}

pub(crate) async fn has(host: &Host, name: &str) -> bool {
    match host.connections().show(name).await {
        Ok(_) => true,
        Err(error) => {
            assert_eq!(error.code(), Code::UnknownConnection, "{error}");
            false
        }
    }
}
