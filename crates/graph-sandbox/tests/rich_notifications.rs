//! Notifications with data: what the subscriber decrypts, and what proves where they come from.

mod common;

use aes::Aes256;
use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockDecryptMut as _, KeyIvInit as _};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use common::receiver::Receiver;
use common::{answer, claims, world};
use graph_sandbox::Holder;
use num_bigint::BigUint;
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use ring::{digest, hmac};
use serde_json::{Value, json};

/// A certificate that was made for this test, and the private key to it.
const CERTIFICATE: &str = include_str!("data/certificate.txt");
const MODULUS: &str = include_str!("data/modulus.txt");
const EXPONENT: &str = include_str!("data/private_exponent.txt");

fn sha1(bytes: &[u8]) -> Vec<u8> {
    digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, bytes).as_ref().to_vec()
}

fn unmask(bytes: &[u8], seed: &[u8]) -> Vec<u8> {
    let stream = (0_u32..).flat_map(|counter| sha1(&[seed, &counter.to_be_bytes()].concat()));
    bytes.iter().zip(stream).map(|(byte, mask)| byte ^ mask).collect()
}

/// RSAES-OAEP-DECRYPT of RFC 8017 with SHA-1.
fn open(sealed: &[u8]) -> Vec<u8> {
    assert_eq!(sealed.len(), 256);
    let number = |hex: &str| BigUint::parse_bytes(hex.as_bytes(), 16).unwrap();
    let block = BigUint::from_bytes_be(sealed).modpow(&number(EXPONENT), &number(MODULUS)).to_bytes_be();
    // It begins with a zero, and what follows may do so too.
    let block = [vec![0; 255 - block.len()], block].concat();
    let (seed, block) = block.split_at(20);
    let block = unmask(block, &unmask(seed, block));
    assert_eq!(block[..20], sha1(b""));
    let at = block[20..].iter().position(|byte| *byte != 0).unwrap() + 20;
    assert_eq!(block[at], 1);
    block[at + 1..].to_vec()
}

#[tokio::test]
async fn data_come_encrypted_and_with_a_token() {
    let (world, receiver) = (world().await, Receiver::new().await);
    let token = world.sandbox.issue_token(Holder::User("MeganB@contoso.example"), &["Mail.ReadWrite"]);
    let expires = jiff::Timestamp::from_second(world.sandbox.clock().now().as_second() + 3600).unwrap();
    let body = json!({
        "changeType": "created,deleted", "notificationUrl": format!("{}/hook", receiver.url),
        "resource": "me/messages?$select=subject,isRead", "expirationDateTime": expires.to_string(),
        "includeResourceData": true, "encryptionCertificate": CERTIFICATE, "encryptionCertificateId": "key-1",
    });
    let request = world.http.post(world.url("/v1.0/subscriptions")).bearer_auth(&token);
    let request = request.header("content-type", "application/json").body(body.to_string());
    let (status, made) = answer(request.send().await.unwrap()).await;
    assert_eq!(status, 201, "{made}");
    let message = world.sandbox.graph().deliver("MeganB@contoso.example", "inbox", json!({ "subject": "Größe" }));
    world.sandbox.notifications().settled().await;

    let body = &receiver.bodies("/hook")[0];
    let content = &body["value"][0]["encryptedContent"];
    let bytes = |name: &str| STANDARD.decode(content[name].as_str().unwrap()).unwrap();
    let (key, data) = (open(&bytes("dataKey")), bytes("data"));
    assert_eq!(key.len(), 32);
    hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, &key), &data, &bytes("dataSignature")).unwrap();
    let cipher = cbc::Decryptor::<Aes256>::new_from_slices(&key, &key[..16]).unwrap();
    let data: Value = serde_json::from_slice(&cipher.decrypt_padded_vec_mut::<Pkcs7>(&data).unwrap()).unwrap();
    assert_eq!((&data["id"], &data["subject"], &data["isRead"]), (&json!(message), &json!("Größe"), &json!(false)));
    assert!(data.get("body").is_none(), "{data}");
    assert_eq!(content["encryptionCertificateId"], "key-1");
    let thumbprint: String =
        sha1(&STANDARD.decode(CERTIFICATE).unwrap()).iter().map(|byte| format!("{byte:02X}")).collect();
    assert_eq!(content["encryptionCertificateThumbprint"], thumbprint);

    let tenant = world.sandbox.graph().tenant_id();
    let [proof] = body["validationTokens"].as_array().unwrap().as_slice() else { panic!("{body}") };
    let told = claims(proof);
    assert_eq!((&told["aud"], &told["tid"]), (&made["applicationId"], &json!(tenant)));
    assert_eq!(told["azp"], "0bf30f3b-4a52-48df-9a82-234910c4a086");
    assert_eq!(told["iss"], format!("{}/{tenant}/v2.0", world.server.url()));
    let (_, keys) = answer(world.get(&format!("/{tenant}/discovery/v2.0/keys")).await).await;
    let mut point = vec![4];
    for coordinate in ["x", "y"] {
        point.extend(URL_SAFE_NO_PAD.decode(keys["keys"][0][coordinate].as_str().unwrap()).unwrap());
    }
    let (signed, signature) = proof.as_str().unwrap().rsplit_once('.').unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(signed.as_bytes(), &signature).unwrap();

    // What is gone has no data.
    let path = format!("/v1.0/me/messages/{message}");
    world.http.delete(world.url(&path)).bearer_auth(&token).send().await.unwrap();
    world.sandbox.notifications().settled().await;
    let gone = receiver.received("/hook");
    let gone = gone.iter().find(|it| it["changeType"] == "deleted").unwrap();
    assert!(gone.get("encryptedContent").is_none(), "{gone}");
}
