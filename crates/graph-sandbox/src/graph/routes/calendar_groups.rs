//! Groups of calendars.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::events::PAGING;
use super::items::context;
use crate::graph::call::Call;
use crate::graph::fault::{Fault, Service};
use crate::graph::mailbox::Mailbox;
use crate::graph::reply::{Outcome, Reply};
use crate::graph::router::{Route, route};
use crate::graph::store::Entity;
use crate::graph::tenant::Tenant;
use crate::graph::types;
use crate::graph::view::{Source, View, list};

pub(crate) static ROUTES: &[Route] = &[
    route("GET", "@/calendarGroups", list_groups),
    route("POST", "@/calendarGroups", create),
    route("GET", "@/calendarGroups/{calendarGroup}", get),
    route("PATCH", "@/calendarGroups/{calendarGroup}", rename),
    route("DELETE", "@/calendarGroups/{calendarGroup}", delete),
];

struct Groups<'t>(&'t Mailbox);

impl Source for Groups<'_> {
    fn id<'e>(&self, entity: &'e Entity) -> Cow<'e, str> {
        self.0.folder_id(entity.key).into()
    }
}

/// The group that the path names, if it names one.
pub(super) fn named(mailbox: &Mailbox, call: &Call<'_>) -> Result<Option<u64>, Fault> {
    if !call.has_param("calendarGroup") {
        return Ok(None);
    }
    mailbox.in_set(&mailbox.calendar_groups, call.param("calendarGroup")).map(|group| Some(group.key))
}

fn group(mailbox: &Mailbox, call: &Call<'_>) -> Result<u64, Fault> {
    named(mailbox, call)?.ok_or_else(Fault::item)
}

fn list_groups(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let mailbox = tenant.mailbox(call.owner)?;
    let options = call.options(types::get("calendarGroup"))?;
    let source = Groups(mailbox);
    let view = View::new(types::get("calendarGroup"), &source, Service::Outlook, &options);
    list(call, &view, &PAGING, &options, &context(tenant, call, "calendarGroups"), mailbox.calendar_groups.iter(), None)
}

fn show(tenant: &Tenant, call: &Call<'_>, key: u64, status: u16) -> Outcome {
    let mailbox = tenant.mailbox(call.owner)?;
    let options = call.options(types::get("calendarGroup"))?;
    let source = Groups(mailbox);
    let entity = mailbox.calendar_groups.get(key).ok_or_else(Fault::item)?;
    let view = View::new(types::get("calendarGroup"), &source, Service::Outlook, &options);
    view.reply(call, status, &context(tenant, call, "calendarGroups"), entity)
}

fn get(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let key = group(tenant.mailbox(call.owner)?, call)?;
    show(tenant, call, key, 200)
}

fn name(body: &Map<String, Value>) -> Result<String, Fault> {
    let name = body.get("name").and_then(Value::as_str).map(str::trim).filter(|name| !name.is_empty());
    name.map(str::to_owned)
        .ok_or_else(|| Fault::new(400, "ErrorInvalidRequest", "The name of a calendar group cannot be empty."))
}

fn refuse_duplicate(mailbox: &Mailbox, name: &str, but: u64) -> Result<(), Fault> {
    match mailbox.calendar_groups.iter().any(|group| group.key != but && group.text("name").eq_ignore_ascii_case(name))
    {
        true => {
            Err(Fault::new(409, "ErrorCalendarGroupAlreadyExists", "A calendar group with this name already exists."))
        }
        false => Ok(()),
    }
}

fn create(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let name = name(&call.entity("calendarGroup")?)?;
    let key = tenant.key();
    let mailbox = tenant.mailbox_mut(call.owner)?;
    refuse_duplicate(mailbox, &name, 0)?;
    mailbox.add_calendar_group(key, &name);
    show(tenant, call, key, 201)
}

/// The group that is always there stays as it is.
fn refuse_known(mailbox: &Mailbox, key: u64) -> Result<(), Fault> {
    match key == mailbox.known("mycalendars") {
        true => Err(Fault::new(
            400,
            "ErrorCannotChangeDefaultCalendarGroup",
            "The default calendar group cannot be renamed or deleted.",
        )),
        false => Ok(()),
    }
}

fn rename(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let name = name(&call.entity("calendarGroup")?)?;
    let mailbox = tenant.mailbox_mut(call.owner)?;
    let key = group(mailbox, call)?;
    refuse_known(mailbox, key)?;
    refuse_duplicate(mailbox, &name, key)?;
    mailbox.calendar_groups.update(key, |fields| {
        fields.insert("name".into(), name.into());
    });
    show(tenant, call, key, 200)
}

fn delete(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let mailbox = tenant.mailbox_mut(call.owner)?;
    let key = group(mailbox, call)?;
    refuse_known(mailbox, key)?;
    if mailbox.grouped.values().any(|group| *group == key) {
        return Err(Fault::new(
            400,
            "ErrorCalendarGroupIsNotEmpty",
            "A calendar group with calendars in it cannot be deleted.",
        ));
    }
    mailbox.calendar_groups.remove(key, false);
    Ok(Reply::empty(204))
}
