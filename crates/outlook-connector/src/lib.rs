//! The Outlook connector: mail, and in time calendars and contacts.
//!
//! One thing, one file, one list line: what [`connector`] lists is what there is.

pub mod actions;
pub mod attach;
pub mod compose;
pub mod connections;
pub mod once;
pub mod picklists;
pub mod triggers;
pub mod vocabulary;

use connector_sdk::Connector;

/// The list.
pub fn connector() -> Connector {
    Connector::new(
        "outlook",
        "Outlook",
        "Mail of Microsoft 365 and Outlook.com: send, list and watch messages, in one's own and in shared mailboxes.",
        connections::spec(),
    )
    // actions
    .action::<actions::get_email::GetEmail>()
    .action::<actions::list_emails::ListEmails>()
    .action::<actions::mark_email_read::MarkEmailRead>()
    .action::<actions::send_email::SendEmail>()
    // triggers
    .trigger::<triggers::new_email::NewEmail>()
    // picklists
    .picklist::<picklists::mail_folders::MailFolders>()
    .picklist::<picklists::messages::Messages>()
    .picklist::<picklists::time_zones::TimeZones>()
}
