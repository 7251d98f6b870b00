//! Sellers who would be paid for a ciphertext of something else. Each makes all follow from one
//! lie.

use super::super::cipher::{Stream, counter, parse};
use super::super::circuit::{Circuit, Proven};
use super::{ciphertext_digest, digest, job, key_hash, model, seal, secret_hash};
use crate::commit::sealed::Committed as _;
use crate::commit::tests::tampered::{self, Tampered, write};
use crate::commit::{Salt, chain, commit, digest as named, elements, pieces};
use crate::delivery::Witness;
use assay_codec::Digest;
use assay_engine::cells::Block;
use assay_engine::field::F;
use assay_engine::poseidon2::{Compressor, HALF, compress};
use assay_engine::session::{self, Circuit as _, Rejection};
use assay_model::Architecture;
use assay_model::ops::tree::NodeTable;
use assay_types::statement::{Context, Delivery};
use assay_types::{FieldDigest, JobId, ModelCommitment};
use p3_field::{PrimeCharacteristicRing, PrimeField32};

/// Order of the blocks: four slot columns, the four of the chain's states, its end, the salt, then the
/// keys.
const CHAIN: usize = 4;
const KEYS: usize = 10;

/// A seller's model and what goes with it.
struct Seller {
    model: NodeTable,
    salt: Salt,
    key: FieldDigest,
    secret: FieldDigest,
}

impl Seller {
    fn new() -> Self {
        Self { model: model(9), salt: Salt(digest(1)), key: digest(2), secret: digest(3) }
    }

    fn witness(&self) -> Witness<'_> {
        Witness { model: &self.model, salt: &self.salt, key: &self.key, secret: &self.secret }
    }

    fn statement(&self, ciphertext: &[u8]) -> Delivery {
        Delivery {
            context: Context { job: job(), ..Context::default() },
            architecture: Architecture::DecisionTree(self.model.bounds()),
            model: commit(&self.model, &self.salt),
            key_hash: key_hash(&self.key),
            secret_hash: secret_hash(&self.secret, &job()),
            ciphertext: ciphertext_digest(ciphertext),
        }
    }

    /// Model and salt under a stream of one's choice.
    fn sealed(&self, salt: &Salt, mask: impl Fn(usize) -> [F; HALF]) -> Vec<u8> {
        let plain = self.model.blocks().chain([elements(&salt.0)]).enumerate();
        let masked = plain.flat_map(|(i, block)| {
            let mask = mask(i);
            (0..HALF).map(move |lane| block[lane] + mask[lane])
        });
        masked.flat_map(|element| element.as_canonical_u32().to_le_bytes()).collect()
    }

    fn stream(&self) -> Stream {
        Stream::new(&self.key, &self.secret, &job())
    }

    /// Proves `statement` with these cells after `tamper`, and verifies.
    fn verdict(
        &self,
        statement: &Delivery,
        ciphertext: &[u8],
        tamper: &dyn Fn(&[Block], &mut [F]),
    ) -> Result<(), Rejection> {
        let circuit = Circuit::new(statement, ciphertext).unwrap();
        let blocks = circuit.layout().blocks().to_vec();
        let inner = Proven { circuit, witness: self.witness(), job: job() };
        let tampered = Tampered { inner, tamper: &|cells| tamper(&blocks, cells) };
        let digest = statement.digest().0.0;
        let proof = session::prove(&tampered, &digest, &[8; 32], &mut |_| ()).unwrap();
        session::verify(&tampered.inner, &digest, &proof)
    }
}

fn nothing(_: &[Block], _: &mut [F]) {}

#[track_caller]
fn rejected(got: &Result<(), Rejection>) {
    assert_eq!(*got, Err(Rejection::Relation));
}

#[test]
fn an_honest_seller_is_accepted() {
    let seller = Seller::new();
    let stream = seller.stream();
    let ciphertext = seller.sealed(&seller.salt, |i| compress(stream.key, counter(i)));
    assert_eq!(ciphertext, seal(&seller.witness(), &job()), "the cipher, said twice");
    assert_eq!(seller.verdict(&seller.statement(&ciphertext), &ciphertext, &nothing), Ok(()));
}

#[test]
fn a_wrong_counter_is_rejected() {
    let seller = Seller::new();
    let key = seller.stream().key;
    let last = seller.model.slots().len() / 2;
    let wrong: [&dyn Fn(usize) -> usize; 4] =
        [&|i| i + 1, &|_| 0, &|i| if i == last { 0 } else { i }, &|i| if i == 2 { 3 } else { i }];
    for wrong in wrong {
        let ciphertext = seller.sealed(&seller.salt, |i| compress(key, counter(wrong(i))));
        rejected(&seller.verdict(&seller.statement(&ciphertext), &ciphertext, &nothing));
    }
}

#[test]
fn another_salt_is_not_delivered() {
    let seller = Seller::new();
    let key = seller.stream().key;
    let ciphertext = seller.sealed(&Salt(digest(9)), |i| compress(key, counter(i)));
    rejected(&seller.verdict(&seller.statement(&ciphertext), &ciphertext, &nothing));
}

#[test]
fn any_changed_number_of_the_ciphertext_is_rejected() {
    let seller = Seller::new();
    let ciphertext = seal(&seller.witness(), &job());
    let numbers = ciphertext.len() / 4;
    for number in [0, 1, 7, 8, numbers / 2, numbers - 9, numbers - 8, numbers - 1] {
        let mut changed = ciphertext.clone();
        let word: [u8; 4] = changed[4 * number..][..4].try_into().unwrap();
        let next = (F::new(u32::from_le_bytes(word)) + F::ONE).as_canonical_u32();
        changed[4 * number..][..4].copy_from_slice(&next.to_le_bytes());
        let pieces = pieces(&seller.statement(&changed).architecture).unwrap();
        assert!(parse(&pieces, &changed).is_ok());
        rejected(&seller.verdict(&seller.statement(&changed), &changed, &nothing));
    }
}

