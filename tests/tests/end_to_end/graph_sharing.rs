//! Files that are shared, and what they were; conversations of groups; Microsoft Search.

use connector_sdk::Code;
use graph_sandbox::{Fault, Rule};
use serde_json::{Value, json};

use crate::coverage::covers;
use crate::stage::{ALL, Stage};

covers! {
    action "graph.create_sharing_link": a_link_is_made_and_followed, what_cannot_be_shared_is_told;
    action "graph.get_shared_item": a_link_is_made_and_followed, what_cannot_be_shared_is_told;
    action "graph.share_drive_item": access_is_given_seen_and_taken_away, what_cannot_be_shared_is_told;
    action "graph.list_item_permissions": access_is_given_seen_and_taken_away, what_cannot_be_shared_is_told;
    action "graph.delete_item_permission": access_is_given_seen_and_taken_away, what_cannot_be_shared_is_told;
    action "graph.list_item_versions": an_earlier_version_comes_back, what_is_gone_has_no_past;
    action "graph.restore_item_version": an_earlier_version_comes_back, what_is_gone_has_no_past;
    action "graph.permanently_delete_drive_item": what_is_deleted_for_good_is_gone, what_is_gone_has_no_past;
    action "graph.list_group_events": a_group_meets_and_talks, a_group_that_has_no_mail_is_told;
    action "graph.list_group_threads": a_group_meets_and_talks, a_group_that_has_no_mail_is_told;
    action "graph.reply_to_group_thread": a_group_meets_and_talks, a_group_that_has_no_mail_is_told;
    action "graph.search_query": everything_is_searched, what_cannot_be_searched_together_is_told;
}

const MINUTES: &str = "Documents/Minutes.txt";

fn group(stage: &Stage, name: &str) -> Value {
    stage.look(&format!("/groups?$filter=displayName%20eq%20'{name}'"))["value"][0]["id"].clone()
}

fn texts<'v>(list: &'v Value, name: &str) -> Vec<&'v str> {
    list["items"].as_array().unwrap().iter().filter_map(|item| item[name].as_str()).collect()
}

#[tokio::test]
async fn a_link_is_made_and_followed() {
    let stage = Stage::new();
    let input = json!({ "path": MINUTES, "type": "view", "scope": "organization" });
    let made = stage.works("graph.create_sharing_link", input.clone()).await;
    assert_eq!(stage.works("graph.create_sharing_link", input).await["id"], made["id"], "there is one of each kind");
    let item = stage
        .works("graph.get_shared_item", json!({ "shareUrl": made["link"]["webUrl"], "select": ["id", "name"] }))
        .await;
    assert_eq!(item["id"], stage.look(&format!("/me/drive/root:/{MINUTES}"))["id"]);
    // Alex has shared his projects with the organisation, and nobody else's drive is asked for.
    let theirs = stage.look("/users/alexw@contoso.example/drive/root:/Projects:/permissions");
    let url = &theirs["value"][1]["link"]["webUrl"];
    let item = stage.works("graph.get_shared_item", json!({ "shareUrl": url, "redeem": true })).await;
    assert_eq!(item["name"], "Projects");
    let end = json!({ "path": MINUTES, "type": "edit", "scope": "anonymous", "password": "a secret word", "expiration": "2099-12-31" });
    let ends = stage.works("graph.create_sharing_link", end).await;
    assert_eq!((&ends["hasPassword"], &ends["expirationDateTime"]), (&json!(true), &json!("2099-12-31T00:00:00Z")));
    let many = json!({ "items": [{ "path": MINUTES, "type": "edit" }, { "path": "Nowhere.txt", "type": "edit" }] });
    let fates = stage.works("graph.create_sharing_link", many).await;
    assert_eq!((&fates["succeeded"], &fates["failed"]), (&json!(1), &json!(1)));
}

