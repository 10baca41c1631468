//! Who may do what with a file: links, invitations, and what a link leads to.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::drive::{self as files, PAGING, context, of, of_mut};
use crate::graph::call::Call;
use crate::graph::drive::Drive;
use crate::graph::fault::{Fault, Service};
use crate::graph::json::object;
use crate::graph::reply::{Outcome, Reply};
use crate::graph::router::{Route, route};
use crate::graph::sharing::{grant, link};
use crate::graph::store::{Entity, guid};
use crate::graph::tenant::Tenant;
use crate::graph::time::stamp;
use crate::graph::types;
use crate::graph::view::{Stored, View, list};

pub(crate) static ROUTES: &[Route] = &[
    route(
        "POST",
        "/[me/drive|users/{user}/drive|groups/{group}/drive|drives/{drive}]/[root|items/{item}]/createLink",
        create_link,
    ),
    route(
        "POST",
        "/[me/drive|users/{user}/drive|groups/{group}/drive|drives/{drive}]/[root|items/{item}]/invite",
        invite,
    ),
    route(
        "GET",
        "/[me/drive|users/{user}/drive|groups/{group}/drive|drives/{drive}]/[root|items/{item}]/permissions",
        list_permissions,
    ),
    route(
        "GET",
        "/[me/drive|users/{user}/drive|groups/{group}/drive|drives/{drive}]/[root|items/{item}]/permissions/{permission}",
        get,
    ),
    route(
        "DELETE",
        "/[me/drive|users/{user}/drive|groups/{group}/drive|drives/{drive}]/[root|items/{item}]/permissions/{permission}",
        remove,
    ),
    route("GET", "/shares/{share}/driveItem", shared),
];

/// Who has accepted a link, as the sandbox keeps it.
const REDEEMED: &str = ".redeemed";

fn invalid(message: impl Into<String>) -> Fault {
    Fault::new(400, "invalidRequest", message)
}

fn text<'b>(body: &'b Map<String, Value>, name: &str) -> Option<&'b str> {
    body.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// When it shall end, if the body says so.
fn end(body: &Map<String, Value>, now: Timestamp) -> Result<Option<String>, Fault> {
    let Some(given) = text(body, "expirationDateTime") else { return Ok(None) };
    match given.parse::<Timestamp>() {
        Ok(end) if end > now => Ok(Some(stamp(end))),
        Ok(_) => Err(invalid("The expiration date time has to be in the future.")),
        Err(_) => Err(invalid("The expiration date time cannot be read.")),
    }
}

fn create_link(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.object()?;
    call.check("createLink", &body)?;
    let now = tenant.now();
    let kind = match text(&body, "type") {
        Some(kind @ ("view" | "edit")) => kind,
        Some("embed") => {
            return Err(Fault::new(400, "notSupported", "Embed links are only supported for OneDrive personal."));
        }
        _ => return Err(invalid("The type of a sharing link has to be view, edit or embed.")),
    };
    let scope = match text(&body, "scope") {
        None => "organization",
        Some(scope @ ("anonymous" | "organization" | "users")) => scope,
        Some(_) => return Err(invalid("The scope of a sharing link has to be anonymous, organization or users.")),
    };
    let password = text(&body, "password").is_some();
    if password && scope != "anonymous" {
        return Err(invalid("A password can only be set on an anonymous link."));
    }
    let end = end(&body, now)?;
    let key = tenant.key();
    let drive = of_mut(tenant, call)?;
    let item = files::item(drive, call)?;
    if !password && end.is_none() {
        let same =
            |it: &&Entity| it.fields.get("link").is_some_and(|link| link["type"] == kind && link["scope"] == scope);
        let plain = |it: &&Entity| !it.flag("hasPassword") && !it.fields.contains_key("expirationDateTime");
        let known = drive.permissions.children(item).filter(same).find(plain).map(|known| known.key);
        if let Some(known) = known {
            return show(tenant, call, known, 200);
        }
    }
    let id = guid(&format!("link {key}"));
    let mut fields = link(drive, item, &id, kind, scope);
    fields.insert("hasPassword".into(), password.into());
    fields.extend(end.map(|end| ("expirationDateTime".to_owned(), end.into())));
    drive.permissions.insert(Entity::new(key, item, 0, fields));
    show(tenant, call, key, 201)
}

