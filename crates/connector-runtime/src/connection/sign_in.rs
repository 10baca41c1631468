//! Sign-in: making connections, and making them anew.

use connector_sdk::{Code, Error, Result, SignInMethod};
use graph_auth::authorization_code::{self, Callback, Pending};
use graph_auth::device_code::{self, DeviceCode, DevicePoll};
use graph_auth::{Checked, GrantContext as Exchange, Settings, TokenSet, admin_consent};
use jiff::Timestamp;
use url::Url;

use super::bounded::Bounded;
use super::record::{ConnectionRecord, ConnectionState, Renewal};
use super::{ConnectionInfo, Connections, RequestedScopes, grant};
use crate::random;
use crate::store::Revision;

/// Parameters of a sign-in.
///
/// ```
/// use std::sync::Arc;
///
/// use connector_runtime::prelude::*;
/// use graph_sandbox::{Sandbox, seeds};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<()> {
/// let sandbox = Sandbox::new();
/// let tenant = sandbox.graph().tenant_id().to_owned();
/// let settings = Settings::client_credentials(tenant, seeds::DAEMON, Secret::new(seeds::DAEMON_SECRET));
/// # let origin = Some("https://sandbox.invalid".to_owned());
/// # let settings = Settings { graph_url: origin.clone(), authority_url: origin, ..settings };
/// let new = NewConnection::new("nightly", "outlook", settings.user("adelev@contoso.example"));
/// let host = Host::builder().connector(outlook_connector::connector()).transport(Arc::new(sandbox)).build()?;
/// let SignInStep::Done(info) = host.connections().connect_new(new).await? else { panic!("an app needs no user") };
/// assert_eq!((info.name.as_str(), info.method.as_str()), ("nightly", "client_credentials"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct NewConnection {
    /// Name of the connection.
    pub name: String,
    /// Connector that the connection is for.
    pub connector: String,
    /// Settings of the sign-in.
    pub settings: Settings,
    /// Whether an existing connection of this name may be given to another tenant or user.
    pub confirm_other: bool,
    /// Redirect URI of the browser, for the authorization code; the settings' own address overrides it.
    pub redirect_uri: Option<Url>,
}

impl NewConnection {
    /// Creates parameters of a sign-in that gives an existing connection to nobody else.
    pub fn new(name: impl Into<String>, connector: impl Into<String>, settings: Settings) -> NewConnection {
        NewConnection {
            name: name.into(),
            connector: connector.into(),
            settings,
            confirm_other: false,
            redirect_uri: None,
        }
    }
}

/// Next step of a sign-in.
#[must_use]
pub enum SignInStep {
    /// None: the connection is signed in.
    Done(Box<ConnectionInfo>),
    /// A user must sign in with the browser.
    Browser(Box<BrowserSignIn>),
    /// A user must type a code on another device.
    Device(Box<DeviceSignIn>),
}

// What is known when a sign-in has begun, and needed when it ends.
struct PendingSignIn {
    connections: Connections,
    new: NewConnection,
    checked: Checked,
    before: Option<(Revision, ConnectionRecord)>,
}

/// A sign-in that waits for the browser's callback.
pub struct BrowserSignIn {
    /// Address that the browser must open.
    pub url: Url,
    pending: Option<Pending>,
    begun: PendingSignIn,
}

/// A sign-in that waits for a user to type a code on another device.
pub struct DeviceSignIn {
    code: DeviceCode,
    begun: PendingSignIn,
}

