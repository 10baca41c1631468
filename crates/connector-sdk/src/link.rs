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
}
