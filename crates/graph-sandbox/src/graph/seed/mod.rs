//! The seeded tenant.
//!
//! Names and ids are the same each time; dates count back from the clock's start.

mod calendars;
mod conversations;
mod correspondence;
mod files;
mod identity;
mod mail;
mod managed_devices;
mod meetings;
mod people;
mod sharing;
mod sites;
mod teams;
mod workbooks;

use serde_json::json;

use super::store::guid;
use super::tenant::Tenant;
use super::time::stamp;
use crate::clock::Clock;

/// A domain that nobody can own (RFC 2606).
const DOMAIN: &str = "contoso.example";

/// Contoso.
pub(crate) fn contoso(clock: Clock) -> Tenant {
    let mut tenant = Tenant::new(clock, DOMAIN);
    describe(&mut tenant);
    people::users(&mut tenant);
    people::groups(&mut tenant);
    mail::mailboxes(&mut tenant);
    calendars::calendars(&mut tenant);
    files::drives(&mut tenant);
    correspondence::correspondence(&mut tenant);
    meetings::meetings(&mut tenant);
    sharing::sharing(&mut tenant);
    conversations::conversations(&mut tenant);
    identity::identity(&mut tenant);
    sites::sites(&mut tenant);
    workbooks::workbooks(&mut tenant);
    teams::teams(&mut tenant);
    managed_devices::devices(&mut tenant);
    tenant.count_from(1_000_000);
    tenant
}

/// The licences: part number, how many there are, service plans.
const SKUS: [(&str, u32, &[&str]); 3] = [
    ("ENTERPRISEPREMIUM", 25, &["EXCHANGE_S_ENTERPRISE", "SHAREPOINTENTERPRISE", "TEAMS1", "MCOSTANDARD"]),
    ("FLOW_FREE", 10_000, &["FLOW_P2_VIRAL"]),
    ("POWER_BI_STANDARD", 100, &["BI_AZURE_P0"]),
];

/// The id of a licence.
fn sku_id(part: &str) -> String {
    match part {
        // Microsoft's own ids for these products.
        "ENTERPRISEPREMIUM" => "c7df2760-2c81-4ef7-b578-5b5392b571df".to_owned(),
        "FLOW_FREE" => "f30db892-07e9-47e9-837c-80727f46fd3d".to_owned(),
        other => guid(&format!("sku {other}")),
    }
}

fn describe(tenant: &mut Tenant) {
    let created = stamp(super::time::seconds_later(tenant.now(), -900 * 86_400));
    let organization = json!({
        "id": tenant.id, "deletedDateTime": null, "businessPhones": ["+1 425 555 0100"], "city": "Redmond", "country": null, "countryLetterCode": "US",
        "createdDateTime": created, "defaultUsageLocation": null, "displayName": "Contoso", "isMultipleDataLocationsForServicesEnabled": null,
        "marketingNotificationEmails": [], "onPremisesLastSyncDateTime": null, "onPremisesSyncEnabled": null, "postalCode": "98052",
        "preferredLanguage": "en", "privacyProfile": null, "securityComplianceNotificationMails": [], "securityComplianceNotificationPhones": [],
        "state": "WA", "street": "1 Example Way", "technicalNotificationMails": [format!("admin@{DOMAIN}")], "tenantType": "AAD",
        "assignedPlans": [], "provisionedPlans": [],
        "verifiedDomains": [{ "capabilities": "Email, OfficeCommunicationsOnline", "isDefault": true, "isInitial": true, "name": DOMAIN, "type": "Managed" }],
    });
    tenant.add_record("organization", 0, organization);
    let domain = json!({
        "authenticationType": "Managed", "availabilityStatus": null, "id": DOMAIN, "isAdminManaged": true, "isDefault": true, "isInitial": true,
        "isRoot": true, "isVerified": true, "passwordNotificationWindowInDays": 14, "passwordValidityPeriodInDays": 2_147_483_647,
        "supportedServices": ["Email", "OfficeCommunicationsOnline"], "state": null,
    });
    tenant.add_record("domain", 0, domain);
    for (part, enabled, plans) in SKUS {
        let plans: Vec<_> = plans
            .iter()
            .map(|plan| json!({ "servicePlanId": guid(&format!("plan {plan}")), "servicePlanName": plan, "provisioningStatus": "Success", "appliesTo": "User" }))
            .collect();
        let used = if part == "ENTERPRISEPREMIUM" { people::LICENSED } else { 2 };
        let sku = json!({
            "accountId": tenant.id, "accountName": "Contoso", "appliesTo": "User", "capabilityStatus": "Enabled", "consumedUnits": used,
            "id": format!("{}_{}", tenant.id, sku_id(part)), "skuId": sku_id(part), "skuPartNumber": part, "subscriptionIds": [guid(&format!("subscription {part}"))],
            "prepaidUnits": { "enabled": enabled, "suspended": 0, "warning": 0, "lockedOut": 0 }, "servicePlans": plans,
        });
        tenant.add_record("subscribedSku", 0, sku);
    }
}
