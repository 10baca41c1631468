//! Applications, service principals, roles, administrative units and devices.

use serde_json::{Map, Value, json};

use super::members::{conflict, object_key, reference};
use super::{changes, deleted, objects};
use crate::graph::call::Call;
use crate::graph::fault::Fault;
use crate::graph::json::object;
use crate::graph::reply::{Outcome, Reply};
use crate::graph::router::{Route, route};
use crate::graph::store::guid;
use crate::graph::tenant::{ObjectKind, Tenant};

use ObjectKind::{Application, Device, DirectoryRole, RoleTemplate, ServicePrincipal, Unit};

pub(crate) static ROUTES: &[Route] = &[
    route("GET", "/applications", |tenant, call| list(tenant, call, Application)),
    route("POST", "/applications", create_application),
    route("PATCH", "/applications", upsert_application),
    route("GET", "/applications/delta", |tenant, call| changes::directory(tenant, call, Application)),
    route("GET", "/applications/{object}", |tenant, call| get(tenant, call, Application)),
    route("PATCH", "/applications/{object}", |tenant, call| update(tenant, call, Application)),
    route("DELETE", "/applications/{object}", |tenant, call| delete(tenant, call, Application)),
    route("POST", "/applications/{object}/addPassword", add_password),
    route("POST", "/applications/{object}/removePassword", remove_password),
    route("GET", "/servicePrincipals", |tenant, call| list(tenant, call, ServicePrincipal)),
    route("POST", "/servicePrincipals", create_service_principal),
    route("GET", "/servicePrincipals/delta", |tenant, call| changes::directory(tenant, call, ServicePrincipal)),
    route("GET", "/servicePrincipals/{object}", |tenant, call| get(tenant, call, ServicePrincipal)),
    route("PATCH", "/servicePrincipals/{object}", |tenant, call| update(tenant, call, ServicePrincipal)),
    route("DELETE", "/servicePrincipals/{object}", |tenant, call| delete(tenant, call, ServicePrincipal)),
    route("GET", "/devices", |tenant, call| list(tenant, call, Device)),
    route("GET", "/devices/delta", |tenant, call| changes::directory(tenant, call, Device)),
    route("GET", "/devices/{object}", |tenant, call| get(tenant, call, Device)),
    route("PATCH", "/devices/{object}", |tenant, call| update(tenant, call, Device)),
    route("DELETE", "/devices/{object}", |tenant, call| delete(tenant, call, Device)),
    route("GET", "/directoryRoleTemplates", |tenant, call| list(tenant, call, RoleTemplate)),
    route("GET", "/directoryRoles", |tenant, call| list(tenant, call, DirectoryRole)),
    route("POST", "/directoryRoles", activate_role),
    route("GET", "/directoryRoles/delta", |tenant, call| changes::directory(tenant, call, DirectoryRole)),
    route("GET", "/directoryRoles/{object}", |tenant, call| get(tenant, call, DirectoryRole)),
    route("GET", "/directoryRoles/{object}/members", |tenant, call| members(tenant, call, DirectoryRole)),
    route("POST", "/directoryRoles/{object}/members/$ref", |tenant, call| add_member(tenant, call, DirectoryRole)),
    route("DELETE", "/directoryRoles/{object}/members/{other}/$ref", |tenant, call| {
        remove_member(tenant, call, DirectoryRole)
    }),
    route("GET", "/directory/administrativeUnits", |tenant, call| list(tenant, call, Unit)),
    route("POST", "/directory/administrativeUnits", create_unit),
    route("GET", "/directory/administrativeUnits/delta", |tenant, call| changes::directory(tenant, call, Unit)),
    route("GET", "/directory/administrativeUnits/{object}", |tenant, call| get(tenant, call, Unit)),
    route("PATCH", "/directory/administrativeUnits/{object}", |tenant, call| update(tenant, call, Unit)),
    route("DELETE", "/directory/administrativeUnits/{object}", |tenant, call| delete(tenant, call, Unit)),
    route("GET", "/directory/administrativeUnits/{object}/members", |tenant, call| members(tenant, call, Unit)),
    route("POST", "/directory/administrativeUnits/{object}/members/$ref", |tenant, call| {
        add_member(tenant, call, Unit)
    }),
    route("DELETE", "/directory/administrativeUnits/{object}/members/{other}/$ref", |tenant, call| {
        remove_member(tenant, call, Unit)
    }),
];

