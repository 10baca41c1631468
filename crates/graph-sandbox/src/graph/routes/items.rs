//! What messages, events and contacts have in common.

use std::borrow::Cow;

use http::HeaderName;
use serde_json::{Map, Value, json};

use crate::graph::access;
use crate::graph::calendar::{bad_zone, stored};
use crate::graph::call::Call;
use crate::graph::fault::{Fault, Service};
use crate::graph::headers;
use crate::graph::mailbox::{Mailbox, plain};
use crate::graph::odata::{Expand, Options, matches};
use crate::graph::reply::Reply;
use crate::graph::store::{Entity, ItemId, change_key};
use crate::graph::tenant::Tenant;
use crate::graph::view::Source;
use crate::graph::zones;

/// What `Mail.ReadBasic` does not show.
const BODIES: [&str; 3] = ["body", "bodyPreview", "uniqueBody"];

/// Prints Outlook items: messages, events, contacts and attachments.
pub(super) struct Items<'t> {
    pub(super) mailbox: &'t Mailbox,
    pub(super) form: ItemId,
    text: bool,
    /// Whether the caller may see no more than `Mail.ReadBasic` shows.
    basic: bool,
    /// The zone in which the times of events are shown, with its name; UTC if `None`.
    zone: Option<(String, jiff::tz::TimeZone)>,
}

impl<'t> Items<'t> {
    pub(super) fn new(mailbox: &'t Mailbox, call: &Call<'_>) -> Items<'t> {
        let text = call.preference("outlook.body-content-type").is_some_and(|kind| kind.eq_ignore_ascii_case("text"));
        Items { mailbox, form: call.ids(), text, basic: false, zone: None }
    }

    /// As [`Items::new`], for messages: bodies are shown to those who may read them.
    ///
    /// # Errors
    /// If the query asks for what the caller may not read.
    pub(super) fn mail(mailbox: &'t Mailbox, call: &Call<'_>, options: &Options) -> Result<Items<'t>, Fault> {
        let basic = access::of("CONTENT", "messages").check(call.caller, call.own).is_err();
        let asks = options.select.iter().flatten().any(|name| BODIES.contains(&name.as_str()))
            || !options.expand.is_empty()
            || options.search.is_some();
        if basic && asks {
            return Err(Fault::denied(Service::Outlook));
        }
        Ok(Items { basic, ..Items::new(mailbox, call) })
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
            _ if self.basic && BODIES.contains(&name) => None,
            "internetMessageHeaders" => Some(headers::of(&entity.fields)),
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
            _ if self.basic => &["changeKey", "body", "bodyPreview", "uniqueBody"],
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
                    return Err(Fault::new(
                        400,
                        "ErrorInvalidUrlQuery",
                        format!("The expansion of {name} needs a $filter on id."),
                    ));
                };
                let stored = entity.fields.get(name).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
                let kept = stored
                    .iter()
                    .filter(|property| property.as_object().is_some_and(|property| matches(filter, property)));
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
    if applied.is_empty() {
        reply
    } else {
        reply.header(HeaderName::from_static("preference-applied"), applied.join(", "))
    }
}

/// The `@odata.context` of something in the owner's mailbox.
pub(super) fn context(tenant: &Tenant, call: &Call<'_>, what: &str) -> String {
    let id = tenant.directory.users.get(call.owner).map(|user| user.text("id")).unwrap_or_default();
    format!("users('{id}')/{what}")
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
