//! Thousands of calls on connections that a key does not reach: none succeeds, and none tells that they exist.

use connector_runtime::{Grant, Patterns};
use http::{Method, StatusCode};
use http_body_util::Full;
use serde_json::{Value, json};

use super::world::{Key, World};
use crate::options::{Limits, Options};

/// What an answer says, without what is different in every answer.
async fn said(world: &World, key: &Key, method: &Method, path: &str, name: &str) -> (StatusCode, String) {
    let path = path.replace("NAME", name);
    let request = world.request(method.clone(), &path, Some(key)).header("content-type", "application/json");
    let body = if *method == Method::GET { Full::default() } else { Full::from("{}") };
    let answer = world.send(request.body(body).unwrap()).await;
    let mut said: Value = answer.json();
    said["instance"] = Value::Null;
    (answer.status, said.to_string().replace(name, "NAME"))
}

#[tokio::test]
async fn hidden_connections_are_as_absent_ones_on_every_route() {
    // Names of one length, of which each key reaches every other one.
    let names: Vec<String> = (0..50).map(|at| format!("conn{at:02}")).collect();
    let limits = Limits { per_minute: None, ..Limits::default() };
    let world = World::of(Options::new().limits(limits), &names.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let mut keys = Vec::new();
    for parity in 0..2 {
        let own = names.iter().enumerate().filter(|(at, _)| at % 2 == parity).map(|(_, name)| name.clone());
        let connections = Patterns::new(own.collect::<Vec<_>>()).unwrap();
        let grant = Grant { connections, actions: Patterns::everything(), connect: true, ..Grant::default() };
        keys.push(world.key(grant).await);
    }
    let owner = world.owner();
    let readable: Vec<String> = owner
        .actions()
        .filter(|(id, action)| action.effect(&json!({})).name() == "read" && owner.validate(id, &json!({})).is_ok())
        .map(|(id, _)| id)
        .collect();
    assert!(readable.len() >= 20, "{readable:?}");
    let mut routes: Vec<(Method, String)> = Vec::new();
    for id in &readable {
        for what in ["run", "preview", "resolve"] {
            routes.push((Method::POST, format!("/v1/actions/{id}/{what}?connection=NAME")));
        }
    }
    routes.push((Method::POST, "/v1/picklists/outlook.mail_folders/choices?connection=NAME".into()));
    routes.push((Method::POST, "/v1/triggers/outlook.new_email/resolve?connection=NAME".into()));
    routes.push((Method::GET, "/v1/connections/NAME".into()));
    let mut calls = 0;
    for (parity, key) in keys.iter().enumerate() {
        for (method, path) in &routes {
            let absent = said(&world, key, method, path, "absent").await;
            assert_eq!(absent.0, StatusCode::NOT_FOUND, "{path}: {}", absent.1);
            for (_, name) in names.iter().enumerate().filter(|(at, _)| at % 2 != parity) {
                let hidden = said(&world, key, method, path, name).await;
                // Which of its own a name is near to depends on the name alone.
                let near = |text: &str| regardless_of_hint(text);
                assert_eq!((hidden.0, near(&hidden.1)), (absent.0, near(&absent.1)), "{method} {path} {name}");
                calls += 1;
            }
        }
    }
    assert!(calls >= 3_000, "{calls}");
    assert_eq!(world.sandbox.request_count(), 0, "nothing was sent");
    world.end().await;
}

fn regardless_of_hint(text: &str) -> String {
    let mut said: Value = serde_json::from_str(text).unwrap();
    let hint = said["hint"].take();
    // A suggestion is one of the caller's own connections, which end in its parity.
    assert!(hint.is_string());
    said.to_string()
}
