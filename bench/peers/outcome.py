"""What one system took for one workload."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Outcome:
    """Times in seconds, sizes in bytes; each step is a process of its own, its start included."""

    system: str
    hidden: str
    setup: float  # all that is done once for the network: keys, compilation, commitment
    prove: float  # from rows to proof
    cpu: float
    memory: int
    verify: float
    proof: int
    answers: list  # the classes that are proven, to be compared with onnxruntime's

    def record(self):
        return asdict(self)


def table(workloads):
    """Markdown of {title: [outcomes]}, the last of each being Assay's, which the ratios divide by."""
    head = ["workload", "system", "hidden", "set-up", "prove", "CPU", "memory", "verify", "proof", "time", "memory", "size"]
    lines = [" | ".join(["", *head, ""]).strip(), "|" + "---|" * len(head)]
    for title, outcomes in workloads.items():
        ours = outcomes[-1]
        for one in outcomes:
            cells = [
                title,
                one.system,
                one.hidden,
                f"{one.setup:.1f} s",
                f"{one.prove:.2f} s",
                f"{one.cpu:.2f} s",
                f"{one.memory / 2**20:.0f} MiB",
                f"{one.verify:.3f} s",
                f"{one.proof / 1000:.1f} kB",
                f"{one.prove / ours.prove:.2f}",
                f"{one.memory / ours.memory:.2f}",
                f"{one.proof / ours.proof:.4f}",
            ]
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"
