//! What things need, by [Microsoft's permission table][1]: the least privileged first.
//!
//! [1]: https://learn.microsoft.com/en-us/graph/permissions-reference

use connector_sdk::{AnyOf, Scopes};

const fn scopes(delegated: &'static [&'static str], shared: &'static [&'static str], application: &'static [&'static str]) -> Scopes {
    Scopes { delegated: AnyOf(delegated), shared: AnyOf(shared), application: Some(AnyOf(application)) }
}

/// To see calendars and their groups.
pub const CALENDARS_SEE: Scopes = scopes(
    &["Calendars.ReadBasic", "Calendars.Read", "Calendars.ReadWrite"],
    &["Calendars.Read.Shared", "Calendars.ReadWrite.Shared"],
    &["Calendars.ReadBasic.All", "Calendars.ReadBasic", "Calendars.Read", "Calendars.ReadWrite"],
);

/// To read calendars with what is in them.
pub const CALENDARS_READ: Scopes = scopes(
    &["Calendars.Read", "Calendars.ReadWrite"],
    &["Calendars.Read.Shared", "Calendars.ReadWrite.Shared"],
    &["Calendars.Read", "Calendars.ReadWrite"],
);

/// To change calendars and what is in them.
pub const CALENDARS_WRITE: Scopes = scopes(&["Calendars.ReadWrite"], &["Calendars.ReadWrite.Shared"], &["Calendars.ReadWrite"]);

/// To read contacts.
pub const CONTACTS_READ: Scopes = scopes(
    &["Contacts.Read", "Contacts.ReadWrite"],
    &["Contacts.Read.Shared", "Contacts.ReadWrite.Shared"],
    &["Contacts.Read", "Contacts.ReadWrite"],
);

/// To change contacts.
pub const CONTACTS_WRITE: Scopes = scopes(&["Contacts.ReadWrite"], &["Contacts.ReadWrite.Shared"], &["Contacts.ReadWrite"]);
