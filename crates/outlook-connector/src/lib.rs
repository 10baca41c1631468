//! The Outlook connector: mail, calendars, contacts, and the settings of a mailbox.
//!
//! One thing, one file, one list line: what [`connector`] lists is what there is.

pub mod actions;
pub mod attach;
pub mod categories;
pub mod complete;
pub mod compose;
pub mod connections;
pub mod drafts;
pub mod fingerprints;
pub mod folders;
pub mod follow;
pub mod follow_folders;
pub mod kql;
pub mod mail_filter;
pub mod one_by_one;
pub mod ordered;
pub mod permissions;
pub mod picklists;
pub mod reply;
pub mod send_once;
pub mod tree;
pub mod triggers;
pub mod vocabulary;
pub mod window;

use connector_sdk::Connector;

/// The list.
pub fn connector() -> Connector {
    Connector::new(
        "outlook",
        "Outlook",
        "Mail, calendars, contacts and settings of Microsoft 365 and Outlook.com, in one's own and in shared mailboxes.",
        connections::spec(),
    )
    // actions
    .action::<actions::add_attachment::AddAttachment>()
    .action::<actions::add_email_categories::AddEmailCategories>()
    .action::<actions::add_event_attachment::AddEventAttachment>()
    .action::<actions::archive_email::ArchiveEmail>()
    .action::<actions::cancel_event::CancelEvent>()
    .action::<actions::copy_email::CopyEmail>()
    .action::<actions::copy_mail_folder::CopyMailFolder>()
    .action::<actions::create_calendar::CreateCalendar>()
    .action::<actions::create_calendar_group::CreateCalendarGroup>()
    .action::<actions::create_calendar_permission::CreateCalendarPermission>()
    .action::<actions::create_category::CreateCategory>()
    .action::<actions::create_contact::CreateContact>()
    .action::<actions::create_contact_folder::CreateContactFolder>()
    .action::<actions::create_draft::CreateDraft>()
    .action::<actions::create_event::CreateEvent>()
    .action::<actions::create_focused_inbox_override::CreateFocusedInboxOverride>()
    .action::<actions::create_forward_draft::CreateForwardDraft>()
    .action::<actions::create_mail_folder::CreateMailFolder>()
    .action::<actions::create_message_rule::CreateMessageRule>()
    .action::<actions::create_reply_draft::CreateReplyDraft>()
    .action::<actions::create_search_folder::CreateSearchFolder>()
    .action::<actions::create_subscription::CreateSubscription>()
    .action::<actions::delete_attachment::DeleteAttachment>()
    .action::<actions::delete_calendar::DeleteCalendar>()
    .action::<actions::delete_calendar_group::DeleteCalendarGroup>()
    .action::<actions::delete_calendar_permission::DeleteCalendarPermission>()
    .action::<actions::delete_category::DeleteCategory>()
    .action::<actions::delete_contact::DeleteContact>()
    .action::<actions::delete_contact_folder::DeleteContactFolder>()
    .action::<actions::delete_email::DeleteEmail>()
    .action::<actions::delete_event::DeleteEvent>()
    .action::<actions::delete_event_attachment::DeleteEventAttachment>()
    .action::<actions::delete_focused_inbox_override::DeleteFocusedInboxOverride>()
    .action::<actions::delete_mail_folder::DeleteMailFolder>()
    .action::<actions::delete_message_rule::DeleteMessageRule>()
    .action::<actions::dismiss_event_reminder::DismissEventReminder>()
    .action::<actions::download_all_attachments::DownloadAllAttachments>()
    .action::<actions::download_attachment::DownloadAttachment>()
    .action::<actions::download_event_attachment::DownloadEventAttachment>()
    .action::<actions::find_meeting_times::FindMeetingTimes>()
    .action::<actions::flag_email::FlagEmail>()
    .action::<actions::forward_email::ForwardEmail>()
    .action::<actions::forward_event::ForwardEvent>()
    .action::<actions::get_attachment::GetAttachment>()
    .action::<actions::get_calendar::GetCalendar>()
    .action::<actions::get_calendar_group::GetCalendarGroup>()
    .action::<actions::get_calendar_view::GetCalendarView>()
    .action::<actions::get_contact::GetContact>()
    .action::<actions::get_contact_folder::GetContactFolder>()
    .action::<actions::get_contact_photo::GetContactPhoto>()
    .action::<actions::get_current_user::GetCurrentUser>()
    .action::<actions::get_email::GetEmail>()
    .action::<actions::get_email_mime::GetEmailMime>()
    .action::<actions::get_event::GetEvent>()
    .action::<actions::get_mail_folder::GetMailFolder>()
    .action::<actions::get_mail_tips::GetMailTips>()
    .action::<actions::get_mailbox_settings::GetMailboxSettings>()
    .action::<actions::get_message_rule::GetMessageRule>()
    .action::<actions::get_schedule::GetSchedule>()
    .action::<actions::list_attachments::ListAttachments>()
    .action::<actions::list_calendar_groups::ListCalendarGroups>()
    .action::<actions::list_calendar_permissions::ListCalendarPermissions>()
    .action::<actions::list_calendars::ListCalendars>()
    .action::<actions::list_categories::ListCategories>()
    .action::<actions::list_contact_changes::ListContactChanges>()
    .action::<actions::list_contact_folders::ListContactFolders>()
    .action::<actions::list_contacts::ListContacts>()
    .action::<actions::list_email_changes::ListEmailChanges>()
    .action::<actions::list_emails::ListEmails>()
    .action::<actions::list_event_attachments::ListEventAttachments>()
    .action::<actions::list_event_changes::ListEventChanges>()
    .action::<actions::list_event_instances::ListEventInstances>()
    .action::<actions::list_events::ListEvents>()
    .action::<actions::list_focused_inbox_overrides::ListFocusedInboxOverrides>()
    .action::<actions::list_mail_folder_changes::ListMailFolderChanges>()
    .action::<actions::list_mail_folders::ListMailFolders>()
    .action::<actions::list_message_rules::ListMessageRules>()
    .action::<actions::list_reminders::ListReminders>()
    .action::<actions::list_room_lists::ListRoomLists>()
    .action::<actions::list_rooms::ListRooms>()
    .action::<actions::list_rooms_in_room_list::ListRoomsInRoomList>()
    .action::<actions::list_supported_languages::ListSupportedLanguages>()
    .action::<actions::list_supported_time_zones::ListSupportedTimeZones>()
    .action::<actions::mark_email_read::MarkEmailRead>()
    .action::<actions::move_contact::MoveContact>()
    .action::<actions::move_email::MoveEmail>()
    .action::<actions::move_mail_folder::MoveMailFolder>()
    .action::<actions::permanently_delete_contact::PermanentlyDeleteContact>()
    .action::<actions::permanently_delete_email::PermanentlyDeleteEmail>()
    .action::<actions::permanently_delete_event::PermanentlyDeleteEvent>()
    .action::<actions::permanently_delete_mail_folder::PermanentlyDeleteMailFolder>()
    .action::<actions::remove_email_categories::RemoveEmailCategories>()
    .action::<actions::reply_to_email::ReplyToEmail>()
    .action::<actions::respond_to_event::RespondToEvent>()
    .action::<actions::search_calendars::SearchCalendars>()
    .action::<actions::search_contacts::SearchContacts>()
    .action::<actions::search_emails::SearchEmails>()
    .action::<actions::search_events::SearchEvents>()
    .action::<actions::search_people::SearchPeople>()
    .action::<actions::send_draft::SendDraft>()
    .action::<actions::send_email::SendEmail>()
    .action::<actions::send_email_and_wait::SendEmailAndWait>()
    .action::<actions::send_mime_email::SendMimeEmail>()
    .action::<actions::set_automatic_replies::SetAutomaticReplies>()
    .action::<actions::set_contact_photo::SetContactPhoto>()
    .action::<actions::snooze_event_reminder::SnoozeEventReminder>()
    .action::<actions::translate_exchange_ids::TranslateExchangeIds>()
    .action::<actions::update_calendar::UpdateCalendar>()
    .action::<actions::update_calendar_group::UpdateCalendarGroup>()
    .action::<actions::update_calendar_permission::UpdateCalendarPermission>()
    .action::<actions::update_category::UpdateCategory>()
    .action::<actions::update_contact::UpdateContact>()
    .action::<actions::update_contact_folder::UpdateContactFolder>()
    .action::<actions::update_draft::UpdateDraft>()
    .action::<actions::update_email::UpdateEmail>()
    .action::<actions::update_event::UpdateEvent>()
    .action::<actions::update_focused_inbox_override::UpdateFocusedInboxOverride>()
    .action::<actions::update_mail_folder::UpdateMailFolder>()
    .action::<actions::update_mailbox_settings::UpdateMailboxSettings>()
    .action::<actions::update_message_rule::UpdateMessageRule>()
    // what every connector offers
    .action::<graph_raw::actions::delete_all_subscriptions::DeleteAllSubscriptions>()
    .action::<graph_raw::actions::delete_subscription::DeleteSubscription>()
    .action::<graph_raw::actions::get_subscription::GetSubscription>()
    .action::<graph_raw::actions::list_subscriptions::ListSubscriptions>()
    .action::<graph_raw::actions::raw_request::RawRequest>()
    .action::<graph_raw::actions::reauthorize_subscription::ReauthorizeSubscription>()
    .action::<graph_raw::actions::update_subscription::UpdateSubscription>()
    // triggers
    .trigger::<triggers::deleted_contact::DeletedContact>()
    .trigger::<triggers::deleted_email::DeletedEmail>()
    .trigger::<triggers::deleted_event::DeletedEvent>()
    .trigger::<triggers::email_flagged::EmailFlagged>()
    .trigger::<triggers::email_mentioning_me::EmailMentioningMe>()
    .trigger::<triggers::email_sent::EmailSent>()
    .trigger::<triggers::new_attachment::NewAttachment>()
    .trigger::<triggers::new_contact::NewContact>()
    .trigger::<triggers::new_email::NewEmail>()
    .trigger::<triggers::new_email_matching_search::NewEmailMatchingSearch>()
    .trigger::<triggers::new_event::NewEvent>()
    .trigger::<triggers::new_or_updated_contact::NewOrUpdatedContact>()
    .trigger::<triggers::new_or_updated_email::NewOrUpdatedEmail>()
    .trigger::<triggers::new_or_updated_event::NewOrUpdatedEvent>()
    .trigger::<triggers::upcoming_event::UpcomingEvent>()
    // picklists
    .picklist::<picklists::calendar_groups::CalendarGroups>()
    .picklist::<picklists::calendars::Calendars>()
    .picklist::<picklists::categories::Categories>()
    .picklist::<picklists::category_ids::CategoryIds>()
    .picklist::<picklists::contact_folders::ContactFolders>()
    .picklist::<picklists::events::Events>()
    .picklist::<picklists::languages::Languages>()
    .picklist::<picklists::mail_folders::MailFolders>()
    .picklist::<picklists::message_rules::MessageRules>()
    .picklist::<picklists::messages::Messages>()
    .picklist::<picklists::time_zones::TimeZones>()
    .picklist::<graph_raw::picklists::subscriptions::Subscriptions>()
}
