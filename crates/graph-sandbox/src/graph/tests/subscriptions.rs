//! Subscriptions to change notifications.

use serde_json::{Value, json};

use crate::graph::testing::{Answer, Bench};

const NOW: &str = "2026-03-02T09:00:00Z";
const PATH: &str = "/subscriptions";

/// So many minutes from now.
fn later(minutes: i64) -> String {
    let now: jiff::Timestamp = NOW.parse().unwrap();
    jiff::Timestamp::from_second(now.as_second() + minutes * 60).unwrap().to_string()
}

fn asked(resource: &str, changes: &str, minutes: i64) -> Value {
    json!({
        "changeType": changes, "notificationUrl": "https://hooks.example/graph", "resource": resource, "clientState": "secret",
        "expirationDateTime": later(minutes),
    })
}

fn with(bench: &Bench, name: &str, value: Value) -> Answer {
    let mut body = asked("me/messages", "created", 60);
    body[name] = value;
    bench.post(PATH, body)
}

#[test]
fn a_subscription_lives_and_is_renewed() {
    let bench = Bench::with("Mail.Read");
    let made = bench.post(PATH, asked("me/mailFolders('Inbox')/messages", "created,updated", 10_080)).ok(201);
    assert_eq!((&made["expirationDateTime"], &made["clientState"]), (&json!(later(10_080)), &json!("secret")));
    assert_eq!((&made["creatorId"], &made["latestSupportedTlsVersion"]), (&json!(bench.caller.user), &json!("v1_2")));
    let path = format!("{PATH}/{}", made["id"].as_str().unwrap());
    assert_eq!(bench.get(PATH).items().len(), 1);
    let renewed = bench.patch(&path, json!({ "expirationDateTime": later(600) })).ok(200);
    assert_eq!(renewed["expirationDateTime"], later(600));
    let moved = bench.patch(&path, json!({ "notificationUrl": "http://127.0.0.1:9/hook" })).ok(200);
    assert_eq!(
        (&moved["notificationUrl"], &moved["expirationDateTime"]),
        (&json!("http://127.0.0.1:9/hook"), &renewed["expirationDateTime"])
    );
    bench
        .patch(&path, json!({ "lifecycleNotificationUrl": "https://hooks.example/life" }))
        .refused(400, "InvalidRequest");
    bench.patch(&path, json!({ "expirationDateTime": later(10_081) })).refused(400, "InvalidRequest");
    bench.send("POST", &format!("{path}/reauthorize"), None).ok(204);
    bench.delete(&path).ok(204);
    bench.get(&path).refused(404, "ResourceNotFound");
    bench.send("POST", &format!("{path}/reauthorize"), None).refused(404, "ResourceNotFound");
}

#[test]
fn each_resource_has_its_longest_life_and_its_changes() {
    let bench = Bench::adele();
    let drive = bench.get("/me/drive").ok(200)["id"].as_str().unwrap().to_owned();
    let drive = format!("/drives/{drive}/root");
    let group = bench.get("/groups?$top=1").items()[0]["id"].as_str().unwrap().to_owned();
    let members = format!("groups/{group}/members");
    for (resource, changes, minutes) in [
        ("me/messages", "created,updated,deleted", 10_080),
        ("/me/events", "deleted", 10_080),
        ("me/contacts", "created", 10_080),
        ("/users", "updated,deleted", 41_760),
        (members.as_str(), "updated", 41_760),
        (drive.as_str(), "updated", 42_300),
        ("me/drive/root", "updated", 42_300),
    ] {
        bench.post(PATH, asked(resource, changes, minutes)).ok(201);
        let answer = bench.post(PATH, asked(resource, changes, minutes + 1));
        assert_eq!(
            answer.message(),
            format!("Subscription expiration can only be {minutes} minutes in the future."),
            "{resource}"
        );
    }
    bench.post(PATH, asked("/users", "created", 60)).refused(400, "InvalidRequest");
    bench.post(PATH, asked("me/drive/root", "updated,deleted", 60)).refused(400, "InvalidRequest");
    bench.post(PATH, asked("me/messages", "touched", 60)).refused(400, "InvalidRequest");
    bench.post(PATH, asked("me/planner", "updated", 60)).refused(400, "InvalidRequest");
    bench.post(PATH, asked("me/mailFolders('nowhere')/messages", "created", 60)).refused(404, "ResourceNotFound");
    bench.post(PATH, asked("groups/nobody", "updated", 60)).refused(404, "ResourceNotFound");
}

