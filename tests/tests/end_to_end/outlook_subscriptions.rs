//! The signed-in user and subscriptions, which Outlook shares with the raw connector.

use connector_runtime::Run;
use connector_sdk::Code;
use serde_json::{Value, json};

use crate::coverage::covers;
use crate::stage::Stage;

covers! {
    action "outlook.create_subscription": a_subscription_lives_and_ends, what_cannot_be_watched_is_an_error;
    action "outlook.list_subscriptions": a_subscription_lives_and_ends, a_user_does_not_see_those_of_an_app;
    action "outlook.get_subscription": a_subscription_lives_and_ends, what_is_not_there_is_not_found;
    action "outlook.update_subscription": a_subscription_lives_and_ends, what_is_not_there_is_not_found;
    action "outlook.delete_subscription": a_subscription_lives_and_ends, what_is_not_there_is_not_found;
    action "outlook.delete_all_subscriptions": those_of_one_address_are_ended, a_user_does_not_see_those_of_an_app;
    action "outlook.reauthorize_subscription": a_subscription_lives_and_ends, what_is_not_there_is_not_found;
    action "graph_raw.create_subscription": a_subscription_lives_and_ends, what_cannot_be_watched_is_an_error;
    action "graph_raw.list_subscriptions": a_subscription_lives_and_ends, a_user_does_not_see_those_of_an_app;
    action "graph_raw.get_subscription": a_subscription_lives_and_ends, what_is_not_there_is_not_found;
    action "graph_raw.update_subscription": a_subscription_lives_and_ends, what_is_not_there_is_not_found;
    action "graph_raw.delete_subscription": a_subscription_lives_and_ends, what_is_not_there_is_not_found;
    action "graph_raw.delete_all_subscriptions": those_of_one_address_are_ended, a_user_does_not_see_those_of_an_app;
    action "graph_raw.reauthorize_subscription": a_subscription_lives_and_ends, what_is_not_there_is_not_found;
    action "outlook.get_current_user": the_user_is_known_and_an_app_is_nobody, nobody_is_told_without_the_permission;
    action "outlook.raw_request": any_request_can_be_sent, what_is_not_there_is_not_found;
    picklist "outlook.subscriptions": a_subscription_lives_and_ends, a_user_does_not_see_those_of_an_app;
    picklist "graph_raw.subscriptions": a_subscription_lives_and_ends, a_user_does_not_see_those_of_an_app;
}

const HOOK: &str = "https://hooks.contoso.example/new";
const GONE: &str = "11111111-2222-4333-8444-555555555555";

fn wanted(connector: &str) -> Value {
    let resource = if connector == "outlook" { "events" } else { "me/events" };
    json!({ "resource": resource, "changeTypes": ["created", "updated"], "notificationUrl": HOOK, "expirationMinutes": 60 })
}

#[tokio::test]
async fn a_subscription_lives_and_ends() {
    for connector in ["outlook", "graph_raw"] {
        let stage = Stage::new();
        let name = |action: &str| format!("{connector}.{action}");
        let made = stage.works(&name("create_subscription"), wanted(connector)).await;
        assert_eq!((&made["resource"], &made["changeType"]), (&json!("me/events"), &json!("created,updated")));
        assert_eq!(made["clientState"].as_str().unwrap().len(), 64, "a state is generated");
        let again = stage.works(&name("create_subscription"), wanted(connector)).await;
        assert_eq!(again["id"], made["id"], "there is one already");
        let id = json!({ "subscriptionId": made["id"] });
        let renewed = stage.works(&name("update_subscription"), id.clone()).await;
        assert!(renewed["expirationDateTime"].as_str() > made["expirationDateTime"].as_str(), "{renewed}");
        stage.works(&name("reauthorize_subscription"), id.clone()).await;
        let choices = stage.choices(&name("subscriptions"), json!({}), Some("events")).await.unwrap();
        assert_eq!((choices.choices.len(), json!(choices.choices[0].value)), (1, made["id"].clone()));
        let list = stage.works(&name("list_subscriptions"), json!({ "notificationUrl": HOOK })).await;
        assert_eq!(list["items"].as_array().unwrap().len(), 1);
        assert_eq!(stage.works(&name("get_subscription"), id.clone()).await["id"], made["id"]);
        stage.works(&name("delete_subscription"), id.clone()).await;
        assert_eq!(stage.fails(&name("get_subscription"), id).await.code(), Code::NotFound);
    }
}

