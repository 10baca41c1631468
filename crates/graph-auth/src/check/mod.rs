//! Checks of connection settings, reporting every violation at its place.

mod proof;
mod service;

use std::collections::BTreeMap;
use std::sync::Arc;

use connector_sdk::connection::ConnectionSpec;
use connector_sdk::{AccountType, ApiVersion, Error, Issue, Permissions, Result, Secret, SignInMethod};
use jiff::civil::Date;
use url::Url;

use crate::authority::shared_name;
use crate::client_assertion::SigningCertificate;
use crate::settings::{ClientAuthStyle, GraphVersion, Settings};
use crate::{Authority, Cloud, address, claims, scopes};

/// Checked settings of a connection, as the sign-in flows use them.
#[derive(Debug, Clone)]
pub struct Checked {
    /// Sign-in method.
    pub method: SignInMethod,
    /// Sign-in service.
    pub authority: Authority,
    /// Client id of the app. `None` only for a system-assigned managed identity and for a given token.
    pub client_id: Option<String>,
    /// Credential by which the app authenticates.
    pub credential: Credential,
    /// Scopes of the connection, as [`scopes::choose`] returns them. Empty for an app, whose permissions are granted in
    /// its tenant.
    pub scopes: Vec<String>,
    /// `scope` parameter of its requests.
    pub scope: String,
    /// Cloud that the tenant is in.
    pub cloud: Cloud,
    /// Base URL of Graph: an origin, and a path where one was given.
    pub graph: Url,
    /// API version of requests that name none.
    pub api_version: ApiVersion,
    /// Default user of an app's connection.
    pub user_id: Option<String>,
    /// Redirect URI, where the browser returns. `None`: the host chooses.
    pub redirect_uri: Option<Url>,
    /// Additional parameters for the sign-in page. `claims` is not among them.
    pub extra_parameters: BTreeMap<String, String>,
    /// Claims that the connection requests by itself.
    pub claims: Option<String>,
    /// Day on which the secret or certificate expires, where that was given.
    pub secret_expires: Option<Date>,
    /// Notes for the owner of the connection: nothing is wrong, but they should know.
    pub notes: Vec<String>,
}

/// Credential by which an app authenticates.
#[derive(Debug, Clone)]
pub enum Credential {
    /// No credential: a public client.
    Public,
    /// A client secret.
    Secret(Secret, ClientAuthStyle),
    /// A certificate that signs an assertion.
    Certificate(Arc<SigningCertificate>),
    /// Another issuer's token, in the file of this path. The host reads it before each sign-in.
    Federated(String),
    /// The managed identity of the machine.
    ManagedIdentity,
    /// An access token that was obtained elsewhere.
    GrantContext(Secret),
}

/// Parameters of the authorization request that the connection may not set (RFC 6749, RFC 7636, OpenID Connect Core).
const RESERVED: [&str; 14] = [
    "client_id",
    "client_secret",
    "client_assertion",
    "client_assertion_type",
    "redirect_uri",
    "response_type",
    "response_mode",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "request",
    "request_uri",
];

