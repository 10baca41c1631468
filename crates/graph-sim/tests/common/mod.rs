//! A served sandbox and a client that reaches it over loopback.
#![allow(dead_code, unreachable_pub, missing_docs)]

use std::net::Ipv4Addr;

use graph_sim::{Sandbox, Server};
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
