//! The description of the service in OpenAPI, assembled from the table of routes and the schemas of the actions.
//!
//! One operation describes one action, so that generated clients and fuzzers know its input and its output; one handler
//! answers them all. The schemas are JSON Schema of the draft 2020-12, which is OpenAPI 3.1's own dialect. For tools that
//! read no more than OpenAPI 3.0, [`version_3_0`] says what that version can say.

mod action;
mod answers;
mod kept;
mod operation;
mod parameters;
mod responses;
mod rust_types;
mod schemas;
mod version_3_0;

use connector_runtime::{AuthorizedHost, Interface};
use serde_json::{Map, Value, json};

pub(crate) use self::answers::{
    AdminConsent, Changed, Connections, ErrorMembers, RemovedConnection, RemovedProfile, SignIn, Tested,
};
pub(crate) use self::kept::{Kept, KeptDescriptions};
use self::schemas::Schemas;
use crate::route::{Need, Route};
use crate::routes::routes;

/// Id of the one route that the operations of the actions describe.
pub(crate) const RUN: &str = "run_action";

/// A version of OpenAPI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Version {
    /// OpenAPI 3.1.
    V3_1,
    /// OpenAPI 3.0.
    V3_0,
}

impl Version {
    /// All versions, the usual one first.
    pub(crate) const ALL: [(&'static str, Version); 2] = [("3.1", Version::V3_1), ("3.0", Version::V3_0)];
}

/// What the description says beside the routes.
pub(crate) struct Described<'a> {
    /// Address of the service, where it is known.
    pub(crate) url: Option<&'a str>,
    /// Whether callers without a key are somebody.
    pub(crate) has_anonymous: bool,
    /// The only connector whose actions are described.
    pub(crate) connector: Option<&'a str>,
    /// Version of OpenAPI.
    pub(crate) version: Version,
}

/// Assembles the description of what a caller reaches.
pub(crate) fn document(host: &AuthorizedHost, described: &Described<'_>) -> Value {
    let mut schemas = Schemas::new();
    let mut of_routes = Map::new();
    for route in described_routes().filter(|route| route.id != RUN) {
        let method = route.method.as_str().to_ascii_lowercase();
        put(&mut of_routes, route.path, &method, operation::of_route(route, host, &mut schemas));
    }
    let names = schemas.settle();
    let mut paths = Value::Object(of_routes);
    schemas::refer(&mut paths, schemas::INPUTS, &names);
    if let (Value::Object(paths), Some(run)) = (&mut paths, routes().find(|route| route.id == RUN)) {
        for (id, action) in host.actions() {
            if described.connector.is_none_or(|connector| id.split('.').next() == Some(connector)) {
                let operation = action::operation(&id, action, run, &mut schemas);
                put(paths, &run.path.replace("{id}", &id), "post", operation);
            }
        }
    }
    let document = whole(host, described, paths, schemas);
    match described.version {
        Version::V3_1 => document,
        Version::V3_0 => version_3_0::of(document),
    }
}

fn whole(host: &AuthorizedHost, described: &Described<'_>, paths: Value, schemas: Schemas) -> Value {
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
            "headers": parameters::shared_headers(),
            "responses": responses::shared(described_routes()),
        },
    });
    if let Some(url) = described.url {
        document["servers"] = json!([{ "url": url }]);
    }
    document
}

// Those that programs call over plain HTTP.
fn described_routes() -> impl Iterator<Item = &'static Route> {
    routes().filter(|route| route.needs != Need::Link && route.interface == Interface::Http)
}

fn put(paths: &mut Map<String, Value>, path: &str, method: &str, operation: Value) {
    let item = paths.entry(path).or_insert_with(|| json!({}));
    item[method] = operation;
}