#[test]
fn a_short_life_becomes_45_minutes_and_then_it_is_over() {
    let bench = Bench::with("Mail.Read");
    let made = bench.post(PATH, asked("me/messages", "created", 1)).ok(201);
    assert_eq!(made["expirationDateTime"], later(45));
    bench.graph.shared.clock.advance(std::time::Duration::from_secs(45 * 60));
    assert!(bench.get(PATH).items().is_empty());
    let path = format!("{PATH}/{}", made["id"].as_str().unwrap());
    bench.patch(&path, json!({ "expirationDateTime": later(600) })).refused(404, "ResourceNotFound");
    bench.post(PATH, asked("me/messages", "created", 44)).refused(400, "InvalidRequest");
}

#[test]
fn what_is_missing_or_wrong_is_refused() {
    let bench = Bench::with("Mail.Read");
    for name in ["changeType", "notificationUrl", "resource", "expirationDateTime"] {
        let answer = with(&bench, name, Value::Null);
        assert_eq!(answer.message(), format!("{name} is a required property for subscription creation"));
        answer.refused(400, "InvalidRequest");
    }
    for url in ["http://hooks.example/graph", "ftp://hooks.example", "hooks.example"] {
        with(&bench, "notificationUrl", json!(url)).refused(400, "InvalidRequest");
        with(&bench, "lifecycleNotificationUrl", json!(url)).refused(400, "InvalidRequest");
    }
    for url in ["http://localhost:8080/x", "http://[::1]/x", "http://127.0.0.1/x"] {
        with(&bench, "notificationUrl", json!(url)).ok(201);
    }
    with(&bench, "clientState", json!("x".repeat(129))).refused(400, "InvalidRequest");
    with(&bench, "clientState", json!("x".repeat(128))).ok(201);
    with(&bench, "nonsense", json!(1)).refused(400, "Request_BadRequest");
}

#[test]
fn data_is_encrypted_and_selected() {
    let bench = Bench::with("Mail.Read");
    let mut body = asked("me/messages?$select=subject", "created", 1_440);
    body["includeResourceData"] = json!(true);
    bench.post(PATH, body.clone()).refused(400, "InvalidRequest");
    body["encryptionCertificateId"] = json!("1");
    body["encryptionCertificate"] = json!("MIIC");
    bench.post(PATH, body.clone()).refused(400, "InvalidRequest");
    body["encryptionCertificate"] = json!(include_str!("../../../tests/data/certificate.txt"));
    bench.post(PATH, body.clone()).ok(201);
    let mut whole = body.clone();
    whole["resource"] = json!("me/messages");
    bench.post(PATH, whole).refused(400, "InvalidRequest");
    body["expirationDateTime"] = json!(later(1_441));
    bench.post(PATH, body).refused(400, "InvalidRequest");
}

#[test]
fn only_those_who_may_read_may_watch() {
    let bench = Bench::with("Mail.Read Mail.Read.Shared");
    bench.post(PATH, asked("users/alexw@contoso.example/messages", "created", 60)).refused(403, "ExtensionError");
    bench.post(PATH, asked("users/adelev@contoso.example/messages", "created", 60)).ok(201);
    bench.post(PATH, asked("me/events", "created", 60)).refused(403, "ExtensionError");
    bench.post(PATH, asked("users", "updated", 60)).refused(403, "ExtensionError");
    let app = Bench::app("Mail.Read");
    app.post(PATH, asked("users/alexw@contoso.example/messages", "created", 60)).ok(201);
    app.post(PATH, asked("me/messages", "created", 60)).refused(400, "BadRequest");
    app.post(PATH, asked("users/nobody@contoso.example/messages", "created", 60)).refused(404, "ResourceNotFound");
}

#[test]
fn nobody_sees_those_of_others() {
    let adele = Bench::with("Mail.Read");
    let id = adele.post(PATH, asked("me/messages", "created", 60)).ok(201)["id"].as_str().unwrap().to_owned();
    let mut other = Bench { graph: adele.graph.clone(), ..Bench::with("Mail.Read") };
    other.caller.app_id = "00000000-0000-4000-8000-000000000002".into();
    assert!(other.get(PATH).items().is_empty());
    other.delete(&format!("{PATH}/{id}")).refused(404, "ResourceNotFound");
    adele.get(&format!("{PATH}/{id}")).ok(200);
}
