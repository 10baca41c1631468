//! What a mailbox remembers beside its items: rules, categories, settings, the focused inbox.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use serde_json::{Map, Value, json};

use super::json::object;
use super::store::{Entity, Set, guid};

/// The categories that every mailbox begins with.
const CATEGORIES: [(&str, &str); 6] = [
    ("Red category", "preset0"),
    ("Orange category", "preset1"),
    ("Yellow category", "preset3"),
    ("Green category", "preset4"),
    ("Blue category", "preset7"),
    ("Purple category", "preset8"),
];

/// Rules, categories, overrides and settings of one mailbox. The ids of the first three are among their properties.
pub(crate) struct Preferences {
    /// By their sequence.
    pub(crate) rules: Set,
    pub(crate) categories: Set,
    /// Senders whose messages always go to one half of the inbox.
    pub(crate) overrides: Set,
    pub(crate) settings: Map<String, Value>,
}

impl Preferences {
    /// Those of a new mailbox.
    pub(crate) fn new(owner: u64) -> Preferences {
        let mut preferences =
            Preferences { rules: Set::new(), categories: Set::new(), overrides: Set::new(), settings: settings() };
        // Keys count within a set, and those of the tenant are greater.
        for (key, (name, color)) in (1..).zip(CATEGORIES) {
            let fields =
                json!({ "id": guid(&format!("category {owner} {name}")), "displayName": name, "color": color });
            preferences.categories.insert(Entity::new(key, 0, 0, object(fields)));
        }
        preferences
    }
}

fn settings() -> Map<String, Value> {
    let at = |date: &str| json!({ "dateTime": format!("{date}T00:00:00.0000000"), "timeZone": "UTC" });
    object(json!({
        "archiveFolder": null, "timeZone": "Pacific Standard Time", "delegateMeetingMessageDeliveryOptions": "sendToDelegateOnly",
        "dateFormat": "M/d/yyyy", "timeFormat": "h:mm tt", "userPurpose": "user",
        "automaticRepliesSetting": {
            "status": "disabled", "externalAudience": "all", "internalReplyMessage": "", "externalReplyMessage": "",
            "scheduledStartDateTime": at("2024-01-01"), "scheduledEndDateTime": at("2024-01-02"),
        },
        "language": { "locale": "en-US", "displayName": "English (United States)" },
        "workingHours": {
            "daysOfWeek": ["monday", "tuesday", "wednesday", "thursday", "friday"], "startTime": "08:00:00.0000000",
            "endTime": "17:00:00.0000000", "timeZone": { "name": "Pacific Standard Time" },
        },
    }))
}

/// Adds a rule; `given` has been checked.
pub(crate) fn add_rule(preferences: &mut Preferences, key: u64, mut given: Map<String, Value>) {
    let [_, _, _, _, key_bytes @ ..] = key.to_be_bytes();
    let id = URL_SAFE.encode([&[1, 0, 0, 0][..], &key_bytes].concat());
    let sequence = given.get("sequence").and_then(Value::as_i64).unwrap_or(1);
    let mut fields = Map::new();
    fields.insert("id".into(), id.into());
    fields.insert("displayName".into(), given.remove("displayName").unwrap_or_default());
    fields.insert("sequence".into(), sequence.into());
    fields.insert("isEnabled".into(), given.remove("isEnabled").filter(|on| !on.is_null()).unwrap_or(true.into()));
    fields.insert("hasError".into(), false.into());
    fields.insert("isReadOnly".into(), false.into());
    for name in ["conditions", "actions", "exceptions"] {
        fields.extend(given.remove(name).filter(|value| !value.is_null()).map(|value| (name.to_owned(), value)));
    }
    preferences.rules.insert(Entity::new(key, 0, sequence, fields));
}
