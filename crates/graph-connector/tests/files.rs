//! Files that are downloaded, against exchanges as people have met them.

use connector_sdk::{Code, Context, Response, Result, ScriptedRun};
use graph_connector::connector;
use serde_json::{Value, json};

fn download(described: Value, script: Vec<Response>) -> (Result<Value>, usize) {
    let input = json!({ "path": "Documents/old.doc" });
    let plan = connector().find_action("download_file").unwrap().plan(input, &Context::user()).unwrap();
    let mut stage = ScriptedRun::new([vec![Response::new(200, described.to_string())], script].concat());
    let end = stage.run(plan).and_then(|json| json.read());
    (end, stage.left_over())
}

#[test]
fn a_listed_size_that_is_wrong_is_told_as_that() {
    let described = json!({ "name": "old.doc", "size": 5, "file": { "mimeType": "application/msword" } });
    let error = download(described.clone(), vec![Response::new(200, "At noon.")]).0.unwrap_err();
    assert!(error.code() == Code::Conflict && error.advice().contains("`verify`: false"), "{}", error.advice());
    // What came is as long as its answer announced, so it is whole.
    let mut whole = Response::new(200, "At noon.");
    whole.headers.insert("content-length", "8".parse().unwrap());
    let file = download(described, vec![whole]).0.unwrap();
    assert_eq!((&file["size"], file["warning"].as_str().unwrap().contains("lists 5")), (&json!(8), true));
    // A hash is about the content, and decides.
    let described = json!({ "name": "old.doc", "size": 5, "file": { "hashes": { "quickXorHash": "QaADCNzwhje4wQUACAAAAAAAAAA=" } } });
    assert_eq!(download(described, vec![Response::new(200, "At noon.")]).0.unwrap()["size"], 8);
}

#[test]
fn malware_is_told_and_not_stored() {
    let described =
        json!({ "name": "old.doc", "size": 12_367_593, "file": {}, "malware": { "description": "Trojan" } });
    let (end, left) = download(described, vec![Response::new(200, "marked")]);
    let error = end.unwrap_err();
    assert!(error.code() == Code::Rejected && error.message().contains("malware (Trojan)"), "{error}");
    assert_eq!(left, 1, "its content was not asked for");
}

#[test]
fn a_description_with_odd_properties_holds_nothing_up() {
    let described = json!({ "name": null, "size": "many", "file": { "hashes": [] }, "malware": null });
    assert_eq!(download(described, vec![Response::new(200, "At noon.")]).0.unwrap()["name"], "old.doc");
}
