//! Each kind of mistake is found, at its place.

mod shop;

use connector_schemas::{Format, Severity, Sources, validate};
use serde_json::{Value, json};

use shop::{Folder, action, connector, with, without};

fn findings(connector: &Value, action: &Value) -> Vec<String> {
    let folder = Folder::of(connector, action);
    let report = folder.validate();
    assert_eq!(report.files, 2);
    folder.places(&report)
}

#[test]
fn a_good_connector_passes() {
    assert_eq!(findings(&connector(), &action()), [""; 0]);
}

#[test]
fn mistakes_in_an_action() {
    let size = "/input/properties/size";
    let input = |name: &str| format!("/input/{name}");
    let cases = [
        (without(action(), size, "description"), size.to_owned(), "missing-description"),
        (without(action(), size, "title"), size.to_owned(), "missing-title"),
        (with(action(), "/input/properties/size/type", json!("integr")), format!("{size}/type"), "schema-form"),
        (with(action(), "/input/properties/size/pattern", json!("(")), format!("{size}/pattern"), "invalid-pattern"),
        (with(action(), "/input/properties/size/default", json!(0)), format!("{size}/default"), "invalid-default"),
        (with(action(), "/input/properties/size/minimun", json!(0)), format!("{size}/minimun"), "unknown-keyword"),
        (with(action(), "/input/properties/size/x-secret", json!(1)), format!("{size}/x-secret"), "schema-form"),
        (with(action(), "/input/properties/size", json!(7)), size.to_owned(), "schema-form"),
        (with(action(), "/input/properties/the_size", json!(true)), input("properties/the_size"), "property-name"),
        (
            with(action(), "/input/properties/size/format", json!("datetime")),
            format!("{size}/format"),
            "unknown-format",
        ),
        (with(action(), "/input/properties/size/maximum", json!(-1)), format!("{size}/maximum"), "impossible-schema"),
        (with(action(), "/input/properties/size/enum", json!([])), format!("{size}/enum"), "impossible-schema"),
        (with(action(), "/input/properties/size/enum", json!([1, 1])), format!("{size}/enum/1"), "impossible-schema"),
        (with(action(), "/input/properties/size/enum", json!([1, "2"])), format!("{size}/enum/1"), "impossible-schema"),
        (with(action(), "/input/required", json!(["sise"])), input("required/0"), "impossible-schema"),
        (with_texts("x-enum-titles"), format!("{size}/x-enum-titles/2"), "enum-texts"),
        (with_texts("x-enum-descriptions"), format!("{size}/x-enum-descriptions/2"), "enum-texts"),
        (with(action(), "/input/examples/0/size", json!(0)), input("examples/0/size"), "invalid-example"),
        (with(action(), "/input/examples/0", json!({})), input("examples/0/size"), "invalid-example"),
        (with(action(), "/input/additionalProperties", json!(true)), "/input".to_owned(), "open-object"),
        (
            with(action(), "/input/properties/size/x-picklist", json!("sizes")),
            format!("{size}/x-picklist"),
            "unknown-picklist",
        ),
        (
            with(action(), "/input/properties/size/x-dynamic-schema", json!("sizes")),
            format!("{size}/x-dynamic-schema"),
            "unknown-dynamic-schema",
        ),
        (
            with(action(), "/input/$schema", json!("http://json-schema.org/draft-07/schema#")),
            input("$schema"),
            "dialect",
        ),
        (with(action(), "/input", json!([])), "/input".to_owned(), "descriptor-form"),
        (with(action(), "/output/type", json!("array")), "/output/type".to_owned(), "root-object"),
        (with(action(), "/output/$ref", json!("#/$defs/x")), "/output/$ref".to_owned(), "broken-reference"),
        (with(action(), "/name", json!("fetch_thing")), "/name".to_owned(), "file-name"),
        (with(action(), "/name", json!("Get Thing")), "/name".to_owned(), "descriptor-form"),
        (with(action(), "/connector", json!("store")), "/connector".to_owned(), "folder-name"),
        (with(action(), "/effect", json!("explode")), "/effect".to_owned(), "descriptor-form"),
        (with(action(), "/undo", json!("Never.")), "/undo".to_owned(), "undo-effect"),
        (with(action(), "/list", json!(true)), "/output/properties/items".to_owned(), "list-items"),
        // A space joins those that are needed together; a comma is no part of a name.
        (
            with(action(), "/scopes/delegated/0", json!("Read.All, Things.Read")),
            "/scopes/delegated/0".to_owned(),
            "permission-name",
        ),
        (with(action(), "/extra", json!(1)), "/extra".to_owned(), "descriptor-form"),
        (without(action(), "/scopes", "application"), "/scopes/application".to_owned(), "descriptor-form"),
        (without(action(), "", "output"), "/output".to_owned(), "kind-property"),
        (with(action(), "/event", json!({ "type": "object" })), "/event".to_owned(), "kind-property"),
    ];
    for (document, pointer, rule) in cases {
        let found = findings(&connector(), &document);
        let expected = format!("shop/actions/get_thing.json#{pointer} [{rule}]");
        assert!(found.contains(&expected), "{expected} is not among {found:?}");
    }
}

