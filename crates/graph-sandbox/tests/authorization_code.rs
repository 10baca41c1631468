//! A user signs in with a browser, over loopback.

mod common;

use std::time::Duration;

use common::{
    ADA, ELSEWHERE, EVE, REDIRECT, ask, back, callback, claims, peopled, redeem, refresh, refusal, signed_in,
};
use graph_sandbox::{App, Audience, Consent, PERSONAL_ACCOUNT, PERSONAL_TENANT, Rotation, Sandbox, seeds};

#[tokio::test]
async fn a_sign_in_gives_every_token() {
    let world = peopled().await;
    let tid = world.sandbox.graph().tenant_id();
    let answer = callback(&world, "common", &ask(ADA, &[])).await;
    assert_eq!(answer["state"], "a state/with=signs&");
    assert!(!answer.contains_key("iss"), "Entra sends no iss");
    let (status, body) = world.token("common", &redeem(&answer["code"])).await;
    assert_eq!((status, &body["expires_in"]), (200, &3600.into()), "{body}");
    assert_eq!(
        body["scope"],
        "openid profile https://graph.microsoft.com/Mail.Read https://graph.microsoft.com/User.Read"
    );

    let access = claims(&body["access_token"]);
    assert_eq!(
        (&access["oid"], &access["tid"], &access["scp"], &access["appid"]),
        (&"ada-oid".into(), &tid.into(), &"Mail.Read User.Read".into(), &seeds::WEB.into())
    );
    let id = claims(&body["id_token"]);
    assert_eq!(id["iss"], world.url(&format!("/{tid}/v2.0")));
    for (claim, value) in
        [("aud", seeds::WEB), ("nonce", "a-nonce"), ("oid", "ada-oid"), ("tid", tid), ("preferred_username", ADA)]
    {
        assert_eq!(id[claim], value);
    }
    assert_ne!(world.graph("/v1.0/me", body["access_token"].as_str().unwrap()).await.status(), 401);
}

#[tokio::test]
async fn a_person_chooses_on_the_page() {
    let world = peopled().await;
    let query = ask(ADA, &[("sandbox_auto", "0")]);
    let path = format!("/common/oauth2/v2.0/authorize?{query}");
    let page = world.get(&path).await;
    assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
    let html = page.text().await.unwrap();
    assert!(
        html.contains(&format!("<option value=\"{ADA}\" selected>")) && html.contains("<li>Mail.Read</li>"),
        "{html}"
    );
    let accepted = world.form(&path, &[("user", EVE), ("decision", "accept")]).send().await.unwrap();
    let code = back(accepted).await["code"].clone();
    let (_, body) = world.token("common", &redeem(&code)).await;
    assert_eq!(claims(&body["id_token"])["tid"], ELSEWHERE);
    let declined = back(world.form(&path, &[("user", ADA), ("decision", "cancel")]).send().await.unwrap()).await;
    assert_eq!(declined["error"], "access_denied");
    assert!(declined["error_description"].starts_with("AADSTS65004: ") && declined.contains_key("state"));
}

#[tokio::test]
async fn what_cannot_be_sent_back_is_shown() {
    let world = peopled().await;
    for (tenant, query, number) in [
        ("common", ask(ADA, &[("redirect_uri", "https://evil.example/callback")]), 50_011),
        ("common", ask(ADA, &[("client_id", "nobody")]), 700_016),
        ("nowhere.example", ask(ADA, &[]), 90_002),
        ("common", ask(ADA, &[("client_id", seeds::SINGLE_TENANT)]), 50_194),
        ("common", ask("nobody@nowhere.example", &[]), 50_034),
        ("organizations", ask(PERSONAL_ACCOUNT, &[]), 50_020),
        ("consumers", ask(ADA, &[]), 50_020),
        ("elsewhere.example", ask(ADA, &[]), 50_020),
    ] {
        let response = world.get(&format!("/{tenant}/oauth2/v2.0/authorize?{query}")).await;
        assert_eq!(response.status(), 400, "{number}");
        let html = response.text().await.unwrap();
        assert!(html.contains(&format!("AADSTS{number}: ")), "{number}: {html}");
    }
}

