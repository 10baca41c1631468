//! What a debug print does not show.

use connector_sdk::Secret;
use percent_encoding::percent_decode_str;
use serde_json::Value;

/// What stands in the place of a secret.
const HIDDEN: &str = "(hidden)";

const WORDS: &[&str] = &[
    "assertion",
    "authorization",
    "cookie",
    "credential",
    "passphrase",
    "passwd",
    "password",
    "secret",
    "signature",
    "tempauth",
    "token",
];

/// Whether the name of a header, a parameter or a property announces a secret.
pub(crate) fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    // Only at the end: a key is a secret, keywords are none. `sig` is the signature of a signed URL.
    name.ends_with("key") || name.ends_with("keys") || name == "sig" || WORDS.iter().any(|word| name.contains(word))
}

/// The secrets of a JSON value: the texts of properties that announce one, at any depth.
///
/// `None` where no property announces any; an empty list where one does and holds nothing.
pub(crate) fn secrets(value: &Value) -> Option<Vec<Secret>> {
    let mut found = None;
    collect(value, false, &mut found);
    found
}

fn collect(value: &Value, announced: bool, found: &mut Option<Vec<Secret>>) {
    if announced {
        found.get_or_insert_default();
    }
    match value {
        // A name beside a password is none.
        Value::Object(object) => object.iter().for_each(|(name, value)| collect(value, is_secret(name), found)),
        Value::Array(items) => items.iter().for_each(|item| collect(item, announced, found)),
        Value::String(text) if announced => found.get_or_insert_default().push(Secret::new(text.as_str())),
        _ => {}
    }
}

/// Hides what is secret in a JSON value, at any depth.
pub(crate) fn json(value: &mut Value) {
    match value {
        Value::Object(object) => {
            for (name, value) in object.iter_mut() {
                if is_secret(name) { *value = HIDDEN.into() } else { json(value) }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(json),
        _ => {}
    }
}

/// The text of a header, or what stands in its place.
pub(crate) fn header(name: &str, value: String) -> String {
    if is_secret(name) { HIDDEN.to_owned() } else { value }
}

/// A URL whose secret query parameters are hidden.
pub(crate) fn url(url: &str) -> String {
    let Some((path, query)) = url.split_once('?') else { return url.to_owned() };
    let pairs = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, _)) if is_secret(&percent_decode_str(name).decode_utf8_lossy()) => format!("{name}={HIDDEN}"),
        _ => pair.to_owned(),
    });
    format!("{path}?{}", pairs.collect::<Vec<_>>().join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn secrets_are_hidden_at_any_depth() {
        let mut value = json!({ "displayName": "A", "passwordProfile": { "password": "p" }, "apps": [{ "clientSecret": "s", "name": "n" }] });
        let found: Vec<String> = secrets(&value).unwrap().iter().map(|secret| secret.expose().to_owned()).collect();
        assert_eq!(found, ["p", "s"]);
        assert!(secrets(&json!([{ "displayName": "A" }])).is_none());
        json(&mut value);
        assert_eq!(
            value,
            json!({ "displayName": "A", "passwordProfile": HIDDEN, "apps": [{ "clientSecret": HIDDEN, "name": "n" }] })
        );
        assert!(secrets(&json!({ "keywords": "k", "value": "v" })).is_none());
        assert!(secrets(&json!({ "password": null })).unwrap().is_empty());
        assert_eq!(header("X-API-Key", "k".into()), HIDDEN);
        assert_eq!(header("Prefer", "p".into()), "p");
        assert_eq!(url("/me?$top=1&access_%74oken=t&x"), "/me?$top=1&access_%74oken=(hidden)&x");
    }
}
