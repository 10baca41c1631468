//! Schemas that are well formed and cannot mean what they say.

use connector_sdk::nearest;
use serde_json::{Map, Value};

use crate::finding::Problem;
use crate::instance;
use crate::rule::Rule;
use crate::subschemas::subschemas;

/// Pairs of a lower and an upper bound.
const BOUNDS: [(&str, &str); 4] =
    [("minimum", "maximum"), ("minLength", "maxLength"), ("minItems", "maxItems"), ("minProperties", "maxProperties")];

/// Formats of JSON Schema 2020-12.
const FORMATS: [&str; 19] = [
    "date",
    "date-time",
    "duration",
    "email",
    "hostname",
    "idn-email",
    "idn-hostname",
    "ipv4",
    "ipv6",
    "iri",
    "iri-reference",
    "json-pointer",
    "regex",
    "relative-json-pointer",
    "time",
    "uri",
    "uri-reference",
    "uri-template",
    "uuid",
];

/// Keywords that have a text for each value of `enum`.
const TEXTS: [&str; 2] = ["x-enum-descriptions", "x-enum-titles"];

/// Returns each part of a schema that no value satisfies, or that speaks of what is not there.
pub(super) fn problems(schema: &Value) -> Vec<Problem> {
    let mut found = Vec::new();
    walk(schema, "", &mut found);
    found
}

fn walk(schema: &Value, at: &str, found: &mut Vec<Problem>) {
    if let Value::Object(object) = schema {
        bounds(object, at, found);
        values(object, at, found);
        texts(object, at, found);
        required(object, at, found);
        format(object, at, found);
    }
    for (below, inner) in subschemas(schema) {
        walk(inner, &format!("{at}{below}"), found);
    }
}

fn bounds(schema: &Map<String, Value>, at: &str, found: &mut Vec<Problem>) {
    for (lower, upper) in BOUNDS {
        let number = |name: &str| schema.get(name).and_then(Value::as_f64);
        if let (Some(least), Some(most)) = (number(lower), number(upper))
            && least > most
        {
            let message = format!("no value is both at least {least} (`{lower}`) and at most {most} (`{upper}`)");
            found.push(Problem::new(Rule::ImpossibleSchema, format!("{at}/{upper}"), message));
        }
    }
}

fn values(schema: &Map<String, Value>, at: &str, found: &mut Vec<Problem>) {
    let Some(Value::Array(values)) = schema.get("enum") else { return };
    if values.is_empty() {
        let message = "`enum` lists no value, so no value is allowed";
        found.push(Problem::new(Rule::ImpossibleSchema, format!("{at}/enum"), message).help("list the values"));
    }
    for (i, value) in values.iter().enumerate() {
        let place = || format!("{at}/enum/{i}");
        if values[..i].contains(value) {
            let message = format!("{value} stands twice in `enum`");
            found.push(Problem::new(Rule::ImpossibleSchema, place(), message).help("remove one of them"));
        } else if let Some(kind) = schema.get("type").filter(|kind| !has_type(value, kind)) {
            let message = format!("{value} is never allowed: `type` is {kind}");
            let help = "remove the value, or add its type to `type`";
            found.push(Problem::new(Rule::ImpossibleSchema, place(), message).help(help));
        }
    }
}

fn has_type(value: &Value, kind: &Value) -> bool {
    let is = |kind: &str| match kind {
        "array" => value.is_array(),
        "boolean" => value.is_boolean(),
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "null" => value.is_null(),
        "number" => value.is_number(),
        "object" => value.is_object(),
        "string" => value.is_string(),
        // The meta-schema tells an unknown type.
        _ => true,
    };
    match kind {
        Value::String(kind) => is(kind),
        Value::Array(kinds) => kinds.iter().any(|kind| kind.as_str().is_none_or(is)),
        _ => true,
    }
}

fn texts(schema: &Map<String, Value>, at: &str, found: &mut Vec<Problem>) {
    let Some(Value::Array(values)) = schema.get("enum") else { return };
    let names: Vec<String> =
        values.iter().map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)).collect();
    for keyword in TEXTS {
        for name in schema.get(keyword).and_then(Value::as_object).into_iter().flat_map(Map::keys) {
            if names.contains(name) {
                continue;
            }
            let place = instance::below(&format!("{at}/{keyword}"), name);
            let problem = Problem::new(Rule::EnumTexts, place, format!("`enum` has no value \"{name}\""));
            found.push(problem.help(match nearest(name, names.iter().map(String::as_str)) {
                Some(candidate) => format!("did you mean \"{candidate}\"?"),
                None => "remove the text, or add the value to `enum`".to_owned(),
            }));
        }
    }
}

// Only where the object is closed: an open one may have the property without describing it.
fn required(schema: &Map<String, Value>, at: &str, found: &mut Vec<Problem>) {
    let Some(Value::Object(properties)) = schema.get("properties") else { return };
    if schema.get("additionalProperties") != Some(&Value::Bool(false)) || schema.contains_key("patternProperties") {
        return;
    }
    for (i, name) in schema.get("required").and_then(Value::as_array).into_iter().flatten().enumerate() {
        let Some(name) = name.as_str().filter(|name| !properties.contains_key(*name)) else { continue };
        let message = format!("`{name}` is required, and the object has no such property");
        let problem = Problem::new(Rule::ImpossibleSchema, format!("{at}/required/{i}"), message);
        found.push(problem.help(match nearest(name, properties.keys().map(String::as_str)) {
            Some(candidate) => format!("did you mean `{candidate}`?"),
            None => "describe it in `properties`, or remove it from `required`".to_owned(),
        }));
    }
}

fn format(schema: &Map<String, Value>, at: &str, found: &mut Vec<Problem>) {
    let Some(name) = schema.get("format").and_then(Value::as_str).filter(|name| !FORMATS.contains(name)) else {
        return;
    };
    let message = format!("\"{name}\" is not a format of JSON Schema");
    let problem = Problem::new(Rule::UnknownFormat, format!("{at}/format"), message);
    found.push(problem.help(match nearest(name, FORMATS) {
        Some(candidate) => format!("did you mean \"{candidate}\"?"),
        None => "remove it, and say in the description how the value is written".to_owned(),
    }));
}
