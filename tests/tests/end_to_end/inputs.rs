//! Inputs of several actions that say what Graph cannot know: whose drive, whose subscriptions, which moment, how much.

use connector_runtime::Run;
use connector_sdk::{Code, Error};
use serde_json::{Value, json};

use crate::coverage::covers;
use crate::stage::{ADELE, Stage};

covers! {
    picklist "entra.administrative_unit_members": members_and_owners_are_offered, nobody_is_offered_without_the_permission;
    picklist "entra.directory_role_members": members_and_owners_are_offered, nobody_is_offered_without_the_permission;
    picklist "entra.group_owners": members_and_owners_are_offered, nobody_is_offered_without_the_permission;
    picklist "outlook.category_ids": categories_are_offered_by_their_ids, nobody_is_offered_without_the_permission;
}

const GROUP: &str = "fba318f2-9400-4cc8-879e-e1bb10c5b206";

fn texts<'a>(list: &'a Value, name: &str) -> Vec<&'a str> {
    list["items"].as_array().unwrap().iter().filter_map(|item| item[name].as_str()).collect()
}

fn place(error: &Error) -> (Code, &str) {
    (error.code(), error.violations().first().map_or("", |issue| issue.pointer.as_str()))
}

// An app has no drive of its own.
#[tokio::test]
async fn the_default_drive_is_somebodys() {
    let stage = Stage::new();
    for (action, input) in [
        ("list_drive_items", json!({})),
        ("get_drive_item", json!({ "path": "Getting started.txt" })),
        ("get_drive", json!({ "drive": "me" })),
        ("list_drive_changes", json!({})),
        ("search_files", json!({ "query": "x" })),
        ("upload_file", json!({ "fileName": "a.txt", "content": { "text": "a" } })),
        ("create_folder", json!({ "name": "a" })),
        ("copy_drive_item", json!({ "path": "Getting started.txt", "name": "b.txt" })),
        ("delete_drive_item", json!({ "path": "Getting started.txt" })),
        ("get_record", json!({ "object": "driveItem", "recordId": "x" })),
    ] {
        let error = stage.execute(Run::new(format!("graph.{action}"), "app", input)).await.unwrap_err();
        assert_eq!(place(&error), (Code::InvalidInput, "/drive"), "{action}: {error}");
        assert!(error.violations()[0].message.contains("give `drive`"), "{error:?}");
    }
    for picklist in ["graph.folders", "graph.workbooks"] {
        let error =
            stage.host.choices(picklist, "app", json!({}), connector_sdk::ChoiceQuery::default()).await.unwrap_err();
        assert_eq!(place(&error), (Code::InvalidInput, "/drive"), "{picklist}: {error}");
    }
    let error =
        stage.host.choices("graph.drives", "app", json!({}), connector_sdk::ChoiceQuery::default()).await.unwrap_err();
    assert_eq!(place(&error), (Code::InvalidInput, "/owner"), "{error}");
    assert_eq!(stage.sandbox.request_count(), 0, "nothing is sent");
    // With a default user, or a drive by name, it is that one.
    let own = stage.works("graph.list_drive_items", json!({})).await;
    for (connection, input) in [("app_of_adele", json!({})), ("app", json!({ "drive": format!("user:{ADELE}") }))] {
        let run = Run::new("graph.list_drive_items", connection, input);
        assert_eq!(texts(&stage.execute(run).await.unwrap(), "name"), texts(&own, "name"), "{connection}");
    }
    let deep = json!({ "recursive": true, "fetchAll": true });
    let all = stage.execute(Run::new("graph.list_drive_items", "app_of_adele", deep)).await.unwrap();
    assert!(texts(&all, "name").contains(&"Specification.md"));
    let folders = stage
        .host
        .choices("graph.folders", "app_of_adele", json!({}), connector_sdk::ChoiceQuery::default())
        .await
        .unwrap();
    assert!(folders.choices.iter().any(|choice| choice.label == "Documents"));
    assert!(
        stage.seen().iter().all(|seen| !seen.contains("/me/drive") || seen.starts_with("GET /me/drive/root/children")),
        "{:?}",
        stage.seen()
    );
    for trigger in ["graph.new_or_updated_file", "graph.deleted_file"] {
        let mut listener = stage.host.listen(connector_runtime::Listen::new(trigger, "app", json!({}))).await.unwrap();
        assert_eq!(place(&listener.try_next().await.unwrap_err()), (Code::InvalidInput, "/drive"), "{trigger}");
    }
}

