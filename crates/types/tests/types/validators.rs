//! Validators, their proofs of possession and their certificates.

use crate::sample::{Random, Sample};
use crate::signature::{key, sign};
use assay_codec::{Digest, Error, from_bytes, to_bytes};
use assay_types::header::{Rejection as HeaderRejection, VERSION};
use assay_types::validators::{
    POSSESSION, POSSESSION_DST, Rejection, VOTE_DST, VoteKey, VoteSignature,
};
use assay_types::{
    Address, Amount, Certificate, Certified, Finality, Genesis, Header, Height, NOBODY, Orderer,
    Parameters, Validator, Validators,
};
use blst::min_pk::{AggregatePublicKey, AggregateSignature, PublicKey, SecretKey, Signature};

const GENESIS: Digest = Digest([7; 32]);

pub(crate) fn secret(seed: u8) -> SecretKey {
    SecretKey::key_gen(&[seed; 32], &[]).unwrap()
}

/// Proves possession: the length of the namespace, the namespace, the key.
pub(crate) fn validator(seed: u8) -> Validator {
    let public = secret(seed).sk_to_pk().to_bytes();
    let message = [&[u8::try_from(POSSESSION.len()).unwrap()], POSSESSION, &public].concat();
    let possession = secret(seed).sign(&message, POSSESSION_DST, &[]).to_bytes();
    Validator {
        network: [seed; 32],
        vote: VoteKey::new(public).unwrap(),
        possession: VoteSignature(possession),
        payee: Address([seed; 20]),
    }
}

fn validators(count: u8) -> Validators {
    Validators::new((1..=count).map(validator).collect()).unwrap()
}

fn header(height: u64, parent: Digest) -> Header {
    let sample = Header::sample(&mut Random(height));
    Header { version: VERSION, genesis: GENESIS, parent, height: Height::new(height), ..sample }
}

/// Signs the last of `headers` with the validators of these numbers.
fn certify(headers: &[Header], signers: &[u8]) -> Certificate {
    let mut certificate = Certificate {
        epoch: 0,
        descendants: headers[1..].to_vec(),
        view: 300,
        parent_view: 299,
        signers: signers.to_vec(),
        signature: VoteSignature([0; 96]),
    };
    let message = certificate.message(&GENESIS, &headers.last().unwrap().digest());
    let votes = signers.iter().map(|&signer| secret(signer + 1).sign(&message, VOTE_DST, &[]));
    certificate.signature = sum(&votes.collect::<Vec<_>>());
    certificate
}

pub(crate) fn sum(votes: &[Signature]) -> VoteSignature {
    let votes: Vec<_> = votes.iter().collect();
    VoteSignature(AggregateSignature::aggregate(&votes, false).unwrap().to_signature().to_bytes())
}

#[test]
fn a_quorum_is_all_but_a_third() {
    let quorums: Vec<_> = [1, 2, 3, 4, 5, 6, 7, 10].map(|count| validators(count).quorum()).into();
    assert_eq!(quorums, [1, 2, 3, 3, 4, 5, 5, 7]);
}

#[test]
fn a_block_is_final_by_a_quorum() {
    let block = header(5, Digest([1; 32]));
    for signers in [&[0, 1, 2][..], &[0, 2, 3], &[0, 1, 2, 3]] {
        let certificate = certify(&[block], signers);
        assert_eq!(validators(4).verify(&block, &certificate), Ok(()));
        let finality = Finality::Validators(Box::new(certificate));
        assert_eq!(from_bytes(&to_bytes(&finality)), Ok(finality));
    }
}

#[test]
fn a_block_is_final_by_a_descendant() {
    let first = header(5, Digest([1; 32]));
    let second = header(6, first.digest());
    let third = header(7, second.digest());
    let certificate = certify(&[first, second, third], &[0, 1, 3]);
    assert_eq!(validators(4).verify(&first, &certificate), Ok(()));
    let short = Certificate { descendants: vec![third], ..certificate.clone() };
    assert_eq!(validators(4).verify(&first, &short), Err(Rejection::Descendant { index: 0 }));
    let mut other = certificate.clone();
    other.descendants[1].state_root.0[0] ^= 1;
    assert_eq!(validators(4).verify(&first, &other), Err(Rejection::Signature));
    other.descendants[0].state_root.0[0] ^= 1;
    assert_eq!(validators(4).verify(&first, &other), Err(Rejection::Descendant { index: 1 }));
    let changes: [fn(&mut Header); 3] =
        [|one| one.version += 1, |one| one.genesis.0[0] ^= 1, |one| one.height = Height::new(9)];
    for change in changes {
        let mut other = certificate.clone();
        change(&mut other.descendants[0]);
        let got = validators(4).verify(&first, &other);
        assert_eq!(got, Err(Rejection::Descendant { index: 0 }));
    }
}

