//! Configurations, changed one by one. Whole files are met in `tests/`.

use super::{config, parse};
use crate::network::{Error as NetworkError, Network, Problem};
use crate::skops::zip::Archive;
use serde_json::{Value, json};

fn fixture() -> (Value, super::Weights) {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../oracles/fixtures/networks/keras-digits-functional.keras"
    );
    let bytes = std::fs::read(path).unwrap();
    let archive = Archive::new(&bytes, 8, &[".json", ".h5"]).unwrap();
    let config = archive.read("config.json", usize::MAX).unwrap();
    let weights = archive.read("model.weights.h5", usize::MAX).unwrap();
    (parse(&config).unwrap(), super::Weights::File(super::Hdf5::of_archive(weights).unwrap()))
}

/// Builds what a change of the configuration makes.
fn changed(change: impl Fn(&mut Value)) -> Result<Network, NetworkError> {
    let (mut value, weights) = fixture();
    change(&mut value);
    config::build(&value, &weights)
}

/// The layers of a class.
fn layers<'a>(value: &'a mut Value, class: &str) -> Vec<&'a mut Value> {
    let layers = value["config"]["layers"].as_array_mut().unwrap();
    layers.iter_mut().filter(|layer| layer["class_name"] == class).collect()
}

#[track_caller]
fn problem(got: Result<Network, NetworkError>) -> Problem {
    match got {
        Err(NetworkError::Step { problem, .. }) => problem,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_setting_is_read_or_refused() {
    assert!(changed(|_| ()).is_ok());
    for class in ["Conv2D", "DepthwiseConv2D", "BatchNormalization", "Activation", "Add", "Dense"] {
        let got = changed(|value| layers(value, class)[0]["config"]["surprise"] = json!(1));
        assert_eq!(problem(got), Problem::Attribute { name: "surprise".to_owned() }, "{class}");
    }
    for (class, name, other) in [
        ("Conv2D", "data_format", json!("channels_first")),
        ("Conv2D", "padding", json!("reflect")),
        ("Conv2D", "strides", json!([0, 1])),
        ("Conv2D", "dilation_rate", json!(1_u64 << 40)),
        ("BatchNormalization", "axis", json!(1)),
        ("UpSampling2D", "interpolation", json!("bilinear")),
        ("AveragePooling2D", "padding", json!("same")),
        ("Concatenate", "axis", json!(1)),
        ("Reshape", "target_shape", json!([9, 8, 1])),
        ("ZeroPadding2D", "padding", json!([[-1, 0], [0, 0]])),
    ] {
        let got = changed(|value| layers(value, class)[0]["config"][name] = other.clone());
        // Averages of padding are only refused where there is some.
        if class != "AveragePooling2D" {
            assert!(matches!(got, Err(NetworkError::Step { .. })), "{class} {name}: {got:?}");
        }
    }
}

#[test]
fn unknown_layers_and_functions_are_named() {
    let got = changed(|value| layers(value, "Activation")[0]["class_name"] = json!("Lambda"));
    assert_eq!(problem(got), Problem::Operator { operator: "Lambda".to_owned() });
    let got =
        changed(|value| layers(value, "Activation")[0]["config"]["activation"] = json!("sine"));
    assert_eq!(problem(got), Problem::Operator { operator: "sine".to_owned() });
    let name = "log_softmax";
    let got = changed(|value| layers(value, "Activation")[0]["config"]["activation"] = json!(name));
    assert_eq!(problem(got), Problem::Operator { operator: name.to_owned() });
    let got = changed(|value| layers(value, "Activation")[0]["registered_name"] = json!("mine>F"));
    assert!(matches!(got, Err(NetworkError::Keras(super::Error::Config(_)))), "{got:?}");
}

#[test]
fn circles_and_weights_of_others_are_refused() {
    let name = "/inbound_nodes/0/args/0/config/keras_history/0";
    let circle = |value: &mut Value| {
        let conv = layers(value, "Conv2D").remove(0);
        *conv.pointer_mut(name).unwrap() = conv["name"].clone();
    };
    assert!(matches!(problem(changed(circle)), Problem::NoValue { .. }));
    let other = |value: &mut Value| layers(value, "Dense")[0]["config"]["name"] = json!("nobody");
    assert!(changed(other).is_err());
    let fewer = |value: &mut Value| layers(value, "Dense")[0]["config"]["use_bias"] = json!(false);
    let got = changed(fewer);
    assert!(matches!(got, Err(NetworkError::Keras(super::Error::Weights { .. }))), "{got:?}");
    let wider = |value: &mut Value| layers(value, "Dense")[0]["config"]["units"] = json!(11);
    assert!(matches!(problem(changed(wider)), Problem::Layout(_)));
}
