//! Sign-in of a connector: methods, account types, permissions.

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
    /// The embedding program supplies a token and renews it.
    AccessToken,
}

impl Method {
    /// All sign-in methods.
    pub const ALL: &'static [Method] = &[
        Method::AuthorizationCode,
        Method::DeviceCode,
        Method::ClientCredentials,
        Method::ClientCertificate,
        Method::WorkloadIdentity,
        Method::ManagedIdentity,
        Method::AccessToken,
    ];

    /// Returns the stable name, such as `authorization_code`.
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

    /// Returns whether a sign-in requests individual scopes, as a user's does.
    pub const fn asks_for_scopes(self) -> bool {
        matches!(self, Method::AuthorizationCode | Method::DeviceCode)
    }

    /// Returns whether the method signs in an app and not a user.
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
#[non_exhaustive]
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

/// Declaration of a connector's connections.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[must_use]
#[non_exhaustive]
pub struct ConnectionSpec {
    /// Sign-in methods, the preferred one first, each with the permissions that it requests.
    pub sign_ins: Vec<SignInSpec>,
    /// Account types, under the names that users know them by.
    pub account_types: Vec<AccountChoice>,
    /// Whether the form of an app's connection requires its default user, because next to nothing works without one. A
    /// program that names whose data is meant in every input may leave it out.
    pub app_needs_user: bool,
    /// Whether a connection may choose the version of the API.
    pub api_version: bool,
}

/// A sign-in method with the permissions that it requests.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct SignInSpec {
    /// Sign-in method.
    pub method: Method,
    /// Permissions that the method requests.
    pub permissions: Permissions,
}

/// An account type under the name that users know it by.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AccountChoice {
    /// Account type.
    pub account_type: AccountType,
    /// Label of the account type, exactly as the connector's requirements state it.
    pub label: &'static str,
}

impl AccountChoice {
    /// Creates a choice of an account type under this label.
    pub const fn new(account_type: AccountType, label: &'static str) -> AccountChoice {
        AccountChoice { account_type, label }
    }
}

impl SignInSpec {
    /// Creates a sign-in method that requests these permissions.
    pub const fn new(method: Method, permissions: Permissions) -> SignInSpec {
        SignInSpec { method, permissions }
    }

    /// Returns all sign-in methods, with `delegated` for those of users and `application` for those of apps.
    pub fn usual(delegated: Permissions, application: Permissions) -> Vec<SignInSpec> {
        let asks = |method: Method| match method {
            Method::AccessToken => Permissions::NONE,
            method if method.is_application() => application,
            _ => delegated,
        };
        Method::ALL.iter().map(|&method| SignInSpec { method, permissions: asks(method) }).collect()
    }
}

impl ConnectionSpec {
    /// Creates a declaration that offers these sign-in methods and account types.
    pub fn new(sign_ins: Vec<SignInSpec>, account_types: Vec<AccountChoice>) -> ConnectionSpec {
        ConnectionSpec { sign_ins, account_types, app_needs_user: false, api_version: false }
    }

    /// Creates a declaration that offers all sign-in methods, for accounts of any tenant or of one, with `delegated` for
    /// users and `application` for apps.
    pub fn usual(delegated: Permissions, application: Permissions) -> ConnectionSpec {
        let account_types = vec![
            AccountChoice::new(AccountType::Common, "Common"),
            AccountChoice::new(AccountType::Tenant, "Tenant-specific"),
        ];
        ConnectionSpec::new(SignInSpec::usual(delegated, application), account_types)
    }

    /// Requires that an app's connection names its default user.
    pub fn app_needs_user(mut self) -> ConnectionSpec {
        self.app_needs_user = true;
        self
    }

    /// Lets a connection choose the version of the API.
    pub fn api_version(mut self) -> ConnectionSpec {
        self.api_version = true;
        self
    }

    /// Returns the permissions that a method requests, or `None` if the connector does not offer it.
    ///
    /// The device code asks for what the browser asks for, the other app methods for what the client
    /// secret asks for: they are other ways to the same kind of token.
    pub fn permissions(&self, method: Method) -> Option<Permissions> {
        self.sign_ins.iter().find(|sign_in| sign_in.method == method).map(|sign_in| sign_in.permissions)
    }
}
