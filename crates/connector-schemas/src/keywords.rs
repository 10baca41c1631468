//! Keywords of schemas: those of JSON Schema 2020-12, and Tenon's `x-` words.

use connector_sdk::nearest;
use serde_json::{Map, Value, json};

use crate::finding::Problem;
use crate::rule::Rule;
use crate::subschemas::subschemas;

/// Keywords of JSON Schema 2020-12, without those of the meta-schemas themselves.
const STANDARD: [&str; 57] = [
    "$anchor",
    "$comment",
    "$defs",
    "$dynamicAnchor",
    "$dynamicRef",
    "$id",
    "$ref",
    "$schema",
    "$vocabulary",
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "contains",
    "contentEncoding",
    "contentMediaType",
    "contentSchema",
    "default",
    "dependentRequired",
    "dependentSchemas",
    "deprecated",
    "description",
    "else",
    "enum",
    "examples",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "if",
    "items",
    "maxContains",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minContains",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "not",
    "oneOf",
    "pattern",
    "patternProperties",
    "prefixItems",
    "properties",
    "propertyNames",
    "readOnly",
    "required",
    "then",
    "title",
    "type",
    "unevaluatedItems",
    "unevaluatedProperties",
    "uniqueItems",
    "writeOnly",
];

/// Keywords of other dialects, with what takes their place.
const OTHER_DIALECTS: [(&str, &str); 9] = [
    ("definitions", "`$defs`"),
    ("id", "`$id`"),
    ("dependencies", "`dependentRequired` or `dependentSchemas`"),
    ("additionalItems", "`items` beside `prefixItems`"),
    ("nullable", "a list of types with \"null\" in it, such as `\"type\": [\"string\", \"null\"]`"),
    ("example", "`examples`, a list"),
    ("optional", "`required` of the object, which does not name the property"),
    ("divisibleBy", "`multipleOf`"),
    ("enumNames", "`x-enum-titles`"),
];

/// An `x-` word.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Word {
    /// Name.
    pub name: &'static str,
    /// Type of the value.
    pub value: WordValue,
    /// Meaning, in one or two sentences.
    pub meaning: &'static str,
}

/// Type of the value of an `x-` word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum WordValue {
    /// `true`; absent otherwise.
    True,
    /// The name of something.
    Name,
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// Names of properties.
    Properties,
    /// A list of texts.
    Texts,
    /// An object whose properties are values of `enum`, with texts.
    TextsByValue,
}

const fn word(name: &'static str, value: WordValue, meaning: &'static str) -> Word {
    Word { name, value, meaning }
}

/// Tenon's `x-` words, by name.
pub const WORDS: &[Word] = &[
    word(
        "x-advice",
        WordValue::Texts,
        "Keywords of this schema, such as `required`, that are advice to people and forms: the service takes a value that \
         breaks them, so a host does not refuse it.",
    ),
    word(
        "x-at-least-one",
        WordValue::Properties,
        "A member of `allOf`: at least one of these properties is given. The standard keywords beside it enforce that.",
    ),
    word(
        "x-at-most-one",
        WordValue::Properties,
        "A member of `allOf`: these properties exclude each other. The standard keywords beside it enforce that.",
    ),
    word(
        "x-bulk",
        WordValue::True,
        "On a property `items`: the action takes many inputs in one run. On an output: it is that of one input, or of many.",
    ),
    word(
        "x-dynamic-schema",
        WordValue::Name,
        "The dynamic schema of the same connector that says which properties this object takes.",
    ),
    word(
        "x-enum-descriptions",
        WordValue::TextsByValue,
        "The meaning of values of `enum`, where their names do not tell it.",
    ),
    word("x-enum-titles", WordValue::TextsByValue, "The names of values of `enum` for people."),
    word("x-file", WordValue::True, "The text is a file: the name under which it is attached to the run."),
    word(
        "x-graph-type",
        WordValue::Name,
        "The type of Microsoft Graph whose properties this object of an output has, all of them.",
    ),
    word(
        "x-graph-type-part",
        WordValue::Name,
        "The type of Microsoft Graph of which this object of an output has some properties and no others.",
    ),
    word(
        "x-known-values",
        WordValue::Texts,
        "The values that Microsoft Graph is known to return. Others may come, so it is no `enum`.",
    ),
    word("x-lookup-list", WordValue::Name, "The id of the SharePoint list whose items the value is an id of."),
    word("x-moment", WordValue::True, "The text is a time with or without an offset, or a day."),
    word(
        "x-needed-with",
        WordValue::Properties,
        "A member of `allOf`: the first property is required where one of the others is given. The standard keywords \
         beside it enforce that.",
    ),
    word(
        "x-odata",
        WordValue::OneOf(&["filter", "search", "orderby", "expand"]),
        "The text is the OData option of this name, in OData's own syntax.",
    ),
    word(
        "x-one-of",
        WordValue::Properties,
        "A member of `allOf`: exactly one of these properties is given. The standard keywords beside it enforce that.",
    ),
    word(
        "x-only-with",
        WordValue::Properties,
        "A member of `allOf`: the first property is given only together with one of the others. The standard keywords \
         beside it enforce that.",
    ),
    word("x-picklist", WordValue::Name, "The picklist of the same connector that lists the values to choose from."),
    word("x-secret", WordValue::True, "The value is secret: it is stored sealed, and neither shown nor logged."),
    word(
        "x-together",
        WordValue::Properties,
        "A member of `allOf`: all of these properties are given, or none. The standard keywords beside it enforce that.",
    ),
];

