//! `/users`, `/me`, and a user's manager, reports, memberships and licences.

use serde_json::{Map, Value, json};

use super::objects::{self, Objects};
use super::{changes, members};
use crate::graph::access;
use crate::graph::call::Call;
use crate::graph::fault::Fault;
use crate::graph::reply::{Outcome, Reply};
use crate::graph::router::{Route, route};
use crate::graph::store::{Entity, guid};
use crate::graph::tenant::{ObjectKind, Tenant};
use crate::graph::types;

pub(crate) static ROUTES: &[Route] = &[
    route("GET", "/users", list_users),
    route("POST", "/users", create),
    route("GET", "/users/$count", count),
    route("GET", "/users/delta", delta),
    route("GET", "@", get),
    route("PATCH", "@", update),
    route("DELETE", "@", delete),
    route("GET", "@/manager", manager),
    route("PUT", "@/manager/$ref", set_manager),
    route("DELETE", "@/manager/$ref", clear_manager),
    route("GET", "@/directReports", direct_reports),
    route("GET", "@/memberOf", |tenant, call| member_of(tenant, call, None)),
    route("GET", "@/memberOf/microsoft.graph.group", |tenant, call| member_of(tenant, call, Some(ObjectKind::Group))),
    route("GET", "@/memberOf/microsoft.graph.directoryRole", |tenant, call| {
        member_of(tenant, call, Some(ObjectKind::DirectoryRole))
    }),
    route("GET", "@/memberOf/microsoft.graph.administrativeUnit", |tenant, call| {
        member_of(tenant, call, Some(ObjectKind::Unit))
    }),
    route("GET", "@/transitiveMemberOf", |tenant, call| transitive_member_of(tenant, call, None)),
    route("GET", "@/transitiveMemberOf/microsoft.graph.group", |tenant, call| {
        transitive_member_of(tenant, call, Some(ObjectKind::Group))
    }),
    route("GET", "@/transitiveMemberOf/microsoft.graph.directoryRole", |tenant, call| {
        transitive_member_of(tenant, call, Some(ObjectKind::DirectoryRole))
    }),
    route("GET", "@/transitiveMemberOf/microsoft.graph.administrativeUnit", |tenant, call| {
        transitive_member_of(tenant, call, Some(ObjectKind::Unit))
    }),
    route("GET", "@/licenseDetails", license_details),
    route("POST", "@/extensions", add_extension),
];

/// What a request body may not set.
const READ_ONLY: [&str; 5] =
    ["createdDateTime", "deletedDateTime", "assignedPlans", "provisionedPlans", "proxyAddresses"];

fn list_users(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    objects::many(tenant, call, Some(ObjectKind::User), "users", tenant.directory.users.iter())
}

fn count(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    objects::count(call, "user", tenant.directory.users.iter())
}

/// What custom security attributes take beside the permission to read a user.
const SECURITY: [&str; 2] = ["CustomSecAttributeAssignment.Read.All", "CustomSecAttributeAssignment.ReadWrite.All"];

fn get(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let selects = call.query.get("$select").is_some_and(|names| names.contains("customSecurityAttributes"));
    if selects && !SECURITY.iter().any(|scope| call.caller.has(scope)) {
        return Err(Fault::denied(call.service));
    }
    objects::one(tenant, call, ObjectKind::User, call.owner, 200)
}

/// Adds an open extension, which has a name and any properties.
fn add_extension(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let mut given = call.object()?;
    let Some(name) = given.get("extensionName").and_then(Value::as_str).map(str::to_owned) else {
        return Err(Fault::directory(
            "A value is required for property 'extensionName' of resource 'OpenTypeExtension'.",
        ));
    };
    let all = tenant.directory.extensions.entry(call.owner).or_default();
    if all.iter().any(|known| known["id"] == name.as_str()) {
        return Err(Fault::new(409, "Request_ResourceAlreadyExists", "An extension already exists with given id."));
    }
    given.insert("@odata.type".into(), "#microsoft.graph.openTypeExtension".into());
    given.insert("id".into(), name.into());
    all.push(given.clone().into());
    Ok(Reply::value(201, &given.into()))
}

fn delta(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    changes::directory(tenant, call, ObjectKind::User)
}

