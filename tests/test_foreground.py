"""Ctrl-C under make: the command ends in good order, and make reports success."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 20  # seconds
WORKS_UNTIL_INTERRUPTED = """
import signal, sys
signal.signal(signal.SIGINT, lambda *_: sys.exit({code}))
print("ready", flush=True)
signal.pause()
"""

IN_A_TERMINAL = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))"


@pytest.fixture
def makefile(tmp_path: Path) -> Path:
    """A Makefile whose only recipe runs a command as `make run` does."""
    for code in (0, 3):
        (tmp_path / f"work{code}.py").write_text(WORKS_UNTIL_INTERRUPTED.format(code=code))
    recipe = f"@exec {sys.executable} {ROOT}/deploy/foreground.py {sys.executable} {tmp_path}/work$(CODE).py"
    (tmp_path / "Makefile").write_text(f"run:\n\t{recipe}\n")
    return tmp_path


def press_ctrl_c(directory: Path, code: int) -> int:
    """Run make in a terminal of its own, press Ctrl-C when the work has begun, return make's exit code."""
    command = [sys.executable, "-c", IN_A_TERMINAL, "make", "-C", str(directory), f"CODE={code}", "run"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as terminal:
        assert terminal.stdin is not None
        assert terminal.stdout is not None
        while b"ready" not in terminal.stdout.readline():
            assert terminal.poll() is None
        terminal.stdin.write(b"\x03")
        terminal.stdin.flush()
        return terminal.wait(PATIENCE)


def test_make_ends_well_when_the_command_does(makefile: Path) -> None:
    assert press_ctrl_c(makefile, 0) == 0


def test_make_reports_a_command_that_ends_badly(makefile: Path) -> None:
    assert press_ctrl_c(makefile, 3) == 2


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_without_a_terminal_signals_are_passed_on(makefile: Path, number: signal.Signals) -> None:
    work = (makefile / "work0.py").read_text().replace("SIGINT", number.name)
    command = [sys.executable, str(ROOT / "deploy" / "foreground.py"), sys.executable, "-c", work]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(number)
        assert process.wait(PATIENCE) == 0
