"""The test of the matrix: each predicate of access is taken out, one at a time, and the matrix must notice.

A mutant is the product with one check removed: a predicate that always says yes, a loader that no longer
asks, a refusal that is not raised. Each runs in a process of its own, over the questions whose answers go
through the changed function (tests/matrix/trying.py).
"""

import ast
import importlib.abc
import importlib.machinery
import importlib.util
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType

PACKAGE = Path(__file__).resolve().parents[2] / "tracker"
REFUSALS = frozenset({"NotAllowed", "abort"})
NO_CONDITION = "__import__('sqlalchemy').true()"
YES = {"bool": "True", "ColumnElement[bool]": NO_CONDITION}
PREDICATES = ("access.py", "sight.py")  # modules that hold nothing but predicates and loaders
KEEPING_OUT = ("is_own", "made_it", "_has_own_chain")  # who these fit is kept out: without them nobody is


@dataclass(frozen=True)
class Mutant:
    """One check taken out: where, in which function, and what."""

    file: str  # below the package
    function: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.file} {self.function}: {self.what}"


Point = tuple[Mutant, Callable[[], None]]  # what can be taken out of a tree, and what takes it out


def mutants() -> list[Mutant]:
    """Return every mutant, in the order of the files."""
    places = sorted(PACKAGE.rglob("*.py"))
    return [mutant for place in places for mutant, _take_out in _points(_tree(place), place)]


def _tree(place: Path) -> ast.Module:
    return ast.parse(place.read_text("utf-8"))


def _points(tree: ast.Module, place: Path) -> Iterator[Point]:
    file = str(place.relative_to(PACKAGE))
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        for line, what, take_out in _checks(function, of_access=place.name in PREDICATES):
            yield Mutant(file, function.name, line, what), take_out


def _checks(function: ast.FunctionDef, *, of_access: bool) -> Iterator[tuple[int, str, Callable[[], None]]]:
    """Yield the checks of a function: its line, what it is in words, and how it is taken out."""
    answer = ast.unparse(function.returns) if function.returns else ""
    if of_access and function.name in KEEPING_OUT:
        yield function.lineno, "keeps nobody out", partial(_answer, function, "False")
    elif of_access and answer in YES:
        yield function.lineno, "always yes", partial(_answer, function, YES[answer])
    for node in ast.walk(function):
        if isinstance(node, ast.If) and _refuses(node.body) and not node.orelse:
            yield node.lineno, "refuses nobody", partial(_decide, node, "False")
        if isinstance(node, ast.IfExp) and _is_refusal(node.orelse):
            yield node.lineno, "refuses nobody", partial(_decide, node, "True")
        if of_access and isinstance(node, ast.IfExp) and _is_none(node.orelse):
            yield node.lineno, "finds the foreign too", partial(_only_ask_whether_there_is_one, node)
        if function.name.lstrip("_").startswith("find_") or function.name == "_find":
            yield from _conditions(node)


def _conditions(node: ast.AST) -> Iterator[tuple[int, str, Callable[[], None]]]:
    """Yield the conditions of a query that finds one row, but for its number."""
    if not (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "where"
    ):
        return
    for place, condition in enumerate(node.args):
        if place:
            what = f"does not ask for {ast.unparse(condition)}"
            yield condition.lineno, what, partial(_replace, node.args, place, NO_CONDITION)


def _answer(function: ast.FunctionDef, value: str) -> None:
    function.body = list(ast.parse(f"return {value}").body)


def _decide(node: ast.If | ast.IfExp, value: str) -> None:
    node.test = ast.parse(value, mode="eval").body


def _only_ask_whether_there_is_one(node: ast.IfExp) -> None:
    node.test = node.test.values[0] if isinstance(node.test, ast.BoolOp) else ast.Constant(value=True)


def _replace(nodes: list[ast.expr], place: int, value: str) -> None:
    nodes[place] = ast.parse(value, mode="eval").body


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


class Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports the product with one check taken out; put it first into `sys.meta_path`."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant, self.place = mutant, PACKAGE / mutant.file
        self.name = ".".join(("tracker", *Path(mutant.file).with_suffix("").parts))

    def find_spec(
        self, fullname: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return how to load the changed module; any other is left to others."""
        if fullname != self.name:
            return None
        return importlib.util.spec_from_file_location(fullname, self.place, loader=self)

    def exec_module(self, module: ModuleType) -> None:
        """Run the changed source."""
        tree = _tree(self.place)
        next(take_out for mutant, take_out in _points(tree, self.place) if mutant == self.mutant)()
        exec(compile(ast.fix_missing_locations(tree), str(self.place), "exec"), module.__dict__)
