"""Writes files that must not be imported: fixtures/hostile/<name>.skops and .onnx.

Each one is a small tree of scikit-learn with one thing wrong. What the importer says of it stands in
fixtures/hostile/expected.txt, which a test of `assay-import` compares (and writes with ASSAY_BLESS).
"""

import copy
import io
import json
import pathlib
import pickle
import struct
import warnings
import zipfile

import numpy as np
import onnx
import skops.io
from onnx import helper
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.decomposition import PCA
from sklearn.ensemble import BaggingClassifier, GradientBoostingClassifier, GradientBoostingRegressor, HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

OUT = pathlib.Path(__file__).resolve().parent / "fixtures" / "hostile"

X = np.array([[0, 1], [1, 0], [2, 2], [3, 1], [4, 0], [5, 2]], dtype=np.float32)
Y = np.array([0, 0, 1, 1, 2, 2])
TREE = DecisionTreeClassifier(random_state=0).fit(X, Y)
BINARY = DecisionTreeClassifier(random_state=0).fit(X, Y > 0)


def parts(model=TREE):
    """The schema and the arrays by the path of what they are."""
    with zipfile.ZipFile(io.BytesIO(skops.io.dumps(model))) as file:
        schema = json.loads(file.read("schema.json"))
        arrays = {name: file.read(name) for name in file.namelist() if name != "schema.json"}
    return schema, arrays


def renamed(schema, arrays):
    """Files under stable names: skops names them by addresses."""
    names = {}

    def walk(node):
        if isinstance(node, dict):
            node.pop("__id__", None)
            if "file" in node:
                node["file"] = names.setdefault(node["file"], f"{len(names)}.npy")
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(schema)
    return schema, {names[name]: content for name, content in arrays.items()}


def pack(schema, arrays, method=zipfile.ZIP_DEFLATED, extra=()):
    out = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(out, "w", method) as file:
            text = schema if isinstance(schema, (str, bytes)) else json.dumps(schema)
            for name, content in [*arrays.items(), ("schema.json", text), *extra]:
                info = zipfile.ZipInfo(name)
                info.compress_type = method
                file.writestr(info, content)
    return out.getvalue()


def npy(array, **arguments):
    out = io.BytesIO()
    np.save(out, array, **arguments)
    return out.getvalue()


def field(schema, *path):
    node = schema["content"]["content"]
    for name in path:
        node = node["content"]["content"][name] if "content" in node else node[name]
    return node


def content(schema):
    return schema["content"]["content"]


def tree_arrays(schema):
    held = content(schema)["tree_"]["content"]["content"]
    return held["nodes"]["file"], held["values"]["file"]


def load(data):
    return np.load(io.BytesIO(data))


def with_nodes(change):
    schema, arrays = renamed(*parts())
    file, _ = tree_arrays(schema)
    nodes = load(arrays[file]).copy()
    change(nodes)
    arrays[file] = npy(nodes)
    return pack(schema, arrays)


def put(name, index, value):
    def change(nodes):
        nodes[name][index] = value

    return change


def with_values(change):
    schema, arrays = renamed(*parts())
    _, file = tree_arrays(schema)
    values = load(arrays[file]).copy()
    change(values)
    arrays[file] = npy(values)
    return pack(schema, arrays)


def with_array(path, content_):
    schema, arrays = renamed(*parts())
    arrays[content(schema)[path]["file"]] = content_
    return pack(schema, arrays)


def with_schema(change, model=TREE):
    schema, arrays = renamed(*parts(model))
    change(schema)
    return pack(schema, arrays)


def header(text):
    text = text.encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text


def patched(data, signature, offset, form, value):
    """Overwrites a field of the last header with this signature."""
    at = data.rindex(signature) + offset
    return data[:at] + struct.pack(form, value) + data[at + struct.calcsize(form) :]


def json_value(value):
    return {"__class__": "str", "__module__": "builtins", "__loader__": "JsonNode", "content": json.dumps(value), "is_json": True}


def set_key(name, value):
    def change(schema):
        content(schema)[name] = value

    return change


