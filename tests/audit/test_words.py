"""Every act of the trail has a name, and every kind of subject."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from flask import Flask

from tracker.audit.models import Outcome
from tracker.audit.words import ACTS, GROUPS, OUTCOMES, SUBJECTS, act_words, read_subject, subject_words
from tracker.tasks.states import Action

PACKAGE = Path(__file__).resolve().parents[2] / "tracker"
ACT = re.compile(r"[a-z_]+\.[a-z_]+")
WRITERS = {"record", "record_denial", "_trace", "given_out", "_given_out"}


def calls() -> Iterator[ast.Call]:
    """Yield every call in the product that writes a row."""
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in WRITERS:
                yield node


def literals(call: ast.Call) -> Iterator[str]:
    for value in (*call.args, *(keyword.value for keyword in call.keywords)):
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield value.value


def test_every_act_that_is_written_has_a_name() -> None:
    written = {text for call in calls() for text in literals(call) if ACT.fullmatch(text)}
    assert len(written) > 60
    assert written | {f"task.{action.value}" for action in Action} <= set(ACTS)


def test_no_act_is_named_twice_and_all_outcomes_are() -> None:
    assert len(ACTS) == sum(len(acts) for _name, acts in GROUPS.values())
    assert set(OUTCOMES) == set(Outcome)
    assert not set(GROUPS) & set(ACTS)


def test_every_kind_of_subject_has_a_name() -> None:
    kinds = set()
    for call in calls():
        for value in (*call.args, *(keyword.value for keyword in call.keywords)):
            first = value.values[0] if isinstance(value, ast.JoinedStr) else None
            if isinstance(first, ast.Constant) and str(first.value).endswith(":"):
                kinds.add(str(first.value)[:-1])
    assert len(kinds) > 10
    assert kinds <= set(SUBJECTS)


def test_a_subject_is_read_as_it_is_shown(app: Flask) -> None:
    with app.app_context():
        for kind in SUBJECTS:
            assert read_subject(subject_words(f"{kind}:17")) == f"{kind}:17"
        assert read_subject("task:17") == "task:17"
        assert subject_words("/tasks/17") == "/tasks/17"
        assert subject_words("policy:-") == SUBJECTS["policy"]
        assert act_words("of.later") == "of.later"
