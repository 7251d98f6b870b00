//! Whether a chain still knows of a sale.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

use crate::{
    commands::{checkpoint::asked, state::unproven},
    failure::{Code, Failure, Result},
    node_at::Authorities,
};
use assay_receipt::Receipt;
use assay_types::validators::Checkpoint;
use assay_types::{Genesis, Height};

/// A node to be asked.
#[derive(Debug, clap::Args)]
pub(super) struct Asked {
    /// The address of a node, which is not believed: the log of the sale must also be that of the state after a block of now
    #[arg(long, value_name = "URL")]
    node: Option<String>,
    #[command(flatten)]
    authorities: Authorities,
}

impl Asked {
    /// Asks how the log of the job ends, and after which block. What those who were in office at the time of a receipt can make up later,
    /// with the keys that they had, is not there.
    pub(super) fn confirm(
        &self,
        receipt: &Receipt,
        genesis: &Genesis,
        checkpoint: Option<&Checkpoint>,
    ) -> Result<Option<Height>> {
        let Some(url) = &self.node else { return Ok(None) };
        let mut light = asked(url, genesis, checkpoint, &self.authorities.trust()?)?;
        let [.., last] = &receipt.history;
        let told = light.log_end(&last.topic).map_err(unproven)?;
        if (told.value.sequence, told.value.digest)
            == (last.sequence.saturating_add(1), last.digest())
        {
            return Ok(Some(told.height));
        }
        let height = told.height;
        Err(Failure::new(
            Code::Unverified,
            format!("it is proven that after block {height} this sale is not what the log of its job says"),
        )
        .hint("whoever made this receipt had the keys of validators, and no sale"))
    }
}
