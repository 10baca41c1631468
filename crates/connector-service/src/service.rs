//! The service: its router, and its life on sockets.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{MethodFilter, on};
use connector_runtime::{Code, Error, Host, Interface, Principal, Result, WorkerOptions};
use http::{HeaderValue, StatusCode, header};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tower_http::catch_panic::CatchPanicLayer;
use tracing::Instrument;

use crate::auth::{Auth, Origins, authority};
use crate::call::Call;
use crate::connection_server::{self, Peer};
use crate::ingress;
use crate::mcp::{Agent, SignInLinks};
use crate::openapi::KeptDescriptions;
use crate::options::{Limits, Options};
use crate::problem::{Problem, ServiceCode};
use crate::query::Query;
use crate::request_id::{self, RequestId};
use crate::route::{Need, Route};
use crate::routes::routes;
use crate::running::Running;
use crate::site::Site;

/// Maximum size of the headers of a request, in bytes.
const LARGEST_HEAD: usize = 16 * 1024;

/// The host as a service. Cheap to clone; all clones are one service.
#[derive(Clone)]
pub struct Service(Arc<Inner>);

struct Inner {
    auth: Arc<Auth>,
    origins: Origins,
    limits: Limits,
    workers: Option<WorkerOptions>,
    site: Arc<Site>,
    running: Arc<Running>,
    ending: Arc<AtomicBool>,
}

/// The sockets that a service listens on.
#[derive(Debug)]
pub struct Sockets {
    api: TcpListener,
    ingress: Option<TcpListener>,
}

impl Sockets {
    /// Creates the sockets of a service that listens on one.
    pub fn new(api: TcpListener) -> Sockets {
        Sockets { api, ingress: None }
    }

    /// Adds a socket at which Graph's notifications come in, mostly behind a proxy. Port 0 takes any free one.
    ///
    /// # Errors
    /// As [`Sockets::bind`].
    pub async fn with_ingress(mut self, ingress: SocketAddr) -> Result<Sockets> {
        self.ingress = Some(connection_server::bind(ingress).await?);
        Ok(self)
    }

    /// Returns the address at which notifications come in, where there is one.
    ///
    /// # Errors
    /// `unavailable` when the socket is gone.
    pub fn ingress_address(&self) -> Result<Option<SocketAddr>> {
        self.ingress.as_ref().map(address_of).transpose()
    }

    /// Binds the socket of the HTTP API; port 0 takes any free one.
    ///
    /// # Errors
    /// `unavailable` when the port is taken, or the address is none of this machine.
    pub async fn bind(api: SocketAddr) -> Result<Sockets> {
        Ok(Sockets::new(connection_server::bind(api).await?))
    }

    /// Returns the address of the HTTP API.
    ///
    /// # Errors
    /// `unavailable` when the socket is gone.
    pub fn address(&self) -> Result<SocketAddr> {
        address_of(&self.api)
    }
}

fn address_of(socket: &TcpListener) -> Result<SocketAddr> {
    socket.local_addr().map_err(|error| Error::new(Code::Unavailable, "the socket is gone").caused_by(error))
}

impl Service {
    /// Creates a service over a host.
    ///
    /// # Errors
    /// `bug`, which it does not return.
    pub fn new(host: Host, options: Options) -> Result<Service> {
        Ok(Service(Arc::new(Inner {
            origins: Origins::new(&options),
            site: Arc::new(Site {
                url: options.public_url.as_ref().map(|url| url.as_str().trim_end_matches('/').to_owned()),
                has_anonymous: options.has_anonymous(),
                returns: options.return_origins.clone(),
                descriptions: KeptDescriptions::default(),
                sign_in_links: SignInLinks::default(),
            }),
            auth: Arc::new(Auth::new(host, &options)?),
            limits: options.limits,
            workers: options.workers,
            running: Running::new(),
            ending: Arc::default(),
        })))
    }

