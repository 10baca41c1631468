//! New objects of the directory reach one server after the other; dynamic groups follow their rule.

use connector_sdk::Code;
use graph_sandbox::{Fault, Rule};
use serde_json::{Value, json};

use crate::stage::Stage;

fn group(stage: &Stage, nickname: &str) -> String {
    stage.look(&format!("/groups?$filter=mailNickname eq '{nickname}'"))["value"][0]["id"].as_str().unwrap().to_owned()
}

async fn grace(stage: &Stage) -> Value {
    let input = json!({
        "displayName": "Grace Hopper", "userPrincipalName": "grace@contoso.example", "mailNickname": "grace", "password": "Correct-Horse-7",
        "usageLocation": "US", "managerId": "meganb@contoso.example"
    });
    stage.works("entra.create_user", input).await["user"].clone()
}

#[tokio::test(start_paused = true)]
async fn what_is_new_is_waited_for() {
    let stage = Stage::new();
    stage.sandbox.graph().replicate_slowly(2);
    let user = grace(&stage).await;
    assert_eq!(stage.look(&format!("/users/{}/manager", user["id"].as_str().unwrap()))["displayName"], "Megan Bowen");
    // By its name, too.
    let licence =
        json!({ "user": "grace@contoso.example", "add": [{ "skuId": "f30db892-07e9-47e9-837c-80727f46fd3d" }] });
    stage.works("entra.assign_licenses", licence).await;
    let made = stage
        .works(
            "entra.create_group",
            json!({ "displayName": "Launch", "mailNickname": "launch", "groupType": "security" }),
        )
        .await;
    let add = json!({ "group": made["id"], "members": [user["id"]] });
    assert_eq!(stage.works("entra.add_group_member", add).await["added"], 1);
    let app = stage.works("entra.create_application", json!({ "displayName": "Till" })).await;
    let service = stage.works("entra.create_service_principal", json!({ "appId": app["appId"] })).await;
    let role =
        json!({ "user": user["id"], "resourceId": service["id"], "appRoleId": "00000000-0000-0000-0000-000000000000" });
    stage.works("entra.create_app_role_assignment", role).await;
    assert_eq!(stage.works("entra.get_group", json!({ "group": made["id"] })).await["id"], made["id"]);
}

