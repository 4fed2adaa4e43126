//! The places inside that an operator allows to be fetched, such as a provider of identities in the same network.

use std::{net::IpAddr, str::FromStr};

use ipnet::IpNet;

/// Hosts and networks that may be fetched although they are not public.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Allowed {
    hosts: Vec<(String, Option<u16>)>,
    networks: Vec<IpNet>,
}

impl Allowed {
    /// What a list of settings allows. Each is a host with or without a port (`id.school.example`, `localhost:8443`), an
    /// address, or a network (`10.1.0.0/16`).
    ///
    /// # Errors
    /// The entry that is none of these.
    pub fn of<'e>(entries: impl IntoIterator<Item = &'e str>) -> Result<Self, String> {
        let mut allowed = Self::default();
        for entry in entries.into_iter().map(str::trim).filter(|entry| !entry.is_empty()) {
            if let Ok(network) = entry.parse::<IpNet>() {
                allowed.networks.push(network.trunc());
            } else if let Ok(address) = entry.parse::<IpAddr>() {
                allowed.networks.push(address.into());
            } else {
                allowed.hosts.push(host(entry).ok_or_else(|| {
                    format!("{entry:?} is not a host, an address or a network such as 10.1.0.0/16")
                })?);
            }
        }
        Ok(allowed)
    }

    /// Whether the operator named this host. An entry without a port stands for all of its ports.
    pub(super) fn names(&self, host: &str, port: u16) -> bool {
        let is_it =
            |(name, at): &(String, Option<u16>)| name == host && at.is_none_or(|at| at == port);
        self.hosts.iter().any(is_it)
    }

    /// Whether the operator named a network that this address is in.
    pub(super) fn holds(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.networks.iter().any(|network| network.contains(&address))
    }
}

/// A host as addresses spell it, and its port.
fn host(entry: &str) -> Option<(String, Option<u16>)> {
    let bracketed = entry.starts_with('[');
    let (name, port) = match entry.rsplit_once(':') {
        Some((name, port)) if !bracketed || name.ends_with(']') => {
            (name, Some(u16::from_str(port).ok().filter(|port| *port > 0)?))
        }
        _ => (entry, None),
    };
    let host = url::Host::parse(name).ok()?;
    let is_plain = !name.contains(['/', '@', '%', '*']) && !name.is_empty();
    is_plain.then(|| (host.to_string(), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_addresses_and_networks_are_told_apart() {
        let allowed = Allowed::of([
            "ID.school.example",
            "localhost:8443",
            "10.1.2.3/16",
            "fd00::1",
            "[::1]:80",
        ])
        .unwrap();
        assert!(allowed.names("id.school.example", 443) && allowed.names("id.school.example", 1));
        assert!(allowed.names("localhost", 8443) && !allowed.names("localhost", 443));
        assert!(allowed.names("[::1]", 80) && !allowed.names("[::1]", 81));
        assert!(!allowed.names("school.example", 443), "nothing stands for the names above it");
        for (address, is_held) in [
            ("10.1.255.255", true),
            ("::ffff:10.1.0.1", true),
            ("10.2.0.1", false),
            ("fd00::1", true),
            ("fd00::2", false),
        ] {
            assert_eq!(allowed.holds(address.parse().unwrap()), is_held, "{address}");
        }
        for wrong in ["*.school.example", "http://a", "a/b", "a:b", "a:0", "10.0.0.0/40", "x@a"] {
            assert!(Allowed::of([wrong]).is_err(), "{wrong}");
        }
        assert_eq!(Allowed::of(["", " "]).unwrap(), Allowed::default());
    }
}
