//! Rules about which properties of an object go together, as JSON Schema.
//!
//! Each function gives a transformation for `#[schemars(transform = …)]` on the type whose properties it names. A rule
//! becomes a member of `allOf`: standard keywords, which any validator enforces, and an `x-` keyword with the names
//! alone, which a form, an agent or an error message reads.
//!
//! A name stands for a property that is given: `null` and an empty list are not. `name=value` stands for one that has
//! this value, such as a switch that is on (`generatePassword=true`). `name?` stands for one that is there, even if it
//! is null or empty.

use schemars::Schema;
use serde_json::{Map, Value, json};

use super::escape;
use crate::Issue;

/// Keyword: exactly one of these is given.
pub const ONE_OF: &str = "x-one-of";
/// Keyword: at least one of these is given.
pub const AT_LEAST_ONE: &str = "x-at-least-one";
/// Keyword: at most one of these is given.
pub const AT_MOST_ONE: &str = "x-at-most-one";
/// Keyword: all of these are given, or none.
pub const TOGETHER: &str = "x-together";
/// Keyword: the first is given only together with one of the others.
pub const ONLY_WITH: &str = "x-only-with";
/// Keyword: the first is required where one of the others is given.
pub const NEEDED_WITH: &str = "x-needed-with";

/// Keywords of all rules.
pub const ALL: [&str; 6] = [ONE_OF, AT_LEAST_ONE, AT_MOST_ONE, TOGETHER, ONLY_WITH, NEEDED_WITH];

/// Requires exactly one of the properties.
///
/// ```
/// use connector_sdk::schema::{self, rules};
///
/// #[derive(schemars::JsonSchema)]
/// #[serde(rename_all = "camelCase")]
/// #[schemars(transform = rules::one_of(&["itemId", "path"]))]
/// # #[allow(dead_code)]
/// struct Item { item_id: Option<String>, path: Option<String> }
///
/// let schema = schema::input::<Item>("Item");
/// let rule = rules::of(&schema).next().unwrap();
/// assert_eq!(rules::sentence(rule).unwrap(), "Give exactly one of `itemId` and `path`.");
/// ```
pub fn one_of(names: &'static [&'static str]) -> impl Fn(&mut Schema) {
    move |schema| add(schema, ONE_OF, names, json!({ "oneOf": alternatives(names) }))
}

/// Requires at least one of the properties.
pub fn at_least_one(names: &'static [&'static str]) -> impl Fn(&mut Schema) {
    move |schema| add(schema, AT_LEAST_ONE, names, json!({ "anyOf": alternatives(names) }))
}

/// Requires one property besides these, even if it is null: an update that changes nothing is a mistake.
pub fn something_beside(these: &'static [&'static str]) -> impl Fn(&mut Schema) {
    move |schema| {
        let all =
            schema.get("properties").and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name.as_str());
        let names: Vec<String> = all.filter(|name| !these.contains(name)).map(|name| format!("{name}?")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        add(schema, AT_LEAST_ONE, &names, json!({ "anyOf": alternatives(&names) }));
    }
}

/// Forbids giving two or more of the properties together.
pub fn at_most_one(names: &'static [&'static str]) -> impl Fn(&mut Schema) {
    move |schema| {
        let pairs: Vec<Value> = names
            .iter()
            .enumerate()
            .flat_map(|(place, one)| {
                names[place + 1..].iter().map(move |other| json!({ "allOf": [given(one), given(other)] }))
            })
            .collect();
        let not = if let [pair] = pairs.as_slice() { pair.clone() } else { json!({ "anyOf": pairs }) };
        add(schema, AT_MOST_ONE, names, json!({ "not": not }));
    }
}

/// Requires all of the properties, or none.
pub fn together(names: &'static [&'static str]) -> impl Fn(&mut Schema) {
    move |schema| {
        let all: Vec<Value> = names.iter().map(|name| given(name)).collect();
        add(schema, TOGETHER, names, json!({ "if": { "anyOf": all }, "then": { "allOf": all } }));
    }
}

/// Forbids the first property unless one of the others is given.
pub fn only_with(names: &'static [&'static str]) -> impl Fn(&mut Schema) {
    move |schema| {
        let [first, others @ ..] = names else { return };
        add(schema, ONLY_WITH, names, json!({ "if": given(first), "then": { "anyOf": alternatives(others) } }));
    }
}

