//! Users.

use connector_sdk::Code;
use serde_json::json;

use crate::coverage::covers;
use crate::stage::Stage;

covers! {
    action "entra.get_user": a_user_is_read_changed_and_deleted, what_is_not_there_is_not_found;
    action "entra.update_user": a_user_is_read_changed_and_deleted, what_is_not_there_is_not_found;
    action "entra.delete_user": a_user_is_read_changed_and_deleted, what_is_not_there_is_not_found;
    action "entra.restore_user": a_user_is_read_changed_and_deleted, what_is_not_there_is_not_found;
    action "entra.permanently_delete_user": a_user_is_read_changed_and_deleted, what_is_not_there_is_not_found;
    action "entra.list_deleted_users": a_user_is_read_changed_and_deleted, nothing_goes_without_the_permission;
    action "entra.list_users": users_are_found_by_any_query, nothing_goes_without_the_permission;
    action "entra.search_users": users_are_found_by_any_query, nothing_goes_without_the_permission;
    action "entra.list_enabled_users": users_are_found_by_any_query, nothing_goes_without_the_permission;
    action "entra.enable_user": accounts_are_closed_and_opened, what_is_not_there_is_not_found;
    action "entra.disable_user": accounts_are_closed_and_opened, what_is_not_there_is_not_found;
    action "entra.reset_user_password": accounts_are_closed_and_opened, what_is_not_there_is_not_found;
    action "entra.revoke_sign_in_sessions": accounts_are_closed_and_opened, what_is_not_there_is_not_found;
    action "entra.get_user_custom_attributes": custom_attributes_are_set_and_reset, names_that_are_no_attributes_are_refused;
    action "entra.update_user_custom_attributes": custom_attributes_are_set_and_reset, names_that_are_no_attributes_are_refused;
    action "entra.reset_custom_attributes": custom_attributes_are_set_and_reset, names_that_are_no_attributes_are_refused;
    action "entra.assign_manager": managers_come_and_go, what_is_not_there_is_not_found;
    action "entra.get_manager": managers_come_and_go, what_is_not_there_is_not_found;
    action "entra.remove_manager": managers_come_and_go, what_is_not_there_is_not_found;
    action "entra.list_direct_reports": managers_come_and_go, what_is_not_there_is_not_found;
    action "entra.list_user_memberships": memberships_are_found_through_groups, what_is_not_there_is_not_found;
    action "entra.get_member_groups": memberships_are_found_through_groups, what_is_not_there_is_not_found;
    action "entra.check_group_membership": memberships_are_found_through_groups, what_is_not_there_is_not_found;
    action "entra.create_temporary_access_pass": ways_to_sign_in_are_listed_made_and_deleted, what_is_not_there_is_not_found;
    action "entra.list_authentication_methods": ways_to_sign_in_are_listed_made_and_deleted, what_is_not_there_is_not_found;
    action "entra.delete_authentication_method": ways_to_sign_in_are_listed_made_and_deleted, what_is_not_there_is_not_found;
    action "entra.get_user_photo": a_photo_is_set_and_read, what_is_not_there_is_not_found;
    action "entra.set_user_photo": a_photo_is_set_and_read, what_is_not_there_is_not_found;
    action "entra.list_user_licenses": licences_come_and_go_in_one_request, what_is_not_there_is_not_found;
    action "entra.assign_licenses": licences_come_and_go_in_one_request, what_is_not_there_is_not_found;
    action "entra.list_subscribed_skus": licences_come_and_go_in_one_request, nothing_goes_without_the_permission;
    action "entra.invite_guest_user": a_guest_is_invited, an_invitation_that_makes_no_sense_is_refused;
    action "entra.list_sign_ins": logs_are_asked_by_what_is_known, nothing_goes_without_the_permission;
    action "entra.list_directory_audits": logs_are_asked_by_what_is_known, nothing_goes_without_the_permission;
    action "entra.list_app_role_assignments": roles_of_apps_come_and_go, what_is_not_there_is_not_found;
    action "entra.create_app_role_assignment": roles_of_apps_come_and_go, what_is_not_there_is_not_found;
    action "entra.delete_app_role_assignment": roles_of_apps_come_and_go, what_is_not_there_is_not_found;
    action "entra.list_oauth2_grants": roles_of_apps_come_and_go, nothing_goes_without_the_permission;
}

