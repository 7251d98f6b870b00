"""Precision, recall and F1 of random answers, as scikit-learn computes them with `zero_division=0`.

Writes fixtures/figures.csv: labels and answers as digits, the class, its three figures. Some classes are
never answered, and some answers are all right.
"""

import csv
import pathlib
import random
import warnings

from sklearn.metrics import f1_score, precision_score, recall_score

PATH = pathlib.Path(__file__).parent / "fixtures" / "figures.csv"


def cases(seed=7):
    draw = random.Random(seed)
    for _ in range(120):
        classes, rows = draw.randint(2, 4), draw.randint(1, 40)
        labels = [draw.randrange(classes) for _ in range(rows)]
        right, silent = draw.random(), draw.randrange(2 * classes)
        answers = [label if draw.random() < right else draw.randrange(classes) for label in labels]
        yield labels, [(answer + 1) % classes if answer == silent else answer for answer in answers]


def main():
    warnings.simplefilter("error")
    with PATH.open("w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["labels", "answers", "class", "precision", "recall", "f1"])
        for labels, answers in cases():
            for chosen in sorted(set(labels)):
                figures = [
                    measure(labels, answers, labels=[chosen], average="macro", zero_division=0)
                    for measure in (precision_score, recall_score, f1_score)
                ]
                digits = ["".join(map(str, values)) for values in (labels, answers)]
                out.writerow([*digits, chosen, *(repr(float(figure)) for figure in figures)])


if __name__ == "__main__":
    main()
