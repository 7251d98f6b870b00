"""Saves trees of scikit-learn in every layout that we import, with scikit-learn's own answers.

fixtures/import/<case>.skops, .onnx    written by skops and skl2onnx
fixtures/import/<case>.answers.txt     the label of each row: first data/<dataset>/test.csv, then the edges
fixtures/import/<dataset>.edges.csv    rows in which every second value is a threshold of one of the trees,
                                       rounded down to a 32-bit float, or next to it

Every ONNX file is also run by onnxruntime, which must give the same answers.
"""

import csv
import pathlib
import zipfile

import numpy as np
import onnxruntime
import skops.io
from skl2onnx import to_onnx
from skl2onnx.common.data_types import BooleanTensorType, DoubleTensorType, FloatTensorType, Int64TensorType
from sklearn.tree import DecisionTreeClassifier

from fixtures import ROOT, floor_f32

OUT = pathlib.Path(__file__).resolve().parent / "fixtures" / "import"
EDGES = 120


def load(name, side):
    with open(ROOT / "data" / name / f"{side}.csv") as file:
        header, *rows = csv.reader(file)
    return header[:-1], np.array([r[:-1] for r in rows], dtype=np.float32), np.array([r[-1] for r in rows])


def tree(x, y, **parameters):
    return DecisionTreeClassifier(random_state=0, **parameters).fit(x, y)


def named(model, names):
    # What fitting on a frame of pandas does.
    model.feature_names_in_ = np.array(names, dtype=object)
    return model


def whole(y, positive):
    return (y == positive).astype(np.int64)


def models():
    """case: (dataset, model, arguments of skops.io.dump)"""
    names, x, y = load("breast-cancer", "train")
    yield "breast-cancer-text", "breast-cancer", tree(x, y), {}
    packed = {"compression": zipfile.ZIP_DEFLATED, "compresslevel": 9}
    pruned = tree(x, y, max_depth=5, ccp_alpha=0.004)
    yield "breast-cancer-named", "breast-cancer", named(pruned, names), packed
    yield "breast-cancer-bool", "breast-cancer", tree(x, y == "benign", max_depth=4), {}
    names, x, y = load("digits", "train")
    yield "digits-int", "digits", tree(x, y.astype(int), max_leaf_nodes=70), packed
    names, x, y = load("wine", "train")
    unusual = DecisionTreeClassifier(
        criterion="log_loss",
        max_depth=np.int64(4),
        class_weight={"class_0": 1, "class_1": 2.5, "class_2": 3},
        random_state=np.random.RandomState(3),
    )
    yield "wine-objects", "wine", unusual.fit(x, y.astype(object)), packed
    yield "wine-lone", "wine", tree(x, np.zeros(len(x), dtype=int)), {}


def layouts():
    """case: (dataset, model, arguments of to_onnx)"""
    _, x, y = load("breast-cancer", "train")
    width = FloatTensorType([None, x.shape[1]])
    plain = [("x", width)]
    text, number = tree(x, y), tree(x, whole(y, "benign"), max_depth=6)
    yield "breast-cancer-zipmap", "breast-cancer", text, plain, {}
    yield "breast-cancer-array", "breast-cancer", number, plain, {"options": {"zipmap": False}}
    yield "breast-cancer-logistic", "breast-cancer", number, plain, {"options": {"zipmap": False}}
    truth = tree(x, y == "benign", max_depth=3)
    yield "breast-cancer-truth", "breast-cancer", truth, plain, {"options": {"zipmap": False}}
    _, x, y = load("digits", "train")
    digits = tree(x, y.astype(int), max_leaf_nodes=70)
    plain = [("x", FloatTensorType([None, x.shape[1]]))]
    yield "digits-zipmap", "digits", digits, plain, {}
    integers = [("x", Int64TensorType([None, x.shape[1]]))]
    yield "digits-integers", "digits", digits, integers, {"options": {"zipmap": False}}
    truths = [("x", BooleanTensorType([None, x.shape[1]]))]
    black = tree(x != 0, y.astype(int), max_depth=9)
    yield "digits-truths", "digits", black, truths, {"options": {"zipmap": False}}
    _, x, y = load("wine", "train")
    wine = tree(x, y)
    plain = [("x", FloatTensorType([None, x.shape[1]]))]
    old = {"": 9, "ai.onnx.ml": 1}
    yield "wine-columns", "wine", wine, plain, {"options": {"zipmap": "columns"}}
    yield "wine-labels", "wine", wine, plain, {"options": {"zipmap": False, "output_class_labels": True}}
    yield "wine-old", "wine", wine, plain, {"options": {"zipmap": False}, "target_opset": old}
    paths = {"zipmap": False, "decision_path": True, "decision_leaf": True}
    yield "wine-paths", "wine", wine, plain, {"options": paths}
    yield "wine-plain-classes", "wine", wine, plain, {"options": {"nocl": True, "zipmap": False}}
    lone = tree(x, np.full(len(x), 7))
    yield "wine-constant", "wine", lone, plain, {"options": {"zipmap": False}}
    yield "wine-constant-zipmap", "wine", lone, plain, {}
    double = [("x", DoubleTensorType([None, x.shape[1]]))]
    yield "wine-double", "wine", wine, double, {"options": {"zipmap": False}}


