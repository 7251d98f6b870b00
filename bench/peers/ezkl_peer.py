"""EZKL: parameters private (not committed), rows and outputs public."""

import json
import pathlib
import sys

import measure
from outcome import Outcome

STEP = pathlib.Path(__file__).resolve().parent / "ezkl_step.py"
NAME = "EZKL"
HIDDEN = "weights, not committed; outputs are published"


def is_fit(_network):
    return True


def outcome(folder, batch, repeat):
    """Sets up, proves and verifies in the workload's folder."""
    given = json.loads((folder / "rows.json").read_text())
    flat = [pixel for row in given["rows"] for pixel in row]
    (folder / "input.json").write_text(json.dumps({"input_data": [flat]}))

    def step(name, *more):
        return measure.run([sys.executable, STEP, name, *more], folder)[0]

    setup = [step("settings", batch), step("calibrate"), step("compile"), step("srs"), step("setup")]
    witness = step("witness")
    prove = measure.best(repeat, lambda: step("prove"))
    verify = measure.best(repeat, lambda: step("verify"))
    proof = json.loads((folder / "proof.json").read_text())
    return Outcome(
        system=NAME,
        hidden=HIDDEN,
        setup=sum(cost.wall for cost in setup),
        prove=witness.wall + prove.wall,
        cpu=witness.cpu + prove.cpu,
        memory=max(witness.memory, prove.memory),
        verify=verify.wall,
        proof=(len(proof["hex_proof"]) - 2) // 2,
        answers=answers(proof, batch),
    )


def answers(proof, batch):
    """The classes that the proof publishes: the greatest of each ten outputs."""
    outputs = [float(number) for number in proof["pretty_public_inputs"]["rescaled_outputs"][0]]
    rows = [outputs[10 * i : 10 * i + 10] for i in range(batch)]
    return [row.index(max(row)) for row in rows]
