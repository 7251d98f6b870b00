//! The encoding of an opening: its parts in the order of the protocol, without lengths.
//!
//! Only the pruned Merkle paths are counted, because their number depends on which positions were
//! drawn; the count is bounded by the shape. Decoding allocates nothing that the bytes do not pay
//! for.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

use assay_codec::{Decode, Error, Reader};
use p3_field::{BasedVectorSpace, PrimeCharacteristicRing, PrimeField32};
use p3_merkle_tree::PrunedMerklePaths;
use p3_sumcheck::zk::ZkSumcheckData;
use p3_whir::pcs::proof::{QueryOpenings, SharedProofOpening};
use p3_whir::pcs::zk::{BaseCaseZkProof, BlindedMask, MaskOpeningPair, ZkRoundProof};

use super::shape::{Batch, Group, Rows, Shape};
use super::{DIGEST, Proof, Root, SALT, Tree};
use crate::field::{EF, F};

/// Salts of each row, then the digests that the rows' paths share.
type Paths = (Vec<Vec<Vec<F>>>, PrunedMerklePaths<u8, DIGEST>);

pub(super) fn encode(proof: &Proof) -> Vec<u8> {
    let mut out = Writer(Vec::new());
    out.elements(&proof.evals);
    for (batch, root) in proof.sumchecks.iter().zip(&proof.sumcheck_mask_commitments) {
        out.element(&batch.mu_tilde);
        batch.round_coefficients.iter().for_each(|c| out.elements(c));
        batch.pow_witnesses.iter().for_each(|&w| out.base(w));
        out.root(root);
    }
    for round in &proof.rounds {
        out.root(&round.commitment);
        out.root(&round.mask_commitment);
        out.elements(&round.ood_answers);
        out.base(round.pow_witness);
        out.either(&round.openings);
    }
    let base = &proof.base_case;
    out.root(&base.fresh_main_commitment);
    base.fresh_mask_commitments.iter().for_each(|r| out.root(r));
    out.element(&base.masked_claim);
    out.elements(&base.blinded_message);
    out.elements(&base.blinded_randomness);
    for mask in &base.blinded_masks {
        out.elements(&mask.message);
        out.elements(&mask.randomness);
    }
    out.base(base.pow_witness);
    out.either(&base.source_openings);
    out.rows(&base.fresh_main_openings);
    for pair in &base.mask_openings {
        out.rows(&pair.carried);
        out.rows(&pair.fresh);
    }
    out.0
}

struct Writer(Vec<u8>);

impl Writer {
    fn base(&mut self, x: F) {
        self.0.extend_from_slice(&x.as_canonical_u32().to_le_bytes());
    }

    fn element(&mut self, x: &EF) {
        let coefficients: &[F] = x.as_basis_coefficients_slice();
        coefficients.iter().for_each(|&c| self.base(c));
    }

    fn elements(&mut self, all: &[EF]) {
        all.iter().for_each(|x| self.element(x));
    }

    fn root(&mut self, root: &Root) {
        root.roots().iter().for_each(|digest| self.0.extend_from_slice(digest));
    }

    fn either(&mut self, rows: &QueryOpenings<F, EF, Paths>) {
        match rows {
            QueryOpenings::Base(opening) => {
                opening.rows.iter().flatten().for_each(|&x| self.base(x));
                self.paths(&opening.proof);
            }
            QueryOpenings::Extension(opening) => self.rows(opening),
        }
    }

    fn rows(&mut self, opening: &SharedProofOpening<EF, Paths>) {
        opening.rows.iter().for_each(|row| self.elements(row));
        self.paths(&opening.proof);
    }

    fn paths(&mut self, (salts, pruned): &Paths) {
        salts.iter().flatten().flatten().for_each(|&x| self.base(x));
        assay_codec::put_len(&mut self.0, pruned.sibling_hashes.len());
        pruned.sibling_hashes.iter().for_each(|digest| self.0.extend_from_slice(digest));
    }
}

pub(super) fn decode(shape: &Shape, bytes: &[u8]) -> Result<Proof, Error> {
    let limit = shape.bytes_max();
    if bytes.len() > limit {
        return Err(Error::TooLong { what: "an opening", limit, got: bytes.len() });
    }
    let from = &mut Reader::new(bytes);
    let evals = elements(from, shape.evals)?;
    let mut sumchecks = Vec::with_capacity(shape.batches.len());
    let mut sumcheck_mask_commitments = Vec::with_capacity(shape.batches.len());
    for batch in &shape.batches {
        sumchecks.push(sumcheck(from, batch)?);
        sumcheck_mask_commitments.push(root(from)?);
    }
    let rounds = repeat(from, &shape.rounds, |from, round| {
        Ok(ZkRoundProof {
            commitment: root(from)?,
            mask_commitment: root(from)?,
            ood_answers: elements(from, round.ood_answers)?,
            pow_witness: base(from)?,
            openings: either(from, &round.rows)?,
        })
    })?;
    let base_case = base_case(from, shape)?;
    from.finish()?;
    Ok(Proof { evals, sumchecks, sumcheck_mask_commitments, rounds, base_case })
}

