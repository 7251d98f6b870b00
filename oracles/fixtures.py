"""Writes the fixtures that the tests of `assay-train` compare with.

trees.txt       scikit-learn's trees on data/*/train.csv: every split must be optimal by our measure
accuracy.csv    correct test rows of scikit-learn's trees, least and most over 300 seeds
midpoints.csv   the exact midpoint of two floats, rounded down to a float, from rational arithmetic
log2.csv        the exact floor of 2^35 log2(n)
"""

import csv
import decimal
import math
import pathlib
import random
import struct
from fractions import Fraction

import numpy as np
from sklearn.tree import DecisionTreeClassifier

ROOT = pathlib.Path(__file__).resolve().parent.parent
OUT = pathlib.Path(__file__).resolve().parent / "fixtures"

DATASETS = ["breast-cancer", "digits", "wine"]

# criterion, max_depth, min_samples_split, min_samples_leaf, max_leaf_nodes, max_features,
# min_impurity_decrease, ccp_alpha, class_weight
PLAIN = [
    ("gini", None, 2, 1, None),
    ("entropy", None, 2, 1, None),
    ("gini", 5, 10, 4, None),
    ("entropy", 6, 2, 3, None),
    ("gini", None, 2, 1, 12),
    ("entropy", None, 2, 2, 20),
]
MORE = [
    ("log_loss", 7, 2, 1, None, None, "0", "0", None),
    ("gini", None, 2, 1, None, None, "1/150", "0", None),
    ("entropy", None, 2, 1, 25, None, "7/500", "0", None),
    ("gini", None, 2, 1, None, None, "0", "1/130", None),
    ("entropy", None, 2, 2, None, None, "0", "3/200", None),
    ("gini", None, 4, 2, 40, None, "0", "1/200", (1, 3, 2)),
    ("gini", None, 2, 1, None, None, "0", "0", (5, 1, 2)),
    ("entropy", None, 2, 1, None, None, "0", "0", (2, 7, 3)),
    ("gini", None, 2, 2, None, None, "1/400", "1/300", "balanced"),
    ("entropy", 6, 2, 1, None, None, "0", "0", "balanced"),
]
SUBSETS = [
    ("gini", None, 2, 1, None, "sqrt", "0", "0", None),
    ("entropy", 8, 2, 2, None, "log2", "0", "1/200", None),
    ("gini", None, 2, 1, 30, 3, "0", "0", "balanced"),
]
SETTINGS = [(*setting, None, "0", "0", None) for setting in PLAIN] + MORE
SEEDS = 300


def load(name, side):
    with open(ROOT / "data" / name / f"{side}.csv") as file:
        _, *rows = csv.reader(file)
    labels = np.array([r[-1] for r in rows])
    # Numbers as numbers: scikit-learn finds no class weights for digits that are text.
    if all(label.isdigit() for label in labels):
        labels = labels.astype(int)
    return np.array([r[:-1] for r in rows], dtype=np.float32), labels


def grow(x, y, setting, seed, prune=True):
    criterion, depth, split, leaf, leaves, features, decrease, alpha, weight = setting
    if isinstance(weight, tuple):
        weight = {label: weight[i % len(weight)] for i, label in enumerate(np.unique(y))}
    return DecisionTreeClassifier(
        criterion=criterion,
        max_depth=depth,
        min_samples_split=split,
        min_samples_leaf=leaf,
        max_leaf_nodes=leaves,
        max_features=features,
        min_impurity_decrease=float(Fraction(decrease)),
        ccp_alpha=float(Fraction(alpha)) if prune else 0.0,
        class_weight=weight,
        random_state=seed,
    ).fit(x, y)


def item(value):
    if isinstance(value, tuple):
        return ":".join(map(str, value))
    return "none" if value is None else str(value)


def describe(setting):
    return " ".join(map(item, setting))


def cut(tree, pruned):
    """The nodes of a tree that are leaves of the pruned one."""
    found, pairs = set(), [(0, 0)]
    while pairs:
        node, other = pairs.pop()
        if pruned.children_left[other] < 0:
            found.add(node)
            continue
        assert tree.feature[node] == pruned.feature[other] and tree.threshold[node] == pruned.threshold[other]
        pairs.append((tree.children_left[node], pruned.children_left[other]))
        pairs.append((tree.children_right[node], pruned.children_right[other]))
    return found


