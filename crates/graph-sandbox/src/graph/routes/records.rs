//! What belongs to the directory and is no directory object: what there is to know of the tenant itself, roles and
//! their assignments, grants, extension properties, logs.

use serde_json::{Map, Value, json};

use super::identity;
use crate::graph::call::Call;
use crate::graph::collections::{Container, Resource, Verb};
use crate::graph::fault::{Fault, Service};
use crate::graph::json::object;
use crate::graph::reply::{Outcome, Reply};
use crate::graph::router::{Route, route};
use crate::graph::store::{Entity, guid};
use crate::graph::tenant::{ObjectKind, Tenant};
use crate::graph::types;
use crate::graph::view::{Stored, View};

pub(crate) static ROUTES: &[Route] = &[
    route("POST", "/roleManagement/directory/roleAssignments", assign_role),
    route("POST", "/applications/{object}/extensionProperties", add_extension),
    route("POST", "/directoryObjects/getAvailableExtensionProperties", available_extensions),
    route("POST", "@/appRoleAssignments", assign_app_role),
    route("POST", "@/authentication/temporaryAccessPassMethods", add_pass),
    route("DELETE", "@/authentication/phoneMethods/{other}", |tenant, call| remove_method(tenant, call, "phone")),
    route("DELETE", "@/authentication/emailMethods/{other}", |tenant, call| remove_method(tenant, call, "email")),
    route("DELETE", "@/authentication/fido2Methods/{other}", |tenant, call| remove_method(tenant, call, "fido2")),
    route("DELETE", "@/authentication/softwareOathMethods/{other}", |tenant, call| {
        remove_method(tenant, call, "softwareOath")
    }),
    route("DELETE", "@/authentication/microsoftAuthenticatorMethods/{other}", |tenant, call| {
        remove_method(tenant, call, "microsoftAuthenticator")
    }),
    route("DELETE", "@/authentication/temporaryAccessPassMethods/{other}", |tenant, call| {
        remove_method(tenant, call, "temporaryAccessPass")
    }),
    route("DELETE", "@/authentication/windowsHelloForBusinessMethods/{other}", |tenant, call| {
        remove_method(tenant, call, "windowsHelloForBusiness")
    }),
];

const ROLES: &str = "roleManagement/directory/roleDefinitions";
const ROLE_ASSIGNMENTS: &str = "roleManagement/directory/roleAssignments";
const EXTENSIONS: &str = "applications/extensionProperties";
const APP_ROLES: &str = "appRoleAssignments";
const METHODS: &str = "authentication/methods";

/// Those of which no more is done than to list, get and delete them.
pub(crate) fn collections() -> [Resource; 11] {
    use Verb::{Delete, Get, List};

    let whole: Container = |_, _| Ok(0);
    let owner: Container = |_, call| Ok(call.owner);
    let app: Container = |tenant, call| identity::key(tenant, call, ObjectKind::Application);
    let of = Resource::records;
    [
        of("/organization", "organization", "organization", &[List, Get], whole).variable("organization"),
        of("/subscribedSkus", "subscribedSku", "subscribedSkus", &[List, Get], whole).variable("sku"),
        of("/domains", "domain", "domains", &[List, Get], whole).variable("domain"),
        of("/roleManagement/directory/roleDefinitions", "unifiedRoleDefinition", ROLES, &[List], whole),
        of(
            "/roleManagement/directory/roleAssignments",
            "unifiedRoleAssignment",
            ROLE_ASSIGNMENTS,
            &[List, Delete],
            whole,
        ),
        of("/auditLogs/signIns", "signIn", "auditLogs/signIns", &[List], whole),
        of("/auditLogs/directoryAudits", "directoryAudit", "auditLogs/directoryAudits", &[List], whole),
        of("/oauth2PermissionGrants", "oAuth2PermissionGrant", "oauth2PermissionGrants", &[List], whole),
        of("/applications/{object}/extensionProperties", "extensionProperty", EXTENSIONS, &[List, Delete], app),
        of("@/appRoleAssignments", "appRoleAssignment", APP_ROLES, &[List, Delete], owner),
        of("@/authentication/methods", "authenticationMethod", METHODS, &[List], owner),
    ]
}

