//! The sandbox, as a value and as a transport.

use std::collections::BTreeSet;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use connector_sdk::{ByteStream, Code, Error, Result, Transport};
use futures_util::stream;
use http::header::{AUTHORIZATION, CONTENT_LENGTH};
use http::{Request, Response, StatusCode};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::entra::{Bearer, Entra, Failure, For, Options, Refusal};
use crate::faults::{self, Asked, Verdict};
use crate::perturb::{Counted, Engine};
use crate::seen::Log;
use crate::tls::Certified;
use crate::{
    Account, App, Clock, Collection, Faults, Graph, Lifecycle, Notifications, Perturbations, Provoke, Rotation, Seen,
    Server, control, lock, reply, seeds, server, validate,
};

/// A Microsoft Entra and a Microsoft Graph in memory. Clones are the same sandbox.
#[derive(Clone)]
pub struct Sandbox(Arc<Inner>);

struct Inner {
    clock: Clock,
    graph: Graph,
    entra: Entra,
    faults: Faults,
    log: Log,
    /// Whether notification URLs are asked to echo a token.
    validate: AtomicBool,
    /// How answers are changed, if they are.
    perturbing: Mutex<Option<Arc<Engine>>>,
}

/// Settings of a sandbox; see [`Sandbox::builder`].
#[derive(Debug, Default)]
pub struct Builder {
    clock: Clock,
    options: Options,
    count_only: bool,
    validate: bool,
    collections: Vec<Collection>,
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
    /// The `interval` between the polls of a device; without it, five seconds.
    pub fn device_interval(mut self, interval: Duration) -> Builder {
        self.options.device_interval = interval;
        self
    }
    /// Counts requests and does not list them, so that long loads stay flat in memory.
    pub fn count_only(mut self) -> Builder {
        self.count_only = true;
        self
    }
    /// Asks the notification URLs of a new subscription to echo a token, as Graph does: a `POST` with
    /// `validationToken` in the query, answered with the token as `text/plain` within ten seconds. Only
    /// `http` URLs on this machine are asked. It needs a Tokio runtime with IO.
    pub fn validate_notification_urls(mut self) -> Builder {
        self.validate = true;
        self
    }
    /// Teaches the sandbox a collection. It stands in front of what the sandbox serves at the same paths.
    ///
    /// The apps [`seeds::DAEMON`] and [`seeds::MANAGED_IDENTITY`] get its application permissions.
    pub fn collection(mut self, collection: Collection) -> Builder {
        self.collections.push(collection);
        self
    }
    /// Builds the sandbox.
    ///
    /// # Panics
    /// If a taught collection contradicts itself, or an item that is there from the start does not fit it.
    pub fn build(self) -> Sandbox {
        let roles: Vec<&str> = self.collections.iter().flat_map(Collection::roles).collect();
        let graph = Graph::with_collections(self.clock.clone(), self.collections);
        let entra = Entra::new(self.clock.clone(), graph.clone(), self.options);
        entra.grant_roles(&roles);
        graph.notifications().sign_with(entra.signer());
        let log = Log::default();
        log.count_only(self.count_only);
        let faults = Faults::new(self.clock.clone());
        Sandbox(Arc::new(Inner {
            clock: self.clock,
            graph,
            entra,
            faults,
            log,
            validate: AtomicBool::new(self.validate),
            perturbing: Mutex::default(),
        }))
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
    /// It is answered, and the body breaks off after these bytes.
    Broken(Response<Bytes>, Bytes),
    /// The connection drops; `done` says whether the work was done.
    Dropped { done: bool },
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
    /// Its faults.
    pub fn faults(&self) -> &Faults {
        &self.0.faults
    }
    /// Its Graph.
    pub fn graph(&self) -> &Graph {
        &self.0.graph
    }

    /// The notifications that it sends to subscriptions.
    pub fn notifications(&self) -> &Notifications {
        self.0.graph.notifications()
    }
    /// Sends a lifecycle notification to a subscription. One that is removed is gone from then on.
    ///
    /// # Errors
    /// `invalid_input` when there is no such active subscription, or it was made without a URL for these.
    pub fn send_lifecycle(&self, subscription: &str, event: Lifecycle) -> Result<()> {
        self.0.graph.send_lifecycle(subscription, event).map_err(|why| Error::invalid("", why))
    }

    /// An access token for Graph, without a sign-in: for tests, and for a connection to the sandbox that
    /// needs no account. `scopes` are short names: delegated scopes, or roles for an app. A user that the
    /// sandbox does not know gets a token whose object id is the given name.
    pub fn issue_token(&self, holder: Holder<'_>, scopes: &[&str]) -> String {
        let scopes: BTreeSet<String> =
            scopes.iter().map(|scope| connector_sdk::scopes::short(scope).to_owned()).collect();
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

    /// Returns who can sign in: the users of the seeded tenant, and the accounts that only the sign-in service knows.
    /// Nobody has a password.
    pub fn accounts(&self) -> Vec<Account> {
        let others = lock(&self.0.entra.state).accounts.others().to_vec();
        self.0.entra.people().into_iter().chain(others).collect()
    }

    /// The user enters the code that a device shows, and signs in.
    ///
    /// # Errors
    /// `invalid_input` when no device waits for the code, or the user may not sign in there.
    pub fn approve_device(&self, user_code: &str, user: &str) -> Result<()> {
        self.0.entra.approve_device(user_code, user).map_err(|failure| self.refused(&failure))
    }
    /// The user declines what a device asks for.
    ///
    /// # Errors
    /// `invalid_input` when no device waits for the code.
    pub fn decline_device(&self, user_code: &str) -> Result<()> {
        self.0.entra.decline_device(user_code).map_err(|failure| self.refused(&failure))
    }
    fn refused(&self, failure: &Failure) -> Error {
        Error::invalid("", failure.describe(&self.0.clock))
    }

    /// How long access tokens live that are issued from now on.
    pub fn tokens_live(&self, life: Duration) {
        self.0.entra.tokens_live(life);
    }
    /// Makes sign-ins fail from now on.
    pub fn provoke(&self, reason: Provoke) {
        self.0.entra.provoke(reason);
    }
    /// Takes every provoked reason away. A consent that was withdrawn stays withdrawn.
    pub fn relent(&self) {
        self.0.entra.relent();
    }

    /// Perturbs answers from now on, and counts anew; [`Perturbations::none`] ends it. Answers of `/sandbox/…` stay as
    /// they are.
    pub fn perturb(&self, perturbations: Perturbations) {
        let engine = (!perturbations.is_empty()).then(|| Arc::new(Engine::new(perturbations)));
        *lock(&self.0.perturbing) = engine;
    }

    /// Asks notification URLs to echo a token from now on, or asks them no more; see
    /// [`Builder::validate_notification_urls`].
    pub fn validate_notification_urls(&self, on: bool) {
        self.0.validate.store(on, Ordering::Relaxed);
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

    /// Whether there is such a mailbox with such a folder, by name or id.
    pub(crate) fn has_folder(&self, mailbox: &str, folder: &str) -> bool {
        let encode = |text| utf8_percent_encode(text, NON_ALPHANUMERIC);
        let path = format!("/v1.0/users/{}/mailFolders/{}", encode(mailbox), encode(folder));
        self.0.entra.ask_graph(&path, &["Mail.Read"]).status() == StatusCode::OK
    }

    /// Serves it over HTTP/1.1 at `address`; port 0 takes any free port.
    ///
    /// # Errors
    /// When the address cannot be bound.
    pub async fn serve(&self, address: SocketAddr) -> io::Result<Server> {
        server::serve(self.clone(), address, None).await
    }

    /// Serves it over HTTPS, with a certificate for this machine that a new root certificate signs:
    /// [`Server::root_certificate`] is what a client has to trust.
    ///
    /// # Errors
    /// When the address cannot be bound.
    pub async fn serve_tls(&self, address: SocketAddr) -> io::Result<Server> {
        server::serve(self.clone(), address, Some(Certified::new(address.ip())?)).await
    }

    /// Answers a request that was sent to `origin`.
    pub(crate) async fn answer(&self, origin: &str, request: Request<Bytes>) -> Outcome {
        let inner = &self.0;
        // its own endpoints neither fail nor count
        if request.uri().path().starts_with("/sandbox/") {
            return Outcome::Answer(control::handle(self, &request));
        }
        inner.log.note(inner.clock.now(), origin, &request);
        let engine = lock(&inner.perturbing).clone();
        let counted = engine.as_ref().map(|engine| engine.count(&request));
        let perturbing = engine.as_deref().zip(counted);
        let request = if perturbing.is_some() { Engine::received(request) } else { request };
        let bearer = inner.bearer(origin, &request);
        let verdict = inner.judge(origin, &request, bearer.as_ref(), false);
        if !verdict.delay.is_zero() {
            tokio::time::sleep(verdict.delay).await;
        }
        if let Some(response) = verdict.refuse {
            return Outcome::Answer(response);
        }
        if verdict.drop_before {
            return Outcome::Dropped { done: false };
        }
        let mut response = inner.work(origin, &request, bearer, perturbing);
        if inner.validate.load(Ordering::Relaxed) && validate::concerns(&request) {
            response = validate::check(&inner.graph, &inner.clock, &request, response).await;
        }
        if verdict.drop_after {
            return Outcome::Dropped { done: true };
        }
        if let Some(link) = verdict.mislead {
            let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
            response = faults::mislead(response, origin, path, link);
        }
        let mut cut = None;
        if let Some((engine, counted)) = perturbing {
            let changed = engine.change(origin, &request, counted, response);
            if !changed.delay.is_zero() {
                tokio::time::sleep(changed.delay).await;
            }
            (response, cut) = (changed.response, changed.cut);
        }
        match verdict.truncate.or(cut).map(|bytes| faults::truncate(response.body(), bytes)) {
            Some((arrives, true)) => Outcome::Broken(response, arrives),
            _ => Outcome::Answer(response),
        }
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
    /// Whose request it is: `None` when it is not for Graph.
    fn bearer(&self, origin: &str, request: &Request<Bytes>) -> Option<Result<Bearer, Refusal>> {
        let path = request.uri().path();
        let graph = ["/v1.0/", "/beta/"].iter().any(|version| path.starts_with(version));
        let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        graph.then(|| self.entra.bearer(origin, header))
    }

    fn judge(
        &self,
        origin: &str,
        request: &Request<Bytes>,
        bearer: Option<&Result<Bearer, Refusal>>,
        part: bool,
    ) -> Verdict {
        let bearer = bearer.and_then(|bearer| bearer.as_ref().ok());
        let mailbox = bearer.filter(|_| !part).and_then(|bearer| {
            let owner = faults::mailbox(request)?;
            let name = owner.or(bearer.caller.user.as_deref())?;
            Some(self.graph.user_by_name(name).map_or_else(|| name.to_owned(), |user| user.id))
        });
        self.faults.judge(&Asked {
            origin,
            request,
            claims: bearer.map(|bearer| bearer.claims.as_ref()),
            mailbox,
            part,
        })
    }

    fn work(
        &self,
        origin: &str,
        request: &Request<Bytes>,
        bearer: Option<Result<Bearer, Refusal>>,
        perturbing: Option<(&Engine, Counted)>,
    ) -> Response<Bytes> {
        let headers = request.headers();
        let instead = perturbing.filter(|_| !matches!(bearer, Some(Err(_)))).and_then(|(engine, counted)| {
            let sign_in = bearer.is_none() && !Graph::is_preauthenticated(request.uri().path());
            (!sign_in).then(|| engine.instead(origin, request, counted)).flatten()
        });
        if let Some(response) = instead {
            return response;
        }
        // upload and download URLs carry their own permission
        let free = || self.graph.handle_unauthenticated(origin, request);
        match bearer {
            None => self.entra.handle(origin, request).or_else(free).unwrap_or_else(|| {
                reply::graph_error(&self.clock, headers, StatusCode::BAD_REQUEST, "BadRequest", "Invalid version.")
            }),
            Some(Err(refusal)) => {
                let free = if headers.contains_key(AUTHORIZATION) { None } else { free() };
                free.unwrap_or_else(|| reply::unauthorized(&self.clock, headers, refusal.message(), ""))
            }
            Some(Ok(bearer)) => {
                let caller = bearer.caller.clone();
                let bearer = Ok(bearer);
                self.graph.handle_with(&caller, origin, request, &|part| {
                    let verdict = self.judge(origin, part, Some(&bearer), true);
                    // a part cannot lose its connection, so it is answered as a gateway answers
                    let dropped = verdict.drop_before.then(|| {
                        reply::graph_error(
                            &self.clock,
                            part.headers(),
                            StatusCode::GATEWAY_TIMEOUT,
                            "UnknownError",
                            "The service did not answer.",
                        )
                    });
                    let instead = || {
                        let (engine, _) = perturbing?;
                        engine.instead(origin, part, engine.count(part))
                    };
                    verdict.refuse.or(dropped).or_else(instead)
                })
            }
        }
    }
}

#[async_trait]
impl Transport for Sandbox {
    /// Answers in process. The origin is taken from the request's URL, whatever its host. A connection
    /// that drops before the work is `unavailable`, one that drops after it is `outcome_unknown`.
    async fn send(&self, request: Request<Bytes>) -> Result<Response<ByteStream>> {
        let uri = request.uri();
        let origin = match (uri.scheme_str(), uri.authority()) {
            (Some(scheme), Some(authority)) => format!("{scheme}://{authority}"),
            _ => "https://graph.microsoft.com".to_owned(),
        };
        match self.answer(&origin, request).await {
            Outcome::Answer(response) => Ok(announced(response).map(connector_sdk::whole)),
            Outcome::Broken(response, arrives) => {
                let response = announced(response);
                let lost = Error::new(Code::OutcomeUnknown, "the connection broke off in the middle of the answer");
                Ok(response.map(|_| -> ByteStream { Box::pin(stream::iter([Ok(arrives), Err(lost)])) }))
            }
            Outcome::Dropped { done: false } => {
                Err(Error::new(Code::Unavailable, "the connection was reset before the request was processed"))
            }
            Outcome::Dropped { done: true } => {
                Err(Error::new(Code::OutcomeUnknown, "the connection was reset before the answer came"))
            }
        }
    }
}

// The length of the whole body, which a server announces too.
fn announced(mut response: Response<Bytes>) -> Response<Bytes> {
    if !response.body().is_empty() {
        let length = response.body().len();
        response.headers_mut().insert(CONTENT_LENGTH, length.into());
    }
    response
}
