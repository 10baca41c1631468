//! What the service says of itself, and the addresses at which browsers reach it.

use connector_runtime::{Code, Error, Result, Secret};
use url::{Origin, Url};

use crate::auth::is_loopback;
use crate::call::Call;
use crate::mcp::SignInLinks;
use crate::openapi::KeptDescriptions;

/// Path to which a browser returns from the sign-in service.
pub(crate) const CALLBACK: &str = "/oauth/callback";
/// Path of the page that a browser sees in the end.
pub(crate) const CONNECTED: &str = "/oauth/connected";

/// What the service says of itself.
pub(crate) struct Site {
    /// Its public address, where it has one, without a slash at its end.
    pub(crate) url: Option<String>,
    /// Whether callers without a key are somebody.
    pub(crate) has_anonymous: bool,
    /// Origins to which a browser may go after its sign-in.
    pub(crate) returns: Vec<Origin>,
    /// Its descriptions, as far as somebody has asked for them.
    pub(crate) descriptions: KeptDescriptions,
    /// Links that agents were given lately.
    pub(crate) sign_in_links: SignInLinks,
}

/// Returns the redirect URI: where a browser returns from the sign-in service. App registrations list it.
///
/// # Errors
/// `conflict` where the service has no public address and is not called on this machine.
pub(crate) fn callback(call: &Call) -> Result<Url> {
    let unknown = || {
        Error::new(Code::Conflict, "this service does not know the address at which a browser reaches it")
            .with_hint("Start it with its public URL.")
    };
    let base = match (&call.site.url, &call.authority) {
        (Some(url), _) => url.clone(),
        // Microsoft compares the port of `localhost` with none, unlike that of 127.0.0.1.
        (None, Some(authority)) if is_loopback(authority.host()) => match authority.port_u16() {
            Some(port) => format!("http://localhost:{port}"),
            None => "http://localhost".to_owned(),
        },
        _ => return Err(unknown()),
    };
    Url::parse(&base).and_then(|base| base.join(CALLBACK)).map_err(|_| unknown())
}

/// Returns the address that begins a sign-in. It has the origin of the redirect URI, so that this gets the cookie.
///
/// # Errors
/// `bug` for what is no token.
pub(crate) fn link(callback: &Url, token: &Secret) -> Result<Url> {
    callback.join(&format!("/sign-in/{}", token.expose())).map_err(|_| Error::bug("a link is no address"))
}

/// Returns the address of the page where somebody signs in to a connection that was prepared for them.
///
/// # Errors
/// `bug` for what is no token.
pub(crate) fn connect_link(callback: &Url, token: &Secret) -> Result<Url> {
    callback.join(&format!("/connect/{}", token.expose())).map_err(|_| Error::bug("a link is no address"))
}

/// Returns whether a browser may go to this address after its sign-in: it is of the service itself, or of an origin that
/// the service allows.
pub(crate) fn may_return(site: &Site, callback: Option<&Url>, back: &Url) -> bool {
    // The origin of a `blob:` address is that of another one.
    let is_page = matches!(back.scheme(), "http" | "https") && back.username().is_empty() && back.password().is_none();
    is_page && (site.returns.contains(&back.origin()) || callback.is_some_and(|own| own.origin() == back.origin()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_returns_to_allowed_origins_alone() {
        let url = |text: &str| text.parse::<Url>().unwrap();
        let returns = vec![url("https://app.contoso.example").origin()];
        let site = Site {
            url: None,
            has_anonymous: false,
            returns,
            descriptions: KeptDescriptions::default(),
            sign_in_links: SignInLinks::default(),
        };
        let own = url("http://localhost:8366/oauth/callback");
        for good in ["https://app.contoso.example/a?b#c", "https://APP.contoso.example:443/", "http://localhost:8366/"]
        {
            assert!(may_return(&site, Some(&own), &url(good)), "{good}");
        }
        for bad in [
            "http://app.contoso.example/",
            "https://app.contoso.example:8443/",
            "https://app.contoso.example.evil.example/",
            "https://evil.example/https://app.contoso.example/",
            "https://app.contoso.example@evil.example/",
            "https://evil.example\\@app.contoso.example/",
            "https://me@app.contoso.example/",
            "http://localhost:8367/",
            "http://127.0.0.1:8366/",
            "javascript:alert(1)",
            "data:text/html,x",
            "blob:https://app.contoso.example/x",
            "file:///etc/passwd",
        ] {
            assert!(!may_return(&site, Some(&own), &url(bad)), "{bad}");
        }
    }
}
