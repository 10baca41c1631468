//! Schemas against the meta-schema.

use std::sync::LazyLock;

use connector_sdk::nearest;
use jsonschema::Validator;
use serde_json::{Value, json};

use crate::finding::Problem;
use crate::instance::{self, listed, type_of};
use crate::keywords;
use crate::rule::Rule;
use crate::style;
use crate::subschemas::subschemas;

const TYPES: [&str; 7] = ["array", "boolean", "integer", "null", "number", "object", "string"];

static META: LazyLock<(Value, Option<Validator>)> = LazyLock::new(|| {
    let schema = keywords::meta_schema();
    // It is our own constant; a test builds it.
    let validator = jsonschema::draft202012::new(&schema).ok();
    (schema, validator)
});

/// Returns every violation of JSON Schema 2020-12 and of the types of `x-` words in a schema.
pub(crate) fn problems(schema: &Value) -> Vec<Problem> {
    let (meta, validator) = &*META;
    let mut found = Vec::new();
    for error in validator.iter().flat_map(|validator| validator.iter_errors(schema)) {
        let at = error.instance_path().to_string();
        let told = type_keyword(schema, &at);
        found.extend(told.map_or_else(|| instance::of_error(Rule::SchemaForm, meta, &error), |one| vec![one]));
    }
    found.dedup();
    patterns(schema, "", &mut found);
    // What the meta-schema cannot say. A reference that leads nowhere has a rule of its own.
    if found.is_empty()
        && !style::has_broken_reference(schema)
        && let Err(error) = jsonschema::draft202012::new(schema)
    {
        found.push(Problem::new(Rule::SchemaForm, error.instance_path().to_string(), error.to_string()));
    }
    found
}

/// Returns a schema without its invalid parts, so that the others can be used.
pub(crate) fn repaired(schema: &Value, problems: &[Problem]) -> Value {
    let mut repaired = schema.clone();
    for problem in problems {
        remove(&mut repaired, &problem.pointer);
    }
    repaired
}

fn remove(schema: &mut Value, at: &str) {
    let Some((above, name)) = at.rsplit_once('/') else { return };
    match schema.pointer_mut(above) {
        Some(Value::Object(object)) => {
            let name = name.replace("~1", "/").replace("~0", "~");
            if above.ends_with("/properties") {
                // The property still exists, whatever its values are.
                object.insert(name, Value::Bool(true));
            } else {
                object.shift_remove(&name);
            }
        }
        // A part of a list, such as one of several types: without it the list would say something else.
        Some(Value::Array(_)) => remove(schema, above),
        _ => {}
    }
}

// The meta-schema says only that one of two alternatives should hold.
fn type_keyword(schema: &Value, at: &str) -> Option<Problem> {
    let value = schema.pointer(at)?;
    let is_type = at.ends_with("/type") && !at.ends_with("/properties/type");
    let in_list = at.rsplit_once('/').is_some_and(|(above, _)| above.ends_with("/type"));
    if !is_type && !in_list {
        return None;
    }
    let names: Vec<&Value> = value.as_array().map_or_else(|| vec![value], |all| all.iter().collect());
    let wrong = names.into_iter().find(|name| name.as_str().is_none_or(|name| !TYPES.contains(&name)))?;
    let help = match wrong.as_str().and_then(|name| nearest(name, TYPES)) {
        Some(candidate) => format!("did you mean \"{candidate}\"?"),
        None => {
            let types: Vec<String> = TYPES.iter().map(|name| format!("\"{name}\"")).collect();
            format!("the types are {}", listed(&types, "and"))
        }
    };
    let shown = if wrong.is_string() { wrong.to_string() } else { type_of(wrong).to_owned() };
    Some(Problem::new(Rule::SchemaForm, at, format!("{shown} is not a type of JSON Schema")).help(help))
}

// Each by itself, because a schema with several is refused for the first.
fn patterns(schema: &Value, at: &str, found: &mut Vec<Problem>) {
    let mut check = |pattern: &str, place: String| {
        if jsonschema::draft202012::new(&json!({ "pattern": pattern })).is_err() {
            let message = format!("\"{pattern}\" is not a regular expression");
            let help = "write a regular expression of ECMA-262, without slashes around it";
            found.push(Problem::new(Rule::InvalidPattern, place, message).help(help));
        }
    };
    if let Some(pattern) = schema.get("pattern").and_then(Value::as_str) {
        check(pattern, format!("{at}/pattern"));
    }
    for (pattern, _) in schema.get("patternProperties").and_then(Value::as_object).into_iter().flatten() {
        check(pattern, instance::below(&format!("{at}/patternProperties"), pattern));
    }
    for (below, inner) in subschemas(schema) {
        patterns(inner, &format!("{at}{below}"), found);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(schema: &Value) -> Vec<(String, String, Option<String>)> {
        problems(schema).into_iter().map(|problem| (problem.pointer, problem.message, problem.help)).collect()
    }

    #[test]
    fn every_mistake_is_found_in_one_run() {
        assert!(META.1.is_some());
        let schema = json!({
            "type": "integr",
            "properties": {
                "a": { "pattern": "(", "minimum": "1" },
                "b": { "pattern": "[", "x-secret": "yes" },
                "type": { "type": ["string", "nul"] }
            }
        });
        let places: Vec<String> = found(&schema).into_iter().map(|(at, ..)| at).collect();
        for place in [
            "/type",
            "/properties/a/minimum",
            "/properties/b/x-secret",
            "/properties/a/pattern",
            "/properties/b/pattern",
        ] {
            assert!(places.iter().any(|found| found == place), "{place} is not among {places:?}");
        }
        assert!(places.iter().any(|place| place.starts_with("/properties/type/type")), "{places:?}");
    }

    #[test]
    fn types_have_candidates() {
        let (_, message, help) = &found(&json!({ "type": "integr" }))[0];
        assert_eq!(message, "\"integr\" is not a type of JSON Schema");
        assert_eq!(help.as_deref(), Some("did you mean \"integer\"?"));
    }
}
