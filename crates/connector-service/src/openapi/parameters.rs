//! Parameters and headers.

use connector_runtime::{AuthorizedHost, Code};
use serde_json::{Map, Value, json};

use crate::route::{Param, ParamKind, Route};

/// What a name of [`ParamKind::Name`] matches.
const NAME: &str = "^[A-Za-z0-9._-]{1,100}$";
/// Place of the shared headers.
const HEADERS: &str = "#/components/headers/";

/// Returns the parameters of a route: those of its path, its query and its headers.
pub(crate) fn of_route(route: &Route, host: &AuthorizedHost) -> Vec<Value> {
    let in_path = in_braces(route.path).map(|name| {
        let schema = match name {
            "consumer" => schema(ParamKind::Name),
            _ => json!({ "type": "string", "minLength": 1 }),
        };
        let mut parameter = json!({ "name": name, "in": "path", "required": true, "schema": schema });
        if let Some(id) = example(route.path, host) {
            parameter["examples"] = json!({ "example1": { "value": id } });
        }
        parameter
    });
    let in_query = route.query.iter().map(|param| parameter(param, "query"));
    let in_headers = route.headers.iter().map(|param| parameter(param, "header"));
    in_path.chain(in_query).chain(in_headers).collect()
}

/// Returns a parameter.
pub(crate) fn parameter(param: &Param, place: &str) -> Value {
    json!({ "name": param.name, "in": place, "description": param.meaning, "schema": schema(param.kind) })
}

fn schema(kind: ParamKind) -> Value {
    match kind {
        ParamKind::Text => json!({ "type": "string" }),
        ParamKind::Sized(least, most) => json!({ "type": "string", "minLength": least, "maxLength": most }),
        ParamKind::Name => json!({ "type": "string", "pattern": NAME }),
        // The usual ones; there are more ways to write a time.
        ParamKind::Span => json!({ "type": "string", "pattern": "^[1-9][0-9]{0,5}(ms|s|m|h)$" }),
        ParamKind::Integer(least, most) => json!({ "type": "integer", "minimum": least, "maximum": most }),
        ParamKind::Boolean => json!({ "type": "boolean" }),
        ParamKind::OneOf(words) => json!({ "type": "string", "enum": words() }),
    }
}

/// Returns references to shared headers, by their names.
pub(crate) fn headers<'a>(names: impl IntoIterator<Item = &'a str>) -> Value {
    let refer = |name: &str| (name.to_owned(), json!({ "$ref": format!("{HEADERS}{name}") }));
    names.into_iter().map(refer).collect::<Map<String, Value>>().into()
}

/// Returns the shared headers of answers.
pub(crate) fn shared_headers() -> Value {
    let header = |meaning: &str, schema: Value| json!({ "description": meaning, "schema": schema });
    let text = || json!({ "type": "string" });
    json!({
        "X-Request-Id": {
            "description": "Id of the request, which is also in the log.", "required": true,
            "schema": { "type": "string", "format": "uuid" },
        },
        "ETag": header("Tag of the answer, for `If-None-Match`.", text()),
        "Idempotency-Replayed": header(
            "That this is the outcome of an earlier call with the same key.",
            json!({ "type": "string", "enum": ["true"] }),
        ),
        "Tenon-Failed": header("Common error code of a bulk run of which every item failed.", text()),
        "Retry-After": header("Seconds after which the same call may succeed.", json!({ "type": "integer", "minimum": 1 })),
        "WWW-Authenticate": header("How to send a key.", text()),
        "Content-Disposition": header("Name of the file.", text()),
        "Content-Range": header("Which bytes of the file these are.", text()),
        "Accept-Ranges": header("That a range of bytes may be asked for.", json!({ "type": "string", "enum": ["bytes"] })),
    })
}

// One that the caller reaches.
fn example(path: &str, host: &AuthorizedHost) -> Option<String> {
    match path.split('/').nth(2)? {
        "actions" => host.actions().map(|(id, _)| id).next(),
        "triggers" => host.triggers().map(|(id, _)| id).next(),
        "connectors" => host.connectors().map(|connector| connector.name.to_owned()).next(),
        "errors" => Some(Code::InvalidInput.name().to_owned()),
        _ => None,
    }
}

fn in_braces(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}
