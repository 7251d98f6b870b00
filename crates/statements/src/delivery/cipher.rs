//! The cipher and its keys, natively.

use super::{Unfit, Witness};
use crate::commit::{Committed, Salt, blocks_of, digest, elements, tag};
use assay_codec::{Digest, Reader};
use assay_engine::field::F;
use assay_engine::poseidon2::{Compressor, HALF, compress};
use assay_model::ops::network::{Network, Program, centred};
use assay_model::ops::tree::{Bounds, NodeTable, Slot};
use assay_types::{FIELD_ORDER, FieldDigest, JobId};
use p3_field::{PrimeCharacteristicRing, PrimeField32};

/// Bytes of a field element in a ciphertext.
const ELEMENT: usize = 4;

/// Returns the hash under which a seller's key is announced.
pub fn key_hash(key: &FieldDigest) -> FieldDigest {
    digest(compress(elements(key), key_tag()))
}

/// Returns the hash under which a buyer's secret is announced for `job`.
pub fn secret_hash(secret: &FieldDigest, job: &JobId) -> FieldDigest {
    digest(compress(elements(secret), secret_tag(job)))
}

/// Names a ciphertext in a statement.
pub fn ciphertext_digest(ciphertext: &[u8]) -> Digest {
    Digest::of_bytes("assay/ciphertext/1", ciphertext)
}

/// Encrypts the witness's model and salt for `job`: four bytes per field element.
pub fn seal<M: Committed>(witness: &Witness<'_, M>, job: &JobId) -> Vec<u8> {
    let stream = Stream::new(witness.key, witness.secret, job);
    let plain = blocks_of(witness.model).chain([elements(&witness.salt.0)]);
    let mut out = Vec::new();
    for (i, block) in plain.enumerate() {
        for (element, mask) in block.into_iter().zip(stream.block(i)) {
            out.extend_from_slice(&(element + mask).as_canonical_u32().to_le_bytes());
        }
    }
    out
}

/// Decrypts what [`seal`] made. Without a verified proof the result may be garbage.
pub fn open(
    ciphertext: &[u8],
    bounds: Bounds,
    key: &FieldDigest,
    secret: &FieldDigest,
    job: &JobId,
) -> Result<(NodeTable, Salt), Unfit> {
    let (plain, salt) = decrypt(parse(bounds, ciphertext)?, key, secret, job)?;
    let half = |upper: bool| {
        plain.iter().map(move |&[a, b, c, d, e, f, g, h]| {
            slot(if upper { [e, f, g, h] } else { [a, b, c, d] })
        })
    };
    let slots = half(false).chain(half(true)).collect::<Option<_>>().ok_or(Unfit::Ciphertext)?;
    let model = NodeTable::new(bounds, slots).map_err(|_| Unfit::Ciphertext)?;
    Ok((model, salt))
}

/// Decrypts a network of `program`. Otherwise as [`open`].
pub fn open_network(
    ciphertext: &[u8],
    program: &Program,
    key: &FieldDigest,
    secret: &FieldDigest,
    job: &JobId,
) -> Result<(Network, Salt), Unfit> {
    let sealed = parse_blocks(program.parameter_layout().cells() / HALF, ciphertext)?;
    let (plain, salt) = decrypt(sealed, key, secret, job)?;
    let cells = plain.as_flattened().iter();
    let cells = cells.map(|cell| centred(cell.as_canonical_u32().into())).collect();
    let network = Network::new(program.clone(), cells).map_err(|_| Unfit::Ciphertext)?;
    Ok((network, salt))
}

/// Takes the key stream off; the last block is the salt.
fn decrypt(
    mut blocks: Vec<[F; HALF]>,
    key: &FieldDigest,
    secret: &FieldDigest,
    job: &JobId,
) -> Result<(Vec<[F; HALF]>, Salt), Unfit> {
    let stream = Stream::new(key, secret, job);
    for (i, block) in blocks.iter_mut().enumerate() {
        for (element, mask) in block.iter_mut().zip(stream.block(i)) {
            *element -= mask;
        }
    }
    let salt = blocks.pop().ok_or(Unfit::Ciphertext)?;
    Ok((blocks, Salt(digest(salt))))
}

fn slot(elements: [F; 4]) -> Option<Slot> {
    let [feature, low, high, left] = elements.map(|element| element.as_canonical_u32());
    Some(Slot {
        feature: feature.try_into().ok()?,
        low: low.try_into().ok()?,
        high: high.try_into().ok()?,
        left,
    })
}

/// Reads the blocks of a tree's ciphertext.
pub(super) fn parse(bounds: Bounds, ciphertext: &[u8]) -> Result<Vec<[F; HALF]>, Unfit> {
    parse_blocks(bounds.slots() / 2, ciphertext)
}

/// Reads the blocks of a ciphertext: one per eight numbers of the model, and the salt.
pub(super) fn parse_blocks(
    model_blocks: usize,
    ciphertext: &[u8],
) -> Result<Vec<[F; HALF]>, Unfit> {
    let blocks = model_blocks + 1;
    if ciphertext.len() != blocks * HALF * ELEMENT {
        return Err(Unfit::Ciphertext);
    }
    let mut from = Reader::new(ciphertext);
    let mut out = Vec::with_capacity(blocks);
    for _ in 0..blocks {
        let mut block = [F::ZERO; HALF];
        for element in &mut block {
            let word = from.array().map(u32::from_le_bytes).map_err(|_| Unfit::Ciphertext)?;
            if FIELD_ORDER <= word {
                return Err(Unfit::Ciphertext);
            }
            *element = F::new(word);
        }
        out.push(block);
    }
    Ok(out)
}

pub(super) fn key_tag() -> [F; HALF] {
    tag("assay/delivery/key/1", &[])
}

pub(super) fn secret_tag(job: &JobId) -> [F; HALF] {
    tag("assay/delivery/secret/1", &job.0.0)
}

pub(super) fn cipher_tag(job: &JobId) -> [F; HALF] {
    tag("assay/delivery/cipher/1", &job.0.0)
}

/// What is compressed with the cipher's key into block `index` of the stream.
pub(super) fn counter(index: usize) -> [F; HALF] {
    std::array::from_fn(|lane| if lane == 0 { F::from_usize(index) } else { F::ZERO })
}

/// The key stream of a job.
pub(super) struct Stream {
    compressor: Compressor,
    /// compress(s, CIPHER(job)).
    #[cfg(feature = "prove")]
    pub(super) mixed: [F; HALF],
    /// k.
    pub(super) key: [F; HALF],
}

impl Stream {
    pub(super) fn new(key: &FieldDigest, secret: &FieldDigest, job: &JobId) -> Self {
        let compressor = Compressor::default();
        let mixed = compressor.compress(elements(secret), cipher_tag(job));
        let key = compressor.compress(mixed, elements(key));
        Self {
            compressor,
            #[cfg(feature = "prove")]
            mixed,
            key,
        }
    }

    fn block(&self, index: usize) -> [F; HALF] {
        self.compressor.compress(self.key, counter(index))
    }
}
