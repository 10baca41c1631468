//! Messages in channels and chats.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::changes::Delta;
use super::teams::PAGING;
use crate::graph::call::Call;
use crate::graph::fault::{Fault, Service};
use crate::graph::odata::{Expand, Expr, Op, Operand, Options, matches};
use crate::graph::reply::Outcome;
use crate::graph::router::{Route, route};
use crate::graph::store::{Change, Entity, Set, round};
use crate::graph::teams::{MessagePlace, channel, chat, messages, missing, post_message, records};
use crate::graph::tenant::Tenant;
use crate::graph::types;
use crate::graph::view::{Source, View, list};

pub(crate) static ROUTES: &[Route] = &[
    route("GET", "/teams/{team}/channels/{channel}/messages", in_channel),
    route("POST", "/teams/{team}/channels/{channel}/messages", to_channel),
    route("GET", "/teams/{team}/channels/{channel}/messages/delta", delta),
    route("GET", "/teams/{team}/channels/{channel}/messages/{message}", get_in_channel),
    route("GET", "/teams/{team}/channels/{channel}/messages/{message}/replies", replies),
    route("POST", "/teams/{team}/channels/{channel}/messages/{message}/replies", reply),
    route("GET", "[/chats|@/chats]/{chat}/messages", in_chat),
    route("POST", "/chats/{chat}/messages", to_chat),
    route("GET", "[/chats|@/chats]/{chat}/messages/{message}", get_in_chat),
];

/// Prints messages.
struct Messages<'t>(&'t Tenant);

impl Source for Messages<'_> {
    fn id<'e>(&self, entity: &'e Entity) -> Cow<'e, str> {
        entity.text("id").into()
    }

    fn expand(&self, entity: &Entity, expand: &Expand) -> Result<Value, Fault> {
        match expand.name.as_str() {
            "replies" => Ok(records(self.0, "chatMessage", entity.key)
                .map(|reply| Value::Object(reply.fields.clone()))
                .collect()),
            name => Err(Fault::bad(format!("Query option 'Expand' of '{name}' is not allowed."))),
        }
    }
}

fn show(tenant: &Tenant, call: &Call<'_>, key: u64, status: u16) -> Outcome {
    let options = call.options(types::get("chatMessage"))?;
    let entity = tenant.records.get("chatMessage").and_then(|set| set.get(key)).ok_or_else(|| missing("message"))?;
    View::new(types::get("chatMessage"), &Messages(tenant), Service::Teams, &options).reply(
        call,
        status,
        "chatMessages",
        entity,
    )
}

fn many(tenant: &Tenant, call: &Call<'_>, parent: u64, options: &Options) -> Outcome {
    let source = Messages(tenant);
    let view = View::new(types::get("chatMessage"), &source, Service::Teams, options);
    list(call, &view, &PAGING, options, "chatMessages", records(tenant, "chatMessage", parent), None)
}

fn find(tenant: &Tenant, parent: u64, id: &str) -> Result<u64, Fault> {
    let found = records(tenant, "chatMessage", parent).find(|message| message.text("id") == id);
    found.map(|message| message.key).ok_or_else(|| missing("message"))
}

fn in_channel(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let channel = channel(tenant, call)?;
    let options = call.options(types::get("chatMessage"))?;
    if options.filter.is_some() || !options.orderby.is_empty() || options.search.is_some() {
        return Err(Fault::bad("Query options 'Filter', 'OrderBy' and 'Search' are not allowed."));
    }
    many(tenant, call, channel, &options)
}

fn get_in_channel(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let message = find(tenant, channel(tenant, call)?, call.param("message"))?;
    show(tenant, call, message, 200)
}

fn replies(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let message = find(tenant, channel(tenant, call)?, call.param("message"))?;
    let options = call.options(types::get("chatMessage"))?;
    many(tenant, call, message, &options)
}

fn identity(call: &Call<'_>) -> Value {
    json!({ "channelIdentity": { "teamId": call.param("team"), "channelId": call.param("channel") } })
}