#[test]
fn the_announced_key_is_the_one_that_opens() {
    let seller = Seller::new();
    let ciphertext = seal(&seller.witness(), &job());
    let mut statement = seller.statement(&ciphertext);
    statement.key_hash = key_hash(&digest(9));
    rejected(&seller.verdict(&statement, &ciphertext, &nothing));
    // The other key in its cells, the stream of the first.
    rejected(&seller.verdict(&statement, &ciphertext, &|blocks, cells| {
        write(cells, blocks[KEYS].at, &elements(&digest(9)));
    }));
}

#[test]
fn the_secret_is_the_one_of_this_job() {
    let seller = Seller::new();
    let ciphertext = seal(&seller.witness(), &job());
    let other = JobId(Digest([4; 32]));
    let mut statement = seller.statement(&ciphertext);
    statement.secret_hash = secret_hash(&seller.secret, &other);
    rejected(&seller.verdict(&statement, &ciphertext, &nothing));
    // Another secret that fits its hash, and the stream of the first.
    statement.secret_hash = secret_hash(&digest(9), &job());
    rejected(&seller.verdict(&statement, &ciphertext, &|blocks, cells| {
        write(cells, blocks[KEYS + 1].at, &elements(&digest(9)));
    }));
    // The stream of another job.
    let stream = Stream::new(&seller.key, &seller.secret, &other);
    let ciphertext = seller.sealed(&seller.salt, |i| compress(stream.key, counter(i)));
    rejected(&seller.verdict(&seller.statement(&ciphertext), &ciphertext, &|blocks, cells| {
        write(cells, blocks[KEYS + 2].at, &stream.mixed);
        write(cells, blocks[KEYS + 3].at, &stream.key);
    }));
}

#[test]
fn the_stream_comes_from_key_and_secret() {
    let seller = Seller::new();
    let key = elements(&seller.key);
    let stream = seller.stream();
    // Any stream; any mixed secret, with the stream that follows; key and mixed secret exchanged.
    let lies = [
        (stream.mixed, elements(&digest(9))),
        (elements(&digest(9)), compress(elements(&digest(9)), key)),
        (stream.mixed, compress(key, stream.mixed)),
    ];
    for (mixed, masking) in lies {
        let ciphertext = seller.sealed(&seller.salt, |i| compress(masking, counter(i)));
        rejected(&seller.verdict(&seller.statement(&ciphertext), &ciphertext, &|blocks, cells| {
            write(cells, blocks[KEYS + 2].at, &mixed);
            write(cells, blocks[KEYS + 3].at, &masking);
        }));
    }
    let ciphertext = seal(&seller.witness(), &job());
    let same = |blocks: &[Block], cells: &mut [F]| {
        write(cells, blocks[KEYS + 2].at, &stream.mixed);
        write(cells, blocks[KEYS + 3].at, &stream.key);
    };
    assert_eq!(seller.verdict(&seller.statement(&ciphertext), &ciphertext, &same), Ok(()));
}

#[test]
fn another_model_is_not_delivered() {
    let committed = Seller::new();
    let mut seller = Seller::new();
    let mut slots = seller.model.slots().to_vec();
    slots[0].low ^= 1;
    seller.model = NodeTable::new(seller.model.bounds(), slots).unwrap();
    let ciphertext = seal(&seller.witness(), &job());
    let mut statement = seller.statement(&ciphertext);
    assert_eq!(seller.verdict(&statement, &ciphertext, &nothing), Ok(()));
    statement.model = commit(&committed.model, &committed.salt);
    rejected(&seller.verdict(&statement, &ciphertext, &nothing));
    // The chain of the committed model beside the slots of the other.
    let states = chain(&Compressor::default(), &committed.model);
    rejected(&seller.verdict(&statement, &ciphertext, &|blocks, cells| {
        rewrite(blocks, cells, &states);
    }));
}

/// Writes a chain and its end.
fn rewrite(blocks: &[Block], cells: &mut [F], states: &[[F; HALF]]) {
    tampered::rewrite(&blocks[CHAIN..], cells, states);
}

#[test]
fn a_chain_starts_at_its_tag_and_has_no_gap() {
    let seller = Seller::new();
    let ciphertext = seal(&seller.witness(), &job());
    let honest = chain(&Compressor::default(), &seller.model);
    // From place `from` on the chain goes on from another state; its commitment is the one of the
    // statement.
    for from in [0, 1, 2, honest.len() - 2, honest.len() - 1] {
        let mut states = honest.clone();
        states[from][7] += F::ONE;
        let messages: Vec<_> = seller.model.blocks().collect();
        for i in from..messages.len() {
            states[i + 1] = compress(states[i], messages[i]);
        }
        let end = *states.last().unwrap();
        let mut statement = seller.statement(&ciphertext);
        statement.model = ModelCommitment(named(compress(end, elements(&seller.salt.0))));
        rejected(&seller.verdict(&statement, &ciphertext, &|blocks, cells| {
            rewrite(blocks, cells, &states);
        }));
    }
    let same = |blocks: &[Block], cells: &mut [F]| rewrite(blocks, cells, &honest);
    assert_eq!(seller.verdict(&seller.statement(&ciphertext), &ciphertext, &same), Ok(()));
}