// Texts for a value that `enum` has, and for one that it lacks.
fn with_texts(keyword: &str) -> Value {
    let action = with(action(), "/input/properties/size/enum", json!([1]));
    with(action, &format!("/input/properties/size/{keyword}"), json!({ "1": "One", "2": "Two" }))
}

#[test]
fn what_can_be_is_no_mistake() {
    let size = "/input/properties/size";
    let type_and_null = with(action(), &format!("{size}/type"), json!(["integer", "null"]));
    for document in [
        with(action(), &format!("{size}/enum"), json!([3, 4.0])),
        with(type_and_null, &format!("{size}/enum"), json!([3, null])),
        with(with(action(), &format!("{size}/minimum"), json!(3)), &format!("{size}/maximum"), json!(3)),
        with(action(), "/output/required", json!(["undescribed"])),
    ] {
        assert_eq!(findings(&connector(), &document), [""; 0], "{document}");
    }
}

#[test]
fn one_mistake_is_told_once() {
    let document = with(action(), "/output/properties", json!({ "other": { "title": "Other", "$ref": "#/$defs/x" } }));
    let told = ["shop/actions/get_thing.json#/output/properties/other/$ref [broken-reference]"];
    let found = findings(&connector(), &document);
    assert_eq!(found.iter().filter(|found| !found.contains("missing-description")).collect::<Vec<_>>(), told);

    let document = with(action(), "/input/properties/size", json!(7));
    let of_size = |found: &&String| found.contains("/input/properties/size ");
    assert_eq!(findings(&connector(), &document).iter().filter(of_size).count(), 1);

    assert_eq!(findings(&connector(), &json!([])), ["shop/actions/get_thing.json# [descriptor-form]"]);
}

#[test]
fn mistakes_in_a_connector() {
    let default = "/connection/signIns/0/permissions/default/0";
    let cases = [
        (with(connector(), "/actions", json!([])), "/actions", "not-listed"),
        (with(connector(), "/triggers", json!(["new_thing"])), "/triggers/0", "no-file"),
        (
            with(connector(), "/connection/signIns/0/method", json!("password")),
            "/connection/signIns/0/method",
            "sign-in-method",
        ),
        (with(connector(), default, json!("?")), default, "permission-name"),
        (with(connector(), "/name", json!("The Shop")), "/name", "descriptor-form"),
        (with(connector(), "/name", json!("store")), "/name", "folder-name"),
        (without(connector(), "", "about"), "/about", "descriptor-form"),
    ];
    for (document, pointer, rule) in cases {
        let found = findings(&document, &action());
        let expected = format!("shop/connector.json#{pointer} [{rule}]");
        assert!(found.contains(&expected), "{expected} is not among {found:?}");
    }
}

#[test]
fn one_mistake_hides_no_other() {
    let broken = with(without(action(), "", "title"), "/scopes", json!("Thing.Read"));
    let broken = with(broken, "/input/properties/size/type", json!("integr"));
    let broken = with(broken, "/output/tittle", json!("T"));
    let broken = with(broken, "/input/examples/0/colour", json!("red"));
    let found = findings(&with(connector(), "/connection/signIns/0/method", json!(7)), &broken);
    for expected in [
        "shop/actions/get_thing.json#/title [descriptor-form]",
        "shop/actions/get_thing.json#/scopes [descriptor-form]",
        "shop/actions/get_thing.json#/input/properties/size/type [schema-form]",
        "shop/actions/get_thing.json#/input/examples/0/colour [invalid-example]",
        "shop/actions/get_thing.json#/output/tittle [unknown-keyword]",
        "shop/connector.json#/connection/signIns/0/method [descriptor-form]",
    ] {
        assert!(found.iter().any(|found| found == expected), "{expected} is not among {found:?}");
    }
}

#[test]
fn files_that_are_no_json_hide_nothing_and_are_not_missed() {
    let folder = Folder::of(&with(connector(), "/actions", json!(["get_thing", "broken"])), &action());
    folder.write("shop/actions/broken.json", "{\n  \"name\": \"broken\",\n}");
    folder.write("shop/picklists/latin.json", b"{\"a\": \"\xe9\"}");
    folder.write("shop/notes.json", "[1]");
    folder.write("shop/node_modules/x.json", "{");
    folder.write("shop/.cache/x.json", "{");
    let report = folder.validate();
    assert_eq!(report.files, 5);
    assert_eq!(
        folder.places(&report),
        [
            "shop/actions/broken.json# [json-syntax]",
            "shop/connector.json#/picklists [not-listed]",
            "shop/notes.json# [unknown-file]",
            "shop/picklists/latin.json# [json-syntax]",
        ]
    );
    let broken = &report.findings[0];
    assert_eq!(broken.place.position.map(|at| (at.line, at.column)), Some((3, 1)));
    assert_eq!(broken.message, "the file is not JSON: there is a comma before the closing bracket");
    assert_eq!(report.findings[2].severity, Severity::Warning);
}

