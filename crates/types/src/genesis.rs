//! The first facts of a chain. Their digest salts every signature.

use crate::stake::Founding;
use crate::validators::{Orderer, Validators};
use crate::{Address, Amount};
use assay_codec::{Decode, Digest, Encode, Error, Reader, put_seq};

/// Most accounts that start with money.
pub const ACCOUNTS_MAX: usize = 1 << 16;
/// One, in millionths.
pub const WHOLE_PPM: u32 = 1_000_000;

/// The constants of the market's rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameters {
    /// Fee of every transaction.
    pub fee: Amount,
    /// Fee of each proof that it carries, for the work of verifying.
    pub proof_fee: Amount,
    /// Fee of each blob that it names, for the room.
    pub blob_fee: Amount,
    /// Part of every fee that is burned, in millionths; the rest is the authority's, or that of the validator
    /// whose turn it is.
    pub fee_burn_ppm: u32,
    /// What publishing a listing burns.
    pub listing_burn: Amount,
    /// Part of every price that a sale burns, in millionths.
    pub sale_burn_ppm: u32,
    /// The least that a sale burns. No curve may have a lower floor.
    pub sale_burn_min: Amount,
    /// Shortest window, in blocks. At least twice the number of validators, so that no single one of
    /// them can keep a party out for a whole window.
    pub window_min: u64,
    /// Longest window, in blocks.
    pub window_max: u64,
}

assay_codec::record!(Parameters {
    fee,
    proof_fee,
    blob_fee,
    fee_burn_ppm,
    listing_burn,
    sale_burn_ppm,
    sale_burn_min,
    window_min,
    window_max,
});

/// The version of a genesis that names validators. One that names an authority has no version in front: it
/// begins with the number of its chain, which is never zero, where this one begins with a zero.
const VERSION: u16 = 2;
/// The version of one whose validators have something at stake.
const STAKED: u16 = 3;
/// An address that nobody can have, which stands in states before the list of those who are paid in turn.
pub const NOBODY: Address = Address([0xff; 20]);

/// What a chain starts from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Genesis {
    chain: u64,
    time_ms: u64,
    orderer: Orderer,
    founding: Option<Founding>,
    parameters: Parameters,
    balances: Vec<(Address, Amount)>,
}

