//! Links that Graph returns and that are followed unchanged.

use std::fmt;
use std::hash::{Hash, Hasher};

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, percent_encode};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{Error, Result};

/// A next, delta or monitor link: opaque, and followed only to the connection's own Graph.
///
/// A link carries the signed-in user's token when it is followed, so [`Link::within`] compares it,
/// parsed, with the connection's own base: the same scheme, host and port, and a path that begins
/// with the same API version as a whole segment. A prefix of the text would not do:
/// `https://graph.microsoft.com/v1.0.evil.example` begins with the right letters.
///
/// Two links are equal where they lead to the same place, however a server spells it: see [`Link::place`].
///
/// ```
/// use connector_sdk::Link;
///
/// let base = ["https://graph.microsoft.com/v1.0".parse().unwrap()];
/// assert!(Link::new("https://graph.microsoft.com/v1.0/users?$skiptoken=2").within(&base).is_ok());
/// assert!(Link::new("https://graph.microsoft.com.evil.example/v1.0/users").within(&base).is_err());
/// ```
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Link(String);

impl Link {
    /// Wraps a link as received.
    pub fn new(text: impl Into<String>) -> Link {
        Link(text.into())
    }

    /// Returns the link as received.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the target of the link in one spelling, for comparing links: the path after the API version, and the
    /// query, both decoded. Neither the case of the host nor a default port counts, nor whether the link is relative:
    /// the links that are followed all lead to one origin.
    pub fn place(&self) -> String {
        let text = self.0.trim();
        let (path, query) = text.split_once('?').map_or((text, None), |(path, query)| (path, Some(query)));
        let path = match path.find("://") {
            Some(end) => path[end + 3..].split_once('/').map_or("", |(_, path)| path),
            None => path,
        };
        let mut steps: Vec<&str> = path.split('/').filter(|step| !step.is_empty()).collect();
        if steps.first().is_some_and(|step| matches!(*step, "v1.0" | "beta")) {
            steps.remove(0);
        }
        let mut place = String::with_capacity(text.len());
        for step in steps {
            place.push('/');
            respell(&mut place, step);
        }
        for (at, pair) in query.into_iter().flat_map(|query| query.split('&')).enumerate() {
            place.push(if at == 0 { '?' } else { '&' });
            let (name, value) = pair.split_once('=').map_or((pair, None), |(name, value)| (name, Some(value)));
            respell(&mut place, name);
            if let Some(value) = value {
                place.push('=');
                respell(&mut place, value);
            }
        }
        place
    }

    /// Returns the link as a URL, if it stays on the origin and under the path of one of `bases`. A relative link is
    /// resolved below the first of them; what Graph did not escape is escaped.
    ///
    /// # Errors
    /// `protocol` for one that leads elsewhere, or nowhere.
    pub fn within(&self, bases: &[Url]) -> Result<Url> {
        let refused = |why: &str| {
            Error::protocol(format!("a link was not followed because {why}"))
                .with_hint("The answer may have been tampered with. The token was not sent.")
        };
        let url = self.absolute(bases).ok_or_else(|| refused("it is no URL"))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refused("it carries a user name"));
        }
        let same_origin: Vec<&Url> =
            bases.iter().filter(|base| base.origin() == url.origin() && base.scheme() == url.scheme()).collect();
        if same_origin.is_empty() {
            return Err(refused("it leads to another origin"));
        }
        let below = |base: &&Url| {
            let prefix = base.path().trim_end_matches('/');
            url.path().strip_prefix(prefix).is_some_and(|rest| rest.starts_with('/'))
        };
        if !same_origin.iter().any(below) {
            return Err(refused("it leaves the API's path"));
        }
        Ok(url)
    }

    // A link of ours has no fragment, so a `#` is a sign that was not escaped.
    fn absolute(&self, bases: &[Url]) -> Option<Url> {
        let text = self.0.trim().replace('#', "%23");
        match Url::parse(&text) {
            Ok(url) => Some(url),
            Err(url::ParseError::RelativeUrlWithoutBase) => relative(&text, bases),
            Err(_) => None,
        }
    }

    /// Resolves the link against the `address` of the request whose response it came in: only needed where it is
    /// nothing but a query.
    pub(crate) fn after(self, address: &str) -> Link {
        match self.0.trim_start().strip_prefix('?') {
            Some(query) => Link(format!("{}?{query}", address.split('?').next().unwrap_or_default())),
            None => self,
        }
    }

    /// Returns the link as a URL that may be fetched without a credential, such as the monitor of a copy in SharePoint:
    /// https to a named public host, or the origin of one of `bases`.
    ///
    /// # Errors
    /// `protocol` for anything else: an address in numbers or a name without a dot may be a machine of
    /// the network that this program runs in, which whoever wrote the link cannot reach but we can.
    pub fn elsewhere(&self, bases: &[Url]) -> Result<Url> {
        let refused = |why: &str| Error::protocol(format!("a link was not followed because {why}"));
        let url = Url::parse(&self.0).map_err(|_| refused("it is not an absolute URL"))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refused("it carries a user name"));
        }
        if bases.iter().any(|base| base.origin() == url.origin()) {
            return Ok(url);
        }
        if url.scheme() != "https" {
            return Err(refused("it is not https"));
        }
        let public = |name: &str| {
            let name = name.trim_end_matches('.');
            name.contains('.') && ![".localhost", ".local", ".internal"].iter().any(|private| name.ends_with(private))
        };
        match url.host() {
            Some(url::Host::Domain(name)) if public(name) => Ok(url),
            _ => Err(refused("its host has no public name")),
        }
    }
}

