//! The sign-in service of a connection, and its tenant.

use connector_sdk::AccountType;
use url::Url;

use crate::Cloud;
use crate::address;

/// Id of the tenant that all personal Microsoft accounts are in.
///
/// See [the `tid` claim](https://learn.microsoft.com/en-us/entra/identity-platform/id-token-claims-reference).
pub const PERSONAL_TENANT: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

/// Names that stand in a URL where a tenant's id would, and mean many tenants.
const SHARED: [&str; 3] = ["common", "organizations", "consumers"];

/// A sign-in service: Microsoft Entra under a tenant, or another one at fixed URLs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authority {
    authorize: TenantSegment,
    token: TenantSegment,
    issuer: Option<String>,
}

// An Entra URL keeps its parts, so that the tenant in it can be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
enum TenantSegment {
    Entra { base: Url, tenant: String },
    Fixed(Url),
}

impl Authority {
    /// Creates the authority of Microsoft Entra at `base` (`https://login.microsoftonline.com`) under a tenant: an id,
    /// a verified domain, or `common`, `organizations`, `consumers`.
    pub fn entra(base: &Url, tenant: &str) -> Authority {
        let place = TenantSegment::Entra { base: base.clone(), tenant: tenant.to_owned() };
        Authority { authorize: place.clone(), token: place, issuer: None }
    }

    /// Sets another authorization endpoint.
    pub fn authorize_at(mut self, url: Url) -> Authority {
        self.authorize = TenantSegment::of(url, "authorize");
        self
    }
    /// Sets another token endpoint.
    pub fn token_at(mut self, url: Url) -> Authority {
        self.token = TenantSegment::of(url, "token");
        self
    }
    /// Sets the expected issuer, compared byte by byte (RFC 9207, OpenID Connect Core 3.1.3.7).
    pub fn issued_by(mut self, issuer: &str) -> Authority {
        self.issuer = Some(issuer.to_owned());
        self
    }

    /// Returns the expected issuer, where it is another service than Entra.
    pub(crate) fn issuer(&self) -> Option<&str> {
        self.issuer.as_deref()
    }

    /// Returns whether it is Microsoft Entra, as far as its URLs say.
    pub fn is_entra(&self) -> bool {
        matches!(self.token, TenantSegment::Entra { .. })
    }
    /// Returns the tenant of the token endpoint: an id, a domain, or a shared name. `None` when it is not Entra.
    pub fn tenant(&self) -> Option<&str> {
        match &self.token {
            TenantSegment::Entra { tenant, .. } => Some(tenant),
            TenantSegment::Fixed(_) => None,
        }
    }

    /// Returns the authorization endpoint, where the browser is sent.
    pub fn authorize_url(&self) -> Url {
        self.authorize.url("oauth2/v2.0/authorize")
    }
    /// Returns the token endpoint for redeeming a code: under the tenant that the browser was sent to.
    pub fn token_url(&self) -> Url {
        self.token.url("oauth2/v2.0/token")
    }
    /// Returns the token endpoint for refreshing tokens, once the account's own tenant (`tid`) is known.
    ///
    /// A personal account goes to `consumers`: refresh tokens of such accounts are refused at `common`.
    /// A connection that names its tenant stays there.
    pub fn refresh_url(&self, home: Option<&str>) -> Url {
        match (&self.token, home) {
            (TenantSegment::Entra { base, tenant }, Some(home)) if is_shared(tenant) && is_guid(home) => {
                let tenant = if home.eq_ignore_ascii_case(PERSONAL_TENANT) { "consumers" } else { home };
                TenantSegment::Entra { base: base.clone(), tenant: tenant.to_owned() }.url("oauth2/v2.0/token")
            }
            _ => self.token_url(),
        }
    }
    /// Returns the device authorization endpoint. `None` when the service is not Entra and its URL is not known.
    pub fn device_url(&self) -> Option<Url> {
        self.is_entra().then(|| self.token.url("oauth2/v2.0/devicecode"))
    }
    /// Returns the page of admin consent, for a tenant's id or `organizations`.
    pub fn admin_consent_url(&self, home: Option<&str>) -> Option<Url> {
        let TenantSegment::Entra { base, tenant } = &self.authorize else { return None };
        // Neither `common` nor a personal account has an administrator.
        let tenant = match home {
            _ if !is_shared(tenant) => tenant,
            Some(home) if is_guid(home) && !home.eq_ignore_ascii_case(PERSONAL_TENANT) => home,
            _ if tenant == "consumers" => return None,
            _ => "organizations",
        };
        Some(TenantSegment::Entra { base: base.clone(), tenant: tenant.to_owned() }.url("v2.0/adminconsent"))
    }

