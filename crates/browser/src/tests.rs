use crate::abi::{PART_BYTES_MAX, answer, answer_length, blobs, part, verify};
use serde_json::Value;
use std::fs;
use std::path::Path;

fn vector(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors").join(name)).unwrap()
}

/// Writes a part as JavaScript does.
#[allow(unsafe_code, reason = "what is handed out for writing is written to")]
fn give(which: usize, bytes: &[u8]) {
    let at = part(which, bytes.len());
    assert!(!at.is_null());
    // SAFETY: `part` has made room for as many bytes there, and nobody uses it meanwhile.
    unsafe { std::slice::from_raw_parts_mut(at, bytes.len()) }.copy_from_slice(bytes);
}

#[allow(unsafe_code, reason = "what is handed out for reading is read")]
fn said() -> Value {
    // SAFETY: so many bytes are there, and stay until the next call.
    let bytes = unsafe { std::slice::from_raw_parts(answer(), answer_length()) };
    serde_json::from_slice(bytes).unwrap()
}

/// One test, since an instance is there once: in a browser too it is used by one at a time.
#[test]
fn a_browser_is_told_what_a_node_tells() {
    let (receipt, genesis) = (vector("receipt-1.json"), vector("receipt-1-genesis.json"));
    assert_eq!((verify(), said()["code"].as_str()), (0, Some("genesis-form")));

    give(1, &genesis);
    assert_eq!((verify(), said()["code"].as_str()), (0, Some("receipt-form")));
    assert_eq!((blobs(), said()["code"].as_str()), (0, Some("receipt-form")));

    give(0, &receipt);
    assert_eq!(blobs(), 1);
    let names = said();
    for name in ["proof", "rows"] {
        assert_eq!(names[name].as_str().map(str::len), Some(66), "{names}");
    }
    assert_eq!(verify(), 1);
    let shown: Value = serde_json::from_slice(&receipt).unwrap();
    assert_eq!((&said()["job"], &said()["genesis"]), (&shown["job"], &shown["genesis"]));
    assert_eq!(said()["proof"], "not looked at");

    for (which, code) in [(2, "receipt-6"), (0, "receipt-form"), (1, "genesis-form")] {
        give(which, b"{}");
        assert_eq!((verify(), said()["code"].as_str()), (0, Some(code)));
    }
}

#[test]
fn a_part_has_a_number_and_a_length() {
    assert!(part(4, 1).is_null());
    assert!(part(3, PART_BYTES_MAX + 1).is_null());
}
