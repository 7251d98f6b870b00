//! The map against a plain one, its proofs against everything else, and its golden roots.

use super::{Change, Map, Value};
use assay_codec::{Digest, from_bytes, to_bytes};
use assay_types::map::{self, End, Proof, Rejection, verify};
use proptest::prelude::*;
use std::collections::BTreeMap;

impl Value for u32 {}
impl Value for Digest {}

/// Keys of two bytes, many of which begin alike.
type Small = [u8; 2];

#[derive(Clone, Debug)]
enum Step {
    Put(Small, u32),
    Take(Small),
    Touch(Small),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let key = || prop_oneof![[0_u8..4, 0_u8..4], any::<Small>()];
    let step = prop_oneof![
        3 => (key(), any::<u32>()).prop_map(|(key, value)| Step::Put(key, value)),
        1 => key().prop_map(Step::Take),
        1 => key().prop_map(Step::Touch),
    ];
    proptest::collection::vec(step, 0..80)
}

fn run(map: &mut Map<Small, u32>, plain: &mut BTreeMap<Small, u32>, step: &Step) {
    match *step {
        Step::Put(key, value) => {
            map.insert(key, value);
            plain.insert(key, value);
        }
        Step::Take(key) => {
            map.remove(&key);
            plain.remove(&key);
        }
        Step::Touch(key) => match plain.get_mut(&key) {
            Some(value) => {
                *value = value.wrapping_add(1);
                *map.get_mut(&key).unwrap() = *value;
            }
            None => assert_eq!(map.get_mut(&key), None),
        },
    }
}

/// The digest of some entries by the definition alone: no tree is built.
fn plain_root(entries: &[(Small, u32)]) -> Digest {
    fn top(entries: &[(Small, u32)]) -> Option<Digest> {
        let [(first, value), .., (last, _)] = entries else {
            let (key, value) = entries.first()?;
            return Some(map::leaf(key, &map::value(&value.to_le_bytes())));
        };
        let Some(bit) = map::parting(first, last) else {
            return Some(map::leaf(first, &map::value(&value.to_le_bytes())));
        };
        let right = entries.partition_point(|(key, _)| map::bit(key, bit) == Some(false));
        Some(map::branch(bit, &top(&entries[..right])?, &top(&entries[right..])?))
    }
    map::root(entries.len() as u64, top(entries).as_ref())
}

