//! `assay node snapshot --dir DIR --to FOLDER`

use crate::{
    failure::{Code, Failure, Result},
    output::{Output, report},
    place,
};
use assay_chain::{Error, snapshot};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The folder of the market, or of a validator; no node may run in it
    #[arg(long, value_name = "DIR", env = "ASSAY_DIR")]
    dir: PathBuf,
    /// The folder to write, which must not be there
    #[arg(long, value_name = "FOLDER")]
    to: PathBuf,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<()> {
    if args.to.exists() {
        let message = format!("{} is there already", args.to.display());
        return Err(Failure::new(Code::Conflict, message).hint("choose another --to"));
    }
    let genesis = place::genesis(&place::genesis_path(&args.dir))?;
    let chain = match genesis.validators() {
        Some(_) => place::follow(&args.dir, &genesis)?,
        None => place::chain(&args.dir)?,
    };
    let height = snapshot::write(&chain, &args.to).map_err(|error| match error {
        Error::NoSnapshot => Failure::from(error).hint("let the node make another block"),
        error => error.into(),
    })?;
    output.report(report! {
        "snapshot": args.to.display().to_string(),
        "height": height.get(),
        "state_root": chain.state().root().to_string(),
    })
}