#[tokio::test]
async fn access_is_given_seen_and_taken_away() {
    let stage = Stage::new();
    let input = json!({ "path": "Projects", "recipients": ["meganb@contoso.example", "robin@fabrikam.example"], "role": "write", "message": "Yours too." });
    let shared = stage.works("graph.share_drive_item", input).await;
    assert_eq!(shared["permissions"].as_array().unwrap().len(), 2);
    let megan = &shared["permissions"][0];
    let listed = stage.works("graph.list_item_permissions", json!({ "path": "Projects/Mark 8" })).await;
    let inherited = listed["items"].as_array().unwrap().iter().find(|it| it["id"] == megan["id"]).unwrap();
    assert!(inherited["inheritedFrom"]["path"].as_str().unwrap().ends_with("/Projects"));
    let below = json!({ "path": "Projects/Mark 8", "permissionId": megan["id"] });
    assert_eq!(stage.fails("graph.delete_item_permission", below).await.code(), Code::Rejected);
    let here = json!({ "path": "Projects", "permissionId": megan["id"] });
    assert_eq!(stage.works("graph.delete_item_permission", here).await, json!({ "deleted": true }));
    let left = stage.look("/me/drive/root:/Projects:/permissions");
    assert!(left["value"].as_array().unwrap().iter().all(|it| it["id"] != megan["id"]));
}

#[tokio::test]
async fn an_earlier_version_comes_back() {
    let stage = Stage::new();
    let place = json!({ "path": MINUTES });
    let versions = stage.works("graph.list_item_versions", place.clone()).await;
    assert_eq!(texts(&versions, "id"), ["2.0", "1.0"]);
    let restored = stage.works("graph.restore_item_version", json!({ "path": MINUTES, "versionId": "1.0" })).await;
    assert_eq!(restored, json!({ "restored": true }));
    let back = stage.works("graph.download_file", place.clone()).await;
    assert_eq!(back["size"], versions["items"][1]["size"]);
    assert_eq!(texts(&stage.works("graph.list_item_versions", place).await, "id"), ["3.0", "2.0", "1.0"]);
}

#[tokio::test]
async fn what_is_deleted_for_good_is_gone() {
    let stage = Stage::new();
    // An answer that is lost does not hide that it worked.
    stage.sandbox.faults().add(Rule::new(Fault::GatewayTimeout).path("/permanentDelete").once());
    let done = stage
        .works("graph.permanently_delete_drive_item", json!({ "path": "Getting started.txt", "confirm": true }))
        .await;
    assert_eq!(done, json!({ "deleted": true }));
    let error = stage.fails("graph.get_drive_item", json!({ "path": "Getting started.txt" })).await;
    assert_eq!(error.code(), Code::NotFound);
}

#[tokio::test]
async fn what_cannot_be_shared_is_told() {
    let stage = Stage::new();
    for (action, input) in [
        ("create_sharing_link", json!({ "itemId": "01NOWHERE", "type": "view" })),
        (
            "share_drive_item",
            json!({ "itemId": "01NOWHERE", "recipients": ["meganb@contoso.example"], "role": "read" }),
        ),
        ("list_item_permissions", json!({ "itemId": "01NOWHERE" })),
        ("delete_item_permission", json!({ "path": MINUTES, "permissionId": "none" })),
        ("get_shared_item", json!({ "shareUrl": "https://contoso.sharepoint.example/:t:/g/nothing" })),
    ] {
        assert_eq!(stage.fails(&format!("graph.{action}"), input).await.code(), Code::NotFound, "{action}");
    }
    let seen = stage.sandbox.request_count();
    for (action, input, pointer) in [
        ("create_sharing_link", json!({ "path": "a", "type": "view", "expiration": "2020-01-01" }), "/expiration"),
        ("create_sharing_link", json!({ "path": "a", "type": "embed", "scope": "users" }), "/scope"),
        ("share_drive_item", json!({ "path": "a", "recipients": [], "role": "read" }), "/recipients"),
        ("get_shared_item", json!({ "shareUrl": "file:///etc/passwd" }), "/shareUrl"),
    ] {
        let error = stage.fails(&format!("graph.{action}"), input).await;
        assert_eq!((error.code(), error.violations()[0].pointer.as_str()), (Code::InvalidInput, pointer), "{action}");
    }
    assert_eq!(stage.sandbox.request_count(), seen);
    let stage = Stage::with(&["Files.Read"]);
    let error = stage.fails("graph.create_sharing_link", json!({ "path": MINUTES, "type": "view" })).await;
    assert_eq!(error.code(), Code::MissingScope);
    assert_eq!(stage.sandbox.request_count(), 0, "what the token does not allow is not sent");
}