#[tokio::test]
async fn the_drives_of_others_are_offered() {
    let stage = Stage::new();
    let group = stage.look("/groups?$filter=mailNickname eq 'Retail'")["value"][0]["id"].clone();
    for (input, list) in [
        (json!({ "owner": "user", "ownerId": "meganb@contoso.example" }), "/users/meganb@contoso.example/drives"),
        (json!({ "owner": "group", "ownerId": group }), "/groups/"),
        (json!({ "owner": "site", "ownerId": "root" }), "/sites/root/drives"),
    ] {
        let listed = stage.works("graph.list_drives", input.clone()).await;
        let offered = stage.choices("graph.drives", input, None).await.unwrap();
        let offered: Vec<&str> = offered.choices.iter().map(|choice| choice.value.as_str()).collect();
        assert_eq!(offered, texts(&listed, "id"), "{list}");
        assert!(!offered.is_empty() && stage.seen().last().unwrap().contains(list), "{list}: {:?}", stage.seen());
    }
    let error = stage.choices("graph.drives", json!({ "owner": "site" }), None).await.unwrap_err();
    assert_eq!(place(&error), (Code::InvalidInput, "/ownerId"));
}

#[tokio::test]
async fn subscriptions_are_those_of_this_host() {
    for connector in ["outlook", "entra", "graph", "graph_raw"] {
        let stage = Stage::notified_at("https://hooks.contoso.example/tenon");
        let subscribe = async |url: &str| {
            let wanted = json!({ "resource": "me/events", "changeTypes": ["created"], "notificationUrl": url });
            stage.works("graph_raw.create_subscription", wanted).await["id"].clone()
        };
        let own = subscribe("https://HOOKS.contoso.example:443/tenon/in/a").await;
        let other = subscribe("https://hooks.contoso.example/tenon2").await;
        let list = async |input: Value| stage.works(&format!("{connector}.list_subscriptions"), input).await;
        assert_eq!(texts(&list(json!({})).await, "id"), [own.as_str().unwrap()], "{connector}");
        assert_eq!(
            texts(&list(json!({ "notificationUrl": "https://hooks.contoso.example/tenon2" })).await, "id"),
            [other.as_str().unwrap()]
        );
        assert!(texts(&list(json!({ "instanceOnly": false })).await, "id").len() > 2, "those of before too");
        let offered = stage.choices(&format!("{connector}.subscriptions"), json!({}), None).await.unwrap();
        assert_eq!(offered.choices.iter().map(|choice| json!(choice.value)).collect::<Vec<_>>(), [own]);
        let ended = stage.works(&format!("{connector}.delete_all_subscriptions"), json!({})).await;
        assert_eq!(ended, json!({ "deleted": 1, "failed": [] }), "{connector}");
        assert!(texts(&list(json!({ "instanceOnly": false })).await, "id").contains(&other.as_str().unwrap()));
        let wrong =
            stage.fails(&format!("{connector}.list_subscriptions"), json!({ "notificationUrl": "hooks" })).await;
        assert_eq!(place(&wrong), (Code::InvalidInput, "/notificationUrl"));
    }
}

#[tokio::test]
async fn outlook_watches_any_path_of_a_mailbox() {
    let stage = Stage::new();
    let wanted = |resource: &str| json!({ "resource": resource, "changeTypes": ["created"], "notificationUrl": "https://hooks.contoso.example/x" });
    for (given, watched) in [
        ("contacts", "me/contacts"),
        ("mailFolders('inbox')/messages", "me/mailFolders('inbox')/messages"),
        ("/me/events", "me/events"),
    ] {
        assert_eq!(stage.works("outlook.create_subscription", wanted(given)).await["resource"], watched);
    }
    let run = Run::new("outlook.create_subscription", "app_of_adele", wanted("messages"));
    assert_eq!(stage.execute(run).await.unwrap()["resource"], format!("users/{ADELE}/messages"));
    let mut twice = wanted("me/events");
    twice["mailbox"] = json!("meganb@contoso.example");
    for (connection, input, at) in
        [("adele", twice, "/resource"), ("adele", wanted(" / "), "/resource"), ("app", wanted("events"), "/mailbox")]
    {
        let error = stage.execute(Run::new("outlook.create_subscription", connection, input)).await.unwrap_err();
        assert_eq!(place(&error), (Code::InvalidInput, at), "{error}");
    }
}

