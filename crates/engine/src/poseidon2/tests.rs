//! A small circuit with every kind of lane: a masked message hashed as a chain.
//!
//! ```text
//! h_0 = START,  h_{i+1} = compress(h_i, m_i),  h_last = digest cells = DIGEST public
//! c_i − m_i = compress(key, i)
//! fingerprint = compress(key, 0 … 0, 1)
//! ```

mod rows;

use super::native::{external, transpose};
use super::{HALF, LANES, Lanes, Program, Run, budget, compress, prove, verify};
use crate::cells::Block;
use crate::channel::rehearsal::Rehearsal;
use crate::channel::{Messages, Verifier};
use crate::field::{EF, F};
use crate::linear::Linear;
use crate::pads::{self, Column};
use crate::relations::{Relation, Relations};
use p3_field::{Field, PrimeCharacteristicRing};
use rand::{RngExt, SeedableRng, rngs::StdRng};

type Half = [F; HALF];

const START: Half = [F::new(11); HALF];

fn counter(i: usize) -> Half {
    std::array::from_fn(|lane| if lane == 0 { F::from_usize(i) } else { F::ZERO })
}

const MARK: Half = [F::ZERO, F::ZERO, F::ZERO, F::ZERO, F::ZERO, F::ZERO, F::ZERO, F::ONE];

/// What is public.
#[derive(Clone)]
struct Public {
    digest: Half,
    cipher: Vec<Half>,
    fingerprint: Half,
}

/// 2^log message blocks, in columns; the chain's states; the digest; the key.
struct Chain {
    log: usize,
    stage: Rehearsal,
    public: Public,
}

impl Chain {
    fn new(log: usize) -> Self {
        let mut rng = StdRng::seed_from_u64(3);
        let logs: Vec<usize> = [log; 2 * HALF].into_iter().chain([3, 3]).collect();
        let calls = (2 << log) + 1_usize;
        let batch = (calls.next_power_of_two().ilog2() as usize).max(super::LOG_MIN);
        let mut stage = Rehearsal::new(&logs, budget(batch));
        let key: Half = rng.random();
        let mut state = START;
        let mut cipher = Vec::new();
        let blocks = stage.layout.blocks().to_vec();
        for i in 0..1 << log {
            let message: Half = rng.random();
            for lane in 0..HALF {
                stage.cells[blocks[lane].at + i] = message[lane];
                stage.cells[blocks[HALF + lane].at + i] = state[lane];
            }
            let mask = compress(key, counter(i));
            cipher.push(std::array::from_fn(|lane| message[lane] + mask[lane]));
            state = compress(state, message);
        }
        for lane in 0..HALF {
            stage.cells[blocks[2 * HALF].at + lane] = state[lane];
            stage.cells[blocks[2 * HALF + 1].at + lane] = key[lane];
        }
        let public = Public { digest: state, cipher, fingerprint: compress(key, MARK) };
        Self { log, stage, public }
    }

    fn columns(&self, from: usize) -> [Block; HALF] {
        std::array::from_fn(|lane| self.stage.block(from + lane))
    }

    fn program(&self, public: &Public) -> Program {
        let (message, states) = (self.columns(0), self.columns(HALF));
        let key = self.stage.block(2 * HALF + 1);
        let (log, count) = (self.log, 1 << self.log);
        Program::new(vec![
            Run {
                at: 0,
                log,
                state: Lanes::Columns(states),
                block: Lanes::Columns(message),
                output: Lanes::Shifted { columns: states, last: self.stage.block(2 * HALF) },
            },
            Run {
                at: count,
                log,
                state: Lanes::Cells(key),
                block: Lanes::Public((0..count).map(counter).collect()),
                output: Lanes::Minus(public.cipher.clone(), Box::new(Lanes::Columns(message))),
            },
            Run {
                at: 2 * count,
                log: 0,
                state: Lanes::Cells(key),
                block: Lanes::Constant(MARK),
                output: Lanes::Constant(public.fingerprint),
            },
        ])
    }

    fn messages(&self) -> Messages {
        self.stage
            .messages(|prover| prove(&self.program(&self.public), prover, &mut || Ok(())).unwrap())
    }

