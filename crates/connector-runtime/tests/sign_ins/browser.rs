//! Sign-ins with the browser.

use connector_runtime::store::AuditKind;
use connector_runtime::{
    BrowserSignIn, Code, Interface, NewConnection, Patterns, Principal, Reconnection, SignInState, SignInStep,
};
use graph_sandbox::{Fault, PERSONAL_ACCOUNT, Rule};

use crate::world::{ADELE, ALEX, BROWSER, World, agent, begin, by_browser, failure, grant, has, log};

async fn suspend(sign_in: BrowserSignIn) -> url::Url {
    let back = "https://tenon.example/connections".parse().ok();
    sign_in.suspend(&BROWSER, back).await.unwrap()
}

#[tokio::test]
async fn what_one_process_begins_another_finishes_once() {
    let world = World::new();
    let here = world.host();
    let sign_in = begin(&agent(&here, "agent"), by_browser("mine")).await;
    let id = sign_in.id().to_owned();
    let url = suspend(sign_in).await;
    let waiting = agent(&here, "agent").connections().sign_in_status(&id).await.unwrap();
    assert!(matches!(waiting.state, SignInState::Waiting { device: None, .. }), "{waiting:?}");
    here.shutdown().await;
    drop(here);

    let there = world.host();
    let query = world.browse(&url, ADELE).await;
    let resumed = there.connections().resume(&query, &BROWSER).await.unwrap();
    assert_eq!(resumed.id, id);
    assert_eq!(resumed.back.unwrap().as_str(), "https://tenon.example/connections");
    let info = resumed.outcome.unwrap();
    assert_eq!((info.name.as_str(), info.identity.unwrap().username.as_deref()), ("mine", Some(ADELE)));
    let seen = agent(&there, "agent");
    let status = seen.connections().sign_in_status(&id).await.unwrap();
    assert!(
        matches!(&status.state, SignInState::Done { connection_id, .. } if *connection_id == info.id),
        "{status:?}"
    );
    assert!(there.connections().test("mine").await.unwrap().works);

    let entries = log(&seen).await;
    assert_eq!(entries.len(), 1);
    let entry = &entries[0].entry;
    assert_eq!((entry.kind, entry.principal.as_str()), (AuditKind::ConnectionAdded, "agent"));
    assert_eq!((entry.interface, entry.connection.as_deref()), (Interface::Http, Some(&*info.id)));
    assert_eq!(entry.end.as_ref().unwrap().code, None);

    for host in [&there, &world.host()] {
        let error = host.connections().resume(&query, &BROWSER).await.unwrap_err();
        assert_eq!((error.code(), error.reason()), (Code::NotConnected, Some("unknown")), "a replay");
    }
}

#[tokio::test]
async fn of_many_callbacks_at_once_one_is_taken() {
    let world = World::new();
    let url = suspend(begin(&agent(&world.host(), "agent"), by_browser("mine")).await).await;
    let query = world.browse(&url, ADELE).await;
    let hosts: Vec<_> = (0..4).map(|_| world.host()).collect();
    let calls = (0..12).map(|at| hosts[at % 4].connections().resume(&query, &BROWSER));
    let results = futures_util::future::join_all(calls).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    assert_eq!(world.sandbox.token_requests(), 1);
}

#[tokio::test]
async fn only_whoever_began_it_sees_what_became_of_it() {
    let world = World::new();
    let host = world.host();
    let sign_in = begin(&agent(&host, "agent"), by_browser("mine")).await;
    let id = sign_in.id().to_owned();
    suspend(sign_in).await;
    let other = agent(&host, "other");
    let hidden = other.connections().sign_in_status(&id).await.unwrap_err();
    let absent = other.connections().sign_in_status(&"0".repeat(32)).await.unwrap_err();
    assert_eq!((hidden.code(), absent.code()), (Code::NotFound, Code::NotFound));
    let owner = host.authorize(Principal::owner(), Interface::CommandLine);
    assert!(owner.connections().sign_in_status(&id).await.is_ok());
    // Its end can be read for ten minutes.
    world.pass(601);
    assert_eq!(failure(&agent(&host, "agent"), &id).await.reason(), Some("expired"));
    world.pass(600);
    let gone = agent(&host, "agent").connections().sign_in_status(&id).await.unwrap_err();
    assert_eq!(gone.code(), Code::NotFound);
}

#[tokio::test]
async fn another_browser_finishes_nothing() {
    let world = World::new();
    let (here, there) = (world.host(), world.host());
    let seen = agent(&here, "agent");
    let sign_in = begin(&seen, by_browser("mine")).await;
    let id = sign_in.id().to_owned();
    let query = world.browse(&suspend(sign_in).await, ADELE).await;
    let error = there.connections().resume(&query, &[7; 32]).await.unwrap_err();
    assert_eq!((error.code(), error.reason()), (Code::NotConnected, Some("other_browser")));
    assert_eq!(world.sandbox.token_requests(), 0, "the code did not leave");
    // It was used up by that.
    let error = there.connections().resume(&query, &BROWSER).await.unwrap_err();
    assert_eq!(error.reason(), Some("unknown"));
    assert!(failure(&seen, &id).await.message().contains("another browser"));
    assert!(!has(&there, "mine").await);
    assert_eq!(log(&seen).await[0].entry.end.as_ref().unwrap().code, Some(Code::NotConnected));
}

