//! `assay buyer run --node URL --wallet DIR`

use crate::{
    daemon::{self, Place},
    failure::Result,
    market::failure,
    output::Output,
};
use assay_agent::{Buyer, Market};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    place: Place,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<()> {
    let (daemon, wallet) = args.place.open(output)?;
    let mut buyer = Buyer::open(wallet, &daemon.market().genesis().digest()).map_err(failure)?;
    output.report(daemon::greeting(&buyer.address(), daemon.market()))?;
    daemon.run(|out| buyer.next(out))
}
