//! The circuit: a run of chain and cipher for each block of parameters.

use super::{Delivery, Unfit, cipher};
use crate::batches::{batch_logs, programs};
use crate::chain::Gadget;
use crate::commit::{self, elements};
use assay_engine::cells::{Block, Layout};
use assay_engine::channel::{Rejection, Verifier};
use assay_engine::field::F;
use assay_engine::poseidon2::{self, HALF, Lanes, Program, Run};
use assay_engine::relations::Relations;
use assay_engine::security::Terms;
use assay_engine::session;
use assay_model::Architecture;

/// Calls behind chain and cipher.
const SINGLE_CALLS: usize = 6;
/// Keys that are cells: key, s, compress(s, CIPHER), k.
const KEYS: usize = 4;

/// Everything derived from a statement and its ciphertext.
pub(super) struct Circuit {
    #[cfg(feature = "prove")]
    parameters: Vec<Block>,
    commitment: Gadget,
    #[cfg(feature = "prove")]
    keys: [Block; KEYS],
    programs: Vec<Program>,
    layout: Layout,
}

/// Binary logarithms of the blocks of the parameters.
fn pieces(architecture: &Architecture) -> Result<Vec<usize>, Unfit> {
    commit::pieces(architecture).ok_or(Unfit::Architecture)
}

fn hashes_logs(pieces: &[usize]) -> Vec<usize> {
    let runs = Gadget::chain_logs(pieces).flat_map(|log| [log; 2]);
    batch_logs(runs.chain([0; SINGLE_CALLS]).collect())
}

fn layout(pieces: &[usize]) -> Result<Layout, Unfit> {
    let mut logs = pieces.to_vec();
    logs.extend(Gadget::blocks(pieces));
    logs.extend([3; KEYS]);
    let budgets = hashes_logs(pieces).into_iter().map(poseidon2::budget);
    let budget = budgets.fold(Default::default(), |sum, budget| sum + budget);
    Layout::new(&logs, budget).map_err(|_| Unfit::TooLarge)
}

impl Circuit {
    pub(super) fn new(statement: &Delivery, ciphertext: &[u8]) -> Result<Self, Unfit> {
        let pieces = pieces(&statement.architecture)?;
        let sealed = cipher::parse(&pieces, ciphertext)?;
        if cipher::ciphertext_digest(ciphertext) != statement.ciphertext {
            return Err(Unfit::Ciphertext);
        }
        let layout = layout(&pieces)?;
        let blocks = layout.blocks().split_at_checked(pieces.len());
        let (parameters, rest) = blocks.ok_or(Unfit::TooLarge)?;
        let gadget = commit::gadget(&statement.architecture, parameters.to_vec(), rest);
        let (commitment, rest) = gadget.ok_or(Unfit::TooLarge)?;
        let (&keys, _) = rest.split_first_chunk().ok_or(Unfit::TooLarge)?;
        let runs = runs(statement, &commitment, parameters, keys, sealed);
        Ok(Self {
            #[cfg(feature = "prove")]
            parameters: parameters.to_vec(),
            commitment,
            #[cfg(feature = "prove")]
            keys,
            programs: programs(runs),
            layout,
        })
    }
}

fn runs(
    statement: &Delivery,
    commitment: &Gadget,
    parameters: &[Block],
    [key, secret, mixed, stream]: [Block; KEYS],
    mut sealed: Vec<[F; HALF]>,
) -> Vec<Run> {
    let job = statement.context.job;
    let mut runs = Vec::with_capacity(2 * parameters.len() + SINGLE_CALLS);
    let mut first = 0_usize;
    for (chain, &block) in commitment.chain_runs().zip(parameters) {
        let log = chain.log;
        let count = (1_usize << log).min(sealed.len());
        let behind = sealed.split_off(count);
        runs.push(chain);
        runs.push(Run {
            at: 0,
            log,
            state: Lanes::Cells(stream),
            block: Lanes::Counter(first),
            output: Lanes::Minus(sealed, Box::new(Lanes::Rows(block))),
        });
        sealed = behind;
        first += count;
    }
    let cells = Lanes::Cells;
    let known = Lanes::Constant;
    let single = |state, block, output| Run { at: 0, log: 0, state, block, output };
    let salt = Lanes::Minus(sealed, Box::new(cells(commitment.salt)));
    runs.extend([
        commitment.salt_run(&statement.model.0),
        single(cells(stream), known(cipher::counter(first)), salt),
        single(cells(key), known(cipher::key_tag()), known(elements(&statement.key_hash))),
        single(
            cells(secret),
            known(cipher::secret_tag(&job)),
            known(elements(&statement.secret_hash)),
        ),
        single(cells(secret), known(cipher::cipher_tag(&job)), cells(mixed)),
        single(cells(mixed), cells(key), cells(stream)),
    ]);
    runs
}

impl session::Circuit for Circuit {
    fn label(&self) -> &'static str {
        "assay/delivery/2"
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
        self.programs.iter().try_for_each(|program| poseidon2::verify(program, verifier, relations))
    }
}

pub(super) fn security(statement: &Delivery) -> Result<Terms, Unfit> {
    let pieces = pieces(&statement.architecture)?;
    let mut terms = crate::terms::common(&layout(&pieces)?).ok_or(Unfit::TooLarge)?;
    for log in hashes_logs(&pieces) {
        crate::terms::poseidon2(&mut terms, log);
    }
    Ok(terms)
}

#[cfg(feature = "prove")]
pub(super) use proven::Proven;

#[cfg(feature = "prove")]
mod proven {
    use super::{Circuit, Layout, Rejection, Relations, Verifier, cipher, poseidon2};
    use crate::commit::{Committed, chain, elements};
    use crate::delivery::Witness;
    use assay_engine::channel::Prover;
    use assay_engine::field::F;
    use assay_engine::poseidon2::{Compressor, HALF};
    use assay_engine::session::{self, Cancelled, Progress};
    use assay_types::JobId;
    use rand::rngs::StdRng;

    /// The circuit with its witness.
    pub(in crate::delivery) struct Proven<'a, M> {
        pub(in crate::delivery) circuit: Circuit,
        pub(in crate::delivery) witness: Witness<'a, M>,
        pub(in crate::delivery) job: JobId,
    }

    impl<M: Committed> session::Circuit for Proven<'_, M> {
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

    impl<M: Committed> session::Witness for Proven<'_, M> {
        fn fill(&self, cells: &mut [F], _: &mut StdRng) {
            let Witness { model, salt, key, secret } = self.witness;
            let mut plain = model.blocks();
            for block in &self.circuit.parameters {
                let (out, _) = cells[block.range()].as_chunks_mut::<HALF>();
                out.iter_mut().zip(plain.by_ref()).for_each(|(out, block)| *out = block);
            }
            let chain = chain(&Compressor::default(), model);
            self.circuit.commitment.fill(&chain, salt, cells);
            let stream = cipher::Stream::new(key, secret, &self.job);
            let values = [elements(key), elements(secret), stream.mixed, stream.key];
            for (block, values) in self.circuit.keys.iter().zip(values) {
                cells[block.range()].copy_from_slice(&values);
            }
        }

        fn prove(&self, prover: &mut Prover<'_>, progress: Progress<'_>) -> Result<(), Cancelled> {
            let mut again = || progress.phase("model commitment and cipher");
            again()?;
            let mut programs = self.circuit.programs.iter();
            programs.try_for_each(|program| poseidon2::prove(program, prover, &mut again))
        }
    }
}
