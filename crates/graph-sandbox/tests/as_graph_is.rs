//! What the sandbox does not have because Graph has not.

use std::collections::BTreeSet;

use bytes::Bytes;
use graph_sandbox::{Caller, Sandbox, seeds};
use http::{Request, StatusCode};
use serde_json::Value;

const ORIGIN: &str = "https://graph.microsoft.com";

fn get(sandbox: &Sandbox, path: &str) -> (StatusCode, Value) {
    let scopes: BTreeSet<String> = seeds::ROLES.iter().map(|role| (*role).to_owned()).collect();
    let caller = Caller { user: None, app_id: seeds::DAEMON.to_owned(), scopes };
    let request = Request::get(path).body(Bytes::new()).unwrap();
    let answer = sandbox.graph().handle(&caller, ORIGIN, &request);
    (answer.status(), serde_json::from_slice(answer.body()).unwrap_or_default())
}

#[test]
fn changes_of_a_drive_tell_no_paths() {
    let sandbox = Sandbox::new();
    let drive = "/v1.0/users/adelev@contoso.example/drive/root";
    let listed = get(&sandbox, &format!("{drive}/children")).1;
    assert!(listed["value"][0]["parentReference"]["path"].is_string(), "{listed}");
    let changes = get(&sandbox, &format!("{drive}/delta")).1;
    let references: Vec<&Value> =
        changes["value"].as_array().unwrap().iter().map(|item| &item["parentReference"]).collect();
    assert!(
        references.len() > 5 && references.iter().all(|reference| reference.get("path").is_none()),
        "{references:?}"
    );
    assert!(
        references.iter().filter(|reference| reference["id"].is_string()).count() > 5,
        "the folder above is told by its id"
    );
}

#[test]
fn a_name_that_begins_with_a_dollar_sign_stands_in_parentheses() {
    let sandbox = Sandbox::new();
    for refused in [
        "/v1.0/users/$adele@contoso.example",
        "/v1.0/users/%24adele@contoso.example",
        "/v1.0/users/$adele@contoso.example/messages",
    ] {
        let (status, body) = get(&sandbox, refused);
        assert_eq!(
            (status, &body["error"]["code"]),
            (StatusCode::BAD_REQUEST, &Value::from("BadRequest")),
            "{refused}"
        );
    }
    // It is understood there, and nobody is called so.
    for understood in ["/v1.0/users('$adele@contoso.example')", "/v1.0/users('$o''neil@contoso.example')"] {
        let (status, body) = get(&sandbox, understood);
        assert_eq!(
            (status, &body["error"]["code"]),
            (StatusCode::NOT_FOUND, &Value::from("Request_ResourceNotFound")),
            "{understood}"
        );
    }
    assert_eq!(get(&sandbox, "/v1.0/users('adelev@contoso.example')").0, StatusCode::OK);
    let id = get(&sandbox, "/v1.0/groups?$top=1").1["value"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(get(&sandbox, &format!("/v1.0/groups('{id}')/members")).0, StatusCode::OK);
}
