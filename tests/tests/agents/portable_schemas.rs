//! The portable forms of all actions keep to what the strictest clients accept.
//!
//! The rules, as the clients' documentation has them; each is checked where its number stands.
//!
//! | no. | rule | who asks for it |
//! |---|---|---|
//! | 1 | the root is an object, without `anyOf`, `oneOf`, `allOf`, `enum`, `not` | OpenAI, Anthropic |
//! | 2 | no keywords but those in `KEYWORDS`, such as `$ref`, `const` or extensions | Gemini |
//! | 3 | each part has one type as a text, or `anyOf` and nothing beside it | Gemini |
//! | 4 | an array has `items` | OpenAI, Gemini |
//! | 5 | `enum` has texts only, none empty, and stands with the type `string` | Gemini |
//! | 6 | `format` is `date-time`, with the type `string` | Gemini |
//! | 7 | names of properties are 1 to 64 letters, digits, `_`, `.`, `-` | Anthropic |
//! | 8 | what is required is a property | OpenAI, Gemini |
//! | 9 | objects are at most five levels deep | OpenAI |
//! | 10 | names of tools are at most 40 characters, with what clients put before them 64 | all |
//! | 11 | the schema is valid JSON Schema, draft 2020-12 | Anthropic |
//! | 12 | each property is described | ours |

use connector_runtime::{PORTABLE_DEPTH, Portable, portable};
use serde_json::Value;

const KEYWORDS: &[&str] = &[
    "type",
    "description",
    "properties",
    "required",
    "items",
    "enum",
    "anyOf",
    "format",
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "minItems",
    "maxItems",
];
const TYPES: &[&str] = &["object", "array", "string", "integer", "number", "boolean"];
const MAX_TOOL_NAME: usize = 40;

fn check(schema: &Value, path: &str, level: usize, found: &mut Vec<String>) {
    let mut fail = |rule: u8, what: &str| found.push(format!("{path}: rule {rule}: {what}"));
    let Some(members) = schema.as_object() else { return fail(3, "no object") };
    for keyword in members.keys().filter(|keyword| !KEYWORDS.contains(&keyword.as_str())) {
        fail(2, keyword);
    }
    if let Some(variants) = members.get("anyOf").and_then(Value::as_array) {
        if members.len() > 1 || variants.len() < 2 {
            fail(3, "`anyOf` stands alone and has variants");
        }
        for (at, variant) in variants.iter().enumerate() {
            check(variant, &format!("{path}/anyOf/{at}"), level, found);
        }
        return;
    }
    let kind = members.get("type").and_then(Value::as_str).unwrap_or_default();
    if !TYPES.contains(&kind) {
        fail(3, "no type");
    }
    if members.contains_key("enum") {
        let texts = members["enum"].as_array().filter(|all| !all.is_empty());
        let is_fit = texts.is_some_and(|all| all.iter().all(|one| one.as_str().is_some_and(|text| !text.is_empty())));
        if kind != "string" || !is_fit {
            fail(5, "`enum`");
        }
    }
    if members.get("format").is_some_and(|format| kind != "string" || format != "date-time") {
        fail(6, "`format`");
    }
    if kind == "object" && members.contains_key("properties") && level > PORTABLE_DEPTH {
        fail(9, "too deep");
    }
    for name in members.get("required").and_then(Value::as_array).into_iter().flatten() {
        if name.as_str().is_none_or(|name| schema["properties"].get(name).is_none()) {
            fail(8, &name.to_string());
        }
    }
    match (kind, members.get("items")) {
        ("array", None) => fail(4, "no `items`"),
        ("array", Some(items)) => check(items, &format!("{path}/items"), level, found),
        (_, Some(_)) => fail(4, "`items` without an array"),
        (_, None) => {}
    }
    for (name, property) in members.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let place = format!("{path}/{name}");
        let is_fit = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
        if name.is_empty() || name.len() > 64 || !name.chars().all(is_fit) {
            found.push(format!("{place}: rule 7"));
        }
        let described = property.get("anyOf").map_or(property, |variants| &variants[0]);
        if described["description"].as_str().is_none_or(|text| text.trim().is_empty()) {
            found.push(format!("{place}: rule 12"));
        }
        check(property, &place, level + 1, found);
    }
}