def skops_files():
    good = pack(*renamed(*parts()), method=zipfile.ZIP_STORED)
    deflated = pack(*renamed(*parts()), method=zipfile.ZIP_DEFLATED)
    central, end = b"PK\x01\x02", b"PK\x05\x06"
    yield "cut", good[: len(good) // 2]
    yield "empty-archive", end + bytes(18)
    yield "bytes-before", b"MZ hidden program" + good
    yield "bytes-behind", good + b"behind"
    yield "zip-bomb", patched(deflated, central, 24, "<I", 2**31)
    big = pack("{}", {}, zipfile.ZIP_DEFLATED, [("zeros.npy", bytes(3 << 20))])
    yield "zip-bomb-real", big
    yield "zip64", patched(good, end, 10, "<H", 0xFFFF)
    yield "encrypted", patched(good, central, 8, "<H", 1)
    yield "bzip2", pack(*renamed(*parts()), method=zipfile.ZIP_BZIP2)
    yield "wrong-checksum", patched(good, central, 16, "<I", 0)
    yield "size-lies", patched(deflated, central, 24, "<I", 40)
    yield "overlapping", patched(good, central, 42, "<I", 0)
    yield "many-entries", pack("{}", {f"{i}.npy": b"" for i in range(65)})
    yield "path-traversal", pack(*renamed(*parts()), extra=[("../../evil.npy", b"x")])
    yield "absolute-path", pack(*renamed(*parts()), extra=[("/etc/evil.npy", b"x")])
    yield "hidden-name", pack(*renamed(*parts()), extra=[(".npy", b"x")])
    yield "pickle-inside", pack(*renamed(*parts()), extra=[("model.pkl", pickle.dumps([1]))])
    yield "duplicate-entry", pack(*renamed(*parts()), extra=[("0.npy", b"x")])
    yield "no-schema", pack("{}", {}).replace(b"schema.json", b"schemo.json")

    schema, arrays = renamed(*parts())
    text = json.dumps(schema)
    yield "not-json", pack(text[:-2], arrays)
    twice = text.replace('"n_outputs_":', '"tree_": null, "n_outputs_":', 1)
    yield "duplicate-key", pack(twice, arrays)
    yield "deep-json", pack("[" * 5000, arrays)
    yield "long-schema", pack(text + " " * (2 << 20), arrays, zipfile.ZIP_DEFLATED)
    yield "protocol", with_schema(lambda schema: schema.update(protocol=3))
    yield "loader", with_schema(lambda s: content(s)["tree_"].update(__loader__="OperatorFuncNode"))
    yield "unknown-part", with_schema(set_key("_calibration", json_value(2)))
    yield "missing-part", with_schema(lambda schema: content(schema).pop("classes_"))
    yield "outputs", with_schema(set_key("n_outputs_", json_value(2)))
    yield "features-disagree", with_schema(set_key("n_features_in_", json_value(3)))
    yield "file-elsewhere", with_schema(lambda s: content(s)["classes_"].update(file="/etc/passwd"))
    names = {"__class__": "ndarray", "__module__": "numpy", "__loader__": "NdArrayNode", "type": "json", "content": [json_value("a"), json_value("a")]}
    yield "duplicate-names", with_schema(set_key("feature_names_in_", names))
    yield "many-names", with_schema(set_key("feature_names_in_", {**names, "content": [json_value("a")] * 1025}))
    yield "bagging", pack(*renamed(*parts(BaggingClassifier(TREE, n_estimators=1, random_state=0).fit(X, Y))))
    small = {"n_estimators": 1, "max_depth": 1, "random_state": 0}
    two = Y == Y[0]
    yield "exponential-loss", pack(*renamed(*parts(GradientBoostingClassifier(loss="exponential", **small).fit(X, two))))
    begun = GradientBoostingClassifier(init=DecisionTreeClassifier(max_depth=1, random_state=0), **small)
    yield "begun-by-a-tree", pack(*renamed(*parts(begun.fit(X, two))))
    targets = np.column_stack([Y, Y])
    yield "regressor-of-two", pack(*renamed(*parts(DecisionTreeRegressor(max_depth=1).fit(X, targets))))
    huber = GradientBoostingRegressor(loss="huber", **small)
    yield "huber-loss", pack(*renamed(*parts(huber.fit(X, Y))))
    yield "pipeline", pack(*renamed(*parts(make_pipeline(PCA(2), TREE).fit(X, Y))))
    yield from scalers_and_histograms()

    yield "petabytes", with_array("classes_", header("{'descr': '<i8', 'fortran_order': False, 'shape': (10500000000000000,), }"))
    yield "overflow", with_array("classes_", header("{'descr': '<i8', 'fortran_order': False, 'shape': (4611686018427387904, 8), }"))
    yield "no-elements", with_array("classes_", header("{'descr': '<i8', 'fortran_order': False, 'shape': (0, 10500000000000000), }"))
    yield "empty-elements", with_array("classes_", header("{'descr': '|V0', 'fortran_order': False, 'shape': (10500000000000000,), }"))
    yield "no-header", with_array("classes_", b"\x93NUMPY\x01\x00\xff\xff{}")
    yield "code-in-header", with_array("classes_", header("__import__('os')"))
    yield "object-array", with_array("classes_", npy(np.array([0, 1, 2], dtype=object), allow_pickle=True))
    yield "big-endian", with_array("classes_", npy(np.array([0, 1, 2], dtype=">i8")))
    yield "float-classes", with_array("classes_", npy(np.array([0.0, 1.0, 2.0])))
    yield "duplicate-classes", with_array("classes_", npy(np.array([0, 1, 1])))
    yield "surrogates", with_array("classes_", header("{'descr': '<U1', 'fortran_order': False, 'shape': (3,), }") + struct.pack("<3I", 0xD800, 1, 2))
    yield "fortran", with_values_file(np.asfortranarray)

    yield "cycle", with_nodes(put("left_child", 0, 0))
    yield "shared-child", with_nodes(put("right_child", 0, 1))
    yield "child-out-of-range", with_nodes(put("right_child", 0, 99))
    yield "one-child", with_nodes(put("right_child", 0, -1))
    yield "negative-child", with_nodes(put("left_child", 0, -7))
    yield "stray-node", with_nodes(cut_off)
    yield "feature-out-of-range", with_nodes(put("feature", 0, 2))
    yield "negative-feature", with_nodes(put("feature", 0, -2))
    yield "nan-threshold", with_nodes(put("threshold", 0, np.nan))
    yield "infinite-threshold", with_nodes(put("threshold", 0, np.inf))
    yield "low-threshold", with_nodes(put("threshold", 0, -1e300))
    yield "nan-value", with_values(lambda values: values.__setitem__((1, 0, 0), np.nan))
    yield "negative-value", with_values(lambda values: values.__setitem__((1, 0, 0), -1.0))
    yield "no-value", with_values(lambda values: values.__setitem__((1, 0), 0.0))
    hole = X.copy()
    hole[:2, 0] = np.nan
    yield "missing-values", pack(*renamed(*parts(DecisionTreeClassifier(random_state=0).fit(hole[:, :1].repeat(2, axis=1), (Y > 0).astype(int)))))


def scalers_and_histograms():
    scaled = make_pipeline(StandardScaler(), DecisionTreeClassifier(random_state=0)).fit(X, Y)

    def with_scaler(name, value):
        schema, arrays = renamed(*parts(scaled))
        held = content(schema)["steps"]["content"][0]["content"][1]["content"]["content"][name]
        if isinstance(value, np.ndarray):
            arrays[held["file"]] = npy(value)
        else:
            held["content"] = value
        return pack(schema, arrays)

    yield "scaler-by-zero", with_scaler("scale_", np.array([0.0, 1.0]))
    yield "scaler-by-a-negative", with_scaler("scale_", np.array([-1.0, 1.0]))
    yield "scaler-of-infinities", with_scaler("mean_", np.array([np.inf, 1.0]))
    yield "scaler-of-another-width", with_scaler("mean_", np.array([0.0, 1.0, 2.0]))
    yield "scaler-of-other-features", with_scaler("n_features_in_", "3")
    yield "scaler-neither-centred-nor-not", with_scaler("with_mean", '"perhaps"')
    small = {"max_iter": 1, "min_samples_leaf": 1, "random_state": 0}
    hole = X.copy()
    hole[:3, 0] = np.nan
    yield "histogram-of-missing-values", pack(*renamed(*parts(HistGradientBoostingClassifier(**small).fit(hole[:, :1], [0, 0, 0, 1, 1, 1]))))
    categories = HistGradientBoostingClassifier(categorical_features=[0], **small).fit(X, Y == 1)
    yield "histogram-of-categories", pack(*renamed(*parts(categories)))
    schema, arrays = renamed(*parts(HistGradientBoostingClassifier(**small).fit(X, Y == 1)))
    tree = content(schema)["_predictors"]["content"][0]["content"][0]["content"]["content"]["nodes"]["file"]
    for name, key, value in [
        ("histogram-cycle", "left", 0),
        ("histogram-child", "right", 77),
        ("histogram-feature", "feature_idx", 2),
        ("histogram-threshold", "num_threshold", np.nan),
        ("histogram-leaf", "is_leaf", 2),
        ("histogram-category", "is_categorical", 1),
    ]:
        nodes = load(arrays[tree]).copy()
        nodes[key][0] = value
        yield name, pack(schema, {**arrays, tree: npy(nodes)})


def cut_off(nodes):
    # The root's left child becomes the leaf that it is, twice; one subtree hangs nowhere.
    inner = [i for i in range(1, len(nodes)) if nodes["left_child"][i] >= 0][0]
    nodes["left_child"][inner] = nodes["right_child"][inner] = -1


def with_values_file(change):
    schema, arrays = renamed(*parts())
    _, file = tree_arrays(schema)
    values = load(arrays[file])
    arrays[file] = npy(change(np.repeat(values, 2, axis=1)))
    return pack(schema, arrays)


def graph(model=TREE, **options):
    return to_onnx(model, initial_types=[("x", FloatTensorType([None, 2]))], options={"zipmap": False, **options})


def ensemble(model):
    return next(node for node in model.graph.node if node.op_type == "TreeEnsembleClassifier")


def attribute(model, name):
    return next(a for a in ensemble(model).attribute if a.name == name)


def changed(change, base=TREE, **options):
    model = copy.deepcopy(graph(base, **options))
    change(model)
    return model.SerializeToString()


def entry(name, index, value):
    def change(model):
        held = attribute(model, name)
        (held.ints or held.floats or held.strings)[index] = value

    return change


def extra(name, value):
    return lambda model: ensemble(model).attribute.append(helper.make_attribute(name, value))


def without(name):
    def change(model):
        held = [a for a in ensemble(model).attribute if a.name != name]
        del ensemble(model).attribute[:]
        ensemble(model).attribute.extend(held)

    return change


def both(*changes):
    def change(model):
        for one in changes:
            one(model)

    return change


def transform(name):
    return lambda model: setattr(attribute(model, "post_transform"), "s", name)


def scaled(model):
    # A scaler between the rows and the tree.
    ensemble(model).input[0] = "scaled"
    model.graph.node.insert(0, helper.make_node("Scaler", ["x"], ["scaled"], domain="ai.onnx.ml", offset=[1.0], scale=[2.0]))


def truncated(model):
    # A cast, which is known, but to integers.
    ensemble(model).input[0] = "cast"
    model.graph.node.insert(0, helper.make_node("Cast", ["x"], ["cast"], to=7))


def external(model):
    tensor = onnx.TensorProto(name="weights", data_type=1, dims=[1], data_location=1)
    tensor.external_data.append(onnx.StringStringEntryProto(key="location", value="../../etc/passwd"))
    model.graph.initializer.append(tensor)


def casts(model):
    # Two casts that feed each other, and claim to be the label.
    model.graph.output[0].name = "a"
    model.graph.node.append(helper.make_node("Identity", ["b"], ["a"]))
    model.graph.node.append(helper.make_node("Identity", ["a"], ["b"]))


def onnx_files():
    good = graph().SerializeToString()
    yield "cut", good[: len(good) // 2]
    yield "empty", b""
    yield "long-varint", b"\x08" + b"\xff" * 11
    yield "length-lies", b"\x08\x08\x3a\xff\xff\xff\xff\x0f"
    yield "group", b"\x08\x08\x0b\x0c"
    yield "no-graph", b"\x08\x08\x12\x05assay"
    yield "two-graphs", good + good
    yield "functions", changed(lambda m: m.functions.append(onnx.FunctionProto(name="f")))
    yield "sparse", changed(lambda m: m.graph.sparse_initializer.append(onnx.SparseTensorProto()))
    yield "external-data", changed(external)
    yield "foreign-domain", changed(lambda m: m.opset_import.append(helper.make_opsetid("com.example", 1)))
    yield "future-version", changed(lambda m: [setattr(o, "version", 9) for o in m.opset_import if o.domain])
    yield "two-versions", changed(lambda m: m.opset_import.append(helper.make_opsetid("ai.onnx.ml", 3)))
    yield "foreign-operator", changed(lambda m: m.graph.node.append(helper.make_node("Evil", ["x"], ["y"])))
    yield "tree-of-another-domain", changed(lambda m: setattr(ensemble(m), "domain", "com.example"))
    yield "scaler", changed(scaled)
    yield "cast-to-integers", changed(truncated)
    yield "two-inputs", changed(lambda m: m.graph.input.append(helper.make_tensor_value_info("z", 1, [None, 2])))
    yield "text-input", changed(lambda m: setattr(m.graph.input[0].type.tensor_type, "elem_type", 8))
    yield "no-width", changed(lambda m: m.graph.input[0].type.tensor_type.shape.dim[1].ClearField("dim_value"))
    yield "wide", changed(lambda m: setattr(m.graph.input[0].type.tensor_type.shape.dim[1], "dim_value", 1 << 40))
    yield "no-label", changed(lambda m: setattr(m.graph.output[0], "name", "elsewhere"))
    yield "circle", changed(casts)
    yield "duplicate-value", changed(lambda m: m.graph.node.append(helper.make_node("Identity", ["x"], ["label"])))
    yield "no-tree", changed(lambda m: m.graph.node.pop())
    yield "two-ensembles", changed(lambda m: (m.graph.node.append(m.graph.node[0]), m.graph.node[-1].output.__setitem__(slice(None), ["l", "p"])))
    lone = to_onnx(DecisionTreeClassifier().fit(X, Y * 0), initial_types=[("x", FloatTensorType([None, 2]))], options={"zipmap": False})
    lone.graph.node[2].attribute[0].t.dims[0] = 2
    yield "two-constants", lone.SerializeToString()
    lone.graph.node[2].attribute[0].t.dims[0] = 1
    lone.graph.output[0].name = lone.graph.output[1].name
    yield "probability-as-label", lone.SerializeToString()
    yield "unknown-attribute", changed(extra("aggregate_function", "MIN"))
    yield "duplicate-attribute", changed(extra("class_ids", [0, 1]))
    yield "attribute-type", changed(both(without("nodes_treeids"), extra("nodes_treeids", [0.0])))
    yield "referenced-attribute", changed(lambda m: setattr(attribute(m, "post_transform"), "ref_attr_name", "p"))
    yield "missing-attribute", changed(without("nodes_modes"))
    yield "base-values", changed(extra("base_values", [0.1, 0.2]))
    yield "softmax-zero", changed(transform(b"SOFTMAX_ZERO"))
    yield "logistic-of-three", changed(transform(b"LOGISTIC"))
    yield "logistic-probabilities", changed(both(transform(b"LOGISTIC"), entry("class_weights", 0, 0.25)), BINARY)
    yield "negative-probability", changed(entry("class_weights", 0, -0.25), BINARY)
    yield "nan-score", changed(entry("class_weights", 0, np.nan), BINARY)
    yield "no-score", changed(lambda m: [attribute(m, n).ints.pop() for n in ("class_ids", "class_nodeids", "class_treeids")] and attribute(m, "class_weights").floats.pop(), BINARY)
    yield "one-label", changed(lambda m: attribute(m, "classlabels_int64s").ints.__setitem__(slice(None), [1]))
    yield "both-labels", changed(extra("classlabels_strings", ["a", "b", "c"]))
    yield "duplicate-labels", changed(entry("classlabels_int64s", 1, 0))
    yield "other-mode", changed(entry("nodes_modes", 0, b"BRANCH_EQ"))
    yield "missing-flag", changed(entry("nodes_missing_value_tracks_true", 0, 2))
    yield "short-list", changed(lambda m: attribute(m, "nodes_values").floats.pop())
    yield "two-trees", changed(entry("nodes_treeids", -1, 1))
    yield "weights-of-another-tree", changed(entry("class_treeids", 0, 1))
    yield "root-not-first", changed(both(entry("nodes_nodeids", 0, 1), entry("nodes_nodeids", 1, 0)))
    yield "duplicate-node", changed(entry("nodes_nodeids", 1, 0))
    yield "cycle", changed(entry("nodes_truenodeids", 0, 0))
    yield "shared-child", changed(entry("nodes_falsenodeids", 0, 1))
    yield "no-child", changed(entry("nodes_falsenodeids", 0, 77))
    yield "stray-node", changed(both(entry("nodes_modes", 0, b"LEAF"), *[entry("class_nodeids", i, 0) for i in range(3)]))
    yield "feature-out-of-range", changed(entry("nodes_featureids", 0, 2))
    yield "negative-feature", changed(entry("nodes_featureids", 0, -1))
    yield "nan-threshold", changed(entry("nodes_values", 0, np.nan))
    yield "infinite-threshold", changed(entry("nodes_values", 0, np.inf))
    yield "inner-weight", changed(entry("class_nodeids", 0, 0))
    yield "weight-of-no-node", changed(entry("class_nodeids", 0, 50))
    yield "unknown-class", changed(entry("class_ids", 0, 3))
    yield "duplicate-weight", changed(entry("class_ids", 1, 0))
    yield "names-of-other-features", changed(lambda m: m.metadata_props.append(onnx.StringStringEntryProto(key="features", value="a\nb\nc")))
    yield from onnx_forests()


def onnx_forests():
    binary = RandomForestClassifier(3, max_depth=2, random_state=0).fit(X, Y == 1)
    boosted = GradientBoostingClassifier(n_estimators=2, max_depth=1, random_state=0).fit(X, Y)
    last = ("class_ids", "class_nodeids", "class_treeids")
    yield "scattered-tree", changed(both(entry("nodes_treeids", -1, 0), entry("nodes_nodeids", -1, 99)), binary)
    yield "two-scores", changed(entry("class_ids", -1, 1), binary)
    yield "logistic-forest", changed(transform(b"LOGISTIC"), binary)
    yield "negative-vote", changed(entry("class_weights", 0, -0.25), binary)
    yield "two-base-values", changed(extra("base_values", [0.1, 0.2]), binary)
    yield "vote-of-nothing", changed(lambda m: [attribute(m, n).ints.pop() for n in last] and attribute(m, "class_weights").floats.pop(), binary)
    yield "infinite-vote", changed(entry("class_weights", 0, np.inf), boosted)
    yield "infinite-base", changed(entry("base_values", 0, np.inf), boosted)
    yield "logistic-forest-of-three", changed(transform(b"LOGISTIC"), boosted)
    yield "unscored-class", changed(both(without("base_values"), *[entry("class_ids", i, 1) for i in range(-2, 0)], *[entry("class_ids", i, 1) for i in range(4, 6)]), boosted)


def main():
    OUT.mkdir(exist_ok=True)
    for old in [*OUT.glob("*.skops"), *OUT.glob("*.onnx")]:
        old.unlink()
    for kind, files in (("skops", skops_files()), ("onnx", onnx_files())):
        for name, data in files:
            (OUT / f"{name}.{kind}").write_bytes(data)
    (OUT / "pickle.skops").write_bytes(pickle.dumps(TREE, protocol=4)[:64])
    (OUT / "unknown.onnx").write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(32))


if __name__ == "__main__":
    main()
