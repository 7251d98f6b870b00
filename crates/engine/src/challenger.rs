//! The sponge behind every challenge: Blake3 over the bytes of what was said.

use crate::field::F;
use p3_blake3::Blake3;
use p3_challenger::{
    CanObserve, CanSample, CanSampleBits, CanSampleUniformBits, FieldChallenger,
    GrindingChallenger, HashChallenger, ResamplingError, SerializingChallenger32,
};
use p3_symmetric::MerkleCap;

/// Absorbs field elements and digests as bytes, draws field elements without bias.
///
/// Start one with `Challenger::from_hasher(label, Blake3)`. Everything that a proof depends on is
/// absorbed before the first challenge is drawn.
#[derive(Clone, Debug)]
pub struct Challenger {
    sponge: Sponge,
    /// Bits that a proof of work takes beyond what is asked for, if anything is asked for.
    grinding: usize,
}

type Sponge = SerializingChallenger32<F, HashChallenger<u8, Blake3, 32>>;

impl Challenger {
    /// Starts from a label.
    pub fn from_hasher(label: Vec<u8>, hasher: Blake3) -> Self {
        Self { sponge: Sponge::from_hasher(label, hasher), grinding: 0 }
    }

    /// From now on a proof of work takes so many bits beyond what is asked for.
    ///
    /// The commitment library asks for one bit: its queries of mask codes are sized as if nothing had
    /// been ground before they are drawn, so it is told a level without the grinding. See
    /// `pcs::schedule`.
    pub(crate) fn grind_more(&mut self, bits: usize) {
        self.grinding = bits;
    }
}

/// Returns the difficulty of a proof of work for which `bits` are asked, where it takes `grinding`
/// more.
pub(crate) fn difficulty(bits: usize, grinding: usize) -> usize {
    if bits == 0 { 0 } else { bits.saturating_add(grinding) }
}

impl GrindingChallenger for Challenger {
    type Witness = F;

    fn grind(&mut self, bits: usize) -> F {
        self.sponge.grind(difficulty(bits, self.grinding))
    }

    fn check_witness(&mut self, bits: usize, witness: F) -> bool {
        self.sponge.check_witness(difficulty(bits, self.grinding), witness)
    }
}

impl CanObserve<F> for Challenger {
    fn observe(&mut self, value: F) {
        self.sponge.observe(value);
    }

    fn observe_slice(&mut self, values: &[F]) {
        self.sponge.observe_slice(values);
    }
}

impl<const N: usize> CanObserve<MerkleCap<F, [u8; N]>> for Challenger {
    fn observe(&mut self, cap: MerkleCap<F, [u8; N]>) {
        self.sponge.observe(cap);
    }
}

impl CanSample<F> for Challenger {
    fn sample(&mut self) -> F {
        self.sponge.sample()
    }
}

impl CanSampleBits<usize> for Challenger {
    fn sample_bits(&mut self, bits: usize) -> usize {
        self.sponge.sample_bits(bits)
    }
}

impl CanSampleUniformBits<F> for Challenger {
    fn sample_uniform_bits<const RESAMPLE: bool>(
        &mut self,
        bits: usize,
    ) -> Result<usize, ResamplingError> {
        self.sponge.sample_uniform_bits::<RESAMPLE>(bits)
    }
}

impl FieldChallenger<F> for Challenger {}

#[cfg(test)]
mod tests {
    use super::{Challenger, Sponge};
    use crate::field::F;
    use p3_blake3::Blake3;
    use p3_challenger::{CanSample, GrindingChallenger};
    use p3_field::PrimeCharacteristicRing;

    #[test]
    fn a_proof_of_work_takes_more_bits_than_are_asked_for() {
        const GRINDING: usize = 17;
        let mut ours = Challenger::from_hasher(b"test".to_vec(), Blake3);
        ours.grind_more(GRINDING);
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
        ours.grind_more(17);
        assert_eq!(ours.clone().grind(0), F::ZERO);
        let before: F = ours.clone().sample();
        assert!(ours.check_witness(0, F::ZERO));
        assert_eq!(ours.sample(), before, "nothing was absorbed");
    }
}
