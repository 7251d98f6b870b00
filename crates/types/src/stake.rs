//! What validators put at stake, and under which rules.

use crate::validators::{VALIDATORS_MAX, Validators, VoteKey, VoteSignature};
use crate::{Amount, Height};
use assay_codec::{Decode, Encode, Error, Reader, put_seq};
use std::fmt;
use std::net::{IpAddr, SocketAddr};

/// Most of what a guilty validator loses that an accuser may get, in millionths. The rest is burned: whoever accuses
/// itself loses at least nine tenths.
pub const REWARD_PPM_MAX: u32 = 100_000;
/// Longest time until stake is free, in blocks: about 35 years of one block a second.
pub const UNBONDING_BLOCKS_MAX: u64 = 1 << 30;

/// Longest epoch, in blocks: half a year of one block a second.
pub const EPOCH_BLOCKS_MAX: u64 = 1 << 24;

/// The constants of stakes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StakeRules {
    /// The least that a validator has at stake.
    pub stake_min: Amount,
    /// How many blocks after it was taken back stake can still be lost.
    pub unbonding_blocks: u64,
    /// Part of what a guilty validator loses that its accuser gets, in millionths; at most [`REWARD_PPM_MAX`].
    pub reward_ppm: u32,
    /// How many blocks the set of validators stays as it is; 0: for ever.
    pub epoch_blocks: u64,
    /// Most validators of an epoch: those with most at stake; 0 where the set never changes.
    pub seats: u8,
}

assay_codec::record!(StakeRules { stake_min, unbonding_blocks, reward_ppm, epoch_blocks, seats });

impl StakeRules {
    /// Whether the set of validators follows the stakes.
    pub fn has_epochs(&self) -> bool {
        self.epoch_blocks != 0
    }

    /// The epoch of a block; 0 where there is one. The genesis, of height 0, belongs to the first.
    pub fn epoch(&self, height: Height) -> u64 {
        height.get().checked_div(self.epoch_blocks).unwrap_or(0)
    }

    /// Height of the last block of an epoch; the end of all heights where there is one.
    pub fn last(&self, epoch: u64) -> Height {
        if !self.has_epochs() {
            return Height::new(u64::MAX);
        }
        let next = epoch.saturating_add(1).saturating_mul(self.epoch_blocks);
        Height::new(next.saturating_sub(1))
    }

    /// Whether the constants are in their bounds.
    pub(crate) fn check(&self) -> Result<(), &'static str> {
        self.check_epochs()?;
        if self.stake_min == Amount::ZERO {
            return Err("a validator has something at stake");
        }
        if self.unbonding_blocks == 0 || UNBONDING_BLOCKS_MAX < self.unbonding_blocks {
            return Err("stake is free after 1 to 2^30 blocks");
        }
        if REWARD_PPM_MAX < self.reward_ppm {
            return Err("an accuser gets at most a tenth");
        }
        Ok(())
    }

    fn check_epochs(&self) -> Result<(), &'static str> {
        if !self.has_epochs() {
            let is_fixed = self.seats == 0;
            return is_fixed.then_some(()).ok_or("a set that never changes has no seats to give");
        }
        if self.epoch_blocks < 2 || EPOCH_BLOCKS_MAX < self.epoch_blocks {
            return Err("an epoch has 2 to 2^24 blocks, if the set of validators changes");
        }
        if self.seats == 0 || VALIDATORS_MAX < usize::from(self.seats) {
            return Err("a chain has 1 to 128 seats");
        }
        // Who takes stake back right after an election signs for one epoch more, and can be accused for another one.
        if self.unbonding_blocks < self.epoch_blocks.saturating_mul(2) {
            return Err("stake is free two epochs after it was taken back, or later");
        }
        Ok(())
    }
}

/// Where a validator is reached by its peers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endpoint(SocketAddr);

impl Endpoint {
    /// Keeps the IP address and the port, which must not be zero.
    pub fn new(address: SocketAddr) -> Result<Self, &'static str> {
        match address.port() {
            0 => Err("nobody is reached at port 0"),
            // Flow and scope, which IPv6 has beside these, mean something on one machine only.
            port => Ok(Self(SocketAddr::new(address.ip(), port))),
        }
    }

    /// The address.
    pub fn get(&self) -> SocketAddr {
        self.0
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Encode for Endpoint {
    fn encode(&self, out: &mut Vec<u8>) {
        match self.0.ip() {
            IpAddr::V4(ip) => {
                4_u8.encode(out);
                ip.octets().encode(out);
            }
            IpAddr::V6(ip) => {
                6_u8.encode(out);
                ip.octets().encode(out);
            }
        }
        self.0.port().encode(out);
    }
}

impl Decode for Endpoint {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        let ip = match u8::decode(from)? {
            4 => IpAddr::from(from.array::<4>()?),
            6 => IpAddr::from(from.array::<16>()?),
            got => return Err(Error::Tag { what: "IP address", got }),
        };
        Self::new(SocketAddr::new(ip, u16::decode(from)?)).map_err(Error::Invalid)
    }
}

/// What a validator of the genesis begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Founder {
    /// What it has at stake; it belongs to the account that is paid its fees.
    pub stake: Amount,
    /// Where its peers reach it.
    pub endpoint: Endpoint,
}

assay_codec::record!(Founder { stake, endpoint });

/// What a genesis with stakes says of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Founding {
    /// The constants.
    pub rules: StakeRules,
    /// What each validator begins with, in their order.
    pub founders: Vec<Founder>,
}

impl Founding {
    /// Checks that every one of `validators` begins with enough.
    pub(crate) fn check(&self, validators: &Validators) -> Result<(), &'static str> {
        self.rules.check()?;
        if self.rules.has_epochs() && usize::from(self.rules.seats) < validators.count() {
            return Err("a genesis has no more validators than seats");
        }
        if self.founders.len() != validators.count() {
            return Err("every validator of a genesis with stakes has one");
        }
        if self.founders.iter().any(|founder| founder.stake < self.rules.stake_min) {
            return Err("a validator of a genesis has too little at stake");
        }
        let mut payees: Vec<_> = validators.list().iter().map(|one| one.payee).collect();
        payees.sort_unstable();
        if payees.windows(2).any(|pair| matches!(pair, [a, b] if a == b)) {
            return Err("one account stands behind one validator with stake");
        }
        Ok(())
    }
}

impl Encode for Founding {
    fn encode(&self, out: &mut Vec<u8>) {
        self.rules.encode(out);
        put_seq(out, &self.founders);
    }
}

impl Decode for Founding {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(Self { rules: Decode::decode(from)?, founders: from.seq(VALIDATORS_MAX)? })
    }
}

/// What an account tells of the validator that it becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Registration {
    /// Ed25519 public key, under which its peers know it.
    pub network: [u8; 32],
    /// The key of its votes.
    pub vote: VoteKey,
    /// That somebody has the secret of `vote`.
    pub possession: VoteSignature,
    /// Where its peers reach it.
    pub endpoint: Endpoint,
}

assay_codec::record!(Registration { network, vote, possession, endpoint });
