//! App registrations.

use connector_sdk::Secret;
use jiff::Timestamp;
use url::Url;

use super::accounts::PERSONAL_TENANT;

/// An app registration. Make one with [`App::web`], [`App::public`] or [`App::daemon`] and hand it to
/// [`Sandbox::register`](crate::Sandbox::register).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct App {
    /// The client id.
    pub client_id: String,
    /// The name that people see when they consent.
    pub name: String,
    /// Whose accounts may sign in.
    pub audience: Audience,
    /// Whether it is a public client: it has no secret and may use the device code.
    pub public: bool,
    /// Where an answer to a sign-in may go. The port of a loopback address does not matter.
    pub redirect_uris: Vec<String>,
    /// Its secrets.
    pub secrets: Vec<AppSecret>,
    /// Its certificates in PEM, whose RSA keys sign client assertions.
    pub certificates: Vec<String>,
    /// The tokens of other issuers that stand for a secret.
    pub federated: Vec<FederatedCredential>,
    /// How a client secret must be sent.
    pub client_auth: ClientAuth,
    /// Who may consent to which delegated permissions.
    pub consent: Consent,
    /// The application permissions that an administrator has granted.
    pub roles: Vec<String>,
    /// Whether it may sign in at all.
    pub enabled: bool,
}

/// A client secret.
#[derive(Debug, Clone)]
pub struct AppSecret {
    /// Its value.
    pub value: Secret,
    /// When it ends.
    pub expires: Option<Timestamp>,
}

/// Which token of another issuer stands for a secret; see [workload identity federation][1].
///
/// [1]: https://learn.microsoft.com/en-us/entra/workload-id/workload-identity-federation
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FederatedCredential {
    /// The token's `iss`, compared letter by letter.
    pub issuer: String,
    /// The token's `sub`, compared letter by letter.
    pub subject: String,
    /// The token's `aud`, usually `api://AzureADTokenExchange`.
    pub audience: String,
}

/// Whose accounts an app is registered for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// One tenant.
    SingleTenant,
    /// Work and school accounts of any tenant.
    MultiTenant,
    /// Work, school and personal accounts.
    MultiTenantAndPersonal,
    /// Personal accounts.
    Personal,
}

/// How a client secret must be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientAuth {
    /// In either way.
    Any,
    /// In the `Authorization` header; both halves are form-encoded first (RFC 6749 2.3.1).
    Basic,
    /// In the body.
    Body,
}

/// Who may consent to an app's delegated permissions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Consent {
    /// Users, to whatever the app asks for.
    Users,
    /// Users, to these permissions; anything else needs an administrator.
    Registered(Vec<String>),
    /// Nobody but an administrator.
    Administrator,
}

impl App {
    /// A web application: it has a secret and takes the answer at `redirect_uri`.
    pub fn web(client_id: &str, name: &str, secret: &str, redirect_uri: &str) -> App {
        App {
            audience: Audience::MultiTenantAndPersonal,
            redirect_uris: vec![redirect_uri.to_owned()],
            ..App::daemon(client_id, name, secret, &[])
        }
    }

    /// A program on a person's machine: no secret, a loopback redirect, the device code.
    pub fn public(client_id: &str, name: &str) -> App {
        App {
            audience: Audience::MultiTenantAndPersonal,
            public: true,
            redirect_uris: loopback_redirects(),
            secrets: Vec::new(),
            ..App::daemon(client_id, name, "", &[])
        }
    }

    /// A program without a person: a secret and application permissions.
    pub fn daemon(client_id: &str, name: &str, secret: &str, roles: &[&str]) -> App {
        App {
            client_id: client_id.to_owned(),
            name: name.to_owned(),
            audience: Audience::MultiTenant,
            public: false,
            redirect_uris: Vec::new(),
            secrets: vec![AppSecret { value: Secret::new(secret), expires: None }],
            certificates: Vec::new(),
            federated: Vec::new(),
            client_auth: ClientAuth::Any,
            consent: Consent::Users,
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
            enabled: true,
        }
    }

    /// Whether an answer may go to `uri`. The port of a loopback address is not compared, because a
    /// program takes any free one; see [redirect URI restrictions][1].
    ///
    /// [1]: https://learn.microsoft.com/en-us/entra/identity-platform/reply-url
    pub(crate) fn redirects_to(&self, uri: &str) -> bool {
        self.redirect_uris.iter().any(|known| known == uri || same_loopback(known, uri))
    }

    /// Whether an account of this tenant may sign in to it.
    pub(crate) fn admits(&self, tid: &str) -> bool {
        match self.audience {
            Audience::SingleTenant | Audience::MultiTenant => tid != PERSONAL_TENANT,
            Audience::MultiTenantAndPersonal => true,
            Audience::Personal => tid == PERSONAL_TENANT,
        }
    }
}

