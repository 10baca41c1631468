use serde_json::{Value, json};

use super::schema::{self, Direction};
use super::{Change, connector, descriptor};
use crate::Level::{self, Breaking, Compatible, Risky};

// The changes as level, rule and place in the new version.
fn told(changes: Vec<Change>) -> Vec<(Level, &'static str, String)> {
    changes.into_iter().map(|change| (change.level, change.rule.id(), change.new)).collect()
}

fn changes(direction: Direction, old: &Value, new: &Value) -> Vec<(Level, &'static str, String)> {
    told(schema::changes(direction, "", old, new))
}

fn object(property: Value) -> Value {
    json!({ "type": "object", "properties": { "p": property }, "additionalProperties": false })
}

// Each change of one property, in both directions, there and back.
#[test]
fn keywords_of_a_value() {
    let none = json!({});
    let cases = [
        // old, new, level for inputs, level for outputs
        (json!({ "type": ["string", "null"] }), json!({ "type": "string" }), Breaking, Compatible),
        (json!({ "type": "string" }), json!({ "type": ["string", "null"] }), Compatible, Breaking),
        (json!({ "type": "number" }), json!({ "type": "integer" }), Breaking, Compatible),
        (json!({ "type": "string" }), json!({ "type": "integer" }), Breaking, Breaking),
        (none.clone(), json!({ "type": "integer" }), Breaking, Compatible),
        (json!({ "enum": ["a", "b"] }), json!({ "enum": ["a"] }), Breaking, Compatible),
        (json!({ "enum": ["a"] }), json!({ "enum": ["a", "b"] }), Compatible, Risky),
        (none.clone(), json!({ "enum": ["a"] }), Breaking, Compatible),
        (json!({ "enum": ["a"] }), none.clone(), Compatible, Risky),
        (json!({ "const": true }), none.clone(), Compatible, Risky),
        (none.clone(), json!({ "const": true }), Breaking, Compatible),
        (json!({ "minimum": 1 }), json!({ "minimum": 2 }), Breaking, Compatible),
        (json!({ "minimum": 2 }), json!({ "minimum": 1 }), Compatible, Risky),
        (json!({ "maxLength": 5 }), json!({ "maxLength": 4 }), Breaking, Compatible),
        (json!({ "maxLength": 4 }), json!({ "maxLength": 5 }), Compatible, Risky),
        (none.clone(), json!({ "maxItems": 4 }), Breaking, Compatible),
        (json!({ "maxItems": 4 }), none.clone(), Compatible, Risky),
        (none.clone(), json!({ "uniqueItems": true }), Breaking, Compatible),
        (json!({ "multipleOf": 2 }), json!({ "multipleOf": 3 }), Breaking, Breaking),
        (none.clone(), json!({ "pattern": "a" }), Breaking, Compatible),
        (json!({ "pattern": "a" }), json!({ "pattern": "b" }), Risky, Risky),
        (json!({ "format": "date" }), json!({ "format": "date-time" }), Breaking, Breaking),
        (json!({ "format": "date" }), none.clone(), Compatible, Risky),
        (json!({ "x-picklist": "a" }), json!({ "x-picklist": "b" }), Risky, Risky),
        (json!({ "x-file": true }), none.clone(), Breaking, Breaking),
        (none.clone(), json!({ "x-dynamic-schema": "a" }), Risky, Risky),
        (json!({ "not": { "const": 1 } }), json!({ "not": { "const": 2 } }), Risky, Risky),
        (json!({ "items": { "type": "string" } }), json!({ "items": { "type": "null" } }), Breaking, Breaking),
        (
            json!({ "anyOf": [{ "const": 1 }, { "const": 2 }] }),
            json!({ "anyOf": [{ "const": 2 }] }),
            Breaking,
            Compatible,
        ),
        (
            json!({ "anyOf": [{ "const": 2 }] }),
            json!({ "anyOf": [{ "const": 1 }, { "const": 2 }] }),
            Compatible,
            Breaking,
        ),
        (
            json!({ "type": "string" }),
            json!({ "anyOf": [{ "type": "string" }, { "type": "null" }] }),
            Compatible,
            Breaking,
        ),
        (json!(true), json!(false), Breaking, Compatible),
    ];
    for (old, new, input, output) in cases {
        for (direction, level) in [(Direction::Input, input), (Direction::Output, output)] {
            let found = changes(direction, &object(old.clone()), &object(new.clone()));
            assert_eq!(found.len(), 1, "{direction:?} {old} {new}: {found:?}");
            assert_eq!(found[0].0, level, "{direction:?} {old} {new}: {found:?}");
            assert!(found[0].2.starts_with("/properties/p"), "{found:?}");
        }
    }
}

