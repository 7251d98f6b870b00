//! How often a peer may ask. A peer is an address (of IPv6, the network of 64 bits that somebody is given); each has
//! a bucket of requests that fills up again with time.

use assay_api::Problem;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Most peers that are counted; beyond that, those are forgotten whose buckets are full, or all.
const PEERS_MAX: usize = 4096;
/// Requests that a full bucket holds, in seconds of the rate.
const BURST_SECONDS: u64 = 4;
/// A request in the smallest unit that is counted.
const REQUEST: u64 = 1_000;
/// What a request that hands something in costs, in requests: it is checked, and perhaps a proof with it.
pub(super) const WRITE_COST: u64 = 10;

/// The buckets.
#[derive(Debug)]
pub(super) struct Rates {
    /// Requests a second; 0 is no limit.
    per_second: u64,
    buckets: Mutex<BTreeMap<IpAddr, Bucket>>,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    left: u64,
    at: Instant,
}

impl Rates {
    pub(super) fn new(per_second: u32) -> Self {
        Self { per_second: per_second.into(), buckets: Mutex::default() }
    }

    /// What a full bucket holds.
    fn full(&self) -> u64 {
        self.per_second.saturating_mul(BURST_SECONDS * REQUEST).max(WRITE_COST * REQUEST)
    }

    fn filled(&self, bucket: Bucket, now: Instant) -> u64 {
        let ms = now.saturating_duration_since(bucket.at).as_millis();
        let ms = u64::try_from(ms).unwrap_or(u64::MAX);
        // `REQUEST` is a thousand, so a rate per second is a rate per millisecond here.
        bucket.left.saturating_add(ms.saturating_mul(self.per_second)).min(self.full())
    }

    /// Takes `cost` requests out of a peer's bucket, or says after how many seconds they will be there.
    pub(super) fn take(&self, peer: IpAddr, cost: u64, now: Instant) -> Result<(), u64> {
        if self.per_second == 0 {
            return Ok(());
        }
        let peer = network(peer);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if PEERS_MAX <= buckets.len() && !buckets.contains_key(&peer) {
            buckets.retain(|_, bucket| self.filled(*bucket, now) < self.full());
            if PEERS_MAX <= buckets.len() {
                buckets.clear();
            }
        }
        let bucket = buckets.entry(peer).or_insert(Bucket { left: self.full(), at: now });
        let left = self.filled(*bucket, now);
        *bucket = Bucket { left, at: now };
        let cost = cost.saturating_mul(REQUEST);
        match left.checked_sub(cost) {
            Some(left) => {
                bucket.left = left;
                Ok(())
            }
            None => Err((cost - left).div_ceil(self.per_second * REQUEST)),
        }
    }
}

/// Whom an address stands for.
fn network(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// Too many requests of one peer.
pub(super) fn too_many(seconds: u64) -> Problem {
    let detail = format!("too many requests from this address; try again in {seconds} s");
    Problem { status: 429, code: "too-many".into(), detail }
}

#[cfg(test)]
mod tests {
    use super::{BURST_SECONDS, PEERS_MAX, Rates, WRITE_COST};
    use std::net::IpAddr;
    use std::time::{Duration, Instant};

    fn peer(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_bucket_empties_and_fills_again() {
        let (rates, now, who) = (Rates::new(10), Instant::now(), peer("192.0.2.1"));
        for _ in 0..10 * BURST_SECONDS {
            rates.take(who, 1, now).unwrap();
        }
        assert_eq!(rates.take(who, 1, now), Err(1));
        rates.take(peer("192.0.2.2"), 1, now).unwrap();
        let later = now + Duration::from_millis(250);
        rates.take(who, 2, later).unwrap();
        assert_eq!(rates.take(who, WRITE_COST, later), Err(1));
        rates.take(who, WRITE_COST, later + Duration::from_secs(1)).unwrap();
    }

    #[test]
    fn one_network_is_one_peer() {
        let (rates, now) = (Rates::new(1), Instant::now());
        rates.take(peer("2001:db8::1"), WRITE_COST, now).unwrap();
        assert!(rates.take(peer("2001:db8::2"), 1, now).is_err());
        rates.take(peer("2001:db8:0:1::1"), 1, now).unwrap();
        rates.take(peer("192.0.2.1"), WRITE_COST, now).unwrap();
        assert!(rates.take(peer("::ffff:192.0.2.1"), 1, now).is_err());
    }

    #[test]
    fn no_number_of_peers_takes_more_room() {
        let (rates, now) = (Rates::new(1), Instant::now());
        for number in 0..2 * u32::try_from(PEERS_MAX).unwrap() {
            rates.take(IpAddr::from(number.to_be_bytes()), 1, now).unwrap();
        }
        assert!(rates.buckets.lock().unwrap().len() <= PEERS_MAX);
    }

    #[test]
    fn zero_is_no_limit() {
        let (rates, now) = (Rates::new(0), Instant::now());
        assert!((0..10_000).all(|_| rates.take(peer("192.0.2.1"), WRITE_COST, now).is_ok()));
    }
}
