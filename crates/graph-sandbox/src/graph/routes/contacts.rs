//! Contacts.

use serde_json::{Map, Value, json};

use super::changes::Delta;
use super::contact_folders::folder;
use super::items::{Items, check_etag, context};
use crate::graph::call::Call;
use crate::graph::contacts::add_contact;
use crate::graph::fault::{Fault, Service};
use crate::graph::mailbox::Mailbox;
use crate::graph::odata::matches;
use crate::graph::reply::{Outcome, Reply};
use crate::graph::router::{Route, route};
use crate::graph::store::{Change, Entity, round};
use crate::graph::tenant::Tenant;
use crate::graph::time::stamp;
use crate::graph::types;
use crate::graph::view::{Paging, View, list};

pub(crate) static ROUTES: &[Route] = &[
    route("GET", "@/[|contactFolders/{contactFolder}/]contacts", list_contacts),
    route("POST", "@/[|contactFolders/{contactFolder}/]contacts", create),
    route("GET", "@/[|contactFolders/{contactFolder}/]contacts/$count", count),
    route("GET", "@/[|contactFolders/{contactFolder}/]contacts/delta", delta),
    route("GET", "@/[|contactFolders/{contactFolder}/]contacts/{contact}", get),
    route("PATCH", "@/[|contactFolders/{contactFolder}/]contacts/{contact}", update),
    route("DELETE", "@/[|contactFolders/{contactFolder}/]contacts/{contact}", delete),
    route("POST", "@/[|contactFolders/{contactFolder}/]contacts/{contact}/permanentDelete", delete),
];

const PAGING: Paging = Paging { page: 10, max: 1000, natural: None };

pub(super) fn contact<'m>(mailbox: &'m Mailbox, call: &Call<'_>) -> Result<&'m Entity, Fault> {
    let contact = mailbox.in_set(&mailbox.contacts, call.param("contact"))?;
    // Without a folder in the path, contacts of every folder are found.
    match call.has_param("contactFolder") && folder(mailbox, call)? != contact.parent {
        true => Err(Fault::item()),
        false => Ok(contact),
    }
}

fn list_contacts(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let mailbox = tenant.mailbox(call.owner)?;
    let folder = folder(mailbox, call)?;
    let options = call.options(types::get("contact"))?;
    if options.search.is_some() {
        return Err(Fault::new(
            400,
            "ErrorInvalidUrlQuery",
            "The query parameter '$search' is not supported for contacts.",
        ));
    }
    let source = Items::new(mailbox, call);
    let view = View::new(types::get("contact"), &source, Service::Outlook, &options);
    list(call, &view, &PAGING, &options, &context(tenant, call, "contacts"), mailbox.contacts.children(folder), None)
}

fn count(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let mailbox = tenant.mailbox(call.owner)?;
    let options = call.options(types::get("contact"))?;
    let all = mailbox.contacts.children(folder(mailbox, call)?);
    let found = all.filter(|contact| options.filter.as_ref().is_none_or(|filter| matches(filter, &contact.fields)));
    Ok(Reply::bytes(200, "text/plain", found.count().to_string()))
}

fn show(tenant: &Tenant, call: &Call<'_>, key: u64, status: u16) -> Outcome {
    let mailbox = tenant.mailbox(call.owner)?;
    let options = call.options(types::get("contact"))?;
    let source = Items::new(mailbox, call);
    let entity = mailbox.contacts.get(key).ok_or_else(Fault::item)?;
    let view = View::new(types::get("contact"), &source, Service::Outlook, &options);
    view.reply(call, status, &context(tenant, call, "contacts"), entity)
}

fn get(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let key = contact(tenant.mailbox(call.owner)?, call)?.key;
    show(tenant, call, key, 200)
}

fn create(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let mut body = call.entity("contact")?;
    refuse_many_addresses(&body)?;
    // The path says where it lies.
    body.remove("parentFolderId");
    let (key, now) = (tenant.key(), tenant.stamp());
    let mailbox = tenant.mailbox_mut(call.owner)?;
    let folder = folder(mailbox, call)?;
    add_contact(mailbox, key, folder, &now, body);
    show(tenant, call, key, 201)
}

/// Outlook keeps three addresses for a contact.
fn refuse_many_addresses(body: &Map<String, Value>) -> Result<(), Fault> {
    match body.get("emailAddresses").and_then(Value::as_array) {
        Some(addresses) if addresses.len() > 3 => Err(Fault::new(
            400,
            "ErrorPropertyValidationFailure",
            "At least one property failed validation. A contact has at most three email addresses.",
        )),
        _ => Ok(()),
    }
}

fn update(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.entity("contact")?;
    refuse_many_addresses(&body)?;
    if body.contains_key("parentFolderId") {
        return Err(Fault::new(
            400,
            "ErrorInvalidPropertySet",
            "The property 'parentFolderId' is read-only: a contact cannot be moved.",
        ));
    }
    let now = stamp(tenant.now());
    let mailbox = tenant.mailbox_mut(call.owner)?;
    let found = contact(mailbox, call)?;
    check_etag(call, found)?;
    let key = found.key;
    mailbox.contacts.update(key, |fields| {
        for (name, value) in body.into_iter().filter(|(name, _)| !name.contains('@') && name != "id") {
            super::items::merge(fields, name, value);
        }
        fields.insert("lastModifiedDateTime".into(), now.into());
    });
    show(tenant, call, key, 200)
}

fn delete(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let mailbox = tenant.mailbox_mut(call.owner)?;
    let key = contact(mailbox, call)?.key;
    mailbox.contacts.remove(key, false);
    Ok(Reply::empty(204))
}

fn delta(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let mailbox = tenant.mailbox(call.owner)?;
    let folder = folder(mailbox, call)?;
    let ty = types::get("contact");
    let delta = Delta::begin(tenant, call, &mailbox.contacts, ty)?;
    let options = delta.options.clone();
    if options.filter.is_some() || options.search.is_some() || !options.orderby.is_empty() || !options.expand.is_empty()
    {
        return Err(Fault::new(
            400,
            "ErrorInvalidUrlQuery",
            "Only $select is supported in change tracking of contacts.",
        ));
    }
    let round = round(&mailbox.contacts, Some(folder), delta.stage(), delta.page(10, 1000), &|_| true);
    let source = Items::new(mailbox, call);
    let view = View::new(ty, &source, Service::Outlook, &options);
    delta.reply(call, "Collection(contact)", round, |out, change, _| match change {
        Change::Present { entity, .. } => view.write(out, entity, &[]),
        Change::Gone { key, parent, .. } => {
            let gone = json!({ "id": mailbox.gone_id(*parent, *key, call.ids()), "@removed": { "reason": "deleted" } });
            out.extend_from_slice(gone.to_string().as_bytes());
            Ok(())
        }
    })
}
