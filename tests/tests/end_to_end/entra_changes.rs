//! Changes of the directory: actions, triggers, subscriptions.

use connector_sdk::Code;
use graph_sandbox::{Fault, Rule};
use serde_json::{Value, json};

use crate::changes::heard;
use crate::coverage::covers;
use crate::stage::Stage;

covers! {
    action "entra.list_user_changes": changes_come_after_the_token, a_forgotten_token_is_said_to_be_one;
    action "entra.list_group_changes": changes_come_after_the_token, a_forgotten_token_is_said_to_be_one;
    action "entra.list_changes": changes_come_after_the_token, a_forgotten_token_is_said_to_be_one;
    trigger "entra.new_user": users_come_change_and_go, nobody_listens_without_the_permission;
    trigger "entra.new_or_updated_user": users_come_change_and_go, nobody_listens_without_the_permission;
    trigger "entra.deleted_user": users_come_change_and_go, nobody_listens_without_the_permission;
    trigger "entra.new_group": groups_come_change_and_go, nobody_listens_without_the_permission;
    trigger "entra.new_or_updated_group": groups_come_change_and_go, nobody_listens_without_the_permission;
    trigger "entra.deleted_group": groups_come_change_and_go, nobody_listens_without_the_permission;
    trigger "entra.group_member_added": members_come_and_go, nobody_listens_without_the_permission;
    trigger "entra.group_member_removed": members_come_and_go, nobody_listens_without_the_permission;
    trigger "entra.new_sign_in": logs_are_watched_from_now_on, nobody_listens_without_the_permission;
    trigger "entra.new_directory_audit": logs_are_watched_from_now_on, nobody_listens_without_the_permission;
    action "entra.create_subscription": a_subscription_lives_and_ends, what_cannot_be_watched_is_an_error;
    action "entra.list_subscriptions": a_subscription_lives_and_ends, what_cannot_be_watched_is_an_error;
    action "entra.get_subscription": a_subscription_lives_and_ends, what_cannot_be_watched_is_an_error;
    action "entra.update_subscription": a_subscription_lives_and_ends, what_cannot_be_watched_is_an_error;
    action "entra.delete_subscription": a_subscription_lives_and_ends, what_cannot_be_watched_is_an_error;
    action "entra.delete_all_subscriptions": a_subscription_lives_and_ends, what_cannot_be_watched_is_an_error;
    action "entra.reauthorize_subscription": a_subscription_lives_and_ends, what_cannot_be_watched_is_an_error;
    action "entra.raw_request": a_subscription_lives_and_ends, what_cannot_be_watched_is_an_error;
    picklist "entra.subscriptions": a_subscription_lives_and_ends, what_cannot_be_watched_is_an_error;
}

const GONE: &str = "11111111-2222-4333-8444-555555555555";

fn create_user(stage: &Stage, name: &str) -> String {
    let user = json!({
        "accountEnabled": true, "displayName": name, "mailNickname": name, "userPrincipalName": format!("{name}@contoso.example"),
        "passwordProfile": { "password": "Xa9#xa9#xa9#" }
    });
    stage.ask("POST", "/users", &user)["id"].as_str().unwrap().to_owned()
}

fn count(answer: &Value, name: &str) -> usize {
    answer[name].as_array().unwrap().len()
}

#[tokio::test]
async fn changes_come_after_the_token() {
    let stage = Stage::new();
    let all = stage.works("entra.list_user_changes", json!({ "select": ["displayName"] })).await;
    assert_eq!(count(&all, "items"), 12);
    let groups = stage.works("entra.list_group_changes", json!({ "startFromNow": true, "expandMembers": true })).await;
    assert_eq!(count(&groups, "items"), 0);
    let devices = stage.works("entra.list_changes", json!({ "resource": "devices", "startFromNow": true })).await;
    let grace = create_user(&stage, "grace");
    let gone = stage.look("/users/pattif@contoso.example")["id"].as_str().unwrap().to_owned();
    stage.ask("DELETE", &format!("/users/{gone}"), &Value::Null);
    let users = stage.works("entra.list_user_changes", json!({ "deltaToken": all["deltaToken"] })).await;
    assert_eq!((count(&users, "items"), &users["items"][0]["id"]), (1, &json!(grace)));
    assert_eq!(users["removed"], json!([{ "id": gone, "reason": "changed" }]), "it can be restored");
    let groups = stage.works("entra.list_group_changes", json!({ "deltaToken": groups["deltaToken"] })).await;
    assert_eq!(groups["items"][0]["members@delta"][0]["id"], json!(gone));
    let device = stage.look("/devices")["value"][0]["id"].as_str().unwrap().to_owned();
    stage.ask("PATCH", &format!("/devices/{device}"), &json!({ "accountEnabled": false }));
    let devices =
        stage.works("entra.list_changes", json!({ "resource": "devices", "deltaToken": devices["deltaToken"] })).await;
    assert_eq!(devices["items"][0]["id"], json!(device));
}