/// Requires the first property where one of the others is given. One with a `!` before it takes its place: where it is
/// given, nothing is required.
pub fn needed_with(names: &'static [&'static str]) -> impl Fn(&mut Schema) {
    move |schema| {
        let [first, others @ ..] = names else { return };
        let (instead, with): (Vec<&str>, Vec<&str>) = others.iter().partition(|name| name.starts_with('!'));
        let mut wanted = vec![given(first)];
        wanted.extend(instead.iter().map(|name| given(&name[1..])));
        let then = if let [one] = wanted.as_slice() { one.clone() } else { json!({ "anyOf": wanted }) };
        add(schema, NEEDED_WITH, names, json!({ "if": { "anyOf": alternatives(&with) }, "then": then }));
    }
}

fn add(schema: &mut Schema, keyword: &str, names: &[&str], words: Value) {
    let mut rule = Map::from_iter([(keyword.to_owned(), json!(names))]);
    if let Value::Object(words) = words {
        rule.extend(words);
    }
    if let Value::Array(all) = schema.ensure_object().entry("allOf").or_insert_with(|| json!([])) {
        all.push(rule.into());
    }
}

// Where there may be null instead of the object, the rules hold for the object alone.
pub(super) fn spare_null(object: &mut Map<String, Value>) {
    let admits = |kind: &str| {
        object.get("type").and_then(Value::as_array).is_some_and(|kinds| kinds.iter().any(|known| known == kind))
    };
    if !admits("object") || !admits("null") {
        return;
    }
    for rule in object.get_mut("allOf").and_then(Value::as_array_mut).into_iter().flatten() {
        if !is_rule(rule) || rule["if"] == json!({ "type": "object" }) {
            continue;
        }
        let Value::Object(rule) = rule else { continue };
        let (told, words): (Map<String, Value>, Map<String, Value>) =
            std::mem::take(rule).into_iter().partition(|(keyword, _)| keyword.starts_with("x-"));
        *rule = told;
        rule.insert("if".to_owned(), json!({ "type": "object" }));
        rule.insert("then".to_owned(), words.into());
    }
}

fn alternatives(names: &[&str]) -> Vec<Value> {
    names.iter().map(|name| given(name)).collect()
}

fn given(name: &str) -> Value {
    if let Some(name) = name.strip_suffix('?') {
        return json!({ "required": [name] });
    }
    let (name, wanted) = split(name);
    let value = match wanted {
        Some(wanted) => json!({ "const": literal(wanted) }),
        None => json!({ "not": { "enum": [null, []] } }),
    };
    json!({ "required": [name], "properties": { name: value } })
}

fn literal(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| text.into())
}

fn split(name: &str) -> (&str, Option<&str>) {
    let name = name.trim_end_matches('?');
    name.split_once('=').map_or((name, None), |(name, wanted)| (name, Some(wanted)))
}

/// Returns whether a property that a rule names is given in an object.
pub fn is_given(name: &str, object: &Value) -> bool {
    if let Some(name) = name.strip_suffix('?') {
        return object.get(name).is_some();
    }
    let (name, wanted) = split(name);
    let value = object.get(name).unwrap_or(&Value::Null);
    match wanted {
        Some(wanted) => *value == literal(wanted),
        None => !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty()),
    }
}

/// Returns the violation of a rule by an object: the property that the message stands at, and the message. `None` where
/// the object satisfies the rule.
///
/// `rule` is a member of `allOf` with one of the keywords of this module.
pub fn breach(rule: &Value, object: &Value) -> Option<(String, String)> {
    let (keyword, names) = ALL.iter().find_map(|keyword| Some((*keyword, rule.get(*keyword)?.as_array()?)))?;
    let (instead, names): (Vec<&str>, Vec<&str>) =
        names.iter().filter_map(Value::as_str).partition(|name| name.starts_with('!'));
    if instead.iter().any(|name| is_given(&name[1..], object)) {
        return None;
    }
    let there: Vec<&str> = names.iter().copied().filter(|name| is_given(name, object)).collect();
    let (first, others) = names.split_first()?;
    let found = match keyword {
        ONE_OF | AT_MOST_ONE if there.len() > 1 => {
            (there[1], format!("{} exclude each other: give one of them", listed(&there, "and")))
        }
        ONE_OF if there.is_empty() => (*first, format!("give {}", listed(&names, "or"))),
        AT_LEAST_ONE if there.is_empty() => (*first, format!("give {}, or several of them", some(&names, "or"))),
        TOGETHER if !there.is_empty() && there.len() < names.len() => {
            let missing = names.iter().find(|name| !there.contains(name))?;
            (*missing, format!("give {} too: {} go together", listed(&[*missing], "and"), listed(&names, "and")))
        }
        ONLY_WITH if there.contains(first) && there.len() == 1 => {
            (*first, format!("goes with {}, and only with it", listed(others, "or")))
        }
        NEEDED_WITH if !there.contains(first) && !there.is_empty() => {
            (*first, format!("give {}: {} needs it", listed(&[*first], "and"), listed(&there, "and")))
        }
        _ => return None,
    };
    Some((split(found.0).0.to_owned(), found.1))
}

