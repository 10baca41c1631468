//! Notifications that the sandbox sends, to a receiver over loopback.

mod common;

use std::time::Duration;

use common::receiver::Receiver;
use common::{World, answer, world};
use graph_sandbox::{Holder, Lifecycle, NotificationFault, NotificationRule, Sending, SentOutcome};
use serde_json::{Value, json};

const SCOPES: &[&str] = &[
    "Mail.ReadWrite",
    "Mail.Send",
    "Calendars.ReadWrite",
    "Contacts.ReadWrite",
    "Files.ReadWrite.All",
    "User.ReadWrite.All",
    "Group.ReadWrite.All",
    "Directory.ReadWrite.All",
    "Sites.ReadWrite.All",
    "Sites.Manage.All",
];

async fn call(world: &World, method: &str, path: &str, body: Value) -> Value {
    let token = world.sandbox.issue_token(Holder::User("MeganB@contoso.example"), SCOPES);
    let request = world.http.request(method.parse().unwrap(), world.url(&format!("/v1.0{path}"))).bearer_auth(token);
    let request = match body {
        Value::Null => request,
        body => request.header("content-type", "application/json").body(body.to_string()),
    };
    let response = request.send().await.unwrap();
    let status = response.status();
    let text = response.text().await.unwrap();
    assert!(status.is_success(), "{method} {path}: {status} {text}");
    serde_json::from_str(&text).unwrap_or_default()
}

async fn subscribe(world: &World, url: &str, resource: &str, changes: &str) -> String {
    let expires = jiff::Timestamp::from_second(world.sandbox.clock().now().as_second() + 3600).unwrap();
    let body = json!({
        "changeType": changes, "notificationUrl": url, "lifecycleNotificationUrl": url.replace("/hook", "/lifecycle"),
        "resource": resource, "expirationDateTime": expires.to_string(), "clientState": "secret",
    });
    call(world, "POST", "/subscriptions", body).await["id"].as_str().unwrap().to_owned()
}

async fn settled(world: &World) {
    let settled = world.sandbox.notifications().settled();
    tokio::time::timeout(Duration::from_secs(60), settled).await.expect("what waits is sent within a minute");
}

fn deliver(world: &World, subject: &str) -> String {
    world.sandbox.graph().deliver("MeganB@contoso.example", "inbox", json!({ "subject": subject }))
}

/// A receiver of what happens to the mail of one mailbox.
async fn mail(changes: &str) -> (World, Receiver, String) {
    let (world, receiver) = (world().await, Receiver::new().await);
    let id = subscribe(&world, &format!("{}/hook", receiver.url), "me/messages", changes).await;
    (world, receiver, id)
}

fn changes(received: &[Value]) -> Vec<(&str, &str)> {
    received.iter().map(|it| (it["changeType"].as_str().unwrap(), it["resource"].as_str().unwrap())).collect()
}

#[tokio::test]
async fn a_mail_is_told_as_graph_does() {
    let (world, receiver, id) = mail("created,updated,deleted").await;
    let message = deliver(&world, "One");
    settled(&world).await;
    let received = receiver.received("/hook");
    assert_eq!(received.len(), 1, "{received:?}");
    let one = &received[0];
    let user = world.sandbox.graph().user_by_name("MeganB@contoso.example").unwrap().id;
    let resource = format!("Users/{user}/Messages/{message}");
    let mail = call(&world, "GET", &format!("/me/messages/{message}"), Value::Null).await;
    let expires = call(&world, "GET", &format!("/subscriptions/{id}"), Value::Null).await["expirationDateTime"].clone();
    let expected = json!({
        "id": one["id"], "subscriptionId": id, "subscriptionExpirationDateTime": expires, "changeType": "created",
        "resource": resource, "clientState": "secret", "tenantId": world.sandbox.graph().tenant_id(),
        "resourceData": {
            "@odata.type": "#Microsoft.Graph.Message", "@odata.id": resource, "@odata.etag": mail["@odata.etag"], "id": message,
        },
    });
    assert_eq!(one, &expected);
    assert_eq!(one["id"].as_str().unwrap().len(), 36);
    call(&world, "PATCH", &format!("/me/messages/{message}"), json!({ "isRead": true })).await;
    settled(&world).await;
    assert_eq!(changes(&receiver.received("/hook"))[1], ("updated", resource.as_str()));
    let counts = world.sandbox.notifications().counts();
    assert_eq!((counts.sent, counts.acknowledged, counts.waiting), (2, 2, 0), "{counts:?}");
}

