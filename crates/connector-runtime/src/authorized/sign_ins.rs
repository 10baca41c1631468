//! The sign-ins of a principal: connections made, and made anew.

use connector_sdk::{Code, Error, Issue, Result};
use graph_auth::Settings;
use url::Url;

use super::AuthorizedConnections;
use crate::connection::{
    DeviceStatus, Expected, Initiator, NewConnection, OpenedLink, Reconnection, RequestedScopes, Resumed, SignInStatus,
    SignInStep, changed_local_settings,
};
use crate::principal::Principals;

/// A sign-in that the principal may begin.
pub(super) struct Judged {
    pub(super) new: NewConnection,
    /// Id of the connection that exists.
    before: Option<String>,
}

impl Judged {
    fn expected(&self) -> Expected<'_> {
        self.before.as_deref().map_or(Expected::Nothing, Expected::Connection)
    }
}

impl AuthorizedConnections<'_> {
    /// Makes a connection, or makes an existing one that the principal reaches anew, which keeps its id.
    ///
    /// An app is signed in at once. A user's sign-in is begun; nothing is stored before it ends, unless it is
    /// suspended. The audit log has it when it ends, as what this principal did.
    ///
    /// # Errors
    /// As [`Connections::connect_new`](crate::Connections::connect_new); `denied` with one of these reasons:
    ///
    /// | reason | why |
    /// |---|---|
    /// | `right` | the principal has not the right `connect` |
    /// | `connection` | its grant does not reach a new connection of this name |
    /// | `setting` | settings that reach resources of the host are for `admin` grants; the violations name all of them |
    pub async fn connect_new(&self, new: NewConnection) -> Result<SignInStep> {
        let judged = self.judge_new(new).await?;
        self.begin(judged).await
    }

    /// Makes a connection that the principal reaches anew, which keeps its name and its id.
    ///
    /// # Errors
    /// `unknown_connection` with the nearest name that it reaches, the same for one that it does not reach; otherwise
    /// as [`AuthorizedConnections::connect_new`] and [`Connections::reconnect`](crate::Connections::reconnect).
    pub async fn reconnect(&self, name: &str, with: Reconnection) -> Result<SignInStep> {
        let judged = self.judge_reconnection(name, with).await?;
        let begun = self.begin(judged).await;
        self.named(name, begun).await
    }

    /// Begins a sign-in with a code on another device, and suspends it, as
    /// [`Connections::begin_device`](crate::Connections::begin_device) does.
    ///
    /// # Errors
    /// As [`AuthorizedConnections::connect_new`]; `invalid_input` for another sign-in method.
    pub async fn begin_device(&self, new: NewConnection) -> Result<DeviceStatus> {
        let judged = self.judge_new(new).await?;
        let by = Some(self.initiator().await?);
        self.inner().begin_device_as(judged.new.clone(), by, judged.expected()).await
    }

    /// Opens the link of a suspended sign-in in a browser, as
    /// [`Connections::open_sign_in_link`](crate::Connections::open_sign_in_link) does. Whoever calls: the token of the
    /// link is what counts.
    ///
    /// # Errors
    /// As [`Connections::open_sign_in_link`](crate::Connections::open_sign_in_link).
    pub async fn open_sign_in_link(&self, token: &str) -> Result<OpenedLink> {
        self.inner().open_sign_in_link(token).await
    }

    /// Finishes a suspended sign-in, as [`Connections::resume`](crate::Connections::resume) does. Whoever calls: the
    /// sign-in is bound to its state and its browser, and is what the principal did that began it.
    ///
    /// # Errors
    /// As [`Connections::resume`](crate::Connections::resume).
    pub async fn resume(&self, query: &str, browser: &[u8; 32]) -> Result<Resumed> {
        self.inner().resume(query, browser).await
    }

    /// Returns what became of a suspended sign-in that the principal began; the owner sees all.
    ///
    /// # Errors
    /// `not_found`, the same for one that does not exist and one that the principal did not begin; the store's.
    pub async fn sign_in_status(&self, id: &str) -> Result<SignInStatus> {
        self.seen.check_expiry()?;
        let principal = &self.seen.principal;
        self.inner().sign_in_status_of(id, |by| principal.is_owner() || *by == principal.id).await
    }

    /// Returns the permissions that a sign-in with these settings would request. Nothing is sent.
    ///
    /// # Errors
    /// Those that [`AuthorizedConnections::connect_new`] finds before it sends anything.
    pub async fn asks(&self, new: &NewConnection) -> Result<RequestedScopes> {
        let judged = self.judge_new(new.clone()).await?;
        self.inner().asks(&judged.new).await
    }

    /// Returns the redirect URI, if the settings or their app registration have one.
    ///
    /// # Errors
    /// As [`AuthorizedConnections::asks`].
    pub async fn redirect_uri(&self, new: &NewConnection) -> Result<Option<Url>> {
        let judged = self.judge_new(new.clone()).await?;
        self.inner().redirect_uri(&judged.new).await
    }

    async fn begin(&self, judged: Judged) -> Result<SignInStep> {
        let by = Some(self.initiator().await?);
        self.inner().begin(judged.new.clone(), by, judged.expected()).await
    }

    pub(super) async fn judge_new(&self, new: NewConnection) -> Result<Judged> {
        self.check_right()?;
        let principal = &self.seen.principal;
        let name = &*new.name;
        let found = match principal.reaches_name(name) {
            true => self.inner().reference(name).await?.filter(|found| principal.reaches(found)),
            false => None,
        };
        // What is reached by a pattern of new names is reached in any case, so a hidden one is as an absent one.
        if found.is_none() && !principal.reaches_new(name) {
            return self.refused(
                Error::new(
                    Code::Denied,
                    format!("this caller may not make a connection called `{}`", name.escape_debug()),
                )
                .with_reason("connection")
                .with_hint("Choose a name that the grant reaches."),
            );
        }
        // A profile is found out by whoever may connect, and by nobody else.
        let settings = self.inner().with_profile(new.settings.clone()).await?;
        let is_given = self.inner().given().any(|given| given == name);
        let before = match found.filter(|_| !is_given) {
            Some(found) => Some(self.inner().record_of(name, &found.id).await?),
            None => None,
        };
        self.check_settings(&settings, before.as_ref().map(|record| &record.settings))?;
        Ok(Judged { new: NewConnection { settings, ..new }, before: before.map(|record| record.id) })
    }

    pub(super) async fn judge_reconnection(&self, name: &str, with: Reconnection) -> Result<Judged> {
        let found = self.find_to_connect(name).await?;
        if self.inner().given().any(|given| given == name) {
            return Err(Error::new(Code::Conflict, format!("the connection `{name}` is built in"))
                .with_hint("It belongs to the program; only stored connections can be reconnected."));
        }
        let record = self.inner().record_of(name, &found.id).await;
        let record = self.named(name, record).await?;
        let new = self.inner().reconnection(name, with, &record).await?;
        self.check_settings(&new.settings, Some(&record.settings))?;
        Ok(Judged { new, before: Some(record.id) })
    }

    fn check_settings(&self, new: &Settings, before: Option<&Settings>) -> Result<()> {
        if self.seen.principal.is_admin() {
            return Ok(());
        }
        let changed = changed_local_settings(new, before);
        if changed.is_empty() {
            return Ok(());
        }
        let message =
            format!("this caller may not set or change what reaches resources of this host: {}", changed.join(", "));
        let issues = changed.into_iter().map(|pointer| Issue::new(pointer, "is for callers with the right `admin`"));
        let hint = "Leave these settings as they are, or ask whoever runs this host.";
        let denied = Error::new(Code::Denied, message).with_reason("setting").with_hint(hint);
        self.refused(denied.with_issues(issues.collect()))
    }

    fn refused<T>(&self, error: Error) -> Result<T> {
        self.seen.audit_refusal("", Err(error))
    }

    pub(super) async fn initiator(&self) -> Result<Initiator> {
        let (principal, interface) = (self.seen.principal.id.clone(), self.seen.interface);
        let stored = !principal.is_owner() && Principals(&self.seen.host.0.vault).current(&principal).await?.is_some();
        Ok(Initiator { principal, interface, stored })
    }
}
