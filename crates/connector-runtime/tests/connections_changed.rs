//! Connections that somebody else changes while a program uses them.

use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;

use connector_runtime::store::Sqlite;
use connector_runtime::{
    ConnectionInfo, ConnectionState, Host, KeySource, Listen, Listener, NewConnection, Run, SignInStep,
};
use connector_sdk::{Code, Secret, SignInMethod, Transport};
use graph_auth::{AppCredential, OauthProfile, Settings};
use graph_client::HttpTransport;
use graph_sandbox::{Holder, Sandbox, Server, seeds};
use serde_json::{Value, json};

const ADELE: &str = "AdeleV@contoso.example";
const ALEX: &str = "AlexW@contoso.example";

/// Serves a Graph of its own on loopback.
async fn serve() -> (Sandbox, Server) {
    let sandbox = Sandbox::new();
    let server = sandbox.serve((Ipv4Addr::LOCALHOST, 0).into()).await.unwrap();
    (sandbox, server)
}

/// Creates a host that is another process, as far as the store can tell.
fn host(folder: &Path) -> Host {
    let keys = KeySource::File(folder.join("key")).open().unwrap();
    let store = Arc::new(Sqlite::open(folder.join("tenon.db")).unwrap());
    Host::builder().connector(outlook_connector::connector()).store(store, keys).build().unwrap()
}

fn at(server: &Server, settings: Settings) -> Settings {
    Settings { graph_url: Some(server.url()), authority_url: Some(server.url()), ..settings }
}

fn app(sandbox: &Sandbox, server: &Server) -> Settings {
    let settings = Settings {
        tenant_id: Some(sandbox.graph().tenant_id().to_owned()),
        client_id: Some(seeds::DAEMON.to_owned()),
        client_secret: Some(Secret::new(seeds::DAEMON_SECRET)),
        user_id: Some(ADELE.to_owned()),
        ..Settings::new(SignInMethod::ClientCredentials)
    };
    at(server, settings)
}

fn user(server: &Server) -> Settings {
    let settings = Settings {
        client_id: Some(seeds::WEB.to_owned()),
        client_secret: Some(Secret::new(seeds::WEB_SECRET)),
        ..Settings::new(SignInMethod::AuthorizationCode)
    };
    at(server, settings)
}

/// Makes the connection `work`, or makes it anew.
async fn connect(host: &Host, settings: Settings, who: &str) -> ConnectionInfo {
    let redirect_uri = Some("http://localhost:49152/".parse().unwrap());
    let new =
        NewConnection { name: "work".into(), connector: "outlook".into(), settings, confirm_other: true, redirect_uri };
    let browser = match host.connections().connect_new(new).await.unwrap() {
        SignInStep::Done(card) => return *card,
        SignInStep::Browser(browser) => browser,
        SignInStep::Device(_) => panic!("nobody asked for a device"),
    };
    let mut url = browser.url.clone();
    url.query_pairs_mut().append_pair("sandbox_auto", "1").append_pair("login_hint", who);
    let answer = HttpTransport::new()
        .unwrap()
        .send(http::Request::get(url.as_str()).body(bytes::Bytes::new()).unwrap())
        .await
        .unwrap();
    let location = answer.headers()["location"].to_str().unwrap().to_owned();
    browser.finish(location.split_once('?').unwrap().1).await.unwrap()
}

fn list() -> Run {
    Run::new("outlook.list_emails", "work", json!({ "limit": 1 }))
}

async fn found(host: &Host) -> Option<String> {
    host.connections().test("work").await.unwrap().found
}

