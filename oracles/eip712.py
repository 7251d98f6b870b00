#!/usr/bin/env python3
"""Signing hashes and signatures of our transactions, made by eth-account.

Reads fixtures/eip712.json (transactions in our wire format) and writes
../vectors/eip712-eth-account-1.json. Nothing of the project is used: the wire format is decoded here, the
sentences for wallets are formed here, types and hashes are eth-account's.

    python3 oracles/eip712.py            rewrites the vectors
    python3 oracles/eip712.py --check    fails if they differ
"""

import json
import pathlib
import sys

from blake3 import blake3
from eth_account import Account
from eth_account.messages import encode_typed_data

HERE = pathlib.Path(__file__).parent
VECTORS = HERE.parent / "vectors" / "eip712-eth-account-1.json"
# The first account of the mnemonic "test test … junk".
KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"

DOMAIN = [("name", "string"), ("version", "string"), ("chainId", "uint256"), ("salt", "bytes32")]
HEAD = [("from", "address"), ("nonce", "uint64"), ("validUntil", "uint64"), ("maxFee", "uint256")]
LISTING = [
    ("name", "string"), ("licence", "string"), ("target", "string"), ("rows", "uint32"),
    ("price", "string"), ("evaluationFee", "uint256"),
]
CONTENTS = [("contents", "bytes32")]


def words(*names):
    return [(name, "bytes32") for name in names]


FIELDS = {
    "Transfer": [("to", "address"), ("amount", "uint256")],
    "PublishDataset": LISTING + CONTENTS,
    "UpdateListing": words("dataset") + LISTING + CONTENTS,
    "Delist": words("dataset"),
    "OpenJob": words("dataset") + [
        ("version", "uint32"), ("algorithm", "string"), ("test", "bytes32"), ("rows", "uint32"),
        ("threshold", "string"), ("maxPrice", "uint256"), ("commitWindow", "uint64"),
        ("secretHash", "bytes32"),
    ] + CONTENTS,
    "Decline": words("job"),
    "CommitModel": words("job", "model") + [("architecture", "string")] + CONTENTS,
    "OpenTest": words("job", "table", "salt"),
    "Concede": words("job"),
    "ProveMiss": words("job", "accuracy", "proof") + CONTENTS,
    "SubmitPass": words(
        "job", "accuracy", "accuracyProof", "delivery", "deliveryProof", "ciphertext", "contents"
    ),
    "RevealKey": words("job", "key"),
}
KINDS = list(FIELDS)  # in the order of their tags


