"""Imports point up the stream of the work, never down; none hides in a function without a reason.

The loop of the office (a summary's unfinished problems come back) closes in data, not in imports.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "tracker"

# What knows nothing of the office comes first, then the packages in the order in which work flows.
ORDER = (
    "places",
    "clock",
    "refusals",
    "words",
    "config",
    "mail",
    "periods",
    "workdays",
    "rates",
    "columns",
    "extensions",
    "database",
    "outbox",
    "audit",
    "documents",
    "jobs",
    "web",
    "organization",
    "settings",
    "accounts",
    "problems",
    "reports",
    "duties",
    "tasks",
    "plans",
    "reminders",
    "figures",
    "dashboard",
    "summaries",
    "search",
    "exchange",
    "api",
    "tables",
    "navigation",
    "",  # tracker/__init__.py: create_app
    "operation",
    "demo",
    "worker",
    "serving",
    "commands",
)
FACTORY_IMPORTS = frozenset({"commands"})  # create_app adds the commands to the application it makes


def place_of(module: str) -> str:
    """Return the entry of ORDER that a module `tracker.x.y` belongs to: `x`, or "" for the package itself."""
    return module.split(".")[1] if "." in module else ""


def imported_modules(tree: ast.AST, inside: str) -> Iterator[tuple[int, str]]:
    """Yield line and name of each module of the product that a file imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (
                (node.lineno, name.name) for name in node.names if name.name.split(".")[0] == "tracker"
            )
        elif isinstance(node, ast.ImportFrom):
            source = _absolute(node, inside)
            if source == "tracker":
                yield from ((node.lineno, _submodule(name.name)) for name in node.names)
            elif source.startswith("tracker."):
                yield node.lineno, source


def _absolute(node: ast.ImportFrom, inside: str) -> str:
    if not node.level:
        return node.module or ""
    package = inside.rsplit(".", node.level)[0]
    return f"{package}.{node.module}" if node.module else package


def _submodule(name: str) -> str:
    """Return what `from tracker import name` names: a module, or something of tracker/__init__.py."""
    is_module = (PACKAGE / name).is_dir() or (PACKAGE / f"{name}.py").is_file()
    return f"tracker.{name}" if is_module else "tracker"


def downstream_imports(text: str, module: str) -> list[str]:
    """Return a complaint for each import of a file that points down the stream."""
    own = place_of(module)
    complaints = []
    for line, target in imported_modules(ast.parse(text), module):
        place = place_of(target)
        if place not in ORDER:
            complaints.append(f"line {line}: {target} has no place in ORDER of tests/test_import_order.py")
        elif ORDER.index(place) > ORDER.index(own) and not (own == "" and place in FACTORY_IMPORTS):
            complaints.append(
                f"line {line}: {own or 'tracker'} must not import {target}, which comes after it"
            )
    return complaints


def unexplained_imports(text: str) -> list[str]:
    """Return a complaint for each import inside a function whose run of imports begins without a comment."""
    lines = text.splitlines()
    complaints = []
    for function in ast.walk(ast.parse(text)):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for line in _first_of_import_runs(function):
            if "#" not in lines[line - 1] and "#" not in lines[line - 2]:
                complaints.append(
                    f"line {line}: an import hides in {function.name}() without a reason beside it"
                )
    return complaints


def _first_of_import_runs(function: ast.AST) -> Iterator[int]:
    for node in ast.walk(function):
        for block in (getattr(node, name, None) for name in ("body", "orelse", "finalbody")):
            before = None
            for statement in block if isinstance(block, list) else ():
                is_import = isinstance(statement, ast.Import | ast.ImportFrom)
                if is_import and not isinstance(before, ast.Import | ast.ImportFrom):
                    yield statement.lineno
                before = statement


def module_name(path: Path) -> str:
    """Return the dotted name of a file of the package."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


FILES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_upstream(path: Path) -> None:
    module = module_name(path)
    text = path.read_text(encoding="utf-8")
    assert place_of(module) in ORDER, f"{module} has no place in ORDER"
    assert downstream_imports(text, module) + unexplained_imports(text) == []


@pytest.mark.parametrize(
    ("module", "text"),
    [
        ("tracker.reports.views", "from tracker.tasks import creation"),
        ("tracker.reports.views", "import tracker.tasks.creation"),
        ("tracker.reports.views", "from ..tasks import creation"),
        ("tracker.problems.models", "from tracker import summaries"),
        ("tracker.web.errors", "from tracker import create_app"),
        ("tracker.tasks.models", "from tracker.nowhere import thing"),
    ],
)
def test_an_import_down_the_stream_is_noticed(module: str, text: str) -> None:
    assert len(downstream_imports(text, module)) == 1


@pytest.mark.parametrize(
    ("module", "text"),
    [
        ("tracker.tasks.views", "from tracker.reports import confirmation"),
        ("tracker.tasks.views", "from tracker.tasks.states import ACTIONS"),
        ("tracker.tasks.views", "from . import states"),
        ("tracker.commands", "from tracker import create_app, clock"),
    ],
)
def test_an_import_up_the_stream_is_allowed(module: str, text: str) -> None:
    assert downstream_imports(text, module) == []


def test_a_hidden_import_needs_a_reason() -> None:
    assert len(unexplained_imports("def f():\n    import os\n    import re\n")) == 1
    assert unexplained_imports("def f():\n    # slow to load\n    import os\n    import re\n") == []
    assert unexplained_imports("def f():\n    import os  # slow to load\n") == []
