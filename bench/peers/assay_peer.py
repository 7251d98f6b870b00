"""Assay: parameters hidden and committed, rows public, each row's label proven to be the network's answer."""

import json
import pathlib

import measure
from outcome import Outcome

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "target" / "release" / "assay"
NAME = "Assay"
HIDDEN = "weights, committed"


def is_fit(_network):
    return True


def outcome(folder, _batch, repeat):
    """Compiles and commits, proves and verifies in the workload's folder."""

    def step(*arguments):
        return measure.run([PROGRAM, *arguments], folder)[0]

    data = ["--data", "test.csv", "--target", "digit"]
    for old in ["net.model", "net.commitment", "net.commitment.opening", "net.proof"]:
        (folder / old).unlink(missing_ok=True)
    setup = [
        step("model", "compile", "one.onnx", "--data", "train.csv", "--target", "digit", "-o", "net.model"),
        step("model", "commit", "net.model", "-o", "net.commitment"),
    ]

    def prove():
        (folder / "net.proof").unlink(missing_ok=True)
        return step("prove", "accuracy", "--model", "net.model", *data, "--at-least", "1", "-o", "net.proof")

    proven = measure.best(repeat, prove)
    checked = measure.best(
        repeat,
        lambda: step("verify", "net.proof", *data, "--model", "net.commitment", "--at-least", "1"),
    )
    return Outcome(
        system=NAME,
        hidden=HIDDEN,
        setup=sum(cost.wall for cost in setup),
        prove=proven.wall,
        cpu=proven.cpu,
        memory=proven.memory,
        verify=checked.wall,
        proof=(folder / "net.proof").stat().st_size,
        # Verified: all rows have their label.
        answers=json.loads((folder / "rows.json").read_text())["labels"],
    )
