//! Calendars and views of them.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::changes::Delta;
use super::events::{PAGING, calendar, window};
use super::items::{Items, context, preferences};
use crate::graph::calendar::stored;
use crate::graph::call::Call;
use crate::graph::fault::{Fault, Service};
use crate::graph::mailbox::Mailbox;
use crate::graph::reply::{Outcome, Reply};
use crate::graph::router::{Route, route};
use crate::graph::store::{Change, Entity, Stage, round};
use crate::graph::tenant::Tenant;
use crate::graph::types;
use crate::graph::view::{Source, View, list};

pub(crate) static ROUTES: &[Route] = &[
    route("GET", "@/calendars", list_calendars),
    route("POST", "@/calendars", create),
    route("GET", "@/[calendar|calendars/{calendar}]", get),
    route("PATCH", "@/[calendar|calendars/{calendar}]", update),
    route("DELETE", "@/calendars/{calendar}", delete),
    route("POST", "@/calendars/{calendar}/permanentDelete", delete),
    route("GET", "@/calendarGroups/{calendarGroup}/calendars", list_calendars),
    route("POST", "@/calendarGroups/{calendarGroup}/calendars", create),
    route("GET", "@/[|calendar/|calendars/{calendar}/]calendarView", view_window),
    route("GET", "@/[|calendar/]calendarView/delta", delta),
];

struct Calendars<'t>(&'t Mailbox);

impl Source for Calendars<'_> {
    fn id<'e>(&self, entity: &'e Entity) -> Cow<'e, str> {
        self.0.folder_id(entity.key).into()
    }
}

fn list_calendars(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let mailbox = tenant.mailbox(call.owner)?;
    let options = call.options(types::get("calendar"))?;
    let source = Calendars(mailbox);
    let view = View::new(types::get("calendar"), &source, Service::Outlook, &options);
    let group = super::calendar_groups::named(mailbox, call)?;
    let items =
        mailbox.calendars.iter().filter(|calendar| group.is_none_or(|group| mailbox.group_of(calendar.key) == group));
    list(call, &view, &PAGING, &options, &context(tenant, call, "calendars"), items, None)
}

fn show(tenant: &Tenant, call: &Call<'_>, key: u64, status: u16) -> Outcome {
    let mailbox = tenant.mailbox(call.owner)?;
    let options = call.options(types::get("calendar"))?;
    let source = Calendars(mailbox);
    let entity = mailbox.calendars.get(key).ok_or_else(Fault::item)?;
    let view = View::new(types::get("calendar"), &source, Service::Outlook, &options);
    view.reply(call, status, &context(tenant, call, "calendars"), entity)
}

fn get(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let key = calendar(tenant.mailbox(call.owner)?, call)?;
    show(tenant, call, key, 200)
}

fn create(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.entity("calendar")?;
    let name = body.get("name").and_then(Value::as_str).filter(|name| !name.trim().is_empty());
    let name = name.ok_or_else(|| Fault::new(400, "ErrorInvalidRequest", "The name of a calendar cannot be empty."))?;
    let key = tenant.key();
    let mailbox = tenant.mailbox_mut(call.owner)?;
    if mailbox.calendars.iter().any(|calendar| calendar.text("name").eq_ignore_ascii_case(name)) {
        return Err(Fault::new(
            409,
            "ErrorFolderExists",
            "A folder with the specified name already exists., Could not create folder.",
        ));
    }
    let group = super::calendar_groups::named(mailbox, call)?;
    refuse_bad_color(&body)?;
    mailbox.add_calendar(key, name, false);
    mailbox.grouped.extend(group.map(|group| (key, group)));
    let colors = body.iter().filter(|(name, value)| matches!(name.as_str(), "color" | "hexColor") && !value.is_null());
    let colors: Vec<_> = colors.map(|(name, value)| (name.clone(), value.clone())).collect();
    mailbox.calendars.amend(key, |fields| fields.extend(colors));
    show(tenant, call, key, 201)
}

fn update(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.entity("calendar")?;
    let mailbox = tenant.mailbox_mut(call.owner)?;
    let key = calendar(mailbox, call)?;
    let allowed = |name: &str| matches!(name, "name" | "color" | "hexColor" | "isDefaultCalendar");
    refuse_bad_color(&body)?;
    if body.get("isDefaultCalendar") == Some(&Value::Bool(true)) {
        let others: Vec<u64> =
            mailbox.calendars.iter().map(|calendar| calendar.key).filter(|other| *other != key).collect();
        for other in others {
            mailbox.calendars.amend(other, |fields| {
                fields.insert("isDefaultCalendar".into(), false.into());
            });
        }
        mailbox.well_known.insert("calendar", key);
    }
    mailbox.calendars.update(key, |fields| fields.extend(body.into_iter().filter(|(name, _)| allowed(name))));
    show(tenant, call, key, 200)
}