    /// Returns the router of all routes, to be served alone or to be merged into another one.
    pub fn router(&self) -> Router {
        let inner = self.0.clone();
        let mut router = Router::new();
        for route in routes() {
            let filter = MethodFilter::try_from(route.method.clone()).unwrap_or(MethodFilter::GET);
            let answer = move |State(inner): State<Arc<Inner>>,
                               path: std::result::Result<RawPathParams, RawPathParamsRejection>,
                               request: Request| async move {
                match path {
                    Ok(path) => inner.answer(route, &path, request).await,
                    Err(_) => Problem::new(ServiceCode::NoSuchRoute, "the path is no UTF-8 when it is decoded")
                        .answer(id_of(&request)),
                }
            };
            router = router.route(route.path, on(filter, answer));
        }
        let not_allowed = |request: Request| async move {
            Problem::new(ServiceCode::MethodNotAllowed, "this path does not take the method").answer(id_of(&request))
        };
        let unknown = |request: Request| async move {
            Problem::new(ServiceCode::NoSuchRoute, "there is no such path").answer(id_of(&request))
        };
        router
            .method_not_allowed_fallback(not_allowed)
            .fallback(unknown)
            .layer(CatchPanicLayer::custom(|_| failed(Error::bug("the request could not be answered").into())))
            .layer(from_fn_with_state(inner.clone(), guard))
            .with_state(inner)
    }

    /// Returns the router of what Graph sends: handshakes and notifications. An embedding program serves it at an address
    /// of its own, below which the host's notification URL is.
    pub fn ingress(&self) -> Router {
        ingress::router(self.0.auth.clone())
    }

    /// Serves until `until` is ready, and finishes sign-ins with a code on another device. Then it ends: it takes no new
    /// connections, waits for what is running and for tokens that are being renewed, at most as long as
    /// [`Limits::end`](crate::Limits::end). What does not end in time is told so shortly before.
    ///
    /// # Errors
    /// `unavailable` when the sockets cannot be read.
    pub async fn run(self, sockets: Sockets, until: impl Future<Output = ()>) -> Result<()> {
        let (ending, running, limits) = (self.0.ending.clone(), self.0.running.clone(), self.0.limits);
        let waiting = running.clone();
        let (end, mut ended) = watch::channel(None);
        let mut ends = ended.clone();
        let cutting = tokio::spawn(async move {
            if ends.wait_for(Option::is_some).await.is_ok() {
                tokio::time::sleep(limits.end.saturating_sub(notice(limits.end))).await;
                running.cut_off();
            }
        });
        let until = async {
            until.await;
            ending.store(true, Ordering::Relaxed);
            waiting.end();
            end.send_replace(Some(Instant::now()));
        };
        let work = self.0.auth.work_sign_ins(async { drop(ended.wait_for(Option::is_some).await) });
        let mut works = end.subscribe();
        let workers = self.0.auth.work(self.0.workers.clone(), async { drop(works.wait_for(Option::is_some).await) });
        if sockets.ingress.is_some() {
            self.0.auth.announce_notification_url().await?;
        }
        let mut listens = end.subscribe();
        let ingress = async {
            match sockets.ingress {
                Some(socket) => {
                    let until = async { drop(listens.wait_for(Option::is_some).await) };
                    connection_server::serve(socket, self.ingress(), limits.end, until).await
                }
                None => Ok(()),
            }
        };
        let (served, received, (), ()) = tokio::join!(
            connection_server::serve(sockets.api, self.router(), limits.end, until),
            ingress,
            work,
            workers
        );
        let since = end.borrow().map_or(Duration::ZERO, |began: Instant| began.elapsed());
        let is_ended = self.0.running.ended(limits.end.saturating_sub(since)).await;
        cutting.abort();
        served.and(received)?;
        self.finish(is_ended).await;
        Ok(())
    }

    /// Waits for what is running and for tokens that are being renewed, at most as long as the limits say.
    pub(crate) async fn ended(&self) {
        let is_ended = self.0.running.ended(self.0.limits.end).await;
        self.finish(is_ended).await;
    }

