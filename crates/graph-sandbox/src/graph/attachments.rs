//! Attachments, as they lie in a mailbox.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::json::object;
use super::mailbox::Mailbox;
use super::media::media_type;
use super::store::Entity;
use super::tenant::Tenant;
use super::time::stamp;

/// The types of attachments: a file, an item, and a reference to what lies elsewhere.
pub(crate) const KINDS: [&str; 3] =
    ["#microsoft.graph.fileAttachment", "#microsoft.graph.itemAttachment", "#microsoft.graph.referenceAttachment"];
/// Where the type of an attachment is kept.
pub(crate) const KIND: &str = ".kind";

/// Attachments on their way to an item, with the keys that they will have.
pub(crate) type Parcels = Vec<(u64, Map<String, Value>)>;

/// An attachment's properties in Graph's order.
pub(crate) fn file_fields(mut part: Map<String, Value>, kind: &str, size: usize, now: &str) -> Map<String, Value> {
    let name = part.get("name").and_then(Value::as_str).unwrap_or_default();
    let media = if kind == KINDS[0] { media_type(name).into() } else { Value::Null };
    let mut fields = Map::new();
    let mut put = |name: &str, default: Value| {
        let value = part.remove(name).filter(|value| !value.is_null()).unwrap_or(default);
        fields.insert(name.to_owned(), value);
    };
    put(KIND, kind.into());
    put("lastModifiedDateTime", now.into());
    put("name", Value::Null);
    put("contentType", media);
    put("size", size.into());
    put("isInline", false.into());
    if kind == KINDS[0] {
        put("contentId", Value::Null);
        put("contentLocation", Value::Null);
        put("contentBytes", "".into());
    }
    if let Some(mut item) = part.remove("item") {
        if let Some(kind) = item["@odata.type"].as_str() {
            item["@odata.type"] = format!("#{}", kind.trim_start_matches('#')).into();
        }
        item["id"] = "".into();
        fields.insert(".item".into(), item);
    }
    fields
}

/// Attaches parts to an item.
pub(crate) fn attach_all(mailbox: &mut Mailbox, to: u64, parts: Parcels) {
    for (key, fields) in parts {
        mailbox.attachments.insert(Entity::new(key, to, 0, fields));
    }
}

/// An attachment of the sandbox's own data.
pub(crate) fn sample(name: &str, content: &[u8], now: jiff::Timestamp) -> Map<String, Value> {
    let part = json!({ "name": name, "contentBytes": STANDARD.encode(content) });
    file_fields(object(part), KINDS[0], content.len(), &stamp(now))
}

/// An attached item of the sandbox's own data.
pub(crate) fn sample_item(name: &str, item: Value, now: jiff::Timestamp) -> Map<String, Value> {
    let size = item.to_string().len();
    file_fields(object(json!({ "name": name, "item": item })), KINDS[1], size, &stamp(now))
}

/// Takes the attachments out of a message that the sandbox itself brings. What has no type is a file.
pub(crate) fn samples(tenant: &mut Tenant, message: &mut Map<String, Value>) -> Parcels {
    let Some(Value::Array(given)) = message.remove("attachments") else { return Vec::new() };
    let mut out = Parcels::new();
    for part in given.into_iter().map(object) {
        let kind = KINDS
            .into_iter()
            .find(|kind| part.get("@odata.type").and_then(Value::as_str) == Some(*kind))
            .unwrap_or(KINDS[0]);
        let content = part.get("contentBytes").and_then(Value::as_str).unwrap_or_default();
        let size = STANDARD.decode(content).map_or(0, |bytes| bytes.len());
        out.push((tenant.key(), file_fields(part, kind, size, &tenant.stamp())));
    }
    if out.iter().any(|(_, part)| part.get("isInline") != Some(&Value::Bool(true))) {
        message.insert("hasAttachments".into(), true.into());
    }
    out
}