/// Adds a record and answers it.
fn create(
    tenant: &mut Tenant,
    call: &Call<'_>,
    ty: &'static str,
    context: &str,
    parent: u64,
    fields: Value,
) -> Outcome {
    let key = tenant.add_record(ty, parent, fields);
    let options = call.options(types::get(ty))?;
    let entity = tenant.records.get(ty).and_then(|set| set.get(key)).ok_or_else(Fault::item)?;
    View::new(types::get(ty), &Stored, Service::Directory, &options).reply(call, 201, context, entity)
}

fn text<'m>(given: &'m Map<String, Value>, name: &str) -> Result<&'m str, Fault> {
    let text = given.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    text.ok_or_else(|| Fault::directory(format!("A value is required for property '{name}'.")))
}

fn assign_role(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let given = call.entity("unifiedRoleAssignment")?;
    let (principal, role, scope) =
        (text(&given, "principalId")?, text(&given, "roleDefinitionId")?, text(&given, "directoryScopeId")?);
    let principal = tenant.directory.find(principal).map(|_| principal).ok_or_else(|| Fault::resource(principal))?;
    let known = |ty: &str| tenant.records.get(ty).into_iter().flat_map(|set| set.iter());
    if !known("unifiedRoleDefinition").any(|it| it.text("id") == role) {
        return Err(Fault::resource(role));
    }
    let same = |it: &Entity| {
        it.text("principalId") == principal
            && it.text("roleDefinitionId") == role
            && it.text("directoryScopeId") == scope
    };
    if known("unifiedRoleAssignment").any(same) {
        return Err(Fault::directory(
            "A conflicting object with one or more of the specified property values is present in the directory.",
        ));
    }
    let id = guid(&format!("role assignment {principal} {role} {scope}"));
    let fields = json!({ "id": id, "principalId": principal, "roleDefinitionId": role, "directoryScopeId": scope });
    create(tenant, call, "unifiedRoleAssignment", ROLE_ASSIGNMENTS, 0, fields)
}

fn add_extension(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let given = call.entity("extensionProperty")?;
    let app = identity::key(tenant, call, ObjectKind::Application)?;
    let (name, kind) = (text(&given, "name")?, text(&given, "dataType")?);
    if !["Binary", "Boolean", "DateTime", "Integer", "LargeInteger", "String"].contains(&kind) {
        return Err(Fault::directory(
            "Invalid value specified for property 'dataType' of resource 'ExtensionProperty'.",
        ));
    }
    let Some(targets) =
        given.get("targetObjects").filter(|targets| targets.as_array().is_some_and(|targets| !targets.is_empty()))
    else {
        return Err(Fault::directory(
            "A value is required for property 'targetObjects' of resource 'ExtensionProperty'.",
        ));
    };
    let owner = tenant.directory.object(ObjectKind::Application, app);
    let full = format!("extension_{}_{name}", owner.map_or("", |app| app.text("appId")).replace('-', ""));
    let taken = tenant
        .records
        .get("extensionProperty")
        .into_iter()
        .flat_map(|set| set.children(app))
        .any(|it| it.text("name") == full);
    if taken {
        return Err(Fault::directory("An extension property exists with the name specified."));
    }
    let fields = json!({
        "id": guid(&full), "deletedDateTime": null, "appDisplayName": owner.map_or("", |app| app.text("displayName")), "dataType": kind,
        "isMultiValued": given.get("isMultiValued").cloned().unwrap_or(false.into()), "isSyncedFromOnPremises": false, "name": full, "targetObjects": targets,
    });
    create(tenant, call, "extensionProperty", EXTENSIONS, app, fields)
}

fn available_extensions(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let known = tenant.records.get("extensionProperty").into_iter().flat_map(|set| set.iter());
    let value: Vec<Value> = known.map(|it| Value::Object(it.fields.clone())).collect();
    Ok(Reply::value(200, &json!({ "@odata.context": call.context("Collection(extensionProperty)"), "value": value })))
}