#[tokio::test]
async fn a_forgotten_token_is_said_to_be_one() {
    let stage = Stage::new();
    for (action, mut input) in [
        ("list_user_changes", json!({})),
        ("list_group_changes", json!({})),
        ("list_changes", json!({ "resource": "applications" })),
    ] {
        let first = stage.works(&format!("entra.{action}"), input.clone()).await;
        stage.sandbox.graph().expire_delta_tokens();
        input["deltaToken"] = first["deltaToken"].clone();
        let error = stage.fails(&format!("entra.{action}"), input).await;
        assert!(error.is_resync() && error.advice().contains("delta token"), "{action}: {error}");
    }
}

#[tokio::test]
async fn users_come_change_and_go() {
    let stage = Stage::new();
    let mut new = stage.listen("entra.new_user", json!({ "additionalFields": ["department"] })).await.unwrap();
    let mut changed = stage.listen("entra.new_or_updated_user", json!({})).await.unwrap();
    let mut soft = stage.listen("entra.deleted_user", json!({ "reason": "soft" })).await.unwrap();
    let mut permanent = stage.listen("entra.deleted_user", json!({ "reason": "permanent" })).await.unwrap();
    for listener in [&mut new, &mut changed, &mut soft, &mut permanent] {
        assert_eq!(heard(listener).await, Vec::<Value>::new(), "what was there before does not fire");
    }
    let grace = create_user(&stage, "grace");
    assert_eq!(heard(&mut new).await[0]["id"], json!(grace));
    assert_eq!(heard(&mut changed).await[0]["id"], json!(grace));
    stage.ask("PATCH", &format!("/users/{grace}"), &json!({ "jobTitle": "Admiral" }));
    let events = heard(&mut changed).await;
    assert_eq!((events.len(), &events[0]["jobTitle"]), (1, &json!("Admiral")));
    assert_eq!(heard(&mut new).await, Vec::<Value>::new(), "a change makes nobody new");
    // A lost place invents nothing.
    for listener in [&mut new, &mut changed] {
        stage.sandbox.faults().add(Rule::new(Fault::Gone).path("/users/delta").once());
        assert_eq!(heard(listener).await, Vec::<Value>::new());
    }
    assert_eq!(stage.sandbox.faults().counts().fired, 2);
    heard(&mut soft).await;
    stage.ask("DELETE", &format!("/users/{grace}"), &Value::Null);
    let told = heard(&mut soft).await;
    assert_eq!((told.len(), &told[0]["id"], &told[0]["reason"]), (1, &json!(grace), &json!("changed")));
    assert_eq!((&told[0]["jobTitle"], told[0]["deletedDateTime"].is_string()), (&json!("Admiral"), true), "who it was");
    assert_eq!(heard(&mut permanent).await, Vec::<Value>::new());
    stage.ask("DELETE", &format!("/directory/deletedItems/{grace}"), &Value::Null);
    assert_eq!(heard(&mut permanent).await, [json!({ "id": grace, "reason": "deleted" })]);
}

#[tokio::test]
async fn what_is_deleted_while_the_place_is_lost_is_found_and_told_once() {
    let stage = Stage::new();
    let mut deleted = stage.listen("entra.deleted_user", json!({})).await.unwrap();
    assert_eq!(heard(&mut deleted).await, Vec::<Value>::new());
    let (grace, alan) = (create_user(&stage, "grace"), create_user(&stage, "alan"));
    assert_eq!(heard(&mut deleted).await, Vec::<Value>::new());
    // The recycle bin knows the names, also of what was gone while the place was lost.
    let gone = |id: &str| json!([id, "changed", true]);
    let told = |event: &Value| json!([event["id"], event["reason"], event["userPrincipalName"].is_string()]);
    stage.ask("DELETE", &format!("/users/{grace}"), &Value::Null);
    assert_eq!(heard(&mut deleted).await.iter().map(told).collect::<Vec<_>>(), [gone(&grace)]);
    stage.ask("DELETE", &format!("/users/{alan}"), &Value::Null);
    stage.sandbox.graph().expire_delta_tokens();
    let event = deleted.try_next().await.unwrap().unwrap();
    let data: Value = event.data.read().unwrap();
    assert_eq!((told(&data), event.gaps.len()), (gone(&alan), 1), "and that more may be missing");
    deleted.ack(&event).await.unwrap();
    assert_eq!(heard(&mut deleted).await, Vec::<Value>::new());
    // It comes back and goes again.
    stage.ask("POST", &format!("/directory/deletedItems/{alan}/restore"), &Value::Null);
    assert_eq!(heard(&mut deleted).await, Vec::<Value>::new());
    stage.ask("DELETE", &format!("/users/{alan}"), &Value::Null);
    assert_eq!(heard(&mut deleted).await.iter().map(told).collect::<Vec<_>>(), [gone(&alan)]);
    stage.sandbox.graph().expire_delta_tokens();
    assert_eq!(heard(&mut deleted).await, Vec::<Value>::new(), "what was told is not told again");
}

