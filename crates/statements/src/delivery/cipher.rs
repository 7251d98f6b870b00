//! The cipher and its keys, natively.

use super::{Unfit, Witness};
use crate::commit::{Committed, Salt, digest, elements, pieces, tag};
use assay_codec::{Digest, Reader};
use assay_engine::field::F;
use assay_engine::poseidon2::{Compressor, HALF, compress};
use assay_model::Architecture;
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
    let plain = witness.model.blocks().chain([elements(&witness.salt.0)]);
    let mut out = Vec::new();
    for (i, block) in plain.enumerate() {
        for (element, mask) in block.into_iter().zip(stream.block(i)) {
            out.extend_from_slice(&(element + mask).as_canonical_u32().to_le_bytes());
        }
    }
    out
}

/// Decrypts what [`seal`] made of a model of `architecture`. Without a verified proof the result may
/// be garbage.
pub fn open<M: Committed>(
    ciphertext: &[u8],
    architecture: &Architecture,
    key: &FieldDigest,
    secret: &FieldDigest,
    job: &JobId,
) -> Result<(M, Salt), Unfit> {
    let pieces = pieces(architecture).ok_or(Unfit::Architecture)?;
    let (plain, salt) = decrypt(parse(&pieces, ciphertext)?, key, secret, job)?;
    Ok((M::from_blocks(architecture, &plain).ok_or(Unfit::Ciphertext)?, salt))
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

/// Reads the blocks of a ciphertext: one per eight numbers of the model, whose columns are `pieces`,
/// and the salt.
pub(super) fn parse(pieces: &[usize], ciphertext: &[u8]) -> Result<Vec<[F; HALF]>, Unfit> {
    let cells: usize = pieces.iter().map(|log| 1 << log).sum();
    let blocks = cells / HALF + 1;
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
