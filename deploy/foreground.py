"""Run one command as the terminal's foreground, so that Ctrl-C reaches it and nothing above it.

Without this, Ctrl-C would strike make as well, which then reports an interruption although the
command ended in good order. Usage: python deploy/foreground.py COMMAND [ARGUMENT …]
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

PASSED_ON = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(command: list[str]) -> int:
    """Run the command to its end and return its exit code."""
    with subprocess.Popen(command, process_group=0) as child, foreground(child.pid):

        def pass_on(number: int, _frame: FrameType | None) -> None:
            child.send_signal(number)

        for number in PASSED_ON:
            signal.signal(number, pass_on)
        return child.wait()


@contextmanager
def foreground(group: int) -> Iterator[None]:
    """Lend the terminal, where there is one, to a process group."""
    if not sys.stdin.isatty():
        yield
        return
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)  # taking the terminal back happens from the background
    terminal = sys.stdin.fileno()
    own_group = os.tcgetpgrp(terminal)
    os.tcsetpgrp(terminal, group)
    try:
        yield
    finally:
        os.tcsetpgrp(terminal, own_group)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
