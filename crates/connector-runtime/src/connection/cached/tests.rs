use connector_sdk::{Secret, SignInMethod};
use graph_auth::Settings;

use super::*;
use crate::connection::record::{ConnectionState, Renewal};

/// Returns the cache entry of a token that was issued `ago` seconds ago and lives `life` seconds.
fn cached(ago: i64, life: i64, wished: Option<i64>) -> Cached {
    let issued = Timestamp::now() - SignedDuration::from_secs(ago);
    let tokens = TokenSet {
        access: Secret::new("t"),
        refresh: None,
        issued_at: Some(issued),
        expires_at: issued + SignedDuration::from_secs(life),
        refresh_at: wished.map(|seconds| issued + SignedDuration::from_secs(seconds)),
        granted: None,
        identity: None,
    };
    let record = ConnectionRecord {
        id: "5bf1f6".to_owned(),
        connector: "outlook".to_owned(),
        settings: Settings::new(SignInMethod::DeviceCode),
        tokens: None,
        identity: None,
        state: ConnectionState::Ready,
        created: issued,
        refreshed: None,
        renewal: Renewal::default(),
        sign_in: None,
        kept_by_id: true,
    };
    Cached::of(&record, &tokens).unwrap()
}

#[test]
fn how_early_and_how_late_follow_the_life() {
    // Life, the most that is early, the margin.
    for (life, early, margin) in
        [(5, 0.6, 0.25), (12, 1.44, 0.6), (60, 7.2, 3.0), (300, 36.0, 5.0), (3_600, 360.0, 5.0), (86_400, 360.0, 5.0)]
    {
        let token = cached(0, life, None);
        let before_end = (token.expires - token.renew_from).total(jiff::Unit::Second).unwrap();
        assert!(before_end >= early / 1.2 - 0.001 && before_end <= early, "{life}: {before_end}");
        let at = |seconds: f64| token.expires - SignedDuration::from_secs_f64(seconds);
        assert!(
            token.is_valid(token.issued) && token.is_valid(at(margin + 0.01)) && !token.is_valid(at(margin - 0.01)),
            "{life}"
        );
    }
}

#[test]
fn a_success_has_a_cool_down() {
    for (life, wished, from) in [(3_600, 0, 30), (3_600, 1_800, 1_800), (10, 0, 5), (40, 1, 20)] {
        let token = cached(0, life, Some(wished));
        let from_issue = token.renew_from.duration_since(token.issued);
        assert!((from..=from + 60).contains(&from_issue.as_secs()), "{life} {wished}: {from_issue}");
    }
}

#[test]
fn a_token_from_the_future_is_none() {
    assert!(cached(0, 3_600, None).is_valid(Timestamp::now()));
    assert!(!cached(-7_200, 3_600, None).is_valid(Timestamp::now()), "the clock was two hours ahead");
    assert!(!cached(7_200, 3_600, None).is_valid(Timestamp::now()), "the clock was two hours behind");
}
