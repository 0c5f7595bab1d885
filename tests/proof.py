"""Long proofs: when they run at full length, and the page docs/proof.md that keeps their figures."""

import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

FIGURE = "proof figure"  # the user property that carries a figure from a worker to the report


def at_full_length() -> bool:
    """Tell whether this is `make proof`."""
    return os.environ.get("TRACKER_PROOF") == "1"


class ProofReport:
    """Collects the figures of the proofs and writes the page, when all ran at full length and held."""

    def __init__(self, config: pytest.Config) -> None:
        self.root = config.rootpath
        self.all_are_asked = config.option.markexpr == "proof" and not config.option.file_or_dir
        self.figures: list[tuple[str, str, str]] = []
        self.held: list[tuple[str, float]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what one proof measured."""
        if report.when != "call" or not report.passed:
            return
        self.held.append((report.nodeid, report.duration))
        for name, value in report.user_properties:
            if name == FIGURE:
                figure, measured = str(value).split("\t", 1)
                self.figures.append((report.nodeid, figure, measured))

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """Write the page."""
        if at_full_length() and self.all_are_asked and exitstatus == pytest.ExitCode.OK:
            page = "\n".join(self.lines()) + "\n"
            (self.root / "docs" / "proof.md").write_text(page, encoding="utf-8")

    def lines(self) -> Iterator[str]:
        """Yield the lines of the page."""
        yield "# Proofs at full length"
        yield ""
        yield f"Written by `make proof` on {datetime.now(UTC).date()}, commit {self._commit()}, "
        yield f"seed {os.environ['TRACKER_SEED']}. Every proof below held."
        yield ""
        yield "| proof | seconds |"
        yield "|---|---|"
        yield from (f"| {nodeid} | {seconds:.1f} |" for nodeid, seconds in sorted(self.held))
        yield ""
        yield "| figure | value | proof |"
        yield "|---|---|---|"
        yield from (f"| {figure} | {value} | {nodeid} |" for nodeid, figure, value in sorted(self.figures))

    def _commit(self) -> str:
        asked = ["git", "-C", str(self.root), "describe", "--always", "--dirty"]
        return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip() or "unknown"
