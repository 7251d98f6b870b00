//! Stakes: what is signed and sent about them. Kinds of action that came after the golden files were made.

use crate::sample::{Random, Sample};
use crate::validators::secret;
use assay_codec::{Decode, Digest, Encode, Error, from_bytes, to_bytes};
use assay_types::stake::{Endpoint, Registration};
use assay_types::tx::{Accuse, Bond, Unbond, Withdraw};
use assay_types::validators::double_vote::{Ballot, Conflict};
use assay_types::validators::{Proposed, Round, VoteKey, VoteSignature};
use assay_types::{Action, Address, Amount, DoubleVote, Event, Height, Topic, Tx};
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::net::{Ipv6Addr, SocketAddrV6};

fn registration() -> Registration {
    Registration {
        network: [3; 32],
        vote: VoteKey::new(secret(1).sk_to_pk().to_bytes()).unwrap(),
        possession: VoteSignature([4; 96]),
        endpoint: Endpoint::new(([192, 0, 2, 1], 9000).into()).unwrap(),
    }
}

fn evidence() -> DoubleVote {
    let proposed = Proposed { parent_view: 1, payload: Digest([5; 32]) };
    DoubleVote {
        guilty: registration().vote,
        round: Round { epoch: 0, view: 2 },
        conflict: Conflict::NullifiedAndFinalized {
            nullified: VoteSignature([6; 96]),
            finalized: Ballot { proposed, signature: VoteSignature([7; 96]) },
        },
    }
}

fn actions() -> [Action; 5] {
    [
        Bond { amount: Amount::new(7), registration: None }.into(),
        Bond { amount: Amount::new(7), registration: Some(registration()) }.into(),
        Unbond { amount: Amount::new(7) }.into(),
        Withdraw.into(),
        Accuse { evidence: evidence() }.into(),
    ]
}

/// Changed anywhere, it is refused or is another value's only encoding.
#[track_caller]
fn is_canonical<T: Encode + Decode + PartialEq + Debug>(value: &T) {
    let bytes = to_bytes(value);
    assert_eq!(from_bytes::<T>(&bytes).as_ref(), Ok(value));
    for at in 0..bytes.len() {
        assert!(from_bytes::<T>(&bytes[..at]).is_err());
        let mut changed = bytes.clone();
        changed[at] ^= 1 << (at % 8);
        if let Ok(other) = from_bytes::<T>(&changed) {
            assert_eq!(to_bytes(&other), changed);
        }
    }
}

#[test]
fn actions_and_events_have_one_encoding() {
    actions().iter().for_each(is_canonical);
    let (owner, amount) = (Address([8; 20]), Amount::new(9));
    let events = [
        Event::Bonded { owner, amount, registration: Some(registration()) },
        Event::Unbonded { owner, amount, free: Height::new(10) },
        Event::Withdrawn { owner, amount },
        Event::Convicted {
            owner,
            accuser: Address([1; 20]),
            burned: amount,
            reward: amount,
            evidence: Box::new(evidence()),
        },
    ];
    for event in &events {
        is_canonical(event);
        assert_eq!(event.topic(), Topic::Account(owner));
    }
}

#[test]
fn tags_stay_as_they_are() {
    assert_eq!(actions().map(|action| to_bytes(&action)[0]), [12, 12, 13, 14, 15]);
}

/// Each byte of an action's encoding, changed, gives another action and so another digest.
#[test]
fn every_part_is_signed() {
    let genesis = Digest([1; 32]);
    for action in actions() {
        let tx = Tx { action, ..Tx::sample(&mut Random(1)) };
        let mut digests = BTreeSet::from([tx.signing_digest(&genesis)]);
        let bytes = to_bytes(&tx.action);
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << (at % 8);
            let Ok(action) = from_bytes(&changed) else { continue };
            let other = Tx { action, ..tx.clone() };
            assert!(digests.insert(other.signing_digest(&genesis)), "byte {at} of {other:?}");
        }
    }
}

/// What a wallet shows of an action: who, how much, and a digest of the rest.
#[test]
fn what_is_shown_can_be_read() {
    let genesis = Digest([1; 32]);
    let shown = |action: &Action| {
        let tx = Tx { action: action.clone(), ..Tx::sample(&mut Random(1)) };
        let fields = tx.typed_data(&genesis).fields.into_iter();
        fields.skip(4).map(|field| (field.name, field.value)).collect::<Vec<_>>()
    };
    let [_, bond, unbond, withdraw, accuse] = actions();
    let validator = format!("0x{} at 192.0.2.1:9000", "03".repeat(32));
    assert_eq!(shown(&bond)[..2], [pair("amount", "7"), pair("validator", &validator)]);
    assert_eq!(shown(&unbond), [pair("amount", "7")]);
    assert_eq!(shown(&withdraw), []);
    let guilty = registration().vote.to_string();
    let expected = [pair("guilty", &guilty), pair("epoch", "0"), pair("view", "2")];
    assert_eq!(shown(&accuse)[..3], expected);
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

#[test]
fn one_proof_is_paid_for_where_something_is_verified() {
    assert_eq!(actions().map(|action| action.proofs()), [0, 1, 0, 0, 1]);
    assert!(actions().iter().all(|action| action.blobs().is_empty()));
}

#[test]
fn an_endpoint_has_one_encoding() {
    let four = registration().endpoint;
    let ip = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1);
    // Scope and flow mean something on one machine only.
    let six = Endpoint::new(SocketAddrV6::new(ip, 9000, 5, 6).into()).unwrap();
    assert_eq!(six, Endpoint::new(SocketAddrV6::new(ip, 9000, 0, 0).into()).unwrap());
    [four, six].iter().for_each(is_canonical);
    assert_eq!(to_bytes(&four), [4, 192, 0, 2, 1, 0x28, 0x23]);
    assert!(Endpoint::new(([127, 0, 0, 1], 0).into()).is_err());
    let unknown = Error::Tag { what: "IP address", got: 5 };
    assert_eq!(from_bytes::<Endpoint>(&[5, 0, 0, 0, 0, 1, 0]), Err(unknown));
}
