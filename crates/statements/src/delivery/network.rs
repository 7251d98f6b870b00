//! The circuit of a network: a run of chain and cipher for each block of parameters.

use super::{Delivery, Rejection, Unfit, cipher};
use crate::commit::{NetworkGadget, batch_logs, elements, programs};
use assay_engine::cells::{Block, Layout};
use assay_engine::channel::{self, Verifier};
use assay_engine::field::F;
use assay_engine::poseidon2::{self, HALF, Lanes, Run};
use assay_engine::relations::Relations;
use assay_engine::security::Terms;
use assay_engine::session;
use assay_layers::network::parameter_logs;
use assay_model::ops::network::Program;

/// Calls behind chain and cipher.
const SINGLE_CALLS: usize = 6;
/// Keys that are cells: key, s, compress(s, CIPHER), k.
const KEYS: usize = 4;

/// Everything derived from a statement and its ciphertext.
struct Circuit {
    #[cfg(feature = "prove")]
    parameters: Vec<Block>,
    commitment: NetworkGadget,
    #[cfg(feature = "prove")]
    keys: [Block; KEYS],
    programs: Vec<poseidon2::Program>,
    layout: Layout,
}

fn hashes_logs(pieces: &[usize]) -> Vec<usize> {
    let runs = NetworkGadget::chain_logs(pieces).flat_map(|log| [log; 2]);
    batch_logs(&runs.chain([0; SINGLE_CALLS]).collect::<Vec<_>>())
}

fn layout(pieces: &[usize]) -> Result<Layout, Unfit> {
    let mut logs = pieces.to_vec();
    logs.extend(NetworkGadget::blocks(pieces));
    logs.extend([3; KEYS]);
    let budgets = hashes_logs(pieces).into_iter().map(poseidon2::budget);
    let budget = budgets.fold(Default::default(), |sum, budget| sum + budget);
    Layout::new(&logs, budget).map_err(|_| Unfit::TooLarge)
}

impl Circuit {
    fn new(statement: &Delivery, program: &Program, ciphertext: &[u8]) -> Result<Self, Unfit> {
        let sealed = cipher::parse_blocks(program.parameter_layout().cells() / HALF, ciphertext)?;
        if cipher::ciphertext_digest(ciphertext) != statement.ciphertext {
            return Err(Unfit::Ciphertext);
        }
        let pieces = parameter_logs(program);
        let layout = layout(&pieces)?;
        let blocks = layout.blocks().split_at_checked(pieces.len());
        let (parameters, rest) = blocks.ok_or(Unfit::TooLarge)?;
        let gadget = NetworkGadget::new(program, parameters, rest);
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
    commitment: &NetworkGadget,
    parameters: &[Block],
    [key, secret, mixed, stream]: [Block; KEYS],
    mut sealed: Vec<[F; HALF]>,
) -> Vec<Run> {
    let job = statement.context.job;
    let mut runs = Vec::with_capacity(2 * parameters.len() + SINGLE_CALLS);
    let mut first = 0_usize;
    for (chain, &block) in commitment.chain_runs().into_iter().zip(parameters) {
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
        commitment.salt_run(&statement.model),
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
        "assay/delivery/network/1"
    }

    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn verify(
        &self,
        verifier: &mut Verifier<'_>,
        relations: &mut Relations,
    ) -> Result<(), channel::Rejection> {
        self.commitment.verify(relations);
        self.programs.iter().try_for_each(|program| poseidon2::verify(program, verifier, relations))
    }
}

/// As [`super::verify`], for a network.
pub(super) fn verify(
    statement: &Delivery,
    program: &Program,
    ciphertext: &[u8],
    proof: &[u8],
) -> Result<(), Rejection> {
    let circuit = Circuit::new(statement, program, ciphertext)?;
    Ok(session::verify(&circuit, &statement.digest().0.0, proof)?)
}

pub(super) fn security(program: &Program) -> Result<Terms, Unfit> {
    let pieces = parameter_logs(program);
    let mut terms = crate::terms::common(&layout(&pieces)?).ok_or(Unfit::TooLarge)?;
    for log in hashes_logs(&pieces) {
        crate::terms::poseidon2(&mut terms, log);
    }
    Ok(terms)
}

#[cfg(feature = "prove")]
mod proven {
    use super::{Circuit, Layout, Relations, Verifier, channel, cipher, poseidon2};
    use crate::commit::{blocks_of, chain, elements};
    use crate::delivery::{Delivered, Delivery, ProveError, Unfit, Witness};
    use assay_engine::channel::Prover;
    use assay_engine::field::F;
    use assay_engine::poseidon2::{Compressor, HALF};
    use assay_engine::session::{self, Progress};
    use assay_model::Architecture;
    use assay_model::ops::network::Network;
    use rand::rngs::StdRng;

    /// The circuit with its witness.
    struct Proven<'a> {
        circuit: Circuit,
        witness: &'a Witness<'a, Network>,
        job: assay_types::JobId,
    }

    impl Delivered for Network {
        fn prove_delivery(
            statement: &Delivery,
            witness: &Witness<'_, Self>,
            seed: [u8; 32],
            progress: &mut dyn FnMut(&'static str),
        ) -> Result<Vec<u8>, ProveError> {
            let Architecture::Network(program) = &statement.architecture else {
                return Err(Unfit::Architecture.into());
            };
            let job = statement.context.job;
            let circuit = Circuit::new(statement, program, &cipher::seal(witness, &job))?;
            let proven = Proven { circuit, witness, job };
            Ok(session::prove(&proven, &statement.digest().0.0, &seed, progress)?)
        }
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
        ) -> Result<(), channel::Rejection> {
            self.circuit.verify(verifier, relations)
        }
    }

    impl session::Witness for Proven<'_> {
        fn fill(&self, cells: &mut [F], _: &mut StdRng) {
            let &Witness { model, salt, key, secret } = self.witness;
            let mut plain = blocks_of(model);
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

        fn prove(&self, prover: &mut Prover<'_>, progress: Progress<'_>) {
            progress("model commitment and cipher");
            for program in &self.circuit.programs {
                poseidon2::prove(program, prover);
            }
        }
    }
}