fn to_channel(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let parent = channel(tenant, call)?;
    let (now, given) = (tenant.now(), call.entity("chatMessage")?);
    let key = post_message(tenant, &MessagePlace { parent, told: identity(call) }, call.owner, now, given)?;
    show(tenant, call, key, 201)
}

fn reply(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let parent = find(tenant, channel(tenant, call)?, call.param("message"))?;
    let (now, given) = (tenant.now(), call.entity("chatMessage")?);
    let mut told = identity(call);
    told["replyToId"] = call.param("message").into();
    let key = post_message(tenant, &MessagePlace { parent, told }, call.owner, now, given)?;
    // A delta query tells of the whole chain of replies.
    messages(tenant).update(parent, |_| {});
    show(tenant, call, key, 201)
}

fn delta(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let channel = channel(tenant, call)?;
    let ty = types::get("chatMessage");
    let none = Set::new();
    let set = tenant.records.get("chatMessage").unwrap_or(&none);
    let delta = Delta::begin(tenant, call, set, ty)?;
    let options = delta.options.clone();
    if options.filter.as_ref().is_some_and(|filter| !is_since(filter)) {
        return Err(Fault::bad("Only a filter by lastModifiedDateTime with gt is supported."));
    }
    let wanted = |entity: &Entity| options.filter.as_ref().is_none_or(|filter| matches(filter, &entity.fields));
    let keep = |change: &Change<'_>| match change {
        Change::Present { entity, .. } => wanted(entity) || records(tenant, "chatMessage", entity.key).any(wanted),
        Change::Gone { .. } => false,
    };
    let round = round(set, Some(channel), delta.stage(), delta.page(20, 50), &keep);
    let source = Messages(tenant);
    let view = View::new(ty, &source, Service::Teams, &options);
    delta.reply(call, "Collection(chatMessage)", round, |out, change, _| match change {
        Change::Present { entity, .. } => view.write(out, entity, &[]),
        Change::Gone { .. } => Ok(()),
    })
}

fn is_since(filter: &Expr) -> bool {
    let modified =
        |operand: &Operand| matches!(operand, Operand::Path { steps, .. } if steps == &["lastModifiedDateTime"]);
    matches!(filter, Expr::Compare(left, Op::Gt, _) if modified(left))
}

fn in_chat(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let chat = chat(tenant, call)?;
    let mut options = call.options(types::get("chatMessage"))?;
    let by = match options.orderby.as_slice() {
        [] => "lastModifiedDateTime",
        [order] if order.descending && matches!(order.path.as_slice(), [name] if name == "createdDateTime") => {
            "createdDateTime"
        }
        [order] if order.descending && matches!(order.path.as_slice(), [name] if name == "lastModifiedDateTime") => {
            "lastModifiedDateTime"
        }
        _ => return Err(Fault::bad("Only orderby lastModifiedDateTime desc and createdDateTime desc are supported.")),
    };
    // A filter by another property than that of the order is not seen at all, and neither is one without an order.
    let sorted = !options.orderby.is_empty();
    options.filter = options.filter.take().filter(|filter| sorted && is_about(filter, by));
    many(tenant, call, chat, &options)
}

fn is_about(filter: &Expr, property: &str) -> bool {
    match filter {
        Expr::And(left, right) => is_about(left, property) && is_about(right, property),
        Expr::Compare(Operand::Path { steps, .. }, Op::Gt | Op::Lt, _) => {
            matches!(steps.as_slice(), [name] if name == property)
        }
        _ => false,
    }
}

fn to_chat(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let parent = chat(tenant, call)?;
    let (now, given) = (tenant.now(), call.entity("chatMessage")?);
    let key = post_message(
        tenant,
        &MessagePlace { parent, told: json!({ "chatId": call.param("chat") }) },
        call.owner,
        now,
        given,
    )?;
    show(tenant, call, key, 201)
}

fn get_in_chat(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let message = find(tenant, chat(tenant, call)?, call.param("message"))?;
    show(tenant, call, message, 200)
}
