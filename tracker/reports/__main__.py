"""`python -m tracker.reports FILES --json [--period 2025Q3]`: the reader alone, without a database."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from tracker.periods import Period
from tracker.reports.command import UNREADABLE, read_files


def main(arguments: Sequence[str]) -> int:
    """Print what is found in each file; messages go to stderr."""
    parser = argparse.ArgumentParser(prog="python -m tracker.reports")
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--json", action="store_true", required=True)
    parser.add_argument("--period")
    chosen = parser.parse_args(arguments)
    try:
        period = Period.parse(chosen.period) if chosen.period else None
    except ValueError as error:
        print(error, file=sys.stderr)
        return UNREADABLE
    lines, code = read_files(chosen.files, period)
    print("\n".join(lines))
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
