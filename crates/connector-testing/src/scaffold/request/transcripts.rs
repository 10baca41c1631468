//! The transcripts of an action: one with an output, one with an error.

use serde_json::{Map, Value, json};

use super::fields::Part;
use super::source::example;
use super::{Described, Does};

/// The version that the transcripts write.
const VERSION: &str = "W/\"JzEtVGFzayAg\"";

/// The files, by name.
pub(in crate::scaffold) fn transcripts(described: &Described) -> [(&'static str, Value); 2] {
    [("works", works(described)), ("not_found", not_found(described))]
}

fn works(described: &Described) -> Value {
    let object = object(described);
    let (status, body, output) = match described.does {
        Does::List | Does::CallForList => (200, json!({ "value": [object] }), json!({ "items": [object] })),
        Does::Read => (200, object.clone(), object),
        Does::Create => (201, object.clone(), object),
        Does::Call if described.ty.is_some() => (200, object.clone(), object),
        Does::Update | Does::Call => (204, Value::Null, json!({ "accepted": true })),
        Does::Delete => (204, Value::Null, json!({ "deleted": true })),
    };
    let mut response = json!({ "status": status });
    if !body.is_null() {
        response["body"] = body;
    }
    let mut exchanges = Vec::new();
    if described.versioned {
        exchanges.push(json!({
            "request": { "method": "GET", "url": path(described) },
            "response": { "status": 200, "body": { "@odata.etag": VERSION, "id": "1" } },
        }));
    }
    exchanges.push(json!({ "request": request(described), "response": response }));
    let about = "Sends the request, and returns the answer.";
    case(described, about, example(described), exchanges, ("output", output))
}

fn not_found(described: &Described) -> Value {
    let first =
        if described.versioned { json!({ "method": "GET", "url": path(described) }) } else { request(described) };
    let exchange = json!({ "request": first, "response": not_found_response() });
    let failed = json!({ "code": "not_found" });
    case(described, "What is not there is told.", example(described), vec![exchange], ("error", failed))
}

/// Graph's response for what is not there.
pub(super) fn not_found_response() -> Value {
    let body = json!({ "error": { "code": "ResourceNotFound", "message": "The requested item is not found." } });
    json!({ "status": 404, "body": body })
}

/// A transcript; `end` is its `output` or its `error`.
pub(super) fn case(
    described: &Described,
    about: &str,
    input: Map<String, Value>,
    exchanges: Vec<Value>,
    (end, value): (&str, Value),
) -> Value {
    let who = if described.is_for_apps_only() { "app" } else { "user" };
    json!({
        "description": about,
        "connection": { "signedIn": who },
        "input": input,
        "exchanges": exchanges,
        end: value,
    })
}

/// The path with the ids of the example.
pub(super) fn path(described: &Described) -> String {
    let mut path = described.line.path.clone();
    let fields = described.fields.iter().filter(|field| field.part == Part::Path);
    for (placeholder, field) in super::placeholders(&described.line.path).zip(fields) {
        path = path.replace(&format!("{{{placeholder}}}"), field.example.as_str().unwrap_or_default());
    }
    path
}

fn request(described: &Described) -> Value {
    let query = if described.does == Does::List { "?$top=10" } else { "" };
    let mut request = json!({ "method": described.line.verb.name(), "url": path(described) + query });
    if described.versioned {
        request["headers"] = json!({ "if-match": VERSION });
    }
    let body = body(described);
    if !body.is_empty() {
        request["body"] = body.into();
    }
    request
}

fn body(described: &Described) -> Map<String, Value> {
    let shown = |part: Part| matches!(part, Part::Body { object: false, .. });
    let fields = described.fields.iter().filter(|field| shown(field.part));
    fields.map(|field| (field.graph.clone(), field.example.clone())).collect()
}

// As much of an object as every object has.
fn object(described: &Described) -> Value {
    let mut object = body(described);
    if described.has_id {
        object.insert("id".to_owned(), "1".into());
    }
    object.into()
}
