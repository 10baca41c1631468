//! Checks of the app and its credential.

use std::sync::Arc;

use connector_sdk::SignInMethod;

use super::{Check, Credential, is_microsoft};
use crate::Authority;
use crate::authority::is_guid;
use crate::client_assertion::SigningCertificate;

impl Check<'_> {
    pub(super) fn client_id(&mut self, authority: &Authority) -> Option<String> {
        let optional = matches!(self.settings.method, SignInMethod::ManagedIdentity | SignInMethod::AccessToken);
        match self.settings.client_id.as_deref() {
            None if optional => {}
            None => self.wrong(
                "/clientId",
                "is needed: the application (client) id of the app registration, or the name of an `oauthProfile`",
            ),
            Some(id) if id.is_empty() || id.trim() != id => {
                self.wrong("/clientId", "is empty or has white space around it")
            }
            Some(id) if !is_guid(id) && is_microsoft(authority) => {
                self.wrong(
                    "/clientId",
                    "is not an application (client) id: Microsoft Entra's are GUIDs, such as `11111111-2222-3333-4444-555555555555`",
                );
            }
            Some(_) => {}
        }
        self.settings.client_id.clone()
    }

    pub(super) fn credential(&mut self, authority: &Authority) -> Option<Credential> {
        use SignInMethod as M;
        let settings = self.settings;
        let method = settings.method;
        let unused = |given: bool, used: bool| given && !used;
        let certified = settings.certificate.is_some()
            || settings.private_key.is_some()
            || settings.certificate_thumbprint.is_some();
        let user = !method.is_application() && method != M::AccessToken;
        for (given, used, pointer) in [
            (settings.client_secret.is_some(), user || method == M::ClientCredentials, "/clientSecret"),
            (certified, user || method == M::ClientCertificate, "/certificate"),
            (settings.federated_token_file.is_some(), method == M::WorkloadIdentity, "/federatedTokenFile"),
            (settings.access_token.is_some(), method == M::AccessToken, "/accessToken"),
        ] {
            if unused(given, used) {
                self.wrong(
                    pointer,
                    format!("is not used by the method `{}`: leave it out, or choose another method", method.name()),
                );
            }
        }
        let secret = settings.client_secret.as_ref();
        if let Some(secret) = secret {
            let text = secret.expose();
            if text.is_empty() || text.trim() != text {
                self.wrong("/clientSecret", "is empty or has white space around it");
            } else if is_guid(text) && is_microsoft(authority) {
                self.wrong(
                    "/clientSecret",
                    "looks like the secret's id; give its value, which is shown only once, when the secret is made",
                );
            }
        }
        if user && secret.is_some() && certified {
            self.wrong("/certificate", "cannot be combined with a client secret: an app has one kind of credential");
        }
        let style = settings.client_auth_style.unwrap_or_default();
        match method {
            M::ClientCredentials => match secret {
                Some(secret) => Some(Credential::Secret(secret.clone(), style)),
                None => {
                    self.wrong("/clientSecret", "is needed: the value of a client secret of the app registration");
                    None
                }
            },
            M::ClientCertificate => self.certificate(),
            M::WorkloadIdentity => match &settings.federated_token_file {
                Some(file) => Some(Credential::Federated(file.clone())),
                None => {
                    self.wrong("/federatedTokenFile", "is needed: the file with the other issuer's token");
                    None
                }
            },
            M::ManagedIdentity => Some(Credential::ManagedIdentity),
            M::AccessToken => match &settings.access_token {
                Some(token) if !token.is_empty() => Some(Credential::GrantContext(token.clone())),
                _ => {
                    self.wrong("/accessToken", "is needed: the token itself");
                    None
                }
            },
            _ if certified => self.certificate(),
            _ => Some(secret.map_or(Credential::Public, |secret| Credential::Secret(secret.clone(), style))),
        }
    }

    fn certificate(&mut self) -> Option<Credential> {
        let settings = self.settings;
        let read = SigningCertificate::read(
            settings.certificate.as_ref(),
            settings.private_key.as_ref(),
            settings.certificate_thumbprint.as_deref(),
        );
        match read {
            Ok(certificate) => Some(Credential::Certificate(Arc::new(certificate))),
            Err(issues) => {
                self.issues.extend(issues);
                None
            }
        }
    }
}