fn base_case(from: &mut Reader<'_>, shape: &Shape) -> Result<BaseCaseZkProof<F, EF, Tree>, Error> {
    let base_case = &shape.base_case;
    let fresh_main_commitment = root(from)?;
    let fresh_mask_commitments = repeat(from, &base_case.groups, |from, _| root(from))?;
    let masked_claim = element(from)?;
    let blinded_message = elements(from, base_case.message)?;
    let blinded_randomness = elements(from, base_case.randomness)?;
    let mut blinded_masks = Vec::new();
    for group in &base_case.groups {
        for _ in 0..group.rows.width {
            blinded_masks.push(blinded(from, group)?);
        }
    }
    Ok(BaseCaseZkProof {
        fresh_main_commitment,
        fresh_mask_commitments,
        masked_claim,
        blinded_message,
        blinded_randomness,
        blinded_masks,
        pow_witness: base(from)?,
        source_openings: either(from, &base_case.source)?,
        fresh_main_openings: rows(from, &base_case.fresh)?,
        mask_openings: repeat(from, &base_case.groups, |from, group| {
            Ok(MaskOpeningPair {
                carried: rows(from, &group.rows)?,
                fresh: rows(from, &group.rows)?,
            })
        })?,
    })
}

fn sumcheck(from: &mut Reader<'_>, batch: &Batch) -> Result<ZkSumcheckData<F, EF>, Error> {
    let mu_tilde = element(from)?;
    let mut round_coefficients = Vec::with_capacity(batch.rounds);
    for _ in 0..batch.rounds {
        round_coefficients.push(elements(from, batch.coefficients)?);
    }
    let pow_witnesses = bases(from, batch.witnesses)?;
    Ok(ZkSumcheckData { mu_tilde, round_coefficients, pow_witnesses })
}

fn blinded(from: &mut Reader<'_>, group: &Group) -> Result<BlindedMask<EF>, Error> {
    let message = elements(from, group.message)?;
    let randomness = elements(from, group.randomness)?;
    Ok(BlindedMask { message, randomness })
}

fn either(from: &mut Reader<'_>, shape: &Rows) -> Result<QueryOpenings<F, EF, Paths>, Error> {
    if !shape.base {
        return rows(from, shape).map(QueryOpenings::Extension);
    }
    let mut rows = Vec::with_capacity(shape.count);
    for _ in 0..shape.count {
        rows.push(bases(from, shape.width)?);
    }
    let proof = paths(from, shape)?;
    Ok(QueryOpenings::Base(SharedProofOpening { rows, proof }))
}

fn rows(from: &mut Reader<'_>, shape: &Rows) -> Result<SharedProofOpening<EF, Paths>, Error> {
    let mut rows = Vec::with_capacity(shape.count);
    for _ in 0..shape.count {
        rows.push(elements(from, shape.width)?);
    }
    let proof = paths(from, shape)?;
    Ok(SharedProofOpening { rows, proof })
}

fn paths(from: &mut Reader<'_>, shape: &Rows) -> Result<Paths, Error> {
    let mut salts = Vec::with_capacity(shape.count);
    for _ in 0..shape.count {
        salts.push(vec![bases(from, SALT)?]);
    }
    let count = from.len("Merkle paths", shape.siblings_max())?;
    let digests = from.take(count.saturating_mul(DIGEST))?;
    let (sibling_hashes, _) = digests.as_chunks::<DIGEST>();
    Ok((salts, PrunedMerklePaths { sibling_hashes: sibling_hashes.to_vec() }))
}

fn repeat<S, T>(
    from: &mut Reader<'_>,
    shapes: &[S],
    mut one: impl FnMut(&mut Reader<'_>, &S) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    shapes.iter().map(|shape| one(from, shape)).collect()
}

fn root(from: &mut Reader<'_>) -> Result<Root, Error> {
    Ok(Root::new(vec![from.array()?]))
}

fn base(from: &mut Reader<'_>) -> Result<F, Error> {
    let value = u32::decode(from)?;
    if value < F::ORDER_U32 {
        Ok(F::from_u32(value))
    } else {
        Err(Error::Invalid("a field element is not reduced"))
    }
}

fn bases(from: &mut Reader<'_>, count: usize) -> Result<Vec<F>, Error> {
    let mut all = Vec::with_capacity(count.min(from.left()));
    for _ in 0..count {
        all.push(base(from)?);
    }
    Ok(all)
}

fn element(from: &mut Reader<'_>) -> Result<EF, Error> {
    let mut coefficients = [F::ZERO; 5];
    for c in &mut coefficients {
        *c = base(from)?;
    }
    EF::from_basis_coefficients_slice(&coefficients)
        .ok_or(Error::Invalid("a field element has the wrong degree"))
}

fn elements(from: &mut Reader<'_>, count: usize) -> Result<Vec<EF>, Error> {
    let mut all = Vec::with_capacity(count.min(from.left()));
    for _ in 0..count {
        all.push(element(from)?);
    }
    Ok(all)
}
