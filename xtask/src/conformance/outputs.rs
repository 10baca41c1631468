//! Output types that name a type of Graph.

use connector_sdk::Connector;
use graph_metadata::{Model, TypeRef, nearest};
use serde_json::Value;

use super::finding;
use super::report::Finding;
use crate::Result;

/// The keyword with which an output names a type of Graph.
const GRAPH_TYPE: &str = "x-graph-type";

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
    let actions = connector.actions.iter().map(|it| (file("actions", it.spec().name), "/output".to_owned(), it.output_schema()));
    let triggers = connector.triggers.iter().map(|it| (file("triggers", it.spec().name), "/event".to_owned(), it.event_schema()));
    actions.chain(triggers).collect()
}

/// Visits every part of a schema that names a type of Graph.
pub fn each_type(schema: &Value, at: &str, visit: &mut dyn FnMut(&str, &Value, &str)) {
    match schema {
        Value::Object(object) => {
            if let Some(name) = object.get(GRAPH_TYPE).and_then(Value::as_str) {
                visit(name, schema, at);
            }
            object.iter().for_each(|(key, value)| each_type(value, &format!("{at}/{key}"), visit));
        }
        Value::Array(items) => items.iter().enumerate().for_each(|(i, value)| each_type(value, &format!("{at}/{i}"), visit)),
        _ => {}
    }
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
                let hint = nearest(property, model.property_names(full)).map(|known| format!("; did you mean `{known}`?"));
                found.push((place, format!("a `{name}` has no property `{property}`{}", hint.unwrap_or_default())));
            }
            Some(known) => {
                let wanted = json_kind(model, &known.ty);
                if !kinds(declared).is_none_or(|kinds| kinds.contains(&wanted)) {
                    found.push((place, format!("`{property}` of a `{name}` is {}, in JSON {wanted}", describe(&known.ty))));
                }
            }
        }
    }
    (count, found)
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
