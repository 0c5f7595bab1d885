"""The test of the matrix: each predicate of access is taken out, one at a time, and the matrix must notice.

A mutant is the product with one check removed: a predicate that always says yes, a loader that no longer
asks, a refusal that is not raised. Each runs in a process of its own, over the questions whose answers go
through the changed function. Run by tests/matrix/test_mutants.py.
"""

import ast
import importlib.abc
import importlib.machinery
import importlib.util
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import tracker

PACKAGE = Path(tracker.__file__).parent
REFUSALS = frozenset({"NotAllowed", "abort"})
YES = {"bool": "True", "ColumnElement[bool]": "__import__('sqlalchemy').true()"}


@dataclass(frozen=True)
class Mutant:
    """One check taken out: where, in which function, and what."""

    file: str  # below the package
    function: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.function}: {self.what}"


def mutants() -> list[Mutant]:
    """Return every mutant, in the order of the files."""
    found = []
    for place in sorted(PACKAGE.rglob("*.py")):
        file = str(place.relative_to(PACKAGE))
        found += [mutant for mutant, _apply in _points(ast.parse(place.read_text("utf-8")), file)]
    return found


def _points(tree: ast.Module, file: str) -> Iterator[tuple[Mutant, "_Change"]]:
    """Yield what can be taken out of a module, each with the change that does it."""
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        answer = ast.unparse(function.returns) if function.returns else ""
        if file.endswith("access.py") and answer in YES:
            yield Mutant(file, function.name, function.lineno, "always yes"), _Change(function, YES[answer])
        for node in ast.walk(function):
            if isinstance(node, ast.If) and _refuses(node.body) and not node.orelse:
                yield Mutant(file, function.name, node.lineno, "refuses nobody"), _Change(node, "False")
            if isinstance(node, ast.IfExp) and _is_refusal(node.orelse):
                yield Mutant(file, function.name, node.lineno, "refuses nobody"), _Change(node, "True")
            if file.endswith("access.py") and isinstance(node, ast.IfExp) and _is_none(node.orelse):
                yield Mutant(file, function.name, node.lineno, "finds the foreign too"), _Change(node, "")


@dataclass(frozen=True)
class _Change:
    node: ast.AST
    value: str

    def apply(self) -> None:
        """Change the tree in place."""
        node = self.node
        if isinstance(node, ast.FunctionDef):
            node.body = [ast.parse(f"return {self.value}").body[0]]
        elif isinstance(node, ast.If) or (isinstance(node, ast.IfExp) and self.value):
            node.test = ast.parse(self.value, mode="eval").body
        elif isinstance(node, ast.IfExp) and isinstance(node.test, ast.BoolOp):
            node.test = node.test.values[0]  # "there is one, and it may be seen": only whether there is one
        elif isinstance(node, ast.IfExp):
            node.test = ast.Constant(value=True)


def _refuses(body: Sequence[ast.stmt]) -> bool:
    """Whether a branch does nothing but refuse the person (not what was typed)."""
    if len(body) != 1:
        return False
    only = body[0]
    raised = only.exc if isinstance(only, ast.Raise) else only.value if isinstance(only, ast.Expr) else None
    return raised is not None and _is_refusal(raised)


def _is_refusal(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in REFUSALS


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports the product, one module of it changed."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant
        parts = Path(mutant.file).with_suffix("").parts
        self.name = ".".join(("tracker", *(part for part in parts if part != "__init__")))

    def find_spec(
        self, fullname: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return the loader of the changed module."""
        if fullname != self.name:
            return None
        return importlib.util.spec_from_file_location(fullname, PACKAGE / self.mutant.file, loader=self)

    def exec_module(self, module: ModuleType) -> None:
        """Run the changed source."""
        place = PACKAGE / self.mutant.file
        tree = ast.parse(place.read_text("utf-8"))
        next(change for mutant, change in _points(tree, self.mutant.file) if mutant == self.mutant).apply()
        exec(compile(ast.fix_missing_locations(tree), str(place), "exec"), module.__dict__)
