//! Secrets and certificates of apps, which are replaced from time to time.

use connector_sdk::Secret;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{OauthProfile, Settings};

/// Credential of an app, as its owner gives it: a client secret or a certificate.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AppCredential {
    /// Value of the client secret, not its id.
    #[serde(default)]
    pub client_secret: Option<Secret>,
    /// Certificate in PEM form. It may hold the private key too.
    #[serde(default)]
    pub certificate: Option<Secret>,
    /// SHA-256 thumbprint of the certificate, where the certificate itself is not given.
    #[serde(default)]
    pub certificate_thumbprint: Option<String>,
    /// Private key of the certificate, in PEM form.
    #[serde(default)]
    pub private_key: Option<Secret>,
    /// Day on which the secret or certificate expires.
    #[serde(default)]
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    pub secret_expires: Option<Date>,
}

impl AppCredential {
    /// Returns whether neither a secret nor a certificate is given.
    pub fn is_empty(&self) -> bool {
        self.client_secret.is_none() && self.certificate.is_none() && self.private_key.is_none()
    }

    /// Returns whether both are the same credential.
    pub fn is_same(&self, other: &AppCredential) -> bool {
        let without_date = |credential: &AppCredential| AppCredential { secret_expires: None, ..credential.clone() };
        without_date(self) == without_date(other)
    }
}

impl OauthProfile {
    /// Returns the credential of the app.
    pub fn credential(&self) -> AppCredential {
        AppCredential {
            client_secret: self.client_secret.clone(),
            certificate: self.certificate.clone(),
            certificate_thumbprint: None,
            private_key: self.private_key.clone(),
            secret_expires: self.secret_expires,
        }
    }
}

impl Settings {
    /// Returns the credential of the app.
    pub fn credential(&self) -> AppCredential {
        AppCredential {
            client_secret: self.client_secret.clone(),
            certificate: self.certificate.clone(),
            certificate_thumbprint: self.certificate_thumbprint.clone(),
            private_key: self.private_key.clone(),
            secret_expires: self.secret_expires,
        }
    }

    /// Replaces the credential. Nothing of the former one stays.
    #[must_use]
    pub fn with_credential(self, credential: AppCredential) -> Settings {
        let AppCredential { client_secret, certificate, certificate_thumbprint, private_key, secret_expires } =
            credential;
        Settings { client_secret, certificate, certificate_thumbprint, private_key, secret_expires, ..self }
    }
}

#[cfg(test)]
mod tests {
    use connector_sdk::SignInMethod;

    use super::*;

    #[test]
    fn nothing_of_a_former_credential_stays() {
        let old = Settings {
            certificate: Some(Secret::new("c")),
            private_key: Some(Secret::new("k")),
            certificate_thumbprint: Some("t".to_owned()),
            secret_expires: Some(jiff::civil::date(2020, 1, 1)),
            client_id: Some("app".to_owned()),
            ..Settings::new(SignInMethod::AuthorizationCode)
        };
        let new = old
            .clone()
            .with_credential(AppCredential { client_secret: Some(Secret::new("s")), ..AppCredential::default() });
        let fresh = Settings::new(SignInMethod::AuthorizationCode);
        assert_eq!(new, Settings { client_secret: Some(Secret::new("s")), client_id: Some("app".to_owned()), ..fresh });
        assert_eq!(old.clone().with_credential(old.credential()), old);
        assert!(AppCredential::default().is_empty() && !new.credential().is_empty());
        assert!(!new.credential().is_same(&old.credential()));
        assert!(old.credential().is_same(&AppCredential { secret_expires: None, ..old.credential() }));
    }
}
