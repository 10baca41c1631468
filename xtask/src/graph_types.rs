//! The facts about Graph's types that outputs are described by: names, kinds and nullability, from Microsoft's
//! metadata.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use connector_sdk::Connector;
use connector_sdk::graph_type::{GRAPH_TYPE, PART_OF_TYPE};
use graph_metadata::{Model, Type, TypeRef};
use serde_json::Value;

use crate::conformance::outputs::outputs;

/// The file.
pub const FILE: &str = "crates/connector-sdk/src/graph_type/facts.txt";

const HEAD: &str = "# Written by `cargo xtask graph-types` from the metadata of Microsoft Graph: names, kinds and nullability of the types
# that outputs name, and of all that these are made of. An indented line is a property of the type above it; behind the name
# of a type stands its base.
";

/// What stands for a value of which nobody knows yet.
const SENTINEL: &str = "unknownFutureValue";

/// The text of the file.
pub fn facts(model: &Model, connectors: &[Connector]) -> String {
    let mut found = Found { model, types: BTreeMap::new(), enums: BTreeMap::new() };
    named(connectors).iter().for_each(|name| found.visit(name));
    let mut text = HEAD.to_owned();
    for (name, members) in &found.enums {
        let known: Vec<&str> = members.iter().map(String::as_str).filter(|member| *member != SENTINEL).collect();
        let _ = writeln!(text, "enum {name} {}", known.join(" "));
    }
    for (name, ty) in &found.types {
        let base = ty.base.as_deref().map(short).unwrap_or_default();
        let _ = writeln!(text, "{}", format!("type {name} {base}").trim_end());
        for (name, property) in properties(ty) {
            let mark = match (property.ty.collection, property.nullable) {
                (true, _) => "[]",
                (false, true) => "?",
                (false, false) => "",
            };
            let _ = writeln!(text, "  {name} {}{mark}", kind(&property.ty.name));
        }
    }
    text
}

// The types that outputs name themselves. What stands under `$defs` was added because of them.
fn named(connectors: &[Connector]) -> BTreeSet<String> {
    fn walk(schema: &Value, names: &mut BTreeSet<String>) {
        match schema {
            Value::Object(object) => {
                let own = [GRAPH_TYPE, PART_OF_TYPE].iter().filter_map(|key| object.get(*key)?.as_str());
                let referred =
                    object.get("$ref").and_then(Value::as_str).and_then(|target| target.strip_prefix("#/$defs/"));
                names.extend(own.chain(referred).map(str::to_owned));
                object.iter().filter(|(key, _)| *key != "$defs").for_each(|(_, inner)| walk(inner, names));
            }
            Value::Array(all) => all.iter().for_each(|inner| walk(inner, names)),
            _ => {}
        }
    }
    let mut names = BTreeSet::new();
    connectors.iter().flat_map(outputs).for_each(|(.., schema)| walk(&schema, &mut names));
    names
}

// Streams are no part of JSON, and what leads to other objects comes only where it is expanded.
fn properties(ty: &Type) -> impl Iterator<Item = (&String, &graph_metadata::Property)> {
    ty.properties.iter().filter(|(_, property)| !property.navigation && property.ty.name != "Edm.Stream")
}

// A type of Graph stands for any JSON at all.
fn kind(name: &str) -> &str {
    if name == "microsoft.graph.Json" { "Edm.Untyped" } else { short(name) }
}

fn short(name: &str) -> &str {
    name.strip_prefix("microsoft.graph.").unwrap_or(name)
}

struct Found<'a> {
    model: &'a Model,
    types: BTreeMap<String, &'a Type>,
    enums: BTreeMap<String, &'a [String]>,
}

impl Found<'_> {
    fn visit(&mut self, name: &str) {
        let Some((full, ty)) = self.model.find_type(name) else { return };
        if self.types.insert(short(full).to_owned(), ty).is_some() {
            return;
        }
        if let Some(base) = &ty.base {
            self.visit(base);
        }
        properties(ty).for_each(|(_, property)| self.kind(&property.ty));
    }

    fn kind(&mut self, kind: &TypeRef) {
        match self.model.members(&kind.name) {
            Some(members) => {
                self.enums.insert(kind.short().to_owned(), members);
            }
            None if self::kind(&kind.name).starts_with("Edm.") => {}
            None => self.visit(&kind.name),
        }
    }
}
