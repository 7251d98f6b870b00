"""Boosting over histograms, and pipelines with scalers, saved by skops with scikit-learn's own answers.

fixtures/forests/<case>.skops          trees, forests and boosted trees, some behind scalers
fixtures/forests/<case>.edges.csv      rows in which every second value is what a scaler makes a threshold of, or is
                                       next to it
fixtures/forests/<case>.answers.txt    the label of each row, as 64-bit floats: first data/<dataset>/test.csv, then edges
fixtures/networks/<case>.skops, .scores.csv, and lines of cases.csv: linear models and perceptrons behind scalers
"""

import csv
import zipfile

import numpy as np
import skops.io
from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, RobustScaler, StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from fixtures import ROOT, floor_f32
from imports import load

FORESTS, NETWORKS = (ROOT / "oracles" / "fixtures" / name for name in ["forests", "networks"])
EDGES = 120
ROWS = 40
PACKED = {"compression": zipfile.ZIP_DEFLATED, "compresslevel": 9}


def trees():
    """case: (dataset, model)"""
    for dataset in ["breast-cancer", "digits", "wine"]:
        _, x, y = load(dataset, "train")
        x = x.astype(np.float64)
        sizes = {"max_iter": 5, "max_leaf_nodes": 8, "min_samples_leaf": 5, "random_state": 1}
        yield f"{dataset}-histogram", dataset, HistGradientBoostingClassifier(**sizes).fit(x, y)
        tree = DecisionTreeClassifier(random_state=0, max_depth=6)
        yield f"{dataset}-scaled-tree", dataset, make_pipeline(StandardScaler(), tree).fit(x, y)
        if dataset == "wine":
            forest = RandomForestClassifier(n_estimators=9, max_depth=4, random_state=1)
            yield "wine-scaled-forest", dataset, make_pipeline(MinMaxScaler(), forest).fit(x, y)
            hist = HistGradientBoostingClassifier(**sizes)
            yield "wine-scaled-histogram", dataset, make_pipeline(MinMaxScaler((-1, 1)), RobustScaler(), hist).fit(x, y)
        if dataset == "breast-cancer":
            boosted = GradientBoostingClassifier(n_estimators=6, max_depth=3, random_state=1)
            pipeline = make_pipeline(MaxAbsScaler(), StandardScaler(with_mean=False), boosted)
            yield "breast-cancer-scaled-boosting", dataset, pipeline.fit(x, y)


def splits(model):
    """The splits of all trees, as (feature, threshold)."""
    if isinstance(model, HistGradientBoostingClassifier):
        for tree in [tree for round in model._predictors for tree in round]:
            inner = tree.nodes["is_leaf"] == 0
            yield from zip(tree.nodes["feature_idx"][inner], tree.nodes["num_threshold"][inner])
    else:
        for tree in [model] if isinstance(model, DecisionTreeClassifier) else np.ravel(model.estimators_):
            inner = tree.tree_.children_left != -1
            yield from zip(tree.tree_.feature[inner], tree.tree_.threshold[inner])


def edges(model, x, rng):
    steps = [step for _, step in model.steps] if hasattr(model, "steps") else [model]
    every = list(splits(steps[-1]))
    rows = x[rng.integers(len(x), size=EDGES)].copy()
    for row in rows:
        for _ in range(max(1, x.shape[1] // 2)):
            feature, value = every[rng.integers(len(every))]
            scaled = np.zeros((1, x.shape[1]))
            scaled[0, feature] = value
            for scaler in reversed(steps[:-1]):
                scaled = scaler.inverse_transform(scaled)
            value = floor_f32(scaled[0, feature])
            for _ in range(int(rng.integers(4))):
                value = np.nextafter(value, np.float32(rng.choice([-np.inf, np.inf])))
            row[feature] = value
    return rows


def run_trees():
    rng = np.random.default_rng(7)
    for case, dataset, model in trees():
        names, x, _ = load(dataset, "test")
        edge = edges(model, x, rng)
        with open(FORESTS / f"{case}.edges.csv", "w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(names)
            writer.writerows([[repr(float(value)) for value in row] for row in edge])
        skops.io.dump(model, FORESTS / f"{case}.skops", **PACKED)
        answers = model.predict(np.vstack([x, edge]).astype(np.float32).astype(np.float64))
        (FORESTS / f"{case}.answers.txt").write_text("".join(f"{answer}\n" for answer in answers))
        print(case, len(answers))


def run_networks():
    models = {
        "cancer-pipeline-logistic": ("breast-cancer", make_pipeline(StandardScaler(), LogisticRegression())),
        "cancer-pipeline-mlp": ("breast-cancer", make_pipeline(MinMaxScaler(clip=True), MLPClassifier((12,), random_state=1, max_iter=400))),
        "wine-pipeline-svc": ("wine", make_pipeline(RobustScaler(), MaxAbsScaler(), LinearSVC(random_state=0))),
    }
    lines = (NETWORKS / "cases.csv").read_text().splitlines()
    for case, (dataset, model) in models.items():
        _, x, y = load(dataset, "train")
        _, test, labels = load(dataset, "test")
        model.fit(x, y)
        scores = getattr(model, "predict_proba", None) or model.decision_function
        case = f"sklearn-{case}"
        with open(NETWORKS / f"{case}.scores.csv", "w", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([[repr(float(v)) for v in row] for row in scores(test[:ROWS])])
        skops.io.dump(model, NETWORKS / f"{case}.skops", **PACKED)
        right = int((model.predict(test) == labels).sum())
        lines = [line for line in lines if not line.startswith(f"{case},")] + [f"{case},{dataset},{right}"]
        print(lines[-1], "of", len(labels))
    (NETWORKS / "cases.csv").write_text("\n".join([lines[0], *sorted(lines[1:])]) + "\n")


if __name__ == "__main__":
    run_trees()
    run_networks()
