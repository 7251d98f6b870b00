"""Trains networks as docs/design/0014-training.md says, from the note alone, and writes down every integer.

fixtures/training/networks.txt   per case its input scales, and for each layer its shift, weights and biases
"""

import csv
import pathlib
import struct
from fractions import Fraction
from math import floor, isqrt

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parent.parent
OUT = pathlib.Path(__file__).resolve().parent / "fixtures" / "training"
ACTIVATION_MAX = SLOPE_MAX = 2**20 - 1
HALF_FIELD = (2**31 - 2**24) // 2

# name, data set, image, layers, loss, epochs, batch, rate, falling, momentum, decay, seed
CASES = [
    ("wine-logistic", "wine", None, [], "cross-entropy", 10, 16, (1, 20), True, (9, 10), (1, 1000), 1),
    ("cancer-svm", "breast-cancer", None, [], "hinge", 4, 7, (1, 300), False, (1, 3), (1, 7), 2),
    ("wine-mlp", "wine", None, [("dense", 8), ("dense", 5)], "cross-entropy", 6, 20, (1, 10), True, (0, 1), (0, 1), 3),
    (
        "digits-cnn",
        "digits",
        (8, 8, 1),
        [("conv", 4, 3, 1, 1), ("max", 3, 2), ("conv", 6, 2, 2, 1), ("avg", 2, 1), ("dense", 8)],
        "cross-entropy",
        2,
        32,
        (1, 25),
        True,
        (9, 10),
        (1, 1000),
        4,
    ),
]