fn create(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let mut given = call.entity("user")?;
    for name in ["accountEnabled", "displayName", "mailNickname", "passwordProfile", "userPrincipalName"] {
        if given.get(name).is_none_or(|value| value.is_null() || value == "") {
            return Err(Fault::directory(match name {
                "passwordProfile" => {
                    "The specified password does not comply with password complexity requirements. Please provide a different password."
                        .to_owned()
                }
                _ => format!("A value is required for property '{name}' of resource 'User'."),
            }));
        }
    }
    check_values(tenant, &given, None)?;
    let key = tenant.key();
    let id = guid(&format!("user {key}"));
    given.remove("passwordProfile");
    given.insert("id".into(), id.into());
    given.insert("createdDateTime".into(), tenant.stamp().into());
    given.entry("userType").or_insert_with(|| "Member".into());
    for (name, value) in [("businessPhones", json!([])), ("assignedLicenses", json!([]))] {
        given.entry(name).or_insert(value);
    }
    let bound = given.remove("manager@odata.bind");
    tenant.directory.add(ObjectKind::User, key, given);
    if let Some(Value::String(url)) = bound
        && let Some((ObjectKind::User, manager)) = members::referenced(tenant, &url)
    {
        tenant.directory.managers.insert(key, manager);
    }
    objects::one(tenant, call, ObjectKind::User, key, 201)
}

/// Checks what the type tables cannot: read-only properties, the domain, the password, and that nobody
/// else has the name.
fn check_values(tenant: &Tenant, given: &Map<String, Value>, existing: Option<u64>) -> Result<(), Fault> {
    if let Some(name) = READ_ONLY.iter().find(|name| given.contains_key(**name)) {
        return Err(Fault::directory(format!("Property '{name}' is read-only and cannot be set.")));
    }
    if let Some(property) =
        given.keys().find(|name| types::get("user").property(name).is_some_and(|property| property.navigation))
    {
        return Err(Fault::directory(format!(
            "Property '{property}' is a navigation property and cannot be set here."
        )));
    }
    if let Some(upn) = given.get("userPrincipalName").and_then(Value::as_str) {
        let local = upn.split_once('@').filter(|(local, _)| !local.is_empty() && local.len() <= 64);
        let valid = |c: char| c.is_ascii_alphanumeric() || "'.-_!#^~".contains(c);
        match local {
            Some((local, domain)) if local.chars().all(valid) => {
                if !tenant.records_of("domain").any(|known| known.text("id").eq_ignore_ascii_case(domain)) {
                    return Err(Fault::directory(
                        "The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization.",
                    ));
                }
            }
            _ => return Err(Fault::directory("Property userPrincipalName is invalid.")),
        }
        if tenant.directory.user_key(upn).is_some_and(|key| Some(key) != existing) {
            return Err(Fault::directory(
                "Another object with the same value for property userPrincipalName already exists.",
            ));
        }
    }
    if let Some(password) =
        given.get("passwordProfile").and_then(|profile| profile.get("password")).and_then(Value::as_str)
    {
        let kinds: [fn(char) -> bool; 4] =
            [|c| c.is_ascii_lowercase(), |c| c.is_ascii_uppercase(), |c| c.is_ascii_digit(), |c| !c.is_alphanumeric()];
        let strong = kinds.iter().filter(|kind| password.chars().any(**kind)).count() >= 3;
        if !(8..=256).contains(&password.chars().count()) || !strong {
            return Err(Fault::directory(
                "The specified password does not comply with password complexity requirements. Please provide a different password.",
            ));
        }
    } else if given.contains_key("passwordProfile") && existing.is_none() {
        return Err(Fault::directory("The password is required for property 'passwordProfile' of resource 'User'."));
    }
    for (name, most) in
        [("displayName", 256), ("mailNickname", 64), ("jobTitle", 128), ("department", 64), ("employeeId", 16)]
    {
        if given.get(name).and_then(Value::as_str).is_some_and(|text| text.chars().count() > most) {
            return Err(Fault::directory(format!("Invalid value specified for property '{name}' of resource 'User'.")));
        }
    }
    match given.get("usageLocation").and_then(Value::as_str) {
        Some(code) if code.len() != 2 => {
            Err(Fault::directory("Invalid value specified for property 'usageLocation' of resource 'User'."))
        }
        _ => Ok(()),
    }
}

