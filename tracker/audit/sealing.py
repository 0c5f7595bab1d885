"""Seals over the trail: whether a row was altered, removed or put in later.

A seal keeps the digest of every row it covers and a digest of all of them and of the seal before.
Whoever can write to the database can also make new seals; an anchor kept elsewhere (the last seal
in one line) finds that too. A row altered before its seal is not found. Rules: architecture, section 7.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, inspect, select, text
from sqlalchemy.exc import OperationalError

from tracker import clock
from tracker.audit.models import AuditRow, Seal
from tracker.database import writing
from tracker.extensions import db

MOST_ROWS = 500  # of one seal
BEGINNING = "0" * 64  # what stands before the first seal
WAIT = "2s"  # longer than this nobody's writing waits for a seal; the next tick tries again


@dataclass(frozen=True)
class Anchor:
    """The last seal in one line, to be kept outside the database."""

    seal: int
    last_id: int
    digest: str

    def line(self) -> str:
        """Return it as a line of JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, line: str) -> "Anchor":
        """Return the anchor in a line. Raises ValueError for anything else."""
        try:
            read = json.loads(line)
            return cls(int(read["seal"]), int(read["last_id"]), str(read["digest"]))
        except (TypeError, KeyError, RecursionError) as error:
            raise ValueError(line[:80]) from error


@dataclass(frozen=True)
class Verdict:
    """What a check found: the first fault in words, or none; and how much was looked at."""

    fault: str | None
    seals: int
    rows: int
    unsealed: int


def seal_trail() -> list[Seal]:
    """Seal every committed row that is not sealed yet; return the new seals, none while writers are busy."""
    try:
        with writing():
            _wait_for_writers()
            return list(_seal_the_rest())
    except OperationalError:  # the lock was not to be had; the rows stay for the next tick
        return []


def anchor() -> Anchor | None:
    """Return the last seal as an anchor, or None before the first."""
    last = _last_seal()
    return None if last is None else Anchor(last.id, last.last_id, last.digest)


def verify(kept: Anchor | None = None) -> Verdict:
    """Compare the trail with its seals, and these with an anchor; the first fault ends the search."""
    before, rows, seals = BEGINNING, 0, 0
    last_id = 0
    for seal in _seals():
        fault = _fault(seal, before, last_id) or _anchor_fault(seal, kept)
        if fault is not None:
            return Verdict(fault, seals, rows, _unsealed(seal.last_id))
        before, last_id, rows, seals = seal.digest, seal.last_id, rows + seal.count, seals + 1
    return Verdict(_tail_fault(kept), seals, rows, _unsealed(last_id))


def _seals() -> Iterator[Seal]:
    """Yield every seal in order, some at a time: a trail of years does not fit into memory."""
    after = 0
    while some := db.session.scalars(select(Seal).where(Seal.id > after).order_by(Seal.id).limit(50)).all():
        yield from some
        after = some[-1].id


def digest_of(row: AuditRow) -> str:
    """Return the digest of one row over every column, the same on both databases."""
    columns = {column.key: getattr(row, column.key) for column in inspect(AuditRow).column_attrs}
    columns["at"] = row.at.isoformat(timespec="microseconds")
    said = json.dumps(columns, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def _wait_for_writers() -> None:
    """Make sure that no row with a lower id is still to come: SQLite has one writer, which is this one."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text(f"SET LOCAL lock_timeout = '{WAIT}'"))
        db.session.execute(text("LOCK TABLE audit_rows, seals IN SHARE ROW EXCLUSIVE MODE"))


def _seal_the_rest() -> Iterator[Seal]:
    last = _last_seal()
    while rows := _rows_after(0 if last is None else last.last_id):
        listed: list[Any] = [[row.id, digest_of(row)] for row in rows]
        last = Seal(
            first_id=rows[0].id,
            last_id=rows[-1].id,
            count=len(rows),
            rows=listed,
            digest=_digest(BEGINNING if last is None else last.digest, listed),
            sealed_at=clock.now(),
        )
        db.session.add(last)
        db.session.flush()
        yield last


def _rows_after(row_id: int) -> list[AuditRow]:
    query = select(AuditRow).where(AuditRow.id > row_id).order_by(AuditRow.id).limit(MOST_ROWS)
    return list(db.session.scalars(query))


def _digest(before: str, listed: list[Any]) -> str:
    return hashlib.sha256((before + json.dumps(listed)).encode()).hexdigest()


def _last_seal() -> Seal | None:
    return db.session.scalar(select(Seal).order_by(Seal.id.desc()).limit(1))


def _fault(seal: Seal, before: str, last_id: int) -> str | None:
    """Return what is wrong with a seal or with the rows behind it, the lowest id first."""
    if seal.digest != _digest(before, seal.rows):
        return str(_("第 %(seal)s 号封存与前后不符，封存记录被改动过。", seal=seal.id))
    covered = AuditRow.id.between(last_id + 1, seal.last_id)
    present = {row.id: digest_of(row) for row in db.session.scalars(select(AuditRow).where(covered))}
    sealed = {int(row_id): str(digest) for row_id, digest in seal.rows}
    for row_id in sorted(present.keys() | sealed.keys()):
        if row_id not in present:
            return str(_("第 %(row)s 条记录被删除。", row=row_id))
        if row_id not in sealed:
            return str(_("第 %(row)s 条记录是封存以后补进去的。", row=row_id))
        if present[row_id] != sealed[row_id]:
            return str(_("第 %(row)s 条记录被改动过。", row=row_id))
    return None


def _anchor_fault(seal: Seal, kept: Anchor | None) -> str | None:
    if kept is None or seal.id != kept.seal or (seal.digest, seal.last_id) == (kept.digest, kept.last_id):
        return None
    return str(
        _(
            "第 %(seal)s 号封存与留存的凭据不符：第 %(row)s 条及以前的记录被整体重写过。",
            seal=seal.id,
            row=kept.last_id,
        )
    )


def _tail_fault(kept: Anchor | None) -> str | None:
    last = _last_seal()
    if kept is None or (last is not None and last.id >= kept.seal and _has(kept.seal)):
        return None
    present = db.session.scalar(select(func.max(AuditRow.id))) or 0
    return str(
        _(
            "留存的凭据到第 %(kept)s 条，现有记录只到第 %(present)s 条，之后的记录或其封存被删除。",
            kept=kept.last_id,
            present=present,
        )
    )


def _has(seal_id: int) -> bool:
    return db.session.get(Seal, seal_id) is not None


def _unsealed(last_id: int) -> int:
    return db.session.scalar(select(func.count()).where(AuditRow.id > last_id)) or 0