// Escapes what may stand escaped, and nothing else.
fn respell(out: &mut String, text: &str) {
    let decoded: Vec<u8> = percent_decode_str(text).collect();
    out.extend(percent_encode(&decoded, NON_ALPHANUMERIC));
}

impl PartialEq for Link {
    fn eq(&self, other: &Link) -> bool {
        self.0 == other.0 || self.place() == other.place()
    }
}

impl Eq for Link {}

impl Hash for Link {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.place().hash(state);
    }
}

// With the version, as from the root of the host, or without it, as from the root of the service. What it comes to is
// held against the bases as any other link is.
fn relative(text: &str, bases: &[Url]) -> Option<Url> {
    let base = bases.first()?;
    if text.is_empty() || text.starts_with("//") || text.contains('\\') || text.starts_with('?') {
        return None;
    }
    let below = |url: &Url| {
        bases.iter().any(|base| url.path().strip_prefix(base.path()).is_some_and(|rest| rest.starts_with('/')))
    };
    let from_host = text.starts_with('/').then(|| base.join(text).ok()).flatten().filter(below);
    from_host
        .or_else(|| base.join(&format!("{}/{}", base.path().trim_end_matches('/'), text.trim_start_matches('/'))).ok())
}

/// Formats only the path: links hold cursors and sometimes filters with personal data.
impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Link({}…)", self.0.split('?').next().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bases() -> Vec<Url> {
        ["https://graph.microsoft.com/v1.0", "https://graph.microsoft.com/beta"]
            .map(|base| Url::parse(base).unwrap())
            .to_vec()
    }

    #[test]
    fn a_link_stays_home() {
        for good in [
            "https://graph.microsoft.com/v1.0/me/messages?$skip=10",
            "https://GRAPH.microsoft.com:443/beta/users/delta?$skiptoken=x",
        ] {
            assert!(Link::new(good).within(&bases()).is_ok(), "{good}");
        }
        for bad in [
            "https://graph.microsoft.com.evil.example/v1.0/me",
            "https://graph.microsoft.com/v1.0.evil.example/me",
            "https://graph.microsoft.com/v1.0evil/me",
            "https://graph.microsoft.com/other/v1.0/me",
            "https://graph.microsoft.com/v1.0/../other/me",
            "https://graph.microsoft.com/v1.0/%2e%2e/other/me",
            "http://graph.microsoft.com/v1.0/me",
            "https://graph.microsoft.com:444/v1.0/me",
            "https://me@graph.microsoft.com/v1.0/me",
            "https://graph.microsoft.com@evil.example/v1.0/me",
            "//evil.example/v1.0/me",
            "/\\evil.example/v1.0/me",
            "/../other/me",
            "../other/me",
            "?$skiptoken=x",
            "javascript:alert(1)",
            "",
        ] {
            assert!(Link::new(bad).within(&bases()).is_err(), "{bad}");
        }
    }

    #[test]
    fn links_as_servers_write_them() {
        let of = |link: &str| Link::new(link).within(&bases()).unwrap().to_string();
        let wanted = "https://graph.microsoft.com/v1.0/users/delta?$skiptoken=x";
        for same in [
            "https://graph.microsoft.com:443/v1.0/users/delta?$skiptoken=x",
            "HTTPS://Graph.Microsoft.COM/v1.0/users/delta?$skiptoken=x",
            " https://graph.microsoft.com/v1.0/users/delta?$skiptoken=x\r\n",
            "/v1.0/users/delta?$skiptoken=x",
            "/users/delta?$skiptoken=x",
            "users/delta?$skiptoken=x",
        ] {
            assert_eq!(of(same), wanted, "{same}");
        }
        assert_eq!(of("/beta/users"), "https://graph.microsoft.com/beta/users");
        assert_eq!(
            of("https://graph.microsoft.com/v1.0/me?$filter=a eq 'b \"c\"'&$skiptoken=a#b<ä>"),
            "https://graph.microsoft.com/v1.0/me?$filter=a%20eq%20%27b%20%22c%22%27&$skiptoken=a%23b%3C%C3%A4%3E"
        );
        let after = |link: &str, address: &str| Link::new(link).after(address).0;
        assert_eq!(after("?$skiptoken=x", "/me/messages?$top=5"), "/me/messages?$skiptoken=x");
        assert_eq!(after("/v1.0/me", "/me/messages"), "/v1.0/me");
    }

    #[test]
    fn one_place_in_any_spelling_is_one_place() {
        let place = |link: &str| Link::new(link).place();
        let wanted = place("https://graph.microsoft.com/v1.0/users/delta?$skiptoken=a b&$select=id,name");
        for same in [
            "HTTPS://GRAPH.Microsoft.com:443/v1.0/users/delta?$skiptoken=a%20b&$select=id,name",
            "https://graph.microsoft.com/v1.0/users/delta?%24skiptoken=a%20b&%24select=id%2cname",
            "/v1.0/users/delta?$skiptoken=a b&$select=id%2Cname",
            " users/delta?$skiptoken=a b&$select=id,name\n",
        ] {
            assert_eq!(place(same), wanted, "{same}");
            assert_eq!(Link::new(same), Link::new("users/delta?$skiptoken=a b&$select=id,name"));
        }
        for other in [
            "/v1.0/users/delta?$skiptoken=a%26b&$select=id,name",
            "/v1.0/users/delta?$skiptoken=A b&$select=id,name",
            "/v1.0/users%2Fdelta?$skiptoken=a b&$select=id,name",
            "/v1.0/users/delta?$select=id,name&$skiptoken=a b",
            "/v1.0/users/delta",
            "",
        ] {
            assert_ne!(place(other), wanted, "{other}");
        }
        assert_ne!(place("/me?a=b&c"), place("/me?a=b%26c"));
    }

    #[test]
    fn without_a_credential_a_link_may_lead_to_a_public_host() {
        for good in [
            "https://contoso.sharepoint.com/_api/v2.0/monitor/1",
            "https://contoso.sharepoint.com:444/m",
            "https://graph.microsoft.com/monitor",
        ] {
            assert!(Link::new(good).elsewhere(&bases()).is_ok(), "{good}");
        }
        let sandbox = [Url::parse("http://127.0.0.1:9000/v1.0").unwrap()];
        assert!(Link::new("http://127.0.0.1:9000/monitor/1").elsewhere(&sandbox).is_ok());
        for bad in [
            "http://contoso.sharepoint.com/m",
            "https://127.0.0.1/m",
            "https://0x7f.1/m",
            "https://2130706433/m",
            "https://[::1]/m",
            "https://[::ffff:10.0.0.1]/m",
            "https://169.254.169.254/m",
            "https://8.8.8.8/m",
            "https://localhost/m",
            "https://localhost./m",
            "https://a.localhost/m",
            "https://metadata.google.internal/m",
            "https://intranet/m",
            "https://u:p@contoso.sharepoint.com/m",
            "http://127.0.0.1:9001/m",
            "ftp://contoso.sharepoint.com/m",
            "/monitor",
            "",
        ] {
            assert!(Link::new(bad).elsewhere(&sandbox).is_err(), "{bad}");
        }
    }
}
