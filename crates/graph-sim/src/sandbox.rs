//! The sandbox, as a value and as a transport.

use std::collections::BTreeSet;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use connector_sdk::{ByteStream, Result, Transport};
use http::header::AUTHORIZATION;
use http::{Request, Response, StatusCode};

use crate::entra::{Entra, For, Options};
use crate::seen::Log;
use crate::{Account, App, Clock, Graph, Rotation, Seen, Server, lock, reply, seeds, server};

/// A Microsoft Entra and a Microsoft Graph in memory. Clones are the same sandbox.
#[derive(Clone)]
pub struct Sandbox(Arc<Inner>);

struct Inner {
    clock: Clock,
    graph: Graph,
    entra: Entra,
    log: Log,
}

/// Settings of a sandbox; see [`Sandbox::builder`].
#[derive(Debug, Default)]
pub struct Builder {
    clock: Clock,
    options: Options,
    count_only: bool,
}

impl Builder {
    /// The clock; without it, the computer's time.
    pub fn clock(mut self, clock: Clock) -> Builder {
        self.clock = clock;
        self
    }
    /// How long access tokens live; without it, one hour.
    pub fn tokens_live(mut self, life: Duration) -> Builder {
        self.options.token_life = life;
        self
    }
    /// How long a refresh token lives that nobody uses; without it, 90 days.
    pub fn refresh_tokens_live(mut self, life: Duration) -> Builder {
        self.options.refresh_life = life;
        self
    }
    /// Sends `refresh_in`: the time after which a token should be renewed, before it expires.
    pub fn refresh_in(mut self, time: Duration) -> Builder {
        self.options.refresh_in = Some(time);
        self
    }
    /// Sends `expires_in` as a text, as some providers do.
    pub fn expires_in_as_text(mut self) -> Builder {
        self.options.text_expires_in = true;
        self
    }
    /// What happens when an old refresh token of the sign-in service is used again.
    pub fn rotation(mut self, rotation: Rotation) -> Builder {
        self.options.rotation = rotation;
        self
    }
    /// Counts requests and does not list them, so that long loads stay flat in memory.
    pub fn count_only(mut self) -> Builder {
        self.count_only = true;
        self
    }
    /// The sandbox.
    pub fn build(self) -> Sandbox {
        let graph = Graph::seeded(self.clock.clone());
        let entra = Entra::new(self.clock.clone(), graph.clone(), self.options);
        let log = Log::default();
        log.count_only(self.count_only);
        Sandbox(Arc::new(Inner { clock: self.clock, graph, entra, log }))
    }
}

/// Whose token it is; see [`Sandbox::issue_token`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder<'a> {
    /// A user, by user principal name or object id.
    User(&'a str),
    /// An app, by client id.
    App(&'a str),
}

/// What becomes of a request.
pub(crate) enum Outcome {
    /// It is answered.
    Answer(Response<Bytes>),
}

impl Sandbox {
    /// A sandbox with the seeded tenant, on the computer's time.
    pub fn new() -> Sandbox {
        Sandbox::builder().build()
    }
    /// A sandbox with other settings.
    pub fn builder() -> Builder {
        Builder::default()
    }
    /// Its clock.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }
    /// Its Graph.
    pub fn graph(&self) -> &Graph {
        &self.0.graph
    }

    /// An access token for Graph, without a sign-in: for tests, and for a connection to the sandbox that
    /// needs no account. `scopes` are short names: delegated scopes, or roles for an app. A user that the
    /// sandbox does not know gets a token whose object id is the given name.
    pub fn issue_token(&self, holder: Holder<'_>, scopes: &[&str]) -> String {
        let scopes: BTreeSet<String> = scopes.iter().map(|scope| connector_sdk::scopes::short(scope).to_owned()).collect();
        let tid = self.0.graph.tenant_id();
        match holder {
            Holder::App(client_id) => self.0.entra.access_token(For::App { tid }, client_id, &scopes, None, None),
            Holder::User(name) => {
                let account = self.0.entra.account(name).unwrap_or_else(|| Account {
                    oid: name.to_owned(),
                    tid: tid.to_owned(),
                    user_principal_name: name.to_owned(),
                    display_name: name.to_owned(),
                });
                self.0.entra.access_token(For::User(&account), seeds::PUBLIC, &scopes, None, None)
            }
        }
    }

    /// Registers an app, or replaces the registration with its client id.
    pub fn register(&self, app: App) {
        lock(&self.0.entra.state).apps.insert(app.client_id.clone(), app);
    }
    /// Adds somebody who can sign in and whom the seeded tenant does not know: a personal account, or a
    /// user of another tenant, which then exists.
    pub fn add_account(&self, account: Account) {
        lock(&self.0.entra.state).accounts.add(account);
    }

    /// Every request since the beginning, or since [`Sandbox::forget_requests`].
    pub fn requests(&self) -> Vec<Seen> {
        self.0.log.list()
    }
    /// How many requests there were.
    pub fn request_count(&self) -> u64 {
        self.0.log.all()
    }
    /// How many of them asked for a token.
    pub fn token_requests(&self) -> u64 {
        self.0.log.tokens()
    }
    /// Counts requests and does not list them, or lists them again.
    pub fn count_only(&self, on: bool) {
        self.0.log.count_only(on);
    }
    /// Forgets the list and the counts.
    pub fn forget_requests(&self) {
        self.0.log.clear();
    }

    /// Serves it over HTTP/1.1 at `address`; port 0 takes any free port.
    ///
    /// # Errors
    /// When the address cannot be bound.
    pub async fn serve(&self, address: SocketAddr) -> io::Result<Server> {
        server::serve(self.clone(), address).await
    }

    /// Answers a request that was sent to `origin`.
    pub(crate) async fn answer(&self, origin: &str, request: Request<Bytes>) -> Outcome {
        let inner = &self.0;
        inner.log.note(inner.clock.now(), origin, &request);
        Outcome::Answer(inner.work(origin, &request))
    }
}

impl Default for Sandbox {
    fn default() -> Sandbox {
        Sandbox::new()
    }
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sandbox").finish_non_exhaustive()
    }
}

impl Inner {
    fn work(&self, origin: &str, request: &Request<Bytes>) -> Response<Bytes> {
        let path = request.uri().path();
        let graph = ["/v1.0/", "/beta/"].iter().any(|version| path.starts_with(version));
        let authorization = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        if !graph && let Some(response) = self.entra.handle(origin, request) {
            return response;
        }
        if (!graph || authorization.is_none())
            && let Some(response) = self.graph.handle_unauthenticated(origin, request)
        {
            return response;
        }
        if !graph {
            return reply::graph_error(&self.clock, request.headers(), StatusCode::BAD_REQUEST, "BadRequest", "Invalid version.");
        }
        match self.entra.bearer(origin, authorization) {
            Ok(bearer) => self.graph.handle(&bearer.caller, origin, request),
            Err(refusal) => reply::unauthorized(&self.clock, request.headers(), refusal.message(), ""),
        }
    }
}

#[async_trait]
impl Transport for Sandbox {
    /// Answers in process. The origin is taken from the request's URL, whatever its host.
    async fn send(&self, request: Request<Bytes>) -> Result<Response<ByteStream>> {
        let uri = request.uri();
        let origin = match (uri.scheme_str(), uri.authority()) {
            (Some(scheme), Some(authority)) => format!("{scheme}://{authority}"),
            _ => "https://graph.microsoft.com".to_owned(),
        };
        match self.answer(&origin, request).await {
            Outcome::Answer(response) => Ok(response.map(connector_sdk::whole)),
        }
    }
}
