//! The circuit: one program of compressions.

use super::{Delivery, Unfit, cipher};
use crate::commit::{Gadget, elements};
use assay_engine::cells::{Block, Layout};
use assay_engine::channel::{Rejection, Verifier};
use assay_engine::field::F;
use assay_engine::poseidon2::{self, HALF, Lanes, Program, Run};
use assay_engine::relations::Relations;
use assay_engine::security::Terms;
use assay_engine::session;
use assay_model::{Architecture, ops::tree::Bounds};

/// Calls behind chain and cipher.
const SINGLE_CALLS: usize = 6;

/// Everything derived from a statement and its ciphertext.
pub(super) struct Circuit {
    #[cfg(feature = "prove")]
    slots: [Block; 4],
    commitment: Gadget,
    /// key, s, compress(s, CIPHER), k.
    #[cfg(feature = "prove")]
    keys: [Block; 4],
    program: Program,
    layout: Layout,
}

fn bounds(statement: &Delivery) -> Result<Bounds, Unfit> {
    match &statement.architecture {
        Architecture::DecisionTree(bounds) => Ok(*bounds),
        _ => Err(Unfit::Architecture),
    }
}

fn hashes_log(bounds: Bounds) -> usize {
    let calls = (2 << Gadget::chain_log(bounds)) + SINGLE_CALLS;
    (calls.next_power_of_two().ilog2() as usize).max(poseidon2::LOG_MIN)
}

fn layout(bounds: Bounds) -> Result<Layout, Unfit> {
    let mut logs = vec![bounds.slots_log(); 4];
    logs.extend(Gadget::blocks(bounds));
    logs.extend([3; 4]);
    Layout::new(&logs, poseidon2::budget(hashes_log(bounds))).map_err(|_| Unfit::TooLarge)
}

impl Circuit {
    pub(super) fn new(statement: &Delivery, ciphertext: &[u8]) -> Result<Self, Unfit> {
        let bounds = bounds(statement)?;
        let sealed = cipher::parse(bounds, ciphertext)?;
        if cipher::ciphertext_digest(ciphertext) != statement.ciphertext {
            return Err(Unfit::Ciphertext);
        }
        let layout = layout(bounds)?;
        let (&slots, rest) = layout.blocks().split_first_chunk().ok_or(Unfit::TooLarge)?;
        let (commitment, rest) = Gadget::new(bounds, slots, rest).ok_or(Unfit::TooLarge)?;
        let (&keys, _) = rest.split_first_chunk().ok_or(Unfit::TooLarge)?;
        let program = program(statement, &commitment, keys, sealed);
        Ok(Self {
            #[cfg(feature = "prove")]
            slots,
            commitment,
            #[cfg(feature = "prove")]
            keys,
            program,
            layout,
        })
    }
}

fn program(
    statement: &Delivery,
    commitment: &Gadget,
    [key, secret, mixed, stream]: [Block; 4],
    mut sealed: Vec<[F; HALF]>,
) -> Program {
    let job = statement.context.job;
    let chain = commitment.chain_run(0);
    let blocks = 1 << chain.log;
    let last = sealed.split_off(blocks);
    let cipher = Run {
        at: blocks,
        log: chain.log,
        state: Lanes::Cells(stream),
        block: Lanes::Public((0..blocks).map(cipher::counter).collect()),
        output: Lanes::Minus(sealed, Box::new(commitment.message())),
    };
    let single = |index: usize, state, block, output| Run {
        at: 2 * blocks + index,
        log: 0,
        state,
        block,
        output,
    };
    let cells = Lanes::Cells;
    let known = Lanes::Constant;
    Program::new(vec![
        chain,
        cipher,
        commitment.salt_run(2 * blocks, &statement.model),
        single(
            1,
            cells(stream),
            known(cipher::counter(blocks)),
            Lanes::Minus(last, Box::new(cells(commitment.salt))),
        ),
        single(2, cells(key), known(cipher::key_tag()), known(elements(&statement.key_hash))),
        single(
            3,
            cells(secret),
            known(cipher::secret_tag(&job)),
            known(elements(&statement.secret_hash)),
        ),
        single(4, cells(secret), known(cipher::cipher_tag(&job)), cells(mixed)),
        single(5, cells(mixed), cells(key), cells(stream)),
    ])
}

impl session::Circuit for Circuit {
    fn label(&self) -> &'static str {
        "assay/delivery/tree/1"
    }

    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn verify(
        &self,
        verifier: &mut Verifier<'_>,
        relations: &mut Relations,
    ) -> Result<(), Rejection> {
        self.commitment.verify(relations);
        poseidon2::verify(&self.program, verifier, relations)
    }
}

pub(super) fn security(statement: &Delivery) -> Result<Terms, Unfit> {
    let bounds = bounds(statement)?;
    let layout = layout(bounds)?;
    let mut terms = crate::terms::common(&layout).ok_or(Unfit::TooLarge)?;
    crate::terms::poseidon2(&mut terms, hashes_log(bounds));
    Ok(terms)
}

#[cfg(feature = "prove")]
pub(super) use proven::Proven;

#[cfg(feature = "prove")]
mod proven {
    use super::{Circuit, Layout, Rejection, Relations, Verifier, cipher, poseidon2};
    use crate::commit::{chain, elements};
    use crate::delivery::Witness;
    use assay_engine::channel::Prover;
    use assay_engine::field::F;
    use assay_engine::poseidon2::Compressor;
    use assay_engine::session::{self, Progress};
    use p3_field::PrimeCharacteristicRing;
    use rand::rngs::StdRng;

    /// The circuit with its witness.
    pub(in crate::delivery) struct Proven<'a> {
        pub(in crate::delivery) circuit: Circuit,
        pub(in crate::delivery) witness: Witness<'a>,
        pub(in crate::delivery) job: assay_types::JobId,
    }

    impl session::Circuit for Proven<'_> {
        fn label(&self) -> &'static str {
            self.circuit.label()
        }

        fn layout(&self) -> &Layout {
            self.circuit.layout()
        }

        fn verify(
            &self,
            verifier: &mut Verifier<'_>,
            relations: &mut Relations,
        ) -> Result<(), Rejection> {
            self.circuit.verify(verifier, relations)
        }
    }

    impl session::Witness for Proven<'_> {
        fn fill(&self, cells: &mut [F], _: &mut StdRng) {
            let Witness { model, salt, key, secret } = self.witness;
            for (i, slot) in model.slots().iter().enumerate() {
                let [a, b, c, d] = self.circuit.slots.map(|block| block.at + i);
                cells[a] = F::from_u16(slot.feature);
                cells[b] = F::from_u16(slot.low);
                cells[c] = F::from_u16(slot.high);
                cells[d] = F::from_u32(slot.left);
            }
            let chain = chain(&Compressor::default(), model);
            self.circuit.commitment.fill(&chain, salt, cells);
            let stream = cipher::Stream::new(key, secret, &self.job);
            let values = [elements(key), elements(secret), stream.mixed, stream.key];
            for (block, values) in self.circuit.keys.iter().zip(values) {
                cells[block.range()].copy_from_slice(&values);
            }
        }

        fn prove(&self, prover: &mut Prover<'_>, progress: Progress<'_>) {
            progress("model commitment and cipher");
            poseidon2::prove(&self.circuit.program, prover);
        }
    }
}
