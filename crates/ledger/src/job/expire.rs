//! What happens when a party lets its window pass.
//!
//! | stage | silent | ending |
//! |---|---|---|
//! | Opened | owner | Expired: P + E to the buyer |
//! | Committed | buyer | BuyerDefault: E to the owner, P to the buyer |
//! | Testing | owner | Conceded: P + E to the buyer |
//! | Proven | owner | OwnerDefault: P + E to the buyer |
//!
//! *Invariant:* nobody gains by being silent, and nobody has to act for the other to be released.

use super::ending::end;
use super::{Ending, Stage};
use crate::State;
use assay_types::{Event, JobId, Manner};

/// Ends a job whose deadline lies before the open block; `None` if it has ended already.
pub(crate) fn expire(id: JobId, state: &mut State) -> Option<Event> {
    let job = state.job(&id)?.clone();
    let ending = match job.stage {
        Stage::Opened => Ending::Expired,
        Stage::Committed(_) => Ending::BuyerDefault,
        Stage::Testing(..) => Ending::Conceded,
        Stage::Proven(..) => Ending::OwnerDefault,
        Stage::Ended(_) => return None,
    };
    let payout = end(id, job, ending, state);
    let (earned, refund) = (payout.owner, payout.buyer);
    Some(match ending {
        Ending::BuyerDefault => Event::BuyerDefaulted { job: id, earned, refund },
        Ending::Conceded => Event::Conceded { job: id, manner: Manner::Silence, refund },
        Ending::OwnerDefault => Event::OwnerDefaulted { job: id, refund },
        _ => Event::Expired { job: id, refund },
    })
}
