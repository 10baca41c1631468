//! Teams: what is in a team and in a chat, and who may look at it.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::call::Call;
use super::fault::Fault;
use super::json::object;
use super::store::{Entity, Set};
use super::tenant::Tenant;

/// A moment as Teams prints it, to the millisecond.
pub(crate) fn exact(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// Something of Teams that is not there.
pub(crate) fn missing(what: &str) -> Fault {
    Fault::new(404, "NotFound", format!("No {what} found."))
}

fn outsider() -> Fault {
    Fault::new(403, "Forbidden", "Failed to execute request: the caller is not a member of the team or chat.")
}

/// The set of that kind of record, empty if there is none yet.
pub(crate) fn records<'t>(tenant: &'t Tenant, ty: &str, parent: u64) -> impl Iterator<Item = &'t Entity> + use<'t> {
    tenant.records.get(ty).into_iter().flat_map(move |set| set.children(parent))
}

pub(crate) fn messages(tenant: &mut Tenant) -> &mut Set {
    tenant.records.entry("chatMessage").or_default()
}

/// The group that the path's team is, if the caller may look into it.
///
/// # Errors
/// 404 for no team, 403 for somebody else's.
pub(crate) fn team(tenant: &Tenant, call: &Call<'_>) -> Result<u64, Fault> {
    let found = tenant.directory.find(call.param("team")).map(|(_, key)| key);
    let group =
        found.filter(|group| records(tenant, "team", *group).next().is_some()).ok_or_else(|| missing("team"))?;
    let inside = |links: &std::collections::HashMap<u64, std::collections::BTreeSet<u64>>| {
        links.get(&group).is_some_and(|keys| keys.contains(&call.owner))
    };
    let may = call.caller.user.is_none() || inside(&tenant.directory.members) || inside(&tenant.directory.owners);
    if may { Ok(group) } else { Err(outsider()) }
}

/// The path's channel, in its team.
///
/// # Errors
/// As [`team`].
pub(crate) fn channel(tenant: &Tenant, call: &Call<'_>) -> Result<u64, Fault> {
    let team = team(tenant, call)?;
    let found = records(tenant, "channel", team).find(|channel| channel.text("id") == call.param("channel"));
    found.map(|channel| channel.key).ok_or_else(|| missing("channel"))
}

/// Whether somebody is in a chat.
pub(crate) fn takes_part(tenant: &Tenant, chat: u64, user: u64) -> bool {
    let user = tenant.directory.users.get(user).map_or("", |user| user.text("id"));
    records(tenant, "conversationMember", chat).any(|member| member.text("userId") == user)
}

/// The path's chat, if the caller may look into it.
///
/// # Errors
/// 404 for no chat, 403 for somebody else's.
pub(crate) fn chat(tenant: &Tenant, call: &Call<'_>) -> Result<u64, Fault> {
    let found = records(tenant, "chat", 0).find(|chat| chat.text("id") == call.param("chat"));
    let chat = found.map(|chat| chat.key).ok_or_else(|| missing("chat"))?;
    if call.caller.user.is_none() || takes_part(tenant, chat, call.owner) { Ok(chat) } else { Err(outsider()) }
}

/// What says who wrote something.
pub(crate) fn author(tenant: &Tenant, user: u64) -> Value {
    let user = tenant.directory.users.get(user);
    let text = |name: &str| user.map(|user| user.text(name).to_owned()).unwrap_or_default();
    json!({
        "application": null, "device": null,
        "user": {
            "@odata.type": "#microsoft.graph.teamworkUserIdentity", "id": text("id"), "displayName": text("displayName"), "userIdentityType": "aadUser",
        },
    })
}

/// The ids of the elements `<name id="…">` in a text.
pub(crate) fn marks(html: &str, name: &str) -> Vec<String> {
    let open = format!("<{name} ");
    let tags = html.split(open.as_str()).skip(1);
    let id = |tag: &str| {
        let (_, value) = tag.split('>').next()?.split_once("id=\"")?;
        Some(value.split('"').next()?.to_owned())
    };
    tags.filter_map(id).collect()
}

/// Holds what is mentioned and attached against the marks in the body.
///
/// # Errors
/// 400 for one that is not marked, and for a mark of none.
pub(crate) fn check_marks(message: &Map<String, Value>) -> Result<(), Fault> {
    let body = message.get("body").and_then(|body| body["content"].as_str()).unwrap_or_default();
    let ids = |property: &str| -> Vec<String> {
        let given = message.get(property).and_then(Value::as_array).into_iter().flatten();
        given.map(|one| one["id"].as_str().map_or_else(|| one["id"].to_string(), str::to_owned)).collect()
    };
    for (property, element) in [("mentions", "at"), ("attachments", "attachment")] {
        let (given, marked) = (ids(property), marks(body, element));
        if let Some(id) = given.iter().find(|id| !marked.contains(id)) {
            return Err(Fault::bad(format!(
                "Neither Body nor adaptive card content contains marker for {property} with Id '{id}'."
            )));
        }
        if let Some(id) = marked.iter().find(|id| !given.contains(id)) {
            return Err(Fault::bad(format!("The body refers to '{id}', which is not among the {property}.")));
        }
    }
    Ok(())
}

/// Where a message goes to.
#[derive(Clone)]
pub(crate) struct MessagePlace {
    /// The channel, the chat, or the message that it answers.
    pub(crate) parent: u64,
    /// The properties that tell where it is.
    pub(crate) told: Value,
}

/// Posts a message as if somebody had just written it, and returns its key. Messages are listed the newest first.
///
/// # Errors
/// 400 without a body, and as [`check_marks`].
pub(crate) fn post_message(
    tenant: &mut Tenant,
    place: &MessagePlace,
    from: u64,
    at: Timestamp,
    given: Map<String, Value>,
) -> Result<u64, Fault> {
    if given.get("body").is_none_or(|body| body["content"].as_str().is_none_or(str::is_empty)) {
        return Err(Fault::bad("Missing body content."));
    }
    check_marks(&given)?;
    let key = tenant.key();
    // The id is the time, and no two messages have the same.
    let mut moment = at.as_millisecond();
    while messages(tenant).iter().any(|known| known.text("id") == moment.to_string()) {
        moment += 1;
    }
    let written = exact(Timestamp::from_millisecond(moment).unwrap_or_default());
    let mut fields = object(json!({
        "id": moment.to_string(), "replyToId": null, "etag": moment.to_string(), "messageType": "message", "createdDateTime": written,
        "lastModifiedDateTime": written, "lastEditedDateTime": null, "deletedDateTime": null, "subject": null, "summary": null, "chatId": null,
        "importance": "normal", "locale": "en-us", "webUrl": null, "channelIdentity": null, "policyViolation": null, "eventDetail": null,
        "from": author(tenant, from), "body": null, "attachments": [], "mentions": [], "reactions": [], "messageHistory": [],
    }));
    fields.extend(given);
    fields.extend(object(place.told.clone()));
    if let Some(body) = fields.get_mut("body").and_then(Value::as_object_mut) {
        body.entry("contentType").or_insert_with(|| "text".into());
    }
    messages(tenant).insert(Entity::new(key, place.parent, -moment, fields));
    Ok(key)
}
