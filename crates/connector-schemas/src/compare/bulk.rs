//! Actions that take many inputs in one run, beside versions of them that take one.

use std::borrow::Cow;

use serde_json::Value;

use super::Change;
use crate::finding::Level;
use crate::rule::Rule;

const MANY: &str = "/input/properties/items";

/// Returns the schemas of the inputs that are to be compared. Where only one version takes many inputs, it is the part
/// for a single one.
pub(super) fn inputs<'a>(old: &'a Value, new: &'a Value) -> ((Cow<'a, Value>, Cow<'a, Value>), Option<Change>) {
    let change = |level, message| Some(Change::new(level, Rule::BehaviourChanged, MANY, message));
    match (is_bulk(old), is_bulk(new)) {
        (true, false) => (
            (Cow::Owned(single(old)), Cow::Borrowed(new)),
            change(Level::Breaking, "it no longer takes many inputs in one run"),
        ),
        (false, true) => (
            (Cow::Borrowed(old), Cow::Owned(single(new))),
            change(Level::Compatible, "it takes many inputs in one run now"),
        ),
        _ => ((Cow::Borrowed(old), Cow::Borrowed(new)), None),
    }
}

/// Returns the schemas of the outputs that are to be compared, as [`inputs`] does.
pub(super) fn outputs<'a>(old: &'a Value, new: &'a Value) -> (&'a Value, &'a Value) {
    let is_bulk = |output: &Value| output.get("x-bulk") == Some(&Value::Bool(true));
    let single = |output: &'a Value| output.pointer("/anyOf/0").unwrap_or(output);
    match (is_bulk(old), is_bulk(new)) {
        (true, false) => (single(old), new),
        (false, true) => (old, single(new)),
        _ => (old, new),
    }
}

/// Returns whether an input may be many.
pub(super) fn is_bulk(input: &Value) -> bool {
    input.pointer("/properties/items/x-bulk") == Some(&Value::Bool(true))
}

fn single(input: &Value) -> Value {
    let mut single = input.clone();
    let Value::Object(object) = &mut single else { return single };
    object.shift_remove("if");
    object.shift_remove("then");
    let one = object.shift_remove("else");
    if let Some(Value::Object(properties)) = object.get_mut("properties") {
        properties.shift_remove("items");
        properties.shift_remove("stopOnError");
    }
    if let Some(Value::Object(dependent)) = object.get_mut("dependentRequired") {
        dependent.shift_remove("stopOnError");
    }
    if let Some(Value::Object(one)) = one {
        object.extend(one);
    }
    single
}
