//! Devices that Intune manages, and what is done to them from afar.
//!
//! They are always in reach: what is asked of them is carried out, or waits as `pending`, at once.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use super::identity::merge;
use crate::graph::call::Call;
use crate::graph::fault::{Fault, Service};
use crate::graph::reply::{Outcome, Reply};
use crate::graph::router::{Route, route};
use crate::graph::store::{Entity, Set};
use crate::graph::tenant::Tenant;
use crate::graph::types;
use crate::graph::view::{Paging, Source, View, list};

pub(crate) static ROUTES: &[Route] = &[
    route("GET", "/deviceManagement/managedDevices", |tenant, call| many(tenant, call, |_| true)),
    route("GET", "@/managedDevices", |tenant, call| {
        let user = tenant.directory.users.get(call.owner).map(|user| user.text("id").to_owned());
        many(tenant, call, |device| user.as_deref() == Some(device.text("userId")))
    }),
    route("GET", "/deviceManagement/managedDevices/{device}", one),
    route("PATCH", "/deviceManagement/managedDevices/{device}", update),
    route("DELETE", "/deviceManagement/managedDevices/{device}", delete),
    route("POST", "/deviceManagement/managedDevices/{device}/syncDevice", |tenant, call| {
        act(tenant, call, "syncDevice")
    }),
    route("POST", "/deviceManagement/managedDevices/{device}/rebootNow", |tenant, call| act(tenant, call, "rebootNow")),
    route("POST", "/deviceManagement/managedDevices/{device}/shutDown", |tenant, call| act(tenant, call, "shutDown")),
    route("POST", "/deviceManagement/managedDevices/{device}/remoteLock", |tenant, call| {
        act(tenant, call, "remoteLock")
    }),
    route("POST", "/deviceManagement/managedDevices/{device}/resetPasscode", |tenant, call| {
        act(tenant, call, "resetPasscode")
    }),
    route("POST", "/deviceManagement/managedDevices/{device}/locateDevice", |tenant, call| {
        act(tenant, call, "locateDevice")
    }),
    route("POST", "/deviceManagement/managedDevices/{device}/retire", |tenant, call| act(tenant, call, "retire")),
    route("POST", "/deviceManagement/managedDevices/{device}/wipe", wipe),
    route("POST", "/deviceManagement/managedDevices/{device}/windowsDefenderScan", scan),
    route("POST", "/deviceManagement/managedDevices/{device}/windowsDefenderUpdateSignatures", |tenant, call| {
        act(tenant, call, "windowsDefenderUpdateSignatures")
    }),
];

const TYPE: &str = "managedDevice";
const CONTEXT: &str = "deviceManagement/managedDevices";
const PAGING: Paging = Paging { page: 1000, max: 1000, natural: None };
/// What can be changed; Intune learns the rest from the device.
const OPEN: [&str; 3] = ["managedDeviceName", "managedDeviceOwnerType", "notes"];
/// What is told of one device only, and when it is selected.
const RESERVED: [&str; 6] =
    ["activationLockBypassCode", "ethernetMacAddress", "iccid", "notes", "physicalMemoryInBytes", "udid"];

/// Prints devices; `whole` if one was asked for with `$select`.
struct Devices {
    whole: bool,
}

impl Source for Devices {
    fn id<'e>(&self, entity: &'e Entity) -> Cow<'e, str> {
        entity.text("id").into()
    }

    fn derived(&self, _: &Entity, name: &str) -> Option<Value> {
        let hidden = !self.whole && RESERVED.contains(&name);
        hidden.then(|| if name == "physicalMemoryInBytes" { 0.into() } else { Value::Null })
    }

    fn derived_names(&self) -> &'static [&'static str] {
        &RESERVED
    }
}

fn missing() -> Fault {
    Fault::new(404, "ResourceNotFound", "The requested managed device does not exist.")
}

fn key(tenant: &Tenant, call: &Call<'_>) -> Result<u64, Fault> {
    let id = call.param("device");
    let known = tenant.records.get(TYPE).into_iter().flat_map(Set::iter);
    known
        .filter(|device| device.text("id").eq_ignore_ascii_case(id))
        .map(|device| device.key)
        .next()
        .ok_or_else(missing)
}

fn many(tenant: &Tenant, call: &Call<'_>, wanted: impl Fn(&Entity) -> bool) -> Outcome {
    let ty = types::get(TYPE);
    let options = call.options(ty)?;
    let view = View::new(ty, &Devices { whole: false }, Service::Intune, &options);
    let items = tenant.records.get(TYPE).into_iter().flat_map(Set::iter).filter(|device| wanted(device));
    list(call, &view, &PAGING, &options, CONTEXT, items, None)
}

