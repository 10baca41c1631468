//! A panic shows no secret, whatever is at hand when it happens: a process of its own panics while it holds
//! canaries, and all that it says is searched for them.

use std::fmt::Debug;
use std::process::Command;
use std::sync::Arc;

use async_trait::async_trait;
use base64::Engine as _;
use bytes::Bytes;
use connector_runtime::store::Sqlite;
use connector_runtime::{ExternalConnection, Host, Key, KeyRing, NewConnection, Run, Secrets};
use connector_sdk::{Error, Result, Secret, SignInMethod, Subject, Transport};
use graph_auth::authorization_code::{self, Callback};
use graph_auth::{Checked, OauthProfile, Settings, SigningCertificate, TokenSet, client_credentials, device_code};
use graph_client::{Endpoint, Token, TokenRequest, Tokens};
use graph_sandbox::{Sandbox, seeds};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::canaries::{CERTIFICATE, KEY, search};

const CASE: &str = "TENON_TEST_CASE";
const FOLDER: &str = "TENON_TEST_FOLDER";
const SECRET: &str = "canary~client+secret/with=every&reserved%char";
const PASSPHRASE: &str = "canary~passphrase+of four&words";
const REFRESH: &str = "canary~refresh.token-that-is_long/enough+to=be&found";

/// What a process holds when it panics.
struct Held {
    sandbox: Sandbox,
    settings: Settings,
    checked: Checked,
    tokens: TokenSet,
    key: Key,
}

impl Held {
    /// Holds everything, and writes down what must not come out.
    async fn all() -> Held {
        let sandbox = Sandbox::new();
        let settings: Settings = serde_json::from_value(json!({
            "method": "client_credentials", "tenantId": "contoso.example", "clientId": seeds::DAEMON,
            "clientSecret": seeds::DAEMON_SECRET, "graphUrl": "https://sandbox.invalid", "authorityUrl": "https://sandbox.invalid",
        }))
        .unwrap();
        let checked = settings.check(&outlook_connector::connector().connection).unwrap();
        let fetched =
            client_credentials::token(&sandbox, &checked, graph_auth::GrantContext::at(sandbox.clock().now()))
                .await
                .unwrap();
        let mut sealed: Value = serde_json::from_str(fetched.to_sealed_json().expose()).unwrap();
        sealed["refresh"] = REFRESH.into();
        let tokens = TokenSet::from_sealed_json(&Secret::new(sealed.to_string())).unwrap();
        let bytes = [0xA7u8, 0x3C].repeat(16);
        let key = Key::parse(&base64::engine::general_purpose::STANDARD.encode(&bytes)).unwrap();
        let mut secrets =
            vec![seeds::DAEMON_SECRET.to_owned(), SECRET.to_owned(), PASSPHRASE.to_owned(), REFRESH.to_owned()];
        secrets.push(tokens.access.expose().to_owned());
        secrets.push(base64::engine::general_purpose::STANDARD.encode(&bytes));
        secrets.push(bytes.iter().map(|byte| format!("{byte:02x}")).collect());
        secrets.extend(KEY.lines().filter(|line| line.len() == 64).map(str::to_owned));
        write_down(&secrets);
        Held { sandbox, settings, checked, tokens, key }
    }

    /// Settings with a canary in each field that is a secret.
    fn every_secret(&self) -> Settings {
        Settings {
            client_secret: Some(Secret::new(SECRET)),
            certificate: Some(Secret::new(format!("{CERTIFICATE}{KEY}"))),
            private_key: Some(Secret::new(KEY)),
            access_token: Some(self.tokens.access.clone()),
            ..self.settings.clone()
        }
    }

    fn host(&self, transport: Arc<dyn Transport>) -> Host {
        let store = Arc::new(Sqlite::in_memory().unwrap());
        let keys = KeyRing::new(self.key.clone());
        let token = Token::new(&self.tokens.access, None).unwrap();
        let given = ExternalConnection::new(
            Endpoint::new("https://sandbox.invalid").unwrap(),
            Arc::new(Breaking(token)),
            Subject::User { names: Vec::new() },
        );
        Host::builder()
            .connector(outlook_connector::connector())
            .store(store, keys)
            .transport(transport)
            .connection("given", given)
            .build()
            .unwrap()
    }

    fn new_connection(&self) -> NewConnection {
        NewConnection {
            name: "work".into(),
            connector: "outlook".into(),
            settings: self.settings.clone(),
            confirm_other: false,
            redirect_uri: None,
        }
    }
}

fn write_down(secrets: &[String]) {
    use std::io::Write;
    let file = std::path::Path::new(&std::env::var(FOLDER).unwrap()).join("secrets");
    let mut file = std::fs::OpenOptions::new().append(true).create(true).open(file).unwrap();
    secrets.iter().for_each(|secret| writeln!(file, "{secret}").unwrap());
}

/// Provides tokens until it panics.
struct Breaking(Token);

#[async_trait]
impl Tokens for Breaking {
    async fn token(&self, ask: TokenRequest<'_>) -> Result<Token> {
        match ask {
            TokenRequest::Usual => panic!("no token instead of {:?}", self.0),
            _ => Ok(self.0.clone()),
        }
    }
}

/// Panics with a request in its hands.
struct Dropping;

#[async_trait]
impl Transport for Dropping {
    async fn send(&self, request: hyper::Request<Bytes>) -> Result<hyper::Response<connector_sdk::ByteStream>> {
        panic!("a transport gave up at {} with {:?}", request.uri(), request.headers());
    }
}

// Each fails with the value, as `unwrap` and `expect` do: a panic shows what `Debug` shows.
fn fails_with(value: impl Debug) {
    panic!("called `Result::unwrap()` on an `Err` value: {value:?}");
}

