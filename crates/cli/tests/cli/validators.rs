//! Four validators as processes of their own, on free ports of this machine.

use crate::daemons::{Daemon, ordered};
use crate::datasets::CARD;
use crate::halfway;
use crate::node::Serving;
use crate::ports::free_port;
use crate::session::Session;
use assay_types::Address;

/// Four validators that begin a market in which an owner and a buyer have money, and run with these variables.
pub(crate) fn begun(
    session: &Session,
    funded: [Address; 2],
    variables: &[(&str, &str)],
) -> [Serving; 4] {
    let dirs = ["v0", "v1", "v2", "v3"];
    for dir in dirs {
        let address = free_port().to_string();
        session.ok(&["node", "init", "--dir", dir, "--address", &address]);
        session.fails(&["node", "init", "--dir", dir, "--address", &address], 6, "already");
    }
    let files = dirs.map(|dir| format!("{dir}/validator.json"));
    let funds = funded.map(|address| format!("{address}=5000"));
    let mut genesis = vec!["node", "genesis"];
    genesis.extend(files.iter().flat_map(|file| ["--validator", file]));
    genesis.extend(funds.iter().flat_map(|fund| ["--fund", fund]));
    genesis.extend(dirs.iter().flat_map(|dir| ["--out", dir]));
    let made = session.ok(&genesis);
    assert_eq!((&made["validators"], &made["quorum"]), (&4.into(), &3.into()));
    session.fails(&["ledger", "advance", "1", "--dir", "v0"], 2, "ordered by validators");
    dirs.map(|dir| Serving::start_with(session, dir, variables))
}

/// Every step is handed in at another validator, and one of them is killed while the test set is open.
#[test]
fn a_sale_goes_through_four_validators_of_which_one_is_killed() {
    let (session, funded) = halfway::wallets();
    session.put("card.json", CARD);
    let [one, two, three, four] = begun(&session, funded, &[]);
    let status = one.reaches(&session, 2);
    assert_eq!(status["order"]["validators"], 4);
    assert!(3 <= status["order"]["signers"].as_array().unwrap().len());

    let job = ordered(&session, &two.url);
    let owner = Daemon::start(&session, "owner", &one.url, &["--jobs", "1"]);
    let mut buyer = Daemon::start(&session, "buyer", &three.url, &["--jobs", "1"]);
    buyer.until("opened the test set");
    four.kill();
    let (acts, code) = owner.rest();
    assert_eq!((acts.last().unwrap().as_str(), code), ("closed", 0), "{acts:?}");
    let (acts, code) = buyer.rest();
    assert_eq!((acts.last().unwrap().as_str(), code), ("received the model", 0), "{acts:?}");

    // It comes back, catches up, and knows of the sale.
    let four = Serving::start_with(&session, "v3", &[]);
    let height = one.reaches(&session, 0)["height"].as_u64().unwrap();
    four.reaches(&session, height + 1);
    let at = ["--node", &four.url];
    let save = ["job", "show", &job, "--wallet", "d/buyer", "--save", "got"];
    assert_eq!(session.ok(&[&save[..], &at].concat())["stage"], "settled");
    let receipt = ["receipt", "verify", "got/receipt.json", "--genesis", "v0/genesis.json"];
    assert_eq!(session.ok(&receipt)["price"], "700");
    for validator in [one, two, three, four] {
        validator.stop();
    }
}
