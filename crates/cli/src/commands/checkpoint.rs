//! `assay checkpoint --node URL --genesis FILE --out FILE`

use super::state::unproven;
use crate::{
    failure::{Code, Failure, Result},
    files::{self, Readers},
    node_at::Authorities,
    output::{Output, report},
    place,
};
use assay_client::Trust;
use assay_client::light::Light;
use assay_receipt::checkpoint_to_json;
use assay_types::Genesis;
use assay_types::validators::Checkpoint;
use std::path::PathBuf;

/// What it is worth, in words.
const MEANING: &str = "the node's last block, certified by the validators that follow from the genesis, or from the checkpoint before; \
                       compare its digest with what others have before you hand it on";

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    asked: Asked,
    /// Where the checkpoint goes
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// A node that is asked and not believed, and what is trusted instead.
#[derive(Debug, clap::Args)]
pub(crate) struct Asked {
    /// The address of a node, which is not believed
    #[arg(long, value_name = "URL")]
    node: String,
    #[command(flatten)]
    authorities: Authorities,
    /// The first facts of the chain, from a source that you trust
    #[arg(long, value_name = "FILE")]
    genesis: PathBuf,
    #[command(flatten)]
    trusted: Trusted,
}

impl Asked {
    /// Reads what is trusted, and asks nothing yet.
    pub(crate) fn light(&self) -> Result<Light> {
        let genesis = place::genesis(&self.genesis)?;
        let checkpoint = self.trusted.read()?;
        asked(&self.node, &genesis, checkpoint.as_ref(), &self.authorities.trust()?)
    }
}

/// What a verifier may trust besides the genesis.
#[derive(Debug, clap::Args)]
pub(crate) struct Trusted {
    /// A later block and the validators up to it, from a source that you trust: no other past is believed
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
}

impl Trusted {
    /// Reads the checkpoint, if one is named.
    pub(crate) fn read(&self) -> Result<Option<Checkpoint>> {
        self.checkpoint.as_deref().map(place::checkpoint).transpose()
    }
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<()> {
    let mut light = args.asked.light()?;
    let checkpoint = light.checkpoint().map_err(unproven)?;
    files::write(&args.out, checkpoint_to_json(&checkpoint).as_bytes(), Readers::All)?;
    output.report(report! {
        "checkpoint": args.out.display().to_string(),
        "digest": checkpoint.digest().to_string(),
        "height": checkpoint.height().get(),
        "block": checkpoint.block().to_string(),
        "changes": checkpoint.changes().len(),
        "meaning": MEANING,
    })
}

/// A node that is asked and not believed, by whoever trusts these.
pub(crate) fn asked(
    node: &str,
    genesis: &Genesis,
    checkpoint: Option<&Checkpoint>,
    trust: &Trust,
) -> Result<Light> {
    let Some(checkpoint) = checkpoint else { return Ok(Light::new(node, genesis, trust)) };
    Light::since(node, genesis, checkpoint, trust)
        .map_err(|foreign| Failure::new(Code::Unverified, foreign.to_string()))
}
