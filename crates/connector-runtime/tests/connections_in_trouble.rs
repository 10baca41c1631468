//! A connection whose tokens cannot be renewed: who must act is said and stored, and nobody hammers.

use std::sync::Arc;
use std::time::Duration;

use connector_runtime::{ConnectionInfo, ConnectionState, Host, NewConnection, Run, SignInStep, Trouble};
use connector_sdk::{Actor, Code, Error, Secret, SignInMethod, Transport};
use graph_auth::Settings;
use graph_sandbox::{Fault, Provoke, Rule, Sandbox, seeds};
use serde_json::json;

const ORIGIN: &str = "https://sandbox.invalid";
const ADELE: &str = "AdeleV@contoso.example";

/// Creates a host whose connection `me` is signed in as Adele.
async fn signed_in(sandbox: &Sandbox) -> Host {
    let host =
        Host::builder().connector(outlook_connector::connector()).transport(Arc::new(sandbox.clone())).build().unwrap();
    sign_in(&host, sandbox).await;
    host
}

async fn sign_in(host: &Host, sandbox: &Sandbox) -> ConnectionInfo {
    let settings = Settings {
        tenant_id: Some("organizations".to_owned()),
        client_id: Some(seeds::WEB.to_owned()),
        client_secret: Some(Secret::new(seeds::WEB_SECRET)),
        graph_url: Some(ORIGIN.to_owned()),
        authority_url: Some(ORIGIN.to_owned()),
        ..Settings::new(SignInMethod::AuthorizationCode)
    };
    let redirect_uri = Some("http://localhost:49152/".parse().unwrap());
    let new =
        NewConnection { name: "me".into(), connector: "outlook".into(), settings, confirm_other: false, redirect_uri };
    let SignInStep::Browser(browser) = host.connections().connect_new(new).await.unwrap() else {
        panic!("a user signs in with the browser")
    };
    let mut url = browser.url.clone();
    url.query_pairs_mut().append_pair("sandbox_auto", "1").append_pair("login_hint", ADELE);
    let answer = sandbox.send(http::Request::get(url.as_str()).body(bytes::Bytes::new()).unwrap()).await.unwrap();
    let location = answer.headers()["location"].to_str().unwrap().to_owned();
    browser.finish(location.split_once('?').unwrap().1).await.unwrap()
}

async fn error_of(host: &Host) -> Error {
    host.connections().test("me").await.unwrap().error.expect("it cannot work")
}

async fn trouble_of(host: &Host) -> Trouble {
    match host.connections().show("me").await.unwrap().state {
        ConnectionState::Broken(trouble) | ConnectionState::Waiting(trouble) => trouble,
        ConnectionState::Ready => panic!("it is in trouble"),
    }
}

