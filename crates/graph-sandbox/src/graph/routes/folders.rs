//! Mail folders.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::graph::call::Call;
use crate::graph::fault::{Fault, Service};
use crate::graph::mailbox::Mailbox;
use crate::graph::odata::Expand;
use crate::graph::reply::{Outcome, Reply};
use crate::graph::router::{Route, route};
use crate::graph::search_folders::{self, Search};
use crate::graph::store::Entity;
use crate::graph::tenant::Tenant;
use crate::graph::types;
use crate::graph::view::{Paging, Source, View, list};

pub(crate) static ROUTES: &[Route] = &[
    route("GET", "@/mailFolders", top),
    route("POST", "@/mailFolders", create),
    route("GET", "@/mailFolders/delta", delta),
    route("GET", "@/mailFolders/$count", count),
    route("GET", "@/mailFolders/{folder}[|/childFolders/{child}]", get),
    route("PATCH", "@/mailFolders/{folder}[|/childFolders/{child}]", update),
    route("GET", "@/mailFolders/{folder}/childFolders", children),
    route("POST", "@/mailFolders/{folder}/childFolders", create),
];

const PAGING: Paging = Paging { page: 10, max: 1000, natural: None };
/// What a folder is for, where somebody said it.
pub(super) const KIND: &str = ".type";

/// Folders for anything but mail are not shown among those of mail.
fn is_for_mail(folder: &Entity) -> bool {
    let kind = folder.text(KIND);
    kind.is_empty() || kind.starts_with("IPF.Note")
}

/// Prints mail folders.
struct Folders<'t>(&'t Mailbox);

impl Source for Folders<'_> {
    fn id<'e>(&self, entity: &'e Entity) -> Cow<'e, str> {
        self.0.folder_id(entity.key).into()
    }

    fn type_name(&self, entity: &Entity) -> Option<&'static str> {
        search_folders::type_name(entity)
    }

    fn expand(&self, entity: &Entity, expand: &Expand) -> Result<Value, Fault> {
        match expand.name.as_str() {
            "childFolders" => {
                let view = View::new(types::get("mailFolder"), self, Service::Outlook, &expand.options);
                self.0.folders.children(entity.key).map(|child| view.inline(child)).collect()
            }
            name => Err(Fault::query(Service::Outlook, format!("The property '{name}' cannot be expanded."))),
        }
    }
}

/// The folder that the path names last.
pub(super) fn key(mailbox: &Mailbox, call: &Call<'_>) -> Result<u64, Fault> {
    let folder = mailbox.folder(call.param("folder"))?;
    if !call.has_param("child") {
        return Ok(folder);
    }
    let child = mailbox.folder(call.param("child"))?;
    match mailbox.folders.get(child) {
        Some(entity) if entity.parent == folder => Ok(child),
        _ => Err(Fault::item()),
    }
}

fn context(tenant: &Tenant, call: &Call<'_>) -> String {
    let id = tenant.directory.users.get(call.owner).map(|user| user.text("id")).unwrap_or_default();
    format!("users('{id}')/mailFolders")
}

fn list_below(tenant: &mut Tenant, call: &Call<'_>, parent: Option<&str>) -> Outcome {
    let context = context(tenant, call);
    let mailbox = tenant.mailbox_mut(call.owner)?;
    mailbox.count_folders();
    let parent = match parent {
        Some(id) => mailbox.folder(id)?,
        None => mailbox.root,
    };
    let options = call.options(types::get("mailFolder"))?;
    let source = Folders(mailbox);
    let view = View::new(types::get("mailFolder"), &source, Service::Outlook, &options);
    let hidden = call.query.get("includeHiddenFolders").is_some_and(|value| value == "true");
    let items =
        mailbox.folders.children(parent).filter(|folder| is_for_mail(folder) && (hidden || !folder.flag("isHidden")));
    list(call, &view, &PAGING, &options, &context, items, None)
}

fn count(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let mailbox = tenant.mailbox(call.owner)?;
    let shown =
        mailbox.folders.children(mailbox.root).filter(|folder| is_for_mail(folder) && !folder.flag("isHidden")).count();
    Ok(Reply::bytes(200, "text/plain", shown.to_string()))
}

fn top(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    list_below(tenant, call, None)
}

fn children(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    list_below(tenant, call, Some(call.param("folder")))
}

pub(super) fn show(tenant: &mut Tenant, call: &Call<'_>, key: u64, status: u16) -> Outcome {
    let context = context(tenant, call);
    let mailbox = tenant.mailbox_mut(call.owner)?;
    mailbox.count_folders();
    let options = call.options(types::get("mailFolder"))?;
    let source = Folders(mailbox);
    let entity = mailbox.folders.get(key).ok_or_else(Fault::item)?;
    View::new(types::get("mailFolder"), &source, Service::Outlook, &options).reply(call, status, &context, entity)
}

