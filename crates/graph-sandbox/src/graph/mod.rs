//! Microsoft Graph in memory.
//!
//! [`Graph`] holds a tenant and answers requests as Graph documents them. `path` reads the path of a request, `router`
//! finds its route, and `access` has its permission; the route's handler lies in `routes` and reads and changes the
//! `tenant`, which knows no route. Collections that need no code of their own are described, and served by
//! `collections`. Lists, whatever they list, go through `view` and the OData engine in `odata`; changes are logged by
//! the sets in `store`, from which delta queries are answered. `types` says which properties there are.

mod access;
mod attachments;
mod batch;
mod calendar;
mod call;
mod collections;
mod contacts;
mod content_hash;
mod conversations;
mod drive;
mod fault;
mod feeds;
#[cfg(fuzzing)]
pub mod fuzz;
mod headers;
mod json;
mod list_values;
mod logs;
mod mailbox;
mod media;
mod meeting_blob;
mod meetings;
mod mime;
mod notify;
mod odata;
mod path;
mod preferences;
mod replication;
mod reply;
mod rich;
mod router;
mod routes;
mod search_folders;
mod seed;
mod sharing;
mod sites;
mod store;
mod teams;
mod tenant;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod time;
mod types;
mod view;
mod watch;
mod workbook;
mod zones;

pub(crate) use types::is_enumeration;

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{Request, Response};
use serde_json::Value;

use self::call::Call;
use self::fault::{Fault, Service};
use self::odata::RawQuery;
use self::reply::{Outcome, respond};
use self::router::Router;
use self::tenant::Tenant;
use self::time::seconds_later;
use crate::caller::Caller;
use crate::clock::Clock;
use crate::notifications::{Lifecycle, Notifications};

pub use self::collections::{Collection, ETag, Permissions, Property, Verb};
pub use self::feeds::Feeds;

/// Decides whether a part of a `$batch` meets a fault instead of the tenant.
pub type PartFault<'a> = dyn Fn(&Request<Bytes>) -> Option<Response<Bytes>> + 'a;

/// A user as the sign-in pages show them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserCard {
    /// The object id.
    pub id: String,
    /// The name to sign in with.
    pub user_principal_name: String,
    /// The name to show.
    pub display_name: String,
}

/// A tenant of Microsoft Graph. Clones are the same tenant.
#[derive(Clone)]
pub struct Graph {
    shared: Arc<Shared>,
}

struct Shared {
    tenant: Mutex<Tenant>,
    tenant_id: String,
    clock: Clock,
    requests: AtomicU64,
    /// The routes of taught collections.
    taught: Router,
    notifications: Notifications,
}

/// The tenant, while nobody else has it. When it is let go, whoever watches what changed is notified.
struct Held<'g> {
    tenant: MutexGuard<'g, Tenant>,
    notifications: &'g Notifications,
}

impl Deref for Held<'_> {
    type Target = Tenant;
    fn deref(&self) -> &Tenant {
        &self.tenant
    }
}

impl DerefMut for Held<'_> {
    fn deref_mut(&mut self) -> &mut Tenant {
        &mut self.tenant
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        // What a handler left behind that panicked may be half done.
        if !std::thread::panicking() {
            notify::collect(&mut self.tenant, self.notifications);
        }
    }
}

impl std::fmt::Debug for Graph {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Graph").field("tenant_id", &self.shared.tenant_id).finish_non_exhaustive()
    }
}

impl Graph {
    /// The seeded tenant: Contoso, with a dozen users, groups, mailboxes and drives. Dates are relative to
    /// `clock`; everything else is the same each time.
    pub fn seeded(clock: Clock) -> Graph {
        Graph::with_collections(clock, Vec::new())
    }

    /// As [`Graph::seeded`], with collections that a program teaches.
    ///
    /// # Panics
    /// If a description contradicts itself, or an item that is there from the start does not fit it.
    pub(crate) fn with_collections(clock: Clock, collections: Vec<Collection>) -> Graph {
        let mut tenant = seed::contoso(clock.clone());
        let taught = collections::teach(&mut tenant, collections);
        let tenant_id = tenant.id.clone();
        let requests = AtomicU64::new(0);
        let notifications = Notifications::new(clock.clone());
        let tenant = Mutex::new(tenant);
        Graph { shared: Arc::new(Shared { tenant, tenant_id, clock, requests, taught, notifications }) }
    }

