//! Hosts and origins: a page in a browser does not reach the agent's endpoint.

use http::Method;
use http_body_util::Full;
use serde_json::json;

use super::client::Client;
use crate::tests::world::World;

#[tokio::test]
async fn no_foreign_host_and_no_foreign_origin_gets_in() {
    let world = World::new().await;
    let own = world.address.to_string();
    let port = world.address.port();
    let hosts = [
        (own.clone(), true),
        (format!("localhost:{port}"), true),
        (format!("[::1]:{port}"), true),
        ("evil.example".into(), false),
        (format!("evil.example:{port}"), false),
        (format!("localhost.:{port}"), false),
        (format!("127.0.0.1.evil.example:{port}"), false),
        (format!("user@127.0.0.1:{port}"), false),
        ("169.254.169.254".into(), false),
        ("127.0.0.1:99999".into(), false),
    ];
    let origins = [
        (None, true),
        (Some("null".to_owned()), false),
        (Some("https://evil.example".into()), false),
        (Some(format!("http://evil.example:{port}")), false),
        (Some(format!("http://{own}.evil.example")), false),
        (Some(format!("http://{own}/")), false),
        (Some("http://127.0.0.1".into()), false),
    ];
    let client = Client::new(&world, None);
    let message = client.message("tools/list", json!({}));
    let headers = client.headers(&message);
    let (mut tried, mut let_in) = (0, 0);
    for method in [Method::POST, Method::GET, Method::DELETE] {
        for (host, host_fits) in &hosts {
            for (origin, origin_fits) in &origins {
                let mut request = world.request(method.clone(), "/mcp", None).header("host", host);
                for (name, value) in &headers {
                    request = request.header(*name, value);
                }
                if let Some(origin) = origin {
                    request = request.header("origin", origin);
                }
                let answer = world.send(request.body(Full::from(message.to_string())).unwrap()).await;
                tried += 1;
                if *host_fits && *origin_fits {
                    let_in += 1;
                    assert_eq!(answer.status.as_u16(), if method == Method::POST { 200 } else { 405 }, "{host}");
                } else {
                    answer.problem(403, "foreign_origin");
                }
                let cors = answer.headers.keys().any(|name| name.as_str().starts_with("access-control-"));
                assert!(!cors, "{host} {origin:?}");
            }
        }
    }
    assert_eq!((tried, let_in), (210, 9));
    world.end().await;
}