#[tokio::test]
async fn a_forged_state_ends_nothing() {
    let world = World::new();
    let host = world.host();
    let query = world.browse(&suspend(begin(&agent(&host, "agent"), by_browser("mine")).await).await, ADELE).await;
    for forged in ["state=AAAA&code=x", "state=%27%20OR%201%3D1&code=x", "state=main%2F..&code=x"] {
        let error = host.connections().resume(forged, &BROWSER).await.unwrap_err();
        assert_eq!(error.reason(), Some("unknown"));
    }
    for odd in ["", "code=x", "state=a&state=b&code=x", "state=a"] {
        assert_eq!(host.connections().resume(odd, &BROWSER).await.unwrap_err().code(), Code::InvalidInput, "{odd}");
    }
    assert!(host.connections().resume(&query, &BROWSER).await.unwrap().outcome.is_ok(), "the real one still counts");
}

/// Replaces a parameter of a query.
fn with(query: &str, name: &str, value: &str) -> String {
    let mut url: url::Url = format!("http://localhost/?{query}").parse().unwrap();
    let mut pairs: Vec<(String, String)> = url.query_pairs().into_owned().filter(|(key, _)| key != name).collect();
    pairs.push((name.to_owned(), value.to_owned()));
    url.query_pairs_mut().clear().extend_pairs(pairs);
    url.query().unwrap().to_owned()
}

fn of(query: &str, name: &str) -> String {
    let url: url::Url = format!("http://localhost/?{query}").parse().unwrap();
    url.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned()
}

#[tokio::test]
async fn an_answer_of_another_issuer_or_for_another_connection_is_refused() {
    let world = World::new();
    let (here, there) = (world.host(), world.host());
    let seen = agent(&here, "agent");
    let query = world.browse(&suspend(begin(&seen, by_browser("mine-1")).await).await, ADELE).await;
    let foreign = with(&query, "iss", "https://login.evil.example/common/v2.0");
    let resumed = there.connections().resume(&foreign, &BROWSER).await.unwrap();
    let error = resumed.outcome.unwrap_err();
    assert!(error.to_string().contains("evil.example"), "{error}");
    assert_eq!(world.sandbox.token_requests(), 0, "the code did not leave");

    // The state of one connection, with the code of another.
    let one = world.browse(&suspend(begin(&seen, by_browser("mine-1")).await).await, ADELE).await;
    let two = world.browse(&suspend(begin(&seen, by_browser("mine-2")).await).await, ALEX).await;
    let crossed = with(&one, "code", &of(&two, "code"));
    let resumed = there.connections().resume(&crossed, &BROWSER).await.unwrap();
    assert_eq!(resumed.outcome.unwrap_err().code(), Code::NotConnected);
    assert!(!has(&there, "mine-1").await && !has(&there, "mine-2").await);
}

#[tokio::test]
async fn a_callback_that_comes_too_late_is_refused() {
    let world = World::new();
    let host = world.host();
    let seen = agent(&host, "agent");
    let sign_in = begin(&seen, by_browser("mine")).await;
    let id = sign_in.id().to_owned();
    let query = world.browse(&suspend(sign_in).await, ADELE).await;
    world.pass(600);
    let resumed = host.connections().resume(&query, &BROWSER).await.unwrap();
    assert_eq!(resumed.outcome.unwrap_err().reason(), Some("expired"));
    assert!(failure(&seen, &id).await.message().contains("longer than ten minutes"));
    assert_eq!(world.sandbox.token_requests(), 0);
}

#[tokio::test]
async fn a_user_who_says_no_is_told_and_the_browser_goes_back() {
    let world = World::new();
    let host = world.host();
    let seen = agent(&host, "agent");
    let sign_in = begin(&seen, by_browser("mine")).await;
    let id = sign_in.id().to_owned();
    let state = of(suspend(sign_in).await.query().unwrap(), "state");
    let declined = format!("error=access_denied&error_description=declined&state={state}");
    let resumed = host.connections().resume(&declined, &BROWSER).await.unwrap();
    assert!(resumed.back.is_some());
    let error = resumed.outcome.unwrap_err();
    assert_eq!(failure(&seen, &id).await.code(), error.code());
    assert_eq!(log(&seen).await[0].entry.end.as_ref().unwrap().code, Some(error.code()));
}

