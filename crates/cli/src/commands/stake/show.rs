//! `assay stake show --node URL`

use crate::{
    failure::{Explain, Result},
    output::{Output, report},
};
use assay_client::Node;
use assay_ledger::stake::Stake;
use assay_types::Address;
use serde_json::Value;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The address of a node
    #[arg(long, value_name = "URL")]
    node: String,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<()> {
    let node =
        Node::connect(&args.node).hint("is it running? `assay node run` prints its address")?;
    let stakes = node.stakes()?;
    if output.is_json() {
        let shown =
            stakes.iter().map(|(owner, one)| Value::Object(assay_api::stake::shown(owner, one)));
        return output.report(report! { "stakes": shown.collect::<Vec<_>>() });
    }
    output.text(&stakes.iter().map(|(owner, stake)| line(owner, stake)).collect::<String>())
}

fn line(owner: &Address, stake: &Stake) -> String {
    let leaving = stake.leaving.iter();
    let leaving = leaving.map(|one| format!(", {} free at block {}", one.amount, one.free));
    let convicted = stake.convicted.map(|height| format!(", convicted in block {height}"));
    format!(
        "{owner}  {} at stake, at {}{}{}\n",
        stake.bonded,
        stake.endpoint,
        leaving.collect::<String>(),
        convicted.unwrap_or_default()
    )
}
