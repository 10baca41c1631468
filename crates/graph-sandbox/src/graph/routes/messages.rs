//! Messages: lists, reading, drafts, changes, moves.

use serde_json::{Map, Value};

use super::changes;
use super::items::{Items, check_etag, context, merge, preferences};
use crate::graph::access;
use crate::graph::attachments::attach_all;
use crate::graph::call::Call;
use crate::graph::fault::{Fault, Service};
use crate::graph::headers;
use crate::graph::mailbox::{Mailbox, preview};
use crate::graph::odata::{Expr, Keywords, Operand, Options, matches};
use crate::graph::reply::{Outcome, Reply};
use crate::graph::router::{Route, route};
use crate::graph::search_folders::Search;
use crate::graph::store::Entity;
use crate::graph::tenant::Tenant;
use crate::graph::time::stamp;
use crate::graph::types;
use crate::graph::view::{Paging, View, list};

pub(crate) static ROUTES: &[Route] = &[
    route("GET", "@/[|mailFolders/{folder}/|mailFolders/{folder}/childFolders/{child}/]messages", list_messages),
    route("POST", "@/[|mailFolders/{folder}/]messages", create),
    route("GET", "@/[|mailFolders/{folder}/]messages/$count", count),
    route("GET", "@/mailFolders/{folder}/messages/delta", changes::messages),
    route("GET", "@/[|mailFolders/{folder}/]messages/{message}", get),
    route("GET", "@/[|mailFolders/{folder}/]messages/{message}/$value", super::mime::value),
    route("PATCH", "@/[|mailFolders/{folder}/]messages/{message}", update),
    route("DELETE", "@/[|mailFolders/{folder}/]messages/{message}", delete),
    route("POST", "@/[|mailFolders/{folder}/]messages/{message}/permanentDelete", permanent_delete),
    route("POST", "@/[|mailFolders/{folder}/]messages/{message}/move", move_to),
    route("POST", "@/[|mailFolders/{folder}/]messages/{message}/copy", copy),
];

const PAGING: Paging = Paging { page: 10, max: 1000, natural: Some("receivedDateTime") };
/// A search answers this many unless `$top` asks for another number.
const SEARCHED: Paging = Paging { page: 25, max: 1000, natural: Some("receivedDateTime") };

/// The folder that the path names, if it names one.
fn folder(mailbox: &Mailbox, call: &Call<'_>) -> Result<Option<u64>, Fault> {
    let name = if call.has_param("child") { "child" } else { "folder" };
    if call.has_param(name) { mailbox.folder(call.param(name)).map(Some) } else { Ok(None) }
}

/// The message that the path names.
pub(super) fn message<'m>(mailbox: &'m Mailbox, call: &Call<'_>) -> Result<&'m Entity, Fault> {
    let message = mailbox.message(call.param("message"))?;
    match folder(mailbox, call)? {
        Some(folder) if !Within::of(mailbox, Some(folder)).has(message) => Err(Fault::item()),
        _ => Ok(message),
    }
}

fn list_messages(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let tenant = &*tenant;
    let mailbox = tenant.mailbox(call.owner)?;
    let folder = folder(mailbox, call)?;
    let within = Within::of(mailbox, folder);
    let options = call.options(types::get("message"))?;
    check_query(&options)?;
    let source = Items::mail(mailbox, call, &options)?;
    let view = View::new(types::get("message"), &source, Service::Outlook, &options);
    let context = context(tenant, call, "messages");
    let reply = match (&options.search, folder) {
        (Some(search), _) => {
            let search = Keywords::parse(search).map_err(Fault::bad)?;
            let found = |message: &Entity| search.matches(&message.fields);
            let all = mailbox.messages.iter().filter(|message| within.has(message));
            list(call, &view, &SEARCHED, &options, &context, all, Some(&found))
        }
        (None, Some(folder)) if within.search.is_none() => {
            list(call, &view, &PAGING, &options, &context, mailbox.messages.children(folder), None)
        }
        (None, _) => {
            let all = mailbox.messages.iter().filter(|message| within.has(message));
            list(call, &view, &PAGING, &options, &context, all, None)
        }
    }?;
    Ok(preferences(call, reply))
}

/// The messages of a folder, or of the whole mailbox but for what was deleted twice.
struct Within<'m> {
    mailbox: &'m Mailbox,
    folder: Option<u64>,
    search: Option<Search>,
}

