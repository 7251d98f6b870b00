"""The networks that every system proves: trained by scikit-learn on its own digits, written as ONNX.

A workload's folder holds
  network.onnx        floats, a batch of as many rows as are proven
  one.onnx            the same for one row at a time
  weights.json        the same numbers as lists, of the perceptrons
  rows.json           the rows that are proven, their labels, and onnxruntime's answers
  train.csv test.csv  for calibration, and the rows that are proven
"""

import csv
import json

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

CALIBRATION = 200


def digits(side):
    """Digits as images of `side` × `side` in [0, 1]: 8 × 8, or each pixel a block of 4, less the rim."""
    images, labels = load_digits(return_X_y=True)
    images = images.reshape(-1, 8, 8).astype(np.float32) / 16
    if side == 28:
        images = np.kron(images, np.ones((1, 4, 4), np.float32))[:, 2:30, 2:30]
    return images, labels


def perceptron(side, hidden):
    """Rows, labels, parameters by name, and the nodes between `x` and `y`."""
    images, labels = digits(side)
    rows = images.reshape(len(images), -1)
    net = MLPClassifier((hidden,), max_iter=60, random_state=0).fit(rows, labels)
    weights = dict(zip(["W1", "W2"], net.coefs_)) | dict(zip(["b1", "b2"], net.intercepts_))
    nodes = [
        helper.make_node("MatMul", ["x", "W1"], ["a"]),
        helper.make_node("Add", ["a", "b1"], ["b"]),
        helper.make_node("Relu", ["b"], ["c"]),
        helper.make_node("MatMul", ["c", "W2"], ["d"]),
        helper.make_node("Add", ["d", "b2"], ["y"]),
    ]
    return rows, labels, weights, nodes


def convolution(x, name, pads, out):
    """Convolution by 5 × 5, ReLU, and the greatest of 2 × 2."""
    return [
        # EZKL wants the strides said, though one is what ONNX takes them for.
        helper.make_node(
            "Conv", [x, f"K{name}", f"k{name}"], [f"c{name}"], kernel_shape=[5, 5], pads=pads, strides=[1, 1]
        ),
        helper.make_node("Relu", [f"c{name}"], [f"r{name}"]),
        helper.make_node("MaxPool", [f"r{name}"], [out], kernel_shape=[2, 2], strides=[2, 2]),
    ]


def dense(x, name, out):
    """A matrix and a bias."""
    return [
        helper.make_node("MatMul", [x, f"W{name}"], [f"m{name}"]),
        helper.make_node("Add", [f"m{name}", f"b{name}"], [out]),
    ]


def lenet():
    """LeNet-5 of 61,706 parameters: random features, whose last layer is trained."""
    images, labels = digits(28)
    rng = np.random.default_rng(0)

    def he(*shape):
        return (rng.standard_normal(shape) * np.sqrt(2 / np.prod(shape[1:]))).astype(np.float32)

    weights = {
        "K1": he(6, 1, 5, 5), "k1": np.zeros(6), "K2": he(16, 6, 5, 5), "k2": np.zeros(16),
        "W1": he(120, 400).T, "b1": np.zeros(120), "W2": he(84, 120).T, "b2": np.zeros(84),
    }
    nodes = [
        *convolution("x", "1", [2, 2, 2, 2], "p1"),
        *convolution("p1", "2", [0, 0, 0, 0], "p2"),
        helper.make_node("Flatten", ["p2"], ["f"]),
        *dense("f", "1", "g1"),
        helper.make_node("Relu", ["g1"], ["h1"]),
        *dense("h1", "2", "g2"),
        helper.make_node("Relu", ["g2"], ["h2"]),
    ]
    rows = images[:, None]
    features = session(write(nodes, weights, [None, *rows.shape[1:]], "h2", 84)).run(None, {"x": rows})[0]
    last = LogisticRegression(max_iter=300).fit(features, labels)
    weights |= {"W3": last.coef_.T, "b3": last.intercept_}
    return rows, labels, weights, [*nodes, *dense("h2", "3", "y")]


def write(nodes, weights, shape, out, width):
    """The bytes of an ONNX file; a `None` in `shape` is a batch of any size."""
    shape = ["N" if axis is None else axis for axis in shape]
    graph = helper.make_graph(
        nodes,
        "peer",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(out, TensorProto.FLOAT, [shape[0], width])],
        [numpy_helper.from_array(np.ascontiguousarray(v, np.float32), k) for k, v in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)])
    model.ir_version = 8
    onnx.checker.check_model(model)
    return model.SerializeToString()


def session(data):
    return onnxruntime.InferenceSession(data)


NETWORKS = {
    "mlp-64-14-10": lambda: perceptron(8, 14),
    "mlp-784-128-10": lambda: perceptron(28, 128),
    "lenet-5": lenet,
}


def table(path, rows, labels):
    """A CSV of the pixels, which are sixteenths, and the digit."""
    flat = rows.reshape(len(rows), -1)
    with open(path, "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow([f"x{i}" for i in range(flat.shape[1])] + ["digit"])
        out.writerows([*(f"{pixel:g}" for pixel in row), label] for row, label in zip(flat, labels))


def make(name, batch, folder):
    """Writes the folder of a workload; returns how many parameters the network has.

    The rows are the first that the network answers rightly: what is proven of one image is its label.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rows, labels, weights, nodes = NETWORKS[name]()
    one = write(nodes, weights, [None, *rows.shape[1:]], "y", 10)
    answers = session(one).run(None, {"x": rows})[0].argmax(1)
    chosen = np.flatnonzero(answers == labels)[:batch]
    rest = np.setdiff1d(np.arange(len(rows)), chosen)[:CALIBRATION]
    (folder / "one.onnx").write_bytes(one)
    (folder / "network.onnx").write_bytes(write(nodes, weights, [batch, *rows.shape[1:]], "y", 10))
    as_lists = {key: value.tolist() for key, value in weights.items()}
    (folder / "weights.json").write_text(json.dumps(as_lists))
    picked = {
        "rows": rows[chosen].reshape(batch, -1).tolist(),
        "labels": labels[chosen].tolist(),
        "answers": answers[chosen].tolist(),
    }
    (folder / "rows.json").write_text(json.dumps(picked))
    table(folder / "train.csv", rows[rest], labels[rest])
    table(folder / "test.csv", rows[chosen], labels[chosen])
    return sum(int(np.size(value)) for value in weights.values())
