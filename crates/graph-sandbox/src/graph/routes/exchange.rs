//! Mailboxes as Exchange has them: `/admin/exchange/mailboxes`, over the mail of the sandbox.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::folder_moves::discard;
use super::folders::{KIND, refuse_duplicate, refuse_known};
use crate::graph::call::Call;
use crate::graph::fault::{Fault, Service};
use crate::graph::json::object;
use crate::graph::mailbox::Mailbox;
use crate::graph::mime;
use crate::graph::reply::{Outcome, Reply};
use crate::graph::router::{Route, route};
use crate::graph::store::{Entity, ItemId, change_key, guid};
use crate::graph::tenant::Tenant;
use crate::graph::time::seconds_later;
use crate::graph::time::stamp;
use crate::graph::types;
use crate::graph::view::{Paging, Source, View, list};

pub(crate) static ROUTES: &[Route] = &[
    route("GET", "@/settings/exchange", settings),
    route("GET", "/admin/exchange/mailboxes/{mailbox}/folders", folders),
    route("POST", "/admin/exchange/mailboxes/{mailbox}/folders", create),
    route("GET", "/admin/exchange/mailboxes/{mailbox}/folders/{folder}", |tenant, call| {
        let (owner, key) = folder(tenant, call)?;
        show(tenant, call, owner, key, 200)
    }),
    route("PATCH", "/admin/exchange/mailboxes/{mailbox}/folders/{folder}", update),
    route("DELETE", "/admin/exchange/mailboxes/{mailbox}/folders/{folder}", delete),
    route("GET", "/admin/exchange/mailboxes/{mailbox}/folders/{folder}/childFolders", folders),
    route("POST", "/admin/exchange/mailboxes/{mailbox}/folders/{folder}/childFolders", create),
    route("GET", "/admin/exchange/mailboxes/{mailbox}/folders/{folder}/items", items),
    route("GET", "/admin/exchange/mailboxes/{mailbox}/folders/{folder}/items/{item}", item),
    route("POST", "/admin/exchange/mailboxes/{mailbox}/exportItems", export),
    route("POST", "/admin/exchange/mailboxes/{mailbox}/createImportSession", import_session),
];

const PAGING: Paging = Paging { page: 10, max: 1000, natural: None };
/// The most items in one export.
const EXPORTED: usize = 20;
/// How long an import session lives, in seconds.
const LIFE: i64 = 8 * 3600;

/// Prints what stands whole in its properties.
struct Whole;

impl Source for Whole {
    fn id<'e>(&self, entity: &'e Entity) -> Cow<'e, str> {
        entity.text("id").into()
    }

    fn etag(&self, entity: &Entity) -> Option<String> {
        let version = entity.text("changeKey");
        (!version.is_empty()).then(|| format!("W/\"{version}\""))
    }
}

fn mailbox_id(tenant: &Tenant, owner: u64) -> String {
    format!("MBX:{}@{}", tenant.directory.users.get(owner).map_or("", |user| user.text("id")), tenant.id)
}

fn settings(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let owner = tenant.mailbox(call.owner)?.owner;
    let user = tenant.directory.users.get(owner).map_or("", |user| user.text("id"));
    let context = call.context(&format!("users('{user}')/settings/exchange/$entity"));
    Ok(Reply::value(200, &json!({ "@odata.context": context, "primaryMailboxId": mailbox_id(tenant, owner) })))
}

/// Whose mailbox the path names, if the caller may reach it.
fn owner(tenant: &Tenant, call: &Call<'_>) -> Result<u64, Fault> {
    let id = call.param("mailbox");
    let missing = || Fault::new(404, "ErrorInvalidMailboxId", format!("The mailbox '{id}' was not found."));
    let named =
        id.strip_prefix("MBX:").and_then(|id| id.split_once('@')).filter(|(_, of)| of.eq_ignore_ascii_case(&tenant.id));
    let user = named.and_then(|(user, _)| tenant.directory.user(user)).ok_or_else(missing)?;
    // What a user may do here, they may do in their own mailbox only.
    if call.caller.user.as_deref().is_some_and(|caller| caller != user.text("id")) {
        return Err(Fault::denied(Service::Outlook));
    }
    tenant.mailboxes.get(&user.key).map(|mailbox| mailbox.owner).ok_or_else(missing)
}

