//! `assay stake bond --amount AMOUNT [--validator FILE] --node URL --wallet DIR`

use crate::{
    curve::amount,
    failure::{Code, Failure, Result},
    market::Party,
    output::Output,
    validator::Public,
};
use assay_types::Amount;
use assay_types::stake::{Endpoint, Registration};
use assay_types::tx::Bond;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How much is added; 0 if the validator has only moved
    #[arg(long, value_name = "AMOUNT", value_parser = amount)]
    amount: Amount,
    /// What the validator tells of itself, as `assay node init` wrote it: of one that is new, or has moved
    #[arg(long, value_name = "FILE")]
    validator: Option<PathBuf>,
    #[command(flatten)]
    party: Party,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<()> {
    let registration = args.validator.as_deref().map(Public::read).transpose()?;
    let registration = registration.as_ref().map(registered).transpose()?;
    super::send(&args.party, Bond { amount: args.amount, registration }, "bonded", output)
}

fn registered(public: &Public) -> Result<Registration> {
    let endpoint = Endpoint::new(public.address);
    let endpoint = endpoint.map_err(|rule| Failure::new(Code::Unverified, rule))?;
    let validator = &public.validator;
    Ok(Registration {
        network: validator.network,
        vote: validator.vote,
        possession: validator.possession,
        endpoint,
    })
}
