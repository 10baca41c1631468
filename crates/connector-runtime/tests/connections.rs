//! Connections over the sandbox: made, stored, renewed once, broken and repaired.

use std::sync::Arc;
use std::time::Duration;

use connector_runtime::store::{Sqlite, Store};
use connector_runtime::{ConnectionInfo, ConnectionState, Host, Key, KeyRing, NewConnection, Run, Secrets, SignInStep};
use connector_sdk::{Code, Result, Secret, SignInMethod, Transport};
use graph_auth::Settings;
use graph_sandbox::{Fault, Provoke, Rotation, Rule, Sandbox, seeds};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

const ORIGIN: &str = "https://sandbox.invalid";

fn host_on(sandbox: &Sandbox, store: Arc<dyn Store>, keys: KeyRing) -> Host {
    Host::builder()
        .connector(outlook_connector::connector())
        .store(store, keys)
        .transport(Arc::new(sandbox.clone()))
        .build()
        .unwrap()
}

fn host(sandbox: &Sandbox) -> Host {
    host_on(sandbox, Arc::new(Sqlite::in_memory().unwrap()), KeyRing::random().unwrap())
}

fn pointed_at_sandbox(settings: Settings) -> Settings {
    Settings { graph_url: Some(ORIGIN.to_owned()), authority_url: Some(ORIGIN.to_owned()), ..settings }
}

fn app(sandbox: &Sandbox) -> Settings {
    pointed_at_sandbox(Settings {
        tenant_id: Some(sandbox.graph().tenant_id().to_owned()),
        client_id: Some(seeds::DAEMON.to_owned()),
        client_secret: Some(Secret::new(seeds::DAEMON_SECRET)),
        user_id: Some("adelev@contoso.example".to_owned()),
        ..Settings::new(SignInMethod::ClientCredentials)
    })
}

fn user() -> Settings {
    pointed_at_sandbox(Settings {
        tenant_id: Some("organizations".to_owned()),
        client_id: Some(seeds::WEB.to_owned()),
        client_secret: Some(Secret::new(seeds::WEB_SECRET)),
        ..Settings::new(SignInMethod::AuthorizationCode)
    })
}

fn new(name: &str, settings: Settings) -> NewConnection {
    NewConnection {
        name: name.to_owned(),
        connector: "outlook".to_owned(),
        settings,
        confirm_other: false,
        redirect_uri: Some("http://localhost:49152/".parse().unwrap()),
    }
}

async fn connect_app(host: &Host, settings: Settings) -> Result<ConnectionInfo> {
    match host.connections().connect_new(new("work", settings)).await? {
        SignInStep::Done(card) => Ok(*card),
        _ => panic!("an app signs in at once"),
    }
}

/// Signs in with the browser as this user.
async fn connect_user(host: &Host, sandbox: &Sandbox, who: &str, confirm: bool) -> Result<ConnectionInfo> {
    let sign_in = host.connections().connect_new(NewConnection { confirm_other: confirm, ..new("me", user()) }).await?;
    let SignInStep::Browser(browser) = sign_in else { panic!("a user signs in with the browser") };
    let mut url = browser.url.clone();
    url.query_pairs_mut().append_pair("sandbox_auto", "1").append_pair("login_hint", who);
    let request = http::Request::get(url.as_str()).body(bytes::Bytes::new()).unwrap();
    let answer = sandbox.send(request).await?;
    let location = answer.headers()["location"].to_str().unwrap().to_owned();
    let (_, query) = location.split_once('?').unwrap();
    assert!(browser.is_answered_by(query)?);
    browser.finish(query).await
}

fn list() -> Run {
    Run::new("outlook.list_emails", "work", json!({ "limit": 1 }))
}

