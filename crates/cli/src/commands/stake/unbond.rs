//! `assay stake unbond --amount AMOUNT --node URL --wallet DIR`

use crate::{curve::amount, failure::Result, market::Party, output::Output};
use assay_types::Amount;
use assay_types::tx::Unbond;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How much is taken back; the rest stays above the chain's least stake, or is nothing
    #[arg(long, value_name = "AMOUNT", value_parser = amount)]
    amount: Amount,
    #[command(flatten)]
    party: Party,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<()> {
    super::send(&args.party, Unbond { amount: args.amount }, "unbonded", output)
}
