//! A connection that needs somebody to sign in: a link is offered, and the call goes on when they have.

use graph_sandbox::{Fault, Provoke, Rule};
use serde_json::{Value, json};

use super::client::{Client, called};
use crate::tests::connect_links::signed_in_by;
use crate::tests::two_services::{ADELE, Browser, Two, begin, by_browser, path_of, sign_in};
use crate::tests::world::{Key, reaching};

fn list() -> Value {
    json!({
        "name": "run_read_action",
        "arguments": { "action": "outlook.list_emails", "connection": "mine", "input": { "limit": 1 } },
    })
}

// What a client sends when the person in front of it has seen the link.
fn answered(asked: &Value, action: &str) -> Value {
    let mut params = list();
    params["inputResponses"] = json!({ "sign_in": { "action": action } });
    params["requestState"] = asked["requestState"].clone();
    params
}

async fn connected() -> (Two, Key) {
    let two = Two::new().await;
    let key = two.connector().await;
    let begun = begin(&two.here, &key, &by_browser("mine")).await;
    let mut browser = Browser::default();
    let at = browser.begin(&two.here, &begun).await;
    let callback = sign_in(&two, &at, ADELE).await;
    browser.open(&two.here, &callback).await;
    (two, key)
}

fn breaks(two: &Two) {
    two.sandbox.provoke(Provoke::PasswordChanged(ADELE.to_owned()));
    two.sandbox.faults().add(Rule::new(Fault::Unauthorized).path("/me"));
}

async fn mended_by(two: &Two, url: &str) {
    two.sandbox.relent();
    two.sandbox.faults().clear();
    let end = signed_in_by(two, path_of(url)).await;
    assert!(end.status.is_success(), "{}", end.body);
}

#[tokio::test]
async fn the_person_in_front_of_the_client_signs_in_and_the_call_goes_on() {
    let (two, key) = connected().await;
    let client = Client::new(&two.here, Some(&key)).with_links();
    assert!(!called(client.result("tools/call", list()).await).is_error);
    breaks(&two);
    let asked = client.result("tools/call", list()).await;
    assert_eq!(asked["resultType"], "input_required", "{asked}");
    let question = &asked["inputRequests"]["sign_in"]["params"];
    let url = question["url"].as_str().unwrap();
    assert!(question["mode"] == "url" && question["message"].as_str().unwrap().contains("`mine`"), "{question}");
    let token = url.rsplit('/').next().unwrap();
    assert!(!asked["requestState"].as_str().unwrap().contains(token), "the state is shown, and is good for nothing");
    // Whoever asks again gets the same link, not another one each time.
    let again = client.result("tools/call", list()).await;
    assert_eq!(again["inputRequests"]["sign_in"]["params"]["url"], url);
    // Somebody who does not want to is not asked again.
    let declined = called(client.result("tools/call", answered(&asked, "decline")).await);
    let error = &declined.json;
    assert_eq!((&error["error"]["code"], &error["signIn"]["url"]), (&json!("not_connected"), &json!(url)), "{error}");

    mended_by(&two, url).await;
    let done = called(client.result("tools/call", answered(&asked, "accept")).await);
    assert!(!done.is_error && done.json["untrusted"]["output"]["items"].is_array(), "{}", done.json);
    // The link was used: the next time there is another.
    breaks(&two);
    let anew = client.result("tools/call", list()).await;
    assert_ne!(anew["inputRequests"]["sign_in"]["params"]["url"], url);
    two.end().await;
}

#[tokio::test]
async fn a_client_that_opens_no_links_gets_it_with_the_error() {
    let (two, key) = connected().await;
    breaks(&two);
    for client in [Client::new(&two.here, Some(&key)), Client::of(&two.here, Some(&key), "2025-06-18")] {
        let failed = called(client.result("tools/call", list()).await);
        assert!(failed.is_error && failed.json["error"]["code"] == "not_connected", "{}", failed.json);
        let url = failed.json["signIn"]["url"].as_str().unwrap();
        assert!(url.starts_with("http://localhost:") && url.contains("/connect/"), "{url}");
    }
    // Whoever may use a connection and not connect is told who must act, and gets no link.
    let user = two.here.key(reaching("mine", "*")).await;
    let failed = called(Client::new(&two.here, Some(&user)).with_links().result("tools/call", list()).await);
    assert!(failed.json["error"]["code"] == "not_connected" && failed.json["signIn"].is_null(), "{}", failed.json);
    two.end().await;
}
