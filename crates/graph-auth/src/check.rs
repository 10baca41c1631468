//! From settings to what the flows need, with every violation at its place.

use std::collections::BTreeMap;
use std::sync::Arc;

use connector_sdk::connection::ConnectionSpec;
use connector_sdk::{AccountType, Error, Issue, Permissions, Result, Secret, SignInMethod};
use jiff::civil::Date;
use url::Url;

use crate::authority::{account_type, is_guid, is_shared, is_tenant, shared_name};
use crate::client_assertion::SigningCertificate;
use crate::settings::{ClientAuthStyle, Settings};
use crate::{Authority, Cloud, address, claims, scopes};

/// Settings that hang together: what the flows work with.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The way to sign in.
    pub method: SignInMethod,
    /// The sign-in service.
    pub authority: Authority,
    /// The app. `None` only for a system-assigned managed identity and for a given token.
    pub client_id: Option<String>,
    /// How the app proves that it is the app.
    pub credential: Credential,
    /// The scopes that the connection has, as [`scopes::choose`] makes them. Empty for an app, whose
    /// permissions are granted in its tenant.
    pub scopes: Vec<String>,
    /// The `scope` parameter of its requests.
    pub scope: String,
    /// The cloud that its tenant is in.
    pub cloud: Cloud,
    /// Where its Graph is: an origin, and a path where one was given.
    pub graph: Url,
    /// The default user of an app's connection.
    pub user_id: Option<String>,
    /// Where the browser returns. `None`: the host chooses.
    pub redirect_uri: Option<Url>,
    /// More parameters for the sign-in page. `claims` is not among them.
    pub extra_parameters: BTreeMap<String, String>,
    /// The claims that the connection asks for by itself.
    pub claims: Option<String>,
    /// When the secret or certificate expires, where that was given.
    pub secret_expires: Option<Date>,
    /// Sentences for whoever made the connection: nothing is wrong, but they should know.
    pub notes: Vec<String>,
}

/// How an app proves that it is the app.
#[derive(Debug, Clone)]
pub enum Credential {
    /// It does not: a public client.
    Public,
    /// With a client secret.
    Secret(Secret, ClientAuthStyle),
    /// With a token that its certificate signs.
    Certificate(Arc<SigningCertificate>),
    /// With another issuer's token. The host reads this file before each sign-in.
    Federated(String),
    /// The machine vouches for it.
    ManagedIdentity,
    /// It has a token already.
    Given(Secret),
}

/// Parameters of the authorisation request that are ours (RFC 6749, RFC 7636, OpenID Connect Core).
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
            user_id: self.user_id.clone(),
            redirect_uri,
            extra_parameters,
            claims,
            secret_expires: self.secret_expires,
            notes,
        })
    }
}

