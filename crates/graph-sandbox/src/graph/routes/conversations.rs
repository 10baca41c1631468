//! What groups write to each other, and their calendars.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use super::{attachments, calendars, events, groups};
use crate::graph::call::Call;
use crate::graph::fault::{Fault, Service};
use crate::graph::json::object;
use crate::graph::mailbox::preview;
use crate::graph::odata::Expand;
use crate::graph::reply::{Outcome, Reply};
use crate::graph::router::{Handler, Route, route};
use crate::graph::store::{Entity, change_key, guid};
use crate::graph::tenant::Tenant;
use crate::graph::time::{newest_first, stamp};
use crate::graph::types;
use crate::graph::view::{Paging, Source, View, list};

pub(crate) static ROUTES: &[Route] = &[
    route("GET", "/groups/{group}/[|calendar/]events", |tenant, call| of_group(tenant, call, events::list_events)),
    route("GET", "/groups/{group}/[|calendar/]calendarView", |tenant, call| {
        of_group(tenant, call, calendars::view_window)
    }),
    route("GET", "/groups/{group}/threads", list_threads),
    route("GET", "/groups/{group}/threads/{thread}", get_thread),
    route("GET", "/groups/{group}/threads/{thread}/posts", list_posts),
    route("POST", "/groups/{group}/threads/{thread}/reply", reply),
];

const PAGING: Paging = Paging { page: 20, max: 999, natural: None };
/// Recipients come only when they are selected.
const THREAD: &[&str] =
    &["id", "topic", "hasAttachments", "lastDeliveredDateTime", "uniqueSenders", "preview", "isLocked"];

/// Prints threads and posts.
struct Conversations;

impl Source for Conversations {
    fn id<'e>(&self, entity: &'e Entity) -> Cow<'e, str> {
        entity.text("id").into()
    }

    fn expand(&self, entity: &Entity, expand: &Expand) -> Result<Value, Fault> {
        match entity.fields.get(".attachments") {
            Some(parts) if expand.name == "attachments" => Ok(parts.clone()),
            _ => Err(Fault::query(Service::Outlook, format!("The property '{}' cannot be expanded.", expand.name))),
        }
    }
}

/// Runs what people's calendars do for the group that the path names.
fn of_group(tenant: &mut Tenant, call: &Call<'_>, run: Handler) -> Outcome {
    mailbox(tenant, call)?;
    run(tenant, call)
}

/// The group that the path names, which has a mailbox.
fn mailbox(tenant: &Tenant, call: &Call<'_>) -> Result<u64, Fault> {
    let group = groups::key(tenant, call)?;
    tenant.mailbox(group).map(|mailbox| mailbox.owner)
}

fn threads(tenant: &Tenant, group: u64) -> impl Iterator<Item = &Entity> {
    tenant.records.get("conversationThread").into_iter().flat_map(move |set| set.children(group))
}

fn thread(tenant: &Tenant, call: &Call<'_>) -> Result<u64, Fault> {
    let group = mailbox(tenant, call)?;
    let found = threads(tenant, group).find(|thread| thread.text("id") == call.param("thread"));
    found.map(|thread| thread.key).ok_or_else(Fault::item)
}

fn context(call: &Call<'_>, what: &str) -> String {
    format!("groups('{}')/{what}", call.param("group"))
}

fn list_threads(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let group = mailbox(tenant, call)?;
    let options = call.options(types::get("conversationThread"))?;
    let view = View::new(types::get("conversationThread"), &Conversations, Service::Outlook, &options).defaults(THREAD);
    list(call, &view, &PAGING, &options, &context(call, "threads"), threads(tenant, group), None)
}

fn get_thread(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let key = thread(tenant, call)?;
    let options = call.options(types::get("conversationThread"))?;
    let entity = tenant.records.get("conversationThread").and_then(|set| set.get(key)).ok_or_else(Fault::item)?;
    let view = View::new(types::get("conversationThread"), &Conversations, Service::Outlook, &options).defaults(THREAD);
    view.reply(call, 200, &context(call, "threads"), entity)
}

