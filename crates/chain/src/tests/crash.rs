//! The machine stops at any write, and any part of what was not yet synced is lost.

use super::world::{World, buyer, genesis, owner};
use crate::SubmitError;
use crate::store::Store;
use assay_codec::Digest;
use assay_types::{BlobId, Blobs};
use redb::{Database, StorageBackend};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};

/// A disk with a cache. What was written lies in the cache until it is synced.
#[derive(Debug, Default)]
struct Disk {
    durable: Vec<u8>,
    cached: Vec<u8>,
    /// Writes since the last sync, in order.
    unsynced: Vec<Write>,
    /// Operations until the machine stops.
    left: Option<usize>,
    /// Operations so far.
    done: usize,
    /// Whether reading fails too.
    is_unreadable: bool,
}

#[derive(Clone, Debug)]
enum Write {
    Bytes(u64, Vec<u8>),
    Length(u64),
}

impl Write {
    fn apply(&self, image: &mut Vec<u8>) {
        match self {
            Self::Length(len) => image.resize(*len as usize, 0),
            Self::Bytes(at, bytes) => {
                let end = *at as usize + bytes.len();
                if image.len() < end {
                    image.resize(end, 0);
                }
                image[*at as usize..end].copy_from_slice(bytes);
            }
        }
    }
}

#[derive(Clone, Debug, Default)]
struct Backend(Arc<Mutex<Disk>>);

impl Backend {
    /// A disk with an empty chain. (How that comes into being is another matter: see `Chain::open`.)
    fn empty() -> Self {
        let backend = Self::default();
        Store::new(database(&backend).unwrap()).unwrap().put_genesis(&genesis()).unwrap();
        Self::of(backend.image_after_crash(|_| true))
    }

    fn of(image: Vec<u8>) -> Self {
        let disk = Disk { durable: image.clone(), cached: image, ..Disk::default() };
        Self(Arc::new(Mutex::new(disk)))
    }

    fn disk(&self) -> MutexGuard<'_, Disk> {
        self.0.lock().unwrap()
    }

    /// Counts an operation, unless the machine has stopped.
    fn tick(&self) -> io::Result<MutexGuard<'_, Disk>> {
        let mut disk = self.disk();
        match &mut disk.left {
            Some(0) => return Err(io::Error::other("the machine has stopped")),
            Some(left) => *left -= 1,
            None => {}
        }
        disk.done += 1;
        Ok(disk)
    }

    /// What a machine finds after the power is back: of the unsynced writes, those of `survive`.
    fn image_after_crash(&self, survive: impl Fn(usize) -> bool) -> Vec<u8> {
        let disk = self.disk();
        let mut image = disk.durable.clone();
        for (index, write) in disk.unsynced.iter().enumerate() {
            if survive(index) {
                write.apply(&mut image);
            }
        }
        image
    }
}

