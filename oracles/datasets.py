"""Writes data/<name>/{train,test}.csv from the copies that scikit-learn ships.

A row belongs to the test set iff the SHA-256 of its features, written as in the file and joined by
commas, is divisible by four. The rule looks at nothing else: equal rows fall on the same side, the
label has no say, and anyone can redo it. Rows keep the order of the source.
"""

import csv
import hashlib
import pathlib

from sklearn import datasets

ROOT = pathlib.Path(__file__).resolve().parent.parent

SOURCES = {
    "breast-cancer": (datasets.load_breast_cancer, "diagnosis"),
    "digits": (datasets.load_digits, "digit"),
    "wine": (datasets.load_wine, "cultivar"),
    "diabetes": (lambda: datasets.load_diabetes(scaled=False), "progression"),
}


def number(value):
    """The shortest decimal that gives the same double; whole numbers without a point."""
    value = float(value)
    return str(int(value)) if value.is_integer() else repr(value)


def is_test(features):
    digest = hashlib.sha256(",".join(features).encode()).digest()
    return int.from_bytes(digest, "big") % 4 == 0


def main():
    for name, (load, target) in SOURCES.items():
        source = load()
        folder = ROOT / "data" / name
        folder.mkdir(parents=True, exist_ok=True)
        rows = {"train": [], "test": []}
        for values, label in zip(source.data, source.target):
            features = [number(value) for value in values]
            side = "test" if is_test(features) else "train"
            label = str(source.target_names[label]) if "target_names" in source else number(label)
            rows[side].append([*features, label])
        for side, records in rows.items():
            with open(folder / f"{side}.csv", "w", newline="") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow([*source.feature_names, target])
                writer.writerows(records)
            classes = {r[-1] for r in records}
            print(name, side, len(records), "rows", len(source.feature_names), "features", len(classes), "classes")


if __name__ == "__main__":
    main()
