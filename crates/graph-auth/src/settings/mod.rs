//! Settings of a connection, as its owner gives them.

mod constructors;

use std::collections::BTreeMap;

use connector_sdk::{AccountType, Secret, SignInMethod};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Cloud;
use crate::access_token_claims::is_application_token;
use crate::sealed::Sealer;

/// How a connection signs in.
///
/// There is a constructor for each sign-in method, and setters for what they have in common. Settings in JSON, such as
/// a form gives them, are deserialized. Deserialising checks the form; [`Settings::check`](crate::Settings::check)
/// checks the rest, and makes what the flows need of it.
///
/// ```
/// use connector_sdk::Secret;
/// use graph_auth::Settings;
///
/// let settings = Settings::client_credentials("contoso.example", "payroll", Secret::new("…")).user("megan@contoso.example");
/// assert!(settings.is_application());
///
/// let json = r#"{ "method": "device_code", "clientId": "payroll", "tenantId": "contoso.example" }"#;
/// let settings: Settings = serde_json::from_str(json)?;
/// assert_eq!(settings, Settings::device_code("payroll").tenant("contoso.example"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "Connection")]
pub struct Settings {
    /// The way to sign in.
    pub method: SignInMethod,
    /// Whose accounts may sign in. Without it, it follows from the tenant. An app signs in to one tenant.
    #[serde(default)]
    pub account_type: Option<AccountType>,
    /// The directory (tenant): its id, a verified domain, or `common`, `organizations` or `consumers`.
    #[serde(default)]
    #[schemars(length(min = 1, max = 253))]
    pub tenant_id: Option<String>,
    /// The application (client) id of the app registration. For a managed identity: the client id of the
    /// user-assigned identity; leave it out for the system-assigned one.
    #[serde(default)]
    #[schemars(length(min = 1, max = 200))]
    pub client_id: Option<String>,
    /// The client secret: its value, not its id. Leave it out for a public client.
    #[serde(default)]
    pub client_secret: Option<Secret>,
    /// The day on which the client secret or the certificate expires, so that you can be warned in time.
    #[serde(default)]
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    pub secret_expires: Option<Date>,
    /// How the client secret is sent. Microsoft Entra takes both ways; `body` is usual.
    #[serde(default)]
    pub client_auth_style: Option<ClientAuthStyle>,
    /// The app's certificate in PEM form. It may hold the private key too.
    #[serde(default)]
    pub certificate: Option<Secret>,
    /// The SHA-256 thumbprint of the certificate (hexadecimal or base64url), where the certificate itself is
    /// not given.
    #[serde(default)]
    #[schemars(length(min = 40, max = 95))]
    pub certificate_thumbprint: Option<String>,
    /// The certificate's RSA private key in PEM form (PKCS#8 or PKCS#1), not encrypted.
    #[serde(default)]
    pub private_key: Option<Secret>,
    /// The file with another issuer's token for this app (workload identity federation). It is read anew
    /// for each sign-in.
    #[serde(default)]
    #[schemars(length(min = 1, max = 4096))]
    pub federated_token_file: Option<String>,
    /// A token that the embedding program obtained, for the method `access_token`.
    #[serde(default)]
    pub access_token: Option<Secret>,
    /// The permissions to ask for, instead of the connector's default: a list, or one text with spaces
    /// between. The connector's minimum is always added.
    #[serde(default)]
    pub scopes: Option<ScopeNames>,
    /// The default user of an app's connection, by id or user principal name: whose mailbox, calendar and
    /// picklists are meant when an action names nobody.
    #[serde(default)]
    #[schemars(length(min = 1, max = 320))]
    pub user_id: Option<String>,
    /// The cloud that the tenant is in.
    #[serde(default)]
    pub cloud: Cloud,
    /// Another origin for Graph, such as `http://127.0.0.1:8080` for the sandbox. Plain http is accepted for
    /// loopback addresses only.
    #[serde(default)]
    pub graph_url: Option<String>,
    /// Another origin for the sign-in service.
    #[serde(default)]
    pub authority_url: Option<String>,
    /// Another authorisation endpoint: the whole URL.
    #[serde(default)]
    pub authorize_url: Option<String>,
    /// Another token endpoint: the whole URL.
    #[serde(default)]
    pub token_url: Option<String>,
    /// The issuer of an OpenID provider that is not Microsoft Entra, exactly as its metadata names it.
    #[serde(default)]
    pub issuer: Option<String>,
    /// More parameters for the sign-in page, such as `prompt`, `login_hint`, `domain_hint` or `claims`.
    #[serde(default)]
    pub extra_parameters: BTreeMap<String, String>,
    /// The address to which the browser returns, as the app registration lists it. Without it, the host
    /// chooses one on this machine.
    #[serde(default)]
    pub redirect_uri: Option<String>,
    /// The name of an app registration that the host keeps. It fills in the client id, its secret or
    /// certificate, the tenant and the redirect address where they are not given here.
    #[serde(default)]
    #[schemars(length(min = 1, max = 100))]
    pub oauth_profile: Option<String>,
    /// The version of the API that requests use where they name none; the default is `v1.0`.
    #[serde(default)]
    pub api_version: Option<GraphVersion>,
}