#[tokio::test]
async fn what_can_be_sent_back_is() {
    let world = peopled().await;
    let mut app = App::web("registered", "Registered", "s", REDIRECT);
    app.consent = Consent::Registered(vec!["User.Read".to_owned()]);
    world.sandbox.register(app);
    for (query, error, number) in [
        (ask(ADA, &[("response_type", "token")]), "unsupported_response_type", 700_054),
        (ask(ADA, &[("scope", "mail")]), "invalid_scope", 70_011),
        (ask(ADA, &[("scope", "Directory.AcessAsUser.All")]), "invalid_client", 650_053),
        (ask(ADA, &[("code_challenge", "short")]), "invalid_request", 501_491),
        (ask(ADA, &[("prompt", "none"), ("sandbox_auto", "0")]), "invalid_grant", 65_001),
        (ask("", &[("prompt", "none"), ("sandbox_auto", "0")]), "login_required", 50_058),
        (ask(ADA, &[("client_id", "registered")]), "access_denied", 90_094),
    ] {
        let answer = callback(&world, "common", &query).await;
        assert_eq!(answer["error"], error, "{answer:?}");
        assert!(answer["error_description"].starts_with(&format!("AADSTS{number}: ")), "{answer:?}");
        assert!(answer.contains_key("state") && !answer.contains_key("code"));
    }
    assert!(
        callback(&world, "common", &ask(ADA, &[("client_id", "registered"), ("scope", "User.Read")]))
            .await
            .contains_key("code")
    );
}

#[tokio::test]
async fn a_code_is_bound_and_used_once() {
    let world = peopled().await;
    let code = callback(&world, "common", &ask(ADA, &[])).await["code"].clone();
    let change = |name: &'static str, value: &'static str| {
        let mut form = redeem(&code);
        form.retain(|(known, _)| *known != name);
        if !value.is_empty() {
            form.push((name, value));
        }
        form
    };
    world.sandbox.register(App::web("other", "Other", "s", REDIRECT));
    let mut other = redeem(&code);
    (other[1], other[2]) = (("client_id", "other"), ("client_secret", "s"));
    for (form, number) in [
        (change("code_verifier", ""), 501_481),
        (change("code_verifier", "wrong"), 501_481),
        (change("redirect_uri", "http://localhost:4712/callback"), 500_112),
        (change("code", "1.unknown"), 70_000),
        (change("client_secret", "wrong"), 7_000_215),
        (change("client_secret", ""), 7_000_218),
        (other, 70_000),
    ] {
        assert_eq!(refusal(&world.token("common", &form).await), number, "{form:?}");
    }
    assert_eq!(refusal(&world.token(ELSEWHERE, &redeem(&code)).await), 700_005);
    assert_eq!(world.token("common", &redeem(&code)).await.0, 200);
    assert_eq!(refusal(&world.token("common", &redeem(&code)).await), 54_005);

    let late = callback(&world, "common", &ask(ADA, &[])).await["code"].clone();
    world.sandbox.clock().advance(Duration::from_secs(601));
    assert_eq!(refusal(&world.token("common", &redeem(&late)).await), 70_008);
}

