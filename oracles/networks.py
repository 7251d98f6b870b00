"""Trains small networks on the packaged data sets, saves them in the layouts of their exporters, and
writes what the exporters' own programs answer.

fixtures/networks/<case>.onnx, .keras, .h5, .skops
fixtures/networks/<case>.scores.csv    scores of the first ROWS rows of data/<dataset>/test.csv, a column
                                       for each class: before or after the last softmax
fixtures/networks/cases.csv            case, dataset, rows answered right of all test rows

Families are named on the command line: `networks.py keras sklearn torch`. Without any, all but torch, which is
large, and whose cases are those of its two exporters.
"""

import csv
import os
import pathlib
import sys
import warnings

os.environ["KERAS_BACKEND"] = "jax"
warnings.filterwarnings("ignore")

import keras
import numpy as np
import onnxruntime
import skops.io
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from fixtures import ROOT

OUT = pathlib.Path(__file__).resolve().parent / "fixtures" / "networks"
ROWS = 40
L = keras.layers


def load(name, side):
    with open(ROOT / "data" / name / f"{side}.csv") as file:
        header, *rows = csv.reader(file)
    labels = sorted({r[-1] for r in rows})
    x = np.array([r[:-1] for r in rows], dtype=np.float32)
    return x, np.array([labels.index(r[-1]) for r in rows])


DATA = {name: (load(name, "train"), load(name, "test")) for name in ["digits", "breast-cancer", "wine"]}
right = []


