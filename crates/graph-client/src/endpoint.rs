//! The Graph endpoint of a connection.

use std::sync::Arc;

use connector_sdk::{ApiVersion, Error, Result, is_loopback};
use http::Uri;
use http::uri::{Authority, Parts, PathAndQuery, Scheme};
use url::{Position, Url};

/// The Graph endpoint of a connection: its origin, and the two versions below it.
///
/// The connection's token goes below these two URLs and nowhere else. Cheap to clone: every run has one.
///
/// ```
/// use connector_sdk::ApiVersion;
/// use graph_client::Endpoint;
///
/// let endpoint = Endpoint::new("https://graph.microsoft.us").unwrap();
/// assert_eq!(endpoint.base(None).as_str(), "https://graph.microsoft.us/v1.0");
/// assert_eq!(endpoint.base(ApiVersion::Beta).as_str(), "https://graph.microsoft.us/beta");
/// assert!(Endpoint::new("http://graph.microsoft.com").is_err(), "a token goes over https only");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint(Arc<Origin>);

#[derive(Debug, PartialEq, Eq)]
struct Origin {
    // v1.0, beta
    bases: [Url; 2],
    // The version of requests that name none.
    version: ApiVersion,
    // v1.0, as every context has it.
    text: Arc<str>,
    loopback: bool,
    // Of both, in the form in which they are sent.
    scheme: Scheme,
    authority: Authority,
}

impl Endpoint {
    /// Creates the endpoint at an origin, such as `https://graph.microsoft.com`.
    ///
    /// # Errors
    /// `invalid_input` for anything but https; plain http is accepted for loopback addresses only.
    pub fn new(graph: &str) -> Result<Endpoint> {
        let refuse = |why: &str| Error::invalid("/graphUrl", format!("the Graph URL `{graph}` {why}"));
        let url = Url::parse(graph).map_err(|error| refuse(&format!("is not a URL: {error}")))?;
        if url.host().is_none() {
            return Err(refuse("names no host"));
        }
        let loopback = is_loopback(&url);
        match url.scheme() {
            "https" => {}
            "http" if loopback => {}
            _ => return Err(refuse("is not https; plain http is accepted for loopback addresses only")),
        }
        if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
            return Err(refuse("has more than an origin and a path"));
        }
        let below = |version: &str| {
            let mut base = url.clone();
            base.set_path(&format!("{}/{version}", url.path().trim_end_matches('/')));
            base
        };
        let scheme = url.scheme().parse().map_err(|_| refuse("has no scheme that can be sent"))?;
        let authority = url[Position::BeforeHost..Position::AfterPort]
            .parse()
            .map_err(|_| refuse("names a host that cannot be sent"))?;
        let bases = [below("v1.0"), below("beta")];
        let text = bases[0].as_str().into();
        Ok(Endpoint(Arc::new(Origin { bases, version: ApiVersion::V1, text, loopback, scheme, authority })))
    }

    /// Sets the version of requests that name none.
    #[must_use]
    pub fn with_version(self, version: ApiVersion) -> Endpoint {
        let Origin { bases, text, loopback, scheme, authority, .. } = &*self.0;
        let (bases, text, scheme, authority) = (bases.clone(), text.clone(), scheme.clone(), authority.clone());
        Endpoint(Arc::new(Origin { bases, version, text, loopback: *loopback, scheme, authority }))
    }

    /// Returns the version of requests that name none.
    pub fn version(&self) -> ApiVersion {
        self.0.version
    }

    /// Returns the base URL of a version, without a slash at its end; `None` is the version of requests that name none.
    pub fn base(&self, version: impl Into<Option<ApiVersion>>) -> &Url {
        &self.0.bases[usize::from(version.into().unwrap_or(self.0.version) == ApiVersion::Beta)]
    }

    /// Returns the base URL of version 1.0 as shared text.
    pub fn text(&self) -> Arc<str> {
        self.0.text.clone()
    }

    /// Returns whether it is on this machine, as a sandbox is.
    pub fn is_loopback(&self) -> bool {
        self.0.loopback
    }

    /// Returns the address of a path and query on this origin, unchanged.
    pub(crate) fn at(&self, path_and_query: String) -> Option<Uri> {
        let mut parts = Parts::default();
        parts.scheme = Some(self.0.scheme.clone());
        parts.authority = Some(self.0.authority.clone());
        parts.path_and_query = Some(PathAndQuery::from_maybe_shared(bytes::Bytes::from(path_and_query)).ok()?);
        Uri::from_parts(parts).ok()
    }

    /// Returns whether an address is on this origin: the same scheme, host and port, and nothing before the host.
    pub(crate) fn is_origin_of(&self, address: &Uri) -> bool {
        address.scheme() == Some(&self.0.scheme) && address.authority() == Some(&self.0.authority)
    }

    /// Returns the URLs below which a token may be sent.
    pub fn bases(&self) -> &[Url] {
        &self.0.bases
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_or_loopback() {
        for good in [
            "https://graph.microsoft.com",
            "https://graph.microsoft.us/",
            "http://127.0.0.1:8080",
            "http://[::1]:1",
            "http://localhost:2",
        ] {
            assert!(Endpoint::new(good).is_ok(), "{good}");
        }
        for bad in [
            "http://graph.microsoft.com",
            "http://10.0.0.1",
            "ftp://localhost",
            "graph",
            "https://u@graph.microsoft.com",
            "https://g/?a",
            "http://localhost.evil.example",
        ] {
            assert!(Endpoint::new(bad).is_err(), "{bad}");
        }
        let endpoint = Endpoint::new("https://graph.microsoft.com/").unwrap();
        assert_eq!(endpoint.base(ApiVersion::Beta).as_str(), "https://graph.microsoft.com/beta");
    }
}
