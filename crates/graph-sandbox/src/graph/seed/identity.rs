//! Applications, roles, administrative units, devices, and what is logged.

use serde_json::{Value, json};

use super::DOMAIN;
use super::people::key_of;
use crate::graph::json::object;
use crate::graph::store::guid;
use crate::graph::tenant::{ObjectKind, Tenant};
use crate::graph::time::seconds_later;
use crate::graph::time::stamp;

/// Microsoft's own ids of these roles.
const ROLES: [(&str, &str, &str); 4] = [
    ("62e90394-69f5-4237-9190-012177145e10", "Global Administrator", "Can manage all aspects of Microsoft Entra ID."),
    ("88d8e3e3-8f55-4a1e-953a-9b9898b8876b", "Directory Readers", "Can read basic directory information."),
    ("fe930be7-5e62-47db-91af-98c3a49a38b1", "User Administrator", "Can manage all aspects of users and groups."),
    ("729827e3-9c14-49f7-bb1b-9608f156bbb8", "Helpdesk Administrator", "Can reset passwords for non-administrators."),
];

/// The app that all tenants know.
const GRAPH_APP: &str = "00000003-0000-0000-c000-000000000000";

/// A JPEG that is its header and nothing else.
const PHOTO: &[u8] =
    &[0xff, 0xd8, 0xff, 0xe0, 0, 16, b'J', b'F', b'I', b'F', 0, 1, 1, 1, 0, 72, 0, 72, 0, 0, 0xff, 0xd9];

fn put(tenant: &mut Tenant, kind: ObjectKind, name: &str, fields: Value) -> u64 {
    let key = tenant.key();
    let mut all = object(json!({ "id": guid(&format!("{} {name}", kind.type_name())), "deletedDateTime": null }));
    all.extend(object(fields));
    tenant.directory.add(kind, key, all);
    key
}

fn id_of(tenant: &Tenant, kind: ObjectKind, key: u64) -> String {
    tenant.directory.object(kind, key).map(|entity| entity.text("id").to_owned()).unwrap_or_default()
}

pub(super) fn identity(tenant: &mut Tenant) {
    tenant.count_from(900_000);
    let past = |tenant: &Tenant, days: i64| stamp(seconds_later(tenant.now(), -days * 86_400));
    roles(tenant);
    applications(tenant, &past(tenant, 500));
    unit_and_devices(tenant, &past(tenant, 300));
    people(tenant, &past(tenant, 5));
    logs(tenant);
}

fn roles(tenant: &mut Tenant) {
    for (id, name, description) in ROLES {
        put(
            tenant,
            ObjectKind::RoleTemplate,
            name,
            json!({ "id": id, "displayName": name, "description": description }),
        );
        let definition = json!({
            "id": id, "displayName": name, "description": description, "isBuiltIn": true, "isEnabled": true, "resourceScopes": ["/"], "templateId": id,
            "version": "1", "rolePermissions": [{ "allowedResourceActions": ["microsoft.directory/users/standard/read"], "condition": null }],
        });
        tenant.add_record("unifiedRoleDefinition", 0, definition);
    }
    let patti = key_of(tenant, "PattiF");
    for (id, name, description) in &ROLES[..2] {
        let role = json!({ "displayName": name, "description": description, "roleTemplateId": id });
        let key = put(tenant, ObjectKind::DirectoryRole, name, role);
        tenant.directory.members.entry(key).or_default().insert(patti);
    }
    let principal = id_of(tenant, ObjectKind::User, patti);
    let assignment = json!({
        "id": guid("role assignment PattiF"), "principalId": principal, "roleDefinitionId": ROLES[0].0, "directoryScopeId": "/",
    });
    tenant.add_record("unifiedRoleAssignment", 0, assignment);
}