#[tokio::test]
async fn another_user_or_tenant_must_be_confirmed() {
    let world = World::new();
    let (here, there) = (world.host(), world.host());
    let seen = agent(&here, "agent");
    let resume = async |new: NewConnection, who: &str| {
        let query = world.browse(&suspend(begin(&seen, new).await).await, who).await;
        there.connections().resume(&query, &BROWSER).await.unwrap().outcome
    };
    let first = resume(by_browser("mine"), ADELE).await.unwrap();
    for other in [ALEX, PERSONAL_ACCOUNT] {
        assert_eq!(resume(by_browser("mine"), other).await.unwrap_err().code(), Code::Conflict, "{other}");
        let kept = there.connections().show("mine").await.unwrap();
        assert_eq!(kept.identity.unwrap().username.as_deref(), Some(ADELE));
    }
    let confirmed = NewConnection { confirm_other: true, ..by_browser("mine") };
    let other = resume(confirmed, ALEX).await.unwrap();
    assert_eq!(other.id, first.id, "it keeps its id");
    let kinds: Vec<_> = log(&seen).await.into_iter().map(|record| record.entry.kind).collect();
    let anew = AuditKind::ConnectionSignedIn;
    assert_eq!(kinds, [AuditKind::ConnectionAdded, anew, anew, anew]);
}

#[tokio::test]
async fn a_connection_that_was_changed_meanwhile_is_not_overwritten() {
    let world = World::new();
    let (here, there) = (world.host(), world.host());
    let seen = agent(&here, "agent");
    // Two begin to make the same new one.
    let one = world.browse(&suspend(begin(&seen, by_browser("mine")).await).await, ADELE).await;
    let two = world.browse(&suspend(begin(&seen, by_browser("mine")).await).await, ALEX).await;
    let first = there.connections().resume(&one, &BROWSER).await.unwrap().outcome.unwrap();
    let error = there.connections().resume(&two, &BROWSER).await.unwrap().outcome.unwrap_err();
    assert_eq!(error.code(), Code::Conflict);
    assert_eq!(there.connections().show("mine").await.unwrap().id, first.id);
    // One that is removed while it is signed in anew stays removed.
    let SignInStep::Browser(again) = seen
        .connections()
        .reconnect("mine", Reconnection { redirect_uri: by_browser("mine").redirect_uri, ..Reconnection::default() })
        .await
        .unwrap()
    else {
        panic!("a user signs in with the browser")
    };
    let query = world.browse(&suspend(*again).await, ADELE).await;
    there.connections().remove("mine").await.unwrap();
    let error = there.connections().resume(&query, &BROWSER).await.unwrap().outcome.unwrap_err();
    assert_eq!(error.code(), Code::UnknownConnection);
    assert!(!has(&there, "mine").await);
}

#[tokio::test]
async fn a_key_that_was_revoked_or_narrowed_meanwhile_finishes_nothing() {
    let world = World::new();
    let (here, there) = (world.host(), world.host());
    let owner = here.authorize(Principal::owner(), Interface::CommandLine);
    for narrowed in [
        None,
        Some(connector_runtime::Grant { connect: false, ..grant() }),
        Some(connector_runtime::Grant { connections: Patterns::new(["other*"]).unwrap(), ..grant() }),
    ] {
        let key = owner.api_keys().add("Agent", grant()).await.unwrap();
        let seen = here.authorize(here.authenticate(&key.key).await.unwrap(), Interface::Http);
        let query = world.browse(&suspend(begin(&seen, by_browser("mine")).await).await, ADELE).await;
        let id = key.principal.id.to_string();
        match narrowed {
            Some(grant) => drop(owner.api_keys().change(&id, grant).await.unwrap()),
            None => drop(owner.api_keys().revoke(&id).await.unwrap()),
        }
        let resumed = there.connections().resume(&query, &BROWSER).await.unwrap();
        assert_eq!(resumed.outcome.unwrap_err().code(), Code::Denied);
        assert!(!has(&there, "mine").await);
    }
    assert_eq!(world.sandbox.token_requests(), 0);
}

#[tokio::test]
async fn a_browser_that_goes_away_takes_no_tokens_along() {
    let world = World::new();
    let host = world.host();
    let seen = agent(&host, "agent");
    let sign_in = begin(&seen, by_browser("mine")).await;
    let id = sign_in.id().to_owned();
    let query = world.browse(&suspend(sign_in).await, ADELE).await;
    world.sandbox.faults().add(Rule::new(Fault::slow(std::time::Duration::from_millis(300))).path("/token"));
    let resuming = host.clone();
    let call = tokio::spawn(async move { resuming.connections().resume(&query, &BROWSER).await.map(|_| ()) });
    while world.sandbox.token_requests() == 0 {
        tokio::task::yield_now().await;
    }
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    host.shutdown().await;
    let status = seen.connections().sign_in_status(&id).await.unwrap();
    assert!(matches!(status.state, SignInState::Done { .. }), "{status:?}");
}