fn one(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let key = key(tenant, call)?;
    let ty = types::get(TYPE);
    let options = call.options(ty)?;
    let device = tenant.records.get(TYPE).and_then(|set| set.get(key)).ok_or_else(missing)?;
    View::new(ty, &Devices { whole: options.select.is_some() }, Service::Intune, &options)
        .reply(call, 200, CONTEXT, device)
}

fn change(tenant: &mut Tenant, key: u64, change: impl FnOnce(&mut Map<String, Value>)) {
    tenant.records.entry(TYPE).or_default().update(key, change);
}

fn update(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let given = call.entity(TYPE)?;
    let key = key(tenant, call)?;
    if let Some(name) = given.keys().find(|name| !name.contains('@') && !OPEN.contains(&name.as_str())) {
        return Err(Fault::bad(format!("The property '{name}' of a managed device cannot be changed.")));
    }
    change(tenant, key, |device| merge(device, given));
    one(tenant, call)
}

fn delete(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let key = key(tenant, call)?;
    tenant.records.entry(TYPE).or_default().remove(key, false);
    Ok(Reply::empty(204))
}

/// Whether a device can do it, by its system and by whose it is.
fn can(device: &Entity, action: &str) -> bool {
    let system = device.text("operatingSystem");
    match action {
        "rebootNow" => system == "Windows" || system == "macOS" || device.flag("isSupervised"),
        "shutDown" => system == "macOS" || device.flag("isSupervised"),
        "remoteLock" => system != "Windows",
        "resetPasscode" => system == "iOS" || system == "Android",
        "locateDevice" => device.text("managedDeviceOwnerType") == "company" && system != "macOS",
        "windowsDefenderScan" | "windowsDefenderUpdateSignatures" => system == "Windows",
        _ => true,
    }
}

fn act(tenant: &mut Tenant, call: &Call<'_>, action: &'static str) -> Outcome {
    let key = key(tenant, call)?;
    let device = tenant.records.get(TYPE).and_then(|set| set.get(key)).ok_or_else(missing)?;
    if !can(device, action) {
        return Err(Fault::bad(format!("The action '{action}' is not supported on this device.")));
    }
    let now = Value::from(tenant.stamp());
    let state = if matches!(action, "syncDevice" | "locateDevice") { "done" } else { "pending" };
    let mut result =
        json!({ "actionName": action, "actionState": state, "startDateTime": now, "lastUpdatedDateTime": now });
    if action == "locateDevice" {
        result["@odata.type"] = "#microsoft.graph.locateDeviceActionResult".into();
        result["deviceLocation"] = json!({
            "lastCollectedDateTime": now, "longitude": -122.13, "latitude": 47.64, "altitude": 40.0, "horizontalAccuracy": 25.0,
            "verticalAccuracy": 10.0, "heading": 0.0, "speed": 0.0,
        });
    }
    change(tenant, key, |device| {
        let results = device.entry("deviceActionResults").or_insert_with(|| json!([]));
        if let Value::Array(results) = results {
            // The latest of each kind is kept.
            results.retain(|known| known["actionName"] != action);
            results.push(result);
        }
        match action {
            "syncDevice" => _ = device.insert("lastSyncDateTime".into(), now),
            "retire" => _ = device.insert("managementState".into(), "retirePending".into()),
            "wipe" => _ = device.insert("managementState".into(), "wipePending".into()),
            _ => {}
        }
    });
    Ok(Reply::empty(204))
}

fn wipe(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let given = if call.body.is_empty() { Map::new() } else { call.object()? };
    for (name, value) in &given {
        let good = match name.as_str() {
            "keepEnrollmentData" | "keepUserData" | "persistEsimDataPlan" => value.is_boolean(),
            "useProtectedWipe" => value.is_boolean() && call.version().eq_ignore_ascii_case("beta"),
            "macOsUnlockCode" => value.is_string(),
            _ => false,
        };
        if !good {
            return Err(Fault::bad(format!(
                "The parameter '{name}' of the action 'wipe' is not known, or its value is not of its type."
            )));
        }
    }
    act(tenant, call, "wipe")
}

fn scan(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    if !call.object()?.get("quickScan").is_some_and(Value::is_boolean) {
        return Err(Fault::bad("The parameter 'quickScan' of the action 'windowsDefenderScan' is required."));
    }
    act(tenant, call, "windowsDefenderScan")
}
