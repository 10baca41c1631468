//! Operations of the routes.

use serde_json::{Value, json};

use super::schemas::{Schemas, reference};
use crate::route::{Gives, Need, Route, Takes};

/// Returns the operation of a route.
pub(crate) fn of_route(route: &Route, _schemas: &mut Schemas) -> Value {
    let mut parameters: Vec<Value> = in_braces(route.path)
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
        .collect();
    parameters.extend(route.query.iter().map(|(name, meaning)| {
        json!({ "name": name, "in": "query", "description": meaning, "schema": { "type": "string" } })
    }));
    let mut operation = json!({ "operationId": route.id, "summary": route.summary });
    if !parameters.is_empty() {
        operation["parameters"] = parameters.into();
    }
    let body = match route.takes {
        Takes::Nothing => None,
        Takes::Json | Takes::JsonOrForm => Some(json!({ "application/json": { "schema": { "type": "object" } } })),
        Takes::Bytes => Some(json!({ "*/*": {} })),
    };
    if let Some(content) = body {
        operation["requestBody"] = json!({ "required": true, "content": content });
    }
    if route.needs == Need::Nothing {
        operation["security"] = json!([]);
    }
    let mut responses = json!({});
    responses[route.success().to_string()] = success(route.gives, &json!({ "type": "object" }));
    if route.waits {
        let mut waiting = success(route.gives, &json!({ "type": "object" }));
        waiting["description"] = "It waits for a person, and the answer says for what.".into();
        responses["202"] = waiting;
    }
    if route.is_tagged {
        responses["304"] = json!({ "description": "What the caller has already, as it said with If-None-Match." });
    }
    responses["default"] = json!({ "$ref": "#/components/responses/Problem" });
    operation["responses"] = responses;
    operation
}

/// Returns the answer of what succeeded, in the forms that a route has.
pub(crate) fn success(gives: &[Gives], schema: &Value) -> Value {
    let mut content = json!({});
    for form in gives {
        content[form.media_type()] = match form {
            // No schema: JSON Schema is not about bytes.
            Gives::Bytes => json!({}),
            Gives::Json => json!({ "schema": schema }),
            // What a line or an event has is not for JSON Schema.
            Gives::JsonLines | Gives::Events | Gives::Html => json!({ "schema": { "type": "string" } }),
        };
    }
    json!({ "description": "It was done.", "content": content })
}

/// Returns the answer of what failed.
pub(crate) fn problem() -> Value {
    json!({
        "description": "It was not done, or not as it was asked for.",
        "content": { crate::problem::MEDIA_TYPE: { "schema": reference("Problem") } },
    })
}

fn in_braces(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}
