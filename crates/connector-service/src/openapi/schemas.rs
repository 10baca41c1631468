//! The schemas that operations share, and those that schemas define for themselves.

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::{answers, rust_types};
use crate::route::{SchemaOf, schema_of};

/// Place of the shared schemas.
pub(super) const PLACE: &str = "#/components/schemas/";

/// Place of the schemas of what routes take, until it is known which of them are the same as of what routes give.
pub(super) const INPUTS: &str = "#/components/inputs/";

/// The shared schemas of a description.
pub(crate) struct Schemas {
    all: Map<String, Value>,
    inputs: SchemaGenerator,
    outputs: SchemaGenerator,
}

impl Schemas {
    /// Creates the schemas that every description has.
    pub(crate) fn new() -> Schemas {
        let settings = |place: &str| {
            let place = place.trim_start_matches('#').trim_end_matches('/').to_owned();
            SchemaSettings::draft2020_12().with(|settings| {
                settings.definitions_path = place.into();
                settings.meta_schema = None;
            })
        };
        let mut schemas = Schemas {
            all: Map::new(),
            inputs: settings(INPUTS).for_deserialize().into_generator(),
            outputs: settings(PLACE).for_serialize().into_generator(),
        };
        schemas.output(schema_of::<answers::ErrorMembers>);
        schemas.output(schema_of::<connector_runtime::Previewed>);
        schemas.output(schema_of::<connector_runtime::Approval>);
        schemas
    }

    /// Returns the schema of what a route takes.
    pub(crate) fn input(&mut self, schema: SchemaOf) -> Value {
        let mut schema = schema(&mut self.inputs).to_value();
        rust_types::clean(&mut schema);
        schema
    }

    /// Returns the schema of what a route gives.
    pub(crate) fn output(&mut self, schema: SchemaOf) -> Value {
        let mut schema = schema(&mut self.outputs).to_value();
        rust_types::clean(&mut schema);
        schema
    }

    /// Adds what the schemas of the routes refer to, once all of them are there. Returns the names under which what they
    /// take has its place.
    pub(crate) fn settle(&mut self) -> Vec<(String, String)> {
        let clean = |definitions: Map<String, Value>| {
            let clean = |(name, mut definition): (String, Value)| {
                rust_types::clean(&mut definition);
                (name, definition)
            };
            definitions.into_iter().map(clean).collect::<Map<String, Value>>()
        };
        self.all = clean(self.outputs.take_definitions(true));
        self.all.insert("Problem".into(), answers::problem());
        let inputs = clean(self.inputs.take_definitions(true));
        let names = rust_types::names(&inputs, &self.all);
        for (name, mut definition) in inputs {
            let Some((_, shared)) = names.iter().find(|(own, _)| *own == name) else { continue };
            refer(&mut definition, INPUTS, &names);
            self.all.entry(shared.clone()).or_insert(definition);
        }
        names
    }

    /// Takes a whole schema: what it defines for itself gets a place among the shared ones, because `#` is the root of
    /// the description here. Two definitions that are equal have one place.
    pub(crate) fn take(&mut self, mut schema: Value, owner: &str) -> Value {
        let Value::Object(members) = &mut schema else { return schema };
        members.remove("$schema");
        let definitions = match members.remove("$defs") {
            Some(Value::Object(definitions)) => definitions,
            _ => Map::new(),
        };
        let names: Vec<(String, String)> =
            definitions.keys().map(|name| (name.clone(), self.name(name, &definitions[name], owner))).collect();
        for (name, mut definition) in definitions {
            let Some((_, shared)) = names.iter().find(|(own, _)| *own == name) else { continue };
            let shared = shared.clone();
            refer(&mut definition, "#/$defs/", &names);
            self.all.entry(shared).or_insert(definition);
        }
        refer(&mut schema, "#/$defs/", &names);
        self.share_parts(&mut schema, owner);
        schema
    }

    // A schema may refer to a part of itself, such as to what each item of many gives.
    fn share_parts(&mut self, schema: &mut Value, owner: &str) {
        let mut pointers = Vec::new();
        own_pointers(schema, &mut pointers);
        for pointer in pointers {
            let name = format!("{owner}{}", pointer.replace("/anyOf/0", "/output").replace('/', "."));
            let Some(part) = schema.pointer_mut(&pointer) else { continue };
            let part = std::mem::replace(part, reference(&name));
            self.all.insert(name.clone(), part);
            refer(schema, "#", &[(pointer, name)]);
        }
    }

    // The own name where nobody else has it for something else.
    fn name(&self, name: &str, definition: &Value, owner: &str) -> String {
        let own: String =
            name.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' }).collect();
        // Compared as they are written: those that refer to others are not shared.
        match self.all.get(&own) {
            None if !refers(definition) => own,
            Some(known) if known == definition => own,
            _ => format!("{owner}.{own}"),
        }
    }

