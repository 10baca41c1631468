//! The schemas that operations share, and those that schemas define for themselves.

use serde_json::{Map, Value, json};

/// Place of the shared schemas.
const PLACE: &str = "#/components/schemas/";

/// The shared schemas of a description.
pub(crate) struct Schemas(Map<String, Value>);

impl Schemas {
    /// Creates the schemas that every description has.
    pub(crate) fn new() -> Schemas {
        let mut schemas = Map::new();
        schemas.insert("Problem".into(), problem());
        Schemas(schemas)
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
            refer(&mut definition, &names);
            self.0.entry(shared).or_insert(definition);
        }
        refer(&mut schema, &names);
        schema
    }

    // The own name where nobody else has it for something else.
    fn name(&self, name: &str, definition: &Value, owner: &str) -> String {
        let own: String =
            name.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' }).collect();
        // Compared as they are written: those that refer to others are not shared.
        match self.0.get(&own) {
            None if !refers(definition) => own,
            Some(known) if known == definition => own,
            _ => format!("{owner}.{own}"),
        }
    }

    /// Returns all of them.
    pub(crate) fn into_map(self) -> Map<String, Value> {
        self.0
    }
}

fn refers(schema: &Value) -> bool {
    match schema {
        Value::Object(members) => members.contains_key("$ref") || members.values().any(refers),
        Value::Array(items) => items.iter().any(refers),
        _ => false,
    }
}

fn refer(schema: &mut Value, names: &[(String, String)]) {
    match schema {
        Value::Object(members) => {
            for (name, value) in members.iter_mut() {
                match value {
                    Value::String(target) if name == "$ref" => {
                        let own = target.strip_prefix("#/$defs/").unwrap_or_default();
                        if let Some((_, shared)) = names.iter().find(|(name, _)| name == own) {
                            *target = format!("{PLACE}{shared}");
                        }
                    }
                    other => refer(other, names),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| refer(item, names)),
        _ => {}
    }
}

/// Returns a reference to a shared schema.
pub(crate) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("{PLACE}{name}") })
}

fn problem() -> Value {
    json!({
        "type": "object",
        "title": "Problem",
        "description": "An error: problem details (RFC 9457) with the members of every error of the host.",
        "required": ["type", "title", "status", "detail", "code", "hint", "whoActs", "retryable"],
        "properties": {
            "type": { "type": "string", "format": "uri-reference", "description": "Address of the code's description." },
            "title": { "type": "string", "description": "Name of the code in words." },
            "status": { "type": "integer", "description": "HTTP status." },
            "detail": { "type": "string", "description": "What is wrong, in a sentence." },
            "instance": { "type": "string", "format": "uri", "description": "Id of the request." },
            "code": { "type": "string", "description": "Stable code, such as `invalid_input`." },
            "reason": { "type": "string", "description": "Stable reason below the code." },
            "hint": { "type": "string", "description": "What to do." },
            "whoActs": { "type": "string", "description": "Who can put it right: caller, user, administrator, operator, nobody, author." },
            "retryable": { "type": "boolean", "description": "Whether the same call may succeed later." },
            "retryAfterSeconds": { "type": "number", "description": "Time before which it does not." },
            "issues": {
                "type": "array",
                "description": "Every violation of the input.",
                "items": {
                    "type": "object",
                    "required": ["pointer", "message"],
                    "properties": { "pointer": { "type": "string" }, "message": { "type": "string" } },
                },
            },
            "carriedOut": { "type": "array", "description": "What was carried out before it failed.", "items": { "type": "object" } },
            "upstream": { "type": "object", "description": "What Graph or the sign-in service said." },
            "preview": { "type": "object", "description": "Requests that would be sent, where a confirmation is missing." },
            "confirm": { "type": "string", "description": "Confirmation with which the same call runs once." },
            "approval": { "type": "object", "description": "Approval that the run waits for." },
        },
    })
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
}
