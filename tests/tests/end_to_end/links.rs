//! Links and redirects that lead astray: the token never leaves.

use connector_sdk::Code;
use graph_sandbox::{Fault, HostileLink, Rule};
use serde_json::json;

use crate::stage::{ORIGIN, Stage};

#[tokio::test(start_paused = true)]
async fn a_hostile_next_link_is_not_followed() {
    for link in [
        HostileLink::OtherHost,
        HostileLink::OtherPort,
        HostileLink::PlainHttp,
        HostileLink::OtherPath,
        HostileLink::Loop,
    ] {
        for (action, input) in [
            ("graph_raw.paginate_request", json!({ "url": "/users?$top=5" })),
            ("outlook.list_emails", json!({ "fetchAll": true, "query": { "top": 5 } })),
            ("graph_raw.delta_request", json!({ "url": "/users/delta" })),
        ] {
            let stage = Stage::new();
            // A path that is written without its host is one below the connection's own, and leads nowhere else.
            stage.sandbox.perturb(graph_sandbox::Perturbations::none());
            stage.sandbox.faults().add(Rule::new(Fault::HostileNextLink { link }));
            let error = stage.fails(action, input).await;
            assert_eq!(error.code(), Code::Protocol, "{action} {link:?}: {error}");
            assert_eq!(stage.elsewhere(ORIGIN), [], "{action} {link:?}");
            assert!(stage.seen().iter().all(|seen| !seen.contains(".evil")), "{action} {link:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_hostile_link_stops_a_trigger() {
    let stage = Stage::new();
    let mut listener =
        stage.listen("graph_raw.delta_changes", json!({ "url": "/users/delta", "startFromNow": false })).await.unwrap();
    stage.sandbox.faults().add(Rule::new(Fault::HostileNextLink { link: HostileLink::OtherHost }).path("/users/delta"));
    // The first page is sound, the link behind it is not.
    while let Ok(Some(event)) = listener.try_next().await {
        listener.ack(&event).await.unwrap();
    }
    let error = listener.try_next().await.unwrap_err();
    assert_eq!(error.code(), Code::Protocol, "{error}");
    assert_eq!(stage.elsewhere(ORIGIN), []);
}

#[tokio::test(start_paused = true)]
async fn a_redirect_to_another_origin_gets_no_token() {
    let stage = Stage::new();
    let away = || Rule::new(Fault::Redirect { origin: "https://evil.example".into() }).path("/me?").once();
    stage.sandbox.faults().add(away());
    let error = stage.fails("graph_raw.get", json!({ "url": "/me?$select=id" })).await;
    assert_eq!(
        (error.code(), stage.elsewhere(ORIGIN)),
        (Code::Protocol, vec![]),
        "a plain read is not led away: {error}"
    );
    stage.sandbox.faults().add(away());
    let error = stage.fails("graph_raw.get", json!({ "url": "/me?$select=id", "responseType": "binary" })).await;
    assert_eq!(stage.elsewhere(ORIGIN), [("https://evil.example".to_owned(), false)], "{error}");
    // What another host says about the request says nothing about the connection.
    assert_eq!(error.code(), Code::Rejected, "{error}");
    for origin in ["http://evil.example", "https://169.254.169.254", "https://localhost:1", "https://10.0.0.1"] {
        let stage = Stage::new();
        stage.sandbox.faults().add(Rule::new(Fault::Redirect { origin: origin.into() }).once());
        let error = stage.fails("graph_raw.get", json!({ "url": "/me" })).await;
        assert_eq!((error.code(), stage.elsewhere(ORIGIN)), (Code::Protocol, vec![]), "{origin}: {error}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_writes_follows_no_redirect() {
    let stage = Stage::new();
    stage.sandbox.faults().add(Rule::new(Fault::Redirect { origin: "https://evil.example".into() }).once());
    let error = stage.fails("outlook.send_email", crate::stage::letter("Secret")).await;
    assert_eq!(error.code(), Code::Protocol, "{error}");
    assert_eq!((stage.elsewhere(ORIGIN), stage.sandbox.request_count()), (vec![], 1));
}