    fn accepts(&self, messages: &Messages, public: &Public) -> bool {
        let mut verifier = self.stage.verifier(messages);
        let mut relations = Relations::default();
        verify(&self.program(public), &mut verifier, &mut relations).unwrap();
        verifier.check_budget().unwrap();
        assert!(verifier.finish().is_ok(), "nothing is left over");
        // The chain's two ends are not the program's business.
        let states = self.columns(HALF).map(|column| column.cell(0));
        let digest = std::array::from_fn(|lane| self.stage.block(2 * HALF).cell(lane));
        for (blocks, values) in [(states, START), (digest, public.digest)] {
            for (block, value) in blocks.into_iter().zip(values) {
                let mut end = Relation::new(Linear::public(-EF::from(value)));
                end.read(EF::ONE, block, Relations::CELL);
                relations.push(end);
            }
        }
        self.stage.holds(relations)
    }
}

#[test]
fn a_masked_chain_is_proven_at_every_length() {
    for log in 0..9 {
        let chain = Chain::new(log);
        assert!(chain.accepts(&chain.messages(), &chain.public), "2^{log} blocks");
    }
}

#[test]
fn rejects_every_wrong_cell() {
    for log in [0, 1, 2] {
        let mut chain = Chain::new(log);
        let blocks = chain.stage.layout.blocks().to_vec();
        for at in blocks.into_iter().flat_map(|block| block.range()) {
            chain.stage.cells[at] += F::ONE;
            assert!(!chain.accepts(&chain.messages(), &chain.public), "2^{log} blocks, cell {at}");
            chain.stage.cells[at] -= F::ONE;
        }
        assert!(chain.accepts(&chain.messages(), &chain.public));
    }
}

#[test]
fn rejects_every_other_public_value() {
    let chain = Chain::new(2);
    let messages = chain.messages();
    for lane in 0..HALF {
        for value in 0..6 {
            let mut public = chain.public.clone();
            match value {
                0 => public.digest[lane] += F::ONE,
                1 => public.fingerprint[lane] += F::ONE,
                _ => public.cipher[value - 2][lane] += F::ONE,
            }
            assert!(!chain.accepts(&messages, &public), "value {value}, lane {lane}");
        }
    }
}

#[test]
fn rejects_every_changed_message() {
    let chain = Chain::new(1);
    let honest = chain.messages();
    for i in 0..honest.hidden.len() {
        let mut bad = honest.clone();
        bad.hidden[i] += EF::ONE;
        assert!(!chain.accepts(&bad, &chain.public), "message {i}");
    }
}

/// One call at position 0, the rest idle; a prover may have put another call into the idle part.
fn one_call(extra: Option<Half>) -> bool {
    let stage = Rehearsal::new(&[3], budget(super::LOG_MIN));
    let run = |at: usize, state: Half| Run {
        at,
        log: 0,
        state: Lanes::Constant(state),
        block: Lanes::Constant([F::ZERO; HALF]),
        output: Lanes::Constant(compress(state, [F::ZERO; HALF])),
    };
    let stated = Program::new(vec![run(0, START)]);
    let proven =
        Program::new([run(0, START)].into_iter().chain(extra.map(|s| run(5, s))).collect());
    let messages = stage.messages(|prover| prove(&proven, prover, &mut || Ok(())).unwrap());
    let mut verifier = stage.verifier(&messages);
    let mut relations = Relations::default();
    verify(&stated, &mut verifier, &mut relations).unwrap();
    stage.holds(relations)
}

#[test]
fn rejects_an_idle_call_that_is_not_zero() {
    assert!(one_call(None));
    assert!(one_call(Some([F::ZERO; HALF])), "a call of zeros is what idle positions hold");
    assert!(!one_call(Some(START)));
    assert!(!one_call(Some(counter(1))));
}

#[test]
fn rejects_a_false_output_of_an_honest_walk() {
    let stage = Rehearsal::new(&[3], budget(super::LOG_MIN));
    for lane in 0..HALF {
        let mut output = compress(START, MARK);
        output[lane] += F::ONE;
        assert!(!claims(&stage, Lanes::Constant(START), Lanes::Constant(START), output), "{lane}");
    }
}

#[test]
fn rejects_output_lanes_whose_errors_cancel() {
    let stage = Rehearsal::new(&[3], budget(super::LOG_MIN));
    let truth = compress(START, MARK);
    for (a, b) in [(0, 1), (2, 7), (6, 3)] {
        let mut output = truth;
        output[a] += F::ONE;
        output[b] -= F::ONE;
        assert!(!claims(&stage, Lanes::Constant(START), Lanes::Constant(START), output));
    }
    assert!(claims(&stage, Lanes::Constant(START), Lanes::Constant(START), truth));
}