#[test]
fn null_may_be_said_in_two_ways() {
    let list = json!({ "type": ["object", "null"], "properties": { "a": {} } });
    let any_of = json!({ "anyOf": [{ "type": "object", "properties": { "a": {} } }, { "type": "null" }] });
    let referred = json!({ "anyOf": [{ "$ref": "#/$defs/a" }, { "type": "null" }] });
    let mut whole = object(referred);
    whole["$defs"] = json!({ "a": { "type": "object", "properties": { "a": {} } } });
    let all = [object(list), object(any_of), whole];
    for (old, new) in all.iter().flat_map(|old| all.iter().map(move |new| (old, new))) {
        assert_eq!(changes(Direction::Output, old, new), [], "{old} {new}");
    }
    let never = object(json!({ "type": "object", "properties": { "a": {} } }));
    for nullable in &all {
        let levels = |old: &Value, new: &Value| -> Vec<Level> {
            changes(Direction::Output, old, new).into_iter().map(|(level, ..)| level).collect()
        };
        assert_eq!((levels(&never, nullable), levels(nullable, &never)), (vec![Breaking], vec![Compatible]));
    }
    let (two, three) =
        (json!({ "type": "string", "enum": ["a"] }), json!({ "type": ["string", "null"], "enum": ["a", null] }));
    assert_eq!(changes(Direction::Input, &object(two), &object(three)).len(), 1);
}

#[test]
fn help_for_those_who_fill_in_a_value_is_no_change() {
    for help in [json!({ "x-picklist": "a" }), json!({ "x-odata": "filter" }), json!({ "default": null })] {
        assert_eq!(changes(Direction::Input, &object(json!({})), &object(help.clone())), [], "{help}");
        assert_eq!(changes(Direction::Input, &object(help.clone()), &object(json!({}))), [], "{help}");
    }
}

#[test]
fn descriptions_are_no_changes() {
    let old = json!({ "title": "T", "description": "A.", "examples": [1], "x-enum-titles": { "a": "A" } });
    let new = json!({ "title": "U", "description": "B.", "deprecated": true, "$comment": "c" });
    for direction in [Direction::Input, Direction::Output] {
        assert_eq!(changes(direction, &object(old.clone()), &object(new.clone())), []);
    }
}

#[test]
fn a_default_matters_to_those_who_leave_it_out() {
    let (old, new) = (object(json!({ "default": 1 })), object(json!({ "default": 2 })));
    assert_eq!(changes(Direction::Input, &old, &new), [(Risky, "input-changed", "/properties/p/default".to_owned())]);
    assert_eq!(changes(Direction::Output, &old, &new), []);
}

#[test]
fn properties_come_and_go() {
    let closed = json!({ "properties": { "a": {} }, "additionalProperties": false });
    let open = json!({ "properties": { "a": {} } });
    let without = json!({ "properties": {}, "additionalProperties": false });
    let more = json!({ "properties": { "a": {}, "b": {} }, "additionalProperties": false });
    let required = json!({ "properties": { "a": {} }, "required": ["a"], "additionalProperties": false });
    let more_required = json!({ "properties": { "a": {}, "b": {} }, "required": ["b"], "additionalProperties": false });
    let cases = [
        (&closed, &without, Some((Breaking, "input-removed")), Some((Breaking, "output-removed"))),
        (&open, &json!({}), Some((Risky, "input-removed")), Some((Breaking, "output-removed"))),
        (&closed, &more, Some((Compatible, "input-added")), Some((Compatible, "output-added"))),
        (&closed, &required, Some((Breaking, "input-required")), Some((Compatible, "output-narrowed"))),
        (&required, &closed, Some((Compatible, "input-widened")), Some((Breaking, "output-optional"))),
        (&closed, &more_required, Some((Breaking, "input-required")), Some((Compatible, "output-added"))),
        (&open, &closed, Some((Breaking, "input-narrowed")), None),
        (&closed, &open, Some((Compatible, "input-widened")), None),
    ];
    for (old, new, input, output) in cases {
        for (direction, expected) in [(Direction::Input, input), (Direction::Output, output)] {
            let found: Vec<_> =
                changes(direction, old, new).into_iter().map(|(level, rule, _)| (level, rule)).collect();
            assert_eq!(found, Vec::from_iter(expected), "{direction:?} {old} {new}");
        }
    }
}

