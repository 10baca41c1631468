//! Attachments of messages and events.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::messages;
use crate::graph::attachments::{KIND, KINDS, Parcels, attach_all, file_fields};
use crate::graph::call::Call;
use crate::graph::fault::{Fault, Service};
use crate::graph::mailbox::Mailbox;
use crate::graph::odata::{Expand, Options};
use crate::graph::reply::{Outcome, Reply};
use crate::graph::router::{Route, route};
use crate::graph::store::{Entity, ItemId, Set};
use crate::graph::tenant::Tenant;
use crate::graph::types;
use crate::graph::view::{Paging, Source, View, list};

pub(crate) static ROUTES: &[Route] = &[
    route("GET", "@/[|mailFolders/{folder}/]messages/{message}/attachments", list_parts),
    route("POST", "@/[|mailFolders/{folder}/]messages/{message}/attachments", create),
    route("GET", "@/[|mailFolders/{folder}/]messages/{message}/attachments/{attachment}", get),
    route("GET", "@/[|mailFolders/{folder}/]messages/{message}/attachments/{attachment}/$value", value),
    route("DELETE", "@/[|mailFolders/{folder}/]messages/{message}/attachments/{attachment}", delete),
];

const PAGING: Paging = Paging { page: 10, max: 1000, natural: None };
/// The largest request that Outlook takes: 4 MB, of which base64 leaves 3 MB for the content.
const REQUEST: usize = 4 * 1024 * 1024;

/// Prints attachments.
struct Parts<'t> {
    mailbox: &'t Mailbox,
    form: ItemId,
}

impl Source for Parts<'_> {
    fn id<'e>(&self, entity: &'e Entity) -> Cow<'e, str> {
        self.mailbox.id(entity, self.form).into()
    }

    fn type_name(&self, entity: &Entity) -> Option<&'static str> {
        KINDS.into_iter().find(|kind| *kind == entity.text(KIND))
    }

    fn expand(&self, entity: &Entity, expand: &Expand) -> Result<Value, Fault> {
        match entity.fields.get(".item") {
            Some(item) if expand.name == "item" => Ok(item.clone()),
            _ => Err(Fault::query(Service::Outlook, format!("The property '{}' cannot be expanded.", expand.name))),
        }
    }
}

/// What answers `$expand=attachments`.
pub(super) fn expanded(mailbox: &Mailbox, of: u64, form: ItemId, expand: &Expand) -> Result<Value, Fault> {
    let source = Parts { mailbox, form };
    let view = View::new(types::get("attachment"), &source, Service::Outlook, &expand.options);
    mailbox.attachments.children(of).map(|part| view.inline(part)).collect()
}

/// Takes the attachments out of an item's body and checks them; `hasAttachments` follows from them.
pub(super) fn take(tenant: &mut Tenant, call: &Call<'_>, fields: &mut Map<String, Value>) -> Result<Parcels, Fault> {
    if call.body.len() > REQUEST {
        return Err(Fault::new(
            413,
            "RequestEntityTooLarge",
            "The request is larger than 4 MB. Use an upload session for a large attachment.",
        ));
    }
    let Some(given) = fields.remove("attachments") else { return Ok(Vec::new()) };
    let Value::Array(given) = given else {
        return Err(Fault::new(400, "RequestBodyRead", "'attachments' has to be an array."));
    };
    let mut out = Vec::with_capacity(given.len());
    for part in given {
        let Value::Object(part) = part else {
            return Err(Fault::new(400, "RequestBodyRead", "An attachment has to be an object."));
        };
        out.push((tenant.key(), complete(call, part, &tenant.stamp())?));
    }
    if out.iter().any(|(_, part)| part.get("isInline") != Some(&Value::Bool(true))) {
        fields.insert("hasAttachments".into(), true.into());
    }
    Ok(out)
}

/// Checks an attachment and fills in what Exchange fills in.
fn complete(call: &Call<'_>, part: Map<String, Value>, now: &str) -> Result<Map<String, Value>, Fault> {
    let kind = part.get("@odata.type").and_then(Value::as_str).map(|kind| format!("#{}", kind.trim_start_matches('#')));
    let Some(kind) = kind.filter(|kind| KINDS.contains(&kind.as_str())) else {
        return Err(Fault::new(
            400,
            "RequestBodyRead",
            "The property '@odata.type' of an attachment has to be '#microsoft.graph.fileAttachment' or another derived type.",
        ));
    };
    call.check("attachment", &part)?;
    if part.get("name").and_then(Value::as_str).is_none_or(str::is_empty) {
        return Err(Fault::new(400, "ErrorInvalidRequest", "Required property 'name' of an attachment is missing."));
    }
    let content = part.get("contentBytes").and_then(Value::as_str).unwrap_or_default();
    let size = match STANDARD.decode(content) {
        Ok(bytes) if kind == KINDS[0] && part.contains_key("contentBytes") => bytes.len(),
        Ok(_) if kind == KINDS[0] => {
            return Err(Fault::new(
                400,
                "ErrorInvalidRequest",
                "Required property 'contentBytes' of a file attachment is missing.",
            ));
        }
        Ok(_) if kind == KINDS[1] => item_size(&part)?,
        Ok(_) => 0,
        Err(_) => {
            return Err(Fault::new(
                400,
                "RequestBodyRead",
                "Cannot convert the value of 'contentBytes' to the expected type 'Edm.Binary'.",
            ));
        }
    };
    Ok(file_fields(part, &kind, size, now))
}

