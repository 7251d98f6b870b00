//! The rules of every transaction, whatever it asks.
//!
//! | # | rule | rejection |
//! |---|------|-----------|
//! | 1 | the transaction is made for this chain | [`Rejection::Chain`] |
//! | 2 | it is not too late for it | [`Rejection::Late`] |
//! | 3 | its nonce is the sender's next | [`Rejection::Nonce`] |
//! | 4 | the fee is at most what the sender allows | [`Rejection::Fee`] |
//! | 5 | the sender can pay the fee | [`Rejection::Funds`] |
//! | 6 | the sender signed it, on the chain of this genesis | [`Rejection::Signature`] |
//! | 7 | the blobs that it names are here | [`Rejection::Blob`] |
//!
//! Cheap rules first; the rules of the action are looked at between 6 and 7. A transaction that breaks one
//! of these is inadmissible: without a signature and a fee there is nobody to be charged.

use crate::execute::Sender;
use crate::rejection::rejections;
use crate::state::State;
use assay_types::{Action, Address, Amount, BlobId, Height, Parameters, Tx};

rejections! {
    /// Rule 1.
    1 Chain {
        /// This chain.
        expected: u64,
        /// The transaction's.
        got: u64,
    } "the transaction is made for chain {got}, this is chain {expected}"
    /// Rule 2.
    2 Late {
        /// Last height of the transaction.
        valid_until: Height,
        /// Height of the block.
        height: Height,
    } "the transaction is valid until height {valid_until}, this is block {height}"
    /// Rule 3.
    3 Nonce {
        /// The sender's next.
        expected: u64,
        /// The transaction's.
        got: u64,
    } "nonce {got}, expected {expected}"
    /// Rule 4.
    4 Fee {
        /// What the transaction costs.
        fee: Amount,
        /// What the sender allows.
        max_fee: Amount,
    } "the fee {fee} is above the sender's limit {max_fee}"
    /// Rule 5.
    5 Funds {
        /// What the transaction costs.
        fee: Amount,
        /// What the sender has.
        balance: Amount,
    } "the fee {fee} is above the sender's balance {balance}"
    /// Rule 6.
    6 Signature {
        /// Who should have signed.
        expected: Address,
    } "the transaction is not signed by {expected} for this chain"
    /// Rule 7.
    7 Blob {
        /// The name of the blob.
        blob: BlobId,
    } "blob {blob} did not come with the transaction"
}

/// Returns what the execution of `action` costs, whether it succeeds or fails.
pub fn fee(parameters: &Parameters, action: &Action) -> Amount {
    let blobs = u128::try_from(action.blobs().len()).ok();
    let sum = || {
        let proofs = parameters.proof_fee.checked_mul(u128::from(action.proofs()))?;
        let blobs = parameters.blob_fee.checked_mul(blobs?)?;
        parameters.fee.checked_add(proofs)?.checked_add(blobs)
    };
    // A fee that cannot be written down is above every limit and every balance.
    sum().unwrap_or(Amount::new(u128::MAX))
}

/// Looks at rules 1 to 5 and returns who asks, and with what.
pub(crate) fn admit(tx: &Tx, state: &State) -> Result<Sender, Rejection> {
    if tx.chain != state.chain() {
        return Err(Rejection::Chain { expected: state.chain(), got: tx.chain });
    }
    if tx.valid_until < state.height() {
        return Err(Rejection::Late { valid_until: tx.valid_until, height: state.height() });
    }
    let account = state.account(&tx.from);
    if tx.nonce != account.nonce {
        return Err(Rejection::Nonce { expected: account.nonce, got: tx.nonce });
    }
    let fee = fee(state.parameters(), &tx.action);
    if tx.max_fee < fee {
        return Err(Rejection::Fee { fee, max_fee: tx.max_fee });
    }
    let Some(funds) = account.balance.checked_sub(fee) else {
        return Err(Rejection::Funds { fee, balance: account.balance });
    };
    Ok(Sender { address: tx.from, nonce: tx.nonce, fee, funds })
}
