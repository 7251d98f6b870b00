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
    let (status, stakes) = (node.status()?, node.stakes()?);
    let order = status.get("order").cloned().unwrap_or_default();
    let seats = Seats { now: names(&order, "seated"), next: names(&order, "seated_next") };
    if output.is_json() {
        let shown = stakes.iter().map(|(owner, one)| {
            let mut shown = assay_api::stake::shown(owner, one);
            shown.extend(report! { "seated": seats.now.contains(&owner.to_string()), "seated_next": seats.next.contains(&owner.to_string()) });
            Value::Object(shown)
        });
        let shown = shown.collect::<Vec<_>>();
        return output.report(report! {
            "epoch": order.get("epoch").cloned().unwrap_or_default(),
            "epoch_ends": order.get("epoch_ends").cloned().unwrap_or_default(),
            "stakes": shown,
        });
    }
    let lines = stakes.iter().map(|(owner, stake)| line(owner, stake, &seats));
    output.text(&lines.collect::<String>())
}

/// The accounts behind those who order the blocks, in this epoch and as it stands in the next.
struct Seats {
    now: Vec<String>,
    next: Vec<String>,
}

fn names(order: &Value, field: &str) -> Vec<String> {
    let list = order.get(field).and_then(Value::as_array).into_iter().flatten();
    list.filter_map(Value::as_str).map(str::to_owned).collect()
}

fn line(owner: &Address, stake: &Stake, seats: &Seats) -> String {
    let name = owner.to_string();
    let seat = match (seats.now.contains(&name), seats.next.contains(&name)) {
        (true, true) => ", has a seat",
        (true, false) => ", has a seat, none in the next epoch",
        (false, true) => ", has a seat from the next epoch on",
        (false, false) => ", has no seat",
    };
    let leaving = stake.leaving.iter();
    let leaving = leaving.map(|one| format!(", {} free at block {}", one.amount, one.free));
    let convicted = stake.convicted.map(|height| format!(", convicted in block {height}"));
    format!(
        "{owner}  {} at stake, at {}{seat}{}{}\n",
        stake.bonded,
        stake.endpoint,
        leaving.collect::<String>(),
        convicted.unwrap_or_default()
    )
}
