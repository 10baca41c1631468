//! Sign-ins that are refused, and who must act.

use connector_sdk::{Code, Retry};
use graph_auth::{Failure, Reason, admin_consent};
use graph_sandbox::{App, Audience, Consent, Fault, Provoke, RetryAfter, Rule};
use serde_json::json;

use super::*;

#[test]
fn a_refresh_that_a_person_must_answer() {
    let world = world();
    let connection = web(json!({}));
    let megan = || MEGAN.to_owned();
    for (provoke, number, reason) in [
        (Provoke::MfaRequired(megan()), 50_076, Reason::Interaction),
        (Provoke::MfaEnrolment(megan()), 50_079, Reason::Interaction),
        (Provoke::PasswordChanged(megan()), 50_173, Reason::SignInAgain),
        (Provoke::RefreshTokensExpired(megan()), 700_082, Reason::SignInAgain),
        (Provoke::ConsentWithdrawn { app: seeds::WEB.into(), user: megan() }, 65_001, Reason::Consent),
    ] {
        world.sandbox.relent();
        let tokens = world.sign_in(&connection, MEGAN);
        world.sandbox.provoke(provoke);
        let refused = refusal(world.refresh(&connection, &tokens));
        assert_eq!((refused.numbers.as_slice(), refused.reason, refused.status), ([number].as_slice(), reason, 400));
        assert_eq!(refused.into_error().retryability(), Retry::Never);
        // A new sign-in helps.
        let again = world.sign_in(&connection, MEGAN);
        assert!(world.refresh(&connection, &again).is_ok(), "{number}");
    }
}

#[test]
fn the_claims_of_a_refusal_go_into_the_next_sign_in() {
    let world = world();
    let connection = web(json!({}));
    let tokens = world.sign_in(&connection, MEGAN);
    world.sandbox.provoke(Provoke::MfaEnrolment(MEGAN.to_owned()));
    let refused = refusal(world.refresh(&connection, &tokens));
    let claims = refused.claims.expect("it names the claims");
    let begun = authorization_code::begin(&connection, Some(&BACK), Some(&claims), world.clock.now()).unwrap();
    let asked = begun.url.query_pairs().find(|(name, _)| name == "claims").unwrap().1.into_owned();
    assert!(asked.contains("polids") && asked.contains("cp1"), "{asked}");
    let callback = Callback::parse(&world.browse(&begun.url, MEGAN).unwrap()).unwrap();
    assert!(world.finish(&connection, (begun.pending, callback)).is_ok());
}

#[test]
fn a_refresh_that_an_administrator_must_answer() {
    let world = world();
    let connection = web(json!({}));
    let tokens = world.sign_in(&connection, MEGAN);
    for (provoke, number, reason) in [
        (Provoke::UserDisabled(MEGAN.into()), 50_057, Reason::AccountBlocked),
        (Provoke::BlockedByPolicy(MEGAN.into()), 53_003, Reason::Policy),
        (Provoke::AppDisabled(seeds::WEB.into()), 7_000_112, Reason::AppDisabled),
        (Provoke::SecretExpired(seeds::WEB.into()), 7_000_222, Reason::SecretExpired),
    ] {
        world.sandbox.provoke(provoke);
        let refused = refusal(world.refresh(&connection, &tokens));
        assert_eq!((refused.numbers.as_slice(), refused.reason), ([number].as_slice(), reason));
        world.sandbox.relent();
        assert!(world.refresh(&connection, &tokens).is_ok());
    }
}

#[test]
fn an_administrator_consents_for_everybody() {
    let world = world();
    let mut app = App::web("11111111-0000-4000-8000-000000000002", "Strict", "s3cret", BACK.as_str());
    app.consent = Consent::Administrator;
    app.audience = Audience::MultiTenant;
    world.sandbox.register(app);
    let connection = web(json!({ "clientId": "11111111-0000-4000-8000-000000000002", "clientSecret": "s3cret" }));
    let sign_in = world.begin(&connection, MEGAN);
    // The browser brings this refusal back, and no code is redeemed.
    let failure = world.finish(&connection, sign_in).unwrap_err();
    assert_eq!(failure.reason(), Some(Reason::AdminConsent));
    assert!(
        Error::from(failure).upstream().unwrap().code.as_deref() == Some("AADSTS90094")
            && world.sandbox.token_requests() == 0
    );

    let state = admin_consent::state().unwrap();
    let url = admin_consent::url(&connection, None, &BACK, &state).unwrap();
    let back = world.browse(&url, MEGAN).unwrap();
    admin_consent::read_callback(&back, &state).unwrap();
    assert!(admin_consent::read_callback(&back, &admin_consent::state().unwrap()).is_err());
    let tokens = world.sign_in(&connection, MEGAN);
    assert!(tokens.granted().unwrap().has("Mail.Read"));
}

#[test]
fn a_service_that_is_busy_or_lost_may_be_asked_again() {
    let world = world();
    let connection = web(json!({}));
    let tokens = world.sign_in(&connection, MEGAN);
    let attempt = |fault| {
        world.sandbox.faults().add(Rule::new(fault).path("/token").once());
        world.refresh(&connection, &tokens)
    };
    let down = refusal(attempt(Fault::Unavailable { retry_after: None }));
    assert_eq!((down.status, down.reason), (503, Reason::Passing));
    for fault in [Fault::ResetBefore, Fault::ResetAfter, Fault::Truncate { bytes: 10 }] {
        let failure = attempt(fault.clone()).unwrap_err();
        assert!(
            matches!(&failure, Failure::Failed(error) if error.code() == Code::Unavailable),
            "{fault:?} {failure:?}"
        );
        assert_eq!(Error::from(failure).retryability(), Retry::Later, "{fault:?}");
    }
    assert!(world.refresh(&connection, &tokens).is_ok());
    let busy = refusal(attempt(Fault::Throttle { retry_after: Some(RetryAfter::Seconds(7)) }));
    assert_eq!((busy.status, busy.reason, busy.retry_after), (429, Reason::Throttled, Some(Duration::from_secs(7))));
}

#[test]
fn a_redirect_is_not_followed() {
    let world = world();
    let connection = web(json!({}));
    let tokens = world.sign_in(&connection, MEGAN);
    world.sandbox.faults().add(Rule::new(Fault::Redirect { origin: "https://evil.example".into() }).path("/token"));
    assert_eq!(refusal(world.refresh(&connection, &tokens)).status, 302);
    assert!(world.sandbox.requests().iter().all(|seen| seen.origin != "https://evil.example"));
}
