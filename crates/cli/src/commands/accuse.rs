//! `assay accuse FILE --node URL --wallet DIR`

use super::stake;
use crate::{
    failure::{Code, Explain, Failure, Result},
    files,
    market::Party,
    output::Output,
};
use assay_api::canonical;
use assay_types::DoubleVote;
use assay_types::tx::Accuse;
use std::path::PathBuf;

/// Most bytes of a file with evidence.
const BYTES_MAX: u64 = 1 << 16;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The evidence: one of the documents that a node serves at `/v1/evidence`
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    party: Party,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<()> {
    let shown = args.file.display();
    let document = serde_json::from_slice(&files::read(&args.file, BYTES_MAX)?)
        .code(Code::Unverified)
        .context(format!("{shown} is not JSON"))?;
    let evidence: DoubleVote =
        canonical(&document).code(Code::Unverified).context(format!("{shown} is no evidence"))?;
    let genesis = args.party.ledger.open()?.genesis().digest();
    // What costs a fee to say must hold.
    evidence.verify(&genesis).map_err(|rejection| {
        Failure::new(Code::Unverified, format!("the evidence convicts nobody: {rejection}"))
            .hint("nothing was sent; is it from this chain?")
    })?;
    stake::send(&args.party, Accuse { evidence }, "accused", output)
}
