//! The hiding polynomial commitment: HVZK-WHIR over salted Merkle trees.
//!
//! A prover commits to `2^n` cells of the base field and later shows the values of their
//! multilinear extension at points of the extension field, and nothing else about them.
//!
//! - [`Params`]: everything that follows from a [`Size`], for `n` in
//!   [`VARIABLES_MIN`]`..=`[`VARIABLES_MAX`];
//! - [`commit`] gives a [`Commitment`] (32 bytes) and a [`Secret`];
//! - [`open`] spends the secret: the masks are good for one opening, so a second one cannot be
//!   written;
//! - [`verify`] compares the opened values with those that the caller expects. The library checks
//!   only
//!   that a proof agrees with the values *inside it*.
//!
//! # Transcript
//!
//! Both sides call [`Commitment::observe`] where the commitment enters the outer protocol, before
//! any challenge that depends on it. `open` and `verify` absorb the commitment **again**, then the
//! points and the values. Leaving the first one out is a Fiat-Shamir hole.
//!
//! # Soundness
//!
//! Unique decoding, so that every list has one member and nothing is conjectured. The schedule of
//! each size ([`schedule`]) is our own: the library sizes its queries for the code without the
//! hiding randomness, which at small sizes is a far weaker code. `security` adds up the error of
//! each size; a test holds every size to the target.
//!
//! Reference: ePrint 2026/391 (HVZK-WHIR), 2024/1586 (WHIR), 2016/116 section 3 (salted leaves).
//!
//! # Deviations
//!
//! The library numbers a proof's vectors; the bytes here carry no lengths, because the size of
//! everything but the Merkle paths follows from `n` and the number of points ([`Opening`]).

#[cfg(feature = "prove")]
mod prove;
pub mod schedule;
pub(crate) mod shape;
#[cfg(all(test, feature = "prove"))]
mod tests;
mod verify;
mod wire;

#[cfg(feature = "prove")]
pub use prove::{Secret, commit, open};
pub use schedule::{SURPLUS_MAX, SURPLUS_VARIABLES_MIN, Schedule, VARIABLES_MAX, VARIABLES_MIN};
pub use verify::verify;

use assay_codec::{Decode, Encode, Reader};
use p3_blake3::Blake3;
use p3_dft::Radix2DFTSmallBatch;
use p3_merkle_tree::{MerkleCap, MerkleTreeHidingMmcs};
use p3_symmetric::{CompressionFunctionFromHasher, SerializingHasher};
use p3_whir::pcs::zk::{HidingWhirPcs, ZkWhirConfig, ZkWhirProof};
use p3_whir::transcript::zk::observe_commitment;
use rand::rngs::StdRng;

use crate::challenger::Challenger;
use crate::field::{EF, F};
use shape::Shape;

/// Salt of each Merkle leaf, in field elements: 124 bits, as many as it takes to find a collision of
/// the hash that commits to a model.
pub(crate) const SALT: usize = 4;
/// Bytes of a digest.
pub(crate) const DIGEST: usize = 32;

type Dft = Radix2DFTSmallBatch<F>;
type Compress = CompressionFunctionFromHasher<Blake3, 2, DIGEST>;
/// Salted trees. Without the salt, whoever guesses a leaf confirms the guess with the digests of
/// its neighbours' paths.
type Tree =
    MerkleTreeHidingMmcs<F, u8, SerializingHasher<Blake3>, Compress, StdRng, 2, DIGEST, SALT>;
type Scheme = HidingWhirPcs<EF, F, Dft, Tree, Challenger, StdRng>;
pub(crate) type Config = ZkWhirConfig<EF, F, Challenger>;
type Root = MerkleCap<F, [u8; DIGEST]>;
type Proof = ZkWhirProof<F, EF, Tree>;

/// What the parameters follow from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Binary logarithm of the number of cells.
    pub num_vars: usize,
    /// Bits that each error is smaller than in a proof that stands alone: a statement of many
    /// proofs is as likely to be false as all of them together.
    pub surplus: usize,
}

impl std::fmt::Display for Size {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "2^{} cells with {} bits more", self.num_vars, self.surplus)
    }
}

/// Everything that follows from a [`Size`].
#[derive(Clone, Debug)]
pub struct Params {
    size: Size,
    config: Config,
    grinding: usize,
}

impl Params {
    /// Derives the parameters of `2^num_vars` cells, of a proof that stands alone.
    pub fn new(num_vars: usize) -> Result<Self, SizeError> {
        Self::of(Size { num_vars, surplus: 0 })
    }

    /// Derives the parameters of a size.
    pub fn of(size: Size) -> Result<Self, SizeError> {
        let Size { num_vars, surplus } = size;
        let schedule = Schedule::of(num_vars).ok_or(SizeError::Variables { got: num_vars })?;
        let schedule = schedule.with(surplus).ok_or(SizeError::Surplus { got: surplus })?;
        let config = schedule.config(num_vars).map_err(|_| SizeError::Schedule { num_vars })?;
        Ok(Self { size, config, grinding: schedule.grinding })
    }