fn folder(tenant: &Tenant, call: &Call<'_>) -> Result<(u64, u64), Fault> {
    let owner = owner(tenant, call)?;
    Ok((owner, tenant.mailbox(owner)?.folder(call.param("folder"))?))
}

/// A folder in the form that it has here.
fn as_folder(mailbox: &Mailbox, folder: &Entity) -> Entity {
    let kind = folder.fields.get(KIND).cloned().unwrap_or_else(|| "IPF.Note".into());
    let fields = json!({
        "id": mailbox.folder_id(folder.key), "displayName": folder.text("displayName"), "parentFolderId": mailbox.folder_id(folder.parent),
        "childFolderCount": folder.fields.get("childFolderCount"), "totalItemCount": folder.fields.get("totalItemCount"), "type": kind,
    });
    Entity::new(folder.key, folder.parent, 0, object(fields))
}

/// A message in the form that it has here.
fn as_item(mailbox: &Mailbox, message: &Entity, form: ItemId) -> Entity {
    let content = message.fields.get("body").and_then(|body| body["content"].as_str()).map_or(0, str::len);
    let attached =
        mailbox.attachments.children(message.key).filter_map(|part| part.fields.get("size")?.as_u64()).sum::<u64>();
    let fields = json!({
        "id": mailbox.id(message, form), "createdDateTime": message.text("createdDateTime"), "lastModifiedDateTime": message.text("lastModifiedDateTime"),
        "changeKey": change_key(message.key, message.version), "categories": message.fields.get("categories"), "type": "IPM.Note",
        // With what Exchange adds.
        "size": 4096 + content as u64 + attached,
    });
    Entity::new(message.key, message.parent, 0, object(fields))
}

fn context(call: &Call<'_>, below: &str) -> String {
    format!("admin/exchange/mailboxes('{}'){below}", call.param("mailbox"))
}

fn folders(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let owner = owner(tenant, call)?;
    let mailbox = tenant.mailbox_mut(owner)?;
    mailbox.count_folders();
    let parent = if call.has_param("folder") { mailbox.folder(call.param("folder"))? } else { mailbox.root };
    let found: Vec<Entity> = mailbox.folders.children(parent).map(|folder| as_folder(mailbox, folder)).collect();
    let ty = types::get("mailboxFolder");
    let options = call.options(ty)?;
    let view = View::new(ty, &Whole, Service::Outlook, &options);
    list(call, &view, &PAGING, &options, &context(call, "/folders"), found.iter(), None)
}

fn show(tenant: &mut Tenant, call: &Call<'_>, owner: u64, key: u64, status: u16) -> Outcome {
    let mailbox = tenant.mailbox_mut(owner)?;
    mailbox.count_folders();
    let folder = as_folder(mailbox, mailbox.folders.get(key).ok_or_else(Fault::item)?);
    let ty = types::get("mailboxFolder");
    let options = call.options(ty)?;
    View::new(ty, &Whole, Service::Outlook, &options).reply(call, status, &context(call, "/folders"), &folder)
}

fn text(body: &Map<String, Value>, name: &str) -> Result<String, Fault> {
    let text = body.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    text.map(str::to_owned).ok_or_else(|| {
        Fault::new(400, "ErrorInvalidRequest", format!("A value is required for the property '{name}'."))
    })
}

fn create(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.entity("mailboxFolder")?;
    let (name, kind) = (text(&body, "displayName")?, text(&body, "type")?);
    let (owner, key) = (owner(tenant, call)?, tenant.key());
    let mailbox = tenant.mailbox_mut(owner)?;
    let parent = if call.has_param("folder") { mailbox.folder(call.param("folder"))? } else { mailbox.root };
    refuse_duplicate(mailbox, parent, &name)?;
    mailbox.add_folder(key, parent, &name);
    mailbox.folders.amend(key, |fields| _ = fields.insert(KIND.into(), kind.into()));
    show(tenant, call, owner, key, 201)
}