fn assign_app_role(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let given = call.entity("appRoleAssignment")?;
    let (resource, role) = (text(&given, "resourceId")?, text(&given, "appRoleId")?);
    let user = tenant.directory.users.get(call.owner).ok_or_else(Fault::item)?;
    if text(&given, "principalId")? != user.text("id") {
        return Err(Fault::directory("The principalId has to be that of the user in the path."));
    }
    let Some((ObjectKind::ServicePrincipal, service)) = tenant.directory.find(resource) else {
        return Err(Fault::resource(resource));
    };
    let service = tenant.directory.object(ObjectKind::ServicePrincipal, service).ok_or_else(Fault::item)?;
    let roles = service.fields.get("appRoles").and_then(Value::as_array);
    let default = "00000000-0000-0000-0000-000000000000";
    if role != default && !roles.into_iter().flatten().any(|known| known["id"] == role) {
        return Err(Fault::directory("Permission being assigned was not found on application."));
    }
    let existing = || tenant.records.get("appRoleAssignment").into_iter().flat_map(|set| set.children(call.owner));
    if existing().any(|it| it.text("resourceId") == resource && it.text("appRoleId") == role) {
        return Err(Fault::directory("Permission being assigned already exists on the object."));
    }
    let fields = json!({
        "id": guid(&format!("assignment {} {resource} {role}", call.owner)), "deletedDateTime": null, "appRoleId": role, "createdDateTime": tenant.stamp(),
        "principalDisplayName": user.text("displayName"), "principalId": user.text("id"), "principalType": "User",
        "resourceDisplayName": service.text("displayName"), "resourceId": resource,
    });
    create(tenant, call, "appRoleAssignment", APP_ROLES, call.owner, fields)
}

fn add_pass(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let given = call.entity("temporaryAccessPassAuthenticationMethod")?;
    let minutes = given.get("lifetimeInMinutes").and_then(Value::as_i64).unwrap_or(60);
    if !(10..=43_200).contains(&minutes) {
        return Err(Fault::directory("Lifetime In Minutes is not in the allowed range."));
    }
    let of_user = || tenant.records.get("authenticationMethod").into_iter().flat_map(|set| set.children(call.owner));
    if of_user().any(|it| it.fields.contains_key("temporaryAccessPass")) {
        return Err(Fault::directory("User already has an active Temporary Access Pass."));
    }
    let id = guid(&format!("pass {}", call.owner));
    let mut fields = object(json!({
        "@odata.type": "#microsoft.graph.temporaryAccessPassAuthenticationMethod", "id": id, "createdDateTime": tenant.stamp(),
        "lifetimeInMinutes": minutes, "isUsableOnce": false, "startDateTime": tenant.stamp(), "isUsable": true,
        "methodUsabilityReason": "EnabledByPolicy", "temporaryAccessPass": null,
    }));
    fields.extend(given);
    tenant.add_record("authenticationMethod", call.owner, Value::Object(fields.clone()));
    // It is shown this once.
    fields.insert("temporaryAccessPass".into(), "TAPRocks!".into());
    Ok(Reply::value(201, &Value::Object(fields)))
}

fn remove_method(tenant: &mut Tenant, call: &Call<'_>, kind: &str) -> Outcome {
    let id = call.param("other");
    let wanted = format!("#microsoft.graph.{kind}AuthenticationMethod");
    let of_user = tenant.records.get("authenticationMethod").into_iter().flat_map(|set| set.children(call.owner));
    let found = of_user.filter(|it| it.text("@odata.type") == wanted).find(|it| it.text("id") == id);
    let missing = || Fault::new(404, "resourceNotFound", "The resource could not be found.");
    let key = found.map(|it| it.key).ok_or_else(missing)?;
    tenant.records.entry("authenticationMethod").or_default().remove(key, false);
    Ok(Reply::empty(204))
}
