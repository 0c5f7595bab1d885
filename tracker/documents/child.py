"""Foreign input read in a child process with limits: what makes it hang or swell costs one child alone.

A module that is run so gets the input on its standard input and writes its answer to the output; it begins
with `within_limits`. Of the parent's environment it has what it needs to start. (Reports are read by a child
that starts others: `reports.reading.sandbox`.)
"""

import os
import resource
import subprocess
import sys
from pathlib import Path

BESIDE_PACKAGE = Path(__file__).parents[2]  # from here the child finds the package, installed or not
NEEDED_TO_START = ("LD_LIBRARY_PATH",)


class NoAnswer(Exception):
    """The child ended badly or took too long."""


def answer_of(module: str, sent: bytes, *arguments: str, patience: float) -> bytes:
    """Return what a module answers to some bytes within so many seconds. Raises NoAnswer."""
    try:
        child = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            input=sent,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=patience,
            cwd=BESIDE_PACKAGE,
            env=childs_environment(),
            check=True,
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
        raise NoAnswer from error
    return child.stdout


def childs_environment() -> dict[str, str]:
    """Return what a child needs of the parent's environment to start at all."""
    return {key: os.environ[key] for key in NEEDED_TO_START if key in os.environ}


def within_limits(memory: int, seconds: int) -> None:
    """Bound this process: bytes of memory, seconds of the processor."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
