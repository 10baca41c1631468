//! Who may see a calendar, and how much of it.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::events::{PAGING, calendar};
use super::items::context;
use crate::graph::call::Call;
use crate::graph::fault::{Fault, Service};
use crate::graph::json::object;
use crate::graph::mailbox::Mailbox;
use crate::graph::reply::{Outcome, Reply};
use crate::graph::router::{Route, route};
use crate::graph::sharing::{calendar_permission, calendar_roles};
use crate::graph::store::Entity;
use crate::graph::tenant::Tenant;
use crate::graph::types;
use crate::graph::view::{Source, View, list};

pub(crate) static ROUTES: &[Route] = &[
    route("GET", "@/[calendar|calendars/{calendar}]/calendarPermissions", list_permissions),
    route("POST", "@/[calendar|calendars/{calendar}]/calendarPermissions", create),
    route("GET", "@/[calendar|calendars/{calendar}]/calendarPermissions/{permission}", get),
    route("PATCH", "@/[calendar|calendars/{calendar}]/calendarPermissions/{permission}", update),
    route("DELETE", "@/[calendar|calendars/{calendar}]/calendarPermissions/{permission}", delete),
];

struct Stored;

impl Source for Stored {
    fn id<'e>(&self, entity: &'e Entity) -> Cow<'e, str> {
        entity.text("id").into()
    }
}

/// The calendar, with what everybody in the organisation may see, which is always there.
fn prepared(mailbox: &mut Mailbox, call: &Call<'_>) -> Result<u64, Fault> {
    let calendar = calendar(mailbox, call)?;
    if mailbox.calendar_permissions.get(calendar).is_none() {
        let everybody = json!({
            "id": STANDARD.encode("Default"), "isRemovable": false, "isInsideOrganization": true, "role": "freeBusyRead",
            "allowedRoles": ["none", "freeBusyRead", "limitedRead", "read", "write"], "emailAddress": { "name": "My Organization" },
        });
        mailbox.calendar_permissions.insert(Entity::new(calendar, calendar, 0, object(everybody)));
    }
    Ok(calendar)
}

fn find<'m>(mailbox: &'m Mailbox, calendar: u64, call: &Call<'_>) -> Result<&'m Entity, Fault> {
    let id = call.param("permission");
    mailbox.calendar_permissions.children(calendar).find(|entry| entry.text("id") == id).ok_or_else(Fault::item)
}

fn list_permissions(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let calendar = prepared(tenant.mailbox_mut(call.owner)?, call)?;
    let options = call.options(types::get("calendarPermission"))?;
    let view = View::new(types::get("calendarPermission"), &Stored, Service::Outlook, &options);
    let entries = tenant.mailbox(call.owner)?.calendar_permissions.children(calendar);
    list(call, &view, &PAGING, &options, &context(tenant, call, "calendar/calendarPermissions"), entries, None)
}

fn show(tenant: &Tenant, call: &Call<'_>, key: u64, status: u16) -> Outcome {
    let options = call.options(types::get("calendarPermission"))?;
    let entity = tenant.mailbox(call.owner)?.calendar_permissions.get(key).ok_or_else(Fault::item)?;
    let view = View::new(types::get("calendarPermission"), &Stored, Service::Outlook, &options);
    view.reply(call, status, &context(tenant, call, "calendar/calendarPermissions"), entity)
}

fn get(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let mailbox = tenant.mailbox_mut(call.owner)?;
    let calendar = prepared(mailbox, call)?;
    let key = find(mailbox, calendar, call)?.key;
    show(tenant, call, key, 200)
}

fn role(body: &Map<String, Value>, allowed: &[&str]) -> Result<String, Fault> {
    match body.get("role").and_then(Value::as_str) {
        Some(role) if allowed.contains(&role) => Ok(role.to_owned()),
        _ => Err(Fault::new(400, "ErrorInvalidRequest", "The role is not among the allowed roles of this recipient.")),
    }
}

fn create(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.entity("calendarPermission")?;
    let address = body.get("emailAddress").and_then(|email| email.get("address")).and_then(Value::as_str);
    let address = address.filter(|address| address.contains('@'));
    let address =
        address.ok_or_else(|| Fault::new(400, "ErrorInvalidRequest", "The recipient has no address."))?.to_owned();
    let person = tenant.directory.user(&address).map(|user| user.text("displayName").to_owned());
    let allowed = calendar_roles(person.is_some());
    let role = role(&body, allowed)?;
    let key = tenant.key();
    let mailbox = tenant.mailbox_mut(call.owner)?;
    let calendar = prepared(mailbox, call)?;
    let entry = calendar_permission(&address, person.as_deref(), &role);
    let id = entry.get("id").and_then(Value::as_str).unwrap_or_default();
    if mailbox.calendar_permissions.children(calendar).any(|entry| entry.text("id") == id) {
        return Err(Fault::new(409, "ErrorItemAlreadyExists", "The calendar is shared with this recipient already."));
    }
    mailbox.calendar_permissions.insert(Entity::new(key, calendar, 0, entry));
    show(tenant, call, key, 201)
}

fn update(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.entity("calendarPermission")?;
    let mailbox = tenant.mailbox_mut(call.owner)?;
    let calendar = prepared(mailbox, call)?;
    let entry = find(mailbox, calendar, call)?;
    let allowed: Vec<&str> =
        entry.fields["allowedRoles"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let (key, role) = (entry.key, role(&body, &allowed)?);
    mailbox.calendar_permissions.update(key, |fields| {
        fields.insert("role".into(), role.into());
    });
    show(tenant, call, key, 200)
}

fn delete(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let mailbox = tenant.mailbox_mut(call.owner)?;
    let calendar = prepared(mailbox, call)?;
    let entry = find(mailbox, calendar, call)?;
    if !entry.flag("isRemovable") {
        return Err(Fault::new(400, "ErrorInvalidRequest", "This recipient cannot be removed."));
    }
    let key = entry.key;
    mailbox.calendar_permissions.remove(key, false);
    Ok(Reply::empty(204))
}
