//! Messages: lists, reading, drafts, changes, moves.

use std::borrow::Cow;

use http::HeaderName;
use serde_json::{Map, Value, json};

use super::changes;
use crate::graph::access::{MAIL_READ, MAIL_WRITE};
use crate::graph::calendar::{bad_zone, stored};
use crate::graph::call::Call;
use crate::graph::fault::{Fault, Service};
use crate::graph::mailbox::{Mailbox, change_key, plain, preview};
use crate::graph::odata::{Expand, Expr, Keywords, Operand, Options, matches};
use crate::graph::reply::{Outcome, Reply};
use crate::graph::router::{Route, route};
use crate::graph::store::{Entity, ItemId};
use crate::graph::tenant::{Tenant, stamp};
use crate::graph::types;
use crate::graph::view::{Paging, Source, View, list};
use crate::graph::zones;

pub(crate) static ROUTES: &[Route] = &[
    route("GET", "@/[|mailFolders/{folder}/|mailFolders/{folder}/childFolders/{child}/]messages", &MAIL_READ, list_messages),
    route("POST", "@/[|mailFolders/{folder}/]messages", &MAIL_WRITE, create),
    route("GET", "@/[|mailFolders/{folder}/]messages/$count", &MAIL_READ, count),
    route("GET", "@/mailFolders/{folder}/messages/delta", &MAIL_READ, changes::messages),
    route("GET", "@/[|mailFolders/{folder}/]messages/{message}", &MAIL_READ, get),
    route("GET", "@/[|mailFolders/{folder}/]messages/{message}/$value", &MAIL_READ, mime),
    route("PATCH", "@/[|mailFolders/{folder}/]messages/{message}", &MAIL_WRITE, update),
    route("DELETE", "@/[|mailFolders/{folder}/]messages/{message}", &MAIL_WRITE, delete),
    route("POST", "@/[|mailFolders/{folder}/]messages/{message}/permanentDelete", &MAIL_WRITE, permanent_delete),
    route("POST", "@/[|mailFolders/{folder}/]messages/{message}/move", &MAIL_WRITE, move_to),
    route("POST", "@/[|mailFolders/{folder}/]messages/{message}/copy", &MAIL_WRITE, copy),
];

const PAGING: Paging = Paging { page: 10, max: 1000, natural: Some("receivedDateTime") };
/// A search answers this many unless `$top` asks for another number.
const SEARCHED: Paging = Paging { page: 25, max: 1000, natural: Some("receivedDateTime") };

/// Prints Outlook items: messages, events, contacts and attachments.
pub(super) struct Items<'t> {
    pub(super) mailbox: &'t Mailbox,
    pub(super) form: ItemId,
    text: bool,
    /// The zone in which the times of events are shown, with its name; UTC if `None`.
    zone: Option<(String, jiff::tz::TimeZone)>,
}

impl<'t> Items<'t> {
    pub(super) fn new(mailbox: &'t Mailbox, call: &Call<'_>) -> Items<'t> {
        let text = call.preference("outlook.body-content-type").is_some_and(|kind| kind.eq_ignore_ascii_case("text"));
        Items { mailbox, form: call.ids(), text, zone: None }
    }

    /// As [`Items::new`], for events: their times are shown in the zone that the client prefers.
    pub(super) fn zoned(mailbox: &'t Mailbox, call: &Call<'_>) -> Result<Items<'t>, Fault> {
        let zone = match call.preference("outlook.timezone") {
            Some(name) => Some((name.clone(), zones::zone(&name).ok_or_else(|| bad_zone(&name))?)),
            None => None,
        };
        Ok(Items { zone, ..Items::new(mailbox, call) })
    }
}

