//! The examples on Microsoft's pages.

use std::collections::{BTreeMap, BTreeSet};

use connector_sdk::Connector;
use graph_metadata::{Asked, Kind, Model};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::report::{Finding, Shown};
use super::requests::{Made, path};
use super::{finding, outputs};
use crate::Result;
use crate::validate;

#[derive(Deserialize)]
struct Example {
    page: String,
    name: Option<String>,
    method: String,
    path: String,
    #[serde(default)]
    request_headers: BTreeMap<String, Value>,
    request_body: Option<Value>,
    response_body: Option<Value>,
}

/// Holds the examples against the metadata, and our output types against their answers.
///
/// # Errors
/// When a line is no example.
pub fn check(
    model: &Model,
    connectors: &[Connector],
    sent: &[Made],
    text: &str,
) -> Result<(Shown, Vec<(String, Finding)>)> {
    let types = declared(connectors);
    let ours = canonicals(model, sent);
    let mut shown = Shown::default();
    let mut findings = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let example: Example =
            serde_json::from_str(line).map_err(|error| format!("an example cannot be read: {error}"))?;
        let Some(url) = example.path.strip_prefix("/v1.0").filter(|url| url.starts_with('/')) else { continue };
        shown.examples += 1;
        let wrong = contradictions(model, &example, url);
        shown.contradict += usize::from(!wrong.is_empty());
        shown.contradictions.extend(wrong);
        let Ok(target) = model.resolve(url.split_once('?').map_or(url, |(url, _)| url)) else { continue };
        if ours.contains(&format!("{} {}", example.method, target.canonical)) {
            shown.matched += 1;
        }
        let Some(name) = target.ty.as_ref().map(|ty| ty.short().to_owned()) else { continue };
        for object in objects(example.response_body.as_ref()) {
            shown.objects += usize::from(types.types.contains_key(&name));
            findings.extend(held(model, &types, &name, object, &example, &mut shown.contradictions));
        }
    }
    Ok((shown, findings))
}

// What the metadata says is wrong about an example. Ids are placeholders, and enumerations are written in
// letters of either case, which Graph takes.
fn contradictions(model: &Model, example: &Example, url: &str) -> Vec<Finding> {
    let headers = example
        .request_headers
        .iter()
        .map(|(name, value)| (name.to_ascii_lowercase(), value.as_str().unwrap_or_default().to_owned()))
        .collect();
    let asked = Asked {
        method: &example.method,
        url,
        headers: &headers,
        body: example.request_body.as_ref().filter(|body| !body.is_string()),
    };
    let file = format!("{}#{}", example.page, example.name.as_deref().unwrap_or_default());
    let found = graph_metadata::check(model, asked).into_iter().filter(|found| found.kind != Kind::Member);
    found.map(|found| finding(&file, &found.pointer, found.message)).collect()
}

// What our outputs declare.
#[derive(Default)]
struct Declared {
    // By type of Graph: the connector, and the schemas of its properties.
    types: BTreeMap<String, (String, BTreeMap<String, Value>)>,
    // What the schemas refer to.
    definitions: Map<String, Value>,
}

impl Declared {
    // A schema that stands for itself.
    fn whole(&self, schema: &Value) -> Value {
        let mut schema = schema.clone();
        if schema.to_string().contains("\"$ref\"")
            && let Some(object) = schema.as_object_mut()
        {
            object.insert("$defs".into(), Value::Object(self.definitions.clone()));
        }
        schema
    }
}

fn declared(connectors: &[Connector]) -> Declared {
    let mut all = Declared::default();
    for connector in connectors {
        for (_, at, schema) in outputs::outputs(connector) {
            all.definitions.extend(schema.get("$defs").and_then(Value::as_object).cloned().unwrap_or_default());
            outputs::each_type(&schema, &at, &mut |name, schema, _| {
                let known =
                    all.types.entry(name.to_owned()).or_insert_with(|| (connector.name.to_owned(), BTreeMap::new()));
                for (property, schema) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
                    known.1.entry(property.clone()).or_insert_with(|| schema.clone());
                }
            });
        }
    }
    all
}

fn canonicals(model: &Model, sent: &[Made]) -> BTreeSet<String> {
    let canonical = |made: &Made| {
        let url = path(&made.sent)?;
        let target = model.resolve(url.split_once('?').map_or(url, |(url, _)| url)).ok()?;
        Some(format!("{} {}", made.sent.method, target.canonical))
    };
    sent.iter().filter_map(canonical).collect()
}

// The object of an answer, or the items of a list.
fn objects(body: Option<&Value>) -> Vec<&Value> {
    match body {
        Some(Value::Object(object)) => match object.get("value") {
            Some(Value::Array(items)) => items.iter().filter(|item| item.is_object()).collect(),
            _ => body.into_iter().collect(),
        },
        _ => Vec::new(),
    }
}

fn held(
    model: &Model,
    types: &Declared,
    name: &str,
    object: &Value,
    example: &Example,
    contradictions: &mut Vec<Finding>,
) -> Vec<(String, Finding)> {
    let Some((connector, properties)) = types.types.get(name) else { return Vec::new() };
    let mut found = Vec::new();
    for (property, value) in object.as_object().into_iter().flatten() {
        let Some(schema) = properties.get(property) else { continue };
        let file = format!("{}#{}", example.page, example.name.as_deref().unwrap_or_default());
        // An example that contradicts the metadata is wrong itself, and says nothing about us.
        let mut wrong = Vec::new();
        if let Some((full, _)) = model.find_type(name)
            && let Some(known) = model.property(full, property)
        {
            model.check_value(value, &known.ty, &format!("/response_body/{property}"), &mut wrong);
        }
        if !wrong.is_empty() {
            contradictions.extend(wrong.into_iter().map(|found| finding(&file, &found.pointer, found.message)));
            continue;
        }
        for issue in validate::instance::issues(&types.whole(schema), value) {
            let at = format!("/response_body/{property}{}", issue.pointer);
            found.push((
                connector.clone(),
                finding(&file, &at, format!("does not fit our output type of a `{name}`: {}", issue.message)),
            ));
        }
    }
    found
}
