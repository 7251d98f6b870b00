"""Regressors of scikit-learn, XGBoost and LightGBM in the layouts that we import, with the libraries' own answers; and errors of
random numbers, as scikit-learn measures them.

fixtures/regression/<case>.skops, .xgboost.json, .lightgbm.txt, .lightgbm.json
fixtures/regression/<case>.answers.csv   per row: the library's prediction, and the integer model's, in thousandths, as computed here
                                         from the leaf that the library says the row ends in; first data/diabetes/test.csv, then the edges
fixtures/regression/edges.csv            rows in which every second value is a threshold of one of the models, rounded down to a
                                         32-bit float, or next to it
fixtures/regression/scores.csv           mean squared error and R² of the integer models on the test rows: millionths, rounded
fixtures/errors.csv                      targets, answers, parts of a unit, mean squared error and R²: millionths, rounded
"""

import csv
import json
import math
import pathlib
import random
import zipfile

import lightgbm
import numpy as np
import skops.io
import xgboost
from sklearn.ensemble import (
    ExtraTreesRegressor,
    GradientBoostingRegressor,
    HistGradientBoostingRegressor,
    RandomForestRegressor,
)
from sklearn.metrics import mean_squared_error, r2_score
from sklearn.tree import DecisionTreeRegressor

from fixtures import floor_f32

ROOT = pathlib.Path(__file__).resolve().parent
OUT = ROOT / "fixtures" / "regression"
PARTS = 1000
EDGES = 60
PACKED = {"compression": zipfile.ZIP_DEFLATED, "compresslevel": 9}


def load(side):
    with open(ROOT.parent / "data" / "diabetes" / f"{side}.csv") as file:
        header, *rows = csv.reader(file)
    return header[:-1], np.array([r[:-1] for r in rows], dtype=np.float32), np.array([float(r[-1]) for r in rows])


def models():
    """case: (model, how it is saved)"""
    _, x, y = load("train")
    yield "tree", DecisionTreeRegressor(max_depth=4, random_state=1).fit(x, y), "skops"
    yield "random-forest", RandomForestRegressor(n_estimators=12, max_depth=5, random_state=1).fit(x, y), "skops"
    yield "extra-trees", ExtraTreesRegressor(n_estimators=9, max_depth=5, random_state=1).fit(x, y), "skops"
    yield "boosting", GradientBoostingRegressor(n_estimators=12, max_depth=3, random_state=1).fit(x, y), "skops"
    yield "histogram", HistGradientBoostingRegressor(max_iter=15, max_leaf_nodes=8, random_state=1).fit(x, y), "skops"
    yield "xgboost", xgboost.XGBRegressor(n_estimators=15, max_depth=3, random_state=1).fit(x, y), "xgboost.json"
    lgb = lightgbm.LGBMRegressor(n_estimators=15, num_leaves=8, random_state=1, verbose=-1).fit(x, y)
    yield "lightgbm", lgb, "lightgbm.txt"
    yield "lightgbm-dump", lgb, "lightgbm.json"


def save(path, model, kind):
    if kind == "skops":
        skops.io.dump(model, path, **PACKED)
    elif kind == "xgboost.json":
        model.save_model(path)
    elif kind == "lightgbm.txt":
        model.booster_.save_model(path)
    else:
        path.write_text(json.dumps(model.booster_.dump_model()))


def xgboost_trees(model):
    return json.loads(model.get_booster().save_raw("json"))["learner"]


def leaves(node):
    """The values of LightGBM's leaves by their number."""
    if "leaf_value" in node:
        return {node.get("leaf_index", 0): node["leaf_value"]}
    return leaves(node["left_child"]) | leaves(node["right_child"])


def splits(model):
    """The splits of all trees, as (feature, threshold)."""
    if isinstance(model, xgboost.XGBModel):
        for tree in xgboost_trees(model)["gradient_booster"]["model"]["trees"]:
            for left, feature, value in zip(tree["left_children"], tree["split_indices"], tree["split_conditions"]):
                if left != -1:
                    yield feature, value
    elif isinstance(model, lightgbm.LGBMModel):
        stack = [tree["tree_structure"] for tree in model.booster_.dump_model()["tree_info"]]
        while stack:
            node = stack.pop()
            if "split_feature" in node:
                yield node["split_feature"], node["threshold"]
                stack += [node["left_child"], node["right_child"]]
    elif isinstance(model, HistGradientBoostingRegressor):
        for (tree,) in model._predictors:
            for node in tree.nodes:
                if not node["is_leaf"]:
                    yield node["feature_idx"], node["num_threshold"]
    else:
        for tree in np.ravel(getattr(model, "estimators_", [model])):
            inner = tree.tree_.children_left != -1
            yield from zip(tree.tree_.feature[inner], tree.tree_.threshold[inner])


