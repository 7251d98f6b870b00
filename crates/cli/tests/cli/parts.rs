//! `assay prove accuracy` part by part: one file in the end, whatever happens on the way.

use crate::session::Session;
use std::os::unix::fs::PermissionsExt;
use std::{
    fs,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

const PROVE: &[&str] = &[
    "prove",
    "accuracy",
    "--model",
    "a.model",
    "--data",
    "test.csv",
    "--target",
    "kind",
    "--at-least",
    "0.8",
    "--part-rows",
    "30",
    "-o",
    "p",
];
const VERIFY: &[&str] = &["verify", "p", "--data", "test.csv"];

#[test]
fn a_proof_in_parts_is_made_and_verified_with_the_same_keys() {
    let session = Session::trained();
    session.ok(&["model", "commit", "a.model", "-o", "c"]);
    let proved = session.ok(PROVE);
    let verified = session.ok(&[VERIFY, &["--at-least", "0.8", "--model", "c"]].concat());
    for key in ["rows", "target", "at_least", "parts", "part_rows", "model_commitment", "statement"]
    {
        assert_eq!(proved[key], verified[key], "{key}");
    }
    assert_eq!((&proved["parts"], &proved["at_least"]), (&4.into(), &80.into()));
    assert!(proved["security_bits"].as_u64().unwrap() >= 95);
    assert!(!session.path("p.parts").exists(), "nothing is left beside the proof");
    session.fails(&[VERIFY, &["--at-least", "0.81"]].concat(), 3, "not at least");
    session.fails(&["verify", "p", "--data", "train.csv"], 3, "not the rows");
    session.fails(&["verify", "p"], 2, "--data");
    let listed = session.ok(&[VERIFY, &["--security"]].concat());
    assert!(listed["security_terms"].as_array().unwrap().len() > 20);
}

#[test]
fn damaged_files_end_with_3() {
    let session = Session::trained();
    session.ok(PROVE);
    let proof = session.get("p");
    for end in [20, 400, proof.len() / 5, proof.len() / 2, proof.len() - 1] {
        session.put("p", &proof[..end]);
        session.fails(VERIFY, 3, "");
    }
    session.put("p", [&proof[..], &[0]].concat());
    session.fails(VERIFY, 3, "behind the last proof");
    for place in (1..12).map(|n| n * proof.len() / 12) {
        let mut flipped = proof.clone();
        flipped[place] ^= 1;
        session.put("p", flipped);
        session.fails(VERIFY, 3, "");
    }
}

#[test]
fn a_killed_run_goes_on_where_it_was() {
    let session = Session::trained();
    session.ok(&["model", "commit", "a.model", "-o", "c"]);
    let mut child = Command::new(env!("CARGO_BIN_EXE_assay"))
        .args(PROVE)
        .current_dir(session.path("."))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // As soon as two parts are there.
    let start = Instant::now();
    while !session.path("p.parts/0001.part").exists() && child.try_wait().unwrap().is_none() {
        assert!(start.elapsed() < Duration::from_secs(120));
        thread::sleep(Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let secret = session.path("p.parts/secret");
    assert_eq!(fs::metadata(&secret).unwrap().permissions().mode() & 0o777, 0o600);
    let (first, written) = (session.get("p.parts/0000.part"), session.get("p.parts/secret"));
    // A part that is damaged is proven anew, and no other.
    session.put("p.parts/0001.part", &first);
    let ran = session.run(PROVE);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains(" of 4 parts are proven already"), "{}", ran.stderr);
    assert!(ran.stderr.contains("part 2 of 4, "), "{}", ran.stderr);
    let whole = session.get("p");
    let holds = |part: &[u8]| whole.windows(part.len()).any(|window| window == part);
    assert!(holds(&first), "the first part is the one that was there");
    assert!(!holds(&written), "the secret is not in the proof");
    session.ok(VERIFY);
}

#[test]
fn ctrl_c_stops_between_two_parts_and_leaves_no_proof() {
    let session = Session::trained();
    // So many that they are not done before the interrupt comes.
    let prove: Vec<_> = PROVE.iter().map(|&arg| if arg == "30" { "1" } else { arg }).collect();
    let child = Command::new(env!("CARGO_BIN_EXE_assay"))
        .args(prove)
        .current_dir(session.path("."))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let start = Instant::now();
    while !session.path("p.parts/0000.part").exists() {
        assert!(start.elapsed() < Duration::from_secs(120));
        thread::sleep(Duration::from_millis(1));
    }
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let ended = child.wait_with_output().unwrap();
    let told = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(130), "{told}");
    assert!(told.contains("cancelled, nothing was proven"), "{told}");
    assert!(told.contains("are used by the same command") && ended.stdout.is_empty(), "{told}");
    assert!(!session.path("p").exists());
    assert!(session.path("p.parts/0000.part").exists() && session.path("p.parts/secret").exists());
}

#[test]
fn what_has_no_parts_is_named() {
    let session = Session::trained();
    session.fails(&[PROVE, &["--hide-data"]].concat(), 2, "--hide-data");
    let none = PROVE.iter().map(|&arg| if arg == "30" { "0" } else { arg }).collect::<Vec<_>>();
    session.fails(&none, 2, "0");
    let false_claim: Vec<_> =
        PROVE.iter().map(|&arg| if arg == "0.8" { "1" } else { arg }).collect();
    session.fails(&false_claim, 4, "nothing was proven");
    assert!(!session.path("p.parts").exists());
}