#[test]
fn rules_about_properties_that_go_together() {
    let with = |properties: &[&str], keyword: &str, names: &[&str]| {
        let properties: serde_json::Map<String, Value> =
            properties.iter().map(|name| ((*name).to_owned(), json!({}))).collect();
        json!({ "properties": properties, "additionalProperties": false, "allOf": [{ keyword: names }] })
    };
    let (ab, abc) = (&["a", "b"][..], &["a", "b", "c"][..]);
    let cases = [
        // What update actions have: one more property is one more way to satisfy it.
        (with(ab, "x-at-least-one", ab), with(abc, "x-at-least-one", abc), None),
        (with(abc, "x-at-least-one", abc), with(abc, "x-at-least-one", ab), Some(Breaking)),
        (with(ab, "x-at-most-one", ab), with(abc, "x-at-most-one", abc), None),
        (with(abc, "x-at-most-one", ab), with(abc, "x-at-most-one", abc), Some(Breaking)),
        (with(ab, "x-one-of", ab), with(abc, "x-one-of", abc), None),
        (with(abc, "x-one-of", abc), with(abc, "x-one-of", ab), Some(Breaking)),
        (with(ab, "x-one-of", ab), with(ab, "x-at-most-one", ab), None),
        (with(ab, "x-one-of", ab), with(ab, "x-at-least-one", ab), None),
        (with(ab, "x-at-least-one", ab), with(ab, "x-one-of", ab), Some(Breaking)),
        (with(ab, "x-together", ab), with(abc, "x-together", abc), Some(Breaking)),
        (with(abc, "x-only-with", ab), with(abc, "x-only-with", abc), None),
        (with(abc, "x-only-with", abc), with(abc, "x-only-with", ab), Some(Breaking)),
        (with(ab, "x-needed-with", ab), with(abc, "x-needed-with", abc), None),
        (with(abc, "x-needed-with", ab), with(abc, "x-needed-with", abc), Some(Breaking)),
        (with(abc, "x-needed-with", &["a", "b"]), with(abc, "x-needed-with", &["a", "b", "!c"]), None),
    ];
    for (old, new, expected) in cases {
        let worst = changes(Direction::Input, &old, &new).into_iter().map(|(level, ..)| level).min();
        assert_eq!(worst.filter(|level| *level != Compatible), expected, "{old} {new}");
    }
}

#[test]
fn types_that_contain_themselves_end() {
    let schema = |kind: &str| {
        json!({
            "$ref": "#/$defs/node",
            "$defs": { "node": { "properties": { "next": { "$ref": "#/$defs/node" }, "value": { "type": kind } } } }
        })
    };
    let found = changes(Direction::Output, &schema("string"), &schema("integer"));
    assert_eq!(found, [(Breaking, "output-widened", "/$defs/node/properties/value/type".to_owned())]);
}

fn action(change: impl FnOnce(&mut Value)) -> Value {
    let mut action = json!({
        "name": "get_thing", "connector": "shop", "title": "Get thing", "effect": "read", "list": false,
        "scopes": { "delegated": ["Thing.Read", "Thing.ReadWrite"], "application": null },
        "input": { "type": "object", "properties": { "a": { "type": "string" } }, "required": ["a"], "additionalProperties": false },
        "output": { "type": "object", "properties": { "id": { "type": "string" } } }
    });
    change(&mut action);
    action
}

fn against(old: impl FnOnce(&mut Value), new: impl FnOnce(&mut Value)) -> Vec<(Level, &'static str)> {
    let changes = descriptor::changes(&action(old), &action(new));
    told(changes).into_iter().map(|(level, rule, _)| (level, rule)).collect()
}

#[test]
fn effects_and_behaviour() {
    let set = |name: &'static str, value: Value| move |action: &mut Value| action[name] = value;
    let same = |_: &mut Value| {};
    assert_eq!(against(same, same), []);
    assert_eq!(against(same, set("effect", json!("delete"))), [(Breaking, "effect-changed")]);
    assert_eq!(against(set("effect", json!("send")), same), [(Compatible, "effect-changed")]);
    assert_eq!(against(set("effect", json!("create")), set("effect", json!("update"))), [(Risky, "effect-changed")]);
    assert_eq!(against(same, set("list", json!(true))), [(Breaking, "behaviour-changed")]);
    assert_eq!(against(set("undo", json!("So.")), same), [(Risky, "behaviour-changed")]);
    assert_eq!(against(same, set("undo", json!("So."))), [(Compatible, "behaviour-changed")]);
    assert_eq!(against(same, set("misses", json!("That."))), [(Risky, "behaviour-changed")]);
    assert_eq!(against(set("realTime", json!(true)), same), [(Risky, "behaviour-changed")]);
    assert_eq!(against(same, set("realTime", json!(true))), [(Compatible, "behaviour-changed")]);
}

