#!/usr/bin/env python3
"""Assay, EZKL and circomlib-ml under snarkjs on the same networks, in one run.

    python3 bench/peers/run.py [--repeat N] [--workload NAME]… [--list] [--large]

Installs the peers into bench/peers/work (a few minutes, once), builds Assay, measures every system on every workload, and
writes bench/peers/table.md and table.json. A peer that cannot be installed prints SKIPPED, and then no
table is written. Use a quiet machine.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
WORK = HERE / "work"
PYTHON = WORK / "venv" / "bin" / "python"

# name: (network, rows in one proof, whether only with --large)
WORKLOADS = {
    "mlp-64-14-10, one image": ("mlp-64-14-10", 1, False),
    "mlp-784-128-10, one image": ("mlp-784-128-10", 1, False),
    "mlp-784-128-10, 10 images": ("mlp-784-128-10", 10, False),
    "lenet-5, one image": ("lenet-5", 1, True),
}


def install():
    """Installs what is missing; returns a reason for each peer that is not there."""
    WORK.mkdir(exist_ok=True)
    missing = {}
    if not PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", WORK / "venv"], check=True)
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--requirement", HERE / "requirements.txt"]
    if subprocess.run(pip, stdout=sys.stderr).returncode != 0:
        missing["EZKL"] = "its Python package could not be installed"
    npm = shutil.which("npm")
    if not npm:
        missing["circomlib-ml, snarkjs"] = "npm is not there"
    elif not (HERE / "node_modules" / "snarkjs").exists():
        command = [npm, "install", "--no-audit", "--no-fund", "--no-package-lock"]
        if subprocess.run(command, cwd=HERE, stdout=sys.stderr).returncode != 0:
            missing["circomlib-ml, snarkjs"] = "its npm packages could not be installed"
    return missing


def build():
    root = HERE.parents[1]
    subprocess.run(["cargo", "build", "--release", "--package", "assay"], cwd=root, check=True)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=3, help="runs of proving and verifying; the quickest counts (default 3)")
    parser.add_argument("--workload", action="append", choices=WORKLOADS, help="only these (default: all that are not large)")
    parser.add_argument("--large", action="store_true", help="those too that take EZKL many minutes and over 12 GB")
    parser.add_argument("--list", action="store_true", help="print the workloads and stop")
    return parser.parse_args()


def measured(options):
    """{title: outcomes} and the peers that failed."""
    import assay_peer
    import circom_peer
    import ezkl_peer
    import measure
    import models

    results, failed = {}, {}
    for title, (network, batch, is_large) in WORKLOADS.items():
        if options.workload and title not in options.workload or not options.workload and is_large and not options.large:
            continue
        base = WORK / title.replace(", ", "-").replace(" ", "-")
        outcomes = []
        for peer in [circom_peer, ezkl_peer, assay_peer]:
            if not peer.is_fit(network):
                continue
            folder = base / peer.__name__
            measure.say(f"{title}: {peer.NAME}")
            models.make(network, batch, folder)
            expected = json.loads((folder / "rows.json").read_text())["answers"]
            try:
                one = peer.outcome(folder, batch, options.repeat)
            except measure.Failed as reason:
                failed[peer.NAME] = f"{title}: {reason}"
                continue
            if one.answers != expected:
                failed[peer.NAME] = f"{title}: proves {one.answers}, onnxruntime answers {expected}"
                continue
            outcomes.append(one)
        results[title] = outcomes
    return results, failed


def machine():
    """What the figures were taken on."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        lines = file.read().splitlines()
    model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "unknown")
    flags = next((line.split(":")[1].split() for line in lines if line.startswith("flags")), [])
    vectors = "AVX-512" if "avx512f" in flags else "AVX2" if "avx2" in flags else "no AVX2"
    return f"{len(os.sched_getaffinity(0))} cores, {model}, {vectors}"


def main():
    options = arguments()
    if options.list:
        print("\n".join(WORKLOADS))
        return 0
    missing = install()
    for peer, reason in missing.items():
        print(f"SKIPPED {peer}: {reason}")
    if missing:
        print("no table is written")
        return 1
    if pathlib.Path(sys.prefix).resolve() != (WORK / "venv").resolve():
        build()
        os.execv(PYTHON, [PYTHON, *sys.argv])
    results, failed = measured(options)
    from outcome import table

    for peer, reason in failed.items():
        print(f"SKIPPED {peer}: {reason}")
    if failed:
        print("no table is written")
        return 1
    text = f"{machine()}; the quickest of {options.repeat} runs, each step a process.\n\n{table(results)}"
    print(text)
    (HERE / "table.md").write_text(text)
    record = {title: [one.record() for one in outcomes] for title, outcomes in results.items()}
    (HERE / "table.json").write_text(json.dumps({"machine": machine(), "workloads": record}, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