#[tokio::test]
async fn a_move_is_a_deletion_there_and_an_addition_here() {
    let (world, receiver, _) = mail("created,updated,deleted").await;
    let hook = format!("{}/archive/hook", receiver.url);
    subscribe(&world, &hook, "me/mailFolders('archive')/messages", "created,deleted").await;
    let message = deliver(&world, "One");
    let path = format!("/me/messages/{message}/move");
    let moved = call(&world, "POST", &path, json!({ "destinationId": "archive" })).await["id"].clone();
    let moved = moved.as_str().unwrap();
    call(&world, "DELETE", &format!("/me/messages/{moved}"), Value::Null).await;
    settled(&world).await;
    let all = receiver.received("/hook");
    let all = changes(&all);
    let kinds: Vec<&str> = all.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(kinds, ["created", "deleted", "created", "deleted", "created"]);
    assert!(all[1].1.ends_with(&message) && all[2].1.ends_with(moved) && all[3].1.ends_with(moved), "{all:?}");
    let archive = receiver.received("/archive/hook");
    assert_eq!(changes(&archive), [all[2], all[3]]);
    assert!(archive[1]["resourceData"].get("@odata.etag").is_none());
}

#[tokio::test]
async fn a_batch_and_a_change_type_that_nobody_wants() {
    let (world, receiver, _) = mail("deleted").await;
    let messages: Vec<String> = ["One", "Two", "Three"].iter().map(|subject| deliver(&world, subject)).collect();
    let requests: Vec<Value> = messages
        .iter()
        .enumerate()
        .map(|(at, id)| json!({ "id": at.to_string(), "method": "DELETE", "url": format!("/me/messages/{id}") }))
        .collect();
    call(&world, "POST", "/$batch", json!({ "requests": requests })).await;
    settled(&world).await;
    let received = receiver.received("/hook");
    assert_eq!(received.len(), 3, "{received:?}");
    assert!(messages.iter().all(|id| received.iter().any(|it| it["resourceData"]["id"] == id.as_str())));
    assert!(received.iter().all(|it| it["changeType"] == "deleted"));
}

#[tokio::test]
async fn an_immutable_id_is_told_where_it_was_asked_for() {
    let (world, receiver) = (world().await, Receiver::new().await);
    let token = world.sandbox.issue_token(Holder::User("MeganB@contoso.example"), SCOPES);
    let expires = jiff::Timestamp::from_second(world.sandbox.clock().now().as_second() + 3600).unwrap();
    let body = json!({
        "changeType": "created", "notificationUrl": format!("{}/hook", receiver.url), "resource": "me/messages",
        "expirationDateTime": expires.to_string(),
    });
    let request = world.http.post(world.url("/v1.0/subscriptions")).bearer_auth(&token);
    let request = request.header("content-type", "application/json").header("prefer", "IdType=\"ImmutableId\"");
    assert_eq!(answer(request.body(body.to_string()).send().await.unwrap()).await.0, 201);
    let message = deliver(&world, "One");
    settled(&world).await;
    let received = receiver.received("/hook");
    let id = received[0]["resourceData"]["id"].as_str().unwrap();
    assert_ne!(id, message);
    assert_eq!(call(&world, "GET", &format!("/me/messages/{id}"), Value::Null).await["subject"], "One");
    assert!(received[0].get("clientState").is_none());
}