def bits(value):
    return struct.unpack("<I", struct.pack("<f", value))[0]


def number(pattern):
    return struct.unpack("<f", struct.pack("<I", pattern))[0]


def next_down(value):
    return float(np.nextafter(np.float32(value), np.float32(-np.inf)))


def floor_f32(exact):
    """The greatest 32-bit float not above a rational or a double."""
    value = float(np.float32(float(exact)))
    return next_down(value) if Fraction(value) > Fraction(exact) else value


def trees():
    with open(OUT / "trees.txt", "w") as out:
        out.write("# tree <dataset> <criterion> <max_depth> <min_samples_split> <min_samples_leaf> <max_leaf_nodes> <max_features> <min_impurity_decrease> <ccp_alpha> <class_weight> <nodes>\n")
        out.write("# then one line per node, before pruning: <feature> <bits of the threshold, rounded down> <left> <right>, or -;\n")
        out.write("# a star follows where pruning leaves a leaf\n")
        for name in DATASETS:
            x, y = load(name, "train")
            for setting in SETTINGS:
                for seed in range(2):
                    tree = grow(x, y, setting, seed, prune=False).tree_
                    leaves = cut(tree, grow(x, y, setting, seed).tree_)
                    out.write(f"tree {name} {describe(setting)} {tree.node_count}\n")
                    for i in range(tree.node_count):
                        star = " *" if i in leaves else ""
                        if tree.children_left[i] < 0:
                            out.write(f"-{star}\n")
                            continue
                        threshold = bits(floor_f32(float(tree.threshold[i])))
                        out.write(f"{tree.feature[i]} {threshold} {tree.children_left[i]} {tree.children_right[i]}{star}\n")


def accuracy():
    with open(OUT / "accuracy.csv", "w") as out:
        out.write("dataset,setting,rows,least,most\n")
        for name in DATASETS:
            x, y = load(name, "train")
            test_x, test_y = load(name, "test")
            for setting in SETTINGS + SUBSETS:
                correct = [int((grow(x, y, setting, s).predict(test_x) == test_y).sum()) for s in range(SEEDS)]
                out.write(f"{name},{describe(setting)},{len(test_y)},{min(correct)},{max(correct)}\n")
                print(name, describe(setting), len(test_y), min(correct), max(correct))


def midpoints():
    generator = random.Random(1)
    largest, smallest = 0x7F7FFFFF, 0x00000001
    special = [0, smallest, 2, 3, 0x007FFFFF, 0x00800000, 0x00800001, 0x3F800000, 0x3F800001, largest - 1, largest]
    special += [s | 0x80000000 for s in special[1:]]
    pairs = [(a, b) for a in special for b in special]
    for _ in range(600):
        a = generator.getrandbits(32)
        near = (a & 0xFF800000) + (generator.randint(-3, 3) << 23) + generator.getrandbits(23)
        pairs += [(a, generator.getrandbits(32)), (a, near), (a, a + generator.randint(1, 4)), (a, near ^ 0x80000000)]
    seen = set()
    with open(OUT / "midpoints.csv", "w") as out:
        out.write("lower,upper,midpoint\n")
        for a, b in pairs:
            if not all(0 <= p < 2**32 and math.isfinite(number(p)) for p in (a, b)) or number(a) >= number(b):
                continue
            if (a, b) in seen:
                continue
            seen.add((a, b))
            middle = floor_f32((Fraction(number(a)) + Fraction(number(b))) / 2)
            out.write(f"{a},{b},{bits(middle if middle != 0 else 0.0)}\n")


def log2():
    decimal.getcontext().prec = 60
    generator = random.Random(2)
    numbers = list(range(1, 400)) + [2**k + d for k in range(9, 25) for d in (-1, 0, 1) if 2**k + d <= 2**24]
    numbers += [generator.randint(400, 2**24) for _ in range(400)]
    with open(OUT / "log2.csv", "w") as out:
        out.write("number,floor of 2^35 log2\n")
        for n in sorted(set(numbers)):
            exact = decimal.Decimal(n).ln() / decimal.Decimal(2).ln() * 2**35
            # A power of two is a whole number, of which the quotient may fall short by a hair.
            floor = int(exact + decimal.Decimal("1e-40"))
            out.write(f"{n},{floor}\n")


if __name__ == "__main__":
    OUT.mkdir(exist_ok=True)
    trees()
    accuracy()
    midpoints()
    log2()
