//! Output types that name a type of Graph.

use connector_sdk::Connector;
use connector_sdk::graph_type::{GRAPH_TYPE, PART_OF_TYPE, facts_text};
use connector_sdk::nearest;
use graph_metadata::{Model, TypeRef};
use serde_json::Value;

use super::finding;
use super::report::Finding;
use crate::{Result, graph_types};

/// The keywords with which an output names a type of Graph.
const NAMES: [&str; 2] = [GRAPH_TYPE, PART_OF_TYPE];

/// Holds the outputs of a connector against the metadata: how many properties it declares, and what is wrong.
///
/// # Errors
/// Never, so far; a schema that cannot be read would be one.
pub fn check(model: &Model, connector: &Connector) -> Result<(usize, Vec<Finding>)> {
    let (mut properties, mut findings) = (0, Vec::new());
    for (file, at, schema) in outputs(connector) {
        each_type(&schema, &at, &mut |name, schema, at| {
            let found = of_type(model, name, schema, at);
            properties += found.0;
            findings.extend(found.1.into_iter().map(|(pointer, message)| finding(&file, &pointer, message)));
        });
    }
    Ok((properties, findings))
}

/// The output schemas of a connector, each with the file that has it and its place there.
pub fn outputs(connector: &Connector) -> Vec<(String, String, Value)> {
    let file = |kind: &str, name: &str| format!("schemas/{}/{kind}/{name}.json", connector.name);
    let actions =
        connector.actions.iter().map(|it| (file("actions", it.spec().name), "/output".to_owned(), it.output_schema()));
    let triggers =
        connector.triggers.iter().map(|it| (file("triggers", it.spec().name), "/event".to_owned(), it.event_schema()));
    actions.chain(triggers).collect()
}

/// Visits every part of a schema that names a type of Graph.
pub fn each_type(schema: &Value, at: &str, visit: &mut dyn FnMut(&str, &Value, &str)) {
    match schema {
        Value::Object(object) => {
            if let Some(name) = NAMES.iter().find_map(|key| object.get(*key)?.as_str()) {
                visit(name, schema, at);
            }
            object.iter().for_each(|(key, value)| each_type(value, &format!("{at}/{key}"), visit));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(i, value)| each_type(value, &format!("{at}/{i}"), visit))
        }
        _ => {}
    }
}

/// What outputs say of Graph's types, held against the metadata: one finding, at the first line that differs.
pub fn check_facts(model: &Model, connectors: &[Connector]) -> Option<Finding> {
    let (kept, right) = (facts_text(), graph_types::facts(model, connectors));
    let line = 1 + kept.lines().zip(right.lines()).take_while(|(kept, right)| kept == right).count();
    let message = "is not what the metadata says; `cargo xtask graph-types` writes it";
    (kept != right).then(|| finding(graph_types::FILE, &format!("L{line}"), message))
}

fn of_type(model: &Model, name: &str, schema: &Value, at: &str) -> (usize, Vec<(String, String)>) {
    let Some((full, _)) = model.find_type(name) else {
        return (0, vec![(format!("{at}/{GRAPH_TYPE}"), format!("there is no type `{name}`"))]);
    };
    let mut found = Vec::new();
    let mut count = 0;
    for (property, declared) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        if property.starts_with('@') {
            continue;
        }
        count += 1;
        let place = format!("{at}/properties/{property}");
        match model.property(full, property) {
            None => {
                let hint =
                    nearest(property, model.property_names(full)).map(|known| format!("; did you mean `{known}`?"));
                found.push((place, format!("a `{name}` has no property `{property}`{}", hint.unwrap_or_default())));
            }
            Some(known) => {
                let wanted = json_kind(model, &known.ty);
                if !kinds(declared).is_none_or(|kinds| kinds.contains(&wanted)) {
                    found.push((
                        place,
                        format!("`{property}` of a `{name}` is {}, in JSON {wanted}", describe(&known.ty)),
                    ));
                } else if model.find_type(&known.ty.name).is_some() {
                    // What it is made of, where that names no type itself.
                    unnamed(declared, &place, &mut |inner, at| {
                        let inner = of_type(model, &known.ty.name, inner, at);
                        count += inner.0;
                        found.extend(inner.1);
                    });
                }
            }
        }
    }
    (count, found)
}

// The descriptions of an object in a property, in lists and choices too, that do not say of which type of Graph it is.
fn unnamed(schema: &Value, at: &str, visit: &mut dyn FnMut(&Value, &str)) {
    let Value::Object(object) = schema else { return };
    if NAMES.iter().any(|key| object.contains_key(*key)) {
        return;
    }
    if object.contains_key("properties") {
        return visit(schema, at);
    }
    if let Some(items) = object.get("items") {
        unnamed(items, &format!("{at}/items"), visit);
    }
    for key in ["anyOf", "oneOf"] {
        for (i, one) in object.get(key).and_then(Value::as_array).into_iter().flatten().enumerate() {
            unnamed(one, &format!("{at}/{key}/{i}"), visit);
        }
    }
}

fn describe(ty: &TypeRef) -> String {
    if ty.collection { format!("a list of `{}`", ty.short()) } else { format!("a `{}`", ty.short()) }
}

fn json_kind(model: &Model, ty: &TypeRef) -> &'static str {
    match ty.name.as_str() {
        _ if ty.collection => "array",
        "Edm.Boolean" => "boolean",
        "Edm.Int16" | "Edm.Int32" | "Edm.Int64" | "Edm.Byte" | "Edm.SByte" => "integer",
        "Edm.Double" | "Edm.Single" | "Edm.Decimal" => "number",
        name if name.starts_with("Edm.") || model.members(name).is_some() => "string",
        _ => "object",
    }
}

// The JSON types that a schema names; none where it takes any.
fn kinds(schema: &Value) -> Option<Vec<&str>> {
    let object = schema.as_object()?;
    for several in ["anyOf", "oneOf"] {
        if let Some(all) = object.get(several).and_then(Value::as_array) {
            return all.iter().map(kinds).collect::<Option<Vec<_>>>().map(|all| all.concat());
        }
    }
    match object.get("type") {
        Some(Value::String(kind)) => Some(vec![kind]),
        Some(Value::Array(all)) => Some(all.iter().filter_map(Value::as_str).collect()),
        _ => object.get("enum").map(|_| vec!["string"]),
    }
}
