//! The tokens that the sandbox issues and reads.
//!
//! Access tokens have the shape and the claims of Graph's own and are sealed with a key that only this
//! sandbox has, so that forged ones are refused. Id tokens are signed with ES256, and `/discovery/v2.0/keys`
//! serves the public key. Microsoft signs both with RS256; no RSA key is made here because a client that
//! checks a signature must read `alg` from the token anyway.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use jiff::Timestamp;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use ring::{digest, hmac};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The resource that Graph tokens are for.
pub(crate) const GRAPH: &str = "https://graph.microsoft.com";

/// The claims of an access token.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Access {
    pub(crate) aud: String,
    pub(crate) iss: String,
    pub(crate) iat: i64,
    pub(crate) nbf: i64,
    pub(crate) exp: i64,
    pub(crate) appid: String,
    /// The object id of the user, or of the app's service principal.
    pub(crate) oid: String,
    pub(crate) tid: String,
    pub(crate) idtyp: IdType,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) scp: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) roles: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) upn: Option<String>,
    pub(crate) uti: String,
    pub(crate) ver: String,
    /// What the `claims` parameter asked for below `access_token`: a claims challenge is answered by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sandbox_claims: Option<Value>,
}

/// Whose token it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum IdType {
    User,
    App,
}

/// Why a token is refused, in Graph's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    Missing,
    Malformed,
    Signature,
    Audience,
    Expired,
}

impl Refusal {
    pub(crate) fn message(self) -> &'static str {
        match self {
            Refusal::Missing => "Access token is empty.",
            Refusal::Malformed => "IDX14100: JWT is not well formed, there are no dots (.).",
            Refusal::Signature => "Access token validation failure. Invalid signature.",
            Refusal::Audience => "Access token validation failure. Invalid audience.",
            Refusal::Expired => "Lifetime validation failed, the token is expired.",
        }
    }
}

/// The keys of one sandbox.
pub(crate) struct Keys {
    seal: hmac::Key,
    signing: EcdsaKeyPair,
    kid: String,
    random: SystemRandom,
}

impl Keys {
    /// New keys.
    ///
    /// # Panics
    /// When the operating system gives no random bytes.
    pub(crate) fn generate() -> Keys {
        let random = SystemRandom::new();
        let seal = hmac::Key::generate(hmac::HMAC_SHA256, &random).expect("the operating system gives random bytes");
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let document =
            EcdsaKeyPair::generate_pkcs8(algorithm, &random).expect("the operating system gives random bytes");
        let signing = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random).expect("the key was just made");
        let kid = BASE64.encode(digest::digest(&digest::SHA256, signing.public_key().as_ref()));
        Keys { seal, signing, kid, random }
    }

    /// Prints and seals an access token.
    pub(crate) fn seal(&self, claims: &Access) -> String {
        let head = body(&json!({ "typ": "JWT", "alg": "HS256", "kid": self.kid }), claims);
        let tag = hmac::sign(&self.seal, head.as_bytes());
        format!("{head}.{}", BASE64.encode(tag))
    }

    /// Reads an access token and checks seal, audience and time.
    pub(crate) fn open(&self, token: &str, now: Timestamp, audience: impl Fn(&str) -> bool) -> Result<Access, Refusal> {
        if token.is_empty() {
            return Err(Refusal::Missing);
        }
        let (head, tag) = token.rsplit_once('.').ok_or(Refusal::Malformed)?;
        let tag = BASE64.decode(tag).map_err(|_| Refusal::Signature)?;
        hmac::verify(&self.seal, head.as_bytes(), &tag).map_err(|_| Refusal::Signature)?;
        let claims: Access = claims(token).ok_or(Refusal::Malformed)?;
        if !audience(&claims.aud) {
            return Err(Refusal::Audience);
        }
        if now.as_second() >= claims.exp {
            return Err(Refusal::Expired);
        }
        Ok(claims)
    }

    /// Prints and signs an id token.
    pub(crate) fn sign(&self, claims: &Value) -> String {
        let head = body(&json!({ "typ": "JWT", "alg": "ES256", "kid": self.kid }), claims);
        let signature =
            self.signing.sign(&self.random, head.as_bytes()).expect("the operating system gives random bytes");
        format!("{head}.{}", BASE64.encode(signature))
    }

    /// The public key, as a JSON Web Key Set (RFC 7517).
    pub(crate) fn public(&self, issuer: &str) -> Value {
        // an uncompressed point: 04, x, y
        let point = self.signing.public_key().as_ref();
        let (x, y) = point[1..].split_at(32);
        json!({ "keys": [{
            "kty": "EC", "use": "sig", "alg": "ES256", "crv": "P-256", "kid": self.kid,
            "x": BASE64.encode(x), "y": BASE64.encode(y), "issuer": issuer,
        }]})
    }
}

