//! Which addresses are public, by IANA's registries of special-purpose addresses (read on 2026-11-30).
//!
//! Version 6 is judged the other way round from version 4: only 2000::/3 is given out at all, so everything else is
//! refused. An address of version 6 that carries one of version 4 is judged by what it carries, or refused where nobody
//! needs it.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

/// What an address is that is not public.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreachable(&'static str);

impl fmt::Display for Unreachable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// A range of addresses: the first of them, the length of what they share, and what they are.
type Range<A> = (A, u32, &'static str);

const fn four(a: u8, b: u8, c: u8, length: u32, what: &'static str) -> Range<Ipv4Addr> {
    (Ipv4Addr::new(a, b, c, 0), length, what)
}

const fn six(a: u16, b: u16, c: u16, length: u32, what: &'static str) -> Range<Ipv6Addr> {
    (Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0), length, what)
}

const FOUR: [Range<Ipv4Addr>; 15] = [
    four(0, 0, 0, 8, "of this network"),
    four(10, 0, 0, 8, "private"),
    four(100, 64, 0, 10, "shared by a provider's customers"),
    four(127, 0, 0, 8, "of this machine"),
    // The services of clouds that give out credentials are here.
    four(169, 254, 0, 16, "of this link"),
    four(172, 16, 0, 12, "private"),
    four(192, 0, 0, 24, "kept for protocols"),
    four(192, 0, 2, 24, "kept for documentation"),
    four(192, 88, 99, 24, "of a relay between versions"),
    four(192, 168, 0, 16, "private"),
    four(198, 18, 0, 15, "kept for measurements"),
    four(198, 51, 100, 24, "kept for documentation"),
    four(203, 0, 113, 24, "kept for documentation"),
    four(224, 0, 0, 4, "of a group"),
    four(240, 0, 0, 4, "reserved"),
];

/// What is not public within 2000::/3.
const SIX: [Range<Ipv6Addr>; 4] = [
    // Teredo, which carries addresses of version 4, is among them.
    six(0x2001, 0, 0, 23, "kept for protocols"),
    six(0x2001, 0xdb8, 0, 32, "kept for documentation"),
    // 6to4 carries an address of version 4.
    six(0x2002, 0, 0, 16, "of a relay between versions"),
    six(0x3fff, 0, 0, 20, "kept for documentation"),
];

/// The addresses of version 4 as a translator (NAT64) shows them to a network that has only version 6.
const TRANSLATED: u128 = 0x0064_ff9b << 96;

/// Whether anybody on the internet could reach an address.
///
/// # Errors
/// What the address is instead.
pub fn judge(address: IpAddr) -> Result<(), Unreachable> {
    match address.to_canonical() {
        IpAddr::V4(address) => judge_four(address),
        IpAddr::V6(address) => judge_six(address),
    }
}

fn judge_four(address: Ipv4Addr) -> Result<(), Unreachable> {
    let bits = u32::from(address);
    let found = FOUR.iter().find(|(first, length, _)| {
        bits.checked_shr(32 - length) == u32::from(*first).checked_shr(32 - length)
    });
    found.map_or(Ok(()), |(_, _, what)| Err(Unreachable(what)))
}

fn judge_six(address: Ipv6Addr) -> Result<(), Unreachable> {
    let bits = u128::from(address);
    if bits >> 32 == TRANSLATED >> 32 {
        return judge_four(Ipv4Addr::from(bits as u32));
    }
    if bits >> 125 != 0b001 {
        return Err(Unreachable(match () {
            () if address.is_loopback() => "of this machine",
            () if address.is_multicast() => "of a group",
            () if address.is_unique_local() => "private",
            () if address.is_unicast_link_local() => "of this link",
            () => "not given out to anybody",
        }));
    }
    let found = SIX.iter().find(|(first, length, _)| {
        bits.checked_shr(128 - length) == u128::from(*first).checked_shr(128 - length)
    });
    found.map_or(Ok(()), |(_, _, what)| Err(Unreachable(what)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(address: &str, is_public: bool) {
        let judged = judge(address.parse().unwrap());
        assert_eq!(judged.is_ok(), is_public, "{address}: {judged:?}");
    }

    #[test]
    fn only_what_anybody_can_reach_is_public() {
        for public in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.1",
            "169.253.255.255",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "192.167.255.255",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "2606:4700::1111",
            "2a00::1",
            "2001:200::1",
            "::ffff:1.1.1.1",
            "64:ff9b::1.1.1.1",
        ] {
            check(public, true);
        }
        for inside in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.1.1.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::7f00:1",
            "fe80::1",
            "febf::1",
            "fec0::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2002:a9fe:a9fe::",
            "3fff::1",
            "4000::1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::127.0.0.1",
            "64:ff9b::169.254.169.254",
            "64:ff9b:1::1",
            "5f00::1",
        ] {
            check(inside, false);
        }
    }

    #[test]
    fn a_refusal_says_what_the_address_is() {
        let said = |address: &str| judge(address.parse().unwrap()).unwrap_err().to_string();
        assert_eq!(said("169.254.169.254"), "of this link");
        assert_eq!(said("::ffff:10.0.0.1"), "private");
        assert_eq!(said("fd00:ec2::254"), "private");
    }
}
