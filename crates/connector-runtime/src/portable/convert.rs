//! The conversion of a schema, part by part.

use connector_sdk::schema::rules;
use serde_json::{Map, Value, json};

use super::PORTABLE_DEPTH;
use super::describe::describe;

/// Keywords that are kept as they are: bounds that all clients take or ignore.
const KEPT: &[&str] = &["pattern", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems"];
/// Properties of an input of many.
const OF_MANY: [&str; 2] = ["items", "stopOnError"];

/// A conversion, with the notes so far.
pub(super) struct Conversion<'a> {
    document: &'a Value,
    notes: Vec<String>,
    nullable: Vec<String>,
    /// References that are being replaced: one within itself has no end.
    open: Vec<String>,
}

/// Where a part stands.
#[derive(Clone)]
struct Place {
    path: String,
    /// Number of objects around it, with itself.
    level: usize,
}

impl Place {
    fn property(&self, name: &str) -> Place {
        let path = if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) };
        Place { path, level: self.level + 1 }
    }
}

impl<'a> Conversion<'a> {
    pub(super) fn new(document: &'a Value) -> Conversion<'a> {
        Conversion { document, notes: Vec::new(), nullable: Vec::new(), open: Vec::new() }
    }

    /// Returns the converted document.
    pub(super) fn root(&mut self) -> Map<String, Value> {
        let mut root = self.resolved(self.document);
        let is_bulk = root
            .get("properties")
            .and_then(|all| all.get("items"))
            .is_some_and(|items| items.get("x-bulk").is_some_and(|mark| *mark == true));
        if is_bulk {
            self.one_of_many(&mut root);
        }
        // The variants of a whole input become one object.
        for keyword in ["oneOf", "anyOf"] {
            self.merge_variants(&mut root, keyword);
        }
        root.insert("type".into(), json!("object"));
        match self.object(&root, &Place { path: String::new(), level: 1 }) {
            Value::Object(mut converted) => {
                converted.extend(describe(&root, None).map(|text| ("description".to_owned(), text.into())));
                converted
            }
            _ => Map::new(),
        }
    }

    pub(super) fn into_notes(mut self) -> Vec<String> {
        if !self.nullable.is_empty() {
            let names: Vec<String> = self.nullable.iter().map(|path| format!("`{path}`")).collect();
            self.notes.push(format!("`null` is accepted too for {}.", names.join(", ")));
        }
        self.notes
    }

    fn one_of_many(&mut self, root: &mut Map<String, Value>) {
        if let Some(properties) = root.get_mut("properties").and_then(Value::as_object_mut) {
            properties.retain(|name, _| !OF_MANY.contains(&name.as_str()));
        }
        for keyword in ["if", "then", "dependentRequired"] {
            root.remove(keyword);
        }
        let Some(Value::Object(one)) = root.remove("else") else { return };
        for (keyword, value) in one {
            match (root.get_mut(&keyword), value) {
                (Some(Value::Array(all)), Value::Array(more)) => all.extend(more),
                (_, value) => {
                    root.insert(keyword, value);
                }
            }
        }
    }

    fn merge_variants(&mut self, root: &mut Map<String, Value>, keyword: &str) {
        let Some(Value::Array(variants)) = root.remove(keyword) else { return };
        let variants: Vec<Map<String, Value>> = variants.iter().map(|variant| self.resolved(variant)).collect();
        let required = |variant: &Map<String, Value>| -> Vec<Value> {
            variant.get("required").and_then(Value::as_array).cloned().unwrap_or_default()
        };
        let first = variants.first().map(required).unwrap_or_default();
        let common = first.into_iter().filter(|name| variants.iter().all(|variant| required(variant).contains(name)));
        let common: Vec<Value> = common.collect();
        if let Value::Array(all) = root.entry("required").or_insert_with(|| json!([])) {
            all.extend(common);
        }
        if let Value::Object(all) = root.entry("properties").or_insert_with(|| json!({})) {
            for properties in variants.iter().filter_map(|variant| variant.get("properties")?.as_object()) {
                for (name, property) in properties {
                    all.entry(name.clone()).or_insert_with(|| property.clone());
                }
            }
        }
        self.notes.push("Its properties are those of several variants; not all of them go together.".to_owned());
    }

    // A schema with its reference replaced, and its `allOf` merged as far as that says more than rules.
    fn resolved(&mut self, schema: &Value) -> Map<String, Value> {
        let Value::Object(members) = schema else { return Map::new() };
        let mut members = members.clone();
        if let Some(Value::String(reference)) = members.remove("$ref")
            && let Some(target) = reference.strip_prefix('#').and_then(|pointer| self.document.pointer(pointer))
        {
            let target = target.clone();
            let is_open = self.open.contains(&reference);
            self.open.push(reference);
            let mut whole = match target {
                // What refers to itself is not followed.
                Value::Object(mut target) if is_open => {
                    target.remove("$ref");
                    target
                }
                target => self.resolved(&target),
            };
            whole.extend(members);
            members = whole;
        }
        let Some(Value::Array(all)) = members.remove("allOf") else { return members };
        let (said, parts): (Vec<Value>, Vec<Value>) = all.into_iter().partition(|part| rules::sentence(part).is_some());
        for part in &parts {
            for (keyword, value) in self.resolved(part) {
                match (members.get_mut(&keyword), value) {
                    (Some(Value::Object(known)), Value::Object(more)) => known.extend(more),
                    (Some(Value::Array(known)), Value::Array(more)) => known.extend(more),
                    (Some(_), _) => {}
                    (None, value) => drop(members.insert(keyword, value)),
                }
            }
        }
        if !said.is_empty() {
            members.insert("allOf".into(), said.into());
        }
        members
    }

    fn property(&mut self, name: &str, schema: &Value, place: &Place) -> Value {
        let open = self.open.len();
        let resolved = self.resolved(schema);
        let mut converted = match self.is_endless(open) {
            true => self.open_object(place),
            false => self.part(&resolved, place),
        };
        self.open.truncate(open);
        if let Some(text) = describe(&resolved, Some(name)) {
            set_description(&mut converted, text);
        }
        converted
    }

    // Whether a reference since `from` is one that is already being replaced.
    fn is_endless(&self, from: usize) -> bool {
        let (outer, inner) = self.open.split_at(from);
        inner.iter().any(|reference| outer.contains(reference))
    }

    fn open_object(&mut self, place: &Place) -> Value {
        self.notes.push(format!("`{}` has properties that are not shown.", place.path));
        json!({ "type": "object" })
    }

    fn part(&mut self, schema: &Map<String, Value>, place: &Place) -> Value {
        for keyword in ["oneOf", "anyOf"] {
            if let Some(Value::Array(variants)) = schema.get(keyword) {
                return self.variants(variants, schema, place);
            }
        }
        let kinds: Vec<&str> = match schema.get("type") {
            Some(Value::String(kind)) => vec![kind],
            Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
            _ => guessed(schema),
        };
        if kinds.contains(&"null") {
            self.nullable.push(place.path.clone());
        }
        let kinds: Vec<&str> = kinds.into_iter().filter(|kind| *kind != "null").collect();
        match kinds.as_slice() {
            [kind] => self.of_kind(kind, schema, place),
            // Any JSON, said with the types of JSON.
            [] => json!({ "anyOf": [
                { "type": "object" }, { "type": "array", "items": { "type": "object" } }, { "type": "string" },
                { "type": "number" }, { "type": "boolean" },
            ] }),
            several => {
                json!({ "anyOf": several.iter().map(|kind| self.of_kind(kind, schema, place)).collect::<Vec<_>>() })
            }
        }
    }

    fn variants(&mut self, variants: &[Value], whole: &Map<String, Value>, place: &Place) -> Value {
        let is_null = |variant: &Value| variant.get("type").is_some_and(|kind| kind == "null");
        let (nulls, others): (Vec<&Value>, Vec<&Value>) = variants.iter().partition(|variant| is_null(variant));
        if !nulls.is_empty() {
            self.nullable.push(place.path.clone());
        }
        // Those that only say which properties are required are a rule.
        if others.iter().all(|variant| variant.get("type").is_none() && variant.get("$ref").is_none())
            && whole.contains_key("type")
        {
            let mut plain = whole.clone();
            plain.retain(|keyword, _| keyword != "oneOf" && keyword != "anyOf");
            self.notes.push(format!("`{}` has properties of which not all go together.", place.path));
            return self.part(&plain, place);
        }
        let mut converted = Vec::new();
        for variant in others {
            let open = self.open.len();
            let resolved = self.resolved(variant);
            let mut part = if self.is_endless(open) { self.open_object(place) } else { self.part(&resolved, place) };
            self.open.truncate(open);
            if let Some(text) = describe(&resolved, None) {
                set_description(&mut part, text);
            }
            converted.push(part);
        }
        if let [only] = converted.as_mut_slice() {
            return only.take();
        }
        json!({ "anyOf": converted })
    }

    fn of_kind(&mut self, kind: &str, schema: &Map<String, Value>, place: &Place) -> Value {
        let mut converted = match kind {
            "object" => return self.object(schema, place),
            "array" => {
                // Items stand at the level of their list: they are no property.
                let open = self.open.len();
                let resolved = schema.get("items").map(|items| self.resolved(items)).unwrap_or_default();
                let within = Place { path: format!("{}[]", place.path), ..place.clone() };
                let mut items =
                    if self.is_endless(open) { self.open_object(&within) } else { self.part(&resolved, &within) };
                self.open.truncate(open);
                if let Some(text) = describe(&resolved, None) {
                    set_description(&mut items, text);
                }
                Map::from_iter([("type".to_owned(), json!("array")), ("items".to_owned(), items)])
            }
            other => Map::from_iter([("type".to_owned(), json!(other))]),
        };
        let is_of_kind = |keyword: &str| match keyword {
            "minItems" | "maxItems" => kind == "array",
            "minimum" | "maximum" => matches!(kind, "integer" | "number"),
            _ => kind == "string",
        };
        for keyword in KEPT.iter().filter(|keyword| is_of_kind(keyword)) {
            converted.extend(schema.get(*keyword).map(|value| ((*keyword).to_owned(), value.clone())));
        }
        if kind == "string" {
            if schema.get("format").is_some_and(|format| format == "date-time") {
                converted.insert("format".into(), json!("date-time"));
            }
            let only = schema.get("const").cloned().map(|only| Value::Array(vec![only]));
            let choices = only.as_ref().or_else(|| schema.get("enum")).and_then(Value::as_array);
            let choices: Option<Vec<Value>> = choices.map(|all| {
                all.iter().filter(|one| one.as_str().is_some_and(|text| !text.is_empty())).cloned().collect()
            });
            converted.extend(
                choices.filter(|all| !all.is_empty()).map(|choices| ("enum".to_owned(), Value::Array(choices))),
            );
        }
        converted.into()
    }

    fn object(&mut self, schema: &Map<String, Value>, place: &Place) -> Value {
        self.note_rules(schema, place);
        let mut converted = Map::from_iter([("type".to_owned(), json!("object"))]);
        let Some(properties) = schema.get("properties").and_then(Value::as_object).filter(|all| !all.is_empty()) else {
            return converted.into();
        };
        if place.level > PORTABLE_DEPTH {
            return self.open_object(place);
        }
        let shown: Map<String, Value> = properties
            .iter()
            .map(|(name, property)| (name.clone(), self.property(name, property, &place.property(name))))
            .collect();
        let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
        let mut names: Vec<Value> = Vec::new();
        for name in required.filter(|name| name.as_str().is_some_and(|name| shown.contains_key(name))) {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        converted.insert("properties".into(), shown.into());
        if !names.is_empty() {
            converted.insert("required".into(), names.into());
        }
        converted.into()
    }

    fn note_rules(&mut self, schema: &Map<String, Value>, place: &Place) {
        let mut sentences: Vec<String> =
            schema.get("allOf").and_then(Value::as_array).into_iter().flatten().filter_map(rules::sentence).collect();
        let bound = |keyword: &str| schema.get(keyword).and_then(Value::as_u64);
        match (bound("minProperties"), bound("maxProperties")) {
            (Some(1), Some(1)) => sentences.push("Give exactly one of its properties.".to_owned()),
            (Some(least), _) if least > 0 => sentences.push(format!("Give at least {least} of its properties.")),
            (_, Some(most)) => sentences.push(format!("Give at most {most} of its properties.")),
            _ => {}
        }
        let of_place = |sentence: String| match place.path.is_empty() {
            true => sentence,
            false => format!("`{}`: {sentence}", place.path),
        };
        self.notes.extend(sentences.into_iter().map(of_place));
    }
}

// Some clients accept nothing beside `anyOf`, so that the first variant has the text for all of them.
fn set_description(schema: &mut Value, text: String) {
    let Value::Object(members) = schema else { return };
    if let Some(Value::Array(variants)) = members.get_mut("anyOf")
        && let Some(first) = variants.first_mut()
    {
        let own = first.get("description").and_then(Value::as_str).map(|own| format!("{text} {own}"));
        return set_description(first, own.unwrap_or(text));
    }
    members.insert("description".into(), text.into());
}

// A schema without a type says by its keywords what it is.
fn guessed(schema: &Map<String, Value>) -> Vec<&'static str> {
    let choices = schema.get("enum").and_then(Value::as_array);
    if schema.contains_key("properties") {
        vec!["object"]
    } else if schema.contains_key("items") {
        vec!["array"]
    } else if schema.get("const").is_some_and(Value::is_string)
        || choices.is_some_and(|all| all.iter().all(Value::is_string))
    {
        vec!["string"]
    } else {
        Vec::new()
    }
}
