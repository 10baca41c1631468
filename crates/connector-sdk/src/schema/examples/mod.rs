//! Examples of the texts that an input takes, for each property that takes one.
//!
//! In this order: what the type says itself; what the examples of the whole input hold at this place; what Graph keeps
//! under this name in the picklist or the property that it stands in; what the description names (such as `this`); what
//! Graph keeps under this name everywhere. What depends on the kind of thing that an action is about, such as a filter,
//! is in [`resources`]. A choice, a moment, an address or a number needs none: its type says how it is written.

mod known;
pub(super) mod resources;

use serde_json::{Map, Value, json};

use known::KNOWN;

/// Adds an example to each text property of an input.
pub(super) fn add(schema: &mut Value) {
    let whole: Vec<Value> = schema.get("examples").and_then(Value::as_array).cloned().unwrap_or_default();
    below(schema, "", &whole.iter().collect::<Vec<_>>());
}

// `within` is the property that this schema describes, and `shown` are examples of it.
fn below(schema: &mut Value, within: &str, shown: &[&Value]) {
    let Value::Object(object) = schema else { return };
    if let Some(Value::Object(properties)) = object.get_mut("properties") {
        for (name, property) in properties {
            let shown: Vec<&Value> = shown.iter().filter_map(|value| value.get(name)).collect();
            exemplify(name, within, property, &shown);
        }
    }
    if let Some(items) = object.get_mut("items") {
        let elements: Vec<&Value> = shown.iter().filter_map(|value| value.as_array()).flatten().collect();
        below(items, within, &elements);
    }
    if let Some(values @ Value::Object(_)) = object.get_mut("additionalProperties") {
        let values_shown: Vec<&Value> =
            shown.iter().filter_map(|value| value.as_object()).flat_map(Map::values).collect();
        below(values, within, &values_shown);
    }
    for key in ["anyOf", "oneOf", "allOf"] {
        for choice in object.get_mut(key).and_then(Value::as_array_mut).into_iter().flatten() {
            below(choice, within, shown);
        }
    }
}

fn exemplify(name: &str, within: &str, property: &mut Value, shown: &[&Value]) {
    if let Value::Object(object) = property {
        let list = object.get("items").is_some_and(is_text);
        if (list || wants_example(object)) && !object.contains_key("examples") {
            let whole = shown
                .iter()
                .find(|value| if list { value.is_array() } else { value.is_string() })
                .map(|value| (**value).clone());
            let told = || {
                let narrow = || {
                    picklist(object)
                        .into_iter()
                        .chain([within])
                        .filter(|place| !place.is_empty())
                        .find_map(|place| known(name, place))
                };
                let text = narrow()
                    .map(str::to_owned)
                    .or_else(|| from_description(object))
                    .or_else(|| known(name, "").map(str::to_owned))?;
                Some(if list { json!([text]) } else { text.into() })
            };
            let own = || object.get("items").is_some_and(|items| items.get("examples").is_some());
            if let Some(example) = whole.or_else(|| if own() { None } else { told() }) {
                object.insert("examples".to_owned(), json!([example]));
            }
        }
    }
    below(property, name, shown);
}

/// Returns whether a schema takes a text whose form its type does not say.
fn wants_example(schema: &Map<String, Value>) -> bool {
    let is_string = |kind: &Value| kind.as_str() == Some("string");
    let takes_text = schema
        .get("type")
        .is_some_and(|kind| is_string(kind) || kind.as_array().is_some_and(|kinds| kinds.iter().any(is_string)));
    takes_text
        && !["enum", "const", "format", "x-secret", "x-file", "x-moment"].iter().any(|key| schema.contains_key(*key))
}

fn is_text(schema: &Value) -> bool {
    schema.as_object().is_some_and(wants_example)
}