#[tokio::test]
async fn a_connection_that_was_made_anew_elsewhere_is_used_there_and_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    let ((one, one_at), (two, two_at)) = (serve().await, serve().await);
    let (here, there) = (host(folder.path()), host(folder.path()));
    let before = connect(&here, app(&one, &one_at), ADELE).await;
    here.execute(list()).await.unwrap();
    let stream = here.clone();

    let after = connect(&there, app(&two, &two_at), ADELE).await;
    assert_eq!(after.id, before.id);
    one.forget_requests();
    two.forget_requests();
    // The long-lived one goes to the new Graph with the new token; the old one hears nothing any more.
    here.execute(list()).await.unwrap();
    stream.execute(list()).await.unwrap();
    assert_eq!((one.request_count(), two.request_count(), two.token_requests()), (0, 2, 0));
    assert_eq!(found(&here).await.as_deref(), Some(ADELE));
    // And back again.
    connect(&there, app(&one, &one_at), ADELE).await;
    two.forget_requests();
    here.execute(list()).await.unwrap();
    assert_eq!(two.request_count(), 0);
}

#[tokio::test]
async fn a_connection_that_belongs_to_another_user_now_is_that_users() {
    let folder = tempfile::tempdir().unwrap();
    let (_sandbox, server) = serve().await;
    let (here, there) = (host(folder.path()), host(folder.path()));
    connect(&here, user(&server), ADELE).await;
    assert_eq!(found(&here).await.as_deref(), Some(ADELE));
    connect(&there, user(&server), ALEX).await;
    assert_eq!(found(&here).await.as_deref(), Some(ALEX));
    // An app under the name, which is nobody's `/me`.
    let (sandbox, server) = serve().await;
    connect(&there, app(&sandbox, &server), ADELE).await;
    assert_eq!(here.connections().test("work").await.unwrap().tried, "GET /users/{user}");
    // And none at all.
    there.connections().remove("work").await.unwrap();
    assert_eq!(here.execute(list()).await.unwrap_err().code(), Code::UnknownConnection);
}

async fn subjects(listener: &mut Listener) -> Vec<Value> {
    let mut subjects = Vec::new();
    while let Some(event) = listener.try_next().await.unwrap() {
        subjects.push(event.data.read::<Value>().unwrap()["subject"].clone());
        listener.ack(&event).await.unwrap();
    }
    subjects
}

// What comes within the second in which a listener begins counts as coming from now on.
async fn next_second() {
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
}

#[tokio::test]
async fn a_new_connection_under_an_old_name_inherits_no_event_and_no_cursor() {
    let folder = tempfile::tempdir().unwrap();
    let (sandbox, server) = serve().await;
    let host = host(folder.path());
    for name in [None, Some("mine".to_owned())] {
        let listen = || Listen { name: name.clone(), ..Listen::new("outlook.new_email", "work", json!({})) };
        let deliver = |subject: &str| sandbox.graph().deliver(ADELE, "inbox", json!({ "subject": subject }));
        let former = connect(&host, app(&sandbox, &server), ADELE).await;
        next_second().await;
        let mut listener = host.listen(listen()).await.unwrap();
        assert_eq!(subjects(&mut listener).await, [""; 0]);
        deliver("told and not acknowledged");
        listener.try_next().await.unwrap().unwrap();
        deliver("not told");
        // Made anew by another process, it goes on: it is the same connection.
        let card = connect(&self::host(folder.path()), app(&sandbox, &server), ADELE).await;
        assert_eq!(card.id, former.id);
        assert!(listener.try_next().await.unwrap().is_some());

        // Removed and made again, it is another one; a listener that is alive says so.
        host.connections().remove("work").await.unwrap();
        let card = connect(&host, app(&sandbox, &server), ADELE).await;
        assert_ne!(card.id, former.id);
        let mut last = listener.try_next().await;
        while let Ok(Some(event)) = &last {
            listener.ack(event).await.unwrap();
            last = listener.try_next().await;
        }
        assert_eq!(last.unwrap_err().code(), Code::NotConnected);
        next_second().await;
        let mut new = host.listen(listen()).await.unwrap();
        assert_eq!(subjects(&mut new).await, [""; 0], "the trigger starts with events from now on");
        deliver("new");
        assert_eq!(subjects(&mut new).await, ["new"]);
        new.stop().await.unwrap();
        host.connections().remove("work").await.unwrap();
    }
}

