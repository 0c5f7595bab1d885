"""Long functions and long files: each carries a `# long:` comment with its reason, and is listed here.

Tables of rules may say so in that comment too; migrations and tests may be as long as they need.
"""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LONGEST_FUNCTION = 60
LONGEST_FILE = 400
FOLDERS = ("tracker", "deploy")
REASON = re.compile(r"#\s*long:\s*(\S.*)")
TOP_OF_FILE = 30  # lines in which a file's reason stands


@dataclass(frozen=True)
class Long:
    """A function or file over its limit, with the reason it gives."""

    where: str
    lines: int
    reason: str | None


def long_things(path: Path, text: str) -> Iterator[Long]:
    """Yield what is over its limit in one file."""
    lines = text.splitlines()
    if len(lines) > LONGEST_FILE:
        yield Long(str(path), len(lines), _reason(lines[:TOP_OF_FILE]))
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            end = node.end_lineno or node.lineno
            length = end - node.lineno + 1
            if length > LONGEST_FUNCTION:
                around = lines[max(node.lineno - 2, 0) : end]
                yield Long(f"{path}:{node.lineno} {node.name}", length, _reason(around))


def _reason(lines: list[str]) -> str | None:
    return next((found[1] for line in lines if (found := REASON.search(line))), None)


def main() -> int:
    """List everything long; return 1 when one of them gives no reason."""
    root = Path(__file__).resolve().parent.parent
    files = sorted(path for folder in FOLDERS for path in (root / folder).rglob("*.py"))
    found = [
        thing
        for path in files
        for thing in long_things(path.relative_to(root), path.read_text(encoding="utf-8"))
    ]
    for thing in found:
        print(f"{thing.where}: {thing.lines} lines: {thing.reason or 'NO REASON GIVEN (# long: …)'}")
    print(f"size: {len(files)} files, {len(found)} long")
    return 1 if any(thing.reason is None for thing in found) else 0


if __name__ == "__main__":
    sys.exit(main())
