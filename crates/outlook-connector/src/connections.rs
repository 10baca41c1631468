//! How to sign in to Outlook, as its seed states it.

use connector_sdk::connection::{AccountChoice, AccountType, ConnectionSpec, SignInSpec};
use connector_sdk::scopes::Permissions;

/// The delegated scopes: with a browser or a device code, a user signs in.
const DELEGATED: Permissions = Permissions::NONE
    .with_minimum(&["User.Read", "offline_access"])
    .with_default(&[
        "Mail.Send",
        "Mail.ReadWrite",
        "Mail.ReadWrite.Shared",
        "Calendars.ReadWrite",
        "Calendars.ReadWrite.Shared",
        "User.Read",
        "offline_access",
    ])
    // What the default set cannot do: shared sending, contacts, settings, people, rooms. Who needs it names it.
    .with_optional(&[
        "Mail.Send.Shared",
        "Contacts.ReadWrite",
        "Contacts.ReadWrite.Shared",
        "MailboxSettings.ReadWrite",
        "People.Read",
        "Place.Read.All",
    ]);

/// The application permissions, consented to in the portal: an app signs in.
const APPLICATION: Permissions = Permissions::NONE
    .with_minimum(&["Mail.Read"])
    .with_default(&[
        "Calendars.Read",
        "Calendars.ReadWrite",
        "Contacts.Read",
        "Contacts.ReadWrite",
        "Mail.Read",
        "Mail.ReadWrite",
        "Mail.Send",
    ])
    // Settings, people, rooms and time zones.
    .with_optional(&["MailboxSettings.ReadWrite", "People.Read.All", "Place.Read.All", "User.Read.All"]);

/// Methods, permissions and account types.
pub fn spec() -> ConnectionSpec {
    let account_types = vec![
        AccountChoice::new(AccountType::Common, "Common"),
        AccountChoice::new(AccountType::Tenant, "Tenant-specific"),
        AccountChoice::new(AccountType::Consumers, "Consumer"),
        AccountChoice::new(AccountType::Organizations, "Organization"),
    ];
    ConnectionSpec::new(SignInSpec::usual(DELEGATED, APPLICATION), account_types).app_needs_user()
}
