//! Conversations of groups: their threads, and the posts in them.

use serde_json::{Map, Value, json};

use super::json::object;
use super::mailbox::preview;
use super::store::{Entity, change_key, guid};
use super::tenant::Tenant;
use super::time::{newest_first, stamp};

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
