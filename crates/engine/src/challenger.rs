//! The sponge behind every challenge: Blake3 over the bytes of what was said.

use crate::field::F;
use p3_blake3::Blake3;
use p3_challenger::{
    CanObserve, CanSample, CanSampleBits, CanSampleUniformBits, FieldChallenger,
    GrindingChallenger, HashChallenger, ResamplingError, SerializingChallenger32,
};
use p3_symmetric::MerkleCap;

/// Bits that a proof of work takes beyond what is asked for, if anything is asked for.
///
/// The commitment library asks for one bit: its queries of mask codes are sized as if nothing had
/// been ground before they are drawn, so it is told a level without the grinding. See
/// `pcs::schedule`.
pub(crate) const GRINDING: usize = 17;

/// Absorbs field elements and digests as bytes, draws field elements without bias.
///
/// Start one with `Challenger::from_hasher(label, Blake3)`. Everything that a proof depends on is
/// absorbed before the first challenge is drawn.
#[derive(Clone, Debug)]
pub struct Challenger(Sponge);

type Sponge = SerializingChallenger32<F, HashChallenger<u8, Blake3, 32>>;

impl Challenger {
    /// Starts from a label.
    pub fn from_hasher(label: Vec<u8>, hasher: Blake3) -> Self {
        Self(Sponge::from_hasher(label, hasher))
    }
}

/// Returns the difficulty of a proof of work for which `bits` are asked.
pub(crate) fn difficulty(bits: usize) -> usize {
    if bits == 0 { 0 } else { bits.saturating_add(GRINDING) }
}

impl GrindingChallenger for Challenger {
    type Witness = F;

    fn grind(&mut self, bits: usize) -> F {
        self.0.grind(difficulty(bits))
    }

    fn check_witness(&mut self, bits: usize, witness: F) -> bool {
        self.0.check_witness(difficulty(bits), witness)
    }
}

impl CanObserve<F> for Challenger {
    fn observe(&mut self, value: F) {
        self.0.observe(value);
    }

    fn observe_slice(&mut self, values: &[F]) {
        self.0.observe_slice(values);
    }
}

impl<const N: usize> CanObserve<MerkleCap<F, [u8; N]>> for Challenger {
    fn observe(&mut self, cap: MerkleCap<F, [u8; N]>) {
        self.0.observe(cap);
    }
}

impl CanSample<F> for Challenger {
    fn sample(&mut self) -> F {
        self.0.sample()
    }
}

impl CanSampleBits<usize> for Challenger {
    fn sample_bits(&mut self, bits: usize) -> usize {
        self.0.sample_bits(bits)
    }
}

impl CanSampleUniformBits<F> for Challenger {
    fn sample_uniform_bits<const RESAMPLE: bool>(
        &mut self,
        bits: usize,
    ) -> Result<usize, ResamplingError> {
        self.0.sample_uniform_bits::<RESAMPLE>(bits)
    }
}

impl FieldChallenger<F> for Challenger {}

#[cfg(test)]
mod tests {
    use super::{Challenger, GRINDING, Sponge};
    use crate::field::F;
    use p3_blake3::Blake3;
    use p3_challenger::{CanSample, GrindingChallenger};
    use p3_field::PrimeCharacteristicRing;

    #[test]
    fn a_proof_of_work_takes_more_bits_than_are_asked_for() {
        let ours = Challenger::from_hasher(b"test".to_vec(), Blake3);
        let sponge = Sponge::from_hasher(b"test".to_vec(), Blake3);
        let mut proven = ours.clone();
        let witness = proven.grind(1);
        assert!(sponge.clone().check_witness(1 + GRINDING, witness));
        let mut checked = ours.clone();
        assert!(checked.check_witness(1, witness));
        let after: F = proven.sample();
        assert_eq!(after, checked.sample(), "both sides go on alike");

        // Found with the difficulty that was asked for, and no more.
        let light = (0..64).map(F::from_u8).filter(|&w| sponge.clone().check_witness(1, w));
        assert!(light.clone().count() > 10);
        assert!(light.into_iter().all(|w| !ours.clone().check_witness(1, w) || w == witness));
    }

    #[test]
    fn where_no_work_is_asked_for_none_is_done() {
        let mut ours = Challenger::from_hasher(b"test".to_vec(), Blake3);
        assert_eq!(ours.clone().grind(0), F::ZERO);
        let before: F = ours.clone().sample();
        assert!(ours.check_witness(0, F::ZERO));
        assert_eq!(ours.sample(), before, "nothing was absorbed");
    }
}
