//! The secret or certificate of an app, which is replaced from time to time.

use connector_sdk::Secret;
use jiff::civil::Date;
use serde::Deserialize;

use crate::{OauthProfile, Settings};

/// What an app proves itself with, as its owner gives it: a client secret or a certificate.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AppCredential {
    /// The client secret: its value, not its id.
    #[serde(default)]
    pub client_secret: Option<Secret>,
    /// The certificate in PEM form. It may hold the private key too.
    #[serde(default)]
    pub certificate: Option<Secret>,
    /// The SHA-256 thumbprint of the certificate, where the certificate itself is not given.
    #[serde(default)]
    pub certificate_thumbprint: Option<String>,
    /// The certificate's private key in PEM form.
    #[serde(default)]
    pub private_key: Option<Secret>,
    /// The day on which the secret or certificate expires.
    #[serde(default)]
    pub secret_expires: Option<Date>,
}

impl AppCredential {
    /// Whether there is nothing that proves anything.
    pub fn is_empty(&self) -> bool {
        self.client_secret.is_none() && self.certificate.is_none() && self.private_key.is_none()
    }

    /// Whether both prove it with the same.
    pub fn is_same(&self, other: &AppCredential) -> bool {
        let without_date = |credential: &AppCredential| AppCredential { secret_expires: None, ..credential.clone() };
        without_date(self) == without_date(other)
    }
}

impl OauthProfile {
    /// What the app proves itself with.
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
    /// What the app proves itself with.
    pub fn credential(&self) -> AppCredential {
        AppCredential {
            client_secret: self.client_secret.clone(),
            certificate: self.certificate.clone(),
            certificate_thumbprint: self.certificate_thumbprint.clone(),
            private_key: self.private_key.clone(),
            secret_expires: self.secret_expires,
        }
    }

    /// The same settings with another secret or certificate. Nothing of the former one stays.
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
