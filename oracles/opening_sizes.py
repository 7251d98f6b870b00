#!/usr/bin/env python3
"""Searches the folds and rates with which an opening is small, for the table of pcs/schedule.rs.

Expected sizes: positions are random, and of the digests beside the paths of one tree only those
are sent that no other path passes through. Bits come from security_bits.py.

    python3 oracles/opening_sizes.py 21        the best schedule of 2^21 cells, in a minute or so
    python3 oracles/opening_sizes.py           what the table's schedules weigh
"""

import itertools
import math
import sys

from security_bits import (
    DIRECT, MASK_LEN, MASK_RATE, SCHEDULE, power_of_two, queries, terms, terminal_queries,
)

BASE, EXTENSION, DIGEST, SALT = 4, 20, 32, 16
BITS = 102.2
FOLDS = range(3, 8)
# A code of as many words as there are cells weighs as much as so many bytes.
WORK = 60_000


def siblings(count, depth):
    """Digests beside the paths of `count` random leaves among 2^depth."""
    if 2**depth <= count:
        return 0

    def nodes(level):
        if level == depth:
            return count
        return 2**level * (1 - (1 - 2.0**-level) ** count) if level else 1

    return sum(max(0, 2 * nodes(level - 1) - nodes(level)) for level in range(1, depth + 1))


def rows(count, leaves, width, element):
    paths = siblings(count, leaves.bit_length() - 1) * DIGEST
    return min(count, leaves) * (width * element + SALT) + paths


def size(variables, level, folds, rates):
    """Expected bytes of an opening at two points."""
    last = len(folds) - 1
    mask_queries = queries(level + math.ceil(math.log2(2 * last + 2)), MASK_RATE)

    def masks(message, width):
        code = message + mask_queries
        opened = rows(mask_queries, power_of_two(code) << MASK_RATE, width, EXTENSION)
        return width * code * EXTENSION + 2 * opened + DIGEST

    total, left = 2 * EXTENSION, variables
    for i, (fold, rate) in enumerate(zip(folds, rates, strict=True)):
        message = 1 << (left - fold)
        positions = message << rate
        if i < last:
            t = queries(level - 1, rate)
            total += 2 * DIGEST + BASE + masks(t, 1)
        else:
            t = terminal_queries(level, message, positions, rate)
            total += DIGEST + BASE + EXTENSION + (message + t) * EXTENSION
            total += rows(t, positions, 1, EXTENSION)
        total += (2 * fold + 1) * EXTENSION + DIGEST + masks(MASK_LEN, fold)
        total += rows(t, positions, 1 << fold, EXTENSION if i else BASE)
        left -= fold
    return total


def work(variables, folds, rates):
    """Words of later codes, in units of the cells."""
    left, total = variables, 0
    for i, (fold, rate) in enumerate(zip(folds, rates, strict=True)):
        total += 2.0 ** (left + rate - variables) if i else 0
        left -= fold
    return total


def schedules(variables, first_rate):
    for count in range(1, 5):
        for folds in itertools.product(FOLDS, repeat=count):
            left = variables - sum(folds)
            if not 0 <= left <= DIRECT < left + folds[-1]:
                continue
            steps = [range(max(1, fold - 6), fold) for fold in folds[:-1]]
            for gained in itertools.product(*steps):
                yield folds, list(itertools.accumulate((first_rate, *gained)))


def search(variables, first_rate):
    best = None
    for folds, rates in schedules(variables, first_rate):
        for level in range(82, 95):
            try:
                bits = -math.log2(math.fsum(2**-b for _, b in terms(variables, level, folds, rates)))
            except ValueError:
                break
            if bits >= BITS:
                weight = size(variables, level, folds, rates) + WORK * work(variables, folds, rates)
                if best is None or weight < best[0]:
                    best = (weight, level, list(folds), rates, bits)
                break
    return best


if __name__ == "__main__":
    for variables in map(int, sys.argv[1:]):
        _, level, folds, rates, bits = search(variables, SCHEDULE[variables][2][0])
        weight = size(variables, level, folds, rates)
        print(variables, level, folds, rates, f"{bits:.2f} bits, {weight / 1024:.0f} KiB")
    if not sys.argv[1:]:
        for variables, schedule in SCHEDULE.items():
            print(variables, *schedule, f"{size(variables, *schedule) / 1024:.0f} KiB")