impl Source for Items<'_> {
    fn id<'e>(&self, entity: &'e Entity) -> Cow<'e, str> {
        self.mailbox.occurrence_id(entity).unwrap_or_else(|| self.mailbox.id(entity, self.form)).into()
    }

    fn etag(&self, entity: &Entity) -> Option<String> {
        Some(format!("W/\"{}\"", change_key(entity.key, entity.version)))
    }

    fn derived(&self, entity: &Entity, name: &str) -> Option<Value> {
        match name {
            "changeKey" => Some(change_key(entity.key, entity.version).into()),
            "body" | "uniqueBody" => {
                let body = entity.fields.get("body")?;
                Some(if self.text { json!({ "contentType": "text", "content": plain(body) }) } else { body.clone() })
            }
            "start" | "end" => {
                let (shown, zone) = self.zone.as_ref()?;
                let value = entity.fields.get(name)?;
                if entity.flag("isAllDay") {
                    return Some(json!({ "dateTime": value["dateTime"], "timeZone": shown }));
                }
                let moment = stored(&entity.fields, name);
                Some(json!({ "dateTime": zones::local(moment, zone), "timeZone": shown }))
            }
            _ => None,
        }
    }

    fn derived_names(&self) -> &'static [&'static str] {
        match (self.text, self.zone.is_some()) {
            (false, false) => &["changeKey"],
            (true, false) => &["changeKey", "body"],
            (false, true) => &["changeKey", "start", "end"],
            (true, true) => &["changeKey", "body", "start", "end"],
        }
    }

    fn expand(&self, entity: &Entity, expand: &Expand) -> Result<Value, Fault> {
        match expand.name.as_str() {
            "attachments" => super::attachments::expanded(self.mailbox, entity.key, self.form, expand),
            name @ ("singleValueExtendedProperties" | "multiValueExtendedProperties") => {
                let Some(filter) = &expand.options.filter else {
                    return Err(Fault::new(400, "ErrorInvalidUrlQuery", format!("The expansion of {name} needs a $filter on id.")));
                };
                let stored = entity.fields.get(name).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
                let kept = stored.iter().filter(|property| property.as_object().is_some_and(|property| matches(filter, property)));
                Ok(kept.cloned().collect())
            }
            "extensions" => Ok(json!([])),
            name => Err(Fault::query(Service::Outlook, format!("The property '{name}' cannot be expanded."))),
        }
    }
}

/// Says which preferences were followed.
pub(super) fn preferences(call: &Call<'_>, reply: Reply) -> Reply {
    let mut applied = Vec::new();
    if call.ids() == ItemId::Immutable {
        applied.push("IdType=\"ImmutableId\"".to_owned());
    }
    for name in ["outlook.body-content-type", "outlook.timezone"] {
        applied.extend(call.preference(name).map(|value| format!("{name}=\"{value}\"")));
    }
    if call.query.get("$top").is_none() {
        applied.extend(call.max_page_size().map(|size| format!("odata.maxpagesize={size}")));
    }
    if applied.is_empty() { reply } else { reply.header(HeaderName::from_static("preference-applied"), applied.join(", ")) }
}

/// The `@odata.context` of something in the owner's mailbox.
pub(super) fn context(tenant: &Tenant, call: &Call<'_>, what: &str) -> String {
    let id = tenant.directory.users.get(call.owner).map(|user| user.text("id")).unwrap_or_default();
    format!("users('{id}')/{what}")
}

/// The folder that the path names, if it names one.
fn folder(mailbox: &Mailbox, call: &Call<'_>) -> Result<Option<u64>, Fault> {
    let name = if call.has_param("child") { "child" } else { "folder" };
    if call.has_param(name) { mailbox.folder(call.param(name)).map(Some) } else { Ok(None) }
}

/// The message that the path names.
pub(super) fn message<'m>(mailbox: &'m Mailbox, call: &Call<'_>) -> Result<&'m Entity, Fault> {
    let message = mailbox.message(call.param("message"))?;
    match folder(mailbox, call)? {
        Some(folder) if folder != message.parent => Err(Fault::item()),
        _ => Ok(message),
    }
}