fn invite(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.object()?;
    call.check("invite", &body)?;
    let roles = body.get("roles").and_then(Value::as_array).cloned().unwrap_or_default();
    let [Value::String(role)] = roles.as_slice() else { return Err(invalid("One role has to be specified.")) };
    if !matches!(role.as_str(), "read" | "write") {
        return Err(invalid(format!("The role '{role}' is not supported.")));
    }
    if text(&body, "message").is_some_and(|message| message.chars().count() > 2000) {
        return Err(invalid("The message is longer than 2000 characters."));
    }
    if text(&body, "password").is_some() {
        return Err(Fault::new(
            400,
            "notSupported",
            "Passwords of invitations are only supported for OneDrive personal.",
        ));
    }
    end(&body, tenant.now())?;
    let recipients = body.get("recipients").and_then(Value::as_array).cloned().unwrap_or_default();
    if recipients.is_empty() {
        return Err(invalid("At least one recipient has to be specified."));
    }
    let mut given = Vec::new();
    for recipient in &recipients {
        let name = ["email", "objectId", "alias"].into_iter().find_map(|name| recipient[name].as_str());
        let name = name.ok_or_else(|| invalid("A recipient needs an email, an alias or an object id."))?;
        let key = tenant.key();
        given.push((key, grant(tenant, name, &guid(&format!("permission {key}")), role)));
    }
    let drive = of_mut(tenant, call)?;
    let item = files::item(drive, call)?;
    let mut keys = Vec::new();
    for (key, fields) in given {
        let who = |fields: &Map<String, Value>| {
            let user = fields.get("grantedToV2").map(|granted| granted["user"]["id"].clone());
            (user, fields.get("invitation").map(|invitation| invitation["email"].clone()))
        };
        let known = drive
            .permissions
            .children(item)
            .find(|it| !it.fields.contains_key("link") && who(&it.fields) == who(&fields));
        match known.map(|known| known.key) {
            Some(known) => {
                drive.permissions.update(known, |known| _ = known.insert("roles".into(), json!([role])));
                keys.push(known);
            }
            None => {
                drive.permissions.insert(Entity::new(key, item, 0, fields));
                keys.push(key);
            }
        }
    }
    let options = call.options(types::get("permission"))?;
    let view = View::new(types::get("permission"), &Stored, Service::Drive, &options);
    let value = keys
        .into_iter()
        .filter_map(|key| drive.permissions.get(key))
        .map(|it| view.inline(it))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Reply::value(200, &json!({ "@odata.context": call.context("Collection(permission)"), "value": value })))
}

/// Everything that holds for an item: its own, what it has from its folders, and the owner's.
fn all(drive: &Drive, item: u64) -> Vec<Entity> {
    let owner = json!({
        "id": guid(&format!("owner {}", drive.id)), "roles": ["owner"], "hasPassword": false, "grantedToV2": drive.who, "grantedTo": drive.who,
    });
    let mut found = vec![Entity::new(0, 0, 0, object(owner))];
    let mut at = Some(item);
    while let Some(folder) = at.and_then(|key| drive.items.get(key)) {
        found.extend(drive.permissions.children(folder.key).cloned().map(|mut it| {
            if folder.key != item {
                let path = format!("/drives/{}/root:{}", drive.id, drive.path(folder.key));
                it.fields.insert(
                    "inheritedFrom".into(),
                    json!({ "driveId": drive.id, "id": drive.item_id(folder.key), "path": path }),
                );
            }
            it
        }));
        at = (folder.parent != 0).then_some(folder.parent);
    }
    found
}

