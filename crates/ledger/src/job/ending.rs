//! How jobs end, and where their money goes.

use super::{Job, Stage};
use crate::State;
use assay_codec::{Decode, Encode, Error, Reader};
use assay_types::{Amount, JobId, Parameters};
use std::fmt;

/// How a job has ended. P is its price, E its evaluation fee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The owner refused: P + E to the buyer.
    Declined,
    /// The owner let the window to commit pass: P + E to the buyer.
    Expired,
    /// The buyer let the window to open the test set pass: E to the owner, P to the buyer.
    BuyerDefault,
    /// The owner gave up or let the window to prove pass: P + E to the buyer.
    Conceded,
    /// The owner proved a miss: E to the owner, P to the buyer.
    Missed,
    /// The owner let the window to reveal pass: P + E to the buyer.
    OwnerDefault,
    /// The key is revealed: P without the burned part, and E, to the owner.
    Settled,
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Declined => "declined",
            Self::Expired => "expired",
            Self::BuyerDefault => "buyer defaulted",
            Self::Conceded => "conceded",
            Self::Missed => "missed",
            Self::OwnerDefault => "owner defaulted",
            Self::Settled => "settled",
        })
    }
}

/// What a job's escrow became.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Payout {
    pub(super) owner: Amount,
    pub(super) buyer: Amount,
    pub(super) burned: Amount,
}

impl Ending {
    fn payout(self, job: &Job, parameters: &Parameters) -> Payout {
        let (price, fee) = (job.price, job.evaluation_fee);
        let both = price.checked_add(fee).expect("both together were in escrow");
        let nothing = Amount::ZERO;
        match self {
            Self::Declined | Self::Expired | Self::Conceded | Self::OwnerDefault => {
                Payout { owner: nothing, buyer: both, burned: nothing }
            }
            Self::BuyerDefault | Self::Missed => {
                Payout { owner: fee, buyer: price, burned: nothing }
            }
            Self::Settled => {
                let burned = burned(price, parameters);
                let rest = both.checked_sub(burned).expect("no more than the price is burned");
                Payout { owner: rest, buyer: nothing, burned }
            }
        }
    }
}

/// Returns what a sale burns: a share rounded up, at least the ledger's minimum. The floor of every curve
/// is above that minimum, so the last bound only guards against a ledger whose constants would change.
fn burned(price: Amount, parameters: &Parameters) -> Amount {
    let share = price.checked_share_up(parameters.sale_burn_ppm).unwrap_or(price);
    share.max(parameters.sale_burn_min).min(price)
}

/// Ends a job: empties its escrow and counts what happened.
pub(super) fn end(id: JobId, mut job: Job, ending: Ending, state: &mut State) -> Payout {
    let payout = ending.payout(&job, state.parameters());
    state.credit(job.owner, payout.owner);
    state.credit(job.buyer, payout.buyer);
    state.burn(payout.burned);
    count(&job, ending, payout.burned, state);
    job.escrow = Amount::ZERO;
    job.stage = Stage::Ended(ending);
    job.deadline = state.height();
    state.put_job(id, job);
    payout
}

fn count(job: &Job, ending: Ending, burned: Amount, state: &mut State) {
    let now = state.height();
    let Some(listed) = state.listing_mut(&job.request.dataset) else {
        return;
    };
    let effective = listed.count(now);
    let counters = &mut listed.counters;
    match ending {
        Ending::Settled => {
            counters.count = effective.saturating_add(1);
            (counters.counted, counters.last_sale) = (now, now);
            counters.sales = counters.sales.saturating_add(1);
            counters.burned = counters.burned.checked_add(burned).unwrap_or(counters.burned);
        }
        Ending::Missed => counters.misses = counters.misses.saturating_add(1),
        Ending::Conceded => counters.concessions = counters.concessions.saturating_add(1),
        Ending::OwnerDefault => counters.defaults = counters.defaults.saturating_add(1),
        Ending::Declined | Ending::Expired | Ending::BuyerDefault => {}
    }
}

impl Encode for Ending {
    fn encode(&self, out: &mut Vec<u8>) {
        out.push(match self {
            Self::Declined => 0,
            Self::Expired => 1,
            Self::BuyerDefault => 2,
            Self::Conceded => 3,
            Self::Missed => 4,
            Self::OwnerDefault => 5,
            Self::Settled => 6,
        });
    }
}

impl Decode for Ending {
    fn decode(from: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(match u8::decode(from)? {
            0 => Self::Declined,
            1 => Self::Expired,
            2 => Self::BuyerDefault,
            3 => Self::Conceded,
            4 => Self::Missed,
            5 => Self::OwnerDefault,
            6 => Self::Settled,
            got => return Err(Error::Tag { what: "ending", got }),
        })
    }
}
