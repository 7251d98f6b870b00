//! What an owner is told about what it puts on the market.

use crate::output::{Output, report};
use assay_agent::Near;
use assay_types::{Limits, Offered};
use serde_json::{Map, Value};

/// What everybody learns about rows that networks are trained on.
const NETWORKS: &str = "networks are on offer: the program of each is public, and shows mean and deviation of \
     every feature of these rows, or of every channel of images";

/// Tells the owner which of its listings are nearly the same, and what its offer shows, on stderr and in what
/// is reported.
pub(crate) fn warned(near: &[Near], limits: &Limits, output: &Output) -> Map<String, Value> {
    let mut warnings: Vec<_> = near.iter().map(ToString::to_string).collect();
    let is_network = |offered: &Offered| matches!(offered, Offered::Network { .. });
    if limits.algorithms.as_slice().iter().any(is_network) {
        warnings.push(NETWORKS.to_owned());
    }
    warnings.iter().for_each(|warning| output.note(&format!("warning: {warning}")));
    report! { "warnings": warnings }
}
