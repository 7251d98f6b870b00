//! The toy statement: "I know 2^n − 16 bytes whose squares sum to S, and eight numbers with this
//! hash."

use crate::cells::{Block, Layout};
use crate::channel::{self, Prover, Verifier};
use crate::field::{EF, F, PE, PF, WIDTH};
use crate::fraction::{self, Tree};
use crate::linear::Linear;
use crate::mle;
use crate::packed::{self, pack_base};
use crate::pads::{BLIND_ROWS, Budget};
use crate::poseidon2::{self, Lanes, Program, Run, compress};
use crate::relations::{Relation, Relations};
use crate::session::{Cancelled, Circuit, Progress, Witness};
use crate::sumcheck::{Constraint, Reduced, prove_cubic, verify_cubic};
use assay_codec::Digest;
use p3_field::{Algebra, PackedValue, PrimeCharacteristicRing, PrimeField32};
use rand::{RngExt, SeedableRng, rngs::StdRng};

/// How a cheating prover departs from the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cheat {
    /// It does not.
    None,
    /// A byte that is none; the multiplicity goes to its remainder.
    OutOfRange,
    /// A multiplicity one too high.
    Multiplicity,
    /// A multiplicity moved to another entry.
    MovedMultiplicity,
    /// Two squares that are none; their sum is right.
    Square,
    /// Another sum than stated.
    Sum,
    /// A preimage that is none.
    Preimage,
    /// The first blind row used as data, in every table.
    BlindRow,
    /// The local check's batching challenge drawn before its point.
    Order,
    /// The clear readings exchanged.
    Exchanged,
    /// A call of the compression function where the batch is idle.
    IdleCall,
    /// The fractions' trees exchanged.
    Trees,
}

/// The statement and its witness.
#[derive(Clone, Debug)]
pub(super) struct Toy {
    log: usize,
    pub(super) sum: F,
    pub(super) hash: [F; 8],
    layout: Layout,
    pub(super) bytes: Vec<u8>,
    preimage: [F; 8],
    pub(super) cheat: Cheat,
}

const TABLE_LOG: usize = 8;

impl Toy {
    pub(super) fn new(log: usize, seed: u64) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let bytes: Vec<u8> = (0..(1 << log) - BLIND_ROWS).map(|_| rng.random()).collect();
        let preimage: [F; 8] = rng.random();
        let sum = bytes.iter().map(|&b| F::from_u16(u16::from(b)).square()).sum();
        let budget = fraction::budget([log.max(4), TABLE_LOG])
            + poseidon2::budget(poseidon2::LOG_MIN)
            + Budget { linear: 3 * log, clear: 2, ..Budget::default() };
        let layout = Layout::new(&[log, log, TABLE_LOG, 3], budget).unwrap();
        let hash = compress(preimage, TAG);
        Self { log, sum, hash, layout, bytes, preimage, cheat: Cheat::None }
    }

    /// The same witness and statement, proven by a cheat.
    pub(super) fn with(mut self, cheat: Cheat) -> Self {
        self.cheat = cheat;
        self
    }

    /// Another witness of the same statement: the bytes in another order.
    pub(super) fn turned(&self) -> Self {
        let mut other = self.clone();
        other.bytes.rotate_left(self.real() / 3);
        assert_ne!(other.bytes, self.bytes, "another witness");
        other
    }

    /// Rows of x that the prover takes for data.
    fn used(&self) -> usize {
        self.real() + usize::from(self.cheat == Cheat::BlindRow)
    }

    pub(super) fn digest(&self) -> [u8; 32] {
        let hash = self.hash.map(|lane| lane.as_canonical_u32());
        let text = format!("{} {} {hash:?}", self.log, self.sum);
        Digest::of_bytes("toy", text.as_bytes()).0
    }

    /// x, x², multiplicities, preimage.
    pub(super) fn blocks(&self) -> [Block; 4] {
        self.layout.blocks().try_into().unwrap()
    }

    /// Rows of x that hold data.
    pub(super) fn real(&self) -> usize {
        (1 << self.log) - BLIND_ROWS
    }

    /// One call; `busy` adds a second one where there is none.
    fn program(&self, busy: bool) -> Program {
        let [.., preimage] = self.blocks();
        let call = Run {
            at: 0,
            log: 0,
            state: Lanes::Cells(preimage),
            block: Lanes::Constant(TAG),
            output: Lanes::Constant(self.hash),
        };
        let again = Run { at: 1, ..call.clone() };
        Program::new([call].into_iter().chain(busy.then_some(again)).collect())
    }
}

const TAG: [F; 8] = [F::new(7); 8];