fn same_loopback(known: &str, uri: &str) -> bool {
    let (Ok(mut known), Ok(mut uri)) = (Url::parse(known), Url::parse(uri)) else { return false };
    let loopback = matches!(known.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    loopback && known.set_port(None).is_ok() && uri.set_port(None).is_ok() && known == uri
}

fn loopback_redirects() -> Vec<String> {
    let hosts = ["localhost", "127.0.0.1", "[::1]"];
    hosts
        .iter()
        .flat_map(|host| ["", "/callback", "/oauth/callback"].map(|path| format!("http://{host}{path}")))
        .collect()
}

/// The registrations that every sandbox has.
pub mod seeds {
    use super::{App, Audience, loopback_redirects};

    /// A web application for any account.
    pub const WEB: &str = "5eed0000-0000-4000-8000-0000000000a1";
    /// The secret of [`WEB`].
    pub const WEB_SECRET: &str = "sandbox~web.secret";
    /// A public client for any account: the device code and the loopback redirect.
    pub const PUBLIC: &str = "5eed0000-0000-4000-8000-0000000000a2";
    /// A program without a person, with application permissions.
    pub const DAEMON: &str = "5eed0000-0000-4000-8000-0000000000a3";
    /// The secret of [`DAEMON`]. It has characters that must be form-encoded.
    pub const DAEMON_SECRET: &str = "sandbox~daemon+secret/with=every&reserved%char:acter";
    /// A web application of one tenant.
    pub const SINGLE_TENANT: &str = "5eed0000-0000-4000-8000-0000000000a4";
    /// The secret of [`SINGLE_TENANT`].
    pub const SINGLE_TENANT_SECRET: &str = "sandbox~single.tenant.secret";
    /// The managed identity of the machine.
    pub const MANAGED_IDENTITY: &str = "5eed0000-0000-4000-8000-0000000000a5";

    /// The value of `X-IDENTITY-HEADER` at `/msi/token`.
    pub const IDENTITY_HEADER: &str = "sandbox~identity.header";

    /// The application permissions of [`DAEMON`] and of [`MANAGED_IDENTITY`].
    pub const ROLES: &[&str] = &[
        "AdministrativeUnit.ReadWrite.All",
        "AppRoleAssignment.ReadWrite.All",
        "Application.ReadWrite.All",
        "AuditLog.Read.All",
        "Calendars.ReadWrite",
        "Channel.ReadBasic.All",
        "ChannelMessage.Read.All",
        "Chat.Read.All",
        "Contacts.ReadWrite",
        "Device.ReadWrite.All",
        "DeviceManagementManagedDevices.PrivilegedOperations.All",
        "DeviceManagementManagedDevices.ReadWrite.All",
        "Directory.ReadWrite.All",
        "Domain.Read.All",
        "Files.ReadWrite.All",
        "Group.ReadWrite.All",
        "GroupMember.ReadWrite.All",
        "LicenseAssignment.ReadWrite.All",
        "Mail.ReadWrite",
        "Mail.Send",
        "MailboxFolder.ReadWrite.All",
        "MailboxItem.ImportExport.All",
        "MailboxItem.Read.All",
        "MailboxSettings.ReadWrite",
        "OnlineMeetingArtifact.Read.All",
        "OnlineMeetingRecording.Read.All",
        "OnlineMeetingTranscript.Read.All",
        "OnlineMeetings.ReadWrite.All",
        "People.Read.All",
        "Place.Read.All",
        "Presence.ReadWrite.All",
        "RoleManagement.ReadWrite.Directory",
        "Sites.Manage.All",
        "Sites.ReadWrite.All",
        "Team.ReadBasic.All",
        "User-PasswordProfile.ReadWrite.All",
        "User.DeleteRestore.All",
        "User.EnableDisableAccount.All",
        "User.Invite.All",
        "User.ReadWrite.All",
        "User.RevokeSessions.All",
        "UserAuthenticationMethod.ReadWrite.All",
    ];

    pub(crate) fn all() -> Vec<App> {
        let web = |id, name, secret| App { redirect_uris: loopback_redirects(), ..App::web(id, name, secret, "") };
        let mut identity = App::daemon(MANAGED_IDENTITY, "Sandbox managed identity", "", ROLES);
        identity.secrets.clear();
        vec![
            web(WEB, "Sandbox web app", WEB_SECRET),
            App::public(PUBLIC, "Sandbox command line"),
            App::daemon(DAEMON, "Sandbox daemon", DAEMON_SECRET, ROLES),
            App {
                audience: Audience::SingleTenant,
                ..web(SINGLE_TENANT, "Sandbox single-tenant app", SINGLE_TENANT_SECRET)
            },
            identity,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loopback_redirect_may_use_any_port() {
        let mut app = App::web("id", "name", "secret", "http://localhost/callback");
        assert!(app.redirects_to("http://localhost:4711/callback"));
        for bad in [
            "http://localhost:4711/other",
            "http://localhost.evil.example/callback",
            "https://localhost/callback",
            "http://127.0.0.1/callback",
        ] {
            assert!(!app.redirects_to(bad), "{bad}");
        }
        app.redirect_uris = vec!["https://app.example/callback".to_owned()];
        assert!(app.redirects_to("https://app.example/callback"));
        assert!(!app.redirects_to("https://app.example:444/callback"));
    }
}