    async fn finish(&self, is_ended: bool) {
        if !is_ended {
            tracing::warn!("runs are cut off, because they did not end in time");
        }
        self.0.auth.shutdown().await;
    }

    /// Returns the agent that is this principal.
    pub(crate) fn agent(&self, principal: Arc<Principal>) -> Agent {
        let host = self.0.auth.seen_by(principal, Interface::Mcp);
        Agent::new(host, self.0.limits, self.0.running.clone())
    }

    /// Returns the limits.
    pub(crate) fn limits(&self) -> &Limits {
        &self.0.limits
    }
}

/// Returns how long before the end runs are told that it comes.
fn notice(end: Duration) -> Duration {
    (end / 5).min(Duration::from_secs(5))
}

impl Inner {
    async fn answer(self: Arc<Inner>, route: &'static Route, path: &RawPathParams, request: Request) -> Response {
        let id = id_of(&request);
        let from = request.extensions().get::<Peer>().map(|peer| self.auth.client(peer.0, request.headers()));
        // Of the path its template alone: the path itself may be a secret, such as that of a link.
        let span = tracing::error_span!(
            "request",
            id = %id,
            http.request.method = %route.method,
            http.route = route.path,
            client.address = from.map(tracing::field::display)
        );
        let answered = self.answered(route, path, id, from, request).instrument(span.clone()).await;
        let response = answered.unwrap_or_else(|problem| problem.answer(id));
        tracing::debug!(parent: &span, http.response.status_code = response.status().as_u16(), "it was answered");
        response
    }

    async fn answered(
        &self,
        route: &'static Route,
        path: &RawPathParams,
        id: RequestId,
        from: Option<IpAddr>,
        request: Request,
    ) -> std::result::Result<Response, Problem> {
        let (head, body) = request.into_parts();
        if route.needs != Need::Link {
            // Before it is asked who calls: whoever sends a key like this shall learn how it is sent.
            Query::check_secrets(head.uri.query().unwrap_or_default())?;
        }
        let host =
            self.auth.caller(&head.headers, from, (route.needs, route.interface), self.limits.per_minute).await?;
        let raw_query = head.uri.query().unwrap_or_default().to_owned();
        let call = Call {
            host,
            route,
            id,
            authority: authority(&head.uri, &head.headers),
            query: match route.needs {
                // What the sign-in service sends along is its own affair.
                Need::Link => Query::default(),
                _ => Query::read(&raw_query, route.query)?,
            },
            raw_query,
            headers: head.headers,
            path: path.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            body,
            limits: self.limits,
            running: self.running.clone(),
            site: self.site.clone(),
            ending: self.ending.load(Ordering::Relaxed),
        };
        call.form()?;
        (route.handler)(call).await
    }
}

// What comes before every route, also before those that do not exist.
async fn guard(State(inner): State<Arc<Inner>>, mut request: Request, next: Next) -> Response {
    let id = RequestId::random();
    request.extensions_mut().insert(id);
    let mut response = match check(&inner, &request) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.answer(id),
    };
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&id.to_string()) {
        headers.insert(request_id::HEADER, id);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

fn check(inner: &Inner, request: &Request) -> std::result::Result<(), Problem> {
    inner.origins.check(request)?;
    let size: usize = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    if size + request.uri().path().len() + request.uri().query().unwrap_or_default().len() > LARGEST_HEAD {
        let mut problem = Problem::new(ServiceCode::TooLarge, "the head of the request is larger than 16 KiB");
        problem.set_status(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
        return Err(problem);
    }
    Ok(())
}

// Every request has one, as `guard` sees to.
fn id_of(request: &Request) -> RequestId {
    request.extensions().get().copied().unwrap_or_else(RequestId::random)
}

// The id stands in the header.
fn failed(problem: Problem) -> Response {
    axum::response::IntoResponse::into_response(problem)
}
