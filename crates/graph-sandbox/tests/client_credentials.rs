//! An app signs in with its secret, over loopback.

mod common;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::{answer, refusal, world};
use graph_sandbox::seeds::{DAEMON, DAEMON_SECRET, PUBLIC, SINGLE_TENANT, WEB};
use graph_sandbox::{App, ClientAuth, Holder};

const SCOPE: &str = "https://graph.microsoft.com/.default";

fn form<'a>(id: &'a str, secret: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret), ("scope", SCOPE)]
}

#[tokio::test]
async fn a_secret_in_the_body() {
    let world = world().await;
    let tenant = world.sandbox.graph().tenant_id().to_owned();
    let (status, body) = world.token(&tenant, &form(DAEMON, DAEMON_SECRET)).await;
    assert_eq!((status, &body["token_type"], &body["expires_in"]), (200, &"Bearer".into(), &3600.into()), "{body}");
    assert!(body.get("refresh_token").is_none() && body.get("id_token").is_none());
    assert_eq!(body["access_token"].as_str().unwrap().split('.').count(), 3);
    assert_ne!(world.graph("/v1.0/users", body["access_token"].as_str().unwrap()).await.status(), 401);
    assert_eq!(world.sandbox.token_requests(), 1);
}

#[tokio::test]
async fn a_secret_in_the_header_is_form_encoded() {
    let world = world().await;
    let path = format!("/{}/oauth2/v2.0/token", world.sandbox.graph().tenant_id());
    let encoded: String = url::form_urlencoded::byte_serialize(DAEMON_SECRET.as_bytes()).collect();
    for (secret, expected) in [(encoded.as_str(), 200), (DAEMON_SECRET, 401)] {
        let basic = format!("Basic {}", STANDARD.encode(format!("{DAEMON}:{secret}")));
        let request =
            world.form(&path, &[("grant_type", "client_credentials"), ("scope", SCOPE)]).header("authorization", basic);
        let (status, body) = answer(request.send().await.unwrap()).await;
        assert_eq!(status, expected, "{body}");
    }
}

#[tokio::test]
async fn each_refusal_has_its_number() {
    let world = world().await;
    let mut fixed = App::daemon("basic-only", "Basic only", "s", &[]);
    fixed.client_auth = ClientAuth::Basic;
    world.sandbox.register(fixed);
    let mut old = App::daemon("old", "Old", "s", &[]);
    old.secrets[0].expires = Some(world.sandbox.clock().now());
    world.sandbox.register(old);
    let mut off = App::daemon("off", "Off", "s", &[]);
    off.enabled = false;
    world.sandbox.register(off);
    let tenant = world.sandbox.graph().tenant_id().to_owned();
    for (tenant, form, number) in [
        (tenant.as_str(), form(DAEMON, "wrong"), 7_000_215),
        (&tenant, form("old", "s"), 7_000_222),
        (&tenant, form("off", "s"), 7_000_112),
        (&tenant, form("nobody", "s"), 700_016),
        (&tenant, form(PUBLIC, "s"), 700_025),
        (&tenant, form("basic-only", "s"), 7_000_218),
        (&tenant, form(DAEMON, ""), 7_000_216),
        ("nowhere.example", form(DAEMON, DAEMON_SECRET), 90_002),
        ("common", form(DAEMON, DAEMON_SECRET), 50_059),
        ("consumers", form(DAEMON, DAEMON_SECRET), 9_002_332),
        ("common", form(SINGLE_TENANT, graph_sandbox::seeds::SINGLE_TENANT_SECRET), 50_194),
        (&tenant, vec![("client_id", WEB)], 900_144),
        (&tenant, vec![("grant_type", "password"), ("client_id", DAEMON), ("client_secret", DAEMON_SECRET)], 70_003),
    ] {
        assert_eq!(refusal(&world.token(tenant, &form).await), number, "{form:?}");
    }
    let mut scoped = form(DAEMON, DAEMON_SECRET);
    for (scope, number) in [("User.Read.All", 1_002_012), ("https://vault.azure.net/.default", 500_011)] {
        scoped[3] = ("scope", scope);
        assert_eq!(refusal(&world.token(&tenant, &scoped).await), number, "{scope}");
    }
}

#[tokio::test]
async fn graph_refuses_what_is_no_token_of_its_own() {
    let world = world().await;
    let good = world.sandbox.issue_token(Holder::App(DAEMON), &["User.Read.All"]);
    assert_ne!(world.graph("/v1.0/users", &good).await.status(), 401);
    let forged = format!("{}x", &good[..good.len() - 1]);
    let strange = graph_sandbox::Sandbox::new().issue_token(Holder::App(DAEMON), &["User.Read.All"]);
    for bad in ["", "opaque", &forged, &strange] {
        let response = world.graph("/v1.0/users", bad).await;
        assert_eq!(response.status(), 401, "{bad}");
        assert!(response.headers()["www-authenticate"].to_str().unwrap().starts_with("Bearer "));
        let (_, body) = answer(response).await;
        assert_eq!(body["error"]["code"], "InvalidAuthenticationToken", "{bad}");
    }
    world.sandbox.clock().advance(std::time::Duration::from_secs(3601));
    let (status, body) = answer(world.graph("/v1.0/users", &good).await).await;
    assert_eq!((status, &body["error"]["message"]), (401, &"Lifetime validation failed, the token is expired.".into()));
    let seen = world.sandbox.requests();
    assert_eq!((seen.len(), seen[0].path.as_str(), seen[0].authorized), (6, "/v1.0/users", true));
}