impl<'m> Within<'m> {
    fn of(mailbox: &'m Mailbox, folder: Option<u64>) -> Within<'m> {
        Within { mailbox, folder, search: folder.and_then(|folder| Search::of(mailbox, folder)) }
    }

    fn has(&self, message: &Entity) -> bool {
        match (&self.search, self.folder) {
            (Some(search), _) => search.shows(self.mailbox, message),
            (None, Some(folder)) => folder == message.parent,
            (None, None) => message.parent != self.mailbox.known("recoverableitemsdeletions"),
        }
    }
}

/// Refuses what Exchange does not combine.
fn check_query(options: &Options) -> Result<(), Fault> {
    if options.search.is_some() {
        if !options.orderby.is_empty() {
            return Err(Fault::new(
                400,
                "SearchWithOrderBy",
                "The query parameter '$orderBy' is not supported with '$search'.",
            ));
        }
        if options.filter.is_some() {
            return Err(Fault::new(
                400,
                "SearchWithFilter",
                "The query parameter '$filter' is not supported with '$search'.",
            ));
        }
        if options.skip.is_some() {
            return Err(Fault::new(
                400,
                "SearchWithSkip",
                "The query parameter '$skip' is not supported with '$search'.",
            ));
        }
    }
    // What is sorted by has to be filtered by first, in the same order.
    if let (Some(filter), false) = (&options.filter, options.orderby.is_empty()) {
        let mut filtered = Vec::new();
        paths(filter, &mut filtered);
        let sorted = options.orderby.iter().map(|order| order.path.as_slice());
        if !sorted.enumerate().all(|(i, path)| filtered.get(i).is_some_and(|filtered| *filtered == path)) {
            return Err(Fault::new(
                400,
                "InefficientFilter",
                "The restriction or sort order is too complex for this operation.",
            ));
        }
    }
    Ok(())
}

/// The properties that a filter names, each once, in their order.
fn paths<'e>(expr: &'e Expr, out: &mut Vec<&'e [String]>) {
    let mut add = |operand: &'e Operand| {
        if let Operand::Path { steps, .. } = operand
            && !out.contains(&steps.as_slice())
        {
            out.push(steps);
        }
    };
    match expr {
        Expr::And(left, right) | Expr::Or(left, right) => {
            paths(left, out);
            paths(right, out);
        }
        Expr::Not(inner) => paths(inner, out),
        Expr::Compare(left, _, right) | Expr::Test(_, left, right) => {
            add(left);
            add(right);
        }
        Expr::In(operand, _) | Expr::Any(operand, _) | Expr::All(operand, _) | Expr::Truth(operand) => add(operand),
    }
}

fn count(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let mailbox = tenant.mailbox(call.owner)?;
    let within = Within::of(mailbox, folder(mailbox, call)?);
    let options = call.options(types::get("message"))?;
    let wanted = |message: &&Entity| {
        within.has(message) && options.filter.as_ref().is_none_or(|filter| matches(filter, &message.fields))
    };
    Ok(Reply::bytes(200, "text/plain", mailbox.messages.iter().filter(wanted).count().to_string()))
}

/// Answers the message with that key.
pub(super) fn show(tenant: &Tenant, call: &Call<'_>, key: u64, status: u16) -> Outcome {
    let mailbox = tenant.mailbox(call.owner)?;
    let options = call.options(types::get("message"))?;
    let source = Items::mail(mailbox, call, &options)?;
    let entity = mailbox.messages.get(key).ok_or_else(Fault::item)?;
    let view = View::new(types::get("message"), &source, Service::Outlook, &options);
    Ok(preferences(call, view.reply(call, status, &context(tenant, call, "messages"), entity)?))
}

fn get(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let key = message(tenant.mailbox(call.owner)?, call)?.key;
    show(tenant, call, key, 200)
}

/// What a body may not set.
fn refuse_read_only(body: &Map<String, Value>) -> Result<(), Fault> {
    let read_only = [
        "hasAttachments",
        "bodyPreview",
        "createdDateTime",
        "lastModifiedDateTime",
        "conversationIndex",
        "webLink",
        "uniqueBody",
    ];
    match read_only.iter().find(|name| body.contains_key(**name)) {
        Some(name) => Err(Fault::new(
            400,
            "ErrorInvalidPropertySet",
            format!("The property '{name}' is read-only and cannot be set."),
        )),
        None => Ok(()),
    }
}

fn create(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let mut body = super::mime::given(call)?;
    refuse_read_only(&body)?;
    headers::keep(&mut body)?;
    let (key, now) = (tenant.key(), tenant.now());
    let attachments = super::attachments::take(tenant, call, &mut body)?;
    let mailbox = tenant.mailbox_mut(call.owner)?;
    let folder = folder(mailbox, call)?.unwrap_or_else(|| mailbox.known("drafts"));
    // A draft has been read, and stays one wherever it is made.
    body.insert("isDraft".into(), true.into());
    body.insert("isRead".into(), true.into());
    mailbox.add_message(key, folder, now, body);
    attach_all(mailbox, key, attachments);
    show(tenant, call, key, 201)
}

/// What can be changed in a message that has been sent.
const CHANGEABLE: [&str; 9] = [
    "categories",
    "flag",
    "importance",
    "inferenceClassification",
    "isDeliveryReceiptRequested",
    "isRead",
    "isReadReceiptRequested",
    "multiValueExtendedProperties",
    "singleValueExtendedProperties",
];

/// What an app with `Mail-Advanced.ReadWrite` can change in it too.
const SENSITIVE: [&str; 5] = ["subject", "body", "toRecipients", "ccRecipients", "bccRecipients"];

