"""circomlib-ml under snarkjs' Groth16: parameters private (not committed), row and answer public."""

import json
import pathlib
import shutil

import measure
from outcome import Outcome

HERE = pathlib.Path(__file__).resolve().parent
NODE = shutil.which("node") or "node"
NAME = "circomlib-ml, snarkjs"
HIDDEN = "weights, not committed"

# Weights and pixels are multiplied by these and rounded. No rescaling: the library's is unsound, and
# the numbers of two layers fit the field as they are.
WEIGHT, PIXEL = 1 << 10, 16

CIRCUIT = """pragma circom 2.0.0;
include "Dense.circom";
include "ReLU.circom";
include "ArgMax.circom";
template Perceptron(n, h, c) {{
    signal input x[n];
    signal input W1[n][h];
    signal input b1[h];
    signal input W2[h][c];
    signal input b2[c];
    signal output y;
    component first = Dense(n, h);
    component second = Dense(h, c);
    component relu[h];
    component greatest = ArgMax(c);
    first.in <== x;
    first.weights <== W1;
    first.bias <== b1;
    second.weights <== W2;
    second.bias <== b2;
    for (var i = 0; i < h; i++) {{
        relu[i] = ReLU();
        relu[i].in <== first.out[i];
        second.in[i] <== relu[i].out;
    }}
    for (var i = 0; i < c; i++) {{ greatest.in[i] <== second.out[i]; }}
    y <== greatest.out;
}}
component main {{public [x]}} = Perceptron({inputs}, {hidden}, {classes});
"""


def is_fit(network):
    """Its set-up of larger circuits takes hours in this prover, and the library has no batches."""
    return network == "mlp-64-14-10"


def whole(values, factor):
    if isinstance(values, list):
        return [whole(value, factor) for value in values]
    # Negative numbers are those of the field.
    return str(round(values * factor))


def inputs(folder):
    """The witness' inputs, and the sizes of the layers."""
    weights = json.loads((folder / "weights.json").read_text())
    row = json.loads((folder / "rows.json").read_text())["rows"][0]
    given = {
        "x": whole(row, PIXEL),
        "W1": whole(weights["W1"], WEIGHT),
        "b1": whole(weights["b1"], WEIGHT * PIXEL),
        "W2": whole(weights["W2"], WEIGHT),
        "b2": whole(weights["b2"], WEIGHT * PIXEL * WEIGHT),
    }
    return given, (len(row), len(weights["b1"]), len(weights["b2"]))


def outcome(folder, batch, repeat):
    """Compiles, sets up, proves and verifies in the workload's folder."""
    assert batch == 1, "one row a proof"
    given, (width, hidden, classes) = inputs(folder)
    (folder / "input.json").write_text(json.dumps(given))
    (folder / "net.circom").write_text(CIRCUIT.format(inputs=width, hidden=hidden, classes=classes))
    modules = HERE / "node_modules"
    library = modules / "circomlib-ml" / "circuits"
    snarkjs = [NODE, modules / "snarkjs" / "build" / "cli.cjs"]

    def step(*command):
        return measure.run(command, folder)[0]

    # The compiler is a WebAssembly program that sees only folders below its own.
    shutil.copytree(library, folder / "circuits", dirs_exist_ok=True)
    shutil.copy(folder / "net.circom", folder / "circuits" / "net.circom")
    setup = [step(NODE, modules / "circom2" / "cli.js", "circuits/net.circom", "--r1cs", "--wasm", "-o", ".")]
    powers = powers_of_tau(folder, snarkjs, log_constraints(folder, snarkjs))
    setup += [
        step(*snarkjs, "groth16", "setup", "net.r1cs", powers, "net.zkey"),
        step(*snarkjs, "zkey", "export", "verificationkey", "net.zkey", "vk.json"),
    ]
    witness = step(NODE, "net_js/generate_witness.js", "net_js/net.wasm", "input.json", "net.wtns")
    prove = measure.best(repeat, lambda: step(*snarkjs, "groth16", "prove", "net.zkey", "net.wtns", "proof.json", "public.json"))
    verify = measure.best(repeat, lambda: step(*snarkjs, "groth16", "verify", "vk.json", "public.json", "proof.json"))
    return Outcome(
        system=NAME,
        hidden=HIDDEN,
        setup=sum(cost.wall for cost in setup),
        prove=witness.wall + prove.wall,
        cpu=witness.cpu + prove.cpu,
        memory=max(witness.memory, prove.memory),
        verify=verify.wall,
        proof=(folder / "proof.json").stat().st_size,
        answers=[int(json.loads((folder / "public.json").read_text())[0])],
    )


def powers_of_tau(folder, snarkjs, power):
    """The set-up's first phase, which serves every circuit up to a size: made once, not counted.

    Its secret is thrown away by this program alone: for measuring only.
    """
    done = folder.parent.parent / f"powers-{power}.ptau"
    if not done.exists():
        for arguments in [
            ["new", "bn128", str(power), "first.ptau"],
            ["contribute", "first.ptau", "second.ptau", "--name=one", "-e=measuring only"],
            ["prepare", "phase2", "second.ptau", "third.ptau"],
        ]:
            measure.run([*snarkjs, "powersoftau", *arguments], folder)
        (folder / "third.ptau").rename(done)
    return done


def log_constraints(folder, snarkjs):
    """The power of two that holds the circuit's constraints."""
    _, printed = measure.run([*snarkjs, "r1cs", "info", "net.r1cs"], folder)
    lines = [line for line in printed.splitlines() if "Constraints" in line]
    count = int("".join(c for c in lines[0].split(":")[-1] if c.isdigit()))
    # Public signals take rows too.
    return max(8, (count + 128).bit_length())
