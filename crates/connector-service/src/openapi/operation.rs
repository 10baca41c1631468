//! Operations of the routes.

use connector_runtime::AuthorizedHost;
use serde_json::{Value, json};

use super::schemas::Schemas;
use super::{parameters, responses};
use crate::route::{Need, Route, Takes};

/// Returns the operation of a route.
pub(crate) fn of_route(route: &Route, host: &AuthorizedHost, schemas: &mut Schemas) -> Value {
    let mut operation = json!({ "operationId": route.id, "summary": route.summary });
    let parameters = parameters::of_route(route, host);
    if !parameters.is_empty() {
        operation["parameters"] = parameters.into();
    }
    let any = || json!({ "type": "object" });
    let input = route.input.map_or_else(any, |schema| schemas.input(schema));
    if let Some(content) = body(route.takes, input, false) {
        // A file may be empty.
        operation["requestBody"] = json!({ "required": route.takes != Takes::Bytes, "content": content });
    }
    match route.needs {
        Need::Nothing => operation["security"] = json!([]),
        Need::Key => operation["security"] = json!([{ "key": [] }]),
        // As the whole description says.
        Need::Caller | Need::Link => {}
    }
    let output = route.output.map_or_else(any, |schema| schemas.output(schema));
    operation["responses"] = responses::of_route(route, &output);
    operation
}

/// Returns the body of a request, by its media types.
pub(crate) fn body(takes: Takes, input: Value, has_files: bool) -> Option<Value> {
    match takes {
        Takes::Nothing => None,
        Takes::JsonOrForm if has_files => Some(json!({
            "application/json": { "schema": input },
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["input"],
                    "properties": { "input": input },
                    // The files, by the names that the input has for them.
                    "additionalProperties": { "contentMediaType": "application/octet-stream" },
                },
                "encoding": { "input": { "contentType": "application/json" } },
            },
        })),
        Takes::Json | Takes::JsonOrForm => Some(json!({ "application/json": { "schema": input } })),
        Takes::Bytes => Some(json!({ "*/*": {} })),
    }
}
