"""One step of EZKL, in a process of its own: python ezkl_step.py STEP, in the folder of the workload."""

import asyncio
import inspect
import json
import sys

import ezkl


def settle(result):
    """Some calls return a coroutine, depending on the version."""
    if not inspect.isawaitable(result):
        return result

    async def wait():
        return await result

    return asyncio.run(wait())


def log_rows():
    with open("settings.json", encoding="utf-8") as file:
        return json.load(file)["run_args"]["logrows"]


def srs():
    """The set-up's powers, made here from a secret that nobody keeps: for measuring only."""
    return f"kzg{log_rows()}.srs"


def settings(batch):
    arguments = ezkl.PyRunArgs()
    arguments.param_visibility = "private"
    arguments.input_visibility = "public"
    arguments.output_visibility = "public"
    arguments.variables = [("batch_size", batch)]
    return settle(ezkl.gen_settings("network.onnx", "settings.json", py_run_args=arguments))


def calibrate():
    done = ezkl.calibrate_settings(
        "input.json",
        "network.onnx",
        "settings.json",
        target="resources",
        lookup_safety_margin=2,
        scale_rebase_multiplier=[1],
    )
    return settle(done)


STEPS = {
    "settings": lambda: settings(int(sys.argv[2])),
    "calibrate": calibrate,
    "compile": lambda: settle(ezkl.compile_circuit("network.onnx", "network.ezkl", "settings.json")),
    "srs": lambda: settle(ezkl.gen_srs(srs(), log_rows())) or True,
    "setup": lambda: settle(ezkl.setup("network.ezkl", "vk.key", "pk.key", srs_path=srs())),
    "witness": lambda: settle(ezkl.gen_witness("input.json", "network.ezkl", "witness.json")),
    "prove": lambda: settle(ezkl.prove("witness.json", "network.ezkl", "pk.key", proof_path="proof.json", srs_path=srs())),
    "verify": lambda: settle(ezkl.verify("proof.json", "settings.json", "vk.key", srs_path=srs())),
}

if not STEPS[sys.argv[1]]():
    sys.exit(f"{sys.argv[1]} did not succeed")