class Reader:
    """Integers are little-endian and of fixed width, lengths are 32 bits, options and enums have a tag."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, size):
        assert self.at + size <= len(self.data), "truncated"
        self.at += size
        return self.data[self.at - size:self.at]

    def uint(self, bits):
        return int.from_bytes(self.take(bits // 8), "little")

    def word(self):
        return self.take(32)

    def bytes(self):
        return self.take(self.uint(32))

    def text(self):
        return self.bytes().decode()

    def option(self, read):
        tag = self.uint(8)
        assert tag in (0, 1)
        return read() if tag else None

    def list(self, read):
        return [read() for _ in range(self.uint(32))]

    def rest(self):
        return self.data[self.at:]


def digest(label, data):
    return blake3(data, derive_key_context=label).digest()


def schema(r):
    r.list(r.text)
    target = r.text()
    r.list(r.text)
    return target


def curve(r):
    kind = r.uint(8)
    if kind == 0:
        text = f"constant {r.uint(128)}"
    elif kind == 1:
        base, slope = r.uint(128), r.uint(128)
        text = f"{base} + {slope} per sale"
    elif kind == 2:
        base, growth = r.uint(128), r.uint(32)
        text = f"{base}, growing by {growth} millionths per sale"
    else:
        assert kind == 3
        steps = r.list(lambda: (r.uint(64), r.uint(128)))
        text = f"table of {len(steps)} steps"
    text += f", at least {r.uint(128)}, at most {r.uint(128)}"
    half_life = r.option(lambda: r.uint(64))
    if half_life is not None:
        text += f", count halved after {half_life} blocks without a sale"
    return text


def listing(r):
    shown = {"name": r.text()}
    r.text()  # description
    r.list(r.text)  # tags
    r.list(r.text)  # task categories
    r.text()  # source
    assert r.uint(8) in (0, 1)  # kind of commitment
    r.word()
    shown["target"] = schema(r)
    shown["rows"] = r.uint(32)
    shown["price"] = curve(r)
    shown["evaluationFee"] = r.uint(128)
    r.word()  # encryption key
    r.take(3 * 8)  # windows
    r.list(lambda: r.uint(8))  # algorithms
    r.take(1 + 4 + 4 + 4 + 1)  # the other limits
    shown["licence"] = r.text()
    r.option(r.word)  # sample
    return shown


def algorithm(r):
    assert r.uint(8) == 0  # decision tree
    none = lambda value: "none" if value is None else value
    criterion = ["gini", "entropy"][r.uint(8)]
    depth = none(r.option(lambda: r.uint(8)))
    split, leaf = r.uint(32), r.uint(32)
    features = r.uint(8)
    features = ["all", "sqrt", "log2"][features] if features < 3 else r.uint(16)
    leaves = none(r.option(lambda: r.uint(32)))
    ratio = lambda: f"{r.uint(32)}/{r.uint(32)}"
    decrease, alpha = ratio(), ratio()
    weights = r.uint(8)
    if weights < 2:
        weights = ["none", "balanced"][weights]
    else:
        weights = ":".join(str(weight) for weight in r.list(lambda: r.uint(32)))
    return (
        f"decision tree, criterion {criterion}, max_depth {depth}, min_samples_split {split}, "
        f"min_samples_leaf {leaf}, max_features {features}, max_leaf_nodes {leaves}, "
        f"min_impurity_decrease {decrease}, ccp_alpha {alpha}, class_weight {weights}, seed {r.uint(64)}"
    )


def architecture(r):
    assert r.uint(8) == 0  # decision tree
    features, classes, depth, slots_log = r.uint(16), r.uint(16), r.uint(8), r.uint(8)
    return (
        f"decision tree, {features} features, {classes} classes, depth {depth}, "
        f"{1 << slots_log} slots"
    )


def context(r):
    r.take(8 + 32 + 32 + 20 + 20 + 8)


def accuracy(r):
    start = r.at
    context(r)
    r.take(3)  # modes
    architecture(r)
    schema(r)
    r.take(32 + 32 + 4 + 5)  # model, data, rows, score
    return digest("assay/statement/accuracy/1", r.data[start:r.at])


def delivery(r):
    start = r.at
    context(r)
    architecture(r)
    r.take(4 * 32)  # model, hash of the key, of the secret, ciphertext
    return digest("assay/statement/delivery/1", r.data[start:r.at])


def open_job(r):
    shown = {"dataset": r.word(), "version": r.uint(32), "algorithm": algorithm(r)}
    shown |= {"test": r.word(), "rows": r.uint(32)}
    r.take(1)  # metric
    shown["threshold"] = f"{r.uint(32)}/{r.uint(32)}"
    r.take(2)  # privacy, disclosure
    shown["secretHash"] = r.word()
    r.bytes()  # sealed secret
    return shown | {"maxPrice": r.uint(128), "commitWindow": r.uint(64)}


def action(kind, r):
    """What a wallet shows of an action. Evaluation order is the order on the wire."""
    if kind == "Transfer":
        return {"to": r.take(20), "amount": r.uint(128)}
    if kind == "PublishDataset":
        return listing(r)
    if kind == "UpdateListing":
        return {"dataset": r.word()} | listing(r)
    if kind == "OpenJob":
        return open_job(r)
    if kind == "CommitModel":
        return {"job": r.word(), "model": r.word(), "architecture": architecture(r)}
    if kind == "ProveMiss":
        return {"job": r.word(), "accuracy": accuracy(r), "proof": r.word()}
    if kind == "SubmitPass":
        shown = {"job": r.word(), "accuracy": accuracy(r), "accuracyProof": r.word()}
        return shown | {
            "delivery": delivery(r), "deliveryProof": r.word(), "ciphertext": r.word(),
        }
    return {name: r.word() for name, _ in FIELDS[kind]}


def typed_data(tx, genesis):
    """Decodes a transaction into what a wallet is given."""
    r = Reader(tx)
    chain = r.uint(64)
    message = {"from": r.take(20), "nonce": r.uint(64), "validUntil": r.uint(64)}
    message["maxFee"] = r.uint(128)
    kind = KINDS[r.uint(8)]
    contents = digest("assay/action/1", r.rest())
    message |= action(kind, r)
    assert not r.rest(), "trailing bytes"
    if ("contents", "bytes32") in FIELDS[kind]:
        message["contents"] = contents
    fields = HEAD + FIELDS[kind]
    assert set(message) == {name for name, _ in fields}
    types = {"EIP712Domain": DOMAIN, kind: fields}
    return {
        "types": {
            name: [{"name": field, "type": of} for field, of in fields]
            for name, fields in types.items()
        },
        "primaryType": kind,
        "domain": {"name": "Assay", "version": "1", "chainId": chain, "salt": genesis},
        "message": {name: message[name] for name, _ in fields},
    }


def shown(value):
    """JSON has no bytes, and its numbers are not exact above 2^53."""
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, dict):
        return {name: shown(item) for name, item in value.items()}
    if isinstance(value, list):
        return [shown(item) for item in value]
    return str(value)


def vector(tx, genesis):
    data = typed_data(tx, genesis)
    signable = encode_typed_data(full_message=data)
    signed = Account.sign_message(signable, KEY)
    assert Account.recover_message(signable, signature=signed.signature) == Account.from_key(KEY).address
    return {
        "tx": "0x" + tx.hex(),
        **{name: shown(data[name]) for name in ("primaryType", "domain", "message")},
        "hash": "0x" + bytes(signed.message_hash).hex(),
        "signature": "0x" + bytes(signed.signature).hex(),
    }, data["types"]


def main():
    asked = json.loads((HERE / "fixtures" / "eip712.json").read_text())
    genesis = bytes.fromhex(asked["genesis"][2:])
    vectors, types = [], {}
    for kind in KINDS:
        for tx in asked["transactions"][kind]:
            made, used = vector(bytes.fromhex(tx[2:]), genesis)
            assert made["primaryType"] == kind
            vectors.append(made)
            types |= used
    signer = Account.from_key(KEY).address.lower()
    file = {"key": KEY, "signer": signer, "genesis": asked["genesis"], "types": types, "vectors": vectors}
    text = json.dumps(file, indent=1, ensure_ascii=False) + "\n"
    if "--check" in sys.argv[1:]:
        sys.exit(VECTORS.read_text() != text)
    VECTORS.write_text(text)


main()
