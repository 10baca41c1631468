//! All sign-in methods against the sandbox: what it refuses, Microsoft refuses.

mod app;
mod device;
mod openid;
mod refusals;
mod user;

use std::sync::LazyLock;
use std::time::Duration;

use bytes::Bytes;
use connector_sdk::connection::{ConnectionSpec, SignInSpec};
use connector_sdk::{Error, Permissions, SignInMethod, Transport, read_to_end};
use futures_util::FutureExt;
use graph_auth::authorization_code::{self, Callback, Pending, StartedSignIn};
use graph_auth::{Checked, Failure, GrantContext, Refusal, Settings, TokenSet, refresh};
use graph_sandbox::{Account, Clock, Sandbox, seeds};
use http::{HeaderMap, Request, StatusCode};
use jiff::Timestamp;
use serde_json::{Value, json};
use url::Url;

/// A user of the sandbox's own tenant.
const MEGAN: &str = "MeganB@contoso.example";
/// A user of another tenant.
const EVE: &str = "eve@elsewhere.example";
const ELSEWHERE: &str = "0e15e3e3-0000-4000-8000-00000000e15e";

static BACK: LazyLock<Url> = LazyLock::new(|| Url::parse("http://localhost:4711/callback").unwrap());

/// The sandbox, with a stopped clock.
struct World {
    sandbox: Sandbox,
    clock: Clock,
}

fn world() -> World {
    world_with(|builder| builder)
}

fn world_with(change: impl FnOnce(graph_sandbox::Builder) -> graph_sandbox::Builder) -> World {
    let clock = Clock::fixed(Timestamp::from_second(1_780_000_000).unwrap());
    let sandbox = change(Sandbox::builder().clock(clock.clone())).build();
    sandbox.add_account(Account {
        oid: "e5e00000-0000-4000-8000-000000000001".into(),
        tid: ELSEWHERE.into(),
        user_principal_name: EVE.into(),
        display_name: "Eve".into(),
    });
    World { sandbox, clock }
}

/// Runs a future that never waits: the sandbox responds at once.
fn run<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().expect("the sandbox answers at once")
}

impl World {
    fn given(&self) -> GrantContext<'static> {
        GrantContext::at(self.clock.now())
    }
    fn tenant(&self) -> &str {
        self.sandbox.graph().tenant_id()
    }
    fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    fn get(&self, url: &str, bearer: Option<&TokenSet>) -> (StatusCode, HeaderMap, Bytes) {
        let mut request = Request::get(url);
        if let Some(tokens) = bearer {
            request = request.header("authorization", format!("Bearer {}", tokens.access.expose()));
        }
        let (head, body) = run(self.sandbox.send(request.body(Bytes::new()).unwrap())).unwrap().into_parts();
        (head.status, head.headers, run(read_to_end(body, 1 << 20)).unwrap())
    }
    /// Returns the owner of the token, as Graph reports it.
    fn me(&self, tokens: &TokenSet) -> (StatusCode, Value) {
        let (status, _, body) = self.get("https://graph.microsoft.com/v1.0/me", Some(tokens));
        (status, serde_json::from_slice(&body).unwrap())
    }

    /// Lets the user consent, and returns the query of the callback. The error is the page that the browser stays on.
    fn browse(&self, url: &Url, user: &str) -> Result<String, String> {
        let mut url = url.clone();
        url.query_pairs_mut().append_pair("login_hint", user).append_pair("sandbox_auto", "1");
        let (status, headers, page) = self.get(url.as_str(), None);
        if status != StatusCode::FOUND {
            return Err(String::from_utf8(page.to_vec()).unwrap());
        }
        let back = Url::parse(headers["location"].to_str().unwrap()).unwrap();
        assert!(back.as_str().starts_with(BACK.as_str()), "{back}");
        Ok(back.query().unwrap().to_owned())
    }
    /// Signs in up to the callback.
    fn begin(&self, connection: &Checked, user: &str) -> (Pending, Callback) {
        let StartedSignIn { url, pending } =
            authorization_code::begin(connection, Some(&BACK), None, self.clock.now()).unwrap();
        let query = self.browse(&url, user).unwrap();
        (pending, Callback::parse(&query).unwrap())
    }
    fn finish(&self, connection: &Checked, (pending, callback): (Pending, Callback)) -> Result<TokenSet, Failure> {
        run(authorization_code::finish(&self.sandbox, connection, pending, callback, self.given()))
    }
    fn sign_in(&self, connection: &Checked, user: &str) -> TokenSet {
        self.finish(connection, self.begin(connection, user)).unwrap()
    }
    fn refresh(&self, connection: &Checked, tokens: &TokenSet) -> Result<TokenSet, Failure> {
        let refreshed = run(refresh::refresh(&self.sandbox, connection, tokens, self.given()))?;
        refreshed.unfit.map_or(Ok(refreshed.tokens), |error| Err(error.into()))
    }
    /// Returns the path of the last request.
    fn asked(&self) -> String {
        self.sandbox.requests().pop().unwrap().path
    }
}

/// Returns a connection of the sandbox's web app; `more` replaces or adds settings.
fn web(more: Value) -> Checked {
    checked(json!({ "method": "authorization_code", "clientId": seeds::WEB, "clientSecret": seeds::WEB_SECRET }), more)
}

fn checked(mut settings: Value, more: Value) -> Checked {
    settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let permissions = Permissions::NONE.with_minimum(&["User.Read", "offline_access"]).with_default(&[
        "Mail.Read",
        "User.Read",
        "offline_access",
    ]);
    let sign_in = |method| SignInSpec::new(method, permissions);
    let sign_ins = vec![sign_in(SignInMethod::AuthorizationCode), sign_in(SignInMethod::ClientCredentials)];
    let spec = ConnectionSpec::new(sign_ins, Vec::new());
    serde_json::from_value::<Settings>(settings).unwrap().check(&spec).unwrap()
}

/// Returns the refusal of the service, which must not contain anything secret.
#[track_caller]
fn refusal<T: std::fmt::Debug>(outcome: Result<T, Failure>) -> Refusal {
    match outcome.unwrap_err() {
        Failure::Refused(refusal) => {
            assert!(refusal.numbers.is_empty() || refusal.trace_id.is_some() && refusal.correlation_id.is_some());
            let shown = format!("{refusal:?} {:?}", refusal.clone().into_error());
            for secret in [seeds::WEB_SECRET, seeds::DAEMON_SECRET] {
                assert!(!shown.contains(secret), "{shown}");
            }
            *refusal
        }
        other => panic!("not a refusal: {:?}", Error::from(other)),
    }
}
