//! A validator's files: `validator/`, its wallet; `validator.json`, what a genesis says of it; `peers.json`, where the
//! others listen; `consensus/`, what it has signed and what it keeps of the others.

use crate::{
    failure::{Code, Explain, Failure, Result},
    files::{self, Readers},
    place,
};
use assay_chain::Chain;
use assay_codec::{from_hex, to_hex};
use assay_node::consensus::{accuser::Account, epochs::Peer, keys::Secrets, network, rejoin};
use assay_types::{
    Address, Genesis, Validator,
    validators::{VoteKey, VoteSignature},
};
use assay_wallet::{Keys, Wallet};
use serde_json::{Value, json};
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

/// The name of the format, in the field `format`.
const FORMAT: &str = "assay/validator/1";
/// Most bytes of one of these files.
const BYTES_MAX: u64 = 1 << 20;

/// What a validator tells everybody, and where its peers find it.
#[derive(Clone, Debug)]
pub(crate) struct Public {
    pub(crate) validator: Validator,
    pub(crate) address: SocketAddr,
}

/// How fast blocks are made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// Time between two of them.
    pub(crate) interval: Duration,
    /// Or as soon as something waits.
    pub(crate) is_eager: bool,
}

/// How a validator is run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Options {
    /// Where others are waited for, if not where `validator.json` says.
    pub(crate) listen: Option<SocketAddr>,
    /// Vote without watching, though what was signed before is not there.
    pub(crate) votes_at_once: bool,
    /// How fast.
    pub(crate) pace: Pace,
}

/// Opens the ledger of a folder for a node, and says how it takes part where validators order the blocks.
pub(crate) fn open(dir: &Path, options: &Options) -> Result<(Chain, Option<network::Config>)> {
    let genesis = place::genesis(&place::genesis_path(dir))
        .hint("`assay ledger new` makes a market of one's own, `assay node genesis` one of many")?;
    if genesis.validators().is_none() {
        return Ok((place::chain(dir)?, None));
    }
    let public = Public::read(&path(dir)).hint("`assay node init` makes a validator")?;
    let wallet = wallet(dir)?;
    let config = network::Config {
        secrets: secrets(&wallet),
        listen: options.listen.unwrap_or(public.address),
        peers: peers(dir, &genesis)?,
        dir: consensus(dir),
        votes_at_once: options.votes_at_once,
        interval: options.pace.interval,
        is_eager: options.pace.is_eager,
        // The operator bonds and unbonds with this wallet while the node runs; the ledger's lock keeps a second node out.
        account: Some(account(wallet.into_keys())),
    };
    std::fs::create_dir_all(place::ledger(dir))?;
    Ok((place::follow(dir, &genesis)?, Some(config)))
}

/// Where others listen: as `peers.json` says, or as the genesis does if that file is not there.
fn peers(dir: &Path, genesis: &Genesis) -> Result<Vec<Peer>> {
    let path = peers_path(dir);
    let (Some(founding), Some(validators)) = (genesis.founding(), genesis.validators()) else {
        return read_peers(&path);
    };
    if path.exists() {
        return read_peers(&path);
    }
    let both = validators.list().iter().zip(&founding.founders);
    Ok(both.map(|(validator, founder)| (validator.network, founder.endpoint.get())).collect())
}

/// The account of a validator's wallet, which accuses others.
fn account(keys: Keys) -> Account {
    let address = keys.address();
    Account { address, sign: Arc::new(move |digest| keys.sign(digest)) }
}

/// Where a validator tells of itself.
pub(crate) fn path(dir: &Path) -> PathBuf {
    dir.join("validator.json")
}

/// Where the others' addresses lie.
pub(crate) fn peers_path(dir: &Path) -> PathBuf {
    dir.join("peers.json")
}

/// What the consensus keeps.
pub(crate) fn consensus(dir: &Path) -> PathBuf {
    dir.join("consensus")
}

/// Opens the wallet of the validator in a folder; makes it if there is none. New keys have signed nothing, which is noted
/// where the consensus keeps what they sign.
pub(crate) fn wallet(dir: &Path) -> Result<Wallet> {
    let own = dir.join("validator");
    let is_new = !Wallet::keystore_path(&own).exists();
    if is_new {
        rejoin::complete(&consensus(dir), None)?;
    }
    place::own_wallet(&own)
}

/// The secrets of a validator come from the seed of its wallet: there is one thing to back up.
pub(crate) fn secrets(wallet: &Wallet) -> Secrets {
    Secrets::from_seeds(&wallet.keys().network_seed(), &wallet.keys().vote_seed())
}

impl Public {
    /// Reads what a validator tells of itself.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let shown = path.display().to_string();
        let value: Value = serde_json::from_slice(&files::read(path, BYTES_MAX)?)
            .code(Code::Unverified)
            .context(format!("{shown} is not JSON"))?;
        let field = |name: &str| {
            value.get(name).and_then(Value::as_str).ok_or_else(|| {
                Failure::new(Code::Unverified, format!("{shown} has no field {name}"))
            })
        };
        if field("format")? != FORMAT {
            return Err(Failure::new(Code::Unverified, format!("{shown} is no validator"))
                .hint("`assay node init` writes such a file"));
        }
        let vote = from_hex::<48>(field("vote_key")?).code(Code::Unverified)?;
        let vote = VoteKey::new(vote).map_err(|rule| Failure::new(Code::Unverified, rule))?;
        let validator = Validator {
            network: from_hex(field("network_key")?).code(Code::Unverified)?,
            vote,
            possession: VoteSignature(from_hex(field("possession")?).code(Code::Unverified)?),
            payee: Address(from_hex(field("payee")?).code(Code::Unverified)?),
        };
        let address = field("address")?.parse().code(Code::Unverified)?;
        Ok(Self { validator, address })
    }

    /// Writes it.
    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        let Validator { network, vote, possession, payee } = &self.validator;
        let value = json!({
            "format": FORMAT,
            "network_key": to_hex(network),
            "vote_key": vote.to_string(),
            "possession": possession.to_string(),
            "payee": payee.to_string(),
            "address": self.address.to_string(),
        });
        files::write(path, format!("{value:#}\n").as_bytes(), Readers::All)
    }
}

/// Writes where validators listen.
pub(crate) fn write_peers(path: &Path, peers: &[Public]) -> Result<()> {
    let peer = |peer: &Public| json!({ "network_key": to_hex(&peer.validator.network), "address": peer.address.to_string() });
    let value = Value::from(peers.iter().map(peer).collect::<Vec<_>>());
    files::write(path, format!("{value:#}\n").as_bytes(), Readers::All)
}

/// Reads where validators listen.
pub(crate) fn read_peers(path: &Path) -> Result<Vec<Peer>> {
    let none = || Failure::new(Code::Unverified, format!("{} is no list of peers", path.display()));
    let value: Value =
        serde_json::from_slice(&files::read(path, BYTES_MAX)?).map_err(|_| none())?;
    let peer = |peer: &Value| {
        let field = |name| peer.get(name).and_then(Value::as_str);
        let key = from_hex(field("network_key")?).ok()?;
        Some((key, field("address")?.parse().ok()?))
    };
    let peers = value.as_array().ok_or_else(none)?.iter().map(peer);
    peers.collect::<Option<_>>().ok_or_else(none)
}
