//! Sign-in of a user with a browser, and refresh.

use connector_sdk::{AccountType, Secret};
use graph_auth::authorization_code::{Pending, begin};
use graph_auth::{GrantContext, PERSONAL_TENANT, Reason, refresh};
use graph_sandbox::{App, ClientAuth, Fault, PERSONAL_ACCOUNT, Rule};
use http::StatusCode;
use serde_json::{Value, json};

use super::*;

/// Returns the same sign-in, or one that differs in one part: what a host may have stored.
fn stored(pending: &Pending, change: impl FnOnce(&mut Value)) -> Pending {
    let mut json = serde_json::from_str(pending.to_sealed_json().expose()).unwrap();
    change(&mut json);
    Pending::from_sealed_json(&Secret::new(json.to_string())).unwrap()
}

#[test]
fn a_code_becomes_tokens_that_graph_takes() {
    let world = world_with(|builder| builder.expires_in_as_text().refresh_in(Duration::from_secs(1800)));
    let tokens = world.sign_in(&web(json!({})), MEGAN);
    let identity = tokens.identity.as_ref().unwrap();
    assert_eq!((identity.tid.as_str(), identity.username.as_deref()), (world.tenant(), Some(MEGAN)));
    assert_eq!(tokens.expires_at.as_second() - world.clock.now().as_second(), 3600);
    assert_eq!(tokens.refresh_at.unwrap().as_second() - world.clock.now().as_second(), 1800);
    assert!(tokens.refresh.is_some() && tokens.granted().unwrap().has("Mail.Read"));
    let (status, me) = world.me(&tokens);
    assert_eq!((status, me["id"].as_str()), (StatusCode::OK, Some(identity.oid.as_str())));
}

#[test]
fn the_secret_goes_in_either_way_and_a_public_app_has_none() {
    let world = world();
    for (kind, style) in [(ClientAuth::Basic, "basic"), (ClientAuth::Body, "body")] {
        let mut app = App::web("11111111-0000-4000-8000-000000000001", "Picky", "a+b:c/d%e f", BACK.as_str());
        app.client_auth = kind;
        world.sandbox.register(app);
        let settings = |style| json!({ "clientId": "11111111-0000-4000-8000-000000000001", "clientSecret": "a+b:c/d%e f", "clientAuthStyle": style });
        world.sign_in(&web(settings(style)), MEGAN);
        let other = web(settings(if style == "basic" { "body" } else { "basic" }));
        assert_eq!(refusal(world.finish(&other, world.begin(&other, MEGAN))).numbers, [7_000_218]);
    }
    let public = checked(json!({ "method": "authorization_code", "clientId": seeds::PUBLIC }), json!({}));
    let tokens = world.sign_in(&public, MEGAN);
    assert!(world.refresh(&public, &tokens).is_ok());
}

#[test]
fn a_code_is_for_its_verifier_once_and_soon() {
    let world = world();
    let connection = web(json!({}));
    let (pending, callback) = world.begin(&connection, MEGAN);
    let wrong = stored(&pending, |json| json["verifier"] = "x".repeat(43).into());
    let refused = refusal(world.finish(&connection, (wrong, callback.clone())));
    assert_eq!((refused.numbers.as_slice(), refused.error.as_str()), ([501_481].as_slice(), "invalid_grant"));

    let elsewhere = stored(&pending, |json| json["redirectUri"] = "http://localhost:4712/callback".into());
    assert_eq!(refusal(world.finish(&connection, (elsewhere, callback.clone()))).numbers, [500_112]);

    let again = stored(&pending, |_| {});
    assert!(world.finish(&connection, (pending, callback.clone())).is_ok());
    let refused = refusal(world.finish(&connection, (again, callback)));
    assert_eq!((refused.numbers.as_slice(), refused.reason), ([54_005].as_slice(), Reason::SignInAgain));

    let (pending, callback) = world.begin(&connection, MEGAN);
    // Our own clock is late, so that the service has to say it.
    let late = world.given();
    world.pass(601);
    let refused = refusal(run(authorization_code::finish(&world.sandbox, &connection, pending, callback, late)));
    assert_eq!((refused.numbers.as_slice(), refused.reason), ([70_008].as_slice(), Reason::SignInAgain));
}

