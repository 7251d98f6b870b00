//! A validator that no genesis names bonds, gets a seat in the next epoch, and votes.

use crate::node::Serving;
use crate::ports::free_port;
use crate::session::Session;
use serde_json::Value;
use std::fs;

/// Validators, quorum, their first block, and how often the set has changed.
fn seats(status: &Value) -> [u64; 4] {
    ["validators", "quorum", "seated_since", "changes"]
        .map(|name| status["order"][name].as_u64().unwrap())
}

#[test]
fn a_validator_joins_gets_a_seat_and_votes() {
    let session = Session::empty();
    for dir in ["v0", "v1"] {
        let address = free_port().to_string();
        session.ok(&["node", "init", "--dir", dir, "--address", &address]);
    }
    let of = |dir: &str| -> Value {
        let text = fs::read_to_string(session.path(&format!("{dir}/validator.json")));
        serde_json::from_str(&text.unwrap()).unwrap()
    };
    let payee = of("v1")["payee"].as_str().unwrap().to_owned();
    let fund = format!("{payee}=5000");
    let genesis = ["node", "genesis", "--validator", "v0/validator.json", "--fund", &fund];
    let stakes = ["--stake", "2000", "--stake-min", "1000", "--unbonding-blocks", "16"];
    let epochs = ["--epoch-blocks", "8", "--seats", "4", "--out", "v0"];
    let early =
        ["--stake", "2000", "--unbonding-blocks", "15", "--epoch-blocks", "8", "--out", "x"];
    session.fails(&[&genesis[..], &early].concat(), 2, "two epochs");
    session.ok(&[&genesis[..], &stakes, &epochs].concat());
    // All that the second one needs to know: the founders' addresses are in it.
    fs::copy(session.path("v0/genesis.json"), session.path("v1/genesis.json")).unwrap();

    let founder = Serving::start_with(&session, "v0", &[]);
    let status = founder.reaches(&session, 1);
    assert_eq!(seats(&status), [1, 1, 1, 0]);
    let bond = ["stake", "bond", "--amount", "1500", "--validator", "v1/validator.json"];
    let at = ["--node", founder.url.as_str(), "--wallet", "v1/validator"];
    session.ok(&[&bond[..], &at].concat());
    let shown = session.ok(&["stake", "show", "--node", &founder.url]);
    let find = |shown: &Value| -> Value {
        let stakes = shown["stakes"].as_array().unwrap();
        stakes.iter().find(|stake| stake["owner"] == payee.as_str()).unwrap().clone()
    };
    assert_eq!(
        (&find(&shown)["seated"], &find(&shown)["seated_next"]),
        (&false.into(), &true.into())
    );

    let joiner = Serving::start_with(&session, "v1", &[]);
    // Of two validators both have to sign; the founder alone would stop at the end of an epoch.
    let end = shown["epoch_ends"].as_u64().unwrap();
    let status = founder.reaches(&session, end + 3);
    assert_eq!(seats(&status), [2, 2, end + 1, 1]);
    assert_eq!(status["order"]["signers"], serde_json::json!([0, 1]));
    assert!(1 <= status["order"]["signed_in"].as_u64().unwrap());
    let status = joiner.reaches(&session, end + 3);
    assert_eq!(status["order"]["signers"], serde_json::json!([0, 1]));
    let shown = session.ok(&["stake", "show", "--node", &joiner.url]);
    assert_eq!(find(&shown)["seated"], true);

    // Whoever has the genesis alone follows the validators, and believes neither of the two nodes.
    for node in [&founder, &joiner] {
        let at = ["--node", &node.url, "--genesis", "v0/genesis.json"];
        let told = session.ok(&[&["state", "account", &payee][..], &at].concat());
        assert!(end <= told["height"].as_u64().unwrap(), "{told}");
    }
    // And keeps for later who they are now.
    let from = ["--node", &joiner.url, "--genesis", "v0/genesis.json"];
    let kept = session.ok(&[&["checkpoint", "--out", "now.json"][..], &from].concat());
    assert_eq!(kept["changes"], 1);
    let since = ["--checkpoint", "now.json"];
    let told = session.ok(&[&["state", "account", &payee][..], &from, &since].concat());
    assert!(kept["height"].as_u64() <= told["height"].as_u64(), "{told}");
    let later = ["checkpoint", "--out", "later.json"];
    let later = session.ok(&[&later[..], &from, &since].concat());
    assert_eq!(later["changes"], 1);
    // One that was changed is none.
    let text = fs::read_to_string(session.path("now.json")).unwrap();
    let height = format!("\"height\": {}", kept["height"]);
    assert_eq!(text.matches(&height).count(), 1);
    fs::write(session.path("forged.json"), text.replace(&height, "\"height\": 1")).unwrap();
    let forged = ["--checkpoint", "forged.json"];
    let refused = [&["state", "account", &payee][..], &from, &forged].concat();
    session.fails(&refused, 3, "not a checkpoint");
    joiner.stop();
    founder.stop();
}
