//! Calendars, their groups and their permissions.

use connector_sdk::Code;
use serde_json::{Value, json};

use crate::coverage::covers;
use crate::stage::Stage;

covers! {
    action "outlook.list_calendars": a_calendar_stands_in_its_group, what_is_not_there_is_not_found;
    action "outlook.get_calendar": a_calendar_is_made_changed_and_deleted, what_is_not_there_is_not_found;
    action "outlook.search_calendars": calendars_are_found_by_what_is_known, what_outlook_refuses_is_an_error;
    action "outlook.create_calendar": a_calendar_is_made_changed_and_deleted, what_outlook_refuses_is_an_error;
    action "outlook.update_calendar": a_calendar_is_made_changed_and_deleted, what_is_not_there_is_not_found;
    action "outlook.delete_calendar": a_calendar_is_made_changed_and_deleted, what_outlook_refuses_is_an_error;
    action "outlook.list_calendar_groups": a_calendar_stands_in_its_group, nobody_looks_without_the_permission;
    action "outlook.get_calendar_group": a_calendar_stands_in_its_group, what_is_not_there_is_not_found;
    action "outlook.create_calendar_group": a_calendar_stands_in_its_group, what_outlook_refuses_is_an_error;
    action "outlook.update_calendar_group": a_calendar_stands_in_its_group, what_is_not_there_is_not_found;
    action "outlook.delete_calendar_group": a_calendar_stands_in_its_group, what_outlook_refuses_is_an_error;
    action "outlook.list_calendar_permissions": a_calendar_is_shared_and_no_longer, what_is_not_there_is_not_found;
    action "outlook.create_calendar_permission": a_calendar_is_shared_and_no_longer, what_outlook_refuses_is_an_error;
    action "outlook.update_calendar_permission": a_calendar_is_shared_and_no_longer, what_is_not_there_is_not_found;
    action "outlook.delete_calendar_permission": a_calendar_is_shared_and_no_longer, what_outlook_refuses_is_an_error;
    picklist "outlook.calendars": calendars_are_offered_with_their_owner, nobody_looks_without_the_permission;
    picklist "outlook.calendar_groups": calendars_are_offered_with_their_owner, nobody_looks_without_the_permission;
}

const GONE: &str = "AAMkAAAAAAAA----____SpCdqXop_4NaBwCdAAAAAAAABLEtTofrA_uULK3LLU6H6wP7lCytyy1Oh-sD-5QsrcstTofrA_sAAAAAAAAAAAAAAAAAD0JAAA==";

