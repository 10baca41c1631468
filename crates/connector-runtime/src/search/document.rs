//! What the index knows of an action.

use std::collections::BTreeMap;

use connector_sdk::{AnyAction, Effect};
use serde_json::{Map, Value};

use super::synonyms::Synonyms;
use super::words::spaced;

/// Weights of the places in which a word stands.
const NAME: f32 = 3.0;
const TITLE: f32 = 1.0;
const SUMMARY: f32 = 1.0;
const REMARKS: f32 = 0.3;
const CONNECTOR: f32 = 0.5;
const PROPERTY: f32 = 0.3;

/// Levels of properties that are read below the first.
const LEVELS: usize = 2;

/// Properties that say how a request is made, and nothing of what it is about.
const TECHNICAL: &[&str] = &[
    "additionalFields",
    "clearEmptyFields",
    "fetchAll",
    "immutableIds",
    "items",
    "limit",
    "pageToken",
    "query",
    "select",
    "stopOnError",
];

/// An action, as the index knows it.
pub(super) struct Document {
    pub(super) id: String,
    /// Name of the type. It is the same for an action that several connectors offer.
    pub(super) source: &'static str,
    /// First sentence of the description.
    pub(super) summary: String,
    pub(super) effect: Effect,
    /// Effects that some input may have.
    pub(super) effects: Vec<Effect>,
    pub(super) required: Vec<String>,
    /// Sum of the weights of its words.
    pub(super) length: f32,
    /// Number of different words of its name.
    pub(super) name_length: usize,
}

/// Word of an action.
#[derive(Default, Clone, Copy)]
pub(super) struct Occurrence {
    /// Sum of the weights of the places in which it stands.
    pub(super) weight: f32,
    /// Whether it stands in the name, the title or the description.
    pub(super) is_in_text: bool,
    /// Bit of its place in the name; 0 if it does not stand there.
    pub(super) name_bit: u32,
}

impl Document {
    /// Reads an action. Returns it with its words.
    pub(super) fn new(
        connector: &str,
        action: &dyn AnyAction,
        synonyms: &Synonyms,
    ) -> (Document, BTreeMap<String, Occurrence>) {
        let spec = action.spec();
        let schema = action.input_schema();
        let description = schema.get("description").and_then(Value::as_str).unwrap_or(spec.title);
        let (summary, remarks) = split_summary(description);
        // In an order, so that sums of weights are the same in every process.
        let mut words: BTreeMap<String, Occurrence> = BTreeMap::new();
        let name = synonyms.content(&spec.name.replace('_', " "));
        for (place, word) in name.iter().enumerate() {
            words.entry(word.clone()).or_default().name_bit = 1 << place.min(31);
        }
        let mut add = |text: &str, weight: f32, is_in_text: bool| {
            for word in synonyms.content(text) {
                let occurrence = words.entry(word).or_default();
                occurrence.weight += weight;
                occurrence.is_in_text |= is_in_text;
            }
        };
        add(&spec.name.replace('_', " "), NAME, true);
        add(spec.title, TITLE, true);
        add(summary, SUMMARY, true);
        add(remarks, REMARKS, true);
        add(&connector.replace('_', " "), CONNECTOR, false);
        let mut properties = String::new();
        collect_properties(&schema, 0, &mut properties);
        add(&properties, PROPERTY, false);
        let document = Document {
            id: format!("{connector}.{}", spec.name),
            source: action.source(),
            summary: summary.to_owned(),
            effect: spec.effect,
            effects: effects(action, &schema),
            required: required(&schema),
            length: words.values().map(|occurrence| occurrence.weight).sum(),
            name_length: name.len(),
        };
        (document, words)
    }
}

/// Returns every effect that a run may have: what cannot be judged counts as everything that the action may do, and one
/// choice, such as a method, may make it less.
fn effects(action: &dyn AnyAction, schema: &Value) -> Vec<Effect> {
    let mut all = action.effects(&Value::Null);
    let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    for (name, property) in properties {
        for choice in property.get("enum").and_then(Value::as_array).into_iter().flatten() {
            let input = Map::from_iter([(name.clone(), choice.clone())]);
            all.extend(action.effects(&Value::Object(input)));
        }
    }
    all.sort_unstable();
    all.dedup();
    all
}

/// Returns the first sentence of a description, and the rest.
fn split_summary(description: &str) -> (&str, &str) {
    let end = description.match_indices(['.', ':', ';']).find_map(|(at, _)| {
        let end = at + 1;
        description[end..].chars().next().is_none_or(char::is_whitespace).then_some(end)
    });
    description.split_at(end.unwrap_or(description.len()))
}

/// Adds the names of properties, and of the values that they may have.
fn collect_properties(schema: &Value, level: usize, texts: &mut String) {
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return };
    for (name, property) in properties.iter().filter(|(name, _)| !TECHNICAL.contains(&name.as_str())) {
        let choices = property.get("enum").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        for text in std::iter::once(name.as_str()).chain(choices) {
            texts.push_str(&spaced(text));
            texts.push(' ');
        }
        if level < LEVELS {
            collect_properties(property, level + 1, texts);
            collect_properties(property.get("items").unwrap_or(&Value::Null), level + 1, texts);
        }
    }
}

/// Returns the properties that an input must have. An input of many is not meant.
fn required(schema: &Value) -> Vec<String> {
    let of = |schema: &Value| {
        let names = schema.get("required").and_then(Value::as_array).into_iter().flatten();
        names.filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>()
    };
    let no_properties = Value::Object(Map::new());
    let one = schema.get("else").unwrap_or(&no_properties);
    let mut required = of(schema);
    required.extend(of(one));
    required
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_summary_is_the_first_sentence() {
        assert_eq!(split_summary("Write a .xlsx file. It is kept."), ("Write a .xlsx file.", " It is kept."));
        assert_eq!(split_summary("Write"), ("Write", ""));
    }

    #[test]
    fn what_one_input_needs_is_required() {
        let schema = json!({ "if": { "required": ["items"] }, "else": { "required": ["id"] }, "required": ["user"] });
        assert_eq!(required(&schema), ["user", "id"]);
    }

    #[test]
    fn properties_are_read_to_a_depth() {
        let schema = json!({ "properties": {
            "limit": {},
            "toRecipients": { "items": { "properties": { "address": { "enum": ["someValue", null] } } } },
        } });
        let mut texts = String::new();
        collect_properties(&schema, 0, &mut texts);
        assert_eq!(texts, "to Recipients address some Value ");
    }
}
