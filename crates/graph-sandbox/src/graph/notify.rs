//! Finds out whom a change is told to, and how: change notifications as Graph words them.
//!
//! The sets log what changes, for delta queries. Each subscription remembers up to where it has read the logs of what
//! it watches, and reads on whenever somebody lets go of the tenant.

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::odata::RawQuery;
use super::rich::Certificate;
use super::store::{Entity, ItemId, Set, What, change_key, guid};
use super::tenant::{ObjectKind, Tenant};
use super::watch::Target;
use crate::notifications::{Lifecycle, Notice, Notifications};

/// The app that sends Graph's notifications.
const PUBLISHER: &str = "0bf30f3b-4a52-48df-9a82-234910c4a086";
/// How many seconds a validation token is valid: longer than a notification is sent again.
const TOKEN_LIFE: i64 = 24 * 3600;

/// What a subscription watches.
#[derive(Debug, Clone)]
pub(crate) struct Watch {
    target: Target,
    ids: ItemId,
    /// How many changes of each set it has read.
    seen: [usize; 2],
    id: String,
    /// Where the subscription was made.
    origin: String,
}

/// What happened to one entity since a subscription last read.
struct Story {
    parent: u64,
    key: u64,
    /// The number of its last change.
    at: usize,
    first: What,
    last: What,
    /// Members that came (true) and went.
    links: Vec<(u64, bool)>,
}

/// Begins to watch: what happens from now on is told.
pub(crate) fn begin(tenant: &mut Tenant, subscription: u64, target: Target, ids: ItemId, origin: &str) {
    let id = tenant.subscriptions.get(subscription).map(|it| it.text("id").to_owned()).unwrap_or_default();
    let seen = sets(tenant, target).map(|set| set.map_or(0, |set| set.log.now()));
    tenant.watching.insert(subscription, Watch { target, ids, seen, id, origin: origin.to_owned() });
}

/// Hands over what every active subscription has to be told of what changed.
pub(crate) fn collect(tenant: &mut Tenant, notifications: &Notifications) {
    if tenant.watching.is_empty() {
        return;
    }
    let now = tenant.now();
    let mut watching = std::mem::take(&mut tenant.watching);
    let mut notices = Vec::new();
    watching.retain(|key, watch| {
        let active = tenant.subscriptions.get(*key).filter(|it| expires(it).is_some_and(|end| now < end));
        match active {
            Some(subscription) => read(tenant, notifications, subscription, watch, &mut notices),
            // One that has expired can be renewed no more.
            None => notifications.forget(&watch.id),
        }
        active.is_some()
    });
    tenant.watching = watching;
    notifications.send(notices);
}

fn expires(subscription: &Entity) -> Option<Timestamp> {
    subscription.text("expirationDateTime").parse().ok()
}

fn sets(tenant: &Tenant, target: Target) -> [Option<&Set>; 2] {
    let mailbox = |owner: u64| tenant.mailboxes.get(&owner);
    match target {
        Target::Messages { owner, .. } => [mailbox(owner).map(|mailbox| &mailbox.messages), None],
        Target::Events(owner) => [mailbox(owner).map(|mailbox| &mailbox.events), None],
        Target::Contacts(owner) => [mailbox(owner).map(|mailbox| &mailbox.contacts), None],
        Target::Users(_) => [Some(&tenant.directory.users), None],
        Target::Groups(_) | Target::Members(_) => [Some(&tenant.directory.groups), None],
        Target::Drive(owner) => [tenant.drives.drives.get(&owner).map(|drive| &drive.items), None],
        Target::List(list) => [Some(&tenant.sites.items), tenant.library(list).map(|drive| &drive.items)],
    }
}

/// Whether the target has to do with a change to this entity of its set of this number.
fn concerns(target: Target, set: usize, story: &Story) -> bool {
    match target {
        Target::Messages { folder, .. } => folder.is_none_or(|folder| folder == story.parent),
        Target::Users(one) | Target::Groups(one) => one.is_none_or(|one| one == story.key),
        Target::Members(group) => group == story.key && !story.links.is_empty(),
        Target::List(list) => set == 1 || list == story.parent,
        Target::Events(_) | Target::Contacts(_) | Target::Drive(_) => true,
    }
}

/// Reads on in a log, and brings the changes of each entity together.
fn stories(set: &Set, from: usize) -> Vec<Story> {
    let mut stories: Vec<Story> = Vec::new();
    let mut known: HashMap<(u64, u64), usize> = HashMap::new();
    for (at, entry) in set.log.since(from) {
        let index = *known.entry((entry.parent, entry.key)).or_insert_with(|| {
            let (parent, key) = (entry.parent, entry.key);
            stories.push(Story { parent, key, at, first: entry.what, last: entry.what, links: Vec::new() });
            stories.len() - 1
        });
        let story = &mut stories[index];
        story.at = at;
        match entry.what {
            What::Linked(member) => story.links.push((member, true)),
            What::Unlinked(member) => story.links.push((member, false)),
            other => story.last = other,
        }
    }
    stories
}