impl Connections {
    /// Makes a connection, or makes an existing one of that name anew, which keeps its id.
    ///
    /// An app is signed in at once. A user's sign-in is begun; nothing is stored before it ends.
    ///
    /// # Errors
    /// `invalid_input` with every violation; `conflict` when the name is taken by a given connection;
    /// whatever the sign-in service refuses with.
    pub async fn connect_new(&self, new: NewConnection) -> Result<SignInStep> {
        let (new, checked, before) = self.prepare(new).await?;
        // What a refusal asked for, the next sign-in must ask for.
        let claims = before.as_ref().and_then(|(_, record)| match &record.state {
            ConnectionState::Broken(trouble) => trouble.claims.clone(),
            _ => None,
        });
        let transport = Bounded(self.transport()?);
        let redirect = new.redirect_uri.clone();
        let begun = PendingSignIn { connections: self.clone(), new, checked, before };
        match begun.checked.method {
            SignInMethod::AuthorizationCode => {
                let way =
                    authorization_code::begin(&begun.checked, redirect.as_ref(), claims.as_deref(), Timestamp::now())?;
                Ok(SignInStep::Browser(Box::new(BrowserSignIn { url: way.url, pending: Some(way.pending), begun })))
            }
            SignInMethod::DeviceCode => {
                let exchange = Exchange { claims: claims.as_deref(), ..Exchange::at(Timestamp::now()) };
                let code = device_code::begin(&transport, &begun.checked, exchange).await?;
                Ok(SignInStep::Device(Box::new(DeviceSignIn { code, begun })))
            }
            _ => {
                let renewed = grant::renew(&transport, &begun.checked, None, claims.as_deref()).await?;
                begun.finish(renewed.tokens).await.map(|card| SignInStep::Done(Box::new(card)))
            }
        }
    }

    // What can be said before anything is sent.
    async fn prepare(
        &self,
        new: NewConnection,
    ) -> Result<(NewConnection, Checked, Option<(Revision, ConnectionRecord)>)> {
        check_name(&new.name)?;
        if self.0.given.contains_key(&new.name) {
            return Err(Error::new(
                Code::Conflict,
                format!("the name `{}` belongs to a built-in connection", new.name),
            )
            .with_hint("Choose another name."));
        }
        let settings = self.with_profile(new.settings.clone()).await?;
        let new = NewConnection { settings, ..new };
        let checked = new.settings.check(self.spec(&new.connector)?)?;
        let before = ConnectionRecord::load(&self.0.vault, &new.name).await?;
        if let Some((_, record)) = &before
            && record.connector != new.connector
        {
            return Err(Error::new(
                Code::Conflict,
                format!("the connection `{}` exists for the connector `{}`", new.name, record.connector),
            )
            .with_hint("Choose another name, or remove it first."));
        }
        Ok((new, checked, before))
    }

    /// Returns the permissions that a sign-in with these settings would request. Nothing is sent.
    ///
    /// # Errors
    /// Those that [`Connections::connect_new`] finds before it sends anything.
    pub async fn asks(&self, new: &NewConnection) -> Result<RequestedScopes> {
        let (new, checked, _) = self.prepare(new.clone()).await?;
        self.permissions(&new.connector, &new.settings).map(|asks| RequestedScopes { notes: checked.notes, ..asks })
    }

    /// Returns the redirect URI, if the settings or their app registration have one. A listener must use it, on any
    /// port where none is named.
    ///
    /// # Errors
    /// `invalid_input` with every violation.
    pub async fn redirect_uri(&self, new: &NewConnection) -> Result<Option<Url>> {
        Ok(self.prepare(new.clone()).await?.1.redirect_uri)
    }

    /// Returns the address at which an administrator consents to a connection's permissions for the whole tenant.
    ///
    /// # Errors
    /// `unknown_connection`; `invalid_input` when its sign-in service has no
    /// such address.
    pub async fn admin_consent_url(&self, name: &str, redirect_uri: &Url) -> Result<Url> {
        let (_, record) = self.load(name).await?;
        let checked = record.settings.check(self.spec(&record.connector)?)?;
        admin_consent::url(&checked, record.identity.as_ref(), redirect_uri, &admin_consent::state()?)
    }
}

impl BrowserSignIn {
    /// Returns whether a callback belongs to this sign-in. A listener ignores those that do not.
    ///
    /// # Errors
    /// `invalid_input` when the query is no response to a sign-in.
    pub fn is_answered_by(&self, query: &str) -> Result<bool> {
        let callback = Callback::parse(query)?;
        Ok(self.pending.as_ref().is_some_and(|pending| pending.is_answered_by(&callback)))
    }