proptest! {
    #[test]
    fn a_map_is_a_plain_map(steps in steps(), key in any::<Small>()) {
        let (mut map, mut plain) = (Map::default(), BTreeMap::new());
        for step in &steps {
            let (before, was) = (map.clone(), map.root());
            run(&mut map, &mut plain, step);
            // A copy is not touched by what happens to the original.
            let copy: Map<_, _> = before.iter().map(|(&key, &value)| (key, value)).collect();
            prop_assert_eq!((before.root(), copy.root()), (was, was));
        }
        let entries: Vec<_> = plain.iter().map(|(&key, &value)| (key, value)).collect();
        prop_assert_eq!(map.iter().map(|(&key, &value)| (key, value)).collect::<Vec<_>>(), entries.clone());
        prop_assert_eq!(map.count(), plain.len() as u64);
        prop_assert_eq!(map.root(), plain_root(&entries));
        prop_assert_eq!(map.first(), plain.first_key_value());
        for key in plain.keys().chain([&key]) {
            prop_assert_eq!(map.get(key), plain.get(key));
            let above = plain.range(*key..).filter(|(other, _)| *other != key);
            prop_assert!(map.after(key).eq(above));
        }
        for byte in 0..=255 {
            let beginning = plain.iter().filter(|(key, _)| key[0] == byte);
            prop_assert!(map.beginning(&[byte]).eq(beginning));
        }
        prop_assert!(map.beginning(&[]).eq(plain.iter()));
    }

    #[test]
    fn the_root_depends_on_the_content_alone(steps in steps(), seed in any::<u64>()) {
        let (mut map, mut plain) = (Map::default(), BTreeMap::new());
        steps.iter().for_each(|step| run(&mut map, &mut plain, step));
        let mut entries: Vec<_> = plain.into_iter().collect();
        entries.sort_by_key(|(key, _)| Digest::of(&seed.to_string(), key));
        prop_assert_eq!(entries.into_iter().collect::<Map<_, _>>().root(), map.root());
    }

    #[test]
    fn changes_turn_one_map_into_the_other(first in steps(), then in steps()) {
        let (mut map, mut plain) = (Map::default(), BTreeMap::new());
        first.iter().for_each(|step| run(&mut map, &mut plain, step));
        let before = map.clone();
        then.iter().for_each(|step| run(&mut map, &mut plain, step));
        let changes = map.changes(&before);
        prop_assert!(changes.windows(2).all(|pair| pair[0].key < pair[1].key));
        prop_assert!(changes.len() <= then.len());
        let mut turned = before.clone();
        for Change { key, value } in changes {
            match value {
                Some(value) => turned.insert(key, value),
                None => turned.remove(&key),
            }
        }
        prop_assert_eq!(turned.root(), map.root());
        prop_assert!(map.changes(&map.clone()).is_empty());
        // Also if they share no node.
        let apart = before.iter().map(|(&key, &value)| (key, value)).collect::<Map<_, _>>();
        prop_assert_eq!(map.changes(&apart).len() as u64, {
            let gone = before.iter().filter(|(key, _)| !map.contains(key)).count() as u64;
            map.count() + gone
        });
    }

    #[test]
    fn every_key_is_proven_to_be_there_or_not(steps in steps(), key in any::<Small>()) {
        let (mut map, mut plain) = (Map::default(), BTreeMap::new());
        steps.iter().for_each(|step| run(&mut map, &mut plain, step));
        for key in plain.keys().chain([&key]) {
            let proof = map.prove(key);
            let value = plain.get(key).map(|value| value.to_le_bytes());
            let value = value.as_ref().map(<[u8; 4]>::as_slice);
            prop_assert_eq!(verify(&map.root(), key, value, &proof), Ok(()));
            prop_assert_eq!(from_bytes::<Proof>(&to_bytes(&proof)), Ok(proof));
        }
    }

    #[test]
    fn whatever_is_shown_is_true(steps in steps(), key in any::<Small>(), other in any::<u32>(), at in any::<usize>(), bit in 0..8) {
        let (mut map, mut plain) = (Map::default(), BTreeMap::new());
        steps.iter().for_each(|step| run(&mut map, &mut plain, step));
        let root = map.root();
        let truth = plain.get(&key).map(|value| value.to_le_bytes());
        for proved in plain.keys().chain([&key]) {
            let proof = map.prove(proved);
            let mut bytes = to_bytes(&proof);
            let at = at % bytes.len();
            bytes[at] ^= 1_u8 << bit;
            for proof in [Some(proof), from_bytes(&bytes).ok()].into_iter().flatten() {
                for value in [None, Some(other.to_le_bytes()), truth] {
                    let value = value.as_ref().map(<[u8; 4]>::as_slice);
                    let is_shown = verify(&root, &key, value, &proof).is_ok();
                    prop_assert!(!is_shown || value == truth.as_ref().map(<[u8; 4]>::as_slice));
                }
            }
        }
    }

    #[test]
    fn the_beginning_of_a_map_is_known_by_the_proof_of_its_end(
        steps in steps(),
        len in any::<usize>(),
        change in any::<usize>(),
    ) {
        let (mut map, mut plain) = (Map::default(), BTreeMap::new());
        steps.iter().for_each(|step| run(&mut map, &mut plain, step));
        prop_assume!(!plain.is_empty());
        let entries: Vec<_> = plain.into_iter().collect();
        let part = &entries[..1 + len % entries.len()];
        let last = part.last().unwrap().0;
        let proof = map.prove(&last);
        let beginning: Map<_, _> = part.iter().copied().collect();
        prop_assert!(beginning.is_beginning(&last, &proof));
        // Another value, a missing entry, and one too many.
        let change = change % part.len();
        let (key, value) = part[change];
        if key != last {
            let mut other = beginning.clone();
            other.insert(key, value.wrapping_add(1));
            prop_assert!(!other.is_beginning(&last, &proof));
            other.remove(&key);
            prop_assert!(!other.is_beginning(&last, &proof));
        }
        let more = key.map(|byte| byte ^ 1);
        if more < last && !beginning.contains(&more) {
            let mut other = beginning.clone();
            other.insert(more, 0);
            prop_assert!(!other.is_beginning(&last, &proof));
        }
    }
}