def edges(trees, x):
    random = np.random.RandomState(7)
    rows = x[random.randint(len(x), size=EDGES)].copy()
    for feature in range(x.shape[1]):
        found = [t.tree_.threshold[t.tree_.feature == feature] for t in trees]
        choices = np.concatenate(found)
        for row in np.flatnonzero(random.randint(2, size=EDGES) == 0) if len(choices) else []:
            value = np.float32(floor_f32(float(random.choice(choices))))
            step = random.randint(3)
            rows[row, feature] = [value, np.nextafter(value, np.float32(-np.inf)), np.nextafter(value, np.float32(np.inf))][step]
    return rows


def onnx_answers(content, x, kind):
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    label = session.get_outputs()[0].name
    return session.run([label], {"x": x.astype(kind)})[0]


def log_odds(model):
    """The layout of boosted trees, which skl2onnx does not write for one tree."""
    attributes = {a.name: a for a in model.graph.node[0].attribute}
    weights = np.clip(np.array(attributes["class_weights"].floats), 0.001, 0.999)
    attributes["class_weights"].floats[:] = np.log(weights / (1 - weights)).tolist()
    attributes["post_transform"].s = b"LOGISTIC"


def main():
    OUT.mkdir(exist_ok=True)
    saved, files = list(models()), list(layouts())
    data = {}
    for dataset in ["breast-cancer", "digits", "wine"]:
        names, x, _ = load(dataset, "test")
        trees = [model for _, d, model, *_ in saved + files if d == dataset]
        extra = edges(trees, x)
        with open(OUT / f"{dataset}.edges.csv", "w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(names)
            writer.writerows([[str(value) for value in row] for row in extra])
        data[dataset] = np.concatenate([x, extra])

    def write(case, answers):
        (OUT / f"{case}.answers.txt").write_text("".join(f"{answer}\n" for answer in answers))
        print(case, len(answers), "rows", len(set(answers.tolist())), "labels")

    for case, dataset, model, arguments in saved:
        skops.io.dump(model, OUT / f"{case}.skops", **arguments)
        write(case, model.predict(data[dataset]))
    for case, dataset, model, types, arguments in files:
        converted = to_onnx(model, initial_types=types, **arguments)
        if case.endswith("-logistic"):
            log_odds(converted)
        content = converted.SerializeToString()
        (OUT / f"{case}.onnx").write_bytes(content)
        kind = {FloatTensorType: np.float32, Int64TensorType: np.int64, BooleanTensorType: bool, DoubleTensorType: np.float64}[type(types[0][1])]
        rows = data[dataset].astype(kind)
        answers = model.predict(rows)
        # onnxruntime refuses the double layout: it makes probabilities of 32 bits only.
        found = onnx_answers(content, rows, kind) if kind is not np.float64 else None
        classes = [str(int(c)) if isinstance(c, (bool, np.bool_)) else str(c) for c in model.classes_]
        answers = np.array([classes[list(model.classes_).index(a)] for a in answers])
        if case == "wine-plain-classes":
            answers = np.array([str(list(classes).index(a)) for a in answers])
        if found is not None:
            text = [str(int(label)) if isinstance(label, (bool, np.bool_)) else str(label) for label in found]
            assert text == answers.tolist(), case
        write(case, answers)


if __name__ == "__main__":
    main()