#[test]
fn a_byte_order_mark_hides_nothing() {
    let folder = Folder::of(&connector(), &action());
    let text = with(action(), "/effect", json!("reed")).to_string();
    folder.write("shop/actions/get_thing.json", format!("\u{feff}{text}"));
    let report = folder.validate();
    let expected =
        ["shop/actions/get_thing.json# [json-syntax]", "shop/actions/get_thing.json#/effect [descriptor-form]"];
    assert_eq!(folder.places(&report), expected);
}

#[test]
fn a_number_that_no_reader_keeps_is_told_as_one() {
    let folder = Folder::of(&connector(), &action());
    folder.write("shop/actions/get_thing.json", "{ \"name\": 1e999 }");
    let report = folder.validate();
    assert_eq!(report.findings[0].message, "a number is out of range: the largest is 1.7e308");
}

#[test]
fn two_files_with_one_id_and_one_object_with_one_name_twice() {
    let folder = Folder::of(&connector(), &action());
    folder.write("other/get_thing.json", action().to_string());
    folder.write(
        "other/twice.json",
        format!(r#"{{"title": "A",{}"#, &with(action(), "/name", json!("twice")).to_string()[1..]),
    );
    let report = folder.validate();
    let found = folder.places(&report);
    assert_eq!(
        found,
        ["other/twice.json#/title [duplicate-property]", "shop/actions/get_thing.json#/name [duplicate-id]"]
    );
    assert!(report.findings[1].message.contains("other"), "{}", report.findings[1].message);
}

#[test]
fn a_single_file_and_what_cannot_be_checked() {
    let folder = Folder::new();
    for (name, document) in [("anything.json", action()), ("input.json", action()["input"].clone())] {
        let file = folder.write(name, document.to_string());
        assert_eq!(validate(&Sources::read(&[file]).unwrap()).findings, []);
    }
    assert!(Sources::read(&[folder.path().join("missing")]).is_err());
    folder.write("empty/readme.txt", "");
    let error = Sources::read(&[folder.path().join("empty")]).unwrap_err().to_string();
    assert!(error.ends_with("has no JSON file, so nothing was checked"), "{error}");
}

#[test]
fn messages_name_what_they_are_about() {
    let cases = [
        (with(action(), "/list", json!("yes")), "`list` is a string, but must be a boolean"),
        (with(action(), "/scopes/delegated", json!("A")), "`delegated` is a string, but must be an array or null"),
        (json!([]), "the document is an array, but must be an object"),
        (with(action(), "/input/properties/size/x-secret", json!(false)), "`x-secret` is false, but must be true"),
        (with(action(), "/input/properties/size/minimum", json!("1")), "`minimum` is a string, but must be a number"),
        (without(action(), "", "title"), "`title` is missing"),
        (without(action(), "/input", "description"), "the schema has no description"),
    ];
    for (document, message) in cases {
        let report = Folder::of(&connector(), &document).validate();
        let found: Vec<_> = report.findings.iter().map(|found| found.message.as_str()).collect();
        assert!(found.contains(&message), "{message} is not among {found:?}");
    }
}

#[test]
fn candidates_are_named() {
    let size = "/input/properties/size";
    let cases = [
        (with(action(), "/scops", json!({})), "did you mean `scopes`?"),
        (with(action(), "/effect", json!("creat")), "did you mean \"create\"?"),
        (with(action(), &format!("{size}/type"), json!("integr")), "did you mean \"integer\"?"),
        (with(action(), &format!("{size}/minumum"), json!(1)), "did you mean `minimum`?"),
        (with(action(), &format!("{size}/x-picklists"), json!("a")), "did you mean `x-picklist`?"),
    ];
    for (document, help) in cases {
        let report = Folder::of(&connector(), &document).validate();
        let found: Vec<_> = report.findings.iter().filter_map(|found| found.help.as_deref()).collect();
        assert!(found.contains(&help), "{help} is not among {found:?}");
    }
}

#[test]
fn json_has_the_place_and_the_numbers() {
    let folder = Folder::of(&connector(), &without(action(), "/input/properties/size", "description"));
    let json: Value = serde_json::from_str(&Format::Json.render(&folder.validate())).unwrap();
    assert_eq!(
        (&json["files"], &json["errors"], &json["warnings"], &json["notes"]),
        (&json!(2), &json!(1), &json!(0), &json!(0))
    );
    let finding = &json["findings"][0];
    assert_eq!(finding["rule"], "missing-description");
    assert_eq!(finding["severity"], "error");
    assert_eq!(finding["pointer"], "/input/properties/size");
    assert_eq!(finding["line"], 1);
    assert!(finding["column"].is_u64() && finding["file"].is_string() && finding["help"].is_string(), "{finding}");
}
