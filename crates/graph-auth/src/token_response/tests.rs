use connector_sdk::Code;
use serde_json::{Value, json};

use super::*;
use crate::Identity;
use crate::testing::{TENANT, USER, now, token};

fn read(json: Value) -> Result<TokenSet> {
    serde_json::from_value::<TokenResponse>(json).unwrap().read(now())
}

fn lives(json: Value) -> i64 {
    read(json).unwrap().expires_at.as_second() - now().as_second()
}

#[test]
fn lifetimes_come_as_numbers_or_texts() {
    assert_eq!(lives(json!({ "access_token": "t", "expires_in": 3599 })), 3599);
    assert_eq!(lives(json!({ "access_token": "t", "expires_in": "3599" })), 3599);
    assert_eq!(lives(json!({ "access_token": "t", "expires_in": 3599.9 })), 3599);
    assert_eq!(lives(json!({ "access_token": "t", "expires_on": (now().as_second() + 60).to_string() })), 60);
    assert_eq!(lives(json!({ "access_token": token(&json!({ "exp": now().as_second() + 90 })) })), 90);
    assert_eq!(lives(json!({ "access_token": "t" })), 3600);
    assert_eq!(lives(json!({ "access_token": "t", "expires_in": "soon" })), 3600);
    assert_eq!(lives(json!({ "access_token": "t", "expires_in": null })), 3600);
    assert_eq!(lives(json!({ "access_token": "t", "expires_in": -5 })), 0);
    assert_eq!(lives(json!({ "access_token": "t", "expires_in": 1e300 })), 366 * 86_400);
}

#[test]
fn the_wish_to_be_refreshed_lies_before_the_end() {
    let wish = |json: Value| read(json).unwrap().refresh_at.map(|at| at.as_second() - now().as_second());
    assert_eq!(wish(json!({ "access_token": "t", "expires_in": 86_399, "refresh_in": "43199" })), Some(43_199));
    assert_eq!(wish(json!({ "access_token": "t", "expires_in": 60, "refresh_in": 60 })), None);
    assert_eq!(wish(json!({ "access_token": "t", "expires_in": 60 })), None);
}

#[test]
fn only_a_bearer_token_that_can_be_sent() {
    for bad in [
        json!({}),
        json!({ "access_token": "" }),
        json!({ "access_token": "a b" }),
        json!({ "access_token": "a\r\nx: y" }),
        json!({ "access_token": "é" }),
        json!({ "access_token": "t", "token_type": "pop" }),
    ] {
        assert_eq!(read(bad.clone()).unwrap_err().code(), Code::Protocol, "{bad}");
    }
    assert!(read(json!({ "access_token": "t", "token_type": "bearer" })).is_ok());
}

#[test]
fn scopes_and_roles_are_read() {
    let set =
        read(json!({ "access_token": "t", "scope": "User.Read  https://graph.microsoft.com/Mail.Send", "refresh_token": "" })).unwrap();
    assert!(set.granted().unwrap().has("Mail.Send") && set.refresh.is_none());
    let app = |claims: Value| {
        serde_json::from_value::<TokenResponse>(json!({ "access_token": token(&claims) }))
            .unwrap()
            .read_for_app(now())
            .unwrap()
    };
    let set = app(json!({ "tid": TENANT, "oid": USER, "roles": ["Mail.Read"], "app_displayname": "Robot" }));
    assert_eq!(set.granted.as_deref(), Some(["Mail.Read".to_owned()].as_slice()));
    assert_eq!(set.identity.unwrap().name.as_deref(), Some("Robot"));
    assert_eq!(app(json!({ "app_displayname": "Robot" })).granted, Some(Vec::new()));
    assert_eq!(app(json!({})).granted, None);
    let opaque = serde_json::from_value::<TokenResponse>(json!({ "access_token": "opaque" }))
        .unwrap()
        .read_for_app(now())
        .unwrap();
    assert_eq!((opaque.granted, opaque.identity), (None, None));
}

#[test]
fn a_given_token_tells_what_it_can() {
    let user = Secret::new(token(
        &json!({ "tid": TENANT, "oid": USER, "scp": "User.Read Mail.Send", "upn": "m@contoso.com", "exp": now().as_second() + 5 }),
    ));
    let set = TokenSet::of_access_token(&user, now()).unwrap();
    assert!(set.granted().unwrap().has("Mail.Send"));
    assert_eq!(set.identity.unwrap().username.as_deref(), Some("m@contoso.com"));
    assert_eq!(set.expires_at.as_second() - now().as_second(), 5);
    assert_eq!(TokenSet::of_access_token(&Secret::new("opaque"), now()).unwrap().granted, None);
    assert!(TokenSet::of_access_token(&Secret::new("a\nb"), now()).is_err());
}

#[test]
fn the_vault_keeps_every_part() {
    let mut set =
        read(json!({ "access_token": "canary-a", "refresh_token": "canary-r", "expires_in": 60, "refresh_in": 30, "scope": "User.Read" }))
            .unwrap();
    set.identity = Some(Identity { tid: TENANT.into(), oid: USER.into(), username: None, name: Some("M".into()) });
    let sealed = set.to_sealed_json();
    assert_eq!(TokenSet::from_sealed_json(&sealed).unwrap(), set);
    assert!(!format!("{set:?} {sealed:?}").contains("canary"));
    let error = TokenSet::from_sealed_json(&Secret::new("{\"access\":\"canary\"}")).unwrap_err();
    assert!(!format!("{error:?}").contains("canary"));
}

#[test]
fn what_is_odd_in_an_answer_or_a_token_spoils_nothing_beside_it() {
    let body = br#"{"access_token":"t","expires_in":[],"refresh_in":{},"scope":["User.Read"],"token_type":null,"refresh_token":null,"new":{"x":1}}"#;
    let set = crate::json_body::read::<TokenResponse>(body).unwrap().read(now()).unwrap();
    assert_eq!((set.expires_at.as_second() - now().as_second(), set.granted, set.refresh), (3600, None, None));
    let told = |claims: Value| unverified_claims(&Secret::new(token(&claims)));
    let odd = told(json!({ "exp": "1777888800", "tid": 7, "oid": null, "name": {}, "idtyp": "app", "roles": ["Mail.Read"], "xms": [1] }))
        .unwrap();
    assert_eq!((odd.exp, odd.granted()), (Some(1_777_888_800.0), Some(vec!["Mail.Read".to_owned()])));
    let granted = |claims: Value| told(claims).and_then(|told| told.granted());
    assert_eq!(
        granted(json!({ "scp": ["User.Read", "Mail.Read"] })),
        Some(vec!["User.Read".to_owned(), "Mail.Read".to_owned()])
    );
    assert_eq!(granted(json!({ "roles": "Mail.Read" })), Some(vec!["Mail.Read".to_owned()]));
    // It must not look as if there were none.
    for unreadable in [json!([null]), json!({ "a": 1 }), json!(7)] {
        assert_eq!(granted(json!({ "app_displayname": "x", "roles": unreadable })), None, "{unreadable}");
    }
}
