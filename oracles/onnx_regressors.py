"""The regressors of `regression.py` as ONNX, converted by skl2onnx and onnxmltools, with onnxruntime's answers.

fixtures/regression/<case>.onnx
fixtures/regression/<case>.onnx-answers.csv   onnxruntime's prediction for each row of data/diabetes/test.csv, then of edges.csv
"""

import csv

import numpy as np
import onnxruntime
from onnxmltools.convert import convert_lightgbm, convert_xgboost
from onnxmltools.convert.common.data_types import FloatTensorType as ToolsFloat
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType

from regression import OUT, load, models

WIDTH = 10


def convert(case, model):
    if case == "xgboost":
        # The names of columns would have to be f0, f1, …; arrays have none.
        return convert_xgboost(model, initial_types=[("x", ToolsFloat([None, WIDTH]))], target_opset=15)
    if case == "lightgbm":
        return convert_lightgbm(model, initial_types=[("x", ToolsFloat([None, WIDTH]))], target_opset=15)
    return to_onnx(model, initial_types=[("x", FloatTensorType([None, WIDTH]))], target_opset={"": 21, "ai.onnx.ml": 3})


def main():
    _, x, _ = load("test")
    with open(OUT / "edges.csv") as file:
        _, *edges = csv.reader(file)
    rows = np.vstack([x, np.array(edges, dtype=np.float32)]).astype(np.float32)
    for case, model, _ in models():
        # skl2onnx writes truth values where ONNX wants integers for boosting over histograms.
        if case in ["lightgbm-dump", "histogram"]:
            continue
        content = convert(case, model).SerializeToString()
        (OUT / f"{case}.onnx").write_bytes(content)
        session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
        answers = session.run(None, {session.get_inputs()[0].name: rows})[0].reshape(-1)
        with open(OUT / f"{case}.onnx-answers.csv", "w", newline="") as file:
            file.writelines(f"{float(value)!r}\n" for value in answers)
        print(case, len(content), len(answers))


if __name__ == "__main__":
    main()
