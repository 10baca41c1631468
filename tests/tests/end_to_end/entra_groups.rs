//! Groups.

use connector_sdk::Code;
use serde_json::json;

use crate::coverage::covers;
use crate::stage::Stage;

covers! {
    action "entra.create_group": a_group_is_made_changed_and_deleted, what_contradicts_itself_is_refused;
    action "entra.get_group": a_group_is_made_changed_and_deleted, what_is_not_there_is_not_found;
    action "entra.update_group": a_group_is_made_changed_and_deleted, what_is_not_there_is_not_found;
    action "entra.delete_group": a_group_is_made_changed_and_deleted, what_is_not_there_is_not_found;
    action "entra.restore_group": a_group_is_made_changed_and_deleted, what_is_not_there_is_not_found;
    action "entra.permanently_delete_group": a_group_is_made_changed_and_deleted, what_is_not_there_is_not_found;
    action "entra.renew_group": a_group_is_made_changed_and_deleted, what_is_not_there_is_not_found;
    action "entra.list_deleted_groups": a_group_is_made_changed_and_deleted, nothing_goes_without_the_permission;
    action "entra.upsert_group": a_unique_name_makes_once_and_changes_then, what_contradicts_itself_is_refused;
    action "entra.list_groups": groups_are_found_by_any_query, nothing_goes_without_the_permission;
    action "entra.search_groups": groups_are_found_by_any_query, nothing_goes_without_the_permission;
    action "entra.remove_group_member": members_are_listed_and_removed, what_is_not_there_is_not_found;
    action "entra.list_group_members": members_are_listed_and_removed, what_is_not_there_is_not_found;
    action "entra.list_group_owners": owners_come_and_go, what_is_not_there_is_not_found;
    action "entra.add_group_owner": owners_come_and_go, what_is_not_there_is_not_found;
    action "entra.remove_group_owner": owners_come_and_go, what_is_not_there_is_not_found;
    action "entra.get_group_custom_attributes": attributes_and_licences_of_a_group, what_is_not_there_is_not_found;
    action "entra.assign_group_licenses": attributes_and_licences_of_a_group, what_is_not_there_is_not_found;
}

const COST_CENTER: &str = "extension_605a17c2d914422b89f744fd46953180_costCenter";

fn id(stage: &Stage, path: &str) -> String {
    stage.look(path)["id"].as_str().unwrap().to_owned()
}

