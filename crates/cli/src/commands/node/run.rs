//! `assay node run --dir DIR [--listen ADDRESS]`

use crate::{
    config::Settings,
    failure::{Explain, Result},
    output::{Output, report},
    place,
    validator::{self, Options, Pace},
};
use assay_chain::snapshot::SNAPSHOT_BLOCKS;
use assay_node::{Config, http::Bounds, logs};
use std::{net::SocketAddr, path::PathBuf, time::Duration};

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
    /// Vote at once, though the folder of the consensus is gone. A validator whose older life has voted in the same view is
    /// found out and kept out by the others; without this it watches until that cannot be
    #[arg(long)]
    vote_at_once: bool,
    /// Blocks between two states that are kept to be handed out to nodes that begin anew (`assay node restore --from`); the last
    /// four are. With 0 there is only that of the start
    #[arg(long, value_name = "N", env = "ASSAY_SNAPSHOT_BLOCKS", default_value_t = SNAPSHOT_BLOCKS)]
    snapshot_blocks: u64,
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
    let interval = Duration::from_millis(args.block_ms);
    let pace = Pace { interval, is_eager: false };
    let options = Options { listen: args.peers_listen, votes_at_once: args.vote_at_once, pace };
    let (chain, validator) = validator::open(&args.dir, &options)?;
    let chain = chain.with_snapshots(args.snapshot_blocks);
    let (genesis, height) = (chain.genesis().digest(), chain.height());
    let config = Config {
        listen: args.listen,
        interval,
        is_eager: false,
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
