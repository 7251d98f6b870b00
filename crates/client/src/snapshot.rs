//! A node as a source of snapshots.

use crate::light::handovers;
use crate::transport::{Fault, Transport};
use crate::trust::Trust;
use assay_api::canonical;
use assay_chain::snapshot::{Beginning, Source};
use assay_codec::{from_bytes, to_hex};
use assay_ledger::{Piece, Wanted};
use assay_types::validators::Handovers;
use assay_types::{BlobId, Height};
use std::error::Error;
use std::fmt;

/// A node that hands out snapshots.
#[derive(Debug)]
pub struct Snapshots(Transport);

impl Snapshots {
    /// Asks the node at `url`, as in `http://127.0.0.1:8080`. `trust` says who may vouch for one at `https://`.
    pub fn of(url: &str, trust: &Trust) -> Self {
        Self(Transport::new(url, trust))
    }
}

/// Why a node hands out nothing.
#[derive(Debug)]
pub struct NoSnapshot(Fault);

impl fmt::Display for NoSnapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl Error for NoSnapshot {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}

impl From<Fault> for NoSnapshot {
    fn from(fault: Fault) -> Self {
        Self(fault)
    }
}

impl Source for Snapshots {
    type Error = NoSnapshot;

    fn beginning(&mut self) -> Result<Beginning, NoSnapshot> {
        let document = self.0.document("/v1/snapshot")?;
        let document = document.ok_or_else(|| Fault::Answer("there is no snapshot yet".into()))?;
        Ok(canonical(&document).map_err(|error| Fault::Answer(error.to_string()))?)
    }

    fn handovers(&mut self, first: u64) -> Result<Handovers, NoSnapshot> {
        Ok(handovers(&self.0, first)?)
    }

    fn piece(&mut self, height: Height, wanted: &Wanted) -> Result<Option<Piece>, NoSnapshot> {
        let after = wanted
            .after
            .as_deref()
            .map_or_else(String::new, |key| format!("?after={}", to_hex(key)));
        let bytes = self.0.bytes(&format!("/v1/snapshot/{height}/{}{after}", wanted.kind))?;
        let piece = bytes.map(|bytes| from_bytes(&bytes)).transpose();
        Ok(piece.map_err(|error| Fault::Answer(error.to_string()))?)
    }

    fn blob(&mut self, id: &BlobId) -> Result<Option<Vec<u8>>, NoSnapshot> {
        Ok(self.0.bytes(&format!("/v1/blobs/{id}"))?)
    }
}
