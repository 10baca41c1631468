//! `/directory/deletedItems`.

use serde_json::{Map, Value};

use super::objects::{self, Objects};
use crate::graph::call::Call;
use crate::graph::fault::Fault;
use crate::graph::reply::{Outcome, Reply};
use crate::graph::router::{Route, route};
use crate::graph::store::What;
use crate::graph::tenant::{ObjectKind, Tenant};
use crate::graph::types;

pub(crate) static ROUTES: &[Route] = &[
    route("GET", "/directory/deletedItems/microsoft.graph.user", list_users),
    route("GET", "/directory/deletedItems/microsoft.graph.group", list_groups),
    route("GET", "/directory/deletedItems/{object}", get),
    route("DELETE", "/directory/deletedItems/{object}", purge),
    route("POST", "/directory/deletedItems/{object}/restore", restore),
];

/// Puts an object among the deleted ones, from where it may come back.
pub(super) fn soft_delete(tenant: &mut Tenant, kind: ObjectKind, key: u64) {
    let now = tenant.stamp();
    let directory = &mut tenant.directory;
    directory.forget_names(kind, key);
    let Some(mut entity) = directory.set_mut(kind).remove(key, true) else { return };
    entity.fields.insert("deletedDateTime".into(), now.into());
    directory.deleted.insert(entity);
    let groups: Vec<u64> =
        directory.members.iter_mut().filter_map(|(group, members)| members.remove(&key).then_some(*group)).collect();
    for group in groups {
        directory.groups.log.record(0, group, What::Unlinked(key));
    }
    directory.owners.values_mut().for_each(|owners| {
        owners.remove(&key);
    });
}

fn list(tenant: &Tenant, call: &Call<'_>, kind: ObjectKind) -> Outcome {
    let of_kind = tenant.directory.deleted.iter().filter(|entity| tenant.directory.kind(entity) == kind);
    objects::many(tenant, call, Some(kind), "directoryObjects", of_kind)
}

fn list_users(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    list(tenant, call, ObjectKind::User)
}

fn list_groups(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    list(tenant, call, ObjectKind::Group)
}

fn find(tenant: &Tenant, call: &Call<'_>) -> Result<(ObjectKind, u64), Fault> {
    tenant.directory.find_deleted(call.param("object")).ok_or_else(|| Fault::resource(call.param("object")))
}

fn get(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let (kind, key) = find(tenant, call)?;
    let options = call.options(types::get(kind.type_name()))?;
    let entity = tenant.directory.deleted.get(key).ok_or_else(|| Fault::resource(call.param("object")))?;
    let source = Objects { directory: &tenant.directory, mixed: true };
    source.view(kind, &options).reply(call, 200, "directoryObjects", entity)
}

fn purge(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let (kind, key) = find(tenant, call)?;
    tenant.directory.deleted.remove(key, false);
    tenant.directory.set_mut(kind).log.record(0, key, What::Removed { soft: false });
    tenant.mailboxes.remove(&key);
    Ok(Reply::empty(204))
}

fn restore(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let (kind, key) = find(tenant, call)?;
    let given = if call.body.is_empty() { Map::new() } else { call.object()? };
    let asked = given.get("newUserPrincipalName").and_then(Value::as_str).map(str::to_owned);
    let upn = match &asked {
        Some(_) if kind != ObjectKind::User => {
            return Err(Fault::directory("newUserPrincipalName applies to users only."));
        }
        Some(upn) => upn.clone(),
        None => tenant
            .directory
            .deleted
            .get(key)
            .map(|entity| entity.text("userPrincipalName").to_owned())
            .unwrap_or_default(),
    };
    if !upn.is_empty() && tenant.directory.user_key(&upn).is_some() {
        return Err(Fault::directory(
            "Another object with the same value for property userPrincipalName already exists.",
        ));
    }
    let mut entity =
        tenant.directory.deleted.remove(key, false).ok_or_else(|| Fault::resource(call.param("object")))?;
    entity.fields.insert("deletedDateTime".into(), Value::Null);
    if let Some(upn) = asked {
        entity.fields.insert("userPrincipalName".into(), upn.into());
    }
    tenant.directory.set_mut(kind).insert(entity);
    tenant.directory.index(kind, key);
    objects::one(tenant, call, kind, key, 200)
}