impl Settings {
    /// Checks the settings against what the connector offers.
    ///
    /// ```
    /// use connector_sdk::connection::{AccountChoice, ConnectionSpec, SignInSpec};
    /// use connector_sdk::{AccountType, Permissions, SignInMethod};
    /// use graph_auth::Settings;
    ///
    /// let delegated = Permissions::NONE.with_minimum(&["User.Read"]);
    /// let accounts = AccountChoice::new(AccountType::Organizations, "Work or school account");
    /// let spec = ConnectionSpec::new(SignInSpec::usual(delegated, Permissions::NONE), vec![accounts]);
    /// let mut settings = Settings::new(SignInMethod::DeviceCode);
    /// assert_eq!(settings.check(&spec).unwrap_err().violations()[0].pointer, "/clientId");
    ///
    /// settings.client_id = Some("11112222-bbbb-3333-cccc-4444dddd5555".to_owned());
    /// assert_eq!(settings.check(&spec).unwrap().scopes, ["User.Read"]);
    /// ```
    ///
    /// # Errors
    /// `invalid_input` with every violation, each with its JSON Pointer. No secret is quoted.
    pub fn check(&self, spec: &ConnectionSpec) -> Result<Checked> {
        let mut check = Check { settings: self, issues: Vec::new(), notes: Vec::new() };
        let permissions = check.permissions(spec);
        let authority = check.authority(spec);
        let client_id = check.client_id(&authority);
        let credential = check.credential(&authority);
        let (scopes, scope) = check.scopes(&permissions, &authority);
        let graph = check.graph(&authority);
        let claims = check.extra_parameters();
        check.user();
        let api_version = check.api_version(spec);
        let redirect_uri = check.url("/redirectUri", self.redirect_uri.as_deref(), address::read);
        let Check { issues, notes, .. } = check;
        let credential = match credential {
            Some(credential) if issues.is_empty() => credential,
            _ => return Err(Error::issues(issues)),
        };
        let mut extra_parameters = self.extra_parameters.clone();
        extra_parameters.remove("claims");
        Ok(Checked {
            method: self.method,
            authority,
            client_id,
            credential,
            scopes,
            scope,
            cloud: self.cloud,
            graph,
            api_version,
            user_id: self.user_id.clone(),
            redirect_uri,
            extra_parameters,
            claims,
            secret_expires: self.secret_expires,
            notes,
        })
    }
}

/// Returns the permissions that a connector requests with a method.
///
/// A method that the connector does not list asks for what its kind asks for: the device code for what the
/// browser does, the other app methods for what the client secret does. `None`: the connector offers
/// neither.
pub fn permissions(spec: &ConnectionSpec, method: SignInMethod) -> Option<Permissions> {
    let kind = match method {
        SignInMethod::AccessToken => return Some(spec.permissions(method).unwrap_or(Permissions::NONE)),
        method if method.is_application() => SignInMethod::ClientCredentials,
        _ => SignInMethod::AuthorizationCode,
    };
    spec.permissions(method).or_else(|| spec.permissions(kind))
}

struct Check<'a> {
    settings: &'a Settings,
    issues: Vec<Issue>,
    notes: Vec<String>,
}

