"""Seals: six attacks on the trail by someone who may write to the database, and what is not found."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select, text

from tests.office import Office
from tracker.audit.models import AuditRow, Seal
from tracker.audit.sealing import Anchor, anchor, seal_trail, verify
from tracker.audit.trail import record
from tracker.database import writing
from tracker.extensions import db

pytestmark = pytest.mark.database

TRIGGERS = {
    "sqlite": [
        f"DROP TRIGGER IF EXISTS {table}_no_{what}"
        for table in ("audit_rows", "seals")
        for what in ("update", "delete")
    ],
    "postgresql": [
        f"DROP TRIGGER IF EXISTS {table}_only_added ON {table}" for table in ("audit_rows", "seals")
    ],
}


def as_owner(*statements: str) -> None:
    """Change the trail behind the product's back, as the owner of the database can."""
    with writing():
        for statement in (*TRIGGERS[db.engine.dialect.name], *statements):
            db.session.execute(text(statement))
    db.session.expire_all()


def new_seals() -> None:
    """Make every seal anew, as an attacker who has read the source would."""
    as_owner("DELETE FROM seals")
    seal_trail()


@pytest.fixture
def kept(office: Office) -> Anchor:
    """A sealed trail, and its anchor."""
    seal_trail()
    with writing():
        for number in range(5):
            record("test.act", f"test:{number}")
    seal_trail()
    found = anchor()
    assert found is not None
    assert verify(found).fault is None
    return found


def middle() -> int:
    return (db.session.scalar(select(func.max(AuditRow.id))) or 0) - 2


ATTACKS: dict[str, Callable[[int], list[str]]] = {
    "edit": lambda row: [f"UPDATE audit_rows SET name = 'x' WHERE id = {row}"],
    "delete inside": lambda row: [f"DELETE FROM audit_rows WHERE id = {row}"],
    "cut the tail": lambda row: [
        f"DELETE FROM audit_rows WHERE id >= {row}",
        "DELETE FROM seals WHERE id = (SELECT max(id) FROM seals)",
    ],
    "delete all": lambda _row: ["DELETE FROM audit_rows", "DELETE FROM seals"],
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_found(kept: Anchor, attack: str) -> None:
    row = middle()
    as_owner(*ATTACKS[attack](row))
    fault = verify(kept).fault
    assert fault is not None
    if attack in ("edit", "delete inside"):
        assert f"第 {row} 条" in fault  # named, and without an anchor too
        assert verify().fault == fault


def test_a_row_put_in_later_is_found(kept: Anchor) -> None:
    row = middle()
    copied = "at, account_id, name, action, subject, outcome, address, details"
    as_owner(
        f"DELETE FROM audit_rows WHERE id = {row}",
        f"INSERT INTO audit_rows (id, {copied}) SELECT {row}, {copied} FROM audit_rows WHERE id = {row - 1}",
    )
    assert f"第 {row} 条" in str(verify(kept).fault)


def test_a_trail_rewritten_with_its_seals_is_found_by_the_anchor_alone(kept: Anchor) -> None:
    as_owner(f"UPDATE audit_rows SET name = 'x' WHERE id = {middle()}")
    new_seals()
    assert verify().fault is None
    assert verify(kept).fault is not None


def test_a_row_altered_before_its_seal_is_not_found(kept: Anchor) -> None:
    with writing():
        row = record("test.act", "test:late")
        db.session.flush()
        late = row.id
    as_owner(f"UPDATE audit_rows SET name = 'x' WHERE id = {late}")
    seal_trail()
    assert verify(kept).fault is None


def test_a_seal_covers_each_row_once(kept: Anchor) -> None:
    assert seal_trail() == []
    counted = db.session.scalar(select(func.sum(Seal.count)))
    assert counted == db.session.scalar(select(func.count()).select_from(AuditRow))
    with writing():
        record("test.act", "test:new")
    found = verify(kept)
    assert (found.fault, found.unsealed, found.rows) == (None, 1, counted)


@pytest.mark.parametrize("line", ["", "{}", "[1]", "null", '{"seal": "x", "last_id": 1, "digest": ""}'])
def test_what_is_no_anchor_is_refused(line: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of the readers, each in its own words
        Anchor.read(line)