/// Bytes as base64url.
pub(crate) fn text(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

fn body(header: &Value, claims: &impl Serialize) -> String {
    let claims = serde_json::to_vec(claims).expect("claims are plain JSON");
    format!("{}.{}", BASE64.encode(header.to_string()), BASE64.encode(claims))
}

/// The claims of a token whose signature is not looked at.
pub(crate) fn claims<T: DeserializeOwned>(token: &str) -> Option<T> {
    part(token, 1)
}

/// The header of a token whose signature is not looked at.
pub(crate) fn header<T: DeserializeOwned>(token: &str) -> Option<T> {
    part(token, 0)
}

fn part<T: DeserializeOwned>(token: &str, index: usize) -> Option<T> {
    let part = token.split('.').nth(index)?;
    // some libraries pad
    serde_json::from_slice(&BASE64.decode(part.trim_end_matches('=')).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

    use super::*;

    fn access() -> Access {
        Access {
            aud: GRAPH.to_owned(),
            iss: "i".to_owned(),
            iat: 0,
            nbf: 0,
            exp: 100,
            appid: "a".to_owned(),
            oid: "o".to_owned(),
            tid: "t".to_owned(),
            idtyp: IdType::User,
            scp: Some("User.Read".to_owned()),
            roles: None,
            upn: None,
            uti: "u".to_owned(),
            ver: "1.0".to_owned(),
            sandbox_claims: None,
        }
    }

    #[test]
    fn only_its_own_tokens_are_accepted() {
        let keys = Keys::generate();
        let token = keys.seal(&access());
        let at = |second| Timestamp::from_second(second).unwrap();
        let graph = |aud: &str| aud == GRAPH;
        assert_eq!(keys.open(&token, at(99), graph).unwrap().oid, "o");
        assert_eq!(keys.open(&token, at(100), graph).unwrap_err(), Refusal::Expired);
        assert_eq!(keys.open(&token, at(0), |_| false).unwrap_err(), Refusal::Audience);
        assert_eq!(keys.open("", at(0), graph).unwrap_err(), Refusal::Missing);
        assert_eq!(keys.open("opaque", at(0), graph).unwrap_err(), Refusal::Malformed);
        assert_eq!(Keys::generate().open(&token, at(0), graph).unwrap_err(), Refusal::Signature);
        let [header, _, tag] = token.split('.').collect::<Vec<_>>()[..] else { panic!("{token}") };
        let admin = Access { oid: "admin".to_owned(), ..access() };
        let forged = format!("{header}.{}.{tag}", BASE64.encode(serde_json::to_vec(&admin).unwrap()));
        assert_eq!(keys.open(&forged, at(0), graph).unwrap_err(), Refusal::Signature);
    }

    #[test]
    fn id_tokens_verify_with_the_published_key() {
        let keys = Keys::generate();
        let token = keys.sign(&json!({ "sub": "s" }));
        let published = keys.public("i");
        let mut point = vec![4];
        for coordinate in ["x", "y"] {
            point.extend(BASE64.decode(published["keys"][0][coordinate].as_str().unwrap()).unwrap());
        }
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
        key.verify(signed.as_bytes(), &BASE64.decode(signature).unwrap()).unwrap();
        assert!(key.verify(b"other", &BASE64.decode(signature).unwrap()).is_err());
        assert_eq!(claims::<Value>(&token).unwrap()["sub"], "s");
    }
}