#[tokio::test]
async fn one_that_cannot_be_read_hides_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let (sandbox, server) = serve().await;
    let here = host(folder.path());
    connect(&here, app(&sandbox, &server), ADELE).await;
    let profile: OauthProfile = serde_json::from_value(json!({ "clientId": seeds::WEB })).unwrap();
    let _ = here.connections().put_profile("good", &profile).await.unwrap();
    // Two that are broken: changed in the file, and sealed by a process with another key.
    let file = rusqlite::Connection::open(folder.path().join("tenon.db")).unwrap();
    for kind in ["connection", "oauth_profile"] {
        file.execute(
            "INSERT INTO doc (kind, key, revision, bytes) VALUES (?1, 'bad', 1, x'0102')",
            [format!("sealed.{kind}")],
        )
        .unwrap();
    }
    let listed = here.connections().list().await.unwrap();
    assert_eq!(
        listed.iter().map(|listed| (&*listed.name, listed.card.is_ok())).collect::<Vec<_>>(),
        [("bad", false), ("work", true)]
    );
    let shown = serde_json::to_value(&listed).unwrap();
    assert_eq!(
        (&shown[0]["state"], &shown[0]["error"]["code"], &shown[1]["state"]),
        (&json!("unreadable"), &json!("unavailable"), &json!("ready"))
    );
    let profiles = here.connections().profiles().await.unwrap();
    assert_eq!(
        profiles.iter().map(|(name, profile)| (&**name, profile.is_ok())).collect::<Vec<_>>(),
        [("bad", false), ("good", true)]
    );
    let near = here.connections().show("wrok").await.unwrap_err();
    assert!(near.advice().contains("`work`"), "{near:?}");

    // They are removed, and replaced, as others are.
    let _ = here.connections().put_profile("bad", &profile).await.unwrap();
    here.connections().remove_profile("bad").await.unwrap();
    here.connections().remove("bad").await.unwrap();
    assert_eq!(
        (here.connections().list().await.unwrap().len(), here.connections().profiles().await.unwrap().len()),
        (1, 1)
    );
    here.execute(list()).await.unwrap();
}

fn secret(text: &str) -> AppCredential {
    let secret_expires = Some("2999-12-31".parse().unwrap());
    AppCredential { client_secret: Some(Secret::new(text)), secret_expires, ..AppCredential::default() }
}

#[tokio::test]
async fn a_secret_is_replaced_without_signing_in_again() {
    let folder = tempfile::tempdir().unwrap();
    let (sandbox, server) = serve().await;
    let (here, there) = (host(folder.path()), host(folder.path()));
    sandbox.tokens_live(std::time::Duration::from_secs(1));
    let card = connect(&here, user(&server), ADELE).await;
    assert_eq!(found(&here).await.as_deref(), Some(ADELE));
    // A wrong one: the next renewal is refused, and who must act is an administrator.
    there.connections().set_secret("work", &secret("wrong")).await.unwrap();
    let wait = || tokio::time::sleep(std::time::Duration::from_millis(1_100));
    wait().await;
    let error = here.connections().test("work").await.unwrap().error.unwrap();
    assert_eq!(error.code().actor(), connector_sdk::Actor::Administrator, "{error}");
    assert!(matches!(
        here.connections().show("work").await.unwrap().state,
        ConnectionState::Broken(_) | ConnectionState::Waiting(_)
    ));
    // The right one: at once, and for the user who is signed in.
    let mended = there.connections().set_secret("work", &secret(seeds::WEB_SECRET)).await.unwrap();
    assert_eq!(
        (mended.state, mended.id, mended.secret_expires.as_deref()),
        (ConnectionState::Ready, card.id, Some("2999-12-31"))
    );
    assert_eq!(found(&here).await.as_deref(), Some(ADELE));

    for (wrong, code) in [(AppCredential::default(), Code::InvalidInput), (secret(" "), Code::InvalidInput)] {
        assert_eq!(here.connections().set_secret("work", &wrong).await.unwrap_err().code(), code);
    }
    assert_eq!(here.connections().set_secret("wrok", &secret("x")).await.unwrap_err().code(), Code::UnknownConnection);
}