/// How large an attached item is.
///
/// # Errors
/// If there is none, or it does not say what it is.
fn item_size(part: &Map<String, Value>) -> Result<usize, Fault> {
    let item = part.get("item").filter(|item| item.is_object());
    let item = item.ok_or_else(|| {
        Fault::new(400, "ErrorInvalidRequest", "Required property 'item' of an item attachment is missing.")
    })?;
    let kind =
        item["@odata.type"].as_str().unwrap_or_default().trim_start_matches('#').trim_start_matches("microsoft.graph.");
    if !matches!(kind, "message" | "event" | "contact") {
        return Err(Fault::new(
            400,
            "RequestBodyRead",
            "The item of an item attachment needs the '@odata.type' of a message, an event or a contact.",
        ));
    }
    Ok(item.to_string().len())
}

/// Notes on a message or event whether it has attachments.
pub(super) fn note(mailbox: &mut Mailbox, of: u64) {
    let any = mailbox.attachments.children(of).any(|part| !part.flag("isInline"));
    let set: &mut Set = if mailbox.events.get(of).is_some() { &mut mailbox.events } else { &mut mailbox.messages };
    set.update(of, |fields| {
        fields.insert("hasAttachments".into(), any.into());
    });
}

/// What the path says the attachment belongs to.
pub(super) fn carrier(mailbox: &Mailbox, call: &Call<'_>) -> Result<u64, Fault> {
    if call.has_param("event") {
        return mailbox.in_set(&mailbox.events, call.param("event")).map(|event| event.key);
    }
    messages::message(mailbox, call).map(|message| message.key)
}

fn part<'m>(mailbox: &'m Mailbox, call: &Call<'_>) -> Result<&'m Entity, Fault> {
    let carrier = carrier(mailbox, call)?;
    let part = mailbox.in_set(&mailbox.attachments, call.param("attachment"))?;
    if part.parent == carrier { Ok(part) } else { Err(Fault::item()) }
}

fn context(tenant: &Tenant, call: &Call<'_>) -> String {
    let (set, id) =
        if call.has_param("event") { ("events", call.param("event")) } else { ("messages", call.param("message")) };
    super::items::context(tenant, call, &format!("{set}('{id}')/attachments"))
}

pub(super) fn list_parts(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let mailbox = tenant.mailbox(call.owner)?;
    let carrier = carrier(mailbox, call)?;
    let ty = types::get("attachment");
    let options = call.options(ty)?;
    let source = Parts { mailbox, form: call.ids() };
    let view = View::new(ty, &source, Service::Outlook, &options);
    list(call, &view, &PAGING, &options, &context(tenant, call), mailbox.attachments.children(carrier), None)
}

fn show(tenant: &Tenant, call: &Call<'_>, key: u64, status: u16, options: &Options) -> Outcome {
    let mailbox = tenant.mailbox(call.owner)?;
    let source = Parts { mailbox, form: call.ids() };
    let part = mailbox.attachments.get(key).ok_or_else(Fault::item)?;
    View::new(types::get("attachment"), &source, Service::Outlook, options).reply(
        call,
        status,
        &context(tenant, call),
        part,
    )
}

pub(super) fn get(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let part = part(tenant.mailbox(call.owner)?, call)?;
    let ty = if part.text(KIND) == KINDS[1] { "itemAttachment" } else { "fileAttachment" };
    let options = call.options(types::get(ty))?;
    show(tenant, call, part.key, 200, &options)
}

pub(super) fn value(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let part = part(tenant.mailbox(call.owner)?, call)?;
    // What lies elsewhere has no content here.
    if part.text(KIND) == KINDS[2] {
        return Err(Fault::method());
    }
    if let Some(item) = part.fields.get(".item") {
        let (media, content) = super::attached::content(item);
        return Ok(Reply::bytes(200, media, content));
    }
    let bytes = STANDARD.decode(part.text("contentBytes")).unwrap_or_default();
    Ok(Reply::bytes(200, part.text("contentType"), bytes))
}

pub(super) fn create(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    if call.body.len() > REQUEST {
        return Err(Fault::new(
            413,
            "RequestEntityTooLarge",
            "The request is larger than 4 MB. Use an upload session for a large attachment.",
        ));
    }
    let fields = complete(call, call.object()?, &tenant.stamp())?;
    let key = tenant.key();
    let mailbox = tenant.mailbox_mut(call.owner)?;
    let carrier = carrier(mailbox, call)?;
    attach_all(mailbox, carrier, vec![(key, fields)]);
    note(mailbox, carrier);
    show(tenant, call, key, 201, &Options::default())
}

pub(super) fn delete(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let mailbox = tenant.mailbox_mut(call.owner)?;
    let found = part(mailbox, call)?;
    let (key, carrier) = (found.key, found.parent);
    mailbox.attachments.remove(key, false);
    note(mailbox, carrier);
    Ok(Reply::empty(204))
}