#[test]
fn rejects_each_broken_rule_of_a_certificate() {
    let block = header(5, Digest([1; 32]));
    let good = certify(&[block], &[0, 1, 2]);
    #[track_caller]
    fn check(block: &Header, certificate: &Certificate, expected: Rejection) {
        assert_eq!(validators(4).verify(block, certificate), Err(expected));
    }
    let with = |signers: &[u8]| Certificate { signers: signers.to_vec(), ..good.clone() };
    check(&block, &with(&[0, 0, 1]), Rejection::Order { signer: 0 });
    check(&block, &with(&[0, 2, 1]), Rejection::Order { signer: 1 });
    check(&block, &with(&[0, 1, 4]), Rejection::Stranger { signer: 4, count: 4 });
    check(&block, &certify(&[block], &[0, 3]), Rejection::Quorum { expected: 3, got: 2 });
    check(&block, &with(&[]), Rejection::Quorum { expected: 3, got: 0 });
    check(&block, &with(&[0, 1, 3]), Rejection::Signature);
    check(&block, &with(&[0, 1, 2, 3]), Rejection::Signature);
    check(&block, &Certificate { view: 301, ..good.clone() }, Rejection::Signature);
    check(&block, &Certificate { parent_view: 298, ..good.clone() }, Rejection::Signature);
    check(&header(6, Digest([1; 32])), &good, Rejection::Signature);
    // The identity is the sum of nobody's votes, and bytes that are no point are nobody's.
    let mut identity = [0; 96];
    identity[0] = 0xc0;
    for signature in [identity, [0xff; 96], [0; 96]] {
        let other = Certificate { signature: VoteSignature(signature), ..good.clone() };
        check(&block, &other, Rejection::Signature);
    }
}

#[test]
fn a_certificate_of_another_chain_is_none() {
    let mut block = header(5, Digest([1; 32]));
    let certificate = certify(&[block], &[0, 1, 2]);
    block.genesis = Digest([8; 32]);
    assert_eq!(validators(4).verify(&block, &certificate), Err(Rejection::Signature));
}

#[test]
fn rejects_each_broken_rule_of_a_set() {
    #[track_caller]
    fn check(list: &[Validator], why: &str) {
        assert_eq!(Validators::new(list.to_vec()), Err(why));
    }
    let [one, two] = [validator(1), validator(2)];
    check(&[], "a chain has 1 to 128 validators");
    check(&vec![one.clone(); 129], "a chain has 1 to 128 validators");
    let rise = "the validators rise strictly by network key";
    check(&[two.clone(), one.clone()], rise);
    check(&[one.clone(), one.clone()], rise);
    let same = Validator { network: [9; 32], ..one.clone() };
    check(&[one.clone(), same], "two validators have the same vote key");
    let unproven = "a validator does not show that it has the secret of its vote key";
    let stolen = Validator { possession: one.possession, ..two };
    check(&[one.clone(), stolen], unproven);
    // A vote over the same bytes is no proof of possession.
    let message = [&[17], POSSESSION, one.vote.as_bytes()].concat();
    let vote = VoteSignature(secret(1).sign(&message, VOTE_DST, &[]).to_bytes());
    check(&[Validator { possession: vote, ..one }], unproven);
}

/// Who publishes `X − Y` as a key signs alone for the pair of it and `Y`; but of `X − Y` nobody has a secret.
#[test]
fn a_rogue_key_has_no_proof() {
    let victim = validator(2);
    let mut negated = *victim.vote.as_bytes();
    // The sign of the second coordinate.
    negated[0] ^= 0x20;
    let [own, negated] = [secret(1).sk_to_pk(), PublicKey::from_bytes(&negated).unwrap()];
    let rogue = AggregatePublicKey::aggregate(&[&own, &negated], true).unwrap().to_public_key();
    let other = PublicKey::from_bytes(victim.vote.as_bytes()).unwrap();
    let alone = secret(1).sign(b"anything", VOTE_DST, &[]);
    let got = alone.fast_aggregate_verify(true, b"anything", VOTE_DST, &[&rogue, &other]);
    assert_eq!(got, blst::BLST_ERROR::BLST_SUCCESS, "without proofs, the attack works");
    let message = [&[17], POSSESSION, &rogue.to_bytes()].concat();
    let possession = VoteSignature(secret(1).sign(&message, POSSESSION_DST, &[]).to_bytes());
    let vote = VoteKey::new(rogue.to_bytes()).unwrap();
    let rogue = Validator { network: [1; 32], vote, possession, payee: Address([1; 20]) };
    assert!(Validators::new(vec![rogue, victim]).is_err());
}

