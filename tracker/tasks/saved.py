"""Looks at the ledger that people keep (清单): conditions, columns and order under a name.

A view holds no rows and gives no sight: whoever opens it sees what the ledger shows them under its
conditions.
"""

import secrets
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import joinedload

from tracker import clock
from tracker.audit.trail import record
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.kept import statements
from tracker.refusals import NotAllowed, OutOfDate, Refused
from tracker.tasks.models import SavedView

LONGEST_NAME = 50  # characters, as the column holds them
MOST = 50  # views of one person


def opens_for(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a view opens for an actor: an own one, or one shared in the own office."""
    own = SavedView.person_id == actor.person_id
    office = actor.standing.office_id
    return own if office is None else or_(own, and_(SavedView.shared, SavedView.unit_id == office))


def is_own(view: SavedView, actor: Actor) -> bool:
    """Whether a view is the actor's, who alone changes it."""
    return view.person_id == actor.person_id


def find_view(key: str, actor: Actor) -> SavedView | None:
    """Return a view that opens for an actor, or None: a foreign one looks like one that does not exist."""
    return db.session.scalar(select(SavedView).where(SavedView.key == key, opens_for(actor)))


def views_for(actor: Actor) -> Sequence[SavedView]:
    """Return the own views in the order of their making, then those of colleagues, each with its owner."""
    query = select(SavedView).where(opens_for(actor)).options(joinedload(SavedView.person))
    return db.session.scalars(query.order_by(*_own_first(actor)).limit(4 * MOST)).all()


class Tab(NamedTuple):
    """What the page of the ledger says of a view: of an own one, or of the one that is open."""

    key: str
    name: str
    address: Mapping[str, Any]
    version: int
    is_own: bool


def tabs_for(actor: Actor, opened: str) -> list[Tab]:
    """Return the views that have a tab: the own ones, and the one with the key `opened` if it opens."""
    asked = statements(actor.mark, "tabs", actor.reader, make=partial(_tabs_for, actor))
    return [Tab(*row) for row in db.session.connection().execute(asked, {"opened": opened})]


def _tabs_for(actor: Actor) -> Select[Any]:
    own, opens = SavedView.person_id == actor.person_id, opens_for(actor)
    columns = (getattr(SavedView, name) for name in Tab._fields[:-1])
    return (
        select(*columns, own)
        .where(or_(own, and_(SavedView.key == bindparam("opened"), opens)))
        .order_by(*_own_first(actor))
    )


def _own_first(actor: Actor) -> tuple[ColumnElement[Any], ...]:
    return SavedView.person_id != actor.person_id, SavedView.id.expression


def save_view(*, by: Actor, name: str, address: Mapping[str, Any], shared: bool) -> SavedView:
    """Keep a look at the ledger under a name. Raises Refused for a name that is missing, long or taken."""
    if by.office is None:
        raise NotAllowed(_("没有岗位，不能保存清单。"))
    mine = select(func.count()).where(SavedView.person_id == by.person.id)
    if (db.session.scalar(mine) or 0) >= MOST:
        raise Refused(_("最多保存 %(most)s 份清单，先删除不用的。", most=MOST), field="name")
    view = SavedView(
        key=secrets.token_urlsafe(16),
        person=by.person,
        unit=by.office,
        name=_checked_name(name, by),
        address=dict(address),
        shared=shared,
        made_at=clock.now(),
    )
    db.session.add(view)
    db.session.flush()
    _trace("saved_view.save", view)
    return view


def change_view(view: SavedView, *, by: Actor, name: str, shared: bool, version: int | None) -> None:
    """Give a view another name, share it in the office or keep it to oneself again."""
    _check_turn(view, by, version)
    view.name, view.shared = _checked_name(name, by, besides=view), shared
    _changed(view)
    _trace("saved_view.change", view)


def replace_view(view: SavedView, *, by: Actor, address: Mapping[str, Any], version: int | None) -> None:
    """Let a view show the conditions, columns and order that are looked at now."""
    _check_turn(view, by, version)
    view.address = dict(address)
    _changed(view)
    _trace("saved_view.replace", view)


def delete_view(view: SavedView, *, by: Actor, version: int | None) -> None:
    """Delete a view; the tasks it showed stay where they are, its link opens nothing any more."""
    _check_turn(view, by, version)
    db.session.delete(view)
    db.session.flush()
    _trace("saved_view.delete", view)


def _check_turn(view: SavedView, by: Actor, version: int | None) -> None:
    if not is_own(view, by):
        raise NotAllowed(_("这份清单由%(person)s保存，只有本人可以改。", person=view.person.name))
    db.session.refresh(view, with_for_update={"of": SavedView})
    if view.version != version:
        raise OutOfDate(_("这份清单在别处改过。您输入的内容还在下面，没有保存；核对后可再次提交。"))


def _trace(act: str, view: SavedView) -> None:
    record(act, f"saved_view:{view.id}", name=view.name, shared=view.shared)


def _changed(view: SavedView) -> None:
    view.version += 1
    db.session.flush()


def _checked_name(name: str, by: Actor, besides: SavedView | None = None) -> str:
    found = " ".join(name.split())
    if not found:
        raise Refused(_("给清单起个名称。"), field="name")
    if len(found) > LONGEST_NAME:
        raise Refused(_("清单名称不超过 %(most)s 字。", most=LONGEST_NAME), field="name")
    same = select(SavedView.id).where(SavedView.person_id == by.person.id, SavedView.name == found)
    if besides is not None:
        same = same.where(SavedView.id != besides.id)
    if db.session.scalar(same) is not None:
        raise Refused(_("您已有一份叫“%(name)s”的清单，换一个名称。", name=found), field="name")
    return found