#[tokio::test]
async fn changes_of_the_directory_go_on_by_address_and_token() {
    let stage = Stage::new();
    let begun = stage.works("entra.list_changes", json!({ "deltaUrl": "/groups/delta?$select=displayName" })).await;
    assert!(
        !begun["items"].as_array().unwrap().is_empty() && begun["items"][0].get("description").is_none(),
        "{}",
        begun["items"][0]
    );
    let made = stage
        .works(
            "entra.create_group",
            json!({ "displayName": "Fresh", "mailNickname": "fresh", "groupType": "security" }),
        )
        .await;
    let link = begun["deltaToken"].as_str().unwrap();
    let since = stage.works("entra.list_changes", json!({ "deltaUrl": link })).await;
    assert_eq!(texts(&since, "id"), [made["id"].as_str().unwrap()]);
    let page = stage.look("/users/delta?$top=5");
    let next = page["@odata.nextLink"].as_str().unwrap();
    let token = next.split("skiptoken=").nth(1).unwrap().split('&').next().unwrap();
    let rest = |token: &str| json!({ "resource": "users", "skipToken": token });
    let (by_link, by_value) =
        (stage.works("entra.list_changes", rest(next)).await, stage.works("entra.list_changes", rest(token)).await);
    assert_eq!(texts(&by_link, "id"), texts(&by_value, "id"));
    assert!(!texts(&by_link, "id").is_empty());
    for (input, at) in [
        (json!({}), "/resource"),
        (json!({ "deltaUrl": "/me/messages/delta" }), "/deltaUrl"),
        (json!({ "deltaUrl": "/users/delta", "resource": "users" }), "/deltaUrl"),
        (json!({ "deltaUrl": "/users/delta", "deltaToken": "x" }), "/deltaToken"),
        (json!({ "deltaUrl": "https://evil.example/v1.0/users/delta" }), "/deltaUrl"),
        (json!({ "resource": "users", "skipToken": "x", "startFromNow": true }), "/startFromNow"),
    ] {
        let error = stage.fails("entra.list_changes", input.clone()).await;
        assert_eq!(place(&error), (Code::InvalidInput, at), "{input}: {error}");
    }
}

#[tokio::test]
async fn members_are_found_by_name_and_address() {
    let stage = Stage::new();
    let group = stage.look("/groups?$filter=mailNickname eq 'Retail'")["value"][0]["id"].clone();
    let all =
        stage.works("entra.list_group_members", json!({ "group": group, "type": "user", "resultSet": "all" })).await;
    let first = all["items"][0].clone();
    let name = first["displayName"].as_str().unwrap();
    let find = async |more: Value| {
        let mut input = json!({ "group": group });
        input.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        stage.works("entra.list_group_members", input).await
    };
    for more in [
        json!({ "type": "user", "operator": "equals", "value": name }),
        json!({ "value": &name[..4], "type": "user" }),
        json!({ "operator": "search", "value": name.split(' ').next().unwrap(), "type": "user", "resultSet": "first" }),
        json!({ "field": "userPrincipalName", "operator": "equals", "value": first["userPrincipalName"] }),
    ] {
        assert!(texts(&find(more.clone()).await, "displayName").contains(&name), "{more}");
    }
    assert_eq!(find(json!({ "resultSet": "first" })).await["items"].as_array().unwrap().len(), 1);
    for (more, at) in [
        (json!({ "operator": "equals" }), "/operator"),
        (json!({ "field": "userPrincipalName", "value": "a", "type": "group" }), "/field"),
        (json!({ "resultSet": "all", "limit": 5 }), "/resultSet"),
    ] {
        let mut input = json!({ "group": group });
        input.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        assert_eq!(place(&stage.fails("entra.list_group_members", input).await), (Code::InvalidInput, at), "{more}");
    }
    let wrong = stage.fails("entra.list_group_members", json!({ "group": "Retail" })).await;
    assert_eq!(place(&wrong), (Code::InvalidInput, "/group"), "an id is a GUID");
}