    /// Returns whether `issuer` is valid for this service. `tenant` is the tenant that it claims to be in.
    pub(crate) fn accepts_issuer(&self, issuer: &str, tenant: Option<&str>) -> bool {
        if let Some(expected) = &self.issuer {
            return expected == issuer;
        }
        let TenantSegment::Entra { base, .. } = &self.token else {
            // Its issuer is not known, but it must be the site that we talk to.
            let Ok(issuer) = Url::parse(issuer) else { return false };
            return [self.authorize_url(), self.token_url()].iter().any(|url| url.origin() == issuer.origin());
        };
        let Some(tenant) = tenant else { return false };
        let Some(at) = issuer.strip_suffix(&format!("/{tenant}/v2.0")) else { return false };
        at == base.as_str().trim_end_matches('/') || same_cloud(&address::origin(base), at)
    }

    /// Describes the valid issuer for people.
    pub(crate) fn expected_issuer(&self) -> String {
        match (&self.issuer, &self.token) {
            (Some(issuer), _) => format!("`{issuer}`"),
            (None, TenantSegment::Entra { base, tenant }) => {
                let tenant = if is_shared(tenant) { "{tenant}" } else { tenant };
                format!("`{}/{tenant}/v2.0`", base.as_str().trim_end_matches('/'))
            }
            (None, _) => {
                let mut origins = vec![address::origin(&self.authorize_url()), address::origin(&self.token_url())];
                origins.dedup();
                format!("one at `{}`", origins.join("` or `"))
            }
        }
    }

    /// Returns whether `issuer`, as a callback names it before any token is seen, is valid for this service.
    pub(crate) fn accepts_callback_issuer(&self, issuer: &str) -> bool {
        let tenant = issuer.strip_suffix("/v2.0").and_then(|rest| rest.rsplit('/').next());
        self.accepts_issuer(issuer, tenant)
    }
}

impl TenantSegment {
    // `https://host/{tenant}/oauth2/v2.0/{leaf}` is Entra's form, and then the tenant can be changed.
    fn of(url: Url, leaf: &str) -> TenantSegment {
        let ending = format!("/oauth2/v2.0/{leaf}");
        let entra = url.query().is_none().then(|| url.path().strip_suffix(&ending)?.rsplit_once('/')).flatten();
        let Some((path, tenant)) = entra.filter(|(_, tenant)| is_tenant(tenant)) else {
            return TenantSegment::Fixed(url);
        };
        let (path, tenant) = (path.to_owned(), tenant.to_owned());
        let mut base = url;
        base.set_path(&path);
        TenantSegment::Entra { base, tenant }
    }

    fn url(&self, path: &str) -> Url {
        match self {
            TenantSegment::Fixed(url) => url.clone(),
            TenantSegment::Entra { base, tenant } => {
                let mut url = base.clone();
                url.set_path(&format!("{}/{tenant}/{path}", base.path().trim_end_matches('/')));
                url
            }
        }
    }
}

fn same_cloud(a: &str, b: &str) -> bool {
    Cloud::ALL.into_iter().any(|cloud| cloud.is_authority(a) && cloud.is_authority(b))
}

/// Returns the account type that a tenant's name stands for.
pub(crate) fn account_type(tenant: &str) -> AccountType {
    match tenant {
        "common" => AccountType::Common,
        "organizations" => AccountType::Organizations,
        "consumers" => AccountType::Consumers,
        _ => AccountType::Tenant,
    }
}

/// Returns the shared name of an account type, to be used as a tenant. `None` for [`AccountType::Tenant`].
pub(crate) fn shared_name(account_type: AccountType) -> Option<&'static str> {
    match account_type {
        AccountType::Common => Some("common"),
        AccountType::Organizations => Some("organizations"),
        AccountType::Consumers => Some("consumers"),
        // One that is not known here has no shared name either.
        _ => None,
    }
}

pub(crate) fn is_shared(tenant: &str) -> bool {
    SHARED.contains(&tenant)
}

/// Returns whether a text can be a tenant: an id, a domain, or a shared name.
pub(crate) fn is_tenant(text: &str) -> bool {
    is_shared(text) || is_guid(text) || is_domain(text)
}

pub(crate) fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text
            .bytes()
            .enumerate()
            .all(|(i, byte)| if matches!(i, 8 | 13 | 18 | 23) { byte == b'-' } else { byte.is_ascii_hexdigit() })
}

