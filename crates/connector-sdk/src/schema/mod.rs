//! JSON Schemas of types.

use schemars::JsonSchema;
use schemars::generate::{Contract, SchemaSettings};
use serde_json::{Map, Value};

mod examples;
pub mod rules;
mod titles;

pub(crate) use titles::words as title;

/// Dialect of all schemas.
pub const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// Keyword of a type with a sentence about the forms of its values. The sentence is appended to the description of each
/// property of that type; no finished schema has the keyword.
pub const FORMS: &str = "x-forms";

/// Returns the schema of an input type.
pub fn input<T: JsonSchema>(title: &str) -> Value {
    input_of(generated::<T>, title)
}

fn input_of(generate: Generate, title: &str) -> Value {
    let mut schema = of(generate, Contract::Deserialize, title);
    examples::add(&mut schema);
    schema
}

/// Returns the schema of an input type, with examples of what depends on the kind of thing that its output is.
pub(crate) fn input_for<T: JsonSchema, Output: JsonSchema>(title: &str) -> Value {
    let mut schema = input_of(generated::<T>, title);
    examples::resources::add(&mut schema, generated::<Output>);
    schema
}

/// Returns the schema of an output type.
///
/// What may be null may also be absent: Graph leaves out what it was not asked for, and an output is what
/// Graph sent.
pub fn output<T: JsonSchema>(title: &str) -> Value {
    output_of(generated::<T>, title)
}

fn output_of(generate: Generate, title: &str) -> Value {
    let mut schema = of(generate, Contract::Serialize, title);
    require_less(&mut schema);
    schema
}

fn require_less(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            object.values_mut().for_each(require_less);
            let Some(Value::Object(properties)) = object.get("properties") else { return };
            let nullable: Vec<String> =
                properties.iter().filter(|(_, property)| admits_null(property)).map(|(name, _)| name.clone()).collect();
            if let Some(Value::Array(required)) = object.get_mut("required") {
                required.retain(|name| name.as_str().is_none_or(|name| !nullable.iter().any(|known| known == name)));
                if required.is_empty() {
                    object.shift_remove("required");
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(require_less),
        _ => {}
    }
}

fn admits_null(schema: &Value) -> bool {
    let is_null = |kind: &Value| kind.as_str() == Some("null");
    let of_kind = schema
        .get("type")
        .is_some_and(|kind| is_null(kind) || kind.as_array().is_some_and(|kinds| kinds.iter().any(is_null)));
    let choices = ["anyOf", "oneOf"].iter().filter_map(|key| schema.get(*key)?.as_array()).flatten();
    of_kind || choices.into_iter().any(admits_null)
}

/// The generator of a type's schema. What is done with the schema is the same for all types, and is compiled once.
type Generate = fn(SchemaSettings) -> Value;

fn generated<T: JsonSchema>(settings: SchemaSettings) -> Value {
    settings.into_generator().into_root_schema_for::<T>().into()
}

fn of(generate: Generate, contract: Contract, title: &str) -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.inline_subschemas = true;
        settings.contract = contract;
    });
    let mut schema = generate(settings);
    if let Value::Object(root) = &mut schema {
        root.insert("title".into(), title.into());
    }
    tidy(&mut schema);
    titles::add(&mut schema);
    schema
}

// What the generator writes and a reader has no use for: names of number formats that are Rust's, line
// breaks that come from the width of a source file, choices that are spread over many subschemas.
fn tidy(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            object.values_mut().for_each(tidy);
            constants_to_enum(object);
            absorb_null(object);
            describe_tags(object);
            close_plainly(object);
            tell_forms(object);
            rules::spare_null(object);
            if let Some(Value::String(format)) = object.get("format")
                && ["uint", "uint8", "uint16", "uint32", "uint64", "int32", "int64", "double", "float"]
                    .contains(&format.as_str())
            {
                object.shift_remove("format");
            }
            if let Some(Value::String(text)) = object.get_mut("description") {
                *text =
                    text.split("\n\n").map(|paragraph| paragraph.replace('\n', " ")).collect::<Vec<_>>().join("\n\n");
            }
        }
        Value::Array(items) => items.iter_mut().for_each(tidy),
        _ => {}
    }
}

// The property that tells the variants of a choice apart has no comment in the source.
fn describe_tags(object: &mut Map<String, Value>) {
    let Some(Value::Object(properties)) = object.get_mut("properties") else { return };
    for property in properties.values_mut().filter_map(Value::as_object_mut) {
        if let Some(value) = property.get("const").and_then(Value::as_str).map(str::to_owned) {
            property
                .entry("description")
                .or_insert_with(|| format!("Always `{value}`: it selects this variant.").into());
        }
    }
}

// How a value is written belongs to its type, and has to be read where a property has a sentence of its own.
fn tell_forms(object: &mut Map<String, Value>) {
    let Some(Value::String(forms)) = object.shift_remove(FORMS) else { return };
    let text = object.get("description").and_then(Value::as_str).unwrap_or_default();
    if !text.contains(&forms) {
        let told = if text.is_empty() { forms } else { format!("{text} {forms}") };
        object.insert("description".into(), told.into());
    }
}