/// What a request body may not set.
const READ_ONLY: [&str; 6] = ["id", "appId", "createdDateTime", "deletedDateTime", "publisherDomain", "deviceId"];

/// The object that the path names, by its id or by an alternate key.
pub(super) fn key(tenant: &Tenant, call: &Call<'_>, kind: ObjectKind) -> Result<u64, Fault> {
    let id = call.param("object");
    match tenant.directory.find(id) {
        Some((found, key)) if found == kind => Ok(key),
        _ => Err(Fault::resource(id)),
    }
}

/// The object of an alternate key, such as `applications(appId='…')`.
fn alternate(tenant: &Tenant, call: &Call<'_>, kind: ObjectKind) -> Option<(&'static str, Option<u64>)> {
    let (name, value) = ["appId", "uniqueName", "deviceId"]
        .into_iter()
        .find_map(|name| call.query.get(name).map(|value| (name, value)))?;
    Some((
        name,
        tenant
            .directory
            .set(kind)
            .iter()
            .find(|entity| entity.text(name).eq_ignore_ascii_case(value))
            .map(|entity| entity.key),
    ))
}

fn list(tenant: &mut Tenant, call: &Call<'_>, kind: ObjectKind) -> Outcome {
    match alternate(tenant, call, kind) {
        None => objects::many(tenant, call, Some(kind), kind.collection(), tenant.directory.set(kind).iter()),
        Some((_, Some(key))) => objects::one(tenant, call, kind, key, 200),
        Some((name, None)) => Err(Fault::resource(call.query.get(name).unwrap_or_default())),
    }
}

fn get(tenant: &mut Tenant, call: &Call<'_>, kind: ObjectKind) -> Outcome {
    let key = key(tenant, call, kind)?;
    objects::one(tenant, call, kind, key, 200)
}

fn read_only(given: &Map<String, Value>) -> Result<(), Fault> {
    match READ_ONLY.iter().find(|name| given.contains_key(**name)) {
        Some(name) => Err(Fault::directory(format!("Property '{name}' is read-only and cannot be set."))),
        None => Ok(()),
    }
}

/// Sets properties; those of a complex property are set one by one, as Graph does.
pub(super) fn merge(fields: &mut Map<String, Value>, given: Map<String, Value>) {
    for (name, value) in given.into_iter().filter(|(name, _)| !name.contains('@')) {
        match (fields.get_mut(&name), value) {
            (Some(Value::Object(known)), Value::Object(more)) => known.extend(more),
            (_, value) => _ = fields.insert(name, value),
        }
    }
}

fn update(tenant: &mut Tenant, call: &Call<'_>, kind: ObjectKind) -> Outcome {
    let given = call.entity(kind.type_name())?;
    read_only(&given)?;
    let key = key(tenant, call, kind)?;
    check_name(&given)?;
    tenant.directory.set_mut(kind).update(key, |fields| merge(fields, given));
    Ok(Reply::empty(204))
}

fn check_name(given: &Map<String, Value>) -> Result<(), Fault> {
    match given.get("displayName") {
        Some(name) if name.as_str().is_none_or(|name| name.is_empty() || name.chars().count() > 256) => {
            Err(Fault::directory("Invalid value specified for property 'displayName' of resource."))
        }
        _ => Ok(()),
    }
}

fn required(given: &Map<String, Value>, name: &str, resource: &str) -> Result<(), Fault> {
    match given.get(name).and_then(Value::as_str).filter(|value| !value.is_empty()) {
        Some(_) => Ok(()),
        None => Err(Fault::directory(format!("A value is required for property '{name}' of resource '{resource}'."))),
    }
}

fn delete(tenant: &mut Tenant, call: &Call<'_>, kind: ObjectKind) -> Outcome {
    let key = key(tenant, call, kind)?;
    deleted::soft_delete(tenant, kind, key);
    if matches!(kind, Device | Unit) {
        // These are gone for good.
        tenant.directory.deleted.remove(key, false);
    }
    Ok(Reply::empty(204))
}