#[tokio::test(start_paused = true)]
async fn many_members_wait_for_the_one_that_is_new() {
    let stage = Stage::new();
    stage.sandbox.graph().replicate_slowly(3);
    let made = stage
        .works(
            "entra.create_group",
            json!({ "displayName": "Launch", "mailNickname": "launch", "groupType": "security" }),
        )
        .await;
    let ids: Vec<Value> = stage.look("/users?$select=id&$top=50")["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|user| user["id"].clone())
        .collect();
    let fates = stage.works("entra.add_group_member", json!({ "group": made["id"], "members": ids })).await;
    assert_eq!((&fates["added"], &fates["failed"]), (&json!(ids.len()), &json!(0)));
    // Each part of a batch, too.
    let other = stage
        .works(
            "entra.create_group",
            json!({ "displayName": "Other", "mailNickname": "other", "groupType": "security" }),
        )
        .await;
    let items: Vec<Value> = ids.iter().take(2).map(|id| json!({ "group": other["id"], "owner": id })).collect();
    let owners = stage.works("entra.add_group_owner", json!({ "items": items })).await;
    assert_eq!((&owners["succeeded"], &owners["failed"]), (&json!(2), &json!(0)), "{owners}");
}

#[tokio::test(start_paused = true)]
async fn what_never_was_is_told_at_once() {
    let stage = Stage::new();
    grace(&stage).await;
    stage.sandbox.forget_requests();
    let nobody = "11111111-2222-4333-8444-555555555555";
    let error = stage.fails("entra.get_user", json!({ "user": nobody })).await;
    assert_eq!((error.code(), stage.sandbox.request_count()), (Code::NotFound, 1));
    assert!(error.advice().contains("a moment ago"), "{}", error.advice());
    let add = json!({ "group": group(&stage, "Retail"), "members": [nobody] });
    let fates = stage.works("entra.add_group_member", add).await;
    assert!(fates["items"][0]["error"]["hint"].as_str().unwrap().contains("a moment ago"), "{fates}");
}

#[tokio::test(start_paused = true)]
async fn the_wait_ends() {
    let stage = Stage::new();
    stage.sandbox.graph().replicate_slowly(100);
    let made = stage
        .works(
            "entra.create_group",
            json!({ "displayName": "Launch", "mailNickname": "launch", "groupType": "security" }),
        )
        .await;
    stage.sandbox.forget_requests();
    let began = tokio::time::Instant::now();
    let error = stage.fails("entra.get_group", json!({ "group": made["id"] })).await;
    assert_eq!((error.code(), stage.sandbox.request_count(), began.elapsed().as_secs()), (Code::NotFound, 5, 30));
    assert!(error.advice().contains("few minutes"), "{}", error.advice());
    // What was deleted is not waited for.
    stage.sandbox.graph().replicate_slowly(0);
    let other = stage
        .works(
            "entra.create_group",
            json!({ "displayName": "Other", "mailNickname": "other", "groupType": "security" }),
        )
        .await;
    stage.works("entra.delete_group", json!({ "group": other["id"] })).await;
    stage.sandbox.forget_requests();
    assert_eq!(stage.fails("entra.get_group", json!({ "group": other["id"] })).await.code(), Code::NotFound);
    assert_eq!(stage.sandbox.request_count(), 1);
}

#[tokio::test]
async fn dynamic_groups_follow_their_rule() {
    let stage = Stage::new();
    let (engineers, alex) = (group(&stage, "AllEngineers"), stage.look("/users/alexw@contoso.example")["id"].clone());
    let file = json!({ "text": format!("{}\n", alex.as_str().unwrap()) });
    let refusals = [
        // As Graph words it today, and as it may word it.
        None,
        Some((400, "Insufficient privileges: a group with DynamicMembership cannot be changed.")),
        Some((403, "Unable to add members: membershipRule is set.")),
    ];
    for refusal in refusals {
        for (action, input) in [
            ("add_group_member", json!({ "group": engineers, "members": [alex] })),
            ("add_group_member", json!({ "group": engineers, "members": [alex], "onlyMissing": true })),
            ("add_group_member", json!({ "group": engineers, "members": [alex], "ignoreExisting": false })),
            ("add_group_member", json!({ "group": engineers, "membersFile": file })),
            (
                "remove_group_member",
                json!({ "group": engineers, "member": stage.look("/users/leeg@contoso.example")["id"] }),
            ),
        ] {
            stage.sandbox.faults().clear();
            if let Some((status, message)) = refusal {
                let fault = Fault::Status { status, code: "Request_BadRequest".into(), message: message.into() };
                for method in ["PATCH", "POST", "DELETE"] {
                    stage
                        .sandbox
                        .faults()
                        .add(Rule::new(fault.clone()).path(&format!("/groups/{engineers}")).method(method));
                }
            }
            let error = stage.fails(&format!("entra.{action}"), input.clone()).await;
            assert!(matches!(error.code(), Code::Forbidden | Code::Rejected), "{action} {input}: {error}");
            assert!(error.advice().contains("update_group"), "{action} {input}: {}", error.advice());
        }
    }
}

#[tokio::test]
async fn dynamic_units_follow_their_rule() {
    let stage = Stage::new();
    let unit = json!({ "displayName": "North", "membershipType": "Dynamic", "membershipRule": "user.city -eq \"Seattle\"", "membershipRuleProcessingState": "On" });
    let unit = stage.ask("POST", "/directory/administrativeUnits", &unit)["id"].clone();
    let input = json!({ "unit": unit, "member": stage.look("/users/alexw@contoso.example")["id"] });
    for action in ["entra.add_administrative_unit_member", "entra.remove_administrative_unit_member"] {
        let error = stage.fails(action, input.clone()).await;
        assert!(error.advice().contains("update_administrative_unit"), "{action}: {error} {}", error.advice());
    }
}

#[tokio::test]
async fn a_new_dynamic_group_takes_no_members() {
    let stage = Stage::new();
    let input = json!({
        "displayName": "Sales", "mailNickname": "s", "groupType": "dynamicSecurity", "membershipRule": "user.department -eq \"Sales\"",
        "members": [stage.look("/users/alexw@contoso.example")["id"]]
    });
    stage.sandbox.forget_requests();
    let error = stage.fails("entra.create_group", input).await;
    assert_eq!((error.code(), error.violations()[0].pointer.as_str()), (Code::InvalidInput, "/members"));
    assert_eq!(stage.sandbox.request_count(), 0);
}
