//! Where a request came from, if a proxy has passed it on.
//!
//! Everybody can write these headers, so they count only as far as the proxies that wrote them are trusted: read from the
//! right, the first address that is none of theirs is the client.

use std::net::{IpAddr, SocketAddr};

use http::{HeaderMap, HeaderName, header};
use ipnet::IpNet;

/// The header of the proxies that do not know RFC 7239.
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Returns the address from which a request came to the first of the trusted proxies; that of the peer where it is none.
///
/// Where both headers are there and differ, one of them is the client's own, and the last proxy counts.
pub(crate) fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let peer = peer.to_canonical();
    let is_trusted = |address: &IpAddr| trusted.iter().any(|net| net.contains(address));
    if !is_trusted(&peer) {
        return peer;
    }
    let told = |name: &HeaderName, read: fn(&str) -> Option<IpAddr>| {
        headers.contains_key(name).then(|| {
            let all: Vec<&str> = headers.get_all(name).iter().map(|value| value.to_str().unwrap_or_default()).collect();
            let mut known = peer;
            for address in all.join(",").rsplit(',').map(read) {
                // What is no address was told by nobody who is trusted.
                let Some(address) = address else { break };
                known = address;
                if !is_trusted(&address) {
                    break;
                }
            }
            known
        })
    };
    match (told(&header::FORWARDED, of_forwarded), told(&X_FORWARDED_FOR, of_text)) {
        (Some(one), Some(other)) if one != other => peer,
        (Some(told), _) | (None, Some(told)) => told,
        (None, None) => peer,
    }
}

// An element of RFC 7239, such as `for="[2001:db8::1]:4711";proto=https`.
fn of_forwarded(element: &str) -> Option<IpAddr> {
    let pairs = element.split(';').filter_map(|pair| pair.trim().split_once('='));
    let mut addresses = pairs.filter(|(name, _)| name.trim().eq_ignore_ascii_case("for")).map(|(_, value)| value);
    let address = addresses.next()?;
    of_text(address.trim().trim_matches('"'))
}

// With or without a port, in brackets or not.
fn of_text(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse().or_else(|_| text.parse::<SocketAddr>().map(|address| address.ip()));
    address.ok().map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(peer: &str, headers: &[(&'static str, &str)]) -> String {
        let trusted: Vec<IpNet> = ["10.0.0.0/8", "2001:db8:1::/48"].iter().map(|net| net.parse().unwrap()).collect();
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        client(peer.parse().unwrap(), &map, &trusted).to_string()
    }

    #[test]
    fn who_is_not_trusted_tells_nothing() {
        for header in [("x-forwarded-for", "192.0.2.1"), ("forwarded", "for=192.0.2.1")] {
            assert_eq!(of("198.51.100.7", &[header]), "198.51.100.7");
            assert_eq!(of("127.0.0.1", &[header]), "127.0.0.1");
            assert_eq!(of("10.0.0.1", &[header]), "192.0.2.1");
            assert_eq!(of("::ffff:10.0.0.1", &[header]), "192.0.2.1");
        }
        assert_eq!(of("10.0.0.1", &[]), "10.0.0.1");
    }

    #[test]
    fn what_the_client_wrote_itself_stands_further_left_and_does_not_count() {
        let of_x = |value: &str| of("10.0.0.1", &[("x-forwarded-for", value)]);
        assert_eq!(of_x("1.1.1.1, 192.0.2.1"), "192.0.2.1");
        assert_eq!(of_x("1.1.1.1, 192.0.2.1, 10.0.0.2"), "192.0.2.1");
        assert_eq!(of_x("10.0.0.3"), "10.0.0.3");
        assert_eq!(of_x("192.0.2.1:4711"), "192.0.2.1");
        assert_eq!(of_x("[2001:db8:2::1]:4711, 2001:db8:1::9"), "2001:db8:2::1");
        for odd in ["", "unknown", "1.1.1.1, _hidden", "1.1.1.1, ", "1.1.1.1,2.2.2.2.2", "a\u{e9}"] {
            assert_eq!(of_x(odd), "10.0.0.1", "{odd}");
        }
        let twice = [("x-forwarded-for", "1.1.1.1"), ("x-forwarded-for", "192.0.2.1")];
        assert_eq!(of("10.0.0.1", &twice), "192.0.2.1");
    }

    #[test]
    fn both_headers_count_where_they_agree() {
        let of_both = |forwarded: &str, x: &str| of("10.0.0.1", &[("forwarded", forwarded), ("x-forwarded-for", x)]);
        assert_eq!(of_both("For=\"192.0.2.1:80\";proto=https", "192.0.2.1"), "192.0.2.1");
        assert_eq!(of_both("proto=https;for=\"[2001:db8:2::1]\"", "2001:db8:2::1"), "2001:db8:2::1");
        assert_eq!(of_both("for=1.1.1.1", "192.0.2.1"), "10.0.0.1");
        assert_eq!(of_both("by=1.1.1.1", "192.0.2.1"), "10.0.0.1");
    }
}
