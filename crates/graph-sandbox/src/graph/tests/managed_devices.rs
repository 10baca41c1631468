//! Devices that Intune manages.

use serde_json::json;

use crate::graph::testing::Bench;

const PATH: &str = "/deviceManagement/managedDevices";
const SCOPES: &str = "User.Read.All DeviceManagementManagedDevices.ReadWrite.All DeviceManagementManagedDevices.PrivilegedOperations.All";

fn path(bench: &Bench, name: &str) -> String {
    let found = bench.get(&format!("{PATH}?$filter=deviceName eq '{name}'&$select=id"));
    format!("{PATH}/{}", found.items()[0]["id"].as_str().unwrap())
}

#[test]
fn some_is_told_only_when_it_is_selected() {
    let bench = Bench::with(SCOPES);
    let (all, _) = bench.all(&format!("{PATH}?$top=2&$select=deviceName,notes"));
    assert_eq!(all.len(), 5);
    assert!(all.iter().all(|device| device["notes"].is_null()), "not in lists");
    let kiosk = path(&bench, "KIOSK-REDMOND");
    assert!(bench.get(&kiosk).ok(200)["notes"].is_null());
    assert!(bench.get(&format!("{kiosk}?$select=notes")).ok(200)["notes"].is_string());
    assert_eq!(bench.get("/me/managedDevices").items().len(), 1);
    assert_eq!(bench.get("/users/leeg@contoso.example/managedDevices").items()[0]["operatingSystem"], "iOS");
}

#[test]
fn what_is_asked_of_a_device_is_seen_in_its_state() {
    let bench = Bench::with(SCOPES);
    let (laptop, phone, pixel) = (path(&bench, "LAPTOP-ADELE"), path(&bench, "PHONE-LEE"), path(&bench, "PIXEL-MEGAN"));
    bench.post(&format!("{laptop}/rebootNow"), json!({})).ok(204);
    bench.post(&format!("{laptop}/syncDevice"), json!({})).ok(204);
    bench.post(&format!("{phone}/locateDevice"), json!({})).ok(204);
    bench.post(&format!("{pixel}/retire"), json!({})).ok(204);
    let seen = bench.get(&laptop).ok(200);
    assert_eq!(seen["lastSyncDateTime"], "2026-03-02T09:00:00Z");
    assert_eq!(
        (&seen["deviceActionResults"][0]["actionName"], &seen["deviceActionResults"][0]["actionState"]),
        (&json!("rebootNow"), &json!("pending"))
    );
    assert!(bench.get(&phone).ok(200)["deviceActionResults"][0]["deviceLocation"]["latitude"].is_f64());
    assert_eq!(bench.get(&pixel).ok(200)["managementState"], "retirePending");
    for refused in ["locateDevice", "shutDown", "windowsDefenderUpdateSignatures"] {
        bench.post(&format!("{pixel}/{refused}"), json!({})).refused(400, "BadRequest");
    }
    bench.post(&format!("{laptop}/windowsDefenderScan"), json!({})).refused(400, "BadRequest");
    bench.post(&format!("{laptop}/wipe"), json!({ "useProtectedWipe": true })).refused(400, "BadRequest");
    bench.post(&format!("{laptop}/wipe"), json!({ "keepUserData": true })).ok(204);
    assert_eq!(bench.get(&laptop).ok(200)["managementState"], "wipePending");
}

#[test]
fn a_device_changes_and_goes() {
    let bench = Bench::with(SCOPES);
    let kiosk = path(&bench, "KIOSK-REDMOND");
    bench.patch(&kiosk, json!({ "osVersion": "1" })).refused(400, "BadRequest");
    bench.patch(&kiosk, json!({ "managedDeviceOwnerType": "mine" })).refused(400, "BadRequest");
    assert_eq!(
        bench.patch(&kiosk, json!({ "managedDeviceName": "Entrance" })).ok(200)["managedDeviceName"],
        "Entrance"
    );
    bench.delete(&kiosk).ok(204);
    bench.delete(&kiosk).refused(404, "ResourceNotFound");
}

#[test]
fn each_permission_allows_its_part() {
    let bench = Bench::with("DeviceManagementManagedDevices.Read.All");
    let laptop = path(&bench, "LAPTOP-ADELE");
    bench.delete(&laptop).refused(403, "Forbidden");
    bench.post(&format!("{laptop}/syncDevice"), json!({})).refused(403, "Forbidden");
    let bench = Bench::with("DeviceManagementManagedDevices.PrivilegedOperations.All");
    bench.get(PATH).refused(403, "Forbidden");
    bench.post(&format!("{laptop}/wipe"), json!({})).ok(204);
}
