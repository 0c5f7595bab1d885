"""Run one command so that Ctrl-C reaches it once, and nothing above it.

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
    with terminal_to_ourselves(), subprocess.Popen(command, process_group=0) as child:

        def pass_on(number: int, _frame: FrameType | None) -> None:
            child.send_signal(number)

        for number in PASSED_ON:
            signal.signal(number, pass_on)
        return child.wait()


@contextmanager
def terminal_to_ourselves() -> Iterator[None]:
    """Take the terminal, where there is one, from whoever called; Ctrl-C then strikes this process alone."""
    if not sys.stdin.isatty():
        yield
        return
    terminal = sys.stdin.fileno()
    caller = os.tcgetpgrp(terminal)
    os.setpgid(0, 0)
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)  # a group in the background may take the terminal, too
    os.tcsetpgrp(terminal, os.getpgrp())
    try:
        yield
    finally:
        os.tcsetpgrp(terminal, caller)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