fn update(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let mut given = call.entity("user")?;
    check_values(tenant, &given, Some(call.owner))?;
    given.remove("passwordProfile");
    given.remove("id");
    if given.contains_key("accountEnabled") {
        access::of("SWITCH", "users").check(call.caller, call.own)?;
    }
    tenant.directory.forget_names(ObjectKind::User, call.owner);
    tenant.directory.users.update(call.owner, |fields| super::identity::merge(fields, given));
    tenant.directory.index(ObjectKind::User, call.owner);
    Ok(Reply::empty(204))
}

fn delete(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    super::deleted::soft_delete(tenant, ObjectKind::User, call.owner);
    Ok(Reply::empty(204))
}

fn manager(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let key =
        tenant.directory.managers.get(&call.owner).copied().filter(|key| tenant.directory.users.get(*key).is_some());
    let key = key.ok_or_else(|| Fault::resource("manager"))?;
    let options = call.options(types::get("user"))?;
    let entity = tenant.directory.users.get(key).ok_or_else(|| Fault::resource("manager"))?;
    let source = Objects { directory: &tenant.directory, mixed: true };
    source.view(ObjectKind::User, &options).reply(call, 200, "directoryObjects", entity)
}

fn set_manager(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.object()?;
    let url = members::reference(&body)?;
    let Some((ObjectKind::User, manager)) = members::referenced(tenant, url) else {
        return Err(Fault::resource(url.rsplit('/').next().unwrap_or(url)));
    };
    tenant.directory.managers.insert(call.owner, manager);
    tenant.directory.users.update(call.owner, |_| ());
    Ok(Reply::empty(204))
}

fn clear_manager(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    tenant.directory.managers.remove(&call.owner).ok_or_else(|| Fault::resource("manager"))?;
    tenant.directory.users.update(call.owner, |_| ());
    Ok(Reply::empty(204))
}

fn direct_reports(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    objects::many(tenant, call, None, "directoryObjects", objects::reports(&tenant.directory, call.owner))
}

/// Whether an object is of the kind that a path casts to.
fn is_of(tenant: &Tenant, entity: &Entity, kind: Option<ObjectKind>) -> bool {
    kind.is_none_or(|kind| tenant.directory.kind(entity) == kind)
}

fn member_of(tenant: &Tenant, call: &Call<'_>, kind: Option<ObjectKind>) -> Outcome {
    let found = tenant.directory.containers_of(call.owner).filter(|it| is_of(tenant, it, kind));
    objects::many(tenant, call, kind, "directoryObjects", found)
}

fn transitive_member_of(tenant: &Tenant, call: &Call<'_>, kind: Option<ObjectKind>) -> Outcome {
    let mut found: Vec<&Entity> = Vec::new();
    let mut open = vec![call.owner];
    while let Some(key) = open.pop() {
        for group in tenant.directory.containers_of(key) {
            if !found.iter().any(|known| known.key == group.key) {
                found.push(group);
                open.push(group.key);
            }
        }
    }
    let found = found.into_iter().filter(|it| is_of(tenant, it, kind));
    objects::many(tenant, call, kind, "directoryObjects", found)
}

fn license_details(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let user = tenant.directory.users.get(call.owner);
    let licences = user.and_then(|user| user.fields.get("assignedLicenses")).and_then(Value::as_array);
    let details = licences.into_iter().flatten().filter_map(|licence| {
        let sku =
            tenant.records_of("subscribedSku").find(|sku| Some(sku.text("skuId")) == licence["skuId"].as_str())?;
        Some(json!({
            "id": guid(&format!("licence {} {}", call.owner, sku.text("skuId"))), "skuId": sku.text("skuId"),
            "skuPartNumber": sku.text("skuPartNumber"), "servicePlans": sku.fields.get("servicePlans"),
        }))
    });
    let value: Vec<Value> = details.collect();
    let context = call.context(&format!("users('{}')/licenseDetails", user.map_or("", |user| user.text("id"))));
    Ok(Reply::value(200, &json!({ "@odata.context": context, "value": value })))
}
