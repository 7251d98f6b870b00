#!/usr/bin/env python3
"""Asks a node everything that its OpenAPI description allows, and much that it forbids (Schemathesis).

    pip install -r oracles/interface/requirements.txt
    python3 oracles/interface/run.py [--examples 50] [--seed 1]

A market of its own is made in a scratch folder by `target/debug/assay` (or what ASSAY names), with a finished
sale in it, and served. Exit code 1 if something was found.
"""

import argparse
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
ASSAY = os.environ.get("ASSAY", str(ROOT / "target/debug/assay"))
# `positive_data_acceptance` is left out: what fits the schema of a transaction is still no transaction, and a name
# that is well formed mostly names nothing.
CHECKS = [
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance",
    "response_headers_conformance", "negative_data_rejection", "unsupported_method",
]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--examples", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sale = [ASSAY, "demo", "--dataset", "wine", "--dir", "market", "--json"]
        subprocess.run(sale, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        serve = [ASSAY, "node", "run", "--dir", "market", "--listen", "127.0.0.1:0", "--peer-rate", "0", "--json"]
        node = subprocess.Popen(serve, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            url = json.loads(node.stdout.readline())["url"]
            # Once with whatever names, which mostly name nothing, and once with those of the sale: they also stand where
            # a name was meant to be wrong.
            config = pathlib.Path(folder, "schemathesis.toml")
            config.write_text(names(url))
            named = [check for check in CHECKS if check != "negative_data_rejection"]
            runs = [command(url, args, CHECKS), command(url, args, named, ["--config-file", str(config)])]
            return max(subprocess.run(run, check=False).returncode for run in runs)
        finally:
            node.send_signal(signal.SIGTERM)
            node.wait()


def names(url):
    """The names of the sale, as values of the parameters of paths."""

    def get(path):
        with urllib.request.urlopen(url + path) as answer:
            return json.load(answer)

    job = get("/v1/jobs")["items"][0]
    history = get(f"/v1/jobs/{job['job']}/history")["items"]
    shown = next(entry["details"] for entry in history if entry["event"] == "TestOpened")
    values = {
        "dataset": job["dataset"], "job": job["job"], "address": job["buyer"], "buyer": job["buyer"],
        "table": shown["test_set"], "blob": shown["blob"],
    }
    return "[parameters]\n" + "".join(f'"path.{name}" = "{value}"\n' for name, value in values.items())


def command(url, args, checks, more=()):
    program = shutil.which("schemathesis", path=os.pathsep.join([str(pathlib.Path(sys.executable).parent), os.environ["PATH"]]))
    return [
        program, *more, "run", f"{url}/v1/openapi.json", "--url", url,
        # A stream has no end.
        "--exclude-path", "/v1/events",
        "--checks", ",".join(checks), "--max-examples", str(args.examples), "--seed", str(args.seed),
        "--phases", "examples,coverage,fuzzing", "--generation-database", "none", "--request-timeout", "20",
    ]


if __name__ == "__main__":
    sys.exit(main())
