//! Sign-in of an app.

use connector_sdk::{Code, Error, Secret};
use graph_auth::managed_identity::{self, IdentityEndpoint};
use graph_auth::{Reason, client_credentials};
use graph_sandbox::{AppSecret, ClientAuth, Fault, FederatedCredential, Provoke, Rule};
use http::StatusCode;
use serde_json::{Value, json};

use super::*;

const CERTIFICATE: &str = include_str!("../keys/app.cert.pem");
const KEY: &str = include_str!("../keys/app.key.pem");
const ID: &str = "11111111-0000-4000-8000-000000000003";

fn daemon(world: &World, more: Value) -> Checked {
    let settings = json!({ "method": "client_credentials", "tenantId": world.tenant(), "clientId": seeds::DAEMON,
        "clientSecret": seeds::DAEMON_SECRET });
    checked(settings, more)
}

fn ask(world: &World, connection: &Checked) -> Result<TokenSet, Failure> {
    run(client_credentials::token(&world.sandbox, connection, world.given()))
}

#[test]
fn a_secret_in_either_way() {
    let world = world();
    for style in ["body", "basic"] {
        let tokens = ask(&world, &daemon(&world, json!({ "clientAuthStyle": style }))).unwrap();
        assert!(tokens.refresh.is_none() && tokens.granted().unwrap().has("Mail.Send"), "{style}");
        assert_eq!(tokens.identity.as_ref().unwrap().tid, world.tenant());
        let (status, ..) = world.get("https://graph.microsoft.com/v1.0/users", Some(&tokens));
        assert_eq!(status, StatusCode::OK);
    }
    let mut picky = graph_sandbox::App::daemon(ID, "Picky", "p:w %&+é", &["Mail.Read"]);
    picky.client_auth = ClientAuth::Basic;
    world.sandbox.register(picky);
    let settings = |style| json!({ "clientId": ID, "clientSecret": "p:w %&+é", "clientAuthStyle": style });
    assert!(ask(&world, &daemon(&world, settings("basic"))).is_ok());
    assert_eq!(refusal(ask(&world, &daemon(&world, settings("body")))).reason, Reason::SecretWrong);
}

#[test]
fn what_is_wrong_is_said() {
    let world = world();
    for (more, number, reason) in [
        (json!({ "clientSecret": "wrong" }), 7_000_215, Reason::SecretWrong),
        (json!({ "clientSecret": "wrong", "clientAuthStyle": "basic" }), 7_000_215, Reason::SecretWrong),
        (json!({ "clientId": ID }), 700_016, Reason::AppUnknown),
        (json!({ "tenantId": "nobody.example" }), 90_002, Reason::Tenant),
        (json!({ "clientId": seeds::PUBLIC }), 700_025, Reason::Registration),
    ] {
        let refused = refusal(ask(&world, &daemon(&world, more)));
        assert_eq!((refused.numbers.as_slice(), refused.reason), ([number].as_slice(), reason));
    }
    world.sandbox.provoke(Provoke::AppDisabled(seeds::DAEMON.into()));
    assert_eq!(refusal(ask(&world, &daemon(&world, json!({})))).reason, Reason::AppDisabled);
}

#[test]
fn a_secret_expires() {
    let world = world();
    let mut app = graph_sandbox::App::daemon(ID, "Old", "", &["Mail.Read"]);
    let expires = world.clock.now() + Duration::from_secs(60);
    app.secrets = vec![AppSecret { value: Secret::new("s3cret"), expires: Some(expires) }];
    world.sandbox.register(app);
    let connection = daemon(&world, json!({ "clientId": ID, "clientSecret": "s3cret" }));
    assert!(ask(&world, &connection).is_ok());
    world.pass(60);
    let refused = refusal(ask(&world, &connection));
    assert_eq!((refused.numbers.as_slice(), refused.reason), ([7_000_222].as_slice(), Reason::SecretExpired));
    assert_eq!(refused.into_error().code(), Code::Forbidden);
}

#[test]
fn a_certificate() {
    let world = world();
    let mut app = graph_sandbox::App::daemon(ID, "Certified", "", &["Mail.Read"]);
    app.secrets.clear();
    world.sandbox.register(app.clone());
    let settings = json!({ "method": "client_certificate", "tenantId": world.tenant(), "clientId": ID,
        "certificate": CERTIFICATE, "privateKey": KEY });
    let connection = checked(settings, json!({}));
    let refused = refusal(ask(&world, &connection));
    assert_eq!((refused.numbers.as_slice(), refused.reason), ([700_027].as_slice(), Reason::SecretWrong));
    app.certificates.push(CERTIFICATE.to_owned());
    world.sandbox.register(app);
    // An assertion is good once, so each request has its own.
    for _ in 0..2 {
        assert!(ask(&world, &connection).unwrap().granted().unwrap().has("Mail.Read"));
    }
    // Our own clock is so late that the assertion is over when it arrives.
    let late = world.given();
    world.pass(601);
    let refused = refusal(run(client_credentials::token(&world.sandbox, &connection, late)));
    assert_eq!(refused.numbers, [700_024]);
}

