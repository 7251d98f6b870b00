//! The node of the demo: one validator, in a thread of this program. Both parties reach it as they would reach any other.

use crate::{
    failure::{Code, Explain, Failure, Result},
    files::{self, Readers},
    place,
    validator::{self, Options, Pace, Public},
};
use assay_client::Node;
use assay_node::{Config, Hosted, http::Bounds};
use assay_receipt::genesis_to_json;
use assay_types::{Address, Amount, Orderer, Validators};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

/// Longest time between two blocks. What is handed in does not wait for it.
const INTERVAL: Duration = Duration::from_secs(1);
/// A free port of this machine.
const HERE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// Begins a market of one validator, unless the folder holds one. The genesis is written last.
pub(super) fn begin(dir: &Path, balances: Vec<(Address, Amount)>) -> Result<()> {
    if place::genesis_path(dir).exists() {
        return Ok(());
    }
    let wallet = validator::wallet(dir)?;
    let validator = validator::secrets(&wallet).validator(wallet.keys().address());
    let public = Public { validator: validator.clone(), address: HERE };
    public.write(&validator::path(dir))?;
    validator::write_peers(&validator::peers_path(dir), &[public])?;
    let set = Validators::new(vec![validator]).map_err(|rule| Failure::new(Code::Error, rule))?;
    let genesis = place::new_genesis(Orderer::Validators(set), balances)?;
    let genesis = genesis_to_json(&genesis);
    files::write(&place::genesis_path(dir), genesis.as_bytes(), Readers::All)
}

/// Starts the node of a folder, and greets it.
pub(super) fn start(dir: &Path) -> Result<(Hosted, Node)> {
    let pace = Pace { interval: INTERVAL, is_eager: true };
    let options = Options { listen: None, votes_at_once: false, pace };
    let (chain, validator) = validator::open(dir, &options)?;
    let config = Config {
        listen: HERE,
        interval: pace.interval,
        is_eager: pace.is_eager,
        origin: None,
        bounds: Bounds { requests_of_peer: 0, ..Bounds::STANDARD },
    };
    let hosted = Hosted::start(chain, validator, config, place::now_ms);
    let hosted = hosted.context("the node cannot be started")?;
    let node = Node::connect(&format!("http://{}", hosted.address()))?;
    Ok((hosted, node))
}
