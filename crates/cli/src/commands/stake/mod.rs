//! `assay stake bond|unbond|withdraw|show`

mod bond;
mod show;
mod unbond;
mod withdraw;

use crate::{
    failure::Result,
    market::{self, Party},
    output::{Output, report},
};
use assay_agent::{Error, MarketError, Outside};
use assay_ledger::fee;
use assay_types::{Action, Amount, Blobs, Height, SignedTx, Tx};
use assay_wallet::Wallet;

/// How many blocks a transaction may wait.
const VALID_BLOCKS: u64 = 64;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Put money at stake, as a validator that is known or becomes known by it
    Bond(bond::Args),
    /// Take money back from stake; it is free after a while, and can be lost until then
    Unbond(unbond::Args),
    /// Fetch all stake that is free
    Withdraw(withdraw::Args),
    /// Print who has what at stake
    Show(show::Args),
}

pub(crate) fn run(command: &Command, output: &Output) -> Result<()> {
    match command {
        Command::Bond(args) => bond::run(args, output),
        Command::Unbond(args) => unbond::run(args, output),
        Command::Withdraw(args) => withdraw::run(args, output),
        Command::Show(args) => show::run(args, output),
    }
}

/// Sends a transaction of a wallet, waits until it is in a block, and tells of it.
pub(crate) fn send(
    party: &Party,
    action: impl Into<Action>,
    did: &str,
    output: &Output,
) -> Result<()> {
    let (mut venue, wallet) = party.open()?;
    let action = action.into();
    let cost = fee(venue.genesis().parameters(), &action);
    market::act(&mut venue, output, |out| submit(&wallet, action, cost, out))?;
    output.report(report! {
        "did": did,
        "account": wallet.keys().address().to_string(),
        "fee": cost.to_string(),
        "height": venue.height()?.get(),
    })
}

fn submit(
    wallet: &Wallet,
    action: Action,
    max_fee: Amount,
    out: &mut Outside<'_>,
) -> Result<(), Error> {
    let from = wallet.keys().address();
    let last = out.market.height()?.checked_add(VALID_BLOCKS);
    let (chain, genesis) = (out.market.genesis().chain(), out.market.genesis().digest());
    let nonce = out.market.account(&from)?.nonce;
    let valid_until = last.unwrap_or(Height::new(u64::MAX));
    let tx = Tx { chain, from, nonce, valid_until, max_fee, action };
    let signature = wallet.keys().sign(&tx.signing_digest(&genesis));
    let sent: Result<_, MarketError> = out.market.submit(SignedTx { tx, signature }, Blobs::new());
    sent.map(drop).map_err(Error::from)
}