// The code after "such as" in the first sentence: what comes later speaks of something else.
fn from_description(schema: &Map<String, Value>) -> Option<String> {
    let text = schema.get("description")?.as_str()?;
    let sentence = text.split_once(". ").map_or(text, |(sentence, _)| sentence);
    let code = sentence.split_once("such as `")?.1;
    code.split_once('`').map(|(code, _)| code.to_owned()).filter(|code| !code.is_empty() && !code.contains('…'))
}

fn picklist(schema: &Map<String, Value>) -> Option<&str> {
    let own = schema.get("x-picklist").or_else(|| schema.get("items")?.get("x-picklist"));
    own.and_then(Value::as_str)
}

fn known(name: &str, place: &str) -> Option<&'static str> {
    KNOWN.binary_search_by(|(known, at, _)| (*known, *at).cmp(&(name, place))).ok().map(|found| KNOWN[found].2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_example_wins() {
        let mut schema = json!({
            "properties": {
                "own": { "type": "string", "description": "Such as `other`.", "examples": ["mine"] },
                "city": { "type": ["string", "null"], "description": "The city, such as `Rome`." },
                "state": { "type": "string", "description": "The state." },
                "user": { "type": "string", "description": "Who, such as `x`." },
                "categories": { "type": "array", "items": { "type": "string" } },
                "day": { "type": "string", "format": "date" },
                "size": { "type": "string", "enum": ["a"] },
                "people": { "type": "array", "items": { "type": "object", "properties": { "email": { "type": "string" }, "nobodyKnows": { "type": "string" } } } }
            },
            "examples": [{ "user": "a@b.example" }, { "user": "c", "people": [{ "email": "p@q.example" }] }]
        });
        add(&mut schema);
        let found = |pointer: &str| schema.pointer(&format!("/properties/{pointer}/examples")).cloned();
        assert_eq!(found("own"), Some(json!(["mine"])));
        assert_eq!(found("city"), Some(json!(["Rome"])));
        assert_eq!(found("state"), Some(json!(["WA"])));
        assert_eq!(found("user"), Some(json!(["a@b.example"])));
        assert_eq!(found("categories"), Some(json!([["Red category"]])));
        assert_eq!(found("people/items/properties/email"), Some(json!(["p@q.example"])));
        assert_eq!([found("day"), found("size"), found("people/items/properties/nobodyKnows")], [None, None, None]);
    }

    #[test]
    fn names_stand_in_their_order() {
        assert!(KNOWN.is_sorted_by_key(|(name, place, _)| (*name, *place)));
        assert_eq!(known("appId", ""), Some("00000003-0000-0000-c000-000000000000"));
    }

    #[test]
    fn a_name_means_what_it_does_where_it_stands() {
        let text = |more: Value| {
            let mut schema =
                json!({ "type": "string", "description": "The folder. It takes rights such as `Mail.ReadBasic`." });
            schema.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
            schema
        };
        let mut schema = json!({ "properties": {
            "moveToFolder": text(json!({ "x-picklist": "mail_folders" })),
            "folderId": text(json!({ "x-picklist": "folders" })),
            "contentId": text(json!({ "description": "Its name: `<img src=\"cid:logo\">` shows it." })),
            "photo": { "properties": { "file": text(json!({})) } },
            "attendees": { "type": "array", "items": { "properties": { "name": text(json!({})) } } },
            "name": text(json!({})),
        } });
        add(&mut schema);
        let found =
            |pointer: &str| schema.pointer(&format!("/properties/{pointer}/examples/0")).and_then(Value::as_str);
        assert_eq!(found("moveToFolder"), Some("archive"));
        assert_eq!(found("folderId"), Some("01BYE5RZ6QN3ZWBTUFOFD3GSPGOHDJD36K"));
        assert_eq!(found("contentId"), Some("logo"));
        assert_eq!(found("photo/properties/file"), Some("photo.jpg"));
        assert_eq!(found("attendees/items/properties/name"), Some("Adele Vance"));
        assert_eq!(found("name"), None);
    }
}
