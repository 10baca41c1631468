//! House style of schemas.

use connector_sdk::graph_type;
use connector_sdk::schema::{DIALECT, escape, rules};
use serde_json::{Map, Value};

use crate::finding::Problem;
use crate::rule::Rule;

/// Returns every violation of the house style in an input schema.
///
/// The rules: draft 2020-12; a root object with title and description; unknown properties refused at
/// every level; every property `camelCase` and described in sentences; no `$ref`; at least one example.
pub fn input(schema: &Value) -> Vec<Problem> {
    let mut found = check(schema, true);
    if schema.get("examples").and_then(Value::as_array).is_none_or(Vec::is_empty) {
        let help = "add `examples`: a list with at least one input that works";
        found.push(Problem::new(Rule::MissingExample, "/examples", "the input has no example").help(help));
    }
    found
}

/// Returns every violation of the house style in the schema of an input that needs no example: that of a picklist, a
/// dynamic schema or a connection.
pub fn parameters(schema: &Value) -> Vec<Problem> {
    check(schema, true)
}

/// Returns every violation of the house style in an output schema: as for inputs, but open and without examples. Types
/// of Graph may stand under `$defs` and be referred to, and their properties need no sentence where the name says it
/// all.
pub fn output(schema: &Value) -> Vec<Problem> {
    check(schema, false)
}

fn check(schema: &Value, closed: bool) -> Vec<Problem> {
    let mut found = Vec::new();
    if schema.get("$schema").and_then(Value::as_str) != Some(DIALECT) {
        let message = match schema.get("$schema") {
            None => "the schema does not name its dialect".to_owned(),
            Some(other) => format!("{other} is not the dialect of these schemas"),
        };
        let help = format!("write \"$schema\": \"{DIALECT}\"");
        found.push(Problem::new(Rule::Dialect, "/$schema", message).help(help));
    }
    if schema.get("type").and_then(Value::as_str) != Some("object") {
        let message = "the schema does not describe an object, and inputs, outputs and events are objects";
        found.push(Problem::new(Rule::RootObject, "/type", message).help("write \"type\": \"object\""));
    }
    if has_no_title(schema) {
        let help = "add `title`: a name for people";
        found.push(Problem::new(Rule::MissingTitle, "/title", "the schema has no title").help(help));
    }
    if closed {
        described(schema, "", "the schema", &mut found);
    }
    walk(schema, "", closed, &mut found);
    if !closed {
        references(schema, schema, "", &mut found);
        for (name, definition) in schema.get("$defs").and_then(Value::as_object).into_iter().flatten() {
            walk(definition, &format!("/$defs/{}", escape(name)), closed, &mut found);
        }
    }
    found
}

/// Returns whether a reference leads to nothing in the same schema.
pub(crate) fn has_broken_reference(schema: &Value) -> bool {
    let mut found = Vec::new();
    references(schema, schema, "", &mut found);
    !found.is_empty()
}

// Every reference leads to something in the same schema.
fn references(root: &Value, schema: &Value, at: &str, found: &mut Vec<Problem>) {
    match schema {
        Value::Object(object) => {
            if let Some(Value::String(target)) = object.get("$ref")
                && target.strip_prefix('#').and_then(|pointer| root.pointer(pointer)).is_none()
            {
                let message = format!("\"{target}\" leads to no place in this schema");
                let help = "refer to a schema under `$defs` of the same schema, such as \"#/$defs/user\"";
                found.push(Problem::new(Rule::BrokenReference, format!("{at}/$ref"), message).help(help));
            }
            object.iter().for_each(|(key, inner)| references(root, inner, &format!("{at}/{}", escape(key)), found));
        }
        Value::Array(all) => {
            all.iter().enumerate().for_each(|(i, inner)| references(root, inner, &format!("{at}/{i}"), found));
        }
        _ => {}
    }
}

fn walk(schema: &Value, at: &str, closed: bool, found: &mut Vec<Problem>) {
    let Value::Object(object) = schema else { return };
    // A rule speaks of properties that are described beside it.
    if rules::is_rule(schema) {
        return;
    }
    if closed && object.contains_key("$ref") {
        let help = "write the schema here: forms and agents read inputs without resolving references";
        let problem = Problem::new(Rule::InputReference, format!("{at}/$ref"), "an input has no `$ref`");
        found.push(problem.help(help));
    }
    if let Some(Value::Object(properties)) = object.get("properties") {
        if closed && !refuses_unknown(object) {
            let message = "the object takes unknown properties, so a misspelt one would be ignored";
            let help = "add \"additionalProperties\": false, or a schema for the values of further properties";
            found.push(Problem::new(Rule::OpenObject, at, message).help(help));
        }
        for (name, property) in properties {
            let place = format!("{at}/properties/{}", escape(name));
            check_property(object, name, property, &place, closed, found);
            walk(property, &place, closed, found);
        }
    }
    for key in ["items", "additionalProperties", "not", "contains", "propertyNames"] {
        if let Some(inner) = object.get(key) {
            walk(inner, &format!("{at}/{key}"), closed, found);
        }
    }
    for key in ["anyOf", "oneOf", "allOf", "prefixItems"] {
        for (i, inner) in object.get(key).and_then(Value::as_array).into_iter().flatten().enumerate() {
            walk(inner, &format!("{at}/{key}/{i}"), closed, found);
        }
    }
}

