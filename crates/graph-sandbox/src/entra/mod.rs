//! The sign-in service: a [Microsoft Entra][1] in memory.
//!
//! [`token`] and [`redeem`] exchange grants for tokens, [`authorize`] and [`device`] make the grants, [`client_auth`]
//! and [`assertion`] say which app is asking, [`provoke`] makes sign-ins fail on demand, and [`oidc`] is
//! a second provider that is not Entra.
//!
//! [1]: https://learn.microsoft.com/en-us/entra/identity-platform/v2-protocols

mod accounts;
mod apps;
mod assertion;
mod authorize;
mod client_auth;
mod consent;
mod device;
mod discovery;
mod errors;
mod grant;
mod identity;
mod issue;
mod jwt;
mod oidc;
mod pages;
mod params;
mod provoke;
mod redeem;
mod scopes;
mod state;
mod token;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use serde_json::Value;

pub use accounts::{Account, PERSONAL_ACCOUNT, PERSONAL_TENANT};
pub use apps::{App, AppSecret, Audience, ClientAuth, Consent, FederatedCredential, seeds};
pub use provoke::Provoke;

use crate::{Caller, Clock, Graph, lock, reply};
use grant::Provider;
use jwt::Keys;
use state::State;

pub(crate) use errors::{Failure, transient};
pub(crate) use issue::{Bearer, For};
pub(crate) use jwt::Refusal;

/// What happens when an old refresh token is used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rotation {
    /// It still works, as with [Entra](https://learn.microsoft.com/en-us/entra/identity-platform/refresh-tokens).
    #[default]
    KeepOld,
    /// The whole grant ends, as RFC 9700 4.14.2 asks of public clients' providers.
    ReuseKillsGrant,
}

/// How the sign-in service behaves.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    pub(crate) token_life: Duration,
    pub(crate) refresh_life: Duration,
    pub(crate) refresh_in: Option<Duration>,
    pub(crate) text_expires_in: bool,
    pub(crate) rotation: Rotation,
    pub(crate) device_interval: Duration,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            token_life: Duration::from_secs(3600),
            refresh_life: Duration::from_secs(90 * 24 * 3600),
            refresh_in: None,
            text_expires_in: false,
            rotation: Rotation::KeepOld,
            device_interval: Duration::from_secs(5),
        }
    }
}

/// The sign-in service.
pub(crate) struct Entra {
    pub(crate) clock: Clock,
    graph: Graph,
    keys: Arc<Keys>,
    options: Options,
    /// Access tokens that are issued from now on live so long.
    token_life: Mutex<Duration>,
    domains: OnceLock<BTreeSet<String>>,
    pub(crate) state: Mutex<State>,
}

impl Entra {
    /// Signs tokens with the published key, for whoever sends in Graph's name.
    pub(crate) fn signer(&self) -> crate::notifications::Sign {
        let keys = Arc::clone(&self.keys);
        Box::new(move |claims| keys.sign(claims))
    }

    pub(crate) fn new(clock: Clock, graph: Graph, options: Options) -> Entra {
        let token_life = Mutex::new(options.token_life);
        Entra {
            clock,
            graph,
            keys: Arc::new(Keys::generate()),
            options,
            token_life,
            domains: OnceLock::new(),
            state: Mutex::new(State::seeded()),
        }
    }

    fn token_life(&self) -> Duration {
        *lock(&self.token_life)
    }

    pub(crate) fn tokens_live(&self, life: Duration) {
        *lock(&self.token_life) = life;
    }

    /// Gives more application permissions to the apps that every sandbox has without a person.
    pub(crate) fn grant_roles(&self, roles: &[&str]) {
        let mut state = lock(&self.state);
        for id in [seeds::DAEMON, seeds::MANAGED_IDENTITY] {
            if let Some(app) = state.apps.get_mut(id) {
                app.roles.extend(roles.iter().map(|role| (*role).to_owned()));
            }
        }
    }

