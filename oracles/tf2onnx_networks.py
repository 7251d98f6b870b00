"""Networks of TensorFlow as tf2onnx writes them: channels last outside, first within, with the transposes,
pads and reshapes that it leaves between.

fixtures/networks/<case>.onnx, .scores.csv, and lines of cases.csv. Needs tensorflow-cpu, tf2onnx and onnxruntime only.
"""

import csv
import os
import pathlib

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import numpy as np
import onnxruntime
import tensorflow as tf
import tf2onnx

ROOT = pathlib.Path(__file__).resolve().parent.parent
OUT = ROOT / "oracles" / "fixtures" / "networks"
ROWS = 40
L = keras.layers


def load(name, side):
    with open(ROOT / "data" / name / f"{side}.csv") as file:
        header, *rows = csv.reader(file)
    labels = sorted({r[-1] for r in rows})
    return np.array([r[:-1] for r in rows], dtype=np.float32), np.array([labels.index(r[-1]) for r in rows])


def models():
    keras.utils.set_random_seed(3)
    x = keras.Input((8, 8, 1), name="x")
    y = L.ZeroPadding2D(((0, 1), (0, 1)))(L.Rescaling(1 / 16)(x))
    y = L.ReLU(6.0)(L.BatchNormalization()(L.Conv2D(8, 3, strides=2, use_bias=False)(y)))
    z = L.ReLU(6.0)(L.BatchNormalization()(L.DepthwiseConv2D(3, padding="same", use_bias=False)(y)))
    y = L.Add()([y, L.BatchNormalization()(L.Conv2D(8, 1, use_bias=False)(z))])
    y = L.Dropout(0.1)(L.GlobalAveragePooling2D()(y))
    yield "tf2onnx-digits-mobile", "digits", (8, 8, 1), keras.Model(x, L.Dense(10, activation="softmax")(y))
    x = keras.Input((64,), name="x")
    y = L.Reshape((8, 8, 1))(x)
    y = L.MaxPooling2D(2)(L.Conv2D(8, 3, padding="same", activation="relu")(y))
    y = L.Conv2D(8, 3, padding="same", activation="swish")(y)
    y = L.Flatten()(L.AveragePooling2D(2)(y))
    y = L.LayerNormalization()(L.Dense(16, activation="swish")(y))
    yield "tf2onnx-digits-reshape", "digits", (64,), keras.Model(x, L.Dense(10)(y))
    x = keras.Input((8, 8), name="x")
    y = L.Conv1D(12, 3, padding="causal", activation="relu")(x)
    y = L.Conv1D(12, 3, dilation_rate=2, padding="same", activation="tanh")(y)
    y = L.Concatenate()([L.GlobalMaxPooling1D()(y), L.GlobalAveragePooling1D()(y)])
    y = L.Dense(12, activation="softmax")(y)
    yield "tf2onnx-digits-sequence", "digits", (8, 8), keras.Model(x, L.Dense(10, activation="softmax")(y))
    x = keras.Input((30,), name="x")
    y = L.Dense(8, activation="leaky_relu")(L.Dense(12, activation="elu")(L.BatchNormalization()(x)))
    yield "tf2onnx-cancer-mlp", "breast-cancer", (30,), keras.Model(x, L.Dense(1, activation="sigmoid")(y))


def main():
    path = OUT / "cases.csv"
    lines = path.read_text().splitlines()
    for case, dataset, shape, model in models():
        (x, y), (test, labels) = load(dataset, "train"), load(dataset, "test")
        loss = "binary_crossentropy" if model.output_shape[-1] == 1 else keras.losses.SparseCategoricalCrossentropy(
            from_logits=model.layers[-1].activation is keras.activations.linear)
        model.compile(keras.optimizers.Adam(0.004), loss)
        model.fit(x.reshape(-1, *shape), y, epochs=25, batch_size=64, verbose=0)
        signature = [tf.TensorSpec((None, *shape), tf.float32, name="x")]
        call = tf.function(lambda x: model(x, training=False), input_signature=signature)
        tf2onnx.convert.from_function(call, input_signature=signature, opset=17, output_path=str(OUT / f"{case}.onnx"))
        session = onnxruntime.InferenceSession(OUT / f"{case}.onnx", providers=["CPUExecutionProvider"])
        scores = session.run(None, {session.get_inputs()[0].name: test.reshape(-1, *shape)})[0]
        got = (scores[:, 0] > 0.5).astype(int) if scores.shape[1] == 1 else scores.argmax(axis=1)
        with open(OUT / f"{case}.scores.csv", "w", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([[repr(float(v)) for v in row] for row in scores[:ROWS]])
        lines = [line for line in lines if not line.startswith(f"{case},")] + [f"{case},{dataset},{int((got == labels).sum())}"]
        print(lines[-1], "of", len(labels))
    path.write_text("\n".join([lines[0], *sorted(lines[1:])]) + "\n")


if __name__ == "__main__":
    main()