    fn tenant(&self) -> Held<'_> {
        // A handler that panicked may have left a change half done; the sandbox goes on all the same.
        let tenant = self.shared.tenant.lock().unwrap_or_else(PoisonError::into_inner);
        Held { tenant, notifications: &self.shared.notifications }
    }

    /// The notifications that it sends.
    pub(crate) fn notifications(&self) -> &Notifications {
        &self.shared.notifications
    }

    /// Sends a lifecycle notification to a subscription; one that is removed is gone from then on.
    ///
    /// # Errors
    /// Why it cannot be sent.
    pub(crate) fn send_lifecycle(&self, subscription: &str, event: Lifecycle) -> Result<(), String> {
        notify::lifecycle(&mut self.tenant(), &self.shared.notifications, subscription, event)
    }

    /// Answers a request to `/v1.0/…` or `/beta/…`. `origin` is the scheme and host that links shall have.
    pub fn handle(&self, caller: &Caller, origin: &str, request: &Request<Bytes>) -> Response<Bytes> {
        self.handle_with(caller, origin, request, &|_| None)
    }

    /// As [`Graph::handle`]; each part of a `$batch` is shown to `faults` first.
    pub fn handle_with(
        &self,
        caller: &Caller,
        origin: &str,
        request: &Request<Bytes>,
        faults: &PartFault<'_>,
    ) -> Response<Bytes> {
        let (_, below) = split_version(request.uri().path());
        if below.is_some_and(|below| below.eq_ignore_ascii_case("/$batch")) {
            let outcome = batch::run(request, faults, &|part| self.single(caller, origin, part));
            return self.finish(outcome, request);
        }
        self.single(caller, origin, request)
    }

    fn single(&self, caller: &Caller, origin: &str, request: &Request<Bytes>) -> Response<Bytes> {
        let outcome = self.route(caller, origin, request);
        self.finish(outcome, request)
    }

    fn finish(&self, outcome: Outcome, request: &Request<Bytes>) -> Response<Bytes> {
        let number = self.shared.requests.fetch_add(1, Ordering::Relaxed);
        respond(outcome, request.headers(), &request_id(number), self.shared.clock.now())
    }

    fn route(&self, caller: &Caller, origin: &str, request: &Request<Bytes>) -> Outcome {
        let path = request.uri().path();
        let (version, below) = split_version(path);
        let below = below.ok_or_else(|| Fault::bad(format!("Invalid version: {version}")))?;
        let found = router::find(&self.shared.taught, request.method().as_str(), below)?;
        let in_me =
            below.trim_start_matches('/').split('/').next().is_some_and(|first| first.eq_ignore_ascii_case("me"));
        let mut tenant = self.tenant();
        let signed_in = caller.user.as_deref().and_then(|id| tenant.directory.user(id)).map(|user| user.key);
        let access = found.route.access();
        let service = access.service;
        let named = found.params.iter().find(|(name, _)| *name == "user").map(|(_, value)| value.as_str());
        let owner = match (in_me, named) {
            (true, _) => Some(
                signed_in.ok_or_else(|| Fault::bad("/me request is only valid with delegated authentication flow."))?,
            ),
            (false, Some(name)) => tenant.directory.user(name).map(|user| user.key),
            (false, None) => found.params.iter().find_map(|(name, id)| match *name {
                "drive" => tenant.drives.owner(id),
                // A group has a mailbox as people have.
                "group" if service == Service::Outlook => tenant.directory.find(id).map(|(_, key)| key),
                _ => None,
            }),
        };
        let own = owner.is_some() && owner == signed_in;
        access.check(caller, own)?;
        if let (None, Some(name)) = (owner, named) {
            return Err(match service {
                Service::Outlook => {
                    Fault::new(404, "ErrorInvalidUser", format!("The requested user '{name}' is invalid."))
                }
                _ => Fault::resource(name),
            });
        }
        tenant.replication.check(request)?;
        let mut query = RawQuery::parse(request.uri().query());
        query.extend(found.arguments);
        let call = Call {
            caller,
            origin,
            path,
            query,
            headers: request.headers(),
            body: request.body(),
            params: found.params,
            owner: owner.or(signed_in).unwrap_or_default(),
            own,
            service,
        };
        let reply = found.route.run(&mut tenant, &call)?;
        if service == Service::Directory {
            tenant.replication.note(&reply);
        }
        Ok(reply)
    }

    /// Answers a request whose URL is its own permission: upload, download and monitor URLs. `None` if
    /// the path is none of these.
    pub fn handle_unauthenticated(&self, origin: &str, request: &Request<Bytes>) -> Option<Response<Bytes>> {
        if !routes::is_preauthenticated(request.uri().path()) {
            return None;
        }
        let outcome = routes::preauthenticated(&mut self.tenant(), origin, request);
        Some(self.finish(outcome, request))
    }

    /// Whether the URL of a path is its own permission.
    pub(crate) fn is_preauthenticated(path: &str) -> bool {
        routes::is_preauthenticated(path)
    }

    /// A user by user principal name or object id.
    pub fn user_by_name(&self, upn_or_id: &str) -> Option<UserCard> {
        let tenant = self.tenant();
        let user = tenant.directory.user(upn_or_id)?;
        Some(UserCard {
            id: user.text("id").to_owned(),
            user_principal_name: user.text("userPrincipalName").to_owned(),
            display_name: user.text("displayName").to_owned(),
        })
    }

    /// The tenant's id.
    pub fn tenant_id(&self) -> &str {
        &self.shared.tenant_id
    }

    /// Puts a message, with its `attachments`, into a folder as if it had just arrived, and returns its id.
    ///
    /// `mailbox` is a user principal name or an object id, `folder` a well-known name or an id.
    ///
    /// # Panics
    /// If there is no such mailbox or folder; this is for tests and demonstrations.
    pub fn deliver(&self, mailbox: &str, folder: &str, message: Value) -> String {
        let mut tenant = self.tenant();
        let owner = tenant
            .directory
            .user(mailbox)
            .map(|user| user.key)
            .unwrap_or_else(|| panic!("the tenant has no user {mailbox}"));
        let (key, now) = (tenant.key(), tenant.now());
        let mut message = json::object(message);
        let attachments = attachments::samples(&mut tenant, &mut message);
        let mailbox = tenant.mailboxes.get_mut(&owner).unwrap_or_else(|| panic!("{mailbox} has no mailbox"));
        let folder = mailbox.folder(folder).unwrap_or_else(|_| panic!("the mailbox has no folder {folder}"));
        mailbox.add_message(key, folder, now, message);
        attachments::attach_all(mailbox, key, attachments);
        mailbox.messages.get(key).map(|message| mailbox.id(message, store::ItemId::Rest)).unwrap_or_default()
    }

    /// Holds an online meeting that `organizer` has planned, as if it had just ended, and returns the ids of
    /// its transcript and its recording.
    ///
    /// # Panics
    /// If there is no such user or meeting; this is for tests and demonstrations.
    pub fn hold_meeting(&self, organizer: &str, subject: &str, lines: &[&str]) -> (String, String) {
        let mut tenant = self.tenant();
        let user = tenant.directory.user(organizer).unwrap_or_else(|| panic!("the tenant has no user {organizer}"));
        let (owner, name) = (user.key, user.text("userPrincipalName").to_owned());
        let meeting = meetings::by_subject(&tenant, owner, subject)
            .unwrap_or_else(|| panic!("{organizer} has no meeting {subject}"));
        let alias = name.split('@').next().unwrap_or_default();
        let held = meetings::Held { started: seconds_later(tenant.now(), -60), people: &[alias], lines };
        let keys = meetings::hold(&mut tenant, meeting, &held).unwrap_or_default();
        let id = |set: &store::Set, key: u64| set.get(key).map(|it| it.text("id").to_owned()).unwrap_or_default();
        (id(&tenant.meetings.transcripts, keys[0]), id(&tenant.meetings.recordings, keys[1]))
    }

    /// Takes a subscription away whose notification URL does not want it.
    pub(crate) fn forget_subscription(&self, id: &str) {
        let mut tenant = self.tenant();
        let key = tenant
            .subscriptions
            .iter()
            .find(|subscription| subscription.text("id") == id)
            .map(|subscription| subscription.key);
        if let Some(key) = key {
            tenant.subscriptions.remove(key, false);
        }
    }

    /// How many sessions of workbooks are open.
    pub fn workbook_sessions(&self) -> usize {
        let tenant = self.tenant();
        tenant.drives.sessions.count(tenant.now())
    }

    /// Sets what feeds of changes do from now on; the same `seed` does the same. `Feeds::default()` ends it.
    pub fn disturb_feeds(&self, feeds: Feeds, seed: u64) {
        self.tenant().disturbed = feeds::Disturbed::new(feeds, seed);
    }

    /// Makes Graph forget every delta token: the next use of one is answered with 410.
    pub fn expire_delta_tokens(&self) {
        self.tenant().epoch += 1;
    }
}

/// The version segment, and the path below it if the version exists.
fn split_version(path: &str) -> (&str, Option<&str>) {
    let rest = path.strip_prefix('/').unwrap_or(path);
    let (version, below) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let known = version.eq_ignore_ascii_case("v1.0") || version.eq_ignore_ascii_case("beta");
    (version, known.then_some(below))
}

/// A GUID that no other request of this process has.
fn request_id(number: u64) -> String {
    let mixed = (number ^ 0x9e37_79b9_7f4a_7c15).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let text = format!("{mixed:016x}");
    format!("{}-{}-4{}-8000-{number:012x}", &text[..8], &text[8..12], &text[13..16])
}
