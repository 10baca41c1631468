//! The Microsoft Graph connector: records of many kinds, files, sites and lists, workbooks, meetings, Teams,
//! managed devices, Exchange mailboxes and search; and users, groups, mail, calendars, subscriptions and raw
//! requests as the Entra, the Outlook and the raw connector have them, under this connector's names.
//!
//! One thing, one file, one list line: what [`connector`] lists is what there is.

pub mod actions;
pub mod artifacts;
pub mod columns;
pub mod connections;
pub mod dynamic_schemas;
pub mod folder_tree;
pub mod header;
pub mod list_snapshot;
pub mod mentions;
pub mod message;
pub mod permissions;
pub mod picklists;
pub mod records;
pub mod row_snapshot;
pub mod search;
pub mod session;
pub mod sheet;
pub mod table;
pub mod threads;
pub mod triggers;
pub mod vocabulary;
pub mod web_vtt;

use connector_sdk::{Action, Connector, Spec};
use entra_connector::actions as entra;
use graph_raw::actions as raw;
use outlook_connector::actions as outlook;

static GET_MESSAGE: Spec = outlook::get_email::GetEmail::SPEC.named("get_message", "Get message");
static GET_MY_PROFILE: Spec = outlook::get_current_user::GetCurrentUser::SPEC.named("get_my_profile", "Get my profile");
static LIST_MESSAGES: Spec = outlook::list_emails::ListEmails::SPEC.named("list_messages", "List messages");
static UPDATE_USER_LICENSES: Spec =
    entra::assign_licenses::AssignLicenses::SPEC.named("update_user_licenses", "Update user licences");
static SEND_MAIL: Spec = outlook::send_email::SendEmail::SPEC.named("send_mail", "Send mail");

