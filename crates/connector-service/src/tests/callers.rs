//! Who may call what: every route of the table, for every kind of caller.

use connector_runtime::{Grant, Rules};
use http::Method;
use http_body_util::Full;
use serde_json::{Value, json};

use super::world::{Answered, Key, World, reaching};
use crate::options::{Limits, Options, keyless};
use crate::route::{Need, Route};
use crate::routes::routes;

/// A request of a route, with values for its parameters.
async fn called(world: &World, route: &Route, key: Option<&Key>, headers: &[(&str, &str)]) -> Answered {
    let path = route
        .path
        .replace("/v1/actions/{id}", "/v1/actions/outlook.list_emails")
        .replace("/v1/triggers/{id}", "/v1/triggers/outlook.new_email")
        .replace("/v1/picklists/{id}", "/v1/picklists/outlook.mail_folders")
        .replace("/v1/connectors/{name}", "/v1/connectors/outlook")
        .replace("/v1/connections/{name}", "/v1/connections/work")
        .replace("/v1/profiles/{name}", "/v1/profiles/none")
        .replace("{token}", &"0".repeat(64))
        .replace("{code}", "denied")
        .replace("{id}", "00000000000000000000000000000000");
    let mut request = world.request(route.method.clone(), &path, key);
    if route.method != Method::GET {
        request = request.header("content-type", "application/json");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = if route.method == Method::GET { Full::default() } else { Full::from("{}") };
    world.send(request.body(body).unwrap()).await
}

#[tokio::test]
async fn a_route_is_open_only_where_the_table_says_so() {
    let world = World::with(Options::new()).await;
    for route in routes() {
        let answer = called(&world, route, None, &[]).await;
        if route.needs == Need::Nothing {
            assert!(answer.status.is_success(), "{}: {}", route.id, answer.body);
        } else if route.needs == Need::Link {
            assert!(answer.header("content-type").starts_with("text/html"), "{}: {}", route.id, answer.body);
        } else {
            answer.problem(401, "unauthenticated");
            assert!(answer.header("www-authenticate").starts_with("Bearer"), "{}", route.id);
        }
    }
    world.end().await;
}

#[tokio::test]
async fn what_is_no_key_is_refused_everywhere() {
    let limits = Limits { wrong_keys: 10_000, ..Limits::default() };
    let world = World::with(Options::new().anonymous(keyless("sandbox").unwrap()).limits(limits)).await;
    let good = world.worker().await;
    let mut other = good.text.clone();
    other.replace_range(other.len() - 4.., "AAAA");
    let wrong = [
        "Basic dXNlcjpwYXNz",
        "Bearer",
        "Bearer x",
        "tnk_x",
        "Bearer  ",
        &format!("Bearer {other}"),
        &format!("Bearer {} {0}", good.text),
    ];
    for route in routes().filter(|route| !matches!(route.needs, Need::Nothing | Need::Link)) {
        for header in wrong {
            let answer = called(&world, route, None, &[("authorization", header)]).await;
            answer.problem(401, "unauthenticated");
        }
    }
    world.owner().api_keys().revoke(&good.id).await.unwrap();
    for route in routes().filter(|route| !matches!(route.needs, Need::Nothing | Need::Link)) {
        called(&world, route, Some(&good), &[]).await.problem(401, "unauthenticated");
    }
    world.end().await;
}

#[tokio::test]
async fn guessing_keys_ends_soon() {
    let world = World::with(Options::new()).await;
    let right = world.worker().await;
    assert!(world.get("/v1/keys/self", Some(&right)).await.status.is_success());
    for guess in 0..40 {
        let key = Key { id: String::new(), text: format!("tnk_guess{guess}_AAAA") };
        let answer = world.get("/v1/keys/self", Some(&key)).await;
        let status = if guess < 30 { 401 } else { 429 };
        let problem = answer.problem(status, "unauthenticated");
        assert!(guess < 30 || problem["reason"] == "too_many_tries");
    }
    assert!(world.get("/v1/keys/self", Some(&right)).await.status.is_success(), "nobody else is locked out");
    world.end().await;
}

#[tokio::test]
async fn behind_a_trusted_proxy_guesses_are_those_of_its_clients() {
    for (trusted, one_is_all) in [("127.0.0.1/32", false), ("10.0.0.0/8", true)] {
        let limits = Limits { wrong_keys: 3, ..Limits::default() };
        let options = Options::new().trusted_proxies([trusted.parse().unwrap()]).limits(limits);
        let world = World::with(options).await;
        let guess = async |from: &str, number: usize| {
            let key = Key { id: String::new(), text: format!("tnk_{}{number}_AAAA", from.replace('.', "-")) };
            let request = world.request(Method::GET, "/v1/keys/self", Some(&key)).header("x-forwarded-for", from);
            world.send(request.body(Full::default()).unwrap()).await.status.as_u16()
        };
        for number in 0..3 {
            assert_eq!(guess("192.0.2.1", number).await, 401);
        }
        assert_eq!(guess("192.0.2.1", 3).await, 429);
        assert_eq!(guess("192.0.2.2", 0).await, if one_is_all { 429 } else { 401 }, "{trusted}");
        world.end().await;
    }
}

#[tokio::test]
async fn a_caller_without_a_key_sees_nothing_of_what_is_stored() {
    let world = World::of(Options::new().anonymous(keyless("sandbox").unwrap()), &["sandbox", "work-of-megan"]).await;
    world.key(reaching("*", "*")).await;
    for route in routes() {
        let answer = called(&world, route, None, &[]).await;
        if route.needs == Need::Key {
            answer.problem(401, "unauthenticated");
        }
        assert!(!answer.body.contains("work-of-megan"), "{}", route.id);
    }
    let listed = world.get("/v1/connections", None).await.json();
    assert_eq!(listed, json!({ "connections": [{ "name": "sandbox", "state": "given" }] }));
    world.end().await;
}

#[tokio::test]
async fn what_a_key_does_not_reach_looks_absent() {
    let world = World::new().await;
    let narrow = world.key(Grant { rules: Rules::everything(), ..reaching("sandbox", "outlook.list_emails") }).await;
    let key = Some(&narrow);
    let same = |hidden: Answered, absent: Answered, names: [&str; 2]| {
        let [hidden_name, absent_name] = names;
        let mut hidden_body = hidden.json();
        let mut absent_body = absent.json();
        for body in [&mut hidden_body, &mut absent_body] {
            body["instance"] = Value::Null;
        }
        assert_eq!(hidden.status, absent.status);
        assert_eq!(
            hidden_body.to_string().replace(hidden_name, "NAME"),
            absent_body.to_string().replace(absent_name, "NAME")
        );
        assert_eq!(hidden.status.as_u16(), 404, "{}", hidden.body);
    };
    let run = |connection: &str| format!("/v1/actions/outlook.list_emails/run?connection={connection}");
    let hidden = world.post(&run("work"), key, &json!({})).await;
    same(hidden, world.post(&run("wxyz"), key, &json!({})).await, ["work", "wxyz"]);
    let hidden = world.get("/v1/connections/work", key).await;
    same(hidden, world.get("/v1/connections/wxyz", key).await, ["work", "wxyz"]);
    for (method, path) in [
        (Method::GET, "/v1/actions/outlook.ID"),
        (Method::POST, "/v1/actions/outlook.ID/run"),
        (Method::POST, "/v1/actions/outlook.ID/preview"),
        (Method::POST, "/v1/actions/outlook.ID/validate"),
        (Method::POST, "/v1/actions/outlook.ID/resolve"),
    ] {
        let of = async |id: &str| {
            let request = world.request(method.clone(), &path.replace("ID", id), key);
            let request = request.header("content-type", "application/json");
            world.send(request.body(Full::from("{}")).unwrap()).await
        };
        same(of("send_email").await, of("sxyz_email").await, ["send_email", "sxyz_email"]);
    }
    let actions = world.get("/v1/actions", key).await.json();
    assert_eq!(actions["actions"].as_array().unwrap().len(), 1);
    let described = world.get("/v1/openapi.json", key).await.json();
    let runs = described["paths"].as_object().unwrap().keys().filter(|path| path.ends_with("/run")).count();
    assert_eq!(runs, 1, "the description names what the key reaches");
    world.end().await;
}

#[tokio::test]
async fn rights_are_needed_and_never_implied() {
    let world = World::new().await;
    let plain = world.key(Grant { rules: Rules::everything(), ..reaching("*", "*") }).await;
    for path in ["/v1/keys", "/v1/audit"] {
        world.get(path, Some(&plain)).await.problem(403, "denied");
    }
    world.post("/v1/keys", Some(&plain), &json!({ "name": "x", "grant": {} })).await.problem(403, "denied");
    let manager = world.key(Grant { keys: true, ..reaching("work", "outlook.list_emails") }).await;
    let wide =
        json!({ "name": "wide", "grant": { "connections": ["work"], "actions": ["*"], "keys": true, "admin": true } });
    let made = world.post("/v1/keys", Some(&manager), &wide).await;
    assert_eq!(made.status.as_u16(), 201, "{}", made.body);
    let made = made.json();
    let child = Key { id: made["id"].as_str().unwrap().into(), text: made["key"].as_str().unwrap().into() };
    let seen = world.get("/v1/actions", Some(&child)).await.json();
    assert_eq!(seen["actions"].as_array().unwrap().len(), 1, "a key never exceeds the one that made it");
    let shown = world.get(&format!("/v1/keys/{}", child.id), Some(&manager)).await;
    assert!(shown.status.is_success() && !shown.body.contains(&child.text));
    let revoked = world.request(Method::DELETE, &format!("/v1/keys/{}", child.id), Some(&manager));
    let revoked = world.send(revoked.body(Full::default()).unwrap()).await;
    assert_eq!(revoked.json(), json!({ "revoked": [child.id] }));
    world.get("/v1/actions", Some(&child)).await.problem(401, "unauthenticated");
    world.end().await;
}

#[tokio::test]
async fn another_host_and_another_origin_are_refused_on_every_path() {
    let world = World::new().await;
    let foreign = [("host", "evil.example"), ("origin", "https://evil.example"), ("origin", "null")];
    for route in routes() {
        for header in foreign {
            called(&world, route, None, &[header]).await.problem(403, "foreign_origin");
        }
    }
    for path in ["/", "/metrics", "/v1/nothing"] {
        for (name, value) in foreign {
            let request = world.request(Method::GET, path, None).header(name, value);
            world.send(request.body(Full::default()).unwrap()).await.problem(403, "foreign_origin");
        }
        world.get(path, None).await.problem(404, "no_such_route");
    }
    let preflight = world.request(Method::OPTIONS, "/v1/actions", None).header("origin", "https://evil.example");
    let answer = world.send(preflight.body(Full::default()).unwrap()).await;
    assert!(answer.headers.keys().all(|name| !name.as_str().starts_with("access-control-")));
    world.end().await;
}
