//! Devices that Intune manages.

use connector_runtime::Run;
use connector_sdk::Code;
use graph_sandbox::{Fault, Rule};
use serde_json::{Value, json};

use crate::changes::heard;
use crate::coverage::covers;
use crate::stage::Stage;

covers! {
    action "graph.list_managed_devices": devices_are_listed_and_looked_into, each_permission_allows_its_part;
    action "graph.get_managed_device": devices_are_listed_and_looked_into, what_is_gone_is_told;
    action "graph.list_user_managed_devices": devices_are_listed_and_looked_into, what_is_gone_is_told;
    action "graph.update_managed_device": a_device_is_described_and_deleted, what_is_said_wrong_is_refused;
    action "graph.delete_managed_device": a_device_is_described_and_deleted, nothing_is_destroyed_without_a_yes;
    action "graph.sync_managed_device": what_is_asked_of_a_device_is_seen_in_its_state, what_is_gone_is_told;
    action "graph.reboot_managed_device": what_is_asked_of_a_device_is_seen_in_its_state, what_a_platform_cannot_do_is_told;
    action "graph.shut_down_managed_device": what_is_asked_of_a_device_is_seen_in_its_state, what_a_platform_cannot_do_is_told;
    action "graph.lock_managed_device": what_is_asked_of_a_device_is_seen_in_its_state, what_a_platform_cannot_do_is_told;
    action "graph.locate_managed_device": what_is_asked_of_a_device_is_seen_in_its_state, what_a_platform_cannot_do_is_told;
    action "graph.scan_managed_device": what_is_asked_of_a_device_is_seen_in_its_state, what_a_platform_cannot_do_is_told;
    action "graph.reset_passcode_managed_device": what_is_destroyed_is_seen_in_its_state, nothing_is_destroyed_without_a_yes;
    action "graph.retire_managed_device": what_is_destroyed_is_seen_in_its_state, nothing_is_destroyed_without_a_yes;
    action "graph.wipe_managed_device": what_is_destroyed_is_seen_in_its_state, nothing_is_destroyed_without_a_yes;
    trigger "graph.new_or_updated_managed_device": devices_that_change_are_told, what_cannot_be_watched_is_told;
    picklist "graph.managed_devices": devices_are_offered, each_permission_allows_its_part;
}

const LAPTOP: &str = "909e5b6f-9df1-4e27-8ee4-0051773abad5";
const PHONE: &str = "a609be92-7edc-40e4-86e5-d214c97d8236";
const MAC: &str = "f6fb88f1-ea88-4f20-8a47-79e6c64b8db3";
const PIXEL: &str = "8ba03194-6d32-458f-87cd-1c768fb96897";
const KIOSK: &str = "d47e55cf-86ec-40c8-847a-f6c41af55232";
const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

fn look(stage: &Stage, device: &str) -> Value {
    stage.look(&format!("/deviceManagement/managedDevices/{device}"))
}

/// The remote actions of a device, and their states.
fn results(stage: &Stage, device: &str) -> Vec<(String, String)> {
    let device = look(stage, device);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let results = device["deviceActionResults"].as_array().unwrap();
    results.iter().map(|result| (text(&result["actionName"]), text(&result["actionState"]))).collect()
}

#[tokio::test]
async fn devices_are_listed_and_looked_into() {
    let stage = Stage::new();
    let all = stage.works("graph.list_managed_devices", json!({ "query": { "top": 2 } })).await;
    assert_eq!(all["items"].as_array().unwrap().len(), 5);
    let bad = json!({ "query": { "filter": "complianceState eq 'noncompliant'", "select": ["deviceName"] } });
    assert_eq!(stage.works("graph.list_managed_devices", bad).await["items"][0]["deviceName"], "KIOSK-REDMOND");
    let kiosk = stage.works("graph.get_managed_device", json!({ "deviceId": KIOSK })).await;
    assert_eq!((&kiosk["notes"], &kiosk["deviceEnrollmentType"]), (&Value::Null, &json!("windowsBulkUserless")));
    let kiosk =
        stage.works("graph.get_managed_device", json!({ "deviceId": KIOSK, "additionalFields": ["notes"] })).await;
    assert_eq!(
        (&kiosk["notes"], &kiosk["deviceName"]),
        (&json!("At the entrance of building 18."), &json!("KIOSK-REDMOND"))
    );
    let of = async |user: &str| {
        stage.works("graph.list_user_managed_devices", json!({ "user": user })).await["items"][0]["id"].clone()
    };
    assert_eq!((of("AdeleV@contoso.example").await, of("leeg@contoso.example").await), (json!(LAPTOP), json!(PHONE)));
}

