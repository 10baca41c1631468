//! A user signed in at a provider that rotates, on a store that can fail.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use connector_runtime::store::{
    AuditEnd, AuditEntry, AuditFilter, AuditLog, AuditRecord, Committed, Doc, DocumentStore, EventLog, Lag, Lease,
    Lock, NewEvent, Put, RateBudget, Revision, Share, Sqlite, Start, StoredEvent, Take, TaskQueue,
};
use connector_runtime::{ConnectionInfo, Host, Key, KeyRing, NewConnection, SignInStep};
use connector_sdk::{ByteStream, Code, Error, Result, Secret, SignInMethod, Transport, read_to_end, whole};
use graph_auth::Settings;
use graph_sandbox::{Fault, Rotation, Rule, Sandbox, seeds};
use serde_json::Value;

pub(crate) const ORIGIN: &str = "https://sandbox.invalid";
pub(crate) const ADELE: &str = "AdeleV@contoso.example";
pub(crate) const ALEX: &str = "AlexW@contoso.example";

/// A host whose connection `me` is signed in as Adele.
pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
    pub(crate) host: Host,
    pub(crate) store: Arc<Moody>,
    transport: Arc<Altered>,
    key: Key,
    file: PathBuf,
    _folder: tempfile::TempDir,
}

impl World {
    pub(crate) async fn new() -> World {
        World::on(Sandbox::builder().rotation(Rotation::ReuseKillsGrant).build()).await
    }

    pub(crate) async fn on(sandbox: Sandbox) -> World {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("tenon.db");
        let store = Arc::new(Moody::new(Sqlite::open(&file).unwrap()));
        let transport = Arc::new(Altered { inner: sandbox.clone(), how: Mutex::new(Box::new(|_| {})) });
        let key = Key::random().unwrap();
        let host = Host::builder()
            .connector(outlook_connector::connector())
            .store(store.clone(), KeyRing::new(key.clone()))
            .transport(transport.clone())
            .build()
            .unwrap();
        let world = World { sandbox, host, store, transport, key, file, _folder: folder };
        world.sign_in(ADELE).await;
        world
    }

    /// Creates a host as another process has it, whose store does not fail.
    pub(crate) fn another_host(&self) -> Host {
        let store = Arc::new(Sqlite::open(&self.file).unwrap());
        let builder =
            Host::builder().connector(outlook_connector::connector()).store(store, KeyRing::new(self.key.clone()));
        builder.transport(self.transport.clone()).build().unwrap()
    }

    /// Creates a host as [`World::another_host`] does, after the process that renews was killed: its locks are over.
    pub(crate) fn after_a_kill(&self) -> Host {
        rusqlite::Connection::open(&self.file).unwrap().execute("DELETE FROM lock", []).unwrap();
        self.another_host()
    }

    pub(crate) async fn sign_in(&self, who: &str) -> ConnectionInfo {
        self.sign_in_on(&self.host, who, ORIGIN).await
    }

    pub(crate) async fn sign_in_on(&self, host: &Host, who: &str, origin: &str) -> ConnectionInfo {
        let settings = Settings {
            tenant_id: Some("organizations".to_owned()),
            client_id: Some(seeds::WEB.to_owned()),
            client_secret: Some(Secret::new(seeds::WEB_SECRET)),
            graph_url: Some(origin.to_owned()),
            authority_url: Some(origin.to_owned()),
            ..Settings::new(SignInMethod::AuthorizationCode)
        };
        let redirect_uri = Some("http://localhost:49152/".parse().unwrap());
        let new = NewConnection {
            name: "me".into(),
            connector: "outlook".into(),
            settings,
            confirm_other: true,
            redirect_uri,
        };
        let SignInStep::Browser(browser) = host.connections().connect_new(new).await.unwrap() else {
            panic!("a user has a browser")
        };
        let mut url = browser.url.clone();
        url.query_pairs_mut().append_pair("sandbox_auto", "1").append_pair("login_hint", who);
        let answer = self.sandbox.send(http::Request::get(url.as_str()).body(Bytes::new()).unwrap()).await.unwrap();
        let location = answer.headers()["location"].to_str().unwrap().to_owned();
        browser.finish(location.split_once('?').unwrap().1).await.unwrap()
    }

    /// Makes Graph refuse the next token that it sees, so that another one is needed.
    pub(crate) fn reject_once(&self) {
        self.sandbox.faults().add(Rule::new(Fault::Unauthorized).path("/me").once());
    }

