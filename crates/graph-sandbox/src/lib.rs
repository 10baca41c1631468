//! The sandbox: a Microsoft Entra and a Microsoft Graph in memory, with faults on demand.
//!
//! It behaves as Microsoft documents, not as one client happens to call: it refuses what they refuse.
//! Use it in process, where a [`Sandbox`] is a [`Transport`](connector_sdk::Transport) for any host, or
//! over HTTP with [`Sandbox::serve`]. Nothing is real, and nothing is kept.
//!
//! ```
//! use graph_sandbox::{Fault, Holder, Rule, Sandbox};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> std::io::Result<()> {
//! let sandbox = Sandbox::new();
//! sandbox.faults().add(Rule::new(Fault::throttle(2)).path("/me/messages").once());
//! let token = sandbox.issue_token(Holder::User("MeganB@contoso.example"), &["Mail.Read"]);
//! let server = sandbox.serve(([127, 0, 0, 1], 0).into()).await?;
//! // point a client at `server.url()` and send `token`
//! # assert_eq!(token.split('.').count(), 3);
//! server.shutdown().await;
//! assert_eq!(sandbox.request_count(), 0);
//! # Ok(())
//! # }
//! ```
//!
//! # What is where
//! | path | what answers |
//! |---|---|
//! | `/v1.0/…`, `/beta/…` | Graph, for a token of this sandbox |
//! | `/{tenant}/oauth2/v2.0/authorize`, `…/token`, `…/devicecode`, `/{tenant}/v2.0/adminconsent`, `/{tenant}/v2.0/.well-known/openid-configuration` | the sign-in service; `tenant` is `common`, `organizations`, `consumers`, a tenant id or a verified domain |
//! | `/common/oauth2/deviceauth` | the page for the code of a device |
//! | `/metadata/identity/oauth2/token`, `/msi/token` | the managed identity of the machine |
//! | `/oidc/authorize`, `/oidc/token`, `/oidc/.well-known/openid-configuration` | an OpenID provider that is not Entra |
//! | `/sandbox/…` | the sandbox itself |
//!
//! Apps that are registered from the start are in [`seeds`]. `sandbox_auto=1` on an authorize or admin
//! consent URL accepts at once, as the user of `login_hint`, without a page.
//!
//! # Control over HTTP
//! | request | what it does |
//! |---|---|
//! | `POST /sandbox/faults` | adds a [`Rule`], or sets a [`Limit`]: `{"limit": {"perSecond": 200}}`, `{"limit": {"perMailbox": 4}}` |
//! | `GET /sandbox/faults` | the rules and the counts |
//! | `DELETE /sandbox/faults` | takes every rule and limit away |
//! | `GET /sandbox/requests` | the requests that came in; `DELETE` forgets them |
//! | `POST /sandbox/deliver` | a new mail arrives: `{"mailbox": "…", "folder": "inbox", "message": {"subject": "…"}}` |
//! | `POST /sandbox/log` | logs a sign-in, `{"user": "…", "secondsAgo": 600, "entry": {"riskState": "atRisk"}}`, or an activity, `{"activity": "Add user"}` |
//! | `POST /sandbox/replication` | makes new objects of the directory unknown to the first requests that name them: `{"requests": 2}` |
//! | `POST /sandbox/expire-delta-tokens` | makes every delta token invalid |
//! | `POST /sandbox/perturb` | perturbs answers from now on, see [`Perturbations`]: `{"choice": "7:order,links"}`; `DELETE` ends it |
//! | `POST /sandbox/provoke` | makes sign-ins fail, see [`Provoke`]: `{"passwordChanged": "…"}`; `DELETE` ends it |
//! | `POST /sandbox/notification-urls` | asks notification URLs to echo a token from now on: `{"validate": true}` |
//! | `POST /sandbox/notifications` | makes notifications go wrong, see [`NotificationRule`]: `{"fault": {"kind": "duplicate"}, "times": 1}`; sets how they are sent, see [`Sending`]: `{"sending": {"batch": 1}}`; or sends a lifecycle notification: `{"lifecycle": "missed", "subscription": "…"}` |
//! | `GET /sandbox/notifications` | the rules, the counts, what was sent, and the subscriptions to which nothing is sent; `DELETE` takes the rules away and forgets the rest |
//! | `POST /sandbox/clock` | moves the clock forward: `{"advanceSeconds": 3600}` |
//!
//! # Perturbations
//! [`Sandbox::perturb`] lets the sandbox word its right answers in other ways that OData, JSON and HTTP allow and that
//! Graph has been seen to use: see [`Perturbations`] for how they are chosen, and `perturb/` for each of them and its
//! source. They are off from the start.
//!
//! # What it does not serve
//! A path that the sandbox does not know is answered with 501 and the code `sandboxNotServed`. [`Builder::collection`]
//! teaches it more: a [`Collection`] is a description of the items, and needs no code.
//!
//! # Where it differs from Microsoft
//! A notification URL may be `http` on the same machine, and only to such URLs notifications are sent: `GET
//! /sandbox/notifications` lists the subscriptions with other ones. They are sent within moments, in the order of the
//! changes, one request at a time for each URL, by a task of the Tokio runtime in which the change was made; without a
//! runtime they wait for one. What an endpoint does not acknowledge within three seconds is sent again for four hours.
//! An endpoint that was late with more than a tenth of its answers within ten minutes is notified ten seconds later,
//! and from 15 in 100 on not at all; fewer than ten answers do not count. A message that moves is `deleted` in its old
//! folder and `created` in its new one. A filter in `resource` is kept and not followed. The data of `includeResourceData` are the
//! selected properties as they are kept: without those that are derived for an answer. Validation tokens are signed with
//! ES256, as id tokens are, and have the issuer of the origin at which the subscription was made. No lifecycle notification is sent unless
//! [`Sandbox::send_lifecycle`] asks for it. Graph asks each URL to echo a token first; the sandbox does so only where
//! [`Builder::validate_notification_urls`] asks for it, because in process there may be nobody to ask, and
//! only on the same machine; subscriptions made within a `$batch` and URLs that change later are not asked.
//! Rules of the inbox are kept and not followed.
//!
//! Id tokens are signed with ES256 instead of RS256. No password is asked for. The signature of a
//! federated token is not checked, because its issuer cannot be reached. A permission is accepted by its
//! shape, not by a list of all that exist.

