//! Sets of validators that follow each other: what shows it, and everything else.

use crate::sample::{Random, Sample};
use crate::validators::{secret, sum, validator};
use assay_codec::{Digest, from_bytes, to_bytes};
use assay_types::bounded::List;
use assay_types::header::{Rejection as HeaderRejection, VERSION};
use assay_types::merkle;
use assay_types::stake::{Endpoint, Founder, Founding, StakeRules};
use assay_types::validators::succession::Rejection;
use assay_types::validators::{
    Handover, Handovers, Rejection as Uncertified, Succession, VOTE_DST, VoteSignature,
    is_network_key,
};
use assay_types::{
    Address, Amount, Certificate, Certified, Event, Finality, Genesis, Header, Height, LogEntry,
    Parameters, Topic, Validators,
};

const EPOCH_BLOCKS: u64 = 4;

fn rules(epoch_blocks: u64, seats: u8) -> StakeRules {
    StakeRules {
        stake_min: Amount::new(1),
        unbonding_blocks: 100,
        reward_ppm: 0,
        epoch_blocks,
        seats,
    }
}

pub(crate) fn genesis_with(rules: StakeRules) -> Genesis {
    let founder = |port| Founder {
        stake: Amount::new(5),
        endpoint: Endpoint::new(([10, 0, 0, 1], port).into()).unwrap(),
    };
    let parameters = Parameters {
        fee: Amount::new(1),
        proof_fee: Amount::new(1),
        blob_fee: Amount::new(1),
        fee_burn_ppm: 0,
        listing_burn: Amount::new(1),
        sale_burn_ppm: 0,
        sale_burn_min: Amount::new(0),
        window_min: 10,
        window_max: 20,
    };
    let founding = Founding { rules, founders: (1..=4).map(founder).collect() };
    let balances = vec![(Address([9; 20]), Amount::new(5))];
    Genesis::staked(7, 1, set(&[1, 2, 3, 4]), founding, parameters, balances).unwrap()
}

pub(crate) fn genesis() -> Genesis {
    genesis_with(rules(EPOCH_BLOCKS, 5))
}

fn set(seeds: &[u8]) -> Validators {
    Validators::new(seeds.iter().copied().map(validator).collect()).unwrap()
}

/// A header of this height, with this log.
pub(crate) fn header(height: u64, log_root: Digest) -> Header {
    let sample = Header::sample(&mut Random(height));
    let genesis = genesis().digest();
    Header { version: VERSION, genesis, height: Height::new(height), log_root, ..sample }
}

/// The certificate of a header in an epoch, by the first three of a set.
pub(crate) fn certified(header: Header, epoch: u64, seeds: &[u8]) -> Certified {
    let mut certificate = Certificate {
        epoch,
        descendants: Vec::new(),
        view: 9,
        parent_view: 8,
        signers: vec![0, 1, 2],
        signature: VoteSignature([0; 96]),
    };
    let message = certificate.message(&header.genesis, &header.digest());
    let votes = seeds.iter().take(3).map(|seed| secret(*seed).sign(&message, VOTE_DST, &[]));
    certificate.signature = sum(&votes.collect::<Vec<_>>());
    Certified { header, finality: Finality::Validators(Box::new(certificate)) }
}

/// What a handover says, so that tests can say something else.
#[derive(Clone)]
pub(crate) struct Told {
    pub(crate) sequence: u64,
    pub(crate) previous: Digest,
    pub(crate) height: u64,
    pub(crate) epoch: u64,
    pub(crate) next: Vec<u8>,
    /// Who certifies it, and in which epoch.
    pub(crate) by: Vec<u8>,
    pub(crate) signed_in: u64,
}

impl Told {
    pub(crate) fn entry(&self) -> LogEntry {
        let validators = self.next.iter().copied().map(validator).collect();
        LogEntry {
            topic: Topic::Validators,
            sequence: self.sequence,
            previous: self.previous,
            height: Height::new(self.height),
            time_ms: 5,
            event: Event::Seated { epoch: self.epoch, validators: List::new(validators).unwrap() },
        }
    }