fn update(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.entity("mailboxFolder")?;
    let (owner, key) = folder(tenant, call)?;
    if let Some(name) = body.keys().find(|name| !name.contains('@') && *name != "displayName") {
        return Err(Fault::new(400, "ErrorInvalidPropertySet", format!("The property '{name}' cannot be changed.")));
    }
    let name = text(&body, "displayName")?;
    let mailbox = tenant.mailbox_mut(owner)?;
    refuse_known(mailbox, key)?;
    let folder = mailbox.folders.get(key).ok_or_else(Fault::item)?;
    if !folder.text("displayName").eq_ignore_ascii_case(&name) {
        refuse_duplicate(mailbox, folder.parent, &name)?;
    }
    mailbox.folders.update(key, |fields| _ = fields.insert("displayName".into(), name.into()));
    show(tenant, call, owner, key, 200)
}

fn delete(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let (owner, key) = folder(tenant, call)?;
    discard(tenant.mailbox_mut(owner)?, key)?;
    Ok(Reply::empty(204))
}

fn items(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let (owner, key) = folder(tenant, call)?;
    let mailbox = tenant.mailbox(owner)?;
    let found: Vec<Entity> =
        mailbox.messages.children(key).map(|message| as_item(mailbox, message, call.ids())).collect();
    let ty = types::get("mailboxItem");
    let options = call.options(ty)?;
    let view = View::new(ty, &Whole, Service::Outlook, &options);
    list(call, &view, &PAGING, &options, &context(call, "/folders/items"), found.iter(), None)
}

fn item(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let (owner, key) = folder(tenant, call)?;
    let mailbox = tenant.mailbox(owner)?;
    let message = mailbox.message(call.param("item"))?;
    if message.parent != key {
        return Err(Fault::item());
    }
    let ty = types::get("mailboxItem");
    let options = call.options(ty)?;
    let item = as_item(mailbox, message, call.ids());
    View::new(ty, &Whole, Service::Outlook, &options).reply(call, 200, &context(call, "/folders/items"), &item)
}

fn export(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let owner = owner(tenant, call)?;
    let body = call.object()?;
    let ids = body.iter().find(|(name, _)| name.eq_ignore_ascii_case("itemIds")).and_then(|(_, ids)| ids.as_array());
    let ids = ids.ok_or_else(|| Fault::new(400, "ErrorInvalidRequest", "The parameter 'itemIds' is required."))?;
    if ids.is_empty() || ids.len() > EXPORTED {
        return Err(Fault::new(400, "ErrorInvalidRequest", format!("An export takes 1 to {EXPORTED} items.")));
    }
    let mailbox = tenant.mailbox(owner)?;
    let exported = |id: &Value| match mailbox.message(id.as_str().unwrap_or_default()) {
        // Nobody may read the stream, so the message in MIME will do.
        Ok(message) => json!({
            "itemId": id, "changeKey": change_key(message.key, message.version),
            "data": STANDARD.encode(mime::write(&message.fields, mailbox.attachments.children(message.key).map(|part| &part.fields))),
        }),
        Err(fault) => json!({ "itemId": id, "error": { "code": fault.code, "message": fault.message } }),
    };
    let value: Vec<Value> = ids.iter().map(exported).collect();
    Ok(Reply::value(
        200,
        &json!({ "@odata.context": call.context("Collection(microsoft.graph.exportItemResponse)"), "value": value }),
    ))
}

fn import_session(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let owner = owner(tenant, call)?;
    let pass = guid(&format!("import {owner} {}", tenant.key())).replace('-', "");
    let url = format!(
        "https://outlook.office365.example/api/gv1.0/Mailboxes('{}')/importItem?authtoken={pass}",
        mailbox_id(tenant, owner)
    );
    let expires = stamp(seconds_later(tenant.now(), LIFE));
    let context = call.context("microsoft.graph.mailboxItemImportSession");
    Ok(Reply::value(200, &json!({ "@odata.context": context, "importUrl": url, "expirationDateTime": expires })))
}
