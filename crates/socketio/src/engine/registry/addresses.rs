//! How many sessions each address has, for servers that limit them.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
};

use crate::engine::SessionId;

/// The sessions of each network.
pub(super) struct Addresses {
    most: usize,
    counts: HashMap<IpAddr, usize>,
    networks: HashMap<SessionId, IpAddr>,
}

impl Addresses {
    pub(super) fn new(most: usize) -> Self {
        Self { most, counts: HashMap::new(), networks: HashMap::new() }
    }

    /// Counts a session, unless there are as many already as there may be.
    #[must_use]
    pub(super) fn enter(&mut self, id: SessionId, address: IpAddr) -> bool {
        let network = network(address);
        let count = self.counts.get(&network).copied().unwrap_or_default();
        if count >= self.most {
            return false;
        }
        self.counts.insert(network, count + 1);
        self.networks.insert(id, network);
        true
    }

    pub(super) fn leave(&mut self, id: SessionId) {
        let Some(network) = self.networks.remove(&id) else { return };
        let Some(count) = self.counts.get_mut(&network) else { return };
        *count -= 1;
        if *count == 0 {
            self.counts.remove(&network);
        }
    }
}

/// Who has one address of an IPv6 network has them all.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_networks_and_forgets_them() {
        let mut addresses = Addresses::new(2);
        let ids: Vec<_> = (0..4).map(|_| SessionId::random().unwrap()).collect();
        assert!(addresses.enter(ids[0], "10.0.0.1".parse().unwrap()));
        assert!(addresses.enter(ids[1], "::ffff:10.0.0.1".parse().unwrap()));
        assert!(!addresses.enter(ids[2], "10.0.0.1".parse().unwrap()));
        assert!(addresses.enter(ids[2], "10.0.0.2".parse().unwrap()));
        addresses.leave(ids[0]);
        addresses.leave(ids[0]);
        assert!(addresses.enter(ids[3], "10.0.0.1".parse().unwrap()));
        for id in ids {
            addresses.leave(id);
        }
        assert!(addresses.counts.is_empty() && addresses.networks.is_empty());
    }

    #[test]
    fn one_ipv6_network_counts_as_one() {
        let mut addresses = Addresses::new(1);
        let id = || SessionId::random().unwrap();
        assert!(addresses.enter(id(), "2001:db8:0:1::1".parse().unwrap()));
        assert!(!addresses.enter(id(), "2001:db8:0:1:ffff::2".parse().unwrap()));
        assert!(addresses.enter(id(), "2001:db8:0:2::1".parse().unwrap()));
    }
}