/// The rules anywhere in a schema, by their places.
///
/// A validator knows only that a member of `allOf` is not met; with this, an error can say which properties are missing
/// or exclude each other.
#[derive(Debug, Default)]
pub struct Rules(Vec<(String, Value)>);

impl Rules {
    /// Collects the rules of a schema.
    pub fn of(schema: &Value) -> Rules {
        let mut rules = Rules::default();
        rules.find(schema, &mut String::new());
        rules
    }

    fn find(&mut self, schema: &Value, at: &mut String) {
        let mut below = |name: &str, value: &Value| {
            let length = at.len();
            at.push('/');
            at.push_str(&escape(name));
            self.find(value, at);
            at.truncate(length);
        };
        match schema {
            Value::Object(object) => object.iter().for_each(|(name, value)| below(name, value)),
            Value::Array(all) => all.iter().enumerate().for_each(|(place, value)| below(&place.to_string(), value)),
            _ => {}
        }
        if is_rule(schema) {
            // The slash keeps `/allOf/1` from being the beginning of `/allOf/10`.
            self.0.push((format!("{at}/"), schema.clone()));
        }
    }

    /// Returns the violation of the rule that a validator's error comes from, by the JSON Pointers of the error: its
    /// place in the schema, and in the input. `None` where it comes from no rule.
    pub fn breach(&self, schema_path: &str, instance_path: &str, input: &Value) -> Option<Issue> {
        let (below, rule) =
            self.0.iter().find_map(|(at, rule)| Some((schema_path.strip_prefix(at.as_str())?, rule)))?;
        // Of the keywords in a rule, only `properties` goes down into what it is about.
        let depth = below.split('/').filter(|word| *word == "properties").count();
        let at = instance_path.rsplitn(depth + 1, '/').last().unwrap_or_default();
        let (name, message) = breach(rule, input.pointer(at)?)?;
        Some(Issue::new(format!("{at}/{}", escape(&name)), message))
    }
}

/// Returns the rules of an object, as members of `allOf`; of a bulk input, those that hold for each item.
pub fn of(schema: &Value) -> impl Iterator<Item = &Value> {
    let all = [schema.get("allOf"), schema.get("else").and_then(|one| one.get("allOf"))];
    all.into_iter().flatten().filter_map(Value::as_array).flatten().filter(|rule| is_rule(rule))
}

/// Returns whether a subschema is a rule.
pub fn is_rule(schema: &Value) -> bool {
    ALL.iter().any(|keyword| schema.get(*keyword).is_some_and(Value::is_array))
}

/// Returns the requirement of a rule as a sentence.
pub fn sentence(rule: &Value) -> Option<String> {
    let (keyword, names) = ALL.iter().find_map(|keyword| Some((*keyword, rule.get(*keyword)?.as_array()?)))?;
    let (instead, names): (Vec<&str>, Vec<&str>) =
        names.iter().filter_map(Value::as_str).partition(|name| name.starts_with('!'));
    let instead: Vec<&str> = instead.iter().map(|name| &name[1..]).collect();
    let (first, others) = names.split_first()?;
    let first = listed(&[*first], "and");
    let told = match keyword {
        ONE_OF => format!("Give exactly one of {}.", listed(&names, "and")),
        AT_LEAST_ONE => format!("Give at least one of {}.", some(&names, "and")),
        AT_MOST_ONE => format!("Give at most one of {}.", listed(&names, "and")),
        TOGETHER => format!("Give {} together.", listed(&names, "and")),
        ONLY_WITH => format!("Give {first} only with {}.", listed(others, "or")),
        _ if instead.is_empty() => format!("Give {first} wherever {} is there.", listed(others, "or")),
        _ => format!(
            "Give {first} wherever {} is there, unless there is {}.",
            listed(others, "or"),
            listed(&instead, "or")
        ),
    };
    Some(told)
}

// Names, or the first of very many.
fn some(names: &[&str], last: &str) -> String {
    const MANY: usize = 10;
    const NAMED: usize = 5;
    match names {
        [first @ .., _] if first.len() >= MANY => {
            let shown: Vec<String> = names[..NAMED].iter().map(|name| listed(&[*name], last)).collect();
            format!("{} {last} any of the {} others", shown.join(", "), names.len() - NAMED)
        }
        _ => listed(names, last),
    }
}