#[tokio::test]
async fn each_kind_of_resource_is_told() {
    let (world, receiver) = (world().await, Receiver::new().await);
    let group =
        json!({ "displayName": "Watched", "mailEnabled": false, "mailNickname": "watched", "securityEnabled": true });
    let group = call(&world, "POST", "/groups", group).await["id"].as_str().unwrap().to_owned();
    let user = world.sandbox.graph().user_by_name("AdeleV@contoso.example").unwrap().id;
    let site = call(&world, "GET", "/sites/root", Value::Null).await["id"].as_str().unwrap().to_owned();
    let list = json!({ "displayName": "Watched", "list": { "template": "genericList" } });
    let list = call(&world, "POST", &format!("/sites/{site}/lists"), list).await["id"].as_str().unwrap().to_owned();
    let lists = format!("sites/{site}/lists/{list}");
    let (groups, members, one) =
        (format!("groups/{group}"), format!("groups/{group}/members"), format!("users/{user}"));
    let resources = [
        ("me/events", "created"),
        ("me/contacts", "created"),
        ("users", "updated,deleted"),
        (&one, "updated"),
        ("groups", "updated"),
        (&groups, "updated"),
        (&members, "updated"),
        ("me/drive/root", "updated"),
        (&lists, "updated"),
    ];
    for (at, (resource, changes)) in resources.iter().enumerate() {
        subscribe(&world, &format!("{}/{at}/hook", receiver.url), resource, changes).await;
    }
    let event = json!({
        "subject": "Watched", "start": { "dateTime": "2030-01-01T10:00:00", "timeZone": "UTC" },
        "end": { "dateTime": "2030-01-01T11:00:00", "timeZone": "UTC" },
    });
    let event = call(&world, "POST", "/me/events", event).await;
    let contact = call(&world, "POST", "/me/contacts", json!({ "givenName": "Watched" })).await;
    call(&world, "PATCH", &format!("/users/{user}"), json!({ "jobTitle": "Watched" })).await;
    let member = json!({ "@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{user}") });
    call(&world, "POST", &format!("/groups/{group}/members/$ref"), member).await;
    call(&world, "DELETE", &format!("/groups/{group}/members/{user}/$ref"), Value::Null).await;
    call(&world, "PUT", "/me/drive/root:/watched.txt:/content", json!({ "a": "file" })).await;
    call(&world, "POST", &format!("/{lists}/items"), json!({ "fields": { "Title": "Watched" } })).await;
    settled(&world).await;
    let at = |number: usize| receiver.received(&format!("/{number}/hook"));
    let expected = [1, 1, 1, 1, 2, 2, 2, 1, 1];
    let counts: Vec<usize> = (0..expected.len()).map(|number| at(number).len()).collect();
    assert_eq!(counts, expected);
    assert_eq!(at(0)[0]["resourceData"]["id"], event["id"]);
    assert_eq!(at(0)[0]["resourceData"]["@odata.etag"], event["@odata.etag"]);
    assert_eq!(at(1)[0]["resourceData"]["id"], contact["id"]);
    for number in [2, 3] {
        let told = &at(number)[0];
        assert_eq!(told["resource"], format!("Users/{user}"));
        assert_eq!(told["resourceData"]["organizationId"], world.sandbox.graph().tenant_id());
    }
    for number in [4, 5, 6] {
        let (came, went) = (&at(number)[0], &at(number)[1]);
        assert_eq!(came["resource"], format!("Groups/{group}"));
        assert_eq!(came["resourceData"]["members@delta"], json!([{ "id": user }]));
        assert_eq!(went["resourceData"]["members@delta"], json!([{ "id": user, "@removed": "deleted" }]));
    }
    assert_eq!((&at(7)[0]["resource"], &at(8)[0]["resource"]), (&json!("me/drive/root"), &json!(lists)));
    // Whoever is deleted can come back, and is `updated`; for good is `deleted`.
    call(&world, "DELETE", &format!("/users/{user}"), Value::Null).await;
    call(&world, "DELETE", &format!("/directory/deletedItems/{user}"), Value::Null).await;
    settled(&world).await;
    let users = at(2);
    let kinds: Vec<&Value> = users.iter().map(|it| &it["changeType"]).collect();
    assert_eq!(kinds, ["updated", "updated", "deleted"]);
}

#[tokio::test]
async fn one_that_has_expired_or_is_deleted_gets_nothing() {
    let (world, receiver, _) = mail("created").await;
    let other = subscribe(&world, &format!("{}/other/hook", receiver.url), "me/messages", "created").await;
    call(&world, "DELETE", &format!("/subscriptions/{other}"), Value::Null).await;
    deliver(&world, "One");
    settled(&world).await;
    world.sandbox.clock().advance(Duration::from_secs(7200));
    deliver(&world, "Two");
    settled(&world).await;
    assert_eq!((receiver.received("/hook").len(), receiver.received("/other/hook").len()), (1, 0));
    assert_eq!(world.sandbox.notifications().counts().sent, 1);
}

