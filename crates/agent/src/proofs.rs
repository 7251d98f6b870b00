//! What is committed to, proven and delivered of a model, of whichever kind it is.

use crate::step::Outside;
use crate::test_set::TestSet;
use assay_model::{Architecture, Graph};
use assay_statements::commit::{self, Salt};
use assay_statements::{accuracy, delivery};
use assay_types::statement::{Accuracy, Delivery};
use assay_types::{FieldDigest, JobId, ModelCommitment};

/// What a delivery is encrypted under, and what goes with the model.
#[derive(Clone, Copy)]
pub(crate) struct Secrets<'a> {
    /// The salt of the model's commitment.
    pub(crate) salt: &'a Salt,
    /// The owner's key.
    pub(crate) key: &'a FieldDigest,
    /// The buyer's secret.
    pub(crate) secret: &'a FieldDigest,
}

impl<'a> Secrets<'a> {
    fn with<M>(self, model: &'a M) -> delivery::Witness<'a, M> {
        let Self { salt, key, secret } = self;
        delivery::Witness { model, salt, key, secret }
    }
}

/// Commits to the parameters of `graph`.
pub(crate) fn commit(graph: &Graph, salt: &Salt) -> ModelCommitment {
    match graph {
        Graph::DecisionTree(model) => commit::commit(model, salt),
        Graph::Network(model) => commit::commit(model, salt),
        Graph::Forest(model) => commit::commit(model, salt),
    }
}

/// Proves a score on rows that everybody sees, or that only the two parties see.
pub(crate) fn prove_score(
    statement: &Accuracy,
    (graph, salt): (&Graph, &Salt),
    test_set: &TestSet,
    out: &mut Outside<'_>,
) -> Result<Vec<u8>, accuracy::ProveError> {
    let (table, seed) = (&test_set.table, out.draw());
    let tell = &mut *out.progress;
    match (graph, &test_set.salt) {
        (Graph::DecisionTree(model), Some(rows_salt)) => {
            let witness = accuracy::Witness { model, salt, table };
            accuracy::prove_committed(statement, &witness, rows_salt, seed, tell)
        }
        (Graph::Network(_) | Graph::Forest(_), Some(_)) => Err(accuracy::Unfit::Modes.into()),
        (Graph::DecisionTree(model), None) => {
            let witness = accuracy::Witness { model, salt, table };
            accuracy::prove(statement, &witness, seed, tell)
        }
        (Graph::Network(model), None) => {
            let witness = accuracy::Witness { model, salt, table };
            accuracy::prove(statement, &witness, seed, tell)
        }
        (Graph::Forest(model), None) => {
            let witness = accuracy::Witness { model, salt, table };
            accuracy::prove(statement, &witness, seed, tell)
        }
    }
}

/// Encrypts a model for `job`.
pub(crate) fn seal(graph: &Graph, secrets: Secrets<'_>, job: &JobId) -> Vec<u8> {
    match graph {
        Graph::DecisionTree(model) => delivery::seal(&secrets.with(model), job),
        Graph::Network(model) => delivery::seal(&secrets.with(model), job),
        Graph::Forest(model) => delivery::seal(&secrets.with(model), job),
    }
}

/// Proves that the ciphertext of `statement` holds the model.
pub(crate) fn prove_delivery(
    statement: &Delivery,
    graph: &Graph,
    secrets: Secrets<'_>,
    out: &mut Outside<'_>,
) -> Result<Vec<u8>, delivery::ProveError> {
    let seed = out.draw();
    let tell = &mut *out.progress;
    match graph {
        Graph::DecisionTree(model) => delivery::prove(statement, &secrets.with(model), seed, tell),
        Graph::Network(model) => delivery::prove(statement, &secrets.with(model), seed, tell),
        Graph::Forest(_) => Err(delivery::Unfit::Architecture.into()),
    }
}

/// Decrypts what [`seal`] made of a model of this architecture.
pub(crate) fn open(
    ciphertext: &[u8],
    architecture: &Architecture,
    (key, secret): (&FieldDigest, &FieldDigest),
    job: &JobId,
) -> Result<(Graph, Salt), delivery::Unfit> {
    match architecture {
        &Architecture::DecisionTree(bounds) => {
            let (model, salt) = delivery::open(ciphertext, bounds, key, secret, job)?;
            Ok((Graph::DecisionTree(model), salt))
        }
        Architecture::Network(program) => {
            let (model, salt) = delivery::open_network(ciphertext, program, key, secret, job)?;
            Ok((Graph::Network(model), salt))
        }
        _ => Err(delivery::Unfit::Architecture),
    }
}
