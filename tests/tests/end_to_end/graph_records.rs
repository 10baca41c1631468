//! Records of many kinds, and the schemas that only Graph knows.

use connector_runtime::Run;
use connector_sdk::Code;
use serde_json::json;

use crate::coverage::covers;
use crate::stage::Stage;

covers! {
    action "graph.get_record": records_are_made_found_changed_and_deleted, what_does_not_fit_is_told_before_anything_is_sent;
    action "graph.search_records": records_are_made_found_changed_and_deleted, what_does_not_fit_is_told_before_anything_is_sent;
    action "graph.create_record": records_are_made_found_changed_and_deleted, what_does_not_fit_is_told_before_anything_is_sent;
    action "graph.update_record": records_are_made_found_changed_and_deleted, what_does_not_fit_is_told_before_anything_is_sent;
    action "graph.delete_record": records_are_made_found_changed_and_deleted, what_does_not_fit_is_told_before_anything_is_sent;
    dynamic_schema "graph.record": what_a_record_takes_is_known, without_an_object_nothing_is_known;
    dynamic_schema "graph.found_record": what_a_record_takes_is_known, without_an_object_nothing_is_known;
    dynamic_schema "graph.new_record_fields": what_a_record_takes_is_known, without_an_object_nothing_is_known;
    dynamic_schema "graph.record_changes": what_a_record_takes_is_known, without_an_object_nothing_is_known;
}

#[tokio::test]
async fn records_are_made_found_changed_and_deleted() {
    let stage = Stage::new();
    let folder = stage.works("graph.create_record", json!({ "object": "folder", "fields": { "name": "Invoices" } })).await;
    let id = folder["id"].clone();
    let renamed = json!({ "object": "driveItem", "recordId": id, "fields": { "name": "Bills" } });
    stage.works("graph.update_record", renamed).await;
    let got = stage.works("graph.get_record", json!({ "object": "driveItem", "recordId": id })).await;
    assert_eq!((&got["id"], &got["name"]), (&id, &json!("Bills")));
    stage.works("graph.delete_record", json!({ "object": "driveItem", "recordId": id })).await;
    let gone = stage.fails("graph.get_record", json!({ "object": "driveItem", "recordId": id })).await;
    assert_eq!(gone.code(), Code::NotFound);

    let fields = json!({ "displayName": "Grace Hopper", "userPrincipalName": "grace@contoso.example", "mailNickname": "grace", "generatePassword": true });
    let made = stage.works("graph.create_record", json!({ "object": "user", "fields": fields })).await;
    assert!(made["user"]["id"].is_string() && made["generatedPassword"].is_string(), "{made}");
    let job = json!({ "object": "user", "recordId": made["user"]["id"], "fields": { "jobTitle": "Rear admiral" } });
    stage.works("graph.update_record", job).await;
    let found = stage.works("graph.search_records", json!({ "object": "user", "search": "Grace" })).await;
    assert_eq!(found["items"][0]["id"], made["user"]["id"]);
    let licences = stage.works("graph.search_records", json!({ "object": "license" })).await;
    assert!(licences["items"].as_array().unwrap().len() > 1, "{licences}");
    let files = stage.works("graph.search_records", json!({ "object": "driveItem", "search": "Schedule", "limit": 1 })).await;
    assert_eq!(files["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_does_not_fit_is_told_before_anything_is_sent() {
    let stage = Stage::new();
    let before = stage.sandbox.requests().len();
    let places = |error: connector_sdk::Error| -> Vec<String> { error.violations().iter().map(|issue| issue.pointer.clone()).collect() };
    for (action, input, at) in [
        (
            "graph.create_record",
            json!({ "object": "user", "fields": { "displayName": 7 } }),
            vec!["/fields/displayName", "/fields/mailNickname", "/fields/userPrincipalName"],
        ),
        (
            "graph.create_record",
            json!({ "items": [{ "object": "folder", "fields": { "name": "a" } }, { "object": "folder", "fields": {} }] }),
            vec!["/items/1/fields/name"],
        ),
        ("graph.create_record", json!({ "object": "folder", "fields": { "name": "a", "colour": "red" } }), vec!["/fields/colour"]),
        ("graph.update_record", json!({ "object": "user", "recordId": "x", "fields": { "jobTitle": 1 } }), vec!["/fields/jobTitle"]),
        ("graph.get_record", json!({ "object": "user", "drive": "b!d", "recordId": "x" }), vec!["/drive"]),
        ("graph.get_record", json!({ "object": "planet", "recordId": "x" }), vec!["/object"]),
        ("graph.delete_record", json!({ "object": "user", "recordId": "x" }), vec!["/object"]),
        ("graph.search_records", json!({ "object": "license", "search": "x" }), vec!["/search"]),
    ] {
        let error = stage.fails(action, input.clone()).await;
        assert_eq!((error.code(), places(error)), (Code::InvalidInput, at.into_iter().map(str::to_owned).collect()), "{action} {input}");
    }
    assert_eq!(stage.sandbox.requests().len(), before);
}

#[tokio::test]
async fn permissions_are_those_of_the_action_behind() {
    let stage = Stage::with(&["User.Read", "User.Read.All"]);
    stage.works("graph.get_record", json!({ "object": "user", "recordId": "alexw@contoso.example" })).await;
    let error = stage.fails("graph.get_record", json!({ "object": "driveItem", "recordId": "x" })).await;
    assert_eq!(error.code(), Code::MissingScope);
    let shown = Run::new("graph.create_record", "adele", json!({ "object": "folder", "fields": { "name": "a" } })).preview();
    let shown = stage.host.execute(shown).await.unwrap().output;
    assert!(shown.as_str().contains("Files.ReadWrite"), "{}", shown.as_str());
}

#[tokio::test]
async fn what_a_record_takes_is_known() {
    let stage = Stage::new();
    let resolved = stage.host.resolve("graph.create_record", "adele", &json!({ "object": "user" })).await.unwrap();
    let fields = &resolved.input["properties"]["fields"];
    assert_eq!(fields["properties"]["displayName"]["maxLength"], 256);
    assert_eq!(fields["required"], json!(["displayName", "userPrincipalName", "mailNickname"]));
    assert_eq!(resolved.input["properties"]["items"]["items"]["properties"]["fields"]["required"], fields["required"]);
    let resolved = stage.host.resolve("graph.update_record", "adele", &json!({ "object": "driveItem" })).await.unwrap();
    let fields = &resolved.input["properties"]["fields"];
    assert_eq!((&fields["additionalProperties"], fields["properties"].as_object().unwrap().len()), (&json!(false), 3));
    let resolved = stage.host.resolve("graph.get_record", "adele", &json!({ "object": "driveItem" })).await.unwrap();
    assert!(resolved.output.to_string().contains("eTag"), "{}", resolved.output);
    let resolved = stage.host.resolve("graph.search_records", "adele", &json!({ "object": "license" })).await.unwrap();
    assert!(resolved.output["properties"]["items"]["items"]["properties"]["skuPartNumber"].is_object());
}

#[tokio::test]
async fn without_an_object_nothing_is_known() {
    let stage = Stage::new();
    for action in ["graph.get_record", "graph.search_records", "graph.create_record", "graph.update_record"] {
        let error = stage.host.resolve(action, "adele", &json!({})).await.unwrap_err();
        assert_eq!((error.code(), error.violations()[0].pointer.as_str()), (Code::InvalidInput, "/object"), "{action}");
    }
    let error = stage.host.resolve("graph.get_recrod", "adele", &json!({})).await.unwrap_err();
    assert_eq!(error.code(), Code::UnknownAction);
}
