//! Titles of properties, derived from their names where none was written.

use serde_json::{Map, Value};

/// Adds a title to every property of a schema, at any depth, and to every alternative that a constant tells apart.
pub(super) fn add(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            object.values_mut().for_each(add);
            if let Some(Value::Object(properties)) = object.get_mut("properties") {
                for (name, property) in properties {
                    if let Value::Object(property) = property {
                        title(property, || words(name));
                    }
                }
            }
            for key in ["oneOf", "anyOf"] {
                for choice in object.get_mut(key).and_then(Value::as_array_mut).into_iter().flatten() {
                    name_alternative(choice);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(add),
        _ => {}
    }
}

// A property of a rule is the same that has its title elsewhere; it says nothing about a type.
fn title(property: &mut Map<String, Value>, text: impl FnOnce() -> String) {
    let describes =
        ["type", "anyOf", "oneOf", "enum", "const", "description"].iter().any(|key| property.contains_key(*key));
    if describes && property.contains_key("description") && !property.contains_key("title") {
        property.shift_insert(0, "title".to_owned(), text().into());
    }
}

fn name_alternative(choice: &mut Value) {
    let Value::Object(choice) = choice else { return };
    let Some(Value::Object(properties)) = choice.get("properties") else { return };
    let tag = properties.values().find_map(|property| property.get("const")?.as_str());
    let only = || choice.get("required")?.as_array()?.first()?.as_str();
    if let Some(name) =
        tag.or_else(only).map(words).filter(|_| choice.contains_key("type") && !choice.contains_key("title"))
    {
        choice.shift_insert(0, "title".to_owned(), name.into());
    }
}

// What is not written in small letters.
const SPELT: [(&str, &str); 26] = [
    ("id", "ID"),
    ("ids", "IDs"),
    ("url", "URL"),
    ("urls", "URLs"),
    ("uri", "URI"),
    ("uris", "URIs"),
    ("html", "HTML"),
    ("json", "JSON"),
    ("csv", "CSV"),
    ("ip", "IP"),
    ("im", "IM"),
    ("mfa", "MFA"),
    ("os", "OS"),
    ("imei", "IMEI"),
    ("meid", "MEID"),
    ("sim", "SIM"),
    ("sku", "SKU"),
    ("sms", "SMS"),
    ("oauth", "OAuth"),
    ("odata", "OData"),
    ("pdf", "PDF"),
    ("api", "API"),
    ("saml", "SAML"),
    ("etag", "ETag"),
    ("uid", "UID"),
    ("wifi", "Wi-Fi"),
];

// Names whose capitals are no beginnings of words.
const WHOLE: [(&str, &str); 5] = [
    ("eTag", "ETag"),
    ("cTag", "CTag"),
    ("iCalUId", "iCal UID"),
    ("macOsUnlockCode", "macOS unlock code"),
    ("wiFiMacAddress", "Wi-Fi MAC address"),
];

/// Returns the words of a property's name as a title: `bodyType` becomes `Body type`.
pub(crate) fn words(name: &str) -> String {
    if let Some((_, whole)) = WHOLE.iter().find(|(known, _)| *known == name) {
        return (*whole).to_owned();
    }
    let mut words: Vec<String> = Vec::new();
    let letters: Vec<char> = name.trim_start_matches('@').chars().collect();
    let mut begin = 0;
    for place in 1..=letters.len() {
        let starts = match (letters.get(place - 1), letters.get(place), letters.get(place + 1)) {
            (_, None, _) => true,
            (Some('.' | '_' | '-'), ..) => false,
            (_, Some('.' | '_' | '-'), _) => true,
            (Some(before), Some(here), after) => {
                here.is_uppercase() && (!before.is_uppercase() || after.is_some_and(|after| after.is_lowercase()))
            }
            _ => false,
        };
        if starts {
            let word: String =
                letters[begin..place].iter().filter(|letter| !matches!(letter, '.' | '_' | '-')).collect();
            begin = place;
            if !word.is_empty() {
                words.push(spelt(&word));
            }
        }
    }
    let text = words.join(" ");
    let mut chars = text.chars();
    match chars.next() {
        Some(first) if !text.starts_with("iCal") && !text.starts_with("macOS") => {
            first.to_uppercase().chain(chars).collect()
        }
        _ => text,
    }
}

fn spelt(word: &str) -> String {
    let small = word.to_lowercase();
    if let Some((_, known)) = SPELT.iter().find(|(known, _)| *known == small) {
        return (*known).to_owned();
    }
    let capitals =
        word.chars().count() > 1 && word.chars().all(|letter| letter.is_uppercase() || letter.is_ascii_digit());
    if capitals { word.to_owned() } else { small }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_title_is_the_name_in_words() {
        for (name, title) in [
            ("bodyType", "Body type"),
            ("id", "ID"),
            ("userId", "User ID"),
            ("eTag", "ETag"),
            ("webUrl", "Web URL"),
            ("skuIds", "SKU IDs"),
            ("onPremisesImmutableId", "On premises immutable ID"),
            ("@odata.type", "OData type"),
            ("@removed", "Removed"),
            ("deviceMFA", "Device MFA"),
            ("MFADevice", "MFA device"),
            ("iCalUId", "iCal UID"),
            ("client_id", "Client ID"),
            ("address1", "Address1"),
        ] {
            assert_eq!(words(name), title);
        }
    }

    #[test]
    fn what_was_written_stays_and_rules_get_none() {
        let mut schema = json!({
            "properties": {
                "tenantId": { "title": "Directory", "type": "string", "description": "D." },
                "place": {
                    "description": "P.",
                    "oneOf": [{ "type": "object", "properties": { "kind": { "const": "ownDrive", "description": "K." } } }]
                }
            },
            "allOf": [{ "x-one-of": ["tenantId"], "oneOf": [{ "required": ["tenantId"], "properties": { "tenantId": { "not": { "enum": [null] } } } }] }]
        });
        let rule = schema["allOf"].clone();
        add(&mut schema);
        assert_eq!(schema["allOf"], rule);
        assert_eq!(schema["properties"]["tenantId"]["title"], "Directory");
        assert_eq!(schema["properties"]["place"]["title"], "Place");
        assert_eq!(schema["properties"]["place"]["oneOf"][0]["title"], "Own drive");
        assert_eq!(schema["properties"]["place"]["oneOf"][0]["properties"]["kind"]["title"], "Kind");
    }
}
