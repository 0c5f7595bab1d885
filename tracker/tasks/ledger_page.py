"""What the page of the ledger shows around its rows: conditions in force, choices, lists, columns."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from secrets import token_hex
from typing import Any, NamedTuple
from urllib.parse import quote

from flask import url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup, escape
from sqlalchemy import select

from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.domains import domains_seen
from tracker.organization.kept import kept
from tracker.organization.models import Post, Unit, UnitKind
from tracker.organization.queries import below, posts_of_office
from tracker.periods import Period
from tracker.tasks.columns import COLUMNS
from tracker.tasks.groups import GROUPS, SHOWN_GROUPS
from tracker.tasks.lists import LISTS
from tracker.tasks.narrowing import NARROWINGS
from tracker.tasks.queries import ORDERS, Conditions
from tracker.tasks.saved import Tab
from tracker.tasks.states import TaskState
from tracker.tasks.together import ACTS, MOST, button
from tracker.tasks.words import DUTY_WORDS, STATE_WORDS, state_word
from tracker.web.filters import period_label, word
from tracker.web.macros import macros

Address = dict[str, Any]
Choice = tuple[Any, str]  # the value in the address, and its word
UNLISTED = frozenset(GROUPS) - frozenset(SHOWN_GROUPS)  # where figures lead; offered while they are chosen
ANY_WORD = f"\ue000{token_hex(8)}"  # stands where a word comes: nobody can have typed it
BESIDE = frozenset({"list", "view", "on"})  # of an address: the tab it stands under, the day


def full_address(conditions: Conditions, order: str, columns: Sequence[str], name: str) -> Address:
    """Return the address of a look at the ledger: conditions, order, columns, and its tab."""
    found = {
        "list": name,
        **conditions.address(),
        "sort": "" if order == "deadline" else order,
        "cols": "all" if tuple(columns) == tuple(COLUMNS) else ".".join(columns),
    }
    return {key: value for key, value in found.items() if value}


def differs(view: Tab, address: Address) -> bool:
    """Whether what is looked at is no longer what a view holds."""
    return {name: value for name, value in address.items() if name not in BESIDE} != view.address


def chips(
    conditions: Conditions, address: Address, endpoint: str = "tasks.show_ledger"
) -> list[dict[str, str]]:
    """Return the conditions in force, each with the address of the list without it."""
    labels = {
        "unit": conditions.unit and conditions.unit.name_on(conditions.on),
        "only": _("仅本级"),
        "post": conditions.post and conditions.post.title_on(conditions.on),
        "domain": conditions.domain and _(conditions.domain.name),
        "duty": conditions.duty and _(DUTY_WORDS[conditions.duty]),
        "period": conditions.period and period_label(conditions.period),
        "state": _state_label(conditions.state),
        **{name: NARROWINGS[name].chip(value) for name, value in conditions.narrowed.items()},
        "q": conditions.word,
        "on": _("截至 %(day)s", day=conditions.on),
    }
    return [
        {"label": str(labels[name]), "url": _without(address, name, endpoint)}
        for name in conditions.address()
    ]


def lists(address: Address, tabs: Sequence[Tab]) -> list[dict[str, Any]]:
    """Return the tabs: the whole ledger, the five lists, and the views that the reader keeps or opened."""
    current = address.get("list") or address.get("view")
    whole = {"label": _("全部台账"), "url": url_for("tasks.show_ledger"), "current": not current}
    return [
        whole,
        *(
            {
                "label": row.label,
                "url": url_for("tasks.show_ledger", **row.address(name)),
                "current": address.get("list") == name,
            }
            for name, row in LISTS.items()
        ),
        {"label": _("反复问题"), "url": url_for("families.listing", **_within(address)), "current": False},
        *(
            {
                "label": tab.name,
                "url": url_for("saved.show", key=tab.key),
                "current": address.get("view") == tab.key,
            }
            for tab in tabs
        ),
    ]


def groups(conditions: Conditions, address: Address) -> list[dict[str, Any]]:
    """Return the quick ways to the groups under the same conditions."""
    return [
        {
            "label": GROUPS[name].label,
            "url": _without(address, "state") if name == "all" else _with(address, state=name),
            "current": conditions.state == name,
        }
        for name in SHOWN_GROUPS
    ]


@dataclass(frozen=True)
class Look:
    """What a page of the ledger shows, beside its rows."""

    conditions: Conditions
    address: Address
    periods: Sequence[Period]
    order: str
    columns: Sequence[str]
    tabs: Sequence[Tab]  # of views
    acts: Sequence[tuple[str, Any]]  # what may be done with many tasks at once


class Ways(NamedTuple):
    """The parts of the page that lead elsewhere, as HTML; see ledger_ways.html."""

    lists: Markup
    groups: Markup
    conditions: Markup
    columns: Markup
    files: Markup
    heading: Markup
    bulk: Markup
    saving: Markup


def ways(look: Look, actor: Actor) -> Ways:
    """Return the parts round the rows, written once for an office, an address and a mark.

    Conditions, order and columns stand in the address. A word is rarely sought again: the parts are written
    for any word, and the one of this page put into its places.
    """
    word = look.conditions.word
    if word:
        conditions = replace(look.conditions, word=ANY_WORD)
        look = replace(look, conditions=conditions, address=look.address | {"q": ANY_WORD})
    written: Ways = kept(
        actor.mark,
        "ways",
        actor.standing.office_id,
        str(get_locale()),
        tuple(look.address.items()),
        tuple(look.periods),
        tuple((tab.key, tab.name) for tab in look.tabs),
        tuple(name for name, _word in look.acts),
        make=partial(_write_ways, look, actor),
    )
    return Ways(*(_put_in(part, word) for part in written)) if word else written


def _put_in(part: Markup, word: str) -> Markup:
    """Return a part that was written for any word as it is for one: in its addresses, and as text."""
    in_addresses = str(part).replace(quote(ANY_WORD), quote(word, safe=""))
    return Markup(in_addresses.replace(ANY_WORD, escape(word)))  # HTML already, and what is put in is escaped


def _write_ways(look: Look, actor: Actor) -> Ways:
    write = macros("tasks/ledger_ways.html")
    conditions, address = look.conditions, look.address
    offered = list(choices(actor, conditions, address, look.periods))
    orders = [(name, row.label) for name, row in ORDERS.items()]
    return Ways(
        write.tabs_of(lists(address, look.tabs), _("清单")),
        write.tabs_of(groups(conditions, address), _("状态")),
        write.conditions(address, offered, conditions.word),
        write.columns_and_order(address, look.columns, COLUMNS, orders, look.order),
        write.files(address),
        write.heading(address, look.order, look.acts),
        write.bulk(look.acts, MOST),
        write.saving(address),
    )


def choices(
    actor: Actor, conditions: Conditions, address: Address, periods: Sequence[Period]
) -> Iterator[tuple[str, str, Sequence[tuple[Any, Any]], str]]:
    """Yield the filters: name in the address, label, options (of the office and below), the one chosen."""
    single = [state for state in STATE_WORDS if state.value not in GROUPS]
    units, posts, domains = kept(
        actor.mark,
        "choices",
        actor.standing.office_id,
        conditions.unit and conditions.unit.id,
        conditions.post and conditions.post.id,
        conditions.on,
        str(get_locale()),
        make=lambda: _of_organization(actor.office, conditions),
    )
    offered: list[tuple[str, Any, list[tuple[Any, Any]]]] = [
        ("period", _("季度"), [(str(period), period_label(period)) for period in periods]),
        ("unit", _("责任单位"), units),
        ("post", _("岗位"), posts),
        ("domain", _("职责"), domains),
        ("duty", _("职责类别"), [(kind.value, _(said)) for kind, said in DUTY_WORDS.items()]),
        (
            "state",
            _("状态"),
            [(name, GROUPS[name].label) for name in SHOWN_GROUPS if name != "all"]
            + [(name, GROUPS[name].label) for name in (conditions.state,) if name in UNLISTED]
            + [(state.value, state_word(state)) for state in single],
        ),
        *((name, row.label, list(row.options.items())) for name, row in NARROWINGS.items()),
    ]
    for name, label, options in offered:
        yield name, label, [("", _("全部")), *options], address.get(name, "")


def _of_organization(office: Unit | None, conditions: Conditions) -> tuple[list[Choice], ...]:
    """Return the units, posts and domains that a reader of an office chooses among."""
    on = conditions.on
    units: Iterable[Unit] = (
        [] if office is None else db.session.scalars(select(Unit).where(below(office)).order_by(Unit.path))
    )
    domains = [] if office is None else domains_seen(office)
    return (
        [(unit.code, unit.name_on(on)) for unit in units],
        [(post.id, post.title_on(on)) for post in _posts_to_choose(office, conditions)],
        [(domain.code, word(domain.name)) for domain in domains],
    )


def acts(actor: Actor, conditions: Conditions) -> list[tuple[str, Any]]:
    """Return what the reader may do with many tasks at once: nothing on a page of an earlier day."""
    if not actor.standing.oversees or conditions.on != actor.day:
        return []
    return [(name, button(act)) for name, act in ACTS.items()]


def known_order(sent: str) -> str:
    """Return the order that an address names, by the deadline for one that there is not."""
    return sent if sent in ORDERS else "deadline"


def known_list(sent: str) -> str:
    """Return the standing list that an address names, '' for one that there is not."""
    return sent if sent in LISTS else ""


def _within(address: Address) -> Address:
    """Return of an address what the ledger read by problem is narrowed by, too."""
    return {name: value for name, value in address.items() if name in ("unit", "domain", "period", "on", "q")}


def _with(address: Address, **more: str) -> str:
    return url_for("tasks.show_ledger", **(address | more))


def _without(address: Address, name: str, endpoint: str = "tasks.show_ledger") -> str:
    return url_for(endpoint, **{key: value for key, value in address.items() if key != name})


def _state_label(state: str) -> str:
    if state in GROUPS:
        return str(GROUPS[state].label)
    return state_word(TaskState(state))


def _posts_to_choose(office: Unit | None, conditions: Conditions) -> list[Post]:
    """Return the posts of the chosen unit, else of the office; a county's only once a unit is chosen."""
    unit = conditions.unit or office
    if unit is None or (unit.kind == UnitKind.COUNTY and conditions.unit is None):
        return [conditions.post] if conditions.post else []
    return posts_of_office(unit)
