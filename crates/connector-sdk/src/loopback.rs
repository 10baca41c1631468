//! Addresses of this machine.

use url::{Host, Url};

/// Returns whether a URL leads to this machine: to `localhost`, `127.0.0.0/8` or `::1`.
///
/// ```
/// use connector_sdk::is_loopback;
///
/// assert!(is_loopback(&"http://127.0.0.2:8080/v1.0".parse().unwrap()));
/// assert!(!is_loopback(&"http://localhost.example".parse().unwrap()));
/// ```
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}
