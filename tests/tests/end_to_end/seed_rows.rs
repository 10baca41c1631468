//! What the products offer that this one replaces: each row is run under our name.
//!
//! A row is the name that the product gives, and ours. An action runs with the first example of its
//! schema, a trigger is listened to; what each of them really does is tested in the other modules.

use std::collections::BTreeSet;

use connector_runtime::Listen;
use serde_json::Value;

use crate::stage::{Stage, as_adele};

const WORKATO_OUTLOOK: &[(&str, &str)] = &[
    ("send_mail", "outlook.send_email"),
    ("get_attachments", "outlook.download_all_attachments"),
    ("create_calendar", "outlook.create_calendar"),
    ("get_calendar", "outlook.get_calendar"),
    ("list_calendars_outlook", "outlook.list_calendars"),
    ("search_calendar", "outlook.search_calendars"),
    ("create_event", "outlook.create_event"),
    ("update_event", "outlook.update_event"),
    ("get_event", "outlook.get_event"),
    ("delete_calendar_event", "outlook.delete_event"),
    ("search_events", "outlook.search_events"),
    ("list_event_instances", "outlook.list_event_instances"),
    ("create_contact", "outlook.create_contact"),
    ("update_contact", "outlook.update_contact"),
    ("get_contact", "outlook.get_contact"),
    ("delete_contact", "outlook.delete_contact"),
    ("list_contact", "outlook.list_contacts"),
    ("search_contact", "outlook.search_contacts"),
    ("__adhoc_http_action", "outlook.raw_request"),
    ("new_email", "outlook.new_email"),
    ("updated_email", "outlook.new_or_updated_email"),
    ("new_event", "outlook.new_event"),
    ("new_event_v2", "outlook.new_event"),
    ("updated_event", "outlook.new_or_updated_event"),
    ("delete_deleted_event", "outlook.deleted_event"),
    ("new_contact", "outlook.new_contact"),
    ("new_updated_contact", "outlook.new_or_updated_contact"),
];

const PRISMATIC_OUTLOOK: &[(&str, &str)] = &[
    ("List Calendars", "outlook.list_calendars"),
    ("Create Calendar", "outlook.create_calendar"),
    ("Update Calendar", "outlook.update_calendar"),
    ("Delete Calendar", "outlook.delete_calendar"),
    ("Get Schedule", "outlook.get_schedule"),
    ("Get Event", "outlook.get_event"),
    ("List Events", "outlook.list_events"),
    ("Create Event", "outlook.create_event"),
    ("Update Event", "outlook.update_event"),
    ("Delete Event", "outlook.delete_event"),
    ("Cancel Event", "outlook.cancel_event"),
    ("List Mail Folders", "outlook.list_mail_folders"),
    ("Create Mail Folder", "outlook.create_mail_folder"),
    ("Delete Mail Folder", "outlook.delete_mail_folder"),
    ("List Messages", "outlook.list_emails"),
    ("Get Message", "outlook.get_email"),
    ("Delete Message", "outlook.delete_email"),
    ("Send Message", "outlook.send_email"),
    ("Get Current User", "outlook.get_current_user"),
    ("List Supported Languages", "outlook.list_supported_languages"),
    ("List Supported Time Zones", "outlook.list_supported_time_zones"),
    ("Raw Request", "outlook.raw_request"),
    ("Create Event Subscription", "outlook.create_subscription"),
    ("Create Mail Folder Subscription", "outlook.create_subscription"),
    ("List Subscriptions", "outlook.list_subscriptions"),
    ("Update Subscription", "outlook.update_subscription"),
    ("Delete Subscription", "outlook.delete_subscription"),
    ("Delete Instanced Subscriptions", "outlook.delete_all_subscriptions"),
    ("Calendar Event", "outlook.new_or_updated_event"),
    ("Mail Message: created", "outlook.new_email"),
    ("Mail Message: updated", "outlook.new_or_updated_email"),
    ("Mail Message: deleted", "outlook.deleted_email"),
    ("New and Updated Messages", "outlook.new_or_updated_email"),
];

