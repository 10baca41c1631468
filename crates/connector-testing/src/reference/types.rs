//! `docs/connectors/graph-types.md`: the types of Graph that outputs have, each described once.

use std::collections::BTreeMap;

use connector_sdk::graph_type::GRAPH_TYPE;
use serde_json::{Map, Value};

use super::markdown::{self, Page, cell, code};
use super::properties::{Types, graph_type, rows};
use crate::descriptor::Description;

/// The name of the page.
pub(super) const PAGE: &str = "graph-types.md";

/// A link to a type.
pub(super) fn link(name: &str) -> String {
    // The anchor of a heading is in lower case.
    format!("[{}]({PAGE}#{})", code(name), name.to_ascii_lowercase())
}

/// The page.
pub(super) fn page(connectors: &[Description]) -> String {
    let mut types = BTreeMap::new();
    // What an output says itself of a type comes before what was added to others.
    for within in [false, true] {
        for description in connectors {
            let all = description.actions.iter().filter_map(|it| it.output.as_ref());
            for schema in all.chain(description.triggers.iter().filter_map(|it| it.event.as_ref())) {
                collect(schema, within, &mut types);
            }
        }
    }
    let mut page = Page::default();
    page.line("# Types of Microsoft Graph");
    page.line("<!-- Written by `cargo xtask docs` from the sources; change those. -->");
    page.line(
        "What the outputs of actions and the events of triggers are made of. Names and kinds are those of Microsoft's metadata (v1.0). \
         Outputs are what Graph sent: any property may be absent, and others may come. Related objects come only with `expand`.",
    );
    for (name, schema) in &types {
        page.line(format!("## {}", code(name)));
        let rows = rows(schema, Types::Linked)
            .into_iter()
            .map(|row| vec![code(&row.path), row.kind, cell(&markdown::inline_links(&row.description))]);
        page.table(&["Property", "Type", "Description"], rows.collect());
    }
    page.finish()
}

// The types in a schema, by name. Those under `$defs` only if they are wanted.
fn collect<'a>(schema: &'a Map<String, Value>, within: bool, types: &mut BTreeMap<&'a str, &'a Map<String, Value>>) {
    if let Some(name) = graph_type(schema).filter(|_| schema.contains_key(GRAPH_TYPE)) {
        types.entry(name).or_insert(schema);
    }
    for (_, inner) in schema.iter().filter(|(key, _)| within || *key != "$defs") {
        each(inner, &mut |inner| collect(inner, within, types));
    }
}

fn each<'a>(value: &'a Value, visit: &mut dyn FnMut(&'a Map<String, Value>)) {
    match value {
        Value::Object(object) => visit(object),
        Value::Array(all) => all.iter().for_each(|value| each(value, visit)),
        _ => {}
    }
}
