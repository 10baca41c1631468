//! Inputs that a schema allows, friendly and hostile, for property tests.

use connector_sdk::schema::rules;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::Union;
use serde_json::{Map, Value, json};

/// The name of a file that a test attaches to the run, so that some inputs name one that is there.
pub use connector_testing::contracts::ATTACHED;

/// How many items a list gets above its minimum.
const MORE_ITEMS: u64 = 3;

/// Texts that have broken programs before.
const HOSTILE: &[&str] = &[
    "",
    " ",
    ".",
    "..",
    "../../etc",
    "/",
    "//evil.example",
    "https://evil.example/v1.0/me",
    "\\\\evil",
    "%2e%2e%2f",
    "%00",
    "\0",
    "a\r\nX-Injected: 1",
    "a\tb",
    "'",
    "O'Neil' or 1 eq 1",
    "\"",
    "$filter=1",
    "a?b=c&d=e#f",
    "{user}",
    "{{name}}",
    "é\u{301}",
    "\u{202e}txt.exe",
    "🦀🦀",
    "\u{feff}",
    "null",
    "-1",
    "1e999",
    "2026-02-30T25:61:61Z",
    "AAMk/a+b==",
    "me",
    "adele@contoso.example",
    "<script>alert(1)</script>",
];

/// Values that `schema` describes. Nearly all of them satisfy it; a keyword that is not known here is
/// ignored, so a test holds each value against the schema before it expects anything.
pub fn valid(schema: &Value) -> BoxedStrategy<Value> {
    let Value::Object(schema) = schema else { return anything() };
    if schema.contains_key("x-file") {
        return file();
    }
    if let Some(only) = schema.get("const") {
        return Just(only.clone()).boxed();
    }
    if let Some(choices) = schema.get("enum").and_then(Value::as_array) {
        return select(choices.clone()).boxed();
    }
    for key in ["anyOf", "oneOf"] {
        if let Some(branches) = schema.get(key).and_then(Value::as_array).filter(|branches| !branches.is_empty()) {
            return Union::new(branches.iter().map(valid)).boxed();
        }
    }
    if let Some(branches) = one_or_many(schema) {
        return Union::new(branches.iter().map(valid)).boxed();
    }
    match schema.get("type") {
        Some(Value::String(kind)) => of_type(kind, schema),
        Some(Value::Array(kinds)) if !kinds.is_empty() => {
            Union::new(kinds.iter().filter_map(Value::as_str).map(|kind| of_type(kind, schema))).boxed()
        }
        _ => anything(),
    }
}

// An action takes one input, or many as `items`.
fn one_or_many(schema: &Map<String, Value>) -> Option<[Value; 2]> {
    let (mut one, mut many) = (schema.clone(), schema.clone());
    let otherwise = schema.get("if").map(|_| schema.get("else"))?;
    for branch in [&mut one, &mut many] {
        ["if", "then", "else"].iter().for_each(|key| drop(branch.shift_remove(*key)));
    }
    one.get_mut("properties")?.as_object_mut()?.retain(|name, _| name != "items" && name != "stopOnError");
    for key in ["required", "allOf"] {
        if let Some(value) = otherwise.and_then(|schema| schema.get(key)) {
            one.insert(key.into(), value.clone());
        }
    }
    many.get_mut("properties")?.as_object_mut()?.retain(|name, _| name == "items" || name == "stopOnError");
    many.insert("required".into(), json!(["items"]));
    Some([one.into(), many.into()])
}

/// Any JSON at all.
pub fn anything() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((text(), inner), 0..4).prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
    .boxed()
}

fn text() -> BoxedStrategy<String> {
    prop_oneof![3 => select(HOSTILE).prop_map(str::to_owned), 1 => any::<String>(), 1 => "[a-z]{1,12}"].boxed()
}

fn of_type(kind: &str, schema: &Map<String, Value>) -> BoxedStrategy<Value> {
    let bound = |key: &str| schema.get(key).and_then(Value::as_i64);
    match kind {
        "null" => Just(Value::Null).boxed(),
        "boolean" => any::<bool>().prop_map(Value::from).boxed(),
        "integer" => {
            let low = bound("minimum").or(bound("exclusiveMinimum").map(|low| low + 1)).unwrap_or(i64::MIN);
            let high = bound("maximum").or(bound("exclusiveMaximum").map(|high| high - 1)).unwrap_or(i64::MAX).max(low);
            let step = bound("multipleOf").unwrap_or(1);
            prop_oneof![Just(low), Just(high), low..=high, Just(1.clamp(low, high))]
                .prop_map(move |n| Value::from((n / step * step).clamp(low, high)))
                .boxed()
        }
        "number" => {
            let bound = |key: &str| schema.get(key).and_then(Value::as_f64);
            let low = bound("minimum").unwrap_or(-1e308);
            (low..=bound("maximum").unwrap_or(1e308).max(low)).prop_map(Value::from).boxed()
        }
        "string" => string(schema),
        "array" => array(schema),
        _ => ruled(schema),
    }
}

// An object whose properties go together as its rules demand.
fn ruled(schema: &Map<String, Value>) -> BoxedStrategy<Value> {
    let rules: Vec<Value> = rules::of(&Value::Object(schema.clone())).cloned().collect();
    if rules.is_empty() {
        return object(schema);
    }
    let keeps = rules.clone();
    let required: Vec<String> = schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|name| Some(name.as_str()?.to_owned()))
        .collect();
    let fits = move |value: &Value| keeps.iter().all(|rule| rules::breach(rule, value).is_none());
    object(schema)
        .prop_map(move |value| less(value, &rules, &required))
        .prop_filter("its properties do not go together", fits)
        .boxed()
}

