//! Look-up of one place of an input in its schema.

use serde_json::Value;

/// A place in a schema; unknown where the schema says nothing.
#[derive(Clone, Copy)]
pub(crate) struct SchemaNode<'a>(Option<&'a Value>);

impl<'a> SchemaNode<'a> {
    /// Returns the place of the whole input.
    pub(crate) fn root(schema: &'a Value) -> SchemaNode<'a> {
        SchemaNode(Some(schema))
    }
    /// Returns the place of the property of this name.
    pub(crate) fn property(self, name: &str) -> SchemaNode<'a> {
        let branches = self.branches();
        let named = branches.iter().find_map(|branch| branch.get("properties")?.get(name));
        SchemaNode(named.or_else(|| {
            branches.iter().find_map(|branch| branch.get("additionalProperties").filter(|any| any.is_object()))
        }))
    }
    /// Returns the place of any element of the array.
    pub(crate) fn element(self) -> SchemaNode<'a> {
        SchemaNode(self.branches().iter().find_map(|branch| branch.get("items")))
    }
    /// Returns whether a value of this type is accepted: `string`, `array` and so on.
    pub(crate) fn is(self, kind: &str) -> bool {
        self.branches().iter().any(|branch| match branch.get("type") {
            Some(Value::String(one)) => one == kind,
            Some(Value::Array(many)) => many.iter().any(|one| one == kind),
            _ => kind == "string" && options(branch).any(Value::is_string),
        })
    }
    /// Returns whether it is a file.
    pub(crate) fn is_file(self) -> bool {
        self.marked("x-file")
    }
    /// Returns whether it is a secret.
    pub(crate) fn is_secret(self) -> bool {
        self.marked("x-secret")
    }
    /// Returns whether the schema says anything about types here.
    pub(crate) fn is_typed(self) -> bool {
        ["string", "array", "object", "boolean", "integer", "number"].iter().any(|kind| self.is(kind))
    }

    fn marked(self, mark: &str) -> bool {
        self.branches().iter().any(|branch| branch.get(mark) == Some(&Value::Bool(true)))
    }

    // The schema itself and what it is composed of: an optional object is "this, or null".
    fn branches(self) -> Vec<&'a Value> {
        fn collect<'a>(schema: &'a Value, into: &mut Vec<&'a Value>) {
            into.push(schema);
            for key in ["anyOf", "oneOf", "allOf"] {
                schema.get(key).and_then(Value::as_array).into_iter().flatten().for_each(|inner| collect(inner, into));
            }
        }
        let mut branches = Vec::new();
        if let Some(schema) = self.0 {
            collect(schema, &mut branches);
        }
        branches
    }
}

fn options(schema: &Value) -> impl Iterator<Item = &Value> {
    schema.get("enum").and_then(Value::as_array).into_iter().flatten().chain(schema.get("const"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn optional_and_composed_places_are_found() {
        let schema = json!({
            "type": "object",
            "properties": {
                "limit": { "type": ["integer", "null"] },
                "query": { "anyOf": [{ "type": "object", "properties": { "select": { "type": "array", "items": { "type": "string" } } } }, { "type": "null" }] },
                "importance": { "anyOf": [{ "enum": ["low", "high"] }, { "type": "null" }] },
                "content": { "type": "object", "x-file": true },
                "password": { "anyOf": [{ "type": "string", "x-secret": true }, { "type": "null" }] },
                "extra": { "type": "object", "additionalProperties": { "type": "boolean" } }
            }
        });
        let root = SchemaNode::root(&schema);
        assert!(root.property("limit").is("integer"));
        assert!(root.property("query").property("select").is("array"));
        assert!(root.property("query").property("select").element().is("string"));
        assert!(root.property("importance").is("string"));
        assert!(root.property("content").is_file());
        assert!(root.property("password").is_secret());
        assert!(root.property("extra").property("anything").is("boolean"));
        assert!(!root.property("unknown").is_typed());
    }
}