#[tokio::test]
async fn those_of_one_address_are_ended() {
    for connector in ["outlook", "graph_raw"] {
        let stage = Stage::new();
        stage.works(&format!("{connector}.create_subscription"), wanted(connector)).await;
        let ended =
            stage.works(&format!("{connector}.delete_all_subscriptions"), json!({ "notificationUrl": HOOK })).await;
        assert_eq!(ended, json!({ "deleted": 1, "failed": [] }));
        let left = stage.works(&format!("{connector}.list_subscriptions"), json!({})).await;
        assert_eq!(left["items"].as_array().unwrap().len(), 1, "the one of another address stays");
        let refused = stage.fails(&format!("{connector}.delete_all_subscriptions"), json!({})).await;
        assert_eq!((refused.code(), refused.violations()[0].pointer.as_str()), (Code::InvalidInput, "/instanceOnly"));
        assert!(refused.advice().contains("notificationUrl"), "{}", refused.advice());
        let ended =
            stage.works(&format!("{connector}.delete_all_subscriptions"), json!({ "instanceOnly": false })).await;
        assert_eq!(ended["deleted"], 1);
    }
}

#[tokio::test]
async fn a_user_does_not_see_those_of_an_app() {
    for connector in ["outlook", "graph_raw"] {
        let stage = Stage::new();
        let resource = if connector == "outlook" { "messages" } else { "users/meganb@contoso.example/messages" };
        let mut input = json!({ "resource": resource, "changeTypes": ["created"], "notificationUrl": HOOK });
        if connector == "outlook" {
            input["mailbox"] = json!("meganb@contoso.example");
        }
        let made = stage.execute(Run::new(format!("{connector}.create_subscription"), "app", input)).await.unwrap();
        let list = stage.works(&format!("{connector}.list_subscriptions"), json!({ "notificationUrl": HOOK })).await;
        assert_eq!(list["items"], json!([]));
        let choices = stage.choices(&format!("{connector}.subscriptions"), json!({}), Some("meganb")).await.unwrap();
        assert!(choices.choices.is_empty(), "{choices:?}");
        stage.works(&format!("{connector}.delete_all_subscriptions"), json!({ "instanceOnly": false })).await;
        let look = Run::new(format!("{connector}.get_subscription"), "app", json!({ "subscriptionId": made["id"] }));
        assert_eq!(stage.execute(look).await.unwrap()["id"], made["id"], "what is not seen is not ended");
    }
}

#[tokio::test]
async fn what_cannot_be_watched_is_an_error() {
    let stage = Stage::new();
    let other = json!({ "mailbox": "meganb@contoso.example", "resource": "messages", "changeTypes": ["created"], "notificationUrl": HOOK });
    let error = stage.fails("outlook.create_subscription", other).await;
    assert_eq!(error.code(), Code::Forbidden, "a user watches the own mailbox only: {error}");
    let folder =
        json!({ "resource": "events", "folderId": "inbox", "changeTypes": ["created"], "notificationUrl": HOOK });
    assert_eq!(stage.fails("outlook.create_subscription", folder).await.violations()[0].pointer, "/folderId");
    let plain = json!({ "resource": "me/events", "changeTypes": ["created"], "notificationUrl": "http://hooks.contoso.example/" });
    let error = stage.fails("graph_raw.create_subscription", plain).await;
    assert_eq!(error.code(), Code::Rejected, "{error}");
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let stage = Stage::new();
    for connector in ["outlook", "graph_raw"] {
        for action in ["get_subscription", "update_subscription", "delete_subscription", "reauthorize_subscription"] {
            let error = stage.fails(&format!("{connector}.{action}"), json!({ "subscriptionId": GONE })).await;
            assert_eq!(error.code(), Code::NotFound, "{connector}.{action}: {error}");
        }
    }
    let error =
        stage.fails("outlook.raw_request", json!({ "method": "GET", "url": format!("/subscriptions/{GONE}") })).await;
    assert_eq!(error.code(), Code::NotFound);
}

#[tokio::test]
async fn the_user_is_known_and_an_app_is_nobody() {
    let stage = Stage::new();
    let me = stage.works("outlook.get_current_user", json!({ "select": ["displayName"] })).await;
    assert_eq!(me["displayName"], "Adele Vance");
    let error = stage.execute(Run::new("outlook.get_current_user", "app", json!({}))).await.unwrap_err();
    assert_eq!(error.code(), Code::InvalidInput, "{error}");
}

#[tokio::test]
async fn nobody_is_told_without_the_permission() {
    let stage = Stage::with(&["Mail.Read"]);
    assert_eq!(stage.fails("outlook.get_current_user", json!({})).await.code(), Code::MissingScope);
}

#[tokio::test]
async fn any_request_can_be_sent() {
    let stage = Stage::new();
    let answer =
        stage.works("outlook.raw_request", json!({ "method": "GET", "url": "/me/outlook/masterCategories" })).await;
    assert_eq!((&answer["status"], answer["body"]["value"].is_array()), (&json!(200), true));
}
