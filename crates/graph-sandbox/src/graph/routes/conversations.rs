//! What groups write to each other, and their calendars.

use std::borrow::Cow;

use serde_json::Value;

use super::{attachments, calendars, events, groups};
use crate::graph::call::Call;
use crate::graph::conversations::add_post;
use crate::graph::fault::{Fault, Service};
use crate::graph::odata::Expand;
use crate::graph::reply::{Outcome, Reply};
use crate::graph::router::{Handler, Route, route};
use crate::graph::store::Entity;
use crate::graph::tenant::Tenant;
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