#[tokio::test]
async fn changes_come_page_by_page_and_none_is_lost() {
    let stage = Stage::new();
    for (action, input) in [
        ("outlook.list_email_changes", json!({ "folderId": "inbox" })),
        ("outlook.list_contact_changes", json!({})),
        ("outlook.list_event_changes", json!({ "start": "2025-01-01", "end": "2028-12-31", "timeZone": "UTC" })),
    ] {
        let mut everything = input.clone();
        everything["fetchAll"] = true.into();
        let all = stage.works(action, everything).await;
        let (mut found, mut tokens, mut more) = (Vec::new(), Vec::new(), input.clone());
        more["limit"] = 2.into();
        let end = loop {
            let part = stage.works(action, more.clone()).await;
            assert!(
                part["items"].as_array().unwrap().len() + part["removed"].as_array().unwrap().len() <= 2,
                "{action}"
            );
            found.extend(texts(&part, "id").into_iter().map(str::to_owned));
            let Some(next) = part["nextPageToken"].as_str() else { break part };
            tokens.push(part["deltaToken"].clone());
            more["pageToken"] = next.into();
        };
        assert_eq!(found, texts(&all, "id"), "{action}");
        assert!(end["deltaToken"].is_string(), "{action}");
        // Whoever keeps only the delta token goes on in the middle.
        if let Some(token) = tokens.first() {
            let mailbox = if action.contains("email") { json!({ "folderId": "inbox" }) } else { json!({}) };
            let mut on = mailbox;
            (on["deltaToken"], on["fetchAll"]) = (token.clone(), true.into());
            assert_eq!(texts(&stage.works(action, on).await, "id"), texts(&all, "id")[2..], "{action}");
        }
    }
    let both = json!({ "folderId": "inbox", "pageToken": "x", "deltaToken": "y" });
    assert_eq!(place(&stage.fails("outlook.list_email_changes", both).await), (Code::InvalidInput, "/deltaToken"));
}

#[tokio::test]
async fn open_extensions_and_security_attributes_are_read() {
    let stage = Stage::new();
    let extension = json!({ "@odata.type": "microsoft.graph.openTypeExtension", "extensionName": "com.contoso.roamingSettings", "theme": "dark" });
    stage.ask("POST", &format!("/users/{ADELE}/extensions"), &extension);
    stage.ask(
        "PATCH",
        &format!("/users/{ADELE}"),
        &json!({ "customSecurityAttributes": { "Engineering": { "ProjectDate": "2026-10-01" } } }),
    );
    let wanted = json!({
        "user": ADELE, "attributes": ["extensionAttribute1"], "openExtensions": ["com.contoso.roamingSettings", "com.contoso.none"],
        "securityAttributes": ["Engineering/ProjectDate", "Engineering", "Marketing/Level"],
    });
    let found = stage.works("entra.get_user_custom_attributes", wanted).await;
    assert_eq!(
        (&found["extensionAttribute1"], &found["com.contoso.roamingSettings"]["theme"]),
        (&json!("north"), &json!("dark"))
    );
    assert_eq!(
        (&found["Engineering/ProjectDate"], &found["Engineering"]["ProjectDate"]),
        (&json!("2026-10-01"), &json!("2026-10-01"))
    );
    assert_eq!((&found["com.contoso.none"], &found["Marketing/Level"]), (&Value::Null, &Value::Null));
    assert_eq!(
        place(&stage.fails("entra.get_user_custom_attributes", json!({ "user": ADELE })).await),
        (Code::InvalidInput, "/attributes")
    );
    let few = Stage::with(&["User.Read.All"]);
    let error = few
        .fails("entra.get_user_custom_attributes", json!({ "user": ADELE, "securityAttributes": ["Engineering"] }))
        .await;
    assert_eq!(error.code(), Code::MissingScope, "{error}");
}

#[tokio::test]
async fn what_is_created_with_can_be_changed_to() {
    let stage = Stage::new();
    let alex = stage.look("/users/alexw@contoso.example")["id"].clone();
    let upsert = json!({ "uniqueName": "new-press", "displayName": "Press", "mailNickname": "press2", "groupType": "security", "members": [alex] });
    let made = stage.works("entra.upsert_group", upsert).await;
    let group = made["object"]["id"].clone();
    assert_eq!(made["created"], true);
    let members = async || stage.works("entra.list_group_members", json!({ "group": group })).await;
    assert_eq!(texts(&members().await, "id"), [alex.as_str().unwrap()]);
    let megan = stage.look("/users/meganb@contoso.example")["id"].clone();
    stage.works("entra.update_group", json!({ "group": group, "members": [megan], "description": "Writes" })).await;
    assert!(texts(&members().await, "id").contains(&megan.as_str().unwrap()));
    let wrong = json!({ "group": group, "groupType": "security", "membershipRule": "user.city -eq \"Rome\"" });
    assert_eq!(place(&stage.fails("entra.update_group", wrong).await), (Code::InvalidInput, "/groupType"));
    let many: Vec<Value> = vec![megan.clone(); 21];
    assert_eq!(
        place(&stage.fails("entra.update_group", json!({ "group": group, "members": many })).await),
        (Code::InvalidInput, "/members")
    );
    let change = json!({ "user": "alexw@contoso.example", "generatePassword": true, "managerId": megan });
    let changed = stage.works("entra.update_user", change).await;
    assert!(changed["generatedPassword"].as_str().is_some_and(|password| password.len() > 12), "{changed}");
    let both = json!({ "user": "alexw@contoso.example", "generatePassword": true, "password": "Correct-Horse-1" });
    assert_eq!(place(&stage.fails("entra.update_user", both).await), (Code::InvalidInput, "/generatePassword"));
}