const OKTA_OFFICE_365: &[(&str, &str)] = &[
    ("Delete Email", "outlook.delete_email"),
    ("Download Attachment", "outlook.download_attachment"),
    ("Forward Email", "outlook.forward_email"),
    ("Get Email", "outlook.get_email"),
    ("Reply to Email", "outlook.reply_to_email"),
    ("Search Emails", "outlook.search_emails"),
    ("Send Email", "outlook.send_email"),
    ("New Email", "outlook.new_email"),
    ("Create Event", "outlook.create_event"),
    ("Read Event", "outlook.get_event"),
    ("Update Event", "outlook.update_event"),
    ("Delete Event", "outlook.delete_event"),
    ("Search Events", "outlook.search_events"),
    ("List Calendars", "outlook.list_calendars"),
    ("Search Rooms", "outlook.list_rooms"),
    ("Custom API Action", "outlook.raw_request"),
];

const WORKATO_ENTRA: &[(&str, &str)] = &[
    ("Create user", "entra.create_user"),
    ("Update user", "entra.update_user"),
    ("Delete user", "entra.delete_user"),
    ("Get user", "entra.get_user"),
    ("Get user custom attributes", "entra.get_user_custom_attributes"),
    ("Reset custom attributes", "entra.reset_custom_attributes"),
    ("Get enabled users", "entra.list_enabled_users"),
    ("Get user license", "entra.list_user_licenses"),
    ("Add or remove license", "entra.assign_licenses"),
    ("Revoke sessions", "entra.revoke_sign_in_sessions"),
    ("Create group", "entra.create_group"),
    ("Update group", "entra.update_group"),
    ("Delete group", "entra.delete_group"),
    ("Get group", "entra.get_group"),
    ("Get group custom attributes", "entra.get_group_custom_attributes"),
    ("Get members", "entra.list_group_members"),
    ("Add member", "entra.add_group_member"),
    ("Remove member", "entra.remove_group_member"),
    ("Custom action", "entra.raw_request"),
    ("New user", "entra.new_user"),
    ("New/updated user", "entra.new_or_updated_user"),
    ("Deleted user", "entra.deleted_user"),
    ("New group", "entra.new_group"),
    ("New/updated group", "entra.new_or_updated_group"),
];

const PRISMATIC_ENTRA: &[(&str, &str)] = &[
    ("List Applications", "entra.list_applications"),
    ("Get Application", "entra.get_application"),
    ("Create Application", "entra.create_application"),
    ("Update Application", "entra.update_application"),
    ("Delete Application", "entra.delete_application"),
    ("Upsert Application", "entra.upsert_application"),
    ("List Groups", "entra.list_groups"),
    ("Get Group", "entra.get_group"),
    ("Create Group", "entra.create_group"),
    ("Update Group", "entra.update_group"),
    ("Delete Group", "entra.delete_group"),
    ("Upsert Group", "entra.upsert_group"),
    ("Add Group Member", "entra.add_group_member"),
    ("Remove Group Member", "entra.remove_group_member"),
    ("List Group Members", "entra.list_group_members"),
    ("List Users", "entra.list_users"),
    ("Get User", "entra.get_user"),
    ("Create User", "entra.create_user"),
    ("Update User", "entra.update_user"),
    ("Delete User", "entra.delete_user"),
    ("List Changes", "entra.list_changes"),
    ("Create Subscription", "entra.create_subscription"),
    ("List Subscriptions", "entra.list_subscriptions"),
    ("Get Subscription", "entra.get_subscription"),
    ("Update Subscription", "entra.update_subscription"),
    ("Delete Subscription", "entra.delete_subscription"),
    ("Delete Instanced Subscriptions", "entra.delete_all_subscriptions"),
    ("Raw Request", "entra.raw_request"),
    ("User Changes: updated", "entra.new_or_updated_user"),
    ("User Changes: deleted", "entra.deleted_user"),
    ("Group Changes: updated", "entra.new_or_updated_group"),
    ("Group Changes: deleted", "entra.deleted_group"),
];

const OKTA_AZURE_AD: &[(&str, &str)] = &[
    ("Add User to Group", "entra.add_group_member"),
    ("Assign License to User", "entra.assign_licenses"),
    ("Assign Role to User", "entra.add_directory_role_member"),
    ("Assign Role to User, as an assignment", "entra.create_role_assignment"),
    ("Assign Manager", "entra.assign_manager"),
    ("Create Cloud User", "entra.create_user"),
    ("Create Contact", "outlook.create_contact"),
    ("Search Contacts", "outlook.search_contacts"),
    ("Create Group", "entra.create_group"),
    ("Revoke Sessions", "entra.revoke_sign_in_sessions"),
    ("Search Group Members", "entra.list_group_members"),
    ("User Created", "entra.new_user"),
    ("User Updated", "entra.new_or_updated_user"),
    ("User Deleted", "entra.deleted_user"),
    ("Group Created", "entra.new_group"),
    ("Group Updated", "entra.new_or_updated_group"),
    ("Group Deleted", "entra.deleted_group"),
    ("Group Member Added", "entra.group_member_added"),
    ("Group Member Removed", "entra.group_member_removed"),
];

