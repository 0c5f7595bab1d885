"""What the process behind `processes.serving_loaded` has loaded before a server is forked from it."""

import gc
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import gunicorn.app.base  # type: ignore[import-untyped] # noqa: F401 - only to have it loaded
from sqlalchemy.orm import configure_mappers

import tracker
import tracker.navigation
import tracker.serving  # noqa: F401 - only to have it loaded
from tracker.commands import main

configure_mappers()
gc.freeze()


def run_command(command: Sequence[str], variables: Mapping[str, str], log: Path) -> None:
    """Run a command of the product in this process, in a session of its own, so that nothing outlives it."""
    os.setsid()
    os.environ.clear()
    os.environ.update(variables)
    with log.open("ab") as output, open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    sys.argv[:] = command
    main()
