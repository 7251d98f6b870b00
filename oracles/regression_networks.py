"""Linear models and networks that answer with a number, trained on data/diabetes and saved in the layouts of their exporters, with what
the exporters' own programs answer.

fixtures/regression/<case>.skops, .onnx, .keras, .h5
fixtures/regression/<case>.predictions.csv   the answer to each row of data/diabetes/test.csv
fixtures/regression/networks.csv             case, mean squared error and R² of those answers: millionths, rounded

Families are named on the command line: `regression_networks.py sklearn keras torch`. Without any, all but torch, which is large.
"""

import csv
import os
import pathlib
import sys
import warnings
import zipfile

os.environ["KERAS_BACKEND"] = "jax"
warnings.filterwarnings("ignore")

import numpy as np
import onnxruntime
import skops.io
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.linear_model import ElasticNet, Lasso, LinearRegression, Ridge
from sklearn.metrics import mean_squared_error, r2_score
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from fixtures import ROOT

OUT = pathlib.Path(__file__).resolve().parent / "fixtures" / "regression"
PACKED = {"compression": zipfile.ZIP_DEFLATED, "compresslevel": 9}
FEATURES = 10


def load(side):
    with open(ROOT / "data" / "diabetes" / f"{side}.csv") as file:
        _, *rows = csv.reader(file)
    return np.array([r[:-1] for r in rows], dtype=np.float32), np.array([float(r[-1]) for r in rows])


def millionths(x):
    return round(float(x) * 1_000_000)


DATA = {side: load(side) for side in ["train", "test"]}
scores = {}


def write(case, answer):
    x, y = DATA["test"]
    answers = np.asarray(answer(x), dtype=np.float64).reshape(-1)
    with open(OUT / f"{case}.predictions.csv", "w", newline="") as file:
        file.writelines(f"{float(value)!r}\n" for value in answers)
    scores[case] = millionths(mean_squared_error(y, answers)), millionths(r2_score(y, answers))
    print(case, *scores[case])


def run_sklearn():
    x, y = DATA["train"]
    # By `lbfgs`, which keeps no state that would be saved beside the weights.
    mlp = lambda **more: MLPRegressor(hidden_layer_sizes=(8, 4), solver="lbfgs", alpha=1.0, random_state=1, max_iter=150, **more)
    models = {
        "linear": LinearRegression(),
        "ridge": Ridge(alpha=3.0),
        "lasso": Lasso(alpha=0.5),
        "elastic-net": ElasticNet(alpha=0.2, l1_ratio=0.3),
        "no-intercept": LinearRegression(fit_intercept=False),
        "mlp": make_pipeline(StandardScaler(), mlp()),
        "mlp-tanh": make_pipeline(MinMaxScaler(), mlp(activation="tanh")),
    }
    for kind, model in models.items():
        case = f"sklearn-{kind}"
        model.fit(x, y)
        skops.io.dump(model, OUT / f"{case}.skops", **PACKED)
        kinds = [("x", FloatTensorType([None, FEATURES]))]
        content = to_onnx(model, initial_types=kinds, target_opset={"": 21, "ai.onnx.ml": 3}).SerializeToString()
        (OUT / f"{case}.onnx").write_bytes(content)
        write(case, model.predict)


def run_keras():
    import keras

    L = keras.layers
    keras.utils.set_random_seed(1)
    x, y = DATA["train"]
    inputs = keras.Input((FEATURES,))
    hidden = L.Dense(8, activation="gelu")(L.BatchNormalization()(inputs))
    models = {
        "mlp": keras.Sequential([keras.Input((FEATURES,)), L.BatchNormalization(), L.Dense(12, activation="relu"), L.Dense(1)]),
        # The answer is no sum of a last layer, but a function of one.
        "softplus": keras.Model(inputs, L.Dense(1, activation="softplus", bias_initializer=keras.initializers.Constant(100))(hidden)),
    }
    for kind, model in models.items():
        model.compile(keras.optimizers.Adam(0.05), "mse")
        model.fit(x, y, epochs=60, batch_size=32, verbose=0)
        case = f"keras-{kind}"
        model.save(OUT / f"{case}.keras")
        model.save(OUT / f"{case}.h5")
        write(case, lambda x, model=model: model.predict(x, verbose=0))


def run_torch():
    import torch
    from torch import nn

    torch.manual_seed(1)
    torch.set_num_threads(1)
    x, y = (torch.tensor(values, dtype=torch.float32) for values in DATA["train"])
    model = nn.Sequential(nn.BatchNorm1d(FEATURES), nn.Linear(FEATURES, 12), nn.SiLU(), nn.Linear(12, 1))
    optimizer = torch.optim.Adam(model.parameters(), 0.05)
    model.train()
    for _ in range(60):
        for part in torch.randperm(len(x)).split(32):
            optimizer.zero_grad()
            torch.nn.functional.mse_loss(model(x[part])[:, 0], y[part]).backward()
            optimizer.step()
    model.eval()
    old, new = OUT / "torch-mlp.onnx", OUT / "torch-mlp-dynamo.onnx"
    torch.onnx.export(model, (x[:2],), old, dynamo=False, input_names=["x"], dynamic_axes={"x": {0: "n"}})
    batch = torch.export.Dim("n", min=1, max=4096)
    program = torch.onnx.export(model, (x[:2],), dynamo=True, dynamic_shapes=({0: batch},), verbose=False)
    program.save(new, include_initializers=True, keep_initializers_as_inputs=False, external_data=False)
    for path in [old, new]:
        session = onnxruntime.InferenceSession(path.read_bytes(), providers=["CPUExecutionProvider"])
        name = session.get_inputs()[0].name
        write(path.stem, lambda x, session=session, name=name: session.run(None, {name: x})[0])


def main():
    families = {"keras": run_keras, "sklearn": run_sklearn, "torch": run_torch}
    for family in sys.argv[1:] or ["keras", "sklearn"]:
        families[family]()
    path = OUT / "networks.csv"
    old = list(csv.reader(path.read_text().splitlines()))[1:] if path.exists() else []
    rows = {row[0]: row for row in [*old, *([case, *map(str, both)] for case, both in scores.items())]}
    with open(path, "w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([["case", "mse", "r2"], *sorted(rows.values())])


if __name__ == "__main__":
    main()
