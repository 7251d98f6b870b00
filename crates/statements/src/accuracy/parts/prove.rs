//! The prover's half.

use super::closing::{self, Closing};
use super::verify::{check, rows, whole};
use super::{Parted, Stated, part};
use crate::accuracy::prove::{answer, is_true, known};
use crate::accuracy::verify::{public, stated};
use crate::accuracy::{Accuracy, ProveError, Scored, Unfit, Witness};
use crate::circuit::{Circuit, Opened, Proven};
use crate::commit::tag;
use crate::sum;
use assay_engine::field::F;
use assay_engine::poseidon2::HALF;
use assay_engine::session::{self, Progress};
use assay_layers::{Claim, Labels, Layer, Rows};
use assay_types::statement::PARTS_MAX;
use p3_field::PrimeCharacteristicRing;

/// What the salts of a statement's sums are derived from: uniform, and kept as long as its proofs are not
/// all made. Whoever has it learns how many rows of each part are right.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Secret(pub [u8; 32]);

impl std::fmt::Debug for Secret {
    /// A secret stays out of logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(hidden)")
    }
}

impl Secret {
    /// The number and seven elements of salt, for part `index`.
    fn opening(&self, whole: &Accuracy, part_rows: u32, index: usize, number: u64) -> [F; HALF] {
        let mut name = self.0.to_vec();
        name.extend_from_slice(&whole.digest().0.0);
        name.extend_from_slice(&part_rows.to_le_bytes());
        name.extend_from_slice(&(index as u64).to_le_bytes());
        let [_, salt @ ..] = tag("assay/parts/salt/1", &name);
        let [a, b, c, d, e, f, g] = salt;
        [F::from_u64(number), a, b, c, d, e, f, g]
    }
}

/// A statement in parts, and all that its proofs are made of.
#[derive(Debug)]
pub struct Proving<'a, M> {
    pub(in crate::accuracy) statement: Parted,
    pub(in crate::accuracy) witness: Witness<'a, M>,
    /// h_0 … h_K of the model's commitment.
    states: Vec<[F; HALF]>,
    /// What each commitment opens to.
    pub(in crate::accuracy) opened: Vec<[F; HALF]>,
    /// The distance between the whole sum and the goal.
    pub(in crate::accuracy) distance: u64,
}

impl<'a, M: Scored> Proving<'a, M> {
    /// Executes all rows, and commits to what each part adds, if the whole is true. The same arguments
    /// give the same statement.
    pub fn new(
        whole: Accuracy,
        part_rows: u32,
        witness: Witness<'a, M>,
        secret: &Secret,
    ) -> Result<Self, ProveError> {
        let Witness { model, table, .. } = witness;
        let (goal, best) = {
            let stated = stated(&whole)?;
            public(&whole, &stated, table)?;
            (stated.goal, stated.best)
        };
        let states = known(&whole, &witness)?;
        let answers = (0..table.rows())
            .map(|row| {
                let answer = answer(model, best, (table.row(row), table.labels()[row]));
                answer.ok_or(assay_layers::Unprovable::NoClass { row })
            })
            .collect::<Result<Vec<_>, _>>()?;
        is_true(&whole, goal, &answers, table.labels())?;
        let parts = Parted::count(whole.rows, part_rows);
        if !(1..=PARTS_MAX).contains(&parts) {
            return Err(Unfit::Parts.into());
        }
        let mut statement = Parted { whole, part_rows, sums: Vec::new() };
        let opened: Vec<_> = (0..parts)
            .map(|index| {
                let rows = statement.rows(index);
                let (goal, _) = goal.of_part(rows.len());
                let sum = goal.sum(&answers[rows.clone()], &table.labels()[rows]);
                secret.opening(&statement.whole, part_rows, index, goal.distance(sum))
            })
            .collect();
        statement.sums = opened.iter().copied().map(sum::commit).collect();
        let distance = goal.distance(goal.sum(&answers, table.labels()));
        Ok(Self { statement, witness, states, opened, distance })
    }

    /// What is proven.
    pub fn statement(&self) -> &Parted {
        &self.statement
    }

    /// Whether `proof` is one of part `index`, so that no other need be made.
    pub fn is_proven(&self, index: usize, proof: &[u8]) -> bool {
        let whole = whole(&self.statement);
        whole.is_ok_and(|whole| {
            check(&self.statement, whole, self.witness.table, index, proof).is_ok()
        })
    }

    /// Proves part `index`. `seed` is 32 fresh bytes of the operating system's randomness, used for
    /// nothing else; `progress` is told the name of each phase as it begins, and may stop the
    /// proof.
    pub fn part(
        &self,
        index: usize,
        seed: [u8; 32],
        progress: Progress<'_>,
    ) -> Result<Vec<u8>, ProveError> {
        let (rows, stated) = self.part_of(index)?;
        let claim = claim(&rows, &stated);
        let proven = self.proven(index, &stated, claim, progress)?;
        Ok(session::prove(&proven, &self.statement.part(index).0.0, &seed, progress)?)
    }

    fn part_of(&self, index: usize) -> Result<(assay_model::Table, Stated<'_>), Unfit> {
        let rows = rows(&self.statement, self.witness.table, index).ok_or(Unfit::Parts)?;
        let stated = part(&self.statement, whole(&self.statement)?, index).ok_or(Unfit::Parts)?;
        Ok((rows, stated))
    }

    /// The circuit of part `index` with its witness.
    fn proven<'r>(
        &'r self,
        index: usize,
        stated: &Stated<'_>,
        claim: Claim<'r>,
        progress: Progress<'_>,
    ) -> Result<Proven<'r, M::Sizes>, ProveError> {
        let circuit = Circuit::<M::Sizes>::new(stated, claim, None)?;
        progress.phase("execution")?;
        let Witness { model, salt, .. } = self.witness;
        let execution = circuit.layer.execute(model)?;
        let opened = Opened {
            model: Some((self.states.clone(), salt)),
            sum: self.opened.get(index).copied(),
            ..Opened::default()
        };
        Ok(Proven { circuit, model, execution, opened })
    }

    /// Proves that the parts add up.
    pub fn closing(&self, seed: [u8; 32], progress: Progress<'_>) -> Result<Vec<u8>, ProveError> {
        let goal = whole(&self.statement)?.goal;
        let closing = Closing::new(&self.statement, goal).ok_or(Unfit::TooLarge)?;
        let (opened, distance) = (self.opened.clone(), self.distance);
        let proven = closing::Proven { closing, opened, distance };
        let name = self.statement.part(self.statement.sums.len());
        Ok(session::prove(&proven, &name.0.0, &seed, progress)?)
    }
}

/// What is claimed of a part's rows.
fn claim<'r>(rows: &'r assay_model::Table, stated: &Stated<'_>) -> Claim<'r> {
    Claim { rows: Rows::Public(rows), labels: Labels::Public(rows.labels()), goal: stated.goal }
}
