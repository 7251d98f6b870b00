//! A validator that has lost everything but its keys begins with the state of another process, and votes again.

use crate::halfway;
use crate::session::Session;
use crate::validators::begun;
use serde_json::Value;
use std::fs;

/// The number of v3 among the validators, which stand in the order of their network keys.
fn number(session: &Session) -> usize {
    let key = |dir: &str| {
        let file = fs::read_to_string(session.path(&format!("{dir}/validator.json"))).unwrap();
        let validator: Value = serde_json::from_str(&file).unwrap();
        validator["network_key"].as_str().unwrap().to_owned()
    };
    let own = key("v3");
    ["v0", "v1", "v2"].iter().filter(|dir| key(dir) < own).count()
}

fn height(status: &Value) -> u64 {
    status["height"].as_u64().unwrap()
}

#[test]
fn a_validator_without_its_disk_restores_the_state_of_another_and_votes() {
    let (session, funded) = halfway::wallets();
    let often = [("ASSAY_SNAPSHOT_BLOCKS", "2")];
    let [one, two, three, four] = begun(&session, funded, &often);
    let before = height(&one.reaches(&session, 4));
    four.kill();
    for lost in ["ledger", "consensus"] {
        fs::remove_dir_all(session.path(&format!("v3/{lost}"))).unwrap();
    }
    one.reaches(&session, before + 6);
    let restored = session.ok(&["node", "restore", "--dir", "v3", "--from", &two.url]);
    let begins = height(&restored);
    assert!(before < begins, "{restored}");
    let again = ["node", "restore", "--dir", "v3", "--from", &two.url];
    session.fails(&again, 6, "already");

    let four = crate::node::Serving::start_with(&session, "v3", &often);
    assert_eq!(restored["kept_from"], begins + 1);
    assert!(begins <= height(&four.reaches(&session, 0)), "what was before was not executed");
    four.reaches(&session, begins + 4);
    // It watches first, and signs then.
    let number = number(&session);
    let mut status = four.reaches(&session, 0);
    while !status["order"]["signers"].as_array().unwrap().contains(&number.into()) {
        status = four.reaches(&session, height(&status) + 1);
    }
    // Three of four, it among them, are a quorum.
    three.kill();
    let goal = height(&four.reaches(&session, 0)) + 4;
    for validator in [&one, &two, &four] {
        validator.reaches(&session, goal);
    }
    for validator in [one, two, four] {
        validator.stop();
    }
}