// What is in the way is left out, as far as it may be.
fn less(mut value: Value, rules: &[Value], required: &[String]) -> Value {
    for _ in 0..8 {
        let Some((name, _)) = rules.iter().find_map(|rule| rules::breach(rule, &value)) else { break };
        let Value::Object(object) = &mut value else { break };
        if required.contains(&name) || object.shift_remove(&name).is_none() {
            break;
        }
    }
    value
}

fn string(schema: &Map<String, Value>) -> BoxedStrategy<Value> {
    let samples: &[&str] = match schema.get("format").and_then(Value::as_str) {
        Some("email") => &["adele@contoso.example", "o'neil+x@contoso.example"],
        Some("date-time") => &[
            "2026-01-31T08:00:00Z",
            "2024-02-29T23:59:59+14:00",
            "0001-01-01T00:00:00Z",
            "9999-12-31T23:59:59.9999999Z",
        ],
        Some("date") => &["2026-01-31", "0001-01-01", "9999-12-31"],
        Some("uuid") => &["87d349ed-44d7-43e1-9a83-5f2406dee5bd"],
        Some("uri") => &["https://contoso.example/x?y=z", "https://evil.example/"],
        _ => &[],
    };
    if !samples.is_empty() {
        return select(samples).prop_map(Value::from).boxed();
    }
    let length = |key: &str| schema.get(key).and_then(Value::as_u64).map(|n| usize::try_from(n).unwrap_or(usize::MAX));
    let (min, max) = (length("minLength").unwrap_or(0), length("maxLength").unwrap_or(usize::MAX));
    if let Some(pattern) = schema.get("pattern").and_then(Value::as_str) {
        // The generator takes whole texts, so it knows no anchors.
        let whole = pattern.trim_start_matches('^').trim_end_matches('$');
        if let Ok(strategy) = proptest::string::string_regex(whole) {
            // JSON Schema's patterns are ECMAScript's, where a byte order mark is white space; the generator's are Rust's.
            let no_mark = pattern.contains(r"\s") || pattern.contains(r"\S");
            let fits = move |text: &String| {
                (min..=max).contains(&text.chars().count()) && !(no_mark && text.contains('\u{feff}'))
            };
            return strategy
                .prop_filter("the length is out of bounds, or a mark is white space", fits)
                .prop_map(Value::from)
                .boxed();
        }
    }
    text()
        .prop_map(move |text| {
            let mut letters: Vec<char> = text.chars().take(max).collect();
            letters.resize(letters.len().max(min), 'x');
            Value::from(letters.into_iter().collect::<String>())
        })
        .boxed()
}

fn array(schema: &Map<String, Value>) -> BoxedStrategy<Value> {
    let bound = |key: &str| schema.get(key).and_then(Value::as_u64);
    let min = bound("minItems").unwrap_or(0);
    let max = bound("maxItems").unwrap_or(u64::MAX).min(min + MORE_ITEMS);
    let item = schema.get("items").map_or_else(anything, valid);
    let unique = schema.get("uniqueItems") == Some(&Value::Bool(true));
    prop::collection::vec(item, usize::try_from(min).unwrap_or(0)..=usize::try_from(max).unwrap_or(0))
        .prop_map(move |mut items| {
            if unique {
                let mut seen = Vec::new();
                items.retain(|item| {
                    !seen.contains(item) && {
                        seen.push(item.clone());
                        true
                    }
                });
            }
            Value::from(items)
        })
        .boxed()
}

fn object(schema: &Map<String, Value>) -> BoxedStrategy<Value> {
    let required = |name: &str| {
        schema.get("required").and_then(Value::as_array).is_some_and(|names| names.iter().any(|n| n == name))
    };
    let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    let fields: Vec<BoxedStrategy<Option<(String, Value)>>> = properties
        .map(|(name, property)| {
            let name = name.clone();
            let field = valid(property);
            if required(&name) {
                field.prop_map(move |value| Some((name.clone(), value))).boxed()
            } else {
                prop::option::of(field.prop_map(move |value| (name.clone(), value))).boxed()
            }
        })
        .collect();
    let least = schema
        .get("minProperties")
        .and_then(Value::as_u64)
        .and_then(|least| usize::try_from(least).ok())
        .unwrap_or_default();
    let more = match schema.get("additionalProperties") {
        Some(Value::Object(values)) => {
            prop::collection::vec((text(), valid(&Value::Object(values.clone()))), least..least + 3).boxed()
        }
        Some(Value::Bool(true)) if least > 0 => {
            prop::collection::vec((text(), text().prop_map(Value::from)), least..least + 3).boxed()
        }
        _ => Just(Vec::new()).boxed(),
    };
    (fields, more)
        .prop_map(|(fields, more)| Value::Object(more.into_iter().chain(fields.into_iter().flatten()).collect()))
        .boxed()
}

fn file() -> BoxedStrategy<Value> {
    prop_oneof![
        Just(json!({ "file": ATTACHED })),
        Just(json!({ "file": "missing" })),
        text().prop_map(|text| json!({ "text": text })),
        select(vec!["", "aGk=", "!", "aGk"]).prop_map(|base64| json!({ "base64": base64 })),
    ]
    .boxed()
}