fn list_posts(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let key = thread(tenant, call)?;
    let options = call.options(types::get("post"))?;
    let view = View::new(types::get("post"), &Conversations, Service::Outlook, &options);
    let posts = tenant.records.get("post").into_iter().flat_map(|set| set.children(key));
    list(call, &view, &PAGING, &options, &context(call, "threads/posts"), posts, None)
}

fn reply(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.object()?;
    let given = body.iter().find(|(name, _)| name.eq_ignore_ascii_case("post")).map(|(_, post)| post);
    let Some(Value::Object(given)) = given else {
        return Err(Fault::new(400, "ErrorInvalidRequest", "The parameter 'post' is required."));
    };
    let mut given = given.clone();
    let key = thread(tenant, call)?;
    let parts = attachments::take(tenant, call, &mut given)?;
    call.check("post", &given)?;
    if !given.get("body").is_some_and(|body| body["content"].is_string()) {
        return Err(Fault::new(400, "ErrorInvalidRequest", "A post needs a body."));
    }
    let locked = tenant
        .records
        .get("conversationThread")
        .and_then(|set| set.get(key))
        .is_some_and(|thread| thread.flag("isLocked"));
    if locked {
        return Err(Fault::new(403, "ErrorAccessDenied", "The thread is locked."));
    }
    let caller = call.caller.user.as_deref().and_then(|id| tenant.directory.user(id));
    let who =
        caller.map(|user| (user.text("displayName").to_owned(), user.text("mail").to_owned())).unwrap_or_default();
    let parts = parts.into_iter().map(|(_, fields)| Value::Object(fields)).collect();
    add_post(tenant, key, &who, given, parts, tenant.now());
    Ok(Reply::empty(202))
}

/// Adds a thread without posts.
pub(crate) fn add_thread(tenant: &mut Tenant, group: u64, topic: &str) -> u64 {
    let key = tenant.key();
    let to = tenant
        .mailbox(group)
        .map(|mailbox| json!({ "emailAddress": { "name": mailbox.name, "address": mailbox.address } }));
    let fields = json!({
        "id": format!("AAQk{}=", guid(&format!("thread {group} {topic}")).replace('-', "")), "topic": topic, "hasAttachments": false,
        "lastDeliveredDateTime": null, "uniqueSenders": [], "preview": "", "isLocked": false, "toRecipients": [to.unwrap_or_default()], "ccRecipients": [],
    });
    tenant.records.entry("conversationThread").or_default().insert(Entity::new(key, group, 0, object(fields)));
    key
}

/// Adds a post to a thread: who wrote it, by name and address.
pub(crate) fn add_post(
    tenant: &mut Tenant,
    thread: u64,
    who: &(String, String),
    mut given: Map<String, Value>,
    parts: Vec<Value>,
    when: jiff::Timestamp,
) {
    let key = tenant.key();
    let set = tenant.records.entry("conversationThread").or_default();
    let id = set.get(thread).map(|thread| thread.text("id").to_owned()).unwrap_or_default();
    let body = given.remove("body").unwrap_or_default();
    let (from, has) = (json!({ "emailAddress": { "name": who.0, "address": who.1 } }), !parts.is_empty());
    let shown = preview(&body);
    set.update(thread, |fields| {
        fields.insert("lastDeliveredDateTime".into(), stamp(when).into());
        fields.insert("preview".into(), shown.into());
        if has {
            fields.insert("hasAttachments".into(), true.into());
        }
        if let Some(senders) = fields.get_mut("uniqueSenders").and_then(Value::as_array_mut)
            && !senders.iter().any(|sender| sender.as_str() == Some(&who.0))
        {
            senders.push(who.0.clone().into());
        }
    });
    set.reorder(thread, newest_first(when));
    let fields = json!({
        "id": format!("AAMk{}=", guid(&format!("post {key}")).replace('-', "")), "createdDateTime": stamp(when), "lastModifiedDateTime": stamp(when),
        "changeKey": change_key(key, 1), "categories": [], "receivedDateTime": stamp(when), "hasAttachments": has, "body": body, "from": from, "sender": from,
        "conversationThreadId": id, "newParticipants": [], ".attachments": parts,
    });
    tenant.records.entry("post").or_default().insert(Entity::new(key, thread, 0, object(fields)));
}
