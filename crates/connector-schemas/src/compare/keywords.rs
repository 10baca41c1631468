//! Keywords of two versions that are about one value.

use serde_json::Value;

use super::schema::{Comparison, Direction, Part, Way};
use crate::instance::listed;

/// Bounds: the keyword, and whether it is a lower one.
const BOUNDS: [(&str, bool); 10] = [
    ("minimum", true),
    ("exclusiveMinimum", true),
    ("minLength", true),
    ("minItems", true),
    ("minProperties", true),
    ("maximum", false),
    ("exclusiveMaximum", false),
    ("maxLength", false),
    ("maxItems", false),
    ("maxProperties", false),
];

/// How a text is written.
const FORMS: [&str; 4] = ["pattern", "format", "contentEncoding", "contentMediaType"];

/// Words whose change means something else for those who fill in or read a value.
const WORDS: [&str; 8] = [
    "x-picklist",
    "x-dynamic-schema",
    "x-secret",
    "x-file",
    "x-moment",
    "x-odata",
    "x-graph-type",
    "x-graph-type-part",
];

impl<'a> Comparison<'a> {
    pub(super) fn compare_types(&mut self, old: &Part<'a>, new: &Part<'a>, beside_null: bool) {
        let (mut before, mut after) = (Types::of(old.value), Types::of(new.value));
        if beside_null {
            before.0.push("null");
            after.0.push("null");
        }
        let way = match (after.has_all(&before), before.has_all(&after)) {
            (true, true) => return,
            (true, false) => Way::Wider,
            (false, true) => Way::Narrower,
            (false, false) => Way::Different,
        };
        let (was, is) = (type_text(old.value), type_text(new.value));
        self.report(way, old, new, "type", |subject| format!("the type of {subject} was {was}, and is {is}"));
    }

