//! The log of random histories: no entry can be left out, moved, changed or added unseen.

use crate::histories::History;
use crate::random::{Random, effort};
use assay_codec::{Digest, to_bytes};
use assay_ledger::State;
use assay_types::log::is_history;
use assay_types::{Height, LogEntry, Topic, merkle};
use std::collections::BTreeMap;

fn histories() -> impl Iterator<Item = (History, Random)> {
    (0..3 * effort()).map(|seed| {
        let mut history = History::new(1_000 + seed);
        (0..500).for_each(|_| history.step());
        (history, Random(seed))
    })
}

fn topics(history: &History) -> BTreeMap<Topic, Vec<LogEntry>> {
    let mut topics: BTreeMap<Topic, Vec<LogEntry>> = BTreeMap::new();
    for entry in history.log.iter().flatten() {
        topics.entry(entry.topic).or_default().push(entry.clone());
    }
    topics
}

/// Whether these are all entries of a topic: they are a history, and its running hash is the ledger's.
fn is_whole(state: &State, topic: &Topic, entries: &[LogEntry]) -> bool {
    let last = entries.last().map_or(Digest::default(), LogEntry::digest);
    is_history(entries) && state.tip(topic) == (entries.len() as u64, last)
}

#[test]
fn no_prefix_suffix_omission_order_or_change_passes_for_a_topics_history() {
    let mut checked = 0;
    for (history, mut random) in histories() {
        let topics = topics(&history);
        for (topic, story) in &topics {
            assert!(is_whole(&history.state, topic, story));
            let mut check = |entries: &[LogEntry]| {
                assert!(!is_whole(&history.state, topic, entries), "{entries:?}");
                checked += 1;
            };
            let len = story.len();
            for at in 0..len {
                check(&story[..at]);
                if 0 < at {
                    check(&story[at..]);
                }
                let change = |change: &dyn Fn(&mut Vec<LogEntry>)| {
                    let mut story = story.clone();
                    change(&mut story);
                    story
                };
                check(&change(&|story| drop(story.remove(at))));
                check(&change(&|story| story.insert(at, story[at].clone())));
                check(&change(&|story| story.push(story[at].clone())));
                if at + 1 < len {
                    check(&change(&|story| story.swap(at, at + 1)));
                }
                check(&change(&|story| story[at].time_ms ^= 1));
                check(&change(&|story| story[at].height = Height::new(0)));
                check(&change(&|story| story[at].sequence += 1));
                check(&change(&|story| story[at].previous.0[0] ^= 1));
                let other = random.of(&topics.values().collect::<Vec<_>>());
                let foreign = random.of(other);
                if foreign != story[at] {
                    check(&change(&|story| story[at].event = foreign.event.clone()));
                    check(&change(&|story| story[at] = foreign.clone()));
                }
            }
        }
    }
    assert!(1_000 < checked);
}

#[test]
fn sequence_numbers_times_and_heights_never_fall() {
    for (history, _) in histories() {
        for story in topics(&history).values() {
            for pair in story.windows(2) {
                assert_eq!(pair[1].sequence, pair[0].sequence + 1);
                assert!(pair[0].height <= pair[1].height && pair[0].time_ms <= pair[1].time_ms);
                assert_eq!(pair[1].previous, pair[0].digest());
            }
        }
    }
}

#[test]
fn every_entry_of_every_block_is_proven_and_no_changed_proof_is() {
    let mut proven = 0;
    for (history, mut random) in histories() {
        for block in &history.log {
            let leaves: Vec<Vec<u8>> = block.iter().map(to_bytes).collect();
            let root = merkle::root(&leaves);
            for (at, leaf) in leaves.iter().enumerate() {
                let proof = merkle::prove(&leaves, at).unwrap();
                assert_eq!(merkle::verify(&root, leaf, &proof), Ok(()));
                no_mutation_passes(&root, leaf, &proof, &mut random);
                for other in leaves.iter().filter(|other| *other != leaf) {
                    assert!(merkle::verify(&root, other, &proof).is_err());
                }
                proven += 1;
            }
            assert_eq!(merkle::prove(&leaves, leaves.len()), None);
        }
    }
    assert!(500 < proven);
}

/// One bit anywhere in root, leaf or path, another place or size, a longer, shorter or turned path.
fn no_mutation_passes(root: &Digest, leaf: &[u8], proof: &merkle::Proof, random: &mut Random) {
    let fails = |root: &Digest, leaf: &[u8], proof: &merkle::Proof| {
        assert!(merkle::verify(root, leaf, proof).is_err(), "{proof:?}");
    };
    let mut bit = |bytes: &mut [u8]| {
        let at = random.below(bytes.len());
        bytes[at] ^= 1 << random.below(8);
    };
    let mut other = *root;
    bit(&mut other.0);
    fails(&other, leaf, proof);
    let mut other = leaf.to_vec();
    bit(&mut other);
    fails(root, &other, proof);
    fails(root, &leaf[1..], proof);
    fails(root, &[leaf, &[0]].concat(), proof);
    for at in 0..proof.path.len() {
        let mut other = proof.clone();
        bit(&mut other.path[at].0);
        fails(root, leaf, &other);
        let mut other = proof.clone();
        other.path.remove(at);
        fails(root, leaf, &other);
        let mut other = proof.clone();
        other.path.insert(at, proof.path[at]);
        fails(root, leaf, &other);
        if 0 < at {
            let mut other = proof.clone();
            other.path.swap(at - 1, at);
            fails(root, leaf, &other);
        }
    }
    for index in (0..=proof.size).filter(|index| *index != proof.index) {
        fails(root, leaf, &merkle::Proof { index, ..proof.clone() });
    }
    for size in (0..2 * proof.size + 2).filter(|size| *size != proof.size) {
        fails(root, leaf, &merkle::Proof { size, ..proof.clone() });
    }
}
