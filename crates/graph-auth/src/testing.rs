//! Test helpers: a scripted sign-in service.

use std::collections::VecDeque;
use std::sync::Mutex;

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use connector_sdk::connection::{AccountChoice, AccountType, ConnectionSpec, SignInSpec};
use connector_sdk::{ByteStream, Error, Permissions, Result, SignInMethod, Transport, whole};
use futures_util::FutureExt;
use http::{HeaderMap, Request, Response};
use jiff::Timestamp;
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::{Checked, Settings};

pub(crate) const TENANT: &str = "6babcaad-604b-40ac-a9d7-9fd97c0b779f";
pub(crate) const CLIENT: &str = "11112222-bbbb-3333-cccc-4444dddd5555";
pub(crate) const USER: &str = "48d31887-5fad-4d73-a9f5-3c356e68a038";
pub(crate) const KEY: &str = include_str!("../tests/keys/app.key.pem");
pub(crate) const PKCS1: &str = include_str!("../tests/keys/app.pkcs1.pem");
pub(crate) const CERTIFICATE: &str = include_str!("../tests/keys/app.cert.pem");
pub(crate) const EC_KEY: &str = include_str!("../tests/keys/ec.key.pem");

pub(crate) fn now() -> Timestamp {
    Timestamp::from_second(1_780_000_000).unwrap()
}

/// A request as the service received it.
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) headers: HeaderMap,
    form: Vec<(String, String)>,
}

impl Seen {
    /// Returns the one value of a form field; `None` when it was not sent.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let mut values = self.form.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let first = values.next();
        assert!(values.next().is_none(), "{name} was sent twice");
        first
    }
}

/// A transport that responds in the order given, and records the requests.
#[derive(Default)]
pub(crate) struct Scripted {
    answers: Mutex<VecDeque<Result<(u16, String)>>>,
    seen: Mutex<Vec<Seen>>,
}

impl Scripted {
    pub(crate) fn answering(status: u16, body: &Value) -> Scripted {
        Scripted::default().then(status, &body.to_string())
    }
    pub(crate) fn then(self, status: u16, body: &str) -> Scripted {
        self.answers.lock().unwrap().push_back(Ok((status, body.to_owned())));
        self
    }
    pub(crate) fn failing(error: Error) -> Scripted {
        let scripted = Scripted::default();
        scripted.answers.lock().unwrap().push_back(Err(error));
        scripted
    }
    /// Returns all requests.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        std::mem::take(&mut *self.seen.lock().unwrap())
    }
    /// Returns the only request.
    pub(crate) fn only(&self) -> Seen {
        let mut seen = self.seen();
        assert_eq!(seen.len(), 1);
        seen.remove(0)
    }
}

#[async_trait]
impl Transport for Scripted {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<ByteStream>> {
        self.seen.lock().unwrap().push(Seen {
            method: request.method().to_string(),
            url: request.uri().to_string(),
            headers: request.headers().clone(),
            form: form_urlencoded::parse(request.body()).into_owned().collect(),
        });
        let (status, body) = self.answers.lock().unwrap().pop_front().expect("the script is over")?;
        Ok(Response::builder().status(status).header("x-ms-request-id", "request-1").body(whole(body)).unwrap())
    }
}

/// Runs a future that never waits.
pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().expect("the scripted service answers at once")
}

/// Returns a token with these claims and a signature that nobody checks.
pub(crate) fn token(claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.c2lnbmF0dXJl", part(&json!({ "alg": "RS256", "typ": "JWT" })), part(claims))
}

/// Returns the claims of a valid id token for [`USER`] in [`TENANT`].
pub(crate) fn id_claims() -> Value {
    json!({
        "iss": format!("https://login.microsoftonline.com/{TENANT}/v2.0"),
        "aud": CLIENT,
        "exp": now().as_second() + 3600,
        "iat": now().as_second(),
        "nbf": now().as_second(),
        "sub": "pairwise",
        "tid": TENANT,
        "oid": USER,
        "preferred_username": "megan@contoso.com",
        "name": "Megan Bowen",
    })
}

/// Returns the declaration of a connector like Outlook's.
pub(crate) fn spec() -> ConnectionSpec {
    let delegated = Permissions::NONE
        .with_minimum(&["User.Read", "offline_access"])
        .with_default(&["Mail.Send", "User.Read", "offline_access"])
        .with_optional(&["Contacts.Read"]);
    let application = Permissions::NONE.with_minimum(&["Mail.Read"]).with_default(&["Mail.Read"]);
    let choice = |account_type, label| AccountChoice::new(account_type, label);
    ConnectionSpec::new(
        vec![
            SignInSpec::new(SignInMethod::AuthorizationCode, delegated),
            SignInSpec::new(SignInMethod::ClientCredentials, application),
        ],
        vec![
            choice(AccountType::Common, "Common"),
            choice(AccountType::Tenant, "Tenant-specific"),
            choice(AccountType::Consumers, "Consumer"),
            choice(AccountType::Organizations, "Organization"),
        ],
    )
}

/// Reads settings from JSON, with the client id filled in.
pub(crate) fn settings(mut json: Value) -> Settings {
    if let Some(object) = json.as_object_mut() {
        object.entry("clientId").or_insert_with(|| CLIENT.into());
    }
    serde_json::from_value(json).unwrap()
}

pub(crate) fn checked(json: Value) -> Checked {
    settings(json).check(&spec()).unwrap()
}
