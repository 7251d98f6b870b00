//! `assay job open --ledger DIR --wallet DIR --dataset ID --data TEST.csv --target COL --at-least X --max-price N`

use crate::{
    algorithm,
    curve::amount,
    failure::{Code, Failure, Result},
    inputs,
    market::{self, Party, Venue, failure},
    output::{Output, report},
    threshold::Threshold,
};
use assay_agent::journal::Entry;
use assay_agent::{Audience, Buyer, Order, Reference, quote};
use assay_codec::{Digest, to_bytes};
use assay_types::{Amount, DatasetId, Disclosure, Listing};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    party: Party,
    /// The listing
    #[arg(long, value_name = "ID", value_parser = market::dataset)]
    dataset: DatasetId,
    /// The test set, as CSV; everybody sees it once the model is fixed
    #[arg(long, value_name = "CSV")]
    data: PathBuf,
    /// Show the test set to the owner alone; the proof is about a salted commitment to it
    #[arg(long)]
    private: bool,
    /// The column to be predicted
    #[arg(long, value_name = "COLUMN")]
    target: String,
    /// The share of rows that must be answered correctly: 0.93 or 93/100
    #[arg(long, value_name = "SHARE")]
    at_least: Threshold,
    /// The most that the model may cost, evaluation fee and ledger's fees not counted
    #[arg(long, value_name = "N", value_parser = amount)]
    max_price: Amount,
    /// Blocks that the owner has for training
    #[arg(long, value_name = "BLOCKS", default_value_t = 20)]
    commit_window: u64,
    /// Have the exact score proven and published
    #[arg(long)]
    reveal_score: bool,
    #[command(flatten)]
    algorithm: algorithm::Algorithm,
    /// Your own name for the order; under one name nothing is paid twice [default: made of the order]
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// Check the test set, show the quote, and send nothing
    #[arg(long)]
    dry_run: bool,
}

pub(crate) fn run(args: &Args, output: &Output) -> Result<()> {
    let (mut chain, wallet) = args.party.open()?;
    let order = args.order(&market::listed(&chain, &args.dataset)?.listing)?;
    let quote = quote::of(&args.dataset, &*chain).map_err(failure)?;
    quote::within(&quote, args.max_price).map_err(failure)?;
    output.note(&format!(
        "quote: price {}, evaluation fee {}, fees {} to order and {} to show the test set; at most {} in all",
        quote.price, quote.evaluation_fee, quote.order_fee, quote.test_fee, quote.total
    ));
    let mut entries = assay_api::quote::shown(&quote);
    let rows = inputs::rows(&order.test)?;
    entries.extend(report! {
        "rows": rows,
        "at_least": order.threshold.of(rows),
        "algorithm": order.algorithm.to_string(),
        "balance": chain.account(&wallet.keys().address())?.balance.to_string(),
        "test_set_seen_by": if args.private { "the owner" } else { "everybody" },
        "sent": !args.dry_run,
    });
    let mut buyer = Buyer::open(wallet, &chain.genesis().digest()).map_err(failure)?;
    // Before anything is paid, and in a dry run too.
    let warnings = market::act(&mut chain, output, |out| buyer.warnings(&order, out))?;
    let warnings: Vec<_> = warnings.iter().map(ToString::to_string).collect();
    warnings.iter().for_each(|warning| output.note(&format!("warning: {warning}")));
    entries.extend(report! { "warnings": warnings });
    if args.dry_run {
        return output.report(entries);
    }
    refuse_twice(&chain, &buyer, &order.reference)?;
    let placed = market::act(&mut chain, output, |out| buyer.order(&order, out))?;
    let job = market::job(&chain, &placed.job)?;
    entries.extend(report! {
        "job": placed.job.to_string(),
        "height": chain.height()?.get(),
        "deadline": job.deadline.get(),
    });
    output.report(entries)
}

impl Args {
    fn order(&self, listing: &Listing) -> Result<Order> {
        let usage = |rule: &'static str| Failure::new(Code::Usage, rule);
        let test = inputs::table(&self.data, &self.target, &listing.schema)?;
        let algorithm = self.algorithm.of(&listing.schema)?.ledgers();
        listing.admit(&algorithm).map_err(|rule| {
            usage(rule).hint("`assay dataset show ID` shows the limits of the listing")
        })?;
        let threshold = self.at_least.ledgers().map_err(usage)?;
        let about = [
            vec![u8::from(self.private)],
            to_bytes(&self.dataset),
            to_bytes(&test.digest()),
            to_bytes(&threshold),
            to_bytes(&algorithm),
        ];
        let about = Digest::of_bytes("assay/cli/order/1", &about.concat());
        Ok(Order {
            reference: market::reference(self.name.as_deref(), &about)?,
            dataset: self.dataset,
            algorithm,
            test,
            audience: if self.private { Audience::Owner } else { Audience::Everybody },
            threshold,
            disclosure: if self.reveal_score { Disclosure::Exact } else { Disclosure::Threshold },
            max_price: self.max_price,
            commit_window: self.commit_window,
        })
    }
}

/// Fails if an order of this name is on the ledger.
fn refuse_twice(chain: &Venue, buyer: &Buyer, reference: &Reference) -> Result<()> {
    for entry in buyer.journal() {
        if let Entry::Ordered { reference: got, job } = entry
            && got == reference
            && chain.job(job)?.is_some()
        {
            let message = format!("this is ordered already: job {job}");
            return Err(
                Failure::new(Code::Conflict, message).hint("another --name orders it once more")
            );
        }
    }
    Ok(())
}