// Rules name properties that stand beside them, so what is unknown is told by the nearer and cheaper word.
fn close_plainly(object: &mut Map<String, Value>) {
    let only_rules = ["anyOf", "oneOf", "if", "not", "dependentSchemas"].iter().all(|key| !object.contains_key(*key))
        && object.get("allOf").and_then(Value::as_array).into_iter().flatten().all(rules::is_rule);
    if only_rules && let Some(value) = object.shift_remove("unevaluatedProperties") {
        object.insert("additionalProperties".into(), value);
    }
}

// `oneOf` of described constants becomes `enum`; what the constants mean is kept beside it.
fn constants_to_enum(object: &mut Map<String, Value>) {
    let Some(Value::Array(choices)) = object.get("oneOf") else { return };
    let constant = |choice: &Value| {
        choice
            .get("type")
            .and_then(Value::as_str)
            .filter(|kind| *kind == "string")
            .and_then(|_| choice.get("const").cloned())
    };
    let Some(values) = choices.iter().map(constant).collect::<Option<Vec<Value>>>() else { return };
    // "Low." says nothing about `low`.
    let telling = |(value, choice): (&Value, &Value)| {
        let text = choice.get("description").and_then(Value::as_str)?;
        let name = value.as_str()?;
        let bare = |text: &str| text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect::<String>();
        (bare(text) != bare(name)).then(|| (name.to_owned(), Value::from(text)))
    };
    let meanings: Map<String, Value> = values.iter().zip(choices).filter_map(telling).collect();
    object.shift_remove("oneOf");
    object.insert("type".into(), "string".into());
    object.insert("enum".into(), values.into());
    if !meanings.is_empty() {
        object.insert("x-enum-descriptions".into(), meanings.into());
    }
}

// "One of these, or null" becomes one enum with null in it.
fn absorb_null(object: &mut Map<String, Value>) {
    let Some(Value::Array(choices)) = object.get("anyOf") else { return };
    let [Value::Object(choice), null] = choices.as_slice() else { return };
    if null.get("type").and_then(Value::as_str) != Some("null") || !choice.contains_key("enum") {
        return;
    }
    let mut choice = choice.clone();
    choice.insert("type".into(), serde_json::json!(["string", "null"]));
    if let Some(Value::Array(values)) = choice.get_mut("enum") {
        values.push(Value::Null);
    }
    object.shift_remove("anyOf");
    for (key, value) in choice {
        // The property's own description is nearer than its type's.
        object.entry(key).or_insert(value);
    }
}

/// Escapes a property name as a part of a JSON Pointer (RFC 6901).
pub fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn choices_are_one_enum() {
        #[derive(serde::Deserialize, JsonSchema)]
        #[serde(rename_all = "lowercase")]
        #[allow(dead_code)]
        #[schemars(inline)]
        enum Size {
            /// Small.
            Small,
            /// Twice as large as small.
            Large,
        }
        #[derive(serde::Deserialize, JsonSchema)]
        #[allow(dead_code)]
        struct Input {
            /// The size.
            size: Size,
            /// The size of the box.
            other: Option<Size>,
        }
        let schema = input::<Input>("T");
        let meanings = json!({ "large": "Twice as large as small." });
        assert_eq!(
            schema["properties"]["size"],
            json!({ "title": "Size", "description": "The size.", "type": "string", "enum": ["small", "large"], "x-enum-descriptions": meanings })
        );
        assert_eq!(
            schema["properties"]["other"],
            json!({ "title": "Other", "description": "The size of the box.", "type": ["string", "null"], "enum": ["small", "large", null], "x-enum-descriptions": meanings })
        );
    }

    #[test]
    fn the_forms_of_a_type_follow_each_description() {
        #[derive(serde::Deserialize, JsonSchema)]
        #[allow(dead_code)]
        #[schemars(inline, extend("x-forms" = "Its id, or `me`."))]
        struct Id(String);
        #[derive(serde::Deserialize, JsonSchema)]
        #[allow(dead_code)]
        struct Input {
            /// Where it is.
            place: Option<Id>,
            /// Where
            /// they are.
            places: Vec<Id>,
        }
        let schema = input::<Input>("T");
        assert_eq!(schema["properties"]["place"]["description"], "Where it is. Its id, or `me`.");
        assert_eq!(schema["properties"]["places"]["items"]["description"], "Its id, or `me`.");
        assert!(!schema.to_string().contains(FORMS));
    }

    #[test]
    fn what_may_be_null_may_be_absent() {
        #[derive(serde::Serialize, JsonSchema)]
        struct Output {
            /// The id.
            id: String,
            /// The name.
            name: Option<String>,
        }
        let schema = output::<Vec<Output>>("T");
        assert_eq!(schema["items"]["required"], json!(["id"]));
    }
}