#[test]
fn a_users_sign_in_may_be_certified_too() {
    let world = world();
    let mut app = graph_sandbox::App::web(ID, "Certified", "", BACK.as_str());
    app.secrets.clear();
    app.certificates.push(CERTIFICATE.to_owned());
    world.sandbox.register(app);
    let settings =
        json!({ "method": "authorization_code", "clientId": ID, "certificate": CERTIFICATE, "privateKey": KEY });
    let connection = checked(settings, json!({}));
    let tokens = world.sign_in(&connection, MEGAN);
    // The assertion is for the endpoint at which it is used, and that changes to the home tenant's.
    assert!(world.refresh(&connection, &tokens).is_ok());
}

#[test]
fn another_issuers_token() {
    use base64::Engine;
    let world = world();
    let mut app = graph_sandbox::App::daemon(ID, "Federated", "", &["Mail.Read"]);
    app.secrets.clear();
    app.federated.push(FederatedCredential {
        issuer: "https://issuer.example".into(),
        subject: "system:serviceaccount:default:tenon".into(),
        audience: "api://AzureADTokenExchange".into(),
    });
    world.sandbox.register(app);
    let settings = json!({ "method": "workload_identity", "tenantId": world.tenant(), "clientId": ID, "federatedTokenFile": "/token" });
    let connection = checked(settings, json!({}));
    let ask = |issuer: &str, subject: &str| {
        let part = |value: &Value| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(value.to_string());
        let claims = json!({ "iss": issuer, "sub": subject, "aud": "api://AzureADTokenExchange", "exp": world.clock.now().as_second() + 60 });
        let token = Secret::new(format!("{}.{}.c2lnbmF0dXJl", part(&json!({ "alg": "RS256" })), part(&claims)));
        let given = GrantContext { federated: Some(&token), ..world.given() };
        run(client_credentials::token(&world.sandbox, &connection, given))
    };
    assert!(
        ask("https://issuer.example", "system:serviceaccount:default:tenon")
            .unwrap()
            .granted()
            .unwrap()
            .has("Mail.Read")
    );
    assert_eq!(refusal(ask("https://evil.example", "system:serviceaccount:default:tenon")).numbers, [700_211]);
    assert_eq!(refusal(ask("https://issuer.example", "somebody else")).reason, Reason::SecretWrong);
}

#[test]
fn the_machine_vouches() {
    let world = world();
    let settings = json!({ "method": "managed_identity" });
    let system = checked(settings.clone(), json!({}));
    let app_service = |header: &str| IdentityEndpoint::AppService {
        url: Url::parse("http://127.0.0.1:41/msi/token").unwrap(),
        header: Secret::new(header),
    };
    let ask = |connection: &Checked, endpoint: &IdentityEndpoint| {
        run(managed_identity::token(&world.sandbox, connection, endpoint, world.given()))
    };
    for endpoint in [IdentityEndpoint::virtual_machine(), app_service(seeds::IDENTITY_HEADER)] {
        let tokens = ask(&system, &endpoint).unwrap();
        assert!(tokens.granted().unwrap().has("User.ReadWrite.All"));
        assert_eq!(tokens.expires_at.as_second() - world.clock.now().as_second(), 3600, "{endpoint:?}");
        let (status, ..) = world.get("https://graph.microsoft.com/v1.0/users", Some(&tokens));
        assert_eq!(status, StatusCode::OK);
    }
    assert!(
        ask(
            &checked(settings.clone(), json!({ "clientId": seeds::MANAGED_IDENTITY })),
            &IdentityEndpoint::virtual_machine()
        )
        .is_ok()
    );
    let unknown = ask(&checked(settings, json!({ "clientId": ID })), &IdentityEndpoint::virtual_machine());
    assert_eq!(Error::from(unknown.unwrap_err()).code(), Code::Forbidden);
    assert_eq!(Error::from(ask(&system, &app_service("wrong")).unwrap_err()).code(), Code::Forbidden);
}

#[test]
fn a_claims_challenge() {
    let world = world();
    let connection = daemon(&world, json!({}));
    let claims = json!({ "access_token": { "nbf": { "essential": true, "value": "1780000000" } } });
    world.sandbox.faults().add(Rule::new(Fault::ClaimsChallenge { claims: claims.clone() }));
    let users = |tokens: &TokenSet| world.get("https://graph.microsoft.com/v1.0/users", Some(tokens)).0;
    assert_eq!(users(&ask(&world, &connection).unwrap()), StatusCode::UNAUTHORIZED);
    let claims = claims.to_string();
    let given = GrantContext { claims: Some(&claims), ..world.given() };
    assert_eq!(users(&run(client_credentials::token(&world.sandbox, &connection, given)).unwrap()), StatusCode::OK);
}