impl WordValue {
    fn schema(self) -> Value {
        match self {
            WordValue::True => json!({ "const": true }),
            WordValue::Name => json!({ "type": "string", "minLength": 1 }),
            WordValue::OneOf(values) => json!({ "type": "string", "enum": values }),
            WordValue::Properties => {
                json!({ "type": "array", "items": { "type": "string", "minLength": 1 }, "minItems": 1 })
            }
            WordValue::Texts => json!({ "type": "array", "items": { "type": "string" } }),
            WordValue::TextsByValue => json!({ "type": "object", "additionalProperties": { "type": "string" } }),
        }
    }

    /// Returns the type for people, such as `true` or "a list of texts".
    pub fn text(self) -> String {
        match self {
            WordValue::True => "`true`".to_owned(),
            WordValue::Name => "a name".to_owned(),
            WordValue::OneOf(values) => values.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(", "),
            WordValue::Properties => "names of properties".to_owned(),
            WordValue::Texts => "texts".to_owned(),
            WordValue::TextsByValue => "texts by value".to_owned(),
        }
    }
}

/// Returns the meta-schema of the schemas in descriptors: JSON Schema 2020-12 with the `x-` words.
pub fn meta_schema() -> Value {
    let words: Map<String, Value> = WORDS
        .iter()
        .map(|word| {
            let mut schema = word.value.schema();
            schema["description"] = word.meaning.into();
            (word.name.to_owned(), schema)
        })
        .collect();
    json!({
        "$schema": connector_sdk::schema::DIALECT,
        "$dynamicAnchor": "meta",
        "title": "Schemas in descriptors",
        "description": "JSON Schema 2020-12 with the words of Tenon, which begin with `x-`.",
        "allOf": [{ "$ref": connector_sdk::schema::DIALECT }],
        "properties": words,
    })
}

/// Returns each keyword of a schema that is neither standard nor one of Tenon's, and is likely to be a mistake.
///
/// Unknown words that begin with `x-` and resemble none of Tenon's belong to somebody else.
pub(crate) fn unknown(schema: &Value) -> Vec<Problem> {
    let mut found = Vec::new();
    walk(schema, "", &mut found);
    found
}

fn walk(schema: &Value, at: &str, found: &mut Vec<Problem>) {
    let Value::Object(object) = schema else { return };
    for keyword in object.keys() {
        if let Some(problem) = unknown_keyword(keyword, at) {
            found.push(problem);
        }
    }
    for (below, inner) in subschemas(schema) {
        walk(inner, &format!("{at}{below}"), found);
    }
}

fn unknown_keyword(keyword: &str, at: &str) -> Option<Problem> {
    if STANDARD.contains(&keyword) || WORDS.iter().any(|word| word.name == keyword) {
        return None;
    }
    let pointer = format!("{at}/{}", connector_sdk::schema::escape(keyword));
    let problem = Problem::new(Rule::UnknownKeyword, pointer, format!("`{keyword}` is not a keyword of JSON Schema"));
    if let Some((_, instead)) = OTHER_DIALECTS.iter().find(|(other, _)| *other == keyword) {
        return Some(problem.help(format!("JSON Schema 2020-12 has {instead} in its place")));
    }
    let candidates = STANDARD.into_iter().chain(WORDS.iter().map(|word| word.name));
    match nearest(keyword, candidates) {
        Some(candidate) => Some(problem.help(format!("did you mean `{candidate}`?"))),
        None if keyword.starts_with("x-") => None,
        None => Some(problem.help("remove it, or let its name begin with `x-` if a program of yours reads it")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(schema: &Value) -> Vec<(String, String)> {
        unknown(schema).into_iter().map(|problem| (problem.pointer, problem.help.unwrap_or_default())).collect()
    }

    #[test]
    fn misspelt_keywords_are_found_with_their_candidates() {
        let schema = json!({
            "properties": {
                "minLenght": { "minLenght": 1 },
                "b": { "items": { "Type": "string", "x-pick-list": "users", "x-mine": 1 } },
                "c": { "nullable": true, "colour": "red" }
            },
            "allOf": [{ "requierd": [] }],
            "examples": [{ "anything": 1 }]
        });
        let expected = [
            ("/properties/minLenght/minLenght", "did you mean `minLength`?"),
            ("/properties/b/items/Type", "did you mean `type`?"),
            ("/properties/b/items/x-pick-list", "did you mean `x-picklist`?"),
            ("/properties/c/nullable", "JSON Schema 2020-12 has a list of types"),
            ("/properties/c/colour", "remove it"),
            ("/allOf/0/requierd", "did you mean `required`?"),
        ];
        let found = found(&schema);
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for ((pointer, help), (expected, begins)) in found.iter().zip(expected) {
            assert_eq!(pointer, expected);
            assert!(help.starts_with(begins), "{help}");
        }
    }

    #[test]
    fn words_are_sorted_and_explained() {
        assert!(WORDS.is_sorted_by_key(|word| word.name));
        for word in WORDS {
            assert!(word.name.starts_with("x-") && word.meaning.ends_with('.'), "{word:?}");
        }
    }

    #[test]
    fn the_meta_schema_holds_at_every_depth() {
        let validator = jsonschema::draft202012::new(&meta_schema()).unwrap();
        let schema = json!({ "properties": { "a": { "items": { "x-secret": "yes", "minimum": "1" } } } });
        let places: Vec<String> =
            validator.iter_errors(&schema).map(|error| error.instance_path().to_string()).collect();
        assert!(places.contains(&"/properties/a/items/x-secret".to_owned()), "{places:?}");
        assert!(places.contains(&"/properties/a/items/minimum".to_owned()), "{places:?}");
        assert!(validator.is_valid(&meta_schema()));
    }
}