impl Genesis {
    /// Checks and keeps the facts of a chain with one authority; `balances` rise strictly by address and sum to an
    /// amount.
    pub fn new(
        chain: u64,
        time_ms: u64,
        authority: Address,
        parameters: Parameters,
        balances: Vec<(Address, Amount)>,
    ) -> Result<Self, &'static str> {
        Self::with(chain, time_ms, Orderer::Authority(authority), parameters, balances)
    }

    /// Checks and keeps the facts of a chain with one authority or many validators.
    pub fn with(
        chain: u64,
        time_ms: u64,
        orderer: Orderer,
        parameters: Parameters,
        balances: Vec<(Address, Amount)>,
    ) -> Result<Self, &'static str> {
        let founding = None;
        Self { chain, time_ms, orderer, founding, parameters, balances }.checked()
    }

    /// Checks and keeps the facts of a chain whose validators have something at stake.
    pub fn staked(
        chain: u64,
        time_ms: u64,
        validators: Validators,
        founding: Founding,
        parameters: Parameters,
        balances: Vec<(Address, Amount)>,
    ) -> Result<Self, &'static str> {
        founding.check(&validators)?;
        let (orderer, founding) = (Orderer::Validators(validators), Some(founding));
        Self { chain, time_ms, orderer, founding, parameters, balances }.checked()
    }

    fn checked(self) -> Result<Self, &'static str> {
        let Self { chain, orderer, parameters, balances, .. } = &self;
        if *chain == 0 {
            return Err("a chain has a number above zero: zero means outside a market");
        }
        if WHOLE_PPM < parameters.fee_burn_ppm || WHOLE_PPM < parameters.sale_burn_ppm {
            return Err("a burned share is at most the whole");
        }
        if parameters.window_min < 2 || parameters.window_max < parameters.window_min {
            return Err("windows last at least 2 blocks and their bounds are in order");
        }
        let seats = self.founding.as_ref().map_or(0, |founding| usize::from(founding.rules.seats));
        let count = seats.max(orderer.count());
        let turns = u64::try_from(count).unwrap_or(u64::MAX).saturating_mul(2);
        if parameters.window_min < turns {
            return Err("windows last at least two blocks per validator");
        }
        if orderer.payees().contains(&NOBODY) {
            return Err("nobody has the address of ones alone");
        }
        if ACCOUNTS_MAX < balances.len() {
            return Err("a genesis has at most 2^16 accounts");
        }
        if balances.windows(2).any(|pair| matches!(pair, [a, b] if b.0 <= a.0)) {
            return Err("the accounts of a genesis rise strictly by address");
        }
        self.sum().ok_or("the balances of a genesis exceed the largest amount")?;
        Ok(self)
    }

    /// EIP-155 number of the chain.
    pub fn chain(&self) -> u64 {
        self.chain
    }

    /// When it began, in milliseconds since 1970.
    pub fn time_ms(&self) -> u64 {
        self.time_ms
    }

    /// Who orders the blocks, and makes them final.
    pub fn orderer(&self) -> &Orderer {
        &self.orderer
    }

    /// The validators, if there are many who order.
    pub fn validators(&self) -> Option<&Validators> {
        match &self.orderer {
            Orderer::Authority(_) => None,
            Orderer::Validators(validators) => Some(validators),
        }
    }

    /// What the validators have at stake, if they do.
    pub fn founding(&self) -> Option<&Founding> {
        self.founding.as_ref()
    }

    /// The constants of the rules.
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// Who starts with how much.
    pub fn balances(&self) -> &[(Address, Amount)] {
        &self.balances
    }

    /// All the money there is.
    pub fn supply(&self) -> Amount {
        self.sum().expect("checked when the genesis was made")
    }

    /// Names this chain: the salt of every transaction and part of every statement.
    pub fn digest(&self) -> Digest {
        Digest::of("assay/genesis/1", self)
    }

    fn sum(&self) -> Option<Amount> {
        let balances = self.balances.iter().map(|&(_, amount)| amount);
        let founders = self.founding.iter().flat_map(|founding| &founding.founders);
        let mut all = balances.chain(founders.map(|founder| founder.stake));
        all.try_fold(Amount::ZERO, Amount::checked_add)
    }
}

impl Encode for Genesis {
    fn encode(&self, out: &mut Vec<u8>) {
        if let Orderer::Validators(_) = self.orderer {
            0_u64.encode(out);
            if self.founding.is_some() { STAKED } else { VERSION }.encode(out);
        }
        self.chain.encode(out);
        self.time_ms.encode(out);
        match &self.orderer {
            Orderer::Authority(authority) => authority.encode(out),
            Orderer::Validators(validators) => validators.encode(out),
        }
        if let Some(founding) = &self.founding {
            founding.encode(out);
        }
        self.parameters.encode(out);
        let accounts = self.balances.iter().map(|&(address, amount)| Account { address, amount });
        put_seq(out, &accounts.collect::<Vec<_>>());
    }
}

impl Decode for Genesis {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        let first = u64::decode(from)?;
        let version = if first == 0 { u16::decode(from)? } else { 1 };
        if !matches!(version, 1 | VERSION | STAKED) || (first == 0 && version == 1) {
            return Err(Error::Invalid("the version of the genesis is unknown"));
        }
        let chain = if first == 0 { u64::decode(from)? } else { first };
        let time_ms = u64::decode(from)?;
        let orderer = match version {
            1 => Orderer::Authority(Address::decode(from)?),
            _ => Orderer::Validators(Validators::decode(from)?),
        };
        let founding = if version == STAKED { Some(Founding::decode(from)?) } else { None };
        let parameters = Parameters::decode(from)?;
        let accounts = from.seq::<Account>(ACCOUNTS_MAX)?;
        let balances = accounts.into_iter().map(|account| (account.address, account.amount));
        let balances = balances.collect();
        match (founding, orderer) {
            (Some(founding), Orderer::Validators(validators)) => {
                Self::staked(chain, time_ms, validators, founding, parameters, balances)
            }
            (_, orderer) => Self::with(chain, time_ms, orderer, parameters, balances),
        }
        .map_err(Error::Invalid)
    }
}

struct Account {
    address: Address,
    amount: Amount,
}

assay_codec::record!(Account { address, amount });
