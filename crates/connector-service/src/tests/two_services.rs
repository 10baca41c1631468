//! Two services over one store file and one sandbox, with a clock that a test can move, and a browser.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use connector_runtime::jiff::{SignedDuration, Timestamp};
use connector_runtime::store::Sqlite;
use connector_runtime::{Grant, Host, Key as SealingKey, KeyRing, Patterns, Reach, Rules, Transport as _};
use graph_sandbox::{Sandbox, seeds};
use http::{Method, Request};
use http_body_util::Full;
use serde_json::{Value, json};
use url::Url;

use super::world::{Answered, Key, World};
use crate::options::Options;

pub(super) const ADELE: &str = "AdeleV@contoso.example";
/// Origin to which the services let browsers return.
pub(super) const APP: &str = "https://app.contoso.example";

pub(super) struct Two {
    pub(super) here: World,
    pub(super) there: World,
    pub(super) sandbox: Sandbox,
    later: Arc<AtomicI64>,
    pub(super) folder: tempfile::TempDir,
}

impl Two {
    pub(super) async fn new() -> Two {
        let folder = tempfile::tempdir().unwrap();
        let sandbox = Sandbox::builder().device_interval(Duration::from_secs(1)).build();
        let (key, later) = (SealingKey::random().unwrap(), Arc::new(AtomicI64::new(0)));
        let serve = async || {
            let later = later.clone();
            let host = Host::builder()
                .connector(outlook_connector::connector())
                .store(Arc::new(Sqlite::open(folder.path().join("tenon.db")).unwrap()), KeyRing::new(key.clone()))
                .transport(Arc::new(sandbox.clone()))
                .now(move || Timestamp::now() + SignedDuration::from_secs(later.load(Ordering::SeqCst)))
                .build()
                .unwrap();
            let options = Options::new().return_origins([APP.parse().unwrap()]);
            World::over(host, sandbox.clone(), options).await
        };
        let (here, there) = (serve().await, serve().await);
        Two { here, there, sandbox, later, folder }
    }

    /// Moves the clock of both.
    pub(super) fn pass(&self, seconds: i64) {
        self.later.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Makes a key that may connect what begins with `mine`, and use it.
    pub(super) async fn connector(&self) -> Key {
        self.here.key(connecting()).await
    }

    pub(super) async fn end(self) {
        self.here.end().await;
        self.there.end().await;
    }
}

pub(super) fn connecting() -> Grant {
    Grant {
        connections: Patterns::new(["mine*"]).unwrap(),
        actions: Patterns::everything(),
        rules: Rules::everything(),
        connect: true,
        audit: Reach::Own,
        ..Grant::default()
    }
}

/// Returns the body of a request for a connection whose user signs in with the browser.
pub(super) fn by_browser(name: &str) -> Value {
    json!({
        "name": name, "connector": "outlook",
        "settings": {
            "method": "authorization_code", "clientId": seeds::WEB, "clientSecret": seeds::WEB_SECRET, "tenantId": "common",
        },
    })
}

/// Returns the body of a request for an app's connection.
pub(super) fn an_app(two: &Two, name: &str) -> Value {
    json!({
        "name": name, "connector": "outlook",
        "settings": {
            "method": "client_credentials", "clientId": seeds::DAEMON, "clientSecret": seeds::DAEMON_SECRET,
            "tenantId": two.sandbox.graph().tenant_id(), "userId": "adelev@contoso.example",
        },
    })
}

/// A browser that keeps cookies as browsers do, for one host.
#[derive(Default)]
pub(super) struct Browser {
    cookies: BTreeMap<String, (String, String)>,
}

impl Browser {
    /// Opens a path of a service.
    pub(super) async fn open(&mut self, world: &World, path: &str) -> Answered {
        let sent: Vec<String> = self
            .cookies
            .iter()
            .filter(|(_, (_, below))| path.split('?').next() == Some(below))
            .map(|(name, (value, _))| format!("{name}={value}"))
            .collect();
        let mut request = world.request(Method::GET, path, None).header("accept", "text/html,*/*;q=0.8");
        if !sent.is_empty() {
            request = request.header("cookie", sent.join("; "));
        }
        let answer = world.send(request.body(Full::default()).unwrap()).await;
        for set in answer.headers.get_all("set-cookie") {
            let set = set.to_str().unwrap();
            let (pair, attributes) = set.split_once("; ").unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            for wanted in ["HttpOnly", "SameSite=Lax", "Path=/oauth/callback"] {
                assert!(attributes.split("; ").any(|attribute| attribute == wanted), "{set}");
            }
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), (value.to_owned(), "/oauth/callback".to_owned()));
            }
        }
        answer
    }

    /// Opens the link of a sign-in, and returns the address of the sign-in service.
    pub(super) async fn begin(&mut self, world: &World, begun: &Value) -> Url {
        let answer = self.open(world, path_of(begun["browser"].as_str().unwrap())).await;
        assert_eq!(answer.status.as_u16(), 303, "{}", answer.body);
        check_headers(&answer);
        answer.header("location").parse().unwrap()
    }

    pub(super) fn cookies(&self) -> impl Iterator<Item = &str> {
        self.cookies.values().map(|(value, _)| &**value)
    }
}

/// Signs this user in at the sign-in service, and returns the path of the callback.
pub(super) async fn sign_in(two: &Two, at: &Url, who: &str) -> String {
    let mut url = at.clone();
    url.query_pairs_mut().append_pair("sandbox_auto", "1").append_pair("login_hint", who);
    let request = Request::get(url.as_str()).body(Bytes::new()).unwrap();
    let answer = two.sandbox.send(request).await.unwrap();
    path_of(answer.headers()["location"].to_str().unwrap()).to_owned()
}

/// Checks what every answer to a browser has.
pub(super) fn check_headers(answer: &Answered) {
    assert_eq!(answer.header("referrer-policy"), "no-referrer");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    let csp = answer.header("content-security-policy");
    assert!(csp.starts_with("default-src 'none'") && csp.contains("frame-ancestors 'none'"), "{csp}");
}

/// Begins a sign-in with the browser.
pub(super) async fn begin(world: &World, key: &Key, body: &Value) -> Value {
    let begun = world.post("/v1/connections", Some(key), body).await;
    assert_eq!(begun.status.as_u16(), 202, "{}", begun.body);
    begun.json()
}

/// Returns what became of a sign-in.
pub(super) async fn status(world: &World, key: &Key, begun: &Value) -> Value {
    let id = begun["id"].as_str().unwrap();
    world.get(&format!("/v1/sign-ins/{id}"), Some(key)).await.json()
}

/// Returns the path and the query of an address.
pub(super) fn path_of(url: &str) -> &str {
    let after = url.split_once("//").unwrap().1;
    &after[after.find('/').unwrap()..]
}