#[tokio::test]
async fn a_device_is_described_and_deleted() {
    let stage = Stage::new();
    let changes = json!({ "deviceId": PIXEL, "managedDeviceName": "Megan's own", "notes": "Cracked.", "managedDeviceOwnerType": "company" });
    assert_eq!(stage.works("graph.update_managed_device", changes).await["managedDeviceName"], "Megan's own");
    let seen = stage.look(&format!("/deviceManagement/managedDevices/{PIXEL}?$select=notes,managedDeviceOwnerType"));
    assert_eq!((&seen["notes"], &seen["managedDeviceOwnerType"]), (&json!("Cracked."), &json!("company")));
    stage.works("graph.update_managed_device", json!({ "deviceId": PIXEL, "notes": null })).await;
    assert!(stage.look(&format!("/deviceManagement/managedDevices/{PIXEL}?$select=notes"))["notes"].is_null());
    let many = json!({ "items": [{ "deviceId": PIXEL, "confirm": true }, { "deviceId": NOBODY, "confirm": true }] });
    let fates = stage.works("graph.delete_managed_device", many).await;
    assert_eq!((&fates["succeeded"], &fates["failed"]), (&json!(1), &json!(1)));
    assert_eq!(stage.look("/deviceManagement/managedDevices")["value"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn what_is_asked_of_a_device_is_seen_in_its_state() {
    let stage = Stage::new();
    let before = look(&stage, LAPTOP)["lastSyncDateTime"].clone();
    for (action, device) in [
        ("sync_managed_device", LAPTOP),
        ("reboot_managed_device", LAPTOP),
        ("shut_down_managed_device", MAC),
        ("lock_managed_device", PHONE),
        ("locate_managed_device", PHONE),
    ] {
        let done = stage.works(&format!("graph.{action}"), json!({ "deviceId": device })).await;
        assert_eq!(done, json!({ "accepted": true }), "{action}");
    }
    stage
        .works("graph.scan_managed_device", json!({ "deviceId": LAPTOP, "quickScan": false, "updateSignatures": true }))
        .await;
    stage.works("graph.scan_managed_device", json!({ "deviceId": KIOSK })).await;
    let pair = |name: &str, state: &str| (name.to_owned(), state.to_owned());
    assert_ne!(look(&stage, LAPTOP)["lastSyncDateTime"], before);
    let expected = [
        pair("syncDevice", "done"),
        pair("rebootNow", "pending"),
        pair("windowsDefenderUpdateSignatures", "pending"),
        pair("windowsDefenderScan", "pending"),
    ];
    assert_eq!(results(&stage, LAPTOP), expected);
    assert_eq!(results(&stage, KIOSK), [pair("windowsDefenderScan", "pending")]);
    assert_eq!(results(&stage, MAC), [pair("shutDown", "pending")]);
    assert_eq!(results(&stage, PHONE), [pair("remoteLock", "pending"), pair("locateDevice", "done")]);
    let phone = stage.works("graph.get_managed_device", json!({ "deviceId": PHONE })).await;
    assert_eq!(phone["deviceActionResults"][1]["deviceLocation"]["latitude"], 47.64);
}

#[tokio::test]
async fn what_is_destroyed_is_seen_in_its_state() {
    let stage = Stage::new();
    stage.works("graph.reset_passcode_managed_device", json!({ "deviceId": PHONE, "confirm": true })).await;
    assert_eq!(results(&stage, PHONE)[0].0, "resetPasscode");
    stage.works("graph.retire_managed_device", json!({ "deviceId": PIXEL, "confirm": true })).await;
    assert_eq!(look(&stage, PIXEL)["managementState"], "retirePending");
    let wipe = json!({ "deviceId": MAC, "macOsUnlockCode": "123456", "confirm": true });
    stage.works("graph.wipe_managed_device", wipe).await;
    assert_eq!(look(&stage, MAC)["managementState"], "wipePending");
    let protected = json!({ "deviceId": LAPTOP, "keepUserData": true, "useProtectedWipe": true, "confirm": true });
    stage.works("graph.wipe_managed_device", protected).await;
    assert_eq!(look(&stage, LAPTOP)["managementState"], "wipePending");
    assert!(
        stage.seen().contains(&format!("POST /beta/deviceManagement/managedDevices/{LAPTOP}/wipe")),
        "{:?}",
        stage.seen()
    );
    // Bodies with a code are not for everybody to see.
    let shown = stage.host.execute(
        Run::new(
            "graph.wipe_managed_device",
            "adele",
            json!({ "deviceId": MAC, "macOsUnlockCode": "123456", "confirm": true }),
        )
        .preview(),
    );
    assert!(!shown.await.unwrap().output.as_str().contains("123456"));
}

#[tokio::test]
async fn nothing_is_destroyed_without_a_yes() {
    let stage = Stage::new();
    for action in ["delete", "retire", "wipe", "reset_passcode"] {
        let action = format!("graph.{action}_managed_device");
        for (input, said) in [
            (json!({ "deviceId": PHONE }), "`confirm` is missing; this cannot be undone, so it must be true"),
            (json!({ "deviceId": PHONE, "confirm": false }), "must be true"),
        ] {
            let error = stage.fails(&action, input).await;
            let issue = &error.violations()[0];
            assert_eq!(
                (error.code(), issue.pointer.as_str(), issue.message.as_str()),
                (Code::InvalidInput, "/confirm", said),
                "{action}"
            );
        }
        let many = json!({ "items": [{ "deviceId": PHONE, "confirm": true }, { "deviceId": PIXEL }] });
        assert_eq!(stage.fails(&action, many).await.code(), Code::InvalidInput, "{action}");
        assert!(stage.host.action(&action).unwrap().spec().effect.is_destructive());
    }
    assert!(!stage.host.action("graph.reboot_managed_device").unwrap().spec().effect.is_destructive());
    assert_eq!(stage.sandbox.request_count(), 0);
}

#[tokio::test]
async fn what_a_platform_cannot_do_is_told() {
    let stage = Stage::new();
    for (action, device) in [
        ("reboot_managed_device", PIXEL),
        ("shut_down_managed_device", LAPTOP),
        ("lock_managed_device", LAPTOP),
        ("locate_managed_device", PIXEL),
        ("scan_managed_device", MAC),
    ] {
        let error = stage.fails(&format!("graph.{action}"), json!({ "deviceId": device })).await;
        assert_eq!(error.code(), Code::Rejected, "{action}: {error}");
        assert!(error.to_string().contains("not supported"), "{error}");
    }
}

#[tokio::test]
async fn what_is_gone_is_told() {
    let stage = Stage::new();
    for action in ["get", "sync", "reboot", "lock", "locate", "shut_down"] {
        let error = stage.fails(&format!("graph.{action}_managed_device"), json!({ "deviceId": NOBODY })).await;
        assert_eq!(error.code(), Code::NotFound, "{action}");
    }
    let error = stage.fails("graph.list_user_managed_devices", json!({ "user": "nobody@contoso.example" })).await;
    assert_eq!(error.code(), Code::NotFound);
}

#[tokio::test]
async fn what_is_said_wrong_is_refused() {
    let stage = Stage::new();
    for (action, input, pointer) in [
        ("update", json!({ "deviceId": PHONE }), "/managedDeviceName"),
        ("update", json!({ "deviceId": PHONE, "managedDeviceOwnerType": "mine" }), "/managedDeviceOwnerType"),
        ("wipe", json!({ "deviceId": PHONE, "macOsUnlockCode": "12", "confirm": true }), "/macOsUnlockCode"),
    ] {
        let error = stage.fails(&format!("graph.{action}_managed_device"), input).await;
        assert_eq!((error.code(), error.violations()[0].pointer.as_str()), (Code::InvalidInput, pointer), "{action}");
    }
    assert_eq!(stage.sandbox.request_count(), 0);
    let fixed = json!({ "deviceId": PHONE, "additionalProperties": { "osVersion": "1" } });
    assert_eq!(stage.fails("graph.update_managed_device", fixed).await.code(), Code::Rejected);
}

#[tokio::test]
async fn each_permission_allows_its_part() {
    let stage = Stage::with(&["User.Read", "DeviceManagementManagedDevices.Read.All"]);
    assert_eq!(stage.works("graph.list_managed_devices", json!({})).await["items"].as_array().unwrap().len(), 5);
    let error = stage.fails("graph.sync_managed_device", json!({ "deviceId": PHONE })).await;
    assert_eq!(error.code(), Code::MissingScope);
    assert!(error.to_string().contains("PrivilegedOperations"), "{error}");
    let stage = Stage::with(&["User.Read"]);
    assert_eq!(stage.fails("graph.list_managed_devices", json!({})).await.code(), Code::MissingScope);
    assert_eq!(stage.choices("graph.managed_devices", json!({}), None).await.unwrap_err().code(), Code::MissingScope);
    // What is in beta only takes the permission for remote actions too.
    let stage = Stage::with(&["User.Read", "DeviceManagementManagedDevices.ReadWrite.All"]);
    stage.works("graph.wipe_managed_device", json!({ "deviceId": PHONE, "confirm": true })).await;
    let protected = json!({ "deviceId": LAPTOP, "useProtectedWipe": true, "confirm": true });
    assert_eq!(stage.fails("graph.wipe_managed_device", protected).await.code(), Code::MissingScope);
}

#[tokio::test]
async fn devices_that_change_are_told() {
    let stage = Stage::new();
    let mut all = stage.listen("graph.new_or_updated_managed_device", json!({})).await.unwrap();
    let watched = json!({ "filter": "operatingSystem eq 'Windows'", "watchFields": ["managedDeviceName"] });
    let mut named = stage.listen("graph.new_or_updated_managed_device", watched).await.unwrap();
    let since = json!({ "since": "2020-01-01T00:00:00Z" });
    let mut since = stage.listen("graph.new_or_updated_managed_device", since).await.unwrap();
    assert_eq!(
        (heard(&mut all).await.len(), heard(&mut named).await.len()),
        (0, 0),
        "what was there before does not fire"
    );
    assert_eq!(heard(&mut since).await.len(), 5);
    stage.works("graph.sync_managed_device", json!({ "deviceId": PHONE })).await;
    let told = heard(&mut all).await;
    assert_eq!(told.iter().map(|it| it["id"].as_str().unwrap()).collect::<Vec<_>>(), [PHONE]);
    assert_eq!((heard(&mut all).await.len(), heard(&mut since).await.len()), (0, 1), "once");
    for (name, device) in [("a", KIOSK), ("b", PIXEL), ("c", KIOSK), ("a", KIOSK)] {
        stage.works("graph.update_managed_device", json!({ "deviceId": device, "managedDeviceName": name })).await;
        let told = heard(&mut named).await;
        assert_eq!(told.len(), usize::from(device == KIOSK), "{name}");
    }
    assert_eq!(heard(&mut all).await.len(), 0, "other properties are not watched");
    stage.works("graph.delete_managed_device", json!({ "deviceId": MAC, "confirm": true })).await;
    assert_eq!(heard(&mut all).await.len(), 0);
}

#[tokio::test]
async fn what_cannot_be_watched_is_told() {
    let stage = Stage::new();
    let mut listener = stage
        .listen("graph.new_or_updated_managed_device", json!({ "watchFields": ["model", "notes"] }))
        .await
        .unwrap();
    let error = listener.try_next().await.unwrap_err();
    assert_eq!((error.code(), error.violations()[0].pointer.as_str()), (Code::InvalidInput, "/watchFields/1"));
    let mut listener =
        stage.listen("graph.new_or_updated_managed_device", json!({ "filter": "size eq 'L'" })).await.unwrap();
    assert_eq!(listener.try_next().await.unwrap_err().code(), Code::Rejected);
    let refused = Fault::Status { status: 403, code: "Forbidden".into(), message: String::new() };
    stage.sandbox.faults().add(Rule::new(refused).path("/managedDevices").once());
    let mut listener = stage.listen("graph.new_or_updated_managed_device", json!({})).await.unwrap();
    assert_eq!(listener.try_next().await.unwrap_err().code(), Code::Forbidden);
}

#[tokio::test]
async fn devices_are_offered() {
    let stage = Stage::new();
    assert_eq!(stage.choices("graph.managed_devices", json!({}), None).await.unwrap().choices.len(), 5);
    let some = stage.choices("graph.managed_devices", json!({}), Some("leeg")).await.unwrap().choices;
    assert_eq!((some.len(), some[0].value.as_str()), (1, PHONE));
    assert_eq!(some[0].label, "PHONE-LEE (LeeG@contoso.example, iOS)");
}
