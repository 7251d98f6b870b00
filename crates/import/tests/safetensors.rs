//! Parameters and architectures in two files, against the networks that they were taken from.
//!
//! `oracles/safetensors_networks.py` took them from the files of Keras.
#![allow(clippy::unwrap_used, reason = "outside of #[test] functions clippy does not see a test")]

use assay_import::Format;
use assay_import::network::{Error, Network, import_network, import_weights};
use assay_import::safetensors::Error as FileError;
use assay_model::SplitMix64;
use std::fs;
use std::path::PathBuf;

fn fixture(name: &str) -> Vec<u8> {
    let folder: PathBuf =
        [env!("CARGO_MANIFEST_DIR"), "../../oracles/fixtures/networks"].iter().collect();
    fs::read(folder.join(name)).unwrap()
}

fn read(case: &str, kind: &str) -> Result<Network, Error> {
    import_weights(
        &fixture(&format!("{case}.{kind}.safetensors")),
        &fixture(&format!("{case}.json")),
    )
}

#[test]
fn two_files_give_the_network_of_one() {
    for case in ["keras-cancer-mlp", "keras-digits-cnn", "keras-digits-functional"] {
        let whole = import_network(&fixture(&format!("{case}.keras")), Format::Auto).unwrap();
        assert_eq!(read(case, "f32").unwrap(), whole, "{case}");
    }
}

/// 16 bits are read exactly, so that what they lost was lost when they were written.
#[test]
fn halves_answer_nearly_as_the_whole() {
    let case = "keras-digits-cnn";
    let row: Vec<f32> = (0..64).map(|cell| (cell * 7 % 17) as f32).collect();
    let whole = read(case, "f32").unwrap().exec(&row);
    let size = whole.iter().fold(0.0_f32, |size, x| size.max(x.abs()));
    for (kind, bits) in [("f16", 10), ("bf16", 7)] {
        let half = read(case, kind).unwrap().exec(&row);
        let off = whole.iter().zip(&half).fold(0.0_f32, |off, (x, y)| off.max((x - y).abs()));
        assert!(0.0 < off && off < 8.0 * size / (1 << bits) as f32, "{kind}: {off} of {size}");
    }
}

#[test]
fn parameters_of_another_network_are_refused() {
    let refused = |weights: &str, architecture: &str| {
        import_weights(&fixture(weights), &fixture(architecture)).unwrap_err()
    };
    let got = refused("keras-cancer-mlp.f32.safetensors", "keras-digits-cnn.json");
    assert!(matches!(got, Error::Keras(_) | Error::Step { .. }), "{got:?}");
    // A tensor that nothing reads, and one that is called otherwise.
    let renamed = |from: &[u8], to: &[u8]| {
        let mut bytes = fixture("keras-cancer-mlp.f32.safetensors");
        let at = bytes.windows(from.len()).position(|window| window == from).unwrap();
        bytes[at..at + to.len()].copy_from_slice(to);
        import_weights(&bytes, &fixture("keras-cancer-mlp.json")).unwrap_err()
    };
    let got = renamed(b"/kernel", b"/colone");
    assert!(matches!(got, Error::Safetensors(FileError::Name { .. })), "{got:?}");
    let got = renamed(b"dense", b"dance");
    assert!(!got.hint().is_empty(), "{got:?}");
    assert!(matches!(got, Error::Safetensors(_) | Error::Keras(_)), "{got:?}");
}

#[test]
fn mutants_neither_panic_nor_are_believed() {
    let (weights, architecture) =
        (fixture("keras-digits-cnn.f16.safetensors"), fixture("keras-digits-cnn.json"));
    let mut random = SplitMix64::new(31);
    let mut read = 0;
    for round in 0..400 {
        let (mut weights, mut architecture) = (weights.clone(), architecture.clone());
        let bent = if round % 4 == 0 { &mut architecture } else { &mut weights };
        // Most of a file are numbers, of which any will do: half of the mutants are of its beginning.
        let range = if round % 2 == 0 { bent.len() } else { bent.len().min(900) };
        for _ in 0..=random.below(2) {
            let at = random.below(range as u64) as usize;
            bent[at] = b"0123456789-,.[]{}:\"/aF\xff"[random.below(23) as usize];
        }
        if let Ok(network) = import_weights(&weights, &architecture) {
            read += 1;
            let answer = network.exec(&vec![1.0; network.columns.len()]);
            assert!(2 <= answer.len());
        }
        let cut = random.below(weights.len() as u64) as usize;
        assert!(import_weights(&weights[..cut], &architecture).is_err());
    }
    assert!(20 < read && read < 400, "{read}");
}
