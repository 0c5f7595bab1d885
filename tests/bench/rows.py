"""One line of the benchmark, and how a piece of work is timed."""

import time
from collections.abc import Callable
from dataclasses import dataclass

ROUNDS = 5


@dataclass(frozen=True)
class Row:
    """One line of the result; the yardstick is None where the goal is absolute."""

    what: str
    measured: float
    unit: str
    yardstick: float | None = None
    against: str = ""

    def __str__(self) -> str:
        line = f"{self.what:<44}{self.measured:>10.2f} {self.unit:<4}"
        if self.yardstick is None:
            return line
        ratio = self.measured / self.yardstick
        return f"{line}{ratio:>8.2f} × {self.against} ({self.yardstick:.2f} {self.unit})"


@dataclass(frozen=True)
class Taken:
    """What a piece of work takes: milliseconds by the clock, and of processor time of all that did it."""

    wall: float
    cpu: float


def best(*works: Callable[[], object], clock: Callable[[], float] = time.process_time) -> list[float]:
    """Return the shortest time of each of several works, in milliseconds.

    They are done in turn, round after round, so that what else the machine does weighs on all of them.
    """
    times: list[list[float]] = [[] for _ in works]
    for _ in range(ROUNDS):
        for work, spent in zip(works, times, strict=True):
            begun = clock()
            work()
            spent.append((clock() - begun) * 1000)
    return [min(spent) for spent in times]
