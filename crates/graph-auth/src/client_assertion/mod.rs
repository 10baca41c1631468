//! Authentication of an app with its certificate: an assertion that its private key signs (RFC 7523).
//!
//! See [certificate credentials][1]: PS256, and the certificate named by its SHA-256 thumbprint. Other services are
//! sure to know RS256 alone (RFC 7518 3.1), and find the key by its `kid`, which is that thumbprint too.
//!
//! [1]: https://learn.microsoft.com/en-us/entra/identity-platform/certificate-credentials

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use connector_sdk::{Error, Issue, Result, Secret};
use jiff::Timestamp;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::random;

/// Lifetime of an assertion, in seconds. Microsoft recommends five to ten minutes.
const LIFETIME: i64 = 600;

/// Kind of service that an assertion is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Service {
    Entra,
    Other,
}

/// A certificate with its private key.
pub struct SigningCertificate {
    key: RsaKeyPair,
    // base64url of the SHA-256 of the certificate's DER form
    thumbprint: String,
}

impl fmt::Debug for SigningCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningCertificate").field("thumbprint", &self.thumbprint).finish_non_exhaustive()
    }
}

impl SigningCertificate {
    /// Reads a certificate and its key from PEM texts; both may stand in one. The SHA-256 thumbprint can replace the
    /// certificate.
    ///
    /// # Errors
    /// What is wrong, each with its place. Nothing of the key is quoted.
    pub fn read(
        certificate: Option<&Secret>,
        key: Option<&Secret>,
        thumbprint: Option<&str>,
    ) -> Result<SigningCertificate, Vec<Issue>> {
        let mut issues = Vec::new();
        let given = thumbprint.and_then(|text| read_thumbprint(text).map_err(|issue| issues.push(issue)).ok());
        let own = certificate.and_then(|pem| own_thumbprint(pem).map_err(|issue| issues.push(issue)).ok());
        if let (Some(given), Some(own)) = (&given, &own)
            && given != own
        {
            issues.push(Issue::new("/certificateThumbprint", "is not that of the certificate; leave it out"));
        }
        if certificate.is_none() && thumbprint.is_none() {
            issues.push(Issue::new(
                "/certificate",
                "is needed: the certificate that is registered for the app, in PEM form",
            ));
        }
        let key = match (key, certificate) {
            (Some(pem), _) => read_key(pem, "/privateKey"),
            (None, Some(pem)) if pem.expose().contains("PRIVATE KEY") => read_key(pem, "/certificate"),
            (None, _) => Err(Issue::new("/privateKey", "is needed: the certificate's private key, in PEM form")),
        };
        match (key, own.or(given)) {
            (Ok(key), Some(thumbprint)) if issues.is_empty() => Ok(SigningCertificate { key, thumbprint }),
            (key, _) => {
                issues.extend(key.err());
                Err(issues)
            }
        }
    }

    /// Returns the SHA-256 thumbprint in base64url, as in `x5t#S256`.
    pub fn thumbprint(&self) -> &str {
        &self.thumbprint
    }

    /// Creates an assertion by which `client_id` authenticates at the token endpoint `audience`, valid for ten minutes.
    pub(crate) fn assertion(
        &self,
        client_id: &str,
        audience: &str,
        service: Service,
        now: Timestamp,
    ) -> Result<Secret> {
        let now = now.as_second();
        let (header, padding): (_, &dyn RsaEncoding) = match service {
            Service::Entra => (json!({ "alg": "PS256", "typ": "JWT", "x5t#S256": self.thumbprint }), &RSA_PSS_SHA256),
            Service::Other => (
                json!({ "alg": "RS256", "typ": "JWT", "kid": self.thumbprint, "x5t#S256": self.thumbprint }),
                &RSA_PKCS1_SHA256,
            ),
        };
        let claims = json!({
            "aud": audience,
            "iss": client_id,
            "sub": client_id,
            "jti": random::uuid()?,
            "nbf": now,
            "iat": now,
            "exp": now + LIFETIME,
        });
        let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(header), part(claims));
        let mut signature = vec![0; self.key.public().modulus_len()];
        self.key
            .sign(padding, &SystemRandom::new(), signed.as_bytes(), &mut signature)
            .map_err(|_| Error::bug("the private key cannot sign"))?;
        Ok(Secret::new(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))))
    }
}

fn own_thumbprint(pem: &Secret) -> Result<String, Issue> {
    // The first is the app's own; what follows is its chain.
    let certificate = CertificateDer::from_pem_slice(pem.expose().as_bytes()).map_err(|_| {
        Issue::new("/certificate", "is not a certificate in PEM form: it begins with `-----BEGIN CERTIFICATE-----`")
    })?;
    Ok(URL_SAFE_NO_PAD.encode(Sha256::digest(&certificate)))
}

fn read_key(pem: &Secret, pointer: &str) -> Result<RsaKeyPair, Issue> {
    let refuse = |why: &str| Issue::new(pointer, why);
    if pem.expose().contains("ENCRYPTED") {
        return Err(refuse("is encrypted; decrypt it first, for example with `openssl rsa`"));
    }
    let key = PrivateKeyDer::from_pem_slice(pem.expose().as_bytes())
        .map_err(|_| refuse("is not a private key in PEM form: it begins with `-----BEGIN PRIVATE KEY-----`"))?;
    let pair = match &key {
        PrivateKeyDer::Pkcs8(der) => RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()),
        PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der()),
        _ => return Err(refuse("is not an RSA key; Microsoft Entra accepts RSA only")),
    };
    pair.map_err(|_| refuse("is not an RSA key of 2048 to 4096 bits"))
}

// Hexadecimal, with or without colons, or base64url.
fn read_thumbprint(text: &str) -> Result<String, Issue> {
    let refuse = |why: &str| Err(Issue::new("/certificateThumbprint", why));
    let hex: String = text.chars().filter(|c| !matches!(c, ':' | ' ')).collect();
    if hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        match hex.len() {
            64 => {
                let bytes: Vec<u8> =
                    (0..64).step_by(2).filter_map(|at| u8::from_str_radix(&hex[at..at + 2], 16).ok()).collect();
                return Ok(URL_SAFE_NO_PAD.encode(bytes));
            }
            40 => return refuse("is a SHA-1 thumbprint; give the certificate itself, or its SHA-256 thumbprint"),
            _ => {}
        }
    }
    match URL_SAFE_NO_PAD.decode(text) {
        Ok(bytes) if bytes.len() == 32 => Ok(text.to_owned()),
        _ => refuse("is not a SHA-256 thumbprint: 64 hexadecimal digits, or 43 characters of base64url"),
    }
}

#[cfg(test)]
mod tests;
