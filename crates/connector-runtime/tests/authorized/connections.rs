//! Connections and app registrations that a principal makes, changes and removes.

use connector_runtime::store::{AuditFilter, AuditKind};
use connector_runtime::{
    AppCredential, AuthorizedHost, Code, Error, Grant, Interface, NewConnection, OauthProfile, Pattern, Patterns,
    Principal, Reach, Reconnection, Rules, Secret, Settings, SignInStep,
};
use graph_sandbox::seeds;

use crate::world::{World, app, grant, printed};

fn connecting(connections: &[&str]) -> Grant {
    Grant { connect: true, audit: Reach::Own, ..grant(connections, &["outlook.*"], Rules::default()) }
}

fn new(name: &str, settings: Settings) -> NewConnection {
    NewConnection::new(name, "outlook", settings)
}

async fn connect(seen: &AuthorizedHost, name: &str, settings: Settings) -> connector_runtime::Result<String> {
    match seen.connections().connect_new(new(name, settings)).await? {
        SignInStep::Done(info) => Ok(info.id),
        _ => panic!("an app signs in at once"),
    }
}

async fn reconnect(seen: &AuthorizedHost, name: &str, settings: Option<Settings>) -> connector_runtime::Result<String> {
    match seen.connections().reconnect(name, Reconnection { settings, ..Reconnection::default() }).await? {
        SignInStep::Done(info) => Ok(info.id),
        _ => panic!("an app signs in at once"),
    }
}

fn secret(text: &str) -> AppCredential {
    AppCredential { client_secret: Some(Secret::new(text)), ..AppCredential::default() }
}

fn profile(secret: Option<&str>) -> OauthProfile {
    serde_json::from_value(serde_json::json!({ "clientId": seeds::DAEMON, "clientSecret": secret })).unwrap()
}

/// Calls everything that takes the name of a connection that exists, and returns the error of each call.
async fn errors_at(seen: &AuthorizedHost, name: &str) -> Vec<Error> {
    let all = seen.connections();
    let url = "https://tenon.example/consented".parse().unwrap();
    vec![
        reconnect(seen, name, None).await.unwrap_err(),
        reconnect(seen, name, Some(app())).await.unwrap_err(),
        all.test(name).await.unwrap_err(),
        all.permissions(name).await.unwrap_err(),
        all.admin_consent_url(name, &url).await.unwrap_err(),
        all.set_secret(name, &secret("x")).await.unwrap_err(),
        all.users(name).await.unwrap_err(),
        all.remove(name).await.unwrap_err(),
    ]
}

async fn errors_of_making(seen: &AuthorizedHost, name: &str) -> Vec<Error> {
    let all = seen.connections();
    vec![
        connect(seen, name, app()).await.unwrap_err(),
        all.asks(&new(name, app())).await.unwrap_err(),
        all.redirect_uri(&new(name, app())).await.unwrap_err(),
        all.begin_device(new(name, Settings::device_code(seeds::PUBLIC))).await.unwrap_err(),
    ]
}

#[tokio::test]
async fn a_hidden_connection_is_as_an_absent_one() {
    let world = World::with(&["theirs-given"]);
    let id = world.store("theirs-1").await;
    world.store("mine-1").await;
    let bound = Pattern::new("theirs-2").unwrap().bound_to("another");
    let mut both = connecting(&["mine-*"]);
    both.connections.0.push(bound);
    world.store("theirs-2").await;
    let requests = world.sandbox.request_count();
    for granted in [connecting(&["mine-*"]), both] {
        let seen = world.seen_by("agent", granted);
        for (hidden, absent) in [("theirs-1", "theirs-x"), ("theirs-2", "theirs-x"), ("theirs-given", "theirs-abcde")] {
            for (one, other) in errors_at(&seen, hidden).await.iter().zip(&errors_at(&seen, absent).await) {
                assert_eq!(one.code(), Code::UnknownConnection, "{one:?}");
                assert_eq!(printed(one, hidden), printed(other, absent));
            }
            let making = errors_of_making(&seen, hidden).await;
            for (one, other) in making.iter().zip(&errors_of_making(&seen, absent).await) {
                assert_eq!((one.code(), one.reason()), (Code::Denied, Some("connection")), "{one:?}");
                assert_eq!(printed(one, hidden), printed(other, absent));
            }
        }
    }
    assert_eq!(world.sandbox.request_count(), requests, "nothing was sent for any of them");
    assert_eq!(world.host.connections().show("theirs-1").await.unwrap().id, id);
}

