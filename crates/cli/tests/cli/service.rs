//! A node under a supervisor: what is packaged for it, and the password that it hands over.

use crate::node::Serving;
use crate::session::Session;
use std::fs;
use std::process::Command;

#[test]
fn a_password_that_is_handed_over_opens_the_ledger() {
    let session = Session::empty();
    let fund = format!("0x{}=1000", "11".repeat(20));
    session.ok(&["ledger", "new", "--dir", "d", "--fund", &fund]);
    // The folder alone signs no blocks any more.
    let beside = session.path("d/ledger/authority/password");
    fs::rename(&beside, session.path("credential")).unwrap();
    let run = ["node", "run", "--dir", "d", "--listen", "127.0.0.1:0"];
    session.fails(&run, 2, "a password is needed");
    let absent = session.run_with(&run, &[("ASSAY_PASSWORD_FILE", "absent")]);
    assert_eq!(absent.code, 5, "{}", absent.stderr);
    session.put("wrong", "no");
    let wrong = session.run_with(&run, &[("ASSAY_PASSWORD_FILE", "wrong")]);
    assert_ne!(wrong.code, 0, "{}", wrong.stderr);
    let node = Serving::start_with(&session, "d", &[("ASSAY_PASSWORD_FILE", "credential")]);
    assert!(session.ok(&["node", "status", &node.url])["height"].is_u64());
    node.stop();
    assert!(!beside.exists());
}

/// Where there is a systemd, it reads the unit without a complaint.
#[test]
fn the_service_unit_is_understood() {
    let unit = concat!(env!("CARGO_MANIFEST_DIR"), "/../../packaging/assay-node.service");
    let unit = fs::read_to_string(unit).unwrap();
    let start = "ExecStart=/usr/local/bin/assay node run --config /etc/assay/node.toml\n";
    assert!(unit.contains(start));
    let session = Session::empty();
    let here = format!("ExecStart={} node", env!("CARGO_BIN_EXE_assay"));
    session.put("assay-node.service", unit.replace("ExecStart=/usr/local/bin/assay node", &here));
    let mut verify = Command::new("systemd-analyze");
    verify.arg("verify").arg(session.path("assay-node.service"));
    let Ok(verified) = verify.output() else { return };
    let said = String::from_utf8_lossy(&verified.stderr);
    assert!(verified.status.success() && !said.contains("assay-node.service"), "{said}");
}
