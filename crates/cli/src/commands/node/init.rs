//! `assay node init --dir DIR --address ADDRESS`

use crate::{
    failure::{Code, Failure, Result},
    inputs,
    output::{Output, report},
    validator::{self, Public},
};
use assay_codec::to_hex;
use assay_types::Address;
use std::{net::SocketAddr, path::PathBuf};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The folder of the validator
    #[arg(long, value_name = "DIR", env = "ASSAY_DIR")]
    dir: PathBuf,
    /// Where other validators reach it
    #[arg(long, value_name = "ADDRESS")]
    address: SocketAddr,
    /// Where its fees go [default: the account of its own wallet]
    #[arg(long, value_name = "ADDRESS", value_parser = inputs::address)]
    payee: Option<Address>,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<()> {
    let path = validator::path(&args.dir);
    if path.exists() {
        let message = format!("there is a validator in {} already", args.dir.display());
        return Err(Failure::new(Code::Conflict, message).hint("choose another --dir"));
    }
    let wallet = validator::wallet(&args.dir)?;
    let payee = args.payee.unwrap_or(wallet.keys().address());
    let public =
        Public { validator: validator::secrets(&wallet).validator(payee), address: args.address };
    public.write(&path)?;
    output.report(report! {
        "validator": path.display().to_string(),
        "network_key": to_hex(&public.validator.network),
        "vote_key": public.validator.vote.to_string(),
        "payee": payee.to_string(),
    })
}
