//! `assay state KIND NAME --node URL --genesis FILE`

use super::checkpoint::Asked;
use crate::{
    failure::{Code, Failure, Result},
    inputs,
    output::{Output, report},
};
use assay_client::light::{Error, Told};
use assay_codec::Error as Unreadable;
use assay_types::{DatasetId, Height, JobId};
use serde_json::{Map, Value};

/// What was shown, in words.
const MEANING: &str = "those who make this chain's blocks final have agreed on it after that block; \
                       that there is no later block, nobody can show";

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What it is
    #[arg(value_enum)]
    kind: Kind,
    /// Its address or name
    name: String,
    #[command(flatten)]
    asked: Asked,
    /// Refuse what is older than this block
    #[arg(long, value_name = "HEIGHT")]
    since: Option<u64>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Kind {
    /// An account
    Account,
    /// A listing
    Listing,
    /// A job
    Job,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<()> {
    let mut light = args.asked.light()?;
    let mut entries = match args.kind {
        Kind::Account => {
            let address = inputs::address(&args.name).map_err(unreadable)?;
            let told = light.account(&address).map_err(unproven)?;
            proven(&told, assay_api::account::shown(&address, &told.value))
        }
        Kind::Listing => {
            let id = DatasetId(inputs::digest(&args.name).map_err(unreadable)?);
            let told = light.listing(&id).map_err(unproven)?;
            let listed = told.value.as_ref().ok_or_else(|| missing("listing", &told))?;
            let mut shown = assay_api::listing::standing(&id, listed, told.height);
            shown.extend(assay_api::listing::content(&listed.listing));
            proven(&told, shown)
        }
        Kind::Job => {
            let id: JobId = inputs::job(&args.name).map_err(unreadable)?;
            let told = light.job(&id).map_err(unproven)?;
            let job = told.value.as_ref().ok_or_else(|| missing("job", &told))?;
            proven(&told, assay_api::job::shown(&id, job))
        }
    };
    let (wanted, seen) = (Height::new(args.since.unwrap_or(0)), light.seen());
    if seen < wanted {
        let message = format!("the node speaks of block {seen}, which is before {wanted}");
        return Err(Failure::new(Code::Unverified, message).hint("ask another node"));
    }
    entries.extend(report! { "proven": MEANING });
    output.report(entries)
}

/// What was shown, and of which block.
fn proven<T>(told: &Told<T>, mut shown: Map<String, Value>) -> Map<String, Value> {
    shown.extend(report! { "height": told.height.get(), "time_ms": told.time_ms });
    shown
}

/// It is proven that there is no such thing.
fn missing<T>(what: &str, told: &Told<T>) -> Failure {
    let height = told.height;
    Failure::new(
        Code::NotFound,
        format!("it is proven that after block {height} there is no such {what}"),
    )
}

fn unreadable(error: Unreadable) -> Failure {
    Failure { code: Code::Usage, ..error.into() }
}

/// An answer that is not proven is a failed verification.
pub(crate) fn unproven(error: Error) -> Failure {
    match error {
        Error::Node(_) => Failure::from(error),
        error => Failure { code: Code::Unverified, ..error.into() }
            .hint("do not believe this node; is the genesis that of its chain?"),
    }
}
