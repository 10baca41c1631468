//! An app signs in with a certificate, with another issuer's token, or as its machine.

mod common;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use common::{World, answer, refusal, world};
use graph_sandbox::{App, FederatedCredential, seeds};
use ring::digest;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use serde_json::{Value, json};

const CERTIFICATE: &str = include_str!("keys/certificate.pem");
// made for these tests, used nowhere else
const PRIVATE: &[u8] = include_bytes!("keys/private.pk8");
const ID: &str = "with-certificate";

fn thumbprint(algorithm: &'static digest::Algorithm) -> String {
    let der = CertificateDer::from_pem_slice(CERTIFICATE.as_bytes()).unwrap();
    URL_SAFE_NO_PAD.encode(digest::digest(algorithm, &der))
}

fn jwt(header: &Value, claims: &Value, encoding: &'static dyn RsaEncoding) -> String {
    let text = format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(claims.to_string()));
    let key = RsaKeyPair::from_pkcs8(PRIVATE).unwrap();
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(encoding, &SystemRandom::new(), text.as_bytes(), &mut signature).unwrap();
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn ps256() -> Value {
    json!({ "alg": "PS256", "typ": "JWT", "x5t#S256": thumbprint(&digest::SHA256) })
}

fn good(world: &World, jti: &str) -> Value {
    let aud = world.url(&format!("/{}/oauth2/v2.0/token", world.sandbox.graph().tenant_id()));
    let now = world.sandbox.clock().now().as_second();
    json!({ "iss": ID, "sub": ID, "aud": aud, "jti": jti, "nbf": now, "exp": now + 600 })
}

async fn send(world: &World, client_id: &str, assertion: &str) -> (u16, Value) {
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", client_id),
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", assertion),
        ("scope", "https://graph.microsoft.com/.default"),
    ];
    world.token(world.sandbox.graph().tenant_id(), &form).await
}

async fn with_certificate() -> World {
    let world = world().await;
    let mut app = App::daemon(ID, "With certificate", "", &["User.Read.All"]);
    app.secrets.clear();
    app.certificates.push(CERTIFICATE.to_owned());
    app.federated.push(FederatedCredential {
        issuer: "https://issuer.example".to_owned(),
        subject: "system:serviceaccount:default:tenon".to_owned(),
        audience: "api://AzureADTokenExchange".to_owned(),
    });
    world.sandbox.register(app);
    world
}

#[tokio::test]
async fn a_certificate_in_either_algorithm() {
    let world = with_certificate().await;
    let (status, body) = send(&world, ID, &jwt(&ps256(), &good(&world, "1"), &RSA_PSS_SHA256)).await;
    assert_eq!((status, &common::claims(&body["access_token"])["roles"]), (200, &json!(["User.Read.All"])), "{body}");
    let old = json!({ "alg": "RS256", "x5t": thumbprint(&digest::SHA1_FOR_LEGACY_USE_ONLY) });
    assert_eq!(send(&world, ID, &jwt(&old, &good(&world, "2"), &RSA_PKCS1_SHA256)).await.0, 200);
}

#[tokio::test]
async fn each_wrong_assertion_has_its_number() {
    let world = with_certificate().await;
    let but = |name: &str, value: Value| {
        let mut claims = good(&world, "x");
        claims[name] = value;
        jwt(&ps256(), &claims, &RSA_PSS_SHA256)
    };
    let now = world.sandbox.clock().now().as_second();
    let mut other_key = ps256();
    other_key["x5t#S256"] = json!("AAAA");
    let mut tampered = jwt(&ps256(), &good(&world, "x"), &RSA_PKCS1_SHA256);
    for (assertion, number) in [
        ("not a token".to_owned(), 50_027),
        (but("exp", json!(now)), 700_024),
        (but("nbf", json!(now + 3600)), 700_024),
        (but("sub", json!("somebody")), 700_021),
        (but("aud", json!("https://evil.example/token")), 700_023),
        (but("jti", Value::Null), 50_027),
        (jwt(&other_key, &good(&world, "x"), &RSA_PSS_SHA256), 700_027),
        (jwt(&json!({ "alg": "PS256" }), &good(&world, "x"), &RSA_PSS_SHA256), 700_027),
        (
            jwt(
                &json!({ "alg": "none", "x5t#S256": thumbprint(&digest::SHA256) }),
                &good(&world, "x"),
                &RSA_PSS_SHA256,
            ),
            700_027,
        ),
        (std::mem::take(&mut tampered), 700_027),
    ] {
        assert_eq!(refusal(&send(&world, ID, &assertion).await), number, "{assertion}");
    }
    let once = jwt(&ps256(), &good(&world, "once"), &RSA_PSS_SHA256);
    assert_eq!(send(&world, ID, &once).await.0, 200);
    assert_eq!(refusal(&send(&world, ID, &once).await), 700_027);
}

#[tokio::test]
async fn a_token_of_another_issuer() {
    let world = with_certificate().await;
    let exp = world.sandbox.clock().now().as_second() + 600;
    let good = json!({
        "iss": "https://issuer.example", "sub": "system:serviceaccount:default:tenon", "aud": ["api://AzureADTokenExchange"], "exp": exp,
    });
    let foreign = |claims: &Value| jwt(&json!({ "alg": "RS256", "kid": "k" }), claims, &RSA_PKCS1_SHA256);
    assert_eq!(send(&world, ID, &foreign(&good)).await.0, 200);
    for (name, value, number) in [
        ("iss", json!("https://evil.example"), 700_211),
        ("aud", json!("somebody"), 700_212),
        ("sub", json!("somebody"), 700_213),
        ("exp", json!(1), 700_024),
    ] {
        let mut claims = good.clone();
        claims[name] = value;
        assert_eq!(refusal(&send(&world, ID, &foreign(&claims)).await), number, "{name}");
    }
}

#[tokio::test]
async fn the_machine_itself() {
    let world = world().await;
    let path = "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://graph.microsoft.com/";
    let get = async |path: &str, headers: &[(&str, &str)]| {
        let mut request = world.http.get(world.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap()
    };
    let (status, body) = answer(get(path, &[("metadata", "true")]).await).await;
    assert_eq!(
        (status, &body["expires_in"], &body["client_id"]),
        (200, &"3600".into(), &seeds::MANAGED_IDENTITY.into()),
        "{body}"
    );
    assert_ne!(world.graph("/v1.0/users", body["access_token"].as_str().unwrap()).await.status(), 401);
    for (path, headers) in [
        (path.to_owned(), vec![]),
        (path.to_owned(), vec![("metadata", "true"), ("x-forwarded-for", "10.0.0.1")]),
        (path.replace("api-version=2018-02-01&", ""), vec![("metadata", "true")]),
        (path.replace("https://graph.microsoft.com/", "https://vault.azure.net"), vec![("metadata", "true")]),
        (format!("{path}&client_id={}", seeds::DAEMON), vec![("metadata", "true")]),
    ] {
        let (status, body) = answer(get(&path, &headers).await).await;
        assert!(status == 400 && body["error_description"].is_string(), "{path} {body}");
    }
    let service = "/msi/token?api-version=2019-08-01&resource=https://graph.microsoft.com";
    let (status, body) = answer(get(service, &[("x-identity-header", seeds::IDENTITY_HEADER)]).await).await;
    assert!(status == 200 && body["expires_on"].is_string(), "{body}");
    assert_eq!(get(service, &[("x-identity-header", "wrong")]).await.status(), 401);
    assert_eq!(world.sandbox.token_requests(), 8);
}
