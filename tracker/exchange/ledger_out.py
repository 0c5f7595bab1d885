"""The ledger as a file: by the conditions of its page, what the reader sees and no more."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, select

from tracker.documents.paper import day_text
from tracker.exchange.ledger_columns import shown_of
from tracker.exchange.ledger_lines import Line, Lines, ledger_lines
from tracker.exchange.ledger_xlsx import MOST_ROWS, Heading
from tracker.extensions import db
from tracker.organization.models import Unit
from tracker.refusals import Refused
from tracker.tasks.groups import GROUPS
from tracker.tasks.lights import Lights
from tracker.tasks.models import Task
from tracker.tasks.narrowing import NARROWINGS
from tracker.tasks.queries import Conditions, listed
from tracker.tasks.states import TaskState
from tracker.tasks.words import DUTY_WORDS, STATE_WORDS
from tracker.web.language import in_chinese

Write = Callable[[Heading, Iterable[Line]], bytes]


@dataclass(frozen=True)
class LedgerFile:
    """A ledger written out: its name without an ending, its bytes, how many rows stand in it."""

    name: str
    content: bytes
    rows: int


def ledger_file(
    conditions: Conditions,
    seen: ColumnElement[bool],
    write: Write,
    *,
    home: Unit | None,
    order: str = "deadline",
    most: int = MOST_ROWS,
    chosen: Collection[str] = (),
    name: str = "整改台账",
) -> LedgerFile:
    """Return the ledger under some conditions, written by `write`, for a reader of the office `home`.

    `chosen` are the columns a list shows, none: all of them; `name` is what the list is called. Raises
    Refused for more rows than the kind of file holds.
    """
    lights = Lights.on(conditions.on)
    rows = _count(conditions, seen, lights, most)
    unit = conditions.unit or home
    title = f"{unit.name_on(conditions.on) if unit else ''}{name}"
    lines = ledger_lines(conditions, seen, Lines(lights, home), order=order)
    heading = Heading(title, _below(conditions, rows), shown_of(chosen))
    return LedgerFile(f"{title}{conditions.on:%Y%m%d}", write(heading, lines), rows)


def _count(conditions: Conditions, seen: ColumnElement[bool], lights: Lights, most: int) -> int:
    few = select(Task.id).where(*listed(conditions, seen, lights, counted=True)).limit(most + 1)
    rows = db.session.scalar(select(func.count()).select_from(few.subquery())) or 0
    if rows > most:
        raise Refused(
            _(
                "符合条件的任务超过 %(most)s 件，没有导出。请在台账页面按期间、单位或状态缩小范围后再导出。",
                most=most,
            )
        )
    return rows


def _below(conditions: Conditions, rows: int) -> str:
    """Return the line below the title: the day, the conditions in words, how many rows."""
    day = f"截至{day_text(conditions.on)}"
    with in_chinese():
        said = [*_said(conditions), *_narrowed(conditions)]
    return "    ".join([day, *said, f"共{rows}件"])


def _said(conditions: Conditions) -> Iterator[str]:
    on = conditions.on
    named: Mapping[str, str | None] = {
        "期间": conditions.period.label if conditions.period else None,
        "单位": _unit(conditions) if conditions.unit else None,
        "岗位": conditions.post.title_on(on) if conditions.post else None,
        "职责类别": DUTY_WORDS[conditions.duty] if conditions.duty else None,
        "领域": conditions.domain.name if conditions.domain else None,
        "状态": None if conditions.state == "all" else _state(conditions.state),
        "含有": conditions.word or None,
    }
    return (f"{name}：{value}" for name, value in named.items() if value)


def _narrowed(conditions: Conditions) -> Iterator[str]:
    for name, value in conditions.narrowed.items():
        label, chip = str(NARROWINGS[name].label), str(NARROWINGS[name].chip(value))
        yield label if chip == label else f"{label}：{chip}"


def _unit(conditions: Conditions) -> str:
    assert conditions.unit is not None
    return conditions.unit.name_on(conditions.on) + ("（仅本级）" if conditions.only else "")


def _state(state: str) -> str:
    return str(GROUPS[state].label) if state in GROUPS else STATE_WORDS[TaskState(state)]
