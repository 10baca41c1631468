//! Completion of schemas with the properties of Graph's types.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::facts::{Facts, Property};
use super::{GRAPH_TYPE, KNOWN_VALUES, PART_OF_TYPE};
use crate::schema;

/// Keyword below which shared types are defined.
const DEFINITIONS: &str = "$defs";

pub(super) fn complete(facts: &Facts, mut schema: Value) -> Value {
    let mut work = Completion { facts, wanted: Vec::new() };
    work.visit(&mut schema, None);
    let mut definitions = BTreeMap::new();
    while let Some(name) = work.wanted.pop() {
        if !definitions.contains_key(name) {
            let mut one = json!({ "type": "object", GRAPH_TYPE: name, "properties": {} });
            work.visit(&mut one, None);
            definitions.insert(name, one);
        }
    }
    if let (Value::Object(root), false) = (&mut schema, definitions.is_empty()) {
        root.insert(
            DEFINITIONS.to_owned(),
            definitions.into_iter().map(|(name, one)| (name.to_owned(), one)).collect(),
        );
    }
    schema
}

struct Completion<'a> {
    facts: &'a Facts,
    // Types that were referred to.
    wanted: Vec<&'static str>,
}

impl Completion<'_> {
    /// Completes a schema and all subschemas. `known` is the type of the value, where the property that holds it
    /// determines one.
    fn visit(&mut self, schema: &mut Value, known: Option<&'static str>) {
        let Value::Object(schema) = schema else { return };
        let named = |key: &str| schema.get(key).and_then(Value::as_str).and_then(|name| self.facts.ty(name));
        let part = named(PART_OF_TYPE);
        let ty = part.or_else(|| named(GRAPH_TYPE)).or(known);
        if let Some(ty) = named(GRAPH_TYPE).filter(|ty| !schema.contains_key("properties") && !self.facts.is_bare(ty))
            && self.replace(schema, ty)
        {
            // An output may name the type of an object and leave it at that.
            schema.shift_remove(GRAPH_TYPE);
            return;
        }
        let mut ty = ty;
        if let Some(Value::Object(properties)) = schema.get_mut("properties") {
            self.properties(properties, ty, part.is_none());
            ty = None;
        }
        if let Some(values) = schema.get_mut("additionalProperties") {
            self.visit(values, None);
        }
        if let Some(items) = schema.get_mut("items") {
            self.visit(items, ty);
        }
        for key in ["anyOf", "oneOf", "allOf"] {
            if let Some(Value::Array(all)) = schema.get_mut(key) {
                all.iter_mut().for_each(|one| self.visit(one, ty));
            }
        }
    }

    fn properties(&mut self, properties: &mut Map<String, Value>, ty: Option<&'static str>, whole: bool) {
        for (name, schema) in properties.iter_mut() {
            match ty.and_then(|ty| self.facts.property(ty, name)) {
                Some(property) => self.fit(schema, property),
                None => self.visit(schema, None),
            }
        }
        let Some(ty) = ty.filter(|_| whole) else { return };
        for property in self.facts.properties(ty) {
            if !properties.contains_key(property.name) {
                let schema = self.property(ty, property);
                properties.insert(property.name.to_owned(), schema);
            }
        }
    }

    // Adds to what an output says of a property itself.
    fn fit(&mut self, schema: &mut Value, property: Property) {
        let Some(ty) = self.facts.ty(property.kind) else {
            self.note(schema, property.kind);
            return self.visit(schema, None);
        };
        if has_shape(schema) {
            return self.visit(schema, Some(ty));
        }
        let Value::Object(schema) = schema else { return };
        match self.facts.is_bare(ty) {
            true => {
                schema.entry(GRAPH_TYPE).or_insert_with(|| ty.into());
            }
            false => {
                self.replace(schema, ty);
            }
        }
    }

    // Puts a reference in the place of an object, or of those in a list, of which nothing is said but that it is one.
    // Says whether there was such an object.
    fn replace(&mut self, schema: &mut Map<String, Value>, ty: &'static str) -> bool {
        if let Some(items) = schema.get_mut("items") {
            let bare = is_object(items) && !has_shape(items);
            if bare {
                *items = self.refer(ty);
            }
            return bare;
        }
        if !is_type(schema, "object") {
            return false;
        }
        let nullable = is_type(schema, "null");
        for key in ["type", "additionalProperties"] {
            schema.shift_remove(key);
        }
        schema.extend(self.reference(ty, nullable));
        true
    }

    // The whole schema of a property that the output does not describe itself.
    fn property(&mut self, ty: &str, property: Property) -> Value {
        let mut whole = Map::new();
        whole.insert("title".into(), schema::title(property.name).into());
        if let Some(text) = self.facts.sentence(ty, property.name) {
            whole.insert("description".into(), text.into());
        }
        match property.list {
            true => {
                let items = Value::Object(self.value(property.kind, false));
                // The metadata tells of the items whether they may be null. Graph writes null for a list, too.
                whole.insert("type".into(), kinds("array", true));
                whole.insert("items".into(), items);
            }
            false => whole.extend(self.value(property.kind, property.nullable)),
        }
        Value::Object(whole)
    }

    fn value(&mut self, kind: &str, nullable: bool) -> Map<String, Value> {
        if let Some(ty) = self.facts.ty(kind) {
            return match self.facts.is_bare(ty) {
                true => [("type".to_owned(), kinds("object", nullable)), (GRAPH_TYPE.to_owned(), ty.into())]
                    .into_iter()
                    .collect(),
                false => self.reference(ty, nullable),
            };
        }
        let mut schema = Map::new();
        if let Some(name) = primitive(kind) {
            schema.insert("type".into(), kinds(name, nullable));
        }
        schema.extend(self.annotations(kind));
        schema
    }

    fn refer(&mut self, ty: &'static str) -> Value {
        self.wanted.push(ty);
        json!({ "$ref": format!("#/{DEFINITIONS}/{ty}") })
    }

    fn reference(&mut self, ty: &'static str, nullable: bool) -> Map<String, Value> {
        let one = self.refer(ty);
        match (nullable, one) {
            (true, one) => [("anyOf".to_owned(), json!([one, { "type": "null" }]))].into_iter().collect(),
            (false, Value::Object(one)) => one,
            (false, _) => Map::new(),
        }
    }

    // What a kind tells besides its JSON type: its format, the values that are known.
    fn annotations(&self, kind: &str) -> Vec<(String, Value)> {
        let one = |key: &str, value: Value| vec![(key.to_owned(), value)];
        match kind {
            "Edm.DateTimeOffset" => one("format", "date-time".into()),
            "Edm.Date" => one("format", "date".into()),
            "Edm.Duration" => one("format", "duration".into()),
            "Edm.Guid" => one("format", "uuid".into()),
            "Edm.Binary" => one("contentEncoding", "base64".into()),
            _ => self.facts.known_values(kind).map(|known| one(KNOWN_VALUES, json!(known))).unwrap_or_default(),
        }
    }

    // Adds them to a text, or to the texts of a list, unless it says as much itself. Values that Graph may add to are
    // no choice: they become those that are known.
    fn note(&self, schema: &mut Value, kind: &str) {
        let Value::Object(schema) = schema else { return };
        if let Some(items) = schema.get_mut("items") {
            return self.note(items, kind);
        }
        if self.facts.known_values(kind).is_some() && schema.shift_remove("enum").is_some() {
            schema.entry("type").or_insert_with(|| "string".into());
        }
        if is_type(schema, "string") && !["enum", "format", "const"].iter().any(|key| schema.contains_key(*key)) {
            schema.extend(self.annotations(kind));
        }
    }
}

