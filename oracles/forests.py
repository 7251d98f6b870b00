"""Saves ensembles of scikit-learn, XGBoost and LightGBM in the layouts that we import, with the libraries' own answers.

fixtures/forests/<case>.skops, .xgboost.json, .lightgbm.txt, .lightgbm.json, .onnx
fixtures/forests/<case>.answers.txt    the label of each row: first data/<dataset>/test.csv, then the edges
fixtures/forests/<dataset>.edges.csv   rows in which every second value is a threshold of one of the ensembles,
                                       rounded down to a 32-bit float, or next to it
"""

import csv
import json
import pathlib
import zipfile

import lightgbm
import numpy as np
import onnxruntime
import skops.io
import xgboost
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.ensemble import ExtraTreesClassifier, GradientBoostingClassifier, RandomForestClassifier

from fixtures import floor_f32
from imports import load

OUT = pathlib.Path(__file__).resolve().parent / "fixtures" / "forests"
EDGES = 120
PACKED = {"compression": zipfile.ZIP_DEFLATED, "compresslevel": 9}


def models():
    """case: (dataset, model, how it is saved, its names for the classes 0, 1, … if it knows none)"""
    for dataset in ["breast-cancer", "digits", "wine"]:
        _, x, y = load(dataset, "train")
        classes = sorted(set(y))
        number = np.array([classes.index(label) for label in y])
        labels = number if dataset == "digits" else y
        depth = 4 if dataset == "digits" else 3
        sizes = {"n_estimators": 9, "max_depth": depth + 2, "random_state": 1}
        yield f"{dataset}-random-forest", dataset, RandomForestClassifier(**sizes).fit(x, labels), "skops"
        yield f"{dataset}-extra-trees", dataset, ExtraTreesClassifier(**sizes).fit(x, labels), "skops"
        boosted = GradientBoostingClassifier(n_estimators=6, max_depth=3, random_state=1).fit(x, labels)
        yield f"{dataset}-boosting", dataset, boosted, "skops"
        yield f"{dataset}-onnx-forest", dataset, RandomForestClassifier(**sizes).fit(x, labels), "onnx"
        if dataset != "wine":
            yield f"{dataset}-onnx-boosting", dataset, boosted, "onnx"
        xgb = xgboost.XGBClassifier(n_estimators=7, max_depth=depth, random_state=1).fit(x, number)
        yield f"{dataset}-xgboost", dataset, xgb, "xgboost.json"
        lgb = lightgbm.LGBMClassifier(n_estimators=7, num_leaves=8, min_child_samples=5, random_state=1, verbose=-1)
        lgb.fit(x, number)
        yield f"{dataset}-lightgbm", dataset, lgb, "lightgbm.txt"
        yield f"{dataset}-lightgbm-dump", dataset, lgb, "lightgbm.json"
    _, x, y = load("breast-cancer", "train")
    bounded = xgboost.XGBClassifier(n_estimators=5, max_depth=2, base_score=0.3, random_state=1)
    yield "breast-cancer-xgboost-base", "breast-cancer", bounded.fit(x, (y == "benign").astype(int)), "xgboost.json"


def thresholds(model, width):
    """The splits of all trees, as (feature, threshold)."""
    if isinstance(model, xgboost.XGBClassifier):
        trees = json.loads(model.get_booster().save_raw("json"))["learner"]["gradient_booster"]["model"]["trees"]
        for tree in trees:
            for left, feature, value in zip(tree["left_children"], tree["split_indices"], tree["split_conditions"]):
                if left != -1:
                    yield feature, value
    elif isinstance(model, lightgbm.LGBMClassifier):
        stack = [tree["tree_structure"] for tree in model.booster_.dump_model()["tree_info"]]
        while stack:
            node = stack.pop()
            if "split_feature" in node:
                yield node["split_feature"], node["threshold"]
                stack += [node["left_child"], node["right_child"]]
    else:
        for tree in np.ravel(model.estimators_):
            inner = tree.tree_.children_left != -1
            yield from zip(tree.tree_.feature[inner], tree.tree_.threshold[inner])


def edges(splits, x, rng):
    rows = x[rng.integers(len(x), size=EDGES)].copy()
    for row in rows:
        for _ in range(max(1, x.shape[1] // 2)):
            feature, value = splits[rng.integers(len(splits))]
            value = floor_f32(value)
            row[feature] = rng.choice([value, np.nextafter(value, np.float32(np.inf)), np.nextafter(value, np.float32(-np.inf))])
    return rows


def save(case, model, kind, x):
    path = OUT / f"{case}.{kind}"
    if kind == "skops":
        skops.io.dump(model, path, **PACKED)
    elif kind == "onnx":
        width = [("x", FloatTensorType([None, x.shape[1]]))]
        path.write_bytes(to_onnx(model, initial_types=width, options={"zipmap": False}).SerializeToString())
    elif kind == "xgboost.json":
        model.save_model(path)
    elif kind == "lightgbm.txt":
        model.booster_.save_model(path)
    else:
        path.write_text(json.dumps(model.booster_.dump_model()))
    return path


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    cases = list(models())
    rng = np.random.default_rng(5)
    rows = {}
    for dataset in ["breast-cancer", "digits", "wine"]:
        names, x, _ = load(dataset, "test")
        splits = [split for _, d, model, _ in cases if d == dataset for split in thresholds(model, x.shape[1])]
        edge = edges(splits, x, rng)
        with open(OUT / f"{dataset}.edges.csv", "w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(names)
            writer.writerows([[repr(float(value)) for value in row] for row in edge])
        rows[dataset] = np.vstack([x, edge]).astype(np.float32)
    for case, dataset, model, kind in cases:
        path = save(case, model, kind, rows[dataset])
        answers = model.predict(rows[dataset])
        if kind == "onnx":
            session = onnxruntime.InferenceSession(path)
            got = session.run(None, {"x": rows[dataset]})[0]
            print(case, "onnxruntime differs from scikit-learn on", int((got != answers).sum()), "rows")
            answers = got
        (OUT / f"{case}.answers.txt").write_text("".join(f"{answer}\n" for answer in answers))


if __name__ == "__main__":
    main()