const ALEX: &str = "alexw@contoso.example";
const COST_CENTER: &str = "extension_605a17c2d914422b89f744fd46953180_costCenter";
const FLOW: &str = "f30db892-07e9-47e9-837c-80727f46fd3d";
const E5: &str = "c7df2760-2c81-4ef7-b578-5b5392b571df";

#[tokio::test]
async fn a_user_is_read_changed_and_deleted() {
    let stage = Stage::new();
    let alex = stage.works("entra.get_user", json!({ "user": ALEX, "additionalFields": ["department"] })).await;
    assert_eq!((&alex["displayName"], &alex["department"]), (&json!("Alex Wilber"), &json!("Marketing")));
    let change =
        json!({ "user": ALEX, "jobTitle": "Lead", "officeLocation": null, "managerId": "leeg@contoso.example" });
    assert_eq!(stage.works("entra.update_user", change).await, json!({ "updated": true }));
    let now = stage.look(&format!("/users/{ALEX}?$select=jobTitle,officeLocation,department"));
    assert_eq!(
        (&now["jobTitle"], &now["officeLocation"], &now["department"]),
        (&json!("Lead"), &json!(null), &json!("Marketing"))
    );
    assert_eq!(stage.look(&format!("/users/{ALEX}/manager"))["displayName"], "Lee Gu");
    stage.works("entra.delete_user", json!({ "user": ALEX })).await;
    let deleted = stage.works("entra.list_deleted_users", json!({})).await;
    assert_eq!(deleted["items"].as_array().unwrap().len(), 2);
    let id = json!({ "userId": alex["id"], "newUserPrincipalName": "alex@contoso.example" });
    assert_eq!(stage.works("entra.restore_user", id).await["userPrincipalName"], "alex@contoso.example");
    stage.works("entra.delete_user", json!({ "user": alex["id"] })).await;
    stage.works("entra.permanently_delete_user", json!({ "userId": alex["id"], "confirm": true })).await;
    assert_eq!(stage.fails("entra.restore_user", json!({ "userId": alex["id"] })).await.code(), Code::NotFound);
}

#[tokio::test]
async fn many_users_are_changed_at_once() {
    let stage = Stage::new();
    let items: Vec<_> = ["alexw", "nobody", "leeg"]
        .map(|name| json!({ "user": format!("{name}@contoso.example"), "city": "Oslo" }))
        .into();
    let fates = stage.works("entra.update_user", json!({ "items": items })).await;
    assert_eq!((&fates["succeeded"], &fates["failed"]), (&json!(2), &json!(1)));
    assert_eq!(stage.seen(), ["POST /$batch"]);
    assert_eq!(stage.look("/users/leeg@contoso.example?$select=city")["city"], "Oslo");
}

