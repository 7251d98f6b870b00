"""Ensembles as exporters write them for ONNX, with onnxruntime's own answers.

fixtures/forests/<case>.onnx           skl2onnx for scikit-learn, onnxmltools for XGBoost and LightGBM
fixtures/forests/<case>.edges.csv      rows in which every second value is a threshold of the file, or next to it
fixtures/forests/<case>.answers.txt    the label of each row: first data/<dataset>/test.csv, then the edges
"""

import copy
import csv

import lightgbm
import numpy as np
import onnxruntime
import xgboost
from onnxmltools.convert import convert_lightgbm, convert_xgboost
from onnxmltools.convert.common.data_types import FloatTensorType as FloatTensor
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.ensemble import ExtraTreesClassifier, GradientBoostingClassifier, RandomForestClassifier

from forests import OUT, edges
from imports import load


def ensemble(file):
    return next(node for node in file.graph.node if node.op_type == "TreeEnsembleClassifier")


def attribute(file, name):
    return next(a for a in ensemble(file).attribute if a.name == name)


def with_all_modes(file):
    """The same trees with `<`, `>=` and `>` among their comparisons."""
    modes, trues, falses = (attribute(file, f"nodes_{name}") for name in ["modes", "truenodeids", "falsenodeids"])
    for index, mode in enumerate(modes.strings):
        if mode == b"BRANCH_LEQ":
            modes.strings[index] = [b"BRANCH_LEQ", b"BRANCH_GT", b"BRANCH_LT", b"BRANCH_GTE"][index % 4]
            if index % 2 == 1:
                trues.ints[index], falses.ints[index] = falses.ints[index], trues.ints[index]
    return file


def models():
    """case: (dataset, file)"""
    for dataset in ["breast-cancer", "digits", "wine"]:
        _, x, y = load(dataset, "train")
        classes = sorted(set(y))
        number = np.array([classes.index(label) for label in y])
        labels = number if dataset == "digits" else y
        width = [("x", FloatTensorType([None, x.shape[1]]))]
        other = [("x", FloatTensor([None, x.shape[1]]))]
        depth = 4 if dataset == "digits" else 3
        xgb = xgboost.XGBClassifier(n_estimators=9, max_depth=depth, random_state=1).fit(x, number)
        yield f"{dataset}-onnxmltools-xgboost", dataset, convert_xgboost(xgb, initial_types=other)
        lgb = lightgbm.LGBMClassifier(n_estimators=9, num_leaves=8, min_child_samples=5, random_state=1, verbose=-1)
        yield f"{dataset}-onnxmltools-lightgbm", dataset, convert_lightgbm(lgb.fit(x, number), initial_types=other, zipmap=False)
        if dataset != "digits":
            many = RandomForestClassifier(n_estimators=40, max_depth=4, random_state=2).fit(x, labels)
            file = to_onnx(many, initial_types=width)
            yield f"{dataset}-skl2onnx-zipmap", dataset, file
            yield f"{dataset}-modes", dataset, with_all_modes(copy.deepcopy(file))
        extra = ExtraTreesClassifier(n_estimators=9, max_depth=depth + 2, random_state=2).fit(x, labels)
        yield f"{dataset}-skl2onnx-extra", dataset, to_onnx(extra, initial_types=width, options={"zipmap": "columns"})
    _, x, y = load("wine", "train")
    boosted = GradientBoostingClassifier(n_estimators=6, max_depth=3, random_state=1).fit(x, y)
    yield "wine-skl2onnx-boosting", "wine", to_onnx(boosted, initial_types=[("x", FloatTensorType([None, x.shape[1]]))])


def thresholds(file):
    held = {a.name: a for a in ensemble(file).attribute}
    for mode, feature, value in zip(held["nodes_modes"].strings, held["nodes_featureids"].ints, held["nodes_values"].floats):
        if mode != b"LEAF":
            yield feature, value


def main():
    rng = np.random.default_rng(6)
    for case, dataset, file in models():
        names, x, _ = load(dataset, "test")
        edge = edges(list(thresholds(file)), x, rng)
        with open(OUT / f"{case}.edges.csv", "w", newline="") as out:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(names)
            writer.writerows([[repr(float(value)) for value in row] for row in edge])
        path = OUT / f"{case}.onnx"
        path.write_bytes(file.SerializeToString())
        session = onnxruntime.InferenceSession(path)
        rows = np.vstack([x, edge]).astype(np.float32)
        answers = session.run([session.get_outputs()[0].name], {"x": rows})[0]
        print(case, len(rows), "rows", path.stat().st_size, "bytes")
        (OUT / f"{case}.answers.txt").write_text("".join(f"{answer}\n" for answer in answers))


if __name__ == "__main__":
    main()
