//! Options of the service.

use std::sync::Arc;
use std::time::Duration;

use connector_runtime::{Grant, Patterns, Principal, PrincipalId, Result, Rule, Rules, WorkerOptions};
use ipnet::IpNet;
use url::{Origin, Url};

/// Options of a [`Service`](crate::Service).
///
/// ```
/// use connector_service::{Options, keyless};
///
/// # fn main() -> connector_runtime::Result<()> {
/// let options = Options::new().anonymous(keyless("sandbox")?).public_url("https://tenon.contoso.com".parse().unwrap());
/// # let _ = options;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Options {
    pub(crate) anonymous: Option<Arc<Principal>>,
    pub(crate) public_url: Option<Url>,
    pub(crate) any_host: bool,
    pub(crate) return_origins: Vec<Origin>,
    pub(crate) trusted_proxies: Vec<IpNet>,
    pub(crate) limits: Limits,
    pub(crate) workers: Option<WorkerOptions>,
}

/// Limits of what callers may send and have in flight.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Limits {
    /// Maximum size of a JSON body, in bytes; 4 MiB.
    pub body: usize,
    /// Maximum depth of a JSON body; 64.
    pub depth: usize,
    /// Maximum time until the whole body of a request has arrived; 30 seconds.
    pub body_time: Duration,
    /// Time limit of a run whose answer is one JSON document, where the caller names none; 120 seconds.
    pub deadline: Duration,
    /// Maximum number of calls of one principal that run at the same time, in this process; 64.
    pub runs: usize,
    /// Maximum number of streams of events of one principal, in this process; 100.
    pub streams: usize,
    /// Maximum number of requests of a key in a minute, over all processes that share the store; 600. `None`: any number.
    /// Callers without a key are not counted.
    pub per_minute: Option<u32>,
    /// Maximum number of wrong keys from one address, and with one id, in a minute; 30. Then only keys are looked up that
    /// were right a while ago.
    pub wrong_keys: u32,
    /// Time for which a call of an agent waits for a person's approval before it returns that it waits; 45 seconds, which
    /// is less than most clients wait for a tool.
    pub approval: Duration,
    /// Time for which the end of the service waits for what is running; 30 seconds.
    pub end: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            body: 4 * 1024 * 1024,
            depth: 64,
            body_time: Duration::from_secs(30),
            deadline: Duration::from_secs(120),
            runs: 64,
            streams: 100,
            per_minute: Some(600),
            wrong_keys: 30,
            approval: Duration::from_secs(45),
            end: Duration::from_secs(30),
        }
    }
}

impl Default for Options {
    fn default() -> Options {
        Options::new()
    }
}

impl Options {
    /// Creates the options of a service that is reached on this machine alone, and by callers with a key.
    pub fn new() -> Options {
        Options {
            anonymous: None,
            public_url: None,
            any_host: false,
            return_origins: Vec::new(),
            trusted_proxies: Vec::new(),
            limits: Limits::default(),
            workers: Some(WorkerOptions::default()),
        }
    }

    /// Sets the principal that a caller without a key is. Without one, a key is needed.
    pub fn anonymous(mut self, principal: Arc<Principal>) -> Options {
        self.anonymous = Some(principal);
        self
    }

    /// Returns whether a caller without a key is somebody.
    pub fn has_anonymous(&self) -> bool {
        self.anonymous.is_some()
    }

    /// Sets the address at which browsers and clients reach the service, such as behind a proxy. Requests for its host
    /// are accepted beside those for this machine.
    pub fn public_url(mut self, url: Url) -> Options {
        self.public_url = Some(url);
        self
    }

    /// Accepts requests for any host. Only for a program that checks the `Host` header itself: with a name of their own
    /// for this machine, pages in a browser would reach the service.
    pub fn any_host(mut self) -> Options {
        self.any_host = true;
        self
    }

    /// Adds the origins of these addresses to those that a browser may return to after its sign-in, where the caller who
    /// began it names an address. The service's own is always one.
    pub fn return_origins(mut self, urls: impl IntoIterator<Item = Url>) -> Options {
        self.return_origins.extend(urls.into_iter().map(|url| url.origin()));
        self
    }

    /// Adds the addresses of proxies whose headers `Forwarded` and `X-Forwarded-For` are believed. Wrong keys are counted
    /// by the address of the client then, and not by that of the proxy, which all clients share.
    pub fn trusted_proxies(mut self, nets: impl IntoIterator<Item = IpNet>) -> Options {
        self.trusted_proxies.extend(nets);
        self
    }

    /// Sets the parameters of the workers, which poll the watches and send their events, or serves without them: then
    /// another process that shares the store has to have some.
    pub fn workers(mut self, workers: Option<WorkerOptions>) -> Options {
        self.workers = workers;
        self
    }

    /// Sets the limits.
    pub fn limits(mut self, limits: Limits) -> Options {
        self.limits = limits;
        self
    }
}

/// Creates the principal for callers without a key: it reaches one connection and nothing that is stored, and what
/// changes something needs a preview first.
///
/// # Errors
/// `invalid_input` for a name that is none of a connection.
pub fn keyless(connection: &str) -> Result<Arc<Principal>> {
    let after_preview = Rules {
        create: Rule::AfterPreview,
        update: Rule::AfterPreview,
        send: Rule::AfterPreview,
        delete: Rule::AfterPreview,
        ..Rules::default()
    };
    let grant = Grant {
        connections: Patterns::new([connection])?,
        actions: Patterns::everything(),
        rules: after_preview,
        ..Grant::default()
    };
    Ok(Arc::new(Principal { id: PrincipalId::new("sandbox")?, name: "without a key".into(), grant, parent: None }))
}
