//! Sales of every kind of model: the same steps, the same money.

use crate::silence::{LISTING, OPEN_TEST, STEP};
use crate::world::{EVALUATION_FEE, MONEY, PRICE, World, parameters, table};
use assay_agent::{Act, Audience};
use assay_ledger::job::Ending;
use assay_model::Graph;
use assay_receipt::{ProofCheck, Rejection};
use assay_statements::commit::{Salt, commit};
use assay_types::statement::Score;
use assay_types::{
    Algorithm, Architecture, Descent, Event, ForestParameters, Layer, Loss, NetworkParameters,
    Ratio, Sampling, Schedule, Splitter,
};
use assay_wallet::openings::{Kind, Name};

/// A network with a hidden layer.
pub(crate) fn network() -> Algorithm {
    let descent = Descent {
        epochs: 20,
        batch: 16,
        learning_rate: Ratio::new(1, 20).unwrap(),
        schedule: Schedule::Linear,
        momentum: Ratio::new(9, 10).unwrap(),
        weight_decay: Ratio::ZERO,
        seed: 3,
    };
    let layers = vec![Layer::Dense { outputs: 8 }];
    let network = NetworkParameters::new(None, layers, Loss::CrossEntropy, descent);
    Algorithm::Network(network.unwrap())
}

fn forest() -> Algorithm {
    let forest = ForestParameters::new(parameters(), 5, Sampling::Bootstrap, Splitter::Best);
    Algorithm::Forest(forest.unwrap())
}

/// What was trained is what is delivered, proven and kept by both; the receipt holds, and only with its proof
/// and rows.
fn check_sold(algorithm: &Algorithm) -> Architecture {
    let mut world = World::of(algorithm.clone());
    let job = world.ordered(8, 9);
    world.run();
    let passed = |act: &Act| matches!(act, Act::Passed { score: Score::AtLeast(32), .. });
    assert!(world.acts.iter().any(passed), "{:?}", world.acts);
    assert!(world.acts.contains(&Act::Received { job }), "{:?}", world.acts);

    let delivered = world.buyer.as_ref().unwrap().delivered(&job).unwrap().unwrap();
    let Event::Settled { sale, .. } = &delivered.receipt.history[4].event else { panic!("a sale") };
    let graph = delivered.model.graph();
    assert_eq!(sale.architecture, graph.architecture());
    for party in [world.owner.as_ref().unwrap().wallet(), world.buyer.as_ref().unwrap().wallet()] {
        let kept = party.openings().get_as::<Graph>(&Name::new(Kind::Model, &sale.model)).unwrap();
        assert_eq!(kept.as_ref(), Some(graph));
        let salt = party.openings().get_as(&Name::new(Kind::ModelSalt, &sale.model)).unwrap();
        let salt = Salt(salt.unwrap());
        let commitment = match graph {
            Graph::DecisionTree(model) => commit(model, &salt),
            Graph::Forest(model) => commit(model, &salt),
            Graph::Network(model) => commit(model, &salt),
        };
        assert_eq!(commitment, sale.model);
    }
    // The same hyper-parameters and rows give the same model here.
    let (train, test) = (table("train"), table("test"));
    let answer: Box<dyn Fn(&[_]) -> _> = match algorithm {
        Algorithm::DecisionTree(parameters) => {
            let tree = assay_train::train(&train, parameters).unwrap();
            Box::new(move |row| tree.exec(row))
        }
        Algorithm::Forest(parameters) => {
            let forest = assay_train::forest::train(&train, parameters, &|_| ()).unwrap();
            let table = forest.to_table(forest.bounds(0, 0, 0).unwrap()).unwrap();
            Box::new(move |row| table.exec(row))
        }
        Algorithm::Network(parameters) => {
            let network = assay_train::network::train(&train, parameters, &|_| ()).unwrap();
            Box::new(move |row| network.exec(row))
        }
    };
    for rows in [&train, &test] {
        for row in 0..rows.rows() {
            assert_eq!(delivered.model.exec(rows.row(row)), answer(rows.row(row)));
        }
    }

    let (receipt, genesis) = (&delivered.receipt, &world.genesis);
    let proof = delivered.accuracy_proof.as_slice();
    let report = receipt.verify(genesis, Some(proof), Some(&test)).unwrap();
    assert_eq!((report.proof, report.needed), (ProofCheck::Verified, 32));
    let text = receipt.to_json().unwrap();
    assert_eq!(assay_receipt::Receipt::parse(text.as_bytes()).unwrap(), *receipt);
    let other = receipt.verify(genesis, Some(&delivered.delivery_proof), Some(&test));
    assert_eq!(other, Err(Rejection::OtherProof));
    assert_eq!(receipt.verify(genesis, Some(proof), Some(&train)), Err(Rejection::OtherData));
    let mut larger = receipt.clone();
    larger.accuracy.architecture =
        Architecture::DecisionTree(assay_types::TreeBounds::new(13, 3, 4, 5).unwrap());
    assert!(matches!(larger.verify(genesis, None, None), Err(Rejection::Contradiction(_))));

    let [owner, buyer, _] = world.money();
    assert_eq!(buyer, MONEY - PRICE - EVALUATION_FEE - STEP - OPEN_TEST);
    assert!(MONEY < owner);
    sale.architecture.clone()
}

