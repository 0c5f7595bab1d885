"""Reading and changing what an office chose."""

from datetime import date
from typing import Any

from sqlalchemy import select

from tracker.audit.trail import record
from tracker.extensions import db
from tracker.organization.models import Unit
from tracker.settings.keys import Key, T
from tracker.settings.models import Setting


def chosen(key: Key[T], unit: Unit, day: date) -> T:
    """Return a unit's value for a key on a day: its own, else that of the unit above, else the default."""
    above = [int(part) for part in unit.path.strip("/").split("/")]
    rows = db.session.scalars(
        select(Setting)
        .where(Setting.key == key.name, Setting.unit_id.in_(above), Setting.valid_from <= day)
        .order_by(Setting.valid_from)
    ).all()
    latest = {row.unit_id: row for row in rows}
    for unit_id in reversed(above):
        if unit_id in latest:
            return key.read(latest[unit_id].value["value"])
    return key.default


def chosen_here(key: Key[T], unit: Unit, day: date) -> T:
    """Return a unit's own value for a key on a day, else the default: what no unit leaves to those below."""
    row = db.session.scalar(
        select(Setting)
        .where(Setting.key == key.name, Setting.unit_id == unit.id, Setting.valid_from <= day)
        .order_by(Setting.valid_from.desc())
        .limit(1)
    )
    return key.default if row is None else key.read(row.value["value"])


def choose(key: Key[T], unit: Unit, stored: Any, *, valid_from: date) -> Setting:
    """Let a unit choose a value from a day on. Raises what the key's reader raises for a wrong value."""
    key.read(stored)
    row = db.session.scalar(
        select(Setting).where(
            Setting.unit_id == unit.id, Setting.key == key.name, Setting.valid_from == valid_from
        )
    )
    if row is None:
        row = Setting(unit_id=unit.id, key=key.name, valid_from=valid_from)
        db.session.add(row)
    row.value = {"value": stored}
    db.session.flush()
    record("settings.choose", f"unit:{unit.id}", key=key.name, value=stored, valid_from=str(valid_from))
    return row
