//! How to sign in to Microsoft Graph for raw requests, as the two systems that they replace state it.

use connector_sdk::connection::{AccountChoice, AccountType, ConnectionSpec, SignInSpec};
use connector_sdk::scopes::Permissions;

/// The delegated scopes: a user signs in. Which others a raw request needs, its caller knows: they are
/// added to the connection.
const DELEGATED: Permissions = Permissions {
    minimum: &["offline_access"],
    default: &["https://graph.microsoft.com/User.Read.All", "offline_access"],
    optional: &[],
};

/// The application permissions: all that an administrator consented to.
const APPLICATION: Permissions =
    Permissions { minimum: &[], default: &["https://graph.microsoft.com/.default"], optional: &[] };

/// Methods, permissions and account types.
pub fn spec() -> ConnectionSpec {
    let account_types = vec![
        AccountChoice { account_type: AccountType::Common, label: "Multi-tenant" },
        AccountChoice { account_type: AccountType::Tenant, label: "Single tenant" },
        AccountChoice { account_type: AccountType::Organizations, label: "Any organization" },
        AccountChoice { account_type: AccountType::Consumers, label: "Personal accounts" },
    ];
    ConnectionSpec::new(SignInSpec::usual(DELEGATED, APPLICATION), account_types).api_version()
}
