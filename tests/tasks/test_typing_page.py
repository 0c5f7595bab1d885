"""The page about what is typed names every field of every action, and nothing else."""

import re
from pathlib import Path

from tracker.tasks.forms import FORMS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "typing.md"
ROW = re.compile(r"^\| `(\w+)` \| `(\w+)` \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


def test_every_field_of_every_action_stands_there_with_its_reason() -> None:
    rows = ROW.findall(PAGE.read_text(encoding="utf-8"))
    asked = {(name, field.name) for name, form in FORMS.items() for field in form.fields}
    assert {(action, field) for action, field, _filled, _why in rows} == asked
    assert len(rows) == len(asked)
    assert all(filled.strip() and why.strip() for _action, _field, filled, why in rows)


def test_what_may_be_left_out_is_said_so() -> None:
    needed = {
        (name, field.name) for name, form in FORMS.items() for field in form.fields if not field.optional
    }
    for action, field, filled, _why in ROW.findall(PAGE.read_text(encoding="utf-8")):
        if filled.startswith("may be left out"):
            assert (action, field) not in needed, (action, field)
