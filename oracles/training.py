"""Scores of scikit-learn's forests, linear models and perceptrons, which `assay-train` is compared with.

fixtures/training/forests.csv   correct test rows of forests, least and most over seeds
fixtures/training/descent.csv   the same of linear models and perceptrons, in floats, on standardised features
fixtures/training/between.csv   a point between two floats, rounded down to a float, from rational arithmetic
fixtures/training/exp.csv       the nearest integer to 2^30 e^(-x / 4096), from decimal arithmetic
"""

import decimal
import pathlib
import random
import struct
import sys
import warnings
from fractions import Fraction

import numpy as np
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from fixtures import floor_f32, load

OUT = pathlib.Path(__file__).resolve().parent / "fixtures" / "training"
SEEDS = 40
DESCENT_SEEDS = 10

# kind, trees, criterion, max_depth, min_samples_leaf, max_features, bootstrap, class_weight
FORESTS = [
    ("random-forest", 100, "gini", None, 1, "sqrt", True, None),
    ("random-forest", 30, "entropy", 6, 2, "log2", True, "balanced_subsample"),
    ("random-forest", 50, "gini", 8, 1, None, False, None),
    ("extra-trees", 100, "gini", None, 1, "sqrt", False, None),
    ("extra-trees", 40, "entropy", 8, 3, "sqrt", True, None),
]


def forest(kind, trees, criterion, depth, leaf, features, bootstrap, weight, seed):
    model = RandomForestClassifier if kind == "random-forest" else ExtraTreesClassifier
    return model(
        n_estimators=trees,
        criterion=criterion,
        max_depth=depth,
        min_samples_leaf=leaf,
        max_features=features,
        bootstrap=bootstrap,
        class_weight=weight,
        random_state=seed,
    )


def spread(make, dataset, scale, seeds):
    (x, y), (test, labels) = load(dataset, "train"), load(dataset, "test")
    if scale:
        scaler = StandardScaler().fit(x)
        x, test = scaler.transform(x), scaler.transform(test)
    right = [int((make(seed).fit(x, y).predict(test) == labels).sum()) for seed in range(seeds)]
    return len(labels), min(right), max(right), f"{np.mean(right):.1f}"


def forests():
    print("dataset,kind,trees,criterion,max_depth,min_samples_leaf,max_features,bootstrap,class_weight,rows,least,most,mean")
    for dataset in ["breast-cancer", "digits", "wine"]:
        for setting in FORESTS:
            found = spread(lambda seed: forest(*setting, seed), dataset, False, SEEDS)
            fields = [str(field).lower() for field in setting]
            print(",".join([dataset, *fields, *map(str, found)]), flush=True)


def descent():
    print("dataset,model,rows,least,most,mean")
    for dataset in ["breast-cancer", "digits", "wine"]:
        for name, make in {
            "logistic": lambda seed: LogisticRegression(max_iter=1000, random_state=seed),
            "svm": lambda seed: LinearSVC(random_state=seed),
            "perceptron-32": lambda seed: MLPClassifier((32,), max_iter=60, random_state=seed),
            "perceptron-64-32": lambda seed: MLPClassifier((64, 32), max_iter=60, random_state=seed),
        }.items():
            print(",".join([dataset, name, *map(str, spread(make, dataset, True, DESCENT_SEEDS))]), flush=True)


def between():
    """Values of all sizes, near to each other and far, and shares of 2^32 from the one to the other."""
    rng = random.Random(7)
    print("lower,upper,share,between")
    for case in range(1200):
        bits = rng.getrandbits(32)
        other = bits + rng.randint(1, 9) if case % 3 == 0 else rng.getrandbits(32)
        pair = [struct.unpack("<f", struct.pack("<I", b & 0xFFFFFFFF))[0] for b in (bits, other)]
        if not all(np.isfinite(pair)) or pair[0] == pair[1]:
            continue
        lower, upper = map(Fraction, sorted(pair))
        share = rng.getrandbits(32)
        point = floor_f32(lower + (upper - lower) * Fraction(share, 2**32))
        code = [struct.unpack("<I", struct.pack("<f", float(v)))[0] for v in (lower, upper, point)]
        print(*code[:2], share, code[2], sep=",")


def exp():
    print("number,power")
    decimal.getcontext().prec = 60
    for number in [k * 256 for k in range(24 * 16)] + list(range(256)):
        power = (decimal.Decimal(-number) / 4096).exp() * 2**30
        print(number, int((power + decimal.Decimal("0.5")).to_integral_value(decimal.ROUND_FLOOR)), sep=",")


if __name__ == "__main__":
    warnings.simplefilter("ignore", ConvergenceWarning)
    OUT.mkdir(exist_ok=True)
    writers = {"between": between, "exp": exp, "forests": forests, "descent": descent}
    for name, write in writers.items():
        if sys.argv[1:] and name not in sys.argv[1:]:
            continue
        with open(OUT / f"{name}.csv", "w") as sys.stdout:
            write()
