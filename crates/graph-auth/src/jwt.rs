//! Reader of the claims of a token, which does not trust them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::json_body::read_what_fits;

/// Maximum length of a token, in bytes. Entra's are a few kilobytes.
const LIMIT: usize = 64 << 10;

/// Header and claims of a token.
pub(crate) struct Jwt<T> {
    pub(crate) algorithm: String,
    pub(crate) is_signed: bool,
    pub(crate) claims: T,
}

#[derive(Deserialize)]
struct Header {
    #[serde(default)]
    alg: String,
}

/// Parses a JSON Web Token in its compact form (RFC 7519). `None`: it is something else.
///
/// The signature is not verified. That is right for a token that came straight from the token endpoint
/// over TLS (OpenID Connect Core 3.1.3.7), and for what is only shown to people.
pub(crate) fn read<T: DeserializeOwned>(token: &str) -> Option<Jwt<T>> {
    if token.len() > LIMIT {
        return None;
    }
    let mut parts = token.split('.');
    let (header, claims, signature) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok();
    let header: Header = read_what_fits(&decode(header)?)?;
    let claims = read_what_fits(&decode(claims)?)?;
    Some(Jwt { algorithm: header.alg, is_signed: !signature.is_empty(), claims })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn only_the_compact_form_is_read() {
        // {"alg":"RS256"} . {"a":1}
        let good = "eyJhbGciOiJSUzI1NiJ9.eyJhIjoxfQ.c2ln";
        let jwt: Jwt<Value> = read(good).unwrap();
        assert_eq!((jwt.algorithm.as_str(), jwt.is_signed, &jwt.claims["a"]), ("RS256", true, &Value::from(1)));
        for bad in
            ["", "a.b", "opaque", "eyJhbGciOiJSUzI1NiJ9.eyJhIjoxfQ", "eyJhbGciOiJSUzI1NiJ9.eyJhIjoxfQ.a.b", "x.y.z"]
        {
            assert!(read::<Value>(bad).is_none(), "{bad}");
        }
        assert!(read::<Value>(&format!("{good}{}", "a".repeat(LIMIT))).is_none());
    }
}