/// A version of Microsoft Graph's API.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum GraphVersion {
    /// The version for production.
    #[default]
    #[serde(rename = "v1.0")]
    V1,
    /// The version that Microsoft may change at any time.
    #[serde(rename = "beta")]
    Beta,
}

/// How a client secret is sent (RFC 6749 2.3.1).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClientAuthStyle {
    /// In the body of the request, beside the other parameters.
    #[default]
    Body,
    /// As a Basic `Authorization` header.
    Basic,
}

/// Scope names: a list, or one text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Scopes")]
#[serde(untagged)]
pub enum ScopeNames {
    /// One name each.
    List(Vec<String>),
    /// Names with spaces between.
    Text(String),
}

impl ScopeNames {
    /// Returns the scope names.
    pub fn names(&self) -> Vec<String> {
        let names: Vec<&str> = match self {
            ScopeNames::List(list) => list.iter().flat_map(|text| text.split_whitespace()).collect(),
            ScopeNames::Text(text) => text.split_whitespace().collect(),
        };
        names.into_iter().map(str::to_owned).collect()
    }
}

/// An app registration that is kept under a name and shared by connections.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "OAuth profile")]
pub struct OauthProfile {
    /// The application (client) id.
    #[schemars(length(min = 1, max = 200))]
    pub client_id: String,
    /// The client secret: its value, not its id.
    #[serde(default)]
    pub client_secret: Option<Secret>,
    /// The day on which the secret or the certificate expires.
    #[serde(default)]
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    pub secret_expires: Option<Date>,
    /// How the client secret is sent.
    #[serde(default)]
    pub client_auth_style: Option<ClientAuthStyle>,
    /// The app's certificate in PEM form. It may hold the private key too.
    #[serde(default)]
    pub certificate: Option<Secret>,
    /// The certificate's RSA private key in PEM form.
    #[serde(default)]
    pub private_key: Option<Secret>,
    /// The tenant, where all connections of the profile share it.
    #[serde(default)]
    #[schemars(length(min = 1, max = 253))]
    pub tenant_id: Option<String>,
    /// The address to which the browser returns.
    #[serde(default)]
    pub redirect_uri: Option<String>,
}

impl Settings {
    /// Returns whether the settings sign in an app, not a user. A given token says it itself.
    pub fn is_application(&self) -> bool {
        self.method.is_application() || self.access_token.as_ref().is_some_and(is_application_token)
    }

    /// Completes the settings by an app registration. Values that are set already stay.
    ///
    /// A client id of their own means another app, and then nothing of the profile's credentials is taken.
    ///
    /// ```
    /// use connector_sdk::SignInMethod;
    /// use graph_auth::{OauthProfile, Settings};
    ///
    /// let profile = serde_json::json!({ "clientId": "payroll", "tenantId": "contoso.example" });
    /// let profile: OauthProfile = serde_json::from_value(profile).unwrap();
    /// let tenant_id = Some("fabrikam.example".to_owned());
    /// let settings = Settings { tenant_id, ..Settings::new(SignInMethod::DeviceCode) }.with_profile(&profile);
    /// assert_eq!(settings.client_id.as_deref(), Some("payroll"));
    /// assert_eq!(settings.tenant_id.as_deref(), Some("fabrikam.example"));
    /// ```
    #[must_use]
    pub fn with_profile(mut self, profile: &OauthProfile) -> Settings {
        if self.client_id.as_ref().is_none_or(|id| *id == profile.client_id) {
            let own = self.client_secret.is_some() || self.certificate.is_some() || self.private_key.is_some();
            if !own {
                self.client_secret.clone_from(&profile.client_secret);
                self.certificate.clone_from(&profile.certificate);
                self.private_key.clone_from(&profile.private_key);
                self.secret_expires = self.secret_expires.or(profile.secret_expires);
            }
            self.client_id = Some(profile.client_id.clone());
            self.client_auth_style = self.client_auth_style.or(profile.client_auth_style);
            self.redirect_uri = self.redirect_uri.or_else(|| profile.redirect_uri.clone());
        }
        self.tenant_id = self.tenant_id.or_else(|| profile.tenant_id.clone());
        self
    }

