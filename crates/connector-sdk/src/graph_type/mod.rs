//! Properties of Graph's types, for the schemas of outputs.
//!
//! `facts.txt` is made of Microsoft's metadata by `cargo xtask graph-types`: names, kinds and nullability of the types
//! that outputs name with `x-graph-type`, and of all that these are made of. `texts.txt` has our own sentences for what
//! a name does not tell by itself. An output's own type comes first: what it describes stays, and what it leaves out is
//! added.
//!
//! Both describe. Nothing is read by them, and no property of an answer is refused for them.

mod complete;
mod facts;

use serde_json::{Map, Value};

use facts::FACTS;

/// Keyword with which an output names the Graph type whose properties it has, all of them.
pub const GRAPH_TYPE: &str = "x-graph-type";

/// Keyword with which an output names the Graph type of which it has some properties and no others.
pub const PART_OF_TYPE: &str = "x-graph-type-part";

/// Keyword for the values that Graph is known to write. Others may come: an output refuses nothing.
pub const KNOWN_VALUES: &str = "x-known-values";

/// Returns an output schema completed with the properties of Graph's types, and with the types that these refer to
/// under `$defs`.
pub fn complete(schema: Value) -> Value {
    complete::complete(&FACTS, schema)
}

/// Returns the text of the facts, as it is compared with the metadata.
pub const fn facts_text() -> &'static str {
    facts::TEXT
}

/// Returns whether a Graph type has no properties of its own, so that there is nothing to describe.
pub fn is_bare(name: &str) -> bool {
    FACTS.is_bare(name)
}

/// Returns whether a schema of an object names a Graph type that has this property: then its name says what it is.
pub fn is_known(schema: &Map<String, Value>, property: &str) -> bool {
    let named = [GRAPH_TYPE, PART_OF_TYPE].iter().find_map(|key| schema.get(*key)?.as_str());
    named.is_some_and(|ty| FACTS.property(ty, property).is_some())
}