    pub(crate) fn handover(&self) -> Handover {
        self.with(self.entry())
    }

    /// The same with another entry, which is in the log.
    fn with(&self, entry: LogEntry) -> Handover {
        let leaves = [b"another entry".to_vec(), to_bytes(&entry)];
        let certified =
            certified(header(self.height, merkle::root(&leaves)), self.signed_in, &self.by);
        Handover { entry, certified, inclusion: merkle::prove(&leaves, 1).unwrap() }
    }
}

/// One leaves and one comes, in epoch 1; two leave in epoch 3.
pub(crate) fn told() -> [Told; 2] {
    let first = Told {
        sequence: 0,
        previous: Digest::default(),
        height: 3,
        epoch: 1,
        next: vec![2, 3, 4, 5],
        by: vec![1, 2, 3, 4],
        signed_in: 0,
    };
    let second = Told {
        sequence: 1,
        previous: first.entry().digest(),
        height: 11,
        epoch: 3,
        next: vec![1, 5],
        by: first.next.clone(),
        signed_in: 2,
    };
    [first, second]
}

/// After so many handovers.
pub(crate) fn after(count: usize) -> Succession {
    let mut succession = Succession::new(&genesis());
    for told in told().iter().take(count) {
        assert_eq!(succession.follow(&told.handover()), Ok(()));
    }
    succession
}

/// Nobody follows by this, after `count` handovers, and nothing has changed.
#[track_caller]
fn check(count: usize, handover: &Handover, expected: &Rejection) {
    let mut succession = after(count);
    assert_eq!(succession.follow(handover).as_ref(), Err(expected));
    assert_eq!(succession, after(count));
}

fn not_signed() -> Rejection {
    Rejection::Header(HeaderRejection::Validators(Uncertified::Signature))
}

#[test]
fn the_validators_of_every_epoch_are_known() {
    let succession = after(2);
    let sets: Vec<_> = (0..6).map(|epoch| succession.validators(epoch).unwrap().clone()).collect();
    let [first, second, third] = [&[1, 2, 3, 4][..], &[2, 3, 4, 5], &[1, 5]].map(set);
    let expected = [&first, &second, &second, &third, &third, &third];
    assert_eq!(sets.iter().collect::<Vec<_>>(), expected);
    assert_eq!(succession.sets().map(|(since, _)| since).collect::<Vec<_>>(), [0, 1, 3]);
    let epochs = [0, 1, 3, 4, 7, 8].map(|height| succession.epoch(Height::new(height)));
    assert_eq!((epochs, succession.last(1)), ([0, 0, 0, 1, 1, 2], Height::new(7)));
    assert_eq!(succession.tip(), (2, told()[1].entry().digest()));
    let mut local = Succession::new(&genesis());
    told().iter().for_each(|told| local.seat(&told.entry()).unwrap());
    assert_eq!(local, succession);
}

#[test]
fn a_header_is_certified_by_those_in_office_in_its_epoch() {
    let [old, new] = [vec![1, 2, 3, 4], vec![2, 3, 4, 5]];
    let at = |height| header(height, Digest([1; 32]));
    assert_eq!(after(1).verify(&certified(at(3), 0, &old)), Ok(()));
    assert_eq!(after(1).verify(&certified(at(4), 1, &new)), Ok(()));
    let not = Err(HeaderRejection::Validators(Uncertified::Signature));
    // The old set for a block of the new epoch, and the new one for a block of the old epoch.
    assert_eq!(after(1).verify(&certified(at(4), 1, &old)), not);
    assert_eq!(after(1).verify(&certified(at(3), 0, &new)), not);
    // Signed in the epoch of those who sign, which is not that of the block.
    let epoch = |expected, got| Err(HeaderRejection::Epoch { expected, got });
    assert_eq!(after(1).verify(&certified(at(4), 0, &old)), epoch(1, 0));
    assert_eq!(after(1).verify(&certified(at(3), 1, &new)), epoch(0, 1));
    // A handover that is not known.
    assert_eq!(after(0).verify(&certified(at(4), 1, &new)), not);
}

