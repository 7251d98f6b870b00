//! Making a chain of a snapshot that is there.

use super::Beginning;
use super::folder::Folder;
use crate::chain::create;
use crate::error::Error;
use crate::store::Base;
use assay_ledger::State;
use assay_types::Genesis;
use std::path::Path;

/// Writes the database. The beginning has been checked, and the state is that of its header.
pub(super) fn write(
    dir: &Path,
    genesis: &Genesis,
    (beginning, state): (&Beginning, &State),
    folder: &Folder,
) -> Result<(), Error> {
    let base = Base { certified: beginning.certified.clone(), entries: state.log_count() };
    let handovers = folder.handovers()?;
    create(dir, |store| {
        store.put_base(genesis, (&base, &handovers), state, &mut |id| {
            folder.blob(id)?.ok_or(Error::Corrupt("a blob of the snapshot is gone"))
        })
    })
}