fn add(tenant: &mut Tenant, kind: ObjectKind, basis: Value, given: Map<String, Value>) -> u64 {
    let key = tenant.key();
    let mut fields = object(json!({ "id": guid(&format!("{} {key}", kind.type_name())), "deletedDateTime": null }));
    fields.extend(object(basis));
    fields.extend(given.into_iter().filter(|(name, _)| !name.contains('@')));
    tenant.directory.add(kind, key, fields);
    key
}

fn new_application(tenant: &mut Tenant, given: Map<String, Value>) -> Result<u64, Fault> {
    read_only(&given)?;
    required(&given, "displayName", "Application")?;
    if let Some(name) = given.get("uniqueName").and_then(Value::as_str)
        && tenant.directory.set(Application).iter().any(|known| known.text("uniqueName") == name)
    {
        return Err(Fault::directory("Another object with the same value for property uniqueName already exists."));
    }
    let next = tenant.key();
    let basis = json!({
        "appId": guid(&format!("app {next}")), "createdDateTime": tenant.stamp(), "publisherDomain": tenant.domain, "identifierUris": [],
        "signInAudience": "AzureADMyOrg", "passwordCredentials": [], "keyCredentials": [], "requiredResourceAccess": [], "tags": [], "appRoles": [],
        "web": { "redirectUris": [], "implicitGrantSettings": { "enableAccessTokenIssuance": false, "enableIdTokenIssuance": false } },
        "spa": { "redirectUris": [] }, "publicClient": { "redirectUris": [] }, "uniqueName": null,
    });
    Ok(add(tenant, Application, basis, given))
}

fn create_application(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let given = call.entity("application")?;
    let key = new_application(tenant, given)?;
    objects::one(tenant, call, Application, key, 201)
}

/// `PATCH /applications(uniqueName='…')`.
fn upsert_application(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let mut given = call.entity("application")?;
    let name = call.query.get("uniqueName").ok_or_else(Fault::method)?.to_owned();
    match alternate(tenant, call, Application) {
        Some((_, Some(key))) => {
            read_only(&given)?;
            tenant.directory.set_mut(Application).update(key, |fields| merge(fields, given));
            Ok(Reply::empty(204))
        }
        _ if call.preference("create-if-missing").is_some() => {
            given.insert("uniqueName".into(), name.into());
            let key = new_application(tenant, given)?;
            objects::one(tenant, call, Application, key, 201)
        }
        _ => Err(Fault::resource(&name)),
    }
}

fn add_password(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let given = call.object()?;
    let key = key(tenant, call, Application)?;
    let asked = given.get("passwordCredential").and_then(Value::as_object).cloned().unwrap_or_default();
    call.check("passwordCredential", &asked)?;
    let now = tenant.now();
    let number = tenant.key();
    let mut secret = object(json!({
        "customKeyIdentifier": null, "keyId": guid(&format!("password {number}")), "displayName": null, "hint": "abc",
        "startDateTime": crate::graph::time::stamp(now), "endDateTime": crate::graph::time::stamp(crate::graph::time::seconds_later(now, 730 * 86_400)),
    }));
    secret.extend(asked);
    tenant.directory.set_mut(Application).update(key, |fields| {
        if let Some(Value::Array(known)) = fields.get_mut("passwordCredentials") {
            known.push(Value::Object(secret.clone()));
        }
    });
    secret.insert("secretText".into(), format!("abc~{}", guid(&format!("secret {number}"))).into());
    secret.insert("@odata.context".into(), call.context("microsoft.graph.passwordCredential").into());
    Ok(Reply::value(200, &Value::Object(secret)))
}

fn remove_password(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let given = call.object()?;
    let key = key(tenant, call, Application)?;
    let mut found = false;
    tenant.directory.set_mut(Application).update(key, |fields| {
        if let Some(Value::Array(known)) = fields.get_mut("passwordCredentials") {
            let before = known.len();
            known.retain(|secret| Some(&secret["keyId"]) != given.get("keyId"));
            found = known.len() < before;
        }
    });
    if found { Ok(Reply::empty(204)) } else { Err(Fault::directory("No password credential found with keyId.")) }
}

