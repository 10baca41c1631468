//! Which host a request is for, and from which origin it comes.
//!
//! A page in somebody's browser reaches this machine too. It can give a name of its own to the address (DNS rebinding):
//! then the `Host` is foreign. Or it posts across origins: then the `Origin` is.

use http::uri::Authority;
use http::{HeaderMap, Request, Uri, header};
use url::Url;

use crate::options::Options;
use crate::problem::{Problem, ServiceCode};

/// The hosts that requests may be for, and the origins that they may come from.
pub(crate) struct Origins {
    public: Option<Url>,
    any_host: bool,
}

impl Origins {
    pub(crate) fn new(options: &Options) -> Origins {
        Origins { public: options.public_url.clone(), any_host: options.any_host }
    }

    /// Checks the host and the origin of a request.
    ///
    /// # Errors
    /// `foreign_origin`.
    pub(crate) fn check<B>(&self, request: &Request<B>) -> Result<(), Problem> {
        let refused = |why: &str| Err(Problem::new(ServiceCode::ForeignOrigin, why));
        let Some(host) = authority(request.uri(), request.headers()) else {
            return refused("the request does not say which host it is for");
        };
        if !self.any_host && !self.has(&host) {
            return refused("the request is for another host");
        }
        let mut origins = request.headers().get_all(header::ORIGIN).iter();
        let Some(origin) = origins.next() else { return Ok(()) };
        let origin = origin.to_str().ok().filter(|_| origins.next().is_none()).and_then(exact_origin);
        match origin {
            Some(origin) if self.is_own(&origin, &host) => Ok(()),
            _ => refused("the request comes from a page of another origin"),
        }
    }

    fn has(&self, host: &Authority) -> bool {
        is_loopback(host.host()) || self.public.as_ref().is_some_and(|public| is_of(public, host))
    }

    fn is_own(&self, origin: &Url, host: &Authority) -> bool {
        let is_public = self.public.as_ref().is_some_and(|public| public.origin() == origin.origin());
        // What a proxy in front of this machine speaks, this service does not know.
        is_public || (matches!(origin.scheme(), "http" | "https") && is_of(origin, host))
    }
}

/// Returns the host and port that a request is for. HTTP/2 has them in the target.
pub(crate) fn authority(target: &Uri, headers: &HeaderMap) -> Option<Authority> {
    let of_target = target.authority().cloned();
    let of_header = single(headers);
    match (of_target, of_header) {
        (Some(target), Some(Some(header))) => (target == header).then_some(target),
        (Some(target), None) => Some(target),
        (None, Some(header)) => header,
        _ => None,
    }
    .filter(|authority| !authority.as_str().contains('@') && has_fit_port(authority))
}

// No port, or one of 16 bits: the parser takes any digits.
fn has_fit_port(authority: &Authority) -> bool {
    match authority.as_str().strip_prefix(authority.host()) {
        Some("") => true,
        Some(rest) => rest.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok()),
        None => false,
    }
}

// `Some(None)`: there is one, and it makes no sense.
fn single(headers: &HeaderMap) -> Option<Option<Authority>> {
    let mut all = headers.get_all(header::HOST).iter();
    let first = all.next()?;
    Some(first.to_str().ok().filter(|_| all.next().is_none()).and_then(|host| host.parse().ok()))
}

/// Returns whether a host is this machine.
pub(crate) fn is_loopback(host: &str) -> bool {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    host.eq_ignore_ascii_case("localhost") || bare.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
}

fn is_of(url: &Url, host: &Authority) -> bool {
    let port = host.port_u16().or_else(|| match host.port() {
        Some(_) => None,
        None => {
            if url.scheme() == "https" {
                Some(443)
            } else {
                Some(80)
            }
        }
    });
    url.host_str().is_some_and(|name| name.eq_ignore_ascii_case(host.host())) && url.port_or_known_default() == port
}

// An origin is a scheme, a host and a port, and nothing else.
fn exact_origin(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    (url.origin().ascii_serialization().eq_ignore_ascii_case(text)).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(origins: &Origins, host: Option<&str>, origin: Option<&str>) -> bool {
        let mut request = Request::builder().uri("/v1/actions");
        if let Some(host) = host {
            request = request.header("host", host);
        }
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        origins.check(&request.body(()).unwrap()).is_ok()
    }

    #[test]
    fn only_this_machine_and_the_public_host_are_accepted() {
        let options = Options::new().public_url("https://tenon.contoso.com".parse().unwrap());
        let origins = Origins::new(&options);
        for good in [
            "127.0.0.1:8366",
            "localhost:1",
            "LOCALHOST",
            "[::1]:8366",
            "127.1.2.3",
            "tenon.contoso.com",
            "Tenon.Contoso.com:443",
        ] {
            assert!(fits(&origins, Some(good), None), "{good}");
        }
        for bad in [
            "",
            "evil.example",
            "127.0.0.1.evil.example",
            "localhost.evil.example",
            "localhost.",
            "tenon.contoso.com.",
            "tenon.contoso.com:8443",
            "user@127.0.0.1",
            "0.0.0.0",
            "2130706433",
            "127.0.0.1:99999",
            "a b",
            "[::]",
            "10.0.0.1",
            "contoso.com",
            "x.tenon.contoso.com",
        ] {
            assert!(!fits(&origins, Some(bad), None), "{bad}");
        }
        assert!(!fits(&origins, None, None));
        assert!(fits(&Origins::new(&Options::new().any_host()), Some("evil.example"), None));
    }

    #[test]
    fn only_pages_of_the_service_itself_are_accepted() {
        let options = Options::new().public_url("https://tenon.contoso.com".parse().unwrap());
        let origins = Origins::new(&options);
        let host = Some("127.0.0.1:8366");
        for good in ["http://127.0.0.1:8366", "https://tenon.contoso.com"] {
            assert!(fits(&origins, host, Some(good)), "{good}");
        }
        for bad in [
            "null",
            "",
            "http://127.0.0.1",
            "http://127.0.0.1:8367",
            "http://localhost:8366",
            "https://evil.example",
            "http://127.0.0.1:8366/",
            "http://a@127.0.0.1:8366",
            "https://tenon.contoso.com:8443",
            "file://",
            "https://tenon.contoso.com.evil.example",
            "http://tenon.contoso.com",
            "ftp://127.0.0.1:8366",
        ] {
            assert!(!fits(&origins, host, Some(bad)), "{bad}");
        }
        assert!(fits(&origins, Some("tenon.contoso.com"), Some("https://tenon.contoso.com")));
        assert!(!fits(&Origins::new(&Options::new().any_host()), Some("a.example"), Some("https://b.example")));
    }

    #[test]
    fn two_hosts_and_two_origins_are_none() {
        let origins = Origins::new(&Options::new());
        let request = |name: &str, value: &str| {
            Request::builder().header("host", "localhost").header(name, value).header(name, "http://localhost")
        };
        assert!(origins.check(&request("host", "localhost").body(()).unwrap()).is_err());
        assert!(origins.check(&request("origin", "http://localhost").body(()).unwrap()).is_err());
        let both = Request::builder().uri("http://evil.example/").header("host", "localhost").body(()).unwrap();
        assert!(origins.check(&both).is_err(), "an absolute target counts");
    }
}
