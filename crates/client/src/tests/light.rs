//! A node that lies in each part of an answer, to who has the genesis.

use super::{Answer as Reply, PARAMETERS, listen};
use crate::light::{Error, Light, Told};
use assay_api::with_canonical;
use assay_codec::{Digest, to_bytes};
use assay_ledger::{Account, State};
use assay_types::header::{Rejection as HeaderRejection, VERSION};
use assay_types::state::{Answer, AnswerRejection, Kind, Rejection};
use assay_types::validators::Succession;
use assay_types::{Address, Amount, Certified, Finality, Genesis, Header, Height, JobId};
use assay_wallet::Keys;
use serde_json::Map;
use std::sync::{Arc, Mutex};

const ALICE: Address = Address([7; 20]);
const NOBODY: Address = Address([8; 20]);

fn authority() -> Keys {
    Keys::from_seed(&[1; 32])
}

fn genesis(chain: u64) -> Genesis {
    let balances = vec![(ALICE, Amount::new(9)), (Address([9; 20]), Amount::new(5))];
    Genesis::new(chain, 1, authority().address(), PARAMETERS, balances).unwrap()
}

/// A final header over the state of a chain that has this number, after so many blocks.
fn certified(chain: u64, blocks: u64) -> (State, Certified) {
    let mut state = State::new(&genesis(chain));
    (0..blocks).for_each(|block| drop(state.open_block(block + 10).unwrap()));
    let header = Header {
        version: VERSION,
        genesis: state.genesis(),
        parent: Digest([1; 32]),
        height: state.height(),
        time_ms: state.time_ms(),
        tx_root: Digest([2; 32]),
        log_root: Digest([3; 32]),
        state_root: state.root(),
    };
    let finality = Finality::Authority(authority().sign(&header.digest().0));
    (state, Certified { header, finality })
}

fn answer_at(chain: u64, blocks: u64, kind: Kind, key: &[u8]) -> Answer {
    let (state, certified) = certified(chain, blocks);
    let proven = state.prove(kind, key).unwrap();
    Answer { certified, value: proven.value, proof: proven.proof }
}

fn honest(address: &Address) -> Answer {
    answer_at(9, 3, Kind::Account, &to_bytes(address))
}

/// A light client of a node that answers with what is put there.
fn light(first: &Answer) -> (Light, Arc<Mutex<Answer>>) {
    let told = Arc::new(Mutex::new(first.clone()));
    let tells = told.clone();
    let url = listen(move |_, _| -> Reply {
        let answer = tells.lock().unwrap();
        (200, with_canonical(Map::new(), &*answer).to_string())
    });
    (Light::new(&url, &genesis(9), &crate::Trust::Web), told)
}

#[test]
fn what_is_proven_is_told_with_its_block() {
    let (mut light, told) = light(&honest(&ALICE));
    let account = Account { balance: Amount::new(9), nonce: 0 };
    let expected = Told { value: account, height: Height::new(3), time_ms: 12 };
    assert_eq!(light.account(&ALICE).unwrap(), expected);
    *told.lock().unwrap() = honest(&NOBODY);
    assert_eq!(light.account(&NOBODY).unwrap().value, Account::default());
    let job = JobId(Digest([4; 32]));
    *told.lock().unwrap() = answer_at(9, 4, Kind::Job, &to_bytes(&job));
    assert_eq!(light.job(&job).unwrap().value, None);
    assert_eq!(light.seen(), Height::new(4));
}

/// Its name, what it does to an honest answer, and whether it is refused as it should be.
type Lie = (&'static str, fn(&mut Answer), fn(&Error) -> bool);

fn state(error: &Error, is_meant: fn(&Rejection) -> bool) -> bool {
    matches!(error, Error::Unproven(AnswerRejection::State(rule)) if is_meant(rule))
}

fn header(error: &Error, is_meant: fn(&HeaderRejection) -> bool) -> bool {
    matches!(error, Error::Unproven(AnswerRejection::Header(rule)) if is_meant(rule))
}

fn map(error: &Error) -> bool {
    state(error, |rule| matches!(rule, Rejection::Map(_)))
}

#[test]
fn every_lie_is_refused_under_its_rule() {
    let lies: &[Lie] = &[
        ("more money", |answer| answer.value.as_mut().unwrap()[0] += 1, map),
        ("no account", |answer| answer.value = None, map),
        ("another account", |answer| *answer = honest(&Address([9; 20])), map),
        ("one step less", |answer| answer.proof.path.steps.truncate(0), map),
        ("another neighbour", |answer| answer.proof.path.steps[0].sibling.0[0] ^= 1, map),
        ("more entries", |answer| answer.proof.path.count += 1, map),
        (
            "another map",
            |answer| answer.proof.roots.maps[0].0[0] ^= 1,
            |error| state(error, |rule| matches!(rule, Rejection::Roots { .. })),
        ),
        (
            "other scalars",
            |answer| answer.proof.roots.head.0[0] ^= 1,
            |error| state(error, |rule| matches!(rule, Rejection::Roots { .. })),
        ),
        (
            "a state of its own",
            |answer| answer.certified.header.state_root.0[0] ^= 1,
            |error| header(error, |rule| matches!(rule, HeaderRejection::Authority { .. })),
        ),
        (
            "a later block",
            |answer| answer.certified.header.height = Height::new(9),
            |error| header(error, |rule| matches!(rule, HeaderRejection::Authority { .. })),
        ),
        (
            "signed by itself",
            |answer| {
                let own = Keys::from_seed(&[2; 32]).sign(&answer.certified.header.digest().0);
                answer.certified.finality = Finality::Authority(own);
            },
            |error| header(error, |rule| matches!(rule, HeaderRejection::Authority { .. })),
        ),
        (
            "another version",
            |answer| answer.certified.header.version += 1,
            |error| header(error, |rule| matches!(rule, HeaderRejection::Version(_))),
        ),
        (
            "another chain",
            |answer| {
                *answer = answer_at(8, 3, Kind::Account, &to_bytes(&ALICE));
            },
            |error| header(error, |rule| matches!(rule, HeaderRejection::Genesis { .. })),
        ),
        (
            "an earlier block",
            |answer| {
                *answer = answer_at(9, 2, Kind::Account, &to_bytes(&ALICE));
            },
            |error| matches!(error, Error::Stale { .. }),
        ),
    ];
    let (mut light, told) = light(&honest(&ALICE));
    light.account(&ALICE).unwrap();
    for (name, lie, is_meant) in lies {
        let mut answer = honest(&ALICE);
        lie(&mut answer);
        *told.lock().unwrap() = answer;
        let error = light.account(&ALICE).unwrap_err();
        assert!(is_meant(&error), "{name}: {error:?}");
        assert_eq!(light.seen(), Height::new(3), "{name}");
    }
}

#[test]
fn no_byte_of_an_answer_can_be_changed() {
    let answer = honest(&ALICE);
    let bytes = to_bytes(&answer);
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1 << (at % 8);
        if let Ok(changed) = assay_codec::from_bytes::<Answer>(&changed) {
            let got =
                changed.verify(&Succession::new(&genesis(9)), Kind::Account, &to_bytes(&ALICE));
            assert!(got.is_err(), "byte {at}");
        }
    }
}