/// Compiles the code of the page for connector authors.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/sandbox.md")]
struct Page;

mod before;
mod caller;
mod clock;
mod control;
mod entra;
mod faults;
#[cfg(fuzzing)]
#[doc(hidden)]
pub use graph::fuzz;
mod graph;
mod notifications;
mod perturb;
mod random;
mod reach;
mod reply;
mod sandbox;
mod seen;
mod server;
mod tls;
mod validate;

use std::sync::{Mutex, MutexGuard, PoisonError};

pub use caller::Caller;
pub use clock::Clock;
pub use entra::{
    Account, App, AppSecret, Audience, ClientAuth, Consent, FederatedCredential, PERSONAL_ACCOUNT, PERSONAL_TENANT,
    Provoke, Rotation, seeds,
};
pub use faults::{Fault, FaultCounts, Faults, HostileLink, Limit, RetryAfter, Rule};
pub use graph::{Collection, ETag, Feeds, Graph, PartFault, Permissions, Property, UserCard, Verb};
pub use notifications::{
    Lifecycle, NotificationCounts, NotificationFault, NotificationRule, Notifications, Sending, Sent, SentOutcome,
    Unsent,
};
pub use perturb::{BadChoice, Loss, Perturbations};
pub use sandbox::{Builder, Holder, Sandbox};
pub use seen::Seen;
pub use server::Server;

// A panic while a lock was held leaves the sandbox usable for the other tests.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
