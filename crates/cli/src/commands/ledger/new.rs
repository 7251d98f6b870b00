//! `assay ledger new --dir DIR --fund ADDRESS=AMOUNT…`

use crate::{
    curve::amount,
    failure::{Code, Failure, Result},
    files::{self, Readers},
    inputs,
    output::{Output, report},
    place,
};
use assay_receipt::genesis_to_json;
use assay_types::{Address, Amount, Orderer};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The folder of the market
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// What an account begins with; once per account
    #[arg(long, value_name = "ADDRESS=AMOUNT", required = true, value_parser = funded)]
    fund: Vec<(Address, Amount)>,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<()> {
    let path = place::genesis_path(&args.dir);
    if path.exists() {
        let message = format!("there is a ledger in {} already", args.dir.display());
        return Err(Failure::new(Code::Conflict, message).hint("choose another --dir"));
    }
    let authority = place::own_wallet(&place::ledger(&args.dir).join("authority"))?;
    let address = authority.keys().address();
    let genesis = place::new_genesis(Orderer::Authority(address), args.fund.clone())?;
    files::write(&path, genesis_to_json(&genesis).as_bytes(), Readers::All)?;
    let chain = place::open_chain(&args.dir, &genesis, authority)?;
    output.report(report! {
        "chain": genesis.chain(),
        "genesis": genesis.digest().to_string(),
        "authority": address.to_string(),
        "accounts": genesis.balances().len(),
        "height": chain.height().get(),
    })
}

pub(crate) fn funded(text: &str) -> Result<(Address, Amount), String> {
    let (address, money) = text.split_once('=').ok_or("write ADDRESS=AMOUNT")?;
    let address = inputs::address(address).map_err(|error| error.to_string())?;
    Ok((address, amount(money)?))
}