def votes(model, x):
    """What each tree adds to the answer of each row, shape [tree][row], as floats."""
    if isinstance(model, xgboost.XGBModel):
        learner = xgboost_trees(model)
        base = json.loads(learner["learner_model_param"]["base_score"])
        base = base[0] if isinstance(base, list) else base
        ends = model.get_booster().predict(xgboost.DMatrix(x), pred_leaf=True)
        trees = learner["gradient_booster"]["model"]["trees"]
        table = [[float(tree["split_conditions"][int(end)]) for end in ends[:, t]] for t, tree in enumerate(trees)]
        return with_base(table, float(base))
    if isinstance(model, lightgbm.LGBMModel):
        values = [leaves(tree["tree_structure"]) for tree in model.booster_.dump_model()["tree_info"]]
        ends = model.predict(x, pred_leaf=True)
        return [[value[int(end)] for end in ends[:, t]] for t, value in enumerate(values)]
    if isinstance(model, HistGradientBoostingRegressor):
        table = []
        for (tree,) in model._predictors:
            table.append([follow(tree.nodes, row) for row in x.astype(np.float64)])
        return with_base(table, float(np.ravel(model._baseline_prediction)[0]))
    if isinstance(model, GradientBoostingRegressor):
        table = [tree.tree_.value[tree.apply(x), 0, 0] * model.learning_rate for tree in model.estimators_[:, 0]]
        return with_base([list(map(float, row)) for row in table], float(model.init_.constant_[0][0]))
    trees = getattr(model, "estimators_", [model])
    return [list(map(float, tree.tree_.value[tree.apply(x), 0, 0] / len(trees))) for tree in trees]


def with_base(table, base):
    return [[value + base for value in table[0]], *table[1:]]


def follow(nodes, row):
    node = nodes[0]
    while not node["is_leaf"]:
        node = nodes[node["left"] if row[node["feature_idx"]] <= node["num_threshold"] else node["right"]]
    return float(node["value"])


def away(x):
    """To the nearest integer, halves away from zero."""
    return int(math.copysign(math.floor(abs(x) + 0.5), x))


def edges(all_splits, x, rng):
    rows = x[rng.integers(len(x), size=EDGES)].copy()
    for row in rows:
        for _ in range(x.shape[1] // 2):
            feature, value = all_splits[rng.integers(len(all_splits))]
            value = floor_f32(value)
            near = [value, np.nextafter(value, np.float32(np.inf)), np.nextafter(value, np.float32(-np.inf))]
            row[feature] = rng.choice(near)
    return rows


def millionths(x):
    return round(float(x) * 1_000_000)


def errors(seed=11):
    """Random targets and answers."""
    draw = random.Random(seed)
    for _ in range(150):
        rows, parts, spread = draw.randint(2, 40), draw.choice([1, 7, 100, 1024]), draw.choice([3, 90, 5000])
        targets = [draw.randint(-spread, spread) for _ in range(rows)]
        noise = draw.choice([0, 1, spread // 2, 2 * spread])
        if len(set(targets)) > 1:
            yield targets, [target + draw.randint(-noise, noise) for target in targets], parts


def write_errors():
    with open(ROOT / "fixtures" / "errors.csv", "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["targets", "answers", "parts", "mse", "r2"])
        for targets, answers, parts in errors():
            words = [" ".join(map(str, values)) for values in (targets, answers)]
            mse, r2 = mean_squared_error(targets, answers) / parts**2, r2_score(targets, answers)
            out.writerow([*words, parts, millionths(mse), millionths(r2)])


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    cases = list(models())
    names, x, y = load("test")
    edge = edges([split for _, model, _ in cases for split in splits(model)], x, np.random.default_rng(5))
    with open(OUT / "edges.csv", "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(names)
        out.writerows([[repr(float(value)) for value in row] for row in edge])
    rows = np.vstack([x, edge]).astype(np.float32)
    targets = [round(target * PARTS) for target in y]
    with open(OUT / "scores.csv", "w", newline="") as scores:
        scores = csv.writer(scores, lineterminator="\n")
        scores.writerow(["case", "mse", "r2"])
        for case, model, kind in cases:
            save(OUT / f"{case}.{kind}", model, kind)
            parts = [sum(away(vote * PARTS) for vote in row) for row in zip(*votes(model, rows))]
            with open(OUT / f"{case}.answers.csv", "w", newline="") as file:
                out = csv.writer(file, lineterminator="\n")
                out.writerow(["prediction", "parts"])
                out.writerows([[repr(float(p)), n] for p, n in zip(model.predict(rows), parts)])
            own = parts[: len(y)]
            mse, r2 = mean_squared_error(targets, own) / PARTS**2, r2_score(targets, own)
            scores.writerow([case, millionths(mse), millionths(r2)])
            print(case, "mean squared error", mse, "R²", r2)
    write_errors()


if __name__ == "__main__":
    main()
