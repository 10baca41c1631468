//! Members and owners of groups.

use serde_json::{Map, Value};

use super::{groups, objects};
use crate::graph::call::Call;
use crate::graph::fault::Fault;
use crate::graph::reply::{Outcome, Reply};
use crate::graph::router::{Route, route};
use crate::graph::store::{Entity, What};
use crate::graph::tenant::{ObjectKind, Tenant, link_member};

pub(crate) static ROUTES: &[Route] = &[
    route("GET", "/groups/{group}/members", list_members),
    route("GET", "/groups/{group}/members/$count", count_members),
    route("GET", "/groups/{group}/members/microsoft.graph.user", list_users),
    route("GET", "/groups/{group}/members/microsoft.graph.group", list_groups),
    route("POST", "/groups/{group}/members/$ref", add_member),
    route("DELETE", "/groups/{group}/members/{object}/$ref", remove_member),
    route("GET", "/groups/{group}/members/microsoft.graph.device", |tenant, call| {
        list_kind(tenant, call, ObjectKind::Device, "devices")
    }),
    route("GET", "/groups/{group}/members/microsoft.graph.servicePrincipal", |tenant, call| {
        list_kind(tenant, call, ObjectKind::ServicePrincipal, "servicePrincipals")
    }),
    route("GET", "/groups/{group}/transitiveMembers", list_transitive),
    route("GET", "/groups/{group}/transitiveMembers/microsoft.graph.user", |tenant, call| {
        transitive_of_kind(tenant, call, ObjectKind::User)
    }),
    route("GET", "/groups/{group}/transitiveMembers/microsoft.graph.group", |tenant, call| {
        transitive_of_kind(tenant, call, ObjectKind::Group)
    }),
    route("GET", "/groups/{group}/transitiveMembers/microsoft.graph.device", |tenant, call| {
        transitive_of_kind(tenant, call, ObjectKind::Device)
    }),
    route("GET", "/groups/{group}/transitiveMembers/microsoft.graph.servicePrincipal", |tenant, call| {
        transitive_of_kind(tenant, call, ObjectKind::ServicePrincipal)
    }),
    route("GET", "/groups/{group}/owners", list_owners),
    route("POST", "/groups/{group}/owners/$ref", add_owner),
    route("DELETE", "/groups/{group}/owners/{object}/$ref", remove_owner),
];

/// How many members one PATCH may add.
const BOUND: usize = 20;

pub(super) fn conflict(property: &str) -> Fault {
    Fault::directory(format!(
        "One or more added object references already exist for the following modified properties: '{property}'."
    ))
}

/// The URL in a body such as `{"@odata.id": "https://…/directoryObjects/{id}"}`.
pub(super) fn reference(body: &Map<String, Value>) -> Result<&str, Fault> {
    let url = body.get("@odata.id").and_then(Value::as_str);
    url.ok_or_else(|| Fault::bad("The request body has no '@odata.id' with the URL of the object to refer to."))
}

/// The object that a URL names: its last segment, below a collection of directory objects.
pub(super) fn referenced(tenant: &Tenant, url: &str) -> Option<(ObjectKind, u64)> {
    let path = url.split_once("://").map_or(url, |(_, rest)| rest);
    let mut segments = path.trim_end_matches('/').rsplit('/');
    let (last, collection) = (segments.next()?, segments.next().unwrap_or_default());
    let (collection, id) = match last.split_once("('") {
        Some((collection, id)) => (collection, id.trim_end_matches("')")),
        None => (collection, last),
    };
    let known = ["directoryobjects", "users", "groups", "serviceprincipals", "devices", "administrativeunits"];
    if !known.contains(&collection.to_lowercase().as_str()) {
        return None;
    }
    let by_name = || tenant.directory.user_key(id).map(|key| (ObjectKind::User, key));
    tenant.directory.find(id).or_else(by_name)
}

/// Takes `property@odata.bind` out of a body.
pub(super) fn take_bound(given: &mut Map<String, Value>, property: &str) -> Result<Vec<String>, Fault> {
    if given.remove(property).is_some() {
        return Err(Fault::directory(format!(
            "Property '{property}' is a navigation property; use '{property}@odata.bind'."
        )));
    }
    match given.remove(&format!("{property}@odata.bind")) {
        None => Ok(Vec::new()),
        Some(Value::Array(urls)) if urls.iter().all(Value::is_string) => {
            Ok(urls.into_iter().filter_map(|url| url.as_str().map(str::to_owned)).collect())
        }
        Some(_) => Err(Fault::bad(format!("The annotation '{property}@odata.bind' has to be an array of URLs."))),
    }
}

/// The keys of the objects that URLs name.
pub(super) fn resolve(tenant: &Tenant, urls: &[String]) -> Result<Vec<u64>, Fault> {
    urls.iter().map(|url| object_key(tenant, url)).collect()
}

pub(super) fn object_key(tenant: &Tenant, url: &str) -> Result<u64, Fault> {
    referenced(tenant, url).map(|(_, key)| key).ok_or_else(|| Fault::resource(url.rsplit('/').next().unwrap_or(url)))
}