impl Story {
    /// The change that Outlook tells of; `None` for what came and went.
    fn in_outlook(&self) -> Option<&'static str> {
        match (self.first, self.last) {
            (What::Created, What::Removed { .. }) => None,
            (_, What::Removed { .. }) => Some("deleted"),
            (What::Created, _) => Some("created"),
            _ => Some("updated"),
        }
    }

    /// The change that the directory tells of: what is new, or can be restored, is `updated`.
    fn in_directory(&self) -> &'static str {
        if self.last == (What::Removed { soft: false }) { "deleted" } else { "updated" }
    }
}

fn read(
    tenant: &Tenant,
    notifications: &Notifications,
    subscription: &Entity,
    watch: &mut Watch,
    notices: &mut Vec<Notice>,
) {
    let mut changes: Vec<(&'static str, String, Value)> = Vec::new();
    for (number, set) in sets(tenant, watch.target).into_iter().enumerate() {
        let Some(set) = set.filter(|set| set.log.now() > watch.seen[number]) else { continue };
        let stories = stories(set, watch.seen[number]);
        watch.seen[number] = set.log.now();
        let stories = stories.iter().filter(|story| concerns(watch.target, number, story));
        changes.extend(stories.filter_map(|story| told(tenant, subscription, watch, set, story)));
    }
    if matches!(watch.target, Target::Drive(_) | Target::List(_)) {
        // It is told that something changed, and not what.
        changes.truncate(1);
    }
    let wanted = subscription.text("changeType");
    for (index, (change, resource, data)) in changes.into_iter().enumerate() {
        if !wanted.split(',').any(|wanted| wanted.trim().eq_ignore_ascii_case(change)) {
            continue;
        }
        let mut body = about(tenant, subscription);
        body.insert("id".into(), guid(&format!("notification {} {:?} {index}", watch.id, watch.seen)).into());
        body.insert("changeType".into(), change.into());
        body.insert("resource".into(), resource.into());
        let content = content(tenant, subscription, watch, &data);
        body.insert("resourceData".into(), data);
        let mut notice = notice(subscription, "notificationUrl", false, body);
        if let Some(content) = content {
            notice.body.insert("encryptedContent".into(), content);
            notice.token = validation_token(tenant, notifications, subscription, &watch.origin);
        }
        notices.push(notice);
    }
}

/// The kind of change, the resource that changed, and what is told of it.
fn told(
    tenant: &Tenant,
    subscription: &Entity,
    watch: &Watch,
    set: &Set,
    story: &Story,
) -> Option<(&'static str, String, Value)> {
    let (owner, collection, ty) = match watch.target {
        Target::Messages { owner, .. } => (owner, "Messages", "#Microsoft.Graph.Message"),
        Target::Events(owner) => (owner, "Events", "#Microsoft.Graph.Event"),
        Target::Contacts(owner) => (owner, "Contacts", "#Microsoft.Graph.Contact"),
        Target::Users(_) => return Some(in_directory(tenant, ObjectKind::User, story)),
        Target::Groups(_) | Target::Members(_) => return Some(in_directory(tenant, ObjectKind::Group, story)),
        Target::Drive(_) | Target::List(_) => {
            let of_list = matches!(watch.target, Target::List(_));
            let ty = if of_list { "#Microsoft.Graph.ListItem" } else { "#Microsoft.Graph.DriveItem" };
            return Some(("updated", subscription.text("resource").to_owned(), json!({ "@odata.type": ty })));
        }
    };
    let change = story.in_outlook()?;
    let mailbox = tenant.mailboxes.get(&owner)?;
    let id = mailbox.gone_id(story.parent, story.key, watch.ids);
    let resource = format!("Users/{}/{collection}/{id}", tenant.directory.id_of(ObjectKind::User, owner));
    let mut data = json!({ "@odata.type": ty, "@odata.id": resource });
    if let Some(entity) = set.get(story.key).filter(|entity| entity.parent == story.parent) {
        data["@odata.etag"] = format!("W/\"{}\"", change_key(entity.key, entity.version)).into();
    }
    data["id"] = id.into();
    Some((change, resource, data))
}

fn in_directory(tenant: &Tenant, kind: ObjectKind, story: &Story) -> (&'static str, String, Value) {
    let (collection, ty) = match kind {
        ObjectKind::User => ("Users", "#Microsoft.Graph.User"),
        _ => ("Groups", "#Microsoft.Graph.Group"),
    };
    let id = tenant.directory.id_of(kind, story.key);
    let resource = format!("{collection}/{id}");
    // Graph's numbers look like this, and grow.
    let number = 637_000_000_000_000_000 + story.at as u64;
    let mut data = json!({
        "@odata.type": ty, "@odata.id": resource, "id": id, "organizationId": tenant.id, "eventTime": tenant.stamp(),
        "sequenceNumber": number,
    });
    if !story.links.is_empty() {
        let members = story.links.iter().map(|(member, there)| {
            let id = tenant.directory.any(*member).map(|(_, member)| member.text("id").to_owned());
            let id = id.unwrap_or_else(|| tenant.directory.id_of(ObjectKind::User, *member));
            if *there { json!({ "id": id }) } else { json!({ "id": id, "@removed": "deleted" }) }
        });
        data["members@delta"] = members.collect();
    }
    (story.in_directory(), resource, data)
}

/// The selected properties of what is there, encrypted, where the subscription asks for them.
fn content(tenant: &Tenant, subscription: &Entity, watch: &Watch, data: &Value) -> Option<Value> {
    if !subscription.flag("includeResourceData") {
        return None;
    }
    let owner = match watch.target {
        Target::Messages { owner, .. } | Target::Events(owner) | Target::Contacts(owner) => owner,
        _ => return None,
    };
    let mailbox = tenant.mailboxes.get(&owner)?;
    let id = data["id"].as_str()?;
    let set = sets(tenant, watch.target)[0]?;
    let entity = mailbox.in_set(set, id).ok()?;
    let query = RawQuery::parse(subscription.text("resource").split_once('?').map(|(_, query)| query));
    let mut content = data.as_object()?.clone();
    content.remove("@odata.id");
    for name in query.get("$select")?.split(',').map(str::trim) {
        content.extend(entity.fields.get(name).map(|value| (name.to_owned(), value.clone())));
    }
    let certificate = Certificate::read(subscription.text("encryptionCertificate"))?;
    certificate.encrypt(subscription.text("encryptionCertificateId"), &content.into())
}

/// What proves that a notification with data comes from Graph: the app it is for, and the token.
fn validation_token(
    tenant: &Tenant,
    notifications: &Notifications,
    subscription: &Entity,
    origin: &str,
) -> Option<(String, String)> {
    let (app, now) = (subscription.text("applicationId"), tenant.now().as_second());
    let claims = json!({
        "aud": app, "iss": format!("{origin}/{}/v2.0", tenant.id), "iat": now, "nbf": now, "exp": now + TOKEN_LIFE,
        "azp": PUBLISHER, "azpacr": "2", "tid": tenant.id, "ver": "2.0",
    });
    Some((app.to_owned(), notifications.sign(&claims)?))
}

/// What every notification of a subscription says.
fn about(tenant: &Tenant, subscription: &Entity) -> Map<String, Value> {
    let mut body = Map::new();
    body.insert("subscriptionId".into(), subscription.text("id").into());
    body.insert("subscriptionExpirationDateTime".into(), subscription.text("expirationDateTime").into());
    body.insert("tenantId".into(), tenant.id.clone().into());
    let state = subscription.fields.get("clientState").filter(|state| !state.is_null());
    body.extend(state.map(|state| ("clientState".to_owned(), state.clone())));
    body
}

fn notice(subscription: &Entity, url: &str, lifecycle: bool, body: Map<String, Value>) -> Notice {
    Notice {
        subscription: subscription.text("id").to_owned(),
        url: subscription.text(url).to_owned(),
        expires: expires(subscription).unwrap_or(Timestamp::MIN),
        lifecycle,
        body,
        token: None,
    }
}

/// Sends a lifecycle notification. A subscription that is removed is gone first.
///
/// # Errors
/// If there is no such active subscription, or it has no URL for these.
pub(crate) fn lifecycle(
    tenant: &mut Tenant,
    notifications: &Notifications,
    id: &str,
    event: Lifecycle,
) -> Result<(), String> {
    let now = tenant.now();
    let found = tenant.subscriptions.iter().find(|subscription| subscription.text("id").eq_ignore_ascii_case(id));
    let subscription = found
        .filter(|subscription| expires(subscription).is_some_and(|end| now < end))
        .ok_or_else(|| format!("the sandbox has no active subscription `{id}`"))?;
    if subscription.text("lifecycleNotificationUrl").is_empty() {
        return Err(format!("the subscription `{id}` was made without a `lifecycleNotificationUrl`"));
    }
    let key = subscription.key;
    let mut body = about(tenant, subscription);
    body.insert("lifecycleEvent".into(), event.as_str().into());
    body.insert("resource".into(), subscription.text("resource").into());
    let notice = notice(subscription, "lifecycleNotificationUrl", true, body);
    if event == Lifecycle::SubscriptionRemoved {
        // Its last word is sent after what was waiting is forgotten.
        notifications.forget(id);
        tenant.watching.remove(&key);
        tenant.subscriptions.remove(key, false);
    }
    notifications.send(vec![notice]);
    Ok(())
}