fn is_domain(text: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.len() <= 253 && text.contains('.') && text.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOME: &str = "6babcaad-604b-40ac-a9d7-9fd97c0b779f";

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }
    fn microsoft(tenant: &str) -> Authority {
        Authority::entra(&url(Cloud::Global.authority()), tenant)
    }

    #[test]
    fn a_refresh_goes_home() {
        let common = microsoft("common");
        assert_eq!(common.token_url().as_str(), "https://login.microsoftonline.com/common/oauth2/v2.0/token");
        assert_eq!(common.refresh_url(None), common.token_url());
        assert_eq!(common.refresh_url(Some(HOME)).path(), format!("/{HOME}/oauth2/v2.0/token"));
        assert_eq!(common.refresh_url(Some(PERSONAL_TENANT)).path(), "/consumers/oauth2/v2.0/token");
        assert_eq!(common.refresh_url(Some("../evil")), common.token_url());
        assert_eq!(microsoft("contoso.com").refresh_url(Some(HOME)).path(), "/contoso.com/oauth2/v2.0/token");
    }

    #[test]
    fn a_given_url_of_entras_form_is_still_entra() {
        let given = url("https://login.microsoftonline.com/common/oauth2/v2.0/token");
        let authority = microsoft(HOME).token_at(given);
        assert_eq!(authority.tenant(), Some("common"));
        assert_eq!(authority.refresh_url(Some(PERSONAL_TENANT)).path(), "/consumers/oauth2/v2.0/token");
        let below = microsoft(HOME).token_at(url("http://127.0.0.1:9/login/contoso.com/oauth2/v2.0/token"));
        assert_eq!(below.device_url().unwrap().as_str(), "http://127.0.0.1:9/login/contoso.com/oauth2/v2.0/devicecode");
        let other = microsoft(HOME).token_at(url("https://id.example/token"));
        assert!(!other.is_entra());
        assert_eq!(other.refresh_url(Some(HOME)).as_str(), "https://id.example/token");
        assert_eq!(other.device_url(), None);
    }

    #[test]
    fn administrators_consent_in_a_tenant() {
        let path = |authority: Authority, home| authority.admin_consent_url(home).map(|url| url.path().to_owned());
        assert_eq!(path(microsoft("common"), None).unwrap(), "/organizations/v2.0/adminconsent");
        assert_eq!(path(microsoft("common"), Some(HOME)).unwrap(), format!("/{HOME}/v2.0/adminconsent"));
        assert_eq!(path(microsoft("contoso.com"), Some(HOME)).unwrap(), "/contoso.com/v2.0/adminconsent");
        assert_eq!(path(microsoft("consumers"), None), None);
    }

    #[test]
    fn issuers_must_fit() {
        let good = format!("https://login.microsoftonline.com/{HOME}/v2.0");
        assert!(microsoft("common").accepts_issuer(&good, Some(HOME)));
        assert!(microsoft("common").accepts_callback_issuer(&good));
        for bad in [
            format!("https://login.microsoftonline.com/{PERSONAL_TENANT}/v2.0"),
            format!("https://login.microsoftonline.us/{HOME}/v2.0"),
            format!("https://login.microsoftonline.com.evil.example/{HOME}/v2.0"),
            format!("https://login.microsoftonline.com/{HOME}/v2.0/"),
            format!("http://login.microsoftonline.com/{HOME}/v2.0"),
        ] {
            assert!(!microsoft("common").accepts_issuer(&bad, Some(HOME)), "{bad}");
        }
        let china = Authority::entra(&url("https://login.chinacloudapi.cn"), HOME);
        assert!(china.accepts_issuer(&format!("https://login.partner.microsoftonline.cn/{HOME}/v2.0"), Some(HOME)));
        let other =
            microsoft("common").token_at(url("https://id.example/token")).authorize_at(url("https://id.example/auth"));
        assert!(
            other.accepts_issuer("https://id.example", None) && !other.accepts_issuer("https://id.example.evil", None)
        );
        let named = other.issued_by("https://id.example/realm");
        assert!(
            named.accepts_issuer("https://id.example/realm", None)
                && !named.accepts_issuer("https://id.example/realm/", None)
        );
    }

    #[test]
    fn tenants_are_ids_or_domains() {
        for good in [HOME, "contoso.com", "contoso.onmicrosoft.com", "common", "a-b.c"] {
            assert!(is_tenant(good), "{good}");
        }
        for bad in [
            "",
            "contoso",
            "a/b.c",
            "-a.b",
            "a..b",
            "contoso.com/../x",
            "9188040d-6c67-4c5b-b112-36a304b66da",
            "Common",
            "a b.c",
        ] {
            assert!(!is_tenant(bad), "{bad}");
        }
    }
}