#[tokio::test]
async fn refresh_tokens_rotate_and_old_ones_stay_valid() {
    let world = peopled().await;
    let first = signed_in(&world, "common", ADA).await;
    let (_, second) = world.token("common", &refresh(&first)).await;
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    assert!(second["id_token"].is_string());
    assert_eq!(world.token("common", &refresh(&first)).await.0, 200);
    assert_eq!(world.token(world.sandbox.graph().tenant_id(), &refresh(&second)).await.0, 200);
    assert_eq!(refusal(&world.token(ELSEWHERE, &refresh(&second)).await), 50_020);
    assert_eq!(refusal(&world.token("consumers", &refresh(&second)).await), 50_020);

    let mut less = refresh(&second);
    less.push(("scope", "User.Read"));
    let (_, body) = world.token("common", &less).await;
    assert_eq!((&body["scope"], &claims(&body["access_token"])["scp"]), (&"User.Read".into(), &"User.Read".into()));
    less[4] = ("scope", "Mail.Send");
    let refused = world.token("common", &less).await;
    assert_eq!((refusal(&refused), &refused.1["suberror"]), (65_001, &"consent_required".into()));

    world.sandbox.clock().advance(Duration::from_secs(91 * 24 * 3600));
    assert_eq!(refusal(&world.token("common", &refresh(&second)).await), 700_082);
}

#[tokio::test]
async fn without_offline_access_there_is_no_refresh_token() {
    let world = peopled().await;
    let code = callback(&world, "common", &ask(ADA, &[("scope", "User.Read")])).await["code"].clone();
    let (_, body) = world.token("common", &redeem(&code)).await;
    assert!(body.get("refresh_token").is_none() && body.get("id_token").is_none() && body["access_token"].is_string());
}

#[tokio::test]
async fn a_personal_account_is_refreshed_at_consumers_only() {
    let world = peopled().await;
    let body = signed_in(&world, "common", PERSONAL_ACCOUNT).await;
    assert_eq!(claims(&body["id_token"])["tid"], PERSONAL_TENANT);
    assert_eq!(refusal(&world.token("common", &refresh(&body)).await), 70_000);
    assert_eq!(world.token("consumers", &refresh(&body)).await.0, 200);
    assert_eq!(world.token(PERSONAL_TENANT, &refresh(&body)).await.0, 200);
}

#[tokio::test]
async fn account_types_are_kept_apart() {
    let world = peopled().await;
    for (audience, tenant, number) in [
        (Audience::MultiTenant, "consumers", 9_002_332),
        (Audience::Personal, "common", 9_002_331),
        (Audience::SingleTenant, "organizations", 50_194),
        (Audience::SingleTenant, ELSEWHERE, 700_016),
    ] {
        let mut app = App::web("app", "App", "s", REDIRECT);
        app.audience = audience;
        world.sandbox.register(app);
        let form =
            [("grant_type", "refresh_token"), ("client_id", "app"), ("client_secret", "s"), ("refresh_token", "x")];
        assert_eq!(refusal(&world.token(tenant, &form).await), number, "{audience:?}");
    }
    // a verified domain is its tenant
    assert_eq!(claims(&signed_in(&world, "elsewhere.example", EVE).await["id_token"])["tid"], ELSEWHERE);
}

#[tokio::test]
async fn the_settings_of_the_answers() {
    let sandbox = Sandbox::builder()
        .tokens_live(Duration::from_secs(600))
        .refresh_in(Duration::from_secs(300))
        .expires_in_as_text()
        .rotation(Rotation::ReuseKillsGrant)
        .build();
    let world = common::people(sandbox).await;
    let first = signed_in(&world, "common", ADA).await;
    assert_eq!((&first["expires_in"], &first["refresh_in"]), (&"600".into(), &300.into()));
    let (_, second) = world.token("common", &refresh(&first)).await;
    assert_eq!(refusal(&world.token("common", &refresh(&first)).await), 70_000);
    assert_eq!(refusal(&world.token("common", &refresh(&second)).await), 70_000, "the grant is over");
}

#[tokio::test]
async fn a_public_client_needs_no_secret() {
    let world = peopled().await;
    let code = callback(&world, "organizations", &ask(ADA, &[("client_id", seeds::PUBLIC)])).await["code"].clone();
    let mut form = redeem(&code);
    form[1] = ("client_id", seeds::PUBLIC);
    assert_eq!(refusal(&world.token("organizations", &form).await), 700_025);
    form.remove(2);
    assert_eq!(world.token("organizations", &form).await.0, 200);
}