#[test]
fn each_account_type_admits_its_accounts() {
    let world = world();
    for (account_type, tenant, admitted) in [
        (AccountType::Common, None, [MEGAN, EVE, PERSONAL_ACCOUNT].as_slice()),
        (AccountType::Organizations, None, &[MEGAN, EVE]),
        (AccountType::Consumers, None, &[PERSONAL_ACCOUNT]),
        (AccountType::Tenant, Some(ELSEWHERE), &[EVE]),
    ] {
        let connection = web(json!({ "accountType": account_type, "tenantId": tenant }));
        for user in [MEGAN, EVE, PERSONAL_ACCOUNT] {
            let url = begin(&connection, Some(&BACK), None, world.clock.now()).unwrap().url;
            assert_eq!(world.browse(&url, user).is_ok(), admitted.contains(&user), "{account_type:?} {user}");
            if admitted.contains(&user) {
                let tokens = world.sign_in(&connection, user);
                assert_eq!(tokens.identity.as_ref().unwrap().is_personal(), user == PERSONAL_ACCOUNT);
                assert!(world.refresh(&connection, &tokens).is_ok(), "{account_type:?} {user}");
            }
        }
    }
}

#[test]
fn a_refresh_goes_to_the_home_tenant() {
    let world = world();
    let connection = web(json!({}));
    for (user, home) in [(MEGAN, world.tenant()), (EVE, ELSEWHERE), (PERSONAL_ACCOUNT, "consumers")] {
        let tokens = world.sign_in(&connection, user);
        assert_eq!(world.asked(), "/common/oauth2/v2.0/token");
        world.pass(3600);
        assert_eq!(world.me(&tokens).0, StatusCode::UNAUTHORIZED);
        let fresh = world.refresh(&connection, &tokens).unwrap();
        assert_eq!(world.asked(), format!("/{home}/oauth2/v2.0/token"));
        assert_eq!((&fresh.identity, &fresh.granted), (&tokens.identity, &tokens.granted));
        assert_ne!((&fresh.access, &fresh.refresh), (&tokens.access, &tokens.refresh));
        assert_ne!(world.me(&fresh).0, StatusCode::UNAUTHORIZED);
    }
}

#[test]
fn a_personal_account_is_refreshed_nowhere_else() {
    let world = world();
    let connection = web(json!({}));
    let mut tokens = world.sign_in(&connection, PERSONAL_ACCOUNT);
    assert_eq!(tokens.identity.take().unwrap().tid, PERSONAL_TENANT);
    // Without the identity nobody knows the home, and `common` does not do.
    let refused = refusal(world.refresh(&connection, &tokens));
    assert_eq!(
        (world.asked().as_str(), refused.numbers.as_slice()),
        ("/common/oauth2/v2.0/token", [70_000].as_slice())
    );
}

#[test]
fn a_claims_challenge_is_answered_by_a_new_token() {
    let world = world();
    let connection = web(json!({}));
    let tokens = world.sign_in(&connection, MEGAN);
    let claims = json!({ "access_token": { "nbf": { "essential": true, "value": "1780000000" } } });
    world.sandbox.faults().add(Rule::new(Fault::ClaimsChallenge { claims: claims.clone() }));
    assert_eq!(world.me(&tokens).0, StatusCode::UNAUTHORIZED);
    let without = world.refresh(&connection, &tokens).unwrap();
    assert_eq!(world.me(&without).0, StatusCode::UNAUTHORIZED);
    let claims = claims.to_string();
    let given = GrantContext { claims: Some(&claims), ..world.given() };
    let fresh = run(refresh::refresh(&world.sandbox, &connection, &tokens, given)).unwrap().tokens;
    assert_eq!(world.me(&fresh).0, StatusCode::OK);
}

#[test]
fn a_callback_may_be_sent_on_by_a_server() {
    let world = world();
    let connection =
        web(json!({ "extraParameters": { "prompt": "select_account", "domain_hint": "contoso.example" } }));
    let (pending, callback) = world.begin(&connection, MEGAN);
    let other = world.begin(&connection, MEGAN).1;
    assert!(pending.is_answered_by(&callback) && !pending.is_answered_by(&other));
    let pending = Pending::from_sealed_json(&pending.to_sealed_json()).unwrap();
    assert!(world.finish(&connection, (pending, callback)).is_ok());
}