#[tokio::test]
async fn groups_come_change_and_go() {
    let stage = Stage::new();
    let retail = stage.look("/groups?$filter=mailNickname eq 'Retail'")["value"][0]["id"].as_str().unwrap().to_owned();
    let mut new = stage.listen("entra.new_group", json!({})).await.unwrap();
    let mut changed = stage.listen("entra.new_or_updated_group", json!({ "filterIds": [retail] })).await.unwrap();
    let mut deleted = stage.listen("entra.deleted_group", json!({})).await.unwrap();
    for listener in [&mut new, &mut changed, &mut deleted] {
        assert_eq!(heard(listener).await, Vec::<Value>::new());
    }
    let group =
        json!({ "displayName": "Press", "mailEnabled": false, "mailNickname": "press", "securityEnabled": true });
    let press = stage.ask("POST", "/groups", &group)["id"].clone();
    assert_eq!(heard(&mut new).await[0]["id"], press);
    assert_eq!(heard(&mut deleted).await, Vec::<Value>::new(), "nobody is gone yet");
    assert_eq!(heard(&mut changed).await, Vec::<Value>::new(), "it is not the one that is watched");
    stage.ask("PATCH", &format!("/groups/{retail}"), &json!({ "description": "x" }));
    assert_eq!(heard(&mut changed).await[0]["description"], "x");
    stage.ask("DELETE", &format!("/groups/{}", press.as_str().unwrap()), &Value::Null);
    let told = heard(&mut deleted).await;
    assert_eq!((told.len(), &told[0]["id"], &told[0]["reason"]), (1, &json!(press), &json!("changed")));
    assert_eq!(told[0]["displayName"], "Press", "which it was");
    // Who asks for the past is told of all that was created since.
    let mut past = stage.listen("entra.new_group", json!({ "since": "2000-01-01T00:00:00Z" })).await.unwrap();
    assert_eq!(heard(&mut past).await.len(), 6);
    stage.sandbox.graph().expire_delta_tokens();
    assert_eq!(heard(&mut past).await, Vec::<Value>::new(), "what fired before does not fire again");
}

#[tokio::test]
async fn members_come_and_go() {
    let stage = Stage::new();
    let group = |name: &str| {
        stage.look(&format!("/groups?$filter=mailNickname eq '{name}'"))["value"][0]["id"].as_str().unwrap().to_owned()
    };
    let (retail, hr) = (group("Retail"), group("sg-HR"));
    let mut added = stage.listen("entra.group_member_added", json!({ "memberType": "user" })).await.unwrap();
    let mut removed = stage.listen("entra.group_member_removed", json!({ "group": retail })).await.unwrap();
    assert_eq!(
        (heard(&mut added).await, heard(&mut removed).await),
        (vec![], vec![]),
        "who was there before does not fire"
    );
    let alex = stage.look("/users/alexw@contoso.example")["id"].as_str().unwrap().to_owned();
    for group in [&retail, &hr] {
        stage.works("entra.add_group_member", json!({ "group": group, "members": [alex] })).await;
    }
    let events = heard(&mut added).await;
    assert_eq!(events.len(), 2);
    let expected = json!({ "groupId": retail, "groupDisplayName": "Retail", "memberId": alex, "memberType": "#microsoft.graph.user" });
    assert!(events.contains(&expected), "{events:?}");
    for group in [&retail, &hr] {
        stage.works("entra.remove_group_member", json!({ "group": group, "member": alex })).await;
    }
    assert_eq!(heard(&mut removed).await, [expected], "only of the group that is watched");
    assert_eq!(heard(&mut added).await, Vec::<Value>::new());
}

