//! Reaching a node, and whom to believe that it is the node.

use crate::{
    failure::{Code, Explain, Failure, Result},
    files,
};
use assay_client::{Node, Trust};
use std::path::PathBuf;

/// Most bytes of a file with certificates.
const CERTIFICATES_BYTES_MAX: u64 = 1 << 20;

/// Whose certificates count.
#[derive(Debug, clap::Args)]
pub(crate) struct Authorities {
    /// Who may vouch for a node at https://: certificates of authorities (PEM), which then are the only ones
    /// [default: the authorities of the web]
    #[arg(long, value_name = "FILE", env = "ASSAY_NODE_CA")]
    node_ca: Option<PathBuf>,
}

impl Authorities {
    /// Reads them.
    pub(crate) fn trust(&self) -> Result<Trust> {
        let Some(path) = &self.node_ca else { return Ok(Trust::Web) };
        Trust::from_pem(&files::read(path, CERTIFICATES_BYTES_MAX)?)
            .code(Code::Usage)
            .context(format!("{} names no authority", path.display()))
    }

    /// Greets the node at `url`.
    pub(crate) fn connect(&self, url: &str) -> Result<Node> {
        Node::connect_by(url, &self.trust()?).map_err(|error| {
            // What is to be done about a certificate is said with what is wrong with it.
            let is_there = error.distrust.is_some();
            let failure = Failure::from(error);
            if is_there {
                return failure;
            }
            failure.hint("is it running? `assay node run` prints its address")
        })
    }
}