#[tokio::test]
async fn nobody_else_is_reached() {
    let (world, receiver, _) = mail("created").await;
    for url in ["https://hooks.example/hook", "https://127.0.0.1:1/hook"] {
        subscribe(&world, url, "me/messages", "created").await;
    }
    deliver(&world, "One");
    settled(&world).await;
    assert_eq!(receiver.received("/hook").len(), 1);
    let (_, told) = answer(world.get("/sandbox/notifications").await).await;
    assert_eq!((&told["counts"]["unsent"], &told["counts"]["requests"]), (&json!(2), &json!(1)), "{told}");
    let reasons: Vec<&Value> = told["unsent"].as_array().unwrap().iter().map(|it| &it["reason"]).collect();
    assert_eq!(reasons, ["The host is not this machine.", "The sandbox sends over http only."]);
}

#[tokio::test]
async fn what_is_not_acknowledged_is_sent_again() {
    let (world, receiver, _) = mail("created").await;
    let mut sending = Sending::default();
    sending.retry_millis = 1;
    world.sandbox.notifications().sending(sending);
    receiver.answers(503, 0);
    world.sandbox.notifications().add(NotificationRule::new(NotificationFault::Delay { millis: 20 }).times(1));
    deliver(&world, "One");
    while world.sandbox.notifications().counts().refused < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    receiver.answers(202, 0);
    settled(&world).await;
    let sent = world.sandbox.notifications().sent();
    let last = sent.last().unwrap();
    assert_eq!((last.status, last.outcome, last.attempt as usize), (Some(202), SentOutcome::Acknowledged, sent.len()));
    let received = receiver.received("/hook");
    assert!(received.len() >= 3 && received.iter().all(|it| it == &received[0]), "{received:?}");

    // Late answers do not count, whatever they say.
    sending.late_millis = 20;
    world.sandbox.notifications().sending(sending);
    receiver.answers(202, 100);
    deliver(&world, "Two");
    while world.sandbox.notifications().counts().late < 1 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(world.sandbox.notifications().counts().acknowledged, 1);
    // After four hours nobody tries again; the subscription has ended by then as well.
    world.sandbox.clock().advance(Duration::from_secs(4 * 3600 + 1));
    settled(&world).await;
    let counts = world.sandbox.notifications().counts();
    assert_eq!((counts.given_up, counts.acknowledged), (1, 1), "{counts:?}");
}

#[tokio::test]
async fn an_endpoint_that_is_late_too_often_is_dropped() {
    let (world, receiver, _) = mail("created").await;
    let mut sending = Sending::default();
    (sending.retry_millis, sending.late_millis, sending.limit_millis) = (1, 1, 10);
    world.sandbox.notifications().sending(sending);
    receiver.answers(202, 1000);
    deliver(&world, "One");
    while world.sandbox.notifications().counts().late < 10 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    deliver(&world, "Two");
    assert_eq!(world.sandbox.notifications().counts().dropped, 1);
}

