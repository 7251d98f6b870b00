//! A node whose validators have changed, to who has the genesis.

use super::{Answer as Reply, PARAMETERS, listen};
use crate::light::{Error, Light};
use assay_api::with_canonical;
use assay_codec::{Digest, to_bytes};
use assay_ledger::State;
use assay_types::bounded::List;
use assay_types::header::{Rejection as HeaderRejection, VERSION};
use assay_types::stake::{Endpoint, Founder, Founding, StakeRules};
use assay_types::state::{Answer, AnswerRejection, Kind};
use assay_types::validators::{
    Change, Checkpoint, Handover, Handovers, POSSESSION, POSSESSION_DST, VOTE_DST, VoteKey,
    VoteSignature, succession,
};
use assay_types::{
    Address, Amount, Certificate, Certified, Event, Finality, Genesis, Header, Height, LogEntry,
    Topic, Validator, Validators, merkle,
};
use blst::min_pk::SecretKey;
use serde_json::Map;

const ALICE: Address = Address([7; 20]);
/// Blocks of an epoch.
const EPOCH_BLOCKS: u64 = 4;

fn secret(seed: u8) -> SecretKey {
    SecretKey::key_gen(&[seed; 32], &[]).unwrap()
}

fn validator(seed: u8) -> Validator {
    let public = secret(seed).sk_to_pk().to_bytes();
    let message = [&[u8::try_from(POSSESSION.len()).unwrap()], POSSESSION, &public].concat();
    Validator {
        network: [seed; 32],
        vote: VoteKey::new(public).unwrap(),
        possession: VoteSignature(secret(seed).sign(&message, POSSESSION_DST, &[]).to_bytes()),
        payee: Address([seed; 20]),
    }
}

/// One validator, of whom the others follow.
fn genesis() -> Genesis {
    let rules = StakeRules {
        stake_min: Amount::new(1),
        unbonding_blocks: 8,
        reward_ppm: 0,
        epoch_blocks: EPOCH_BLOCKS,
        seats: 1,
    };
    let endpoint = Endpoint::new(([10, 0, 0, 1], 1).into()).unwrap();
    let founding = Founding { rules, founders: vec![Founder { stake: Amount::new(5), endpoint }] };
    let set = Validators::new(vec![validator(1)]).unwrap();
    Genesis::staked(9, 1, set, founding, PARAMETERS, vec![(ALICE, Amount::new(9))]).unwrap()
}

/// The state after so many blocks, in which nothing happened.
fn state(blocks: u64) -> State {
    let mut state = State::new(&genesis());
    (0..blocks).for_each(|block| drop(state.open_block(block + 10).unwrap()));
    state
}

/// A header over it, certified by the validator of this seed.
fn certified(blocks: u64, log_root: Digest, seed: u8) -> Certified {
    let state = state(blocks);
    let header = Header {
        version: VERSION,
        genesis: state.genesis(),
        parent: Digest([1; 32]),
        height: state.height(),
        time_ms: state.time_ms(),
        tx_root: Digest([2; 32]),
        log_root,
        state_root: state.root(),
    };
    let mut certificate = Certificate {
        epoch: blocks / EPOCH_BLOCKS,
        descendants: Vec::new(),
        view: 9,
        parent_view: 8,
        signers: vec![0],
        signature: VoteSignature([0; 96]),
    };
    let message = certificate.message(&header.genesis, &header.digest());
    certificate.signature = VoteSignature(secret(seed).sign(&message, VOTE_DST, &[]).to_bytes());
    Certified { header, finality: Finality::Validators(Box::new(certificate)) }
}

/// In each epoch the validator of the next seed follows.
fn handovers(count: u64) -> Vec<Handover> {
    let mut previous = Digest::default();
    let handover = |sequence: u64| {
        let seed = u8::try_from(sequence).unwrap() + 2;
        let height = (sequence + 1) * EPOCH_BLOCKS - 1;
        let validators = List::new(vec![validator(seed)]).unwrap();
        let entry = LogEntry {
            topic: Topic::Validators,
            sequence,
            previous,
            height: Height::new(height),
            time_ms: 1,
            event: Event::Seated { epoch: sequence + 1, validators },
        };
        previous = entry.digest();
        let leaves = [to_bytes(&entry)];
        let certified = certified(height, merkle::root(&leaves), seed - 1);
        Handover { entry, certified, inclusion: merkle::prove(&leaves, 0).unwrap() }
    };
    (0..count).map(handover).collect()
}

fn answer(blocks: u64, seed: u8) -> Answer {
    let proven = state(blocks).prove(Kind::Account, &to_bytes(&ALICE)).unwrap();
    let certified = certified(blocks, Digest([3; 32]), seed);
    Answer { certified, value: proven.value, proof: proven.proof }
}

/// A light client of such a node.
fn light(answer: Answer, handovers: Vec<Handover>) -> Light {
    Light::new(&node(answer, handovers), &genesis(), &crate::Trust::Web)
}

/// A light client of such a node, by somebody who trusts a checkpoint.
fn light_since(checkpoint: &Checkpoint, answer: Answer, handovers: Vec<Handover>) -> Light {
    Light::since(&node(answer, handovers), &genesis(), checkpoint, &crate::Trust::Web).unwrap()
}

/// A node that answers this, and hands out these, one at a time.
fn node(answer: Answer, handovers: Vec<Handover>) -> String {
    listen(move |path, _| -> Reply {
        let document = match path.strip_prefix("/v1/handovers?first=") {
            Some(first) => {
                let rest = handovers.iter().skip(first.parse().unwrap()).take(1);
                with_canonical(Map::new(), &Handovers(rest.cloned().collect()))
            }
            None => with_canonical(Map::new(), &answer),
        };
        (200, document.to_string())
    })
}

