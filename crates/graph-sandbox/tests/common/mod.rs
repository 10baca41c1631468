//! A served sandbox and a client that reaches it over loopback.
#![allow(dead_code, unreachable_pub, missing_docs)]

pub mod receiver;

use std::net::Ipv4Addr;

use graph_sandbox::{Sandbox, Server};
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use serde_json::Value;

pub struct World {
    pub sandbox: Sandbox,
    pub server: Server,
    pub http: Client,
}

pub async fn world() -> World {
    serve(Sandbox::new()).await
}

pub async fn serve(sandbox: Sandbox) -> World {
    // whoever is second finds it installed
    _ = rustls::crypto::ring::default_provider().install_default();
    let server = sandbox.serve((Ipv4Addr::LOCALHOST, 0).into()).await.unwrap();
    let http = Client::builder().redirect(Policy::none()).no_proxy().build().unwrap();
    World { sandbox, server, http }
}

impl World {
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.server.url())
    }
    pub async fn get(&self, path: &str) -> Response {
        self.http.get(self.url(path)).send().await.unwrap()
    }
    pub async fn graph(&self, path: &str, token: &str) -> Response {
        self.http.get(self.url(path)).header("authorization", format!("Bearer {token}")).send().await.unwrap()
    }
    /// Posts a form to the token endpoint of `tenant`: status and body.
    pub async fn token(&self, tenant: &str, form: &[(&str, &str)]) -> (u16, Value) {
        self.post_form(&format!("/{tenant}/oauth2/v2.0/token"), form).await
    }
    pub async fn post_form(&self, path: &str, form: &[(&str, &str)]) -> (u16, Value) {
        answer(self.form(path, form).send().await.unwrap()).await
    }
    pub fn form(&self, path: &str, form: &[(&str, &str)]) -> reqwest::RequestBuilder {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        self.http.post(self.url(path)).header("content-type", "application/x-www-form-urlencoded").body(body)
    }
}

pub async fn answer(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}")))
}

/// The AADSTS number of a refusal, after its shape was checked.
#[track_caller]
pub fn refusal((status, body): &(u16, Value)) -> u64 {
    assert!(*status >= 400, "{status} {body}");
    let number = body["error_codes"][0].as_u64().unwrap_or_else(|| panic!("{body}"));
    let description = body["error_description"].as_str().unwrap();
    assert!(description.starts_with(&format!("AADSTS{number}: ")), "{description}");
    for field in ["error", "timestamp", "trace_id", "correlation_id"] {
        assert!(body[field].is_string(), "{field}: {body}");
    }
    number
}

/// Somebody of the sandbox's own tenant.
pub const ADA: &str = "ada.test@sandbox.example";
/// Somebody of another tenant.
pub const EVE: &str = "eve@elsewhere.example";
pub const ELSEWHERE: &str = "0e15e3e3-0000-4000-8000-00000000e15e";
pub const REDIRECT: &str = "http://localhost:4711/callback";
/// The verifier and its challenge of RFC 7636, appendix B.
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
pub const SCOPE: &str = "openid profile offline_access User.Read https://graph.microsoft.com/Mail.Read";

/// A world with [`ADA`] and [`EVE`].
pub async fn peopled() -> World {
    people(Sandbox::new()).await
}

pub async fn people(sandbox: Sandbox) -> World {
    let account = |oid: &str, tid: &str, name: &str| graph_sandbox::Account {
        oid: oid.to_owned(),
        tid: tid.to_owned(),
        user_principal_name: name.to_owned(),
        display_name: name.to_owned(),
    };
    sandbox.add_account(account("ada-oid", sandbox.graph().tenant_id(), ADA));
    sandbox.add_account(account("eve-oid", ELSEWHERE, EVE));
    serve(sandbox).await
}

/// An authorization request for the seeded web app; `extra` replaces or adds parameters.
pub fn ask(user: &str, extra: &[(&str, &str)]) -> String {
    let mut pairs = vec![
        ("client_id", graph_sandbox::seeds::WEB),
        ("response_type", "code"),
        ("redirect_uri", REDIRECT),
        ("scope", SCOPE),
        ("state", "a state/with=signs&"),
        ("nonce", "a-nonce"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("login_hint", user),
        ("sandbox_auto", "1"),
    ];
    pairs.retain(|(name, _)| !extra.iter().any(|(other, _)| other == name));
    pairs.extend_from_slice(extra);
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// The parameters of the redirect back to the app.
pub async fn callback(world: &World, tenant: &str, query: &str) -> std::collections::BTreeMap<String, String> {
    back(world.get(&format!("/{tenant}/oauth2/v2.0/authorize?{query}")).await).await
}

pub async fn back(response: Response) -> std::collections::BTreeMap<String, String> {
    assert_eq!(response.status(), 302, "{}", response.text().await.unwrap());
    let location = url::Url::parse(response.headers()["location"].to_str().unwrap()).unwrap();
    assert!(location.as_str().starts_with(REDIRECT), "{location}");
    location.query_pairs().into_owned().collect()
}

/// Signs a user in to the seeded web app and redeems the code.
pub async fn signed_in(world: &World, tenant: &str, user: &str) -> Value {
    let callback = callback(world, tenant, &ask(user, &[])).await;
    let (status, body) = world.token(tenant, &redeem(&callback["code"])).await;
    assert_eq!(status, 200, "{body}");
    body
}

pub fn redeem(code: &str) -> Vec<(&str, &str)> {
    vec![
        ("grant_type", "authorization_code"),
        ("client_id", graph_sandbox::seeds::WEB),
        ("client_secret", graph_sandbox::seeds::WEB_SECRET),
        ("code", code),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
    ]
}

pub fn refresh(token: &Value) -> Vec<(&str, &str)> {
    vec![
        ("grant_type", "refresh_token"),
        ("client_id", graph_sandbox::seeds::WEB),
        ("client_secret", graph_sandbox::seeds::WEB_SECRET),
        ("refresh_token", token["refresh_token"].as_str().unwrap()),
    ]
}

/// The claims of a token.
pub fn claims(token: &Value) -> Value {
    use base64::Engine as _;
    let middle = token.as_str().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(middle).unwrap()).unwrap()
}
