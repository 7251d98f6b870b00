"""Parameters of the networks of `networks.py keras` as safetensors, and their architectures as JSON.

fixtures/networks/<case>.json, .f32.safetensors; of one case .f16.safetensors and .bf16.safetensors too
"""

import json
import os

os.environ["KERAS_BACKEND"] = "jax"

import keras
import ml_dtypes
import numpy as np
from safetensors.numpy import save

from fixtures import ROOT

OUT = ROOT / "oracles" / "fixtures" / "networks"


def half(array):
    """The upper 16 bits, which safetensors' NumPy side has no type for."""
    return array.astype(ml_dtypes.bfloat16).view(np.uint16)


def main():
    for case in ["keras-cancer-mlp", "keras-digits-cnn", "keras-digits-functional"]:
        model = keras.models.load_model(OUT / f"{case}.keras")
        (OUT / f"{case}.json").write_text(model.to_json())
        arrays = {variable.path: np.array(variable) for variable in model.weights}
        (OUT / f"{case}.f32.safetensors").write_bytes(save(arrays))
        if case == "keras-digits-cnn":
            (OUT / f"{case}.f16.safetensors").write_bytes(save({n: a.astype(np.float16) for n, a in arrays.items()}))
            text = save({n: half(a) for n, a in arrays.items()})
            length = int.from_bytes(text[:8], "little")
            header = json.dumps(json.loads(text[8 : 8 + length].replace(b'"U16"', b'"BF16"'))).encode()
            (OUT / f"{case}.bf16.safetensors").write_bytes(len(header).to_bytes(8, "little") + header + text[8 + length :])
        print(case, sorted(arrays)[:3])


if __name__ == "__main__":
    main()