    pub(super) fn compare_values(&mut self, old: &Part<'a>, new: &Part<'a>) {
        let (before, after) = (values(old.value), values(new.value));
        let keyword = if new.get("const").or(old.get("const")).is_some() { "const" } else { "enum" };
        match (before, after) {
            (None, None) => {}
            (None, Some(after)) => {
                let all = shown(&after);
                self.report(Way::Narrower, old, new, keyword, |subject| format!("{subject} is one of {all} only"));
            }
            (Some(_), None) => {
                self.report(Way::Looser, old, new, keyword, |subject| format!("{subject} has any value now"));
            }
            (Some(before), Some(after)) => {
                // Where both name their types, these tell whether it may be null.
                let by_type = old.get("type").is_some() && new.get("type").is_some();
                let without = |some: &[&'a Value], others: &[&'a Value]| -> Vec<&'a Value> {
                    let told = |value: &Value| by_type && value.is_null();
                    some.iter().copied().filter(|value| !others.contains(value) && !told(value)).collect()
                };
                let (gone, added) = (without(&before, &after), without(&after, &before));
                if !gone.is_empty() {
                    let gone = shown(&gone);
                    self.report(Way::Narrower, old, new, keyword, |subject| {
                        format!("{subject} has no value {gone} any more")
                    });
                }
                if !added.is_empty() {
                    let added = shown(&added);
                    self.report(Way::Looser, old, new, keyword, |subject| {
                        format!("{subject} has the new value {added}")
                    });
                }
            }
        }
    }

    pub(super) fn compare_bounds(&mut self, old: &Part<'a>, new: &Part<'a>) {
        for (keyword, is_lower) in BOUNDS {
            let number = |part: &Part<'_>| part.get(keyword).and_then(Value::as_f64);
            let (before, after) = (number(old), number(new));
            let way = match (before, after) {
                (None, None) => continue,
                (Some(before), Some(after)) if before == after => continue,
                (None, Some(_)) => Way::Narrower,
                (Some(_), None) => Way::Looser,
                (Some(before), Some(after)) if (after > before) == is_lower => Way::Narrower,
                (Some(_), Some(_)) => Way::Looser,
            };
            self.report_values(way, old, new, keyword);
        }
        for keyword in ["uniqueItems", "multipleOf"] {
            let set = |part: &Part<'a>| part.get(keyword).filter(|value| **value != Value::Bool(false));
            let way = match (set(old), set(new)) {
                (before, after) if before == after => continue,
                (None, _) => Way::Narrower,
                (_, None) => Way::Looser,
                _ => Way::Different,
            };
            self.report_values(way, old, new, keyword);
        }
    }

    pub(super) fn compare_forms(&mut self, old: &Part<'a>, new: &Part<'a>) {
        for keyword in FORMS {
            let way = match (old.get(keyword), new.get(keyword)) {
                (before, after) if before == after => continue,
                (None, _) => Way::Narrower,
                (_, None) => Way::Looser,
                // Which of two patterns takes more cannot be told.
                _ if keyword == "pattern" => Way::Unclear,
                _ => Way::Different,
            };
            self.report_values(way, old, new, keyword);
        }
    }

    pub(super) fn compare_words(&mut self, old: &Part<'a>, new: &Part<'a>) {
        for keyword in WORDS {
            match (keyword, old.get(keyword), new.get(keyword)) {
                (_, before, after) if before == after => {}
                ("x-file", ..) => self.report_values(Way::Different, old, new, keyword),
                ("x-secret", ..) | ("x-dynamic-schema", None, _) | (_, Some(_), Some(_)) => {
                    self.report_values(Way::Unclear, old, new, keyword);
                }
                // Whoever knows what to write may go on writing it, with or without help.
                _ => {}
            }
        }
        // Where null is the default, nothing is.
        let default = |part: &Part<'a>| part.get("default").filter(|value| !value.is_null());
        if self.direction == Direction::Input && default(old) != default(new) {
            self.report_values(Way::Unclear, old, new, "default");
        }
    }

    fn report_values(&mut self, way: Way, old: &Part<'a>, new: &Part<'a>, keyword: &str) {
        let (before, after) = (old.get(keyword), new.get(keyword));
        self.report(way, old, new, keyword, |subject| match (before, after) {
            (None, Some(after)) => format!("`{keyword}` of {subject} is new: {after}"),
            (Some(before), None) => format!("`{keyword}` of {subject} is gone; it was {before}"),
            (before, after) => {
                let text = |value: Option<&Value>| value.map(ToString::to_string).unwrap_or_default();
                format!("`{keyword}` of {subject} was {}, and is {}", text(before), text(after))
            }
        });
    }
}

/// Returns whether the types of a schema include null.
pub(super) fn takes_null(schema: &Value) -> bool {
    Types::of(schema).0.contains(&"null")
}

/// Types that a schema takes, where an integer is a number without a fraction.
struct Types(Vec<&'static str>);

const ALL: [&str; 7] = ["null", "boolean", "integer", "fraction", "string", "array", "object"];

impl Types {
    fn of(schema: &Value) -> Types {
        let named: Vec<&str> = match schema.get("type") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
            _ => return Types(ALL.to_vec()),
        };
        let has =
            |kind: &str| named.contains(&kind) || ["integer", "fraction"].contains(&kind) && named.contains(&"number");
        Types(ALL.into_iter().filter(|kind| has(kind)).collect())
    }

    fn has_all(&self, others: &Types) -> bool {
        others.0.iter().all(|other| self.0.contains(other))
    }
}

fn type_text(schema: &Value) -> String {
    match schema.get("type") {
        Some(Value::String(one)) => one.clone(),
        Some(Value::Array(all)) => {
            let names: Vec<String> = all.iter().filter_map(Value::as_str).map(str::to_owned).collect();
            listed(&names, "or")
        }
        _ => "any".to_owned(),
    }
}

fn values(schema: &Value) -> Option<Vec<&Value>> {
    match schema.get("const") {
        Some(one) => Some(vec![one]),
        None => Some(schema.get("enum")?.as_array()?.iter().collect()),
    }
}

fn shown(values: &[&Value]) -> String {
    listed(&values.iter().map(ToString::to_string).collect::<Vec<_>>(), "or")
}
