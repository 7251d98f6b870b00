//! `assay owner run --node URL --wallet DIR`

use crate::{
    daemon::{self, Place},
    failure::Result,
    market::failure,
    output::Output,
    policy::Policy,
};
use assay_agent::{Market, Owner};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    policy: Policy,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<()> {
    let (daemon, wallet) = args.place.open(output)?;
    let mut owner = Owner::open(wallet, &daemon.market().genesis().digest()).map_err(failure)?;
    owner.set_policy(args.policy.policy());
    output.report(daemon::greeting(&owner.address(), daemon.market()))?;
    daemon.run(|out| owner.next(out))
}
