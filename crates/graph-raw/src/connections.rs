//! How to sign in to Microsoft Graph for raw requests, as the two systems that they replace state it.

use connector_sdk::connection::{AccountChoice, AccountType, ConnectionSpec, Method, SignIn};
use connector_sdk::scopes::Permissions;

/// The delegated scopes: a user signs in. Which others a raw request needs, its caller knows: they are
/// added to the connection.
const DELEGATED: Permissions =
    Permissions { minimum: &["offline_access"], default: &["https://graph.microsoft.com/User.Read.All", "offline_access"], optional: &[] };

/// The application permissions: all that an administrator consented to.
const APPLICATION: Permissions = Permissions { minimum: &[], default: &["https://graph.microsoft.com/.default"], optional: &[] };

/// Methods, permissions and account types.
pub fn spec() -> ConnectionSpec {
    ConnectionSpec {
        sign_ins: vec![
            SignIn { method: Method::AuthorizationCode, permissions: DELEGATED },
            SignIn { method: Method::DeviceCode, permissions: DELEGATED },
            SignIn { method: Method::ClientCredentials, permissions: APPLICATION },
            SignIn { method: Method::ClientCertificate, permissions: APPLICATION },
            SignIn { method: Method::WorkloadIdentity, permissions: APPLICATION },
            SignIn { method: Method::ManagedIdentity, permissions: APPLICATION },
            SignIn { method: Method::AccessToken, permissions: Permissions::NONE },
        ],
        account_types: vec![
            AccountChoice { account_type: AccountType::Common, label: "Multi-tenant" },
            AccountChoice { account_type: AccountType::Tenant, label: "Single tenant" },
            AccountChoice { account_type: AccountType::Organizations, label: "Any organization" },
            AccountChoice { account_type: AccountType::Consumers, label: "Personal accounts" },
        ],
    }
}