    pub(crate) async fn works(&self) -> bool {
        self.host.connections().test("me").await.unwrap().works
    }

    pub(crate) async fn error(&self) -> Error {
        self.host.connections().test("me").await.unwrap().error.expect("it cannot work")
    }

    /// Checks that the connection can still be renewed, also by another process.
    pub(crate) async fn renew_by_force(&self) {
        let before = self.sandbox.token_requests();
        let host = self.another_host();
        self.reject_once();
        let report = host.connections().test("me").await.unwrap();
        assert!(report.works, "{:?}", report.error);
        assert_eq!(self.sandbox.token_requests(), before + 1);
    }

    /// Changes the responses of the token endpoint from now on.
    pub(crate) fn alter(&self, how: impl Fn(&mut Value) + Send + 'static) {
        *self.transport.how.lock().unwrap() = Box::new(how);
    }
}

type How = Box<dyn Fn(&mut Value) + Send>;

/// The sandbox, with other responses of its token endpoint.
struct Altered {
    inner: Sandbox,
    how: Mutex<How>,
}

#[async_trait]
impl Transport for Altered {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<ByteStream>> {
        let is_token = request.uri().path().ends_with("/token");
        let answer = self.inner.send(request).await?;
        if !is_token || !answer.status().is_success() {
            return Ok(answer);
        }
        let (mut head, body) = answer.into_parts();
        let mut body: Value = serde_json::from_slice(&read_to_end(body, 1 << 20).await?).unwrap();
        (self.how.lock().unwrap())(&mut body);
        head.headers.remove(http::header::CONTENT_LENGTH);
        Ok(http::Response::from_parts(head, whole(body.to_string())))
    }
}

/// A store that does not always take what must not be lost.
pub(crate) struct Moody {
    inner: Sqlite,
    fails: AtomicUsize,
    failed: AtomicBool,
    full: AtomicBool,
}

impl Moody {
    fn new(inner: Sqlite) -> Moody {
        Moody { inner, fails: AtomicUsize::new(0), failed: AtomicBool::new(false), full: AtomicBool::new(false) }
    }
    /// Makes the next `times` writes fail.
    pub(crate) fn fail(&self, times: usize) {
        self.fails.store(times, Ordering::SeqCst);
    }
    pub(crate) fn has_failed(&self) -> bool {
        self.failed.load(Ordering::SeqCst)
    }
    pub(crate) fn refuse_reserve(&self, refuse: bool) {
        self.full.store(refuse, Ordering::SeqCst);
    }
}

#[async_trait]
impl DocumentStore for Moody {
    async fn reserve(&self) -> Result<()> {
        if self.full.load(Ordering::SeqCst) {
            return Err(Error::new(Code::Unavailable, "there is no room"));
        }
        self.inner.reserve().await
    }
    async fn put_reserved(&self, kind: &str, key: &str, expected: Option<Revision>, bytes: Bytes) -> Result<Revision> {
        let fails = self.fails.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |fails| fails.checked_sub(1));
        if fails.is_ok() {
            self.failed.store(true, Ordering::SeqCst);
            return Err(Error::new(Code::Unavailable, "the disk failed"));
        }
        self.inner.put_reserved(kind, key, expected, bytes).await
    }
    async fn get(&self, kind: &str, key: &str) -> Result<Option<Doc>> {
        self.inner.get(kind, key).await
    }
    async fn put(&self, kind: &str, key: &str, expected: Option<Revision>, bytes: Bytes) -> Result<Revision> {
        self.inner.put(kind, key, expected, bytes).await
    }
    async fn put_all(&self, documents: Vec<Put>) -> Result<Vec<Revision>> {
        self.inner.put_all(documents).await
    }
    async fn remove(&self, kind: &str, key: &str, expected: Revision) -> Result<()> {
        self.inner.remove(kind, key, expected).await
    }
    async fn list(&self, kind: &str, prefix: &str, after: Option<&str>, limit: usize) -> Result<Vec<(String, Doc)>> {
        self.inner.list(kind, prefix, after, limit).await
    }
    async fn count(&self, kind: &str, prefix: &str) -> Result<u64> {
        self.inner.count(kind, prefix).await
    }
    async fn kinds(&self, prefix: &str) -> Result<Vec<String>> {
        self.inner.kinds(prefix).await
    }
    async fn lock(&self, key: &str, owner: &str, ttl: Duration) -> Result<Option<Lock>> {
        self.inner.lock(key, owner, ttl).await
    }
    async fn renew(&self, key: &str, owner: &str, ttl: Duration) -> Result<Lock> {
        self.inner.renew(key, owner, ttl).await
    }
    async fn unlock(&self, key: &str, owner: &str) -> Result<bool> {
        self.inner.unlock(key, owner).await
    }
}

