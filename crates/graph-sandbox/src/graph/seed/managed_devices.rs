//! Devices of several systems that Intune manages.

use serde_json::{Value, json};

use super::people::key_of;
use crate::graph::json::object;
use crate::graph::store::guid;
use crate::graph::tenant::Tenant;
use crate::graph::time::seconds_later;
use crate::graph::time::stamp;

/// Name, system, version, manufacturer, model, whose it is, its user, whether it keeps to the policies.
type Device = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    Option<&'static str>,
    &'static str,
);

const DEVICES: [Device; 5] = [
    ("LAPTOP-ADELE", "Windows", "10.0.26100.4061", "Contoso", "Book 14", "company", Some("AdeleV"), "compliant"),
    ("PHONE-LEE", "iOS", "18.5", "Apple", "iPhone 15", "company", Some("LeeG"), "compliant"),
    ("MACBOOK-ALEX", "macOS", "15.5", "Apple", "MacBook Air", "company", Some("AlexW"), "inGracePeriod"),
    ("PIXEL-MEGAN", "Android", "15", "Google", "Pixel 8", "personal", Some("MeganB"), "compliant"),
    ("KIOSK-REDMOND", "Windows", "10.0.22631.5335", "Contoso", "Kiosk 22", "company", None, "noncompliant"),
];

pub(super) fn devices(tenant: &mut Tenant) {
    tenant.count_from(980_000);
    for (i, (name, system, version, manufacturer, model, owner, user, compliance)) in (0_i64..).zip(DEVICES) {
        let before = |days: i64| stamp(seconds_later(tenant.now(), -86_400 * days - 3_600 * i));
        let user = user.and_then(|alias| tenant.directory.users.get(key_of(tenant, alias)));
        let of_user = |property: &str| user.map_or("", |user| user.text(property)).to_owned();
        let (is_windows, is_supervised) = (system == "Windows", name == "PHONE-LEE");
        let enrolled = match (is_windows, user) {
            (true, None) => "windowsBulkUserless",
            (true, Some(_)) => "windowsAzureADJoin",
            (false, _) if is_supervised => "appleBulkWithUser",
            (false, _) => "userEnrollment",
        };
        let device = json!({
            "id": guid(&format!("managed device {name}")), "userId": of_user("id"), "deviceName": name, "managedDeviceOwnerType": owner,
            "enrolledDateTime": before(200 - 30 * i), "lastSyncDateTime": before(i + 1), "operatingSystem": system, "complianceState": compliance,
            "jailBroken": if is_windows { "Unknown" } else { "False" }, "managementAgent": if system == "Android" { "googleCloudDevicePolicyController" } else { "mdm" },
            "osVersion": version, "easActivated": false, "easDeviceId": null, "azureADRegistered": true, "deviceEnrollmentType": enrolled,
            "emailAddress": of_user("mail"), "azureADDeviceId": guid(&format!("device id {name}")), "deviceRegistrationState": "registered",
            "deviceCategoryDisplayName": "Unknown", "isSupervised": is_supervised, "exchangeAccessState": "none", "exchangeAccessStateReason": "none",
        });
        let more = json!({
            "isEncrypted": compliance == "compliant", "userPrincipalName": of_user("userPrincipalName"), "model": model, "manufacturer": manufacturer,
            "imei": if name == "PHONE-LEE" { "353918052107063".into() } else { Value::Null }, "complianceGracePeriodExpirationDateTime": before(-7),
            "serialNumber": format!("C0NT0S0{i}"), "phoneNumber": "", "androidSecurityPatchLevel": if system == "Android" { "2025-05-01" } else { "" },
            "userDisplayName": of_user("displayName"), "wiFiMacAddress": format!("02005E10000{i}"), "subscriberCarrier": "", "meid": null,
            "totalStorageSpaceInBytes": 256_060_514_304_i64, "freeStorageSpaceInBytes": 101_123_604_480_i64 - 7_000_000_000 * i,
            "managedDeviceName": format!("{}_{system}_{}", user.map_or("kiosk", |user| user.text("mailNickname")), stamp(tenant.now())),
            "partnerReportedThreatState": "unknown", "managementCertificateExpirationDate": before(-165), "managementState": "managed",
            "deviceActionResults": [], "notes": if user.is_none() { "At the entrance of building 18.".into() } else { Value::Null },
            "physicalMemoryInBytes": 17_179_869_184_i64, "ethernetMacAddress": null, "udid": null, "iccid": null, "activationLockBypassCode": null,
        });
        let mut device = object(device);
        device.extend(object(more));
        tenant.add_record("managedDevice", 0, device.into());
    }
}