fn applications(tenant: &mut Tenant, created: &str) {
    let app_id = guid("app portal");
    let role = guid("app role Reader");
    let roles = json!([{ "allowedMemberTypes": ["User"], "description": "Readers", "displayName": "Reader", "id": role, "isEnabled": true, "value": "Reader" }]);
    let portal = json!({
        "appId": app_id, "displayName": "Contoso Portal", "createdDateTime": created, "publisherDomain": DOMAIN, "signInAudience": "AzureADMyOrg",
        "identifierUris": [], "uniqueName": "contoso-portal", "tags": [], "requiredResourceAccess": [], "keyCredentials": [], "appRoles": roles,
        "passwordCredentials": [{ "customKeyIdentifier": null, "displayName": "First", "endDateTime": null, "hint": "a1b", "keyId": guid("password portal"),
            "secretText": null, "startDateTime": created }],
        "web": { "redirectUris": ["https://portal.contoso.example/auth"] }, "spa": { "redirectUris": [] }, "publicClient": { "redirectUris": [] },
    });
    let app = put(tenant, ObjectKind::Application, "portal", portal);
    let name = format!("extension_{}_costCenter", app_id.replace('-', ""));
    let extension = json!({
        "id": guid("extension costCenter"), "deletedDateTime": null, "appDisplayName": "Contoso Portal", "dataType": "String", "isMultiValued": false,
        "isSyncedFromOnPremises": false, "name": name, "targetObjects": ["User", "Group"],
    });
    tenant.add_record("extensionProperty", app, extension);
    let kiosk = json!({
        "appId": guid("app kiosk"), "displayName": "Kiosk", "createdDateTime": created, "publisherDomain": DOMAIN, "signInAudience": "AzureADMyOrg",
        "identifierUris": [], "uniqueName": null, "tags": [], "requiredResourceAccess": [], "keyCredentials": [], "appRoles": [],
        "passwordCredentials": [], "web": { "redirectUris": [] }, "spa": { "redirectUris": [] }, "publicClient": { "redirectUris": [] },
    });
    put(tenant, ObjectKind::Application, "kiosk", kiosk);
    let mut services = Vec::new();
    for (name, app, roles) in [("Contoso Portal", app_id.as_str(), roles), ("Microsoft Graph", GRAPH_APP, json!([]))] {
        let service = json!({
            "accountEnabled": true, "appDisplayName": name, "appId": app, "appOwnerOrganizationId": tenant.id, "appRoleAssignmentRequired": false,
            "displayName": name, "servicePrincipalNames": [app], "servicePrincipalType": "Application", "signInAudience": "AzureADMyOrg", "tags": [],
            "appRoles": roles, "passwordCredentials": [], "keyCredentials": [],
        });
        let key = put(tenant, ObjectKind::ServicePrincipal, name, service);
        services.push(id_of(tenant, ObjectKind::ServicePrincipal, key));
    }
    let adele = key_of(tenant, "AdeleV");
    let assignment = json!({
        "id": guid("assignment AdeleV"), "deletedDateTime": null, "appRoleId": role, "createdDateTime": created, "principalDisplayName": "Adele Vance",
        "principalId": id_of(tenant, ObjectKind::User, adele), "principalType": "User", "resourceDisplayName": "Contoso Portal", "resourceId": services[0],
    });
    tenant.add_record("appRoleAssignment", adele, assignment);
    let grant = json!({
        "id": guid("grant portal"), "clientId": services[0], "consentType": "AllPrincipals", "principalId": null, "resourceId": services[1], "scope": "User.Read",
    });
    tenant.add_record("oAuth2PermissionGrant", 0, grant);
    tenant.directory.users.amend(adele, |user| {
        user.insert(name, "CC-42".into());
        user.insert("onPremisesExtensionAttributes".into(), json!({ "extensionAttribute1": "north" }));
    });
    let retail = tenant
        .directory
        .groups
        .iter()
        .find(|group| group.text("mailNickname") == "Retail")
        .map(|group| group.key)
        .unwrap_or_default();
    tenant.directory.groups.amend(retail, |group| _ = group.insert("uniqueName".into(), "retail".into()));
}

fn unit_and_devices(tenant: &mut Tenant, created: &str) {
    let unit = json!({
        "displayName": "Seattle", "description": "Everybody in Seattle", "visibility": null, "membershipType": null, "membershipRule": null,
        "membershipRuleProcessingState": null,
    });
    let unit = put(tenant, ObjectKind::Unit, "Seattle", unit);
    let isaiah = key_of(tenant, "IsaiahL");
    tenant.directory.members.entry(unit).or_default().insert(isaiah);
    for (name, system) in [("LAPTOP-ADELE", "Windows"), ("PHONE-LEE", "iOS")] {
        let device = json!({
            "accountEnabled": true, "approximateLastSignInDateTime": created, "deviceId": guid(&format!("device id {name}")), "displayName": name,
            "isCompliant": true, "isManaged": true, "operatingSystem": system, "operatingSystemVersion": "11", "trustType": "AzureAd",
            "registrationDateTime": created, "physicalIds": [], "systemLabels": [],
        });
        put(tenant, ObjectKind::Device, name, device);
    }
}

