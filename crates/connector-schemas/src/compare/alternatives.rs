//! Combined schemas of two versions: alternatives, conditions, and what this check cannot judge.

use connector_sdk::schema::rules::is_rule;
use serde_json::{Value, json};

use super::keywords::takes_null;
use super::schema::{Comparison, Part, Way, names};
use crate::subschemas::bare;

/// Keywords that are compared as a whole: what a change of them means cannot be told.
const OPAQUE: [&str; 11] = [
    "not",
    "contains",
    "minContains",
    "maxContains",
    "prefixItems",
    "propertyNames",
    "patternProperties",
    "dependentSchemas",
    "unevaluatedItems",
    "contentSchema",
    "$dynamicRef",
];

impl<'a> Comparison<'a> {
    /// Compares schemas of which at least one consists of alternatives only. Returns whether that was so.
    pub(super) fn compare_alternatives(&mut self, old: &Part<'a>, new: &Part<'a>) -> bool {
        let (before, after) = match (alternatives(old), alternatives(new)) {
            (None, None) => return false,
            (None, Some(after)) => match or_null(&after) {
                Some((value, null)) => {
                    let takes_null = takes_null(old.value);
                    if !takes_null {
                        self.report(Way::Wider, old, &null, "", |subject| format!("{subject} may be null now"));
                    }
                    self.compare_beside_null(old.clone(), value, takes_null);
                    return true;
                }
                None => (vec![old.clone()], after),
            },
            (Some(before), None) => match or_null(&before) {
                Some((value, null)) => {
                    let takes_null = takes_null(new.value);
                    if !takes_null {
                        self.report(Way::Narrower, &null, new, "", |subject| {
                            format!("{subject} may no longer be null")
                        });
                    }
                    self.compare_beside_null(value, new.clone(), takes_null);
                    return true;
                }
                None => (before, vec![new.clone()]),
            },
            (Some(before), Some(after)) => (before, after),
        };
        self.pair(before, after, old, new);
        true
    }

    // Equal ones belong together, and so do the others if they are equally many.
    fn pair(&mut self, before: Vec<Part<'a>>, mut after: Vec<Part<'a>>, old: &Part<'a>, new: &Part<'a>) {
        let mut gone = Vec::new();
        for was in before {
            match after.iter().position(|is| bare(is.value) == bare(was.value)) {
                // Their references may lead to different schemas.
                Some(i) => self.compare(was, after.remove(i)),
                None => gone.push(was),
            }
        }
        if gone.len() == after.len() {
            for (was, is) in gone.into_iter().zip(after) {
                self.compare(was, is);
            }
            return;
        }
        for was in gone {
            self.report(Way::Narrower, &was, new, "", |subject| format!("a form of {subject} is gone or has changed"));
        }
        for is in after {
            self.report(Way::Wider, old, &is, "", |subject| format!("{subject} has a new form"));
        }
    }

    pub(super) fn compare_combinations(&mut self, old: &Part<'a>, new: &Part<'a>) {
        for keyword in ["anyOf", "oneOf"] {
            match (old.get(keyword).is_some(), new.get(keyword).is_some()) {
                (true, true) => self.pair(old.members(keyword), new.members(keyword), old, new),
                (false, true) => {
                    self.report(Way::Narrower, old, new, keyword, |subject| {
                        format!("{subject} has only some forms now")
                    });
                }
                (true, false) => {
                    self.report(Way::Looser, old, new, keyword, |subject| format!("{subject} has any form now"));
                }
                (false, false) => {}
            }
        }
        self.compare_rules(old, new);
        self.compare_parts(old, new);
        self.compare_conditions(old, new);
        self.compare_dependent(old, new);
        for keyword in OPAQUE {
            if old.get(keyword).map(bare) != new.get(keyword).map(bare) {
                self.unclear(old, new, keyword);
            }
        }
    }

    // The members of `allOf` that are no rules.
    fn compare_parts(&mut self, old: &Part<'a>, new: &Part<'a>) {
        let parts =
            |part: &Part<'a>| part.members("allOf").into_iter().filter(|one| !is_rule(one.value)).collect::<Vec<_>>();
        let (before, after) = (parts(old), parts(new));
        if before.len() == after.len() {
            for (was, is) in before.into_iter().zip(after) {
                self.compare(was, is);
            }
        } else {
            self.unclear(old, new, "allOf");
        }
    }

    fn compare_conditions(&mut self, old: &Part<'a>, new: &Part<'a>) {
        if old.get("if").map(bare) != new.get("if").map(bare) {
            self.unclear(old, new, "if");
        } else if old.get("if").is_some() {
            for keyword in ["then", "else"] {
                self.compare(old.below(keyword), new.below(keyword));
            }
        }
    }

    fn compare_dependent(&mut self, old: &Part<'a>, new: &Part<'a>) {
        let needed = |part: &Part<'a>, name: &str| names(part.get("dependentRequired").and_then(|all| all.get(name)));
        let triggers = |part: &Part<'a>| -> Vec<&'a str> {
            let all = part.get("dependentRequired").and_then(Value::as_object);
            all.into_iter().flatten().map(|(name, _)| name.as_str()).collect()
        };
        for name in triggers(new) {
            // A new property was never given.
            if old.properties().is_some_and(|all| !all.contains_key(name)) {
                continue;
            }
            let before = needed(old, name);
            for other in needed(new, name).into_iter().filter(|other| !before.contains(other)) {
                let message = format!("`{name}` is given only together with `{other}` now");
                self.report(Way::Narrower, old, new, "dependentRequired", |_| message);
            }
        }
        for name in triggers(old) {
            let after = needed(new, name);
            for other in needed(old, name).into_iter().filter(|other| !after.contains(other)) {
                let message = format!("`{name}` may be given without `{other}` now");
                self.report(Way::Looser, old, new, "dependentRequired", |_| message);
            }
        }
    }

    fn unclear(&mut self, old: &Part<'a>, new: &Part<'a>, keyword: &str) {
        self.report(Way::Unclear, old, new, keyword, |subject| {
            format!("`{keyword}` of {subject} has changed: compare the two by hand")
        });
    }
}

// The alternatives of something that may be null: what it is else, and null.
fn or_null<'a>(alternatives: &[Part<'a>]) -> Option<(Part<'a>, Part<'a>)> {
    let is_null = |part: &Part<'_>| bare(part.value) == json!({ "type": "null" });
    match alternatives {
        [value, null] if is_null(null) && !is_null(value) => Some((value.clone(), null.clone())),
        [null, value] if is_null(null) && !is_null(value) => Some((value.clone(), null.clone())),
        _ => None,
    }
}

// The members of a schema that consists of nothing but alternatives and descriptions.
fn alternatives<'a>(part: &Part<'a>) -> Option<Vec<Part<'a>>> {
    let bared = bare(part.value);
    let mut keywords = bared.as_object()?.keys();
    match (keywords.next().map(String::as_str), keywords.next()) {
        (Some(keyword @ ("anyOf" | "oneOf")), None) => Some(part.members(keyword)),
        _ => None,
    }
}