/// The last block of an epoch has no descendants in it.
#[test]
fn no_block_is_final_by_a_descendant_of_another_epoch() {
    let last = header(3, Digest([1; 32]));
    let next = Header { parent: last.digest(), ..header(4, Digest([2; 32])) };
    for (epoch, seeds) in [(0, [1, 2, 3, 4]), (1, [2, 3, 4, 5])] {
        let Certified { finality, .. } = certified(next, epoch, &seeds);
        let Finality::Validators(mut certificate) = finality else { unreachable!() };
        certificate.descendants = vec![next];
        let crossing = Certified { header: last, finality: Finality::Validators(certificate) };
        let got = after(1).verify(&crossing);
        assert_eq!(got, Err(HeaderRejection::Epoch { expected: 0, got: 1 }));
    }
}

#[test]
fn a_missing_or_repeated_handover_is_noticed() {
    let [first, second] = told();
    check(0, &second.handover(), &Rejection::Entry);
    check(1, &first.handover(), &Rejection::Entry);
    check(2, &second.handover(), &Rejection::Entry);
    // One that skips the first and pretends that there was none: those who signed it are in no office then.
    let skipped = Told { sequence: 0, previous: Digest::default(), ..second };
    check(0, &skipped.handover(), &not_signed());
}

#[test]
fn a_new_set_cannot_seat_itself() {
    let [first, _] = told();
    check(0, &Told { by: first.next.clone(), ..first.clone() }.handover(), &not_signed());
    let signed_in = Told { by: first.next.clone(), signed_in: 1, ..first };
    let epoch = HeaderRejection::Epoch { expected: 0, got: 1 };
    check(0, &signed_in.handover(), &Rejection::Header(epoch));
}

#[test]
fn a_handover_stands_in_the_last_block_of_the_epoch_before() {
    let [first, second] = told();
    let place = |epoch, height| Rejection::Place { epoch, height: Height::new(height) };
    for height in [2, 4, 7] {
        let other = Told { height, signed_in: height / EPOCH_BLOCKS, ..first.clone() };
        check(0, &other.handover(), &place(1, height));
    }
    check(0, &Told { epoch: 0, ..first.clone() }.handover(), &place(0, 3));
    check(0, &Told { epoch: 2, ..first.clone() }.handover(), &place(2, 3));
    let end = Told { epoch: u64::MAX, height: u64::MAX, ..first.clone() };
    check(0, &end.handover(), &place(u64::MAX, u64::MAX));
    // Epochs rise.
    let again = Told { height: 3, epoch: 1, signed_in: 0, by: vec![1, 2, 3], ..second };
    check(1, &again.handover(), &place(1, 3));
    // The entry says one block, and stands in another.
    let mut moved = first.handover();
    let other = Told { height: 2, ..first };
    moved.certified = other.with(moved.entry.clone()).certified;
    check(0, &moved, &Rejection::Entry);
}

#[test]
fn the_entry_is_one_about_validators_and_in_the_log() {
    let [first, _] = told();
    let entry = first.entry();
    let topic = LogEntry { topic: Topic::Account(Address([1; 20])), ..entry.clone() };
    check(0, &first.with(topic), &Rejection::Entry);
    let event = Event::Delisted { dataset: assay_types::DatasetId(Digest([1; 32])) };
    check(0, &first.with(LogEntry { event, ..entry.clone() }), &Rejection::Entry);
    // Others follow than those whom the log names.
    let mut other = first.handover();
    other.entry = Told { next: vec![2, 3, 4, 1, 5], ..first.clone() }.entry();
    assert!(matches!(after(0).follow(&other), Err(Rejection::Inclusion(_) | Rejection::Set(_))));
    let mut proof = first.handover();
    proof.inclusion.path[0].0[0] ^= 1;
    assert!(matches!(after(0).follow(&proof), Err(Rejection::Inclusion(_))));
}

