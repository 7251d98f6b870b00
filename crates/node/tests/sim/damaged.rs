//! A validator's folder as it lies on a disk, which loses it or flips its bits: the node goes on or ends, and says what is wrong.
//!
//! Not in the simulator: the files are real, and so is the clock. One validator alone needs no peers.

use super::founding::{genesis, secrets};
use assay_chain::Chain;
use assay_node::chain::{Pace, start};
use assay_node::consensus::folder;
use assay_node::consensus::network::{self, Config, Error};
use assay_node::consensus::rejoin::{Part, complete, part};
use assay_node::pool::Pool;
use assay_types::Height;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tempfile::TempDir;

/// No life takes as long.
const LONG: Duration = Duration::from_secs(60);

/// Where a life votes.
#[derive(Clone, Copy)]
enum Vote {
    /// As the folder says.
    AsWritten,
    AtOnce,
}

fn now_ms() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    u64::try_from(now.as_millis()).unwrap()
}

fn consensus(dir: &Path) -> PathBuf {
    dir.join("consensus")
}

/// New keys, and blocks made with them.
fn founded(blocks: u64) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    complete(&consensus(dir.path()), None).unwrap();
    live(dir.path(), Vote::AsWritten, blocks).unwrap();
    dir
}

/// Lives until so many more blocks are written, or it ends by itself. Returns the height.
fn live(dir: &Path, vote: Vote, more: u64) -> Result<u64, Error> {
    let (genesis, _) = genesis(1);
    let config = Config {
        secrets: secrets(0),
        listen: ([127, 0, 0, 1], 0).into(),
        peers: Vec::new(),
        dir: consensus(dir),
        votes_at_once: matches!(vote, Vote::AtOnce),
        interval: Duration::from_millis(5),
        is_eager: false,
        account: None,
    };
    let chain = Chain::follow(&dir.join("ledger"), &genesis).unwrap();
    let goal = Height::new(chain.height().get() + more);
    let (mailbox, actor) = start(chain, Pool::of_cores(), Pace::Consensus, now_ms);
    let mut seen = mailbox.seen();
    let result = network::start(&genesis, config, mailbox).and_then(|mut running| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let (ended, grown) = (running.ended(), seen.wait_for(|seen| goal <= seen.height));
        runtime.block_on(async {
            tokio::select! {
                () = ended => {}
                // Gone with the consensus: it says why.
                grown = grown => drop(grown),
                () = tokio::time::sleep(LONG) => panic!("it neither goes on nor ends"),
            }
        });
        running.stop()
    });
    actor.join().unwrap().unwrap();
    let height = seen.borrow().height;
    result.map(|()| {
        assert!(goal <= height, "it ended without a word");
        height.get()
    })
}

/// One file of each partition of the journals, and what lies beside them.
fn files(dir: &Path) -> Vec<PathBuf> {
    let sorted = |dir: &Path| {
        let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
        let mut entries: Vec<_> = entries.collect();
        entries.sort();
        entries
    };
    let first =
        |path: PathBuf| if path.is_dir() { sorted(&path).first().cloned() } else { Some(path) };
    sorted(&dir.join("journals")).into_iter().filter_map(first).collect()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap().path();
        let there = to.join(entry.file_name().unwrap());
        if entry.is_dir() {
            copy(&entry, &there);
        } else {
            fs::copy(&entry, &there).unwrap();
        }
    }
}

/// As a disk does.
fn flip_a_bit(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    bytes[0] ^= 1;
    fs::write(path, bytes).unwrap();
}

/// A bit of each kind of file.
#[test]
fn whatever_is_damaged_it_goes_on_or_says_so() {
    let whole = founded(3);
    let mut ended = Vec::new();
    for path in files(&consensus(whole.path())) {
        if fs::metadata(&path).unwrap().len() == 0 {
            continue;
        }
        let name = path.strip_prefix(whole.path()).unwrap();
        let dir = tempfile::tempdir().unwrap();
        copy(whole.path(), dir.path());
        flip_a_bit(&dir.path().join(name));
        if let Err(error) = live(dir.path(), Vote::AsWritten, 1) {
            let said = chain_of(&error);
            let folder = consensus(dir.path()).display().to_string();
            assert!(said.contains(&folder) && said.contains("move"), "{name:?}: {said}");
            ended.push(dir);
        }
    }
    assert!(3 < ended.len(), "{}", ended.len());
    // What the message says helps. One alone must be told that nobody has more.
    let dir = &ended[0];
    fs::rename(consensus(dir.path()), dir.path().join("damaged")).unwrap();
    let error = live(dir.path(), Vote::AsWritten, 1).unwrap_err();
    assert!(matches!(error, Error::Alone { .. }), "{error}");
    live(dir.path(), Vote::AtOnce, 2).unwrap();
}

/// An error with its sources, as a person reads it.
fn chain_of(error: &dyn std::error::Error) -> String {
    let mut said = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        said = format!("{said}: {error}");
        source = error.source();
    }
    said
}

#[test]
fn one_alone_that_lost_what_it_signed_is_told_what_to_do() {
    let dir = founded(3);
    fs::remove_dir_all(consensus(dir.path())).unwrap();
    let error = live(dir.path(), Vote::AsWritten, 1).unwrap_err();
    let Error::Alone { height, .. } = error else { panic!("{error}") };
    assert!(3 <= height.get());
    assert!(error.to_string().contains("--vote-at-once"), "{error}");
    // Nothing is decided by having asked.
    assert!(matches!(live(dir.path(), Vote::AsWritten, 1), Err(Error::Alone { .. })));
    let reached = live(dir.path(), Vote::AtOnce, 3).unwrap();
    assert!(height.get() + 3 <= reached);
    // And so it goes on.
    assert_eq!(part(&consensus(dir.path())).unwrap(), Part::VotesBehind(None));
    live(dir.path(), Vote::AsWritten, 2).unwrap();
}

#[test]
fn a_folder_of_another_format_is_not_touched() {
    let dir = founded(1);
    let mark = consensus(dir.path()).join("format");
    fs::write(&mark, "assay/consensus-folder/2\n").unwrap();
    let error = live(dir.path(), Vote::AsWritten, 1).unwrap_err();
    assert!(matches!(error, Error::Folder(folder::Error::Format { got: 2, .. })), "{error}");
    fs::remove_file(&mark).unwrap();
    let error = live(dir.path(), Vote::AsWritten, 1).unwrap_err();
    assert!(matches!(error, Error::Folder(folder::Error::Unmarked(_))), "{error}");
    fs::write(&mark, "assay/consensus-folder/1\n").unwrap();
    live(dir.path(), Vote::AsWritten, 1).unwrap();
}
