//! Evidence against validators that vote twice.

use crate::validators::{bytes, secret};
use assay_codec::{Digest, Error, from_bytes, to_bytes};
use assay_types::DoubleVote;
use assay_types::validators::double_vote::{Ballot, Conflict, Rejection};
use assay_types::validators::{Proposed, Round, VOTE_DST, Vote, VoteKey, VoteSignature};

const GENESIS: Digest = Digest([7; 32]);
const ROUND: Round = Round { epoch: 3, view: 300 };

fn proposed(payload: u8) -> Proposed {
    Proposed { parent_view: 299, payload: Digest([payload; 32]) }
}

/// The vote of the validator with this secret.
fn sign(seed: u8, vote: Vote) -> VoteSignature {
    let message = vote.message(&GENESIS, ROUND);
    VoteSignature(secret(seed).sign(&message, VOTE_DST, &[]).to_bytes())
}

fn ballot(seed: u8, vote: fn(Proposed) -> Vote, payload: u8) -> Ballot {
    let proposed = proposed(payload);
    Ballot { proposed, signature: sign(seed, vote(proposed)) }
}

/// Two votes of the validator with this secret, in each way in which they can contradict each other.
fn all(seed: u8) -> [DoubleVote; 3] {
    let two = |vote| [ballot(seed, vote, 1), ballot(seed, vote, 2)];
    let both = Conflict::NullifiedAndFinalized {
        nullified: sign(seed, Vote::Nullify),
        finalized: ballot(seed, Vote::Finalize, 1),
    };
    [Conflict::Notarized(two(Vote::Notarize)), Conflict::Finalized(two(Vote::Finalize)), both]
        .map(|conflict| DoubleVote { guilty: key(seed), round: ROUND, conflict })
}

fn key(seed: u8) -> VoteKey {
    VoteKey::new(secret(seed).sk_to_pk().to_bytes()).unwrap()
}

#[test]
fn two_votes_convict() {
    for evidence in all(1) {
        assert_eq!(evidence.verify(&GENESIS), Ok(()));
        assert_eq!(from_bytes(&to_bytes(&evidence)), Ok(evidence));
    }
}

#[test]
fn rejects_one_proposal_twice_and_ballots_out_of_order() {
    type Kind = (fn([Ballot; 2]) -> Conflict, fn(Proposed) -> Vote);
    let kinds: [Kind; 2] =
        [(Conflict::Notarized, Vote::Notarize), (Conflict::Finalized, Vote::Finalize)];
    for (kind, vote) in kinds {
        let [first, second] = [1, 2].map(|payload| ballot(1, vote, payload));
        for ballots in [[first, first], [second, first]] {
            let evidence = DoubleVote { guilty: key(1), round: ROUND, conflict: kind(ballots) };
            assert_eq!(evidence.verify(&GENESIS), Err(Rejection::Order));
        }
        let sorted = Conflict::sorted([second, first]);
        let evidence = DoubleVote { guilty: key(1), round: ROUND, conflict: kind(sorted) };
        assert_eq!(evidence.verify(&GENESIS), Ok(()));
    }
}

#[test]
fn one_payload_upon_two_parents_are_two_proposals() {
    let on = |parent_view| {
        let proposed = Proposed { parent_view, ..proposed(1) };
        Ballot { proposed, signature: sign(1, Vote::Notarize(proposed)) }
    };
    let conflict = Conflict::Notarized([on(298), on(299)]);
    assert_eq!(DoubleVote { guilty: key(1), round: ROUND, conflict }.verify(&GENESIS), Ok(()));
}

