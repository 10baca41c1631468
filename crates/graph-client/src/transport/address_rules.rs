//! Which addresses may be connected to by requests whose address somebody else has chosen.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use connector_sdk::{Error, Result};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use url::{Host, Url};

const fn v4(a: u8, b: u8, c: u8, d: u8, bits: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), bits)
}

const fn v6(first: u16, second: u16, third: u16, bits: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(first, second, third, 0, 0, 0, 0, 0), bits)
}

/// IPv4 ranges that are not the public internet, from IANA's registry of special-purpose addresses and that of
/// multicast, and one address of Azure.
const SPECIAL_V4: &[Ipv4Net] = &[
    v4(0, 0, 0, 0, 8),        // this network
    v4(10, 0, 0, 0, 8),       // private
    v4(100, 64, 0, 0, 10),    // shared by the customers of a provider (CGNAT)
    v4(127, 0, 0, 0, 8),      // loopback
    v4(168, 63, 129, 16, 32), // Azure's own services within a virtual machine
    v4(169, 254, 0, 0, 16),   // link-local, with the metadata of clouds
    v4(172, 16, 0, 0, 12),    // private
    v4(192, 0, 0, 0, 24),     // protocol assignments
    v4(192, 0, 2, 0, 24),     // documentation
    v4(192, 31, 196, 0, 24),  // AS112
    v4(192, 52, 193, 0, 24),  // multicast tunnels (AMT)
    v4(192, 88, 99, 0, 24),   // relays of 6to4
    v4(192, 168, 0, 0, 16),   // private
    v4(192, 175, 48, 0, 24),  // AS112
    v4(198, 18, 0, 0, 15),    // benchmarks
    v4(198, 51, 100, 0, 24),  // documentation
    v4(203, 0, 113, 0, 24),   // documentation
    v4(224, 0, 0, 0, 4),      // multicast
    v4(240, 0, 0, 0, 4),      // reserved, and broadcast
];

/// The IPv6 range in which public addresses are. What is outside is loopback, link-local, unique local, multicast,
/// translated (NAT64), embedded IPv4, or segment identifiers (SRv6).
const GLOBAL_V6: Ipv6Net = v6(0x2000, 0, 0, 3);

/// IPv6 ranges within [`GLOBAL_V6`] that are not the public internet.
const SPECIAL_V6: &[Ipv6Net] = &[
    v6(0x2001, 0, 0, 23),         // protocol assignments, with Teredo, ORCHID and benchmarks
    v6(0x2001, 0xdb8, 0, 32),     // documentation
    v6(0x2002, 0, 0, 16),         // 6to4, which embeds an IPv4 address
    v6(0x2620, 0x4f, 0x8000, 48), // AS112
    v6(0x3fff, 0, 0, 20),         // documentation
];

/// Rules about the addresses that requests may go to: public ones over https, and those in ranges that the operator has
/// allowed.
#[derive(Debug, Clone, Default)]
pub struct AddressRules {
    allowed: Vec<IpNet>,
    allows_http: bool,
}

/// Which of its addresses a host name must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needed {
    /// Public or allowed ones.
    Reachable,
    /// Allowed ones, which may be reached without TLS.
    Allowed,
}

impl AddressRules {
    /// Allows the addresses in a range, such as `10.1.0.0/16`, also over `http`. A single address is a range too.
    ///
    /// ```
    /// use graph_client::AddressRules;
    ///
    /// let rules = AddressRules::default().allow("10.1.0.0/16").unwrap();
    /// assert!(rules.check(&"http://10.1.2.3/hook".parse().unwrap()).is_ok());
    /// assert!(rules.check(&"https://10.2.0.1/hook".parse().unwrap()).is_err());
    /// ```
    ///
    /// # Errors
    /// `invalid_input` for what is no range.
    pub fn allow(mut self, range: &str) -> Result<AddressRules> {
        let parsed = range.parse::<IpNet>().ok().or_else(|| Some(IpNet::from(range.parse::<IpAddr>().ok()?)));
        self.allowed.push(parsed.ok_or_else(|| {
            Error::invalid("", format!("`{}` is no range of addresses, such as 10.1.0.0/16", range.escape_debug()))
        })?);
        Ok(self)
    }

    /// Allows `http` for every address that may be reached.
    #[must_use]
    pub fn allow_http(mut self) -> AddressRules {
        self.allows_http = true;
        self
    }

