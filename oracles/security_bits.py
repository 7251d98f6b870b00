#!/usr/bin/env python3
"""Soundness bits of every opening, from a few parameters per size and plain formulas.

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
# Bits of every proof of work, of which the level counts one; more from LARGE variables on.
GRINDING, GRINDING_LARGE, LARGE = 18, 22, 25
DIRECT = 6  # this many variables or fewer are sent as they are
MASK_LEN, MASK_RATE = 3, 3
CLAIMS = 2

# variables: (level, variables folded per round, logs of the inverse rates of the rounds' codes)
SCHEDULE = {
    8: (86, [3], [4]),
    9: (86, [3], [4]),
    10: (86, [4], [4]),
    11: (86, [5], [4]),
    12: (86, [6], [4]),
    13: (86, [7], [4]),
    14: (89, [5, 3], [3, 4]),
    15: (90, [5, 4], [2, 4]),
    16: (90, [6, 4], [2, 4]),
    17: (90, [7, 4], [2, 4]),
    18: (88, [7, 5], [2, 5]),
    19: (89, [6, 4, 3], [1, 3, 4]),
    20: (88, [6, 4, 4], [1, 3, 5]),
    21: (87, [6, 5, 4], [1, 4, 5]),
    22: (87, [6, 5, 5], [1, 3, 6]),
    23: (87, [6, 4, 4, 3], [1, 3, 5, 5]),
    24: (87, [6, 4, 4, 4], [1, 3, 4, 5]),
    25: (83, [6, 5, 4, 4], [1, 3, 4, 5]),
    26: (83, [6, 5, 5, 4], [1, 3, 5, 5]),
}


def miss(dimension, positions):
    """Bits of one query against a word outside the unique-decoding radius of the code."""
    return -math.log2((1 + dimension / positions) / 2)


def queries(bits, log_inv_rate):
    return math.ceil(bits / miss(1, 2**log_inv_rate))


def grinding(variables, level, bits):
    """The library asks for what the level wants of the queries, the challenger for more."""
    work = GRINDING if variables < LARGE else GRINDING_LARGE
    return 0 if level <= bits else math.ceil(level - bits) - 1 + work


def power_of_two(n):
    return 1 << (n - 1).bit_length()


def field(numerator):
    return FIELD - math.log2(numerator)


def terminal_queries(level, message, positions, rate):
    """The last code is sized with its randomness, rounded up to a power of two."""
    t = queries(level - 1, rate)
    while True:
        dyadic = positions // power_of_two(message + t)
        if dyadic < 2:
            raise ValueError("no room for the randomness")
        enough = queries(level - 1, int(math.log2(dyadic)))
        if enough <= t:
            return t
        t = enough


def terms(variables, level, folds, rates):
    last = len(folds) - 1

    rounds, masks = [], []
    mask_queries = queries(level + math.ceil(math.log2(2 * last + 2)), MASK_RATE)
    sumcheck_domain = power_of_two(MASK_LEN + mask_queries) << MASK_RATE
    left = variables
    for i, (fold, rate) in enumerate(zip(folds, rates, strict=True)):
        message = 1 << (left - fold)
        positions = message << rate
        if i < last:
            t = queries(level - 1, rate)
            if positions < message + t:
                raise ValueError("no room for the randomness")
            pow_bits = grinding(variables, level, t * miss(1, 2**rate))
        else:
            t = terminal_queries(level, message, positions, rate)
            dyadic = positions // power_of_two(message + t)
            pow_bits = grinding(variables, level, t * miss(1, dyadic))
        rounds.append((fold, message, positions, t, pow_bits))
        masks.append((MASK_LEN + mask_queries, sumcheck_domain, fold))
        if i < last:
            domain = power_of_two(t + mask_queries) << MASK_RATE
            masks.append((t + mask_queries, domain, 1))
        left -= fold

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
    for variables, (level, folds, rates) in SCHEDULE.items():
        all_terms = list(terms(variables, level, folds, rates))
        total = -math.log2(math.fsum(2**-bits for _, bits in all_terms))
        for name, bits in [*all_terms, ("total", total)]:
            lines.append(f"{variables},{rates[0]},{level},{name},{bits:.4f}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    path = pathlib.Path(__file__).parent / "fixtures" / "security_bits.csv"
    text = table()
    if "--check" in sys.argv[1:]:
        sys.exit(0 if path.read_text() == text else f"{path.name} is not what the script computes")
    path.write_text(text)
