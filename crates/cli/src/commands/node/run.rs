//! `assay node run --dir DIR [--listen ADDRESS]`

use crate::{
    config::Settings,
    failure::{Explain, Result},
    output::{Output, report},
    place,
    validator::{self, Public},
};
use assay_chain::Chain;
use assay_node::{Config, consensus::network, http::Bounds, logs};
use assay_types::Genesis;
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    _config: Settings,
    /// The folder of the market, as `assay ledger new` makes one, or of a validator, as `assay node init` and
    /// `assay node genesis` do
    #[arg(long, value_name = "DIR", env = "ASSAY_DIR")]
    dir: PathBuf,
    /// Where the node listens; port 0 takes a free one. Put a proxy that speaks TLS before it when others come
    /// from elsewhere
    #[arg(long, value_name = "ADDRESS", env = "ASSAY_LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Milliseconds between two blocks
    #[arg(long, value_name = "MS", env = "ASSAY_BLOCK_MS", default_value_t = 1000,
        value_parser = clap::value_parser!(u64).range(10..=600_000))]
    block_ms: u64,
    /// Where other validators are waited for [default: the address in `validator.json`]
    #[arg(long, value_name = "ADDRESS", env = "ASSAY_PEERS_LISTEN")]
    peers_listen: Option<SocketAddr>,
    /// Which pages may ask the node from a browser: an origin, or * [default: none but its own]
    #[arg(long, value_name = "ORIGIN", env = "ASSAY_ALLOW_ORIGIN")]
    allow_origin: Option<String>,
    /// Most requests of one address in a second, on average; what is handed in counts tenfold, and 0 is no limit.
    /// A proxy before the node makes all its visitors one
    #[arg(long, value_name = "N", env = "ASSAY_PEER_RATE", default_value_t = Bounds::STANDARD.requests_of_peer)]
    peer_rate: u32,
    /// How logs are written, on the standard error
    #[arg(long, value_enum, env = "ASSAY_LOG_FORMAT", default_value_t = Logs::Text)]
    log_format: Logs,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Logs {
    /// For people
    Text,
    /// One JSON object per line
    Json,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<()> {
    logs::start(matches!(args.log_format, Logs::Json));
    let (chain, validator) = open(args)?;
    let (genesis, height) = (chain.genesis().digest(), chain.height());
    let config = Config {
        listen: args.listen,
        interval: Duration::from_millis(args.block_ms),
        origin: args.allow_origin.clone(),
        bounds: Bounds { requests_of_peer: args.peer_rate, ..Bounds::STANDARD },
    };
    let mut told = Ok(());
    let ready = |address: SocketAddr| {
        told = output.report(report! {
            "url": format!("http://{address}"),
            "genesis": genesis.to_string(),
            "height": height.get(),
        });
    };
    assay_node::run(chain, validator, &config, place::now_ms, ready, assay_node::signalled())
        .context("the node has ended")?;
    told
}

/// Opens the ledger, and says how this node takes part where validators order the blocks.
fn open(args: &Args) -> Result<(Chain, Option<network::Config>)> {
    let genesis = place::genesis(&place::genesis_path(&args.dir))
        .hint("`assay ledger new` makes a market of one's own, `assay node genesis` one of many")?;
    if genesis.validators().is_none() {
        return Ok((place::chain(&args.dir)?, None));
    }
    let config = taking_part(args, &args.dir)?;
    Ok((followed(&args.dir, &genesis)?, Some(config)))
}

fn followed(dir: &Path, genesis: &Genesis) -> Result<Chain> {
    std::fs::create_dir_all(place::ledger(dir))?;
    place::follow(dir, genesis)
}

fn taking_part(args: &Args, dir: &Path) -> Result<network::Config> {
    let public = Public::read(&validator::path(dir)).hint("`assay node init` makes a validator")?;
    let wallet = validator::wallet(dir)?;
    Ok(network::Config {
        secrets: validator::secrets(&wallet),
        listen: args.peers_listen.unwrap_or(public.address),
        peers: validator::read_peers(&validator::peers_path(dir))?,
        dir: dir.join("consensus"),
        interval: Duration::from_millis(args.block_ms),
    })
}