#[test]
fn permissions_that_suffice() {
    let scopes = |delegated: Value, application: Value| {
        move |action: &mut Value| action["scopes"] = json!({ "delegated": delegated, "application": application })
    };
    let cases = [
        (json!(["A"]), json!(["A", "B"]), vec![Compatible]),
        (json!(["A", "B"]), json!(["B"]), vec![Breaking]),
        (json!(["A", "B"]), json!(["B", "A"]), vec![]),
        (json!(["A"]), json!(["A B"]), vec![Breaking]),
        (json!(["A B"]), json!(["A"]), vec![Compatible]),
        (json!(["A"]), json!(["B"]), vec![Breaking, Compatible]),
        (json!([]), json!(["A"]), vec![Breaking]),
        (json!(["A"]), json!([]), vec![Compatible]),
        (json!(null), json!(["A"]), vec![Compatible]),
        (json!(["A"]), json!(null), vec![Breaking]),
    ];
    for (old, new, levels) in cases {
        for (old, new) in [
            (scopes(old.clone(), json!(["X"])), scopes(new.clone(), json!(["X"]))),
            (scopes(json!(["X"]), old.clone()), scopes(json!(["X"]), new.clone())),
        ] {
            let found = against(old, new);
            assert_eq!(found.iter().map(|(level, _)| *level).collect::<Vec<_>>(), levels, "{found:?}");
        }
    }
    let case = |when: &'static str, scope: &'static str| {
        move |action: &mut Value| {
            action["scopeCases"] =
                json!([{ "when": when, "besides": true, "delegated": [scope], "application": null }]);
        }
    };
    assert_eq!(against(|_| {}, case("it is large", "B")), [(Risky, "permissions-changed")]);
    assert_eq!(against(case("it is large", "B"), |_| {}), [(Compatible, "permissions-changed")]);
    assert_eq!(against(case("it is large", "B"), case("it is large", "B C")), [(Breaking, "permissions-changed")]);
}

fn many(action: &mut Value) {
    action["input"] = json!({
        "type": "object", "additionalProperties": false,
        "properties": {
            "a": { "type": "string" },
            "items": { "x-bulk": true, "type": "array", "items": { "type": "object", "properties": { "a": { "type": "string" } }, "required": ["a"] } },
            "stopOnError": { "type": "boolean" }
        },
        "if": { "required": ["items"] },
        "then": { "properties": { "items": true, "stopOnError": true }, "additionalProperties": false },
        "else": { "required": ["a"] },
        "dependentRequired": { "stopOnError": ["items"] }
    });
    action["output"] = json!({ "type": "object", "x-bulk": true, "anyOf": [action["output"], { "type": "object", "properties": { "items": {} } }] });
}

#[test]
fn many_inputs_in_one_run() {
    assert_eq!(against(many, many), []);
    assert_eq!(against(|_| {}, many), [(Compatible, "behaviour-changed")]);
    assert_eq!(against(many, |_| {}), [(Breaking, "behaviour-changed")]);
    let longer = |action: &mut Value| {
        many(action);
        action["input"]["properties"]["b"] = json!({ "type": "string" });
        action["input"]["properties"]["items"]["items"]["properties"]["b"] = json!({ "type": "string" });
        action["input"]["else"]["required"] = json!(["a", "b"]);
    };
    let found = against(many, longer);
    assert_eq!(
        found.iter().filter(|(level, _)| *level == Breaking).collect::<Vec<_>>(),
        [&(Breaking, "input-required")]
    );
}

#[test]
fn sign_ins() {
    let document = |methods: &[&str], minimum: &[&str]| {
        let sign_ins: Vec<Value> = methods
            .iter()
            .map(|method| json!({ "method": method, "permissions": { "minimum": minimum, "default": [], "optional": [] } }))
            .collect();
        json!({ "name": "shop", "connection": { "signIns": sign_ins, "accountTypes": [{ "accountType": "common", "label": "Common" }] } })
    };
    let (one, two) = (document(&["device_code"], &["A"]), document(&["device_code", "authorization_code"], &["A"]));
    let levels = |old: &Value, new: &Value| {
        told(connector::changes(old, new)).into_iter().map(|(level, ..)| level).collect::<Vec<_>>()
    };
    assert_eq!(levels(&one, &one), []);
    assert_eq!(levels(&one, &two), [Compatible]);
    assert_eq!(levels(&two, &one), [Breaking]);
    assert_eq!(levels(&one, &document(&["device_code"], &["A", "B"])), [Risky]);
    let mut needs_user = one.clone();
    needs_user["connection"]["appNeedsUser"] = json!(true);
    assert_eq!(levels(&one, &needs_user), [Breaking]);
    assert_eq!(levels(&needs_user, &one), [Compatible]);
}
