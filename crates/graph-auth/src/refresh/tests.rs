use connector_sdk::{Retry, Secret};
use serde_json::{Value, json};

use super::*;
use crate::testing::{CLIENT, Scripted, TENANT, USER, checked, id_claims, now, run, token};
use crate::{Identity, PERSONAL_TENANT, Reason};

fn before(tid: &str) -> TokenSet {
    TokenSet {
        access: Secret::new("old"),
        refresh: Some(Secret::new("canary-old")),
        issued_at: None,
        expires_at: now(),
        refresh_at: None,
        granted: Some(vec!["User.Read".to_owned()]),
        identity: Some(Identity {
            tid: tid.into(),
            oid: USER.into(),
            username: Some("megan@contoso.com".into()),
            name: None,
        }),
    }
}

fn connection(more: Value) -> Checked {
    let mut all = json!({ "method": "authorization_code", "clientSecret": "s" });
    all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    checked(all)
}

fn refreshed(connection: &Checked, before: &TokenSet, answer: &Value) -> (TokenSet, crate::testing::Seen) {
    let service = Scripted::answering(200, answer);
    let Refreshed { tokens, unfit } = run(refresh(&service, connection, before, GrantContext::at(now()))).unwrap();
    assert!(unfit.is_none(), "{unfit:?}");
    (tokens, service.only())
}

#[test]
fn a_refresh_goes_home_and_keeps_the_newest() {
    let answer = json!({ "token_type": "Bearer", "access_token": "new", "refresh_token": "newer", "expires_in": 3600, "scope": "User.Read Mail.Send", "id_token": token(&id_claims()) });
    let (tokens, sent) = refreshed(&connection(json!({})), &before(TENANT), &answer);
    assert_eq!(tokens.refresh.unwrap().expose(), "newer");
    assert_eq!(tokens.granted.unwrap().len(), 2);
    assert_eq!(sent.url, format!("https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/token"));
    for (name, value) in [
        ("grant_type", "refresh_token"),
        ("refresh_token", "canary-old"),
        ("client_id", CLIENT),
        ("client_secret", "s"),
        ("scope", "Mail.Send User.Read offline_access openid profile"),
    ] {
        assert_eq!(sent.field(name), Some(value));
    }
}

#[test]
fn personal_accounts_refresh_at_consumers() {
    let answer = json!({ "access_token": "new", "expires_in": 3600 });
    let (tokens, sent) = refreshed(&connection(json!({})), &before(PERSONAL_TENANT), &answer);
    assert_eq!(sent.url, "https://login.microsoftonline.com/consumers/oauth2/v2.0/token");
    assert_eq!(tokens.refresh.unwrap().expose(), "canary-old", "what the answer does not bring stays");
    assert_eq!((tokens.granted.unwrap().len(), tokens.identity.unwrap().tid.as_str()), (1, PERSONAL_TENANT));
}

#[test]
fn another_provider_is_asked_without_scopes() {
    let other = connection(
        json!({ "clientId": "app", "authorizeUrl": "https://id.example/auth", "tokenUrl": "https://id.example/token" }),
    );
    let mut before = before(TENANT);
    before.identity = Some(Identity { tid: "https://id.example".into(), oid: "u".into(), username: None, name: None });
    let (_, sent) =
        refreshed(&other, &before, &json!({ "access_token": "new", "expires_in": 60, "refresh_token": "rotated" }));
    assert_eq!(
        (sent.url.as_str(), sent.field("scope"), sent.field("claims")),
        ("https://id.example/token", None, None)
    );
}

/// Returns the result of a refresh whose response has these claims about the user.
fn answered(claims: &Value) -> Refreshed {
    let answer =
        json!({ "access_token": "new", "refresh_token": "newer", "expires_in": 60, "id_token": token(claims) });
    let service = Scripted::answering(200, &answer);
    run(refresh(&service, &connection(json!({})), &before(TENANT), GrantContext::at(now()))).unwrap()
}

#[test]
fn the_tokens_of_an_answer_that_is_not_acceptable_are_kept_all_the_same() {
    let (mut other, mut foreign) = (id_claims(), id_claims());
    other["oid"] = "aaaaaaaa-5fad-4d73-a9f5-3c356e68a038".into();
    foreign["aud"] = "another app".into();
    for (claims, code) in [(other, Code::Conflict), (foreign, Code::Protocol)] {
        let Refreshed { tokens, unfit } = answered(&claims);
        assert_eq!(unfit.unwrap().code(), code);
        assert_eq!(tokens.refresh.unwrap().expose(), "newer", "the old one may be used up");
        assert_eq!(tokens.identity.unwrap().oid, USER, "the connection stays whose it was");
    }
}

#[test]
fn a_wrong_clock_does_not_make_an_answer_unfit() {
    for hours in [-9_600, -2, 2, 9_600] {
        let mut claims = id_claims();
        for name in ["iat", "nbf", "exp"] {
            let at = claims[name].as_i64().unwrap_or_else(|| now().as_second());
            claims[name] = (at + hours * 3_600).into();
        }
        let Refreshed { tokens, unfit } = answered(&claims);
        assert!(unfit.is_none() && tokens.refresh.unwrap().expose() == "newer", "{hours}: {unfit:?}");
    }
}

#[test]
fn without_a_refresh_token_the_user_must_act() {
    let mut before = before(TENANT);
    before.refresh = None;
    let service = Scripted::default();
    let error =
        Error::from(run(refresh(&service, &connection(json!({})), &before, GrantContext::at(now()))).unwrap_err());
    assert_eq!(error.code(), Code::NotConnected);
    assert!(service.seen().is_empty());
}

#[test]
fn refusals_are_sorted_by_who_must_act() {
    for (number, error, reason, retry) in [
        (700_082, "invalid_grant", Reason::SignInAgain, Retry::Never),
        (50_173, "invalid_grant", Reason::SignInAgain, Retry::Never),
        (50_076, "interaction_required", Reason::Interaction, Retry::Never),
        (50_133, "invalid_grant", Reason::Password, Retry::Never),
        (65_001, "invalid_grant", Reason::Consent, Retry::Never),
        (50_057, "invalid_grant", Reason::AccountBlocked, Retry::Never),
        (7_000_222, "invalid_client", Reason::SecretExpired, Retry::Never),
        (90_033, "temporarily_unavailable", Reason::Passing, Retry::Later),
    ] {
        let body = json!({ "error": error, "error_description": format!("AADSTS{number}: token canary-old is no good"), "error_codes": [number] });
        let service = Scripted::answering(400, &body);
        let failure =
            run(refresh(&service, &connection(json!({})), &before(TENANT), GrantContext::at(now()))).unwrap_err();
        assert_eq!(failure.reason(), Some(reason), "{number}");
        let error = Error::from(failure);
        assert_eq!(error.retryability(), retry, "{number}");
        assert!(!format!("{error} {error:?}").contains("canary"));
    }
}