/// An honest validator notarises a proposal and nullifies the view when it waits in vain.
#[test]
fn a_vote_of_one_kind_counts_for_no_other() {
    let both = |nullified, finalized| DoubleVote {
        guilty: key(1),
        round: ROUND,
        conflict: Conflict::NullifiedAndFinalized { nullified, finalized },
    };
    let honest = both(sign(1, Vote::Nullify), ballot(1, Vote::Notarize, 1));
    assert_eq!(honest.verify(&GENESIS), Err(Rejection::Vote { index: 1 }));
    let [notarized, finalized] = [Vote::Notarize, Vote::Finalize].map(|vote| ballot(1, vote, 1));
    let same = both(finalized.signature, finalized);
    assert_eq!(same.verify(&GENESIS), Err(Rejection::Vote { index: 0 }));
    // A view in which one proposal is notarised and another finalised.
    let other = ballot(1, Vote::Finalize, 2);
    for kind in [Conflict::Notarized, Conflict::Finalized] {
        let mixed = DoubleVote { guilty: key(1), round: ROUND, conflict: kind([notarized, other]) };
        assert!(matches!(mixed.verify(&GENESIS), Err(Rejection::Vote { .. })));
    }
}

#[test]
fn nobody_is_convicted_by_the_votes_of_others() {
    for (own, other) in all(1).into_iter().zip(all(2)) {
        let stolen = DoubleVote { guilty: key(2), ..own };
        assert_eq!(stolen.verify(&GENESIS), Err(Rejection::Vote { index: 0 }));
        // One vote of each.
        let conflict = match (own.conflict, other.conflict) {
            (Conflict::Notarized([first, _]), Conflict::Notarized([_, second])) => {
                Conflict::Notarized([first, second])
            }
            (Conflict::Finalized([first, _]), Conflict::Finalized([_, second])) => {
                Conflict::Finalized([first, second])
            }
            (
                Conflict::NullifiedAndFinalized { nullified, .. },
                Conflict::NullifiedAndFinalized { finalized, .. },
            ) => Conflict::NullifiedAndFinalized { nullified, finalized },
            _ => panic!("two of one kind"),
        };
        let mixed = DoubleVote { conflict, ..own };
        assert_eq!(mixed.verify(&GENESIS), Err(Rejection::Vote { index: 1 }));
    }
}

#[test]
fn votes_of_another_chain_or_round_are_none() {
    for evidence in all(1) {
        let first = Err(Rejection::Vote { index: 0 });
        assert_eq!(evidence.verify(&Digest([8; 32])), first);
        for round in [Round { epoch: 4, ..ROUND }, Round { view: 301, ..ROUND }] {
            assert_eq!(DoubleVote { round, ..evidence }.verify(&GENESIS), first);
        }
    }
}

#[test]
fn every_byte_counts() {
    for evidence in all(1) {
        let good = to_bytes(&evidence);
        for at in 0..good.len() {
            let mut bytes = good.clone();
            bytes[at] ^= 1 << (at % 8);
            if let Ok(other) = from_bytes::<DoubleVote>(&bytes) {
                assert!(other.verify(&GENESIS).is_err(), "byte {at}");
            }
        }
        assert!(from_bytes::<DoubleVote>(&good[..good.len() - 1]).is_err());
        assert!(from_bytes::<DoubleVote>(&[&good[..], &[0]].concat()).is_err());
    }
    let mut unknown = to_bytes(&all(1)[0]);
    unknown[64] = 3;
    let expected = Error::Tag { what: "conflict", got: 3 };
    assert_eq!(from_bytes::<DoubleVote>(&unknown), Err(expected));
}

/// Votes that the consensus library has signed: other code than what verifies them here.
#[test]
fn double_votes_of_the_library_hold() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../vectors/double-votes-1.json");
    let vector: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let genesis = Digest(bytes(&vector["genesis"]).try_into().unwrap());
    let list = vector["double_votes"].as_array().unwrap();
    assert_eq!(list.len(), 4);
    for one in list {
        let encoded = bytes(&one["evidence"]);
        let evidence: DoubleVote = from_bytes(&encoded).unwrap();
        assert_eq!(to_bytes(&evidence), encoded);
        assert_eq!(evidence.verify(&genesis), Ok(()));
        assert_eq!(evidence.guilty.to_string(), one["guilty"]);
        assert_eq!(evidence.round.epoch, one["epoch"]);
        assert_eq!(evidence.round.view, one["view"]);
        for (at, (vote, signature)) in evidence.conflict.votes().iter().enumerate() {
            let expected = &one["votes"][at];
            assert_eq!(vote.message(&genesis, evidence.round), bytes(&expected["message"]));
            assert_eq!(signature.to_string(), expected["signature"]);
        }
    }
}
