//! The description of the service in OpenAPI 3.1, assembled from the table of routes and the schemas of the actions.
//!
//! One operation describes one action, so that generated clients and fuzzers know its input and its output; one handler
//! answers them all. The schemas are JSON Schema of the draft 2020-12, which is OpenAPI 3.1's own dialect.

mod action;
mod operation;
mod schemas;

use connector_runtime::AuthorizedHost;
use serde_json::{Map, Value, json};

use self::schemas::Schemas;
use crate::route::Need;
use crate::routes::ROUTES;

/// Id of the one route that the operations of the actions describe.
pub(crate) const RUN: &str = "run_action";

/// What the description says beside the routes.
pub(crate) struct Described<'a> {
    /// Address of the service, where it is known.
    pub(crate) url: Option<&'a str>,
    /// Whether callers without a key are somebody.
    pub(crate) has_anonymous: bool,
    /// The only connector whose actions are described.
    pub(crate) connector: Option<&'a str>,
}

/// Assembles the description of what a caller reaches.
pub(crate) fn document(host: &AuthorizedHost, described: &Described<'_>) -> Value {
    let mut schemas = Schemas::new();
    let mut paths: Map<String, Value> = Map::new();
    for route in ROUTES.iter().filter(|route| route.id != RUN && route.needs != Need::Link) {
        let operation = operation::of_route(route, &mut schemas);
        let method = route.method.as_str().to_ascii_lowercase();
        entry(&mut paths, route.path).insert(method, operation);
    }
    for (id, action) in host.actions() {
        if described.connector.is_none_or(|connector| id.split('.').next() == Some(connector)) {
            let path = format!("/v1/actions/{id}/run");
            entry(&mut paths, &path).insert("post".into(), action::operation(&id, action, &mut schemas));
        }
    }
    let tags: Vec<Value> = host
        .connectors()
        .filter(|connector| described.connector.is_none_or(|wanted| wanted == connector.name))
        .map(|connector| json!({ "name": connector.name, "description": connector.about }))
        .collect();
    let mut security = vec![json!({ "key": [] })];
    if described.has_anonymous {
        security.push(json!({}));
    }
    let mut document = json!({
        "openapi": "3.1.1",
        "info": {
            "title": "Tenon",
            "summary": "Actions of Microsoft Graph connectors over HTTP.",
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "security": security,
        "tags": tags,
        "paths": paths,
        "components": {
            "securitySchemes": { "key": { "type": "http", "scheme": "bearer", "bearerFormat": "tnk_…" } },
            "schemas": schemas.into_map(),
            "responses": { "Problem": operation::problem() },
        },
    });
    if let Some(url) = described.url {
        document["servers"] = json!([{ "url": url }]);
    }
    document
}

fn entry<'a>(paths: &'a mut Map<String, Value>, path: &str) -> &'a mut Map<String, Value> {
    let item = paths.entry(path).or_insert_with(|| json!({}));
    match item {
        Value::Object(item) => item,
        // Only objects are inserted.
        _ => unreachable!("a path is an object"),
    }
}