#[tokio::test]
async fn a_profiles_new_secret_reaches_the_connections_that_use_it() {
    let folder = tempfile::tempdir().unwrap();
    let (sandbox, server) = serve().await;
    let host = host(folder.path());
    let profile = |secret: &str| OauthProfile {
        client_secret: Some(Secret::new(secret)),
        ..serde_json::from_value(json!({ "clientId": seeds::WEB })).unwrap()
    };
    assert!(host.connections().put_profile("web", &profile(seeds::WEB_SECRET)).await.unwrap().changed.is_empty());
    let with_profile =
        Settings { client_id: None, client_secret: None, oauth_profile: Some("web".into()), ..user(&server) };
    connect(&host, with_profile.clone(), ADELE).await;
    sandbox.tokens_live(std::time::Duration::from_secs(1));

    let followers = host.connections().put_profile("web", &profile("rotated")).await.unwrap();
    assert_eq!((followers.changed, followers.failed.len()), (vec!["work".to_owned()], 0));
    let (_, settings) = host.connections().settings("work").await.unwrap();
    assert_eq!(settings.client_secret.unwrap().expose(), "rotated");
    // Once more is nothing new; and one with a secret of its own keeps it.
    assert!(host.connections().put_profile("web", &profile("rotated")).await.unwrap().changed.is_empty());
    host.connections().set_secret("work", &secret(seeds::WEB_SECRET)).await.unwrap();
    assert!(host.connections().put_profile("web", &profile("again")).await.unwrap().changed.is_empty());
    let (_, settings) = host.connections().settings("work").await.unwrap();
    assert_eq!(settings.client_secret.unwrap().expose(), seeds::WEB_SECRET);
    // Another app under the name of the profile reaches nobody: its secret would be wrong.
    let other = OauthProfile { client_id: seeds::PUBLIC.to_owned(), ..profile("other") };
    assert!(host.connections().put_profile("web", &other).await.unwrap().changed.is_empty());
}

#[tokio::test]
async fn a_given_token_of_an_app_is_an_apps() {
    let folder = tempfile::tempdir().unwrap();
    let (sandbox, server) = serve().await;
    let host = host(folder.path());
    let given = |token: String, user: Option<&str>| {
        let settings = Settings {
            access_token: Some(Secret::new(token)),
            user_id: user.map(str::to_owned),
            ..Settings::new(SignInMethod::AccessToken)
        };
        at(&server, settings)
    };
    connect(
        &host,
        given(sandbox.issue_token(Holder::App(seeds::DAEMON), &["Mail.Read", "User.Read.All"]), Some(ALEX)),
        ALEX,
    )
    .await;
    let report = host.connections().test("work").await.unwrap();
    assert_eq!(
        (report.tried.as_str(), report.found.as_deref()),
        ("GET /users/{user}", Some(ALEX)),
        "{:?}",
        report.error
    );
    host.execute(list()).await.unwrap();
    assert!(host.allowed("work").await.unwrap().unwrap().contains(&"outlook.list_emails".to_owned()), "by its roles");

    connect(&host, given(sandbox.issue_token(Holder::App(seeds::DAEMON), &["Mail.Read", "User.Read.All"]), None), ALEX)
        .await;
    let report = host.connections().test("work").await.unwrap();
    assert_eq!((report.works, report.tried.as_str()), (true, "a token"), "{:?}", report.error);

    connect(&host, given(sandbox.issue_token(Holder::User(ADELE), &["Mail.Read", "User.Read"]), None), ADELE).await;
    assert_eq!(host.connections().test("work").await.unwrap().tried, "GET /me");
}