#[tokio::test]
async fn what_is_gone_has_no_past() {
    let stage = Stage::new();
    for (action, input) in [
        ("list_item_versions", json!({ "path": "Nowhere.txt" })),
        ("restore_item_version", json!({ "path": MINUTES, "versionId": "9.0" })),
        ("permanently_delete_drive_item", json!({ "path": "Nowhere.txt", "confirm": true })),
    ] {
        assert_eq!(stage.fails(&format!("graph.{action}"), input).await.code(), Code::NotFound, "{action}");
    }
}

#[tokio::test]
async fn a_group_meets_and_talks() {
    let stage = Stage::new();
    let retail = group(&stage, "Retail");
    let events = stage.works("graph.list_group_events", json!({ "group": retail })).await;
    assert_eq!(texts(&events, "subject"), ["Retail: weekly", "Retail: outing"]);
    let window =
        json!({ "group": retail, "start": "2000-01-01T00:00:00Z", "end": "2004-01-01T00:00:00Z", "fetchAll": true });
    assert_eq!(stage.works("graph.list_group_events", window).await["items"], json!([]), "nobody met then");
    let threads = stage.works("graph.list_group_threads", json!({ "group": retail })).await;
    assert_eq!(texts(&threads, "topic"), ["Opening hours in December", "New branch"]);
    let thread = &threads["items"][1]["id"];
    let reply = json!({ "group": retail, "threadId": thread, "body": "I will look.", "bodyType": "text", "attachments": [{ "name": "plan.txt", "content": { "text": "A plan." } }] });
    assert_eq!(stage.works("graph.reply_to_group_thread", reply).await, json!({ "sent": true }));
    let posts = stage.look(&format!(
        "/groups/{}/threads/{}/posts?$expand=attachments",
        retail.as_str().unwrap(),
        thread.as_str().unwrap()
    ));
    let last = posts["value"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&last["body"]["content"], &last["attachments"][0]["name"]),
        (&json!("I will look."), &json!("plan.txt"))
    );
    assert_eq!(
        texts(&stage.works("graph.list_group_threads", json!({ "group": retail, "limit": 1 })).await, "topic"),
        ["New branch"]
    );
}

#[tokio::test]
async fn a_group_that_has_no_mail_is_told() {
    let stage = Stage::new();
    let engineers = group(&stage, "All Engineers");
    for (action, input) in [
        ("list_group_events", json!({ "group": engineers })),
        ("list_group_threads", json!({ "group": engineers })),
        ("reply_to_group_thread", json!({ "group": engineers, "threadId": "t", "body": "x" })),
    ] {
        assert_eq!(stage.fails(&format!("graph.{action}"), input).await.code(), Code::NotFound, "{action}");
    }
    let seen = stage.sandbox.request_count();
    let large = json!({ "group": engineers, "threadId": "t", "body": "x", "attachments": [{ "name": "a", "content": { "text": "x".repeat(3_145_729) } }] });
    let error = stage.fails("graph.reply_to_group_thread", large).await;
    assert_eq!((error.code(), error.violations()[0].pointer.as_str()), (Code::InvalidInput, "/attachments"));
    let app = connector_runtime::Run::new("graph.list_group_events", "app", json!({ "group": engineers }));
    let error = stage.execute(app).await.unwrap_err();
    assert_eq!(error.code(), Code::InvalidInput);
    assert_eq!(stage.sandbox.request_count(), seen, "what no app can do is not sent");
}

