//! The bytes that validators sign, for other languages and for verifiers without this library.
//!
//! `types` verifies certificates by itself. Here the library has made them: if it signed other bytes after an
//! update, these tests would say so.

use super::world::{Role, genesis, simulate};
use assay_codec::to_bytes;
use assay_types::{Certified, Finality, Height, Orderer};
use serde_json::{Value, json};
use std::path::PathBuf;

/// Lower-case hexadecimal digits.
fn hex(value: &impl assay_codec::Encode) -> String {
    assay_codec::to_hex(&to_bytes(value))
}

#[test]
fn the_library_proves_possession_as_we_verify_it() {
    // `Validators` exist only with proofs that hold.
    let (genesis, _) = genesis(3);
    assert_eq!(genesis.validators().unwrap().count(), 3);
}

#[test]
fn golden_certificates() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../vectors/finality-1.json");
    let blocks: Vec<Certified> = simulate(1, &[Role::Honest; 4], |mut world| async move {
        world.start_all().await;
        world.submit(0, 0);
        world.grow(3).await;
        let heights = 1..=3;
        let block = |height| world.nodes[0].door.now(|chain| chain.block(Height::new(height)));
        heights.map(|height| block(height).unwrap().unwrap().unwrap().certified).collect()
    });
    let (genesis, _) = genesis(4);
    let shown = blocks.iter().map(|certified| {
        let Finality::Validators(certificate) = &certified.finality else { panic!("validators") };
        let last = certificate.descendants.last().unwrap_or(&certified.header);
        let message = certificate.message(&genesis.digest(), &last.digest());
        json!({
            "certified": hex(certified),
            "header": certified.header.digest().to_string(),
            "signers": certificate.signers,
            "message": assay_codec::to_hex(&message),
            "signature": certificate.signature.to_string(),
        })
    });
    let got = json!({ "genesis": hex(&genesis), "blocks": shown.collect::<Vec<_>>() });
    if std::env::var_os("ASSAY_BLESS").is_some() {
        let text = serde_json::to_string_pretty(&got).unwrap() + "\n";
        std::fs::write(&path, text).unwrap();
    }
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(got, serde_json::from_str::<Value>(&text).unwrap());
    for certified in blocks {
        certified.verify(&genesis.digest(), genesis.orderer()).unwrap();
        assert!(matches!(genesis.orderer(), Orderer::Validators(_)));
    }
}
