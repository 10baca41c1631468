//! Settings of each sign-in method.

use std::collections::BTreeMap;

use connector_sdk::{Secret, SignInMethod};

use super::{ScopeNames, Settings};
use crate::Cloud;

impl Settings {
    /// Creates settings with a method and nothing else.
    pub fn new(method: SignInMethod) -> Settings {
        Settings {
            method,
            account_type: None,
            tenant_id: None,
            client_id: None,
            client_secret: None,
            secret_expires: None,
            client_auth_style: None,
            certificate: None,
            certificate_thumbprint: None,
            private_key: None,
            federated_token_file: None,
            access_token: None,
            scopes: None,
            user_id: None,
            cloud: Cloud::Global,
            graph_url: None,
            authority_url: None,
            authorize_url: None,
            token_url: None,
            issuer: None,
            extra_parameters: BTreeMap::new(),
            redirect_uri: None,
            oauth_profile: None,
            api_version: None,
        }
    }

    /// Creates settings with which a user signs in with a browser. A web app also needs its
    /// [`secret`](Settings::secret).
    ///
    /// ```
    /// let settings = graph_auth::Settings::authorization_code("payroll").tenant("contoso.example");
    /// # assert_eq!(settings.method.name(), "authorization_code");
    /// ```
    pub fn authorization_code(client_id: impl Into<String>) -> Settings {
        Settings { client_id: Some(client_id.into()), ..Settings::new(SignInMethod::AuthorizationCode) }
    }

    /// Creates settings with which a user signs in on another device.
    ///
    /// ```
    /// let settings = graph_auth::Settings::device_code("payroll").scopes(["Mail.Read", "Mail.Send"]);
    /// # assert_eq!(settings.method.name(), "device_code");
    /// ```
    pub fn device_code(client_id: impl Into<String>) -> Settings {
        Settings { client_id: Some(client_id.into()), ..Settings::new(SignInMethod::DeviceCode) }
    }

    /// Creates settings with which an app signs in with its secret.
    ///
    /// ```
    /// use connector_sdk::Secret;
    /// use graph_auth::Settings;
    ///
    /// let secret = Secret::new("…");
    /// let settings = Settings::client_credentials("contoso.example", "payroll", secret).user("megan@contoso.example");
    /// # assert_eq!(settings.method.name(), "client_credentials");
    /// ```
    pub fn client_credentials(tenant: impl Into<String>, client_id: impl Into<String>, secret: Secret) -> Settings {
        Settings::app(SignInMethod::ClientCredentials, tenant, client_id).secret(secret)
    }

    /// Creates settings with which an app signs in with its certificate and private key, both in one PEM text.
    ///
    /// ```
    /// use connector_sdk::Secret;
    /// use graph_auth::Settings;
    ///
    /// let pem = Secret::new("-----BEGIN PRIVATE KEY-----…");
    /// let settings = Settings::client_certificate("contoso.example", "payroll", pem);
    /// # assert_eq!(settings.method.name(), "client_certificate");
    /// ```
    pub fn client_certificate(tenant: impl Into<String>, client_id: impl Into<String>, pem: Secret) -> Settings {
        Settings { certificate: Some(pem), ..Settings::app(SignInMethod::ClientCertificate, tenant, client_id) }
    }

    /// Creates settings with which an app signs in with a token of another issuer, which is read from a file each time.
    ///
    /// ```
    /// use graph_auth::Settings;
    ///
    /// let file = "/var/run/secrets/azure/tokens/azure-identity-token";
    /// let settings = Settings::workload_identity("contoso.example", "payroll", file);
    /// # assert_eq!(settings.method.name(), "workload_identity");
    /// ```
    pub fn workload_identity(
        tenant: impl Into<String>,
        client_id: impl Into<String>,
        token_file: impl Into<String>,
    ) -> Settings {
        Settings {
            federated_token_file: Some(token_file.into()),
            ..Settings::app(SignInMethod::WorkloadIdentity, tenant, client_id)
        }
    }

    /// Creates settings with which an app signs in as the machine that it runs on: with its system-assigned identity,
    /// unless [`client_id`](Settings::client_id) names a user-assigned one.
    ///
    /// ```
    /// let settings = graph_auth::Settings::managed_identity().user("megan@contoso.example");
    /// # assert_eq!(settings.method.name(), "managed_identity");
    /// ```
    pub fn managed_identity() -> Settings {
        Settings::new(SignInMethod::ManagedIdentity)
    }

    /// Creates settings with a token that the embedding program obtained. Nobody renews it.
    ///
    /// ```
    /// let settings = graph_auth::Settings::access_token(connector_sdk::Secret::new("…"));
    /// # assert_eq!(settings.method.name(), "access_token");
    /// ```
    pub fn access_token(token: Secret) -> Settings {
        Settings { access_token: Some(token), ..Settings::new(SignInMethod::AccessToken) }
    }

    fn app(method: SignInMethod, tenant: impl Into<String>, client_id: impl Into<String>) -> Settings {
        Settings { client_id: Some(client_id.into()), ..Settings::new(method).tenant(tenant) }
    }

    /// Sets the tenant: its id, a verified domain, or `common`, `organizations` or `consumers`.
    #[must_use]
    pub fn tenant(mut self, tenant: impl Into<String>) -> Settings {
        self.tenant_id = Some(tenant.into());
        self
    }

    /// Sets the client secret: its value, not its id.
    #[must_use]
    pub fn secret(mut self, secret: Secret) -> Settings {
        self.client_secret = Some(secret);
        self
    }

    /// Sets the default user of an app's connection, by id or user principal name.
    #[must_use]
    pub fn user(mut self, user: impl Into<String>) -> Settings {
        self.user_id = Some(user.into());
        self
    }

    /// Sets the permissions to request, instead of the connector's default. The connector's minimum is always added.
    #[must_use]
    pub fn scopes(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Settings {
        self.scopes = Some(ScopeNames::List(names.into_iter().map(Into::into).collect()));
        self
    }

    /// Sets the cloud that the tenant is in.
    #[must_use]
    pub fn cloud(mut self, cloud: Cloud) -> Settings {
        self.cloud = cloud;
        self
    }
}
