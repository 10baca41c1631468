use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use connector_sdk::scopes::AnyOf;
use connector_sdk::{Code, Order, Plan, Request, Scopes};
use graph_client::Session;

use crate::stage::{Reply, Stage, Wallet, session};

const CLAIMS: &str = r#"{"access_token":{"nbf":{"essential":true,"value":"1"}}}"#;

fn with(wallet: Wallet) -> (Arc<Wallet>, Session) {
    let wallet = Arc::new(wallet);
    (wallet.clone(), Session { tokens: wallet, ..session() })
}

fn needing(delegated: &'static [&'static str], application: Option<AnyOf>) -> Scopes {
    match application {
        Some(AnyOf(application)) => Scopes::of(delegated, application),
        None => Scopes::users(delegated),
    }
}

#[tokio::test]
async fn a_rejected_token_is_replaced_once() {
    for request in [Request::get("/me"), Request::post("/me/sendMail")] {
        let (wallet, session) = with(Wallet::default());
        let stage = Stage::script([Reply::new(401, ""), Reply::ok()]);
        stage.client().send(&request, &session).await.unwrap();
        let tokens: Vec<_> = stage.seen().iter().map(|seen| seen.header("authorization").unwrap().to_owned()).collect();
        assert_eq!(tokens, ["Bearer canary-token-1", "Bearer canary-token-2"]);
        assert_eq!(wallet.asked(), ["rejected"]);
    }
    let (wallet, session) = with(Wallet::default());
    let stage = Stage::new(|_| Reply::new(401, r#"{"error":{"code":"InvalidAuthenticationToken","message":"m"}}"#));
    let error = stage.client().send(&Request::get("/me"), &session).await.unwrap_err();
    assert_eq!((error.code(), stage.count(), wallet.asked().len()), (Code::NotConnected, 2, 1));
}

#[tokio::test]
async fn a_part_of_a_batch_whose_token_is_rejected_goes_by_itself() {
    let (wallet, session) = with(Wallet::default());
    let stage = Stage::new(|seen| {
        if seen.path() != "/$batch" {
            let old = seen.header("authorization").unwrap().ends_with("token-1");
            return if old { Reply::new(401, "") } else { Reply::new(201, r#"{"id":"a"}"#) };
        }
        let parts = seen.json()["requests"].as_array().unwrap().clone();
        let part = |part: &serde_json::Value| match part["url"].as_str() {
            Some("/a") => {
                serde_json::json!({ "id": part["id"], "status": 401, "body": { "error": { "code": "InvalidAuthenticationToken", "message": "m" } } })
            }
            _ => serde_json::json!({ "id": part["id"], "status": 201 }),
        };
        Reply::new(200, serde_json::json!({ "responses": parts.iter().map(part).collect::<Vec<_>>() }).to_string())
    });
    let requests = vec![Request::post("/a"), Request::post("/b")];
    let plan = Plan::finish_all(requests, Order::Any, Ok);
    let answers: Vec<connector_sdk::Result<connector_sdk::Response>> =
        stage.client().run(plan, &session, &mut Vec::new()).await.unwrap();
    assert!(answers.iter().all(|answer| answer.as_ref().is_ok_and(|answer| answer.status == 201)), "{answers:?}");
    assert_eq!(stage.count(), 3);
    assert_eq!(wallet.asked(), ["rejected"]);
}

#[tokio::test]
async fn a_401_about_the_account_costs_one_renewal_and_names_the_mailbox() {
    let nameless = r#"{"error":{"code":"UnknownError","message":"","innerError":{"request-id":"r","date":"2026-10-01T10:00:00"}}}"#;
    let diagnosis = r#"2000010;reason="The mailbox is not available.";error_category="invalid_user""#;
    for (body, header, said) in [(nameless, "", "UnknownError"), ("", diagnosis, "The mailbox is not available.")] {
        let (wallet, session) = with(Wallet::default());
        let stage = Stage::new(move |_| Reply::new(401, body).header("x-ms-diagnostics", header));
        let error = stage.client().send(&Request::get("/me/messages"), &session).await.unwrap_err();
        assert_eq!((error.code(), stage.count(), wallet.asked().len()), (Code::Forbidden, 2, 1));
        assert!(error.message().ends_with(said) && error.advice().contains("no mailbox"), "{error} {}", error.advice());
    }
}

#[tokio::test]
async fn a_claims_challenge_is_answered_once() {
    for (name, claims) in
        [("WWW-Authenticate", STANDARD.encode(CLAIMS)), ("www-authenticate", STANDARD_NO_PAD.encode(CLAIMS))]
    {
        let challenge = format!(
            r#"Basic realm="x", Bearer authorization_uri="https://a, b", error="insufficient_claims", claims="{claims}""#
        );
        let (wallet, session) = with(Wallet::default());
        let stage = Stage::script([Reply::new(401, "").header(name, &challenge), Reply::ok()]);
        stage.client().send(&Request::post("/x"), &session).await.unwrap();
        assert_eq!(wallet.asked(), [CLAIMS]);

        // No loop when the new token is challenged as well.
        let (wallet, session) = with(Wallet::default());
        let stage = Stage::new(move |_| Reply::new(401, "").header(name, &challenge));
        let error = stage.client().send(&Request::get("/x"), &session).await.unwrap_err();
        assert_eq!((error.code(), stage.count(), wallet.asked().len()), (Code::NotConnected, 2, 1));
    }
    // A challenge that cannot be read is a plain rejection.
    let (wallet, session) = with(Wallet::default());
    let stage = Stage::new(|_| {
        Reply::new(401, "").header("www-authenticate", r#"Bearer error="insufficient_claims", claims="%%""#)
    });
    stage.client().send(&Request::get("/x"), &session).await.unwrap_err();
    assert_eq!((stage.count(), wallet.asked()), (2, vec!["rejected".to_owned()]));
}

#[tokio::test]
async fn a_missing_permission_stops_the_request() {
    let scopes = needing(&["Mail.Send", "Mail.ReadWrite"], None);
    let ask = async |granted: &str, request: Request| {
        let (_, session) = with(Wallet::granting(granted));
        let stage = Stage::new(|_| Reply::ok());
        let outcome = stage.client().send(&request, &Session { scopes, ..session }).await;
        (outcome.map_err(|error| (error.code(), format!("{error} {}", error.advice()))).err(), stage.count())
    };
    assert_eq!(ask("User.Read Mail.ReadWrite", Request::post("/me/sendMail")).await, (None, 1));
    let (error, sent) = ask("User.Read", Request::post("/me/sendMail")).await;
    let (code, text) = error.unwrap();
    assert_eq!((code, sent), (Code::MissingScope, 0));
    assert!(
        text.contains("Mail.Send") && text.contains("nothing was sent") && text.contains("Mail.ReadWrite would do"),
        "{text}"
    );
    let (error, sent) = ask("Mail.Send", Request::post("/x").require(Scopes::alike(&["Files.Read"]))).await;
    assert_eq!((error.unwrap().0, sent), (Code::MissingScope, 0));
}

#[tokio::test]
async fn what_another_way_may_allow_is_asked_and_its_refusal_explained() {
    let ask = async |granted: &str, needed: &'static [&'static str], application: bool, status: u16| {
        let (_, session) = with(Wallet::granting(granted));
        let session = Session { application, scopes: needing(needed, Some(AnyOf(needed))), ..session };
        let refusal = r#"{"error":{"code":"ErrorAccessDenied","message":"Access is denied."}}"#;
        let stage = Stage::new(move |_| Reply::new(status, if status == 200 { r#"{"value":[]}"# } else { refusal }));
        let outcome = stage.client().send(&Request::get("/users/adele@contoso.com/messages"), &session).await;
        (outcome.map_err(|error| (error.code(), error.advice().to_owned())).err(), stage.count())
    };
    // An app without a role for mail: Exchange may have given it one for some mailboxes.
    assert_eq!(ask("User.Read.All", &["Mail.Read", "Mail.ReadWrite"], true, 200).await, (None, 1));
    let (error, sent) = ask("User.Read.All", &["Mail.Read", "Mail.ReadWrite"], true, 403).await;
    let (code, advice) = error.unwrap();
    assert_eq!((code, sent), (Code::Forbidden, 1));
    assert!(
        advice.contains("permission Mail.Read (Mail.ReadWrite would do as well)") && advice.contains("role-based"),
        "{advice}"
    );
    // Where it has the role, its refusal is about something else.
    assert!(!ask("Mail.Read", &["Mail.Read"], true, 403).await.0.unwrap().1.contains("role-based"));
    // A user's token says it all, but for what was selected.
    assert_eq!(ask("User.Read", &["Mail.Read"], false, 200).await.1, 0);
    assert_eq!(ask("User.Read Sites.Selected", &["Sites.Read.All"], false, 200).await, (None, 1));
    assert!(ask("Sites.Selected", &["Sites.Read.All"], false, 403).await.0.unwrap().1.contains("`Sites.Selected`"));
    for (granted, needed, sent) in [
        ("Sites.Selected", &["Files.Read.All"][..], 1),
        ("", &["ChannelMessage.Read.All"], 1),
        ("", &["User.Read.All"], 1),
        ("", &["Sites.Read.All"], 0),
        ("Mail.Read", &["DeviceManagementManagedDevices.Read.All"], 0),
    ] {
        assert_eq!(ask(granted, needed, true, 200).await.1, sent, "{granted} {needed:?}");
    }
}

#[tokio::test]
async fn an_app_may_be_unable() {
    let (_, session) = with(Wallet::default());
    let session = Session { application: true, scopes: needing(&["X"], None), ..session };
    let stage = Stage::new(|_| Reply::ok());
    let error = stage.client().send(&Request::get("/me"), &session).await.unwrap_err();
    assert_eq!((error.code(), stage.count()), (Code::InvalidInput, 0), "Graph was not asked, so it refused nothing");
}

#[tokio::test]
async fn parts_of_a_batch_are_checked_each() {
    let (_, session) = with(Wallet::granting("Mail.Send"));
    let session = Session { scopes: needing(&["Mail.Send"], None), ..session };
    let stage = Stage::new(|seen| {
        let parts = seen.json()["requests"]
            .as_array()
            .unwrap()
            .iter()
            .map(|part| serde_json::json!({"id": part["id"], "status": 202}))
            .collect::<Vec<_>>();
        Reply::new(200, serde_json::json!({ "responses": parts }).to_string())
    });
    let requests =
        vec![Request::post("/a"), Request::post("/b").require(Scopes::alike(&["Files.Read"])), Request::post("/c")];
    let plan = Plan::finish_all(requests, Order::Any, Ok);
    let answers = stage.client().run(plan, &session, &mut Vec::new()).await.unwrap();
    let fates: Vec<_> = answers
        .into_iter()
        .map(|answer: connector_sdk::Result<connector_sdk::Response>| {
            answer.map(|ok| ok.status.as_u16()).map_err(|error| error.code())
        })
        .collect();
    assert_eq!(fates, [Ok(202), Err(Code::MissingScope), Ok(202)]);
    assert_eq!(stage.seen()[0].json()["requests"].as_array().unwrap().len(), 2);
}
