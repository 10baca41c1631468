use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, UnparsedPublicKey};
use serde_json::Value;

use super::*;
use crate::testing::{CERTIFICATE, CLIENT, EC_KEY, KEY, PKCS1, now};

// What `openssl x509 -outform der | openssl dgst -sha256` says of the certificate.
const HEX: &str = "2d8b8348b7af2b03b576b3fd8b903595475304475a43c6813be9990340d8c34a";

fn read(
    certificate: Option<&str>,
    key: Option<&str>,
    thumbprint: Option<&str>,
) -> Result<SigningCertificate, Vec<String>> {
    let (certificate, key) = (certificate.map(Secret::new), key.map(Secret::new));
    SigningCertificate::read(certificate.as_ref(), key.as_ref(), thumbprint)
        .map_err(|issues| issues.into_iter().map(|issue| issue.pointer).collect())
}

#[test]
fn the_assertion_is_what_microsoft_asks_for() {
    let certificate = read(Some(CERTIFICATE), Some(KEY), None).unwrap();
    let assertion = certificate
        .assertion(CLIENT, "https://login.microsoftonline.com/t/oauth2/v2.0/token", Service::Entra, now())
        .unwrap();
    let parts: Vec<&str> = assertion.expose().split('.').collect();
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).unwrap();
    let header: Value = serde_json::from_slice(&decode(parts[0])).unwrap();
    assert_eq!(header, json!({ "alg": "PS256", "typ": "JWT", "x5t#S256": certificate.thumbprint() }));
    let claims: Value = serde_json::from_slice(&decode(parts[1])).unwrap();
    assert_eq!((&claims["iss"], &claims["sub"]), (&CLIENT.into(), &CLIENT.into()));
    assert_eq!(claims["aud"], "https://login.microsoftonline.com/t/oauth2/v2.0/token");
    assert_eq!(claims["exp"].as_i64().unwrap() - now().as_second(), 600);
    assert_eq!(claims["nbf"], now().as_second());
    let key = UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, certificate.key.public().as_ref());
    key.verify(format!("{}.{}", parts[0], parts[1]).as_bytes(), &decode(parts[2])).unwrap();
    let again = certificate
        .assertion(CLIENT, "https://login.microsoftonline.com/t/oauth2/v2.0/token", Service::Entra, now())
        .unwrap();
    assert_ne!(again.expose().split('.').nth(1), Some(parts[1]), "each has its own id");
}

#[test]
fn another_service_gets_rs256_and_a_key_id() {
    let certificate = read(Some(CERTIFICATE), Some(KEY), None).unwrap();
    let token = certificate.assertion(CLIENT, "https://id.example/token", Service::Other, now()).unwrap();
    let parts: Vec<&str> = token.expose().split('.').collect();
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).unwrap();
    let header: Value = serde_json::from_slice(&decode(parts[0])).unwrap();
    assert_eq!((&header["alg"], &header["kid"]), (&"RS256".into(), &certificate.thumbprint.as_str().into()));
    let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, certificate.key.public().as_ref());
    key.verify(format!("{}.{}", parts[0], parts[1]).as_bytes(), &decode(parts[2])).unwrap();
}

#[test]
fn keys_and_certificates_come_in_several_forms() {
    let both = format!("{CERTIFICATE}{KEY}");
    let colons = HEX.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap()).collect::<Vec<_>>().join(":");
    let expected = read(Some(CERTIFICATE), Some(KEY), None).unwrap().thumbprint;
    for made in [
        read(Some(CERTIFICATE), Some(PKCS1), None),
        read(Some(&both), None, None),
        read(None, Some(KEY), Some(HEX)),
        read(None, Some(KEY), Some(&colons.to_uppercase())),
        read(None, Some(KEY), Some(&expected)),
        read(Some(CERTIFICATE), Some(KEY), Some(HEX)),
    ] {
        assert_eq!(made.unwrap().thumbprint, expected);
    }
}

#[test]
fn what_cannot_sign_is_refused_at_its_place() {
    let encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\ncanary\n-----END ENCRYPTED PRIVATE KEY-----";
    let other = HEX.replace('2', "3");
    for (certificate, key, thumbprint, places) in [
        (None, None, None, vec!["/certificate", "/privateKey"]),
        (Some(CERTIFICATE), None, None, vec!["/privateKey"]),
        (None, Some(KEY), None, vec!["/certificate"]),
        (Some("canary"), Some(KEY), None, vec!["/certificate"]),
        (Some(CERTIFICATE), Some("canary"), None, vec!["/privateKey"]),
        (Some(CERTIFICATE), Some(encrypted), None, vec!["/privateKey"]),
        (Some(CERTIFICATE), Some(EC_KEY), None, vec!["/privateKey"]),
        (None, Some(KEY), Some(&HEX[..40]), vec!["/certificateThumbprint"]),
        (None, Some(KEY), Some("canary"), vec!["/certificateThumbprint"]),
        (Some(CERTIFICATE), Some(KEY), Some(other.as_str()), vec!["/certificateThumbprint"]),
    ] {
        assert_eq!(read(certificate, key, thumbprint).unwrap_err(), places);
    }
}

#[test]
fn the_key_is_not_shown() {
    let shown = format!("{:?}", read(Some(CERTIFICATE), Some(KEY), None).unwrap());
    assert!(shown.contains("thumbprint") && shown.len() < 120, "{shown}");
}
