//! Who calls: the only part of the service that sees the bare host.

mod forwarded;
mod origin;
mod tries;

use std::net::IpAddr;
use std::sync::Arc;

use connector_runtime::{
    AuthorizedHost, Code, Grant, Host, Interface, Principal, PrincipalId, Received, Result, Secret, WorkerOptions,
};
use http::{HeaderMap, HeaderValue, header};
use ipnet::IpNet;

use self::tries::Tries;

pub(crate) use self::origin::{Origins, authority, is_loopback};
use crate::options::Options;
use crate::problem::{Problem, ServiceCode};
use crate::route::Need;

/// Scheme of the header `Authorization`.
const SCHEME: &str = "Bearer";

/// The host, and who a caller is.
pub(crate) struct Auth {
    host: Host,
    anonymous: Option<Arc<Principal>>,
    nobody: Arc<Principal>,
    tries: Tries,
    trusted: Vec<IpNet>,
}

impl Auth {
    /// # Errors
    /// `bug` when the principal of nobody cannot be made.
    pub(crate) fn new(host: Host, options: &Options) -> Result<Auth> {
        let nobody =
            Principal { id: PrincipalId::new("nobody")?, name: "nobody".into(), grant: Grant::default(), parent: None };
        Ok(Auth {
            host,
            anonymous: options.anonymous.clone(),
            nobody: Arc::new(nobody),
            tries: Tries::new(options.limits.wrong_keys),
            trusted: options.trusted_proxies.clone(),
        })
    }

    /// Returns the address of the client whose request came from this peer.
    pub(crate) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        forwarded::client(peer, headers, &self.trusted)
    }

    /// Returns the host as the caller of a route sees it. `from`: the address of the client.
    ///
    /// # Errors
    /// `unauthenticated` for a missing, unknown or expired key; `throttled` for one with too many requests; the store's.
    pub(crate) async fn caller(
        &self,
        headers: &HeaderMap,
        from: Option<IpAddr>,
        (need, interface): (Need, Interface),
        per_minute: Option<u32>,
    ) -> Result<AuthorizedHost, Problem> {
        let seen_by = |principal| self.seen_by(principal, interface);
        if matches!(need, Need::Nothing | Need::Link) {
            return Ok(seen_by(self.nobody.clone()));
        }
        let Some(key) = key(headers)? else {
            let anonymous = self.anonymous.clone().filter(|_| need == Need::Caller);
            return anonymous.map(seen_by).ok_or_else(|| missing(need));
        };
        let host = seen_by(self.holder(from, &key).await?);
        if let Some(per_minute) = per_minute {
            host.count_call(per_minute).await?;
        }
        Ok(host)
    }

    /// Returns the host as a principal sees it.
    pub(crate) fn seen_by(&self, principal: Arc<Principal>, interface: Interface) -> AuthorizedHost {
        self.host.authorize(principal, interface)
    }

    async fn holder(&self, from: Option<IpAddr>, key: &Secret) -> Result<Arc<Principal>, Problem> {
        let this = self.tries.begin(from, key)?;
        let found = self.host.authenticate(key).await;
        match found {
            Ok(principal) => {
                self.tries.end(this, true);
                Ok(principal)
            }
            Err(error) if error.code() == Code::Denied => {
                self.tries.end(this, false);
                Err(refused(error.message(), error.reason()))
            }
            // What the store fails with says nothing about the key.
            Err(error) => Err(error.into()),
        }
    }

    /// Finishes the sign-ins with a code on another device, until `until` is ready.
    pub(crate) async fn work_sign_ins(&self, until: impl Future<Output = ()>) {
        if let Err(error) = self.host.work_sign_ins(until).await {
            tracing::error!(%error, "sign-ins with a code on another device are not finished by this process");
        }
    }

    /// Tells whoever shares the store that notifications come in here.
    ///
    /// # Errors
    /// The store's; `invalid_input` where the host has no address.
    pub(crate) async fn announce_notification_url(&self) -> Result<()> {
        self.host.announce_notification_url().await
    }

    /// Returns whether an address for notifications is one whose handshake is expected.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn confirms_endpoint(&self, token: &str) -> Result<bool> {
        self.host.confirms_endpoint(token).await
    }

    /// Takes notifications that were sent to an address.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn receive_notifications(&self, token: &str, body: &[u8]) -> Result<Received> {
        self.host.receive_notifications(token, body).await
    }

    /// Works on the tasks of the store, until `until` is ready.
    pub(crate) async fn work(&self, workers: Option<WorkerOptions>, until: impl Future<Output = ()>) {
        let Some(workers) = workers else { return };
        if let Err(error) = self.host.work(workers, until).await {
            tracing::error!(%error, "watches are not polled by this process");
        }
    }

    /// Waits until what must not be cut off has ended.
    pub(crate) async fn shutdown(&self) {
        self.host.shutdown().await;
    }
}

/// Returns the key that a request carries.
///
/// # Errors
/// `unauthenticated` for another scheme, or for more than one header.
fn key(headers: &HeaderMap) -> Result<Option<Secret>, Problem> {
    let mut all = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = all.next() else { return Ok(None) };
    let text = value.to_str().ok().filter(|_| all.next().is_none());
    let parts = text.and_then(|text| text.split_once(' '));
    match parts {
        Some((scheme, key)) if scheme.eq_ignore_ascii_case(SCHEME) => Ok(Some(Secret::new(key.trim().to_owned()))),
        _ => Err(refused("the header Authorization is not `Bearer` and a key", None)),
    }
}

fn missing(need: Need) -> Problem {
    let what = if need == Need::Key { "this needs a key that was made" } else { "a key is missing" };
    Problem::new(ServiceCode::Unauthenticated, what)
}

// RFC 6750 3.1.
fn refused(message: &str, reason: Option<&'static str>) -> Problem {
    let mut problem = Problem::new(ServiceCode::Unauthenticated, message);
    problem.set_header(
        header::WWW_AUTHENTICATE,
        HeaderValue::from_static("Bearer realm=\"tenon\", error=\"invalid_token\""),
    );
    match reason {
        Some(reason) => problem.with("reason", reason),
        None => problem,
    }
}