#[tokio::test]
async fn without_the_right_nothing_can_be_made_or_changed() {
    let world = World::with(&[]);
    world.store("mine-1").await;
    let seen = world.seen_by("agent", Grant { connect: false, ..Grant::everything() });
    let all = seen.connections();
    let mut errors = errors_at(&seen, "mine-1").await;
    errors.extend(errors_of_making(&seen, "mine-2").await);
    errors.extend([
        all.profiles().await.map(|_| ()).unwrap_err(),
        all.profile("p").await.unwrap_err(),
        all.put_profile("p", &profile(None)).await.map(|_| ()).unwrap_err(),
        all.remove_profile("p").await.unwrap_err(),
    ]);
    for error in errors {
        assert_eq!((error.code(), error.reason()), (Code::Denied, Some("right")), "{error:?}");
    }
    assert!(all.show("mine-1").await.is_ok());
    let refusals = AuditFilter { kind: Some(AuditKind::Refusal), ..AuditFilter::default() };
    assert_eq!(world.owner().audit().page(refusals, None, 100).await.unwrap().len(), 16);
}

#[tokio::test]
async fn connections_are_made_used_and_removed_and_the_log_has_it() {
    let mut second = outlook_connector::connector();
    second.name = "second";
    let world = World::built(&[], |builder| builder.connector(second));
    let seen = world.seen_by("agent", connecting(&["mine-*"]));
    let all = seen.connections();
    let id = connect(&seen, "mine-1", app()).await.unwrap();
    assert!(all.test("mine-1").await.unwrap().works);
    let permissions = all.permissions("mine-1").await.unwrap();
    assert!(permissions.granted.unwrap().iter().any(|role| role == "Mail.Send"));
    let url = all.admin_consent_url("mine-1", &"https://tenon.example/c".parse().unwrap()).await.unwrap();
    assert!(url.path().ends_with("/adminconsent"));
    assert_eq!(reconnect(&seen, "mine-1", None).await.unwrap(), id, "it keeps its id");
    assert_eq!(connect(&seen, "mine-1", app()).await.unwrap(), id);
    all.set_secret("mine-1", &secret(seeds::DAEMON_SECRET)).await.unwrap();
    let other = NewConnection { connector: "second".into(), ..new("mine-1", app()) };
    assert_eq!(all.connect_new(other).await.err().unwrap().code(), Code::Conflict);
    connect(&seen, "mine-2", Settings { client_secret: Some(Secret::new("wrong")), ..app() }).await.unwrap_err();
    all.remove("mine-1").await.unwrap();
    assert_eq!(all.show("mine-1").await.unwrap_err().code(), Code::UnknownConnection);

    let mut log = seen.audit().page(AuditFilter::default(), None, 100).await.unwrap();
    log.reverse();
    let log: Vec<_> = log.into_iter().filter(|record| record.entry.kind != AuditKind::Refusal).collect();
    let kinds: Vec<_> = log.iter().map(|record| record.entry.kind).collect();
    let expected = [
        AuditKind::ConnectionAdded,
        AuditKind::ConnectionSignedIn,
        AuditKind::ConnectionSignedIn,
        AuditKind::ConnectionChanged,
        AuditKind::ConnectionAdded,
        AuditKind::ConnectionRemoved,
    ];
    assert_eq!(kinds, expected);
    for (at, record) in log.iter().enumerate() {
        let entry = &record.entry;
        assert_eq!(entry.end.as_ref().unwrap().code.is_some(), at == 4, "{entry:?}");
        assert_eq!(entry.connection.as_deref() == Some(&*id), at != 4, "{entry:?}");
    }
    let text = serde_json::to_string(&log).unwrap();
    assert!(!text.contains("mine-") && !text.contains(seeds::DAEMON) && !text.contains("adelev"), "{text}");
}