fn of_all_actions() -> Vec<(String, Value, Portable)> {
    let mut all = Vec::new();
    for connector in tenon_tests::connectors() {
        for action in &connector.actions {
            let schema = action.input_schema();
            let portable = portable(&schema);
            all.push((format!("{}.{}", connector.name, action.spec().name), schema, portable));
        }
    }
    all
}

#[test]
fn every_portable_schema_keeps_the_rules_of_the_strictest_clients() {
    let mut found = Vec::new();
    let all = of_all_actions();
    assert!(all.len() > 300, "{} actions", all.len());
    for (id, _, portable) in all {
        let portable = portable.with_connection();
        if id.len() > MAX_TOOL_NAME {
            found.push(format!("{id}: rule 10"));
        }
        for keyword in ["anyOf", "oneOf", "allOf", "enum", "not"] {
            if portable.schema["type"] != "object" || portable.schema.get(keyword).is_some() {
                found.push(format!("{id}: rule 1: {keyword}"));
            }
        }
        if !jsonschema::draft202012::meta::is_valid(&portable.schema) {
            found.push(format!("{id}: rule 11"));
        }
        if portable.schema["properties"].as_object().and_then(|all| all.keys().next()).map(String::as_str)
            != Some("connection")
        {
            found.push(format!("{id}: the connection is not the first property"));
        }
        check(&portable.schema, &id, 1, &mut found);
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn the_rules_find_what_breaks_them() {
    for (rule, schema) in [
        (2, serde_json::json!({ "type": "object", "additionalProperties": false })),
        (3, serde_json::json!({ "type": ["object", "null"] })),
        (4, serde_json::json!({ "type": "array" })),
        (5, serde_json::json!({ "type": "integer", "enum": [1] })),
        (6, serde_json::json!({ "type": "string", "format": "uuid" })),
        (
            7,
            serde_json::json!({ "type": "object", "properties": { "@id": { "type": "string", "description": "I." } } }),
        ),
        (8, serde_json::json!({ "type": "object", "required": ["id"] })),
        (12, serde_json::json!({ "type": "object", "properties": { "id": { "type": "string" } } })),
    ] {
        let mut found = Vec::new();
        check(&schema, "it", 1, &mut found);
        assert!(found.len() == 1 && found[0].contains(&format!("rule {rule}")), "{rule}: {found:?}");
    }
}

#[test]
fn the_examples_of_an_action_are_valid_in_its_portable_form() {
    let (mut count, mut refused) = (0, Vec::new());
    for (id, schema, portable) in of_all_actions() {
        let original = jsonschema::draft202012::new(&schema).expect("a schema");
        let shown = jsonschema::draft202012::new(&portable.schema).expect("a schema");
        for example in schema["examples"].as_array().into_iter().flatten() {
            // An input of many is not shown.
            if !original.is_valid(example) || example.get("items").is_some() {
                continue;
            }
            count += 1;
            for error in shown.iter_errors(example) {
                let path = error.instance_path().as_str().trim_start_matches('/').replace('/', ".");
                if path.is_empty() || !portable.notes.iter().any(|note| note.contains(&format!("`{path}`"))) {
                    refused.push(format!("{id}: {path}: {error}"));
                }
            }
        }
    }
    assert!(count > 300, "{count} examples");
    assert!(refused.is_empty(), "{refused:#?}");
}

#[test]
fn sizes_of_the_portable_schemas() {
    let mut sizes: Vec<(usize, String)> = of_all_actions()
        .into_iter()
        .map(|(id, _, portable)| {
            let notes: usize = portable.notes.iter().map(String::len).sum();
            (portable.schema.to_string().len() + notes, id)
        })
        .collect();
    sizes.sort();
    let at = |share: f64| sizes[((sizes.len() - 1) as f64 * share) as usize].0;
    let (largest, id) = sizes.last().expect("an action");
    println!("median {}, 90th {}, largest {largest} bytes: {id}", at(0.5), at(0.9));
    assert!(*largest < 32 * 1024, "{id} has {largest} bytes");
}