#[tokio::test]
async fn empty_texts_clear_where_it_is_asked() {
    let stage = Stage::new();
    let unit = stage.look("/directory/administrativeUnits")["value"][0]["id"].clone();
    stage
        .works("entra.update_administrative_unit", json!({ "unit": unit, "description": "", "clearEmptyFields": true }))
        .await;
    assert_eq!(stage.look("/directory/administrativeUnits")["value"][0]["description"], Value::Null);
    let file = json!({ "path": "Getting started.txt", "description": "First" });
    stage.works("graph.update_drive_item", file).await;
    let cleared = json!({ "path": "Getting started.txt", "description": "", "clearEmptyFields": true });
    assert_eq!(stage.works("graph.update_drive_item", cleared).await["description"], Value::Null);
    let device = stage.look("/devices")["value"][0]["id"].clone();
    let attributes = |value: &str, clear: bool| json!({ "device": device, "extensionAttributes": { "extensionAttribute1": value }, "clearEmptyFields": clear });
    stage.works("entra.update_device", attributes("a", false)).await;
    stage.works("entra.update_device", attributes("", true)).await;
    let path = format!("/devices/{}", device.as_str().unwrap());
    assert_eq!(stage.look(&path)["extensionAttributes"]["extensionAttribute1"], Value::Null);
    let user = json!({ "user": ADELE, "customAttributes": { "extensionAttribute1": "" }, "clearEmptyFields": true });
    stage.works("entra.update_user", user).await;
    let now = stage.look(&format!("/users/{ADELE}?$select=onPremisesExtensionAttributes"));
    assert_eq!(now["onPremisesExtensionAttributes"]["extensionAttribute1"], Value::Null);
    let file = stage.look("/me/drive/root:/Getting started.txt")["id"].clone();
    let record =
        json!({ "object": "driveItem", "recordId": file, "fields": { "description": "" }, "clearEmptyFields": true });
    stage.works("graph.update_record", record).await;
}

#[tokio::test]
async fn no_more_folders_are_looked_for_than_needed() {
    let stage = Stage::new();
    let list = async |limit: u64| {
        let before = stage.sandbox.request_count();
        let input = json!({ "folderId": "inbox", "includeSubfolders": true, "limit": limit, "query": { "select": ["subject"] } });
        let found = stage.works("outlook.list_emails", input).await["items"].as_array().unwrap().len();
        (found, stage.sandbox.request_count() - before)
    };
    assert_eq!(list(2).await, (2, 1), "the folder itself has enough");
    let seen = stage.seen().join("\n");
    assert!(!seen.contains("childFolders"), "{seen}");
    let all =
        json!({ "folderId": "inbox", "includeSubfolders": true, "fetchAll": true, "query": { "select": ["subject"] } });
    let everything = stage.works("outlook.list_emails", all).await;
    let (found, _) = list(100_000).await;
    assert_eq!(found, everything["items"].as_array().unwrap().len());
    let bob = json!({ "name": "a", "includeChildFolders": true, "limit": 1 });
    stage.works("outlook.search_contacts", bob).await;
    assert!(!stage.seen().join("\n").contains("contactFolders?"), "folders of contacts are not looked for either");
}

#[tokio::test]
async fn the_mails_of_one_sender_come_in_an_order() {
    let stage = Stage::new();
    let sender =
        stage.works("outlook.list_emails", json!({ "limit": 1 })).await["items"][0]["from"]["emailAddress"]["address"]
            .clone();
    let filter = format!("from/emailAddress/address eq '{}'", sender.as_str().unwrap());
    let query = json!({ "filter": filter, "orderby": "receivedDateTime desc", "select": ["receivedDateTime", "from"] });
    for action in ["outlook.list_emails", "graph.list_messages"] {
        let found = stage.works(action, json!({ "query": query })).await;
        let times = texts(&found, "receivedDateTime");
        assert!(!times.is_empty() && times.is_sorted_by(|a, b| a >= b), "{times:?}");
        assert!(
            found["items"].as_array().unwrap().iter().all(|mail| mail["from"]["emailAddress"]["address"] == sender)
        );
    }
}

