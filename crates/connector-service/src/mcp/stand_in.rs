//! Search and portable schemas, simple ones.

use connector_runtime::{AuthorizedHost, Effect, Result, Rule};
use serde::Serialize;
use serde_json::Value;

/// An action that was found.
#[derive(Debug, Serialize)]
pub(super) struct FoundAction {
    id: String,
    description: String,
    effect: Effect,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    required: Vec<String>,
    rule: Rule,
}

/// Returns the actions whose ids, titles and descriptions have most of the words.
pub(super) fn find_actions(
    host: &AuthorizedHost,
    query: &str,
    connector: Option<&str>,
    limit: usize,
) -> Result<Vec<FoundAction>> {
    let connector = connector.map(|name| host.connector(name)).transpose()?.map(|connector| connector.name);
    let query = query.to_lowercase();
    let words: Vec<&str> = query.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 1).collect();
    let mut found = Vec::new();
    for (id, action) in host.actions() {
        if connector.is_some_and(|connector| id.split('.').next() != Some(connector)) {
            continue;
        }
        let schema = action.input_schema();
        let description = schema["description"].as_str().unwrap_or(action.spec().title).to_lowercase();
        let name = format!("{id} {}", action.spec().title.to_lowercase());
        let stem = |word: &str| word.strip_suffix('s').unwrap_or(word).to_owned();
        let score: usize = words
            .iter()
            .map(|word| 3 * usize::from(name.contains(&stem(word))) + usize::from(description.contains(&stem(word))))
            .sum();
        if score > 0 {
            let length = id.len();
            found.push((score, length, id, schema, action.spec().effect));
        }
    }
    found.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
    found.truncate(limit);
    let made = found.into_iter().map(|(_, _, id, schema, effect)| {
        let rule = host.rule(&id)?;
        let description = schema["description"].as_str().unwrap_or_default();
        let description = description.split_inclusive(". ").next().unwrap_or_default().trim().to_owned();
        let required = schema["required"].as_array().into_iter().flatten();
        let required = required.filter_map(|name| Some(name.as_str()?.to_owned())).collect();
        Ok(FoundAction { id, description, effect, required, rule })
    });
    made.collect()
}

/// A schema for every client, with what it cannot say.
pub(super) struct Portable {
    pub(super) schema: Value,
    pub(super) notes: Vec<String>,
}

/// Returns the schema without the parts that only this project reads.
pub(super) fn portable(schema: &Value) -> Portable {
    fn clean(schema: &Value) -> Value {
        match schema {
            Value::Object(members) => members
                .iter()
                .filter(|(name, _)| !name.starts_with("x-") && !matches!(name.as_str(), "$schema" | "examples"))
                .map(|(name, value)| (name.clone(), clean(value)))
                .collect(),
            Value::Array(all) => all.iter().map(clean).collect(),
            other => other.clone(),
        }
    }
    let mut schema = clean(schema);
    let mut notes = Vec::new();
    if let Some(root) = schema.as_object_mut() {
        for name in ["allOf", "anyOf", "oneOf", "if", "then", "else", "dependentRequired", "not"] {
            if root.remove(name).is_some() {
                notes.push("Some of the properties depend on others; an error says which.".to_owned());
            }
        }
    }
    notes.dedup();
    Portable { schema, notes }
}