#[tokio::test]
async fn users_are_found_by_any_query() {
    let stage = Stage::new();
    let names = async |action: &str, input| {
        let found = stage.works(&format!("entra.{action}"), input).await;
        let mut names: Vec<String> = found["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|user| user["displayName"].as_str().unwrap().to_owned())
            .collect();
        names.sort();
        names
    };
    let advanced = json!({ "query": { "filter": "endsWith(mail,'contoso.example') and department ne 'R&D'", "orderby": "displayName" }, "limit": 3 });
    assert_eq!(names("list_users", advanced).await.len(), 3);
    let found =
        stage.works("entra.list_users", json!({ "query": { "search": "displayName:ade", "count": true } })).await;
    assert_eq!((&found["total"], &found["items"][0]["displayName"]), (&json!(1), &json!("Adele Vance")));
    // Pages of an advanced query are asked for as the first one was.
    let first = stage
        .works("entra.list_users", json!({ "query": { "filter": "department ne 'R&D'", "top": 2 }, "limit": 2 }))
        .await;
    let query = json!({ "query": { "filter": "department ne 'R&D'", "top": 2 }, "pageToken": first["nextPageToken"], "limit": 100 });
    assert_eq!(names("list_users", query).await.len(), 7);
    let search =
        |field: &str, operator: &str, value: &str| json!({ "field": field, "operator": operator, "value": value });
    assert_eq!(names("search_users", search("displayName", "search", "van")).await, ["Adele Vance"]);
    assert_eq!(names("search_users", search("displayName", "search", "van\" OR \"mail:a")).await, Vec::<String>::new());
    assert_eq!(names("search_users", search("department", "equals", "O'Neil' or 1 eq 1")).await, Vec::<String>::new());
    assert_eq!(names("search_users", search("jobTitle", "startsWith", "Mark")).await, ["Alex Wilber", "Megan Bowen"]);
    let mut all = search("userPrincipalName", "endsWith", "@contoso.example");
    all["resultSet"] = json!("all");
    assert_eq!(names("search_users", all).await.len(), 12);
    let error = stage.fails("entra.search_users", search("department", "search", "x")).await;
    assert_eq!(error.violations()[0].pointer, "/operator");
    stage.works("entra.disable_user", json!({ "user": ALEX })).await;
    assert_eq!(names("list_enabled_users", json!({ "select": ["displayName"] })).await.len(), 11);
}

#[tokio::test]
async fn accounts_are_closed_and_opened() {
    let stage = Stage::new();
    let enabled = || stage.look(&format!("/users/{ALEX}?$select=accountEnabled"))["accountEnabled"].clone();
    stage.works("entra.disable_user", json!({ "user": ALEX, "revokeSessions": true })).await;
    assert_eq!(enabled(), json!(false));
    let ended = stage.look(&format!("/users/{ALEX}?$select=signInSessionsValidFromDateTime"));
    assert!(ended["signInSessionsValidFromDateTime"].is_string());
    stage.works("entra.enable_user", json!({ "user": ALEX })).await;
    assert_eq!(enabled(), json!(true));
    let reset = stage.works("entra.reset_user_password", json!({ "user": ALEX, "generatePassword": true })).await;
    assert_eq!(reset["password"].as_str().unwrap().len(), 24);
    let given = stage.works("entra.reset_user_password", json!({ "user": ALEX, "password": "Xa9#canary-word" })).await;
    assert_eq!(given, json!({ "updated": true }));
    let weak = stage.fails("entra.reset_user_password", json!({ "user": ALEX, "password": "canary" })).await;
    assert!(!format!("{weak:?}").contains("canary"), "{weak:?}");
    assert_eq!(
        stage.works("entra.revoke_sign_in_sessions", json!({ "revokeCurrentUser": true })).await,
        json!({ "value": true })
    );
    let both = json!({ "revokeCurrentUser": true, "user": ALEX });
    assert_eq!(stage.fails("entra.revoke_sign_in_sessions", both).await.code(), Code::InvalidInput);
}

#[tokio::test]
async fn custom_attributes_are_set_and_reset() {
    let stage = Stage::new();
    let names = json!({ "user": ALEX, "attributes": [COST_CENTER, "extensionAttribute3"] });
    let nothing = json!({ COST_CENTER: null, "extensionAttribute3": null });
    assert_eq!(stage.works("entra.get_user_custom_attributes", names.clone()).await, nothing);
    let set = json!({ "user": ALEX, "attributes": { COST_CENTER: "CC-1", "extensionAttribute3": "x" } });
    stage.works("entra.update_user_custom_attributes", set).await;
    let values = json!({ COST_CENTER: "CC-1", "extensionAttribute3": "x" });
    assert_eq!(stage.works("entra.get_user_custom_attributes", names.clone()).await, values);
    stage.works("entra.reset_custom_attributes", names.clone()).await;
    assert_eq!(stage.works("entra.get_user_custom_attributes", names).await, nothing);
}

#[tokio::test]
async fn names_that_are_no_attributes_are_refused() {
    let stage = Stage::new();
    for (action, attributes) in [
        ("get_user_custom_attributes", json!(["displayName"])),
        ("update_user_custom_attributes", json!({ "jobTitle": "x" })),
        ("reset_custom_attributes", json!(["extensionAttribute16"])),
    ] {
        let error = stage.fails(&format!("entra.{action}"), json!({ "user": ALEX, "attributes": attributes })).await;
        assert!(error.violations()[0].pointer.starts_with("/attributes"), "{action}: {error}");
    }
    assert_eq!(stage.sandbox.request_count(), 0);
}

#[tokio::test]
async fn managers_come_and_go() {
    let stage = Stage::new();
    stage.works("entra.assign_manager", json!({ "user": ALEX, "manager": "leeg@contoso.example" })).await;
    assert_eq!(stage.works("entra.get_manager", json!({ "user": ALEX })).await["displayName"], "Lee Gu");
    let reports = stage
        .works("entra.list_direct_reports", json!({ "user": "leeg@contoso.example", "select": ["displayName"] }))
        .await;
    assert!(reports["items"].as_array().unwrap().iter().any(|user| user["displayName"] == "Alex Wilber"));
    stage.works("entra.remove_manager", json!({ "user": ALEX })).await;
    assert_eq!(stage.fails("entra.get_manager", json!({ "user": ALEX })).await.code(), Code::NotFound);
}

#[tokio::test]
async fn memberships_are_found_through_groups() {
    let stage = Stage::new();
    let patti = json!("pattif@contoso.example");
    let count =
        async |input| stage.works("entra.list_user_memberships", input).await["items"].as_array().unwrap().len();
    assert_eq!(count(json!({ "user": patti })).await, 3, "a group and two roles");
    assert_eq!(count(json!({ "user": patti, "transitive": true })).await, 4);
    assert_eq!(count(json!({ "user": patti, "type": "directoryRole" })).await, 2);
    let ids = stage.works("entra.get_member_groups", json!({ "user": patti })).await;
    assert_eq!(ids["ids"].as_array().unwrap().len(), 2);
    let mut asked: Vec<String> = (0..45).map(|i| format!("11111111-2222-4333-8444-0000000000{i:02}")).collect();
    asked.push(ids["ids"][0].as_str().unwrap().to_owned());
    stage.sandbox.forget_requests();
    let found = stage.works("entra.check_group_membership", json!({ "user": patti, "groupIds": asked })).await;
    assert_eq!(found["ids"], json!([ids["ids"][0]]));
    assert_eq!(stage.seen(), ["POST /$batch"], "three requests of twenty in one batch");
}

#[tokio::test]
async fn ways_to_sign_in_are_listed_made_and_deleted() {
    let stage = Stage::new();
    let adele = json!("adelev@contoso.example");
    let list = async || {
        stage.works("entra.list_authentication_methods", json!({ "user": adele })).await["items"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(list().await, 2);
    let pass = stage.works("entra.create_temporary_access_pass", json!({ "user": adele, "lifetimeMinutes": 30 })).await;
    assert!(pass["temporaryAccessPass"].is_string());
    assert_eq!(list().await, 3);
    let delete = json!({ "user": adele, "methodType": "temporary_access_pass", "methodId": pass["id"] });
    stage.works("entra.delete_authentication_method", delete).await;
    assert_eq!(list().await, 2);
}

#[tokio::test]
async fn a_photo_is_set_and_read() {
    let stage = Stage::new();
    assert_eq!(stage.fails("entra.get_user_photo", json!({ "user": ALEX })).await.code(), Code::NotFound);
    stage.works("entra.set_user_photo", json!({ "user": ALEX, "photo": { "base64": "/9j/2Q==" } })).await;
    let photo = stage.works("entra.get_user_photo", json!({ "user": ALEX })).await;
    assert_eq!((&photo["name"], &photo["size"]), (&json!("photo.jpg"), &json!(4)));
    let wrong = stage.fails("entra.set_user_photo", json!({ "user": ALEX, "photo": { "base64": "AAAA" } })).await;
    assert_eq!(wrong.code(), Code::Rejected, "{wrong}");
}

#[tokio::test]
async fn licences_come_and_go_in_one_request() {
    let stage = Stage::new();
    let skus = stage.works("entra.list_subscribed_skus", json!({})).await;
    let plan = &skus["items"][1]["servicePlans"][0]["servicePlanId"];
    let change = json!({ "user": ALEX, "add": [{ "skuId": FLOW, "disabledPlans": [plan] }], "remove": [E5] });
    stage.sandbox.forget_requests();
    let user = stage.works("entra.assign_licenses", change).await;
    assert_eq!(stage.seen(), [format!("POST /users/{ALEX}/assignLicense")]);
    assert_eq!(user["displayName"], "Alex Wilber");
    let now = stage.works("entra.list_user_licenses", json!({ "user": ALEX })).await;
    assert_eq!((now["items"].as_array().unwrap().len(), &now["items"][0]["skuPartNumber"]), (1, &json!("FLOW_FREE")));
    let again = stage.fails("entra.assign_licenses", json!({ "user": ALEX, "remove": [E5] })).await;
    assert_eq!(again.code(), Code::Rejected);
    let both = json!({ "user": ALEX, "add": [{ "skuId": FLOW }], "remove": [FLOW] });
    assert_eq!(stage.fails("entra.assign_licenses", both).await.violations()[0].pointer, "/remove/0");
}

#[tokio::test]
async fn a_guest_is_invited() {
    let stage = Stage::new();
    let made = stage
        .works(
            "entra.invite_guest_user",
            json!({ "email": "ada@fabrikam.example", "redirectUrl": "https://x.example" }),
        )
        .await;
    let guest = stage.look(&format!("/users/{}?$select=userType", made["invitedUser"]["id"].as_str().unwrap()));
    assert_eq!(guest["userType"], "Guest");
}

#[tokio::test]
async fn an_invitation_that_makes_no_sense_is_refused() {
    let stage = Stage::new();
    let input = json!({ "email": "ada@fabrikam.example", "redirectUrl": "https://x.example", "message": "Hello" });
    assert_eq!(stage.fails("entra.invite_guest_user", input).await.violations()[0].pointer, "/message");
    let input = json!({ "email": "adelev@contoso.example", "redirectUrl": "https://x.example" });
    assert_eq!(stage.fails("entra.invite_guest_user", input).await.code(), Code::Rejected);
}

#[tokio::test]
async fn logs_are_asked_by_what_is_known() {
    let stage = Stage::new();
    let count = async |action: &str, input| {
        stage.works(&format!("entra.{action}"), input).await["items"].as_array().unwrap().len()
    };
    assert_eq!(count("list_sign_ins", json!({})).await, 3);
    assert_eq!(count("list_sign_ins", json!({ "user": "AdeleV@contoso.example" })).await, 2);
    assert_eq!(count("list_sign_ins", json!({ "status": "failure" })).await, 1);
    assert_eq!(count("list_sign_ins", json!({ "app": "Contoso Portal", "until": "2020-01-01T00:00:00Z" })).await, 0);
    assert_eq!(
        count("list_directory_audits", json!({ "category": "UserManagement", "activity": "Add user" })).await,
        1
    );
    assert_eq!(count("list_directory_audits", json!({ "initiatedBy": "meganb@contoso.example" })).await, 2);
    let wrong = stage.fails("entra.list_sign_ins", json!({ "since": "2020-01-01" })).await;
    assert_eq!(wrong.violations()[0].pointer, "/since");
}

#[tokio::test]
async fn roles_of_apps_come_and_go() {
    let stage = Stage::new();
    let alex = stage.look(&format!("/users/{ALEX}"))["id"].clone();
    let grants = stage.works("entra.list_oauth2_grants", json!({})).await;
    let portal = &grants["items"][0]["clientId"];
    let role = "00000000-0000-0000-0000-000000000000";
    let given = stage
        .works("entra.create_app_role_assignment", json!({ "user": alex, "resourceId": portal, "appRoleId": role }))
        .await;
    let list = stage.works("entra.list_app_role_assignments", json!({ "user": ALEX })).await;
    assert_eq!(list["items"][0]["id"], given["id"]);
    stage.works("entra.delete_app_role_assignment", json!({ "user": ALEX, "assignmentId": given["id"] })).await;
    assert_eq!(stage.works("entra.list_app_role_assignments", json!({ "user": ALEX })).await["items"], json!([]));
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let stage = Stage::new();
    for (action, input) in [
        ("get_user", json!({"user": "11111111-2222-4333-8444-555555555555"})),
        ("update_user", json!({"user": "11111111-2222-4333-8444-555555555555", "city": "Oslo"})),
        ("delete_user", json!({"user": "11111111-2222-4333-8444-555555555555"})),
        ("restore_user", json!({"userId": "11111111-2222-4333-8444-555555555555"})),
        ("permanently_delete_user", json!({"userId": "11111111-2222-4333-8444-555555555555", "confirm": true})),
        ("enable_user", json!({"user": "11111111-2222-4333-8444-555555555555"})),
        ("disable_user", json!({"user": "11111111-2222-4333-8444-555555555555"})),
        ("reset_user_password", json!({"user": "11111111-2222-4333-8444-555555555555", "generatePassword": true})),
        ("revoke_sign_in_sessions", json!({"user": "11111111-2222-4333-8444-555555555555"})),
        (
            "assign_manager",
            json!({"user": "11111111-2222-4333-8444-555555555555", "manager": "adelev@contoso.example"}),
        ),
        ("assign_manager", json!({"user": "alexw@contoso.example", "manager": "11111111-2222-4333-8444-555555555555"})),
        ("get_manager", json!({"user": "11111111-2222-4333-8444-555555555555"})),
        ("remove_manager", json!({"user": "11111111-2222-4333-8444-555555555555"})),
        ("list_direct_reports", json!({"user": "11111111-2222-4333-8444-555555555555"})),
        ("list_user_memberships", json!({"user": "11111111-2222-4333-8444-555555555555"})),
        ("get_member_groups", json!({"user": "11111111-2222-4333-8444-555555555555"})),
        (
            "check_group_membership",
            json!({"user": "11111111-2222-4333-8444-555555555555", "groupIds": ["11111111-2222-4333-8444-555555555555"]}),
        ),
        ("create_temporary_access_pass", json!({"user": "11111111-2222-4333-8444-555555555555"})),
        ("list_authentication_methods", json!({"user": "11111111-2222-4333-8444-555555555555"})),
        (
            "delete_authentication_method",
            json!({"user": "adelev@contoso.example", "methodType": "email", "methodId": "x"}),
        ),
        ("get_user_photo", json!({"user": "11111111-2222-4333-8444-555555555555"})),
        ("set_user_photo", json!({"user": "11111111-2222-4333-8444-555555555555", "photo": {"base64": "/9j/"}})),
        ("list_user_licenses", json!({"user": "11111111-2222-4333-8444-555555555555"})),
        (
            "assign_licenses",
            json!({"user": "11111111-2222-4333-8444-555555555555", "remove": ["11111111-2222-4333-8444-555555555555"]}),
        ),
        ("list_app_role_assignments", json!({"user": "11111111-2222-4333-8444-555555555555"})),
        (
            "create_app_role_assignment",
            json!({"user": "11111111-2222-4333-8444-555555555555", "resourceId": "11111111-2222-4333-8444-555555555555", "appRoleId": "11111111-2222-4333-8444-555555555555"}),
        ),
        ("delete_app_role_assignment", json!({"user": "adelev@contoso.example", "assignmentId": "x"})),
    ] {
        let error = stage.fails(&format!("entra.{action}"), input).await;
        assert_eq!(error.code(), Code::NotFound, "{action}: {error}");
    }
}

#[tokio::test]
async fn nothing_goes_without_the_permission() {
    let stage = Stage::with(&["Mail.Read"]);
    for (action, input) in [
        ("list_users", json!({})),
        ("list_enabled_users", json!({})),
        ("list_deleted_users", json!({})),
        ("list_subscribed_skus", json!({})),
        ("list_sign_ins", json!({})),
        ("list_directory_audits", json!({})),
        ("list_oauth2_grants", json!({})),
        ("search_users", json!({"field": "displayName", "operator": "equals", "value": "x"})),
    ] {
        let error = stage.fails(&format!("entra.{action}"), input).await;
        assert_eq!(error.code(), Code::MissingScope, "{action}: {error}");
    }
    assert_eq!(stage.sandbox.request_count(), 0);
}
