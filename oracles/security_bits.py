#!/usr/bin/env python3
"""Soundness bits of every opening, from five parameters per size and plain formulas.

Writes fixtures/security_bits.csv, which a test of crates/engine compares with what the Rust code
computes from the configuration of the commitment library. Shares no code with either: the number of
queries, the shapes of the codes and the errors are derived here from the papers.

    python3 oracles/security_bits.py            rewrites the file
    python3 oracles/security_bits.py --check    fails if it differs
"""

import math
import pathlib
import sys

P = 2**31 - 2**24 + 1
FIELD = 5 * math.log2(P)  # bits of the quintic extension
FOLDING = 5  # variables per round
FIRST_FOLDING = {22: 6, 23: 7}  # where the first round folds more
DIRECT = 6  # this many variables or fewer are sent as they are
POW = 16
MASK_LEN, MASK_RATE = 3, 4
CLAIMS = 2

# variables: (log of the first inverse rate, level)
SCHEDULE = {
    8: (6, 104), 9: (5, 104), 10: (4, 104), 11: (4, 104), 12: (4, 108), 13: (3, 110),
    14: (3, 105), 15: (2, 107), 16: (2, 104), 17: (1, 108), 18: (1, 105),
} | {n: (1, 104) for n in range(19, 27)}


def miss(dimension, positions):
    """Bits of one query against a word outside the unique-decoding radius of the code."""
    return -math.log2((1 + dimension / positions) / 2)


def queries(bits, log_inv_rate):
    return math.ceil(bits / miss(1, 2**log_inv_rate))


def grinding(level, bits):
    return max(0, math.ceil(level - bits))


def power_of_two(n):
    return 1 << (n - 1).bit_length()


def field(numerator):
    return FIELD - math.log2(numerator)


def terms(variables, log_inv_rate, level):
    folds, left = [], variables
    while not folds or left > DIRECT:
        fold = FOLDING if folds else FIRST_FOLDING.get(variables, FOLDING)
        folds.append(min(fold, left))
        left -= folds[-1]
    last = len(folds) - 1

    rounds, masks = [], []
    mask_queries = queries(level + math.ceil(math.log2(2 * last + 2)), MASK_RATE)
    sumcheck_domain = power_of_two(MASK_LEN + mask_queries) << MASK_RATE
    left, rate = variables, log_inv_rate
    for i, fold in enumerate(folds):
        message = 1 << (left - fold)
        positions = message << rate
        t = queries(level - POW, rate)
        if i < last:
            pow_bits = grinding(level, t * miss(1, 2**rate))
        else:
            # The last code is sized with its randomness, rounded up to a power of two.
            while True:
                dyadic = positions // power_of_two(message + t)
                enough = queries(level - POW, int(math.log2(dyadic)))
                if enough <= t:
                    break
                t = enough
            pow_bits = grinding(level, t * miss(1, dyadic))
        rounds.append((fold, message, positions, t, pow_bits))
        masks.append((MASK_LEN + mask_queries, sumcheck_domain, fold))
        if i < last:
            domain = power_of_two(t + mask_queries) << MASK_RATE
            masks.append((t + mask_queries, domain, 1))
        left -= fold
        rate += fold - 1

    yield "opening: claims", field(CLAIMS - 1)
    for i, (fold, message, positions, t, pow_bits) in enumerate(rounds):
        degree = MASK_LEN - 1
        yield f"opening: fold {i}", field(fold * ((positions << fold) + degree) + 1)
        yield f"opening: queries {i}", t * miss(message + t, positions) + pow_bits
        if i < last:
            yield f"opening: switch {i}", field(t)
    for i, (dimension, domain, _) in enumerate(masks):
        yield f"opening: mask {i}", mask_queries * miss(dimension, domain) + rounds[-1][4]
    agreement = rounds[-1][2] + sum(domain * width for _, domain, width in masks)
    yield "opening: base case", field(agreement + 1)


def table():
    lines = ["variables,log_inv_rate,level,term,bits"]
    for variables, (rate, level) in SCHEDULE.items():
        all_terms = list(terms(variables, rate, level))
        total = -math.log2(math.fsum(2**-bits for _, bits in all_terms))
        for name, bits in [*all_terms, ("total", total)]:
            lines.append(f"{variables},{rate},{level},{name},{bits:.4f}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    path = pathlib.Path(__file__).parent / "fixtures" / "security_bits.csv"
    text = table()
    if "--check" in sys.argv[1:]:
        sys.exit(0 if path.read_text() == text else f"{path.name} is not what the script computes")
    path.write_text(text)
