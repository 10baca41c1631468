//! Sign-ins with a code on another device.

use std::time::Duration;

use connector_runtime::store::AuditKind;
use connector_runtime::{AuthorizedHost, Code, Host, SignInState, SignInStatus};
use graph_sandbox::{Fault, Rule};

use crate::world::{ADELE, World, agent, by_browser, by_device, failure, has, log};

/// Works off sign-ins on these hosts until this one has ended.
async fn worked(hosts: &[&Host], seen: &AuthorizedHost, id: &str) -> SignInStatus {
    let (end, _) = tokio::sync::watch::channel(false);
    let until = || {
        let mut ended = end.subscribe();
        async move { drop(ended.wait_for(|ended| *ended).await) }
    };
    let work = futures_util::future::join_all(hosts.iter().map(|host| host.work_sign_ins(until())));
    let watch = async {
        loop {
            let status = seen.connections().sign_in_status(id).await.unwrap();
            if !matches!(status.state, SignInState::Waiting { .. }) {
                end.send_replace(true);
                return status;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let (worked, status) = tokio::join!(work, watch);
    worked.into_iter().for_each(|worked| worked.unwrap());
    status
}

/// Returns the number of waiting device codes in the store.
fn waiting(world: &World) -> (i64, i64) {
    let store = rusqlite::Connection::open(world.folder().join("tenon.db")).unwrap();
    let count = |sql: &str| store.query_row(sql, [], |row| row.get(0)).unwrap();
    (
        count("SELECT count(*) FROM doc WHERE kind = 'sealed.device'"),
        count("SELECT count(*) FROM task WHERE key LIKE 'device/%'"),
    )
}

#[tokio::test]
async fn what_one_process_begins_another_finishes() {
    let world = World::new();
    let here = world.host();
    let begun = agent(&here, "agent").connections().begin_device(by_device("mine")).await.unwrap();
    assert!(begun.verification_uri.starts_with("https://"), "{}", begun.verification_uri);
    drop(here);

    let there = world.host();
    let seen = agent(&there, "agent");
    let SignInState::Waiting { expires, device } = seen.connections().sign_in_status(&begun.id).await.unwrap().state
    else {
        panic!("nobody has typed it")
    };
    assert_eq!(device.unwrap(), begun);
    assert!(expires.duration_since(begun.expires).abs() < jiff::SignedDuration::from_secs(5));
    assert_eq!(waiting(&world), (1, 1));
    world.sandbox.approve_device(&begun.user_code, ADELE).unwrap();
    let status = worked(&[&there], &seen, &begun.id).await;
    assert!(matches!(status.state, SignInState::Done { .. }), "{status:?}");
    assert!(there.connections().test("mine").await.unwrap().works);
    assert_eq!(waiting(&world), (0, 0), "what is over leaves nothing");
    let entries = log(&seen).await;
    assert_eq!(entries.len(), 1);
    let entry = &entries[0].entry;
    assert_eq!((entry.kind, entry.principal.as_str()), (AuditKind::ConnectionAdded, "agent"));
    assert_eq!(entry.end.as_ref().unwrap().code, None);
}

#[tokio::test]
async fn of_several_processes_one_stores_the_connection() {
    let world = World::new();
    let hosts = [world.host(), world.host(), world.host()];
    let seen = agent(&hosts[0], "agent");
    let begun = seen.connections().begin_device(by_device("mine")).await.unwrap();
    world.sandbox.approve_device(&begun.user_code, ADELE).unwrap();
    let status = worked(&hosts.each_ref(), &seen, &begun.id).await;
    assert!(matches!(status.state, SignInState::Done { .. }), "{status:?}");
    assert_eq!(log(&seen).await.len(), 1);
    assert_eq!(world.sandbox.token_requests(), 1, "one of them has polled");
}

#[tokio::test]
async fn lost_polls_are_made_again_and_a_user_who_waits_is_waited_for() {
    let world = World::new();
    let host = world.host();
    let seen = agent(&host, "agent");
    let begun = seen.connections().begin_device(by_device("mine")).await.unwrap();
    world.sandbox.faults().add(Rule::new(Fault::ResetBefore).path("/token").once());
    let approve = async {
        while world.sandbox.token_requests() < 2 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        world.sandbox.approve_device(&begun.user_code, ADELE).unwrap();
    };
    let hosts = [&host];
    let (status, ()) = tokio::join!(worked(&hosts, &seen, &begun.id), approve);
    assert!(matches!(status.state, SignInState::Done { .. }), "{status:?}");
}

#[tokio::test]
async fn a_refusal_and_a_code_that_is_over_end_it() {
    let world = World::new();
    let host = world.host();
    let seen = agent(&host, "agent");
    let refused = seen.connections().begin_device(by_device("mine")).await.unwrap();
    world.sandbox.decline_device(&refused.user_code).unwrap();
    worked(&[&host], &seen, &refused.id).await;
    let error = failure(&seen, &refused.id).await;
    assert_ne!(error.code(), Code::Bug, "{error}");

    let late = seen.connections().begin_device(by_device("mine")).await.unwrap();
    world.pass(901);
    worked(&[&host], &seen, &late.id).await;
    // The status says so by itself; the worker clears up.
    for _ in 0..200 {
        if waiting(&world) == (0, 0) {
            break;
        }
        let pause = tokio::time::sleep(Duration::from_millis(50));
        host.work_sign_ins(pause).await.unwrap();
    }
    assert!(failure(&seen, &late.id).await.message().contains("not used in time"));
    assert_eq!(waiting(&world), (0, 0), "what is over leaves nothing");
    assert!(!has(&host, "mine").await);
    let codes: Vec<_> = log(&seen).await.into_iter().map(|record| record.entry.end.unwrap().code).collect();
    assert!(codes.len() == 2 && codes.iter().all(Option::is_some), "{codes:?}");
}

#[tokio::test]
async fn only_a_device_code_begins_so() {
    let world = World::new();
    let host = world.host();
    let error = agent(&host, "agent").connections().begin_device(by_browser("mine")).await.unwrap_err();
    assert_eq!((error.code(), &*error.violations()[0].pointer), (Code::InvalidInput, "/method"));
    assert_eq!(host.connections().begin_device(by_browser("mine")).await.unwrap_err().code(), Code::InvalidInput);
}