#[tokio::test]
async fn members_and_owners_are_offered() {
    let stage = Stage::new();
    let role = stage.look("/directoryRoles")["value"][0]["id"].clone();
    stage
        .works(
            "entra.add_directory_role_member",
            json!({ "role": role, "member": stage.look("/users/alexw@contoso.example")["id"] }),
        )
        .await;
    let unit = stage.look("/directory/administrativeUnits")["value"][0]["id"].clone();
    let group = stage.look("/groups?$filter=mailNickname eq 'Retail'")["value"][0]["id"].clone();
    for (picklist, input, list) in [
        (
            "entra.directory_role_members",
            json!({ "role": role }),
            format!("/directoryRoles/{}/members", role.as_str().unwrap()),
        ),
        (
            "entra.administrative_unit_members",
            json!({ "unit": unit }),
            format!("/directory/administrativeUnits/{}/members", unit.as_str().unwrap()),
        ),
        ("entra.group_owners", json!({ "group": group }), format!("/groups/{}/owners", group.as_str().unwrap())),
    ] {
        let offered = stage.choices(picklist, input, None).await.unwrap();
        let there: Vec<Value> =
            stage.look(&list)["value"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect();
        assert_eq!(offered.choices.iter().map(|choice| json!(choice.value)).collect::<Vec<_>>(), there, "{picklist}");
        assert!(!there.is_empty(), "{picklist}");
    }
}

#[tokio::test]
async fn categories_are_offered_by_their_ids() {
    let stage = Stage::new();
    let offered = stage.choices("outlook.category_ids", json!({}), None).await.unwrap();
    let blue = offered.choices.iter().find(|choice| choice.label.to_lowercase().contains("blue")).unwrap();
    let changed = stage.works("outlook.update_category", json!({ "categoryId": blue.value, "color": "preset1" })).await;
    assert_eq!((&changed["displayName"], &changed["color"]), (&json!(blue.label), &json!("preset1")));
}

#[tokio::test]
async fn nobody_is_offered_without_the_permission() {
    let stage = Stage::with(&["User.Read"]);
    for (picklist, input) in [
        ("entra.directory_role_members", json!({ "role": GROUP })),
        ("entra.administrative_unit_members", json!({ "unit": GROUP })),
        ("entra.group_owners", json!({ "group": GROUP })),
        ("outlook.category_ids", json!({})),
    ] {
        assert_eq!(stage.choices(picklist, input, None).await.unwrap_err().code(), Code::MissingScope, "{picklist}");
    }
}

#[tokio::test]
async fn what_no_recycle_bin_keeps_is_confirmed() {
    let stage = Stage::new();
    for (action, input) in [
        ("entra.permanently_delete_user", json!({ "userId": GROUP })),
        ("entra.permanently_delete_group", json!({ "groupId": GROUP })),
        ("entra.delete_directory_extension", json!({ "application": GROUP, "extensionId": GROUP })),
        ("outlook.permanently_delete_email", json!({ "messageId": "x" })),
        ("outlook.permanently_delete_event", json!({ "eventId": "x" })),
        ("outlook.permanently_delete_contact", json!({ "contactId": "x" })),
        ("outlook.permanently_delete_mail_folder", json!({ "folderId": "x" })),
        ("graph.permanently_delete_drive_item", json!({ "path": "x" })),
    ] {
        for confirm in [None, Some(false)] {
            let mut input = input.clone();
            if let Some(confirm) = confirm {
                input["confirm"] = confirm.into();
            }
            let error = stage.fails(action, input).await;
            assert_eq!(error.code(), Code::InvalidInput, "{action}: {error}");
            assert!(
                error
                    .violations()
                    .iter()
                    .any(|issue| issue.pointer.ends_with("confirm") || issue.message.contains("confirm")),
                "{action}: {error:?}"
            );
        }
    }
    let calendar = stage.fails("outlook.delete_calendar", json!({ "calendarId": "x", "permanent": true })).await;
    assert_eq!(place(&calendar), (Code::InvalidInput, "/confirm"));
    assert_eq!(stage.sandbox.request_count(), 0);
}