fn listed(names: &[&str], last: &str) -> String {
    let shown: Vec<String> = names
        .iter()
        .map(|name| match split(name) {
            (name, None) => format!("`{name}`"),
            (name, Some(wanted)) => format!("`{name}: {wanted}`"),
        })
        .collect();
    match shown.split_last() {
        Some((end, start)) if !start.is_empty() => format!("{} {last} {end}", start.join(", ")),
        _ => shown.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(add: impl Fn(&mut Schema)) -> Value {
        let mut schema = Schema::default();
        add(&mut schema);
        Value::from(schema)["allOf"][0].clone()
    }

    // A rule says the same as a schema and as a sentence, whatever is given.
    #[test]
    fn the_keywords_and_the_sentence_agree() {
        let rules = [
            (rule(one_of(&["a", "b", "c=true"])), "x-one-of"),
            (rule(at_least_one(&["a", "b", "c=true"])), "x-at-least-one"),
            (rule(at_least_one(&["a?", "c=true"])), "x-at-least-one"),
            (rule(at_most_one(&["a", "b", "c=true"])), "x-at-most-one"),
            (rule(together(&["a", "b", "c=true"])), "x-together"),
            (rule(only_with(&["a", "b", "c=true"])), "x-only-with"),
            (rule(needed_with(&["a", "b", "c=true"])), "x-needed-with"),
            (rule(needed_with(&["a", "c=true", "!b"])), "x-needed-with"),
        ];
        let values = [None, Some(json!(null)), Some(json!([])), Some(json!(["x"])), Some(json!("x"))];
        let switches = [None, Some(json!(null)), Some(json!(false)), Some(json!(true))];
        let mut refused = 0;
        for (rule, keyword) in &rules {
            assert!(rule.get(keyword).is_some(), "{rule}");
            let compiled = jsonschema::validator_for(rule).unwrap();
            let pairs = values.iter().flat_map(|a| values.iter().map(move |b| (a, b)));
            for ((a, b), c) in pairs.flat_map(|pair| switches.iter().map(move |c| (pair, c))) {
                let members = [("a", a), ("b", b), ("c", c)]
                    .into_iter()
                    .filter_map(|(name, value)| Some((name.to_owned(), value.clone()?)));
                let object = Value::Object(members.collect());
                let told = breach(rule, &object);
                assert_eq!(compiled.is_valid(&object), told.is_none(), "{keyword} {object}: {told:?}");
                refused += usize::from(told.is_some());
            }
        }
        assert!(refused > 100, "{refused}");
    }

    #[test]
    fn null_in_the_place_of_an_object_breaks_no_rule() {
        let mut schema = json!({
            "type": ["object", "null"],
            "properties": { "a": {}, "b": {} },
            "allOf": [rule(one_of(&["a", "b"])), rule(at_most_one(&["a", "b"]))]
        });
        spare_null(schema.as_object_mut().unwrap());
        let once = schema.clone();
        spare_null(schema.as_object_mut().unwrap());
        assert_eq!(schema, once);
        let compiled = jsonschema::validator_for(&schema).unwrap();
        for (value, fits) in [(json!(null), true), (json!({ "a": 1 }), true), (json!({}), false)] {
            assert_eq!(compiled.is_valid(&value), fits, "{value}");
        }
        let input = json!({ "a": 1, "b": 1 });
        let rules = Rules::of(&schema);
        let told = compiled
            .iter_errors(&input)
            .filter_map(|error| {
                rules.breach(&error.schema_path().to_string(), &error.instance_path().to_string(), &input)
            })
            .next()
            .unwrap();
        assert_eq!(told.pointer, "/b");
    }

    #[test]
    fn a_breach_says_what_to_give() {
        let told = |rule: &Value, object: Value| breach(rule, &object).map(|(at, message)| format!("/{at} {message}"));
        let one = rule(one_of(&["itemId", "path", "root=true"]));
        assert_eq!(told(&one, json!({})).unwrap(), "/itemId give `itemId`, `path` or `root: true`");
        assert_eq!(
            told(&one, json!({ "path": "x", "root": true })).unwrap(),
            "/root `path` and `root: true` exclude each other: give one of them"
        );
        let both = rule(together(&["start", "end"]));
        assert_eq!(told(&both, json!({ "start": "x" })).unwrap(), "/end give `end` too: `start` and `end` go together");
        const MANY: [&str; 11] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"];
        assert_eq!(
            told(&rule(at_least_one(&MANY)), json!({})).unwrap(),
            "/a give `a`, `b`, `c`, `d`, `e` or any of the 6 others, or several of them"
        );
        let rule_of = rule(only_with(&["rule", "kind=dynamic"]));
        assert_eq!(
            told(&rule_of, json!({ "rule": "x" })).unwrap(),
            "/rule goes with `kind: dynamic`, and only with it"
        );
    }
}
