"""Runs onnxruntime over the exported models, and writes its answers beside them.

Reads fixtures/onnx/<case>.onnx and <case>.rows.csv, which
`ASSAY_BLESS=1 cargo nextest run -p assay-train onnx` writes, and writes <case>.answers.txt: one label
per row. The tests of `assay-train` compare our predictions with them.
"""

import csv
import pathlib

import numpy as np
import onnxruntime

FOLDER = pathlib.Path(__file__).resolve().parent / "fixtures" / "onnx"


def main():
    for path in sorted(FOLDER.glob("*.onnx")):
        with open(path.with_suffix(".rows.csv")) as file:
            header, *rows = csv.reader(file)
        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        columns = session.get_modelmeta().custom_metadata_map["features"].split("\n")
        order = [header.index(name) for name in columns]
        x = np.array([[np.float32(row[i]) for i in order] for row in rows], dtype=np.float32)
        labels, probabilities = session.run(["label", "probabilities"], {"input": x})
        # One by one too: onnxruntime takes other code for single rows and small batches.
        for i in range(len(x)):
            one, _ = session.run(["label", "probabilities"], {"input": x[i : i + 1]})
            assert one[0] == labels[i], f"{path.name}: row {i} alone and in the batch"
        assert sorted(set(probabilities.flatten().tolist())) == [0.0, 1.0], path.name
        assert (probabilities.sum(axis=1) == 1).all(), path.name
        path.with_suffix(".answers.txt").write_text("".join(f"{label}\n" for label in labels))
        print(path.name, len(labels), "rows", len(set(labels.tolist())), "labels")


if __name__ == "__main__":
    main()