fn create_service_principal(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let mut given = call.entity("servicePrincipal")?;
    required(&given, "appId", "ServicePrincipal")?;
    let app = given.remove("appId").and_then(|id| id.as_str().map(str::to_owned)).unwrap_or_default();
    read_only(&given)?;
    if tenant.directory.set(ServicePrincipal).iter().any(|known| known.text("appId").eq_ignore_ascii_case(&app)) {
        return Err(Fault::new(
            409,
            "Request_MultipleObjectsWithSameKeyValue",
            format!(
                "The service principal cannot be created, updated, or restored because the service principal name {app} is already in use."
            ),
        ));
    }
    let Some(of) =
        tenant.directory.set(Application).iter().find(|known| known.text("appId").eq_ignore_ascii_case(&app))
    else {
        return Err(Fault::directory(format!(
            "The appId '{app}' of the service principal does not reference a valid application object."
        )));
    };
    let basis = json!({
        "accountEnabled": true, "appId": app, "appDisplayName": of.text("displayName"), "displayName": of.text("displayName"),
        "appOwnerOrganizationId": tenant.id, "appRoleAssignmentRequired": false, "servicePrincipalNames": [app], "servicePrincipalType": "Application",
        "signInAudience": of.text("signInAudience"), "tags": [], "appRoles": [], "passwordCredentials": [], "keyCredentials": [],
    });
    let key = add(tenant, ServicePrincipal, basis, given);
    objects::one(tenant, call, ServicePrincipal, key, 201)
}

fn activate_role(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let given = call.entity("directoryRole")?;
    required(&given, "roleTemplateId", "DirectoryRole")?;
    let id = given["roleTemplateId"].as_str().unwrap_or_default();
    let Some((RoleTemplate, template)) = tenant.directory.find(id) else {
        return Err(Fault::resource(id));
    };
    if tenant.directory.set(DirectoryRole).iter().any(|role| role.text("roleTemplateId").eq_ignore_ascii_case(id)) {
        return Err(Fault::directory(
            "A conflicting object with one or more of the specified property values is present in the directory.",
        ));
    }
    let template =
        tenant.directory.object(RoleTemplate, template).map(|template| template.fields.clone()).unwrap_or_default();
    let basis = json!({ "displayName": template.get("displayName"), "description": template.get("description"), "roleTemplateId": id });
    let key = add(tenant, DirectoryRole, basis, Map::new());
    objects::one(tenant, call, DirectoryRole, key, 201)
}

fn create_unit(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let given = call.entity("administrativeUnit")?;
    required(&given, "displayName", "AdministrativeUnit")?;
    let basis = json!({ "description": null, "visibility": null, "membershipType": null, "membershipRule": null, "membershipRuleProcessingState": null });
    let key = add(tenant, Unit, basis, given);
    objects::one(tenant, call, Unit, key, 201)
}

fn members(tenant: &mut Tenant, call: &Call<'_>, kind: ObjectKind) -> Outcome {
    let key = key(tenant, call, kind)?;
    let members = tenant.directory.members.get(&key).into_iter().flatten();
    let members = members.filter_map(|key| tenant.directory.any(*key)).map(|(_, entity)| entity);
    objects::many(tenant, call, None, "directoryObjects", members)
}

fn add_member(tenant: &mut Tenant, call: &Call<'_>, kind: ObjectKind) -> Outcome {
    let body = call.object()?;
    let key = key(tenant, call, kind)?;
    refuse_dynamic(tenant, kind, key)?;
    let member = object_key(tenant, reference(&body)?)?;
    if !tenant.directory.members.entry(key).or_default().insert(member) {
        return Err(conflict("members"));
    }
    Ok(Reply::empty(204))
}

fn refuse_dynamic(tenant: &Tenant, kind: ObjectKind, key: u64) -> Result<(), Fault> {
    let is_dynamic =
        tenant.directory.object(kind, key).is_some_and(|it| it.text("membershipType").eq_ignore_ascii_case("dynamic"));
    if is_dynamic {
        Err(Fault::directory("Cannot add or remove members of an administrative unit with dynamic membership."))
    } else {
        Ok(())
    }
}

fn remove_member(tenant: &mut Tenant, call: &Call<'_>, kind: ObjectKind) -> Outcome {
    let key = key(tenant, call, kind)?;
    refuse_dynamic(tenant, kind, key)?;
    let other = call.param("other");
    let member = tenant.directory.find(other).map(|(_, key)| key).ok_or_else(|| Fault::resource(other))?;
    if !tenant.directory.members.entry(key).or_default().remove(&member) {
        return Err(Fault::resource(other));
    }
    Ok(Reply::empty(204))
}