const CASES: usize = 17;

async fn panics(case: usize) {
    let held = Held::all().await;
    let user = Settings {
        method: SignInMethod::AuthorizationCode,
        tenant_id: Some("organizations".into()),
        ..held.settings.clone()
    };
    let user = user.check(&outlook_connector::connector().connection).unwrap();
    match case {
        0 => fails_with(held.every_secret()),
        1 => fails_with(NewConnection { settings: held.every_secret(), ..held.new_connection() }),
        2 => fails_with(&held.checked),
        3 => fails_with(&held.tokens),
        4 => fails_with((held.key.clone(), KeyRing::new(held.key.clone()))),
        5 => fails_with((Secret::new(SECRET), Some(Token::new(&held.tokens.access, None).unwrap()))),
        6 => fails_with(Secrets::Sealed(&Secret::new(PASSPHRASE))),
        7 => {
            let profile =
                json!({ "clientId": "x", "clientSecret": SECRET, "certificate": CERTIFICATE, "privateKey": KEY });
            fails_with(serde_json::from_value::<OauthProfile>(profile).unwrap());
        }
        8 => {
            let certificate = SigningCertificate::read(Some(&Secret::new(CERTIFICATE)), Some(&Secret::new(KEY)), None);
            fails_with(certificate.expect("the pair fits"));
        }
        9 => {
            let begun = authorization_code::begin(&user, None, None, Timestamp::now()).unwrap();
            let sealed: Value = serde_json::from_str(begun.pending.to_sealed_json().expose()).unwrap();
            let texts = sealed
                .as_object()
                .unwrap()
                .iter()
                .filter(|(name, _)| ["state", "nonce", "verifier"].contains(&name.as_str()));
            let secrets: Vec<String> = texts.filter_map(|(_, text)| text.as_str().map(str::to_owned)).collect();
            assert_eq!(secrets.len(), 3, "{:?}", sealed.as_object().unwrap().keys());
            write_down(&secrets);
            fails_with(begun.pending);
        }
        10 => fails_with(
            Callback::parse(&format!("code={}&state=canary-state-0123456789", "canary-code-0123456789abcdef")).inspect(
                |_| {
                    write_down(&["canary-code-0123456789abcdef".to_owned(), "canary-state-0123456789".to_owned()]);
                },
            ),
        ),
        11 => {
            let device = Settings {
                method: SignInMethod::DeviceCode,
                client_id: Some(seeds::PUBLIC.into()),
                client_secret: None,
                ..held.settings.clone()
            };
            let device = Settings { tenant_id: Some("organizations".into()), ..device };
            let device = device.check(&outlook_connector::connector().connection).unwrap();
            let code =
                device_code::begin(&held.sandbox, &device, graph_auth::GrantContext::at(held.sandbox.clock().now()))
                    .await
                    .unwrap();
            write_down(std::slice::from_ref(&code.user_code));
            fails_with(code);
        }
        12 => {
            // The service repeats what it was sent.
            let wrong = Settings { client_secret: Some(Secret::new(SECRET)), ..held.settings.clone() };
            let wrong = wrong.check(&outlook_connector::connector().connection).unwrap();
            fails_with(
                client_credentials::token(
                    &held.sandbox,
                    &wrong,
                    graph_auth::GrantContext::at(held.sandbox.clock().now()),
                )
                .await
                .unwrap_err(),
            );
        }
        13 => drop(held.host(Arc::new(Dropping)).connections().connect_new(held.new_connection()).await),
        14 => drop(
            held.host(Arc::new(held.sandbox.clone()))
                .execute(Run::new("outlook.list_emails", "given", json!({})))
                .await,
        ),
        15 => {
            let host = held.host(Arc::new(held.sandbox.clone()));
            drop(host.connections().connect_new(held.new_connection()).await.unwrap());
            drop(host.rotate_keys(held.key.clone(), |report| panic!("stopped at {report:?}")).await);
        }
        16 => {
            let host = held.host(Arc::new(held.sandbox.clone()));
            drop(host.connections().connect_new(held.new_connection()).await.unwrap());
            let text = host.connections().export(&[], Secrets::PlainText).await.unwrap();
            fails_with((&text, Error::bug("a door failed"), host.connections().import(&text, None, false).await));
        }
        _ => {}
    }
}

#[test]
#[ignore = "panics on purpose, in a process of its own"]
fn a_process_that_panics() {
    let case = std::env::var(CASE).unwrap().parse().unwrap();
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(panics(case));
}

#[test]
fn a_panic_shows_no_secret() {
    let mut shown = String::new();
    for case in 0..CASES {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", "panics::a_process_that_panics", "--ignored", "--nocapture", "--test-threads=1"]);
        let ran = child
            .env(CASE, case.to_string())
            .env(FOLDER, folder.path())
            .env("RUST_BACKTRACE", "full")
            .output()
            .unwrap();
        let said = [ran.stdout, ran.stderr].concat();
        let text = String::from_utf8_lossy(&said);
        assert!(!ran.status.success() && text.contains("panicked at"), "case {case} did not panic: {text}");
        let secrets: Vec<String> =
            std::fs::read_to_string(folder.path().join("secrets")).unwrap().lines().map(str::to_owned).collect();
        assert!(secrets.len() > 6, "case {case} held {} secrets", secrets.len());
        search(&format!("the panic of case {case}"), &said, &secrets);
        shown.push_str(&text);
    }
    // The values were shown, only not their secrets.
    assert!(shown.contains("Settings {") && shown.contains("Secret(…)") && shown.contains("TokenSet"), "{shown}");
}