    /// Returns all of them.
    pub(crate) fn into_map(self) -> Map<String, Value> {
        self.all
    }
}

fn refers(schema: &Value) -> bool {
    match schema {
        Value::Object(members) => members.contains_key("$ref") || members.values().any(refers),
        Value::Array(items) => items.iter().any(refers),
        _ => false,
    }
}

// The pointers of references that do not lead to the shared schemas, each once.
fn own_pointers(schema: &Value, found: &mut Vec<String>) {
    match schema {
        Value::Object(members) => {
            for (name, value) in members {
                match value.as_str().filter(|_| name == "$ref").and_then(|target| target.strip_prefix('#')) {
                    Some(pointer) if !pointer.starts_with("/components/") => {
                        if !found.iter().any(|known| known == pointer) {
                            found.push(pointer.to_owned());
                        }
                    }
                    _ => own_pointers(value, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| own_pointers(item, found)),
        _ => {}
    }
}

/// Replaces references to a place by those to the shared schemas, under their names there.
pub(super) fn refer(schema: &mut Value, place: &str, names: &[(String, String)]) {
    match schema {
        Value::Object(members) => {
            for (name, value) in members.iter_mut() {
                match value {
                    Value::String(target) if name == "$ref" => {
                        let own = target.strip_prefix(place).unwrap_or_default();
                        if let Some((_, shared)) = names.iter().find(|(name, _)| name == own) {
                            *target = format!("{PLACE}{shared}");
                        }
                    }
                    other => refer(other, place, names),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| refer(item, place, names)),
        _ => {}
    }
}

/// Returns a reference to a shared schema.
pub(crate) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("{PLACE}{name}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_schema_defines_is_shared_where_it_is_equal() {
        let schema = |kind: &str| {
            json!({
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "$defs": { "Time": { "type": kind }, "Pair": { "items": { "$ref": "#/$defs/Time" } } },
                "properties": { "at": { "$ref": "#/$defs/Time" }, "both": { "$ref": "#/$defs/Pair" } },
            })
        };
        let mut schemas = Schemas::new();
        schemas.settle();
        let first = schemas.take(schema("string"), "a");
        assert_eq!(first["properties"]["at"], reference("Time"));
        assert_eq!(first["properties"]["both"], reference("a.Pair"));
        let second = schemas.take(schema("string"), "b");
        assert_eq!(second["properties"]["at"], reference("Time"));
        let third = schemas.take(schema("number"), "c");
        assert_eq!(third["properties"]["at"], reference("c.Time"));
        assert!(first.get("$defs").is_none() && first.get("$schema").is_none());
        let all = schemas.into_map();
        assert_eq!(all["a.Pair"]["items"], reference("Time"));
        assert_eq!(all["c.Pair"]["items"], reference("c.Time"));
    }

    #[test]
    fn what_a_schema_says_of_a_part_of_itself_is_shared() {
        let mut schemas = Schemas::new();
        schemas.settle();
        let one = json!({ "type": "object", "properties": { "id": { "type": "string" } } });
        let many = json!({ "type": "array", "items": { "$ref": "#/anyOf/0" } });
        let taken = schemas.take(json!({ "anyOf": [one, many] }), "graph.upload_file");
        let shared = reference("graph.upload_file.output");
        assert_eq!(taken, json!({ "anyOf": [shared, { "type": "array", "items": shared }] }));
        assert_eq!(schemas.into_map()["graph.upload_file.output"], one);
    }

    #[test]
    fn what_is_taken_and_given_alike_has_one_schema() {
        let mut schemas = Schemas::new();
        let taken = schemas.input(schema_of::<connector_runtime::Grant>);
        assert_eq!(taken, json!({ "$ref": "#/components/inputs/Grant" }));
        schemas.output(schema_of::<connector_runtime::Grant>);
        let names = schemas.settle();
        let name = |own: &str| names.iter().find(|(name, _)| name == own).map(|(_, shared)| shared.as_str());
        // What is given has every member; what is taken may leave them out.
        assert_eq!(
            (name("Grant"), name("Rules"), name("Rule")),
            (Some("GrantInput"), Some("RulesInput"), Some("Rule"))
        );
        let all = schemas.into_map();
        assert!(all["Grant"]["required"].is_array() && all["GrantInput"].get("required").is_none());
        assert_eq!(all["GrantInput"]["properties"]["rules"]["$ref"], "#/components/schemas/RulesInput");
        assert!(!serde_json::to_string(&all).unwrap().contains("/inputs/"));
    }
}
