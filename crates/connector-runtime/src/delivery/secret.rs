//! Secrets that sign, and signatures by the specification Standard Webhooks.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use connector_sdk::{Error, Result, Secret};
use jiff::{SignedDuration, Timestamp};
use ring::hmac;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::random;

/// Prefix of a secret, by which scanners for secrets know it.
const PREFIX: &str = "whsec_";
/// Time for which a secret that was replaced signs too.
const OVERLAP: SignedDuration = SignedDuration::from_hours(24);

/// The secrets of a destination.
#[derive(Clone, Deserialize)]
pub(crate) struct SigningSecrets {
    current: Secret,
    #[serde(default)]
    former: Option<FormerSecret>,
}

#[derive(Clone, Deserialize)]
struct FormerSecret {
    secret: Secret,
    until: Timestamp,
}

impl SigningSecrets {
    /// Creates a secret of 32 random bytes.
    ///
    /// # Errors
    /// `unavailable` when the system has no random bytes.
    pub(crate) fn random() -> Result<SigningSecrets> {
        Ok(SigningSecrets { current: random_secret()?, former: None })
    }

    /// Returns the secret that is shown once.
    pub(crate) fn current(&self) -> &Secret {
        &self.current
    }

    /// Creates a new secret, besides which the one before signs for 24 hours.
    ///
    /// # Errors
    /// As [`SigningSecrets::random`].
    pub(crate) fn rotated(self, now: Timestamp) -> Result<SigningSecrets> {
        let until = now.saturating_add(OVERLAP).unwrap_or(Timestamp::MAX);
        Ok(SigningSecrets { current: random_secret()?, former: Some(FormerSecret { secret: self.current, until }) })
    }

    /// Returns the secrets as they are sealed.
    pub(crate) fn to_sealed_json(&self) -> serde_json::Value {
        let former = self
            .former
            .as_ref()
            .map(|former| serde_json::json!({ "secret": former.secret.expose(), "until": former.until }));
        serde_json::json!({ "current": self.current.expose(), "former": former })
    }

    /// Returns the header `webhook-signature`: a signature with each secret that signs at this time.
    ///
    /// # Errors
    /// `bug` for a stored secret that is none.
    pub(crate) fn sign(&self, id: &str, now: Timestamp, body: &[u8]) -> Result<String> {
        let mut signatures = sign(&self.current, id, now, body)?;
        if let Some(former) = self.former.as_ref().filter(|former| now < former.until) {
            signatures.push(' ');
            signatures.push_str(&sign(&former.secret, id, now, body)?);
        }
        Ok(signatures)
    }
}

fn random_secret() -> Result<Secret> {
    let bytes = Zeroizing::new(random::bytes::<32>()?);
    Ok(Secret::new(format!("{PREFIX}{}", STANDARD.encode(*bytes))))
}

fn sign(secret: &Secret, id: &str, now: Timestamp, body: &[u8]) -> Result<String> {
    let bytes = secret.expose().strip_prefix(PREFIX).and_then(|text| STANDARD.decode(text).ok());
    let bytes = Zeroizing::new(bytes.ok_or_else(|| Error::bug("a stored secret of a destination is none"))?);
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, &bytes));
    context.update(format!("{id}.{}.", now.as_second()).as_bytes());
    context.update(body);
    Ok(format!("v1,{}", STANDARD.encode(context.sign())))
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use standardwebhooks::{Webhook, WebhookError};

    use super::*;

    fn headers(id: &str, at: Timestamp, signature: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("webhook-id", id.parse().unwrap());
        headers.insert("webhook-timestamp", at.as_second().to_string().parse().unwrap());
        headers.insert("webhook-signature", signature.parse().unwrap());
        headers
    }

    #[test]
    fn the_official_library_verifies_signatures_and_nothing_else() {
        let secrets = SigningSecrets::random().unwrap();
        let official = Webhook::new(secrets.current().expose()).unwrap();
        let now = Timestamp::now();
        let body = r#"{"type":"outlook.new_email","data":{"subject":"Grüße"}}"#.as_bytes();
        let signature = secrets.sign("evt_1", now, body).unwrap();
        official.verify(body, &headers("evt_1", now, &signature)).unwrap();
        assert!(official.verify(b"{}", &headers("evt_1", now, &signature)).is_err());
        assert!(official.verify(body, &headers("evt_2", now, &signature)).is_err());
        let later = now + SignedDuration::from_secs(1);
        assert!(official.verify(body, &headers("evt_1", later, &signature)).is_err());
        let other = Webhook::new(SigningSecrets::random().unwrap().current().expose()).unwrap();
        assert!(other.verify(body, &headers("evt_1", now, &signature)).is_err());
    }

    #[test]
    fn what_was_recorded_is_too_old_after_five_minutes() {
        let secrets = SigningSecrets::random().unwrap();
        let official = Webhook::new(secrets.current().expose()).unwrap();
        let then = Timestamp::now() - SignedDuration::from_secs(301);
        let signature = secrets.sign("evt_1", then, b"{}").unwrap();
        let refused = official.verify(b"{}", &headers("evt_1", then, &signature));
        assert!(matches!(refused, Err(WebhookError::TimestampTooOldError)), "{refused:?}");
    }

    #[test]
    fn a_secret_that_was_replaced_signs_for_a_day() {
        let first = SigningSecrets::random().unwrap();
        let old = Webhook::new(first.current().expose()).unwrap();
        // A day ago: so that the official library, which knows the machine's clock alone, sees the end of the overlap.
        let now = Timestamp::now();
        let verified = |rotated: Timestamp| {
            let secrets = first.clone().rotated(rotated).unwrap();
            let new = Webhook::new(secrets.current().expose()).unwrap();
            let signature = secrets.sign("evt_1", now, b"{}").unwrap();
            let headers = headers("evt_1", now, &signature);
            (new.verify(b"{}", &headers).is_ok(), old.verify(b"{}", &headers).is_ok())
        };
        assert_eq!(verified(now), (true, true));
        assert_eq!(verified(now - SignedDuration::from_mins(24 * 60 - 1)), (true, true));
        assert_eq!(verified(now - SignedDuration::from_hours(24)), (true, false));
    }

    #[test]
    fn secrets_are_read_as_they_were_sealed_and_never_shown() {
        let secrets = SigningSecrets::random().unwrap().rotated(Timestamp::now()).unwrap();
        let read: SigningSecrets = serde_json::from_value(secrets.to_sealed_json()).unwrap();
        let now = Timestamp::now();
        assert_eq!(read.sign("a", now, b"b").unwrap(), secrets.sign("a", now, b"b").unwrap());
        assert!(secrets.current().expose().starts_with("whsec_"));
    }
}
