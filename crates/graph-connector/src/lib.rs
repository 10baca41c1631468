//! The Microsoft Graph connector: records of many kinds, files, sites and lists, workbooks, meetings, Teams,
//! managed devices, Exchange mailboxes and search; and users, groups, mail, calendars, subscriptions and raw
//! requests as the Entra, the Outlook and the raw connector have them, under this connector's names.
//!
//! One thing, one file, one list line: what [`connector`] lists is what there is.

pub mod connections;
pub mod devices;
pub mod exchange;
pub mod files;
pub mod meetings;
pub mod permissions;
pub mod records;
pub mod search;
pub mod sites;
pub mod teams;
pub mod vocabulary;
pub mod workbooks;

use connector_sdk::{Action, Connector, Spec};

static GET_MESSAGE: Spec =
    outlook_connector::mail::actions::get_email::GetEmail::SPEC.named("get_message", "Get message");
static GET_MY_PROFILE: Spec = outlook_connector::settings::actions::get_current_user::GetCurrentUser::SPEC
    .named("get_my_profile", "Get my profile");
static LIST_MESSAGES: Spec =
    outlook_connector::mail::actions::list_emails::ListEmails::SPEC.named("list_messages", "List messages");
static UPDATE_USER_LICENSES: Spec = entra_connector::users::actions::assign_licenses::AssignLicenses::SPEC
    .named("update_user_licenses", "Update user licences");
static SEND_MAIL: Spec = outlook_connector::mail::actions::send_email::SendEmail::SPEC.named("send_mail", "Send mail");