    /// Checks all that can be said of an address before its name is resolved.
    ///
    /// # Errors
    /// `invalid_input` with the reason `address` for another scheme, user information, and an IP address that is refused.
    pub fn check(&self, url: &Url) -> Result<()> {
        let refused = |why: &str| Error::invalid("", why).with_reason("address");
        let needed = match url.scheme() {
            "https" => Needed::Reachable,
            "http" if self.allows_http => Needed::Reachable,
            "http" if !self.allowed.is_empty() => Needed::Allowed,
            _ => {
                return Err(refused("must be an https address").with_hint("Give an address that begins with https://."));
            }
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refused("must not have a user name or a password"));
        }
        let address = match url.host() {
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
            Some(Host::Domain(name)) if !name.is_empty() => return Ok(()),
            _ => return Err(refused("must have a host")),
        };
        if self.is_fit(address, needed) {
            return Ok(());
        }
        Err(refused("is not a public address").with_hint("Whoever runs this host can allow a range of addresses."))
    }

    /// Returns what the addresses of a URL's name must be.
    pub(super) fn needed(&self, is_https: bool) -> Needed {
        if is_https || self.allows_http { Needed::Reachable } else { Needed::Allowed }
    }

    /// Returns whether an address may be connected to.
    pub(super) fn is_fit(&self, address: IpAddr, needed: Needed) -> bool {
        // An IPv4 address that is written as an IPv6 one reaches the IPv4 address.
        let address = address.to_canonical();
        self.allowed.iter().any(|range| range.contains(&address)) || (needed == Needed::Reachable && is_public(address))
    }
}

/// Returns whether an address is on the public internet.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !SPECIAL_V4.iter().any(|range| range.contains(&address)),
        IpAddr::V6(address) => GLOBAL_V6.contains(&address) && !SPECIAL_V6.iter().any(|range| range.contains(&address)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The blocks of IANA's registries of special-purpose addresses (IPv4 and IPv6), and further ranges that no host of
    /// the public internet has.
    const REGISTERED: &[&str] = &[
        "0.0.0.0/8",
        "0.0.0.0/32",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.0.0/29",
        "192.0.0.8/32",
        "192.0.0.9/32",
        "192.0.0.10/32",
        "192.0.0.170/32",
        "192.0.0.171/32",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "240.0.0.0/4",
        "255.255.255.255/32",
        "224.0.0.0/4",
        "::1/128",
        "::/128",
        "::ffff:0:0/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "100:0:0:1::/64",
        "2001::/23",
        "2001::/32",
        "2001:1::1/128",
        "2001:1::2/128",
        "2001:1::3/128",
        "2001:2::/48",
        "2001:3::/32",
        "2001:4:112::/48",
        "2001:10::/28",
        "2001:20::/28",
        "2001:30::/28",
        "2001:db8::/32",
        "2002::/16",
        "2620:4f:8000::/48",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    ];

    #[test]
    fn no_registered_special_address_is_public() {
        for range in REGISTERED {
            let range: IpNet = range.parse().unwrap();
            for address in [range.network(), range.broadcast()] {
                // The whole range of mapped addresses is judged by the IPv4 address within.
                let judged = AddressRules::default().is_fit(address, Needed::Reachable);
                assert!(!judged, "{address} of {range}");
            }
        }
    }

    #[test]
    fn addresses_beside_the_special_ranges_are_public() {
        for address in [
            "1.0.0.0",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "8.8.8.8",
            "::ffff:8.8.8.8",
            "2001:200::1",
            "2001:4860:4860::8888",
            "2003::1",
            "2606:4700::1111",
            "3ffe::1",
            "3fff:1000::1",
            "2a00:1450::1",
        ] {
            assert!(AddressRules::default().is_fit(address.parse().unwrap(), Needed::Reachable), "{address}");
            assert!(!AddressRules::default().is_fit(address.parse().unwrap(), Needed::Allowed), "{address}");
        }
    }

    #[test]
    fn what_the_operator_allows_is_reached_also_without_tls() {
        let rules = AddressRules::default().allow("10.1.0.0/16").unwrap().allow("::1").unwrap();
        for (url, is_fit) in [
            ("https://10.1.2.3/", true),
            ("http://10.1.2.3/", true),
            ("https://[::ffff:10.1.2.3]/", true),
            ("http://[::1]:8080/", true),
            ("http://10.2.0.1/", false),
            ("http://8.8.8.8/", false),
            ("https://8.8.8.8/", true),
            ("http://hooks.example/", true),
        ] {
            assert_eq!(rules.check(&url.parse().unwrap()).is_ok(), is_fit, "{url}");
        }
        assert!(AddressRules::default().allow_http().check(&"http://8.8.8.8/".parse().unwrap()).is_ok());
        assert!(AddressRules::default().allow_http().check(&"http://127.0.0.1/".parse().unwrap()).is_err());
        for no_range in ["", "10.0.0.0/33", "example.com", "10.0.0.0-10.0.0.9"] {
            assert!(AddressRules::default().allow(no_range).is_err(), "{no_range}");
        }
    }
}