fn update(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let mut body = call.entity("message")?;
    refuse_read_only(&body)?;
    if body.contains_key("attachments") {
        return Err(Fault::bad(
            "Attachments cannot be changed along with their message. Add and delete them one by one.",
        ));
    }
    headers::keep(&mut body)?;
    let now = stamp(tenant.now());
    let mailbox = tenant.mailbox_mut(call.owner)?;
    let found = message(mailbox, call)?;
    let key = found.key;
    check_etag(call, found)?;
    let advanced = access::of("ADVANCED", "messages").check(call.caller, call.own).is_ok();
    let changeable =
        |name: &str| CHANGEABLE.contains(&name) || name.contains('@') || (advanced && SENSITIVE.contains(&name));
    if !found.flag("isDraft")
        && let Some(name) = body.keys().find(|name| !changeable(name))
    {
        return Err(Fault::new(
            403,
            "ErrorAccessDenied",
            format!("Property '{name}' can be changed only while the message is a draft."),
        ));
    }
    mailbox.messages.update(key, |fields| {
        for (name, value) in body.into_iter().filter(|(name, _)| !name.contains('@') && name != "id") {
            merge(fields, name, value);
        }
        if let Some(body) = fields.get("body") {
            let preview = preview(body);
            fields.insert("bodyPreview".into(), preview.into());
        }
        fields.insert("lastModifiedDateTime".into(), now.into());
    });
    show(tenant, call, key, 200)
}

/// Takes a message and its attachments out for good.
pub(super) fn forget(mailbox: &mut Mailbox, key: u64) {
    mailbox.messages.remove(key, false);
    let attachments: Vec<u64> = mailbox.attachments.children(key).map(|attachment| attachment.key).collect();
    for attachment in attachments {
        mailbox.attachments.remove(attachment, false);
    }
}

fn delete(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let now = tenant.stamp();
    let mailbox = tenant.mailbox_mut(call.owner)?;
    let found = message(mailbox, call)?;
    check_etag(call, found)?;
    let (key, parent) = (found.key, found.parent);
    let [deleted, recoverable] = ["deleteditems", "recoverableitemsdeletions"].map(|name| mailbox.known(name));
    match parent {
        parent if parent == recoverable => forget(mailbox, key),
        parent if parent == deleted => relocate(mailbox, key, recoverable, &now),
        _ => relocate(mailbox, key, deleted, &now),
    }
    Ok(Reply::empty(204))
}

fn permanent_delete(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let mailbox = tenant.mailbox_mut(call.owner)?;
    let key = message(mailbox, call)?.key;
    forget(mailbox, key);
    Ok(Reply::empty(204))
}

fn relocate(mailbox: &mut Mailbox, key: u64, folder: u64, now: &str) {
    let id = mailbox.folder_id(folder);
    mailbox.messages.amend(key, |fields| {
        fields.insert("parentFolderId".into(), id.into());
        fields.insert("lastModifiedDateTime".into(), now.into());
    });
    mailbox.messages.relocate(key, folder, None);
}

/// The folder that `destinationId` names.
pub(super) fn destination(mailbox: &Mailbox, body: &Map<String, Value>) -> Result<u64, Fault> {
    if let Some(name) = body.keys().find(|name| !name.eq_ignore_ascii_case("destinationId")) {
        return Err(Fault::bad(format!(
            "The parameter '{name}' in the request payload is not a valid parameter for the operation '{}'.",
            "move"
        )));
    }
    let id = body.values().next().and_then(Value::as_str);
    let id = id.ok_or_else(|| Fault::new(400, "ErrorInvalidRequest", "The parameter 'destinationId' is required."))?;
    let folder = mailbox.folder(id)?;
    // A search folder shows what lies elsewhere; nothing lies in it.
    match Search::of(mailbox, folder) {
        Some(_) => Err(Fault::new(400, "ErrorMoveCopyFailed", "The move or copy operation failed.")),
        None => Ok(folder),
    }
}

fn move_to(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.object()?;
    let now = tenant.stamp();
    let mailbox = tenant.mailbox_mut(call.owner)?;
    let key = message(mailbox, call)?.key;
    let target = destination(mailbox, &body)?;
    relocate(mailbox, key, target, &now);
    show(tenant, call, key, 201)
}

fn copy(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.object()?;
    let (copy, now) = (tenant.key(), tenant.now());
    let mailbox = tenant.mailbox(call.owner)?;
    let found = message(mailbox, call)?;
    let target = destination(mailbox, &body)?;
    let (original, mut fields) = (found.key, found.fields.clone());
    fields.insert("parentFolderId".into(), mailbox.folder_id(target).into());
    let attachments: Vec<Map<String, Value>> =
        mailbox.attachments.children(original).map(|attachment| attachment.fields.clone()).collect();
    let attachments = attachments.into_iter().map(|fields| (tenant.key(), fields)).collect();
    let mailbox = tenant.mailbox_mut(call.owner)?;
    mailbox.add_message(copy, target, now, fields);
    attach_all(mailbox, copy, attachments);
    show(tenant, call, copy, 201)
}
