//! How a connector is signed in to: methods, account types, permissions.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::scopes::Permissions;

/// A way to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Method {
    /// A user signs in with a browser (RFC 6749 4.1, with PKCE).
    AuthorizationCode,
    /// A user signs in on another device (RFC 8628).
    DeviceCode,
    /// An app signs in with its secret (RFC 6749 4.4).
    ClientCredentials,
    /// An app signs in with its certificate (RFC 7523).
    ClientCertificate,
    /// An app signs in with a token of another issuer, read from a file.
    WorkloadIdentity,
    /// An app signs in as the machine that it runs on.
    ManagedIdentity,
    /// The embedding program hands over a token and renews it.
    AccessToken,
}

impl Method {
    /// Every method.
    pub const ALL: [Method; 7] = [
        Method::AuthorizationCode,
        Method::DeviceCode,
        Method::ClientCredentials,
        Method::ClientCertificate,
        Method::WorkloadIdentity,
        Method::ManagedIdentity,
        Method::AccessToken,
    ];

    /// The stable name, such as `authorization_code`.
    pub const fn name(self) -> &'static str {
        match self {
            Method::AuthorizationCode => "authorization_code",
            Method::DeviceCode => "device_code",
            Method::ClientCredentials => "client_credentials",
            Method::ClientCertificate => "client_certificate",
            Method::WorkloadIdentity => "workload_identity",
            Method::ManagedIdentity => "managed_identity",
            Method::AccessToken => "access_token",
        }
    }

    /// Whether a sign-in names the scopes that it wants: a user's does.
    pub const fn asks_for_scopes(self) -> bool {
        matches!(self, Method::AuthorizationCode | Method::DeviceCode)
    }

    /// Whether an app, not a user, is signed in.
    pub const fn is_application(self) -> bool {
        matches!(
            self,
            Method::ClientCredentials | Method::ClientCertificate | Method::WorkloadIdentity | Method::ManagedIdentity
        )
    }
}

/// Whose accounts may sign in; see [supported account types][1].
///
/// [1]: https://learn.microsoft.com/en-us/entra/identity-platform/v2-supported-account-types
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccountType {
    /// Work, school and personal accounts: the authority `common`.
    Common,
    /// Accounts of one tenant, named by its id or a verified domain.
    Tenant,
    /// Work and school accounts of any tenant: `organizations`.
    Organizations,
    /// Personal accounts: `consumers`.
    Consumers,
}

/// What a connector declares about its connections.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionSpec {
    /// The ways to sign in, the preferred one first, each with what it asks for.
    pub sign_ins: Vec<SignIn>,
    /// The account types, under the names that its users know them by.
    pub account_types: Vec<AccountChoice>,
    /// Whether the form of an app's connection demands its default user, because next to nothing works without one. A
    /// program that names whose data is meant in every input may leave it out.
    pub app_needs_user: bool,
    /// Whether a connection may choose the version of the API.
    pub api_version: bool,
}

/// One way to sign in, with the permissions that it asks for.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct SignIn {
    /// The method.
    pub method: Method,
    /// What it asks for.
    pub permissions: Permissions,
}

/// An account type under the name that its users know it by.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountChoice {
    /// The type.
    pub account_type: AccountType,
    /// Its name, as the seed has it.
    pub label: &'static str,
}

impl SignIn {
    /// Every way to sign in, for a connector whose users and apps ask for these.
    pub fn usual(delegated: Permissions, application: Permissions) -> Vec<SignIn> {
        let asks = |method: Method| match method {
            Method::AccessToken => Permissions::NONE,
            method if method.is_application() => application,
            _ => delegated,
        };
        Method::ALL.into_iter().map(|method| SignIn { method, permissions: asks(method) }).collect()
    }
}

impl ConnectionSpec {
    /// What a connector declares that offers these.
    pub fn new(sign_ins: Vec<SignIn>, account_types: Vec<AccountChoice>) -> ConnectionSpec {
        ConnectionSpec { sign_ins, account_types, app_needs_user: false, api_version: false }
    }

    /// Demands that an app's connection names its default user.
    #[must_use]
    pub fn app_needs_user(mut self) -> ConnectionSpec {
        self.app_needs_user = true;
        self
    }

    /// Lets a connection choose the version of the API.
    #[must_use]
    pub fn api_version(mut self) -> ConnectionSpec {
        self.api_version = true;
        self
    }

    /// What a method asks for, if the connector offers it.
    ///
    /// The device code asks for what the browser asks for, the other app methods for what the client
    /// secret asks for: they are other ways to the same kind of token.
    pub fn permissions(&self, method: Method) -> Option<Permissions> {
        self.sign_ins.iter().find(|sign_in| sign_in.method == method).map(|sign_in| sign_in.permissions)
    }
}
