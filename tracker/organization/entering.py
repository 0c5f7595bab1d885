"""What every entry into the organization begins with: may the person, and may nobody else at this moment."""

from flask_babel import gettext as _
from sqlalchemy import select

from tracker.extensions import db
from tracker.organization.access import require_keeper
from tracker.organization.acting import Actor
from tracker.organization.models import Unit
from tracker.refusals import Refused


def begin_entry(unit: Unit, by: Actor | None) -> None:
    """Let `by` enter something into the organization of a unit, and nobody else until the transaction ends.

    `by` is None on the command line and in the demo, where nobody has signed in. Raises NotAllowed for
    anyone but the ledger keeper. Entries are rare and their rules look at whole trees (no loop of
    superiors, one holder at a time, a last ledger keeper), so one row of the tree is locked for all.
    """
    if by is not None:
        require_pen(unit, by)
    root = int(unit.path.strip("/").split("/")[0]) if unit.path else unit.id
    # on SQLite the transaction has the whole database to itself already
    db.session.execute(select(Unit.id).where(Unit.id == root).with_for_update(key_share=True))


def require_pen(unit: Unit, by: Actor) -> None:
    """Raise NotAllowed unless `by` keeps the organization of a unit."""
    require_keeper(
        by, unit, _("单位、岗位、任职和分工由台账管理岗位登记，请联系台账管理岗位。没有改动任何内容。")
    )


def named(text: str, field: str, *, most: int) -> str:
    """Return a name in one line without space at its ends. Raises Refused for none and for one too long."""
    name = " ".join(text.split())
    if not name:
        raise Refused(_("名称不能为空，请填写。"), field=field)
    if len(name) > most:
        raise Refused(
            _("名称共 %(count)s 字，最多 %(most)s 字，请缩短。", count=len(name), most=most), field=field
        )
    return name
