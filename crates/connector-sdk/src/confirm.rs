//! Confirmation of actions that cannot be undone.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

/// Confirmation of an action that cannot be undone, as an input of its own: it cannot be left out, and only `true` is
/// accepted.
///
/// An action that asks for it is declared with an [effect](crate::Effect) that is destructive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Confirm(());

impl<'de> Deserialize<'de> for Confirm {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Confirm, D::Error> {
        match bool::deserialize(deserializer)? {
            true => Ok(Confirm(())),
            false => Err(D::Error::custom("this cannot be undone, so it must be true")),
        }
    }
}

impl JsonSchema for Confirm {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Confirm".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "boolean", "const": true })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[derive(Debug, Deserialize, JsonSchema)]
    struct Input {
        /// Yes.
        #[expect(dead_code, reason = "only its form matters here")]
        confirm: Confirm,
    }

    #[test]
    fn only_a_yes_is_taken() {
        let schema = crate::schema::input::<Input>("T");
        assert_eq!(
            schema["properties"]["confirm"],
            json!({ "title": "Confirm", "description": "Yes.", "type": "boolean", "const": true })
        );
        assert_eq!(schema["required"], json!(["confirm"]));
        let read = |input| serde_json::from_value::<Input>(input).map(|_| ()).map_err(|error| error.to_string());
        assert_eq!(read(json!({ "confirm": true })), Ok(()));
        assert!(read(json!({ "confirm": false })).unwrap_err().contains("must be true"));
        assert!(read(json!({})).unwrap_err().contains("missing field `confirm`"));
    }
}
