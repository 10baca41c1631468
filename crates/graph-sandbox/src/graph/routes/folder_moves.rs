//! Mail folders on their way: copied, moved, deleted, with all that lies in them.

use serde_json::{Map, Value};

use super::folders::{key, refuse_duplicate, refuse_known, show};
use super::messages::{destination, forget};
use crate::graph::attachments::attach_all;
use crate::graph::call::Call;
use crate::graph::fault::Fault;
use crate::graph::mailbox::Mailbox;
use crate::graph::reply::{Outcome, Reply};
use crate::graph::router::{Route, route};
use crate::graph::search_folders::Search;
use crate::graph::store::Entity;
use crate::graph::tenant::Tenant;

pub(crate) static ROUTES: &[Route] = &[
    route("DELETE", "@/mailFolders/{folder}[|/childFolders/{child}]", delete),
    route("POST", "@/mailFolders/{folder}[|/childFolders/{child}]/move", move_to),
    route("POST", "@/mailFolders/{folder}[|/childFolders/{child}]/copy", copy),
    route("POST", "@/mailFolders/{folder}[|/childFolders/{child}]/permanentDelete", permanent_delete),
];

/// The folder and all below it, each behind its parent.
fn tree(mailbox: &Mailbox, key: u64) -> Vec<u64> {
    let mut all = vec![key];
    let mut at = 0;
    while let Some(next) = all.get(at).copied() {
        all.extend(mailbox.folders.children(next).map(|folder| folder.key));
        at += 1;
    }
    all
}

/// Takes a folder out for good.
fn purge(mailbox: &mut Mailbox, key: u64) {
    for folder in tree(mailbox, key) {
        let messages: Vec<u64> = mailbox.messages.children(folder).map(|message| message.key).collect();
        for message in messages {
            forget(mailbox, message);
        }
        mailbox.folders.remove(folder, false);
    }
}

fn relocate(mailbox: &mut Mailbox, key: u64, target: u64) {
    let parent = mailbox.folder_id(target);
    mailbox.folders.relocate(key, target, None);
    mailbox.folders.amend(key, |fields| {
        fields.insert("parentFolderId".into(), parent.into());
    });
}

/// A folder goes to Deleted Items first. From there it goes for good, as a search folder does at once.
fn delete(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let mailbox = tenant.mailbox_mut(call.owner)?;
    let key = key(mailbox, call)?;
    discard(mailbox, key)?;
    Ok(Reply::empty(204))
}

/// Deletes a folder as [`delete`] does.
///
/// # Errors
/// If it is one that is always there.
pub(super) fn discard(mailbox: &mut Mailbox, key: u64) -> Result<(), Fault> {
    refuse_known(mailbox, key)?;
    let deleted = mailbox.known("deleteditems");
    if tree(mailbox, deleted).contains(&key) || Search::of(mailbox, key).is_some() {
        purge(mailbox, key);
    } else {
        relocate(mailbox, key, deleted);
    }
    Ok(())
}

fn permanent_delete(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let mailbox = tenant.mailbox_mut(call.owner)?;
    let key = key(mailbox, call)?;
    refuse_known(mailbox, key)?;
    purge(mailbox, key);
    Ok(Reply::empty(204))
}

/// Refuses a place within the folder itself, and one where its name is taken.
fn check_place(mailbox: &Mailbox, key: u64, target: u64) -> Result<(), Fault> {
    if tree(mailbox, key).contains(&target) {
        return Err(Fault::new(400, "ErrorMoveCopyFailed", "The move or copy operation failed."));
    }
    let name = mailbox.folders.get(key).map(|folder| folder.text("displayName").to_owned()).unwrap_or_default();
    refuse_duplicate(mailbox, target, &name)
}

fn move_to(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.object()?;
    let mailbox = tenant.mailbox_mut(call.owner)?;
    let key = key(mailbox, call)?;
    refuse_known(mailbox, key)?;
    let target = destination(mailbox, &body)?;
    check_place(mailbox, key, target)?;
    relocate(mailbox, key, target);
    show(tenant, call, key, 200)
}

fn copy(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.object()?;
    let mailbox = tenant.mailbox(call.owner)?;
    let key = key(mailbox, call)?;
    let target = destination(mailbox, &body)?;
    check_place(mailbox, key, target)?;
    // The copies of folders by their originals, so that what lies in them finds its place.
    let mut places = vec![(key, target)];
    let mut copied = 0;
    for folder in tree(mailbox, key) {
        let parent = places.iter().find(|(original, _)| *original == folder).map_or(target, |(_, parent)| *parent);
        let copy = copy_one(tenant, call.owner, folder, parent)?;
        if folder == key {
            copied = copy;
        }
        let children = tenant.mailbox(call.owner)?.folders.children(folder).map(|child| (child.key, copy));
        places.extend(children.collect::<Vec<_>>());
    }
    show(tenant, call, copied, 200)
}

/// Copies a folder with its messages, and gives the copy's key.
fn copy_one(tenant: &mut Tenant, owner: u64, folder: u64, parent: u64) -> Result<u64, Fault> {
    let (copy, now) = (tenant.key(), tenant.now());
    let mailbox = tenant.mailbox(owner)?;
    let mut fields = mailbox.folders.get(folder).ok_or_else(Fault::item)?.fields.clone();
    fields.insert("parentFolderId".into(), mailbox.folder_id(parent).into());
    let messages: Vec<(u64, Map<String, Value>)> =
        mailbox.messages.children(folder).map(|message| (message.key, message.fields.clone())).collect();
    tenant.mailbox_mut(owner)?.folders.insert(Entity::new(copy, parent, 0, fields));
    for (original, mut fields) in messages {
        let key = tenant.key();
        let parts: Vec<Map<String, Value>> =
            tenant.mailbox(owner)?.attachments.children(original).map(|part| part.fields.clone()).collect();
        let parts = parts.into_iter().map(|fields| (tenant.key(), fields)).collect();
        let mailbox = tenant.mailbox_mut(owner)?;
        fields.insert("parentFolderId".into(), mailbox.folder_id(copy).into());
        mailbox.add_message(key, copy, now, fields);
        attach_all(mailbox, key, parts);
    }
    Ok(copy)
}
