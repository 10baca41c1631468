//! How to sign in to Microsoft Graph for raw requests, as the two systems that they replace state it.

use connector_sdk::connection::{AccountChoice, AccountType, ConnectionSpec, SignInSpec};
use connector_sdk::scopes::Permissions;

/// The delegated scopes: a user signs in. Which others a raw request needs, its caller knows: they are
/// added to the connection.
const DELEGATED: Permissions = Permissions::NONE
    .with_minimum(&["offline_access"])
    .with_default(&["https://graph.microsoft.com/User.Read.All", "offline_access"]);

/// The application permissions: all that an administrator consented to.
const APPLICATION: Permissions = Permissions::NONE.with_default(&["https://graph.microsoft.com/.default"]);

/// Methods, permissions and account types.
pub fn spec() -> ConnectionSpec {
    let account_types = vec![
        AccountChoice::new(AccountType::Common, "Multi-tenant"),
        AccountChoice::new(AccountType::Tenant, "Single tenant"),
        AccountChoice::new(AccountType::Organizations, "Any organization"),
        AccountChoice::new(AccountType::Consumers, "Personal accounts"),
    ];
    ConnectionSpec::new(SignInSpec::usual(DELEGATED, APPLICATION), account_types).api_version()
}
