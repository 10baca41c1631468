//! Schema of an error as a part of an output.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;

use crate::{Change, Error, Issue, Upstream};

/// The properties of an error in JSON; see its `Serialize`.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
#[allow(dead_code, reason = "only its schema counts")]
struct Shape {
    /// The kind of the error, by what a caller can do about it; `docs/exit-codes.md` lists the kinds.
    code: String,
    /// What happened.
    message: String,
    /// What to do about the error.
    hint: String,
    /// Who can do that: `caller`, `user`, `administrator`, `author`, or `nobody` when the error passes by itself.
    who_acts: String,
    /// Whether the same run may succeed later.
    retryable: bool,
    /// Seconds to wait at least before trying again.
    retry_after_seconds: Option<f64>,
    /// What is wrong with the input, with its place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    issues: Vec<Issue>,
    /// What was carried out before it failed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    carried_out: Vec<Change>,
    /// The error of Graph or of the sign-in service.
    upstream: Option<Upstream>,
}

impl JsonSchema for Error {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Error".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Shape::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Code, Response};
    use serde_json::Value;

    #[test]
    fn it_names_all_that_an_error_prints() {
        let body = r#"{"error":{"code":"c","message":"m","target":"t","details":[{"code":"d","target":"t","message":"m"}],
            "innerError":{"code":"i","request-id":"r","client-request-id":"s"}}}"#;
        let upstream = Error::from_response(&Response::new(429, body));
        let issues = Error::invalid("/x", "m");
        let schema = crate::schema::output::<Error>("T");
        for error in [upstream, issues, Error::new(Code::Unavailable, "m")] {
            unnamed(&serde_json::to_value(&error).unwrap(), &schema);
        }
    }

    fn unnamed(value: &Value, schema: &Value) {
        for (name, value) in value.as_object().into_iter().flatten() {
            let property = &schema["properties"][name];
            assert!(property["description"].is_string(), "{name} is not described in {schema}");
            let inner = property["anyOf"].get(0).unwrap_or(property);
            unnamed(value, inner);
            value.as_array().into_iter().flatten().for_each(|value| unnamed(value, &inner["items"]));
        }
    }
}