def write(case, dataset, answer):
    """`answer` gives scores for rows; a lone one is that of the second class."""
    x, y = DATA[dataset][1]
    scores = np.asarray(answer(x))
    if scores.ndim == 1 or scores.shape[1] == 1:
        scores = scores.reshape(-1, 1)
        limit = 0.5 if 0 <= scores.min() and scores.max() <= 1 else 0.0
        got = (scores[:, 0] > limit).astype(int)
    else:
        got = scores.argmax(axis=1)
    with open(OUT / f"{case}.scores.csv", "w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([[repr(float(v)) for v in row] for row in scores[:ROWS]])
    right.append((case, dataset, int((got == y).sum())))
    print(*right[-1], "of", len(y))


def keras_models():
    keras.utils.set_random_seed(1)
    digits, cancer = keras.Input((64,)), keras.Input((30,))
    yield "keras-digits-mlp", "digits", keras.Sequential([
        keras.Input((64,)), L.Rescaling(1 / 16), L.Dense(32, activation="relu"), L.Dropout(0.2),
        L.Dense(16), L.LeakyReLU(negative_slope=0.1), L.Dense(10, activation="softmax")])
    yield "keras-digits-cnn", "digits", keras.Sequential([
        keras.Input((64,)), L.Reshape((8, 8, 1)), L.Conv2D(8, 3, padding="same", use_bias=False),
        L.BatchNormalization(), L.ReLU(), L.MaxPooling2D(2), L.Conv2D(16, 3, activation="relu"),
        L.Flatten(), L.Dense(10, activation="softmax")])
    x = L.Reshape((8, 8, 1))(digits)
    x = L.Conv2D(8, 3, padding="same", strides=2, activation="relu")(x)
    y = L.DepthwiseConv2D(3, padding="same")(x)
    y = L.BatchNormalization()(y)
    y = L.Activation("silu")(y)
    x = L.Add()([x, y])
    z = L.SeparableConv2D(8, 3, padding="same", activation="gelu")(x)
    x = L.Concatenate()([x, z])
    x = L.AveragePooling2D(2)(x)
    x = L.UpSampling2D(2)(x)
    x = L.ZeroPadding2D(1)(x)
    x = L.Conv2D(16, 3, activation="tanh")(x)
    x = L.GlobalAveragePooling2D()(x)
    x = L.Activation("sigmoid")(x)
    x = L.Dense(10)(x)
    yield "keras-digits-functional", "digits", keras.Model(digits, x)
    x = L.Reshape((8, 8))(digits)
    x = L.Conv1D(16, 3, padding="same", activation="elu")(x)
    x = L.MaxPooling1D(2)(x)
    x = L.Conv1D(16, 2, dilation_rate=2, activation="relu")(x)
    x = L.GlobalMaxPooling1D()(x)
    yield "keras-digits-conv1d", "digits", keras.Model(digits, L.Softmax()(L.Dense(10)(x)))
    x = L.BatchNormalization()(cancer)
    x = L.Dense(16, activation="relu")(x)
    x = L.Dense(8, activation="relu6")(x)
    yield "keras-cancer-mlp", "breast-cancer", keras.Model(cancer, L.Dense(1, activation="sigmoid")(x))


def train(model, dataset, epochs):
    x, y = DATA[dataset][0]
    classes = model.output_shape[-1]
    last = getattr(model.layers[-1], "activation", None)
    is_softmax = isinstance(model.layers[-1], L.Softmax) or last is keras.activations.softmax
    loss = (keras.losses.BinaryCrossentropy() if classes == 1
            else keras.losses.SparseCategoricalCrossentropy(from_logits=not is_softmax))
    model.compile(keras.optimizers.Adam(0.004), loss)
    model.fit(x, y, epochs=epochs, batch_size=64, verbose=0)


def run_keras():
    for case, dataset, model in keras_models():
        train(model, dataset, 40)
        model.save(OUT / f"{case}.keras")
        model.save(OUT / f"{case}.h5")
        write(case, dataset, lambda x: model.predict(x, verbose=0))


def onnx_scores(content, dataset, name=None):
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    outputs = [o.name for o in session.get_outputs()]
    shape = session.get_inputs()[0].shape

    def answer(x):
        rows = x.reshape([len(x), *shape[1:]])
        key = session.get_inputs()[0].name
        if isinstance(shape[0], int):
            return np.concatenate([session.run([name or outputs[-1]], {key: row[None]})[0] for row in rows])
        return session.run([name or outputs[-1]], {key: rows})[0]

    return answer


def run_sklearn():
    for dataset in ["breast-cancer", "digits"]:
        x, y = DATA[dataset][0]
        binary = dataset == "breast-cancer"
        mlp = MLPClassifier((16,), random_state=1, max_iter=300)
        models = {
            "logistic": LogisticRegression(max_iter=200),
            "svc": LinearSVC(random_state=0),
            "mlp": mlp,
            "mlp-tanh": MLPClassifier((12, 8), activation="tanh", random_state=1, max_iter=300),
            "scaled": make_pipeline(StandardScaler(), mlp if binary else LogisticRegression(max_iter=200)),
        }
        for kind, model in models.items():
            case = f"sklearn-{'cancer' if binary else 'digits'}-{kind}"
            model.fit(x, y)
            kinds = [("x", FloatTensorType([None, x.shape[1]]))]
            options = {"zipmap": False} if kind != "svc" else {}
            content = to_onnx(model, initial_types=kinds, options=options, target_opset={"": 21, "ai.onnx.ml": 3}).SerializeToString()
            (OUT / f"{case}.onnx").write_bytes(content)
            if kind in ["logistic", "svc", "mlp"]:
                skops.io.dump(model, OUT / f"{case}.skops", compression=8, compresslevel=9)
            answer = model.decision_function if kind == "svc" else model.predict_proba
            write(case, dataset, answer)


def torch_models():
    import torch
    from torch import nn

    torch.manual_seed(1)

    class Block(nn.Module):
        def __init__(self, c):
            super().__init__()
            self.a = nn.Sequential(nn.Conv2d(c, c, 3, padding=1, groups=c, bias=False), nn.BatchNorm2d(c), nn.ReLU6(),
                                   nn.Conv2d(c, c, 1), nn.BatchNorm2d(c))

        def forward(self, x):
            return torch.relu(x + self.a(x))

    class View(nn.Module):
        def forward(self, x):
            return x.view(x.size(0), -1)

    class Gate(nn.Module):
        def __init__(self, c):
            super().__init__()
            self.l = nn.Linear(c, c)

        def forward(self, x):
            return x * torch.sigmoid(self.l(x.mean((2, 3))))[:, :, None, None]

    yield "torch-cancer-mlp", "breast-cancer", (30,), nn.Sequential(
        nn.BatchNorm1d(30), nn.Linear(30, 16), nn.GELU(), nn.Linear(16, 8), nn.SiLU(), nn.Linear(8, 2))
    yield "torch-digits-cnn", "digits", (1, 8, 8), nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 16, 3), nn.ReLU(),
        View(), nn.Dropout(), nn.Linear(64, 10))
    yield "torch-digits-residual", "digits", (1, 8, 8), nn.Sequential(
        nn.Conv2d(1, 8, 3, stride=2, padding=1), nn.LeakyReLU(0.1), Block(8), Gate(8), nn.Upsample(scale_factor=2),
        nn.AvgPool2d(2), nn.Hardswish(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 10), nn.LogSoftmax(1))
    yield "torch-digits-channels", "digits", (4, 4, 4), nn.Sequential(
        nn.Conv2d(4, 16, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(256, 10))


def run_torch():
    import torch

    torch.set_num_threads(1)
    for case, dataset, shape, model in torch_models():
        x, y = DATA[dataset][0]
        rows, labels = torch.tensor(x).reshape(-1, *shape), torch.tensor(y)
        optimizer = torch.optim.Adam(model.parameters(), 0.01)
        model.train()
        for _ in range(25):
            for part in torch.randperm(len(rows)).split(64):
                optimizer.zero_grad()
                torch.nn.functional.cross_entropy(model(rows[part]), labels[part]).backward()
                optimizer.step()
        model.eval()
        sample = rows[:2]
        torch.onnx.export(model, (sample,), OUT / f"{case}.onnx", dynamo=False, input_names=["x"], dynamic_axes={"x": {0: "n"}})
        for suffix, exported in [("", OUT / f"{case}.onnx"), ("-dynamo", None)]:
            if exported is None:
                batch = torch.export.Dim("n", min=1, max=4096)
                program = torch.onnx.export(model, (sample,), dynamo=True, dynamic_shapes=({0: batch},), verbose=False)
                program.save(OUT / f"{case}-dynamo.onnx", include_initializers=True, keep_initializers_as_inputs=False, external_data=False)
            content = (OUT / f"{case}{suffix}.onnx").read_bytes()
            write(f"{case}{suffix}", dataset, onnx_scores(content, dataset))


def main():
    OUT.mkdir(exist_ok=True)
    families = {"keras": run_keras, "sklearn": run_sklearn, "torch": run_torch}
    for family in sys.argv[1:] or ["keras", "sklearn"]:
        families[family]()
    path = OUT / "cases.csv"
    old = list(csv.reader(path.read_text().splitlines()))[1:] if path.exists() else []
    rows = {row[0]: [str(field) for field in row] for row in [*old, *right]}
    with open(path, "w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([["case", "dataset", "right"], *sorted(rows.values())])


if __name__ == "__main__":
    main()