#[tokio::test]
async fn each_refusal_is_somebodys_to_mend_and_mending_keeps_the_id() {
    let adele = || ADELE.to_owned();
    let web = || seeds::WEB.to_owned();
    let refusals = [
        (Provoke::MfaRequired(adele()), Actor::User, "multifactor"),
        (Provoke::MfaEnrolment(adele()), Actor::User, "multifactor"),
        (Provoke::PasswordChanged(adele()), Actor::User, "Reconnect"),
        (Provoke::RefreshTokensExpired(adele()), Actor::User, "Reconnect"),
        (Provoke::BlockedByPolicy(adele()), Actor::Administrator, "Conditional Access"),
        (Provoke::UserDisabled(adele()), Actor::Administrator, "enable"),
        (Provoke::AppDisabled(web()), Actor::Administrator, "enable"),
        (Provoke::SecretExpired(web()), Actor::Administrator, "Certificates & secrets"),
        (Provoke::ConsentWithdrawn { app: web(), user: adele() }, Actor::User, "Reconnect and accept"),
    ];
    let sandbox = Sandbox::new();
    let host = signed_in(&sandbox).await;
    let id = host.connections().show("me").await.unwrap().id;
    for (refusal, actor, hint) in refusals {
        let name = format!("{refusal:?}");
        sandbox.provoke(refusal);
        sandbox.faults().add(Rule::new(Fault::Unauthorized).path("/me"));
        let error = error_of(&host).await;
        assert!(error.code().actor() == actor && error.advice().contains(hint), "{name}: {error} {}", error.advice());
        let trouble = trouble_of(&host).await;
        assert!(trouble.reason.is_some() && trouble.hint == error.advice(), "{name}: {trouble:?}");
        let is_lifted = actor == Actor::Administrator || name.starts_with("ConsentWithdrawn");
        assert_eq!(trouble.until.is_some(), is_lifted, "{name}: it is asked again where the user need not act");
        let asked = sandbox.token_requests();
        let alike = |error: &Error| {
            (
                error.code(),
                error.to_string(),
                error.advice().to_owned(),
                error.upstream().cloned(),
                error.retryability(),
            )
        };
        for _ in 0..3 {
            assert_eq!(alike(&error_of(&host).await), alike(&error), "{name}");
        }
        assert_eq!(sandbox.token_requests(), asked, "{name}: nothing that somebody must mend is asked about at once");
        sandbox.relent();
        sandbox.faults().clear();
        let card = sign_in(&host, &sandbox).await;
        assert!(card.id == id && card.state == ConnectionState::Ready, "{name}");
        assert!(host.connections().test("me").await.unwrap().works, "{name}");
    }
}

#[tokio::test]
async fn a_challenge_that_cannot_be_met_is_asked_about_once() {
    let sandbox = Sandbox::new();
    let host = signed_in(&sandbox).await;
    let before = sandbox.token_requests();
    sandbox.provoke(Provoke::MfaRequired(ADELE.into()));
    sandbox.faults().add(Rule::new(Fault::claims_challenge()).path("/me"));
    let error = error_of(&host).await;
    assert!(error.code() == Code::NotConnected && error.advice().contains("Reconnect"), "{error}");
    assert_eq!(sandbox.token_requests() - before, 1);
    assert!(trouble_of(&host).await.message.contains("AADSTS50076"));
}

#[tokio::test]
async fn a_token_that_is_refused_again_and_again_is_renewed_once_for_a_call() {
    let sandbox = Sandbox::new();
    let host = signed_in(&sandbox).await;
    let before = sandbox.token_requests();
    sandbox.faults().add(Rule::new(Fault::Unauthorized).path("/me"));
    error_of(&host).await;
    assert_eq!(sandbox.token_requests() - before, 1, "nothing loops");
}

#[tokio::test]
async fn a_service_that_is_down_is_left_alone_for_a_while() {
    let sandbox = Sandbox::new();
    let host = signed_in(&sandbox).await;
    let before = sandbox.token_requests();
    sandbox.faults().add(Rule::new(Fault::Unauthorized).path("/messages"));
    sandbox.faults().add(Rule::new(Fault::unavailable()).path("/token"));
    // Who has no deadline waits until the service may be asked again.
    let run = || Run::new("outlook.list_emails", "me", json!({ "limit": 1 })).deadline(Duration::from_secs(3));
    for _ in 0..3 {
        let error = host.execute(run()).await.unwrap_err();
        assert!(error.code() == Code::Unavailable && error.code().actor() == Actor::Nobody, "{error}");
    }
    // Each run of three seconds has time for a renewal or two, of three tries each, with longer and longer pauses.
    let asked = sandbox.token_requests() - before;
    assert!((3..=18).contains(&asked), "{asked} token requests");
    let trouble = trouble_of(&host).await;
    assert!(trouble.until.is_some(), "it passes by itself: {trouble:?}");
    let until = trouble.until.unwrap();
    assert!(until.duration_since(trouble.since).as_secs() <= 30, "{trouble:?}");
}
