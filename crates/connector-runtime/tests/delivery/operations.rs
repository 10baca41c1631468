//! Events about the host: a connection that broke, a watch that finds nothing any more.

use std::sync::Arc;
use std::time::Duration;

use connector_runtime::{
    AddressRules, Host, Interface, NewConnection, NewDestination, NewWatch, Patterns, Principal, Secret, Settings,
    SignInMethod, SignInStep, WorkerOptions,
};
use connector_sdk::Transport as _;
use graph_sandbox::{Fault, Provoke, Rule, Sandbox, seeds};
use serde_json::json;

use crate::receiver::{Answer, Receiver};

const ORIGIN: &str = "https://sandbox.invalid";
const ADELE: &str = "AdeleV@contoso.example";

async fn sign_in(host: &Host, sandbox: &Sandbox) {
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
    browser.finish(location.split_once('?').unwrap().1).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_is_told_once_that_somebody_must_act() {
    let sandbox = Sandbox::new();
    let host = Host::builder()
        .connector(outlook_connector::connector())
        .transport(Arc::new(sandbox.clone()))
        .destination_rules(AddressRules::default().allow("127.0.0.0/8").unwrap())
        .build()
        .unwrap();
    sign_in(&host, &sandbox).await;
    let receiver = Receiver::start(|_| Answer::status(204)).await;
    let owner = host.authorize(Principal::owner(), Interface::Library);
    let new = NewDestination::new("Operations", receiver.url().parse().unwrap())
        .events(Patterns::new(["tenon.watch.*", "tenon.connection.*"]).unwrap());
    owner.destinations().add(new).await.unwrap();
    owner.watches().add(NewWatch::new("Inbox", "outlook.new_email", "me", json!({}))).await.unwrap();
    sandbox.provoke(Provoke::PasswordChanged(ADELE.to_owned()));
    sandbox.faults().add(Rule::new(Fault::Unauthorized).path("/me"));
    let told = async {
        while receiver.all().len() < 2 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // Nobody is told again by whoever finds the same.
        for _ in 0..3 {
            assert!(host.connections().test("me").await.unwrap().error.is_some());
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
    };
    host.work(WorkerOptions::default(), async { tokio::time::timeout(Duration::from_secs(60), told).await.unwrap() })
        .await
        .unwrap();
    let mut told: Vec<_> = receiver.all().iter().map(|one| one.json()).collect();
    told.sort_by_key(|event| event["type"].to_string());
    let kinds: Vec<_> = told.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["tenon.connection.broken", "tenon.watch.trouble"]);
    assert_eq!(told[0]["data"]["connection"]["name"], "me");
    assert_eq!(told[1]["data"]["watch"]["name"], "Inbox");
    for event in &told {
        let error = &event["data"]["error"];
        assert!(error["code"] == "not_connected" && error["hint"].as_str().unwrap().contains("Reconnect"), "{event}");
    }
}