    /// Answers a request that belongs to the sign-in service.
    pub(crate) fn handle(&self, origin: &str, request: &Request<Bytes>) -> Option<Response<Bytes>> {
        let path: Vec<&str> = request.uri().path().trim_matches('/').split('/').collect();
        Some(match path[..] {
            [tenant, "oauth2", "v2.0", "token"] => self.token(origin, tenant, request),
            [tenant, "oauth2", "v2.0", "authorize"] => self.authorize(Provider::Entra, origin, tenant, request),
            [tenant, "oauth2", "v2.0", "devicecode"] => self.device_code(origin, tenant, request),
            [_, "oauth2", "deviceauth"] => self.device_page(request),
            [tenant, "v2.0", "adminconsent"] => self.admin_consent(origin, tenant, request),
            [tenant, "v2.0", ".well-known", "openid-configuration"] => {
                self.document(request, self.configuration(origin, tenant))
            }
            [tenant, "discovery", "v2.0", "keys"] => self.document(request, self.public_keys(origin, tenant)),
            ["metadata", "identity", "oauth2", "token"] | ["msi", "token"] => self.managed_identity(origin, request),
            ["oidc", ref rest @ ..] => return self.oidc(origin, rest, request),
            _ => return None,
        })
    }

    fn document(&self, request: &Request<Bytes>, document: Result<Value, Failure>) -> Response<Bytes> {
        match document {
            Ok(body) => reply::json(StatusCode::OK, &body),
            Err(failure) => failure.response(&self.clock, request.headers()),
        }
    }

    /// The account of this name or object id.
    pub(crate) fn account(&self, name: &str) -> Option<Account> {
        lock(&self.state).accounts.find(&self.graph, name)
    }

    /// The authority of a URL's first segment.
    fn authority(&self, segment: &str) -> Result<accounts::Authority, Failure> {
        lock(&self.state).accounts.authority(&self.graph, self.domains(), segment).ok_or_else(|| {
            let text = format!("Tenant '{segment}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.");
            Failure::new(90_002, text)
        })
    }

    // The verified domains of Graph's tenant.
    fn domains(&self) -> &BTreeSet<String> {
        self.domains.get_or_init(|| {
            let names = self.people().into_iter().map(|account| account.user_principal_name);
            names.filter_map(|name| name.rsplit_once('@').map(|(_, domain)| domain.to_ascii_lowercase())).collect()
        })
    }

    /// The accounts of Graph's tenant, asked of Graph itself.
    pub(crate) fn people(&self) -> Vec<Account> {
        let path = "/v1.0/users?$select=id,userPrincipalName,displayName&$top=999";
        let response = self.ask_graph(path, &["User.Read.All"]);
        let body: Value = serde_json::from_slice(response.body()).unwrap_or_default();
        let text = |user: &Value, name: &str| user[name].as_str().unwrap_or_default().to_owned();
        let users = body["value"].as_array().map(Vec::as_slice).unwrap_or_default();
        users
            .iter()
            .map(|user| Account {
                oid: text(user, "id"),
                tid: self.graph.tenant_id().to_owned(),
                user_principal_name: text(user, "userPrincipalName"),
                display_name: text(user, "displayName"),
            })
            .collect()
    }

    /// Makes sign-ins fail from now on.
    pub(crate) fn provoke(&self, provoke: Provoke) {
        let oid = |name: String| self.account(&name).map_or(name, |account| account.oid);
        // users are remembered by object id
        let provoke = match provoke {
            Provoke::MfaRequired(user) => Provoke::MfaRequired(oid(user)),
            Provoke::MfaEnrolment(user) => Provoke::MfaEnrolment(oid(user)),
            Provoke::BlockedByPolicy(user) => Provoke::BlockedByPolicy(oid(user)),
            Provoke::PasswordChanged(user) => Provoke::PasswordChanged(oid(user)),
            Provoke::RefreshTokensExpired(user) => Provoke::RefreshTokensExpired(oid(user)),
            Provoke::UserDisabled(user) => Provoke::UserDisabled(oid(user)),
            Provoke::ConsentWithdrawn { app, user } => {
                let mut state = lock(&self.state);
                drop(state.admin_consents.remove(&app));
                drop(state);
                let key = (app.clone(), oid(user.clone()));
                lock(&self.state).consents.insert(key, BTreeSet::new());
                return;
            }
            about_an_app => about_an_app,
        };
        let mut state = lock(&self.state);
        let number = state.next();
        state.provoked.push((number, provoke));
    }

    /// Takes every provoked reason away.
    pub(crate) fn relent(&self) {
        lock(&self.state).provoked.clear();
    }

    /// Reads from Graph as the sandbox's own app.
    pub(crate) fn ask_graph(&self, path: &str, roles: &[&str]) -> Response<Bytes> {
        let scopes = roles.iter().map(|role| (*role).to_owned()).collect();
        let caller = Caller { user: None, app_id: seeds::DAEMON.to_owned(), scopes };
        let mut request = Request::new(Bytes::new());
        *request.uri_mut() = path.parse().unwrap_or_default();
        self.graph.handle(&caller, jwt::GRAPH, &request)
    }
}