const WORKATO_GRAPH: &[(&str, &str)] = &[
    ("get_record", "graph.get_record"),
    ("search_record", "graph.search_records"),
    ("create_record", "graph.create_record"),
    ("update_record", "graph.update_record"),
    ("delete_record", "graph.delete_record"),
    ("download_file", "graph.download_file"),
    ("upload_file", "graph.upload_file"),
    ("custom_action", "graph.raw_request"),
    ("new_row_in_sheet", "graph.new_worksheet_row"),
];

const RAW: &[(&str, &str)] = &[
    ("Prismatic: Raw Request", "graph_raw.raw_request"),
    ("Okta: Get", "graph_raw.get"),
    ("Okta: Post", "graph_raw.post"),
    ("Okta: Put", "graph_raw.put"),
    ("Okta: Patch", "graph_raw.patch"),
    ("Okta: Delete", "graph_raw.delete"),
    ("Okta: Raw", "graph_raw.raw_request"),
];

/// Rows that wait for change notifications, which no trigger receives yet.
const MISSING: &[(&str, &str)] = &[
    ("Workato Entra: New/updated member", "entra.new_or_updated_member"),
    ("Prismatic Outlook: Webhook", "graph_raw.change_notification"),
    ("Prismatic Entra: Webhook", "graph_raw.change_notification"),
];

/// Our names in all rows, each once.
pub(crate) fn ours() -> BTreeSet<&'static str> {
    let all = [
        WORKATO_OUTLOOK,
        PRISMATIC_OUTLOOK,
        OKTA_OFFICE_365,
        WORKATO_ENTRA,
        PRISMATIC_ENTRA,
        OKTA_AZURE_AD,
        WORKATO_GRAPH,
        RAW,
    ];
    all.into_iter().flatten().map(|(_, ours)| *ours).collect()
}

#[test]
fn what_is_missing_is_named_and_is_not_there() {
    let host = Stage::new().host;
    let there: Vec<&str> = MISSING
        .iter()
        .filter(|(_, ours)| host.trigger(ours).is_ok() || host.action(ours).is_ok())
        .map(|(theirs, _)| *theirs)
        .collect();
    assert!(there.is_empty(), "is there, and belongs among the rows that run: {there:?}");
}

async fn run(rows: &[(&str, &str)]) {
    let mut wrong = Vec::new();
    for (theirs, ours) in rows {
        let stage = Stage::new();
        let outcome = match (stage.host.action(ours), stage.host.trigger(ours)) {
            (Ok(action), _) => {
                let example = first(&action.input_schema());
                stage.execute(as_adele(ours, example)).await.map(|_| ())
            }
            (_, Ok(trigger)) => {
                match stage.host.listen(Listen::new(*ours, "adele", first(&trigger.input_schema()))).await {
                    Ok(mut listener) => listener.try_next().await.map(|_| ()),
                    Err(error) => Err(error),
                }
            }
            (Err(unknown), _) => Err(unknown),
        };
        if let Err(error) = outcome {
            wrong.push(format!("{theirs}, here {ours}: {error}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn first(schema: &Value) -> Value {
    schema["examples"][0].clone()
}

#[tokio::test(start_paused = true)]
async fn workato_outlook() {
    run(WORKATO_OUTLOOK).await;
}

#[tokio::test(start_paused = true)]
async fn prismatic_outlook() {
    run(PRISMATIC_OUTLOOK).await;
}

#[tokio::test(start_paused = true)]
async fn okta_mail_and_calendar() {
    run(OKTA_OFFICE_365).await;
}

#[tokio::test(start_paused = true)]
async fn workato_entra() {
    run(WORKATO_ENTRA).await;
}

#[tokio::test(start_paused = true)]
async fn prismatic_entra() {
    run(PRISMATIC_ENTRA).await;
}

#[tokio::test(start_paused = true)]
async fn okta_azure_ad() {
    run(OKTA_AZURE_AD).await;
}

#[tokio::test(start_paused = true)]
async fn workato_graph() {
    run(WORKATO_GRAPH).await;
}

#[tokio::test(start_paused = true)]
async fn raw_connectors() {
    run(RAW).await;
}