/// Somebody and a group that were deleted, and how Adele signs in.
fn people(tenant: &mut Tenant, deleted: &str) {
    let user = json!({
        "displayName": "Lidia Holloway", "givenName": "Lidia", "surname": "Holloway", "userPrincipalName": format!("LidiaH@{DOMAIN}"), "mail": null,
        "businessPhones": [], "userType": "Member", "accountEnabled": true, "assignedLicenses": [], "mailNickname": "LidiaH",
    });
    let group = json!({
        "displayName": "Old Campaign", "mailNickname": "OldCampaign", "groupTypes": ["Unified"], "mailEnabled": true, "securityEnabled": false,
        "mail": format!("OldCampaign@{DOMAIN}"), "description": null, "visibility": "Private",
    });
    for (kind, name, fields) in [(ObjectKind::User, "LidiaH", user), (ObjectKind::Group, "OldCampaign", group)] {
        let key = put(tenant, kind, name, fields);
        tenant.directory.forget_names(kind, key);
        if let Some(mut entity) = tenant.directory.set_mut(kind).remove(key, true) {
            entity.fields.insert("deletedDateTime".into(), deleted.into());
            tenant.directory.deleted.insert(entity);
        }
    }
    // One group has two owners, so that one of them can go.
    let leaders =
        tenant.directory.groups.iter().find(|group| group.text("mailNickname") == "Leadership").map(|group| group.key);
    let megan = key_of(tenant, "MeganB");
    tenant.directory.owners.entry(leaders.unwrap_or_default()).or_default().insert(megan);
    let adele = key_of(tenant, "AdeleV");
    tenant.photos.insert(adele, bytes::Bytes::from_static(PHOTO));
    // Microsoft's own ids of a password and of a mobile phone.
    let password = json!({
        "@odata.type": "#microsoft.graph.passwordAuthenticationMethod", "id": "28c10230-6103-485e-b985-444c60001490", "password": null, "createdDateTime": null,
    });
    let phone = json!({
        "@odata.type": "#microsoft.graph.phoneAuthenticationMethod", "id": "3179e48a-750b-4051-897c-87b9720928f7", "phoneNumber": "+1 4255550101",
        "phoneType": "mobile", "smsSignInState": "notConfigured",
    });
    tenant.add_record("authenticationMethod", adele, password);
    tenant.add_record("authenticationMethod", adele, phone);
}

fn logs(tenant: &mut Tenant) {
    for (alias, hours, error) in [("AdeleV", 30, 0), ("MeganB", 20, 50_126), ("AdeleV", 2, 0)] {
        let user = id_of(tenant, ObjectKind::User, key_of(tenant, alias));
        let reason = if error == 0 { Value::Null } else { "Invalid username or password.".into() };
        let entry = json!({
            "id": guid(&format!("sign-in {alias} {hours}")), "createdDateTime": stamp(seconds_later(tenant.now(), -hours * 3600)), "userId": user,
            "userDisplayName": alias, "userPrincipalName": format!("{}@{DOMAIN}", alias.to_lowercase()), "appId": guid("app portal"),
            "appDisplayName": "Contoso Portal", "ipAddress": "192.0.2.10", "clientAppUsed": "Browser", "isInteractive": true,
            "conditionalAccessStatus": "notApplied", "riskState": "none", "status": { "errorCode": error, "failureReason": reason, "additionalDetails": null },
        });
        tenant.add_record("signIn", 0, entry);
    }
    for (category, activity, hours) in
        [("UserManagement", "Add user", 40), ("GroupManagement", "Add member to group", 3)]
    {
        let megan = id_of(tenant, ObjectKind::User, key_of(tenant, "MeganB"));
        let entry = json!({
            "id": format!("Directory_{}", guid(activity)), "activityDateTime": stamp(seconds_later(tenant.now(), -hours * 3600)), "activityDisplayName": activity,
            "category": category, "correlationId": guid(&format!("correlation {activity}")), "loggedByService": "Core Directory", "operationType": "Add",
            "result": "success", "resultReason": "", "additionalDetails": [], "targetResources": [],
            "initiatedBy": { "app": null, "user": { "id": megan, "displayName": null, "userPrincipalName": format!("meganb@{DOMAIN}") } },
        });
        tenant.add_record("directoryAudit", 0, entry);
    }
}
