"""tracker setting: what an office chose can be seen and changed, with a trail and exit codes."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

from click.testing import Result
from flask import Flask
from sqlalchemy import select

from tests.office import Office
from tracker.audit.models import AuditRow
from tracker.extensions import db
from tracker.settings.choices import chosen
from tracker.settings.keys import CHOICES, LADDER, LONG_TERM_IN_BASE
from tracker.settings.ladder import DEFAULT_LADDER, write_ladder
from tracker.settings.models import Setting

TODAY = date(2025, 11, 12)
LATER = date(2025, 12, 1)
COMMANDS = Path(__file__).resolve().parents[2] / "docs" / "commands.md"


def run(app: Flask, *words: str) -> Result:
    """Run `tracker setting` with some words."""
    return app.test_cli_runner().invoke(args=["setting", *words])


def test_an_office_chooses_the_base_and_leaves_a_trail(
    app: Flask, office: Office, moved_clock: Callable[..., None]
) -> None:
    moved_clock(TODAY)
    where = ("--unit", office.town.code, "long_term_in_base")
    assert run(app, "show", *where).stdout == "false\n"
    assert run(app, "choose", *where, "true").exit_code == 0
    assert run(app, "show", *where).stdout == "true\n"
    assert chosen(LONG_TERM_IN_BASE, office.town, TODAY) is True
    rows = db.session.scalars(select(AuditRow).where(AuditRow.action == "settings.choose")).all()
    assert [(row.subject, row.details["value"]) for row in rows] == [(f"unit:{office.town.id}", True)]


def test_the_ladder_shown_can_be_chosen_from_a_day_on(
    app: Flask, office: Office, moved_clock: Callable[..., None]
) -> None:
    moved_clock(TODAY)
    where = ("--unit", office.county.code, "ladder")
    assert json.loads(run(app, "show", *where).stdout) == write_ladder(DEFAULT_LADDER)
    shorter = json.dumps(write_ladder(DEFAULT_LADDER[2:]))
    assert run(app, "choose", *where, shorter, "--from", LATER.isoformat()).exit_code == 0
    assert chosen(LADDER, office.town, TODAY) == DEFAULT_LADDER
    assert chosen(LADDER, office.town, LATER) == DEFAULT_LADDER[2:]


def test_the_documentation_names_every_setting_with_its_default() -> None:
    text = COMMANDS.read_text(encoding="utf-8")
    table = text.partition("## Settings")[2].partition("\n## ")[0]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines() if "| `" in line]
    named = {row[0].strip("`"): row[2].strip("`") for row in rows}
    assert list(named) == list(CHOICES)
    plain = {name: key.default for name, key in CHOICES.items() if isinstance(key.default, int)}
    assert {name: named[name] for name in plain} == {name: json.dumps(value) for name, value in plain.items()}


def test_what_is_impossible_changes_nothing(
    app: Flask, office: Office, moved_clock: Callable[..., None]
) -> None:
    moved_clock(TODAY)
    town = ("--unit", office.town.code)
    late_too_soon = '[{"offset": -1, "level": 3, "to": ["holder"], "paper": "督办函"}]'
    repeats_backwards = '[{"offset": 1, "level": 3, "to": ["holder"], "paper": "督办函", "every": -1}]'
    for words in (
        ("choose", *town, "long_term_in_base", '"yes"'),
        ("choose", *town, "long_term_in_base", "yes"),
        ("choose", *town, "ladder", '[{"offset": -1}]'),
        ("choose", *town, "ladder", "7"),
        ("choose", *town, "ladder", late_too_soon),
        ("choose", *town, "ladder", repeats_backwards),
        ("choose", *town, "long_term_in_base", "true", "--from", "2025-11-11"),
        ("choose", "--unit", "NOWHERE", "long_term_in_base", "true"),
        ("choose", *town, "demo", "true"),
        ("show", "--unit", "NOWHERE", "ladder"),
    ):
        result = run(app, *words)
        assert result.exit_code == 2, (words, result.output)
        assert result.stderr
    assert db.session.scalars(select(Setting)).all() == []
