//! Chains and ciphers over neighbouring cells: runs of falling length, a state to a row.

use super::{prove, verify};
use crate::cells::Block;
use crate::channel::rehearsal::Rehearsal;
use crate::field::{EF, F};
use crate::linear::Linear;
use crate::poseidon2::{HALF, Lanes, Program, Run, budget, compress};
use crate::relations::{Relation, Relations};
use p3_field::PrimeCharacteristicRing;

/// Calls of the two runs of the chain, as binary logarithms.
const PIECES: [usize; 2] = [2, 1];
const KEY: [F; HALF] = [F::TWO; HALF];

fn counter(index: usize) -> [F; HALF] {
    std::array::from_fn(|lane| if lane == 0 { F::from_usize(index) } else { F::ZERO })
}

/// Messages in two blocks, states in two, the last state; the ciphertext.
struct Rows {
    stage: Rehearsal,
    cipher: Vec<[F; HALF]>,
}

impl Rows {
    fn new() -> Self {
        let logs = [PIECES[0] + 3, PIECES[1] + 3, PIECES[0] + 3, PIECES[1] + 3, 3];
        let mut stage = Rehearsal::new(&logs, budget(4));
        let mut cipher = Vec::new();
        let (mut state, mut index) = ([F::ZERO; HALF], 0);
        for (piece, log) in PIECES.into_iter().enumerate() {
            for call in 0..1 << log {
                let message: [F; HALF] =
                    std::array::from_fn(|lane| F::from_usize(100 * index + lane));
                let mut write = |block: usize, values: [F; HALF]| {
                    let at = stage.block(block).at + HALF * call;
                    stage.cells[at..at + HALF].copy_from_slice(&values);
                };
                write(piece, message);
                write(2 + piece, state);
                let mask = compress(KEY, counter(index));
                cipher.push(std::array::from_fn(|lane| message[lane] + mask[lane]));
                state = compress(state, message);
                index += 1;
            }
        }
        let end = stage.block(4).at;
        stage.cells[end..end + HALF].copy_from_slice(&state);
        Self { stage, cipher }
    }

    fn program(&self) -> Program {
        let block = |i| self.stage.block(i);
        let next = [Block { at: block(3).at, log: 3 }, block(4)];
        let (mut at, mut first) = (0, 0);
        let mut runs = Vec::new();
        for (piece, log) in PIECES.into_iter().enumerate() {
            let count = 1 << log;
            let rows = block(2 + piece);
            let output = Lanes::NextRows { rows, last: next[piece] };
            let (state, message) = (Lanes::Rows(rows), Lanes::Rows(block(piece)));
            runs.push(Run { at, log, state, block: message.clone(), output });
            let sealed = self.cipher[first..first + count].to_vec();
            runs.push(Run {
                at: at + count,
                log,
                state: Lanes::Constant(KEY),
                block: Lanes::Counter(first),
                output: Lanes::Minus(sealed, Box::new(message)),
            });
            at += 2 * count;
            first += count;
        }
        Program::new(runs)
    }

    fn accepts(&self) -> bool {
        let program = self.program();
        let messages =
            self.stage.messages(|prover| prove(&program, prover, &mut || Ok(())).unwrap());
        let mut verifier = self.stage.verifier(&messages);
        let mut relations = Relations::default();
        verify(&program, &mut verifier, &mut relations).unwrap();
        verifier.check_budget().unwrap();
        // Start and end are not the program's business.
        let truth = Self::new();
        for block in [Block { at: self.stage.block(2).at, log: 3 }, self.stage.block(4)] {
            for cell in block.range() {
                let mut fixed = Relation::new(Linear::public(-EF::from(truth.stage.cells[cell])));
                fixed.read(EF::ONE, Block { at: cell, log: 0 }, Relations::CELL);
                relations.push(fixed);
            }
        }
        self.stage.holds(relations)
    }
}

#[test]
fn a_chain_over_rows_is_proven() {
    assert!(Rows::new().accepts());
}

#[test]
fn rejects_every_wrong_cell_of_a_row() {
    let blocks = Rows::new().stage.layout.blocks().to_vec();
    for cell in blocks.into_iter().flat_map(|block| block.range()) {
        let mut rows = Rows::new();
        rows.stage.cells[cell] += F::ONE;
        assert!(!rows.accepts(), "cell {cell}");
    }
}

#[test]
fn rejects_every_wrong_block_of_a_ciphertext() {
    for index in 0..Rows::new().cipher.len() {
        let mut rows = Rows::new();
        rows.cipher[index][index % HALF] += F::ONE;
        assert!(!rows.accepts(), "block {index}");
    }
}