#[tokio::test]
async fn everything_is_searched() {
    let stage = Stage::new();
    let files = stage
        .works("graph.search_query", json!({ "query": "budget", "entityTypes": ["driveItem"], "fields": ["name"] }))
        .await;
    assert_eq!((&files["items"][0]["resource"]["name"], &files["items"][0]["rank"]), (&json!("Budget.csv"), &json!(1)));
    let sorted = json!({ "query": "*", "entityTypes": ["driveItem"], "sort": [{ "name": "size", "descending": true }], "size": 3, "limit": 7 });
    let first = stage.works("graph.search_query", sorted.clone()).await;
    let sizes: Vec<u64> =
        first["items"].as_array().unwrap().iter().map(|it| it["resource"]["size"].as_u64().unwrap()).collect();
    assert!(sizes.len() == 7 && sizes.is_sorted_by(|a, b| a >= b), "{sizes:?}");
    let mut rest = sorted;
    rest["pageToken"] = first["nextPageToken"].clone();
    rest["limit"] = json!(500);
    let rest = stage.works("graph.search_query", rest).await;
    assert_eq!(rest["items"].as_array().unwrap().len() as u64, first["total"].as_u64().unwrap() - 7);
    assert!(rest.get("nextPageToken").is_none());
    let mail = json!({ "query": "from:megan OR from:alex OR from:lee", "entityTypes": ["message"], "size": 5, "fetchAll": true });
    let mail = stage.works("graph.search_query", mail).await;
    assert!(mail["items"].as_array().unwrap().len() as u64 == mail["total"].as_u64().unwrap(), "{mail}");
    assert!(mail["total"].as_u64().unwrap() > 10, "more than two pages: {}", mail["total"]);
    for (kind, query) in [("event", "budget"), ("person", "megan"), ("drive", "onedrive")] {
        let found = stage.works("graph.search_query", json!({ "query": query, "entityTypes": [kind] })).await;
        assert!(!found["items"].as_array().unwrap().is_empty(), "{kind}");
    }
    let app = json!({ "query": "budget", "entityTypes": ["driveItem"], "region": "NAM" });
    let everybodys = stage.execute(connector_runtime::Run::new("graph.search_query", "app", app)).await.unwrap();
    assert!(everybodys["items"].as_array().unwrap().len() > files["items"].as_array().unwrap().len());
}

#[tokio::test]
async fn what_cannot_be_searched_together_is_told() {
    let stage = Stage::new();
    for (input, pointer) in [
        (json!({ "query": "x", "entityTypes": ["message", "driveItem"] }), "/entityTypes/1"),
        (json!({ "query": "x", "entityTypes": ["event"], "from": 25 }), "/from"),
        (json!({ "query": "x", "entityTypes": ["message"], "size": 26 }), "/size"),
        (json!({ "query": "x", "entityTypes": ["driveItem"], "topResults": true }), "/topResults"),
        (
            json!({ "query": "x", "entityTypes": ["driveItem"], "contentSources": ["/external/connections/a"] }),
            "/contentSources",
        ),
    ] {
        let error = stage.fails("graph.search_query", input).await;
        assert_eq!((error.code(), error.violations()[0].pointer.as_str()), (Code::InvalidInput, pointer));
    }
    assert_eq!(stage.sandbox.request_count(), 0);
    // What it takes depends on what is looked for.
    let without: Vec<&str> = ALL.iter().copied().filter(|scope| !scope.starts_with("Mail.")).collect();
    let stage = Stage::with(&without);
    stage.works("graph.search_query", json!({ "query": "budget", "entityTypes": ["driveItem"] })).await;
    let error = stage.fails("graph.search_query", json!({ "query": "budget", "entityTypes": ["message"] })).await;
    assert_eq!(error.code(), Code::MissingScope);
    assert_eq!(stage.sandbox.request_count(), 1, "what the token does not allow is not sent");
}
