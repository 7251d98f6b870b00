//! A chain that begins with the state of another one, and sources that lie, stop and go on.

use super::world::{World, blobs, buyer, genesis, open, owner};
use crate::snapshot::{
    Beginning, Folder, RestoreError, Source, Unfit, restore, restore_since, write,
};
use crate::{Chain, Error};
use assay_codec::{Digest, from_bytes, to_bytes};
use assay_ledger::{Piece, PieceRejection, Wanted};
use assay_types::validators::{Checkpoint, Handover, Handovers};
use assay_types::{BlobId, Blobs, Finality, Height, JobId, Topic, header};
use std::path::Path;
use tempfile::TempDir;

/// Another chain, asked directly. It may stop, and it may lie.
pub(super) struct From<'a> {
    chain: &'a Chain,
    /// Answers until it stops.
    left: usize,
    /// Answers given.
    given: usize,
    piece: fn(&mut Piece),
    beginning: fn(&mut Beginning),
    blob: fn(&mut Vec<u8>),
    handovers: fn(&mut Vec<Handover>),
}

impl<'a> From<'a> {
    pub(super) fn new(chain: &'a Chain) -> Self {
        Self {
            chain,
            left: usize::MAX,
            given: 0,
            piece: |_| (),
            beginning: |_| (),
            blob: |_| (),
            handovers: |_| (),
        }
    }

    /// One that changes the handovers before it hands them out.
    pub(super) fn lying(chain: &'a Chain, handovers: fn(&mut Vec<Handover>)) -> Self {
        Self { handovers, ..Self::new(chain) }
    }

    fn tick(&mut self) -> Result<(), String> {
        self.left = self.left.checked_sub(1).ok_or("it has stopped")?;
        self.given += 1;
        Ok(())
    }
}

impl Source for From<'_> {
    type Error = String;

    fn beginning(&mut self) -> Result<Beginning, String> {
        self.tick()?;
        let mut beginning = self.chain.snapshot().ok_or("there is none")?;
        (self.beginning)(&mut beginning);
        Ok(beginning)
    }

    fn handovers(&mut self, first: u64) -> Result<Handovers, String> {
        let mut handovers = self.chain.handovers(first).unwrap();
        (self.handovers)(&mut handovers);
        Ok(Handovers(handovers))
    }

    fn piece(&mut self, height: Height, wanted: &Wanted) -> Result<Option<Piece>, String> {
        self.tick()?;
        let Some(mut piece) = self.chain.piece(height, wanted) else { return Ok(None) };
        assert_eq!(from_bytes::<Piece>(&to_bytes(&piece)), Ok(piece.clone()));
        (self.piece)(&mut piece);
        Ok(Some(piece))
    }

    fn blob(&mut self, id: &BlobId) -> Result<Option<Vec<u8>>, String> {
        self.tick()?;
        let mut bytes = self.chain.blob(id).unwrap();
        bytes.iter_mut().for_each(|bytes| (self.blob)(bytes));
        Ok(bytes)
    }
}

/// A chain with a job whose rows are open, which hands its state out after every block.
fn world() -> (World, JobId) {
    let mut world = World::new();
    world.chain = world.chain.with_snapshots(1);
    let job = world.tested();
    (world, job)
}

/// Goes on with the chain in `dir` instead of its own.
fn moved(world: World, dir: TempDir) -> World {
    let World { goods, time_ms, .. } = world;
    World { chain: open(dir.path()).unwrap(), goods, time_ms, dir }
}

fn is_not_kept<T>(got: &Result<T, Error>) -> bool {
    matches!(got, Err(Error::NotKept { .. }))
}

#[test]
fn a_chain_that_began_with_a_snapshot_goes_on_as_the_other_one() {
    let (world, job) = world();
    let dir = tempfile::tempdir().unwrap();
    let height = restore(dir.path(), &genesis(), &mut From::new(&world.chain)).unwrap();
    let (state, entries) = (world.chain.state().clone(), world.chain.entry_count());
    assert_eq!(height, world.chain.height());
    let mut world = moved(world, dir);
    assert_eq!((world.chain.state(), world.chain.entry_count()), (&state, entries));
    assert_eq!(world.chain.first().get(), height.get() + 1);
    assert_eq!(world.chain.beginning().unwrap().header.height, height);
    // The rows came along: the owner can prove a score on them, and is paid.
    let (pass, proofs) = world.pass(job);
    world.run(&owner(), pass, blobs(proofs));
    world.reveal(job);
    assert!(!world.chain.state().job(&job).unwrap().is_live());
    assert_eq!(world.chain.state().audit(), Ok(()));
    // And what it has written can be opened again.
    let World { chain, dir, .. } = world;
    let (state, height) = (chain.state().clone(), chain.height());
    drop(chain);
    let chain = open(dir.path()).unwrap();
    assert_eq!((chain.state(), chain.height()), (&state, height));
}

