//! Values against their schema.

use connector_sdk::schema::escape;
use connector_sdk::schema::rules::Rules;
use connector_sdk::{Issue, nearest};
use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

use crate::finding::Problem;
use crate::rule::Rule;
use crate::subschemas::subschemas;

/// Returns every violation of `schema` by `instance`, each at the property that it is about.
pub fn issues(schema: &Value, instance: &Value) -> Vec<Issue> {
    match validator(schema) {
        Ok(validator) => problems(Rule::InvalidExample, &validator, schema, instance)
            .into_iter()
            .map(|problem| Issue::new(problem.pointer, problem.message))
            .collect(),
        Err(error) => vec![Issue::new("", format!("its schema cannot be used: {error}"))],
    }
}

fn validator(schema: &Value) -> Result<Validator, Box<ValidationError<'static>>> {
    jsonschema::draft202012::options().should_validate_formats(true).build(schema).map_err(Box::new)
}

/// Returns every violation of a schema as a problem under `rule`.
pub(crate) fn problems(rule: Rule, validator: &Validator, schema: &Value, instance: &Value) -> Vec<Problem> {
    let rules = Rules::of(schema);
    let mut found: Vec<Problem> = validator
        .iter_errors(instance)
        .flat_map(|error| {
            let (schema_path, instance_path) = (error.schema_path().to_string(), error.instance_path().to_string());
            match rules.breach(&schema_path, &instance_path, instance) {
                Some(issue) => vec![Problem::new(rule, issue.pointer, issue.message)],
                None => of_error(rule, schema, &error),
            }
        })
        .collect();
    found.dedup();
    found
}

/// Returns an error of the validator as problems: each is reported at the property that the reader looks for.
pub(crate) fn of_error(rule: Rule, schema: &Value, error: &ValidationError<'_>) -> Vec<Problem> {
    let at = error.instance_path().to_string();
    let property = |name: &str| format!("{at}/{}", escape(name));
    match error.kind() {
        ValidationErrorKind::Required { property: name } => {
            let name = name.as_str().unwrap_or_default();
            vec![Problem::new(rule, property(name), format!("`{name}` is missing"))]
        }
        ValidationErrorKind::AdditionalProperties { unexpected }
        | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
            unexpected.iter().map(|name| unexpected_property(rule, property(name), name, schema, error)).collect()
        }
        ValidationErrorKind::Enum { options } => vec![enumeration(rule, at, options, error.instance())],
        ValidationErrorKind::Type { kind } => {
            let mut wanted: Vec<String> = match kind {
                TypeKind::Single(one) => vec![with_article(&one.to_string())],
                TypeKind::Multiple(all) => all.iter().map(|one| with_article(&one.to_string())).collect(),
            };
            // "An array or null" reads better than the other way round.
            wanted.sort_by_key(|kind| kind == "null");
            let (is, wanted) = (type_of(error.instance()), listed(&wanted, "or"));
            let message = format!("{} is {is}, but must be {wanted}", subject(&at));
            vec![Problem::new(rule, at, message)]
        }
        ValidationErrorKind::Constant { expected_value } => {
            let message = format!("{} is {}, but must be {expected_value}", subject(&at), error.instance());
            vec![Problem::new(rule, at, message)]
        }
        _ => vec![Problem::new(rule, at, error.to_string())],
    }
}

fn unexpected_property(
    rule: Rule,
    pointer: String,
    name: &str,
    schema: &Value,
    error: &ValidationError<'_>,
) -> Problem {
    let problem = Problem::new(rule, pointer, format!("`{name}` is not known here"));
    let object = error.schema_path().to_string();
    let beside = object.rsplit_once('/').and_then(|(above, _)| schema.pointer(above)?.get("properties")?.as_object());
    let Some(beside) = beside else { return problem };
    match nearest(name, beside.keys().map(String::as_str)) {
        Some(candidate) => problem.help(format!("did you mean `{candidate}`?")),
        None => problem.help(format!(
            "the properties here are {}",
            listed(&beside.keys().map(|name| format!("`{name}`")).collect::<Vec<_>>(), "and")
        )),
    }
}

fn enumeration(rule: Rule, at: String, options: &Value, instance: &Value) -> Problem {
    let options: Vec<&Value> = options.as_array().into_iter().flatten().collect();
    let shown: Vec<String> = options.iter().map(ToString::to_string).collect();
    let problem = Problem::new(rule, at, format!("{instance} is not one of {}", listed(&shown, "and")));
    let candidate = instance.as_str().and_then(|text| nearest(text, options.iter().filter_map(|one| one.as_str())));
    match candidate {
        Some(candidate) => problem.help(format!("did you mean \"{candidate}\"?")),
        None => problem,
    }
}

// What a place is about, at the beginning of a sentence.
fn subject(at: &str) -> String {
    match at.rsplit_once('/') {
        None => "the document".to_owned(),
        Some((_, name)) if name.parse::<usize>().is_ok() => "the value".to_owned(),
        Some((_, name)) => format!("`{}`", name.replace("~1", "/").replace("~0", "~")),
    }
}

fn with_article(kind: &str) -> String {
    match kind {
        "null" => kind.to_owned(),
        "array" | "integer" | "object" => format!("an {kind}"),
        _ => format!("a {kind}"),
    }
}

/// Returns the JSON type of a value with its article.
pub(crate) fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// Returns words as a list in a sentence: `a, b and c`.
pub(crate) fn listed(words: &[String], last: &str) -> String {
    match words.split_last() {
        Some((end, start)) if !start.is_empty() => format!("{} {last} {end}", start.join(", ")),
        _ => words.concat(),
    }
}

/// Returns the violations by examples and defaults in a schema, each compared with the part that it stands in.
///
/// A part that is no valid schema is left out: it has problems of its own.
pub fn examples(schema: &Value) -> Vec<Problem> {
    let mut found = Vec::new();
    walk(schema, "", &mut found);
    found
}

fn walk(schema: &Value, at: &str, found: &mut Vec<Problem>) {
    let Value::Object(object) = schema else { return };
    let examples = object.get("examples").and_then(Value::as_array).into_iter().flatten().enumerate();
    let mut values: Vec<(Rule, String, &Value)> =
        examples.map(|(i, example)| (Rule::InvalidExample, format!("{at}/examples/{i}"), example)).collect();
    values.extend(object.get("default").map(|default| (Rule::InvalidDefault, format!("{at}/default"), default)));
    if !values.is_empty()
        && let Ok(validator) = validator(schema)
    {
        for (rule, at, value) in values {
            found.extend(problems(rule, &validator, schema, value).into_iter().map(|problem| problem.below(&at)));
        }
    }
    for (below, inner) in subschemas(schema) {
        // A condition describes no value, and its parts may hold for nothing.
        if !["/if", "/not", "/$defs"].iter().any(|other| below.starts_with(other)) {
            walk(inner, &format!("{at}{below}"), found);
        }
    }
}

/// Returns the place of a property in an object, as a JSON Pointer.
pub(crate) fn below(at: &str, name: &str) -> String {
    format!("{at}/{}", escape(name))
}
