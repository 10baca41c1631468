//! Connections are taken from one store to another.

use std::sync::Arc;

use connector_runtime::{ConnectionState, Host, Key, NewConnection, Secrets, SignInStep};
use connector_sdk::{Code, Secret};
use graph_auth::{OauthProfile, Settings};
use graph_sandbox::{Sandbox, seeds};
use serde_json::{Value, json};

const ORIGIN: &str = "https://sandbox.invalid";
const PASSPHRASE: &str = "correct horse battery staple";

fn host(sandbox: &Sandbox) -> Host {
    Host::builder().connector(outlook_connector::connector()).transport(Arc::new(sandbox.clone())).build().unwrap()
}

fn app() -> Settings {
    let secret = Secret::new(seeds::DAEMON_SECRET);
    let settings =
        Settings::client_credentials("contoso.example", seeds::DAEMON, secret).user("adelev@contoso.example");
    Settings { graph_url: Some(ORIGIN.to_owned()), authority_url: Some(ORIGIN.to_owned()), ..settings }
}

async fn connect(host: &Host, name: &str, settings: Settings) -> String {
    let new = NewConnection::new(name, "outlook", settings);
    match host.connections().connect_new(new).await.unwrap() {
        SignInStep::Done(card) => card.id,
        _ => panic!("an app signs in at once"),
    }
}

fn parsed(text: &Secret) -> Value {
    serde_json::from_str(text.expose()).unwrap()
}

#[tokio::test]
async fn secrets_stay_behind_unless_asked() {
    let sandbox = Sandbox::new();
    let (here, there) = (host(&sandbox), host(&sandbox));
    let id = connect(&here, "work", app()).await;
    let text = here.connections().export(&[], Secrets::LeftOut).await.unwrap();
    let shown = text.expose();
    assert!(!shown.contains(seeds::DAEMON_SECRET) && !shown.contains("eyJ") && !shown.contains("access"), "{shown}");
    assert_eq!(parsed(&text)["secrets"], "left_out");

    let cards = there.connections().import(&text, None, false).await.unwrap();
    assert_eq!((cards.len(), cards[0].name.as_str(), cards[0].id.as_str()), (1, "work", id.as_str()));
    assert!(
        matches!(&cards[0].state, ConnectionState::Broken(trouble) if trouble.hint.contains("reconnect the connection `work`")),
        "{cards:?}"
    );
    let error = there.connections().test("work").await.unwrap().error.unwrap();
    assert!(
        error.code() == Code::NotConnected && error.to_string().contains("imported without its secrets"),
        "{error}"
    );
    // The secret is all that is missing.
    let (_, settings) = there.connections().settings("work").await.unwrap();
    let settings = Settings { client_secret: Some(Secret::new(seeds::DAEMON_SECRET)), ..settings };
    assert_eq!(settings, app());
    assert_eq!(connect(&there, "work", settings).await, id);
    assert!(there.connections().test("work").await.unwrap().works);
}

#[tokio::test]
async fn sealed_under_a_passphrase_everything_comes_back() {
    let sandbox = Sandbox::new();
    let (here, there) = (host(&sandbox), host(&sandbox));
    connect(&here, "work", app()).await;
    connect(&here, "büro.2", Settings { user_id: None, ..app() }).await;
    let requests = sandbox.token_requests();
    let passphrase = Secret::new(PASSPHRASE);
    let text = here.connections().export(&[], Secrets::Sealed(&passphrase)).await.unwrap();
    let shown = text.expose();
    for hidden in ["büro", "work", "contoso", seeds::DAEMON, seeds::DAEMON_SECRET, PASSPHRASE] {
        assert!(!shown.contains(hidden), "{hidden} is in {shown}");
    }
    for (passphrase, says) in
        [(None, "is sealed"), (Some("correct horse battery stable"), "is not the one"), (Some(""), "is not the one")]
    {
        let error = there.connections().import(&text, passphrase.map(Secret::new).as_ref(), false).await.unwrap_err();
        assert!(error.code() == Code::InvalidInput && error.to_string().contains(says), "{error}");
    }
    let cards = there.connections().import(&text, Some(&passphrase), false).await.unwrap();
    assert_eq!(cards.iter().map(|card| card.name.as_str()).collect::<Vec<_>>(), ["büro.2", "work"]);
    for name in ["work", "büro.2"] {
        assert!(there.connections().test(name).await.unwrap().works);
        let settings = |host: &Host| {
            let host = host.clone();
            async move { host.connections().settings(name).await.unwrap() }
        };
        assert_eq!(settings(&here).await, settings(&there).await);
    }
    assert_eq!(sandbox.token_requests(), requests, "the tokens came along");
}