#[test]
fn what_was_before_a_snapshot_is_said_not_to_be_kept() {
    let (world, job) = world();
    let dir = tempfile::tempdir().unwrap();
    let height = restore(dir.path(), &genesis(), &mut From::new(&world.chain)).unwrap();
    let mut world = moved(world, dir);
    let chain = &world.chain;
    assert!(is_not_kept(&chain.block(Height::new(1))));
    assert!(is_not_kept(&chain.block(height)));
    assert!(is_not_kept(&chain.events_since(0, 10)));
    assert!(is_not_kept(&chain.history(&Topic::Job(job), 0)));
    assert!(is_not_kept(&chain.logged(&Topic::Job(job), 0)));
    assert!(is_not_kept(&chain.executed(&buyer().address(), 0)));
    assert!(is_not_kept(&chain.burned_since(Height::new(1))));
    assert!(is_not_kept(&chain.receipt(&job)));
    // What is to come, and what never was, is another matter.
    assert!(chain.block(Height::new(height.get() + 1)).unwrap().is_none());
    assert!(chain.logged(&Topic::Job(job), 99).unwrap().is_none());
    assert_eq!(chain.certified(height).unwrap().as_ref(), chain.beginning());
    let transfer = world.transfer(1);
    world.run(&buyer(), transfer, Blobs::new());
    let chain = &world.chain;
    assert!(chain.block(world.chain.height()).unwrap().is_some());
    let nonce = world.nonce(&buyer()) - 1;
    assert!(chain.executed(&buyer().address(), nonce).unwrap().is_some());
    assert_eq!(chain.events_since(chain.entry_count() - 1, 9).unwrap().len(), 1);
}

#[test]
fn a_fetch_can_stop_anywhere_and_is_not_begun_anew() {
    let (world, _) = world();
    let mut whole = From::new(&world.chain);
    restore(tempfile::tempdir().unwrap().path(), &genesis(), &mut whole).unwrap();
    assert!(whole.given > 5, "{}", whole.given);
    let dir = tempfile::tempdir().unwrap();
    let mut given = 0;
    for _ in 0..whole.given {
        let mut from = From { left: 1, ..From::new(&world.chain) };
        match restore(dir.path(), &genesis(), &mut from) {
            Ok(_) => {
                given += from.given;
                break;
            }
            Err(error) => {
                assert!(matches!(error, RestoreError::Source(_)), "{error}");
                assert!(!dir.path().join("chain.redb").exists(), "half of a chain");
            }
        }
        given += from.given;
    }
    assert!(dir.path().join("chain.redb").exists() && !dir.path().join("snapshot").exists());
    assert_eq!(given, whole.given, "nothing was fetched twice");
    let again = restore(dir.path(), &genesis(), &mut From::new(&world.chain));
    assert!(matches!(again, Err(RestoreError::Exists)), "{again:?}");
}

#[test]
fn what_lies_damaged_in_the_folder_is_fetched_again() {
    let (world, _) = world();
    let dir = tempfile::tempdir().unwrap();
    let mut from = From { left: 4, ..From::new(&world.chain) };
    restore(dir.path(), &genesis(), &mut from).unwrap_err();
    let file = |name: &str| dir.path().join("snapshot").join(name);
    std::fs::write(file("00000001"), b"damaged").unwrap();
    restore(dir.path(), &genesis(), &mut From::new(&world.chain)).unwrap();
    assert_eq!(moved(world, dir).chain.state().audit(), Ok(()));
}

#[test]
fn every_lie_of_a_source_is_refused_and_leaves_no_chain() {
    let (world, _) = world();
    let check = |from: &mut From<'_>, is_meant: &dyn Fn(&Unfit) -> bool| {
        let dir = tempfile::tempdir().unwrap();
        match restore(dir.path(), &genesis(), from) {
            Err(RestoreError::Unfit(unfit)) => assert!(is_meant(&unfit), "{unfit:?}"),
            got => panic!("{got:?}"),
        }
        assert!(open_fresh(dir.path()), "it holds something");
    };
    let new = || From::new(&world.chain);
    let head = |unfit: &Unfit| matches!(unfit, Unfit::State(PieceRejection::Head(_)));
    check(&mut From { beginning: |one| one.head[40] ^= 1, ..new() }, &head);
    check(&mut From { beginning: |one| one.roots.maps[0].0[0] ^= 1, ..new() }, &head);
    let header = |unfit: &Unfit| matches!(unfit, Unfit::Header(_));
    check(
        &mut From { beginning: |one| one.certified.header.state_root.0[0] ^= 1, ..new() },
        &header,
    );
    check(
        &mut From {
            beginning: |one| {
                let Finality::Authority(signature) = &mut one.certified.finality else { return };
                *signature = owner().sign(&[0; 32]);
            },
            ..new()
        },
        &header,
    );
    let last = |unfit: &Unfit| matches!(unfit, Unfit::State(PieceRejection::Last(_)));
    check(&mut From { piece: |one| one.entries.last_mut().unwrap().1[0] ^= 1, ..new() }, &last);
    check(&mut From { piece: |one| drop(one.entries.pop()), ..new() }, &|unfit| {
        last(unfit) || matches!(unfit, Unfit::State(PieceRejection::Kind))
    });
    let content = |unfit: &Unfit| matches!(unfit, Unfit::State(PieceRejection::Content));
    check(&mut From { piece: |one| drop(one.entries.remove(0)), ..new() }, &|unfit| {
        content(unfit) || matches!(unfit, Unfit::State(PieceRejection::Kind))
    });
    let dir = tempfile::tempdir().unwrap();
    let got = restore(dir.path(), &genesis(), &mut From { blob: |bytes| bytes[9] ^= 1, ..new() });
    assert!(matches!(got, Err(RestoreError::Blob(_))), "{got:?}");
    assert!(open_fresh(dir.path()), "it holds something");
}

