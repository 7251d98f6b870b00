//! The prover's half: commit once, open once.

use assay_codec::Digest;
use p3_commit::MultilinearPcs;
use p3_multilinear_util::point::Point;
use p3_multilinear_util::poly::Poly;
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::{Commitment, Opening, Params, Scheme, Size, SizeError};
use crate::challenger::Challenger;
use crate::field::{EF, F};

/// What the prover keeps between [`commit`] and [`open`]: the cells, their encoding and the masks.
///
/// Not `Clone`: a mask that served two openings hides nothing.
pub struct Secret {
    size: Size,
    commitment: Commitment,
    grinding: usize,
    pub(super) scheme: Scheme,
    pub(super) data: <Scheme as MultilinearPcs<EF, Challenger>>::ProverData,
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Secret").field("size", &self.size).finish_non_exhaustive()
    }
}

impl Secret {
    /// Returns the number of variables.
    pub fn num_vars(&self) -> usize {
        self.size.num_vars
    }

    /// Returns the committed cells.
    pub fn cells(&self) -> &[F] {
        self.data.message.as_slice()
    }
}

/// Commits to `cells`, as many as the parameters are for.
///
/// Masks and salts come from two generators derived from `seed`, which must be fresh from the
/// operating system and **used once**: several threads search for the grinding witness, so two runs
/// from one seed draw different challenges over the same masks, which is the same as opening twice.
pub fn commit(
    params: &Params,
    cells: Vec<F>,
    seed: &[u8; 32],
) -> Result<(Commitment, Secret), SizeError> {
    let size = params.size();
    if cells.len() != 1 << size.num_vars {
        return Err(SizeError::Cells { num_vars: size.num_vars, got: cells.len() });
    }
    let [masks, salts] =
        ["assay pcs masks", "assay pcs salts"].map(|context| stream(context, seed));
    let scheme = params.scheme(masks, salts);
    // The outer protocol decides where the commitment enters the transcript; see
    // `Commitment::observe`.
    let mut unused = Challenger::from_hasher(Vec::new(), p3_blake3::Blake3);
    let (root, data) = scheme
        .commit(Poly::new(cells), &mut unused)
        .expect("committing fails on sizes only, and the size has just been checked");
    let commitment = Commitment(root.roots()[0]);
    let grinding = params.grinding();
    Ok((commitment, Secret { size, commitment, grinding, scheme, data }))
}

/// Shows the values of the committed cells at `points`, and spends the secret.
///
/// # Transcript
///
/// Absorbs the commitment again, then the points and their values, then runs the opening.
///
/// # Panics
///
/// Panics if a point does not have as many coordinates as the cells have variables.
pub fn open(secret: Secret, points: &[Vec<EF>], challenger: &mut Challenger) -> Opening {
    let Secret { size, commitment, grinding, scheme, data } = secret;
    challenger.grind_more(grinding);
    commitment.observe(challenger);
    let protocol = points.iter().cloned().map(Point::new).collect();
    let proof = scheme
        .open(data, protocol, challenger)
        .expect("the number of points is far below the field's size");
    Opening { size, points: points.len(), proof }
}

fn stream(context: &str, seed: &[u8; 32]) -> StdRng {
    StdRng::from_seed(Digest::of_bytes(context, seed).0)
}