#[tokio::test]
async fn an_export_that_was_changed_is_refused() {
    let sandbox = Sandbox::new();
    let here = host(&sandbox);
    connect(&here, "work", app()).await;
    let passphrase = Secret::new(PASSPHRASE);
    let text = here.connections().export(&[], Secrets::Sealed(&passphrase)).await.unwrap();
    let there = host(&sandbox);
    let content = parsed(&text)["sealed"]["content"].as_str().unwrap().to_owned();
    for at in [0, content.len() / 2, content.len() - 8] {
        let mut changed = content.clone().into_bytes();
        changed[at] = if changed[at] == b'x' { b'y' } else { b'x' };
        let mut document = parsed(&text);
        document["sealed"]["content"] = String::from_utf8(changed).unwrap().into();
        let error =
            there.connections().import(&Secret::new(document.to_string()), Some(&passphrase), false).await.unwrap_err();
        assert_eq!(error.code(), Code::InvalidInput, "{error}");
    }
    let mut newer = parsed(&text);
    newer["version"] = 2.into();
    let mut other = parsed(&text);
    other["format"] = "else".into();
    let mut asks_for_memory = parsed(&text);
    asks_for_memory["sealed"]["kdf"] = "argon2id-64GiB".into();
    for document in [newer, other, asks_for_memory, json!({}), json!([])] {
        let error =
            there.connections().import(&Secret::new(document.to_string()), Some(&passphrase), false).await.unwrap_err();
        assert_eq!(error.code(), Code::InvalidInput, "{error}");
    }
    assert!(there.connections().list().await.unwrap().is_empty());
}

#[tokio::test]
async fn names_that_are_taken_stop_everything_unless_they_shall_be_replaced() {
    let sandbox = Sandbox::new();
    let (here, there) = (host(&sandbox), host(&sandbox));
    for name in ["a", "b", "c"] {
        connect(&here, name, app()).await;
    }
    let other = connect(&there, "b", Settings { user_id: Some("alexw@contoso.example".into()), ..app() }).await;
    let text = here.connections().export(&["a".into(), "b".into()], Secrets::PlainText).await.unwrap();
    assert!(text.expose().contains(seeds::DAEMON_SECRET) && !text.expose().contains("\"c\""));
    let error = there.connections().import(&text, None, false).await.unwrap_err();
    assert!(error.code() == Code::Conflict && error.to_string().ends_with("taken: b"), "{error}");
    assert_eq!(there.connections().list().await.unwrap().len(), 1, "not even the one that would have gone");
    there.connections().test("b").await.unwrap();
    let cards = there.connections().import(&text, None, true).await.unwrap();
    assert!(cards.len() == 2 && cards[1].id != other);
    assert_eq!(
        there.connections().test("b").await.unwrap().found.as_deref(),
        Some("AdeleV@contoso.example"),
        "the former one is forgotten"
    );

    // Under another name in the same store, it is another connection.
    let mut document = parsed(&text);
    document["connections"][0]["name"] = "copy".into();
    document["connections"].as_array_mut().unwrap().truncate(1);
    let copy = there.connections().import(&Secret::new(document.to_string()), None, false).await.unwrap();
    assert_ne!(copy[0].id, cards[0].id);
    // An id that is none of ours is not taken over.
    document["connections"][0]["name"] = "strange".into();
    document["connections"][0]["connection"]["id"] = "../../else".into();
    let strange = there.connections().import(&Secret::new(document.to_string()), None, false).await.unwrap();
    assert_eq!(strange[0].id.len(), 32);

    let error = here.connections().export(&["nobody".into()], Secrets::LeftOut).await.unwrap_err();
    assert_eq!(error.code(), Code::UnknownConnection);
    let short = Secret::new("short");
    assert_eq!(here.connections().export(&[], Secrets::Sealed(&short)).await.unwrap_err().code(), Code::InvalidInput);
}

/// Returns an export with this many copies of one connection, `c0` and so on.
async fn copies(host: &Host, count: usize) -> Secret {
    connect(host, "work", app()).await;
    let mut text = parsed(&host.connections().export(&[], Secrets::PlainText).await.unwrap());
    let connection = text["connections"][0]["connection"].clone();
    text["connections"] =
        (0..count).map(|number| json!({ "name": format!("c{number}"), "connection": connection })).collect();
    Secret::new(text.to_string())
}

#[tokio::test]
async fn an_import_is_whole_or_not_there() {
    let sandbox = Sandbox::new();
    let here = host(&sandbox);
    let text = copies(&here, 30).await;
    let import = |replace| here.connections().import(&text, None, replace);
    // Two at once: one stores all, the other one nothing.
    let (one, other) = tokio::join!(import(false), import(false));
    let refused = one.as_ref().err().or(other.as_ref().err()).unwrap();
    assert!((one.is_ok() != other.is_ok()) && refused.code() == Code::Conflict, "{one:?} {other:?}");
    assert_eq!(here.connections().list().await.unwrap().len(), 31);
    assert_eq!(import(true).await.unwrap().len(), 30);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_removed_while_keys_rotate_is_gone() {
    let sandbox = Sandbox::new();
    let here = host(&sandbox);
    here.connections().import(&copies(&here, 100).await, None, false).await.unwrap();
    let rotating = tokio::spawn({
        let here = here.clone();
        async move {
            loop {
                here.rotate_keys(Key::random().unwrap(), |_| ()).await.unwrap();
            }
        }
    });
    for number in 0..100 {
        let name = format!("c{number}");
        here.connections().remove(&name).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        let profile: OauthProfile = serde_json::from_value(json!({ "clientId": number.to_string() })).unwrap();
        let _ = here.connections().put_profile("p", &profile).await.unwrap();
    }
    rotating.abort();
    assert_eq!(here.connections().list().await.unwrap().len(), 1);
}