fn group(stage: &Stage, nickname: &str) -> String {
    let found = stage.look(&format!("/groups?$filter=mailNickname eq '{nickname}'&$select=id"));
    found["value"][0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_group_is_made_changed_and_deleted() {
    let stage = Stage::new();
    let alex = id(&stage, "/users/alexw@contoso.example");
    let input = json!({ "displayName": "Launch", "mailNickname": "launch", "groupType": "microsoft365", "members": [alex], "owners": [alex] });
    let made = stage.works("entra.create_group", input).await;
    assert_eq!((&made["groupTypes"], &made["mailEnabled"]), (&json!(["Unified"]), &json!(true)));
    let group = json!({ "group": made["id"] });
    assert_eq!(stage.works("entra.list_group_members", group.clone()).await["items"][0]["id"], json!(alex));
    let change = json!({ "group": made["id"], "description": "For the launch", "allowExternalSenders": true });
    stage.works("entra.update_group", change).await;
    let now = stage
        .works("entra.get_group", json!({ "group": made["id"], "additionalFields": ["allowExternalSenders"] }))
        .await;
    assert_eq!((&now["description"], &now["allowExternalSenders"]), (&json!("For the launch"), &json!(true)));
    stage.works("entra.renew_group", group.clone()).await;
    stage.works("entra.delete_group", group.clone()).await;
    assert_eq!(stage.works("entra.list_deleted_groups", json!({})).await["items"].as_array().unwrap().len(), 2);
    let deleted = json!({ "groupId": made["id"] });
    assert_eq!(stage.works("entra.restore_group", deleted.clone()).await["displayName"], "Launch");
    stage.works("entra.delete_group", group).await;
    let for_good = json!({ "groupId": made["id"], "confirm": true });
    stage.works("entra.permanently_delete_group", for_good).await;
    assert_eq!(stage.works("entra.list_deleted_groups", json!({})).await["items"].as_array().unwrap().len(), 1);
    let rule = json!({ "displayName": "Sales", "mailNickname": "s", "groupType": "dynamicSecurity", "membershipRule": "user.department -eq \"Sales\"" });
    assert_eq!(stage.works("entra.create_group", rule).await["membershipRuleProcessingState"], "On");
}

#[tokio::test]
async fn what_contradicts_itself_is_refused() {
    let stage = Stage::new();
    let base = json!({ "displayName": "x", "mailNickname": "x", "groupType": "security" });
    for (name, value, at) in [
        ("mailEnabled", json!(true), "/groupType"),
        ("securityEnabled", json!(false), "/groupType"),
        ("membershipRule", json!("user.city -eq \"Oslo\""), "/membershipRule"),
    ] {
        for action in ["entra.create_group", "entra.upsert_group"] {
            let mut input = base.clone();
            input[name] = value.clone();
            if action.ends_with("upsert_group") {
                input["uniqueName"] = json!("x");
            }
            assert_eq!(stage.fails(action, input).await.violations()[0].pointer, at, "{action}");
        }
    }
    assert_eq!(stage.sandbox.request_count(), 0);
}

#[tokio::test]
async fn a_unique_name_makes_once_and_changes_then() {
    let stage = Stage::new();
    let mut input =
        json!({ "uniqueName": "press", "displayName": "Press", "mailNickname": "press", "groupType": "security" });
    let made = stage.works("entra.upsert_group", input.clone()).await;
    assert_eq!((&made["created"], &made["object"]["displayName"]), (&json!(true), &json!("Press")));
    input["description"] = json!("Who speaks to papers");
    let changed = stage.works("entra.upsert_group", input).await;
    assert_eq!((&changed["created"], &changed["object"]["id"]), (&json!(false), &made["object"]["id"]));
    assert_eq!(changed["object"]["description"], "Who speaks to papers");
    assert_eq!(stage.works("entra.get_group", json!({ "uniqueName": "press" })).await["id"], made["object"]["id"]);
}

#[tokio::test]
async fn groups_are_found_by_any_query() {
    let stage = Stage::new();
    let count = async |action: &str, input| {
        stage.works(&format!("entra.{action}"), input).await["items"].as_array().unwrap().len()
    };
    assert_eq!(count("list_groups", json!({})).await, 6);
    assert_eq!(
        count(
            "list_groups",
            json!({ "query": { "filter": "not groupTypes/any(t:t eq 'Unified')", "orderby": "displayName" } })
        )
        .await,
        3
    );
    let search = |operator: &str, value: &str| json!({ "field": "displayName", "operator": operator, "value": value });
    assert_eq!(count("search_groups", search("search", "team")).await, 1);
    assert_eq!(count("search_groups", search("startsWith", "sg-")).await, 2);
    assert_eq!(count("search_groups", search("equals", "O'Neil")).await, 0);
}

#[tokio::test]
async fn members_are_listed_and_removed() {
    let stage = Stage::new();
    let all = group(&stage, "sg-AllOffices");
    let count = async |input| stage.works("entra.list_group_members", input).await["items"].as_array().unwrap().len();
    assert_eq!(count(json!({ "group": all })).await, 2);
    assert_eq!(count(json!({ "group": all, "transitive": true })).await, 7);
    assert_eq!(count(json!({ "group": all, "transitive": true, "type": "user" })).await, 5);
    let leaders = group(&stage, "Leadership");
    stage.works("entra.remove_group_member", json!({ "group": all, "member": leaders })).await;
    assert_eq!(count(json!({ "group": all, "type": "group" })).await, 1);
    let lee = id(&stage, "/users/leeg@contoso.example");
    let dynamic = stage
        .fails("entra.remove_group_member", json!({ "group": group(&stage, "AllEngineers"), "member": lee }))
        .await;
    assert_eq!(dynamic.code(), Code::Forbidden);
    assert!(dynamic.advice().contains("rule"), "{}", dynamic.advice());
}

#[tokio::test]
async fn owners_come_and_go() {
    let stage = Stage::new();
    let (retail, alex) = (group(&stage, "Retail"), id(&stage, "/users/alexw@contoso.example"));
    let owner = json!({ "group": retail, "owner": alex });
    for _ in 0..2 {
        assert_eq!(stage.works("entra.add_group_owner", owner.clone()).await, json!({ "added": true }));
    }
    assert_eq!(
        stage.works("entra.list_group_owners", json!({ "group": retail })).await["items"].as_array().unwrap().len(),
        2
    );
    stage.works("entra.remove_group_owner", owner).await;
    let last = stage.works("entra.list_group_owners", json!({ "group": retail })).await["items"][0]["id"].clone();
    let error = stage.fails("entra.remove_group_owner", json!({ "group": retail, "owner": last })).await;
    assert_eq!(error.code(), Code::Rejected, "the last owner stays: {error}");
}

#[tokio::test]
async fn attributes_and_licences_of_a_group() {
    let stage = Stage::new();
    let hr = group(&stage, "sg-HR");
    stage.ask("PATCH", &format!("/groups/{hr}"), &json!({ COST_CENTER: "CC-9" }));
    let found =
        stage.works("entra.get_group_custom_attributes", json!({ "group": hr, "attributes": [COST_CENTER] })).await;
    assert_eq!(found, json!({ COST_CENTER: "CC-9" }));
    let flow = "f30db892-07e9-47e9-837c-80727f46fd3d";
    stage.works("entra.assign_group_licenses", json!({ "group": hr, "add": [{ "skuId": flow }] })).await;
    assert_eq!(stage.look(&format!("/groups/{hr}?$select=assignedLicenses"))["assignedLicenses"][0]["skuId"], flow);
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let stage = Stage::new();
    for (action, input) in [
        ("get_group", json!({"group": "11111111-2222-4333-8444-555555555555"})),
        ("update_group", json!({"group": "11111111-2222-4333-8444-555555555555", "description": "x"})),
        ("delete_group", json!({"group": "11111111-2222-4333-8444-555555555555"})),
        ("restore_group", json!({"groupId": "11111111-2222-4333-8444-555555555555"})),
        ("permanently_delete_group", json!({"groupId": "11111111-2222-4333-8444-555555555555", "confirm": true})),
        ("renew_group", json!({"group": "11111111-2222-4333-8444-555555555555"})),
        (
            "remove_group_member",
            json!({"group": "11111111-2222-4333-8444-555555555555", "member": "11111111-2222-4333-8444-555555555555"}),
        ),
        ("list_group_members", json!({"group": "11111111-2222-4333-8444-555555555555"})),
        ("list_group_owners", json!({"group": "11111111-2222-4333-8444-555555555555"})),
        (
            "add_group_owner",
            json!({"group": "11111111-2222-4333-8444-555555555555", "owner": "e633c93d-f077-40d2-8c68-2ae455ceb72e"}),
        ),
        (
            "remove_group_owner",
            json!({"group": "11111111-2222-4333-8444-555555555555", "owner": "11111111-2222-4333-8444-555555555555"}),
        ),
        (
            "get_group_custom_attributes",
            json!({"group": "11111111-2222-4333-8444-555555555555", "attributes": ["extension_605a17c2d914422b89f744fd46953180_costCenter"]}),
        ),
        (
            "assign_group_licenses",
            json!({"group": "11111111-2222-4333-8444-555555555555", "remove": ["11111111-2222-4333-8444-555555555555"]}),
        ),
    ] {
        let error = stage.fails(&format!("entra.{action}"), input).await;
        assert_eq!(error.code(), Code::NotFound, "{action}: {error}");
    }
}

#[tokio::test]
async fn nothing_goes_without_the_permission() {
    let stage = Stage::with(&["Mail.Read"]);
    for (action, input) in [
        ("list_groups", json!({})),
        ("list_deleted_groups", json!({})),
        ("search_groups", json!({"field": "displayName", "operator": "equals", "value": "x"})),
    ] {
        let error = stage.fails(&format!("entra.{action}"), input).await;
        assert_eq!(error.code(), Code::MissingScope, "{action}: {error}");
    }
    assert_eq!(stage.sandbox.request_count(), 0);
}
