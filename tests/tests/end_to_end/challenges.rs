//! 401: a token that does not do any more.

use std::sync::Arc;

use connector_runtime::{ConnectionState, Host, NewConnection, Run, SignInStep};
use connector_sdk::{Code, Secret, SignInMethod, Transport};
use graph_auth::Settings;
use graph_sandbox::{Fault, Provoke, Rule, Sandbox, seeds};
use tenon_tests::connectors;

use crate::stage::{ORIGIN, Stage, letter};

/// A host whose connection `me` signs in and renews its tokens itself.
async fn signed_in() -> (Host, Sandbox) {
    let sandbox = Sandbox::new();
    let builder = connectors().into_iter().fold(Host::builder(), |builder, connector| builder.connector(connector));
    let host = builder.transport(Arc::new(sandbox.clone())).build().unwrap();
    let settings = Settings {
        tenant_id: Some("organizations".to_owned()),
        client_id: Some(seeds::WEB.to_owned()),
        client_secret: Some(Secret::new(seeds::WEB_SECRET)),
        graph_url: Some(ORIGIN.to_owned()),
        authority_url: Some(ORIGIN.to_owned()),
        ..Settings::new(SignInMethod::AuthorizationCode)
    };
    let new = NewConnection {
        name: "me".to_owned(),
        connector: "outlook".to_owned(),
        settings,
        confirm_other: false,
        redirect_uri: Some("http://localhost:49152/".parse().unwrap()),
    };
    let SignInStep::Browser(browser) = host.connections().connect_new(new).await.unwrap() else {
        panic!("a user signs in with the browser")
    };
    let mut url = browser.url.clone();
    url.query_pairs_mut().append_pair("sandbox_auto", "1").append_pair("login_hint", "AdeleV@contoso.example");
    let answer = sandbox.send(http::Request::get(url.as_str()).body(bytes::Bytes::new()).unwrap()).await.unwrap();
    let location = answer.headers()["location"].to_str().unwrap().to_owned();
    browser.finish(location.split_once('?').unwrap().1).await.unwrap();
    (host, sandbox)
}

fn send() -> Run {
    Run::new("outlook.send_email", "me", letter("Once"))
}

async fn copies(host: &Host) -> usize {
    let input = serde_json::json!({ "folderId": "sentitems", "query": { "filter": "subject eq 'Once'" } });
    let list: serde_json::Value =
        host.execute(Run::new("outlook.list_emails", "me", input)).await.unwrap().output.read().unwrap();
    list["items"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_claims_challenge_is_answered_by_one_new_token() {
    let (host, sandbox) = signed_in().await;
    let before = sandbox.token_requests();
    sandbox.faults().add(Rule::new(Fault::claims_challenge()).path("/sendMail"));
    host.execute(send()).await.unwrap();
    assert_eq!((sandbox.token_requests() - before, copies(&host).await), (1, 1));
    host.execute(send()).await.unwrap();
    assert_eq!(sandbox.token_requests() - before, 1, "the new token stays");
}

#[tokio::test]
async fn a_challenge_that_cannot_be_met_ends_and_says_who_must_act() {
    let (host, sandbox) = signed_in().await;
    sandbox.faults().add(Rule::new(Fault::claims_challenge()).path("/sendMail"));
    sandbox.provoke(Provoke::PasswordChanged("AdeleV@contoso.example".into()));
    let before = sandbox.request_count();
    let error = host.execute(send()).await.unwrap_err();
    assert_eq!(error.code(), Code::NotConnected, "{error}");
    assert!(error.advice().to_lowercase().contains("reconnect"), "{}", error.advice());
    assert_eq!(sandbox.request_count() - before, 2, "one try, one token request");
    assert!(matches!(host.connections().show("me").await.unwrap().state, ConnectionState::Broken(_)));
}

#[tokio::test]
async fn a_refused_token_is_renewed_once_and_the_letter_sent_once() {
    let (host, sandbox) = signed_in().await;
    let before = sandbox.token_requests();
    sandbox.faults().add(Rule::new(Fault::Unauthorized).path("/sendMail").once());
    host.execute(send()).await.unwrap();
    assert_eq!((sandbox.token_requests() - before, copies(&host).await), (1, 1));
}

#[tokio::test]
async fn who_cannot_renew_hears_it_at_once() {
    for fault in [Fault::Unauthorized, Fault::claims_challenge()] {
        let stage = Stage::new();
        stage.sandbox.faults().add(Rule::new(fault.clone()));
        let error = stage.fails("outlook.send_email", letter("Once")).await;
        assert_eq!((error.code(), stage.sandbox.request_count()), (Code::NotConnected, 1), "{fault:?}: {error}");
    }
}