impl StorageBackend for Backend {
    fn len(&self) -> io::Result<u64> {
        Ok(self.disk().cached.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let disk = self.disk();
        if disk.is_unreadable {
            return Err(io::Error::other("the disk cannot be read"));
        }
        let from = disk.cached.get(offset as usize..offset as usize + out.len());
        out.copy_from_slice(from.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut disk = self.tick()?;
        let write = Write::Length(len);
        write.apply(&mut disk.cached);
        disk.unsynced.push(write);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut disk = self.tick()?;
        disk.durable = disk.cached.clone();
        disk.unsynced.clear();
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut disk = self.tick()?;
        let write = Write::Bytes(offset, data.to_vec());
        write.apply(&mut disk.cached);
        disk.unsynced.push(write);
        Ok(())
    }
}

fn database(backend: &Backend) -> Result<Database, redb::DatabaseError> {
    Database::builder().create_with_backend(backend.clone())
}

/// Makes five blocks on `backend`, one of them with a blob; returns the roots of those that were made.
fn run(backend: &Backend) -> Vec<Digest> {
    let mut roots = Vec::new();
    let Ok(db) = database(backend) else { return roots };
    let Ok(mut world) = World::on(db, tempfile::tempdir().unwrap()) else { return roots };
    let dataset = assay_types::DatasetId::of(owner().address(), 0);
    let steps: [&dyn Fn(&mut World); 5] = [
        &|world| {
            let listing = world.listing();
            let action = assay_types::tx::PublishDataset { listing };
            world.submit(&owner(), action, Blobs::new()).unwrap();
        },
        &|world| world.submit_job(dataset),
        &|world| world.submit_model(),
        &|world| world.submit_test(),
        &|_| (),
    ];
    for step in steps {
        step(&mut world);
        match world.produce() {
            Ok(produced) => roots.push(produced.certified.header.state_root),
            Err(_) => break,
        }
    }
    roots
}

#[test]
fn a_crash_at_any_write_leaves_whole_blocks() {
    let undisturbed = Backend::empty();
    let roots = run(&undisturbed);
    assert_eq!(roots.len(), 5);
    let operations = undisturbed.disk().done;
    assert!(operations > 30, "{operations}");
    let rows = BlobId::of(&super::world::goods().table_blob());
    for stop in 0..operations {
        let backend = Backend::empty();
        backend.disk().left = Some(stop);
        let made = run(&backend);
        assert_eq!(made, roots[..made.len()]);
        // Nothing, everything, every other one, all but the last of what was not synced survives.
        let last = backend.disk().unsynced.len().saturating_sub(1);
        let survivors: [&dyn Fn(usize) -> bool; 5] =
            [&|_| false, &|_| true, &|i| i % 2 == 0, &|i| i % 2 == 1, &|i| i != last];
        let mut images: Vec<_> =
            survivors.iter().map(|survive| backend.image_after_crash(survive)).collect();
        images.dedup();
        for image in images {
            let image = Backend::of(image);
            let world = World::on(database(&image).unwrap(), tempfile::tempdir().unwrap());
            let world = world.unwrap_or_else(|error| panic!("stopped at {stop}: {error}"));
            let height = world.chain.height().get() as usize;
            // A block that was acknowledged is there; the one that was being written may be.
            assert!((made.len()..=made.len() + 1).contains(&height), "stopped at {stop}");
            if height > 0 {
                assert_eq!(world.chain.state().root(), roots[height - 1]);
            }
            assert_eq!(world.chain.blob(&rows).unwrap().is_some(), height >= 4);
        }
    }
}

#[test]
fn a_chain_goes_on_after_a_crash() {
    let whole = Backend::empty();
    let roots = run(&whole);
    let operations = whole.disk().done;
    let backend = Backend::empty();
    backend.disk().left = Some(operations / 2);
    let made = run(&backend).len();
    assert!(0 < made && made < roots.len());
    let image = Backend::of(backend.image_after_crash(|_| true));
    let mut world = World::on(database(&image).unwrap(), tempfile::tempdir().unwrap()).unwrap();
    let before = world.chain.height().get();
    let transfer = world.transfer(1);
    world.run(&buyer(), transfer, Blobs::new());
    assert_eq!(world.chain.height().get(), before + 1);
}

#[test]
fn a_crash_while_the_chain_is_created_leaves_none() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("chain.redb.new"), b"half of a database").unwrap();
    let chain = super::world::open(dir.path()).unwrap();
    assert_eq!(chain.height().get(), 0);
    assert!(!dir.path().join("chain.redb.new").exists());
}

/// A disk that is full for a moment: the block is not made, what waits still waits, and the chain does
/// not claim anything that is not on the disk.
#[test]
fn a_failed_write_changes_nothing() {
    let backend = Backend::empty();
    let mut world = World::on(database(&backend).unwrap(), tempfile::tempdir().unwrap()).unwrap();
    let transfer = world.transfer(1);
    world.submit(&buyer(), transfer, Blobs::new()).unwrap();
    let before = world.chain.state().clone();
    backend.disk().left = Some(1);
    assert!(world.produce().is_err());
    assert_eq!(world.chain.state(), &before);
    assert_eq!(world.chain.pending(), 1);
}

/// Whoever sends a transaction does not pay for a disk that cannot be read.
#[test]
fn a_proof_is_not_false_because_the_disk_fails() {
    let backend = Backend::empty();
    // Without a cache, so that blobs have to be read.
    let db = Database::builder().set_cache_size(0).create_with_backend(backend.clone()).unwrap();
    let mut world = World::on(db, tempfile::tempdir().unwrap()).unwrap();
    let job = world.tested();
    let (miss, proof) = world.false_miss(job);
    let proof = super::world::blobs([proof]);
    backend.disk().is_unreadable = true;
    let got = world.submit(&owner(), miss, proof);
    assert!(matches!(got, Err(SubmitError::Chain(_))), "{got:?}");
    assert_eq!((world.chain.pending(), world.chain.verifications()), (0, 0));
}
