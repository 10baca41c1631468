//! The context of a plan.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use url::Url;

use crate::{ApiVersion, Error, FileMeta, FileRef, Granted, Reference, Request, Result, Root, Sent};

/// The signed-in principal.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Subject {
    /// A user, with the names that mean the signed-in user: object id and user principal name.
    User {
        /// Object id and user principal name of the signed-in user.
        names: Vec<String>,
    },
    /// An app, with the default user of its connection.
    App {
        /// Default user: id or user principal name.
        user: Option<String>,
    },
}

/// Everything that a plan may depend on: the world as values, not as calls.
///
/// The host fills it in before a plan is made. Given the same input and the same context, a plan is
/// the same; that is what makes previews and scripted runs true.
///
/// ```
/// use connector_sdk::{Code, Context};
///
/// let url = |cx: Context, user| cx.person(user, "mailbox").and_then(|root| root.get("/messages").path_and_query());
/// assert_eq!(url(Context::user(), None).unwrap(), "/me/messages");
/// assert_eq!(url(Context::app(Some("u1")), None).unwrap(), "/users/u1/messages");
/// assert_eq!(url(Context::app(None), None).unwrap_err().code(), Code::InvalidInput);
/// ```
#[derive(Debug, Clone)]
#[must_use]
#[non_exhaustive]
pub struct Context {
    /// Signed-in principal.
    pub who: Arc<Subject>,
    /// Permissions that the connection's token carries, where they are known.
    pub granted: Option<Arc<Granted>>,
    /// Base URL of the connection's Graph, version 1.0, for references inside bodies (`@odata.id`).
    pub graph: Arc<str>,
    /// API version of requests that name none.
    pub version: ApiVersion,
    /// Time at which the run began.
    pub now: Timestamp,
    /// Idempotency key of the caller, if it gave one.
    pub key: Option<String>,
    /// 32 random bytes, for passwords and the like. Zero in scripted runs, so that they repeat.
    pub entropy: [u8; 32],
    /// Metadata of the files attached to the run, by name.
    pub files: BTreeMap<String, FileMeta>,
    /// Microsoft's description of Graph, where the host has a place for it.
    pub reference: Option<Arc<dyn Reference>>,
    /// Address below which this host receives Graph's notifications, where it has one. It tells the host's
    /// subscriptions from those of other programs with the same app.
    pub notifications: Option<Arc<Url>>,
}

impl Context {
    /// Creates a context for this principal, at the epoch, without files.
    pub fn new(who: impl Into<Arc<Subject>>) -> Context {
        Context {
            who: who.into(),
            granted: None,
            graph: "https://graph.microsoft.com/v1.0".into(),
            version: ApiVersion::V1,
            now: Timestamp::UNIX_EPOCH,
            key: None,
            entropy: [0; 32],
            files: BTreeMap::new(),
            reference: None,
            notifications: None,
        }
    }

    /// Creates a context for a signed-in user, at the epoch, without files.
    pub fn user() -> Context {
        Context::new(Subject::User { names: Vec::new() })
    }

    /// Creates a context for an app whose connection has `user` as default user.
    pub fn app(user: Option<&str>) -> Context {
        Context::new(Subject::App { user: user.map(str::to_owned) })
    }

    /// Sets the permissions that the connection's token carries, where they are known.
    pub fn with_granted(mut self, granted: impl Into<Option<Arc<Granted>>>) -> Context {
        self.granted = granted.into();
        self
    }

    /// Sets the base URL of the connection's Graph, version 1.0, and the API version of requests that name none.
    pub fn with_graph(mut self, graph: impl Into<Arc<str>>, version: ApiVersion) -> Context {
        self.graph = graph.into();
        self.version = version;
        self
    }

    /// Sets the time at which the run began.
    pub fn with_now(mut self, now: Timestamp) -> Context {
        self.now = now;
        self
    }

    /// Sets the idempotency key of the caller.
    pub fn with_key(mut self, key: impl Into<Option<String>>) -> Context {
        self.key = key.into();
        self
    }

    /// Sets the random bytes.
    pub fn with_entropy(mut self, entropy: [u8; 32]) -> Context {
        self.entropy = entropy;
        self
    }

    /// Sets the metadata of the attached files, by name.
    pub fn with_files(mut self, files: impl IntoIterator<Item = (String, FileMeta)>) -> Context {
        self.files = files.into_iter().collect();
        self
    }

    /// Sets Microsoft's description of Graph.
    pub fn with_reference(mut self, reference: impl Into<Option<Arc<dyn Reference>>>) -> Context {
        self.reference = reference.into();
        self
    }

    /// Sets the address below which this host receives Graph's notifications.
    pub fn with_notifications(mut self, notifications: impl Into<Option<Arc<Url>>>) -> Context {
        self.notifications = notifications.into();
        self
    }

    /// Returns the root of a user's data: `/me`, or `/users/{user}`.
    ///
    /// `user` is an id or a user principal name. Without it, it is the signed-in user, or the default
    /// user of an app's connection. `property` names the input property, for the error.
    ///
    /// # Errors
    /// `invalid_input` when an app is signed in and nobody is named.
    pub fn person(&self, user: Option<&str>, property: &str) -> Result<Root> {
        match (&*self.who, user) {
            (Subject::User { .. }, None) => Ok(Root::me()),
            (Subject::User { names }, Some(user)) if names.iter().any(|name| name.eq_ignore_ascii_case(user)) => {
                Ok(Root::me())
            }
            (Subject::User { .. }, Some(user)) => Ok(Root::user(user).shared()),
            (Subject::App { .. }, Some(user)) => Ok(Root::user(user)),
            (Subject::App { user: Some(user) }, None) => Ok(Root::user(user.as_str())),
            (Subject::App { user: None }, None) => Err(Error::invalid(
                format!("/{property}"),
                format!(
                    "an app is signed in, so \"me\" is nobody: give `{property}`, or set a default user on the connection"
                ),
            )),
        }
    }

    /// Returns warnings about a request, by Microsoft's description of Graph: names that Graph does not have, and
    /// permissions that the connection lacks. Empty where no description is available.
    pub fn doubts(&self, request: &Request) -> Vec<String> {
        let Some(reference) = &self.reference else { return Vec::new() };
        // A request that cannot be written says so itself when it is its turn.
        let Ok(mut sent) = Sent::of(request) else { return Vec::new() };
        sent.version.get_or_insert(self.version);
        reference.doubts(&sent, &self.who, self.granted.as_deref())
    }

    /// Returns the context of one item of a bulk run: with an idempotency key and random bytes of its own.
    pub(crate) fn part(&self, index: usize) -> Context {
        let entropy = Sha256::new_with_prefix(self.entropy).chain_update(index.to_be_bytes()).finalize().into();
        Context { key: self.key.as_ref().map(|key| format!("{key}#{index}")), entropy, ..self.clone() }
    }

    /// Returns the metadata of a file without reading it.
    ///
    /// # Errors
    /// `invalid_input` when no such file is attached, or its base64 is not valid.
    pub fn file(&self, file: &FileRef) -> Result<FileMeta> {
        if let FileRef::Attached { file } = file {
            return self
                .files
                .get(file)
                .cloned()
                .ok_or_else(|| Error::invalid("", format!("no file is attached under the name `{file}`")));
        }
        let size = file.inline()?.map_or(0, |bytes| bytes.len() as u64);
        Ok(FileMeta { size, name: None, content_type: None })
    }
}
