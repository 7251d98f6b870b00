//! The bytes that validators sign, for other languages and for verifiers without this library.
//!
//! `types` verifies certificates by itself. Here the library has made them: if it signed other bytes after an
//! update, these tests would say so.

use super::world::{Role, genesis, simulate};
use assay_codec::{from_bytes, to_bytes};
use assay_node::consensus::block::digest;
use assay_node::consensus::faults::Faults;
use assay_node::consensus::keys::{Digest, Scheme};
use assay_types::{Certified, Finality, Genesis, Height};
use commonware_consensus::simplex::types::{
    Activity, ConflictingFinalize, ConflictingNotarize, Finalize, Notarize, Nullify,
    NullifyFinalize, Proposal,
};
use commonware_consensus::types::{Epoch, Round, View};
use serde_json::{Value, json};
use std::path::PathBuf;

/// Lower-case hexadecimal digits.
fn hex(value: &impl assay_codec::Encode) -> String {
    assay_codec::to_hex(&to_bytes(value))
}

/// Compares with what was kept; an explicit wish replaces that.
fn compare(name: &str, got: &Value) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../vectors").join(name);
    if std::env::var_os("ASSAY_BLESS").is_some() {
        let text = serde_json::to_string_pretty(got).unwrap() + "\n";
        std::fs::write(&path, text).unwrap();
    }
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(*got, serde_json::from_str::<Value>(&text).unwrap());
}

#[test]
fn the_library_proves_possession_as_we_verify_it() {
    // `Validators` exist only with proofs that hold.
    let (genesis, _) = genesis(3);
    assert_eq!(genesis.validators().unwrap().count(), 3);
}

/// What is in a block, and who signs it first, depends on every message: the file holds the certificates of one run, and `ASSAY_BLESS`
/// replaces them by those of this one. Both must verify, over the message that is documented.
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
    let shown = blocks.iter().map(|certified| shown(certified, &genesis)).collect::<Vec<_>>();
    if std::env::var_os("ASSAY_BLESS").is_some() {
        let document = json!({ "genesis": hex(&genesis), "blocks": shown });
        let text = serde_json::to_string_pretty(&document).unwrap() + "\n";
        std::fs::write(&path, text).unwrap();
    }
    let golden: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    assert_eq!(golden["genesis"], hex(&genesis));
    let golden = golden["blocks"].as_array().unwrap();
    assert_eq!(golden.len(), blocks.len());
    for golden in golden {
        let bytes = from_hex_bytes(golden["certified"].as_str().unwrap());
        let certified: Certified = from_bytes(&bytes).unwrap();
        assert_eq!(*golden, self::shown(&certified, &genesis));
    }
}

/// A verified block, as the file shows it.
fn shown(certified: &Certified, genesis: &Genesis) -> Value {
    certified.verify(&genesis.digest(), 0, genesis.orderer()).unwrap();
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
}

fn from_hex_bytes(text: &str) -> Vec<u8> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    let pairs = (0..digits.len()).step_by(2).map(|at| &digits[at..at + 2]);
    pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}

/// The library signs two votes, and says that they contradict each other.
#[test]
fn golden_double_votes() {
    const GUILTY: usize = 2;
    let (genesis, secrets) = genesis(4);
    let validators = genesis.validators().unwrap();
    let scheme: Scheme = secrets[GUILTY].scheme(&genesis.digest(), validators).unwrap();
    let proposal = |epoch, view, parent, payload: u8| {
        let round = Round::new(Epoch::new(epoch), View::new(view));
        Proposal::new(round, View::new(parent), digest(assay_codec::Digest([payload; 32])))
    };
    let notarize = |proposal| Notarize::<Scheme, Digest>::sign(&scheme, proposal).unwrap();
    let finalize = |proposal| Finalize::<Scheme, Digest>::sign(&scheme, proposal).unwrap();
    let nullify = |round| Nullify::<Scheme>::sign::<Digest>(&scheme, round).unwrap();
    let found: [Activity<Scheme, Digest>; 4] = [
        Activity::ConflictingNotarize(ConflictingNotarize::new(
            notarize(proposal(0, 300, 299, 9)),
            notarize(proposal(0, 300, 299, 1)),
        )),
        // One payload upon two parents.
        Activity::ConflictingNotarize(ConflictingNotarize::new(
            notarize(proposal(5, 7, 6, 1)),
            notarize(proposal(5, 7, 5, 1)),
        )),
        Activity::ConflictingFinalize(ConflictingFinalize::new(
            finalize(proposal(1, 2, 1, 3)),
            finalize(proposal(1, 2, 1, 4)),
        )),
        Activity::NullifyFinalize(NullifyFinalize::new(
            nullify(Round::new(Epoch::new(130), View::new(20_000))),
            finalize(proposal(130, 20_000, 19_998, 5)),
        )),
    ];
    let watcher = Faults::default().watch(genesis.digest(), validators);
    let shown = found.iter().map(|activity| {
        let evidence = watcher.evidence(activity).unwrap();
        assert_eq!(evidence.guilty, validators.list()[GUILTY].vote);
        let votes = evidence.conflict.votes().map(|(vote, signature)| {
            let message = vote.message(&genesis.digest(), evidence.round);
            json!({
                "message": assay_codec::to_hex(&message),
                "signature": signature.to_string(),
            })
        });
        json!({
            "evidence": hex(&evidence),
            "guilty": evidence.guilty.to_string(),
            "epoch": evidence.round.epoch,
            "view": evidence.round.view,
            "votes": votes,
        })
    });
    let genesis = genesis.digest().to_string();
    compare(
        "double-votes-1.json",
        &json!({ "genesis": genesis, "double_votes": shown.collect::<Vec<_>>() }),
    );
}
