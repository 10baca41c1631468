//! The provider that is not Entra, and what both say of themselves.

mod common;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use common::{ADA, World, answer, ask, back, claims, peopled, redeem, refresh};
use graph_sandbox::{App, ClientAuth};
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde_json::Value;

async fn code(world: &World) -> String {
    let answer = back(world.get(&format!("/oidc/authorize?{}", ask(ADA, &[]))).await).await;
    assert_eq!(answer["iss"], world.url("/oidc"));
    answer["code"].clone()
}

async fn token(world: &World) -> Value {
    let code = code(world).await;
    let (status, body) = world.post_form("/oidc/token", &redeem(&code)).await;
    assert_eq!(status, 200, "{body}");
    body
}

#[tokio::test]
async fn reuse_of_a_refresh_token_ends_the_grant() {
    let world = peopled().await;
    let first = token(&world).await;
    let id = claims(&first["id_token"]);
    assert_eq!((id["iss"].as_str().unwrap(), id.get("tid")), (world.url("/oidc").as_str(), None));
    assert_ne!(world.graph("/v1.0/me", first["access_token"].as_str().unwrap()).await.status(), 401);
    let (status, second) = world.post_form("/oidc/token", &refresh(&first)).await;
    assert_eq!(status, 200);
    let (status, body) = world.post_form("/oidc/token", &refresh(&first)).await;
    assert_eq!((status, &body["error"], body.get("error_codes")), (400, &"invalid_grant".into(), None));
    assert!(!body["error_description"].as_str().unwrap().contains("AADSTS"));
    assert_eq!(world.post_form("/oidc/token", &refresh(&second)).await.0, 400, "the new one died with it");
}

#[tokio::test]
async fn the_two_providers_do_not_take_each_others_tokens() {
    let world = peopled().await;
    let here = token(&world).await;
    assert_eq!(world.token("common", &refresh(&here)).await.0, 400);
    let there = common::signed_in(&world, "common", ADA).await;
    assert_eq!(world.post_form("/oidc/token", &refresh(&there)).await.0, 400);
}

#[tokio::test]
async fn pkce_is_required() {
    let world = peopled().await;
    for extra in [("code_challenge", ""), ("code_challenge_method", "plain")] {
        let answer = back(world.get(&format!("/oidc/authorize?{}", ask(ADA, &[extra]))).await).await;
        assert_eq!(answer["error"], "invalid_request");
    }
    let code = code(&world).await;
    let mut form = redeem(&code);
    form[5] = ("code_verifier", "wrong");
    assert_eq!(world.post_form("/oidc/token", &form).await.1["error"], "invalid_grant");
}

#[tokio::test]
async fn basic_authentication_with_reserved_characters() {
    let world = peopled().await;
    let (id, secret) = ("client:with/signs", "a+b c%d:e&f=ü");
    let mut app = App::web(id, "Basic", secret, common::REDIRECT);
    app.client_auth = ClientAuth::Basic;
    world.sandbox.register(app);
    let answered = back(world.get(&format!("/oidc/authorize?{}", ask(ADA, &[("client_id", id)]))).await).await;
    let mut form = redeem(&answered["code"]);
    form.drain(1..3);
    let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let send = async |pair: String| {
        let request =
            world.form("/oidc/token", &form).header("authorization", format!("Basic {}", STANDARD.encode(pair)));
        answer(request.send().await.unwrap()).await
    };
    let (status, body) = send(format!("{}:{}", encode(id), secret)).await;
    assert_eq!((status, &body["error"]), (401, &"invalid_client".into()));
    assert_eq!(send(format!("{}:{}", encode(id), encode(secret))).await.0, 200);
}

#[tokio::test]
async fn id_tokens_verify_with_the_keys_that_the_configuration_names() {
    let world = peopled().await;
    let (status, missing) = answer(world.get("/nowhere.example/v2.0/.well-known/openid-configuration").await).await;
    assert_eq!((status, common::refusal(&(status, missing))), (400, 90_002));
    let tid = world.sandbox.graph().tenant_id();
    for (path, issuer, id) in [
        (format!("/{tid}/v2.0"), world.url(&format!("/{tid}/v2.0")), common::signed_in(&world, tid, ADA).await),
        ("/oidc".to_owned(), world.url("/oidc"), token(&world).await),
    ] {
        let (_, configuration) = answer(world.get(&format!("{path}/.well-known/openid-configuration")).await).await;
        assert_eq!(configuration["issuer"], issuer);
        assert_eq!(claims(&id["id_token"])["iss"], issuer);
        let keys = configuration["jwks_uri"].as_str().unwrap().strip_prefix(&world.server.url()).unwrap();
        let (_, keys) = answer(world.get(keys).await).await;
        let mut point = vec![4];
        for coordinate in ["x", "y"] {
            point.extend(URL_SAFE_NO_PAD.decode(keys["keys"][0][coordinate].as_str().unwrap()).unwrap());
        }
        let (text, signature) = id["id_token"].as_str().unwrap().rsplit_once('.').unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(text.as_bytes(), &signature).unwrap();
    }
}
