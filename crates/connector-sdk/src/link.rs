//! Links that Graph hands out and that are followed as they are.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::{Error, Result};

/// A next, delta or monitor link: opaque, and followed only where it belongs.
///
/// A link carries the signed-in user's token when it is followed, so [`Link::within`] compares it,
/// parsed, with the connection's own base: the same scheme, host and port, and a path that begins
/// with the same API version as a whole segment. A prefix of the text would not do:
/// `https://graph.microsoft.com/v1.0.evil.example` begins with the right letters.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Link(String);

impl Link {
    /// Wraps a link as it was received.
    pub fn new(text: impl Into<String>) -> Link {
        Link(text.into())
    }

    /// The link as it was received.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The link as a URL, if it stays on the origin and under the path of one of `bases`.
    pub fn within(&self, bases: &[Url]) -> Result<Url> {
        let refused = |why: &str| {
            Error::protocol(format!("a link was not followed because {why}"))
                .hint("The answer may have been tampered with. The token was not sent.")
        };
        let url = Url::parse(&self.0).map_err(|_| refused("it is not an absolute URL"))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refused("it carries a user name"));
        }
        let same_origin: Vec<&Url> = bases.iter().filter(|base| base.origin() == url.origin() && base.scheme() == url.scheme()).collect();
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

    /// The link as a URL that may be fetched without a credential, such as the monitor of a copy in
    /// SharePoint: https to a named public host, or the origin of one of `bases`.
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

/// Links hold cursors and sometimes filters with personal data, so only their path is shown.
impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Link({}…)", self.0.split('?').next().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bases() -> Vec<Url> {
        ["https://graph.microsoft.com/v1.0", "https://graph.microsoft.com/beta"].map(|base| Url::parse(base).unwrap()).to_vec()
    }

    #[test]
    fn a_link_stays_home() {
        for good in
            ["https://graph.microsoft.com/v1.0/me/messages?$skip=10", "https://GRAPH.microsoft.com:443/beta/users/delta?$skiptoken=x"]
        {
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
            "/v1.0/me",
            "javascript:alert(1)",
            "",
        ] {
            assert!(Link::new(bad).within(&bases()).is_err(), "{bad}");
        }
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