fn names(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_calendar_is_made_changed_and_deleted() {
    let stage = Stage::new();
    let made = stage
        .works("outlook.create_calendar", json!({ "name": "Deliveries", "color": "lightGreen", "hexColor": "#00ff7f" }))
        .await;
    let id = &made["id"];
    stage
        .works(
            "outlook.update_calendar",
            json!({ "calendarId": id, "name": "Trips", "hexColor": null, "isDefaultCalendar": true }),
        )
        .await;
    let read = stage.works("outlook.get_calendar", json!({ "calendarId": id })).await;
    assert_eq!(
        (&read["name"], &read["color"], &read["isDefaultCalendar"]),
        (&json!("Trips"), &json!("lightGreen"), &json!(true))
    );
    assert_eq!(stage.look("/me/calendar")["name"], "Trips");
    let others = stage.works("outlook.search_calendars", json!({ "name": "calendar" })).await;
    let old = &others["items"][0]["id"];
    stage.works("outlook.update_calendar", json!({ "calendarId": old, "isDefaultCalendar": true })).await;
    let fates =
        stage.works("outlook.delete_calendar", json!({ "items": [{ "calendarId": id }, { "calendarId": old }] })).await;
    assert_eq!((&fates["succeeded"], &fates["failed"]), (&json!(1), &json!(1)), "the default calendar stays: {fates}");
    assert_eq!(stage.fails("outlook.get_calendar", json!({ "calendarId": id })).await.code(), Code::NotFound);
}

#[tokio::test]
async fn calendars_are_found_by_what_is_known() {
    let stage = Stage::new();
    for (input, found) in [
        (json!({ "name": "OPEN" }), vec!["Shop openings"]),
        (json!({ "ownerEmail": "ADELEV@contoso.example" }), vec!["Calendar", "Shop openings"]),
        (json!({ "ownerEmail": "meganb@contoso.example" }), vec![]),
        (json!({ "canEdit": false }), vec![]),
        (json!({ "canEdit": true, "limit": 1 }), vec!["Calendar"]),
    ] {
        assert_eq!(names(&stage.works("outlook.search_calendars", input.clone()).await), found, "{input}");
    }
}

#[tokio::test]
async fn a_calendar_stands_in_its_group() {
    let stage = Stage::new();
    let group = stage.works("outlook.create_calendar_group", json!({ "name": "Branches" })).await;
    stage.works("outlook.update_calendar_group", json!({ "calendarGroupId": group["id"], "name": "Shops" })).await;
    assert_eq!(
        stage.works("outlook.get_calendar_group", json!({ "calendarGroupId": group["id"] })).await["name"],
        "Shops"
    );
    assert_eq!(
        names(&stage.works("outlook.list_calendar_groups", json!({})).await),
        ["My Calendars", "Regions", "Shops"]
    );
    let made = stage.works("outlook.create_calendar", json!({ "name": "North", "calendarGroupId": group["id"] })).await;
    let inside = stage.works("outlook.list_calendars", json!({ "calendarGroupId": group["id"] })).await;
    assert_eq!(names(&inside), ["North"]);
    let error = stage.fails("outlook.delete_calendar_group", json!({ "calendarGroupId": group["id"] })).await;
    assert_eq!(error.code(), Code::Rejected, "it is not empty: {error}");
    stage
        .works("outlook.delete_calendar", json!({ "calendarId": made["id"], "permanent": true, "confirm": true }))
        .await;
    stage.works("outlook.delete_calendar_group", json!({ "calendarGroupId": group["id"] })).await;
    assert_eq!(names(&stage.works("outlook.list_calendar_groups", json!({})).await), ["My Calendars", "Regions"]);
    assert_eq!(names(&stage.works("outlook.list_calendars", json!({ "limit": 1 })).await), ["Calendar"]);
}

#[tokio::test]
async fn a_calendar_is_shared_and_no_longer() {
    let stage = Stage::new();
    let made = stage
        .works("outlook.create_calendar_permission", json!({ "email": "meganb@contoso.example", "role": "read" }))
        .await;
    assert_eq!((&made["isInsideOrganization"], &made["emailAddress"]["name"]), (&json!(true), &json!("Megan Bowen")));
    stage.works("outlook.update_calendar_permission", json!({ "permissionId": made["id"], "role": "write" })).await;
    let list = stage.works("outlook.list_calendar_permissions", json!({})).await;
    let roles: Vec<_> =
        list["items"].as_array().unwrap().iter().map(|it| (&it["emailAddress"]["name"], &it["role"])).collect();
    assert!(roles.contains(&(&json!("Megan Bowen"), &json!("write"))) && roles.len() == 3, "{roles:?}");
    stage.works("outlook.delete_calendar_permission", json!({ "permissionId": made["id"] })).await;
    assert_eq!(stage.look("/me/calendar/calendarPermissions")["value"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn calendars_are_offered_with_their_owner() {
    let stage = Stage::new();
    let choices = stage.choices("outlook.calendars", json!({}), Some("open")).await.unwrap();
    assert_eq!(
        choices.choices.iter().map(|choice| choice.label.as_str()).collect::<Vec<_>>(),
        ["Shop openings (Adele Vance)"]
    );
    let groups = stage.choices("outlook.calendar_groups", json!({}), None).await.unwrap();
    assert_eq!(
        groups.choices.iter().map(|choice| choice.label.as_str()).collect::<Vec<_>>(),
        ["My Calendars", "Regions"]
    );
}

#[tokio::test]
async fn nobody_looks_without_the_permission() {
    let stage = Stage::with(&["User.Read", "Mail.Read"]);
    for picklist in ["outlook.calendars", "outlook.calendar_groups"] {
        assert_eq!(
            stage.choices(picklist, json!({}), None).await.unwrap_err().code(),
            Code::MissingScope,
            "{picklist}"
        );
    }
    let error = stage.fails("outlook.list_calendar_groups", json!({})).await;
    assert!(error.to_string().contains("Calendars.ReadBasic"), "{error}");
    assert_eq!(stage.sandbox.request_count(), 0);
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let stage = Stage::new();
    for (action, input) in [
        ("list_calendars", json!({ "calendarGroupId": GONE })),
        ("get_calendar", json!({ "calendarId": GONE })),
        ("update_calendar", json!({ "calendarId": GONE, "name": "X" })),
        ("get_calendar_group", json!({ "calendarGroupId": GONE })),
        ("update_calendar_group", json!({ "calendarGroupId": GONE, "name": "X" })),
        ("list_calendar_permissions", json!({ "calendarId": GONE })),
        ("update_calendar_permission", json!({ "permissionId": "eA==", "role": "read" })),
    ] {
        let error = stage.fails(&format!("outlook.{action}"), input).await;
        assert_eq!(error.code(), Code::NotFound, "{action}: {error}");
    }
}

#[tokio::test]
async fn what_outlook_refuses_is_an_error() {
    let stage = Stage::new();
    let group = stage.works("outlook.list_calendar_groups", json!({ "limit": 1 })).await["items"][0]["id"].clone();
    let calendar = stage.look("/me/calendar")["id"].clone();
    for (action, input, code) in [
        ("create_calendar", json!({ "name": "shop openings" }), Code::Conflict),
        ("create_calendar", json!({ "name": "X", "hexColor": "green" }), Code::InvalidInput),
        ("delete_calendar", json!({ "calendarId": calendar }), Code::Rejected),
        ("search_calendars", json!({ "ownerEmail": "nobody" }), Code::InvalidInput),
        ("create_calendar_group", json!({ "name": "regions" }), Code::Conflict),
        ("delete_calendar_group", json!({ "calendarGroupId": group }), Code::Rejected),
        (
            "create_calendar_permission",
            json!({ "email": "visitor@elsewhere.example", "role": "write" }),
            Code::Rejected,
        ),
        ("delete_calendar_permission", json!({ "permissionId": "RGVmYXVsdA==" }), Code::Rejected),
    ] {
        let error = stage.fails(&format!("outlook.{action}"), input).await;
        assert_eq!(error.code(), code, "{action}: {error}");
    }
}
