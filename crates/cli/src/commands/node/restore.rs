//! `assay node restore --dir DIR (--from URL | --snapshot FOLDER)`

use crate::{
    commands::checkpoint::Trusted,
    failure::{Code, Failure, Result},
    node_at::Authorities,
    output::{Output, report},
    place,
};
use assay_chain::snapshot::{Folder, RestoreError, Source, restore, restore_since};
use assay_client::Snapshots;
use assay_types::validators::Checkpoint;
use assay_types::{Genesis, Height};
use std::{
    fmt,
    path::{Path, PathBuf},
};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The folder of the market, or of a validator: with `genesis.json`, and without a ledger
    #[arg(long, value_name = "DIR", env = "ASSAY_DIR")]
    dir: PathBuf,
    #[command(flatten)]
    source: Origin,
    #[command(flatten)]
    authorities: Authorities,
    #[command(flatten)]
    trusted: Trusted,
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct Origin {
    /// The address of a node of the same chain, which is not believed
    #[arg(long, value_name = "URL")]
    from: Option<String>,
    /// A folder that `assay node snapshot` wrote
    #[arg(long, value_name = "FOLDER")]
    snapshot: Option<PathBuf>,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<()> {
    let genesis = place::genesis(&place::genesis_path(&args.dir))?;
    let checkpoint = args.trusted.read()?;
    let trusted = (&genesis, checkpoint.as_ref());
    let height = match (&args.source.from, &args.source.snapshot) {
        (Some(url), _) => {
            let mut source = Snapshots::of(url, &args.authorities.trust()?);
            begin(&args.dir, trusted, &mut source)?
        }
        (None, Some(path)) => begin(&args.dir, trusted, &mut Folder::new(path))?,
        (None, None) => return Err(Failure::new(Code::Usage, "name a source")),
    };
    output.report(report! {
        "ledger": place::ledger(&args.dir).display().to_string(),
        "height": height.get(),
        "kept_from": height.get().saturating_add(1),
    })
}

fn begin<S: Source<Error: fmt::Debug + fmt::Display>>(
    dir: &Path,
    (genesis, checkpoint): (&Genesis, Option<&Checkpoint>),
    source: &mut S,
) -> Result<Height> {
    let dir = place::ledger(dir);
    let restored = match checkpoint {
        None => restore(&dir, genesis, source),
        Some(checkpoint) => restore_since(&dir, genesis, checkpoint, source),
    };
    restored.map_err(|error| match error {
        RestoreError::Exists => Failure::new(Code::Conflict, error.to_string())
            .hint("move the folder `ledger` away, if it is to begin anew"),
        RestoreError::Unfit(_) | RestoreError::Checkpoint(_) => {
            Failure { code: Code::Unverified, ..error.into() }
        }
        RestoreError::Source(_) | RestoreError::Fleeting => {
            Failure::from(error).hint("run it again: what has come is not fetched again")
        }
        error => error.into(),
    })
}