#[tokio::test]
async fn an_app_signs_in_once_and_works() {
    let sandbox = Sandbox::new();
    let host = host(&sandbox);
    let card = connect_app(&host, app(&sandbox)).await.unwrap();
    assert_eq!(card.state, ConnectionState::Ready);
    assert!(card.granted.unwrap().iter().any(|role| role == "Mail.Send"));
    let shown = serde_json::to_string(&host.connections().list().await.unwrap()).unwrap();
    assert!(shown.contains(seeds::DAEMON) && !shown.contains("daemon+secret"), "{shown}");
    host.execute(list()).await.unwrap();
    host.execute(list()).await.unwrap();
    assert_eq!(sandbox.token_requests(), 1);
    let report = host.connections().test("work").await.unwrap();
    assert_eq!((report.works, report.found.as_deref()), (true, Some("AdeleV@contoso.example")));
    host.connections().remove("work").await.unwrap();
    assert_eq!(host.execute(list()).await.unwrap_err().code(), Code::UnknownConnection);
}

#[tokio::test]
async fn every_fault_of_a_form_is_named() {
    let sandbox = Sandbox::new();
    let host = host(&sandbox);
    let settings = pointed_at_sandbox(Settings {
        tenant_id: Some("common".into()),
        ..Settings::new(SignInMethod::ClientCredentials)
    });
    let error = connect_app(&host, settings).await.unwrap_err();
    assert_eq!(error.code(), Code::InvalidInput);
    let places: Vec<&str> = error.violations().iter().map(|issue| issue.pointer.as_str()).collect();
    assert!(
        places.contains(&"/clientId") && places.contains(&"/clientSecret") && places.contains(&"/tenantId"),
        "{places:?}"
    );
    assert_eq!(sandbox.request_count(), 0);
}

