//! What can be done with users, groups and any objects: licences, sessions, memberships, photos, invitations.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::groups;
use super::objects::{self, Objects};
use crate::graph::call::Call;
use crate::graph::fault::Fault;
use crate::graph::json::object;
use crate::graph::odata::Options;
use crate::graph::reply::{Outcome, Reply};
use crate::graph::router::{Route, route};
use crate::graph::store::{Entity, guid};
use crate::graph::tenant::{ObjectKind, Tenant};

pub(crate) static ROUTES: &[Route] = &[
    route("POST", "@/getMemberGroups", get_member_groups),
    route("POST", "@/checkMemberGroups", check_member_groups),
    route("POST", "@/assignLicense", |tenant, call| assign(tenant, call, ObjectKind::User, call.owner)),
    route("POST", "@/revokeSignInSessions", revoke),
    route("GET", "@/[photo|photos/{size}]/$value", photo),
    route("PUT", "@/photo/$value", set_photo),
    route("POST", "/groups/{group}/assignLicense", |tenant, call| {
        let key = groups::key(tenant, call)?;
        assign(tenant, call, ObjectKind::Group, key)
    }),
    route("POST", "/groups/{group}/renew", renew),
    route("POST", "/invitations", invite),
    route("POST", "/directoryObjects/getByIds", by_ids),
];

/// How many groups one check may name.
const CHECKED: usize = 20;
/// How many objects one request may name.
const IDS: usize = 1000;
/// The largest photo.
const PHOTO: usize = 4 << 20;

/// All groups that somebody is in, also through other groups.
fn groups_of(tenant: &Tenant, member: u64) -> Vec<&Entity> {
    let mut seen = BTreeSet::new();
    let mut open = vec![member];
    let mut found = Vec::new();
    while let Some(key) = open.pop() {
        for group in tenant.directory.groups_of(key).filter(|group| seen.insert(group.key)) {
            open.push(group.key);
            found.push(group);
        }
    }
    found
}

fn ids(call: &Call<'_>, value: Vec<&str>) -> Outcome {
    Ok(Reply::value(200, &json!({ "@odata.context": call.context("Collection(Edm.String)"), "value": value })))
}

fn get_member_groups(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.object()?;
    let Some(security) = body.get("securityEnabledOnly").and_then(Value::as_bool) else {
        return Err(Fault::bad("The parameter 'securityEnabledOnly' is required."));
    };
    let found = groups_of(tenant, call.owner).into_iter().filter(|group| !security || group.flag("securityEnabled"));
    ids(call, found.map(|group| group.text("id")).collect())
}

/// The texts of a list in a body.
fn texts(body: &Map<String, Value>, name: &str) -> Result<Vec<String>, Fault> {
    let list = body
        .get(name)
        .and_then(Value::as_array)
        .ok_or_else(|| Fault::bad(format!("The parameter '{name}' is required.")))?;
    Ok(list.iter().filter_map(|value| value.as_str().map(str::to_owned)).collect())
}

fn check_member_groups(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let asked = texts(&call.object()?, "groupIds")?;
    if asked.len() > CHECKED {
        return Err(Fault::directory(format!(
            "The number of ids is {}, which exceeds the maximum of {CHECKED}.",
            asked.len()
        )));
    }
    let found = groups_of(tenant, call.owner);
    ids(
        call,
        found
            .iter()
            .map(|group| group.text("id"))
            .filter(|id| asked.iter().any(|asked| asked.eq_ignore_ascii_case(id)))
            .collect(),
    )
}

fn assign(tenant: &mut Tenant, call: &Call<'_>, kind: ObjectKind, key: u64) -> Outcome {
    let body = call.object()?;
    let (Some(add), Some(remove)) =
        (body.get("addLicenses").and_then(Value::as_array), body.get("removeLicenses").and_then(Value::as_array))
    else {
        return Err(Fault::bad(
            "One or more parameters of the operation 'assignLicense' are missing from the request payload.",
        ));
    };
    let known = tenant.directory.object(kind, key).ok_or_else(Fault::item)?;
    if kind == ObjectKind::User && !add.is_empty() && known.text("usageLocation").is_empty() {
        return Err(Fault::directory("License assignment cannot be done for user with invalid usage location."));
    }
    let mut licences: Vec<Value> =
        known.fields.get("assignedLicenses").and_then(Value::as_array).cloned().unwrap_or_default();
    for sku in remove {
        let before = licences.len();
        licences.retain(|licence| licence["skuId"] != *sku);
        if licences.len() == before {
            return Err(Fault::directory("User does not have a corresponding license."));
        }
    }
    for licence in add {
        let Some(sku) =
            tenant.records_of("subscribedSku").find(|sku| Some(sku.text("skuId")) == licence["skuId"].as_str())
        else {
            return Err(Fault::directory(format!(
                "License {} does not correspond to a valid company License.",
                licence["skuId"]
            )));
        };
        let plans = sku.fields.get("servicePlans").and_then(Value::as_array);
        let disabled = licence.get("disabledPlans").and_then(Value::as_array).cloned().unwrap_or_default();
        let is_plan = |id: &Value| plans.into_iter().flatten().any(|plan| plan["servicePlanId"] == *id);
        if let Some(plan) = disabled.iter().find(|plan| !is_plan(plan)) {
            return Err(Fault::directory(format!(
                "License assignment failed because service plan {plan} is not part of the license."
            )));
        }
        licences.retain(|known| known["skuId"] != licence["skuId"]);
        licences.push(json!({ "skuId": licence["skuId"], "disabledPlans": disabled }));
    }
    tenant.directory.set_mut(kind).update(key, |fields| _ = fields.insert("assignedLicenses".into(), licences.into()));
    objects::one(tenant, call, kind, key, if kind == ObjectKind::Group { 202 } else { 200 })
}