#[tokio::test]
async fn settings_that_reach_the_host_are_for_admins() {
    let world = World::with(&[]);
    let seen = world.seen_by("agent", connecting(&["mine-*"]));
    let admin = world.seen_by("admin", Grant { admin: true, ..connecting(&["mine-*"]) });
    let text = |text: &str| Some(text.to_owned());
    let reaching = Settings {
        graph_url: text("http://127.0.0.1:1"),
        authority_url: text("http://127.0.0.1:1"),
        authorize_url: text("http://127.0.0.1:1/a"),
        token_url: text("http://127.0.0.1:1/t"),
        issuer: text("http://127.0.0.1:1"),
        federated_token_file: text("/etc/passwd"),
        ..app()
    };
    let error = connect(&seen, "mine-1", reaching).await.unwrap_err();
    assert_eq!((error.code(), error.reason()), (Code::Denied, Some("setting")));
    let pointers: Vec<&str> = error.violations().iter().map(|issue| issue.pointer.as_str()).collect();
    let expected = ["/authorityUrl", "/authorizeUrl", "/federatedTokenFile", "/graphUrl", "/issuer", "/tokenUrl"];
    assert_eq!(pointers, expected, "all at once");
    let error = connect(&seen, "mine-1", Settings::managed_identity()).await.unwrap_err();
    assert_eq!((error.reason(), &*error.violations()[0].pointer), (Some("setting"), "/method"));
    assert_eq!(world.sandbox.request_count(), 0);

    // What an admin has set stays, and nothing else may be put in its place.
    let id = connect(&admin, "mine-1", Settings { graph_url: text("https://graph.invalid"), ..app() }).await.unwrap();
    assert_eq!(reconnect(&seen, "mine-1", None).await.unwrap(), id);
    for graph_url in [None, text("https://other.invalid")] {
        let error = reconnect(&seen, "mine-1", Some(Settings { graph_url, ..app() })).await.unwrap_err();
        assert_eq!((error.reason(), &*error.violations()[0].pointer), (Some("setting"), "/graphUrl"));
    }
    let same = Settings { graph_url: text("https://graph.invalid"), ..app() };
    assert_eq!(connect(&seen, "mine-1", same).await.unwrap(), id);
    let child = Grant { admin: true, ..connecting(&["mine-*"]) };
    let parent = seen.principal().clone();
    let id = connector_runtime::PrincipalId::new("child").unwrap();
    let child = Principal { id, name: "Child".into(), grant: child, parent: Some(parent) };
    let child = world.host.authorize(child.into(), Interface::Http);
    let error = connect(&child, "mine-2", Settings::managed_identity()).await.unwrap_err();
    assert_eq!(error.reason(), Some("setting"), "a child is no admin where its parent is none");
}

#[tokio::test]
async fn a_stored_secret_is_used_again_and_not_sent_elsewhere() {
    let world = World::with(&[]);
    let admin = world.seen_by("admin", Grant { admin: true, ..connecting(&["mine-*"]) });
    let id = connect(&admin, "mine-1", app()).await.unwrap();
    let without = Settings { client_secret: None, ..app() };
    let moved = Settings { user_id: Some("alexw@contoso.example".into()), ..without.clone() };
    assert_eq!(reconnect(&admin, "mine-1", Some(moved)).await.unwrap(), id);
    assert_eq!(admin.connections().show("mine-1").await.unwrap().user_id.as_deref(), Some("alexw@contoso.example"));
    let requests = world.sandbox.request_count();
    for elsewhere in [
        Settings { token_url: Some("https://id.invalid/token".into()), ..without.clone() },
        Settings { authority_url: Some("https://id.invalid".into()), ..without.clone() },
        Settings { graph_url: Some("https://graph.invalid".into()), ..without },
    ] {
        let error = reconnect(&admin, "mine-1", Some(elsewhere)).await.unwrap_err();
        assert_eq!(error.code(), Code::InvalidInput);
        assert!(error.violations().iter().any(|issue| issue.pointer == "/clientSecret"), "{error:?}");
    }
    assert_eq!(world.sandbox.request_count(), requests, "the secret did not leave");
}

