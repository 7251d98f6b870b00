//! What is promised whatever the command: help, exit code 2, completions.

use crate::session::Session;

#[test]
fn usage_errors_end_with_2() {
    let session = Session::new();
    let train = ["model", "train", "--data", "train.csv", "--target", "kind", "-o", "m"];
    session.fails(&[&train[..], &["--max-depth", "0"]].concat(), 2, "max_depth");
    session.fails(&[&train[..], &["--max-depth", "65"]].concat(), 2, "max_depth");
    session.fails(&[&train[..], &["--min-samples-split", "1"]].concat(), 2, "min_samples_split");
    session.fails(&[&train[..], &["--criterion", "luck"]].concat(), 2, "luck");
    session.fails(&["model", "train"], 2, "--data");
    session.fails(&["sell"], 2, "sell");
    assert!(!session.path("m").exists());
    for share in ["1.5", "-x", "93%", "3/2", "1/0", "1e-1", ""] {
        let args = ["verify", "p", &format!("--at-least={share}")];
        session.fails(&args, 2, "--at-least");
    }
    session.fails(&["verify", "p", "--job", "0x12"], 2, "--job");
    session.fails(&["verify", "p", "--recipient", "me"], 2, "--recipient");
}

#[test]
fn help_names_the_exit_codes() {
    let help = Session::empty().run(&["--help"]);
    assert_eq!(help.code, 0);
    assert!(help.stdout.contains("3 verification failed"));
}

#[test]
fn missing_files_end_with_5() {
    let session = Session::new();
    let train = ["model", "train", "--data", "none.csv", "--target", "kind", "-o", "m"];
    session.fails(&train, 5, "none.csv");
    session.fails(&["verify", "none.proof"], 5, "none.proof");
    session.fails(&["predict", "--model", "none.model", "--data", "test.csv"], 5, "none.model");
}

#[test]
fn completions_name_every_command() {
    let session = Session::empty();
    for shell in ["bash", "zsh", "fish"] {
        let script = session.run(&["completions", shell]);
        assert_eq!(script.code, 0);
        for command in ["model", "predict", "prove", "verify"] {
            assert!(script.stdout.contains(command), "{shell}: {command}");
        }
    }
    let told = session.ok(&["completions", "bash"]);
    assert_eq!(told["shell"], "bash");
}
