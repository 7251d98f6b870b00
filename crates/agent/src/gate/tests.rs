use super::{Gate, Leak, Role, What};
use assay_codec::to_bytes;
use assay_model::ops::{forest, network, tree};
use assay_model::{Graph, synthetic};
use assay_types::tx::{Delist, OpenTest, Transfer};
use assay_types::{Action, Address, Amount, BlobId, DatasetId, JobId};

fn between(needle: &[u8]) -> Vec<u8> {
    [[7; 100].as_slice(), needle, &[9; 50]].concat()
}

#[test]
fn finds_each_row_wherever_it_stands() {
    let hidden = synthetic::tree(4, 3, 3, 6, 1).unwrap();
    let table = synthetic::table(&hidden, 20, 0, 2).unwrap();
    let mut gate = Gate::new();
    gate.forbid_rows(&table);
    for row in 0..table.rows() {
        let codes: Vec<u8> = table.row(row).iter().flat_map(to_bytes).collect();
        let got = gate.check(&between(&codes));
        assert_eq!(got, Err(Leak::Secret { what: What::Row, at: 100 }));
        assert_eq!(gate.check(&between(&codes[..15])), Ok(()));
    }
    assert!(gate.check(&to_bytes(&table)).is_err());
    let other = synthetic::table(&hidden, 20, 0, 3).unwrap();
    assert_eq!(gate.check(&to_bytes(&other)), Ok(()));
}

#[test]
fn finds_parameters_in_both_encodings() {
    let hidden = synthetic::tree(4, 3, 3, 6, 1).unwrap();
    let nodes = hidden.to_table(tree::bounds_for(&hidden, 4, 16).unwrap()).unwrap();
    let mut gate = Gate::new();
    gate.forbid_model(&Graph::DecisionTree(nodes.clone()));
    assert!(matches!(
        gate.check(&to_bytes(&nodes)),
        Err(Leak::Secret { what: What::Parameters, .. })
    ));
    let packed: Vec<u8> = nodes
        .slots()
        .iter()
        .flat_map(|slot| [slot.feature.into(), slot.low.into(), slot.high.into(), slot.left])
        .flat_map(|number: u32| number.to_le_bytes())
        .collect();
    assert!(gate.check(&packed).is_err());
}

#[test]
fn finds_the_numbers_of_networks_and_forests_in_both_encodings() {
    let network = network::synthetic::mlp(&[9, 8, 3], 5);
    let weights = network.parameters().cells().to_vec();
    let forest = synthetic::forest((4, 3), forest::Votes::All, (3, 3, 6), 1).unwrap();
    let forest = forest.to_table(forest.bounds(3, 16, 3).unwrap()).unwrap();
    let values = forest.values().to_vec();
    let models = [(Graph::Network(network), weights), (Graph::Forest(forest), values)];
    for (model, numbers) in models {
        let mut gate = Gate::new();
        gate.forbid_model(&model);
        let is_found = |bytes: &[u8]| {
            matches!(gate.check(bytes), Err(Leak::Secret { what: What::Parameters, .. }))
        };
        assert!(is_found(&to_bytes(&model)));
        let packed = numbers.iter().map(|&number| i64::from(number).rem_euclid(network::MODULUS));
        let packed: Vec<u8> = packed.flat_map(|number| (number as u32).to_le_bytes()).collect();
        assert!(is_found(&packed));
        assert!(!is_found(&[0; 4096]));
    }
}

#[test]
fn short_strings_are_not_looked_for() {
    let mut gate = Gate::new();
    gate.forbid(What::Opening, &[1; 15]);
    assert_eq!(gate.check(&between(&[1; 15])), Ok(()));
    gate.forbid(What::Opening, &[1; 16]);
    assert!(gate.check(&between(&[1; 16])).is_err());
    assert_eq!(gate.check(&[]), Ok(()));
}

#[test]
fn each_role_does_its_own_part() {
    let test = OpenTest { job: JobId::default(), table: BlobId::default(), salt: [0; 32] };
    assert!(!Role::Owner.permits(&Action::from(test)));
    assert!(Role::Buyer.permits(&Action::from(test)));
    let delist = Action::from(Delist { dataset: DatasetId::default() });
    assert!(Role::Owner.permits(&delist) && !Role::Buyer.permits(&delist));
    let transfer = Transfer { to: Address([0; 20]), amount: Amount::ZERO };
    assert!(!Role::Buyer.permits(&Action::from(transfer)));
}