#[test]
fn rejects_a_preimage_that_is_not_in_the_cells() {
    // The prover knows a preimage, and has committed to something else.
    let mut stage = Rehearsal::new(&[3], budget(super::LOG_MIN));
    let block = stage.block(0);
    let (stated, known) = (|| Lanes::Cells(block), || Lanes::Constant(START));
    let output = compress(START, MARK);
    assert!(!claims(&stage, stated(), known(), output));
    stage.cells[block.range()].copy_from_slice(&START);
    assert!(claims(&stage, stated(), known(), output), "the same values are the same claim");
    stage.cells[block.at + 7] += F::ONE;
    assert!(!claims(&stage, stated(), known(), output));
}

#[test]
fn rejects_lanes_inside_the_walk_that_agree_in_one_combination() {
    // In the last round the prover states sixteen lanes y. Three are moved by t·d with Σ d = 0 and
    // Σ w·(y + t·d)³ = Σ w·y³: the round's claim holds, and the next one would if its weights were
    // known beforehand.
    let stage = Rehearsal::new(&[3], budget(super::LOG_MIN));
    let program = Program::new(vec![idle_but_for(START)]);
    let mut messages = stage.messages(|prover| prove(&program, prover, &mut || Ok(())).unwrap());
    let heard = |mut verifier: Verifier<'_>| {
        let mut relations = Relations::default();
        verify(&program, &mut verifier, &mut relations).unwrap();
        (stage.holds(relations), verifier.drawn().to_vec())
    };
    let (honest, drawn) = heard(stage.verifier(&messages));
    assert!(honest);

    let log = super::LOG_MIN;
    let mut w = [EF::ZERO; LANES];
    w[..HALF].copy_from_slice(&drawn[log].powers().collect_n(HALF));
    let w = transpose(external, &w);
    let region = stage.layout.region();
    let first = 1 + 3 * log;
    let y: [EF; 3] = std::array::from_fn(|lane| {
        messages.hidden[first + lane] - pads::value(&stage.cells, region.product(Column::A, lane))
    });
    let sum =
        |d: [EF; 3], f: fn(EF, EF) -> EF| -> EF { (0..3).map(|l| w[l] * f(y[l], d[l])).sum() };
    let linear = |d| sum(d, |y, d| y * y * d);
    let [a, b] = [[1, 0, -1], [0, 1, -1]].map(|d: [i8; 3]| linear(d.map(EF::from_i8)));
    let slope = -a * b.inverse();
    let d = [EF::ONE, slope, -EF::ONE - slope];
    let three = EF::from_u8(3);
    let t = -three * sum(d, |y, d| y * d * d) * sum(d, |_, d| d * d * d).inverse();
    let cubes = |t: EF| -> EF { (0..3).map(|l| w[l] * (y[l] + t * d[l]).cube()).sum() };
    assert_eq!(cubes(t), cubes(EF::ZERO));
    assert_ne!(t, EF::ZERO);

    for (lane, d) in d.into_iter().enumerate() {
        messages.hidden[first + lane] += t * d;
    }
    // Challenges as before, so that only the algebra can object.
    assert!(!heard(Verifier::programmed(drawn, &stage.layout, &messages)).0);
}

fn idle_but_for(state: Half) -> Run {
    let (block, output) = (Lanes::Constant(MARK), Lanes::Constant(compress(state, MARK)));
    Run { at: 0, log: 0, state: Lanes::Constant(state), block, output }
}

/// Whether the verifier takes `output` for compress(`stated`, MARK), proven over the state `known`.
fn claims(stage: &Rehearsal, stated: Lanes, known: Lanes, output: Half) -> bool {
    let program = |state| {
        let (block, output) = (Lanes::Constant(MARK), Lanes::Constant(output));
        Program::new(vec![Run { at: 0, log: 0, state, block, output }])
    };
    let known = program(known);
    let messages = stage.messages(|prover| prove(&known, prover, &mut || Ok(())).unwrap());
    let mut verifier = stage.verifier(&messages);
    let mut relations = Relations::default();
    verify(&program(stated), &mut verifier, &mut relations).unwrap();
    stage.holds(relations)
}

fn idle(at: usize, log: usize) -> Run {
    let zeros = || Lanes::Constant([F::ZERO; HALF]);
    Run { at, log, state: zeros(), block: zeros(), output: zeros() }
}

#[test]
#[should_panic(expected = "aligned")]
fn refuses_a_run_that_is_not_aligned() {
    let _ = Program::new(vec![idle(2, 2)]);
}

#[test]
#[should_panic(expected = "overlap")]
fn refuses_runs_that_overlap() {
    let _ = Program::new(vec![idle(0, 2), idle(2, 1)]);
}
