//! What things need, by [Microsoft's permission table][1]: the least privileged first.
//!
//! [1]: https://learn.microsoft.com/en-us/graph/permissions-reference

use connector_sdk::Scopes;

const fn scopes(
    delegated: &'static [&'static str],
    shared: &'static [&'static str],
    application: &'static [&'static str],
) -> Scopes {
    Scopes::of(delegated, application).and_shared(shared)
}

/// To see calendars and their groups, and events without bodies and attachments.
pub const CALENDARS_SEE: Scopes = scopes(
    &["Calendars.ReadBasic", "Calendars.Read", "Calendars.ReadWrite"],
    &["Calendars.Read.Shared", "Calendars.ReadWrite.Shared"],
    &["Calendars.ReadBasic", "Calendars.ReadBasic.All", "Calendars.Read", "Calendars.ReadWrite"],
);

/// To read calendars with what is in them.
pub const CALENDARS_READ: Scopes = scopes(
    &["Calendars.Read", "Calendars.ReadWrite"],
    &["Calendars.Read.Shared", "Calendars.ReadWrite.Shared"],
    &["Calendars.Read", "Calendars.ReadWrite"],
);

/// To change calendars and what is in them.
pub const CALENDARS_WRITE: Scopes =
    scopes(&["Calendars.ReadWrite"], &["Calendars.ReadWrite.Shared"], &["Calendars.ReadWrite"]);

/// To read contacts.
pub const CONTACTS_READ: Scopes = scopes(
    &["Contacts.Read", "Contacts.ReadWrite"],
    &["Contacts.Read.Shared", "Contacts.ReadWrite.Shared"],
    &["Contacts.Read", "Contacts.ReadWrite"],
);

/// To change contacts.
pub const CONTACTS_WRITE: Scopes =
    scopes(&["Contacts.ReadWrite"], &["Contacts.ReadWrite.Shared"], &["Contacts.ReadWrite"]);

/// To see messages without bodies and attachments.
pub const MAIL_SEE: Scopes = scopes(
    &["Mail.ReadBasic", "Mail.Read", "Mail.ReadWrite"],
    &["Mail.Read.Shared", "Mail.ReadWrite.Shared"],
    &["Mail.ReadBasic.All", "Mail.Read", "Mail.ReadWrite"],
);

/// To get one message. With `Mail.ReadBasic` it comes without its body, so that is not the least.
pub const MAIL_GET: Scopes = scopes(
    &["Mail.Read", "Mail.ReadBasic", "Mail.ReadWrite"],
    &["Mail.Read.Shared", "Mail.ReadWrite.Shared"],
    &["Mail.Read", "Mail.ReadBasic.All", "Mail.ReadWrite"],
);

/// To read messages with bodies and attachments.
pub const MAIL_READ: Scopes = scopes(
    &["Mail.Read", "Mail.ReadWrite"],
    &["Mail.Read.Shared", "Mail.ReadWrite.Shared"],
    &["Mail.Read", "Mail.ReadWrite"],
);

/// To write, change, move and delete messages and folders.
pub const MAIL_WRITE: Scopes = scopes(&["Mail.ReadWrite"], &["Mail.ReadWrite.Shared"], &["Mail.ReadWrite"]);

/// To send messages.
pub const MAIL_SEND: Scopes = scopes(&["Mail.Send"], &["Mail.Send.Shared"], &["Mail.Send"]);

/// To send messages that are saved as drafts first, and to look for answers to them.
pub const MAIL_SEND_DRAFTS: Scopes =
    scopes(&["Mail.ReadWrite Mail.Send"], &["Mail.ReadWrite.Shared Mail.Send.Shared"], &["Mail.ReadWrite Mail.Send"]);

/// To send messages as somebody else.
pub const MAIL_SEND_AS: Scopes = scopes(&["Mail.Send.Shared"], &["Mail.Send.Shared"], &["Mail.Send"]);

/// To read messages, and the addresses of whose they are.
pub const MAIL_READ_OWNED: Scopes = scopes(
    &[
        "Mail.Read User.Read",
        "Mail.Read User.ReadBasic.All",
        "Mail.Read User.Read.All",
        "Mail.ReadWrite User.Read",
        "Mail.ReadWrite User.ReadBasic.All",
        "Mail.ReadWrite User.Read.All",
    ],
    &[
        "Mail.Read.Shared User.ReadBasic.All",
        "Mail.Read.Shared User.Read.All",
        "Mail.ReadWrite.Shared User.ReadBasic.All",
        "Mail.ReadWrite.Shared User.Read.All",
    ],
    &[
        "Mail.Read User.ReadBasic.All",
        "Mail.Read User.Read.All",
        "Mail.ReadWrite User.ReadBasic.All",
        "Mail.ReadWrite User.Read.All",
    ],
);

/// To read the settings of a mailbox.
pub const SETTINGS_READ: Scopes = scopes(
    &["MailboxSettings.Read", "MailboxSettings.ReadWrite"],
    &[],
    &["MailboxSettings.Read", "MailboxSettings.ReadWrite"],
);

/// To change the settings of a mailbox.
pub const SETTINGS_WRITE: Scopes = scopes(&["MailboxSettings.ReadWrite"], &[], &["MailboxSettings.ReadWrite"]);

/// To ask the server what it knows: languages, time zones, ids in another form.
pub const SERVER_ASK: Scopes = scopes(&["User.Read", "User.ReadBasic.All", "User.Read.All"], &[], &["User.Read.All"]);

/// To have meeting times proposed. Apps cannot.
pub const MEETING_TIMES: Scopes = Scopes::users(&["Calendars.Read.Shared", "Calendars.ReadWrite.Shared"])
    .and_shared(&["Calendars.Read.Shared", "Calendars.ReadWrite.Shared"]);

/// To read rooms and their lists.
pub const PLACES_READ: Scopes = scopes(&["Place.Read.All"], &[], &["Place.Read.All"]);
