//! Answers, by their statuses.

use std::collections::BTreeSet;

use connector_runtime::Code;
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::parameters::headers;
use super::schemas::reference;
use crate::route::{Gives, Need, Route, Takes};

/// Returns the answers of a route.
pub(crate) fn of_route(route: &Route, output: &Value) -> Value {
    let mut responses = Map::new();
    let is_success = |status: &u16| (200..300).contains(status);
    let marks = route.marks.iter().copied().chain(route.is_tagged.then_some("ETag"));
    responses.insert(route.success().to_string(), success(route.gives, output, marks));
    if route.waits {
        let mut waiting = success(route.gives, output, []);
        waiting["description"] = "It waits for a person, and the answer says for what.".into();
        responses.insert("202".into(), waiting);
    }
    if route.is_tagged {
        responses.insert(
            "304".into(),
            json!({ "description": "The caller has it already, as it said with If-None-Match.", "headers": headers(["ETag", "X-Request-Id"]) }),
        );
    }
    for status in route.statuses.iter().filter(|status| is_success(status)) {
        let names = route.marks.iter().copied().chain(["Content-Range"]);
        responses.insert(status.to_string(), success(route.gives, output, names));
    }
    for status in failures(route) {
        responses.insert(status.to_string(), json!({ "$ref": format!("#/components/responses/{}", name(status)) }));
    }
    responses.insert("default".into(), json!({ "$ref": "#/components/responses/Problem" }));
    // While it ends, the service says so with what it says otherwise.
    if route.id == "readiness" {
        responses.insert("503".into(), success(route.gives, output, []));
    }
    responses.into()
}

fn success<'a>(gives: &[Gives], schema: &Value, marks: impl IntoIterator<Item = &'a str>) -> Value {
    let mut content = Map::new();
    for form in gives {
        let (media_type, body) = match form {
            // JSON Schema is not about bytes, and a file has a media type of its own.
            Gives::Bytes => ("*/*", json!({})),
            Gives::Json => (form.media_type(), json!({ "schema": schema })),
            // What a line or an event has is not for JSON Schema.
            Gives::JsonLines | Gives::Events | Gives::Html => {
                (form.media_type(), json!({ "schema": { "type": "string" } }))
            }
        };
        content.insert(media_type.to_owned(), body);
    }
    let names = marks.into_iter().chain(["X-Request-Id"]);
    json!({ "description": "It was done.", "headers": headers(names), "content": content })
}

/// Returns the statuses of what failed that a route can have.
fn failures(route: &Route) -> BTreeSet<u16> {
    // An unknown parameter, a foreign host, an `Accept` that nothing fits, a head that is too large.
    let mut all = BTreeSet::from([400, 403, 431, 500]);
    if route.gives != [Gives::Bytes] {
        all.insert(406);
    }
    if route.needs != Need::Nothing {
        all.extend([401, 429, 503]);
    }
    if route.path.contains('{') {
        all.insert(404);
    }
    if route.takes != Takes::Nothing {
        all.extend([408, 413]);
    }
    if matches!(route.takes, Takes::Json | Takes::JsonOrForm) {
        all.insert(415);
    }
    if route.asks_graph {
        all.extend(Code::ALL.iter().map(|code| code.http_status()));
        all.insert(422);
    }
    all.extend(route.statuses.iter().copied().filter(|status| *status >= 400));
    all
}

/// Returns the answers of what failed, for every status that a route has, and for those that none names.
pub(crate) fn shared<'a>(routes: impl Iterator<Item = &'a Route>) -> Value {
    let all: BTreeSet<u16> = routes.flat_map(failures).collect();
    let mut shared = Map::new();
    shared.insert("Problem".into(), problem("It was not done, or not as it was asked for.", ["X-Request-Id"]));
    for status in all {
        let meaning = format!("{}. `code` says what is wrong.", title(status));
        let marks = match status {
            401 => vec!["WWW-Authenticate", "X-Request-Id"],
            409 | 429 | 503 => vec!["Retry-After", "X-Request-Id"],
            416 => vec!["Content-Range", "X-Request-Id"],
            _ => vec!["X-Request-Id"],
        };
        shared.insert(name(status), problem(&meaning, marks));
    }
    shared.into()
}

fn problem<'a>(meaning: &str, marks: impl IntoIterator<Item = &'a str>) -> Value {
    json!({
        "description": meaning,
        "headers": headers(marks),
        "content": { crate::problem::MEDIA_TYPE: { "schema": reference("Problem") } },
    })
}

fn title(status: u16) -> String {
    let known = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    known.map_or_else(|| status.to_string(), str::to_owned)
}

// Such as `NotFound`.
fn name(status: u16) -> String {
    title(status).chars().filter(char::is_ascii_alphanumeric).collect()
}