#[tokio::test]
async fn logs_are_watched_from_now_on() {
    let stage = Stage::new();
    for trigger in ["entra.new_sign_in", "entra.new_directory_audit"] {
        let mut listener = stage.listen(trigger, json!({})).await.unwrap();
        assert_eq!(heard(&mut listener).await, Vec::<Value>::new(), "{trigger}");
        assert_eq!(heard(&mut listener).await, Vec::<Value>::new(), "{trigger}");
    }
}

#[tokio::test]
async fn nobody_listens_without_the_permission() {
    let stage = Stage::with(&["Mail.Read"]);
    for trigger in [
        "new_user",
        "new_or_updated_user",
        "deleted_user",
        "new_group",
        "new_or_updated_group",
        "deleted_group",
        "group_member_added",
        "group_member_removed",
        "new_sign_in",
        "new_directory_audit",
    ] {
        let error = match stage.listen(&format!("entra.{trigger}"), json!({})).await {
            Ok(mut listener) => listener.try_next().await.unwrap_err(),
            Err(error) => error,
        };
        assert_eq!(error.code(), Code::MissingScope, "{trigger}");
    }
}

#[tokio::test]
async fn a_subscription_lives_and_ends() {
    let stage = Stage::new();
    let retail = stage.look("/groups?$filter=mailNickname eq 'Retail'")["value"][0]["id"].clone();
    let input = json!({ "resource": "groupMembers", "group": retail, "changeTypes": ["updated"], "notificationUrl": "https://hooks.contoso.example/new", "expirationMinutes": 60 });
    let made = stage.works("entra.create_subscription", input).await;
    assert_eq!(made["resource"], json!(format!("groups/{}/members", retail.as_str().unwrap())));
    let id = json!({ "subscriptionId": made["id"] });
    let renewed = stage.works("entra.update_subscription", id.clone()).await;
    assert!(renewed["expirationDateTime"].as_str() > made["expirationDateTime"].as_str());
    stage.works("entra.reauthorize_subscription", id.clone()).await;
    assert_eq!(stage.works("entra.get_subscription", id.clone()).await["id"], made["id"]);
    let choices = stage.choices("entra.subscriptions", json!({}), Some("members")).await.unwrap();
    assert_eq!(json!(choices.choices[0].value), made["id"]);
    stage.works("entra.delete_subscription", id).await;
    let list = stage
        .works("entra.list_subscriptions", json!({ "notificationUrl": "https://hooks.contoso.example/new" }))
        .await;
    assert_eq!(list["items"], json!([]));
    let users = json!({ "resource": "users", "changeTypes": ["updated", "deleted"], "notificationUrl": "https://hooks.contoso.example/new" });
    stage.works("entra.create_subscription", users).await;
    let ended = stage
        .works("entra.delete_all_subscriptions", json!({ "notificationUrl": "https://hooks.contoso.example/new" }))
        .await;
    assert_eq!(ended["deleted"], 1);
    assert_eq!(stage.works("entra.raw_request", json!({ "method": "GET", "url": "/domains" })).await["status"], 200);
}

#[tokio::test]
async fn what_cannot_be_watched_is_an_error() {
    let stage = Stage::new();
    let input = |resource: &str| json!({ "resource": resource, "changeTypes": ["updated"], "notificationUrl": "https://hooks.contoso.example/" });
    assert_eq!(stage.fails("entra.create_subscription", input("group")).await.violations()[0].pointer, "/group");
    assert_eq!(stage.fails("entra.create_subscription", input("user")).await.violations()[0].pointer, "/user");
    for action in ["get_subscription", "update_subscription", "delete_subscription", "reauthorize_subscription"] {
        let error = stage.fails(&format!("entra.{action}"), json!({ "subscriptionId": GONE })).await;
        assert_eq!(error.code(), Code::NotFound, "{action}");
    }
    let error = stage.fails("entra.raw_request", json!({ "method": "GET", "url": format!("/users/{GONE}") })).await;
    assert_eq!(error.code(), Code::NotFound);
    let forbidden = Fault::Status { status: 403, code: "Authorization_RequestDenied".into(), message: "No.".into() };
    stage.sandbox.faults().add(Rule::new(forbidden).path("/subscriptions"));
    for action in ["list_subscriptions", "delete_all_subscriptions"] {
        assert_eq!(
            stage.fails(&format!("entra.{action}"), json!({ "instanceOnly": false })).await.code(),
            Code::Forbidden,
            "{action}"
        );
    }
    assert_eq!(stage.choices("entra.subscriptions", json!({}), None).await.unwrap_err().code(), Code::Forbidden);
}