fn get(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let key = key(tenant.mailbox(call.owner)?, call)?;
    show(tenant, call, key, 200)
}

fn name(body: &Map<String, Value>) -> Result<String, Fault> {
    let name = body.get("displayName").and_then(Value::as_str).map(str::trim).filter(|name| !name.is_empty());
    name.map(str::to_owned)
        .ok_or_else(|| Fault::new(400, "ErrorInvalidRequest", "The display name of a folder cannot be empty."))
}

pub(super) fn refuse_duplicate(mailbox: &Mailbox, parent: u64, name: &str) -> Result<(), Fault> {
    if mailbox.folders.children(parent).any(|folder| folder.text("displayName").eq_ignore_ascii_case(name)) {
        return Err(Fault::new(
            409,
            "ErrorFolderExists",
            "A folder with the specified name already exists., Could not create folder.",
        ));
    }
    Ok(())
}

fn create(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.entity("mailFolder")?;
    let name = name(&body)?;
    let key = tenant.key();
    let mailbox = tenant.mailbox_mut(call.owner)?;
    let parent = if call.has_param("folder") { mailbox.folder(call.param("folder"))? } else { mailbox.root };
    let mut search = Map::new();
    if search_folders::is_asked(&body) {
        search = search_folders::search(mailbox, &body)?;
        search_folders::complete(&mut search)?;
    }
    refuse_duplicate(mailbox, parent, &name)?;
    mailbox.add_folder(key, parent, &name);
    mailbox.folders.amend(key, |fields| fields.extend(search));
    if body.get("isHidden") == Some(&Value::Bool(true)) {
        mailbox.folders.amend(key, |fields| {
            fields.insert("isHidden".into(), true.into());
        });
    }
    show(tenant, call, key, 201)
}

/// The well-known folders stay as they are.
pub(super) fn refuse_known(mailbox: &Mailbox, key: u64) -> Result<(), Fault> {
    if mailbox.well_known.values().any(|known| *known == key) {
        return Err(Fault::new(
            400,
            "ErrorDeleteDistinguishedFolder",
            "Distinguished folders cannot be deleted., Cannot change a default folder.",
        ));
    }
    Ok(())
}

fn update(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.entity("mailFolder")?;
    let mailbox = tenant.mailbox_mut(call.owner)?;
    let key = key(mailbox, call)?;
    refuse_known(mailbox, key)?;
    let mut search = Map::new();
    if search_folders::OWN.iter().any(|name| body.contains_key(*name)) {
        if Search::of(mailbox, key).is_none() {
            return Err(Fault::new(400, "ErrorInvalidRequest", "Only a search folder has these properties."));
        }
        search = search_folders::search(mailbox, &body)?;
        search.remove("isSupported");
    }
    let kept = mailbox.folders.get(key).map(|folder| folder.text("displayName").to_owned()).unwrap_or_default();
    let name = if body.contains_key("displayName") || search.is_empty() { name(&body)? } else { kept };
    let parent = mailbox.folders.get(key).map_or(mailbox.root, |folder| folder.parent);
    if mailbox.folders.get(key).is_some_and(|folder| !folder.text("displayName").eq_ignore_ascii_case(&name)) {
        refuse_duplicate(mailbox, parent, &name)?;
    }
    mailbox.folders.update(key, |fields| {
        fields.insert("displayName".into(), name.into());
        fields.extend(search);
    });
    show(tenant, call, key, 200)
}

fn delta(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    tenant.mailbox_mut(call.owner)?.count_folders();
    let tenant = &*tenant;
    let mailbox = tenant.mailbox(call.owner)?;
    let ty = types::get("mailFolder");
    let delta = super::changes::Delta::begin(tenant, call, &mailbox.folders, ty)?;
    let options = delta.options.clone();
    let keep = |change: &crate::graph::store::Change<'_>| match change {
        crate::graph::store::Change::Present { entity, .. } => entity.parent != 0,
        crate::graph::store::Change::Gone { key, .. } => mailbox.folders.get(*key).is_none(),
    };
    let round = crate::graph::store::round(&mailbox.folders, None, delta.stage(), delta.page(10, 1000), &keep);
    let source = Folders(mailbox);
    let view = View::new(ty, &source, Service::Outlook, &options);
    delta.reply(call, "Collection(mailFolder)", round, |out, change, _| match change {
        crate::graph::store::Change::Present { entity, .. } => view.write(out, entity, &[]),
        crate::graph::store::Change::Gone { key, .. } => {
            let removed = serde_json::json!({ "id": mailbox.folder_id(*key), "@removed": { "reason": "deleted" } });
            out.extend_from_slice(removed.to_string().as_bytes());
            Ok(())
        }
    })
}