/// Even the whole old set cannot seat what is none.
#[test]
fn who_follows_is_a_set_of_validators_with_seats() {
    let [first, _] = told();
    let with = |next: &[u8]| Told { next: next.to_vec(), ..first.clone() }.handover();
    check(0, &with(&[1, 2, 3, 4, 5, 6]), &Rejection::Set("there are fewer seats"));
    check(0, &with(&[]), &Rejection::Set("a chain has 1 to 128 validators"));
    check(0, &with(&[2, 1]), &Rejection::Set("the validators rise strictly by network key"));
    // A proof that is known is that of the same key.
    let mut list = [1, 2, 6].map(validator);
    list[2].possession = list[0].possession;
    let event = Event::Seated { epoch: 1, validators: List::new(list.to_vec()).unwrap() };
    let stolen = first.with(LogEntry { event, ..first.entry() });
    let unproven = "a validator does not show that it has the secret of its vote key";
    check(0, &stolen, &Rejection::Set(unproven));
}

#[test]
fn a_set_that_never_changes_has_no_successors() {
    let mut succession = Succession::new(&genesis_with(rules(0, 0)));
    assert_eq!(succession.follow(&told()[0].handover()), Err(Rejection::Fixed));
    assert_eq!(succession.seat(&told()[0].entry()), Err(Rejection::Fixed));
    assert_eq!(succession.epoch(Height::new(1_000)), 0);
    assert_eq!(succession.last(0), Height::new(u64::MAX));
}

/// Whatever is changed, nobody follows by it; and nothing panics.
#[test]
fn every_byte_of_a_handover_counts() {
    let [first, second] = told();
    for (count, handover) in [first.handover(), second.handover()].iter().enumerate() {
        let (bytes, succession) = (to_bytes(handover), after(count));
        assert_eq!(from_bytes::<Handover>(&bytes).as_ref(), Ok(handover));
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << (at % 8);
            if let Ok(other) = from_bytes::<Handover>(&changed) {
                assert_eq!(to_bytes(&other), changed);
                assert!(succession.clone().follow(&other).is_err(), "byte {at}");
            }
        }
        let cut = |len: usize| from_bytes::<Handover>(&bytes[..len]);
        assert!((0..bytes.len()).all(|len| cut(len).is_err()));
    }
    let all = Handovers(vec![first.handover(), second.handover()]);
    assert_eq!(from_bytes(&to_bytes(&all)), Ok(all));
}

/// Certificates of the first epoch are written as they were when there was no other.
#[test]
fn a_certificate_names_its_epoch_but_for_the_first() {
    let at = |epoch| certified(header(1, Digest([1; 32])), epoch, &[1, 2, 3]).finality;
    let (first, third) = (to_bytes(&at(0)), to_bytes(&at(3)));
    assert_eq!((first[0], third[0]), (1, 2));
    assert_eq!(third.len(), first.len() + 8);
    assert_eq!(from_bytes(&third), Ok(at(3)));
    let mut zero = third.clone();
    zero[1] = 0;
    assert!(from_bytes::<Finality>(&zero).is_err());
    assert_eq!(to_bytes(&Topic::Validators), [3]);
}

/// Points with an x, in the one encoding that they have (RFC 8032, section 7.1, has these two keys).
#[test]
fn network_keys_are_points_of_the_curve() {
    let hex = |text: &str| assay_codec::from_hex::<32>(text).unwrap();
    for key in [
        "0xd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "0x3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    ] {
        assert!(is_network_key(&hex(key)));
        // The other point with this y.
        let mut other = hex(key);
        other[31] ^= 0x80;
        assert!(is_network_key(&other));
    }
    let mut one = [0; 32];
    one[0] = 1;
    let mut two = [0; 32];
    two[0] = 2;
    assert!(!is_network_key(&one) && !is_network_key(&two) && !is_network_key(&[0xff; 32]));
    // p + 3 is another way to write 3, of which there is a point.
    let (mut three, mut again) = ([0; 32], [0xff; 32]);
    (three[0], again[0], again[31]) = (3, 0xf0, 0x7f);
    assert!(is_network_key(&three) && !is_network_key(&again));
}