/// The list.
pub fn connector() -> Connector {
    let actions = Connector::new(
        "graph",
        "Microsoft Graph",
        "Users, groups, files, sites, workbooks, mail, calendars, meetings, Teams, devices and more of Microsoft 365, with one connection for all of them.",
        connections::spec(),
    )
    // actions: files
    .action::<files::actions::copy_drive_item::CopyDriveItem>()
    .action::<files::actions::create_folder::CreateFolder>()
    .action::<files::actions::delete_drive_item::DeleteDriveItem>()
    .action::<files::actions::download_file::DownloadFile>()
    .action::<files::actions::get_drive::GetDrive>()
    .action::<files::actions::get_drive_item::GetDriveItem>()
    .action::<files::actions::list_drive_changes::ListDriveChanges>()
    .action::<files::actions::list_drive_items::ListDriveItems>()
    .action::<files::actions::list_drives::ListDrives>()
    .action::<files::actions::search_files::SearchFiles>()
    .action::<files::actions::update_drive_item::UpdateDriveItem>()
    .action::<files::actions::upload_file::UploadFile>()
    // actions: records of many kinds
    .action::<records::actions::create_record::CreateRecord>()
    .action::<records::actions::delete_record::DeleteRecord>()
    .action::<records::actions::get_record::GetRecord>()
    .action::<records::actions::search_records::SearchRecords>()
    .action::<records::actions::update_record::UpdateRecord>()
    // actions: sharing and versions of files
    .action::<files::actions::create_sharing_link::CreateSharingLink>()
    .action::<files::actions::delete_item_permission::DeleteItemPermission>()
    .action::<files::actions::get_shared_item::GetSharedItem>()
    .action::<files::actions::list_item_permissions::ListItemPermissions>()
    .action::<files::actions::list_item_versions::ListItemVersions>()
    .action::<files::actions::permanently_delete_drive_item::PermanentlyDeleteDriveItem>()
    .action::<files::actions::restore_item_version::RestoreItemVersion>()
    .action::<files::actions::share_drive_item::ShareDriveItem>()
    // actions: sites and lists
    .action::<sites::actions::create_list::CreateList>()
    .action::<sites::actions::create_list_item::CreateListItem>()
    .action::<sites::actions::delete_list_item::DeleteListItem>()
    .action::<sites::actions::get_list::GetList>()
    .action::<sites::actions::get_list_item::GetListItem>()
    .action::<sites::actions::get_site::GetSite>()
    .action::<sites::actions::list_list_items::ListListItems>()
    .action::<sites::actions::list_lists::ListLists>()
    .action::<sites::actions::list_subsites::ListSubsites>()
    .action::<sites::actions::search_sites::SearchSites>()
    .action::<sites::actions::update_list::UpdateList>()
    .action::<sites::actions::update_list_item::UpdateListItem>()
    // actions: Excel
    .action::<workbooks::actions::add_table_rows::AddTableRows>()
    .action::<workbooks::actions::add_worksheet_row::AddWorksheetRow>()
    .action::<workbooks::actions::get_worksheet_range::GetWorksheetRange>()
    .action::<workbooks::actions::list_table_rows::ListTableRows>()
    .action::<workbooks::actions::list_worksheets::ListWorksheets>()
    // actions: Exchange mailboxes
    .action::<exchange::actions::create_exchange_folder::CreateExchangeFolder>()
    .action::<exchange::actions::create_exchange_import_session::CreateExchangeImportSession>()
    .action::<exchange::actions::delete_exchange_folder::DeleteExchangeFolder>()
    .action::<exchange::actions::export_exchange_items::ExportExchangeItems>()
    .action::<exchange::actions::get_exchange_folder::GetExchangeFolder>()
    .action::<exchange::actions::get_exchange_item::GetExchangeItem>()
    .action::<exchange::actions::get_exchange_settings::GetExchangeSettings>()
    .action::<exchange::actions::list_exchange_folders::ListExchangeFolders>()
    .action::<exchange::actions::list_exchange_items::ListExchangeItems>()
    .action::<exchange::actions::update_exchange_folder::UpdateExchangeFolder>()
    // actions: online meetings
    .action::<meetings::actions::create_online_meeting::CreateOnlineMeeting>()
    .action::<meetings::actions::create_or_get_online_meeting::CreateOrGetOnlineMeeting>()
    .action::<meetings::actions::delete_online_meeting::DeleteOnlineMeeting>()
    .action::<meetings::actions::download_meeting_recording::DownloadMeetingRecording>()
    .action::<meetings::actions::download_meeting_transcript::DownloadMeetingTranscript>()
    .action::<meetings::actions::find_online_meeting::FindOnlineMeeting>()
    .action::<meetings::actions::get_attendance_report::GetAttendanceReport>()
    .action::<meetings::actions::get_meeting_recording::GetMeetingRecording>()
    .action::<meetings::actions::get_meeting_transcript::GetMeetingTranscript>()
    .action::<meetings::actions::get_online_meeting::GetOnlineMeeting>()
    .action::<meetings::actions::get_transcript_metadata::GetTranscriptMetadata>()
    .action::<meetings::actions::list_all_recordings::ListAllRecordings>()
    .action::<meetings::actions::list_all_transcripts::ListAllTranscripts>()
    .action::<meetings::actions::list_attendance_records::ListAttendanceRecords>()
    .action::<meetings::actions::list_attendance_reports::ListAttendanceReports>()
    .action::<meetings::actions::list_meeting_recordings::ListMeetingRecordings>()
    .action::<meetings::actions::list_meeting_transcripts::ListMeetingTranscripts>()
    .action::<meetings::actions::update_online_meeting::UpdateOnlineMeeting>()
    // actions: managed devices
    .action::<devices::actions::delete_managed_device::DeleteManagedDevice>()
    .action::<devices::actions::get_managed_device::GetManagedDevice>()
    .action::<devices::actions::list_managed_devices::ListManagedDevices>()
    .action::<devices::actions::list_user_managed_devices::ListUserManagedDevices>()
    .action::<devices::actions::locate_managed_device::LocateManagedDevice>()
    .action::<devices::actions::lock_managed_device::LockManagedDevice>()
    .action::<devices::actions::reboot_managed_device::RebootManagedDevice>()
    .action::<devices::actions::reset_passcode_managed_device::ResetPasscodeManagedDevice>()
    .action::<devices::actions::retire_managed_device::RetireManagedDevice>()
    .action::<devices::actions::scan_managed_device::ScanManagedDevice>()
    .action::<devices::actions::shut_down_managed_device::ShutDownManagedDevice>()
    .action::<devices::actions::sync_managed_device::SyncManagedDevice>()
    .action::<devices::actions::update_managed_device::UpdateManagedDevice>()
    .action::<devices::actions::wipe_managed_device::WipeManagedDevice>()
    // actions: Teams
    .action::<teams::actions::get_presence::GetPresence>()
    .action::<teams::actions::list_channel_messages::ListChannelMessages>()
    .action::<teams::actions::list_channels::ListChannels>()
    .action::<teams::actions::list_chat_messages::ListChatMessages>()
    .action::<teams::actions::list_chats::ListChats>()
    .action::<teams::actions::list_joined_teams::ListJoinedTeams>()
    .action::<teams::actions::reply_to_channel_message::ReplyToChannelMessage>()
    .action::<teams::actions::send_channel_message::SendChannelMessage>()
    .action::<teams::actions::send_chat_message::SendChatMessage>()
    // actions: conversations and events of groups
    .action::<teams::actions::list_group_events::ListGroupEvents>()
    .action::<teams::actions::list_group_threads::ListGroupThreads>()
    .action::<teams::actions::reply_to_group_thread::ReplyToGroupThread>()
    // actions: search
    .action::<search::actions::search_query::SearchQuery>()
    // actions: Outlook's
    .action::<outlook_connector::calendar::actions::create_event::CreateEvent>()
    .action::<outlook_connector::calendar::actions::delete_event::DeleteEvent>()
    .action::<outlook_connector::calendar::actions::get_calendar_view::GetCalendarView>()
    .action::<outlook_connector::calendar::actions::get_event::GetEvent>()
    .action_as::<outlook_connector::mail::actions::get_email::GetEmail>(&GET_MESSAGE)
    .action_as::<outlook_connector::settings::actions::get_current_user::GetCurrentUser>(&GET_MY_PROFILE)
    .action::<outlook_connector::calendar::actions::list_calendars::ListCalendars>()
    .action::<outlook_connector::calendar::actions::list_events::ListEvents>()
    .action::<outlook_connector::mail::actions::list_mail_folders::ListMailFolders>()
    .action_as::<outlook_connector::mail::actions::list_emails::ListEmails>(&LIST_MESSAGES)
    .action_as::<outlook_connector::mail::actions::send_email::SendEmail>(&SEND_MAIL)
    .action::<outlook_connector::calendar::actions::update_event::UpdateEvent>()
    // actions: Entra's
    .action::<entra_connector::users::actions::create_user::CreateUser>()
    .action::<entra_connector::groups::actions::get_group::GetGroup>()
    .action::<entra_connector::users::actions::get_user::GetUser>()
    .action::<entra_connector::groups::actions::list_group_members::ListGroupMembers>()
    .action::<entra_connector::groups::actions::list_groups::ListGroups>()
    .action::<entra_connector::users::actions::list_user_licenses::ListUserLicenses>()
    .action::<entra_connector::users::actions::list_users::ListUsers>()
    .action::<entra_connector::users::actions::search_users::SearchUsers>()
    .action::<entra_connector::users::actions::update_user::UpdateUser>()
    .action_as::<entra_connector::users::actions::assign_licenses::AssignLicenses>(&UPDATE_USER_LICENSES)
    // actions: raw
    .action::<graph_raw::actions::create_subscription::CreateSubscription>();
    graph_raw::common_actions(actions)
        // triggers
        .trigger::<files::triggers::deleted_file::DeletedFile>()
        .trigger::<teams::triggers::new_channel_message::NewChannelMessage>()
        .trigger::<teams::triggers::new_chat_message::NewChatMessage>()
        .trigger::<outlook_connector::mail::triggers::new_email::NewEmail>()
        .trigger::<outlook_connector::calendar::triggers::new_event::NewEvent>()
        .trigger::<files::triggers::new_or_updated_file::NewOrUpdatedFile>()
        .trigger::<devices::triggers::new_or_updated_managed_device::NewOrUpdatedManagedDevice>()
        .trigger::<sites::triggers::new_or_updated_list_item::NewOrUpdatedListItem>()
        .trigger::<entra_connector::users::triggers::new_or_updated_user::NewOrUpdatedUser>()
        .trigger::<workbooks::triggers::new_worksheet_row::NewWorksheetRow>()
        .trigger::<meetings::triggers::new_recording::NewRecording>()
        .trigger::<meetings::triggers::new_transcript::NewTranscript>()
        // picklists
        .picklist::<outlook_connector::calendar::picklists::calendar_groups::CalendarGroups>()
        .picklist::<outlook_connector::calendar::picklists::calendars::Calendars>()
        .picklist::<teams::picklists::channels::Channels>()
        .picklist::<teams::picklists::chats::Chats>()
        .picklist::<files::picklists::drives::Drives>()
        .picklist::<outlook_connector::calendar::picklists::events::Events>()
        .picklist::<files::picklists::folders::Folders>()
        .picklist::<entra_connector::groups::picklists::groups::Groups>()
        .picklist::<sites::picklists::list_columns::ListColumns>()
        .picklist::<sites::picklists::lists::Lists>()
        .picklist::<outlook_connector::mail::picklists::mail_folders::MailFolders>()
        .picklist::<devices::picklists::managed_devices::ManagedDevices>()
        .picklist::<outlook_connector::mail::picklists::messages::Messages>()
        .picklist::<meetings::picklists::online_meetings::OnlineMeetings>()
        .picklist::<entra_connector::users::picklists::service_plans::ServicePlans>()
        .picklist::<sites::picklists::sites::Sites>()
        .picklist::<entra_connector::users::picklists::skus::Skus>()
        .picklist::<graph_raw::picklists::subscriptions::Subscriptions>()
        .picklist::<workbooks::picklists::tables::Tables>()
        .picklist::<teams::picklists::teams::Teams>()
        .picklist::<outlook_connector::settings::picklists::time_zones::TimeZones>()
        .picklist::<entra_connector::users::picklists::users::Users>()
        .picklist::<workbooks::picklists::workbooks::Workbooks>()
        .picklist::<workbooks::picklists::worksheet_columns::WorksheetColumns>()
        .picklist::<workbooks::picklists::worksheets::Worksheets>()
        // dynamic schemas
        .dynamic_schema::<records::dynamic_schemas::found_record::FoundRecordShape>()
        .dynamic_schema::<sites::dynamic_schemas::list_item_changes::ListItemChanges>()
        .dynamic_schema::<sites::dynamic_schemas::list_item_values::ListItemValues>()
        .dynamic_schema::<sites::dynamic_schemas::new_list_item_fields::NewListItemFields>()
        .dynamic_schema::<records::dynamic_schemas::new_record_fields::NewRecordFields>()
        .dynamic_schema::<records::dynamic_schemas::record::RecordShape>()
        .dynamic_schema::<records::dynamic_schemas::record_changes::RecordChanges>()
        .dynamic_schema::<workbooks::dynamic_schemas::table_row::TableRowShape>()
        .dynamic_schema::<workbooks::dynamic_schemas::worksheet_row::WorksheetRow>()
}
