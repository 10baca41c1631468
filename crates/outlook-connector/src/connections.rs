//! How to sign in to Outlook, as its seed states it.

use connector_sdk::connection::{AccountChoice, AccountType, ConnectionSpec, SignInSpec};
use connector_sdk::scopes::Permissions;

/// The delegated scopes: with a browser or a device code, a user signs in.
const DELEGATED: Permissions = Permissions {
    minimum: &["User.Read", "offline_access"],
    default: &[
        "Mail.Send",
        "Mail.ReadWrite",
        "Mail.ReadWrite.Shared",
        "Calendars.ReadWrite",
        "Calendars.ReadWrite.Shared",
        "User.Read",
        "offline_access",
    ],
    // What the default set cannot do: shared sending, contacts, settings, people, rooms. Who needs it names it.
    optional: &[
        "Mail.Send.Shared",
        "Contacts.ReadWrite",
        "Contacts.ReadWrite.Shared",
        "MailboxSettings.ReadWrite",
        "People.Read",
        "Place.Read.All",
    ],
};

/// The application permissions, consented to in the portal: an app signs in.
const APPLICATION: Permissions = Permissions {
    minimum: &["Mail.Read"],
    default: &[
        "Calendars.Read",
        "Calendars.ReadWrite",
        "Contacts.Read",
        "Contacts.ReadWrite",
        "Mail.Read",
        "Mail.ReadWrite",
        "Mail.Send",
    ],
    // Settings, people, rooms and time zones.
    optional: &["MailboxSettings.ReadWrite", "People.Read.All", "Place.Read.All", "User.Read.All"],
};

/// Methods, permissions and account types.
pub fn spec() -> ConnectionSpec {
    let account_types = vec![
        AccountChoice { account_type: AccountType::Common, label: "Common" },
        AccountChoice { account_type: AccountType::Tenant, label: "Tenant-specific" },
        AccountChoice { account_type: AccountType::Consumers, label: "Consumer" },
        AccountChoice { account_type: AccountType::Organizations, label: "Organization" },
    ];
    ConnectionSpec::new(SignInSpec::usual(DELEGATED, APPLICATION), account_types).app_needs_user()
}
