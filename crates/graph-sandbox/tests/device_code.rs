//! A user signs in on another device, over loopback.

mod common;

use std::time::Duration;

use common::{ADA, EVE, SCOPE, World, claims, peopled, refusal};
use graph_sandbox::{PERSONAL_ACCOUNT, Sandbox, seeds};
use serde_json::Value;

async fn begin(world: &World, tenant: &str) -> Value {
    let (status, body) = world
        .post_form(&format!("/{tenant}/oauth2/v2.0/devicecode"), &[("client_id", seeds::PUBLIC), ("scope", SCOPE)])
        .await;
    assert_eq!(status, 200, "{body}");
    body
}

async fn poll(world: &World, device: &Value) -> (u16, Value) {
    let form = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
        ("client_id", seeds::PUBLIC),
        ("device_code", device["device_code"].as_str().unwrap()),
    ];
    world.token("common", &form).await
}

fn code(device: &Value) -> &str {
    device["user_code"].as_str().unwrap()
}

#[tokio::test]
async fn pending_then_approved_then_used() {
    let world = peopled().await;
    let device = begin(&world, "common").await;
    assert_eq!((&device["expires_in"], &device["interval"]), (&900.into(), &5.into()));
    assert!(device["message"].as_str().unwrap().contains(code(&device)));
    let pending = poll(&world, &device).await;
    assert_eq!((refusal(&pending), &pending.1["error"]), (70_016, &"authorization_pending".into()));
    world.sandbox.approve_device(code(&device), ADA).unwrap();
    let (status, body) = poll(&world, &device).await;
    assert_eq!((status, &claims(&body["id_token"])["preferred_username"]), (200, &ADA.into()));
    assert!(body["refresh_token"].is_string());
    let used = poll(&world, &device).await;
    assert_eq!((refusal(&used), &used.1["error"]), (70_018, &"bad_verification_code".into()));
}

#[tokio::test]
async fn declined_and_expired() {
    let world = peopled().await;
    let device = begin(&world, "common").await;
    world.sandbox.decline_device(code(&device)).unwrap();
    assert_eq!(poll(&world, &device).await.1["error"], "authorization_declined");
    let device = begin(&world, "common").await;
    world.sandbox.clock().advance(Duration::from_secs(901));
    let expired = poll(&world, &device).await;
    assert_eq!((refusal(&expired), &expired.1["error"]), (70_020, &"expired_token".into()));
    assert!(world.sandbox.approve_device(code(&device), ADA).is_err());
}

#[tokio::test]
async fn a_person_enters_the_code_on_the_page() {
    let world = peopled().await;
    let device = begin(&world, "common").await;
    let path = "/common/oauth2/deviceauth";
    assert_eq!(device["verification_uri"], world.url(path));
    assert!(world.get(path).await.text().await.unwrap().contains("name=user_code"));
    let wrong =
        world.form(path, &[("user_code", "WRONG"), ("user", ADA), ("decision", "accept")]).send().await.unwrap();
    assert_eq!(wrong.status(), 400);
    let small = code(&device).to_ascii_lowercase();
    let right = world.form(path, &[("user_code", &small), ("user", EVE), ("decision", "accept")]).send().await.unwrap();
    assert!(right.text().await.unwrap().contains("You are signed in"));
    assert_eq!(poll(&world, &device).await.0, 200);
}

#[tokio::test]
async fn the_account_must_fit_the_authority() {
    let world = peopled().await;
    let device = begin(&world, "organizations").await;
    assert!(world.sandbox.approve_device(code(&device), PERSONAL_ACCOUNT).is_err());
    assert!(world.sandbox.approve_device(code(&device), "nobody@nowhere.example").is_err());
    world.sandbox.approve_device(code(&device), ADA).unwrap();
}

#[tokio::test]
async fn the_interval_can_be_set() {
    let sandbox = Sandbox::builder().device_interval(Duration::from_secs(1)).build();
    let world = common::people(sandbox).await;
    assert_eq!(begin(&world, "common").await["interval"], 1);
}