fn refuse_bad_color(body: &serde_json::Map<String, Value>) -> Result<(), Fault> {
    let Some(color) = body.get("hexColor").and_then(Value::as_str).filter(|color| !color.is_empty()) else {
        return Ok(());
    };
    let digits = color.strip_prefix('#').unwrap_or_default();
    match digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        true => Ok(()),
        false => {
            Err(Fault::new(400, "ErrorInvalidRequest", "The value of hexColor is not a color in the form #RRGGBB."))
        }
    }
}

fn delete(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let mailbox = tenant.mailbox_mut(call.owner)?;
    let key = calendar(mailbox, call)?;
    if key == mailbox.known("calendar") {
        return Err(Fault::new(400, "ErrorCannotDeleteDefaultCalendar", "The default calendar cannot be deleted."));
    }
    let events: Vec<u64> = mailbox.events.children(key).map(|event| event.key).collect();
    for event in events {
        mailbox.events.remove(event, false);
    }
    mailbox.calendars.remove(key, false);
    mailbox.grouped.remove(&key);
    Ok(Reply::empty(204))
}

pub(super) fn view_window(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let (from, to) = window(call)?;
    let mailbox = tenant.mailbox(call.owner)?;
    let calendar = calendar(mailbox, call)?;
    let options = call.options(types::get("event"))?;
    let source = Items::zoned(mailbox, call)?;
    let view = View::new(types::get("event"), &source, Service::Outlook, &options);
    let mut found: Vec<Entity> =
        mailbox.events.children(calendar).flat_map(|event| mailbox.instances(event, from, to)).collect();
    found.sort_by_key(|event| stored(&event.fields, "start"));
    let reply = list(call, &view, &PAGING, &options, &context(tenant, call, "calendarView"), found.iter(), None)?;
    Ok(preferences(call, reply))
}

fn delta(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let mailbox = tenant.mailbox(call.owner)?;
    let calendar = mailbox.known("calendar");
    let ty = types::get("event");
    let delta = Delta::begin(tenant, call, &mailbox.events, ty)?;
    let options = delta.options.clone();
    if options.filter.is_some() || options.search.is_some() || !options.orderby.is_empty() || !options.expand.is_empty()
    {
        return Err(Fault::new(
            400,
            "ErrorInvalidUrlQuery",
            "The query parameters $filter, $search, $orderby and $expand are not supported in change tracking.",
        ));
    }
    // The window is that of the first request.
    let (from, to) = window(&Call { query: delta.query.clone(), params: Vec::new(), ..*call })?;
    let keep = |change: &Change<'_>| match change {
        Change::Present { entity, .. } => {
            let tells_gone = matches!(delta.stage(), Stage::Changes { .. });
            !mailbox.instances(entity, from, to).is_empty() || tells_gone && !mailbox.cancelled_ids(entity).is_empty()
        }
        Change::Gone { .. } => true,
    };
    let round = round(&mailbox.events, Some(calendar), delta.stage(), delta.page(10, 1000), &keep);
    let source = Items::zoned(mailbox, call)?;
    let view = View::new(ty, &source, Service::Outlook, &options);
    let reply = delta.reply(call, "Collection(event)", round, |out, change, since| match change {
        Change::Present { entity, .. } => {
            let begins = out.len();
            for event in mailbox.instances(entity, from, to) {
                if out.len() > begins {
                    out.push(b',');
                }
                view.write(out, &event, &[])?;
            }
            // The first round tells what is there.
            for id in mailbox.cancelled_ids(entity).into_iter().filter(|_| since.is_some()) {
                if out.len() > begins {
                    out.push(b',');
                }
                out.extend_from_slice(json!({ "id": id, "@removed": { "reason": "deleted" } }).to_string().as_bytes());
            }
            Ok(())
        }
        Change::Gone { key, parent, .. } => {
            let gone = json!({ "id": mailbox.gone_id(*parent, *key, call.ids()), "@removed": { "reason": "deleted" } });
            out.extend_from_slice(gone.to_string().as_bytes());
            Ok(())
        }
    })?;
    Ok(preferences(call, reply))
}
