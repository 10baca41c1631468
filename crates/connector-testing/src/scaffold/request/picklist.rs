//! The source and the transcripts of a picklist.

use serde_json::{Value, json};

use super::Described;
use super::source::{example_of_path, path_fields, permissions, request};
use super::transcripts::{case, not_found_response, path};
use crate::scaffold::{fill, names};

const PICKLIST: &str = include_str!("../templates/picklist.rs.txt");

/// The file of a picklist that sends the request.
pub(in crate::scaffold) fn picklist_source(described: &Described, name: &str) -> String {
    let fields = path_fields(described);
    let body = if fields.is_empty() { "{}".to_owned() } else { format!("{{\n{fields}}}") };
    let scopes = if described.is_for_apps_only() { ", Scopes" } else { "" };
    let example = match example_of_path(described) {
        none if none.is_empty() => String::new(),
        ids => format!("#[schemars(extend(\"examples\" = [json!({})]))]\n", Value::Object(ids)),
    };
    let import = if example.is_empty() { "" } else { "use serde_json::json;\n" };
    let values = [
        ("example", &*example),
        ("import", import),
        ("name", name),
        ("Type", &names::pascal(name)),
        ("Title", &names::title(name)),
        ("scopes", scopes),
        ("body", &body),
        ("permissions", &permissions(described)),
        ("label", described.label.unwrap_or("id")),
        ("request", &request(described)),
    ];
    fill(PICKLIST, &values)
}

/// The transcripts of a picklist, by name.
pub(in crate::scaffold) fn picklist_transcripts(described: &Described) -> [(&'static str, Value); 2] {
    let request = json!({ "method": "GET", "url": path(described) });
    let mut named = json!({ "id": "1" });
    let mut label = "1";
    if let Some(property) = described.label {
        label = "First";
        named[property] = label.into();
    }
    let listed =
        json!({ "request": request, "response": { "status": 200, "body": { "value": [named, { "id": "2" }] } } });
    let choices = json!([{ "value": "1", "label": label }, { "value": "2", "label": "2" }]);
    let refused = json!({ "request": request, "response": not_found_response() });
    let input = || example_of_path(described);
    let works = ("output", json!({ "choices": choices }));
    let fails = ("error", json!({ "code": "not_found" }));
    [
        ("works", case(described, "What has no name is offered by its id.", input(), vec![listed], works)),
        ("not_found", case(described, "What is not there is told.", input(), vec![refused], fails)),
    ]
}