/// The list.
pub fn connector() -> Connector {
    Connector::new(
        "graph",
        "Microsoft Graph",
        "Users, groups, files, sites, workbooks, mail, calendars, meetings, Teams, devices and more of Microsoft 365, with one connection for all of them.",
        connections::spec(),
    )
    // actions: files
    .action::<actions::copy_drive_item::CopyDriveItem>()
    .action::<actions::create_folder::CreateFolder>()
    .action::<actions::delete_drive_item::DeleteDriveItem>()
    .action::<actions::download_file::DownloadFile>()
    .action::<actions::get_drive::GetDrive>()
    .action::<actions::get_drive_item::GetDriveItem>()
    .action::<actions::list_drive_changes::ListDriveChanges>()
    .action::<actions::list_drive_items::ListDriveItems>()
    .action::<actions::list_drives::ListDrives>()
    .action::<actions::search_files::SearchFiles>()
    .action::<actions::update_drive_item::UpdateDriveItem>()
    .action::<actions::upload_file::UploadFile>()
    // actions: records of many kinds
    .action::<actions::create_record::CreateRecord>()
    .action::<actions::delete_record::DeleteRecord>()
    .action::<actions::get_record::GetRecord>()
    .action::<actions::search_records::SearchRecords>()
    .action::<actions::update_record::UpdateRecord>()
    // actions: sharing and versions of files
    .action::<actions::create_sharing_link::CreateSharingLink>()
    .action::<actions::delete_item_permission::DeleteItemPermission>()
    .action::<actions::get_shared_item::GetSharedItem>()
    .action::<actions::list_item_permissions::ListItemPermissions>()
    .action::<actions::list_item_versions::ListItemVersions>()
    .action::<actions::permanently_delete_drive_item::PermanentlyDeleteDriveItem>()
    .action::<actions::restore_item_version::RestoreItemVersion>()
    .action::<actions::share_drive_item::ShareDriveItem>()
    // actions: sites and lists
    .action::<actions::create_list::CreateList>()
    .action::<actions::create_list_item::CreateListItem>()
    .action::<actions::delete_list_item::DeleteListItem>()
    .action::<actions::get_list::GetList>()
    .action::<actions::get_list_item::GetListItem>()
    .action::<actions::get_site::GetSite>()
    .action::<actions::list_list_items::ListListItems>()
    .action::<actions::list_lists::ListLists>()
    .action::<actions::list_subsites::ListSubsites>()
    .action::<actions::search_sites::SearchSites>()
    .action::<actions::update_list::UpdateList>()
    .action::<actions::update_list_item::UpdateListItem>()
    // actions: Excel
    .action::<actions::add_table_rows::AddTableRows>()
    .action::<actions::add_worksheet_row::AddWorksheetRow>()
    .action::<actions::get_worksheet_range::GetWorksheetRange>()
    .action::<actions::list_table_rows::ListTableRows>()
    .action::<actions::list_worksheets::ListWorksheets>()
    // actions: Exchange mailboxes
    .action::<actions::create_exchange_folder::CreateExchangeFolder>()
    .action::<actions::create_exchange_import_session::CreateExchangeImportSession>()
    .action::<actions::delete_exchange_folder::DeleteExchangeFolder>()
    .action::<actions::export_exchange_items::ExportExchangeItems>()
    .action::<actions::get_exchange_folder::GetExchangeFolder>()
    .action::<actions::get_exchange_item::GetExchangeItem>()
    .action::<actions::get_exchange_settings::GetExchangeSettings>()
    .action::<actions::list_exchange_folders::ListExchangeFolders>()
    .action::<actions::list_exchange_items::ListExchangeItems>()
    .action::<actions::update_exchange_folder::UpdateExchangeFolder>()
    // actions: online meetings
    .action::<actions::create_online_meeting::CreateOnlineMeeting>()
    .action::<actions::create_or_get_online_meeting::CreateOrGetOnlineMeeting>()
    .action::<actions::delete_online_meeting::DeleteOnlineMeeting>()
    .action::<actions::download_meeting_recording::DownloadMeetingRecording>()
    .action::<actions::download_meeting_transcript::DownloadMeetingTranscript>()
    .action::<actions::find_online_meeting::FindOnlineMeeting>()
    .action::<actions::get_attendance_report::GetAttendanceReport>()
    .action::<actions::get_meeting_recording::GetMeetingRecording>()
    .action::<actions::get_meeting_transcript::GetMeetingTranscript>()
    .action::<actions::get_online_meeting::GetOnlineMeeting>()
    .action::<actions::get_transcript_metadata::GetTranscriptMetadata>()
    .action::<actions::list_all_recordings::ListAllRecordings>()
    .action::<actions::list_all_transcripts::ListAllTranscripts>()
    .action::<actions::list_attendance_records::ListAttendanceRecords>()
    .action::<actions::list_attendance_reports::ListAttendanceReports>()
    .action::<actions::list_meeting_recordings::ListMeetingRecordings>()
    .action::<actions::list_meeting_transcripts::ListMeetingTranscripts>()
    .action::<actions::update_online_meeting::UpdateOnlineMeeting>()
    // actions: managed devices
    .action::<actions::delete_managed_device::DeleteManagedDevice>()
    .action::<actions::get_managed_device::GetManagedDevice>()
    .action::<actions::list_managed_devices::ListManagedDevices>()
    .action::<actions::list_user_managed_devices::ListUserManagedDevices>()
    .action::<actions::locate_managed_device::LocateManagedDevice>()
    .action::<actions::lock_managed_device::LockManagedDevice>()
    .action::<actions::reboot_managed_device::RebootManagedDevice>()
    .action::<actions::reset_passcode_managed_device::ResetPasscodeManagedDevice>()
    .action::<actions::retire_managed_device::RetireManagedDevice>()
    .action::<actions::scan_managed_device::ScanManagedDevice>()
    .action::<actions::shut_down_managed_device::ShutDownManagedDevice>()
    .action::<actions::sync_managed_device::SyncManagedDevice>()
    .action::<actions::update_managed_device::UpdateManagedDevice>()
    .action::<actions::wipe_managed_device::WipeManagedDevice>()
    // actions: Teams
    .action::<actions::get_presence::GetPresence>()
    .action::<actions::list_channel_messages::ListChannelMessages>()
    .action::<actions::list_channels::ListChannels>()
    .action::<actions::list_chat_messages::ListChatMessages>()
    .action::<actions::list_chats::ListChats>()
    .action::<actions::list_joined_teams::ListJoinedTeams>()
    .action::<actions::reply_to_channel_message::ReplyToChannelMessage>()
    .action::<actions::send_channel_message::SendChannelMessage>()
    .action::<actions::send_chat_message::SendChatMessage>()
    // actions: conversations and events of groups
    .action::<actions::list_group_events::ListGroupEvents>()
    .action::<actions::list_group_threads::ListGroupThreads>()
    .action::<actions::reply_to_group_thread::ReplyToGroupThread>()
    // actions: search
    .action::<actions::search_query::SearchQuery>()
    // actions: Outlook's
    .action::<outlook::create_event::CreateEvent>()
    .action::<outlook::delete_event::DeleteEvent>()
    .action::<outlook::get_calendar_view::GetCalendarView>()
    .action::<outlook::get_event::GetEvent>()
    .action_as::<outlook::get_email::GetEmail>(&GET_MESSAGE)
    .action_as::<outlook::get_current_user::GetCurrentUser>(&GET_MY_PROFILE)
    .action::<outlook::list_calendars::ListCalendars>()
    .action::<outlook::list_events::ListEvents>()
    .action::<outlook::list_mail_folders::ListMailFolders>()
    .action_as::<outlook::list_emails::ListEmails>(&LIST_MESSAGES)
    .action_as::<outlook::send_email::SendEmail>(&SEND_MAIL)
    .action::<outlook::update_event::UpdateEvent>()
    // actions: Entra's
    .action::<entra::create_user::CreateUser>()
    .action::<entra::get_group::GetGroup>()
    .action::<entra::get_user::GetUser>()
    .action::<entra::list_group_members::ListGroupMembers>()
    .action::<entra::list_groups::ListGroups>()
    .action::<entra::list_user_licenses::ListUserLicenses>()
    .action::<entra::list_users::ListUsers>()
    .action::<entra::search_users::SearchUsers>()
    .action::<entra::update_user::UpdateUser>()
    .action_as::<entra::assign_licenses::AssignLicenses>(&UPDATE_USER_LICENSES)
    // actions: what every connector offers
    .action::<raw::create_subscription::CreateSubscription>()
    .action::<raw::delete_all_subscriptions::DeleteAllSubscriptions>()
    .action::<raw::delete_subscription::DeleteSubscription>()
    .action::<raw::get_subscription::GetSubscription>()
    .action::<raw::list_subscriptions::ListSubscriptions>()
    .action::<raw::raw_request::RawRequest>()
    .action::<raw::reauthorize_subscription::ReauthorizeSubscription>()
    .action::<raw::update_subscription::UpdateSubscription>()
    // triggers
    .trigger::<triggers::deleted_file::DeletedFile>()
    .trigger::<triggers::new_channel_message::NewChannelMessage>()
    .trigger::<triggers::new_chat_message::NewChatMessage>()
    .trigger::<outlook_connector::triggers::new_email::NewEmail>()
    .trigger::<outlook_connector::triggers::new_event::NewEvent>()
    .trigger::<triggers::new_or_updated_file::NewOrUpdatedFile>()
    .trigger::<triggers::new_or_updated_managed_device::NewOrUpdatedManagedDevice>()
    .trigger::<triggers::new_or_updated_list_item::NewOrUpdatedListItem>()
    .trigger::<entra_connector::triggers::new_or_updated_user::NewOrUpdatedUser>()
    .trigger::<triggers::new_worksheet_row::NewWorksheetRow>()
    .trigger::<triggers::new_recording::NewRecording>()
    .trigger::<triggers::new_transcript::NewTranscript>()
    // picklists
    .picklist::<outlook_connector::picklists::calendar_groups::CalendarGroups>()
    .picklist::<outlook_connector::picklists::calendars::Calendars>()
    .picklist::<picklists::channels::Channels>()
    .picklist::<picklists::chats::Chats>()
    .picklist::<picklists::drives::Drives>()
    .picklist::<outlook_connector::picklists::events::Events>()
    .picklist::<picklists::folders::Folders>()
    .picklist::<entra_connector::picklists::groups::Groups>()
    .picklist::<picklists::list_columns::ListColumns>()
    .picklist::<picklists::lists::Lists>()
    .picklist::<outlook_connector::picklists::mail_folders::MailFolders>()
    .picklist::<picklists::managed_devices::ManagedDevices>()
    .picklist::<outlook_connector::picklists::messages::Messages>()
    .picklist::<picklists::online_meetings::OnlineMeetings>()
    .picklist::<entra_connector::picklists::service_plans::ServicePlans>()
    .picklist::<picklists::sites::Sites>()
    .picklist::<entra_connector::picklists::skus::Skus>()
    .picklist::<graph_raw::picklists::subscriptions::Subscriptions>()
    .picklist::<picklists::tables::Tables>()
    .picklist::<picklists::teams::Teams>()
    .picklist::<outlook_connector::picklists::time_zones::TimeZones>()
    .picklist::<entra_connector::picklists::users::Users>()
    .picklist::<picklists::workbooks::Workbooks>()
    .picklist::<picklists::worksheet_columns::WorksheetColumns>()
    .picklist::<picklists::worksheets::Worksheets>()
    // dynamic schemas
    .dynamic_schema::<dynamic_schemas::found_record::FoundRecordShape>()
    .dynamic_schema::<dynamic_schemas::list_item_changes::ListItemChanges>()
    .dynamic_schema::<dynamic_schemas::list_item_values::ListItemValues>()
    .dynamic_schema::<dynamic_schemas::new_list_item_fields::NewListItemFields>()
    .dynamic_schema::<dynamic_schemas::new_record_fields::NewRecordFields>()
    .dynamic_schema::<dynamic_schemas::record::RecordShape>()
    .dynamic_schema::<dynamic_schemas::record_changes::RecordChanges>()
    .dynamic_schema::<dynamic_schemas::table_row::TableRowShape>()
    .dynamic_schema::<dynamic_schemas::worksheet_row::WorksheetRow>()
}
