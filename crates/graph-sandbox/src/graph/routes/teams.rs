//! Teams, channels, chats, presence.

use std::borrow::Cow;

use serde_json::{Value, json};

use crate::graph::call::Call;
use crate::graph::fault::{Fault, Service};
use crate::graph::odata::Expand;
use crate::graph::reply::{Outcome, Reply};
use crate::graph::router::{Route, route};
use crate::graph::store::Entity;
use crate::graph::teams::{chat, missing, records, takes_part, team};
use crate::graph::tenant::Tenant;
use crate::graph::types;
use crate::graph::view::{Paging, Source, Stored, View, list};

pub(crate) static ROUTES: &[Route] = &[
    route("GET", "@/joinedTeams", joined),
    route("GET", "/teams/{team}", |tenant, call| {
        let team = team(tenant, call)?;
        one(tenant, call, "team", team, "teams")
    }),
    route("GET", "/teams/{team}/channels", channels),
    route("GET", "@/chats", |tenant, call| chats(tenant, call, call.owner)),
    route("GET", "/chats", my_chats),
    route("GET", "[/chats|@/chats]/{chat}", get_chat),
    route("GET", "[/chats|@/chats]/{chat}/members", members),
    route("GET", "@/presence", presence),
];

/// Lists of Teams are short.
pub(super) const PAGING: Paging = Paging { page: 20, max: 50, natural: None };
/// Teams and channels come all at once.
const WHOLE: Paging = Paging { page: 1000, max: 1000, natural: None };

fn joined(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let tenant = &*tenant;
    let options = call.options(types::get("team"))?;
    let view = View::new(types::get("team"), &Stored, Service::Teams, &options);
    let of_user = tenant.directory.groups_of(call.owner).flat_map(|group| records(tenant, "team", group.key));
    list(call, &view, &WHOLE, &options, "teams", of_user, None)
}

fn one(tenant: &Tenant, call: &Call<'_>, ty: &'static str, parent: u64, context: &str) -> Outcome {
    let options = call.options(types::get(ty))?;
    let entity = records(tenant, ty, parent).next().ok_or_else(|| missing(ty))?;
    View::new(types::get(ty), &Stored, Service::Teams, &options).reply(call, 200, context, entity)
}

fn channels(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let team = team(tenant, call)?;
    let options = call.options(types::get("channel"))?;
    if options.top.is_some() {
        return Err(Fault::bad("Query option 'Top' is not allowed."));
    }
    let view = View::new(types::get("channel"), &Stored, Service::Teams, &options);
    let context = format!("teams('{}')/channels", call.param("team"));
    list(call, &view, &WHOLE, &options, &context, records(tenant, "channel", team), None)
}

/// Prints chats.
struct Chats<'t>(&'t Tenant);

impl Source for Chats<'_> {
    fn id<'e>(&self, entity: &'e Entity) -> Cow<'e, str> {
        entity.text("id").into()
    }

    fn expand(&self, entity: &Entity, expand: &Expand) -> Result<Value, Fault> {
        match expand.name.as_str() {
            "members" => Ok(records(self.0, "conversationMember", entity.key)
                .map(|member| Value::Object(member.fields.clone()))
                .collect()),
            "lastMessagePreview" => {
                let last = records(self.0, "chatMessage", entity.key).next();
                Ok(last.map_or(Value::Null, |last| {
                    let part = |name: &str| last.fields.get(name).cloned().unwrap_or_default();
                    json!({
                        "id": last.text("id"), "createdDateTime": part("createdDateTime"), "isDeleted": false, "messageType": part("messageType"),
                        "eventDetail": null, "body": part("body"), "from": part("from"),
                    })
                }))
            }
            name => Err(Fault::bad(format!("Query option 'Expand' of '{name}' is not allowed."))),
        }
    }
}

fn my_chats(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    if call.caller.user.is_none() {
        return Err(Fault::bad("Requested API is not supported in application-only context."));
    }
    chats(tenant, call, call.owner)
}

fn chats(tenant: &Tenant, call: &Call<'_>, user: u64) -> Outcome {
    let options = call.options(types::get("chat"))?;
    if options.orderby.iter().any(|order| !order.descending) {
        return Err(Fault::bad("QueryOptions to be sorted in ascending order is not supported."));
    }
    let source = Chats(tenant);
    let view = View::new(types::get("chat"), &source, Service::Teams, &options);
    let of_user = records(tenant, "chat", 0).filter(|chat| takes_part(tenant, chat.key, user));
    list(call, &view, &PAGING, &options, "chats", of_user, None)
}

fn get_chat(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let key = chat(tenant, call)?;
    let options = call.options(types::get("chat"))?;
    let source = Chats(tenant);
    let entity = tenant.records.get("chat").and_then(|set| set.get(key)).ok_or_else(|| missing("chat"))?;
    View::new(types::get("chat"), &source, Service::Teams, &options).reply(call, 200, "chats", entity)
}

fn members(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let key = chat(tenant, call)?;
    let options = call.options(types::get("conversationMember"))?;
    let view = View::new(types::get("conversationMember"), &Stored, Service::Teams, &options);
    list(call, &view, &WHOLE, &options, "chats/members", records(tenant, "conversationMember", key), None)
}

fn presence(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    if records(tenant, "presence", call.owner).next().is_some() {
        return one(tenant, call, "presence", call.owner, "users/presence");
    }
    let id = tenant.directory.users.get(call.owner).map_or("", |user| user.text("id"));
    let unknown = json!({
        "@odata.context": call.context("users/presence/$entity"), "id": id, "availability": "PresenceUnknown", "activity": "PresenceUnknown",
        "statusMessage": null, "outOfOfficeSettings": { "message": null, "isOutOfOffice": false },
    });
    Ok(Reply::value(200, &unknown))
}
