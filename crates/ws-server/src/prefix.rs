use std::{net::IpAddr, num::NonZeroU64};

use crate::AddrLimits;

/// What comes before an IPv4 address: as an IPv6 address it would be multicast, which nobody connects
/// from.
const IPV4: u64 = 0xffff_ffff << 32;

/// The addresses that count as one client's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Prefix(NonZeroU64);

impl Prefix {
    /// `None` for the broadcast address, which nobody connects from either.
    pub(crate) fn of(ip: IpAddr, limits: &AddrLimits) -> Option<Self> {
        let (bits, dropped) = match ip.to_canonical() {
            IpAddr::V4(ip) => (IPV4 | u64::from(ip.to_bits()), 32 - limits.ipv4_prefix()),
            IpAddr::V6(ip) => ((ip.to_bits() >> 64) as u64, 64 - limits.ipv6_prefix()),
        };
        let mask = u64::MAX.checked_shl(dropped.into()).unwrap_or(0);
        // ::1 is 0 here, and 0 is not to be a prefix.
        NonZeroU64::new(!(bits & mask)).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_one(limits: AddrLimits, one: &str, other: &str) -> bool {
        let of = |ip: &str| Prefix::of(ip.parse().expect("an address"), &limits);
        let one = of(one);
        assert!(one.is_some());
        one == of(other)
    }

    #[test]
    fn addresses_count_as_one_when_their_prefixes_are_the_same() {
        let limits = AddrLimits::default();
        for (one, other, expected) in [
            ("192.0.2.7", "192.0.2.7", true),
            ("192.0.2.7", "192.0.2.6", false),
            ("192.0.2.7", "::ffff:192.0.2.7", true),
            ("0.0.0.0", "::", false),
            ("0.0.0.0", "::1", false),
            ("::1", "::1", true),
            ("::1", "0:0:0:1::1", false),
            ("2001:db8::1", "2001:db8::ffff:1:2:3", true),
            ("2001:db8::1", "2001:db8:0:1::1", false),
            ("2001:db8:0:1::1", "2001:db8:0:1:ffff::", true),
        ] {
            assert_eq!(is_one(limits, one, other), expected, "{one} and {other}");
        }
        let wide = limits.with_ipv4_prefix(24).with_ipv6_prefix(48);
        for (one, other, expected) in [
            ("192.0.2.7", "192.0.2.255", true),
            ("192.0.2.7", "192.0.3.7", false),
            ("2001:db8::1", "2001:db8:0:ffff::1", true),
            ("2001:db8::1", "2001:db8:1::1", false),
        ] {
            assert_eq!(is_one(wide, one, other), expected, "{one} and {other}");
        }
        let all = limits.with_ipv4_prefix(0).with_ipv6_prefix(0);
        assert!(is_one(all, "192.0.2.7", "10.0.0.1"));
        assert!(is_one(all, "2001:db8::1", "::1"));
        assert!(!is_one(all, "192.0.2.7", "::2"));
    }

    #[test]
    fn longer_prefixes_than_there_are_count_as_the_longest() {
        let limits = AddrLimits::default().with_ipv4_prefix(33);
        let limits = limits.with_ipv6_prefix(128);
        assert_eq!(limits, AddrLimits::default());
    }

    #[test]
    fn the_broadcast_address_counts_nowhere() {
        let broadcast = "255.255.255.255".parse().expect("an address");
        assert_eq!(Prefix::of(broadcast, &AddrLimits::default()), None);
    }
}