#[tokio::test]
async fn each_fault() {
    let (world, receiver, id) = mail("created").await;
    let fault = async |fault: Value, subjects: &[&str]| {
        world.http.delete(world.url("/sandbox/notifications")).send().await.unwrap();
        let response =
            world.http.post(world.url("/sandbox/notifications")).body(fault.to_string()).send().await.unwrap();
        assert_eq!(response.status(), 200, "{fault}");
        let before = receiver.received("/hook").len();
        let ids: Vec<String> = subjects.iter().map(|subject| deliver(&world, subject)).collect();
        settled(&world).await;
        let received = receiver.received("/hook")[before..].to_vec();
        let order = |it: &Value| ids.iter().position(|id| it["resourceData"]["id"] == id.as_str()).unwrap();
        (received.iter().map(order).collect::<Vec<_>>(), received)
    };
    let three = ["One", "Two", "Three"];
    let once = |kind: Value| json!({ "fault": kind, "nth": 2, "times": 1, "subscription": id });
    assert_eq!(fault(once(json!({ "kind": "drop" })), &three).await.0, [0, 2]);
    assert_eq!(fault(once(json!({ "kind": "silence" })), &three).await.0, [0, 2]);
    assert_eq!(fault(once(json!({ "kind": "reorder" })), &three).await.0, [0, 2, 1]);
    assert_eq!(fault(once(json!({ "kind": "delay", "millis": 300 })), &three).await.0, [0, 2, 1]);
    let (order, twice) = fault(once(json!({ "kind": "duplicate" })), &three).await;
    assert_eq!(order.iter().filter(|at| **at == 1).count(), 2, "{order:?}");
    assert_eq!((order.len(), twice[order.iter().position(|at| *at == 1).unwrap()]["id"].is_string()), (4, true));
    let (order, wrong) = fault(once(json!({ "kind": "wrong_client_state" })), &three).await;
    let states: Vec<&Value> = wrong.iter().map(|it| &it["clientState"]).collect();
    assert_eq!(
        (order, states),
        (vec![0, 1, 2], vec![&json!("secret"), &json!("not-the-client-state"), &json!("secret")])
    );
    let (_, nameless) = fault(once(json!({ "kind": "without_id" })), &three).await;
    assert_eq!(nameless.iter().map(|it| it.get("id").is_some()).collect::<Vec<_>>(), [true, false, true]);
    // A reordered one that nobody overtakes comes all the same.
    assert_eq!(fault(json!({ "fault": { "kind": "reorder" } }), &["One"]).await.0, [0]);
    // The same seed loses the same.
    let some = json!({ "fault": { "kind": "drop" }, "probability": 0.5, "seed": 7 });
    let eight = ["1", "2", "3", "4", "5", "6", "7", "8"];
    let first = fault(some.clone(), &eight).await.0;
    assert_eq!(fault(some, &eight).await.0, first);
    assert!(!first.is_empty() && first.len() < 8, "{first:?}");
    // The subscription outlives a silence.
    assert!(fault(json!({ "fault": { "kind": "silence", "seconds": 60 } }), &three).await.0.is_empty());
    assert_eq!(world.sandbox.notifications().counts().dropped, 3);
    world.sandbox.clock().advance(Duration::from_secs(60));
    let before = receiver.received("/hook").len();
    deliver(&world, "Four");
    settled(&world).await;
    assert_eq!(receiver.received("/hook").len(), before + 1);
}

#[tokio::test]
async fn lifecycle_notifications() {
    let (world, receiver, id) = mail("created").await;
    let post = async |body: Value| {
        let request = world.http.post(world.url("/sandbox/notifications")).body(body.to_string());
        answer(request.send().await.unwrap()).await
    };
    for event in ["reauthorizationRequired", "missed", "subscriptionRemoved"] {
        let (status, body) = post(json!({ "lifecycle": event, "subscription": id })).await;
        assert_eq!(status, 200, "{body}");
        settled(&world).await;
        let received = receiver.received("/lifecycle");
        let last = received.last().unwrap();
        assert_eq!((&last["lifecycleEvent"], &last["subscriptionId"]), (&json!(event), &json!(id)));
        assert_eq!(
            (&last["clientState"], &last["tenantId"]),
            (&json!("secret"), &json!(world.sandbox.graph().tenant_id()))
        );
        assert!(last["subscriptionExpirationDateTime"].is_string() && last.get("changeType").is_none(), "{last}");
    }
    assert_eq!(receiver.received("/lifecycle").len(), 3);
    // The last one is gone, and hears of nothing.
    deliver(&world, "One");
    settled(&world).await;
    assert!(receiver.received("/hook").is_empty());
    assert_eq!(post(json!({ "lifecycle": "missed", "subscription": id })).await.0, 404);
    assert!(world.sandbox.send_lifecycle(&id, Lifecycle::Missed).is_err());
    assert_eq!(post(json!({ "fault": { "kind": "other" } })).await.0, 400);
}

#[tokio::test]
async fn several_share_a_request_and_a_full_queue_drops() {
    let (world, receiver, id) = mail("created").await;
    let rule = NotificationRule::new(NotificationFault::Delay { millis: 200 }).subscription(&id);
    world.sandbox.notifications().add(rule);
    for at in 0..30 {
        deliver(&world, &at.to_string());
    }
    settled(&world).await;
    let bodies = receiver.bodies("/hook");
    assert!(
        bodies.len() < 30 && bodies.iter().all(|body| body["value"].as_array().unwrap().len() <= 20),
        "{}",
        bodies.len()
    );
    assert_eq!(receiver.received("/hook").len(), 30);
    world.sandbox.notifications().add(NotificationRule::new(NotificationFault::Delay { millis: 600_000 }));
    for at in 0..10_010 {
        deliver(&world, &at.to_string());
    }
    let counts = world.sandbox.notifications().counts();
    assert_eq!((counts.waiting, counts.dropped), (10_000, 10));
}