/// What a connector asks for with a method.
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
            self.wrong("/method", format!("`{}` is not offered here; choose among {}", self.settings.method.name(), offered.join(", ")));
            Permissions::NONE
        })
    }

    fn authority(&mut self, spec: &ConnectionSpec) -> Authority {
        let settings = self.settings;
        let authorize = self.url("/authorizeUrl", settings.authorize_url.as_deref(), address::read);
        let token = self.url("/tokenUrl", settings.token_url.as_deref(), address::read);
        let base = self.url("/authorityUrl", settings.authority_url.as_deref(), address::read_base);
        if let Some((base, last)) = base.as_ref().and_then(|base| Some((base, base.path_segments()?.rfind(|part| !part.is_empty())?)))
            && is_tenant(last)
        {
            self.wrong(
                "/authorityUrl",
                format!("ends with the tenant `{last}`; give `{}` here and the tenant in `tenantId`", address::origin(base)),
            );
        }
        if settings.oauth_profile.is_some()
            && [&base, &token]
                .into_iter()
                .flatten()
                .any(|url| !address::is_loopback(url) && !Cloud::is_any_authority(&address::origin(url)))
        {
            self.wrong(
                "/oauthProfile",
                "a profile's credentials go to Microsoft's sign-in service only; leave `authorityUrl` and `tokenUrl` out, or the profile",
            );
        }
        let tenant = self.tenant(spec, token.is_some());
        let base = base.unwrap_or_else(|| Url::parse(settings.cloud.authority()).expect("a constant URL"));
        let mut authority = Authority::entra(&base, &tenant);
        if let Some(url) = authorize.clone() {
            authority = authority.authorize_at(url);
        }
        if let Some(url) = token {
            authority = authority.token_at(url);
            self.endpoints(&authority, authorize.is_some());
        }
        match settings.issuer.as_deref() {
            Some(issuer) => authority.issued_by(issuer),
            None => authority,
        }
    }

    // Whether endpoints that were given one by one fit together and fit the method.
    fn endpoints(&mut self, authority: &Authority, authorize_given: bool) {
        let method = self.settings.method;
        if method == SignInMethod::AuthorizationCode && !authority.is_entra() && !authorize_given {
            self.wrong("/authorizeUrl", "is needed: the token endpoint is not Microsoft Entra's, so the other endpoint is not known");
        }
        if method == SignInMethod::DeviceCode && !authority.is_entra() {
            self.wrong(
                "/tokenUrl",
                "is not of Microsoft Entra's form, so its device endpoint is not known; sign in with `authorization_code`",
            );
        }
        if method.is_application()
            && let Some(tenant) = authority.tenant().filter(|tenant| is_shared(tenant))
        {
            self.wrong("/tokenUrl", format!("names `{tenant}`, but an app signs in to one tenant: put its id or domain there"));
        }
    }

    // The tenant in the URLs. What it says does not matter once something is wrong.
    fn tenant(&mut self, spec: &ConnectionSpec, token_given: bool) -> String {
        let settings = self.settings;
        let given = settings.tenant_id.as_deref();
        if let Some(tenant) = given.filter(|tenant| !is_tenant(tenant)) {
            self.wrong("/tenantId", format!("`{tenant}` is neither a tenant's id nor a domain such as `contoso.com`"));
            return "common".to_owned();
        }
        let offered: Vec<AccountType> = spec.account_types.iter().map(|choice| choice.account_type).collect();
        if let Some(chosen) = settings.account_type
            && !offered.is_empty()
            && !offered.contains(&chosen)
        {
            let labels: Vec<String> =
                spec.account_types.iter().map(|choice| format!("`{}` ({})", name(choice.account_type), choice.label)).collect();
            self.wrong("/accountType", format!("`{}` is not offered here; choose among {}", name(chosen), labels.join(", ")));
        }
        // Neither a managed identity nor a given token passes through an authority of ours.
        if matches!(settings.method, SignInMethod::ManagedIdentity | SignInMethod::AccessToken) {
            return given.unwrap_or("common").to_owned();
        }
        if settings.method.is_application() {
            if settings.account_type.is_some_and(|chosen| chosen != AccountType::Tenant) {
                self.wrong("/accountType", "an app signs in to one tenant: choose `tenant`");
            }
            match given {
                Some(tenant) if is_shared(tenant) => {
                    self.wrong("/tenantId", format!("`{tenant}` means many tenants, but an app signs in to one: give its id or domain"))
                }
                None if !token_given => {
                    self.wrong("/tenantId", "is needed: an app signs in to one tenant, named by its id or a verified domain")
                }
                _ => {}
            }
            return given.unwrap_or("common").to_owned();
        }
        match (settings.account_type, given) {
            (Some(AccountType::Tenant), None) if !token_given => {
                self.wrong("/tenantId", "is needed for accounts of one tenant: its id or a verified domain");
                "common".to_owned()
            }
            (Some(AccountType::Tenant), Some(tenant)) if is_shared(tenant) => {
                self.wrong(
                    "/tenantId",
                    format!(
                        "`{tenant}` means many tenants, but the account type is one tenant: give its id or domain, or another account type"
                    ),
                );
                tenant.to_owned()
            }
            (Some(chosen), Some(tenant)) if chosen != AccountType::Tenant && account_type(tenant) != chosen => {
                let shared = shared_name(chosen).unwrap_or(tenant);
                if is_shared(tenant) {
                    self.wrong("/tenantId", format!("`{tenant}` contradicts the account type `{}`", name(chosen)));
                } else {
                    self.notes
                        .push(format!("the tenant `{tenant}` is not used: accounts of the type `{}` sign in at `{shared}`", name(chosen)));
                }
                shared.to_owned()
            }
            (_, Some(tenant)) => tenant.to_owned(),
            (Some(chosen), None) => shared_name(chosen).unwrap_or("common").to_owned(),
            (None, None) => {
                let usual = if offered.is_empty() || offered.contains(&AccountType::Common) { AccountType::Common } else { offered[0] };
                if usual == AccountType::Tenant && !token_given {
                    self.wrong("/tenantId", "is needed: this connector signs in to one tenant, named by its id or a verified domain");
                }
                shared_name(usual).unwrap_or("common").to_owned()
            }
        }
    }

    fn client_id(&mut self, authority: &Authority) -> Option<String> {
        let optional = matches!(self.settings.method, SignInMethod::ManagedIdentity | SignInMethod::AccessToken);
        match self.settings.client_id.as_deref() {
            None if optional => {}
            None => {
                self.wrong("/clientId", "is needed: the application (client) id of the app registration, or the name of an `oauthProfile`")
            }
            Some(id) if id.is_empty() || id.trim() != id => self.wrong("/clientId", "is empty or has white space around it"),
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

    fn credential(&mut self, authority: &Authority) -> Option<Credential> {
        use SignInMethod as M;
        let settings = self.settings;
        let method = settings.method;
        let unused = |given: bool, used: bool| given && !used;
        let certified = settings.certificate.is_some() || settings.private_key.is_some() || settings.certificate_thumbprint.is_some();
        let user = !method.is_application() && method != M::AccessToken;
        for (given, used, pointer) in [
            (settings.client_secret.is_some(), user || method == M::ClientCredentials, "/clientSecret"),
            (certified, user || method == M::ClientCertificate, "/certificate"),
            (settings.federated_token_file.is_some(), method == M::WorkloadIdentity, "/federatedTokenFile"),
            (settings.access_token.is_some(), method == M::AccessToken, "/accessToken"),
        ] {
            if unused(given, used) {
                self.wrong(pointer, format!("is not used by the method `{}`: leave it out, or choose another method", method.name()));
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
            self.wrong("/certificate", "is given beside a client secret: an app proves itself in one way");
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
                Some(token) if !token.is_empty() => Some(Credential::Given(token.clone())),
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

    fn scopes(&mut self, permissions: &Permissions, authority: &Authority) -> (Vec<String>, String) {
        let settings = self.settings;
        let own = settings.scopes.as_ref().map(crate::Scopes::names);
        for scope in own.iter().flatten() {
            // RFC 6749 3.3 says what a scope may be made of.
            if !scope.bytes().all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e)) {
                self.wrong(
                    "/scopes",
                    format!("`{}` is not a scope: quotes, backslashes and letters outside ASCII cannot be in one", scope.escape_default()),
                );
            } else if authority.is_entra() && scopes::graph_name(scope).is_none() {
                self.wrong("/scopes", format!("`{scope}` belongs to another resource; a connection has tokens for Microsoft Graph only"));
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
        let Some(graph) = self.url("/graphUrl", self.settings.graph_url.as_deref(), address::read_base) else { return usual };
        let origin = address::origin(&graph);
        if Cloud::is_any_graph(&origin) && graph.origin() != usual.origin() {
            self.wrong(
                "/graphUrl",
                format!("is the Graph of another cloud than `{}`; choose the cloud with `cloud`", self.settings.cloud.name()),
            );
        } else if graph.origin() != usual.origin() && is_microsoft(authority) {
            self.notes.push(format!("tokens of Microsoft's sign-in service will be sent to {origin}"));
        }
        graph
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
#[path = "check_tests.rs"]
mod tests;
