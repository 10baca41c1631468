//! Checks of the sign-in service and its tenant.

use connector_sdk::connection::ConnectionSpec;
use connector_sdk::{AccountType, SignInMethod, is_loopback};
use url::Url;

use super::{Check, name};
use crate::authority::{account_type, is_shared, is_tenant, shared_name};
use crate::{Authority, Cloud, address};

impl Check<'_> {
    pub(super) fn authority(&mut self, spec: &ConnectionSpec) -> Authority {
        let settings = self.settings;
        let authorize = self.url("/authorizeUrl", settings.authorize_url.as_deref(), address::read);
        let token = self.url("/tokenUrl", settings.token_url.as_deref(), address::read);
        let base = self.url("/authorityUrl", settings.authority_url.as_deref(), address::read_base);
        if let Some((base, last)) =
            base.as_ref().and_then(|base| Some((base, base.path_segments()?.rfind(|part| !part.is_empty())?)))
            && is_tenant(last)
        {
            self.wrong(
                "/authorityUrl",
                format!(
                    "ends with the tenant `{last}`; give `{}` here and the tenant in `tenantId`",
                    address::origin(base)
                ),
            );
        }
        if settings.oauth_profile.is_some()
            && [&base, &token]
                .into_iter()
                .flatten()
                .any(|url| !is_loopback(url) && !Cloud::is_any_authority(&address::origin(url)))
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
            self.wrong(
                "/authorizeUrl",
                "is needed: the token endpoint is not Microsoft Entra's, so the other endpoint is not known",
            );
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
            self.wrong(
                "/tokenUrl",
                format!("names `{tenant}`, but an app signs in to one tenant: put its id or domain there"),
            );
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
            let labels: Vec<String> = spec
                .account_types
                .iter()
                .map(|choice| format!("`{}` ({})", name(choice.account_type), choice.label))
                .collect();
            self.wrong(
                "/accountType",
                format!("`{}` is not offered here; choose among {}", name(chosen), labels.join(", ")),
            );
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
                Some(tenant) if is_shared(tenant) => self.wrong(
                    "/tenantId",
                    format!("`{tenant}` means many tenants, but an app signs in to one: give its id or domain"),
                ),
                None if !token_given => self.wrong(
                    "/tenantId",
                    "is needed: an app signs in to one tenant, named by its id or a verified domain",
                ),
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
                    self.notes.push(format!(
                        "the tenant `{tenant}` is not used: accounts of the type `{}` sign in at `{shared}`",
                        name(chosen)
                    ));
                }
                shared.to_owned()
            }
            (_, Some(tenant)) => tenant.to_owned(),
            (Some(chosen), None) => shared_name(chosen).unwrap_or("common").to_owned(),
            (None, None) => {
                let usual = if offered.is_empty() || offered.contains(&AccountType::Common) {
                    AccountType::Common
                } else {
                    offered[0]
                };
                if usual == AccountType::Tenant && !token_given {
                    self.wrong(
                        "/tenantId",
                        "is needed: this connector signs in to one tenant, named by its id or a verified domain",
                    );
                }
                shared_name(usual).unwrap_or("common").to_owned()
            }
        }
    }
}