#[test]
fn rejects_what_is_no_vote_key() {
    let mut identity = [0; 48];
    identity[0] = 0xc0;
    assert!(VoteKey::new(identity).is_err());
    assert!(VoteKey::new([0; 48]).is_err());
    // On the curve, but not in the group: the point with x = 4.
    let mut outside = [0; 48];
    outside[0] = 0x80;
    outside[47] = 4;
    assert!(PublicKey::from_bytes(&outside).is_ok());
    assert!(VoteKey::new(outside).is_err());
}

fn genesis(orderer: Orderer, window_min: u64) -> Result<Genesis, &'static str> {
    let parameters = Parameters {
        fee: Amount::new(1),
        proof_fee: Amount::new(1),
        blob_fee: Amount::new(1),
        fee_burn_ppm: 0,
        listing_burn: Amount::new(1),
        sale_burn_ppm: 0,
        sale_burn_min: Amount::new(1),
        window_min,
        window_max: 100,
    };
    Genesis::with(9, 3, orderer, parameters, Vec::new())
}

#[test]
fn a_genesis_names_an_authority_or_validators() {
    let many = genesis(Orderer::Validators(validators(4)), 8).unwrap();
    assert_eq!(from_bytes(&to_bytes(&many)), Ok(many.clone()));
    assert_eq!(many.orderer().payees(), [1, 2, 3, 4].map(|seed| Address([seed; 20])));
    let one = genesis(Orderer::Authority(Address([1; 20])), 2).unwrap();
    assert_eq!(from_bytes(&to_bytes(&one)), Ok(one.clone()));
    assert_ne!(one.digest(), many.digest());
    let windows = "windows last at least two blocks per validator";
    assert_eq!(genesis(Orderer::Validators(validators(4)), 7), Err(windows));
    assert!(genesis(Orderer::Authority(NOBODY), 2).is_err());
    let mut other = to_bytes(&many);
    other[8] = 4;
    let unknown = Error::Invalid("the version of the genesis is unknown");
    assert_eq!(from_bytes::<Genesis>(&other), Err(unknown));
}

#[test]
fn one_way_of_being_final_does_not_count_for_the_other() {
    let header = header(5, Digest([1; 32]));
    let certificate = Box::new(certify(&[header], &[0, 1, 2]));
    let many = Certified { header, finality: Finality::Validators(certificate) };
    let set = Orderer::Validators(validators(4));
    assert_eq!(many.verify(&GENESIS, 0, &set), Ok(()));
    assert_eq!(from_bytes(&to_bytes(&many)), Ok(many.clone()));
    let authority = assay_types::address_of(key(3).verifying_key());
    let one = Finality::Authority(sign(&key(3), &header.digest().0));
    let one = Certified { header, finality: one };
    let got = many.verify(&GENESIS, 0, &Orderer::Authority(authority));
    assert_eq!(got, Err(HeaderRejection::Kind));
    assert_eq!(one.verify(&GENESIS, 0, &set), Err(HeaderRejection::Kind));
}

/// Certificates that the consensus library has made: other code than what verifies them here.
#[test]
fn certificates_of_the_library_hold() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../vectors/finality-1.json");
    let vector: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let genesis: Genesis = from_bytes(&bytes(&vector["genesis"])).unwrap();
    let blocks = vector["blocks"].as_array().unwrap();
    assert_eq!(blocks.len(), 3);
    for block in blocks {
        let encoded = bytes(&block["certified"]);
        let certified: Certified = from_bytes(&encoded).unwrap();
        assert_eq!(to_bytes(&certified), encoded);
        assert_eq!(certified.header.digest().to_string(), block["header"]);
        certified.verify(&genesis.digest(), 0, genesis.orderer()).unwrap();
        let Finality::Validators(certificate) = &certified.finality else { panic!("validators") };
        let last = certificate.descendants.last().unwrap_or(&certified.header);
        let message = certificate.message(&genesis.digest(), &last.digest());
        assert_eq!(message, bytes(&block["message"]));
        let mut later = certificate.clone();
        later.view += 1;
        let changed = Certified { finality: Finality::Validators(later), ..certified.clone() };
        assert!(changed.verify(&genesis.digest(), 0, genesis.orderer()).is_err());
    }
}

pub(crate) fn bytes(text: &serde_json::Value) -> Vec<u8> {
    let digits = text.as_str().unwrap().strip_prefix("0x").unwrap();
    let byte = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    (0..digits.len()).step_by(2).map(byte).collect()
}
