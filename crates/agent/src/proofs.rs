//! What is committed to, proven and delivered of a model, of whichever kind it is.

use crate::step::Outside;
use crate::test_set::TestSet;
use assay_codec::from_bytes;
use assay_model::ops::tree::NodeTable;
use assay_model::{Architecture, Graph};
use assay_statements::Progress;
use assay_statements::accuracy::{self, Scored};
use assay_statements::commit::{self, Salt};
use assay_statements::delivery;
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

/// Reads a model as a wallet keeps it. Wallets of the time when there were trees only kept them without their
/// kind.
pub(crate) fn read(bytes: &[u8]) -> Option<Graph> {
    let tree = || from_bytes::<NodeTable>(bytes).ok().map(Graph::DecisionTree);
    from_bytes(bytes).ok().or_else(tree)
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
    let tell = &mut out.progress;
    match graph {
        Graph::DecisionTree(model) => {
            prove(statement, accuracy::Witness { model, salt, table }, test_set, seed, tell)
        }
        Graph::Network(model) => {
            prove(statement, accuracy::Witness { model, salt, table }, test_set, seed, tell)
        }
        Graph::Forest(model) => {
            prove(statement, accuracy::Witness { model, salt, table }, test_set, seed, tell)
        }
    }
}

fn prove<M: Scored>(
    statement: &Accuracy,
    witness: accuracy::Witness<'_, M>,
    test_set: &TestSet,
    seed: [u8; 32],
    tell: Progress<'_>,
) -> Result<Vec<u8>, accuracy::ProveError> {
    match &test_set.salt {
        Some(salt) => accuracy::prove_committed(statement, &witness, salt, seed, tell),
        None => accuracy::prove(statement, &witness, seed, tell),
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
    let tell = &mut out.progress;
    match graph {
        Graph::DecisionTree(model) => delivery::prove(statement, &secrets.with(model), seed, tell),
        Graph::Network(model) => delivery::prove(statement, &secrets.with(model), seed, tell),
        Graph::Forest(model) => delivery::prove(statement, &secrets.with(model), seed, tell),
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
        Architecture::DecisionTree(_) => {
            let (model, salt) = delivery::open(ciphertext, architecture, key, secret, job)?;
            Ok((Graph::DecisionTree(model), salt))
        }
        Architecture::Network(_) => {
            let (model, salt) = delivery::open(ciphertext, architecture, key, secret, job)?;
            Ok((Graph::Network(model), salt))
        }
        Architecture::Forest(_) => {
            let (model, salt) = delivery::open(ciphertext, architecture, key, secret, job)?;
            Ok((Graph::Forest(model), salt))
        }
        _ => Err(delivery::Unfit::Architecture),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use assay_codec::to_bytes;
    use assay_model::ops::{network, tree};
    use assay_model::synthetic;

    #[test]
    fn models_are_read_with_their_kind_and_trees_without() {
        let hidden = synthetic::tree(4, 3, 3, 6, 1).unwrap();
        let nodes = hidden.to_table(tree::bounds_for(&hidden, 4, 16).unwrap()).unwrap();
        let network = Graph::Network(network::synthetic::mlp(&[4, 3, 2], 1));
        assert_eq!(read(&to_bytes(&network)), Some(network));
        let tree = Graph::DecisionTree(nodes.clone());
        assert_eq!(read(&to_bytes(&nodes)), Some(tree.clone()));
        assert_eq!(read(&to_bytes(&tree)), Some(tree));
        assert_eq!(read(&[]), None);
        assert_eq!(read(&[7; 100]), None);
    }
}
