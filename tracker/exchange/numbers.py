"""Finding tasks by the numbers on their papers, many at once."""

from collections.abc import Iterable, Mapping

from sqlalchemy import and_, or_, select

from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.models import Unit
from tracker.periods import Period
from tracker.tasks.access import visible_to
from tracker.tasks.case_numbers import read_number
from tracker.tasks.models import Task

AT_ONCE = 200  # conditions in one statement


def numbered(written: Iterable[str], by: Actor) -> Mapping[str, str]:
    """Return the identifier of the task for each number that names one the person sees.

    A short number is one of the person's own office; what cannot be read or seen is left out.
    """
    home = by.office.code if by.office else ""
    keys = {text: key for text in set(written) if (key := read_number(text, home)) is not None}
    units = {unit.code.upper(): unit.id for unit in _units({code for code, _period, _no in keys.values()})}
    known = {(units[code], str(period), no, period) for code, period, no in keys.values() if code in units}
    wanted = sorted(known, key=lambda key: key[:3])
    found: dict[tuple[int, Period, int], str] = {}
    for at in range(0, len(wanted), AT_ONCE):
        conditions = [
            and_(Task.unit_id == unit, Task.period == period, Task.number == no)
            for unit, _said, no, period in wanted[at : at + AT_ONCE]
        ]
        query = select(Task.unit_id, Task.period, Task.number, Task.uuid)
        rows = db.session.execute(query.where(or_(*conditions), visible_to(by)))
        found |= {(unit, period, no): uuid for unit, period, no, uuid in rows}
    return {
        text: found[units[code], period, no]
        for text, (code, period, no) in keys.items()
        if code in units and (units[code], period, no) in found
    }


def _units(codes: set[str]) -> list[Unit]:
    written = codes | {code.lower() for code in codes}
    return list(db.session.scalars(select(Unit).where(Unit.code.in_(written))))
