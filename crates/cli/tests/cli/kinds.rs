//! Sales of networks: by the demo, and by hand.

use crate::datasets::{OWNER, market};
use crate::jobs::{BUYER, does};
use crate::session::{Session, data};
use serde_json::Value;

/// Plays the demo and looks at all that it leaves.
fn check_demo(
    more: &[&str],
    kind: &str,
    test: &str,
    target: &str,
    share: &str,
) -> (Session, Value) {
    let session = Session::empty();
    let told = session.ok(&[&["demo", "--dir", "d"], more].concat());
    assert!(told["algorithm"].as_str().unwrap().starts_with(kind), "{told}");
    assert!(100 <= told["security_bits"].as_u64().unwrap());
    for file in told["files"].as_array().unwrap() {
        assert!(session.path(file.as_str().unwrap()).exists(), "{file}");
    }
    let test = data(test);
    let proof = ["--proof", "d/accuracy.proof", "--data", &test];
    let verified = session.ok(&[&["receipt", "verify", "d/receipt.json"], &proof[..]].concat());
    assert_eq!(verified["proof"], "verified");
    let commitment = told["model_commitment"].as_str().unwrap();
    let (job, buyer) = (told["job"].as_str().unwrap(), told["buyer"].as_str().unwrap());
    let expected = ["--model", commitment, "--job", job, "--recipient", buyer];
    let verify = ["verify", "d/accuracy.proof", "--data", &test, "--at-least", share];
    session.ok(&[&verify[..], &expected].concat());
    let verify = ["verify", "d/delivery.proof", "--ciphertext", "d/ciphertext.bin"];
    session.ok(&[&verify[..], &expected].concat());
    // The delivered model is one that everything else takes.
    assert_eq!(session.ok(&["model", "inspect", "d/model.assay"])["kind"], kind);
    let prove =
        ["prove", "accuracy", "--model", "d/model.assay", "--data", &test, "--target", target];
    session.ok(&[&prove[..], &["--at-least", share, "-o", "again.proof"]].concat());
    // What is changed does not verify.
    let mut ciphertext = session.get("d/ciphertext.bin");
    ciphertext[40] ^= 1;
    session.put("changed", ciphertext);
    session.fails(&["verify", "d/delivery.proof", "--ciphertext", "changed"], 3, "");
    (session, told)
}

#[test]
fn the_demo_sells_a_network() {
    let more = ["--model", "mlp", "--dataset", "wine"];
    let (session, _) = check_demo(&more, "network", "wine/test.csv", "cultivar", "0.9");
    let ran = session.fails(&[&["demo", "--dir", "d"], &more[..]].concat(), 6, "finished");
    assert!(ran.stderr.contains("hint: "), "{}", ran.stderr);
}

#[test]
fn the_demo_sells_a_convolutional_network() {
    check_demo(&["--model", "cnn"], "network", "digits/test.csv", "digit", "0.96");
}

#[test]
fn the_demo_sells_a_forest() {
    let more = ["--model", "forest", "--dataset", "wine"];
    check_demo(&more, "forest", "wine/test.csv", "cultivar", "0.9");
}

#[test]
fn a_convolution_is_of_images() {
    let session = Session::empty();
    let ran = session.fails(&["demo", "--model", "cnn", "--dataset", "wine"], 2, "no images");
    assert!(ran.stderr.contains("hint: "), "{}", ran.stderr);
}

/// Publishes the wines, with networks on offer.
fn published(session: &Session, more: &[&str]) -> Value {
    let train = data("wine/train.csv");
    let fixed =
        ["dataset", "publish", "--data", &train, "--card", "card.json", "--target", "cultivar"];
    session.ok(&[&fixed[..], &OWNER, &["--curve", "constant:700"], more].concat())
}

#[test]
fn a_network_is_ordered_within_the_limits_of_the_listing() {
    let session = market();
    let shown = published(&session, &["--allow", "network,tree", "--limit-weights", "200"]);
    let offers = serde_json::json!([
        { "name": "tree" },
        { "name": "network", "weights_max": 200, "work_max": 600_000_000_000_u64 },
    ]);
    assert_eq!(shown["limits"]["algorithms"], offers);
    let warned = shown["warnings"][0].as_str().unwrap();
    assert!(warned.contains("mean and deviation of every feature"), "{warned}");
    let dataset = shown["dataset"].as_str().unwrap();
    let test = data("wine/test.csv");
    let order = |more: &[&str]| -> Vec<String> {
        let fixed = ["job", "open", "--dataset", dataset, "--data", &test, "--target", "cultivar"];
        let terms = ["--at-least", "0.9", "--max-price", "800"];
        let all = [&fixed[..], &BUYER, &terms, more].concat();
        all.into_iter().map(str::to_owned).collect()
    };
    let fails = |more: &[&str], code, why: &str| {
        let args = order(more);
        session.fails(&args.iter().map(String::as_str).collect::<Vec<_>>(), code, why);
    };
    let network = ["--algorithm", "mlp", "--hidden"];
    fails(&[&network[..], &["20"]].concat(), 2, "number of weights");
    fails(&["--algorithm", "cnn", "--image", "13x1x1", "--layers", "relu"], 2, "");
    fails(&["--hidden", "8"], 2, "mlp");
    fails(&[&network[..], &["8", "--max-depth", "4"]].concat(), 2, "trees");
    fails(&["--algorithm", "forest", "--max-depth", "4"], 2, "not on offer");
    let private = order(&[&network[..], &["8", "--private", "--dry-run"]].concat());
    let quote = session.ok(&private.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(quote["test_set_seen_by"], "the owner");

    let args = order(&[&network[..], &["8", "--seed", "2"]].concat());
    let told = session.ok(&args.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(told["algorithm"].as_str().unwrap().contains("dense 8, loss cross-entropy"), "{told}");
    does(&session, &OWNER, "committed");
    does(&session, &BUYER, "opened the test set");
    does(&session, &OWNER, "proved a pass");
    does(&session, &BUYER, "verified both proofs");
    does(&session, &OWNER, "revealed the key");
    does(&session, &BUYER, "received the model");
    let job = told["job"].as_str().unwrap();
    session.ok(&["job", "show", job, "--wallet", "d/buyer", "--save", "got", "--ledger", "d"]);
    assert_eq!(session.ok(&["model", "inspect", "got/model.assay"])["kind"], "network");
}
