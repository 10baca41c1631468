//! Client assertions: a [certificate][1] (RFC 7523), or the token of another issuer.
//!
//! The signature of another issuer's token is not checked, because the sandbox cannot reach that issuer;
//! its `iss`, `sub`, `aud` and times are.
//!
//! [1]: https://learn.microsoft.com/en-us/entra/identity-platform/certificate-credentials

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, SignatureVerificationAlgorithm};
use serde::Deserialize;
use serde_json::Value;

use super::Entra;
use super::apps::App;
use super::errors::Failure;
use super::jwt;
use crate::lock;

#[derive(Deserialize)]
struct Header {
    alg: String,
    x5t: Option<String>,
    #[serde(rename = "x5t#S256")]
    x5t_s256: Option<String>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Value,
    exp: i64,
    nbf: Option<i64>,
    jti: Option<String>,
}

impl Entra {
    /// Checks an assertion.
    ///
    /// # Errors
    /// 50027 when it is no JWT, 700027 for a wrong key or signature, 700024 outside its times, 700021 when
    /// it is another app's, 700023 for another audience, 700211 to 700213 when no federated credential fits.
    pub(crate) fn check_assertion(
        &self,
        origin: &str,
        segment: &str,
        app: &App,
        assertion: &str,
    ) -> Result<(), Failure> {
        let malformed = || Failure::new(50_027, "JWT token is invalid or malformed.");
        let header: Header = jwt::header(assertion).ok_or_else(malformed)?;
        let claims: Claims = jwt::claims(assertion).ok_or_else(malformed)?;
        let now = self.clock.now().as_second();
        // the clocks of two machines differ
        if now >= claims.exp || claims.nbf.is_some_and(|from| from > now + 300) {
            let text = format!(
                "Client assertion is not within its valid time range. Current time: {}, expiry time of assertion {}.",
                now, claims.exp
            );
            return Err(Failure::new(700_024, text));
        }
        if claims.iss != app.client_id && claims.sub != app.client_id {
            return federated(app, &claims);
        }
        if claims.iss != claims.sub || claims.iss != app.client_id {
            return Err(Failure::new(
                700_021,
                "Client assertion application identifier doesn't match 'client_id' parameter.",
            ));
        }
        let audiences = [format!("{origin}/{segment}/oauth2/v2.0/token"), format!("{origin}/{segment}/v2.0")];
        if !audiences.iter().any(|known| claims.aud.as_str() == Some(known)) {
            return Err(Failure::new(700_023, "Client assertion audience claim does not match Realm issuer."));
        }
        signed(app, &header, assertion)?;
        let jti = claims.jti.ok_or_else(malformed)?;
        let mut state = lock(&self.state);
        state.assertions.retain(|_, exp| *exp > now);
        if state.assertions.insert((app.client_id.clone(), jti), claims.exp).is_some() {
            // Entra does not promise to notice, and RFC 7523 lets it
            return Err(Failure::new(700_027, "Client assertion contains a jti that was used before."));
        }
        Ok(())
    }
}

fn federated(app: &App, claims: &Claims) -> Result<(), Failure> {
    let none = |number, what: &str, value: &str| {
        Failure::new(
            number,
            format!("No matching federated identity record found for presented assertion {what} '{value}'."),
        )
    };
    let issued: Vec<_> = app.federated.iter().filter(|known| known.issuer == claims.iss).collect();
    if issued.is_empty() {
        return Err(none(700_211, "issuer", &claims.iss));
    }
    let known =
        issued.iter().find(|known| known.subject == claims.sub).ok_or_else(|| none(700_213, "subject", &claims.sub))?;
    let heard = claims.aud.as_str() == Some(&known.audience)
        || claims.aud.as_array().is_some_and(|all| all.iter().any(|aud| aud.as_str() == Some(&known.audience)));
    if heard { Ok(()) } else { Err(none(700_212, "audience", claims.aud.as_str().unwrap_or_default())) }
}

fn signed(app: &App, header: &Header, assertion: &str) -> Result<(), Failure> {
    let invalid =
        |why: &str| Failure::new(700_027, format!("Client assertion contains an invalid signature. [Reason - {why}]"));
    let algorithm: &dyn SignatureVerificationAlgorithm = match header.alg.as_str() {
        "RS256" => webpki::ring::RSA_PKCS1_2048_8192_SHA256,
        "PS256" => webpki::ring::RSA_PSS_2048_8192_SHA256_LEGACY_KEY,
        _ => return Err(invalid("The algorithm is neither RS256 nor PS256.")),
    };
    let (text, signature) = assertion.rsplit_once('.').ok_or_else(|| invalid("There is no signature."))?;
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| invalid("The signature is not base64url."))?;
    let named = |der: &[u8]| {
        let is = |print: &Option<String>, algorithm| {
            print.as_ref().map(|print| *print == URL_SAFE_NO_PAD.encode(digest::digest(algorithm, der)))
        };
        is(&header.x5t_s256, &digest::SHA256).or_else(|| is(&header.x5t, &digest::SHA1_FOR_LEGACY_USE_ONLY))
    };
    if header.x5t.is_none() && header.x5t_s256.is_none() {
        return Err(invalid("The header has no x5t#S256 and no x5t."));
    }
    let certificates = app.certificates.iter().filter_map(|pem| CertificateDer::from_pem_slice(pem.as_bytes()).ok());
    let Some(certificate) = certificates.into_iter().find(|der| named(der) == Some(true)) else {
        return Err(invalid("The key was not found."));
    };
    let certificate =
        webpki::EndEntityCert::try_from(&certificate).map_err(|_| invalid("The certificate cannot be read."))?;
    certificate
        .verify_signature(algorithm, text.as_bytes(), &signature)
        .map_err(|_| invalid("The signature does not match."))
}