/// Whether a directory holds no chain.
fn open_fresh(dir: &Path) -> bool {
    !dir.join("chain.redb").exists()
}

#[test]
fn a_source_that_goes_on_to_another_snapshot_is_followed() {
    /// Keeps no snapshot but the latest, and makes a block when it is asked for the first piece.
    struct Hurried {
        world: World,
        blocks: u32,
    }
    impl Source for Hurried {
        type Error = String;

        fn beginning(&mut self) -> Result<Beginning, String> {
            Ok(self.world.chain.snapshot().unwrap())
        }

        fn handovers(&mut self, _: u64) -> Result<Handovers, String> {
            unreachable!("an authority has no successors")
        }

        fn piece(&mut self, height: Height, wanted: &Wanted) -> Result<Option<Piece>, String> {
            for _ in 0..std::mem::take(&mut self.blocks) {
                self.world.produce().unwrap();
            }
            Ok(self.world.chain.piece(height, wanted))
        }

        fn blob(&mut self, id: &BlobId) -> Result<Option<Vec<u8>>, String> {
            Ok(self.world.chain.blob(id).unwrap())
        }
    }
    let (world, _) = world();
    let before = world.chain.height().get();
    let mut hurried = Hurried { world, blocks: 9 };
    let dir = tempfile::tempdir().unwrap();
    let height = restore(dir.path(), &genesis(), &mut hurried).unwrap();
    assert_eq!(height.get(), before + 9);
}

#[test]
fn a_backup_in_a_folder_is_a_snapshot() {
    let (world, job) = world();
    let (backup, dir) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let path = backup.path().join("backup");
    let height = write(&world.chain, &path).unwrap();
    assert!(Folder::new(&path).is_of(&genesis()).unwrap());
    assert!(matches!(write(&world.chain, &path), Err(Error::Io { .. })), "it is there already");
    let state = world.chain.state().clone();
    // Without one of its files it is none.
    let piece = path.join("00000000");
    let bytes = std::fs::read(&piece).unwrap();
    std::fs::remove_file(&piece).unwrap();
    assert!(restore(dir.path(), &genesis(), &mut Folder::new(&path)).is_err());
    std::fs::write(&piece, bytes).unwrap();
    assert_eq!(restore(dir.path(), &genesis(), &mut Folder::new(&path)).unwrap(), height);
    let world = moved(world, dir);
    assert_eq!(world.chain.state(), &state);
    let rows = world.chain.state().job(&job).unwrap().blobs();
    assert!(world.chain.blob(&rows[0]).unwrap().is_some());
}

/// Who trusts a checkpoint begins neither before it nor on another chain.
#[test]
fn who_trusts_a_checkpoint_begins_behind_it_and_nowhere_else() {
    let (world, _) = world();
    let header = From::new(&world.chain).beginning().unwrap().certified.header;
    let trusted = |height: Height, block| {
        Checkpoint::new(genesis().digest(), height, block, Vec::new()).unwrap()
    };
    let try_with = |checkpoint: &Checkpoint| {
        let dir = tempfile::tempdir().unwrap();
        restore_since(dir.path(), &genesis(), checkpoint, &mut From::new(&world.chain))
    };
    let at = header.height;
    assert_eq!(try_with(&trusted(at, header.digest())).unwrap(), at);
    assert_eq!(try_with(&trusted(Height::new(1), Digest([1; 32]))).unwrap(), at);
    let later = try_with(&trusted(Height::new(at.get() + 1), Digest([1; 32]))).unwrap_err();
    assert!(matches!(later, RestoreError::Unfit(Unfit::Early { .. })), "{later:?}");
    let other = try_with(&trusted(at, Digest([1; 32]))).unwrap_err();
    let is_header =
        |rule: &Unfit| matches!(rule, Unfit::Header(header::Rejection::Checkpoint { .. }));
    assert!(matches!(&other, RestoreError::Unfit(rule) if is_header(rule)), "{other:?}");
    let foreign = Checkpoint::new(Digest([9; 32]), at, header.digest(), Vec::new()).unwrap();
    let foreign = try_with(&foreign).unwrap_err();
    assert!(matches!(foreign, RestoreError::Checkpoint(_)), "{foreign:?}");
}
