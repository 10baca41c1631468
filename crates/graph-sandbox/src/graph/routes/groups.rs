//! `/groups`.

use serde_json::{Map, Value};

use super::{changes, members, objects};
use crate::graph::access;
use crate::graph::call::Call;
use crate::graph::fault::Fault;
use crate::graph::reply::{Outcome, Reply};
use crate::graph::router::{Route, route};
use crate::graph::tenant::{ObjectKind, Tenant, link_member, new_group};

pub(crate) static ROUTES: &[Route] = &[
    route("GET", "/groups", list_groups),
    route("POST", "/groups", create),
    route("PATCH", "/groups", upsert),
    route("GET", "/groups/$count", count),
    route("GET", "/groups/delta", delta),
    route("GET", "/groups/{group}", get),
    route("PATCH", "/groups/{group}", update),
    route("DELETE", "/groups/{group}", delete),
];

/// The group of a unique name, as in `groups(uniqueName='…')`.
fn named(tenant: &Tenant, name: &str) -> Option<u64> {
    tenant.directory.groups.iter().find(|group| group.text("uniqueName") == name).map(|group| group.key)
}

/// `PATCH /groups(uniqueName='…')`: changes the group, or makes it where the client wishes so.
fn upsert(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let name = call.query.get("uniqueName").ok_or_else(Fault::method)?.to_owned();
    match named(tenant, &name) {
        Some(key) => change(tenant, call, key),
        None if call.preference("create-if-missing").is_some() => {
            let mut given = call.entity("group")?;
            given.insert("uniqueName".into(), name.into());
            make(tenant, call, given)
        }
        None => Err(Fault::resource(&name)),
    }
}

fn list_groups(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    if let Some(name) = call.query.get("uniqueName") {
        let key = named(tenant, name).ok_or_else(|| Fault::resource(name))?;
        return objects::one(tenant, call, ObjectKind::Group, key, 200);
    }
    objects::many(tenant, call, Some(ObjectKind::Group), "groups", tenant.directory.groups.iter())
}

fn count(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    objects::count(call, "group", tenant.directory.groups.iter())
}

fn delta(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    changes::directory(tenant, call, ObjectKind::Group)
}

/// The group that the path names.
pub(super) fn key(tenant: &Tenant, call: &Call<'_>) -> Result<u64, Fault> {
    match tenant.directory.find(call.param("group")) {
        Some((ObjectKind::Group, key)) => Ok(key),
        _ => Err(Fault::resource(call.param("group"))),
    }
}

fn get(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let key = key(tenant, call)?;
    objects::one(tenant, call, ObjectKind::Group, key, 200)
}

fn create(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let given = call.entity("group")?;
    make(tenant, call, given)
}

fn make(tenant: &mut Tenant, call: &Call<'_>, mut given: Map<String, Value>) -> Outcome {
    for name in ["displayName", "mailEnabled", "mailNickname", "securityEnabled"] {
        if given.get(name).is_none_or(|value| value.is_null() || value == "") {
            return Err(Fault::directory(format!("A value is required for property '{name}' of resource 'Group'.")));
        }
    }
    check_values(tenant, &given, None)?;
    if given.get("isAssignableToRole") == Some(&Value::Bool(true)) {
        access::of("ROLES", "groups").check(call.caller, false)?;
    }
    let has_type = |name: &str| {
        given.get("groupTypes").and_then(Value::as_array).is_some_and(|types| types.iter().any(|ty| ty == name))
    };
    let (unified, dynamic) = (has_type("Unified"), has_type("DynamicMembership"));
    let mail = given["mailEnabled"] == true;
    if mail != unified {
        return Err(Fault::directory(if mail {
            "The service does not currently support writes of mail-enabled groups. Please ensure that the mail-enablement property is unset and the security-enablement property is set."
        } else {
            "A Microsoft 365 group has to be mail-enabled."
        }));
    }
    if !mail && given["securityEnabled"] == false {
        return Err(Fault::directory(
            "The service does not currently support the creation of distribution lists through this interface.",
        ));
    }
    if dynamic != given.get("membershipRule").is_some_and(|rule| !rule.is_null()) {
        return Err(Fault::directory(
            "A value is required for property 'membershipRule' of resource 'Group' if, and only if, its membership is dynamic.",
        ));
    }
    let bound_members = members::take_bound(&mut given, "members")?;
    let bound_owners = members::take_bound(&mut given, "owners")?;
    if bound_members.len() + bound_owners.len() > 20 {
        return Err(Fault::directory(
            "The request exceeds the maximum number of 20 relationships that can be created with a group.",
        ));
    }
    let member_keys = members::resolve(tenant, &bound_members)?;
    let owner_keys = members::resolve(tenant, &bound_owners)?;
    let key = tenant.key();
    let nickname = given["mailNickname"].as_str().unwrap_or_default().to_owned();
    let mut fields = new_group(key, &tenant.stamp());
    fields.extend(given);
    if unified {
        fields.insert("mail".into(), format!("{nickname}@{}", tenant.domain).into());
    }
    tenant.directory.add(ObjectKind::Group, key, fields);
    for member in member_keys {
        link_member(tenant, key, member);
    }
    tenant.directory.owners.entry(key).or_default().extend(owner_keys);
    objects::one(tenant, call, ObjectKind::Group, key, 201)
}

fn check_values(tenant: &Tenant, given: &Map<String, Value>, existing: Option<u64>) -> Result<(), Fault> {
    if let Some(nickname) = given.get("mailNickname").and_then(Value::as_str) {
        if nickname.len() > 64
            || nickname.is_empty()
            || nickname.chars().any(|c| "@()\\[]\";:<>, ".contains(c) || !c.is_ascii())
        {
            return Err(Fault::directory("Invalid value specified for property 'mailNickname' of resource 'Group'."));
        }
        // Only groups with mail own their nickname.
        let taken = tenant.directory.groups.iter().any(|group| {
            Some(group.key) != existing
                && group.flag("mailEnabled")
                && group.text("mailNickname").eq_ignore_ascii_case(nickname)
        });
        if taken && given.get("mailEnabled").is_none_or(|mail| mail == true) {
            return Err(Fault::directory(
                "Another object with the same value for property mailNickname already exists.",
            ));
        }
    }
    match given.get("displayName").and_then(Value::as_str) {
        Some(name) if name.chars().count() > 256 => {
            Err(Fault::directory("Invalid value specified for property 'displayName' of resource 'Group'."))
        }
        _ => Ok(()),
    }
}

fn update(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let key = key(tenant, call)?;
    change(tenant, call, key)
}

fn change(tenant: &mut Tenant, call: &Call<'_>, key: u64) -> Outcome {
    let mut given = call.entity("group")?;
    let bound = members::take_bound(&mut given, "members")?;
    check_values(tenant, &given, Some(key))?;
    if !given.is_empty() {
        access::of("PROPERTIES", "groups").check(call.caller, false)?;
    }
    if let Some(name) = ["mail", "createdDateTime", "securityIdentifier", "proxyAddresses"]
        .iter()
        .find(|name| given.contains_key(**name))
    {
        return Err(Fault::directory(format!("Property '{name}' is read-only and cannot be set.")));
    }
    members::add_bound(tenant, key, &bound)?;
    if !given.is_empty() {
        given.remove("id");
        tenant
            .directory
            .groups
            .update(key, |fields| fields.extend(given.into_iter().filter(|(name, _)| !name.contains('@'))));
    }
    Ok(Reply::empty(204))
}

fn delete(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let key = key(tenant, call)?;
    super::deleted::soft_delete(tenant, ObjectKind::Group, key);
    Ok(Reply::empty(204))
}