    /// Returns what they follow from.
    pub fn size(&self) -> Size {
        self.size
    }

    /// Returns the number of variables `n`.
    pub fn num_vars(&self) -> usize {
        self.size.num_vars
    }

    /// Returns the length that no opening of `points` points exceeds.
    pub fn opening_bytes_max(&self, points: usize) -> usize {
        self.shape(points).bytes_max()
    }

    pub(crate) fn config(&self) -> &Config {
        &self.config
    }

    /// Returns the bits of a proof of work beyond what the library asks for.
    pub(crate) fn grinding(&self) -> usize {
        self.grinding
    }

    fn shape(&self, points: usize) -> Shape {
        Shape::new(&self.config, points)
    }

    fn scheme(&self, masks: StdRng, salts: StdRng) -> Scheme {
        let tree = Tree::new(SerializingHasher::new(Blake3), Compress::new(Blake3), 0, salts);
        Scheme::new(self.config.clone(), Dft::default(), tree, masks)
    }
}

/// Why a size has no parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SizeError {
    /// No schedule for this number of variables.
    #[error("{got} variables are outside {VARIABLES_MIN} to {VARIABLES_MAX}")]
    Variables {
        /// The number of variables.
        got: usize,
    },
    /// More bits than there are schedules for.
    #[error("{got} bits more than of one proof, at most {SURPLUS_MAX}")]
    Surplus {
        /// The number of bits.
        got: usize,
    },
    /// The cells are not as many as the parameters are for.
    #[error("{got} cells, not 2^{num_vars}")]
    Cells {
        /// Variables of the parameters.
        num_vars: usize,
        /// The number of cells.
        got: usize,
    },
    /// The library refuses our schedule; a test shows that no size is refused.
    #[error("the schedule of {num_vars} variables is refused")]
    Schedule {
        /// The number of variables.
        num_vars: usize,
    },
}

/// A Merkle root over salted leaves: binds the cells and hides them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Commitment([u8; DIGEST]);

impl Commitment {
    /// Absorbs the commitment, where the outer protocol first depends on it.
    pub fn observe(&self, challenger: &mut Challenger) {
        observe_commitment::<F, _, _>(challenger, self.root());
    }

    fn root(&self) -> Root {
        Root::new(vec![self.0])
    }
}

impl Encode for Commitment {
    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0);
    }
}

impl Decode for Commitment {
    fn decode(from: &mut Reader<'_>) -> Result<Self, assay_codec::Error> {
        from.array().map(Self)
    }
}

/// The proof that committed cells take certain values at certain points.
///
/// Only [`open`] and [`Opening::from_bytes`] make one, and both give it the shape that its size and
/// its number of points demand. The bytes carry no lengths except those of the Merkle paths, every
/// field element takes four bytes in canonical form, and so each opening has one encoding.
#[derive(Clone)]
pub struct Opening {
    size: Size,
    points: usize,
    proof: Proof,
}

impl std::fmt::Debug for Opening {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opening")
            .field("size", &self.size)
            .field("points", &self.points)
            .finish_non_exhaustive()
    }
}

impl Opening {
    /// Returns the encoding.
    pub fn to_bytes(&self) -> Vec<u8> {
        wire::encode(&self.proof)
    }

    /// Reads the opening of as many cells at `points` points, and nothing behind it.
    pub fn from_bytes(params: &Params, points: usize, bytes: &[u8]) -> Result<Self, Rejection> {
        let proof = wire::decode(&params.shape(points), bytes)?;
        Ok(Self { size: params.size, points, proof })
    }
}

/// Why an opening is rejected.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// The size has no parameters.
    #[error(transparent)]
    Size(#[from] SizeError),
    /// The bytes are not an opening of this shape.
    #[error("malformed opening")]
    Malformed(#[from] assay_codec::Error),
    /// The opening was made for another size.
    #[error("opening of {got}, expected {expected}")]
    OtherSize {
        /// That of the parameters.
        expected: Size,
        /// That of the opening.
        got: Size,
    },
    /// Points, values and opening do not agree in number.
    #[error("{points} points, {values} values, {opened} opened")]
    Count {
        /// Points asked for.
        points: usize,
        /// Values expected.
        values: usize,
        /// Values opened.
        opened: usize,
    },
    /// A point has the wrong number of coordinates.
    #[error("point {index} has {got} coordinates, expected {expected}")]
    Arity {
        /// Which point.
        index: usize,
        /// Variables of the commitment.
        expected: usize,
        /// Coordinates of the point.
        got: usize,
    },
    /// An opened value is not the expected one.
    #[error("value {index} differs from the expected one")]
    Value {
        /// Which point.
        index: usize,
    },
    /// The proof of proximity fails.
    #[error("opening does not verify")]
    Proof(#[source] p3_whir::pcs::zk::ZkVerifierError),
    /// The library panicked; tests know of no input that makes it.
    #[error("the commitment library panicked")]
    Panicked,
}