/// Adds all objects or none.
pub(super) fn add_bound(tenant: &mut Tenant, group: u64, urls: &[String]) -> Result<(), Fault> {
    if urls.is_empty() {
        return Ok(());
    }
    if urls.len() > BOUND {
        return Err(Fault::directory(format!(
            "The number of references in 'members@odata.bind' is {}, which exceeds the maximum of {BOUND} in one request.",
            urls.len()
        )));
    }
    refuse_dynamic(tenant, group)?;
    let keys = resolve(tenant, urls)?;
    let members = tenant.directory.members.entry(group).or_default();
    for (i, key) in keys.iter().enumerate() {
        if members.contains(key) || keys[..i].contains(key) {
            return Err(conflict("members"));
        }
        if *key == group {
            return Err(Fault::directory("A group cannot be a member of itself."));
        }
    }
    for key in keys {
        link_member(tenant, group, key);
    }
    Ok(())
}

fn refuse_dynamic(tenant: &Tenant, group: u64) -> Result<(), Fault> {
    let types = tenant.directory.groups.get(group).and_then(|group| group.fields.get("groupTypes"));
    if types.and_then(Value::as_array).is_some_and(|types| types.iter().any(|ty| ty == "DynamicMembership")) {
        return Err(Fault::new(
            403,
            "Authorization_RequestDenied",
            "Insufficient privileges to complete the operation. The membership of a dynamic group is computed from its rule and cannot be changed.",
        ));
    }
    Ok(())
}

fn linked<'t>(
    tenant: &'t Tenant,
    keys: Option<&'t std::collections::BTreeSet<u64>>,
) -> impl Iterator<Item = &'t Entity> {
    keys.into_iter().flatten().filter_map(|key| tenant.directory.any(*key)).map(|(_, entity)| entity)
}

fn list_members(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let key = groups::key(tenant, call)?;
    objects::many(tenant, call, None, "directoryObjects", linked(tenant, tenant.directory.members.get(&key)))
}

fn count_members(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let key = groups::key(tenant, call)?;
    objects::count(call, "directoryObject", linked(tenant, tenant.directory.members.get(&key)))
}

fn list_kind(tenant: &Tenant, call: &Call<'_>, kind: ObjectKind, context: &str) -> Outcome {
    let key = groups::key(tenant, call)?;
    let of_kind = linked(tenant, tenant.directory.members.get(&key))
        .filter(|entity| tenant.directory.object(kind, entity.key).is_some());
    objects::many(tenant, call, Some(kind), context, of_kind)
}

fn list_users(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    list_kind(tenant, call, ObjectKind::User, "users")
}

fn list_groups(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    list_kind(tenant, call, ObjectKind::Group, "groups")
}

fn transitive(tenant: &Tenant, call: &Call<'_>) -> Result<std::collections::BTreeSet<u64>, Fault> {
    let mut seen = std::collections::BTreeSet::new();
    let mut open = vec![groups::key(tenant, call)?];
    while let Some(group) = open.pop() {
        for member in tenant.directory.members.get(&group).into_iter().flatten() {
            if seen.insert(*member) {
                open.push(*member);
            }
        }
    }
    Ok(seen)
}

fn list_transitive(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let found = transitive(tenant, call)?;
    objects::many(tenant, call, None, "directoryObjects", linked(tenant, Some(&found)))
}

fn transitive_of_kind(tenant: &Tenant, call: &Call<'_>, kind: ObjectKind) -> Outcome {
    let found = transitive(tenant, call)?;
    let of_kind = linked(tenant, Some(&found)).filter(|entity| tenant.directory.object(kind, entity.key).is_some());
    objects::many(tenant, call, Some(kind), kind.collection(), of_kind)
}

fn list_owners(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let key = groups::key(tenant, call)?;
    objects::many(tenant, call, None, "directoryObjects", linked(tenant, tenant.directory.owners.get(&key)))
}

fn add_member(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.object()?;
    let url = reference(&body)?.to_owned();
    let group = groups::key(tenant, call)?;
    add_bound(tenant, group, &[url])?;
    Ok(Reply::empty(204))
}

fn remove_member(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let group = groups::key(tenant, call)?;
    refuse_dynamic(tenant, group)?;
    let object = call.param("object");
    let member = tenant.directory.find(object).map(|(_, key)| key).ok_or_else(|| Fault::resource(object))?;
    if !tenant.directory.members.entry(group).or_default().remove(&member) {
        return Err(Fault::resource(object));
    }
    tenant.directory.groups.log.record(0, group, What::Unlinked(member));
    Ok(Reply::empty(204))
}

fn add_owner(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.object()?;
    let group = groups::key(tenant, call)?;
    let owner = object_key(tenant, reference(&body)?)?;
    if tenant.directory.users.get(owner).is_none() {
        return Err(Fault::directory("The type of the object is not supported as an owner of a group."));
    }
    if !tenant.directory.owners.entry(group).or_default().insert(owner) {
        return Err(conflict("owners"));
    }
    Ok(Reply::empty(204))
}

fn remove_owner(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let group = groups::key(tenant, call)?;
    let object = call.param("object");
    let owner = tenant.directory.find(object).map(|(_, key)| key).ok_or_else(|| Fault::resource(object))?;
    let owners = tenant.directory.owners.entry(group).or_default();
    if !owners.contains(&owner) {
        return Err(Fault::resource(object));
    }
    if owners.len() == 1 {
        return Err(Fault::directory("The group must have at least one owner, hence this owner cannot be removed."));
    }
    owners.remove(&owner);
    Ok(Reply::empty(204))
}