#[test]
fn each_rule_of_a_proof_is_checked() {
    let map: Map<Small, u32> =
        [([0, 0], 1), ([0, 9], 2), ([0x80, 3], 3), ([0x81, 3], 4)].into_iter().collect();
    let (root, key, value) = (map.root(), [0, 9], 2_u32.to_le_bytes());
    let check = |key: &[u8], value: Option<&[u8]>, proof: &Proof, expected: &str| {
        let got = verify(&root, key, value, proof).unwrap_err();
        assert!(format!("{got:?}").starts_with(expected), "{got:?}");
    };
    let here = map.prove(&key);
    assert_eq!(verify(&root, &key, Some(&value), &here), Ok(()));
    check(&[0; 65], Some(&value), &here, "Length");
    let long =
        Proof { steps: [here.steps.clone(), vec![here.steps[0]; 512]].concat(), ..here.clone() };
    check(&key, Some(&value), &long, "Length");
    check(&key, None, &here, "Answer { is_there: true }");
    check(&key, Some(&value), &map.prove(&[7, 7]), "Answer { is_there: false }");
    check(&key, Some(&value), &Proof { count: 0, ..here.clone() }, "Count");
    check(&key, None, &Proof { end: End::Nowhere, ..here.clone() }, "Count");
    let turned = Proof { steps: here.steps.iter().rev().copied().collect(), ..here.clone() };
    check(&key, Some(&value), &turned, "Order { step: 1");
    let mut beyond = here.clone();
    beyond.steps[1].bit = 16;
    check(&key, Some(&value), &beyond, "Way { step: 1, bit: 16 }");
    let other =
        |key: Vec<u8>| Proof { end: End::Other { key, value: Digest([1; 32]) }, ..here.clone() };
    check(&key, None, &other(vec![0x80, 3]), "Way { step: 0");
    check(&key, None, &other(vec![0; 65]), "Length");
    check(&key, None, &other(key.to_vec()), "Same");
    check(&key, Some(&[0; 4]), &here, "Root");
    check(&key, Some(&value), &Proof { count: 5, ..here.clone() }, "Root");
    check(&key, None, &other(vec![0, 8]), "Root");
    let nothing = Proof { count: 0, steps: Vec::new(), end: End::Nowhere };
    check(&key, None, &nothing, "Root");
    assert_eq!(verify(&Map::<Small, u32>::default().root(), &key, None, &nothing), Ok(()));
    assert!(matches!(verify(&root, &key, None, &nothing), Err(Rejection::Root { .. })));
}

#[test]
fn golden_roots() {
    let path =
        std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../vectors/map-1.json");
    let list =
        |count: u8| (0..count).map(|n| (Digest::of("assay/vectors/map/1", &n), u32::from(n)));
    let hex = assay_codec::to_hex;
    let got: Vec<serde_json::Value> = [0, 1, 2, 3, 20]
        .into_iter()
        .map(|count| {
            let map: Map<Digest, u32> = list(count).collect();
            let entries = map.iter().map(|(key, value)| {
                serde_json::json!({
                    "key": key.to_string(),
                    "value": hex(&to_bytes(value)),
                    "proof": hex(&to_bytes(&map.prove(key))),
                })
            });
            let absent = Digest([0x77; 32]);
            serde_json::json!({
                "root": map.root().to_string(),
                "entries": entries.collect::<Vec<_>>(),
                "absent": { "key": absent.to_string(), "proof": hex(&to_bytes(&map.prove(&absent))) },
            })
        })
        .collect();
    if std::env::var_os("ASSAY_BLESS").is_some() {
        std::fs::write(&path, serde_json::to_string_pretty(&got).unwrap() + "\n").unwrap();
    }
    let expected: Vec<serde_json::Value> =
        serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(got, expected);
}
