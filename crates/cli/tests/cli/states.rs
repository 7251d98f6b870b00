//! A state that is proven to who believes no node, fetched from one, backed up and restored.

use crate::datasets::{market, published};
use crate::node::Serving;
use crate::session::Session;
use std::fs;

/// A folder with the genesis and the authority's wallet of another, and no ledger.
fn emptied(session: &Session, name: &str) {
    let (from, to) = (session.path("d"), session.path(name));
    fs::create_dir_all(to.join("ledger/authority")).unwrap();
    fs::copy(from.join("genesis.json"), to.join("genesis.json")).unwrap();
    for file in fs::read_dir(from.join("ledger/authority")).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), to.join("ledger/authority").join(file.file_name())).unwrap();
    }
}

#[test]
fn a_state_is_proven_fetched_backed_up_and_restored() {
    let session = market();
    published(&session, &[]);
    let shown = session.ok(&["ledger", "show", "--dir", "d"]);
    let text = |list: &str, field: &str| shown[list][0][field].as_str().unwrap().to_owned();
    let (account, listing) = (text("accounts", "address"), text("listings", "listing"));
    let node = Serving::start(&session);

    let at = ["--node", &node.url, "--genesis", "d/genesis.json"];
    let told = session.ok(&[&["state", "account", &account], &at[..]].concat());
    assert_eq!(told["balance"], shown["accounts"][0]["balance"]);
    assert!(told["proven"].as_str().unwrap().contains("have agreed on it"), "{told}");
    let told = session.ok(&[&["state", "listing", &listing], &at[..]].concat());
    assert_eq!(told["owner"], shown["listings"][0]["owner"]);
    let nobody = "0x".to_owned() + &"11".repeat(32);
    let missing = [&["state", "job", &nobody], &at[..]].concat();
    session.fails(&missing, 5, "it is proven that after block");
    let late = [&["state", "account", &account, "--since", "1000000"], &at[..]].concat();
    session.fails(&late, 3, "which is before 1000000");
    // Of another chain it proves nothing.
    session.ok(&["ledger", "new", "--dir", "other", "--fund", &format!("{account}=5")]);
    let other = ["--node", &node.url, "--genesis", "other/genesis.json"];
    session.fails(&[&["state", "account", &account], &other[..]].concat(), 3, "is not proven");

    emptied(&session, "e");
    let fetch = ["node", "restore", "--dir", "e", "--from", &node.url];
    let begun = session.ok(&fetch);
    session.fails(&fetch, 6, "there is a ledger already");
    node.stop();
    session.ok(&["node", "snapshot", "--dir", "d", "--to", "backup"]);
    session.fails(&["node", "snapshot", "--dir", "d", "--to", "backup"], 6, "there already");
    emptied(&session, "f");
    session.ok(&["node", "restore", "--dir", "f", "--snapshot", "backup"]);
    let [old, fetched, restored] =
        ["d", "e", "f"].map(|dir| session.ok(&["ledger", "show", "--dir", dir]));
    assert_eq!(old, restored);
    assert_eq!((&fetched["height"], &fetched["accounts"]), (&begun["height"], &old["accounts"]));
    // The one that was restored goes on.
    session.ok(&["ledger", "advance", "3", "--dir", "f"]);
}