// Connections need documents and locks alone.
const UNUSED: &str = "connections use documents and locks";

#[async_trait]
impl TaskQueue for Moody {
    async fn schedule(&self, _: &str, _: Duration, _: Bytes) -> Result<()> {
        panic!("{UNUSED}")
    }
    async fn wake(&self, _: &str) -> Result<bool> {
        panic!("{UNUSED}")
    }
    async fn cancel(&self, _: &str) -> Result<bool> {
        panic!("{UNUSED}")
    }
    async fn claim(&self, _: &str, _: &str, _: Duration, _: usize) -> Result<Vec<Lease>> {
        panic!("{UNUSED}")
    }
    async fn next_due(&self, _: &str) -> Result<Option<Duration>> {
        panic!("{UNUSED}")
    }
    async fn heartbeat(&self, _: &Lease) -> Result<()> {
        panic!("{UNUSED}")
    }
    async fn complete(&self, _: &Lease, _: Option<Duration>) -> Result<()> {
        panic!("{UNUSED}")
    }
    async fn release(&self, _: &Lease, _: Duration) -> Result<()> {
        panic!("{UNUSED}")
    }
}

#[async_trait]
impl EventLog for Moody {
    async fn commit(&self, _: &str, _: Option<Revision>, _: &[NewEvent], _: Bytes) -> Result<Committed> {
        panic!("{UNUSED}")
    }
    async fn append(&self, _: &str, _: &[NewEvent]) -> Result<usize> {
        panic!("{UNUSED}")
    }
    async fn page(&self, _: &str, _: u64, _: usize) -> Result<Vec<StoredEvent>> {
        panic!("{UNUSED}")
    }
    async fn join(&self, _: &str, _: &str, _: Start) -> Result<()> {
        panic!("{UNUSED}")
    }
    async fn ack_older(&self, _: &str, _: &str, _: Duration) -> Result<()> {
        panic!("{UNUSED}")
    }
    async fn lag(&self, _: &str, _: &str) -> Result<Lag> {
        panic!("{UNUSED}")
    }
    async fn cursor(&self, _: &str) -> Result<Option<(Revision, Bytes)>> {
        panic!("{UNUSED}")
    }
    async fn read(&self, _: &str, _: &str, _: usize) -> Result<Vec<StoredEvent>> {
        panic!("{UNUSED}")
    }
    async fn ack(&self, _: &str, _: &str, _: u64) -> Result<()> {
        panic!("{UNUSED}")
    }
    async fn leave(&self, _: &str, _: &str) -> Result<bool> {
        panic!("{UNUSED}")
    }
    async fn rename(&self, _: &str, _: &str) -> Result<bool> {
        panic!("{UNUSED}")
    }
    async fn forget(&self, _: &str) -> Result<()> {
        panic!("{UNUSED}")
    }
}

#[async_trait]
impl RateBudget for Moody {
    async fn take(&self, _: &str, _: u32, _: u32, _: Duration) -> Result<Take> {
        panic!("{UNUSED}")
    }
    fn is_local(&self) -> bool {
        self.inner.is_local()
    }
    async fn lease(&self, key: &str, holder: &str, want: u32, limit: u32, ttl: Duration) -> Result<Share> {
        self.inner.lease(key, holder, want, limit, ttl).await
    }
    async fn end_lease(&self, key: &str, holder: &str) -> Result<()> {
        self.inner.end_lease(key, holder).await
    }
    async fn pause(&self, key: &str, time: Duration) -> Result<()> {
        self.inner.pause(key, time).await
    }
}

#[async_trait]
impl AuditLog for Moody {
    async fn record(&self, _: &[AuditEntry]) -> Result<Vec<u64>> {
        panic!("{UNUSED}")
    }
    async fn finish(&self, _: u64, _: &AuditEnd) -> Result<()> {
        panic!("{UNUSED}")
    }
    async fn entries(&self, _: &AuditFilter, _: Option<u64>, _: usize) -> Result<Vec<AuditRecord>> {
        panic!("{UNUSED}")
    }
    async fn prune(&self, _: Duration, _: u64) -> Result<u64> {
        panic!("{UNUSED}")
    }
}
