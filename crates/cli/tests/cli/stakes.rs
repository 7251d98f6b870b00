//! Stakes at a node of one validator: a second one is registered, leaves, and evidence is looked at before it is sent.

use crate::node::Serving;
use crate::ports::free_port;
use crate::session::Session;
use serde_json::Value;
use std::net::TcpListener;

/// Evidence of another chain.
const EVIDENCE: &str = include_str!("../../../../vectors/double-votes-1.json");

#[test]
fn a_validator_is_registered_and_leaves_again() {
    let session = Session::empty();
    for dir in ["v0", "v1"] {
        let address = free_port().to_string();
        session.ok(&["node", "init", "--dir", dir, "--address", &address]);
    }
    let of = |dir: &str| -> Value {
        let text = std::fs::read_to_string(session.path(&format!("{dir}/validator.json")));
        serde_json::from_str(&text.unwrap()).unwrap()
    };
    let (founder, other) = (of("v0"), of("v1"));
    let fund = format!("{}=5000", other["payee"].as_str().unwrap());
    let genesis = ["node", "genesis", "--validator", "v0/validator.json", "--fund", &fund];
    let stakes = ["--stake", "2000", "--stake-min", "1000", "--unbonding-blocks", "500"];
    // Whoever bonds here gets no seat.
    session.ok(&[&genesis[..], &stakes, &["--epoch-blocks", "0", "--out", "v0"]].concat());
    let taken = TcpListener::bind(founder["address"].as_str().unwrap()).unwrap();
    let run = ["node", "run", "--dir", "v0", "--listen", "127.0.0.1:0"];
    session.fails(&run, 1, "cannot wait for peers at");
    drop(taken);
    let node = Serving::start_with(&session, "v0", &[]);
    node.reaches(&session, 1);

    let at = ["--node", node.url.as_str(), "--wallet", "v1/validator"];
    let done = |args: &[&str]| session.ok(&[args, &at].concat());
    let bond = ["stake", "bond", "--amount", "1500", "--validator", "v1/validator.json"];
    // A fee, and the proof of possession that is verified.
    assert_eq!(done(&bond)["fee"], "6");
    done(&["stake", "unbond", "--amount", "500"]);
    let refused = [&["stake", "unbond", "--amount", "500"][..], &at].concat();
    session.fails(&refused, 1, "rule 107");
    session.fails(&[&["stake", "withdraw"][..], &at].concat(), 1, "rule 111");

    let shown = session.ok(&["stake", "show", "--node", &node.url]);
    let stakes = shown["stakes"].as_array().unwrap();
    assert_eq!(stakes.len(), 2);
    let find = |one: &Value| stakes.iter().find(|stake| stake["owner"] == one["payee"]).unwrap();
    assert_eq!(
        (&find(&founder)["bonded"], &find(&other)["bonded"]),
        (&"2000".into(), &"1000".into())
    );
    assert_eq!(find(&other)["vote_key"], other["vote_key"]);
    assert_eq!(find(&other)["endpoint"], other["address"]);
    assert_eq!(find(&other)["leaving"][0]["amount"], "500");
    assert_eq!(find(&other)["convicted"], Value::Null);

    // The operator of a node that runs has its wallet at hand.
    let own = ["--node", node.url.as_str(), "--wallet", "v0/validator"];
    session.ok(&[&["stake", "unbond", "--amount", "500"][..], &own].concat());
    session.fails(&run, 6, "in use");

    // The votes are real, but were given on another chain: nothing is sent.
    let vectors: Value = serde_json::from_str(EVIDENCE).unwrap();
    let canonical = vectors["double_votes"][0]["evidence"].as_str().unwrap();
    session.put("evidence.json", format!("{{ \"canonical\": \"{canonical}\" }}"));
    let accuse = [&["accuse", "evidence.json"][..], &at].concat();
    session.fails(&accuse, 3, "convicts nobody");
    session.put("evidence.json", "{ \"canonical\": \"0x00\" }");
    session.fails(&accuse, 3, "no evidence");
    node.stop();
}