fn list_messages(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let tenant = &*tenant;
    let mailbox = tenant.mailbox(call.owner)?;
    let folder = folder(mailbox, call)?;
    let options = call.options(types::get("message"))?;
    check_query(&options)?;
    let source = Items::new(mailbox, call);
    let view = View::new(types::get("message"), &source, Service::Outlook, &options);
    let context = context(tenant, call, "messages");
    let reply = match (&options.search, folder) {
        (Some(search), _) => {
            let search = Keywords::parse(search).map_err(Fault::bad)?;
            let found = |message: &Entity| search.matches(&message.fields);
            let all = mailbox.messages.iter().filter(|message| folder.is_none_or(|folder| folder == message.parent));
            list(call, &view, &SEARCHED, &options, &context, all, Some(&found))
        }
        (None, Some(folder)) => list(call, &view, &PAGING, &options, &context, mailbox.messages.children(folder), None),
        (None, None) => list(call, &view, &PAGING, &options, &context, mailbox.messages.iter(), None),
    }?;
    Ok(preferences(call, reply))
}

/// Refuses what Exchange does not combine.
fn check_query(options: &Options) -> Result<(), Fault> {
    if options.search.is_some() {
        if !options.orderby.is_empty() {
            return Err(Fault::new(400, "SearchWithOrderBy", "The query parameter '$orderBy' is not supported with '$search'."));
        }
        if options.filter.is_some() {
            return Err(Fault::new(400, "SearchWithFilter", "The query parameter '$filter' is not supported with '$search'."));
        }
        if options.skip.is_some() {
            return Err(Fault::new(400, "SearchWithSkip", "The query parameter '$skip' is not supported with '$search'."));
        }
    }
    // What is sorted by has to be filtered by first, in the same order.
    if let (Some(filter), false) = (&options.filter, options.orderby.is_empty()) {
        let mut filtered = Vec::new();
        paths(filter, &mut filtered);
        let sorted = options.orderby.iter().map(|order| order.path.as_slice());
        if !sorted.enumerate().all(|(i, path)| filtered.get(i).is_some_and(|filtered| *filtered == path)) {
            return Err(Fault::new(400, "InefficientFilter", "The restriction or sort order is too complex for this operation."));
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
    let folder = folder(mailbox, call)?;
    let options = call.options(types::get("message"))?;
    let wanted = |message: &&Entity| {
        folder.is_none_or(|folder| folder == message.parent)
            && options.filter.as_ref().is_none_or(|filter| matches(filter, &message.fields))
    };
    Ok(Reply::bytes(200, "text/plain", mailbox.messages.iter().filter(wanted).count().to_string()))
}

/// Answers the message with that key.
pub(super) fn show(tenant: &Tenant, call: &Call<'_>, key: u64, status: u16) -> Outcome {
    let mailbox = tenant.mailbox(call.owner)?;
    let options = call.options(types::get("message"))?;
    let source = Items::new(mailbox, call);
    let entity = mailbox.messages.get(key).ok_or_else(Fault::item)?;
    let view = View::new(types::get("message"), &source, Service::Outlook, &options);
    Ok(preferences(call, view.reply(call, status, &context(tenant, call, "messages"), entity)?))
}

fn get(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let key = message(tenant.mailbox(call.owner)?, call)?.key;
    show(tenant, call, key, 200)
}

fn mime(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let mailbox = tenant.mailbox(call.owner)?;
    let message = message(mailbox, call)?;
    let people = |name: &str| {
        let people = message.fields.get(name).and_then(Value::as_array).into_iter().flatten();
        people.filter_map(|person| person["emailAddress"]["address"].as_str()).collect::<Vec<_>>().join(", ")
    };
    let from = message.fields.get("from").and_then(|from| from["emailAddress"]["address"].as_str()).unwrap_or_default();
    let body = &message.fields["body"];
    let kind = if body["contentType"] == "html" { "text/html" } else { "text/plain" };
    let text = format!(
        "From: <{from}>\r\nTo: {}\r\nSubject: {}\r\nMessage-ID: {}\r\nMIME-Version: 1.0\r\nContent-Type: {kind}; charset=utf-8\r\n\r\n{}\r\n",
        people("toRecipients"),
        message.text("subject"),
        message.text("internetMessageId"),
        body["content"].as_str().unwrap_or_default()
    );
    Ok(Reply::bytes(200, "text/plain", text))
}

/// What a body may not set.
fn refuse_read_only(body: &Map<String, Value>) -> Result<(), Fault> {
    let read_only =
        ["hasAttachments", "bodyPreview", "createdDateTime", "lastModifiedDateTime", "conversationIndex", "webLink", "uniqueBody"];
    match read_only.iter().find(|name| body.contains_key(**name)) {
        Some(name) => Err(Fault::new(400, "ErrorInvalidPropertySet", format!("The property '{name}' is read-only and cannot be set."))),
        None => Ok(()),
    }
}

fn create(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let mut body = call.entity("message")?;
    refuse_read_only(&body)?;
    let (key, now) = (tenant.key(), tenant.now());
    let attachments = super::attachments::take(tenant, call, &mut body)?;
    let mailbox = tenant.mailbox_mut(call.owner)?;
    let folder = folder(mailbox, call)?.unwrap_or_else(|| mailbox.known("drafts"));
    // A draft has been read, and stays one wherever it is made.
    body.insert("isDraft".into(), true.into());
    body.insert("isRead".into(), true.into());
    mailbox.add_message(key, folder, now, body);
    super::attachments::put(mailbox, key, attachments);
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

fn update(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.entity("message")?;
    refuse_read_only(&body)?;
    let now = stamp(tenant.now());
    let mailbox = tenant.mailbox_mut(call.owner)?;
    let found = message(mailbox, call)?;
    let key = found.key;
    check_etag(call, found)?;
    if !found.flag("isDraft")
        && let Some(name) = body.keys().find(|name| !CHANGEABLE.contains(&name.as_str()) && !name.contains('@'))
    {
        return Err(Fault::new(403, "ErrorAccessDenied", format!("Property '{name}' can be changed only while the message is a draft.")));
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

/// Sets a property; extended properties are merged by their ids.
pub(super) fn merge(fields: &mut Map<String, Value>, name: String, value: Value) {
    if name.ends_with("ValueExtendedProperties")
        && let (Some(Value::Array(known)), Value::Array(new)) = (fields.get_mut(&name), &value)
    {
        known.retain(|known| new.iter().all(|new| new["id"] != known["id"]));
        known.extend(new.iter().cloned());
        return;
    }
    fields.insert(name, value);
}

/// `If-Match` against what the item is now.
pub(super) fn check_etag(call: &Call<'_>, entity: &Entity) -> Result<(), Fault> {
    let now = format!("W/\"{}\"", change_key(entity.key, entity.version));
    match call.headers.get(http::header::IF_MATCH).and_then(|value| value.to_str().ok()) {
        Some(given) if given != "*" && given != now => Err(Fault::new(
            412,
            "ErrorIrresolvableConflict",
            "The send or update operation could not be performed because the change key passed in the request does not match the current change key for the item.",
        )),
        _ => Ok(()),
    }
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
    let mailbox = tenant.mailbox_mut(call.owner)?;
    let found = message(mailbox, call)?;
    check_etag(call, found)?;
    let (key, deleted) = (found.key, mailbox.known("deleteditems"));
    if found.parent == deleted {
        forget(mailbox, key);
    } else {
        relocate(mailbox, key, deleted);
    }
    Ok(Reply::empty(204))
}

fn permanent_delete(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let mailbox = tenant.mailbox_mut(call.owner)?;
    let key = message(mailbox, call)?.key;
    forget(mailbox, key);
    Ok(Reply::empty(204))
}

fn relocate(mailbox: &mut Mailbox, key: u64, folder: u64) {
    let id = mailbox.folder_id(folder);
    mailbox.messages.amend(key, |fields| {
        fields.insert("parentFolderId".into(), id.into());
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
    mailbox.folder(id)
}

fn move_to(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.object()?;
    let mailbox = tenant.mailbox_mut(call.owner)?;
    let key = message(mailbox, call)?.key;
    let target = destination(mailbox, &body)?;
    relocate(mailbox, key, target);
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
    let attachments: Vec<Map<String, Value>> = mailbox.attachments.children(original).map(|attachment| attachment.fields.clone()).collect();
    let attachments = attachments.into_iter().map(|fields| (tenant.key(), fields)).collect();
    let mailbox = tenant.mailbox_mut(call.owner)?;
    mailbox.add_message(copy, target, now, fields);
    super::attachments::put(mailbox, copy, attachments);
    show(tenant, call, copy, 201)
}