fn kinds(name: &str, nullable: bool) -> Value {
    if nullable { json!([name, "null"]) } else { name.into() }
}

// As Graph writes them in JSON. What may be of several kinds has none.
fn primitive(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "Edm.Boolean" => "boolean",
        "Edm.Byte" | "Edm.SByte" | "Edm.Int16" | "Edm.Int32" | "Edm.Int64" => "integer",
        "Edm.Single" | "Edm.Double" | "Edm.Decimal" => "number",
        "Edm.Untyped" | "Edm.PrimitiveType" => return None,
        _ => "string",
    })
}

fn is_type(schema: &Map<String, Value>, name: &str) -> bool {
    match schema.get("type") {
        Some(Value::String(kind)) => kind == name,
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == name),
        _ => false,
    }
}

fn is_object(schema: &Value) -> bool {
    schema.as_object().is_some_and(|schema| is_type(schema, "object"))
}

// Whether it describes properties itself, at any depth of lists and choices; a map to something counts.
fn has_shape(schema: &Value) -> bool {
    match schema {
        Value::Object(object) => object.iter().any(|(key, inner)| match key.as_str() {
            "properties" => inner.as_object().is_some_and(|all| !all.is_empty()),
            "additionalProperties" => inner.as_object().is_some_and(|inner| !inner.is_empty()),
            "items" | "anyOf" | "oneOf" | "allOf" => has_shape(inner),
            _ => false,
        }),
        Value::Array(all) => all.iter().any(has_shape),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::complete;
    use super::*;

    #[test]
    fn what_an_output_says_itself_stays_and_the_rest_is_added() {
        let own = json!({ "type": "object", GRAPH_TYPE: "message", "properties": {
            "id": { "type": "string", "description": "Ours." },
            "importance": { "type": ["string", "null"], "enum": ["low", "high", null] },
            "flag": { "type": ["object", "null"], "additionalProperties": true, "description": "Ours, too." },
            "from": { "anyOf": [{ "type": "object", "properties": { "emailAddress": { "type": ["object", "null"] } } }, { "type": "null" }] },
        } });
        let whole = complete(own);
        let property = |name: &str| &whole["properties"][name];
        assert_eq!(property("id"), &json!({ "type": "string", "description": "Ours." }));
        assert_eq!(
            property("flag"),
            &json!({ "description": "Ours, too.", "anyOf": [{ "$ref": "#/$defs/followupFlag" }, { "type": "null" }] })
        );
        let address = &property("from")["anyOf"][0]["properties"]["emailAddress"];
        assert_eq!(address["anyOf"][0]["$ref"], "#/$defs/emailAddress");
        assert_eq!(property("toRecipients")["items"]["$ref"], "#/$defs/recipient");
        assert_eq!(property("receivedDateTime")["format"], "date-time");
        let known = json!({ "type": ["string", "null"], KNOWN_VALUES: ["low", "normal", "high"] });
        assert_eq!(property("importance"), &known, "others may come");
        for name in ["followupFlag", "emailAddress", "recipient", "dateTimeTimeZone", "itemBody"] {
            assert!(whole["$defs"][name]["properties"].is_object(), "{name}");
        }
        assert!(
            whole["properties"].get("attachments").is_none(),
            "what leads elsewhere comes only when it is expanded"
        );
    }

    #[test]
    fn a_type_may_be_named_alone() {
        let whole = complete(json!({ "type": "object", "properties": {
            "made": { "type": ["object", "null"], "additionalProperties": true, GRAPH_TYPE: "user", "description": "Ours." },
            "all": { "type": "array", "items": { "type": "object", "additionalProperties": true }, GRAPH_TYPE: "user" },
            "fields": { "type": "object", GRAPH_TYPE: "fieldValueSet" },
        } }));
        let expected = json!({ "description": "Ours.", "anyOf": [{ "$ref": "#/$defs/user" }, { "type": "null" }] });
        assert_eq!(whole["properties"]["made"], expected);
        assert_eq!(whole["properties"]["all"], json!({ "type": "array", "items": { "$ref": "#/$defs/user" } }));
        assert_eq!(
            whole["properties"]["fields"],
            json!({ "type": "object", GRAPH_TYPE: "fieldValueSet" }),
            "they are free"
        );
    }

    #[test]
    fn a_part_stays_a_part() {
        let part = complete(
            json!({ "type": "object", PART_OF_TYPE: "driveItem", "properties": { "deleted": { "type": "object" } } }),
        );
        assert_eq!(part["properties"], json!({ "deleted": { "$ref": "#/$defs/deleted" } }));
        assert_eq!(part["$defs"]["deleted"]["properties"]["state"]["type"], json!(["string", "null"]));
    }

    #[test]
    fn a_schema_that_names_no_type_stays_as_it_is() {
        let plain = json!({ "type": "object", "properties": { "error": { "type": "object" } } });
        assert_eq!(complete(plain.clone()), plain);
    }
}
