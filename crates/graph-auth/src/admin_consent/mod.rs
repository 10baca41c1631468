//! The page on which an administrator consents for a whole tenant.
//!
//! See [the protocol](https://learn.microsoft.com/en-us/entra/identity-platform/v2-admin-consent).

use connector_sdk::{Error, Result, Secret};
use url::{Url, form_urlencoded};

use crate::refusal::{Failure, Refusal, RefusalBody};
use crate::{Checked, Identity, random, scopes};

/// Returns the address of the consent page. `identity` is who signed in before, and so the tenant, if that is known.
///
/// The page returns to `redirect_uri` with `state`; [`read_callback`] reads that.
///
/// # Errors
/// `invalid_input` for personal accounts and for services that are not Entra: nobody administers them.
pub fn url(connection: &Checked, identity: Option<&Identity>, redirect_uri: &Url, state: &Secret) -> Result<Url> {
    let home = identity.map(|identity| identity.tid.as_str());
    let url = connection.authority.admin_consent_url(home);
    let mut url = url.ok_or_else(|| {
        Error::invalid("/accountType", "has no administrator: only tenants of Microsoft Entra have one")
    })?;
    let client_id =
        connection.client_id.as_deref().ok_or_else(|| Error::invalid("/clientId", "is needed to ask for consent"))?;
    let scope = if connection.method.is_application() {
        connection.scope.clone()
    } else {
        scopes::in_full(&connection.scopes, connection.cloud)
    };
    url.query_pairs_mut()
        .append_pair("client_id", client_id)
        .append_pair("scope", &scope)
        .append_pair("redirect_uri", redirect_uri.as_str())
        .append_pair("state", state.expose());
    Ok(url)
}

/// Creates a random state for [`url()`]: 256 bits.
///
/// # Errors
/// `bug` when the operating system gives no random bytes.
pub fn state() -> Result<Secret> {
    random::token()
}

/// Reads the callback of the page. Nothing in it is proof of anything: only a token shows what was granted.
///
/// # Errors
/// `invalid_input` when it does not answer `state`; what the administrator or the service refused with.
pub fn read_callback(query: &str, state: &Secret) -> Result<(), Failure> {
    let get = |name: &str| {
        form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    };
    if !get("state").is_some_and(|given| random::same(&given, state.expose())) {
        return Err(Error::invalid("", "this is not an answer to the request for consent: its state is another").into());
    }
    match get("error") {
        Some(error) => {
            let body = RefusalBody { error, error_description: get("error_description"), ..RefusalBody::default() };
            Err(Failure::Refused(Box::new(Refusal::of_callback(body))))
        }
        None if get("admin_consent").is_some_and(|given| given.eq_ignore_ascii_case("true")) => Ok(()),
        None => {
            Err(Error::invalid("", "this is not an answer to the request for consent: it does not say `admin_consent`")
                .into())
        }
    }
}

#[cfg(test)]
mod tests;
