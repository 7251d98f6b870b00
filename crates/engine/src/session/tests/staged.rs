//! A proof made step by step, so that tests can step in between: dishonest provers, and the prover
//! with its challenges fixed.

use super::toy::Toy;
use crate::challenger::Challenger;
use crate::channel::{Messages, Prover, Verifier};
use crate::closing::{self, Openings};
use crate::field::{EF, F};
use crate::pads;
use crate::pcs::{self, Commitment, Secret};
use crate::products;
use crate::relations::{Functional, Relations};
use crate::session::{Circuit, Proof, Witness, challenger, converse, prove};
use assay_codec::Digest;
use rand::{SeedableRng, rngs::StdRng};

/// The seed of proof `number`.
pub(super) fn seed(number: u64) -> [u8; 32] {
    Digest::of_bytes("staged", &number.to_le_bytes()).0
}

/// The cells of proof `number`, as `session::prove` fills them.
pub(super) fn cells(toy: &Toy, number: u64) -> Vec<F> {
    let layout = toy.layout();
    let mut rng = StdRng::from_seed(Digest::of_bytes("assay engine cells", &seed(number)).0);
    let mut cells = vec![F::default(); 1 << layout.variables()];
    toy.fill(&mut cells, &mut rng);
    pads::fill(&mut cells, layout.region(), &mut rng);
    cells
}

/// A committed prover.
pub(super) struct Committed {
    pub(super) commitment: Commitment,
    secret: Secret,
}

impl Committed {
    /// Commits with the masks and salts of proof `number`.
    pub(super) fn new(cells: Vec<F>, number: u64) -> Self {
        let seed = Digest::of_bytes("assay engine commitment", &seed(number)).0;
        let params = pcs::Params::new(cells.len().ilog2() as usize).unwrap();
        let (commitment, secret) = pcs::commit(&params, cells, &seed).unwrap();
        Self { commitment, secret }
    }

    /// Opens at `points` with what the challenger has absorbed.
    pub(super) fn open(
        self,
        messages: Messages,
        points: &[Vec<EF>],
        mut challenger: Challenger,
    ) -> Vec<u8> {
        let opening = pcs::open(self.secret, points, &mut challenger);
        Proof { commitment: self.commitment, messages, opening }.encode()
    }
}

/// The challenger behind the commitment.
pub(super) fn started(toy: &Toy, commitment: &Commitment) -> Challenger {
    let mut challenger = challenger(toy, &toy.digest());
    commitment.observe(&mut challenger);
    challenger
}

/// What the prover says of `cells`, and how it ends.
pub(super) struct Said {
    pub(super) messages: Messages,
    pub(super) points: Vec<Vec<EF>>,
    pub(super) challenger: Challenger,
    pub(super) functional: Functional,
}

/// The whole conversation of an honest prover that starts from `challenger`; with `program`, its
/// challenges are these.
pub(super) fn say(toy: &Toy, cells: &[F], challenger: Challenger, program: Option<&[EF]>) -> Said {
    let layout = toy.layout();
    let mut prover = Prover::new(challenger.clone(), layout, cells);
    if let Some(challenges) = program {
        prover.program(challenges.to_vec());
    }
    toy.prove(&mut prover, &mut |_| ()).unwrap();
    products::prove(&mut prover);

    let messages = prover.messages().clone();
    let mut replay = match program {
        None => Verifier::new(challenger, layout, &messages),
        Some(challenges) => Verifier::programmed(challenges.to_vec(), layout, &messages),
    };
    let mut relations = Relations::default();
    toy.verify(&mut replay, &mut relations).unwrap();
    products::verify(&mut replay, &mut relations).unwrap();
    let functional = relations.batch(prover.challenge());

    let points = closing::prove(&mut prover, layout, &functional);
    let (messages, challenger) = prover.finish();
    Said { messages, points, challenger, functional }
}

/// Proves whatever the cells say, as an honest prover would.
pub(super) fn prove_cells(toy: &Toy, cells: &[F]) -> Vec<u8> {
    let committed = Committed::new(cells.to_vec(), 1);
    let said = say(toy, cells, started(toy, &committed.commitment), None);
    committed.open(said.messages, &said.points, said.challenger)
}

/// What a verifier with challenges of its own makes of `messages`: openings, residual, challenges.
pub(super) fn hear(toy: &Toy, mut verifier: Verifier<'_>) -> (Option<Openings>, EF, Vec<EF>) {
    let (openings, residual) = converse(toy, &mut verifier).unwrap();
    let drawn = verifier.drawn().to_vec();
    verifier.finish().unwrap();
    (openings, residual, drawn)
}

/// [`hear`] with programmed challenges.
pub(super) fn hear_programmed(
    toy: &Toy,
    messages: &Messages,
    challenges: &[EF],
) -> (Option<Openings>, EF, Vec<EF>) {
    hear(toy, Verifier::programmed(challenges.to_vec(), toy.layout(), messages))
}

/// The places of f(r*), g and the first z among the clear scalars.
pub(super) struct Last {
    pub(super) f: usize,
    pub(super) g: usize,
    pub(super) z: usize,
}

impl Last {
    pub(super) fn of(toy: &Toy) -> Self {
        let f = toy.layout().region().budget().clear + 3;
        Self { f, g: f + 1, z: f + 2 }
    }
}

/// The challenge e, the last one before s.
pub(super) fn challenge_e(drawn: &[EF]) -> EF {
    drawn[drawn.len() - 1 - pads::LAST_SLOTS.ilog2() as usize]
}

#[test]
fn step_by_step_is_the_prover_itself() {
    for number in [1, 2] {
        let toy = Toy::new(6, number);
        let proof = prove(&toy, &toy.digest(), &seed(number), &mut |_| ()).unwrap();
        let proof = Proof::decode(toy.layout(), &proof).unwrap();
        let cells = cells(&toy, number);
        let commitment = Committed::new(cells.clone(), number).commitment;
        assert_eq!(commitment, proof.commitment);
        let said = say(&toy, &cells, started(&toy, &commitment), None);
        assert_eq!(said.messages, proof.messages);
    }
}
