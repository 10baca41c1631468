//! Values against their schema.

use connector_sdk::schema::rules::Rules;
use connector_sdk::{Issue, schema};
use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;
use serde_json::Value;

/// Every violation of `schema` in `instance`, each at the property that it is about.
pub fn issues(schema: &Value, instance: &Value) -> Vec<Issue> {
    match jsonschema::draft202012::options().should_validate_formats(true).build(schema) {
        Ok(validator) => {
            let rules = Rules::of(schema);
            let found = validator.iter_errors(instance).flat_map(|error| {
                let told = rules.breach(&error.schema_path().to_string(), &error.instance_path().to_string(), instance);
                told.map_or_else(|| issue(&error), |issue| vec![issue])
            });
            let mut found: Vec<Issue> = found.collect();
            found.dedup();
            found
        }
        Err(error) => vec![Issue::new("", format!("its schema cannot be used: {error}"))],
    }
}

pub(super) fn report<'a>(errors: impl Iterator<Item = ValidationError<'a>>) -> Vec<Issue> {
    errors.flat_map(|error| issue(&error)).collect()
}

fn issue(error: &ValidationError<'_>) -> Vec<Issue> {
    let at = error.instance_path().to_string();
    let property = |name: &str| format!("{at}/{}", schema::escape(name));
    match error.kind() {
        // Reported at the object; the reader looks for the property.
        ValidationErrorKind::Required { property: name } => {
            vec![Issue::new(property(name.as_str().unwrap_or_default()), "is missing")]
        }
        ValidationErrorKind::AdditionalProperties { unexpected }
        | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
            unexpected.iter().map(|name| Issue::new(property(name), "is not known here")).collect()
        }
        _ => vec![Issue::new(at, error.to_string())],
    }
}

/// What is wrong with the examples and defaults in a schema, each held against the part that it
/// stands in.
pub(crate) fn examples(schema: &Value) -> Vec<Issue> {
    let mut found = Vec::new();
    walk(schema, "", &mut found);
    found
}

fn walk(schema: &Value, at: &str, found: &mut Vec<Issue>) {
    let Value::Object(object) = schema else { return };
    for (i, example) in object.get("examples").and_then(Value::as_array).into_iter().flatten().enumerate() {
        let at = format!("{at}/examples/{i}");
        found.extend(
            issues(schema, example)
                .into_iter()
                .map(|issue| Issue::new(format!("{at}{}", issue.pointer), issue.message)),
        );
    }
    if let Some(default) = object.get("default") {
        let at = format!("{at}/default");
        found.extend(
            issues(schema, default)
                .into_iter()
                .map(|issue| Issue::new(format!("{at}{}", issue.pointer), issue.message)),
        );
    }
    for (name, property) in object.get("properties").and_then(Value::as_object).into_iter().flatten() {
        walk(property, &format!("{at}/properties/{}", schema::escape(name)), found);
    }
    if let Some(items) = object.get("items") {
        walk(items, &format!("{at}/items"), found);
    }
    for key in ["anyOf", "oneOf", "allOf"] {
        for (i, inner) in object.get(key).and_then(Value::as_array).into_iter().flatten().enumerate() {
            walk(inner, &format!("{at}/{key}/{i}"), found);
        }
    }
}
