//! Wallets by themselves: made, looked at, lost, brought back.

use crate::session::Session;
use std::fs;
use std::os::unix::fs::PermissionsExt;

/// A folder with a wallet whose password lies beside it, as the demo leaves one.
fn with_wallet() -> Session {
    let session = Session::empty();
    session.ok(&["demo", "--dataset", "wine", "--dir", "d"]);
    session
}

#[test]
fn a_wallet_needs_a_password() {
    let session = Session::empty();
    // The standard input is empty, and no variable is set.
    session.fails(&["wallet", "new", "--dir", "w"], 2, "password");
    assert!(!session.path("w/keystore.json").exists());
    session.fails(&["wallet", "show", "--dir", "w"], 5, "no wallet");
    session.fails(&["wallet", "backup", "--dir", "w", "b"], 5, "no wallet");
    session.fails(&["wallet", "restore", "--dir", "w", "b"], 5, "b");
}

#[test]
fn what_is_lost_comes_back_from_a_backup() {
    let session = with_wallet();
    let own = session.ok(&["wallet", "show", "--dir", "d/owner"]);
    let kept = session.ok(&["wallet", "backup", "--dir", "d/owner", "b"]);
    assert_eq!((&kept["address"], &kept["openings"]), (&own["address"], &4.into()));
    let mode = session.path("b").metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    session.fails(&["wallet", "backup", "--dir", "d/owner", "b"], 6, "exists");

    // Another folder with the same password, and nothing else.
    fs::create_dir(session.path("new")).unwrap();
    fs::copy(session.path("d/owner/password"), session.path("new/password")).unwrap();
    let back = session.ok(&["wallet", "restore", "--dir", "new", "b"]);
    assert_eq!((&back["address"], &back["openings"]), (&own["address"], &4.into()));
    assert_eq!(session.ok(&["wallet", "show", "--dir", "new"]), own);
    session.ok(&["wallet", "restore", "--dir", "new", "b"]);

    // Another party's wallet takes nothing of it.
    session.fails(&["wallet", "restore", "--dir", "d/buyer", "b"], 1, "");
    session.fails(&["wallet", "new", "--dir", "new"], 6, "already");
}