impl Check<'_> {
    fn wrong(&mut self, pointer: &str, message: impl Into<String>) {
        self.issues.push(Issue::new(pointer, message));
    }

    // An address that is given and readable.
    fn url(&mut self, pointer: &str, text: Option<&str>, read: fn(&str) -> Result<Url, String>) -> Option<Url> {
        match read(text?) {
            Ok(url) => Some(url),
            Err(why) => {
                self.wrong(pointer, why);
                None
            }
        }
    }

    fn permissions(&mut self, spec: &ConnectionSpec) -> Permissions {
        permissions(spec, self.settings.method).unwrap_or_else(|| {
            let offered: Vec<&str> = spec.sign_ins.iter().map(|sign_in| sign_in.method.name()).collect();
            self.wrong(
                "/method",
                format!("`{}` is not offered here; choose among {}", self.settings.method.name(), offered.join(", ")),
            );
            Permissions::NONE
        })
    }

    fn scopes(&mut self, permissions: &Permissions, authority: &Authority) -> (Vec<String>, String) {
        let settings = self.settings;
        let own = settings.scopes.as_ref().map(crate::ScopeNames::names);
        for scope in own.iter().flatten() {
            // RFC 6749 3.3 says what a scope may be made of.
            if !scope.bytes().all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e)) {
                self.wrong(
                    "/scopes",
                    format!(
                        "`{}` is not a scope: quotes, backslashes and letters outside ASCII cannot be in one",
                        scope.escape_default()
                    ),
                );
            } else if authority.is_entra() && scopes::graph_name(scope).is_none() {
                self.wrong(
                    "/scopes",
                    format!("`{scope}` belongs to another resource; a connection has tokens for Microsoft Graph only"),
                );
            } else if settings.method.is_application() && authority.is_entra() && !scopes::is_default(scope) {
                self.wrong(
                    "/scopes",
                    format!("`{scope}` cannot be asked for: an app has the permissions that its tenant granted; leave `scopes` out"),
                );
            }
        }
        if settings.method == SignInMethod::AccessToken {
            return (own.unwrap_or_default(), String::new());
        }
        if settings.method.is_application() {
            let scope = match &own {
                Some(own) if !authority.is_entra() => own.join(" "),
                _ => scopes::application(settings.cloud),
            };
            return (Vec::new(), scope);
        }
        let choice = scopes::choose(permissions, own.as_deref());
        self.notes.extend(choice.notes);
        let scope = scopes::delegated(&choice.scopes, settings.cloud);
        (choice.scopes, scope)
    }

    fn graph(&mut self, authority: &Authority) -> Url {
        let usual = Url::parse(self.settings.cloud.graph()).expect("a constant URL");
        let Some(graph) = self.url("/graphUrl", self.settings.graph_url.as_deref(), address::read_base) else {
            return usual;
        };
        let origin = address::origin(&graph);
        if Cloud::is_any_graph(&origin) && graph.origin() != usual.origin() {
            self.wrong(
                "/graphUrl",
                format!(
                    "is the Graph of another cloud than `{}`; choose the cloud with `cloud`",
                    self.settings.cloud.name()
                ),
            );
        } else if graph.origin() != usual.origin() && is_microsoft(authority) {
            self.notes.push(format!("tokens of Microsoft's sign-in service will be sent to {origin}"));
        }
        graph
    }

    fn api_version(&mut self, spec: &ConnectionSpec) -> ApiVersion {
        if self.settings.api_version.is_some() && !spec.api_version {
            self.wrong("/apiVersion", "is not chosen here: this connector uses `v1.0`");
        }
        match self.settings.api_version {
            Some(GraphVersion::Beta) => ApiVersion::Beta,
            _ => ApiVersion::V1,
        }
    }

    fn user(&mut self) {
        let settings = self.settings;
        if let Some(user) = &settings.user_id {
            let app = settings.method.is_application() || settings.method == SignInMethod::AccessToken;
            if !app {
                self.wrong("/userId", "is for apps: a signed-in user's own mailbox is the default already");
            } else if user.trim() != user || user.is_empty() {
                self.wrong("/userId", "is empty or has white space around it");
            }
        }
    }

    fn extra_parameters(&mut self) -> Option<String> {
        let settings = self.settings;
        if !settings.extra_parameters.is_empty() && settings.method != SignInMethod::AuthorizationCode {
            self.wrong("/extraParameters", "are for the sign-in page of `authorization_code`");
        }
        for name in settings.extra_parameters.keys() {
            if RESERVED.contains(&name.to_ascii_lowercase().as_str()) {
                let pointer = format!("/extraParameters/{}", connector_sdk::schema::escape(name));
                self.wrong(&pointer, "is set by the sign-in itself and cannot be given");
            }
        }
        let own = settings.extra_parameters.get("claims")?;
        if claims::merge(None, Some(own), None).is_err() {
            self.wrong("/extraParameters/claims", "is not a claims request: a JSON object whose members are objects");
        }
        Some(own.clone())
    }
}

// Whether secrets go to Microsoft itself, so that Microsoft's own rules for ids and secrets hold.
fn is_microsoft(authority: &Authority) -> bool {
    authority.is_entra() && Cloud::is_any_authority(&address::origin(&authority.token_url()))
}

fn name(account_type: AccountType) -> &'static str {
    shared_name(account_type).unwrap_or("tenant")
}

#[cfg(test)]
mod tests;