class SplitMix:
    def __init__(self, seed):
        self.state = seed

    def next(self):
        mask = 2**64 - 1
        self.state = (self.state + 0x9E3779B97F4A7C15) & mask
        z = ((self.state ^ (self.state >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        return z ^ (z >> 31)

    def below(self, bound):
        return self.next() % bound

    def permutation(self, count):
        order = list(range(count))
        for place in range(count - 1, 0, -1):
            other = self.below(place + 1)
            order[place], order[other] = order[other], order[place]
        return order


def load(name):
    with open(ROOT / "data" / name / "train.csv") as file:
        _, *rows = csv.reader(file)
    classes = sorted({row[-1] for row in rows})
    values = [[np.float32(cell) for cell in row[:-1]] for row in rows]
    return values, np.array([classes.index(row[-1]) for row in rows]), len(classes)


def exponent(value):
    """e of m·2^e with |m| < 2^24, or None for 0."""
    bits = struct.unpack("<I", struct.pack("<f", value))[0]
    if bits & 0x7FFFFFFF == 0:
        return None
    return max(bits >> 23 & 255, 1) - 150


def scale(values):
    exponents = [e for e in map(exponent, values) if e is not None]
    if not exponents:
        return 0, 0, 0
    e = max(exponents)
    unit = Fraction(2) ** (e - 16)
    integers = [floor(Fraction(float(v)) / unit) for v in values]
    mean = sum(integers) // len(integers)
    deviation = isqrt(sum((x - mean) ** 2 for x in integers) // len(integers))
    if deviation == 0:
        return 0, 0, 0
    deviation = max(deviation, abs(mean) // 2**20)
    bits = deviation.bit_length()
    multiplier = 2 ** (29 + bits) // deviation
    shift = 23 + bits + e - 16
    if shift < -126:
        return 0, 0, 0
    return multiplier, shift, -rounded(Fraction(mean * multiplier, 2 ** (23 + bits)))


def rounded(x):
    return floor(Fraction(x) + Fraction(1, 2))


def shifted(x, bits):
    """⌊x / 2^bits + 1/2⌋ of an array."""
    return (x + (1 << (bits - 1))) >> bits


def apply(scale, value):
    multiplier, shift, offset = scale
    x = rounded(Fraction(float(value)) * multiplier / Fraction(2) ** shift) + offset
    return min(max(x, -511), 511)


def exp_tables():
    from decimal import ROUND_FLOOR, Decimal, getcontext

    getcontext().prec = 60

    def nearest(x):
        return int((x * 2**30 + Decimal("0.5")).to_integral_value(ROUND_FLOOR))

    coarse = [nearest((Decimal(-k) / 16).exp()) for k in range(24 * 16)]
    return coarse, [nearest((Decimal(-k) / 4096).exp()) for k in range(256)]


COARSE, FINE = exp_tables()


def power(x):
    if 24 * 4096 <= x:
        return 0
    return (COARSE[x >> 8] * FINE[x & 255] + 2**29) >> 30


class Linear:
    """Weights of the shape [tap, input, output]."""

    def __init__(self, image, side, stride, padding, outputs, last):
        self.image, self.stride, self.padding, self.last = image, stride, padding, last
        self.window = side
        rows, columns = [(size + 2 * padding - taps) // stride + 1 for size, taps in zip(image, side)]
        self.made = (rows, columns, outputs)
        # For each tap, the places that have it and what they read.
        self.taps = []
        for tap in range(side[0] * side[1]):
            pairs = []
            for place in range(rows * columns):
                down = place // columns * stride + tap // side[1] - padding
                right = place % columns * stride + tap % side[1] - padding
                if 0 <= down < image[0] and 0 <= right < image[1]:
                    pairs.append((place, down * image[1] + right))
            self.taps.append(np.array(pairs, dtype=int).reshape(-1, 2))
        self.shape = (len(self.taps), image[2], outputs)

    def start(self, random):
        count = int(np.prod(self.shape))
        bound = isqrt(6 * 2**40 // (self.shape[0] * self.shape[1]))
        draw = [0] * count if self.last else [random.below(2 * bound + 1) - bound for _ in range(count)]
        self.kept = np.array([d * 2**24 for d in draw], dtype=object)
        self.kept_bias = np.array([0] * self.shape[2], dtype=object)
        self.speed, self.speed_bias = self.kept * 0, self.kept_bias * 0
        self.use()

    def use(self):
        self.weights = shifted(self.kept, 24).astype(np.int64).reshape(self.shape)
        self.bias = shifted(self.kept_bias, 12).astype(np.int64)

    def forward(self, x):
        self.read = x
        sums = np.broadcast_to(self.bias, (len(x), self.made[0] * self.made[1], self.made[2])).copy()
        for tap, pairs in enumerate(self.taps):
            sums[:, pairs[:, 0]] += x[:, pairs[:, 1]] @ self.weights[tap]
        self.out = np.clip(shifted(sums, 20), -ACTIVATION_MAX if self.last else 0, ACTIVATION_MAX)
        return self.out

    def backward(self, slope):
        if not self.last:
            slope = np.where(self.out == 0, 0, slope)
        self.slope, self.slope_bias = np.zeros(self.shape, dtype=np.int64), slope.sum(axis=(0, 1))
        below = np.zeros_like(self.read)
        for tap, pairs in enumerate(self.taps):
            reads, above = self.read[:, pairs[:, 1]], slope[:, pairs[:, 0]]
            self.slope[tap] = np.einsum("npi,npo->io", reads, above)
            below[:, pairs[:, 1]] += above @ self.weights[tap].T
        return np.clip(shifted(below, 20), -SLOPE_MAX, SLOPE_MAX)

    def step(self, rows, rate, momentum, decay):
        def go(kept, speed, slope, bits, decay):
            most, share = 2**58 - 1, 2**32 // rows
            mean = np.array([min(max(int(s) * share >> bits, -most), most) for s in slope.reshape(-1)], dtype=object)
            new = (speed * momentum >> 32) + mean + (kept * decay >> 32)
            new = np.array([min(max(v, -most), most) for v in new], dtype=object)
            kept = kept - (new * rate >> 32)
            return np.array([min(max(w, 1 - 2**50), 2**50 - 1) for w in kept], dtype=object), new

        self.kept, self.speed = go(self.kept, self.speed, self.slope, 18, decay)
        self.kept_bias, self.speed_bias = go(self.kept_bias, self.speed_bias, self.slope_bias, 6, 0)
        self.use()


class Pool:
    def __init__(self, image, side, stride, is_max):
        self.is_max, self.cells = is_max, side * side
        rows, columns = [(size - side) // stride + 1 for size in image[:2]]
        self.made = (rows, columns, image[2])
        self.reads = np.array(
            [
                [
                    (place // columns * stride + cell // side) * image[1] + place % columns * stride + cell % side
                    for cell in range(side * side)
                ]
                for place in range(rows * columns)
            ]
        )

    def forward(self, x):
        self.read = x
        windows = x[:, self.reads]
        if self.is_max:
            self.best = windows.argmax(axis=2)
            return windows.max(axis=2)
        return (2 * windows.sum(axis=2) + self.cells) // (2 * self.cells)

    def backward(self, slope):
        below = np.zeros_like(self.read)
        rows, channels = below.shape[0], below.shape[2]
        for place, reads in enumerate(self.reads):
            for cell, source in enumerate(reads):
                if self.is_max:
                    below[:, source] += np.where(self.best[:, place] == cell, slope[:, place], 0)
                else:
                    below[:, source] += (2 * slope[:, place] + self.cells) // (2 * self.cells)
        return np.clip(below, -SLOPE_MAX, SLOPE_MAX)


def slope_of(loss, scores, label):
    scores = [int(s) for s in scores]
    if loss == "hinge":
        signs = [1 if c == label else -1 for c in range(len(scores))]
        return [-t * 2**18 if t * z < 2**12 else 0 for t, z in zip(signs, scores)]
    powers = [power(max(scores) - z) for z in scores]
    return [2**18 * p // sum(powers) - 2**18 * (c == label) for c, p in enumerate(powers)]


def build(image, layers, classes):
    stages = []
    for layer in layers:
        if layer[0] == "dense":
            stages.append(Linear(image, image[:2], 1, 0, layer[1], False))
        elif layer[0] == "conv":
            stages.append(Linear(image, (layer[2],) * 2, layer[3], layer[4], layer[1], False))
        else:
            stages.append(Pool(image, layer[1], layer[2], layer[0] == "max"))
        image = stages[-1].made
    return [*stages, Linear(image, image[:2], 1, 0, classes, True)]


def train(x, labels, stages, loss, epochs, batch, rate, falling, momentum, decay, seed):
    random = SplitMix(seed)
    linears = [stage for stage in stages if isinstance(stage, Linear)]
    for linear in linears:
        linear.start(random)
    rate, momentum, decay = [2**32 * num // den for num, den in (rate, momentum, decay)]
    for epoch in range(epochs):
        order = random.permutation(len(x))
        speed = rate * (epochs - epoch) // epochs if falling else rate
        for start in range(0, len(order), batch):
            rows = order[start : start + batch]
            made = x[rows]
            for stage in stages:
                made = stage.forward(made)
            slopes = [slope_of(loss, made[i].reshape(-1), labels[row]) for i, row in enumerate(rows)]
            slope = np.array(slopes, dtype=np.int64).reshape(made.shape)
            for stage in reversed(stages):
                slope = stage.backward(slope)
            for linear in linears:
                linear.step(len(rows), speed, momentum, decay)


def compile_(x, stages):
    """The shift, the integers of weights and those of biases, of each layer that has them; of means the shift."""
    greatest = []
    for stage in stages:
        x = stage.forward(x)
        greatest.append(max(1, int(np.abs(x).max())))
    read, (low, high) = Fraction(64), (-511, 511)
    planned = []
    for stage, most in zip(stages, greatest):
        if isinstance(stage, Pool):
            planned.append(None)
            continue
        weights = stage.weights.reshape(-1, stage.shape[2]).astype(object)
        ends = np.stack([weights * low, weights * high])
        lows, highs = [end.sum(axis=0) * read / 2**20 for end in (ends.min(axis=0), ends.max(axis=0))]
        biases = [Fraction(int(b), 2**20) for b in stage.bias]
        reach = max(max(abs(b + l), abs(b + h)) for b, l, h in zip(biases, lows, highs))
        step = Fraction(most, 4095 if stage.last else 255)
        if 31000 * step < reach:
            step = Fraction(floor(reach) + 1, 31000)
        steps = floor(reach / step) + 1
        limit = min((HALF_FIELD // 100 * 94 // (steps + 2)).bit_length() - 1, 14)
        factor = read / step / 2**20
        tops = [max(abs(int(w)) for w in column) for column in weights.T]
        alive = [top for top in tops if max(tops) < top * 1024]
        cells = len(weights) * max(high, -low)
        needed = limit
        for shift in range(limit):
            if cells <= 3400 * 2**shift and all(127 <= top * factor * 2**shift for top in alive):
                needed = shift
                break
        planned.append((limit, needed, factor, 1 / step / 2**20))
        read, (low, high) = step, (0, 255)
    common = max(plan[1] for plan in planned if plan)
    for stage, plan in zip(stages, planned):
        if plan is None:
            if not stage.is_max:
                exact = stage.cells & (stage.cells - 1) == 0 and stage.cells <= 2**common
                shift = common if exact else max(common, 14)
                yield shift, [rounded(Fraction(2**shift, stage.cells))], [2**shift // 2] * stage.made[2]
            continue
        limit, _, factor, bias = plan
        shift = min(common, limit)
        weights = [rounded(int(w) * factor * 2**shift) for w in stage.weights.reshape(-1)]
        yield shift, weights, [rounded(int(b) * bias * 2**shift) + 2**shift // 2 for b in stage.bias]


def main():
    with open(OUT / "networks.txt", "w") as out:
        for name, dataset, image, layers, *rest in CASES:
            values, labels, classes = load(dataset)
            image = image or (1, 1, len(values[0]))
            cells = np.array(values).reshape(len(values), -1, image[2])
            scales = [scale(cells[:, :, channel].reshape(-1)) for channel in range(image[2])]
            x = [[[apply(s, v) * 64 for s, v in zip(scales, place)] for place in row] for row in cells]
            x = np.array(x, dtype=np.int64)
            stages = build(image, layers, classes)
            train(x, labels, stages, *rest)
            print("case", name, file=out)
            print("input", *[number for s in scales for number in s], file=out)
            for shift, weights, biases in compile_(x, stages):
                print("shift", shift, file=out)
                print("weights", *weights, file=out)
                print("biases", *biases, file=out)


if __name__ == "__main__":
    main()
