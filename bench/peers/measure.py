"""Runs one step of one system as a process of its own, and says what it took."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass


class Failed(Exception):
    """A step that did not end well, with the end of what it printed."""


@dataclass(frozen=True)
class Cost:
    """What a process and its children took."""

    wall: float  # seconds
    cpu: float  # seconds, user and system
    memory: int  # bytes, the most that was resident at once


def run(command, cwd, env=None):
    """Runs `command` in `cwd`; returns its cost and what it printed.

    Memory is what the kernel kept of the largest process among the command and its children.
    """
    log = os.path.join(cwd, "step.log")
    with open(log, "wb") as out:
        start = time.perf_counter()
        child = subprocess.Popen(
            [str(part) for part in command],
            cwd=cwd,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    with open(log, encoding="utf-8", errors="replace") as file:
        printed = file.read()
    if child.returncode != 0:
        raise Failed(f"{' '.join(map(str, command))}: exit {child.returncode}\n{printed[-2000:]}")
    # Kilobytes on Linux.
    cost = Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)
    return cost, printed


def best(count, step):
    """Runs `step` so often and returns the cost of the quickest run."""
    return min((step() for _ in range(count)), key=lambda cost: cost.wall)


def say(*words):
    """Progress goes to stderr: stdout is the table."""
    print(*words, file=sys.stderr, flush=True)
