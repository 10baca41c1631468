//! Serialization of secrets: only for the vault.

use connector_sdk::Secret;
use serde::Serialize;
use serde_json::{Map, Value};

/// Serializer of an object whose secrets are either all written or only named.
pub(crate) struct Sealer {
    object: Map<String, Value>,
    // The names of the secrets that were left out; `None` when they are written.
    hidden: Option<Vec<Value>>,
}

impl Sealer {
    pub(crate) fn with_secrets() -> Sealer {
        Sealer { object: Map::new(), hidden: None }
    }
    pub(crate) fn public() -> Sealer {
        Sealer { object: Map::new(), hidden: Some(Vec::new()) }
    }

    /// Writes a value, unless it is absent or empty.
    pub(crate) fn put(mut self, name: &str, value: &impl Serialize) -> Sealer {
        // Texts, dates, lists and maps of texts: none of them can fail to become JSON.
        let value = serde_json::to_value(value).unwrap_or_default();
        if !value.is_null() && value.as_object().is_none_or(|object| !object.is_empty()) {
            self.object.insert(name.to_owned(), value);
        }
        self
    }

    /// Writes a secret, or its name.
    pub(crate) fn secret(mut self, name: &str, secret: &Option<Secret>) -> Sealer {
        if let Some(secret) = secret {
            match &mut self.hidden {
                Some(hidden) => hidden.push(name.into()),
                None => {
                    self.object.insert(name.to_owned(), secret.expose().into());
                }
            }
        }
        self
    }

    pub(crate) fn into_secret(self) -> Secret {
        Secret::new(Value::Object(self.object).to_string())
    }

    pub(crate) fn into_value(mut self) -> Value {
        if let Some(hidden) = self.hidden.filter(|hidden| !hidden.is_empty()) {
            self.object.insert("secrets".to_owned(), Value::Array(hidden));
        }
        Value::Object(self.object)
    }
}
