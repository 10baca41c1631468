//! Two versions of a schema.
//!
//! One comparison finds where a schema became narrower or wider. Who gives values to a connector is hurt by the one,
//! who reads values from it by the other.

use std::collections::HashSet;

use connector_sdk::schema::escape;
use serde_json::{Map, Value};

use super::{Change, bulk};
use crate::finding::Level;
use crate::rule::Rule;

/// Which way the values of a schema go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// From the caller to the connector.
    Input,
    /// From the connector to the caller.
    Output,
}

/// How a part of a schema has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// It takes fewer values.
    Narrower,
    /// It takes more values.
    Wider,
    /// It takes more values of the same type, which few readers notice.
    Looser,
    /// It takes other values.
    Different,
    /// It may be any of these.
    Unclear,
}

impl Way {
    fn level(self, direction: Direction) -> (Level, Rule) {
        match (direction, self) {
            (Direction::Input, Way::Narrower | Way::Different) => (Level::Breaking, Rule::InputNarrowed),
            (Direction::Input, Way::Wider | Way::Looser) => (Level::Compatible, Rule::InputWidened),
            (Direction::Input, Way::Unclear) => (Level::Risky, Rule::InputChanged),
            (Direction::Output, Way::Narrower) => (Level::Compatible, Rule::OutputNarrowed),
            (Direction::Output, Way::Wider | Way::Different) => (Level::Breaking, Rule::OutputWidened),
            (Direction::Output, Way::Looser) => (Level::Risky, Rule::OutputWidened),
            (Direction::Output, Way::Unclear) => (Level::Risky, Rule::OutputChanged),
        }
    }
}

/// A part of a schema with its place in the document.
#[derive(Debug, Clone)]
pub(super) struct Part<'a> {
    pub(super) value: &'a Value,
    pub(super) at: String,
}

static ANYTHING: Value = Value::Bool(true);

impl<'a> Part<'a> {
    /// Returns what a keyword says, or `true`, which takes anything.
    pub(super) fn below(&self, keyword: &str) -> Part<'a> {
        let at = format!("{}/{}", self.at, escape(keyword));
        Part { value: self.value.get(keyword).unwrap_or(&ANYTHING), at }
    }

    /// Returns the members of a list.
    pub(super) fn members(&self, keyword: &str) -> Vec<Part<'a>> {
        let all = self.value.get(keyword).and_then(Value::as_array).into_iter().flatten().enumerate();
        all.map(|(i, value)| Part { value, at: format!("{}/{keyword}/{i}", self.at) }).collect()
    }

    pub(super) fn get(&self, keyword: &str) -> Option<&'a Value> {
        self.value.get(keyword)
    }

    pub(super) fn properties(&self) -> Option<&'a Map<String, Value>> {
        self.get("properties").and_then(Value::as_object)
    }
}

/// Returns the differences between two versions of a schema that stands at `at` in its document.
pub(super) fn changes(direction: Direction, at: &str, old: &Value, new: &Value) -> Vec<Change> {
    let mut comparison = Comparison { direction, at, roots: (old, new), seen: HashSet::new(), found: Vec::new() };
    let part = |value| Part { value, at: at.to_owned() };
    comparison.compare(part(old), part(new));
    comparison.found
}

/// A comparison of two schemas.
pub(super) struct Comparison<'a> {
    pub(super) direction: Direction,
    at: &'a str,
    roots: (&'a Value, &'a Value),
    // Types may contain themselves.
    seen: HashSet<(String, String)>,
    found: Vec<Change>,
}

impl<'a> Comparison<'a> {
    pub(super) fn compare(&mut self, old: Part<'a>, new: Part<'a>) {
        self.compare_beside_null(old, new, false);
    }