/// Returns how many of `count` concurrent tasks have a connection that works.
async fn tasks_that_work(host: &Host, name: &'static str, count: usize) -> usize {
    let tasks: Vec<_> = (0..count)
        .map(|_| {
            let host = host.clone();
            tokio::spawn(async move { host.connections().test(name).await.unwrap().works })
        })
        .collect();
    futures_util::future::join_all(tasks).await.into_iter().filter(|works| *works.as_ref().unwrap()).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_token_request_for_a_thousand_tasks() {
    let sandbox = Sandbox::new();
    let host = host(&sandbox);
    connect_user(&host, &sandbox, "AdeleV@contoso.example", false).await.unwrap();
    let before = sandbox.token_requests();
    // Every task finds that the token will not do any more, and nobody has another one.
    sandbox.faults().add(Rule::new(Fault::claims_challenge()).path("/me"));
    sandbox.faults().add(Rule::new(Fault::slow(Duration::from_millis(200))).path("/token"));
    sandbox.count_only(true);
    assert_eq!(tasks_that_work(&host, "me", 1_000).await, 1_000);
    assert_eq!(sandbox.token_requests() - before, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_token_request_when_a_token_has_expired() {
    let sandbox = Sandbox::builder().tokens_live(Duration::from_secs(1)).build();
    let host = host(&sandbox);
    connect_app(&host, app(&sandbox)).await.unwrap();
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    // The next one outlives the tasks, however busy the machine is.
    sandbox.tokens_live(Duration::from_secs(3600));
    let before = sandbox.token_requests();
    assert_eq!(tasks_that_work(&host, "work", 50).await, 50);
    assert_eq!(sandbox.token_requests() - before, 1);
}

#[tokio::test]
async fn processes_that_share_a_store_share_a_token() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tenon.db");
    let sandbox = Sandbox::new();
    let key = Key::random().unwrap();
    // Each has its own engine on the same file, as processes have.
    let hosts: Vec<Host> =
        (0..8).map(|_| host_on(&sandbox, Arc::new(Sqlite::open(&path).unwrap()), KeyRing::new(key.clone()))).collect();
    connect_app(&hosts[0], app(&sandbox)).await.unwrap();
    let runs = hosts.iter().flat_map(|host| (0..10).map(move |_| host.execute(list())));
    for result in futures_util::future::join_all(runs).await {
        result.unwrap();
    }
    assert_eq!(sandbox.token_requests(), 1);
}

#[tokio::test]
async fn a_refused_token_is_renewed_once_by_all_hosts() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tenon.db");
    let sandbox = Sandbox::new();
    let key = Key::random().unwrap();
    let hosts: Vec<Host> =
        (0..4).map(|_| host_on(&sandbox, Arc::new(Sqlite::open(&path).unwrap()), KeyRing::new(key.clone()))).collect();
    connect_app(&hosts[0], app(&sandbox)).await.unwrap();
    sandbox.faults().add(Rule::new(Fault::Unauthorized).path("/messages").times(4));
    for result in futures_util::future::join_all(hosts.iter().map(|host| host.execute(list()))).await {
        result.unwrap();
    }
    assert_eq!(sandbox.token_requests(), 2, "one for the sign-in, one for all that were refused");
}

#[tokio::test]
async fn a_user_signs_in_and_stays_the_same_user() {
    let sandbox = Sandbox::new();
    let host = host(&sandbox);
    let card = connect_user(&host, &sandbox, "AdeleV@contoso.example", false).await.unwrap();
    let identity = card.identity.unwrap();
    assert_eq!(identity.tid, sandbox.graph().tenant_id());
    let report = host.connections().test("me").await.unwrap();
    assert_eq!(report.found.as_deref(), Some("AdeleV@contoso.example"));

    let error = connect_user(&host, &sandbox, "AlexW@contoso.example", false).await.unwrap_err();
    assert_eq!(error.code(), Code::Conflict, "{error}");
    assert_eq!(host.connections().test("me").await.unwrap().found.as_deref(), Some("AdeleV@contoso.example"));
    let other = connect_user(&host, &sandbox, "AlexW@contoso.example", true).await.unwrap();
    assert_eq!(other.id, card.id, "the connection keeps its id");
    assert_eq!(host.connections().test("me").await.unwrap().found.as_deref(), Some("AlexW@contoso.example"));
}

#[tokio::test]
async fn a_broken_connection_says_who_must_act_and_is_mended_by_signing_in() {
    let sandbox = Sandbox::new();
    let host = host(&sandbox);
    connect_user(&host, &sandbox, "AdeleV@contoso.example", false).await.unwrap();
    sandbox.provoke(Provoke::PasswordChanged("AdeleV@contoso.example".into()));
    sandbox.faults().add(Rule::new(Fault::Unauthorized).path("/me").times(1));
    let report = host.connections().test("me").await.unwrap();
    let error = report.error.unwrap();
    assert_eq!(error.code(), Code::NotConnected);
    assert!(error.advice().to_lowercase().contains("reconnect"), "{}", error.advice());
    let ConnectionState::Broken(trouble) = host.connections().show("me").await.unwrap().state else {
        panic!("it is shown as broken")
    };
    assert!(trouble.message.contains("AADSTS50173"), "{}", trouble.message);

    sandbox.relent();
    sandbox.faults().clear();
    let card = connect_user(&host, &sandbox, "AdeleV@contoso.example", false).await.unwrap();
    assert_eq!(card.state, ConnectionState::Ready);
    assert!(host.connections().test("me").await.unwrap().works);
}

#[tokio::test]
async fn an_expired_secret_is_the_administrators_and_is_not_asked_about_again() {
    let sandbox = Sandbox::new();
    let host = host(&sandbox);
    connect_app(&host, app(&sandbox)).await.unwrap();
    sandbox.provoke(Provoke::SecretExpired(seeds::DAEMON.into()));
    sandbox.faults().add(Rule::new(Fault::Unauthorized).path("/messages"));
    let error = host.execute(list()).await.unwrap_err();
    assert!(error.to_string().contains("7000222"), "{error}");
    let asked = sandbox.token_requests();
    for _ in 0..5 {
        host.execute(list()).await.unwrap_err();
    }
    assert_eq!(sandbox.token_requests(), asked, "nobody hammers the sign-in service");
}

/// Makes a stored token as old as one of an hour that ends after `seconds`.
async fn age(host: &Host, seconds: i64) {
    let exported = host.connections().export(&[], Secrets::PlainText).await.unwrap();
    let mut export: Value = serde_json::from_str(exported.expose()).unwrap();
    let ends = Timestamp::now() + SignedDuration::from_secs(seconds);
    let tokens = &mut export["connections"][0]["connection"]["tokens"];
    (tokens["expiresAt"], tokens["issuedAt"]) = (json!(ends), json!(ends - SignedDuration::from_hours(1)));
    host.connections().import(&Secret::new(export.to_string()), None, true).await.unwrap();
}

#[tokio::test]
async fn a_valid_token_is_used_while_the_sign_in_service_is_down() {
    let sandbox = Sandbox::new();
    let host = host(&sandbox);
    connect_app(&host, app(&sandbox)).await.unwrap();
    // It should be renewed, and cannot be.
    age(&host, 200).await;
    sandbox.faults().add(Rule::new(Fault::unavailable()).path("/token"));
    let before = sandbox.token_requests();
    for _ in 0..20 {
        host.execute(list()).await.unwrap();
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    host.shutdown().await;
    assert_eq!(sandbox.token_requests() - before, 1, "one try, then a pause");
}

#[tokio::test]
async fn a_claims_challenge_is_answered_by_one_new_token() {
    let sandbox = Sandbox::new();
    let host = host(&sandbox);
    connect_user(&host, &sandbox, "AdeleV@contoso.example", false).await.unwrap();
    let before = sandbox.token_requests();
    sandbox.faults().add(Rule::new(Fault::claims_challenge()).path("/me"));
    let report = host.connections().test("me").await.unwrap();
    assert!(report.works, "{:?}", report.error);
    assert_eq!(sandbox.token_requests() - before, 1);
}

#[tokio::test]
async fn a_rotated_refresh_token_is_the_one_that_is_used_next() {
    let sandbox = Sandbox::builder().rotation(Rotation::ReuseKillsGrant).build();
    let host = host(&sandbox);
    connect_user(&host, &sandbox, "AdeleV@contoso.example", false).await.unwrap();
    for _ in 0..5 {
        sandbox.faults().add(Rule::new(Fault::Unauthorized).path("/me").once());
        let report = host.connections().test("me").await.unwrap();
        assert!(report.works, "{:?}", report.error);
    }
}

#[tokio::test]
async fn keys_rotate_under_a_connection() {
    let sandbox = Sandbox::new();
    let host = host(&sandbox);
    connect_app(&host, app(&sandbox)).await.unwrap();
    let report = host.rotate_keys(Key::random().unwrap(), |_| {}).await.unwrap();
    assert_eq!((report.changed, report.failed.len()), (1, 0));
    host.execute(list()).await.unwrap();
    assert_eq!(host.connections().list().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_device_code_is_typed_elsewhere() {
    let sandbox = Sandbox::builder().device_interval(Duration::from_secs(1)).build();
    let host = host(&sandbox);
    let settings = pointed_at_sandbox(Settings {
        tenant_id: Some(sandbox.graph().tenant_id().to_owned()),
        client_id: Some(seeds::PUBLIC.to_owned()),
        ..Settings::new(SignInMethod::DeviceCode)
    });
    let SignInStep::Device(device) = host.connections().connect_new(new("me", settings)).await.unwrap() else {
        panic!("a code")
    };
    sandbox.approve_device(device.user_code(), "AdeleV@contoso.example").unwrap();
    let card = device.wait().await.unwrap();
    assert_eq!(card.identity.unwrap().username.as_deref(), Some("AdeleV@contoso.example"));
}

#[tokio::test]
async fn no_secret_in_what_is_stored_or_shown() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tenon.db");
    let sandbox = Sandbox::new();
    {
        let host = host_on(&sandbox, Arc::new(Sqlite::open(&path).unwrap()), KeyRing::random().unwrap());
        connect_app(&host, app(&sandbox)).await.unwrap();
        let shown: Value = serde_json::to_value(host.connections().show("work").await.unwrap()).unwrap();
        assert!(!shown.to_string().contains("daemon+secret"));
    }
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let content = std::fs::read(entry.unwrap().path()).unwrap();
        for canary in ["daemon+secret", "eyJ"] {
            assert!(
                !content.windows(canary.len()).any(|window| window == canary.as_bytes()),
                "{canary} is in the store"
            );
        }
    }
}
