"""Writes small networks of random weights, one for each operator, with the scores of onnxruntime and Keras.

fixtures/operators/rows.csv            ROWS rows of 16 numbers
fixtures/operators/words.csv           ROWS rows of 6 whole numbers below 10
fixtures/operators/<case>.onnx, .keras
fixtures/operators/<case>.scores.csv   three scores for each of the rows: of words, if the case's name begins so
"""

import csv
import os
import pathlib
import warnings

os.environ["KERAS_BACKEND"] = "jax"
warnings.filterwarnings("ignore")

import keras
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

OUT = pathlib.Path(__file__).resolve().parent / "fixtures" / "operators"
ROWS = 60
L = keras.layers
rng = np.random.default_rng(11)
X = rng.normal(size=(ROWS, 16)).astype(np.float32)
WORDS = rng.integers(0, 10, size=(ROWS, 6)).astype(np.float32)


class Graph:
    """Nodes one after the other; constants by need."""

    def __init__(self, shape, element=TensorProto.FLOAT):
        self.nodes, self.constants, self.count = [], [], 0
        self.input = helper.make_tensor_value_info("x", element, ["n", *shape])

    def constant(self, array):
        self.count += 1
        name = f"c{self.count}"
        self.constants.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def weights(self, *shape):
        fan = int(np.prod(shape[1:])) if len(shape) > 1 else 4
        return self.constant((rng.normal(size=shape) / np.sqrt(fan)).astype(np.float32))

    def __call__(self, operator, *inputs, outputs=1, **attributes):
        self.count += 1
        made = [f"v{self.count}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(operator, list(inputs), made, **attributes))
        return made[0] if outputs == 1 else made

    def dense(self, x, before, after):
        return self("Gemm", x, self.weights(before, after), self.weights(after))

    def file(self, y, version=20):
        out = helper.make_tensor_value_info(y, TensorProto.FLOAT, ["n", 3])
        graph = helper.make_graph(self.nodes, "g", [self.input], [out], self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", version)])
        model.ir_version = 9
        onnx.checker.check_model(model)
        return model.SerializeToString()


def flat(build, before=16, middle=6):
    """Dense layers around what `build` does to a list."""
    g = Graph([before])
    y = build(g, g.dense("x", before, middle))
    return g.file(g.dense(y, middle, 3))


def image(build, channels=4, made=None, shape=(1, 4, 4)):
    """A convolution before, and a dense layer behind what `build` does to [4, 4, 4]."""
    g = Graph(shape)
    y = g("Conv", "x", g.weights(channels, shape[0], 3, 3), g.weights(channels), pads=[1] * 4)
    y = g("Flatten", build(g, y))
    return g.file(g.dense(y, made or channels * 16, 3))


def written_out_softmax(g, x):
    power = g("Exp", g("Sub", x, g("ReduceMax", x, g.constant(np.array([-1])))))
    return g("Div", power, g("ReduceSum", power, g.constant(np.array([-1]))))


def written_out_norm(g, x):
    axis = g.constant(np.array([-1]))
    apart = g("Sub", x, g("ReduceMean", x, axis))
    variance = g("ReduceMean", g("Pow", apart, g.constant(np.float32(2))), axis)
    y = g("Div", apart, g("Sqrt", g("Add", variance, g.constant(np.float32(1e-5)))))
    return g("Add", g("Mul", y, g.weights(6)), g.weights(6))


def joined(axis):
    return lambda g, x: g("Concat", x, g("Relu", x), axis=axis)


def onnx_cases():
    yield "softmax", flat(lambda g, x: g("Softmax", x))
    yield "softmax-written-out", flat(written_out_softmax, middle=5)
    yield "softmax-of-channels", image(lambda g, x: g("Softmax", x, axis=1))
    yield "softmax-of-columns", image(lambda g, x: g("Softmax", x, axis=3))
    yield "layer-norm", flat(lambda g, x: g("LayerNormalization", x, g.weights(6), g.weights(6)))
    yield "layer-norm-written-out", flat(written_out_norm)
    yield "layer-norm-of-all", image(lambda g, x: g("LayerNormalization", x, g.weights(4, 4, 4), g.weights(4, 4, 4), axis=1))
    yield "instance-norm", image(lambda g, x: g("InstanceNormalization", x, g.weights(4), g.weights(4)))
    norm = lambda g, x: g("LayerNormalization", x, g.weights(6), g.weights(6))
    yield "softmax-and-norm", flat(lambda g, x: g("Softmax", g.dense(norm(g, x), 6, 6)))
    for operator in ["Exp", "Mish", "Selu", "Celu", "Elu", "Gelu", "HardSwish", "HardSigmoid", "LeakyRelu", "Sigmoid", "Softplus", "Softsign", "Tanh", "Abs", "Neg"]:
        yield f"function-{operator.lower()}", flat(lambda g, x: g(operator, x))
    positive = lambda g, x: g("Add", g("Softplus", x), g.constant(np.float32(0.5)))
    for operator in ["Log", "Sqrt", "Reciprocal"]:
        yield f"function-{operator.lower()}", flat(lambda g, x: g(operator, positive(g, x)))
    yield "function-relu6", flat(lambda g, x: g("Clip", x, g.constant(np.float32(0)), g.constant(np.float32(6))))
    yield "function-square", flat(lambda g, x: g("Add", g("Mul", x, x), g("Mul", x, g.constant(np.float32(3)))))
    yield "prelu", image(lambda g, x: g("PRelu", x, g.weights(4, 1, 1)))
    yield "quotient", flat(lambda g, x: g("Div", x, positive(g, g.dense("x", 16, 6))))
    yield "greater-and-less", flat(lambda g, x: g("Min", g("Max", x, g.dense("x", 16, 6)), g.dense("x", 16, 6)))
    yield "bounds", flat(lambda g, x: g("Min", g("Max", x, g.constant(np.float32(-0.5))), g.constant(np.float32(1))))
    yield "spread-product", image(lambda g, x: g("Mul", x, g("Sigmoid", g("ReduceMean", x, g.constant(np.array([1]))))))
    yield "greatest-channel", image(lambda g, x: g("ReduceMax", x, g.constant(np.array([1]))), made=16)
    yield "concat-height", image(joined(2), made=128)
    yield "concat-width", image(joined(3), made=128)
    yield "concat-channels", image(joined(1), made=128)
    yield "slice-pad", image(lambda g, x: g("Pad", g("Slice", x, g.constant(np.array([1, 0])), g.constant(np.array([4, 3])), g.constant(np.array([2, 3]))), g.constant(np.array([0, 0, 1, 0, 0, 0, 0, 1]))))
    yield "transpose", image(lambda g, x: g("Transpose", x, perm=[0, 2, 3, 1]))
    yield "up-sampling", image(lambda g, x: g("Resize", x, "", g.constant(np.array([1, 1, 2, 2], np.float32)), mode="nearest", nearest_mode="floor", coordinate_transformation_mode="asymmetric"), made=256)
    yield "sum-pooling", image(lambda g, x: g("Mul", g("AveragePool", x, kernel_shape=[2, 2], strides=[2, 2]), g.constant(np.float32(4))), made=16)
    yield "depthwise", image(lambda g, x: g("Conv", x, g.weights(4, 1, 3, 3), g.weights(4), pads=[1] * 4, group=4))
    words = Graph([6], TensorProto.INT64)
    y = words("Flatten", words("Relu", words("Gather", words.weights(10, 4), "x")))
    yield "words-embedding", words.file(words.dense(y, 24, 3))
    words = Graph([6])
    y = words("Gather", words.weights(10, 4), words("Cast", "x", to=TensorProto.INT64))
    y = words("ReduceMean", y, words.constant(np.array([1])), keepdims=0)
    yield "words-cast", words.file(words.dense(y, 4, 3))
    top = Graph([16])
    y = top.dense(top("Relu", top.dense("x", 16, 6)), 6, 3)
    values, _ = top("TopK", y, top.constant(np.array([3])), outputs=2)
    yield "top", (top.file(y), top.file(values))


def keras_cases():
    keras.utils.set_random_seed(2)
    x = keras.Input((16,))
    image = lambda: L.Conv2D(4, 3, padding="same")(L.Reshape((4, 4, 1))(x))
    head = lambda y: keras.Model(x, L.Dense(3)(y))
    yield "keras-softmax", head(L.Dense(6, activation="softmax")(x))
    yield "keras-layer-norm", head(L.LayerNormalization(beta_initializer="ones")(L.Dense(6)(x)))
    yield "keras-layer-norm-channels", head(L.Flatten()(L.LayerNormalization()(image())))
    yield "keras-softmax-channels", head(L.Flatten()(L.Softmax()(image())))
    yield "keras-prelu", head(L.PReLU(alpha_initializer="random_normal")(L.Dense(6)(x)))
    yield "keras-maximum", head(L.Minimum()([L.Maximum()([L.Dense(6)(x), L.Dense(6)(x)]), L.Dense(6)(x)]))
    y = image()
    yield "keras-gate", head(L.Flatten()(L.Multiply()([y, L.Conv2D(1, 1, activation="sigmoid")(y)])))
    yield "keras-concat-height", head(L.Flatten()(L.Concatenate(axis=1)([y, L.ReLU()(y)])))
    for name in ["exponential", "selu", "celu", "mish", "gelu", "silu", "relu6", "hard_sigmoid", "leaky_relu"]:
        yield f"keras-{name.replace('_', '-')}", head(L.Dense(6, activation=name)(x))
    words = keras.Input((6,))
    y = L.Conv1D(6, 3, padding="same", activation="relu")(L.Embedding(10, 4)(words))
    yield "words-keras", keras.Model(words, L.Dense(3)(L.GlobalMaxPooling1D()(y)))


def table(name, rows):
    with open(OUT / name, "w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([[repr(float(v)) for v in row] for row in rows])


def main():
    OUT.mkdir(exist_ok=True)
    table("rows.csv", X)
    table("words.csv", WORDS)
    for case, made in onnx_cases():
        scored, written = made if isinstance(made, tuple) else (made, made)
        session = onnxruntime.InferenceSession(scored, providers=["CPUExecutionProvider"])
        shape, kind = session.get_inputs()[0].shape[1:], session.get_inputs()[0].type
        rows = (WORDS if case.startswith("words") else X).reshape([ROWS, *shape])
        table(f"{case}.scores.csv", session.run(None, {"x": rows.astype(np.int64 if "int64" in kind else np.float32)})[0])
        (OUT / f"{case}.onnx").write_bytes(written)
    for case, model in keras_cases():
        table(f"{case}.scores.csv", model.predict(WORDS if case.startswith("words") else X, verbose=0))
        model.save(OUT / f"{case}.keras")


if __name__ == "__main__":
    main()
