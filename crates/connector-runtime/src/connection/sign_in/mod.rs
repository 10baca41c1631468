//! Sign-in: making connections, and making them anew.
//!
//! A sign-in that waits for a person can wait in the process that began it, or be suspended: then its state is a sealed
//! document, and any process that shares the store finishes it.

mod browser;
mod connect_link;
mod device;
mod link;
mod pending;
mod resume;
mod status;
mod suspended;
mod work;

use connector_sdk::{Code, Error, Result, SignInMethod};
use futures_core::future::BoxFuture;
use graph_auth::{Checked, GrantContext as Exchange, Settings, admin_consent, authorization_code, device_code};
use jiff::Timestamp;
use url::Url;

use super::bounded::Bounded;
use super::record::{ConnectionRecord, ConnectionState};
use super::{ConnectionInfo, Connections, RequestedScopes, grant};
use crate::random;
use crate::store::Revision;

pub use self::browser::BrowserSignIn;
pub use self::connect_link::ConnectLink;
pub(crate) use self::connect_link::PreparedConnection;
pub use self::device::{DeviceSignIn, DeviceStatus};
pub use self::link::{OpenedLink, SignInLink};
pub(crate) use self::pending::{Expected, Initiator};
pub use self::resume::Resumed;
pub use self::status::{SignInState, SignInStatus};

use self::pending::PendingSignIn;

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

impl Connections {
    /// Makes a connection, or makes an existing one of that name anew, which keeps its id.
    ///
    /// An app is signed in at once. A user's sign-in is begun; nothing is stored before it ends.
    ///
    /// # Errors
    /// `invalid_input` with every violation; `conflict` when the name is taken by a given connection;
    /// whatever the sign-in service refuses with.
    pub async fn connect_new(&self, new: NewConnection) -> Result<SignInStep> {
        self.begin(new, None, Expected::Anything).await
    }

    /// Begins a sign-in as [`Connections::connect_new`] does, for whoever it is, if the name has what is expected. Boxed,
    /// so that the crates that call it do not each compile it anew.
    pub(crate) fn begin<'a>(
        &'a self,
        new: NewConnection,
        by: Option<Initiator>,
        expected: Expected<'a>,
    ) -> BoxFuture<'a, Result<SignInStep>> {
        Box::pin(self.begin_here(new, by, expected))
    }

    async fn begin_here(
        &self,
        new: NewConnection,
        by: Option<Initiator>,
        expected: Expected<'_>,
    ) -> Result<SignInStep> {
        let (new, checked, before) = self.prepare(new).await?;
        expected.check(&new.name, before.as_ref().map(|(_, record)| record.id.as_str()))?;
        // What a refusal asked for, the next sign-in must ask for.
        let claims = before.as_ref().and_then(|(_, record)| match &record.state {
            ConnectionState::Broken(trouble) => trouble.claims.clone(),
            _ => None,
        });
        let transport = Bounded(self.transport()?);
        let redirect = new.redirect_uri.clone();
        let begun = PendingSignIn::new(self.clone(), new, checked, before, by)?;
        match begun.checked.method {
            SignInMethod::AuthorizationCode => {
                let way =
                    authorization_code::begin(&begun.checked, redirect.as_ref(), claims.as_deref(), Timestamp::now())?;
                Ok(SignInStep::Browser(Box::new(BrowserSignIn::new(way, begun))))
            }
            SignInMethod::DeviceCode => {
                let exchange = Exchange { claims: claims.as_deref(), ..Exchange::at(Timestamp::now()) };
                let code = device_code::begin(&transport, &begun.checked, exchange).await?;
                Ok(SignInStep::Device(Box::new(DeviceSignIn::new(code, begun))))
            }
            _ => {
                let log = begun.log();
                let finish = async {
                    let renewed = grant::renew(&transport, &begun.checked, None, claims.as_deref()).await?;
                    begun.finish(renewed.tokens).await
                };
                log.change(finish).await.map(|card| SignInStep::Done(Box::new(card)))
            }
        }
    }

    // What can be said before anything is sent.
    pub(super) async fn prepare(
        &self,
        new: NewConnection,
    ) -> Result<(NewConnection, Checked, Option<(Revision, ConnectionRecord)>)> {
        let settings = self.with_profile(new.settings.clone()).await?;
        self.prepare_complete(NewConnection { settings, ..new }).await
    }

    // The settings have what they take from a profile already.
    pub(super) async fn prepare_complete(
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

pub(in crate::connection) fn new_id() -> Result<String> {
    random::name::<16>()
}

pub(crate) fn check_name(name: &str) -> Result<()> {
    let fits =
        (1..=100).contains(&name.chars().count()) && name.chars().all(|c| c.is_alphanumeric() || "-_.@".contains(c));
    if fits {
        return Ok(());
    }
    Err(Error::invalid("/name", "a connection's name has 1 to 100 letters, digits, and - _ . @"))
}
