//! Models that answer with a number are delivered like those that answer with a class: what is delivered
//! are parameters.

use super::super::circuit::{Circuit, Proven};
use super::{Witness, check, ciphertext_digest, digest, job, key_hash, open, seal, secret_hash};
use crate::commit::{Committed, Salt, commit};
use assay_engine::session::{self, Rejection};
use assay_model::ops::forest::{ForestTable, Votes};
use assay_model::ops::network::{Network, synthetic as networks};
use assay_model::regression::{Model, Reading, Scale, Schema};
use assay_model::{Graph, Ordered, synthetic};
use assay_types::statement::{Context, Delivery};

fn forest(seed: u64) -> ForestTable {
    let forest = synthetic::forest((5, 1), Votes::All, (4, 3, 5), seed).unwrap();
    forest.to_table(forest.bounds(4, 0, 5).unwrap()).unwrap()
}

fn network(seed: u64) -> Network {
    networks::mlp(&[5, 7, 1], seed)
}

fn model(graph: Graph, reading: Reading) -> Model {
    let names = (0..5).map(|feature| format!("x{feature}")).collect();
    let schema = Schema::new(names, "y".into(), "m".into(), Scale::new(10, 0, 9).unwrap()).unwrap();
    Model::new(schema, graph, reading).unwrap()
}

#[test]
fn what_is_proven_opens_to_the_committed_regressor() {
    check(&forest(5));
    check(&network(1));
}

/// What a buyer puts together of what opens, and of what a statement says in public, answers alike.
#[test]
fn what_opens_answers_with_the_same_numbers() {
    let row = [Ordered::ZERO; 5];
    let (salt, key, secret) = (Salt(digest(1)), digest(2), digest(3));
    let reading = Reading::new(7, -300).unwrap();
    let (of_forest, of_network) = (forest(5), network(1));
    let witness = Witness { model: &of_forest, salt: &salt, key: &key, secret: &secret };
    let ciphertext = seal(&witness, &job());
    let own = model(Graph::Forest(of_forest.clone()), Reading::PLAIN);
    let architecture = own.architecture();
    let opened = open(&ciphertext, architecture.graph(), &key, &secret, &job()).unwrap().0;
    assert_eq!(model(Graph::Forest(opened), architecture.reading()), own);

    let witness = Witness { model: &of_network, salt: &salt, key: &key, secret: &secret };
    let ciphertext = seal(&witness, &job());
    let own = model(Graph::Network(of_network.clone()), reading);
    let architecture = own.architecture();
    let opened = open(&ciphertext, architecture.graph(), &key, &secret, &job()).unwrap().0;
    let bought = model(Graph::Network(opened), architecture.reading());
    assert_eq!(bought.exec(&row), own.exec(&row));
    assert!(own.exec(&row).is_some());
}

/// A seller who committed to `own` and delivers `other`, with cells of either.
fn verdict<M: Committed>(own: &M, other: &M, cells: &M) -> Result<(), Rejection> {
    let (salt, key, secret) = (Salt(digest(1)), digest(2), digest(3));
    let witness = |model| Witness { model, salt: &salt, key: &key, secret: &secret };
    let ciphertext = seal(&witness(other), &job());
    let statement = Delivery {
        context: Context { job: job(), ..Context::default() },
        architecture: own.architecture(),
        model: commit(own, &salt),
        key_hash: key_hash(&key),
        secret_hash: secret_hash(&secret, &job()),
        ciphertext: ciphertext_digest(&ciphertext),
    };
    let circuit = Circuit::new(&statement, &ciphertext).unwrap();
    let proven = Proven { circuit, witness: witness(cells), job: job() };
    let digest = statement.digest().0.0;
    let proof = session::prove(&proven, &digest, &[4; 32], &mut |_| ()).unwrap();
    session::verify(&proven, &digest, &proof)
}

#[test]
fn other_parameters_than_the_committed_ones_are_not_delivered() {
    fn refused<M: Committed>(own: &M, other: &M) {
        assert_eq!(verdict(own, own, own), Ok(()));
        for cells in [own, other] {
            assert_eq!(verdict(own, other, cells), Err(Rejection::Relation));
        }
    }
    // One leaf says another number.
    let own = forest(5);
    let mut values = own.values().to_vec();
    values[0] += 1;
    let other = ForestTable::new(own.bounds(), own.slots().to_vec(), values).unwrap();
    refused(&own, &other);
    let own = network(1);
    let mut cells = own.parameters().cells().to_vec();
    cells[0] += 1;
    let other = Network::new(own.program().clone(), cells).unwrap();
    refused(&own, &other);
}