fn revoke(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let now = tenant.stamp();
    tenant
        .directory
        .users
        .update(call.owner, |fields| _ = fields.insert("signInSessionsValidFromDateTime".into(), now.into()));
    Ok(Reply::value(200, &json!({ "@odata.context": call.context("Edm.Boolean"), "value": true })))
}

fn photo(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let photo = tenant.photos.get(&call.owner).ok_or_else(|| {
        Fault::new(
            404,
            "ImageNotFound",
            "Exception of type 'Microsoft.Fast.Profile.Core.Exception.ImageNotFoundException' was thrown.",
        )
    })?;
    Ok(Reply::bytes(200, "image/jpeg", photo.clone()))
}

fn set_photo(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    if !call.body.starts_with(&[0xff, 0xd8]) {
        return Err(Fault::new(400, "ErrorInvalidImage", "The image is not a valid JPEG."));
    }
    if call.body.len() > PHOTO {
        return Err(Fault::new(413, "ErrorMessageSizeExceeded", "The photo is too large."));
    }
    tenant.photos.insert(call.owner, bytes::Bytes::copy_from_slice(call.body));
    Ok(Reply::empty(200))
}

fn renew(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let key = groups::key(tenant, call)?;
    let now = tenant.stamp();
    let unified =
        tenant.directory.groups.get(key).and_then(|group| group.fields.get("groupTypes")).and_then(Value::as_array);
    if !unified.is_some_and(|types| types.iter().any(|ty| ty == "Unified")) {
        return Err(Fault::directory("Only Microsoft 365 groups can be renewed."));
    }
    tenant.directory.groups.update(key, |fields| _ = fields.insert("renewedDateTime".into(), now.into()));
    Ok(Reply::empty(204))
}

fn invite(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let given = call.entity("invitation")?;
    let text = |name: &str| given.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
    let address = text("invitedUserEmailAddress").filter(|address| address.contains('@'));
    let (Some(address), Some(url)) = (address, text("inviteRedirectUrl")) else {
        return Err(Fault::new(400, "BadRequest", "The invited user email address and the redirect URL are required."));
    };
    if tenant.directory.user_key(&address).is_some() {
        return Err(Fault::new(400, "BadRequest", "The invited user already exists in the directory as a member."));
    }
    let key = tenant.key();
    let name =
        text("invitedUserDisplayName").unwrap_or_else(|| address.split('@').next().unwrap_or_default().to_owned());
    let id = guid(&format!("user {key}"));
    let user = json!({
        "id": id, "displayName": name, "mail": address, "userType": "Guest", "accountEnabled": true, "createdDateTime": tenant.stamp(),
        "userPrincipalName": format!("{}#EXT#@{}", address.replace('@', "_"), tenant.domain), "businessPhones": [], "assignedLicenses": [],
        "externalUserState": "PendingAcceptance",
    });
    tenant.directory.add(ObjectKind::User, key, object(user));
    let mut fields = object(json!({
        "@odata.context": call.context("invitations/$entity"), "id": guid(&format!("invitation {key}")), "invitedUserDisplayName": name,
        "inviteRedeemUrl": format!("https://login.microsoftonline.com/redeem?rd={key}"), "inviteRedirectUrl": url, "status": "PendingAcceptance",
        "invitedUserType": "Guest", "sendInvitationMessage": false, "invitedUser": { "id": id },
    }));
    fields.extend(given);
    Ok(Reply::value(201, &Value::Object(fields)))
}

fn by_ids(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.object()?;
    let asked = texts(&body, "ids")?;
    if asked.len() > IDS {
        return Err(Fault::directory(format!(
            "The number of ids is {}, which exceeds the maximum of {IDS}.",
            asked.len()
        )));
    }
    let wanted: Vec<String> = if body.contains_key("types") { texts(&body, "types")? } else { Vec::new() };
    let source = Objects { directory: &tenant.directory, mixed: true };
    let options = Options::default();
    let found = asked.iter().filter_map(|id| tenant.directory.find(id)).filter(|(kind, _)| {
        wanted.is_empty()
            || wanted
                .iter()
                .any(|ty| ty.eq_ignore_ascii_case(kind.type_name()) || ty.eq_ignore_ascii_case("directoryObject"))
    });
    let value: Vec<Value> = found
        .filter_map(|(kind, key)| {
            tenant.directory.object(kind, key).map(|entity| source.view(kind, &options).inline(entity))
        })
        .collect::<Result<_, _>>()?;
    Ok(Reply::value(200, &json!({ "@odata.context": call.context("directoryObjects"), "value": value })))
}