impl Circuit for Toy {
    fn label(&self) -> &'static str {
        "assay/toy/1"
    }

    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn verify(
        &self,
        verifier: &mut Verifier<'_>,
        relations: &mut Relations,
    ) -> Result<(), channel::Rejection> {
        let [x, y, m, _] = self.blocks();
        let alpha = verifier.challenge();
        let [lookups, table] = fraction::verify(verifier, relations, [self.log, TABLE_LOG])?;

        let at = relations.point(&lookups.point);
        relations.push_zero(Linear::sum(&[
            (&lookups.numerator, EF::ONE),
            (&Linear::public(mle::prefix(&lookups.point, self.real())), -EF::ONE),
        ]));
        let mut denominators = Relation::new(lookups.denominator.times(-EF::ONE));
        denominators.add_public(alpha);
        denominators.read(-EF::ONE, x, at);
        relations.push(denominators);
        let mut multiplicities = Relation::new(table.numerator);
        let at = relations.point(&table.point);
        multiplicities.read(EF::ONE, m, at);
        relations.push(multiplicities);
        let mut entries = table.denominator;
        entries.add_public(mle::index(&table.point) - alpha);
        relations.push_zero(entries);

        let tau = verifier.challenges(self.log);
        let mu = verifier.challenge();
        let claim = Linear::public(mu * self.sum);
        let Reduced { point, mut claim } = verify_cubic(verifier, claim, self.log)?;
        let [vx, vy] = verifier.clear_array()?;
        let (at_r, at_tau) = (mle::eq_table(&point), mle::eq_table(&tau));
        let both: EF = at_r.iter().zip(at_tau).take(self.real()).map(|(&a, b)| a * b).sum();
        let all = mle::prefix(&point, self.real());
        claim.add_public(-(both * (vx * vx - vy) + mu * all * vy));
        relations.push_zero(claim);
        let at = relations.point(&point);
        for (block, value) in [(x, vx), (y, vy)] {
            let mut reading = Relation::new(Linear::public(-value));
            reading.read(EF::ONE, block, at);
            relations.push(reading);
        }
        poseidon2::verify(&self.program(false), verifier, relations)
    }
}

impl Witness for Toy {
    fn fill(&self, cells: &mut [F], rng: &mut StdRng) {
        let [x, y, m, preimage] = self.blocks();
        for (i, &byte) in self.bytes.iter().enumerate() {
            let byte = u16::from(byte) + 256 * u16::from(i == 3 && self.cheat == Cheat::OutOfRange);
            cells[x.at + i] = F::from_u16(byte);
            cells[y.at + i] = F::from_u16(byte).square();
            cells[m.at + usize::from(byte % 256)] += F::ONE;
        }
        for block in [x, y] {
            for cell in &mut cells[block.range()][self.real()..] {
                *cell = rng.random();
            }
        }
        cells[preimage.range()].copy_from_slice(&self.preimage);
        match self.cheat {
            Cheat::Multiplicity => cells[m.at + 9] += F::ONE,
            Cheat::MovedMultiplicity => {
                cells[m.at + 9] += F::ONE;
                cells[m.at + usize::from(self.bytes[0])] -= F::ONE;
            }
            Cheat::Square => {
                cells[y.at + 2] += F::ONE;
                cells[y.at + 3] -= F::ONE;
            }
            Cheat::Sum => cells[y.at] += F::ONE,
            Cheat::Preimage => cells[preimage.at + 5] += F::ONE,
            // A zero row changes no sum: only the range of the rows can betray it.
            Cheat::BlindRow => {
                cells[x.at + self.real()] = F::ZERO;
                cells[y.at + self.real()] = F::ZERO;
                cells[m.at] += F::ONE;
            }
            _ => (),
        }
    }

    fn prove(&self, prover: &mut Prover<'_>, progress: Progress<'_>) -> Result<(), Cancelled> {
        let mut again = || progress.phase("protocols");
        let [x, y, m, _] = self.blocks();
        let cells = prover.cells();
        let alpha = PE::from(prover.challenge());
        let mut ones = vec![F::ZERO; 1 << self.log];
        ones[..self.used()].fill(F::ONE);
        let denominators = pack_base(&cells[x.range()]).iter().map(|&x| alpha - x).collect();
        let lookups = Tree::new(pack_base(&ones).to_vec(), denominators);
        let entries = (0..(1 << TABLE_LOG) / WIDTH)
            .map(|i| alpha - PF::from_fn(|lane| F::from_usize(i * WIDTH + lane)));
        let multiplicities = pack_base(&cells[m.range()]).iter().map(|&m| -m).collect();
        let table = Tree::new(multiplicities, entries.collect());
        match self.cheat {
            Cheat::Trees => fraction::prove([&table, &lookups], prover, &mut again)?,
            _ => fraction::prove([&lookups, &table], prover, &mut again)?,
        };

        let early = (self.cheat == Cheat::Order).then(|| prover.challenge());
        let tau = prover.challenges(self.log);
        let mu = early.unwrap_or_else(|| prover.challenge());
        let lift = |block: Block| {
            pack_base(&cells[block.range()]).iter().map(|&cell| PE::from(cell)).collect()
        };
        let real = pack_base(&ones);
        let weights = packed::eq_packed(&tau).into_iter().zip(real).map(|(eq, &one)| eq * one);
        let tables =
            [lift(x), lift(y), weights.collect(), real.iter().map(|&one| PE::from(one)).collect()];
        let (_, [vx, vy, ..]) = prove_cubic(prover, tables, self.log, &Local { mu });
        let (first, second) = if self.cheat == Cheat::Exchanged { (vy, vx) } else { (vx, vy) };
        prover.clear(first);
        prover.clear(second);
        poseidon2::prove(&self.program(self.cheat == Cheat::IdleCall), prover, &mut again)
    }
}

struct Local {
    mu: EF,
}

impl Constraint<4> for Local {
    fn evaluate<A: Algebra<EF> + Copy>(&self, &[x, y, weight, real]: &[A; 4]) -> A {
        weight * (x * x - y) + real * y * self.mu
    }
}
