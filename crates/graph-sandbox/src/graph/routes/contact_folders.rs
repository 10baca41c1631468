//! Folders of contacts.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use super::changes::Delta;
use super::items::context;
use crate::graph::call::Call;
use crate::graph::contacts::add_contact_folder;
use crate::graph::fault::{Fault, Service};
use crate::graph::mailbox::Mailbox;
use crate::graph::reply::{Outcome, Reply};
use crate::graph::router::{Route, route};
use crate::graph::store::{Change, Entity, round};
use crate::graph::tenant::Tenant;
use crate::graph::types;
use crate::graph::view::{Paging, Source, View, list};

pub(crate) static ROUTES: &[Route] = &[
    route("GET", "@/contactFolders", list_folders),
    route("POST", "@/contactFolders", create_folder),
    route("GET", "@/contactFolders/delta", delta),
    route("GET", "@/contactFolders/{contactFolder}", get_folder),
    route("PATCH", "@/contactFolders/{contactFolder}", rename_folder),
    route("DELETE", "@/contactFolders/{contactFolder}", delete_folder),
    route("GET", "@/contactFolders/{contactFolder}/childFolders", list_children),
    route("POST", "@/contactFolders/{contactFolder}/childFolders", create_folder),
];

const PAGING: Paging = Paging { page: 10, max: 1000, natural: None };

struct Folders<'t>(&'t Mailbox);

impl Source for Folders<'_> {
    fn id<'e>(&self, entity: &'e Entity) -> Cow<'e, str> {
        self.0.folder_id(entity.key).into()
    }
}

/// The folder that the path names; the default one if it names none.
pub(super) fn folder(mailbox: &Mailbox, call: &Call<'_>) -> Result<u64, Fault> {
    match call.has_param("contactFolder") {
        true if call.param("contactFolder").eq_ignore_ascii_case("contacts") => Ok(mailbox.known("contacts")),
        true => mailbox.in_set(&mailbox.contact_folders, call.param("contactFolder")).map(|folder| folder.key),
        false => Ok(mailbox.known("contacts")),
    }
}

fn list_below(tenant: &Tenant, call: &Call<'_>, parent: u64) -> Outcome {
    let mailbox = tenant.mailbox(call.owner)?;
    let options = call.options(types::get("contactFolder"))?;
    let source = Folders(mailbox);
    let view = View::new(types::get("contactFolder"), &source, Service::Outlook, &options);
    list(
        call,
        &view,
        &PAGING,
        &options,
        &context(tenant, call, "contactFolders"),
        mailbox.contact_folders.children(parent),
        None,
    )
}

fn list_folders(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    list_below(tenant, call, 0)
}

fn list_children(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let parent = folder(tenant.mailbox(call.owner)?, call)?;
    list_below(tenant, call, parent)
}

fn show_folder(tenant: &Tenant, call: &Call<'_>, key: u64, status: u16) -> Outcome {
    let mailbox = tenant.mailbox(call.owner)?;
    let options = call.options(types::get("contactFolder"))?;
    let source = Folders(mailbox);
    let entity = mailbox.contact_folders.get(key).ok_or_else(Fault::item)?;
    let view = View::new(types::get("contactFolder"), &source, Service::Outlook, &options);
    view.reply(call, status, &context(tenant, call, "contactFolders"), entity)
}

fn get_folder(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let key = folder(tenant.mailbox(call.owner)?, call)?;
    show_folder(tenant, call, key, 200)
}

fn folder_name(body: &Map<String, Value>) -> Result<String, Fault> {
    let name = body.get("displayName").and_then(Value::as_str).map(str::trim).filter(|name| !name.is_empty());
    name.map(str::to_owned)
        .ok_or_else(|| Fault::new(400, "ErrorInvalidRequest", "The display name of a folder cannot be empty."))
}

fn create_folder(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let name = folder_name(&call.entity("contactFolder")?)?;
    let key = tenant.key();
    let mailbox = tenant.mailbox_mut(call.owner)?;
    let parent = if call.has_param("contactFolder") { folder(mailbox, call)? } else { 0 };
    if mailbox.contact_folders.children(parent).any(|folder| folder.text("displayName").eq_ignore_ascii_case(&name)) {
        return Err(Fault::new(
            409,
            "ErrorFolderExists",
            "A folder with the specified name already exists., Could not create folder.",
        ));
    }
    add_contact_folder(mailbox, key, parent, &name);
    show_folder(tenant, call, key, 201)
}

fn rename_folder(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let name = folder_name(&call.entity("contactFolder")?)?;
    let mailbox = tenant.mailbox_mut(call.owner)?;
    let key = folder(mailbox, call)?;
    mailbox.contact_folders.update(key, |fields| {
        fields.insert("displayName".into(), name.into());
    });
    show_folder(tenant, call, key, 200)
}

fn delete_folder(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let mailbox = tenant.mailbox_mut(call.owner)?;
    let key = folder(mailbox, call)?;
    if key == mailbox.known("contacts") {
        return Err(Fault::new(400, "ErrorDeleteDistinguishedFolder", "Distinguished folders cannot be deleted."));
    }
    let mut tree = vec![key];
    let mut at = 0;
    while let Some(next) = tree.get(at).copied() {
        tree.extend(mailbox.contact_folders.children(next).map(|folder| folder.key));
        at += 1;
    }
    for folder in tree {
        let contacts: Vec<u64> = mailbox.contacts.children(folder).map(|contact| contact.key).collect();
        for contact in contacts {
            mailbox.contacts.remove(contact, false);
        }
        mailbox.contact_folders.remove(folder, false).ok_or_else(Fault::item)?;
    }
    Ok(Reply::empty(204))
}

fn delta(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let tenant = &*tenant;
    let mailbox = tenant.mailbox(call.owner)?;
    let ty = types::get("contactFolder");
    let delta = Delta::begin(tenant, call, &mailbox.contact_folders, ty)?;
    let options = delta.options.clone();
    let keep = |change: &Change<'_>| match change {
        Change::Present { .. } => true,
        Change::Gone { key, .. } => mailbox.contact_folders.get(*key).is_none(),
    };
    let round = round(&mailbox.contact_folders, None, delta.stage(), delta.page(10, 1000), &keep);
    let source = Folders(mailbox);
    let view = View::new(ty, &source, Service::Outlook, &options);
    delta.reply(call, "Collection(contactFolder)", round, |out, change, _| match change {
        Change::Present { entity, .. } => view.write(out, entity, &[]),
        Change::Gone { key, .. } => {
            let removed = json!({ "id": mailbox.folder_id(*key), "@removed": { "reason": "deleted" } });
            out.extend_from_slice(removed.to_string().as_bytes());
            Ok(())
        }
    })
}