#[test]
fn validators_are_followed_to_the_epoch_of_the_answer() {
    let mut light = light(answer(9, 3), handovers(2));
    for _ in 0..2 {
        let told = light.account(&ALICE).unwrap();
        assert_eq!((told.value.balance, told.height), (Amount::new(9), Height::new(9)));
    }
}

#[test]
fn in_the_first_epoch_nobody_is_asked() {
    let mut broken = handovers(1);
    broken[0].entry.sequence = 5;
    assert!(light(answer(3, 1), broken).account(&ALICE).is_ok());
}

#[test]
fn a_node_that_hides_or_makes_up_a_change_is_refused() {
    let unproven = |error: Error| match error {
        Error::Unproven(AnswerRejection::Header(rule)) => rule,
        error => panic!("{error:?}"),
    };
    // It hides one, or all; or the old validator speaks for an epoch of another.
    let hidden = light(answer(9, 3), handovers(1)).account(&ALICE).unwrap_err();
    assert!(matches!(unproven(hidden), HeaderRejection::Validators(_)));
    let hidden = light(answer(9, 3), Vec::new()).account(&ALICE).unwrap_err();
    assert!(matches!(unproven(hidden), HeaderRejection::Validators(_)));
    let old = light(answer(9, 2), handovers(2)).account(&ALICE).unwrap_err();
    assert!(matches!(unproven(old), HeaderRejection::Validators(_)));
    // It leaves the first one out, or has seated itself.
    let skipped = light(answer(9, 3), handovers(2).split_off(1)).account(&ALICE).unwrap_err();
    let entry = succession::Rejection::Entry;
    assert!(matches!(skipped, Error::Handover { index: 0, source } if source == entry));
    let mut own = handovers(1);
    own[0].certified = certified(3, own[0].certified.header.log_root, 2);
    let own = light(answer(5, 2), own).account(&ALICE).unwrap_err();
    let is_header = |source| matches!(source, succession::Rejection::Header(_));
    assert!(matches!(own, Error::Handover { index: 0, source } if is_header(source)));
}

/// What the log about validators has after so many blocks, as the state says: nothing happened.
fn counted(blocks: u64, seed: u8) -> Answer {
    let proven = state(blocks).prove(Kind::Tip, &to_bytes(&Topic::Validators)).unwrap();
    let certified = certified(blocks, Digest([3; 32]), seed);
    Answer { certified, value: proven.value, proof: proven.proof }
}

#[test]
fn a_checkpoint_has_all_changes_that_the_state_has_counted() {
    let made = light(counted(2, 1), handovers(1)).checkpoint().unwrap();
    assert_eq!((made.height(), made.changes()), (Height::new(2), &[][..]));
    assert_eq!(made.block(), counted(2, 1).certified.header.digest());
    // Changes that the state knows nothing of; the one that the block itself makes is asked for.
    for (answer, count) in [(counted(9, 3), 2), (counted(3, 1), 1)] {
        let more = light(answer, handovers(count)).checkpoint().unwrap_err();
        assert!(matches!(more, Error::Hidden), "{more:?}");
    }
}

/// A checkpoint after so many blocks of the chain with these changes.
fn checkpoint(blocks: u64, block: Digest, handovers: &[Handover]) -> Checkpoint {
    let change =
        |(epoch, handover): (u64, &Handover)| Change { epoch, tip: handover.entry.digest() };
    let changes = (1..).zip(handovers).map(change).collect();
    Checkpoint::new(genesis().digest(), Height::new(blocks), block, changes).unwrap()
}

#[test]
fn who_trusts_a_checkpoint_believes_no_other_past() {
    let block = answer(9, 3).certified.header.digest();
    let trusted = checkpoint(9, block, &handovers(2));
    assert!(light_since(&trusted, answer(9, 3), handovers(2)).account(&ALICE).is_ok());
    // What was so before is refused, also from a node that says nothing else.
    let old = light_since(&trusted, answer(8, 3), handovers(2)).account(&ALICE).unwrap_err();
    assert!(matches!(old, Error::Stale { .. }), "{old:?}");
    // Another block of its height, as those with the keys can certify.
    let trusted = checkpoint(9, Digest([9; 32]), &handovers(2));
    let other = light_since(&trusted, answer(9, 3), handovers(2)).account(&ALICE).unwrap_err();
    assert!(
        matches!(
            other,
            Error::Unproven(AnswerRejection::Header(HeaderRejection::Checkpoint { .. }))
        ),
        "{other:?}"
    );
    // Another change than the one that happened; the node's holds for who has the genesis alone.
    let mut happened = handovers(2);
    happened[0].entry.time_ms = 2;
    let trusted = checkpoint(9, block, &happened);
    let other = light_since(&trusted, answer(9, 3), handovers(2)).account(&ALICE).unwrap_err();
    let rule = succession::Rejection::Checkpoint;
    assert!(matches!(other, Error::Handover { index: 0, source } if source == rule));
}

#[test]
fn a_checkpoint_of_another_chain_is_refused() {
    let other = Checkpoint::new(Digest([9; 32]), Height::new(1), Digest([1; 32]), Vec::new());
    let refused =
        Light::since("http://127.0.0.1:1", &genesis(), &other.unwrap(), &crate::Trust::Web);
    assert!(refused.is_err());
}
