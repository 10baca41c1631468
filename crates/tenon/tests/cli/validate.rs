//! `tenon validate`: the rules are tested in `connector-schemas`, the command here.

use serde_json::{Value, json};

use crate::program::Home;

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

fn action() -> Value {
    json!({
        "name": "get_thing", "connector": "shop", "title": "Get thing", "effect": "read", "list": false,
        "scopes": { "delegated": [], "application": null },
        "input": {
            "$schema": DIALECT, "type": "object", "title": "Get thing", "description": "Read a thing.",
            "properties": { "size": { "title": "Size", "type": "integer", "description": "The size." } },
            "additionalProperties": false, "examples": [{ "size": 3 }]
        },
        "output": { "$schema": DIALECT, "type": "object", "title": "Get thing" }
    })
}

#[test]
fn the_report_is_on_standard_output_and_the_exit_code_says_what_it_means() {
    let home = Home::new();
    home.write("good.json", action().to_string());
    let mut bad = action();
    bad["input"]["properties"]["size"]["minimun"] = json!(1);
    home.write("warned.json", bad.to_string());
    bad["input"]["properties"]["size"]["type"] = json!("integr");
    bad["name"] = json!("get_other");
    home.write("bad.json", bad.to_string());

    let good = home.run(&["validate", "good.json", "--format", "text"]);
    assert_eq!((good.code, good.out.as_str(), good.err.as_str()), (0, "no findings in 1 file\n", ""));

    let warned = home.run(&["validate", "warned.json"]);
    assert_eq!(warned.code, 0, "{warned:?}");
    let report: Value = serde_json::from_str(&warned.out).unwrap();
    assert_eq!((&report["warnings"], &report["findings"][0]["rule"]), (&json!(1), &json!("unknown-keyword")));
    assert_eq!(home.run(&["validate", "warned.json", "--deny-warnings"]).code, 10);

    let bad = home.run(&["validate", "good.json", "bad.json", "--format", "sarif"]);
    assert_eq!(bad.code, 10, "{bad:?}");
    let report: Value = serde_json::from_str(&bad.out).unwrap();
    let uri = "/runs/0/results/0/locations/0/physicalLocation/artifactLocation/uri";
    assert_eq!(report.pointer(uri), Some(&json!("bad.json")));
    assert!(bad.err.contains("1 error and 1 warning in 2 files"), "{}", bad.err);
}

#[test]
fn what_breaks_callers_is_an_error() {
    let home = Home::new();
    home.write("old.json", action().to_string());
    let mut new = action();
    new["input"]["required"] = json!(["size"]);
    home.write("new.json", new.to_string());
    let ran = home.run(&["validate", "new.json", "--against", "old.json", "--format", "text"]);
    assert_eq!(ran.code, 10, "{ran:?}");
    assert!(ran.out.contains("breaking: `size` is required now [input-required]"), "{}", ran.out);
    assert_eq!(home.run(&["validate", "old.json", "--against", "new.json"]).code, 0);
}

#[test]
fn nothing_to_check_is_an_error() {
    let home = Home::new();
    std::fs::create_dir(home.folder().join("empty")).unwrap();
    for path in ["empty", "missing"] {
        let ran = home.run(&["validate", path]);
        assert_eq!((ran.code, ran.out.as_str()), (10, ""), "{ran:?}");
        assert!(ran.err.contains(path), "{}", ran.err);
    }
    assert_eq!(home.run(&["validate"]).code, 2);
}
