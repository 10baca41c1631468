//! What the page on the service says of a first sign-in: a sandbox that is served plays Microsoft.

use std::net::SocketAddr;

use connector_runtime::{Grant, Host, Patterns, usual_transport};
use graph_sandbox::{Sandbox, seeds};
use serde_json::json;
use url::Url;

use super::two_services::{ADELE, Browser, begin, connecting, path_of, status};
use super::world::World;
use crate::options::Options;

#[tokio::test]
async fn an_admin_signs_in_at_a_sandbox_that_is_served() {
    let sandbox = Sandbox::new();
    let server = sandbox.serve(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
    let host = Host::builder()
        .connector(outlook_connector::connector())
        .transport(usual_transport().unwrap())
        .build()
        .unwrap();
    let world = World::over(host, sandbox, Options::new()).await;
    let key = world.key(Grant { connections: Patterns::new(["trial-*"]).unwrap(), admin: true, ..connecting() }).await;
    let body = json!({
        "name": "trial-mail", "connector": "outlook", "settings": {
            "method": "authorization_code", "clientId": seeds::PUBLIC, "tenantId": "common",
            "authorityUrl": server.url(), "graphUrl": server.url(),
        },
    });
    let begun = begin(&world, &key, &body).await;
    let mut browser = Browser::default();
    let at: Url = browser.begin(&world, &begun).await;
    assert!(at.as_str().starts_with(&server.url()), "{at}");
    let chosen = format!("{}&sandbox_auto=1&login_hint={ADELE}", path_of(at.as_str()));
    let answered = world.send_to(server.address(), &chosen).await;
    let page = browser.open(&world, path_of(answered.header("location"))).await;
    assert_eq!(page.status.as_u16(), 200, "{}", page.body);
    assert_eq!(status(&world, &key, &begun).await["state"], "done");
    let run = "/v1/actions/outlook.list_emails/run?connection=trial-mail";
    let ran = world.post(run, Some(&key), &json!({ "limit": 1 })).await;
    assert_eq!(ran.status.as_u16(), 200, "{}", ran.body);
    world.end().await;
    server.shutdown().await;
}
