//! Tokens that were asked for are kept: whoever goes away, whatever fails, whatever else an answer says. The provider
//! ends a grant whose refresh token is used twice.

mod faults;
mod world;

use std::time::{Duration, Instant};

use connector_runtime::ConnectionState;
use connector_sdk::Code;
use graph_sandbox::{Fault, Rotation, Rule, Sandbox};
use serde_json::json;
use tokio::time::{sleep, timeout};
use world::{ADELE, ALEX, ORIGIN, World};

#[tokio::test]
async fn a_caller_that_goes_away_takes_no_renewal_along() {
    let world = World::new().await;
    for _ in 0..3 {
        world.reject_once();
        world.sandbox.faults().add(Rule::new(Fault::slow(Duration::from_millis(200))).path("/token").once());
        let before = world.sandbox.token_requests();
        let call = async {
            while world.sandbox.token_requests() == before {
                sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::select! {
            _ = world.works() => panic!("it waits for the provider"),
            () = call => {}
        }
        // Nobody waits for it any more; the end of the program does.
        world.host.shutdown().await;
        assert!(world.works().await, "and it goes on with what was renewed");
        assert_eq!(world.sandbox.token_requests(), before + 1);
    }
    world.renew_by_force().await;
}

#[test]
fn a_runtime_that_ends_gives_back_its_lock_and_stores_what_has_come() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let first = runtime();
    let world = first.block_on(World::new());
    first.block_on(async {
        world.reject_once();
        // The answer is here, and the store does not take it while the runtime lives.
        world.store.fail(usize::MAX);
        let failed = async {
            while !world.store.has_failed() {
                sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::select! {
            _ = world.works() => panic!("nothing is used that is not stored"),
            () = failed => {}
        }
    });
    world.store.fail(1);
    drop(first);
    let second = runtime();
    let before = world.sandbox.token_requests();
    second.block_on(async {
        let other = world.another_host();
        assert!(other.connections().test("me").await.unwrap().works, "without waiting for a lock");
        assert_eq!(world.sandbox.token_requests(), before);
        world.renew_by_force().await;
    });
}

#[tokio::test]
async fn a_store_that_fails_for_a_moment_is_asked_again() {
    let world = World::new().await;
    world.reject_once();
    world.store.fail(4);
    assert!(world.works().await);
    world.renew_by_force().await;
}

#[tokio::test]
async fn nothing_is_sent_while_the_store_takes_nothing() {
    let world = World::new().await;
    world.sandbox.faults().add(Rule::new(Fault::Unauthorized).path("/me"));
    let before = world.sandbox.token_requests();
    world.store.refuse_reserve(true);
    let error = world.error().await;
    assert!(error.code() == Code::Unavailable && error.message().contains("no room"), "{error}");
    assert_eq!(world.sandbox.token_requests(), before, "the refresh token is still good");
    world.store.refuse_reserve(false);
    world.sandbox.faults().clear();
    world.renew_by_force().await;
}

#[tokio::test]
async fn tokens_are_stored_before_the_answer_is_judged() {
    let world = World::new().await;
    world.alter(|answer| answer["id_token"] = json!("eyJhbGciOiJub25lIn0.e30."));
    world.reject_once();
    let error = world.error().await;
    assert_eq!(error.code(), Code::Protocol, "{error}");
    assert!(error.message().contains("id token"), "{error}");
    // Its access token is not used, and the refresh token that came with it is the one that counts.
    world.alter(|_| {});
    let before = world.sandbox.token_requests();
    let until = Instant::now() + Duration::from_secs(60);
    let other = world.another_host();
    while !other.connections().test("me").await.unwrap().works {
        assert!(Instant::now() < until, "the connection is lost");
        sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(world.sandbox.token_requests(), before + 1, "after a pause");
    world.renew_by_force().await;
}

#[tokio::test]
async fn who_comes_after_a_kill_knows_what_may_have_happened() {
    let world = World::new().await;
    world.reject_once();
    // As a kill between the answer and the store leaves it: what was answered is nowhere.
    world.store.fail(usize::MAX);
    let answered = async {
        while !world.store.has_failed() {
            sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::select! {
        _ = world.works() => panic!("nothing is used that is not stored"),
        () = answered => {}
    }
    let other = world.after_a_kill();
    world.reject_once();
    let error = other.connections().test("me").await.unwrap().error.unwrap();
    assert_eq!(error.code(), Code::NotConnected, "{error}");
    assert!(error.advice().contains("Reconnect") && error.advice().contains("cut off"), "{}", error.advice());
}

#[tokio::test]
async fn as_many_renewals_as_lives() {
    let life = Duration::from_secs(2);
    let world = World::on(Sandbox::builder().rotation(Rotation::ReuseKillsGrant).tokens_live(life).build()).await;
    let begun = Instant::now();
    let before = world.sandbox.token_requests();
    for _ in 0..50 {
        assert!(world.works().await);
        sleep(Duration::from_millis(80)).await;
    }
    world.host.shutdown().await;
    let renewals = world.sandbox.token_requests() - before;
    // A life is used for 85 hundredths at least, however slow the machine is.
    let lives = begun.elapsed().as_secs_f64() / (life.as_secs_f64() * 0.85);
    assert!(renewals >= 1 && renewals as f64 <= lives + 1.0, "{renewals} renewals in {lives:.1} lives");
}

#[tokio::test]
async fn a_connection_that_cannot_be_renewed_says_so_when_it_is_made() {
    let world = World::new().await;
    world.alter(|answer| _ = answer.as_object_mut().unwrap().remove("refresh_token"));
    let card = world.sign_in(ADELE).await;
    assert!(card.notes.iter().any(|note| note.contains("offline_access")), "{:?}", card.notes);
    world.alter(|_| {});
    let card = world.sign_in(ADELE).await;
    assert!(
        card.state == ConnectionState::Ready && !card.notes.iter().any(|note| note.contains("offline_access")),
        "{:?}",
        card.notes
    );
}

#[tokio::test]
async fn a_token_goes_to_the_place_that_it_was_made_for() {
    let world = World::new().await;
    assert!(world.works().await);
    let second = world.another_host();
    for (who, origin) in [(ALEX, ORIGIN), (ADELE, "https://elsewhere.invalid"), (ADELE, ORIGIN)] {
        world.sign_in_on(&second, who, origin).await;
        world.sandbox.forget_requests();
        world.reject_once();
        // The first host goes on with the connection as it is now, or not at all.
        match world.host.connections().test("me").await.unwrap() {
            report if report.works => assert_eq!(report.found.as_deref(), Some(who)),
            report => assert_eq!(report.error.unwrap().code(), Code::NotConnected),
        }
        // The token that it had may go where it always went; a new one goes nowhere but to its own place.
        let asked = world.sandbox.requests();
        let after_token = asked.iter().skip_while(|seen| !seen.path.ends_with("/token"));
        assert!(after_token.filter(|seen| seen.authorized).all(|seen| seen.origin == origin), "{asked:?}");
        world.sandbox.faults().clear();
    }
}

#[tokio::test]
async fn the_end_of_the_program_does_not_wait_for_pauses() {
    let world = World::new().await;
    world.reject_once();
    world.sandbox.faults().add(Rule::new(Fault::throttle(4)).path("/token"));
    let _ = timeout(Duration::from_millis(300), world.works()).await;
    timeout(Duration::from_secs(3), world.host.shutdown()).await.expect("it waits for requests alone");
    world.sandbox.faults().clear();
    let host = world.another_host();
    let until = Instant::now() + Duration::from_secs(60);
    while !host.connections().test("me").await.unwrap().works {
        assert!(Instant::now() < until);
        sleep(Duration::from_millis(100)).await;
    }
}