#[tokio::test]
async fn profiles_are_managed_and_do_not_reach_further_than_their_holder() {
    let world = World::with(&[]);
    let seen = world.seen_by("agent", connecting(&["mine-*"]));
    let all = seen.connections();
    let _ = all.put_profile("payroll", &profile(Some(seeds::DAEMON_SECRET))).await.unwrap();
    assert_eq!(all.profile("payroll").await.unwrap()["secrets"], serde_json::json!(["clientSecret"]));
    assert_eq!(all.profiles().await.unwrap().len(), 1);
    // Its secret stays as long as the app does.
    let _ = all.put_profile("payroll", &profile(None)).await.unwrap();
    assert_eq!(all.profile("payroll").await.unwrap()["secrets"], serde_json::json!(["clientSecret"]));
    let other: OauthProfile = serde_json::from_value(serde_json::json!({ "clientId": "other" })).unwrap();
    let _ = all.put_profile("other", &profile(Some("secret"))).await.unwrap();
    let _ = all.put_profile("other", &other).await.unwrap();
    assert!(all.profile("other").await.unwrap().get("secrets").is_none());
    assert_eq!(all.put_profile("a\nb", &other).await.map(|_| ()).unwrap_err().code(), Code::InvalidInput);

    // An app of the host's is no caller's to be.
    let by_profile = Settings { client_id: None, client_secret: None, oauth_profile: Some("payroll".into()), ..app() };
    let error = connect(&seen, "mine-1", by_profile.clone()).await.unwrap_err();
    assert_eq!((error.reason(), &*error.violations()[0].pointer), (Some("setting"), "/oauthProfile"));
    let owner = world.owner();
    connect(&owner, "mine-1", by_profile.clone()).await.unwrap();
    let followers = all.put_profile("payroll", &profile(Some("rotated"))).await.unwrap();
    assert_eq!((followers.changed, followers.failed.len()), (vec!["mine-1".to_owned()], 0));
    let _ = all.put_profile("payroll", &profile(Some(seeds::DAEMON_SECRET))).await.unwrap();
    connect(&owner, "theirs-1", by_profile).await.unwrap();
    for error in [
        all.put_profile("payroll", &profile(Some("mine"))).await.map(|_| ()).unwrap_err(),
        all.remove_profile("payroll").await.unwrap_err(),
    ] {
        assert_eq!((error.code(), error.reason()), (Code::Denied, Some("profile")));
    }
    assert_eq!(all.remove_profile("absent").await.unwrap_err().code(), Code::NotFound);
    all.remove_profile("other").await.unwrap();
    owner.connections().remove_profile("payroll").await.unwrap();

    let mut log = seen.audit().page(AuditFilter::default(), None, 100).await.unwrap();
    log.retain(|record| record.entry.target.is_some());
    let kinds: Vec<_> = log
        .iter()
        .rev()
        .map(|record| (record.entry.kind, record.entry.target.as_deref().unwrap_or_default()))
        .collect();
    let stored = |name| (AuditKind::ProfileStored, name);
    let expected = [
        stored("payroll"),
        stored("payroll"),
        stored("other"),
        stored("other"),
        stored("payroll"),
        stored("payroll"),
        (AuditKind::ProfileRemoved, "other"),
    ];
    assert_eq!(kinds, expected);
}

#[tokio::test]
async fn a_removal_tells_which_keys_it_takes_the_connection_from() {
    let world = World::with(&[]);
    world.store("mine-1").await;
    let owner = world.owner();
    let key = owner.api_keys().add("Agent", connecting(&["mine-1"])).await.unwrap();
    owner.api_keys().add("Other", connecting(&["mine-*"])).await.unwrap();
    let users = owner.connections().users("mine-1").await.unwrap();
    assert_eq!(users.keys.iter().map(|info| &info.id).collect::<Vec<_>>(), [&key.principal.id]);
    let seen = world.host.authorize(world.host.authenticate(&key.key).await.unwrap(), Interface::Http);
    assert!(seen.connections().users("mine-1").await.unwrap().keys.is_empty(), "it manages no keys");
    assert_eq!(owner.connections().remove("mine-1").await.unwrap(), users);
    // The key was for that connection, and makes no other one of its name.
    let error = connect(&seen, "mine-1", app()).await.unwrap_err();
    assert_eq!((error.code(), error.reason()), (Code::Denied, Some("connection")));
    assert_eq!(Patterns::new(["mine-1"]).unwrap().0[0].exact(), Some("mine-1"));
}
