//! Canonical bytes, and bytes that are not.

use super::super::{Network, Program, Rule, synthetic};
use super::Draft;
use crate::ops::network::Map;
use crate::{Architecture, Graph, Model, Schema};
use assay_codec::{Error, Hasher, from_bytes, to_bytes};
use proptest::prelude::*;

proptest! {
    #[test]
    fn networks_and_programs_come_back(seed: u64) {
        let network = synthetic::tiny(seed);
        prop_assert_eq!(from_bytes::<Network>(&to_bytes(&network)), Ok(network.clone()));
        let program = network.program();
        prop_assert_eq!(from_bytes::<Program>(&to_bytes(program)), Ok(program.clone()));
        let architecture = Architecture::Network(program.clone());
        prop_assert_eq!(from_bytes(&to_bytes(&architecture)), Ok(architecture));
    }

    /// A hostile program may be another valid one: then it executes within its bounds.
    #[test]
    fn changed_bytes_are_rejected_or_another_network(
        seed: u64, at: prop::sample::Index, change in 1_u8..,
    ) {
        let network = synthetic::tiny(seed);
        let mut bytes = to_bytes(&network);
        let at = at.index(bytes.len());
        bytes[at] ^= change;
        if let Ok(other) = from_bytes::<Network>(&bytes) {
            prop_assert_eq!(to_bytes(&other), bytes);
            prop_assert_ne!(&other, &network);
            if other.program().work() < 1 << 22 {
                let row = vec![crate::Ordered::MAX; other.program().features()];
                let _class = other.exec(&row);
            }
        }
    }
}

fn model(network: Network) -> Model {
    let program = network.program();
    let names = |kind: &str, count| (0..count).map(|i| format!("{kind}{i}")).collect();
    let (features, classes) = (names("x", program.features()), names("c", program.classes()));
    let schema = Schema::new(features, "y".into(), classes).unwrap();
    Model::new(schema, Graph::Network(network)).unwrap()
}

#[test]
fn a_model_file_holds_a_network() {
    let network = synthetic::mlp(&[6, 4, 3], 5);
    let model = model(network.clone());
    let read = Model::from_file(&model.to_file()).unwrap();
    assert_eq!(read, model);
    assert_eq!(read.architecture(), Architecture::Network(network.program().clone()));
    let table = synthetic::table(&network, 20, 1).unwrap();
    for row in 0..20 {
        assert_eq!(read.exec(table.row(row)), Some(table.labels()[row]));
    }
    let other = Schema::new(vec!["a".into()], "y".into(), vec!["p".into()]).unwrap();
    assert!(Model::new(other, read.graph().clone()).is_err());
}

#[test]
fn every_byte_of_a_program_changes_the_architecture() {
    let program = Draft::sample().program().unwrap();
    let digest = Architecture::Network(program.clone()).digest();
    let bytes = to_bytes(&program);
    let mut valid = 0;
    for index in 0..bytes.len() {
        for change in [1, 0x80] {
            let mut changed = bytes.clone();
            changed[index] ^= change;
            if let Ok(other) = from_bytes::<Program>(&changed) {
                valid += 1;
                assert_eq!(to_bytes(&other), changed, "byte {index}");
                assert_ne!(Architecture::Network(other).digest(), digest, "byte {index}");
            }
        }
    }
    assert!(10 < valid, "{valid} changes give programs");
}

#[test]
fn parameters_are_no_part_of_the_architecture() {
    let [one, two] = [1, 2].map(|seed| synthetic::mlp(&[4, 3], seed));
    assert_ne!(one.parameters(), two.parameters());
    assert_eq!(to_bytes(one.program()), to_bytes(two.program()));
}

#[test]
fn rejects_truncated_and_extended_networks() {
    let bytes = to_bytes(&Draft::sample().network(&[1, 2, 3]));
    for len in 0..bytes.len() {
        assert!(from_bytes::<Network>(&bytes[..len]).is_err(), "{len} bytes");
    }
    let longer = [bytes, vec![0]].concat();
    assert_eq!(from_bytes::<Network>(&longer), Err(Error::Trailing(1)));
}

#[test]
fn a_broken_rule_is_named_when_decoding() {
    let program = Draft::sample().program().unwrap();
    let mut bytes = to_bytes(&program);
    // The multiplier of the only scale.
    bytes[7] = 0x80;
    assert_eq!(from_bytes::<Program>(&bytes), Err(Error::Invalid(Rule::Multiplier.text())));
}

#[test]
fn rejects_unknown_tags() {
    let sample = Draft::sample();
    let mut map = to_bytes(&sample.maps[0]);
    map[0] = 3;
    assert_eq!(from_bytes::<Map>(&map), Err(Error::Tag { what: "map", got: 3 }));
    let mut node = to_bytes(&sample.nodes[0]);
    node[0] = 2;
    assert!(matches!(
        from_bytes::<crate::ops::network::Node>(&node),
        Err(Error::Tag { what: "node", got: 2 })
    ));
    // Behind the tag of the node and the number of its terms.
    let mut node = to_bytes(&sample.nodes[0]);
    node[5] = 3;
    assert!(matches!(
        from_bytes::<crate::ops::network::Node>(&node),
        Err(Error::Tag { what: "term", got: 3 })
    ));
}

#[test]
fn huge_counts_allocate_nothing() {
    for count in [u32::MAX, 4097, 4096] {
        assert!(from_bytes::<Program>(&to_bytes(&count)).is_err());
    }
}

#[test]
fn parameters_do_not_appear_in_logs() {
    let network = synthetic::mlp(&[4, 3], 1);
    let trace = network.run(synthetic::table(&network, 1, 1).unwrap().row(0)).unwrap();
    let text = format!("{network:?} {trace:?} {:?}", trace.steps);
    assert!(text.contains("parameters") && text.contains("Program"));
    for cell in network.parameters().cells().iter().filter(|cell| 9 < cell.abs()) {
        assert!(!text.contains(&cell.to_string()), "{text}");
    }
}

/// A change here is a change of the format: raise [`crate::VERSION`], then write the new digest.
#[test]
fn the_format_of_version_1_has_not_changed() {
    let mut networks = Hasher::new("assay/test/networks/1");
    for seed in 0..64 {
        networks.update(&to_bytes(&synthetic::tiny(seed)));
    }
    assert_eq!(
        networks.finish().to_string(),
        "0xfb54077314097a085d0940677ba70dc8465be1a07402985b2e1339c69b84d1d9"
    );
}