    /// Serializes the settings **with their secrets**, for the vault and for nothing else.
    pub fn to_sealed_json(&self) -> Secret {
        self.write(Sealer::with_secrets()).into_secret()
    }

    /// Serializes the settings without their secrets, for display. The names of the secrets that are set stand in
    /// `secrets`.
    ///
    /// ```
    /// use connector_sdk::{Secret, SignInMethod};
    /// use graph_auth::Settings;
    ///
    /// let secret = Some(Secret::new("hunter2"));
    /// let settings = Settings { client_secret: secret, ..Settings::new(SignInMethod::ClientCredentials) };
    /// let shown = settings.to_public_json();
    /// assert_eq!(shown["secrets"], serde_json::json!(["clientSecret"]));
    /// assert!(!shown.to_string().contains("hunter2"));
    /// ```
    pub fn to_public_json(&self) -> serde_json::Value {
        self.write(Sealer::public()).into_value()
    }

    fn write(&self, sealer: Sealer) -> Sealer {
        // A settings type that gains a field must not compile until the field is written here.
        let Settings {
            method,
            account_type,
            tenant_id,
            client_id,
            client_secret,
            secret_expires,
            client_auth_style,
            certificate,
            certificate_thumbprint,
            private_key,
            federated_token_file,
            access_token,
            scopes,
            user_id,
            cloud,
            graph_url,
            authority_url,
            authorize_url,
            token_url,
            issuer,
            extra_parameters,
            redirect_uri,
            oauth_profile,
            api_version,
        } = self;
        sealer
            .put("method", method)
            .put("accountType", account_type)
            .put("tenantId", tenant_id)
            .put("clientId", client_id)
            .secret("clientSecret", client_secret)
            .put("secretExpires", secret_expires)
            .put("clientAuthStyle", client_auth_style)
            .secret("certificate", certificate)
            .put("certificateThumbprint", certificate_thumbprint)
            .secret("privateKey", private_key)
            .put("federatedTokenFile", federated_token_file)
            .secret("accessToken", access_token)
            .put("scopes", scopes)
            .put("userId", user_id)
            .put("cloud", cloud)
            .put("graphUrl", graph_url)
            .put("authorityUrl", authority_url)
            .put("authorizeUrl", authorize_url)
            .put("tokenUrl", token_url)
            .put("issuer", issuer)
            .put("extraParameters", extra_parameters)
            .put("redirectUri", redirect_uri)
            .put("oauthProfile", oauth_profile)
            .put("apiVersion", api_version)
    }
}

impl OauthProfile {
    /// Serializes the profile **with its secrets**, for the vault and for nothing else.
    pub fn to_sealed_json(&self) -> Secret {
        self.write(Sealer::with_secrets()).into_secret()
    }

    /// Serializes the profile without its secrets, for display.
    pub fn to_public_json(&self) -> serde_json::Value {
        self.write(Sealer::public()).into_value()
    }

    fn write(&self, sealer: Sealer) -> Sealer {
        let OauthProfile {
            client_id,
            client_secret,
            secret_expires,
            client_auth_style,
            certificate,
            private_key,
            tenant_id,
            redirect_uri,
        } = self;
        sealer
            .put("clientId", client_id)
            .secret("clientSecret", client_secret)
            .put("secretExpires", secret_expires)
            .put("clientAuthStyle", client_auth_style)
            .secret("certificate", certificate)
            .secret("privateKey", private_key)
            .put("tenantId", tenant_id)
            .put("redirectUri", redirect_uri)
    }
}

#[cfg(test)]
mod tests;
