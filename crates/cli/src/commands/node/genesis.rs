//! `assay node genesis --validator FILE… --fund ADDRESS=AMOUNT… --out DIR`

use crate::{
    commands::ledger::new::funded,
    curve::amount,
    failure::{Code, Failure, Result},
    files::{self, Readers},
    output::{Output, report},
    place,
    validator::{self, Public},
};
use assay_receipt::genesis_to_json;
use assay_types::stake::{Endpoint, Founder, Founding, StakeRules};
use assay_types::{Address, Amount, Orderer, Validators};
use std::path::PathBuf;

/// Seats of a chain that begins with fewer validators.
const SEATS: u8 = 16;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What a validator tells of itself, as `assay node init` wrote it; once per validator
    #[arg(long, value_name = "FILE", required = true)]
    validator: Vec<PathBuf>,
    /// What an account begins with; once per account
    #[arg(long, value_name = "ADDRESS=AMOUNT", required = true, value_parser = funded)]
    fund: Vec<(Address, Amount)>,
    /// What each validator has at stake, beside its money; without it, there are no stakes
    #[arg(long, value_name = "AMOUNT", value_parser = amount)]
    stake: Option<Amount>,
    /// The least that a validator has at stake [default: what each begins with]
    #[arg(long, value_name = "AMOUNT", value_parser = amount, requires = "stake")]
    stake_min: Option<Amount>,
    /// How many blocks after it was taken back stake can still be lost
    #[arg(long, value_name = "BLOCKS", default_value_t = 1_209_600, requires = "stake")]
    unbonding_blocks: u64,
    /// How many blocks the set of validators stays as it is; with 0, for ever. A day of one block a second, by default
    #[arg(long, value_name = "BLOCKS", default_value_t = 86_400, requires = "stake")]
    epoch_blocks: u64,
    /// Most validators of an epoch: those with most at stake [default: 16, or as many as begin]
    #[arg(long, value_name = "N", requires = "stake",
        value_parser = clap::value_parser!(u8).range(1..=128))]
    seats: Option<u8>,
    /// What of a lost stake the accuser gets, in millionths; the rest is burned
    #[arg(long, value_name = "PPM", default_value_t = 50_000, requires = "stake")]
    reward_ppm: u32,
    /// The folders that get `genesis.json` and `peers.json`; all validators need the same two files
    #[arg(long, value_name = "DIR", required = true)]
    out: Vec<PathBuf>,
}

impl Args {
    /// Everybody begins with the same.
    fn founding(&self, stake: Amount, peers: &[Public]) -> Result<Founding> {
        let founder = |peer: &Public| {
            let endpoint = Endpoint::new(peer.address);
            let endpoint = endpoint.map_err(|rule| Failure::new(Code::Unverified, rule))?;
            Ok(Founder { stake, endpoint })
        };
        let seats = u8::try_from(peers.len()).unwrap_or(u8::MAX).max(SEATS);
        let rules = StakeRules {
            stake_min: self.stake_min.unwrap_or(stake),
            unbonding_blocks: self.unbonding_blocks,
            reward_ppm: self.reward_ppm,
            epoch_blocks: self.epoch_blocks,
            seats: if self.epoch_blocks == 0 { 0 } else { self.seats.unwrap_or(seats) },
        };
        Ok(Founding { rules, founders: peers.iter().map(founder).collect::<Result<_>>()? })
    }
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<()> {
    for dir in &args.out {
        if place::genesis_path(dir).exists() {
            let message = format!("there is a genesis in {} already", dir.display());
            return Err(Failure::new(Code::Conflict, message).hint("choose another --out"));
        }
    }
    let read = args.validator.iter().map(|path| Public::read(path));
    let mut peers = read.collect::<Result<Vec<_>>>()?;
    peers.sort_by_key(|peer| peer.validator.network);
    let set = peers.iter().map(|peer| peer.validator.clone()).collect();
    let set = Validators::new(set).map_err(|rule| Failure::new(Code::Unverified, rule))?;
    let quorum = set.quorum();
    let genesis = match args.stake {
        None => place::new_genesis(Orderer::Validators(set), args.fund.clone())?,
        Some(stake) => {
            place::new_staked_genesis(set, args.founding(stake, &peers)?, args.fund.clone())?
        }
    };
    for dir in &args.out {
        std::fs::create_dir_all(dir)?;
        validator::write_peers(&validator::peers_path(dir), &peers)?;
        let path = place::genesis_path(dir);
        files::write(&path, genesis_to_json(&genesis).as_bytes(), Readers::All)?;
    }
    output.report(report! {
        "chain": genesis.chain(),
        "genesis": genesis.digest().to_string(),
        "validators": peers.len(),
        "quorum": quorum,
        "accounts": genesis.balances().len(),
    })
}
