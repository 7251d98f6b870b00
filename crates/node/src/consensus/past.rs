//! What was signed in epochs that are over is forgotten, but for the last of them.
//!
//! A journal keeps a validator from voting twice in its epoch. Once it is gone, nothing may be signed in that epoch any more, whatever else is lost: a node
//! that has lost its ledger follows from the first block, through all epochs. So *before* journals are removed it is written, and synced, behind
//! which block this validator votes from now on: the last one of the epoch before ([`Part::VotesBehind`]). Of that epoch, and of the one that
//! begins, the journals stay.
//!
//! The lowest number goes first. What a crash leaves is then the last of them, in a row, and is found and removed when the next epoch begins.

use super::engine::{Error, Remember};
use super::rejoin::{Final, Part};
use super::settings;
use commonware_consensus::Epochable as _;
use commonware_runtime::{Error as StorageError, Storage};

/// Removes the journals of the epochs before that of `last`, the certificate of its last block.
pub(super) async fn forget(
    storage: &impl Storage,
    partition: &str,
    part: &mut Part,
    remember: &mut Remember,
    last: Final,
) -> Result<(), Error> {
    let epoch = last.epoch().get();
    let mut first = epoch;
    while let Some(before) = first.checked_sub(1)
        && storage.scan(&settings::journal(partition, before)).await.is_ok()
    {
        first = before;
    }
    if first == epoch {
        return Ok(());
    }
    if let Part::VotesBehind(behind) = part
        && behind.as_ref().is_none_or(|behind| behind.epoch() < last.epoch())
    {
        (remember.0)(&last)?;
        *behind = Some(Box::new(last));
    }
    for gone in first..epoch {
        match storage.remove(&settings::journal(partition, gone), None).await {
            Ok(()) | Err(StorageError::PartitionMissing(_)) => {}
            // It stays, and is tried again with the next epoch.
            Err(error) => {
                tracing::warn!(epoch = gone, ?error, "a journal cannot be removed");
                return Ok(());
            }
        }
    }
    tracing::debug!(first, before = epoch, "journals of epochs are forgotten");
    Ok(())
}
