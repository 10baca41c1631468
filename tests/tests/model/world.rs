//! Graph, and those who change it as other programs do: by raw requests.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use connector_runtime::store::Sqlite;
use connector_runtime::{ExternalConnection, Host, HostBuilder, KeyRing};
use connector_sdk::{ByteStream, Granted, Result, Secret, Subject, Transport};
use graph_client::{Endpoint, RetryPolicy, Token, TokenRequest, Tokens};
use graph_sandbox::{Caller, Clock, Holder, Sandbox, seeds};
use http::{Request, Response};
use serde_json::Value;
use tenon_tests::connectors;

use super::chance::Chance;

pub(crate) const ADELE: &str = "adelev@contoso.example";
const ORIGIN: &str = "https://graph.sandbox.invalid";
pub(crate) const BEGINNING: &str = "2026-03-02T09:00:00Z";

const SCOPES: &[&str] = &[
    "User.ReadWrite.All",
    "User.DeleteRestore.All",
    "Group.ReadWrite.All",
    "Directory.ReadWrite.All",
    "Mail.ReadWrite",
    "Calendars.ReadWrite",
    "Contacts.ReadWrite",
    "Files.ReadWrite.All",
    "Sites.ReadWrite.All",
];

/// Graph and the clocks.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
    /// The clock of the machine that listens.
    pub(crate) machine: Clock,
    caller: Arc<Caller>,
    token: String,
}

struct Fixed(Token);

#[async_trait]
impl Tokens for Fixed {
    async fn token(&self, _: TokenRequest<'_>) -> Result<Token> {
        Ok(self.0.clone())
    }
    fn granted(&self) -> Option<Arc<Granted>> {
        self.0.granted().cloned()
    }
}

/// What happens while a request is under way.
pub(crate) type Meanwhile = dyn Fn() + Send + Sync;

/// The way to Graph: each request waits a moment before it is answered and before its answer is there, so that a kill
/// can meet it at either place.
struct Way {
    sandbox: Sandbox,
    chance: Mutex<Chance>,
    meanwhile: Arc<Meanwhile>,
}

impl Way {
    async fn moments(&self) {
        let moments = self.chance.lock().unwrap().below(3);
        for _ in 0..moments {
            tokio::task::yield_now().await;
        }
    }
}

#[async_trait]
impl Transport for Way {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<ByteStream>> {
        self.moments().await;
        (self.meanwhile)();
        let answer = self.sandbox.send(request).await;
        self.moments().await;
        answer
    }
}

impl World {
    pub(crate) fn new() -> World {
        let beginning = BEGINNING.parse().unwrap();
        let years = std::time::Duration::from_secs(20 * 365 * 86_400);
        let sandbox = Sandbox::builder().clock(Clock::fixed(beginning)).tokens_live(years).count_only().build();
        let token = sandbox.issue_token(Holder::User(ADELE), SCOPES);
        let user = sandbox.graph().user_by_name(ADELE).unwrap().id;
        let scopes: BTreeSet<String> = SCOPES.iter().map(|scope| (*scope).to_owned()).collect();
        World {
            machine: Clock::fixed(beginning),
            caller: Arc::new(Caller { user: Some(user), app_id: seeds::PUBLIC.to_owned(), scopes }),
            token,
            sandbox,
        }
    }

    /// The token of the one who listens.
    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// A new process: a host on the store that is kept at `path`.
    pub(crate) fn host(
        &self,
        path: &Path,
        keys: &KeyRing,
        chance: &mut Chance,
        meanwhile: Arc<Meanwhile>,
    ) -> Result<Host> {
        let way = Way { sandbox: self.sandbox.clone(), chance: Mutex::new(Chance(chance.next())), meanwhile };
        let given = given(ORIGIN, &self.token)?.transport(Arc::new(way));
        let machine = self.machine.clone();
        let builder = builder(path, keys)?.now(move || machine.now());
        builder.retries(RetryPolicy { tries: 1, ..RetryPolicy::default() }).connection("work", given).build()
    }

    /// Asks Graph as an administrator.
    #[track_caller]
    pub(crate) fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        let body = if body.is_null() { Bytes::new() } else { body.to_string().into() };
        self.send(method, path, body)
    }

    /// As [`World::ask`], with a body that is no JSON.
    #[track_caller]
    pub(crate) fn send(&self, method: &str, path: &str, body: Bytes) -> Value {
        let uri = format!("/v1.0{}", path.replace(' ', "%20"));
        let request = Request::builder().method(method).uri(uri).header("content-type", "application/json");
        let request = request.header("prefer", r#"IdType="ImmutableId""#).body(body).unwrap();
        let answer = self.sandbox.graph().handle(&self.caller, ORIGIN, &request);
        assert!(answer.status().is_success(), "{method} {path}: {answer:?}");
        serde_json::from_slice(answer.body()).unwrap_or_default()
    }

    /// The items of a list.
    pub(crate) fn list(&self, path: &str) -> Vec<Value> {
        let list = self.ask("GET", path, &Value::Null);
        list["value"].as_array().cloned().unwrap_or_default()
    }
}

/// A host with every connector on the store at `path`, without a connection yet.
pub(crate) fn builder(path: &Path, keys: &KeyRing) -> Result<HostBuilder> {
    let builder = connectors().into_iter().fold(Host::builder(), |builder, connector| builder.connector(connector));
    Ok(builder.store(Arc::new(Sqlite::open(path)?), keys.clone()))
}

/// The connection of the one who listens.
pub(crate) fn given(origin: &str, token: &str) -> Result<ExternalConnection> {
    let token = Token::new(&Secret::new(token.to_owned()), Some(Arc::new(Granted::new(SCOPES))))?;
    let who = Subject::User { names: vec![ADELE.to_owned()] };
    Ok(ExternalConnection::new(Endpoint::new(origin)?, Arc::new(Fixed(token)), who))
}