fn check_property(
    object: &Map<String, Value>,
    name: &str,
    property: &Value,
    place: &str,
    closed: bool,
    found: &mut Vec<Problem>,
) {
    if closed && !is_camel_case(name) {
        let problem = Problem::new(Rule::PropertyName, place, format!("`{name}` is not camelCase"));
        found.push(problem.help(format!("call it `{}`", camel_case(name))));
    }
    // The meta-schema tells what is no schema.
    if !property.is_object() {
        return;
    }
    if !graph_type::is_known(object, name) {
        described(property, place, &format!("`{name}`"), found);
    }
    if has_no_title(property) {
        let help = "add `title`: its name for people, which forms and agents show";
        found.push(Problem::new(Rule::MissingTitle, place, format!("`{name}` has no title")).help(help));
    }
    if closed && lacks_example(property) {
        let message = format!("`{name}` takes free text and shows no example");
        let help = "add `examples`: a list with one realistic value; or say the form with `format`, `enum` or `const`";
        found.push(Problem::new(Rule::MissingExample, place, message).help(help));
    }
}

fn has_no_title(schema: &Value) -> bool {
    schema.get("title").and_then(Value::as_str).is_none_or(str::is_empty)
}

fn lacks_example(property: &Value) -> bool {
    let Some(object) = property.as_object() else { return false };
    // What OData takes here depends on the list; not every list takes it.
    if object.contains_key("x-odata") {
        return false;
    }
    let has = |schema: &Value| schema.get("examples").and_then(Value::as_array).is_some_and(|all| !all.is_empty());
    let items = object.get("items").filter(|items| items.as_object().is_some_and(takes_free_text));
    (takes_free_text(object) || items.is_some()) && !has(property) && !items.is_some_and(has)
}

fn takes_free_text(schema: &Map<String, Value>) -> bool {
    let is_string = |kind: &Value| kind.as_str() == Some("string");
    let takes_text = schema
        .get("type")
        .is_some_and(|kind| is_string(kind) || kind.as_array().is_some_and(|kinds| kinds.iter().any(is_string)));
    takes_text
        && !["enum", "const", "format", "x-secret", "x-file", "x-moment"].iter().any(|key| schema.contains_key(*key))
}

fn refuses_unknown(object: &Map<String, Value>) -> bool {
    ["additionalProperties", "unevaluatedProperties"]
        .iter()
        .any(|key| object.get(*key).is_some_and(|value| *value == Value::Bool(false) || value.is_object()))
}

fn described(schema: &Value, at: &str, name: &str, found: &mut Vec<Problem>) {
    let text = schema.get("description").and_then(Value::as_str).unwrap_or_default().trim();
    if text.is_empty() {
        let help = "add `description`: a sentence or two for the people and agents who fill in the value";
        found.push(Problem::new(Rule::MissingDescription, at, format!("{name} has no description")).help(help));
    } else if !text.ends_with(['.', '!', '?', '`', ')', ':']) {
        let message = format!("the description of {name} is not a sentence");
        let problem = Problem::new(Rule::DescriptionSentence, format!("{at}/description"), message);
        found.push(problem.help("write full sentences, and end the last one with a full stop"));
    }
}

fn is_camel_case(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase() || c == '@')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '@' || c == '.')
}

fn camel_case(name: &str) -> String {
    let mut words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut camel = String::new();
    if let Some(first) = words.next() {
        camel.push_str(&first[..1].to_ascii_lowercase());
        camel.push_str(&first[1..]);
    }
    for word in words {
        camel.push_str(&word[..1].to_ascii_uppercase());
        camel.push_str(&word[1..]);
    }
    camel
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_breach_is_found_at_its_place() {
        let schema = json!({
            "type": "object", "title": "T", "description": "A thing.",
            "properties": {
                "snake_case": { "title": "Snake", "type": "boolean", "description": "Bad name." },
                "bare": { "title": "Bare", "type": "boolean" },
                "fragment": { "title": "Fragment", "type": "string", "format": "date", "description": "no stop" },
                "untitled": { "type": "boolean", "description": "No title." },
                "formless": { "title": "Formless", "type": ["string", "null"], "description": "Any text." },
                "list": { "title": "List", "type": "array", "items": { "type": "string" }, "description": "Any texts." },
                "shown": { "title": "Shown", "type": "array", "items": { "type": "string", "examples": ["x"] }, "description": "Any texts." },
                "nested": { "title": "Nested", "type": "array", "description": "Open inside.", "items": { "type": "object", "properties": { "x": { "title": "X", "$ref": "#/x", "description": "A reference." } } } }
            },
            "additionalProperties": false
        });
        let found: Vec<(&str, String)> =
            input(&schema).into_iter().map(|problem| (problem.rule.id(), problem.pointer)).collect();
        assert_eq!(
            found,
            [
                ("dialect", "/$schema".to_owned()),
                ("property-name", "/properties/snake_case".to_owned()),
                ("missing-description", "/properties/bare".to_owned()),
                ("description-sentence", "/properties/fragment/description".to_owned()),
                ("missing-title", "/properties/untitled".to_owned()),
                ("missing-example", "/properties/formless".to_owned()),
                ("missing-example", "/properties/list".to_owned()),
                ("open-object", "/properties/nested/items".to_owned()),
                ("input-reference", "/properties/nested/items/properties/x/$ref".to_owned()),
                ("missing-example", "/examples".to_owned())
            ]
        );
    }

    #[test]
    fn names_become_camel_case() {
        for (name, camel) in [("snake_case", "snakeCase"), ("Kebab-case", "kebabCase"), ("_x", "x"), ("__", "")] {
            assert_eq!(camel_case(name), camel);
        }
    }
}