fn list_permissions(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let drive = of(tenant, call)?;
    let item = files::item(drive, call)?;
    let options = call.options(types::get("permission"))?;
    let view = View::new(types::get("permission"), &Stored, Service::Drive, &options);
    let context = context(drive, &format!("items('{}')/permissions", drive.item_id(item)));
    list(call, &view, &PAGING, &options, &context, all(drive, item).iter(), None)
}

fn show(tenant: &Tenant, call: &Call<'_>, key: u64, status: u16) -> Outcome {
    let drive = of(tenant, call)?;
    let options = call.options(types::get("permission"))?;
    let entity = drive.permissions.get(key).ok_or_else(Fault::drive_item)?;
    View::new(types::get("permission"), &Stored, Service::Drive, &options).reply(call, status, "permission", entity)
}

fn named(drive: &Drive, call: &Call<'_>) -> Result<Entity, Fault> {
    let id = call.param("permission");
    let found = all(drive, files::item(drive, call)?).into_iter().find(|it| it.text("id") == id);
    found.ok_or_else(|| Fault::new(404, "itemNotFound", "The permission could not be found."))
}

fn get(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let options = call.options(types::get("permission"))?;
    let permission = named(of(tenant, call)?, call)?;
    View::new(types::get("permission"), &Stored, Service::Drive, &options).reply(call, 200, "permission", &permission)
}

fn remove(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let drive = of_mut(tenant, call)?;
    let permission = named(drive, call)?;
    if permission.key == 0 || permission.fields.contains_key("inheritedFrom") {
        return Err(invalid("Only sharing permissions that are not inherited can be deleted."));
    }
    drive.permissions.remove(permission.key, false);
    Ok(Reply::empty(204))
}

fn shared(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let gone = || {
        Fault::new(
            404,
            "itemNotFound",
            "The sharing link no longer exists, or you do not have permission to access it.",
        )
    };
    let token = call.param("share");
    let url = token.strip_prefix("u!").and_then(|token| URL_SAFE_NO_PAD.decode(token).ok());
    let url =
        url.and_then(|url| String::from_utf8(url).ok()).ok_or_else(|| invalid("The sharing token is malformed."))?;
    let caller = call.caller.user.clone();
    let key = caller.as_deref().and_then(|id| tenant.directory.user(id)).map(|user| user.key);
    let by_link = tenant.drives.drives.values().find_map(|drive| {
        let known = drive
            .permissions
            .iter()
            .find(|it| it.fields.get("link").is_some_and(|link| link["webUrl"] == url.as_str()))?;
        Some((drive.owner, known.parent, Some(known.key)))
    });
    let by_address = || {
        tenant.drives.drives.values().find_map(|drive| {
            let known = drive.items.iter().find(|it| drive.web_url(it.key) == url)?;
            Some((drive.owner, known.key, None))
        })
    };
    let (owner, item, link) = by_link.or_else(by_address).ok_or_else(gone)?;
    let drive = tenant.drives.drives.get_mut(&owner).ok_or_else(gone)?;
    let for_good = call.preference("redeemSharingLink").is_some();
    let redeems = for_good || call.preference("redeemSharingLinkIfNecessary").is_some();
    // An app has the permission for all files; everybody else was given access.
    let named = |it: &Entity| {
        caller.is_none()
            || it.fields.get("grantedToV2").is_some_and(|to| to["user"]["id"].as_str() == caller.as_deref())
    };
    let opens = |it: &Entity| {
        let was = it
            .fields
            .get(REDEEMED)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .any(|who| who.as_str() == caller.as_deref());
        link == Some(it.key) && (was || (redeems && it.fields.get("link").is_some_and(|link| link["scope"] != "users")))
    };
    if Some(owner) != key && !all(drive, item).iter().any(|it| named(it) || opens(it)) {
        return Err(Fault::new(403, "accessDenied", "The caller does not have access to what the link leads to."));
    }
    if let (true, Some(link), Some(caller)) = (for_good, link, caller) {
        drive.permissions.amend(link, |fields| {
            if let Some(all) = fields.entry(REDEEMED).or_insert_with(|| json!([])).as_array_mut() {
                all.push(caller.into());
            }
        });
    }
    files::show(drive, call, item, 200)
}
