//! What a debug print does not show.

use percent_encoding::percent_decode_str;
use serde_json::Value;

/// What stands in the place of a secret.
const HIDDEN: &str = "(hidden)";

const WORDS: &[&str] =
    &["assertion", "authorization", "cookie", "credential", "passphrase", "passwd", "password", "secret", "signature", "tempauth", "token"];

/// Whether the name of a header, a parameter or a property announces a secret.
pub(crate) fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    // Only at the end: a key is a secret, keywords are none. `sig` is the signature of a signed URL.
    name.ends_with("key") || name.ends_with("keys") || name == "sig" || WORDS.iter().any(|word| name.contains(word))
}

/// Whether a JSON value has a property that announces a secret, at any depth.
pub(crate) fn has_secret(value: &Value) -> bool {
    match value {
        Value::Object(object) => object.iter().any(|(name, value)| is_secret(name) || has_secret(value)),
        Value::Array(items) => items.iter().any(has_secret),
        _ => false,
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
        let mut value =
            json!({ "displayName": "A", "passwordProfile": { "password": "p" }, "apps": [{ "clientSecret": "s", "name": "n" }] });
        assert!(has_secret(&value) && !has_secret(&json!([{ "displayName": "A" }])));
        json(&mut value);
        assert_eq!(value, json!({ "displayName": "A", "passwordProfile": HIDDEN, "apps": [{ "clientSecret": HIDDEN, "name": "n" }] }));
        assert!(!has_secret(&json!({ "keywords": "k", "value": "v" })));
        assert_eq!(header("X-API-Key", "k".into()), HIDDEN);
        assert_eq!(header("Prefer", "p".into()), "p");
        assert_eq!(url("/me?$top=1&access_%74oken=t&x"), "/me?$top=1&access_%74oken=(hidden)&x");
    }
}
