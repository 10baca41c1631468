//! What belongs to the directory and is no directory object: roles and their assignments, grants, extension properties,
//! logs.

use serde_json::{Map, Value, json};

use super::identity;
use super::objects::PAGING;
use super::tenant_info::Stored;
use crate::graph::call::Call;
use crate::graph::fault::{Fault, Service};
use crate::graph::mailbox::object;
use crate::graph::reply::{Outcome, Reply};
use crate::graph::router::{Route, route};
use crate::graph::store::{Entity, guid};
use crate::graph::tenant::{ObjectKind, Tenant};
use crate::graph::types;
use crate::graph::view::{View, list};

pub(crate) static ROUTES: &[Route] = &[
    route("GET", "/roleManagement/directory/roleDefinitions", |tenant, call| {
        all(tenant, call, "unifiedRoleDefinition", 0)
    }),
    route("GET", "/roleManagement/directory/roleAssignments", |tenant, call| {
        all(tenant, call, "unifiedRoleAssignment", 0)
    }),
    route("POST", "/roleManagement/directory/roleAssignments", assign_role),
    route("DELETE", "/roleManagement/directory/roleAssignments/{other}", |tenant, call| {
        remove(tenant, call, "unifiedRoleAssignment", 0)
    }),
    route("GET", "/auditLogs/signIns", |tenant, call| all(tenant, call, "signIn", 0)),
    route("GET", "/auditLogs/directoryAudits", |tenant, call| all(tenant, call, "directoryAudit", 0)),
    route("GET", "/oauth2PermissionGrants", |tenant, call| all(tenant, call, "oAuth2PermissionGrant", 0)),
    route("GET", "/applications/{object}/extensionProperties", |tenant, call| {
        let app = identity::key(tenant, call, ObjectKind::Application)?;
        all(tenant, call, "extensionProperty", app)
    }),
    route("POST", "/applications/{object}/extensionProperties", add_extension),
    route("DELETE", "/applications/{object}/extensionProperties/{other}", |tenant, call| {
        let app = identity::key(tenant, call, ObjectKind::Application)?;
        remove(tenant, call, "extensionProperty", app)
    }),
    route("POST", "/directoryObjects/getAvailableExtensionProperties", available_extensions),
    route("GET", "@/appRoleAssignments", |tenant, call| all(tenant, call, "appRoleAssignment", call.owner)),
    route("POST", "@/appRoleAssignments", assign_app_role),
    route("DELETE", "@/appRoleAssignments/{other}", |tenant, call| {
        remove(tenant, call, "appRoleAssignment", call.owner)
    }),
    route("GET", "@/authentication/methods", |tenant, call| all(tenant, call, "authenticationMethod", call.owner)),
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

fn collection(ty: &str) -> &'static str {
    match ty {
        "unifiedRoleDefinition" => "roleManagement/directory/roleDefinitions",
        "unifiedRoleAssignment" => "roleManagement/directory/roleAssignments",
        "signIn" => "auditLogs/signIns",
        "directoryAudit" => "auditLogs/directoryAudits",
        "oAuth2PermissionGrant" => "oauth2PermissionGrants",
        "extensionProperty" => "applications/extensionProperties",
        "appRoleAssignment" => "appRoleAssignments",
        _ => "authentication/methods",
    }
}

fn all(tenant: &Tenant, call: &Call<'_>, ty: &'static str, parent: u64) -> Outcome {
    let options = call.options(types::get(ty))?;
    let view = View::new(types::get(ty), &Stored, Service::Directory, &options);
    let items = tenant.records.get(ty).into_iter().flat_map(|set| set.children(parent));
    list(call, &view, &PAGING, &options, collection(ty), items, None)
}

/// Adds a record, whose properties include its id.
pub(crate) fn add(tenant: &mut Tenant, ty: &'static str, parent: u64, fields: Value) -> u64 {
    let key = tenant.key();
    tenant.records.entry(ty).or_default().insert(Entity::new(key, parent, 0, object(fields)));
    key
}

fn show(tenant: &Tenant, call: &Call<'_>, ty: &'static str, key: u64) -> Outcome {
    let options = call.options(types::get(ty))?;
    let entity = tenant.records.get(ty).and_then(|set| set.get(key)).ok_or_else(Fault::item)?;
    View::new(types::get(ty), &Stored, Service::Directory, &options).reply(call, 201, collection(ty), entity)
}

fn remove(tenant: &mut Tenant, call: &Call<'_>, ty: &'static str, parent: u64) -> Outcome {
    let id = call.param("other");
    let set = tenant.records.entry(ty).or_default();
    let key = set
        .children(parent)
        .find(|entity| entity.text("id") == id)
        .map(|entity| entity.key)
        .ok_or_else(|| Fault::resource(id))?;
    set.remove(key, false);
    Ok(Reply::empty(204))
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
    let key = add(tenant, "unifiedRoleAssignment", 0, fields);
    show(tenant, call, "unifiedRoleAssignment", key)
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
    let key = add(tenant, "extensionProperty", app, fields);
    show(tenant, call, "extensionProperty", key)
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
    let key = add(tenant, "appRoleAssignment", call.owner, fields);
    show(tenant, call, "appRoleAssignment", key)
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
    add(tenant, "authenticationMethod", call.owner, Value::Object(fields.clone()));
    // It is shown this once.
    fields.insert("temporaryAccessPass".into(), "TAPRocks!".into());
    Ok(Reply::value(201, &Value::Object(fields)))
}

fn remove_method(tenant: &mut Tenant, call: &Call<'_>, kind: &str) -> Outcome {
    let id = call.param("other");
    let wanted = format!("#microsoft.graph.{kind}AuthenticationMethod");
    let of_user = tenant.records.get("authenticationMethod").into_iter().flat_map(|set| set.children(call.owner));
    let known = of_user.filter(|it| it.text("@odata.type") == wanted).any(|it| it.text("id") == id);
    if !known {
        return Err(Fault::new(404, "resourceNotFound", "The resource could not be found."));
    }
    remove(tenant, call, "authenticationMethod", call.owner)
}