    /// Finishes the sign-in with the query of the callback, and stores the connection.
    ///
    /// # Errors
    /// `not_connected` when the callback is not this sign-in's or came too late; whatever the sign-in
    /// service refuses with. The sign-in is over either way.
    pub async fn finish(mut self, query: &str) -> Result<ConnectionInfo> {
        let callback = Callback::parse(query)?;
        let pending = self.pending.take().ok_or_else(|| Error::bug("a sign-in was finished twice"))?;
        let transport = Bounded(self.begun.connections.transport()?);
        let tokens = authorization_code::finish(
            &transport,
            &self.begun.checked,
            pending,
            callback,
            Exchange::at(Timestamp::now()),
        )
        .await?;
        self.begun.finish(tokens).await
    }
}

impl DeviceSignIn {
    /// Returns the code that the user types.
    pub fn user_code(&self) -> &str {
        &self.code.user_code
    }
    /// Returns the address where the user types the code.
    pub fn verification_uri(&self) -> &str {
        &self.code.verification_uri
    }
    /// Returns when the code expires.
    pub fn expires_at(&self) -> Timestamp {
        self.code.expires_at
    }

    /// Waits until the user has signed in, and stores the connection.
    ///
    /// # Errors
    /// `not_connected` when the code is over or the user said no; whatever the sign-in service refuses with.
    pub async fn wait(mut self) -> Result<ConnectionInfo> {
        let transport = Bounded(self.begun.connections.transport()?);
        loop {
            tokio::time::sleep(self.code.interval).await;
            match device_code::poll(&transport, &self.begun.checked, &mut self.code, Exchange::at(Timestamp::now()))
                .await
            {
                Ok(DevicePoll::Done(tokens)) => return self.begun.finish(*tokens).await,
                Ok(_) => {}
                // RFC 8628 3.5: a lost connection is no answer.
                Err(failure) if failure.reason().is_none() => match Error::from(failure) {
                    error if matches!(error.code(), Code::Unavailable | Code::OutcomeUnknown) => {
                        tracing::debug!(%error, "a poll was lost")
                    }
                    error => return Err(error),
                },
                Err(failure) => return Err(failure.into()),
            }
        }
    }
}

impl PendingSignIn {
    async fn finish(self, tokens: TokenSet) -> Result<ConnectionInfo> {
        let PendingSignIn { connections, new, checked, before } = self;
        let now = Timestamp::now();
        let lacks_refresh = tokens.refresh.is_none() && grant::spends(&checked);
        let mut notes = checked.notes;
        if lacks_refresh {
            notes.push(format!(
                "the sign-in service gave no refresh token, so the connection works until {} and must then be signed in again; the scope `offline_access` must be allowed for the app",
                tokens.expires_at
            ));
        }
        let (revision, former) = before.map_or((None, None), |(revision, record)| (Some(revision), Some(record)));
        if let (Some(before), Some(identity), false) =
            (former.as_ref().and_then(|record| record.identity.as_ref()), &tokens.identity, new.confirm_other)
        {
            identity.must_be(before)?;
        }
        let record = ConnectionRecord {
            id: former.as_ref().map_or_else(new_id, |record| Ok(record.id.clone()))?,
            connector: new.connector,
            settings: new.settings,
            identity: tokens.identity.clone(),
            tokens: Some(tokens),
            state: ConnectionState::Ready,
            refreshed: Some(now),
            sign_in: Some(new_id()?),
            kept_by_id: former.as_ref().is_none_or(|record| record.kept_by_id),
            created: former.map_or(now, |record| record.created),
            renewal: Renewal::default(),
        };
        connections.replace(&new.name, record, revision, notes).await
    }
}

pub(super) fn new_id() -> Result<String> {
    random::name::<16>()
}

pub(super) fn check_name(name: &str) -> Result<()> {
    let fits =
        (1..=100).contains(&name.chars().count()) && name.chars().all(|c| c.is_alphanumeric() || "-_.@".contains(c));
    if fits {
        return Ok(());
    }
    Err(Error::invalid("/name", "a connection's name has 1 to 100 letters, digits, and - _ . @"))
}