    /// Compares two schemas. With `beside_null`, null is an alternative of both, wherever that is said.
    pub(super) fn compare_beside_null(&mut self, old: Part<'a>, new: Part<'a>, beside_null: bool) {
        let (old, new) = (resolve(self.roots.0, self.at, old), resolve(self.roots.1, self.at, new));
        if !self.seen.insert((old.at.clone(), new.at.clone())) || self.compare_alternatives(&old, &new) {
            return;
        }
        match (old.value, new.value) {
            (Value::Bool(false), Value::Bool(false)) | (Value::Bool(true), Value::Bool(true)) => return,
            (_, Value::Bool(false)) => {
                return self
                    .report(Way::Narrower, &old, &new, "", |subject| format!("{subject} has no values any more"));
            }
            (Value::Bool(false), _) => {
                return self.report(Way::Wider, &old, &new, "", |subject| format!("{subject} has values now"));
            }
            _ => {}
        }
        self.compare_types(&old, &new, beside_null);
        self.compare_values(&old, &new);
        self.compare_bounds(&old, &new);
        self.compare_forms(&old, &new);
        self.compare_words(&old, &new);
        self.compare_properties(&old, &new);
        self.compare_required(&old, &new);
        self.compare_rest(&old, &new);
        self.compare(old.below("items"), new.below("items"));
        self.compare_combinations(&old, &new);
    }

    fn compare_properties(&mut self, old: &Part<'a>, new: &Part<'a>) {
        let (before, after) = (old.properties(), new.properties());
        let is_bulk = bulk::is_bulk(old.value) && bulk::is_bulk(new.value);
        for name in before.into_iter().flatten().map(|(name, _)| name) {
            // The many inputs have the same properties as the one.
            if is_bulk && name == "items" {
                continue;
            }
            let (was, is) = (old.below("properties").below(name), new.below("properties").below(name));
            if after.is_some_and(|after| after.contains_key(name)) {
                self.compare(was, is);
            } else {
                self.removed(name, was.at, new);
            }
        }
        let required = names(new.get("required"));
        for (name, _) in after.into_iter().flatten() {
            if before.is_none_or(|before| !before.contains_key(name)) && !required.contains(&name.as_str()) {
                let rule = self.either(Rule::InputAdded, Rule::OutputAdded);
                let change = Change::new(Level::Compatible, rule, "", format!("`{name}` is new"));
                self.found.push(change.at(&*old.at, new.below("properties").below(name).at));
            }
        }
    }

    fn removed(&mut self, name: &str, was: String, new: &Part<'a>) {
        let change = match self.direction {
            Direction::Output => Change::new(Level::Breaking, Rule::OutputRemoved, "", format!("`{name}` is gone")),
            Direction::Input if *rest(new).value == Value::Bool(false) => {
                let message = format!("`{name}` is gone, and is refused");
                Change::new(Level::Breaking, Rule::InputRemoved, "", message)
                    .help("keep it, and mark it with \"deprecated\": true")
            }
            Direction::Input => {
                let message = format!("`{name}` is gone, and is taken without being described");
                Change::new(Level::Risky, Rule::InputRemoved, "", message)
            }
        };
        self.found.push(change.at(was, &*new.at));
    }

    fn compare_required(&mut self, old: &Part<'a>, new: &Part<'a>) {
        let (before, after) = (names(old.get("required")), names(new.get("required")));
        let knows = |part: &Part<'_>, name: &str| part.properties().is_none_or(|all| all.contains_key(name));
        for name in after.iter().filter(|name| !before.contains(name)) {
            let change = match (self.direction, knows(old, name)) {
                (Direction::Input, _) => {
                    Change::new(Level::Breaking, Rule::InputRequired, "", format!("`{name}` is required now"))
                        .help("make it optional, and say what happens without it")
                }
                (Direction::Output, true) => {
                    Change::new(Level::Compatible, Rule::OutputNarrowed, "", format!("`{name}` is always there now"))
                }
                (Direction::Output, false) => {
                    Change::new(Level::Compatible, Rule::OutputAdded, "", format!("`{name}` is new"))
                }
            };
            self.found.push(change.at(place(old, name), place(new, name)));
        }
        // A property that is gone has been reported.
        for name in before.iter().filter(|name| !after.contains(name) && knows(new, name)) {
            let change = match self.direction {
                Direction::Input => {
                    Change::new(Level::Compatible, Rule::InputWidened, "", format!("`{name}` is no longer required"))
                }
                Direction::Output => {
                    Change::new(Level::Breaking, Rule::OutputOptional, "", format!("`{name}` may be absent now"))
                }
            };
            self.found.push(change.at(place(old, name), place(new, name)));
        }
    }