#[test]
fn a_network_is_sold_like_a_tree() {
    let architecture = check_sold(&network());
    let Architecture::Network(program) = architecture else { panic!("a network") };
    assert_eq!((program.features(), program.classes(), program.nodes().len()), (13, 3, 2));
}

#[test]
fn a_forest_is_sold_like_a_tree() {
    let Architecture::Forest(bounds) = check_sold(&forest()) else { panic!("a forest") };
    // All that was asked for is declared, whatever came of it: five trees of at most 31 nodes.
    assert_eq!((bounds.trees(), bounds.depth(), bounds.slots()), (5, 4, 256));
}

#[test]
fn a_network_that_misses_is_proven_to_miss() {
    // No pass over the rows is enough for every row of the test set and one more.
    let Algorithm::Network(parameters) = network() else { panic!("a network") };
    let descent =
        Descent { epochs: 1, learning_rate: Ratio::new(1, 1000).unwrap(), ..*parameters.descent() };
    let poor = NetworkParameters::new(None, Vec::new(), Loss::CrossEntropy, descent).unwrap();
    let mut world = World::of(Algorithm::Network(poor));
    let job = world.ordered(1, 1);
    world.run();
    let missed = |act: &Act| matches!(act, Act::Missed { score: Score::Fewer(36), .. });
    assert!(world.acts.iter().any(missed), "{:?}", world.acts);
    assert!(world.acts.contains(&Act::Closed { job, ending: Ending::Missed }));
    let [owner, buyer, _] = world.money();
    assert_eq!(buyer, MONEY - EVALUATION_FEE - STEP - OPEN_TEST);
    assert!(MONEY - LISTING < owner);
}

#[test]
fn networks_and_forests_are_sold_on_private_test_sets() {
    for algorithm in [network(), forest()] {
        let mut world = World::of(algorithm);
        world.audience = Audience::Owner;
        let job = world.ordered(8, 9);
        world.run();
        let passed = |act: &Act| matches!(act, Act::Passed { score: Score::AtLeast(32), .. });
        assert!(world.acts.iter().any(passed), "{:?}", world.acts);
        assert!(world.acts.contains(&Act::Received { job }), "{:?}", world.acts);
        let delivered = world.buyer.as_ref().unwrap().delivered(&job).unwrap().unwrap();
        let proof = delivered.accuracy_proof.as_slice();
        let report = delivered.receipt.verify(&world.genesis, Some(proof), None).unwrap();
        assert_eq!((report.proof, report.needed), (ProofCheck::Verified, 32));
    }
}
