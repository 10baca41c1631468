//! Picklists and dynamic schemas that properties name.

use std::path::Path;

use connector_sdk::schema::escape;
use connector_sdk::{dynamic_schema, nearest};
use serde_json::Value;

use crate::finding::Problem;
use crate::instance;
use crate::kind::{Kind, Listed};
use crate::rule::Rule;
use crate::source::Sources;

/// Returns each reference to something that the connector does not have. Only where the connector's whole folder was
/// read can anything be missing.
pub(super) fn check(file: &Path, document: &Value, sources: &Sources) -> Vec<Problem> {
    let Some(folder) = file.parent().and_then(Path::parent) else { return Vec::new() };
    if !sources.files.contains_key(&folder.join("connector.json")) {
        return Vec::new();
    }
    let mut named = Vec::new();
    for part in ["input", "output", "event"] {
        if let Some(schema) = document.get(part) {
            references(schema, &format!("/{part}"), &mut named);
        }
    }
    named
        .into_iter()
        .filter(|(_, kind, name)| sources.lacks(&folder.join(kind.folder()).join(format!("{name}.json"))))
        .map(|(at, kind, name)| {
            let rule = if kind == Listed::Picklist { Rule::UnknownPicklist } else { Rule::UnknownDynamicSchema };
            let message = format!("there is no {} \"{name}\" in this connector", kind.word());
            Problem::new(rule, at, message).help(help(folder, kind, &name, sources))
        })
        .collect()
}

fn help(folder: &Path, kind: Listed, name: &str, sources: &Sources) -> String {
    let folder = folder.join(kind.folder());
    let known = sources
        .files
        .iter()
        .filter(|(file, source)| source.kind == Kind::Listed(kind) && file.parent() == Some(folder.as_path()));
    let names: Vec<&str> = known.filter_map(|(file, _)| file.file_stem()?.to_str()).collect();
    match nearest(name, names.iter().copied()) {
        Some(candidate) => format!("did you mean \"{candidate}\"?"),
        None if names.is_empty() => format!("describe it in {}/{name}.json", kind.folder()),
        None => {
            let names: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
            format!("describe it in {}/{name}.json, or name one of {}", kind.folder(), instance::listed(&names, "and"))
        }
    }
}

fn references(schema: &Value, at: &str, named: &mut Vec<(String, Listed, String)>) {
    match schema {
        Value::Object(object) => {
            for (key, value) in object {
                let place = format!("{at}/{}", escape(key));
                match (key.as_str(), value) {
                    ("x-picklist", Value::String(name)) => named.push((place, Listed::Picklist, name.clone())),
                    (dynamic_schema::KEY, Value::String(name)) => {
                        named.push((place, Listed::DynamicSchema, name.clone()));
                    }
                    ("examples" | "default" | "const" | "enum", _) => {}
                    _ => references(value, &place, named),
                }
            }
        }
        Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                references(item, &format!("{at}/{i}"), named);
            }
        }
        _ => {}
    }
}