    // What is said of further properties. An output is open: readers ignore what they do not know.
    fn compare_rest(&mut self, old: &Part<'a>, new: &Part<'a>) {
        let (old, new) = (rest(old), rest(new));
        let refuses = |part: &Part<'_>| *part.value == Value::Bool(false);
        match (refuses(&old), refuses(&new)) {
            (false, false) => self.compare(old, new),
            (false, true) if self.direction == Direction::Input => {
                self.report(Way::Narrower, &old, &new, "", |subject| {
                    format!("{subject} refuses unknown properties now")
                });
            }
            (true, false) if self.direction == Direction::Input => {
                self.report(Way::Wider, &old, &new, "", |subject| format!("{subject} takes further properties now"));
            }
            _ => {}
        }
    }

    fn either(&self, input: Rule, output: Rule) -> Rule {
        if self.direction == Direction::Input { input } else { output }
    }

    /// Reports a change at a keyword of both versions.
    pub(super) fn report(
        &mut self,
        way: Way,
        old: &Part<'_>,
        new: &Part<'_>,
        keyword: &str,
        message: impl FnOnce(&str) -> String,
    ) {
        let (level, rule) = way.level(self.direction);
        let below =
            |part: &Part<'_>| if keyword.is_empty() { part.at.clone() } else { format!("{}/{keyword}", part.at) };
        let whole = self.either_text("the input", "the output");
        let change = Change::new(level, rule, "", message(&subject(&new.at, whole))).at(below(old), below(new));
        self.found.push(change);
    }

    fn either_text(&self, input: &'static str, output: &'static str) -> &'static str {
        if self.direction == Direction::Input { input } else { output }
    }
}

// The place of a property, which the version that only requires it does not describe.
fn place(part: &Part<'_>, name: &str) -> String {
    let described = part.properties().is_some_and(|all| all.contains_key(name));
    if described { part.below("properties").below(name).at } else { part.at.clone() }
}

fn rest<'a>(part: &Part<'a>) -> Part<'a> {
    let keyword =
        if part.get("additionalProperties").is_some() { "additionalProperties" } else { "unevaluatedProperties" };
    part.below(keyword)
}

/// Returns the texts in a list.
pub(super) fn names(list: Option<&Value>) -> Vec<&str> {
    list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

fn resolve<'a>(root: &'a Value, prefix: &str, part: Part<'a>) -> Part<'a> {
    let mut part = part;
    // As many steps as anybody writes, so that a circle of references ends.
    for _ in 0..16 {
        let target = part.get("$ref").and_then(Value::as_str).and_then(|target| target.strip_prefix('#'));
        match target.and_then(|pointer| Some((pointer, root.pointer(pointer)?))) {
            Some((pointer, value)) => part = Part { value, at: format!("{prefix}{pointer}") },
            None => break,
        }
    }
    part
}

// What a place is about: the nearest property above it.
fn subject(at: &str, whole: &str) -> String {
    let Some((_, below)) = at.rsplit_once("/properties/") else {
        return if at.contains("/items") { format!("an item of {whole}") } else { whole.to_owned() };
    };
    let (name, below) = below.split_once('/').unwrap_or((below, ""));
    let name = name.replace("~1", "/").replace("~0", "~");
    match below.split('/').next() {
        Some("items") => format!("an item of `{name}`"),
        Some("additionalProperties") => format!("a value of `{name}`"),
        _ => format!("`{name}`"),
    }
}
